/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_NETNS_H
#define GXDP_NETNS_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * The process whose namespaces count as the machine's: process 1, or where that
 * is closed even to root, the furthest ancestor that is not.
 */
pid_t root_process(void);

/* The network namespace of root_process(): drivers make their netdevs there */
int netns_open_init(void);
int netns_open_self(void);

/* Whether the caller is in the machine's own namespace (or cannot tell) */
bool netns_is_init(void);

/*
 * Whether the caller is in the first network namespace, as the kernel knows it: a
 * container's first process is not the machine's, though it has the same number.
 */
bool netns_is_first(void);

/* Inode number of the caller's namespace, what `ip netns` and lsns show; 0 */
ino_t netns_inode(void);

/* Enter @netns; returns a descriptor for netns_switch_back(), or -errno */
int netns_switch(int netns);
/* Cannot be allowed to fail: ends the process if it does */
void netns_switch_back(int back);

/*
 * Call @found in each namespace that has a name under /run/netns until it
 * returns true; then stay there and return true.
 */
bool netns_search(bool (*found)(void *arg), void *arg);

/*
 * Call @found in each other namespace that has a name under /run/netns or a process in
 * it that we may see, until it returns true. Returns in the caller's namespace, with
 * whether it did.
 */
bool netns_in_another(bool (*found)(void *arg), void *arg);

#endif /* GXDP_NETNS_H */
