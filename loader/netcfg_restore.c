// SPDX-License-Identifier: GPL-2.0
/* Putting a device's configuration onto the device that took its place. */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "gxdp.h"
#include "netcfg.h"

/* Linux 5.6 */
#define ATTR_PERM_ADDRESS 54

/* How long the link may take to come up: negotiation alone takes 2 to 4 s */
#define CARRIER_WAIT_MS 15000
/* How long routes may wait for addresses to be checked for duplicates */
#define ROUTES_WAIT_MS 5000

/* Flags an administrator sets; the others show the device's state */
#define ADMIN_FLAGS (IFF_NOARP | IFF_PROMISC | IFF_ALLMULTI | IFF_MULTICAST)

static struct nlmsghdr *link_request(void *buf, int type, int ifindex)
{
	struct nlmsghdr *nlh = nl_request(buf, type, 0);
	struct ifinfomsg *ifi;

	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = ifindex;
	return nlh;
}

static int link_property(struct nl *nl, int type, int ifindex, const char *name)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = link_request(buf, type, ifindex);
	struct nlattr *nest;

	if (type == RTM_NEWLINKPROP)
		nlh->nlmsg_flags |= NLM_F_CREATE | NLM_F_APPEND | NLM_F_EXCL;
	nest = mnl_attr_nest_start(nlh, IFLA_PROP_LIST);
	mnl_attr_put_strz(nlh, IFLA_ALT_IFNAME, name);
	mnl_attr_nest_end(nlh, nest);
	return nl_talk(nl, nlh, NULL, NULL);
}

static int set_name(struct nl *nl, int ifindex, const char *name)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = link_request(buf, RTM_SETLINK, ifindex);

	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	return nl_talk(nl, nlh, NULL, NULL);
}

int netcfg_rename(struct nl *nl, int ifindex, const char *name)
{
	int err = set_name(nl, ifindex, name);

	/* udev may have given it the name already, as an alternative one. */
	if (err == -EEXIST && !link_property(nl, RTM_DELLINKPROP, ifindex, name))
		err = set_name(nl, ifindex, name);
	return err;
}

int netcfg_move(struct nl *nl, int ifindex, int netns, const char *name)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = link_request(buf, RTM_NEWLINK, ifindex);

	mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, netns);
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	return nl_talk(nl, nlh, NULL, NULL);
}

struct restore {
	struct nl *nl;
	const struct netcfg *cfg;
	int ifindex;
	int ret;	/* gx_exit code of the first failure */
	char why[256];	/* the kernel's words on what is being waited for */
};

static void failed(struct restore *r, int err, const char *what)
{
	if (r->ret)
		return;
	r->ret = fail(GX_FAILED, "cannot restore the %s of %s", what,
		      r->cfg->link.name);
	fail_reason("%s", nl_reason(r->nl, err));
}

static const struct nlattr *device_attr(const struct restore *r, int type)
{
	return msg_attr(&r->cfg->device.first->nlh, sizeof(struct ifinfomsg),
			type);
}

static void set_attr(struct restore *r, const struct nlattr *attr,
		     const char *what)
{
	char buf[NL_BUFFER];
	struct nlmsghdr *nlh = link_request(buf, RTM_SETLINK, r->ifindex);
	int err;

	if (!attr)
		return;
	msg_put(nlh, attr);
	err = nl_talk(r->nl, nlh, NULL, NULL);
	if (err)
		failed(r, err, what);
}

static bool mac_set_by_hand(const struct restore *r)
{
	const struct nlattr *perm = device_attr(r, ATTR_PERM_ADDRESS);
	const struct nlattr *mac = device_attr(r, IFLA_ADDRESS);
	size_t len;

	if (!perm || !mac)
		return false;
	len = mnl_attr_get_payload_len(mac);
	return len != mnl_attr_get_payload_len(perm) ||
	       memcmp(mnl_attr_get_payload(mac), mnl_attr_get_payload(perm),
		      len);
}

static void restore_altnames(struct restore *r)
{
	const struct nlattr *list = device_attr(r, IFLA_PROP_LIST);
	const struct nlattr *name;
	int err;

	if (!list)
		return;
	mnl_attr_for_each_nested(name, list) {
		if (mnl_attr_get_type(name) != IFLA_ALT_IFNAME)
			continue;
		err = link_property(r->nl, RTM_NEWLINKPROP, r->ifindex,
				    mnl_attr_get_str(name));
		if (err && err != -EEXIST)
			failed(r, err, "alternative names");
	}
}

static void set_flags(struct restore *r, unsigned int flags, unsigned int which)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = link_request(buf, RTM_SETLINK, r->ifindex);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	int err;

	ifi->ifi_flags = flags;
	ifi->ifi_change = which;
	err = nl_talk(r->nl, nlh, NULL, NULL);
	if (err)
		failed(r, err, which & IFF_UP ? "up state" : "flags");
}

static void restore_device(struct restore *r)
{
	const struct link *link = &r->cfg->link;

	restore_altnames(r);
	set_attr(r, device_attr(r, IFLA_IFALIAS), "alias");
	set_attr(r, device_attr(r, IFLA_TXQLEN), "queue length");
	set_attr(r, device_attr(r, IFLA_GROUP), "group");
	set_attr(r, device_attr(r, IFLA_MTU), "MTU");
	if (mac_set_by_hand(r))
		set_attr(r, device_attr(r, IFLA_ADDRESS), "MAC address");
	sysctls_restore(r->cfg->sysctls, link->name);
	set_flags(r, link->flags, ADMIN_FLAGS);
	set_attr(r, device_attr(r, IFLA_MASTER), "master");
	if (link->flags & IFF_UP)
		set_flags(r, IFF_UP, IFF_UP);
}

static int send_address(struct restore *r, const struct msg *msg)
{
	char buf[NL_BUFFER];
	const struct nlattr *attr;
	struct ifaddrmsg *ifa;
	struct nlmsghdr *nlh;

	nlh = msg_begin(buf, msg, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE,
			sizeof(*ifa), (void **)&ifa);
	ifa->ifa_index = r->ifindex;
	mnl_attr_for_each(attr, &msg->nlh, sizeof(*ifa))
		msg_put(nlh, attr);
	return nl_talk(r->nl, nlh, NULL, NULL);
}

static void restore_address(struct restore *r, const struct msg *msg)
{
	int err = send_address(r, msg);

	if (err && err != -EEXIST)
		failed(r, err, "addresses");
}

static unsigned char address_family(const struct msg *msg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(&msg->nlh);

	return ifa->ifa_family;
}

static void restore_ipv6_from_last(struct restore *r, const struct msg *msg)
{
	if (!msg)
		return;
	restore_ipv6_from_last(r, msg->next);
	if (address_family(msg) == AF_INET6)
		restore_address(r, msg);
}

/*
 * The order matters: it decides which address is a primary one and which is
 * chosen as source. IPv4 puts a new address last in its list, IPv6 first.
 */
static void restore_addresses(struct restore *r)
{
	const struct msg *msg;

	for (msg = r->cfg->addresses.first; msg; msg = msg->next)
		if (address_family(msg) != AF_INET6)
			restore_address(r, msg);
	restore_ipv6_from_last(r, r->cfg->addresses.first);
}

static int send_nexthop(struct restore *r, const struct msg *msg)
{
	char buf[NL_BUFFER];
	const struct nlattr *attr;
	struct nlmsghdr *nlh;
	struct nhmsg *nhm;

	nlh = msg_begin(buf, msg, RTM_NEWNEXTHOP, NLM_F_CREATE | NLM_F_REPLACE,
			sizeof(*nhm), (void **)&nhm);
	nhm->nh_flags &= RTNH_F_ONLINK;
	nhm->nh_scope = 0;
	mnl_attr_for_each(attr, &msg->nlh, sizeof(*nhm)) {
		switch (mnl_attr_get_type(attr)) {
		case NHA_OIF:
			mnl_attr_put_u32(nlh, NHA_OIF, r->ifindex);
			break;
		case NHA_ID:
		case NHA_GROUP:
		case NHA_GROUP_TYPE:
		case NHA_GATEWAY:
		case NHA_ENCAP:
		case NHA_ENCAP_TYPE:
		case NHA_FDB:
			msg_put(nlh, attr);
			break;
		}
	}
	return nl_talk(r->nl, nlh, NULL, NULL);
}

/* A copy with our device's new number, and without what shows state */
static void put_multipath(struct nlmsghdr *nlh, const struct nlattr *attr,
			  int from, int to)
{
	int left = mnl_attr_get_payload_len(attr);
	struct rtnexthop *nh;

	msg_put(nlh, attr);
	nh = (void *)((char *)mnl_nlmsg_get_payload_tail(nlh) -
		      MNL_ALIGN(left));
	for (; RTNH_OK(nh, left); left -= RTNH_ALIGN(nh->rtnh_len),
	     nh = RTNH_NEXT(nh)) {
		nh->rtnh_flags &= RTNH_F_ONLINK;
		if (nh->rtnh_ifindex == from)
			nh->rtnh_ifindex = to;
	}
}

static void put_route_attr(struct restore *r, struct nlmsghdr *nlh,
			   const struct nlattr *attr, bool by_object)
{
	const struct rta_cacheinfo *info;

	switch (mnl_attr_get_type(attr)) {
	case RTA_CACHEINFO:
		/* read in clock ticks, written in seconds, under another name */
		info = mnl_attr_get_payload(attr);
		if (mnl_attr_get_payload_len(attr) >= sizeof(*info) &&
		    info->rta_expires > 0)
			mnl_attr_put_u32(nlh, RTA_EXPIRES, info->rta_expires /
					 sysconf(_SC_CLK_TCK));
		break;
	case RTA_OIF:
		if (!by_object)
			mnl_attr_put_u32(nlh, RTA_OIF, r->ifindex);
		break;
	case RTA_MULTIPATH:
		if (!by_object)
			put_multipath(nlh, attr, r->cfg->link.ifindex,
				      r->ifindex);
		break;
	case RTA_GATEWAY:
	case RTA_VIA:
	case RTA_ENCAP:
	case RTA_ENCAP_TYPE:
		/* the next-hop object has them */
		if (!by_object)
			msg_put(nlh, attr);
		break;
	default:
		msg_put(nlh, attr);
	}
}

static int send_route(struct restore *r, const struct msg *msg)
{
	char buf[NL_BUFFER];
	const size_t header = sizeof(struct rtmsg);
	const struct nlattr *attr;
	bool by_object, several;
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;
	int err;

	by_object = msg_attr(&msg->nlh, header, RTA_NH_ID);
	several = msg_attr(&msg->nlh, header, RTA_MULTIPATH);
	/*
	 * A route over several devices may still be there, without ours; one
	 * over ours alone may stand beside another to the same destination.
	 */
	nlh = msg_begin(buf, msg, RTM_NEWROUTE, NLM_F_CREATE |
			(several ? NLM_F_REPLACE : NLM_F_APPEND), header,
			(void **)&rtm);
	rtm->rtm_flags &= RTNH_F_ONLINK;
	mnl_attr_for_each(attr, &msg->nlh, header)
		put_route_attr(r, nlh, attr, by_object);
	err = nl_talk(r->nl, nlh, NULL, NULL);
	return err == -EEXIST ? 0 : err;
}

static bool had_carrier(const struct restore *r)
{
	return r->cfg->link.flags & IFF_UP && r->cfg->link.flags & IFF_LOWER_UP;
}

static bool has_carrier(const struct restore *r)
{
	struct link link;

	return !link_by_index(r->nl, r->ifindex, &link) &&
	       link.flags & IFF_LOWER_UP;
}

/*
 * A link that was up and stays down under the new driver has cut the machine
 * off: that is a failure. Under the old driver the cable may be out by now.
 */
static void await_carrier(struct restore *r, struct nl *events, bool required)
{
	int64_t deadline = clock_ms() + CARRIER_WAIT_MS;
	int64_t wait;

	if (!had_carrier(r))
		return;
	while (!has_carrier(r)) {
		wait = deadline - clock_ms();
		if (wait > 0 && !nl_wait_event(events, wait))
			continue;
		if (required && !r->ret)
			r->ret = fail(GX_FAILED, "the link of %s does not come up again",
				      r->cfg->link.name);
		else
			warn("the link of %s does not come up again",
			     r->cfg->link.name);
		return;
	}
}

/*
 * What may have to wait for something else: a next-hop object for the carrier,
 * a group for its objects, a route for another to its gateway, or for an IPv6
 * address that is being checked for duplicates.
 */
struct stage {
	struct msg_list list;	/* shared with the netcfg */
	int (*send)(struct restore *r, const struct msg *msg);
	const char *what;
};

#define NSTAGES 3

struct round {
	int sent;
	int left;
	int err;		/* of the first that is left, and which */
	const char *what;
};

static void send_stage(struct restore *r, const struct stage *stage,
		       struct round *round)
{
	struct msg *msg;
	int err;

	for (msg = stage->list.first; msg; msg = msg->next) {
		if (msg->done)
			continue;
		err = stage->send(r, msg);
		msg->done = !err;
		if (!err) {
			round->sent++;
			continue;
		}
		if (!round->left++) {
			round->err = err;
			round->what = stage->what;
			debug("%s: not yet: %s", stage->what,
			      nl_reason(r->nl, err));
			snprintf(r->why, sizeof(r->why), "%s",
				 nl_reason(r->nl, err));
		}
	}
}

static void send_round(struct restore *r, const struct stage *stages,
		       struct round *round)
{
	int i;

	memset(round, 0, sizeof(*round));
	for (i = 0; i < NSTAGES; i++)
		send_stage(r, &stages[i], round);
}

static void give_up(struct restore *r, const struct round *round)
{
	/* the kernel takes some of them only while there is a carrier */
	if (!has_carrier(r)) {
		warn("%d %s of %s have to wait for the carrier: they are not restored (%s)",
		     round->left, round->what, r->cfg->link.name, r->why);
		return;
	}
	if (r->ret)
		return;
	r->ret = fail(GX_FAILED, "cannot restore the %s of %s", round->what,
		      r->cfg->link.name);
	fail_reason("%s", r->why);
}

/* Go round while something moves, and then at each event until time is up */
static void send_until_done(struct restore *r, const struct stage *stages,
			    struct nl *events, int64_t deadline)
{
	struct round round;
	int64_t wait;

	for (;;) {
		send_round(r, stages, &round);
		if (!round.left)
			return;
		if (round.sent)
			continue;
		wait = deadline - clock_ms();
		if (wait <= 0 || nl_wait_event(events, wait))
			break;
	}
	give_up(r, &round);
}

static void restore_routes(struct restore *r, struct nl *events)
{
	const struct stage stages[NSTAGES] = {
		{ r->cfg->nexthops, send_nexthop, "next-hop objects" },
		{ r->cfg->groups, send_nexthop, "next-hop groups" },
		{ r->cfg->routes, send_route, "routes" },
	};
	int64_t deadline = has_carrier(r) ? clock_ms() + ROUTES_WAIT_MS : 0;
	struct msg *msg;
	int i;

	/* a second restore, after a first that failed, begins anew */
	for (i = 0; i < NSTAGES; i++)
		for (msg = stages[i].list.first; msg; msg = msg->next)
			msg->done = false;
	send_until_done(r, stages, events, deadline);
}

static void restore_neighbours(struct restore *r)
{
	char buf[NL_BUFFER];
	const struct nlattr *attr;
	const struct msg *msg;
	struct nlmsghdr *nlh;
	struct ndmsg *ndm;
	int err;

	for (msg = r->cfg->neighbours.first; msg; msg = msg->next) {
		nlh = msg_begin(buf, msg, RTM_NEWNEIGH,
				NLM_F_CREATE | NLM_F_REPLACE, sizeof(*ndm),
				(void **)&ndm);
		ndm->ndm_ifindex = r->ifindex;
		mnl_attr_for_each(attr, &msg->nlh, sizeof(*ndm))
			if (mnl_attr_get_type(attr) == NDA_DST ||
			    mnl_attr_get_type(attr) == NDA_LLADDR)
				msg_put(nlh, attr);
		err = nl_talk(r->nl, nlh, NULL, NULL);
		if (err)
			failed(r, err, "neighbours");
	}
}

int netcfg_restore(struct nl *nl, const struct netcfg *cfg, int ifindex,
		   bool need_carrier)
{
	struct restore r = { .nl = nl, .cfg = cfg, .ifindex = ifindex };
	struct nl events;
	int err;

	err = nl_open(&events, NETLINK_ROUTE);
	if (!err)
		err = nl_join(&events, RTNLGRP_IPV6_IFADDR);
	if (!err)
		err = nl_join(&events, RTNLGRP_LINK);
	if (err) {
		nl_close(&events);
		return fail(GX_FAILED, "no netlink: %s", strerror(-err));
	}
	restore_device(&r);
	restore_addresses(&r);
	await_carrier(&r, &events, need_carrier);
	restore_routes(&r, &events);
	restore_neighbours(&r);
	nl_close(&events);
	return r.ret;
}
