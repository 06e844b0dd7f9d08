// SPDX-License-Identifier: GPL-2.0
/*
 * Queue management: the core replaces one receive queue's ring while the others run
 * (netdev_rx_queue_restart()). For chips that can stop one queue; it is what binding
 * an AF_XDP socket does there, in the core's hands.
 *
 * The core has checked the queue number and holds the device's lock, from the
 * allocation to the end. Memory that the CPU cannot read (devmem, io_uring zero-copy
 * receive) is not offered: frames that the chip does not split come whole, and their
 * headers would be in it. The core refuses to bind such memory, before anything stops.
 */
#include "gxdp.h"
#include "compat/queue.h"
#include "hw/family.h"

/* What the core keeps of a queue that does not run. */
struct gxdp_queue_mem {
	struct gxdp_rx *rx;
};

static int gxdp_queue_mem_alloc(struct net_device *netdev, struct netdev_queue_config *qcfg,
				void *per_queue_mem, int queue)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	struct gxdp_queue_mem *mem = per_queue_mem;
	struct gxdp_rx *rx = gxdp_rx_alloc(nic->pair[queue], &nic->cfg);

	if (IS_ERR(rx))
		return PTR_ERR(rx);
	mem->rx = rx;
	return 0;
}

static void gxdp_queue_mem_free(struct net_device *netdev, void *per_queue_mem)
{
	struct gxdp_queue_mem *mem = per_queue_mem;

	if (mem->rx)
		gxdp_rx_free(mem->rx);
	mem->rx = NULL;
}

static int gxdp_queue_stop(struct net_device *netdev, void *per_queue_mem, int queue)
{
	struct gxdp_rx *rx = gxdp_config_stop_queue(netdev_priv(netdev), queue);
	struct gxdp_queue_mem *mem = per_queue_mem;

	if (IS_ERR(rx))
		return PTR_ERR(rx);
	mem->rx = rx;
	return 0;
}

static int gxdp_queue_start(struct net_device *netdev, struct netdev_queue_config *qcfg,
			    void *per_queue_mem, int queue)
{
	struct gxdp_queue_mem *mem = per_queue_mem;

	gxdp_config_start_queue(netdev_priv(netdev), queue, mem->rx);
	mem->rx = NULL;
	return 0;
}

static const struct netdev_queue_mgmt_ops gxdp_queue_ops = {
	.ndo_queue_mem_size	= sizeof(struct gxdp_queue_mem),
	.ndo_queue_mem_alloc	= gxdp_queue_mem_alloc,
	.ndo_queue_mem_free	= gxdp_queue_mem_free,
	.ndo_queue_start	= gxdp_queue_start,
	.ndo_queue_stop		= gxdp_queue_stop,
};

/**
 * gxdp_queue_init - offer queue management, where chip and kernel have it
 * @netdev: device, not yet registered
 */
void gxdp_queue_init(struct net_device *netdev)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	if (nic->family->flags & GXDP_F_QUEUE_STOP)
		gxdp_set_queue_mgmt_ops(netdev, &gxdp_queue_ops);
}
