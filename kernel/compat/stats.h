/* SPDX-License-Identifier: GPL-2.0 */
/* 6.10: per-queue statistics by netlink; included by stats.c alone. */
#ifndef GXDP_COMPAT_STATS_H
#define GXDP_COMPAT_STATS_H

#include "compat.h"

#ifdef HAVE_NETDEV_STAT_OPS
static inline void gxdp_set_stat_ops(struct net_device *netdev, const struct netdev_stat_ops *ops)
{
	netdev->stat_ops = ops;
}
#else
/* Nobody asks: what stats.c fills in, for the compiler to throw away. */
struct netdev_queue_stats_rx {
	u64 bytes, packets, alloc_fail, csum_unnecessary, csum_bad;
};

struct netdev_queue_stats_tx {
	u64 bytes, packets, needs_csum, stop, wake;
};

struct netdev_stat_ops {
	void (*get_queue_stats_rx)(struct net_device *netdev, int queue,
				   struct netdev_queue_stats_rx *stats);
	void (*get_queue_stats_tx)(struct net_device *netdev, int queue,
				   struct netdev_queue_stats_tx *stats);
	void (*get_base_stats)(struct net_device *netdev, struct netdev_queue_stats_rx *rx,
			       struct netdev_queue_stats_tx *tx);
};

static inline void gxdp_set_stat_ops(struct net_device *netdev, const struct netdev_stat_ops *ops)
{
}
#endif

#endif /* GXDP_COMPAT_STATS_H */
