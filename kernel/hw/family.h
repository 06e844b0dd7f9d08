/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between chip families. The PCI table's driver_data picks one
 * const struct gxdp_family; the control path asks it, the hot path never
 * does: its loops are compiled once per descriptor format (hw/desc.h).
 *
 * All functions run in process context under nic->hw_lock unless said
 * otherwise. None of them sleeps longer than its stated bound; those that
 * touch the PHY may wait 25 ms after a reset of the MAC, 20 ms for one of the PHY, and on
 * 82576 some 1.1 s for the firmware, if that is using it.
 */
#ifndef GXDP_HW_FAMILY_H
#define GXDP_HW_FAMILY_H

#include <linux/mii.h>

#include "../gxdp.h"

enum gxdp_family_flag {
	GXDP_F_RSS		= BIT(0),	/* several queues, hash in the descriptor */
	GXDP_F_MSIX		= BIT(1),
	GXDP_F_MSI		= BIT(2),
	GXDP_F_TSO		= BIT(3),	/* TCP over IPv4 */
	GXDP_F_QUEUE_STOP	= BIT(4),	/* one queue can be stopped alone */
	GXDP_F_QUEUE_BUF	= BIT(5),	/* buffer size by queue, frame limit by byte */
	GXDP_F_SCTP		= BIT(6),	/* CRC32c */
	GXDP_F_RSS_UDP		= BIT(7),	/* may hash UDP ports */
	GXDP_F_TSO6		= BIT(8),	/* TCP over IPv6 */
	GXDP_F_IO		= BIT(9),	/* wants its I/O window */
	GXDP_F_DMA32		= BIT(10),	/* is not to be given addresses beyond 4 GiB */
	GXDP_F_PAD_FRAMES	= BIT(11),	/* short frames must come padded */
	GXDP_F_STAMPS		= BIT(12),	/* latches for the times of frames; has CLOCK */
	GXDP_F_SPLIT		= BIT(13),	/* may split headers off; has RSS and QUEUE_BUF */
	GXDP_F_CLOCK		= BIT(14),	/* a PTP clock */
	GXDP_F_ADAPTIVE		= BIT(15),	/* spacing follows the traffic from the start */
	GXDP_F_PHY_KEPT		= BIT(16),	/* firmware may keep the PHY as it is */
};

struct gx_phy_ops;

/**
 * struct gxdp_family - one chip family: limits, features, control functions
 * @name: what users call it, "82574L"
 * @flags: enum gxdp_family_flag
 * @max_pairs: queue pairs the chip has
 * @tx_queues: transmit queues, where there are more: XDP has those that are
 *	no pair's to itself (needs GXDP_F_QUEUE_STOP)
 * @ring_min: smallest ring
 * @ring_max: largest ring
 * @ring_step: ring sizes are multiples of this
 * @max_mtu: largest MTU
 * @rx_buffer_kib: receive packet buffer, where it is small beside long frames; else 0
 * @bar: PCI BAR of the registers
 * @tso_min_mss: smallest segments it shall make of an skb
 * @itr_min_usecs: shortest interrupt spacing that is not "off"
 * @itr_max_usecs: longest interrupt spacing
 * @clock_shift: the clock's counter runs in 2^-@clock_shift ns; with GXDP_F_CLOCK, as the
 *	next three
 * @clock_inc: what it gains with each tick of the chip's, 24 bits
 * @clock_max_adj: by how much that may be changed, in parts per thousand million
 * @clock_read: the counter; the system's time before and after into @sts, if that is
 *	not NULL. Any context
 * @rah: what each valid entry of the receive address table says beside the
 *	address
 * @path: data path, compiled for the family's descriptor formats
 * @phy: its PHY (hw/hw.h), for the functions of phy.c
 * @identify: at probe, once, after @reset: NVM checksum, nic->perm_addr,
 *	nic->phy_id, nic->phy_addr, the defaults of nic->want, nic->led_ctl.
 *	Returns 0 or an errno, having said why.
 * @reset: mask interrupts, stop both DMA directions, reset the MAC and wait
 *	for it (bounded). Leaves the PHY, and so the link, alone.
 * @setup: after @reset: every register that is not a ring's: receive
 *	address, multicast and VLAN tables, errata, flow control thresholds,
 *	RSS, offloads (from netdev->features), interrupt routing and
 *	moderation, @link_up for nic->link if that is up. Does not touch the
 *	PHY and enables neither direction.
 * @rx_ring: base, length and head of one receive ring (receiver off), and
 *	rx->tail; head is rx->ntc
 * @tx_ring: the same for a transmit ring; head and tail are tx->ntu
 * @rx_enable: turn the receiver on for nic->cfg (MTU) and the rx mode, and
 *	hand it all slots of each pair's ring but one
 * @rx_disable: turn it off; returns when the chip stopped writing to
 *	memory, after some ms, or 0.3 s where the chip does not answer. Only a @reset
 *	may follow.
 * @tx_enable: turn the transmitter on
 * With GXDP_F_QUEUE_STOP, for one queue while the others run:
 * @rx_start: enable the queue that @rx_ring has set up, and hand it all slots
 *	but one
 * @rx_stop: disable it; returns when the chip has stopped writing for it. -ETIMEDOUT:
 *	it has not within 5 ms, and only @reset will stop it
 * @tx_start: enable a transmit queue
 * @tx_stop: disable it; what it has not sent stays in its ring. As @rx_stop
 * @irq_mask_pair: its causes interrupt no more
 *
 * With GXDP_F_QUEUE_BUF:
 * @frame_limit: drop what is longer than gxdp_frame_limit(&nic->cfg). When
 *	it returns, the chip holds no such frame any more
 *
 * @irq_route: which cause raises which vector, for nic->irq_mode; fills
 *	pair->ims, pair->unmask and nic->ims_other (called once, before @setup)
 * @irq_unmask: let the causes of all pairs in use and the others interrupt
 * @irq_mask: let none
 * @irq_ack: read and clear the causes, GXDP_CAUSE_*; hard-interrupt context.
 *	INTx and MSI: without GXDP_CAUSE_OURS another device raised the line;
 *	queue causes found are masked, NAPI unmasks them (pair->ims). MSI-X: for
 *	the other vector
 * @itr_pair: write an interrupt spacing in microseconds to one pair's vector
 * @rx_mode: netdev->dev_addr, promiscuous, all-multicast, and the unicast
 *	and multicast filters for the addresses in @uc and @mc: the device's
 *	own lists, under netif_addr_lock_bh(), or snapshots of them; must not
 *	sleep
 * @vlan_filter: write nic->vlans for one VLAN id
 * @rss: write nic->rss_key and nic->rss_table; with GXDP_F_RSS only
 * @offloads: receive checksum, RSS hash, VLAN stripping/filtering from
 *	netdev->features
 * @link_start: make the PHY do what nic->want says. A PHY that does already
 *	is left alone, its link stays up; so this may follow every @reset
 *	(which on some chips lets the NVM or the emulation touch the PHY). So is one
 *	that the firmware keeps as it is (gx_phy_kept())
 * @link_restart: the same, and negotiate again in any case
 * @link_get: what the PHY says now; 0, or -EIO when it does not answer
 * @link_watch: once a second: mend what is known to go wrong with a link; NULL: nothing
 * @link_up: MAC settings for the link found (duplex, flow control, errata)
 * @stats_read: add the clear-on-read registers to nic->hw_stats; under
 *	nic->stats_lock, atomic
 * @regs_len: ethtool -d: how many words of 32 bits
 * @regs_read: ethtool -d: pairs of offset and value
 * @own: tell the firmware whether a driver is in charge
 * @nvm_read: one word of the NVM; 0 or an errno, having waited a bounded time
 * @nvm_words: how many it has
 * @irq_raise: raise a pair's causes by hand, or, with NULL, that of the link
 * @loopback: have the PHY send back, at 1000 Mb/s, what the MAC sends, on or
 *	off; off leaves it negotiating. 0 or an errno, -EBUSY while the firmware keeps
 *	the PHY as it is
 * @led: identify LED, on or off
 * @led_restore: as it was
 */
struct gxdp_family {
	const char *name;
	u32 flags;
	u16 max_pairs;
	u16 tx_queues;
	u16 ring_min, ring_max, ring_step;
	u16 max_mtu;
	u16 tso_min_mss;
	u8 rx_buffer_kib;
	u8 bar;
	u16 itr_min_usecs, itr_max_usecs;
	u32 rah;
	u8 clock_shift;
	u32 clock_inc;
	s32 clock_max_adj;

	const struct gxdp_path *path;
	const struct gx_phy_ops *phy;

	int (*identify)(struct gxdp_nic *nic);
	int (*reset)(struct gxdp_nic *nic);
	void (*setup)(struct gxdp_nic *nic);
	void (*rx_ring)(struct gxdp_nic *nic, struct gxdp_rx *rx, unsigned int queue);
	void (*tx_ring)(struct gxdp_nic *nic, struct gxdp_tx *tx, unsigned int queue);
	void (*rx_enable)(struct gxdp_nic *nic);
	void (*rx_disable)(struct gxdp_nic *nic);
	void (*tx_enable)(struct gxdp_nic *nic);
	void (*rx_start)(struct gxdp_nic *nic, unsigned int queue);
	int (*rx_stop)(struct gxdp_nic *nic, unsigned int queue);
	void (*tx_start)(struct gxdp_nic *nic, unsigned int queue);
	int (*tx_stop)(struct gxdp_nic *nic, unsigned int queue);
	void (*irq_mask_pair)(struct gxdp_nic *nic, struct gxdp_pair *pair);
	void (*frame_limit)(struct gxdp_nic *nic);
	void (*irq_route)(struct gxdp_nic *nic);
	void (*irq_unmask)(struct gxdp_nic *nic);
	void (*irq_mask)(struct gxdp_nic *nic);
	u32 (*irq_ack)(struct gxdp_nic *nic);
	void (*itr_pair)(struct gxdp_nic *nic, struct gxdp_pair *pair, unsigned int usecs);
	void (*rx_mode)(struct gxdp_nic *nic, const struct netdev_hw_addr_list *uc,
			const struct netdev_hw_addr_list *mc);
	void (*vlan_filter)(struct gxdp_nic *nic, u16 vid);
	void (*rss)(struct gxdp_nic *nic);
	void (*offloads)(struct gxdp_nic *nic);
	int (*link_start)(struct gxdp_nic *nic);
	int (*link_restart)(struct gxdp_nic *nic);
	int (*link_get)(struct gxdp_nic *nic, struct gxdp_link *link);
	void (*link_watch)(struct gxdp_nic *nic);
	void (*link_up)(struct gxdp_nic *nic, const struct gxdp_link *link);
	void (*stats_read)(struct gxdp_nic *nic);
	unsigned int (*regs_len)(struct gxdp_nic *nic);
	void (*regs_read)(struct gxdp_nic *nic, u32 *out);
	u64 (*clock_read)(const struct gxdp_nic *nic, struct ptp_system_timestamp *sts);
	void (*own)(struct gxdp_nic *nic, bool driver_loaded);
	int (*nvm_read)(struct gxdp_nic *nic, u16 word, u16 *value);
	u16 nvm_words;
	void (*irq_raise)(struct gxdp_nic *nic, const struct gxdp_pair *pair);
	int (*loopback)(struct gxdp_nic *nic, bool on);
	void (*led)(struct gxdp_nic *nic, bool on);
	void (*led_restore)(struct gxdp_nic *nic);
};

/* Causes that irq_ack() reports, the same for every family. */
#define GXDP_CAUSE_LINK		BIT(0)
#define GXDP_CAUSE_QUEUES	BIT(1)
#define GXDP_CAUSE_OURS		BIT(2)	/* the chip did raise an interrupt */

/* SUPPORTED_* and ADVERTISED_* bits of a copper port: no gigabit at half duplex */
static inline u32 gxdp_copper_speeds(void)
{
	return mii_adv_to_ethtool_adv_t(ADVERTISE_ALL) |
	       mii_ctrl1000_to_ethtool_adv_t(ADVERTISE_1000FULL);
}

extern const struct gxdp_family gxdp_82540em;
extern const struct gxdp_family gxdp_82545em;
extern const struct gxdp_family gxdp_82574;
extern const struct gxdp_family gxdp_82576;

#endif /* GXDP_HW_FAMILY_H */
