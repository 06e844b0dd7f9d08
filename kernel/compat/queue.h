/* SPDX-License-Identifier: GPL-2.0 */
/* Queue management by the core; included by queue.c alone. */
#ifndef GXDP_COMPAT_QUEUE_H
#define GXDP_COMPAT_QUEUE_H

#include "compat.h"

#ifdef HAVE_QUEUE_MGMT_QCFG
static inline void gxdp_set_queue_mgmt_ops(struct net_device *netdev,
					   const struct netdev_queue_mgmt_ops *ops)
{
	netdev->queue_mgmt_ops = ops;
}
#else
/*
 * 6.10 to 6.19 the core asks in another way, and for less; before, not at all: what
 * queue.c fills in, for the compiler to throw away.
 */
struct netdev_queue_config;
#define netdev_queue_mgmt_ops	gxdp_unused_queue_mgmt_ops

struct netdev_queue_mgmt_ops {
	size_t ndo_queue_mem_size;
	int (*ndo_queue_mem_alloc)(struct net_device *dev, struct netdev_queue_config *qcfg,
				   void *per_queue_mem, int idx);
	void (*ndo_queue_mem_free)(struct net_device *dev, void *per_queue_mem);
	int (*ndo_queue_start)(struct net_device *dev, struct netdev_queue_config *qcfg,
			       void *per_queue_mem, int idx);
	int (*ndo_queue_stop)(struct net_device *dev, void *per_queue_mem, int idx);
};

static inline void gxdp_set_queue_mgmt_ops(struct net_device *netdev,
					   const struct netdev_queue_mgmt_ops *ops)
{
}
#endif

#endif /* GXDP_COMPAT_QUEUE_H */
