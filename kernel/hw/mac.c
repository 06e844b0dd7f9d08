// SPDX-License-Identifier: GPL-2.0
/*
 * The MAC of the e1000 model: what 8254x, 82574 and, in part, 82576 have
 * in common. Everything here runs under nic->hw_lock, but for the rx-mode
 * callback, which the stack may make at any time: RCTL, which that writes
 * too, has a lock of its own (gx_mac_rctl()).
 */
#include <linux/bitmap.h>
#include <linux/etherdevice.h>
#include <linux/iopoll.h>
#include <linux/pci.h>

#include "../stats.h"
#include "hw.h"

#define GX_MASTER_POLL_US	100
#define GX_MASTER_WAIT_US	80000
#define GX_AUTOLOAD_POLL_US	500
#define GX_AUTOLOAD_WAIT_US	20000
#define GX_RX_STOP_POLL_US	50
#define GX_RX_STOP_TRIES	20

#define GX_COLLISIONS		15U	/* before a frame is given up */
#define GX_COLLISION_DISTANCE	63U	/* byte times */
#define GX_PAUSE_TIME		0x680U	/* 512 bit times: 0.85 ms at 1 Gb/s */

/**
 * gx_mac_quiesce - stop interrupts, both directions and all bus requests
 * @nic: device
 *
 * To be followed by a reset. Waits 80 ms at the most for requests under
 * way; a chip that still has some is reset all the same.
 *
 * Return: 0, or -ENODEV when the device has left.
 */
int gx_mac_quiesce(struct gxdp_nic *nic)
{
	u32 status;

	nic->family->irq_mask(nic);
	nic->family->rx_disable(nic);
	wr32(nic, GX_TCTL, rd32(nic, GX_TCTL) & ~GX_TCTL_EN);
	wr32(nic, GX_CTRL, rd32(nic, GX_CTRL) | GX_CTRL_MASTER_DIS);

	if (read_poll_timeout(rd32, status, !(status & GX_STATUS_MASTER_EN),
			      GX_MASTER_POLL_US, GX_MASTER_WAIT_US, false,
			      nic, GX_STATUS)) {
		if (gxdp_gone(nic))
			return -ENODEV;
		dev_warn(&nic->pdev->dev, "bus requests still pending at reset\n");
	}
	return 0;
}

/**
 * gx_mac_wait_autoload - wait until the chip has read its NVM after a reset
 * @nic: device
 *
 * Return: 0, -ENODEV when the device has left, -ETIMEDOUT after 20 ms.
 */
int gx_mac_wait_autoload(struct gxdp_nic *nic)
{
	u32 eecd;
	int err;

	err = read_poll_timeout(rd32, eecd, eecd & GX_EECD_AUTO_RD,
				GX_AUTOLOAD_POLL_US, GX_AUTOLOAD_WAIT_US, false,
				nic, GX_EECD);
	if (eecd == ~0U && gxdp_gone(nic))
		return -ENODEV;
	if (err)
		dev_err(&nic->pdev->dev,
			"the chip did not read its NVM after a reset; a power cycle may help\n");
	return err;
}

/**
 * gx_mac_irq_mask - no cause interrupts any more
 * @nic: device
 */
void gx_mac_irq_mask(struct gxdp_nic *nic)
{
	wr32(nic, GX_IMC, GX_INT_ALL);
}

/**
 * gx_mac_irq_ack_line - MSI and INTx: what is to be done
 * @nic: device
 * @icr: what was read from ICR, which cleared it
 * @queues: causes of the one pair; found, they are masked for its NAPI
 * @ours: the chip did raise the line, not only another device on it
 *
 * Hard-interrupt context. Returns GXDP_CAUSE_*. What came while a poll had it
 * masked is to be looked at even if another device made us read it: it is gone
 * from ICR now, and would not interrupt when the poll ends.
 */
u32 gx_mac_irq_ack_line(struct gxdp_nic *nic, u32 icr, u32 queues, bool ours)
{
	u32 causes = ours ? GXDP_CAUSE_OURS : 0;

	if (icr & queues) {
		wr32(nic, GX_IMC, queues);
		causes |= GXDP_CAUSE_QUEUES;
	}
	if (icr & GX_INT_LSC)
		causes |= GXDP_CAUSE_LINK;
	return causes;
}

/**
 * gx_mac_irq_raise - raise causes as if the chip had found a reason
 * @nic: device
 * @pair: whose; NULL: the link's
 */
void gx_mac_irq_raise(struct gxdp_nic *nic, const struct gxdp_pair *pair)
{
	wr32(nic, GX_ICS, pair ? pair->ims : GX_INT_LSC);
}

/**
 * gx_mac_itr - an interrupt spacing as ITR and EITR take it (not on 82576)
 * @usecs: microseconds
 */
u32 gx_mac_itr(unsigned int usecs)
{
	return min(usecs * 1000U / GX_ITR_NSEC, GX_ITR_MAX);
}

/**
 * gx_mac_irq_unmask - the causes of all pairs in use, and the others, do
 * @nic: device
 */
void gx_mac_irq_unmask(struct gxdp_nic *nic)
{
	u32 causes = nic->ims_other;
	unsigned int i;

	for (i = 0; i < nic->cfg.pairs; i++)
		causes |= nic->pair[i]->ims;
	wr32(nic, GX_IMS, causes);
}

/**
 * gx_mac_rctl - change bits of RCTL
 * @nic: device, registered or not
 * @clear: bits to clear
 * @set: bits to set
 *
 * Any context but that of interrupts.
 */
void gx_mac_rctl(struct gxdp_nic *nic, u32 clear, u32 set)
{
	spin_lock_bh(&nic->rctl_lock);
	wr32(nic, GX_RCTL, (rd32(nic, GX_RCTL) & ~clear) | set);
	spin_unlock_bh(&nic->rctl_lock);
}

/*
 * An entry of a table. Bridges to PCI and PCI-X may combine writes to addresses that
 * follow each other into a burst, which not all chips there take. A read in between
 * prevents that; or to write a table from its end.
 */
static void gx_mac_entry(struct gxdp_nic *nic, u32 reg, u32 value)
{
	wr32(nic, reg, value);
	if (!pci_is_pcie(nic->pdev))
		rd32(nic, GX_STATUS);
}

static void gx_mac_rar(struct gxdp_nic *nic, unsigned int i, const u8 *addr)
{
	u32 low = 0, high = 0;

	if (addr) {
		low = addr[0] | addr[1] << 8 | addr[2] << 16 | (u32)addr[3] << 24;
		high = addr[4] | addr[5] << 8 | GX_RAH_AV | nic->family->rah;
	}
	gx_mac_entry(nic, GX_RAL(i), low);
	gx_mac_entry(nic, GX_RAH(i), high);
}

/* Unicast addresses beside our own; false when there are too many. */
static bool gx_mac_unicast(struct gxdp_nic *nic, const struct netdev_hw_addr_list *uc)
{
	const struct netdev_hw_addr *ha;
	unsigned int i = 1;

	if (netdev_hw_addr_list_count(uc) >= GX_RAR_LEN)
		return false;

	netdev_hw_addr_list_for_each(ha, uc)
		gx_mac_rar(nic, i++, ha->addr);
	while (i < GX_RAR_LEN)
		gx_mac_rar(nic, i++, NULL);
	return true;
}

static void gx_mac_multicast(struct gxdp_nic *nic, const struct netdev_hw_addr_list *mc)
{
	const struct netdev_hw_addr *ha;
	u32 mta[GX_MTA_LEN] = {};
	unsigned int i = GX_MTA_LEN, hash;

	netdev_hw_addr_list_for_each(ha, mc) {
		/* RCTL.MO = 0: bits 47:36 of the address */
		hash = ha->addr[4] >> 4 | ha->addr[5] << 4;
		mta[hash / 32] |= BIT(hash % 32);
	}
	while (i--)		/* see gx_mac_entry() */
		wr32(nic, GX_MTA(i), mta[i]);
}

/* Promiscuous means every VLAN too. */
static u32 gx_mac_vfe(struct gxdp_nic *nic)
{
	const struct net_device *netdev = nic->netdev;

	if (netdev->flags & IFF_PROMISC)
		return 0;
	return netdev->features & NETIF_F_HW_VLAN_CTAG_FILTER ? GX_RCTL_VFE : 0;
}

/**
 * gx_mac_rx_filters - own address, promiscuity, unicast and multicast filters
 * @nic: device
 * @uc: unicast addresses beside the device's own
 * @mc: multicast addresses
 *
 * Must not sleep: see struct gxdp_family, @rx_mode.
 */
void gx_mac_rx_filters(struct gxdp_nic *nic, const struct netdev_hw_addr_list *uc,
		       const struct netdev_hw_addr_list *mc)
{
	const struct net_device *netdev = nic->netdev;
	u32 mode = gx_mac_vfe(nic);

	gx_mac_rar(nic, 0, netdev->dev_addr);
	if (!gx_mac_unicast(nic, uc) || netdev->flags & IFF_PROMISC)
		mode |= GX_RCTL_UPE;
	gx_mac_multicast(nic, mc);
	if (netdev->flags & (IFF_PROMISC | IFF_ALLMULTI))
		mode |= GX_RCTL_MPE;

	gx_mac_rctl(nic, GX_RCTL_UPE | GX_RCTL_MPE | GX_RCTL_VFE, mode);
}

static u32 gx_mac_vfta(struct gxdp_nic *nic, unsigned int word)
{
	unsigned int bit;
	u32 vfta = 0;

	for (bit = 0; bit < 32; bit++)
		if (test_bit(word * 32 + bit, nic->vlans))
			vfta |= BIT(bit);
	return vfta;
}

/**
 * gx_mac_vlan_filter - tell the chip whether nic->vlans holds a VLAN
 * @nic: device
 * @vid: the VLAN
 */
void gx_mac_vlan_filter(struct gxdp_nic *nic, u16 vid)
{
	gx_mac_entry(nic, GX_VFTA(vid / 32), gx_mac_vfta(nic, vid / 32));
}

/**
 * gx_mac_vlan_table - write all of nic->vlans
 * @nic: device
 */
void gx_mac_vlan_table(struct gxdp_nic *nic)
{
	unsigned int word = GX_VFTA_LEN;

	while (word--)		/* see gx_mac_entry() */
		wr32(nic, GX_VFTA(word), gx_mac_vfta(nic, word));
}

/**
 * gx_mac_vlan_mode - tag stripping and VLAN filtering, from the features
 * @nic: device
 *
 * One bit, VME, lets the chip both strip tags and insert them: without
 * stripping there is no insertion either.
 */
void gx_mac_vlan_mode(struct gxdp_nic *nic)
{
	u32 ctrl = rd32(nic, GX_CTRL) & ~GX_CTRL_VME;

	if (nic->netdev->features & NETIF_F_HW_VLAN_CTAG_RX)
		ctrl |= GX_CTRL_VME;
	wr32(nic, GX_CTRL, ctrl);
	gx_mac_rctl(nic, GX_RCTL_VFE, gx_mac_vfe(nic));
}

/**
 * gx_mac_rx_on - turn the receiver on and hand it the buffers
 * @nic: device
 *
 * The tails move only now: some chips forget what they were told about a
 * ring while the receiver was off.
 */
void gx_mac_rx_on(struct gxdp_nic *nic)
{
	u32 set = GX_RCTL_EN | GX_RCTL_BAM | GX_RCTL_SECRC;
	unsigned int i;

	if (nic->cfg.mtu > ETH_DATA_LEN)
		set |= GX_RCTL_LPE;
	gx_mac_rctl(nic, GX_RCTL_LPE, set);

	for (i = 0; i < nic->cfg.pairs; i++) {
		struct gxdp_rx *rx = nic->pair[i]->rx;

		writel((rx->ntc ? rx->ntc : rx->count) - 1, rx->tail);
	}
}

/* The heads of all rings, as one value to compare. */
static u64 gx_mac_rx_heads(struct gxdp_nic *nic)
{
	unsigned int i;
	u64 heads = 0;

	for (i = 0; i < nic->max_pairs; i++)
		heads = heads << 16 | (rd32(nic, GX_RDH(i)) & 0xffff);
	return heads;
}

/**
 * gx_mac_rx_off - turn the receiver off and wait until it has come to rest
 * @nic: device
 *
 * A frame on its way to memory still arrives. Returns once no ring's head
 * has moved for a while, after 2 ms at the most.
 */
void gx_mac_rx_off(struct gxdp_nic *nic)
{
	unsigned int tries;
	u64 before, now;

	gx_mac_rctl(nic, GX_RCTL_EN, 0);
	now = gx_mac_rx_heads(nic);	/* flushes the write */
	for (tries = 0; tries < GX_RX_STOP_TRIES; tries++) {
		before = now;
		usleep_range(GX_RX_STOP_POLL_US, 2 * GX_RX_STOP_POLL_US);
		now = gx_mac_rx_heads(nic);
		if (now == before)
			return;
	}
}

/**
 * gx_mac_rx_ring - tell the chip where a receive ring is
 * @nic: device
 * @rx: the ring
 * @queue: which of the chip's
 *
 * Head and tail are equal: no buffer is the chip's until gx_mac_rx_on().
 */
void gx_mac_rx_ring(struct gxdp_nic *nic, struct gxdp_rx *rx, unsigned int queue)
{
	rx->tail = nic->regs + GX_RDT(queue);
	wr32(nic, GX_RDBAL(queue), lower_32_bits(rx->desc_dma));
	wr32(nic, GX_RDBAH(queue), upper_32_bits(rx->desc_dma));
	wr32(nic, GX_RDLEN(queue), rx->count * sizeof(u64) * 2);
	wr32(nic, GX_RDH(queue), rx->ntc);
	wr32(nic, GX_RDT(queue), rx->ntc);
}

/**
 * gx_mac_tx_ring - tell the chip where a transmit ring is
 * @nic: device
 * @tx: the ring
 * @queue: which of the chip's
 */
void gx_mac_tx_ring(struct gxdp_nic *nic, struct gxdp_tx *tx, unsigned int queue)
{
	tx->tail = nic->regs + GX_TDT(queue);
	wr32(nic, GX_TDBAL(queue), lower_32_bits(tx->desc_dma));
	wr32(nic, GX_TDBAH(queue), upper_32_bits(tx->desc_dma));
	wr32(nic, GX_TDLEN(queue), tx->count * sizeof(u64) * 2);
	wr32(nic, GX_TDH(queue), tx->ntu);
	wr32(nic, GX_TDT(queue), tx->ntu);
}

/**
 * gx_mac_tx_setup - gaps, collisions, no interrupt delay
 * @nic: device
 */
void gx_mac_tx_setup(struct gxdp_nic *nic)
{
	u32 tctl = rd32(nic, GX_TCTL) & ~(GX_TCTL_CT | GX_TCTL_COLD | GX_TCTL_EN);

	wr32(nic, GX_TIPG, GX_TIPG_COPPER);
	wr32(nic, GX_TIDV, 0);
	wr32(nic, GX_TADV, 0);
	wr32(nic, GX_TCTL, tctl | GX_TCTL_PSP | GX_TCTL_RTLC |
			   GX_COLLISIONS << GX_TCTL_CT_SHIFT |
			   GX_COLLISION_DISTANCE << GX_TCTL_COLD_SHIFT);
}

/**
 * gx_mac_tx_on - turn the transmitter on
 * @nic: device
 */
void gx_mac_tx_on(struct gxdp_nic *nic)
{
	wr32(nic, GX_TCTL, rd32(nic, GX_TCTL) | GX_TCTL_EN);
}

/**
 * gx_mac_link_mode - speed, duplex and pause for the link the PHY has
 * @nic: device
 * @link: what the PHY found
 *
 * With autonegotiation the MAC follows the PHY by itself; a forced mode is
 * forced on both.
 */
void gx_mac_link_mode(struct gxdp_nic *nic, const struct gxdp_link *link)
{
	u32 ctrl = rd32(nic, GX_CTRL);

	ctrl &= ~(GX_CTRL_RFCE | GX_CTRL_TFCE | GX_CTRL_FRCSPD | GX_CTRL_FRCDPX |
		  GX_CTRL_ASDE | GX_CTRL_MASTER_DIS);
	ctrl |= GX_CTRL_SLU;
	if (nic->loopback) {
		ctrl &= ~(GX_CTRL_SPEED | GX_CTRL_FD);
		ctrl |= GX_CTRL_FRCSPD | GX_CTRL_FRCDPX | GX_CTRL_SPEED_1000 | GX_CTRL_FD;
	} else if (!nic->want.autoneg) {
		ctrl &= ~(GX_CTRL_SPEED | GX_CTRL_FD);
		ctrl |= GX_CTRL_FRCSPD | GX_CTRL_FRCDPX;
		ctrl |= link->speed == SPEED_100 ? GX_CTRL_SPEED_100 : GX_CTRL_SPEED_10;
		ctrl |= link->full_duplex ? GX_CTRL_FD : 0;
	}
	ctrl |= link->rx_pause ? GX_CTRL_RFCE : 0;
	ctrl |= link->tx_pause ? GX_CTRL_TFCE : 0;
	wr32(nic, GX_CTRL, ctrl);
}

/**
 * gx_mac_flow_control - when to send pause frames, and for how long
 * @nic: device
 * @link: whether to send them
 * @buffer: the receive packet buffer, bytes
 * @late: how much may come before XOFF goes out, beside the frame that is coming
 *
 * XOFF goes out while all that still fits, or at nine tenths.
 */
void gx_mac_flow_control(struct gxdp_nic *nic, const struct gxdp_link *link,
			 unsigned int buffer, unsigned int late)
{
	unsigned int frame = nic->cfg.mtu + VLAN_ETH_HLEN + ETH_FCS_LEN;
	unsigned int high = 0, low = 0;

	if (link->tx_pause) {
		high = min(buffer / 10 * 9, buffer - frame - late);
		high = round_down(high, GX_FC_STEP);
		low = (high - GX_FC_STEP) | GX_FCRTL_XONE;
	}
	/* 01:80:c2:00:00:01, type 0x8808 */
	wr32(nic, GX_FCAL, 0x00c28001);
	wr32(nic, GX_FCAH, 0x00000100);
	wr32(nic, GX_FCT, ETH_P_PAUSE);
	wr32(nic, GX_FCTTV, GX_PAUSE_TIME);
	wr32(nic, GX_FCRTL, low);
	wr32(nic, GX_FCRTH, high);
}

/**
 * gx_mac_clock_read - the counter of the chip's clock
 * @nic: device, awake
 * @sts: filled in with the system's time before and after; or NULL
 *
 * Any context. Reading the lower half latches the upper one.
 */
u64 gx_mac_clock_read(const struct gxdp_nic *nic, struct ptp_system_timestamp *sts)
{
	u32 low;

	ptp_read_system_prets(sts);
	low = rd32(nic, GX_SYSTIML);
	ptp_read_system_postts(sts);
	return (u64)rd32(nic, GX_SYSTIMH) << 32 | low;
}

/**
 * gx_mac_own - tell the management firmware whether a driver is in charge
 * @nic: device
 * @driver_loaded: one is
 */
void gx_mac_own(struct gxdp_nic *nic, bool driver_loaded)
{
	u32 ext = rd32(nic, GX_CTRL_EXT) & ~GX_CTRL_EXT_DRV_LOAD;

	wr32(nic, GX_CTRL_EXT, ext | (driver_loaded ? GX_CTRL_EXT_DRV_LOAD : 0));
}

/**
 * gx_mac_led - all LEDs of the port on or off
 * @nic: device
 * @on: on
 *
 * Without a link "on" shows only when inverted.
 */
void gx_mac_led(struct gxdp_nic *nic, bool on)
{
	u32 mode = on ? GX_LEDCTL_ON : GX_LEDCTL_OFF;
	u32 ledctl = nic->led_ctl;
	unsigned int i;

	if (on && !(rd32(nic, GX_STATUS) & GX_STATUS_LU))
		mode |= GX_LEDCTL_INVERT;
	for (i = 0; i < GX_LEDCTL_LEDS; i++) {
		ledctl &= ~(0xffU << GX_LEDCTL_LED_BITS * i);
		ledctl |= mode << GX_LEDCTL_LED_BITS * i;
	}
	wr32(nic, GX_LEDCTL, ledctl);
}

/**
 * gx_mac_led_restore - LEDs as they were at probe
 * @nic: device
 */
void gx_mac_led_restore(struct gxdp_nic *nic)
{
	wr32(nic, GX_LEDCTL, nic->led_ctl);
}

/**
 * gx_mac_rss_tables - write nic->rss_key and nic->rss_table
 * @nic: device
 * @queues: bits of a queue's number that the chip takes
 * @shift: where they lie in an entry's byte
 */
void gx_mac_rss_tables(struct gxdp_nic *nic, u8 queues, unsigned int shift)
{
	unsigned int i, byte;

	for (i = 0; i < GXDP_RSS_KEY_LEN / 4; i++) {
		u32 key = 0;

		for (byte = 0; byte < 4; byte++)
			key |= (u32)nic->rss_key[4 * i + byte] << 8 * byte;
		wr32(nic, GX_RSSRK(i), key);
	}
	for (i = 0; i < GXDP_RSS_TABLE_LEN / 4; i++) {
		u32 reta = 0;

		for (byte = 0; byte < 4; byte++)
			reta |= (u32)(nic->rss_table[4 * i + byte] & queues) <<
				(8 * byte + shift);
		wr32(nic, GX_RETA(i), reta);
	}
}

/* A counter cannot reach all-ones in the second since it was last read. */
static u32 gx_mac_count(struct gxdp_nic *nic, u32 reg)
{
	u32 value = rd32(nic, reg);

	return value == ~0U ? 0 : value;
}

/**
 * gx_mac_stats_read - move the counters from the chip to nic->hw_stats
 * @nic: device; nic->stats_lock held
 */
void gx_mac_stats_read(struct gxdp_nic *nic)
{
	const struct gxdp_hw_counter *counter;
	u64 *total = (u64 *)nic->hw_stats;
	unsigned int i;

	for (i = 0; i < GXDP_HW_COUNTERS; i++) {
		counter = &gxdp_hw_counters[i];
		if (!counter->reg)
			continue;	/* the family's own, if it has it */
		total[counter->field] += gx_mac_count(nic, counter->reg);
		if (counter->wide)
			total[counter->field] +=
				(u64)gx_mac_count(nic, counter->reg + 4) << 32;
	}
}

/**
 * gx_mac_dump - registers for ethtool -d
 * @nic: device
 * @regs: which; reading them has no side effect
 * @n: how many
 * @out: pairs of offset and value
 *
 * Return: behind the last pair
 */
u32 *gx_mac_dump(struct gxdp_nic *nic, const u16 *regs, unsigned int n, u32 *out)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		*out++ = regs[i];
		*out++ = rd32(nic, regs[i]);
	}
	return out;
}
