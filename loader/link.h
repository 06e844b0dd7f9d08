/* SPDX-License-Identifier: GPL-2.0 */
/* Network devices as rtnetlink shows them. */
#ifndef GXDP_LINK_H
#define GXDP_LINK_H

#include <linux/if.h>
#include <linux/if_link.h>
#include <stdbool.h>
#include <stdint.h>

#include "nl.h"

struct link_xdp {
	uint8_t attached;	/* XDP_ATTACHED_*; the ids below may be several */
	uint32_t native_id;
	uint32_t generic_id;
	uint32_t offload_id;
};

struct link {
	int ifindex;
	char name[IFNAMSIZ];
	char parent[64];	/* PCI address, or "" */
	char kind[32];		/* "veth", "vlan"; "" for hardware */
	uint32_t flags;
	uint32_t mtu;
	uint32_t mtu_min, mtu_max;	/* 0: any */
	uint32_t carrier_changes;
	uint32_t rx_queues;	/* there may be so many */
	uint8_t operstate;
	int master;		/* ifindex or 0 */
	int lower;		/* ifindex this one sits on, or 0 */
	bool lower_elsewhere;	/* lower is in another namespace, */
	int lower_netns;	/* which has this number here */
	struct link_xdp xdp;
};

/* All return 0 or -errno; -ENODEV when there is no such device. */
int link_by_name(struct nl *nl, const char *name, struct link *link);
int link_by_index(struct nl *nl, int ifindex, struct link *link);
/*
 * Open @nl and look for the device a user named: a gx_exit code, with fail()
 * done and @nl closed if it is not GX_OK.
 */
int link_open(struct nl *nl, const char *name, struct link *link);
/*
 * Be the only gxdp at work on @link (lock.h), and read it again by its number, for until
 * then it may have changed: a gx_exit code, with fail() done if it is not GX_OK.
 */
int link_lock(struct nl *nl, struct link *link);
/* The device of the PCI function @address in @nl's namespace */
int link_by_parent(struct nl *nl, const char *address, struct link *link);

/* Call @each for every device; it returns false to stop being called */
int link_for_each(struct nl *nl, bool (*each)(const struct link *, void *),
		  void *arg);

/* Fill @link from a RTM_NEWLINK message */
void link_parse(const struct nlmsghdr *nlh, struct link *link);

const char *link_operstate(const struct link *link);

#endif /* GXDP_LINK_H */
