// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gxdp.h"
#include "link.h"
#include "lock.h"

/* linux/if_link.h of Debian 12 has them; older headers do not */
#define ATTR_PARENT_DEV_NAME 56

static int parse_xdp(const struct nlattr *attr, void *data)
{
	struct link_xdp *xdp = data;

	switch (mnl_attr_get_type(attr)) {
	case IFLA_XDP_ATTACHED:
		xdp->attached = mnl_attr_get_u8(attr);
		break;
	case IFLA_XDP_DRV_PROG_ID:
		xdp->native_id = mnl_attr_get_u32(attr);
		break;
	case IFLA_XDP_SKB_PROG_ID:
		xdp->generic_id = mnl_attr_get_u32(attr);
		break;
	case IFLA_XDP_HW_PROG_ID:
		xdp->offload_id = mnl_attr_get_u32(attr);
		break;
	}
	return MNL_CB_OK;
}

static int parse_linkinfo(const struct nlattr *attr, void *data)
{
	struct link *link = data;

	if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
		snprintf(link->kind, sizeof(link->kind), "%s",
			 mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

static int parse_attr(const struct nlattr *attr, void *data)
{
	struct link *link = data;

	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		snprintf(link->name, sizeof(link->name), "%s",
			 mnl_attr_get_str(attr));
		break;
	case IFLA_MTU:
		link->mtu = mnl_attr_get_u32(attr);
		break;
	case IFLA_MIN_MTU:
		link->mtu_min = mnl_attr_get_u32(attr);
		break;
	case IFLA_MAX_MTU:
		link->mtu_max = mnl_attr_get_u32(attr);
		break;
	case IFLA_OPERSTATE:
		link->operstate = mnl_attr_get_u8(attr);
		break;
	case IFLA_CARRIER_CHANGES:
		link->carrier_changes = mnl_attr_get_u32(attr);
		break;
	case IFLA_NUM_RX_QUEUES:
		link->rx_queues = mnl_attr_get_u32(attr);
		break;
	case IFLA_MASTER:
		link->master = mnl_attr_get_u32(attr);
		break;
	case IFLA_LINK:
		link->lower = mnl_attr_get_u32(attr);
		break;
	case IFLA_LINK_NETNSID:
		link->lower_elsewhere = true;
		link->lower_netns = (int)mnl_attr_get_u32(attr);
		break;
	case IFLA_LINKINFO:
		mnl_attr_parse_nested(attr, parse_linkinfo, link);
		break;
	case IFLA_XDP:
		mnl_attr_parse_nested(attr, parse_xdp, &link->xdp);
		break;
	case ATTR_PARENT_DEV_NAME:
		snprintf(link->parent, sizeof(link->parent), "%s",
			 mnl_attr_get_str(attr));
		break;
	}
	return MNL_CB_OK;
}

void link_parse(const struct nlmsghdr *nlh, struct link *link)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	memset(link, 0, sizeof(*link));
	link->ifindex = ifi->ifi_index;
	link->flags = ifi->ifi_flags;
	mnl_attr_parse(nlh, sizeof(*ifi), parse_attr, link);
}

static int take_one(const struct nlmsghdr *nlh, void *data)
{
	if (nlh->nlmsg_type == RTM_NEWLINK)
		link_parse(nlh, data);
	return MNL_CB_OK;
}

int link_by_name(struct nl *nl, const char *name, struct link *link)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = nl_request(buf, RTM_GETLINK, 0);

	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	/* alternative names may be longer than a name proper */
	mnl_attr_put_strz(nlh, strlen(name) < IFNAMSIZ ? IFLA_IFNAME :
			  IFLA_ALT_IFNAME, name);
	return nl_talk(nl, nlh, take_one, link);
}

int link_open(struct nl *nl, const char *name, struct link *link)
{
	int err = nl_open(nl, NETLINK_ROUTE);

	if (err)
		return fail(GX_FAILED, "no netlink: %s", strerror(-err));
	err = link_by_name(nl, name, link);
	if (!err)
		return GX_OK;
	fail(GX_NOT_FOUND, "there is no device %s", name);
	fail_reason("%s", nl_reason(nl, err));
	fail_hint("\"gxdp status\" lists the devices of this network namespace");
	nl_close(nl);
	return GX_NOT_FOUND;
}

int link_by_index(struct nl *nl, int ifindex, struct link *link)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = nl_request(buf, RTM_GETLINK, 0);
	struct ifinfomsg *ifi;

	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = ifindex;
	return nl_talk(nl, nlh, take_one, link);
}

int link_lock(struct nl *nl, struct link *link)
{
	struct link now;
	int ret, err;

	ret = lock_take(link->name);
	if (ret)
		return ret;
	err = link_by_index(nl, link->ifindex, &now);
	if (!err && !strcmp(now.name, link->name)) {
		*link = now;
		return GX_OK;
	}
	fail(GX_FAILED, "%s was %s meanwhile", link->name,
	     err ? "taken away" : "renamed");
	if (err)
		fail_reason("%s", nl_reason(nl, err));
	fail_hint("nothing was changed: try again, with the name that it has now");
	return GX_FAILED;
}

struct each {
	bool (*fn)(const struct link *link, void *arg);
	void *arg;
	bool done;
};

static int call_each(const struct nlmsghdr *nlh, void *data)
{
	struct each *each = data;
	struct link link;

	if (each->done || nlh->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	link_parse(nlh, &link);
	each->done = !each->fn(&link, each->arg);
	return MNL_CB_OK;
}

int link_for_each(struct nl *nl, bool (*fn)(const struct link *, void *),
		  void *arg)
{
	struct each each = { .fn = fn, .arg = arg };
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = nl_request(buf, RTM_GETLINK, NLM_F_DUMP);

	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	return nl_talk(nl, nlh, call_each, &each);
}

struct wanted {
	const char *address;
	struct link *link;
	bool found;
};

static bool match_parent(const struct link *link, void *arg)
{
	struct wanted *wanted = arg;

	/* A VLAN on the device has the same parent but a kind. */
	if (link->kind[0] || strcmp(link->parent, wanted->address))
		return true;
	*wanted->link = *link;
	wanted->found = true;
	return false;
}

int link_by_parent(struct nl *nl, const char *address, struct link *link)
{
	struct wanted wanted = { .address = address, .link = link };
	int err;

	err = link_for_each(nl, match_parent, &wanted);
	/* A disturbed dump may still have shown the device. */
	if (wanted.found)
		return 0;
	return err ? err : -ENODEV;
}

const char *link_operstate(const struct link *link)
{
	static const char *const names[] = {
		"unknown", "notpresent", "down", "lowerlayerdown", "testing",
		"dormant", "up",
	};

	if (link->operstate >= sizeof(names) / sizeof(names[0]))
		return "unknown";
	return names[link->operstate];
}
