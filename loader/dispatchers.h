/* SPDX-License-Identifier: GPL-2.0 */
/* What libxdp has pinned for dispatchers that run no more. */
#ifndef GXDP_DISPATCHERS_H
#define GXDP_DISPATCHERS_H

#include <linux/types.h>
#include <stdbool.h>

/*
 * Take away the pins of dispatchers of device @ifindex other than @runs, if a program
 * behind them is @ours. Does nothing while another process is at work with libxdp.
 */
void dispatchers_clean(int ifindex, __u32 runs, bool (*ours)(int prog_fd, void *arg),
		       void *arg);

#endif /* GXDP_DISPATCHERS_H */
