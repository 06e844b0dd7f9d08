/* SPDX-License-Identifier: GPL-2.0 */
/* net_device_ops that changed their arguments; included by netdev.c alone. */
#ifndef GXDP_COMPAT_NETDEV_H
#define GXDP_COMPAT_NETDEV_H

#include "compat.h"

static int gxdp_set_rx_mode(struct net_device *netdev, struct netdev_hw_addr_list *uc,
			    struct netdev_hw_addr_list *mc);

/* 7.1: filters are set without the address lock, from copies of the lists. */
#ifdef HAVE_NDO_SET_RX_MODE_ASYNC
#define GXDP_COMPAT_SET_RX_MODE	.ndo_set_rx_mode_async = gxdp_set_rx_mode,
#else
static void gxdp_compat_set_rx_mode(struct net_device *netdev)
{
	gxdp_set_rx_mode(netdev, &netdev->uc, &netdev->mc);
}

#define GXDP_COMPAT_SET_RX_MODE	.ndo_set_rx_mode = gxdp_compat_set_rx_mode,
#endif

#endif /* GXDP_COMPAT_NETDEV_H */
