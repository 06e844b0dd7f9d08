// SPDX-License-Identifier: GPL-2.0
/* Taking a device's configuration. netcfg_restore.c puts it back. */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <string.h>
#include <sys/socket.h>

#include "netcfg.h"

/* Linux 5.18; the value says where an address came from */
#define ATTR_IFA_PROTO		11
#define IFA_PROTO_KERNEL_LL	3

struct collector {
	struct msg_list *list;
	int ifindex;
	const struct netcfg *cfg;
};

static int keep_device(const struct nlmsghdr *nlh, void *data)
{
	struct msg_list *list = data;

	if (nlh->nlmsg_type == RTM_NEWLINK && msg_list_add(list, nlh))
		return MNL_CB_ERROR;
	return MNL_CB_OK;
}

static int save_device(struct nl *nl, struct netcfg *cfg)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = nl_request(buf, RTM_GETLINK, 0);
	struct ifinfomsg *ifi;

	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = cfg->link.ifindex;
	return nl_talk(nl, nlh, keep_device, &cfg->device);
}

/* Dump @type into @c's list by @cb; a disturbed dump is asked for again */
static int collect(struct nl *nl, int type, size_t header, mnl_cb_t cb,
		   struct collector *c)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh;
	int err, tries;

	for (tries = 0; tries < 10; tries++) {
		nlh = nl_request(buf, type, NLM_F_DUMP);
		mnl_nlmsg_put_extra_header(nlh, header);
		err = nl_talk(nl, nlh, cb, c);
		if (err != -EINTR)
			return err;
		msg_list_free(c->list);
	}
	return err;
}

static __u32 address_flags(const struct nlmsghdr *nlh)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr = msg_attr(nlh, sizeof(*ifa), IFA_FLAGS);

	return attr ? mnl_attr_get_u32(attr) : ifa->ifa_flags;
}

/* The link-local address and the temporary ones: the kernel makes new ones */
static bool kernels_address(const struct nlmsghdr *nlh)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *proto;

	if (ifa->ifa_family != AF_INET6)
		return false;
	if (address_flags(nlh) & IFA_F_TEMPORARY)
		return true;
	proto = msg_attr(nlh, sizeof(*ifa), ATTR_IFA_PROTO);
	return proto && mnl_attr_get_u8(proto) == IFA_PROTO_KERNEL_LL;
}

static int keep_address(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct collector *c = data;

	if (nlh->nlmsg_type != RTM_NEWADDR ||
	    (int)ifa->ifa_index != c->ifindex || kernels_address(nlh))
		return MNL_CB_OK;
	return msg_list_add(c->list, nlh) ? MNL_CB_ERROR : MNL_CB_OK;
}

static int keep_nexthop(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *oif;
	struct collector *c = data;

	if (nlh->nlmsg_type != RTM_NEWNEXTHOP)
		return MNL_CB_OK;
	oif = msg_attr(nlh, sizeof(struct nhmsg), NHA_OIF);
	if (!oif || (int)mnl_attr_get_u32(oif) != c->ifindex)
		return MNL_CB_OK;
	return msg_list_add(c->list, nlh) ? MNL_CB_ERROR : MNL_CB_OK;
}

static __u32 nexthop_id(const struct nlmsghdr *nlh)
{
	const struct nlattr *id = msg_attr(nlh, sizeof(struct nhmsg), NHA_ID);

	return id ? mnl_attr_get_u32(id) : 0;
}

static bool has_nexthop(const struct msg_list *list, __u32 id)
{
	const struct msg *msg;

	for (msg = list->first; msg; msg = msg->next)
		if (nexthop_id(&msg->nlh) == id)
			return true;
	return false;
}

static int keep_group(const struct nlmsghdr *nlh, void *data)
{
	const struct nexthop_grp *member;
	struct collector *c = data;
	const struct nlattr *group;
	size_t i, n;

	if (nlh->nlmsg_type != RTM_NEWNEXTHOP)
		return MNL_CB_OK;
	group = msg_attr(nlh, sizeof(struct nhmsg), NHA_GROUP);
	if (!group)
		return MNL_CB_OK;
	member = mnl_attr_get_payload(group);
	n = mnl_attr_get_payload_len(group) / sizeof(*member);
	for (i = 0; i < n; i++)
		if (has_nexthop(&c->cfg->nexthops, member[i].id))
			return msg_list_add(c->list, nlh) ? MNL_CB_ERROR :
							    MNL_CB_OK;
	return MNL_CB_OK;
}

static bool multipath_uses(const struct nlattr *attr, int ifindex)
{
	const struct rtnexthop *nh = mnl_attr_get_payload(attr);
	int left = mnl_attr_get_payload_len(attr);

	for (; RTNH_OK(nh, left); left -= RTNH_ALIGN(nh->rtnh_len),
	     nh = RTNH_NEXT(nh))
		if (nh->rtnh_ifindex == ifindex)
			return true;
	return false;
}

/*
 * With the sysctl net.ipv4.nexthop_compat_mode at 0 a route by a next-hop object names
 * that alone, and no device.
 */
static bool object_uses(const struct netcfg *cfg, const struct nlattr *nh_id)
{
	__u32 id = mnl_attr_get_u32(nh_id);

	return has_nexthop(&cfg->nexthops, id) || has_nexthop(&cfg->groups, id);
}

static bool route_uses(const struct nlmsghdr *nlh, const struct netcfg *cfg)
{
	const struct nlattr *attr;

	attr = msg_attr(nlh, sizeof(struct rtmsg), RTA_OIF);
	if (attr && (int)mnl_attr_get_u32(attr) == cfg->link.ifindex)
		return true;
	attr = msg_attr(nlh, sizeof(struct rtmsg), RTA_MULTIPATH);
	if (attr && multipath_uses(attr, cfg->link.ifindex))
		return true;
	attr = msg_attr(nlh, sizeof(struct rtmsg), RTA_NH_ID);
	return attr && object_uses(cfg, attr);
}

static int keep_route(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct collector *c = data;

	if (nlh->nlmsg_type != RTM_NEWROUTE)
		return MNL_CB_OK;
	/* Made by the kernel with the address or the device, and so again */
	if (rtm->rtm_protocol == RTPROT_KERNEL ||
	    rtm->rtm_flags & RTM_F_CLONED)
		return MNL_CB_OK;
	if (!route_uses(nlh, c->cfg))
		return MNL_CB_OK;
	return msg_list_add(c->list, nlh) ? MNL_CB_ERROR : MNL_CB_OK;
}

static int keep_neighbour(const struct nlmsghdr *nlh, void *data)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	struct collector *c = data;

	if (nlh->nlmsg_type != RTM_NEWNEIGH || ndm->ndm_ifindex != c->ifindex ||
	    ndm->ndm_family == AF_BRIDGE || !(ndm->ndm_state & NUD_PERMANENT))
		return MNL_CB_OK;
	return msg_list_add(c->list, nlh) ? MNL_CB_ERROR : MNL_CB_OK;
}

static int save_nexthops(struct nl *nl, struct netcfg *cfg)
{
	struct collector c = {
		.list = &cfg->nexthops,
		.ifindex = cfg->link.ifindex,
		.cfg = cfg,
	};
	int err;

	err = collect(nl, RTM_GETNEXTHOP, sizeof(struct nhmsg), keep_nexthop,
		      &c);
	if (err || !cfg->nexthops.count)
		return err;
	c.list = &cfg->groups;
	return collect(nl, RTM_GETNEXTHOP, sizeof(struct nhmsg), keep_group,
		       &c);
}

int netcfg_save(struct nl *nl, const struct link *link, struct netcfg *cfg)
{
	struct collector c = { .ifindex = link->ifindex, .cfg = cfg };
	int err;

	memset(cfg, 0, sizeof(*cfg));
	cfg->link = *link;
	msg_list_init(&cfg->device);
	msg_list_init(&cfg->addresses);
	msg_list_init(&cfg->routes);
	msg_list_init(&cfg->nexthops);
	msg_list_init(&cfg->groups);
	msg_list_init(&cfg->neighbours);

	err = save_device(nl, cfg);
	if (err)
		return err;
	c.list = &cfg->addresses;
	err = collect(nl, RTM_GETADDR, sizeof(struct ifaddrmsg), keep_address,
		      &c);
	if (err)
		return err;
	/* before the routes, which may be known to be ours by them alone */
	err = save_nexthops(nl, cfg);
	if (err)
		return err;
	c.list = &cfg->routes;
	err = collect(nl, RTM_GETROUTE, sizeof(struct rtmsg), keep_route, &c);
	if (err)
		return err;
	c.list = &cfg->neighbours;
	err = collect(nl, RTM_GETNEIGH, sizeof(struct ndmsg), keep_neighbour,
		      &c);
	if (err)
		return err;
	cfg->sysctls = sysctls_save(link->name);
	return 0;
}

void netcfg_free(struct netcfg *cfg)
{
	msg_list_free(&cfg->device);
	msg_list_free(&cfg->addresses);
	msg_list_free(&cfg->routes);
	msg_list_free(&cfg->nexthops);
	msg_list_free(&cfg->groups);
	msg_list_free(&cfg->neighbours);
	sysctls_free(cfg->sysctls);
	cfg->sysctls = NULL;
}

bool netcfg_has_default_route(const struct netcfg *cfg)
{
	const struct rtmsg *rtm;
	const struct msg *msg;

	for (msg = cfg->routes.first; msg; msg = msg->next) {
		rtm = mnl_nlmsg_get_payload(&msg->nlh);
		if (!rtm->rtm_dst_len && rtm->rtm_type == RTN_UNICAST)
			return true;
	}
	return false;
}
