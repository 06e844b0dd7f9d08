// SPDX-License-Identifier: GPL-2.0
/*
 * Wake-on-LAN: which frames wake the machine. The registers are the same in all
 * chips of the e1000 model.
 */
#include "hw.h"

/* The frames a chip knows by itself, and the events for them */
static u32 gx_wake_filters(u32 wol)
{
	return (wol & WAKE_PHY ? GX_WUFC_LINK : 0) |
	       (wol & WAKE_MAGIC ? GX_WUFC_MAGIC : 0) |
	       (wol & WAKE_UCAST ? GX_WUFC_UNICAST : 0) |
	       (wol & WAKE_MCAST ? GX_WUFC_MULTICAST : 0) |
	       (wol & WAKE_BCAST ? GX_WUFC_BROADCAST : 0);
}

/**
 * gx_mac_wake_arm - have nic->wol wake the machine
 * @nic: device, parked: reset, and its receiver off
 *
 * Process context; takes nic->hw_lock.
 */
void gx_mac_wake_arm(struct gxdp_nic *nic)
{
	struct net_device *netdev = nic->netdev;

	mutex_lock(&nic->hw_lock);
	/* the reset has loaded the address of the NVM, and no groups */
	netif_addr_lock_bh(netdev);
	nic->family->rx_mode(nic, &netdev->uc, &netdev->mc);
	/* it has no descriptors, and so writes nothing to memory */
	gx_mac_rctl(nic, 0, GX_RCTL_EN | GX_RCTL_BAM |
			    (nic->wol & WAKE_MCAST ? GX_RCTL_MPE : 0));
	netif_addr_unlock_bh(netdev);
	wr32(nic, GX_CTRL, (rd32(nic, GX_CTRL) | GX_CTRL_ADVD3WUC | GX_CTRL_SLU) &
			   ~GX_CTRL_MASTER_DIS);
	wr32(nic, GX_WUS, GX_WUS_ALL);
	wr32(nic, GX_WUFC, gx_wake_filters(nic->wol));
	wr32(nic, GX_WUC, GX_WUC_PME_EN);
	mutex_unlock(&nic->hw_lock);
}

/**
 * gx_mac_wake_disarm - undo gx_mac_wake_arm()
 * @nic: device, awake again
 */
void gx_mac_wake_disarm(struct gxdp_nic *nic)
{
	mutex_lock(&nic->hw_lock);
	wr32(nic, GX_WUC, 0);
	wr32(nic, GX_WUFC, 0);
	wr32(nic, GX_WUS, GX_WUS_ALL);
	mutex_unlock(&nic->hw_lock);
}
