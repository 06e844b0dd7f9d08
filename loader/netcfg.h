/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an administrator has configured on a network device: taken before its
 * driver changes, put onto the device that appears afterwards. Kept are its
 * name and alternative names, alias, MTU, queue length, group, a MAC address
 * that was set by hand, master, flags (up, promiscuous, ...), sysctls,
 * addresses, routes of all tables with next-hop objects, and permanent
 * neighbours. What the kernel makes by itself it will make again.
 */
#ifndef GXDP_NETCFG_H
#define GXDP_NETCFG_H

#include <stdbool.h>

#include "link.h"
#include "msglist.h"
#include "sysctls.h"

struct netcfg {
	struct link link;
	struct msg_list device;		/* its one RTM_NEWLINK */
	struct msg_list addresses;
	struct msg_list routes;
	struct msg_list nexthops;	/* single ones on this device */
	struct msg_list groups;		/* groups with one of them */
	struct msg_list neighbours;
	struct sysctl *sysctls;
};

/* 0 or -errno; netcfg_free() in either case */
int netcfg_save(struct nl *nl, const struct link *link, struct netcfg *cfg);
void netcfg_free(struct netcfg *cfg);

/* Whether any of the routes is a default route */
bool netcfg_has_default_route(const struct netcfg *cfg);

/*
 * Put @cfg onto the device @ifindex, which is in @nl's and the caller's
 * namespace, is down and has the right name. Tries all of it even if something
 * fails; then returns a gx_exit code, with fail() saying what failed first. With
 * @need_carrier that includes a link that was up and does not come up.
 */
int netcfg_restore(struct nl *nl, const struct netcfg *cfg, int ifindex,
		   bool need_carrier);

/* Name the device @ifindex @name; 0 or -errno */
int netcfg_rename(struct nl *nl, int ifindex, const char *name);

/* Send the device to the namespace @netns and name it; 0 or -errno */
int netcfg_move(struct nl *nl, int ifindex, int netns, const char *name);

#endif /* GXDP_NETCFG_H */
