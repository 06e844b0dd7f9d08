// SPDX-License-Identifier: GPL-2.0
/*
 * 82574L: two queue pairs, five MSI-X vectors, extended receive
 * descriptors, one receive and one transmit enable for both queues.
 */
#include <linux/delay.h>
#include <linux/iopoll.h>
#include <linux/pci.h>

#include "../path.h"
#include "../stats.h"
#include "../tx.h"
#include "hw.h"

#define I82574_QUEUES		2
#define I82574_PHY_ADDR		1

#define I82574_MDIO_POLL_US	1000
#define I82574_MDIO_WAIT_US	20000
#define I82574_PHY_LOAD_MS	25	/* NVM to PHY, after the reset proper */

/*
 * The packet buffer has 40 KiB. The transmitter's part must hold the
 * largest piece one descriptor may name (GXDP_TX_MAX_CHUNK, and 96 bytes)
 * and two jumbo frames; the rest is the receiver's.
 */
#define I82574_PB_KIB		40
#define I82574_PB_RX_KIB	22
static_assert((I82574_PB_KIB - I82574_PB_RX_KIB) * 1024 >= GXDP_TX_MAX_CHUNK + 96);
static_assert((I82574_PB_KIB - I82574_PB_RX_KIB) * 1024 >= 2 * (9000 + VLAN_ETH_HLEN));

#define I82574_QUEUE_INTS	(GX_INT_RXQ(0) | GX_INT_RXQ(1) | \
				 GX_INT_TXQ(0) | GX_INT_TXQ(1))
#define I82574_OTHER_INTS	(GX_INT_RXO | GX_INT_MDAC | GX_INT_SRPD | GX_INT_ACK | \
				 GX_INT_MNG)
#define I82574_INTX_QUEUES	(GX_INT_RXT0 | GX_INT_RXDMT0 | GX_INT_RXO | GX_INT_TXDW)

#define I82574_RXDCTL		(GX_DCTL_GRAN | GX_DCTL_WTHRESH(1) | \
				 GX_DCTL_HTHRESH(4) | GX_DCTL_PTHRESH(32))
/* Write-back of one at a time: more at once can stall the transmitter. */
#define I82574_TXDCTL		(GX_DCTL_GRAN | GX_TXDCTL_COUNT_DESC | \
				 GX_DCTL_WTHRESH(1) | GX_DCTL_HTHRESH(1) | \
				 GX_DCTL_PTHRESH(31))

/* The clock: 25 MHz; how far apart two readings are at the most, 8 us; tries */
#define I82574_CLOCK_SHIFT	18
#define I82574_CLOCK_NEAR	BIT(31)
#define I82574_CLOCK_TRIES	10

/*
 * Spacing of "other" interrupts, in units of 256 ns: 1 ms. While a ring has no buffers
 * the overrun cause (RXO) comes back as soon as it is acknowledged, and it cannot be kept
 * from raising this vector.
 */
#define I82574_OTHER_EITR	4000

/* MDIO is shared with the firmware, which owns it after a reset. */
static int i82574_mdio_acquire(struct gxdp_nic *nic)
{
	unsigned int waited;

	for (waited = 0; waited < I82574_MDIO_WAIT_US; waited += I82574_MDIO_POLL_US) {
		wr32(nic, GX_EXTCNF, rd32(nic, GX_EXTCNF) | GX_EXTCNF_MDIO_SW);
		/* It stays set when nobody else has it. */
		if (rd32(nic, GX_EXTCNF) & GX_EXTCNF_MDIO_SW)
			return 0;
		usleep_range(I82574_MDIO_POLL_US, 2 * I82574_MDIO_POLL_US);
	}
	dev_warn_once(&nic->pdev->dev, "the firmware does not let go of the PHY\n");
	return -EBUSY;
}

static void i82574_mdio_release(struct gxdp_nic *nic)
{
	wr32(nic, GX_EXTCNF, rd32(nic, GX_EXTCNF) & ~GX_EXTCNF_MDIO_SW);
}

static const struct gx_phy_ops i82574_phy = {
	.setup = gx_phy_setup_bm,
	.acquire = i82574_mdio_acquire,
	.release = i82574_mdio_release,
	.speed = gx_phy_marvell_speed,
};

/*
 * Errata: with L0s or L1 on, completions get lost and the transmitter
 * hangs. Where the kernel may not control ASPM, the bits are cleared by
 * hand, the endpoint's first.
 */
static void i82574_aspm_off(struct pci_dev *pdev)
{
	struct pci_dev *parent = pdev->bus->self;

	pci_disable_link_state(pdev, PCIE_LINK_STATE_L0S | PCIE_LINK_STATE_L1);
	pcie_capability_clear_word(pdev, PCI_EXP_LNKCTL, PCI_EXP_LNKCTL_ASPMC);
	if (parent)
		pcie_capability_clear_word(parent, PCI_EXP_LNKCTL, PCI_EXP_LNKCTL_ASPMC);
}

static int i82574_identify(struct gxdp_nic *nic)
{
	int err;

	i82574_aspm_off(nic->pdev);
	/* what has been counted so far was another driver's */
	gxdp_stats_update_hw(nic);
	memset(nic->hw_stats, 0, sizeof(*nic->hw_stats));
	nic->led_ctl = rd32(nic, GX_LEDCTL);
	nic->phy_addr = I82574_PHY_ADDR;
	err = gx_nvm_identify(nic, &gx_nvm_eerd_ops);
	if (err)
		return err;
	gx_wake_default(nic, gx_wake_in_nvm(nic, GX_NVM_CONTROL_PORT_A));
	return gx_phy_identify(nic);
}

/* An NVM behind a flash is read again only when asked for. */
static void i82574_reload_flash(struct gxdp_nic *nic)
{
	if ((rd32(nic, GX_EECD) & GX_EECD_FLASH) != GX_EECD_FLASH)
		return;
	wr32(nic, GX_CTRL_EXT, rd32(nic, GX_CTRL_EXT) | GX_CTRL_EXT_EE_RST);
	rd32(nic, GX_STATUS);
}

static int i82574_reset_mac(struct gxdp_nic *nic)
{
	u32 driver = rd32(nic, GX_CTRL_EXT) & GX_CTRL_EXT_DRV_LOAD;
	int mdio, err;

	/* Not to cut a transfer of the firmware's; if it hangs, reset anyway. */
	mdio = i82574_mdio_acquire(nic);
	wr32(nic, GX_PBA, I82574_PB_RX_KIB);
	wr32(nic, GX_CTRL, rd32(nic, GX_CTRL) | GX_CTRL_RST);
	/* No access for a millisecond, says the data sheet. */
	usleep_range(1000, 1200);
	if (!mdio)
		i82574_mdio_release(nic);

	i82574_reload_flash(nic);
	err = gx_mac_wait_autoload(nic);
	if (err)
		return err;
	/* Only the PHY must wait for this one: gx_phy_wait_ready(). */
	nic->phy_ready = jiffies + msecs_to_jiffies(I82574_PHY_LOAD_MS) + 1;

	wr32(nic, GX_IMC, GX_INT_ALL);
	rd32(nic, GX_ICR);
	wr32(nic, GX_CTRL_EXT, rd32(nic, GX_CTRL_EXT) | driver);
	return 0;
}

static int i82574_reset(struct gxdp_nic *nic)
{
	int err;

	gxdp_stats_update_hw(nic);	/* the reset clears the chip's counters */
	gxdp_ptp_remember(nic);
	err = gx_mac_quiesce(nic);
	if (err)
		return err;
	err = i82574_reset_mac(nic);
	if (err)
		return err;
	gxdp_ptp_start(nic);
	return 0;
}

/*
 * Erratum: bits may be read wrong, and the upper half may run on. A value can be trusted
 * that comes soon after another, by a whole number of increments: less than a carry into
 * the upper half. (Emulations count in other steps, and get the last.)
 */
static u64 i82574_clock_read(const struct gxdp_nic *nic, struct ptp_system_timestamp *sts)
{
	u64 before = gx_mac_clock_read(nic, NULL), now;
	unsigned int tries;

	for (tries = 0; tries < I82574_CLOCK_TRIES; tries++) {
		now = gx_mac_clock_read(nic, sts);
		if (now - before < I82574_CLOCK_NEAR && !((u32)(now - before) % nic->ptp.inc))
			break;
		before = now;
	}
	return now;
}

/* Reserved bits and errata, as the data sheet and mainline's driver have them */
static void i82574_setup_errata(struct gxdp_nic *nic)
{
	u32 ctrl, ext;

	ctrl = rd32(nic, GX_CTRL) & ~(GX_CTRL_82574_CLEAR | GX_CTRL_MASTER_DIS);
	wr32(nic, GX_CTRL, ctrl | GX_CTRL_SLU);
	ext = rd32(nic, GX_CTRL_EXT) & ~GX_CTRL_EXT_82574_CLEAR;
	wr32(nic, GX_CTRL_EXT, ext | GX_CTRL_EXT_82574_SET);
	wr32(nic, GX_GCR, rd32(nic, GX_GCR) | GX_GCR_82574_SET | GX_GCR_L1_WITHOUT_L0S);
	wr32(nic, GX_GCR2, rd32(nic, GX_GCR2) | GX_GCR2_COMPLETION_FIX);
}

/*
 * Queues that stay unused must be empty. Both transmit queues are set up
 * alike even so: the chip requires it.
 */
static void i82574_setup_queues(struct gxdp_nic *nic)
{
	unsigned int q;
	u32 tarc;

	for (q = 0; q < I82574_QUEUES; q++) {
		wr32(nic, GX_RDLEN(q), 0);
		wr32(nic, GX_RDH(q), 0);
		wr32(nic, GX_RDT(q), 0);
		wr32(nic, GX_RXDCTL(q), I82574_RXDCTL);

		wr32(nic, GX_TDLEN(q), 0);
		wr32(nic, GX_TDH(q), 0);
		wr32(nic, GX_TDT(q), 0);
		wr32(nic, GX_TXDCTL(q), I82574_TXDCTL);
		tarc = rd32(nic, GX_TARC(q)) & ~GX_TARC_CLEAR;
		wr32(nic, GX_TARC(q), tarc | GX_TARC_ERRATUM | GX_TARC_COMPENSATE |
				      GX_TARC_MULTI_QUEUE);
	}
	wr32(nic, GX_RDTR, 0);
	wr32(nic, GX_RADV, 0);
	gx_mac_tx_setup(nic);
}

static u32 i82574_ivar(struct gxdp_nic *nic)
{
	u32 ivar = (GX_IVAR_VALID | nic->other_vector) << GX_IVAR_OTHER_SHIFT;
	unsigned int q;

	for (q = 0; q < nic->max_pairs; q++) {
		u32 field = GX_IVAR_VALID | nic->pair[q]->vector;

		ivar |= field << GX_IVAR_RX_SHIFT(q) | field << GX_IVAR_TX_SHIFT(q);
	}
	return ivar;
}

static void i82574_itr_pair(struct gxdp_nic *nic, struct gxdp_pair *pair, unsigned int usecs)
{
	bool msix = nic->irq_mode == GXDP_IRQ_MSIX;

	wr32(nic, msix ? GX_EITR(pair->vector) : GX_ITR, gx_mac_itr(usecs));
}

/*
 * MSI-X: sending a queue's message clears its cause (EIAC) and masks it
 * (EIAME with IAM), so the interrupt handler touches no register.
 * Otherwise the handler reads ICR and masks by hand.
 */
static void i82574_setup_irq(struct gxdp_nic *nic)
{
	u32 ext = rd32(nic, GX_CTRL_EXT) & ~(GX_CTRL_EXT_IAME | GX_CTRL_EXT_EIAME |
					     GX_CTRL_EXT_PBA_CLR);

	if (nic->irq_mode == GXDP_IRQ_MSIX) {
		ext |= GX_CTRL_EXT_EIAME | GX_CTRL_EXT_PBA_CLR;
		wr32(nic, GX_IAM, I82574_QUEUE_INTS);
		wr32(nic, GX_EIAC, I82574_QUEUE_INTS);
		wr32(nic, GX_IVAR, i82574_ivar(nic));
		wr32(nic, GX_EITR(nic->other_vector), I82574_OTHER_EITR);
	}
	wr32(nic, GX_CTRL_EXT, ext);
	gxdp_moderation_write(nic);
}

static void i82574_irq_route(struct gxdp_nic *nic)
{
	bool msix = nic->irq_mode == GXDP_IRQ_MSIX;
	unsigned int q;

	/*
	 * These raise the "other" message whether they are enabled or not; but only if
	 * they are does ICR say that it has been raised, and one that is read while it
	 * does not say so may lose causes (erratum 12).
	 */
	nic->ims_other = GX_INT_LSC | (msix ? GX_INT_OTHER | I82574_OTHER_INTS : 0);
	for (q = 0; q < nic->max_pairs; q++) {
		nic->pair[q]->ims = msix ? GX_INT_RXQ(q) | GX_INT_TXQ(q) :
					   I82574_INTX_QUEUES;
		nic->pair[q]->unmask = nic->regs + GX_IMS;
	}
}

/*
 * Reading ICR takes the queues' causes along, which have messages of their
 * own: raise them again. The write clears the others where the read has not:
 * emulations, and a chip that had not raised its line.
 */
static u32 i82574_irq_ack_other(struct gxdp_nic *nic, u32 icr)
{
	u32 queues = icr & I82574_QUEUE_INTS;

	if (queues)
		wr32(nic, GX_ICS, queues);
	wr32(nic, GX_ICR, icr & ~queues);
	return GXDP_CAUSE_OURS | (icr & GX_INT_LSC ? GXDP_CAUSE_LINK : 0);
}

static u32 i82574_irq_ack(struct gxdp_nic *nic)
{
	u32 icr = rd32(nic, GX_ICR);

	if (icr == ~0U && gxdp_gone(nic))
		return 0;
	if (nic->irq_mode == GXDP_IRQ_MSIX)
		return i82574_irq_ack_other(nic, icr);
	return gx_mac_irq_ack_line(nic, icr, I82574_INTX_QUEUES, icr & GX_INT_ASSERTED);
}

static void i82574_rss(struct gxdp_nic *nic)
{
	u32 mrqc = GX_MRQC_RSS | GX_MRQC_IPV4 | GX_MRQC_IPV6;

	gx_mac_rss_tables(nic, 1, GX_RETA_QUEUE_SHIFT);
	if (nic->rss_ports & GXDP_RSS_TCP4)
		mrqc |= GX_MRQC_IPV4_TCP;
	if (nic->rss_ports & GXDP_RSS_TCP6)
		mrqc |= GX_MRQC_IPV6_TCP;
	/* RSS always: with one queue in use the hash is still worth having. */
	wr32(nic, GX_MRQC, mrqc);
}

static void i82574_offloads(struct gxdp_nic *nic)
{
	u32 rxcsum = GX_RXCSUM_PCSD;	/* the hash needs it */

	if (nic->netdev->features & NETIF_F_RXCSUM)
		rxcsum |= GX_RXCSUM_IPOFL | GX_RXCSUM_TUOFL;
	wr32(nic, GX_RXCSUM, rxcsum);
	gx_mac_vlan_mode(nic);
}

static void i82574_link_up(struct gxdp_nic *nic, const struct gxdp_link *link)
{
	gx_mac_flow_control(nic, link, I82574_PB_RX_KIB * 1024, 0);
	gx_mac_link_mode(nic, link);
}

static void i82574_setup(struct gxdp_nic *nic)
{
	struct net_device *netdev = nic->netdev;

	i82574_setup_errata(nic);
	i82574_setup_queues(nic);
	wr32(nic, GX_WUC, 0);
	wr32(nic, GX_VET, ETH_P_8021Q);
	/* ACK_DIS: erratum, spurious interrupts with MSI-X */
	wr32(nic, GX_RFCTL, rd32(nic, GX_RFCTL) | GX_RFCTL_EXTEN | GX_RFCTL_ACK_DIS);
	gx_mac_vlan_table(nic);
	netif_addr_lock_bh(netdev);
	gx_mac_rx_filters(nic, &netdev->uc, &netdev->mc);
	netif_addr_unlock_bh(netdev);
	i82574_rss(nic);
	i82574_offloads(nic);
	i82574_setup_irq(nic);
	if (nic->link.up)
		i82574_link_up(nic, &nic->link);
}

/* Registers without a side effect when read */
static const u16 i82574_dump[] = {
	GX_CTRL, GX_STATUS, GX_EECD, GX_CTRL_EXT, GX_VET, GX_LEDCTL, GX_PBA,
	GX_ITR, GX_IMS, GX_IAM,
	GX_RCTL, GX_RXCSUM, GX_RFCTL, GX_MRQC, GX_RDTR, GX_RADV,
	GX_TCTL, GX_TIPG, GX_TIDV, GX_TADV,
	GX_FCTTV, GX_FCRTL, GX_FCRTH, GX_WUC, GX_WUFC,
	GX_RDBAL(0), GX_RDBAH(0), GX_RDLEN(0), GX_RDH(0), GX_RDT(0), GX_RXDCTL(0),
	GX_RDBAL(1), GX_RDBAH(1), GX_RDLEN(1), GX_RDH(1), GX_RDT(1), GX_RXDCTL(1),
	GX_TDBAL(0), GX_TDBAH(0), GX_TDLEN(0), GX_TDH(0), GX_TDT(0), GX_TXDCTL(0),
	GX_TDBAL(1), GX_TDBAH(1), GX_TDLEN(1), GX_TDH(1), GX_TDT(1), GX_TXDCTL(1),
	GX_TARC(0), GX_TARC(1), GX_RAL(0), GX_RAH(0), GX_RAL(1), GX_RAH(1),
	GX_GCR, GX_GCR2, GX_EXTCNF, GX_EIAC, GX_IVAR,
	GX_EITR(0), GX_EITR(1), GX_EITR(2), GX_EITR(3), GX_EITR(4),
};

static unsigned int i82574_regs_len(struct gxdp_nic *nic)
{
	return 2 * ARRAY_SIZE(i82574_dump);
}

static void i82574_regs_read(struct gxdp_nic *nic, u32 *out)
{
	gx_mac_dump(nic, i82574_dump, ARRAY_SIZE(i82574_dump), out);
}

const struct gxdp_family gxdp_82574 = {
	.name		= "82574L",
	.flags		= GXDP_F_RSS | GXDP_F_MSIX | GXDP_F_MSI | GXDP_F_TSO | GXDP_F_TSO6 |
			  GXDP_F_CLOCK | GXDP_F_PHY_KEPT,
	.max_pairs	= I82574_QUEUES,
	.ring_min	= 64,
	.ring_max	= 4096,
	.ring_step	= 8,
	.max_mtu	= 9000,
	.rx_buffer_kib	= I82574_PB_RX_KIB,
	.bar		= 0,
	.itr_min_usecs	= 1,
	.itr_max_usecs	= 10000,
	.clock_shift	= I82574_CLOCK_SHIFT,
	.clock_inc	= 40 << I82574_CLOCK_SHIFT,	/* a tick is 40 ns */
	.clock_max_adj	= 599999999,

	.path		= &gxdp_path_82574,
	.phy		= &i82574_phy,
	.identify	= i82574_identify,
	.reset		= i82574_reset,
	.setup		= i82574_setup,
	.rx_ring	= gx_mac_rx_ring,
	.tx_ring	= gx_mac_tx_ring,
	.rx_enable	= gx_mac_rx_on,
	.rx_disable	= gx_mac_rx_off,
	.tx_enable	= gx_mac_tx_on,
	.irq_route	= i82574_irq_route,
	.irq_unmask	= gx_mac_irq_unmask,
	.irq_mask	= gx_mac_irq_mask,
	.irq_ack	= i82574_irq_ack,
	.itr_pair	= i82574_itr_pair,
	.rx_mode	= gx_mac_rx_filters,
	.vlan_filter	= gx_mac_vlan_filter,
	.rss		= i82574_rss,
	.offloads	= i82574_offloads,
	.link_start	= gx_phy_start,
	.link_watch	= gx_phy_watch_bm,
	.link_restart	= gx_phy_restart,
	.link_get	= gx_phy_link,
	.link_up	= i82574_link_up,
	.stats_read	= gx_mac_stats_read,
	.regs_len	= i82574_regs_len,
	.regs_read	= i82574_regs_read,
	.nvm_read	= gx_nvm_read,
	.nvm_words	= GX_NVM_WORDS,
	.irq_raise	= gx_mac_irq_raise,
	.loopback	= gx_phy_loopback,
	.clock_read	= i82574_clock_read,
	.own		= gx_mac_own,
	.led		= gx_mac_led,
	.led_restore	= gx_mac_led_restore,
};
