/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink over libmnl: one request, its answers, and the kernel's own words. */
#ifndef GXDP_NL_H
#define GXDP_NL_H

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>

/* Any datagram from the kernel: a link with its virtual functions is large */
#define NL_BUFFER (64 * 1024)

struct nl {
	struct mnl_socket *sock;
	unsigned int seq;
	char ack[256];		/* the kernel's reason for the last refusal */
};

/* All return 0 or -errno. @bus: NETLINK_ROUTE, NETLINK_GENERIC */
int nl_open(struct nl *nl, int bus);
/* The same, in the network namespace in which drivers make their devices */
int nl_open_machine(struct nl *nl, int bus);
void nl_close(struct nl *nl);

/* A request in @buf, to be filled on and handed to nl_talk() */
struct nlmsghdr *nl_request(void *buf, int type, int flags);

/*
 * Send @req, give each answer to @cb (may be NULL), wait for the end, at most
 * 30 s. A dump that the kernel says was disturbed ends in -EINTR: ask again.
 */
int nl_talk(struct nl *nl, struct nlmsghdr *req, mnl_cb_t cb, void *data);

/* Wait up to @timeout_ms for a notification to arrive and swallow it: -ETIME */
int nl_wait_event(struct nl *nl, int timeout_ms);
int nl_join(struct nl *nl, int group);

/* "the kernel's sentence" or strerror(@err) if it had none; @err negative */
const char *nl_reason(const struct nl *nl, int err);

#endif /* GXDP_NL_H */
