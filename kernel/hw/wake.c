// SPDX-License-Identifier: GPL-2.0
/*
 * Wake-on-LAN: which frames wake the machine. The registers are the same in all
 * chips of the e1000 model.
 */
#include "hw.h"

#define GX_NVM_CONTROL_APM	BIT(10)		/* wake the machine by magic packet */

/**
 * gx_wake_in_nvm - does the card wake a machine that is off?
 * @nic: device, being identified
 * @word: where the NVM has its port's settings, GX_NVM_CONTROL_PORT_*
 *
 * Return: whether; false if the NVM cannot be read.
 */
bool gx_wake_in_nvm(struct gxdp_nic *nic, u16 word)
{
	u16 control;

	return !nic->family->nvm_read(nic, word, &control) && control & GX_NVM_CONTROL_APM;
}

/**
 * gx_wake_default - what is to wake the machine until the user says something else
 * @nic: device, being identified
 * @magic: a magic packet; else nothing
 *
 * Nothing, too, where the device cannot signal it.
 */
void gx_wake_default(struct gxdp_nic *nic, bool magic)
{
	if (!device_can_wakeup(&nic->pdev->dev))
		return;
	nic->wol = magic ? WAKE_MAGIC : 0;
	device_set_wakeup_enable(&nic->pdev->dev, magic);
}

/*
 * The frames a chip knows by itself, and the events for them. The MAC has been reset, and
 * takes a link that is there, or that a PHY gets which was off, for one that comes: then
 * it is to wake for none.
 */
static u32 gx_wake_filters(u32 wol, bool awaits_link)
{
	if (!awaits_link)
		wol &= ~WAKE_PHY;
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
 * Process context; takes nic->hw_lock. The PHY has to be on, which another driver may
 * have left off if the interface has not been up since.
 */
void gx_mac_wake_arm(struct gxdp_nic *nic)
{
	struct net_device *netdev = nic->netdev;
	bool awaits_link;

	mutex_lock(&nic->hw_lock);
	awaits_link = gx_phy_awaits_link(nic);
	if (gx_phy_start(nic))
		dev_warn(&nic->pdev->dev, "the PHY does not answer: nothing may wake the machine\n");
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
	wr32(nic, GX_WUFC, gx_wake_filters(nic->wol, awaits_link));
	wr32(nic, GX_WUC, GX_WUC_PME_EN);
	mutex_unlock(&nic->hw_lock);
}

/**
 * gx_mac_wake_disarm - have nothing wake the machine: undo gx_mac_wake_arm()
 * @nic: device, awake; parked, if it is about to sleep
 *
 * A reset reads from the NVM whether a magic packet shall wake a machine that is off: this
 * has to come after it. Process context; takes nic->hw_lock.
 */
void gx_mac_wake_disarm(struct gxdp_nic *nic)
{
	mutex_lock(&nic->hw_lock);
	wr32(nic, GX_WUC, 0);
	wr32(nic, GX_WUFC, 0);
	wr32(nic, GX_WUS, GX_WUS_ALL);
	mutex_unlock(&nic->hw_lock);
}
