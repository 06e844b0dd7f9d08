/* SPDX-License-Identifier: GPL-2.0 */
/* A device's XDP hook: who is in it, and putting a program there. */
#ifndef GXDP_XDP_H
#define GXDP_XDP_H

#include <linux/types.h>

#include "link.h"

enum xdp_mode {
	XDP_MODE_NONE,
	XDP_MODE_NATIVE,
	XDP_MODE_GENERIC,
	XDP_MODE_OFFLOAD,
};

const char *xdp_mode_name(enum xdp_mode mode);
/* XDP_MODE_NONE if @name is none of them */
enum xdp_mode xdp_mode_parse(const char *name);

/* The program that decides first, and its mode; 0 and XDP_MODE_NONE if none */
__u32 xdp_current(const struct link_xdp *xdp, enum xdp_mode *mode);

struct xdp_prog {
	__u32 id;
	char name[16];
	char tag[17];
	__u32 map_ids[64];
	__u32 nr_maps;
};

/* 0 or -errno */
int xdp_prog_info(__u32 id, struct xdp_prog *prog);
int xdp_prog_info_fd(int fd, struct xdp_prog *prog);

/*
 * Put the program @fd (-1: none) into the hook of @mode, in place of the
 * program @expected, or of none if that is -1. The kernel checks this under its
 * lock, so nobody else's program is displaced. 0 or -errno; see nl_reason().
 */
int xdp_exchange(struct nl *nl, int ifindex, enum xdp_mode mode, int fd,
		 int expected);

#endif /* GXDP_XDP_H */
