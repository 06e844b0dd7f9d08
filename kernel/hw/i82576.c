// SPDX-License-Identifier: GPL-2.0
/*
 * 82576: sixteen queues of each kind, 25 MSI-X vectors (10 of them in the
 * emulation), advanced descriptors, an enable for each queue. Pair i has
 * receive and transmit queue i.
 *
 * No change of settings takes a reset of the MAC, as long as queues stop when told to:
 * they are stopped and started one by one, and the longest frame is a register's value.
 * So the link stays up even under emulations that lose it in a reset.
 */
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/iopoll.h>
#include <linux/pci.h>

#include "../path.h"
#include "../stats.h"
#include "hw.h"

#define I82576_ID_QUAD		0x10e8		/* cards with four ports, in pci.c's table */
#define I82576_ID_QUAD_ET2	0x1526
#define I82576_PAIRS		8
#define I82576_CLOCK_SHIFT	19
#define I82576_QUEUES		16
#define I82576_POOLS		8
#define I82576_PHY_ADDR		1

/* NVM: where the ports' alternate addresses begin, three words each; 0, ffff: none */
#define I82576_NVM_ALT_MAC	0x37

#define I82576_SEM_POLL_US	50
#define I82576_SEM_WAIT_US	20000
#define I82576_PHY_POLL_US	1000
#define I82576_PHY_WAIT_US	1000000

#define I82576_READY_POLL_US	500
#define I82576_READY_WAIT_US	25000
#define I82576_QUEUE_POLL_US	20
#define I82576_QUEUE_WAIT_US	5000
/* The packet buffer, full, at a gigabit: frames accepted before a change. */
#define I82576_DRAIN_US		600

/* The erratum of 82576 with MSI-X: write back one at a time. */
#define I82576_RXDCTL		(GX_DCTL_WTHRESH(1) | GX_DCTL_HTHRESH(8) | GX_DCTL_PTHRESH(8))
#define I82576_TXDCTL		(GX_DCTL_WTHRESH(1) | GX_DCTL_HTHRESH(1) | GX_DCTL_PTHRESH(8))

/* What is split into header and data, where a queue does that: TCP and UDP. */
#define I82576_SPLIT		(GX_PSRTYPE_IPV4_TCP | GX_PSRTYPE_IPV4_UDP | \
				 GX_PSRTYPE_IPV4_IPV6_TCP | GX_PSRTYPE_IPV4_IPV6_UDP | \
				 GX_PSRTYPE_IPV6_TCP | GX_PSRTYPE_IPV6_UDP)

#define I82576_INTX_QUEUES	(GX_INT_RXT0 | GX_INT_RXDMT0 | GX_INT_RXO | GX_INT_TXDW)

static unsigned int i82576_port(struct gxdp_nic *nic)
{
	return FIELD_GET(GX_STATUS_FUNC, rd32(nic, GX_STATUS));
}

/* The register that says who has what, for as long as it takes to change it. */
static int i82576_sem_acquire(struct gxdp_nic *nic)
{
	unsigned int waited;
	u32 swsm;

	if (read_poll_timeout(rd32, swsm, !(swsm & GX_SWSM_SMBI), I82576_SEM_POLL_US,
			      I82576_SEM_WAIT_US, false, nic, GX_SWSM))
		return -EBUSY;
	for (waited = 0; waited < I82576_SEM_WAIT_US; waited += I82576_SEM_POLL_US) {
		wr32(nic, GX_SWSM, rd32(nic, GX_SWSM) | GX_SWSM_SWESMBI);
		/* It stays set when the firmware does not have it. */
		if (rd32(nic, GX_SWSM) & GX_SWSM_SWESMBI)
			return 0;
		usleep_range(I82576_SEM_POLL_US, 2 * I82576_SEM_POLL_US);
	}
	wr32(nic, GX_SWSM, rd32(nic, GX_SWSM) & ~GX_SWSM_SMBI);
	return -EBUSY;
}

static void i82576_sem_release(struct gxdp_nic *nic)
{
	wr32(nic, GX_SWSM, rd32(nic, GX_SWSM) & ~(GX_SWSM_SMBI | GX_SWSM_SWESMBI));
}

/* This port's PHY among the resources */
static u32 i82576_phy_bit(struct gxdp_nic *nic)
{
	static const u8 bits[] = { 1, 2, 5, 6 };

	return BIT(bits[i82576_port(nic)]);
}

static int i82576_phy_acquire(struct gxdp_nic *nic)
{
	unsigned long until = jiffies + usecs_to_jiffies(I82576_PHY_WAIT_US);
	u32 ours = i82576_phy_bit(nic), sync;
	int err;

	do {
		err = i82576_sem_acquire(nic);
		if (err)
			goto busy;
		sync = rd32(nic, GX_SW_FW_SYNC);
		if (!(sync & (ours | ours << GX_SW_FW_SYNC_FW_SHIFT))) {
			wr32(nic, GX_SW_FW_SYNC, sync | ours);
			i82576_sem_release(nic);
			return 0;
		}
		i82576_sem_release(nic);
		usleep_range(I82576_PHY_POLL_US, 2 * I82576_PHY_POLL_US);
	} while (time_before(jiffies, until));
busy:
	if (gxdp_gone(nic))
		return -ENODEV;
	dev_warn_once(&nic->pdev->dev, "the firmware does not let go of the PHY\n");
	return -EBUSY;
}

static void i82576_phy_release(struct gxdp_nic *nic)
{
	/* Held or not: to keep the PHY from the firmware for ever is worse. */
	int err = i82576_sem_acquire(nic);

	wr32(nic, GX_SW_FW_SYNC, rd32(nic, GX_SW_FW_SYNC) & ~i82576_phy_bit(nic));
	if (!err)
		i82576_sem_release(nic);
}

/* The MAC follows the PHY, and says by what it goes. */
static int i82576_phy_speed(struct gxdp_nic *nic, struct gxdp_link *link)
{
	static const u16 speeds[] = { SPEED_10, SPEED_100, SPEED_1000, SPEED_1000 };
	u32 status = rd32(nic, GX_STATUS);

	if (status == ~0U && gxdp_gone(nic))
		return -ENODEV;
	link->up = status & GX_STATUS_LU;
	link->speed = speeds[FIELD_GET(GX_STATUS_SPEED, status)];
	link->full_duplex = status & GX_STATUS_FD;
	return 0;
}

static const struct gx_phy_ops i82576_phy = {
	.setup		= gx_phy_setup_igp,
	.acquire	= i82576_phy_acquire,
	.release	= i82576_phy_release,
	.speed		= i82576_phy_speed,
};

/* An address the machine's maker gave this port in place of the card's own; false: none */
static bool i82576_alt_addr(struct gxdp_nic *nic, u8 *addr)
{
	u16 at;

	if (gx_nvm_read(nic, I82576_NVM_ALT_MAC, &at) || at == 0 || at == 0xffff)
		return false;
	at += ETH_ALEN / 2 * i82576_port(nic);
	/* a port without one has ones there */
	return !gx_nvm_addr(nic, &gx_nvm_eerd_ops, at, addr) && is_valid_ether_addr(addr);
}

/* Else the reset put it where frames are matched: this port's, whichever it is. */
static int i82576_perm_addr(struct gxdp_nic *nic)
{
	u32 low = rd32(nic, GX_RAL(0)), high = rd32(nic, GX_RAH(0));
	unsigned int i;

	if (i82576_alt_addr(nic, nic->perm_addr))
		return 0;
	for (i = 0; i < 4; i++)
		nic->perm_addr[i] = low >> 8 * i;
	for (i = 4; i < ETH_ALEN; i++)
		nic->perm_addr[i] = high >> 8 * (i - 4);
	if (is_valid_ether_addr(nic->perm_addr))
		return 0;
	dev_err(&nic->pdev->dev, "%pM in the NVM is no usable MAC address\n", nic->perm_addr);
	return -EADDRNOTAVAIL;
}

/*
 * The first port always has done, under mainline's driver; the second if its NVM says so.
 * Of cards with four ports only the first can, and nothing here tells the chips apart.
 */
static bool i82576_wakes(struct gxdp_nic *nic)
{
	unsigned int port = i82576_port(nic);

	if (nic->pdev->device == I82576_ID_QUAD ||
	    nic->pdev->device == I82576_ID_QUAD_ET2)
		return false;
	return !port || (port == 1 && gx_wake_in_nvm(nic, GX_NVM_CONTROL_PORT_B));
}

static int i82576_identify(struct gxdp_nic *nic)
{
	int err;

	/* what has been counted so far was another driver's */
	gxdp_stats_update_hw(nic);
	memset(nic->hw_stats, 0, sizeof(*nic->hw_stats));
	nic->led_ctl = rd32(nic, GX_LEDCTL);
	nic->phy_addr = I82576_PHY_ADDR;
	err = gx_nvm_check(nic, &gx_nvm_eerd_ops);
	if (!err)
		err = i82576_perm_addr(nic);
	if (err)
		return err;
	gx_wake_default(nic, i82576_wakes(nic));
	return gx_phy_identify(nic);
}

/* A completion that never comes must end at some time, and is not asked for again. */
static void i82576_completion_timeout(struct gxdp_nic *nic)
{
	u32 gcr = rd32(nic, GX_GCR);

	if (!(gcr & GX_GCR_TIMEOUT)) {
		if (gcr & GX_GCR_CAP_VER2)
			pcie_capability_set_word(nic->pdev, PCI_EXP_DEVCTL2, 0x5); /* 16-55 ms */
		else
			gcr |= GX_GCR_TIMEOUT_10MS;
	}
	wr32(nic, GX_GCR, gcr & ~GX_GCR_TIMEOUT_RESEND);
}

static bool i82576_is_ready(struct gxdp_nic *nic)
{
	return rd32(nic, GX_EECD) & GX_EECD_AUTO_RD &&
	       rd32(nic, GX_EEMNGCTL) & GX_EEMNGCTL_CFG_DONE(i82576_port(nic));
}

static int i82576_reset(struct gxdp_nic *nic)
{
	u32 driver = rd32(nic, GX_CTRL_EXT) & GX_CTRL_EXT_DRV_LOAD;
	bool ready;
	int err;

	gxdp_stats_update_hw(nic);	/* the reset clears the chip's counters */
	gxdp_ptp_remember(nic);
	err = gx_mac_quiesce(nic);
	if (err)
		return err;
	i82576_completion_timeout(nic);
	wr32(nic, GX_CTRL, rd32(nic, GX_CTRL) | GX_CTRL_RST);
	usleep_range(1000, 1200);

	/*
	 * A chip without an NVM, and an emulated one, never says that it has
	 * read it. Whether there is one to go by, identify() finds out.
	 */
	read_poll_timeout(i82576_is_ready, ready, ready, I82576_READY_POLL_US,
			  I82576_READY_WAIT_US, false, nic);
	if (gxdp_gone(nic))
		return -ENODEV;
	nic->family->irq_mask(nic);
	rd32(nic, GX_ICR);
	wr32(nic, GX_CTRL_EXT, rd32(nic, GX_CTRL_EXT) | driver | GX_CTRL_EXT_PFRSTD);
	gxdp_ptp_start(nic);
	return 0;
}

/* Receive queues. hw_lock held. */

/* What a pair's queues raise: a vector; without MSI-X, a bit of EICR. */
static u32 i82576_vector(const struct gxdp_pair *pair)
{
	return pair->nic->irq_mode == GXDP_IRQ_MSIX ? pair->vector : 0;
}

static void i82576_ivar(struct gxdp_nic *nic, unsigned int q, unsigned int shift, u32 vector)
{
	u32 ivar = rd32(nic, GX_EXT_IVAR(q)) & ~(0xffU << shift);

	wr32(nic, GX_EXT_IVAR(q), ivar | (vector | GX_EXT_IVAR_VALID) << shift);
}

static u32 i82576_srrctl(const struct gxdp_rx *rx)
{
	u32 srrctl = GX_SRRCTL_DROP_EN | rx->buf_len / 1024;

	if (rx->headers)
		return srrctl | GX_SRRCTL_HDR_SPLIT |
		       GXDP_RX_HEADER_MAX / 64 << GX_SRRCTL_HDR_SHIFT;
	return srrctl | GX_SRRCTL_ONE_BUFFER;
}

static void i82576_rx_ring(struct gxdp_nic *nic, struct gxdp_rx *rx, unsigned int queue)
{
	rx->tail = nic->regs + GX_Q_RDT(queue);
	wr32(nic, GX_Q_RXDCTL(queue), 0);
	wr32(nic, GX_Q_RDBAL(queue), lower_32_bits(rx->desc_dma));
	wr32(nic, GX_Q_RDBAH(queue), upper_32_bits(rx->desc_dma));
	wr32(nic, GX_Q_RDLEN(queue), rx->count * sizeof(u64) * 2);
	wr32(nic, GX_Q_RDH(queue), rx->ntc);
	wr32(nic, GX_Q_RDT(queue), rx->ntc);
	wr32(nic, GX_Q_SRRCTL(queue), i82576_srrctl(rx));
	i82576_ivar(nic, queue, GX_EXT_IVAR_RX_SHIFT(queue), i82576_vector(rx->pair));
}

/* Wait until a queue is as enabled as was written. One of a chip that has left is stopped. */
static int i82576_queue_wait(struct gxdp_nic *nic, u32 reg, bool enabled)
{
	u32 dctl;

	if (!read_poll_timeout(rd32, dctl, !(dctl & GX_Q_DCTL_ENABLE) == !enabled,
			       I82576_QUEUE_POLL_US, I82576_QUEUE_WAIT_US, false, nic, reg) ||
	    gxdp_gone(nic))
		return 0;
	dev_warn_ratelimited(&nic->pdev->dev, "a queue does not %s (register %#x)\n",
			     enabled ? "start" : "stop", reg);
	return -ETIMEDOUT;
}

static void i82576_rx_start(struct gxdp_nic *nic, unsigned int queue)
{
	struct gxdp_rx *rx = nic->pair[queue]->rx;

	wr32(nic, GX_Q_RXDCTL(queue), I82576_RXDCTL | GX_Q_DCTL_ENABLE);
	i82576_queue_wait(nic, GX_Q_RXDCTL(queue), true);
	writel((rx->ntc ? rx->ntc : rx->count) - 1, rx->tail);
}

static int i82576_rx_stop(struct gxdp_nic *nic, unsigned int queue)
{
	wr32(nic, GX_Q_RXDCTL(queue), I82576_RXDCTL);
	return i82576_queue_wait(nic, GX_Q_RXDCTL(queue), false);
}

/*
 * The receiver, then the queues, then their tails: a queue that is not enabled takes no
 * notice of its tail. What comes for one that is not enabled yet is dropped.
 */
static void i82576_rx_enable(struct gxdp_nic *nic)
{
	unsigned int q;

	gx_mac_rctl(nic, 0, GX_RCTL_EN | GX_RCTL_BAM | GX_RCTL_SECRC | GX_RCTL_LPE);
	for (q = 0; q < nic->cfg.pairs; q++)
		i82576_rx_start(nic, q);
}

static void i82576_rx_disable(struct gxdp_nic *nic)
{
	unsigned int q;

	gx_mac_rctl(nic, GX_RCTL_EN, 0);
	for (q = 0; q < I82576_QUEUES; q++)
		i82576_rx_stop(nic, q);
}

/*
 * XOFF waits for a frame that is being sent, which may be as long as any: an AF_XDP
 * socket's may be longer than the MTU. Meanwhile as much comes.
 */
static void i82576_flow_control(struct gxdp_nic *nic, const struct gxdp_link *link)
{
	u32 buffer = FIELD_GET(GX_RXPBS_KIB, rd32(nic, GX_RXPBS)) * 1024;

	gx_mac_flow_control(nic, link, buffer,
			    nic->family->max_mtu + VLAN_ETH_HLEN + ETH_FCS_LEN);
}

/*
 * The chip drops what is longer, so that it never writes beyond that even to
 * a buffer said to be larger. What it has accepted before must be out of the
 * packet buffer when a smaller limit is relied upon.
 */
static void i82576_frame_limit(struct gxdp_nic *nic)
{
	u32 before = rd32(nic, GX_RLPML), limit = gxdp_frame_limit(&nic->cfg) + ETH_FCS_LEN;

	if (nic->link.up)
		i82576_flow_control(nic, &nic->link);	/* before longer ones come */
	wr32(nic, GX_RLPML, limit);
	if (limit < before && test_bit(GXDP_UP, &nic->flags))
		usleep_range(I82576_DRAIN_US, 2 * I82576_DRAIN_US);
}

/* Transmit queues. hw_lock held. */

static void i82576_tx_ring(struct gxdp_nic *nic, struct gxdp_tx *tx, unsigned int queue)
{
	tx->tail = nic->regs + GX_Q_TDT(queue);
	wr32(nic, GX_Q_TXDCTL(queue), 0);
	wr32(nic, GX_Q_TDBAL(queue), lower_32_bits(tx->desc_dma));
	wr32(nic, GX_Q_TDBAH(queue), upper_32_bits(tx->desc_dma));
	wr32(nic, GX_Q_TDLEN(queue), tx->count * sizeof(u64) * 2);
	wr32(nic, GX_Q_TDH(queue), tx->ntu);
	wr32(nic, GX_Q_TDT(queue), tx->ntu);
	i82576_ivar(nic, queue, GX_EXT_IVAR_TX_SHIFT(queue), i82576_vector(tx->pair));
}

static void i82576_tx_start(struct gxdp_nic *nic, unsigned int queue)
{
	wr32(nic, GX_Q_TXDCTL(queue), I82576_TXDCTL | GX_Q_DCTL_ENABLE);
	i82576_queue_wait(nic, GX_Q_TXDCTL(queue), true);
}

static int i82576_tx_stop(struct gxdp_nic *nic, unsigned int queue)
{
	wr32(nic, GX_Q_TXDCTL(queue), I82576_TXDCTL);
	return i82576_queue_wait(nic, GX_Q_TXDCTL(queue), false);
}

static void i82576_tx_enable(struct gxdp_nic *nic)
{
	unsigned int q;

	gx_mac_tx_on(nic);
	for (q = 0; q < nic->cfg.pairs; q++)
		i82576_tx_start(nic, q);
}

/* Interrupts */

static void i82576_itr_pair(struct gxdp_nic *nic, struct gxdp_pair *pair, unsigned int usecs)
{
	wr32(nic, GX_EXT_EITR(i82576_vector(pair)), usecs << GX_EXT_EITR_SHIFT | GX_EXT_EITR_KEEP);
}

static u32 i82576_vectors(struct gxdp_nic *nic)
{
	u32 vectors = BIT(nic->other_vector);
	unsigned int q;

	for (q = 0; q < nic->max_pairs; q++)
		vectors |= BIT(nic->pair[q]->vector);
	return vectors;
}

/*
 * MSI-X: sending a vector's message clears its cause (EIAC) and masks it
 * (EIAM), so the queues' interrupt handler touches no register. The mode must
 * be set before the registers that depend on it.
 */
static void i82576_setup_irq(struct gxdp_nic *nic)
{
	if (nic->irq_mode == GXDP_IRQ_MSIX) {
		wr32(nic, GX_GPIE, GX_GPIE_MSIX | GX_GPIE_PBA | GX_GPIE_EIAME | GX_GPIE_NSICR);
		wr32(nic, GX_EXT_EIAC, i82576_vectors(nic));
		wr32(nic, GX_EIAM, i82576_vectors(nic));
		wr32(nic, GX_EXT_IVAR_MISC, (nic->other_vector | GX_EXT_IVAR_VALID) <<
					    GX_EXT_IVAR_OTHER_SHIFT);
		wr32(nic, GX_EXT_EITR(nic->other_vector), 0);
	} else {
		wr32(nic, GX_GPIE, 0);
		wr32(nic, GX_IAM, 0);
	}
	gxdp_moderation_write(nic);
}

static void i82576_irq_route(struct gxdp_nic *nic)
{
	bool msix = nic->irq_mode == GXDP_IRQ_MSIX;
	unsigned int q;

	nic->ims_other = GX_INT_LSC;
	for (q = 0; q < nic->max_pairs; q++) {
		struct gxdp_pair *pair = nic->pair[q];

		pair->ims = msix ? BIT(pair->vector) : I82576_INTX_QUEUES;
		pair->unmask = nic->regs + (msix ? GX_EIMS : GX_IMS);
	}
}

static void i82576_irq_mask_pair(struct gxdp_nic *nic, struct gxdp_pair *pair)
{
	wr32(nic, nic->irq_mode == GXDP_IRQ_MSIX ? GX_EIMC : GX_IMC, pair->ims);
}

static void i82576_irq_mask(struct gxdp_nic *nic)
{
	wr32(nic, GX_EIMC, GX_INT_ALL);
	wr32(nic, GX_IMC, GX_INT_ALL);
}

static void i82576_irq_unmask(struct gxdp_nic *nic)
{
	u32 pairs = 0;
	unsigned int q;

	if (nic->irq_mode != GXDP_IRQ_MSIX) {
		gx_mac_irq_unmask(nic);
		return;
	}
	for (q = 0; q < nic->cfg.pairs; q++)
		pairs |= nic->pair[q]->ims;
	wr32(nic, GX_IMS, nic->ims_other);
	wr32(nic, GX_EIMS, pairs | BIT(nic->other_vector));
}

static u32 i82576_irq_ack(struct gxdp_nic *nic)
{
	u32 icr = rd32(nic, GX_ICR);

	if (icr == ~0U && gxdp_gone(nic))
		return 0;
	if (nic->irq_mode != GXDP_IRQ_MSIX)
		return gx_mac_irq_ack_line(nic, icr, I82576_INTX_QUEUES, icr & GX_INT_ASSERTED);
	wr32(nic, GX_EIMS, BIT(nic->other_vector));
	return GXDP_CAUSE_OURS | (icr & GX_INT_LSC ? GXDP_CAUSE_LINK : 0);
}

/* RSS and offloads */

static void i82576_rss(struct gxdp_nic *nic)
{
	u32 mrqc = GX_MRQC_RSS16 | GX_MRQC_IPV4 | GX_MRQC_IPV6;

	gx_mac_rss_tables(nic, 0xff, 0);
	if (nic->rss_ports & GXDP_RSS_TCP4)
		mrqc |= GX_MRQC_IPV4_TCP;
	if (nic->rss_ports & GXDP_RSS_TCP6)
		mrqc |= GX_MRQC_IPV6_TCP_EX | GX_MRQC_EXT_IPV6_TCP;
	if (nic->rss_ports & GXDP_RSS_UDP4)
		mrqc |= GX_MRQC_IPV4_UDP;
	if (nic->rss_ports & GXDP_RSS_UDP6)
		mrqc |= GX_MRQC_IPV6_UDP;
	/* RSS always: with one queue in use the hash is still worth having. */
	wr32(nic, GX_MRQC, mrqc);
}

static void i82576_offloads(struct gxdp_nic *nic)
{
	u32 rxcsum = GX_RXCSUM_PCSD;	/* the hash needs it */

	if (nic->netdev->features & NETIF_F_RXCSUM)
		rxcsum |= GX_RXCSUM_IPOFL | GX_RXCSUM_TUOFL | GX_RXCSUM_CRCOFL;
	wr32(nic, GX_RXCSUM, rxcsum);
	gx_mac_vlan_mode(nic);
}

static void i82576_link_up(struct gxdp_nic *nic, const struct gxdp_link *link)
{
	i82576_flow_control(nic, link);
	gx_mac_link_mode(nic, link);
}

static void i82576_setup(struct gxdp_nic *nic)
{
	struct net_device *netdev = nic->netdev;
	unsigned int i;

	wr32(nic, GX_CTRL, (rd32(nic, GX_CTRL) & ~GX_CTRL_MASTER_DIS) | GX_CTRL_SLU);
	wr32(nic, GX_WUC, 0);
	wr32(nic, GX_RFCTL, rd32(nic, GX_RFCTL) | GX_RFCTL_IPV6_EX_DIS | GX_RFCTL_NFS_DIS);
	for (i = 0; i < I82576_POOLS; i++) {
		wr32(nic, GX_VMOLR(i), rd32(nic, GX_VMOLR(i)) | GX_VMOLR_AUPE |
				       GX_VMOLR_BAM | GX_VMOLR_RSSE);
		wr32(nic, GX_PSRTYPE(i), I82576_SPLIT);
	}
	/* A reset leaves the first ones on. */
	for (i = 0; i < I82576_QUEUES; i++) {
		wr32(nic, GX_Q_RXDCTL(i), 0);
		wr32(nic, GX_Q_TXDCTL(i), 0);
	}
	gx_mac_tx_setup(nic);
	i82576_frame_limit(nic);
	gx_mac_vlan_table(nic);
	netif_addr_lock_bh(netdev);
	gx_mac_rx_filters(nic, &netdev->uc, &netdev->mc);
	netif_addr_unlock_bh(netdev);
	i82576_rss(nic);
	i82576_offloads(nic);
	i82576_setup_irq(nic);
	if (nic->link.up)
		i82576_link_up(nic, &nic->link);
}

/* Link */

/* With MSI-X a pair's cause is its vector. */
static void i82576_irq_raise(struct gxdp_nic *nic, const struct gxdp_pair *pair)
{
	if (pair && nic->irq_mode == GXDP_IRQ_MSIX)
		wr32(nic, GX_EICS, pair->ims);
	else
		gx_mac_irq_raise(nic, pair);
}

/*
 * Emulations set the PHY back with the MAC, and the MAC then sees no link
 * until there has been a new negotiation. With a real PHY that cannot be: a
 * link without a negotiation, of which the MAC does not know.
 */
static int i82576_link_start(struct gxdp_nic *nic)
{
	bool restart = !(rd32(nic, GX_STATUS) & GX_STATUS_LU) &&
		       gx_phy_unsettled(nic);

	return restart ? gx_phy_restart(nic) : gx_phy_start(nic);
}

/* Statistics and registers */

static void i82576_stats_read(struct gxdp_nic *nic)
{
	unsigned int q;

	gx_mac_stats_read(nic);
	/* these two registers count other things here */
	nic->hw_stats->rx_extension_errors = 0;
	nic->hw_stats->tx_tso_failed = 0;
	for (q = 0; q < nic->max_pairs; q++) {
		u32 dropped = rd32(nic, GX_Q_RQDPC(q));

		if (dropped != ~0U)
			nic->hw_stats->rx_no_descriptor += dropped & GX_Q_RQDPC_COUNT;
	}
}

/* Registers without a side effect when read; ethtool -d */
static const u16 i82576_dump[] = {
	GX_CTRL, GX_STATUS, GX_EECD, GX_CTRL_EXT, GX_VET, GX_LEDCTL, GX_RXPBS,
	GX_IMS, GX_GPIE, GX_EIMS, GX_EXT_EIAC, GX_EIAM, GX_EXT_IVAR_MISC,
	GX_EXT_IVAR(0), GX_EXT_IVAR(1), GX_EXT_IVAR(2), GX_EXT_IVAR(3),
	GX_EXT_IVAR(4), GX_EXT_IVAR(5), GX_EXT_IVAR(6), GX_EXT_IVAR(7),
	GX_RCTL, GX_RLPML, GX_RXCSUM, GX_RFCTL, GX_MRQC, GX_TCTL, GX_TIPG,
	GX_FCTTV, GX_FCRTL, GX_FCRTH, GX_WUC, GX_WUFC, GX_GCR,
	GX_EXT_EITR(0), GX_EXT_EITR(1), GX_EXT_EITR(2), GX_EXT_EITR(3), GX_EXT_EITR(4),
	GX_EXT_EITR(5), GX_EXT_EITR(6), GX_EXT_EITR(7), GX_EXT_EITR(8),
	GX_RAL(0), GX_RAH(0), GX_RAL(1), GX_RAH(1),
};

static const u16 i82576_dump_queue[] = {
	GX_Q_RDBAL(0), GX_Q_RDBAH(0), GX_Q_RDLEN(0), GX_Q_SRRCTL(0), GX_Q_RDH(0),
	GX_Q_RDT(0), GX_Q_RXDCTL(0), GX_Q_TDBAL(0), GX_Q_TDBAH(0), GX_Q_TDLEN(0),
	GX_Q_TDH(0), GX_Q_TDT(0), GX_Q_TXDCTL(0),
};

static unsigned int i82576_regs_len(struct gxdp_nic *nic)
{
	return 2 * (ARRAY_SIZE(i82576_dump) + I82576_QUEUES * ARRAY_SIZE(i82576_dump_queue));
}

static void i82576_regs_read(struct gxdp_nic *nic, u32 *out)
{
	unsigned int i, q;

	out = gx_mac_dump(nic, i82576_dump, ARRAY_SIZE(i82576_dump), out);
	for (q = 0; q < I82576_QUEUES; q++) {
		for (i = 0; i < ARRAY_SIZE(i82576_dump_queue); i++) {
			u32 reg = i82576_dump_queue[i] + GX_Q_RDBAL(q) - GX_Q_RDBAL(0);

			*out++ = reg;
			*out++ = rd32(nic, reg);
		}
	}
}

const struct gxdp_family gxdp_82576 = {
	.name		= "82576",
	.flags		= GXDP_F_RSS | GXDP_F_RSS_UDP | GXDP_F_MSIX | GXDP_F_MSI |
			  GXDP_F_TSO | GXDP_F_TSO6 | GXDP_F_SCTP | GXDP_F_QUEUE_STOP |
			  GXDP_F_QUEUE_BUF | GXDP_F_STAMPS | GXDP_F_SPLIT | GXDP_F_CLOCK |
			  GXDP_F_ADAPTIVE | GXDP_F_PHY_KEPT,
	.max_pairs	= I82576_PAIRS,
	.tx_queues	= I82576_QUEUES,
	.ring_min	= 64,
	.ring_max	= 4096,
	.ring_step	= 8,
	.max_mtu	= 9000,
	.bar		= 0,
	.itr_min_usecs	= 1,
	.itr_max_usecs	= 8191,
	.rah		= GX_RAH_POOL_0,
	.clock_shift	= I82576_CLOCK_SHIFT,
	.clock_inc	= 16 << I82576_CLOCK_SHIFT,	/* a tick is 16 ns */
	.clock_max_adj	= 999999881,

	.path		= &gxdp_path_82576,
	.phy		= &i82576_phy,
	.identify	= i82576_identify,
	.reset		= i82576_reset,
	.setup		= i82576_setup,
	.rx_ring	= i82576_rx_ring,
	.tx_ring	= i82576_tx_ring,
	.rx_enable	= i82576_rx_enable,
	.rx_disable	= i82576_rx_disable,
	.tx_enable	= i82576_tx_enable,
	.rx_start	= i82576_rx_start,
	.rx_stop	= i82576_rx_stop,
	.tx_start	= i82576_tx_start,
	.tx_stop	= i82576_tx_stop,
	.frame_limit	= i82576_frame_limit,
	.irq_route	= i82576_irq_route,
	.irq_unmask	= i82576_irq_unmask,
	.irq_mask	= i82576_irq_mask,
	.irq_mask_pair	= i82576_irq_mask_pair,
	.irq_ack	= i82576_irq_ack,
	.itr_pair	= i82576_itr_pair,
	.rx_mode	= gx_mac_rx_filters,
	.vlan_filter	= gx_mac_vlan_filter,
	.rss		= i82576_rss,
	.offloads	= i82576_offloads,
	.link_start	= i82576_link_start,
	.link_restart	= gx_phy_restart,
	.link_get	= gx_phy_link,
	.link_up	= i82576_link_up,
	.stats_read	= i82576_stats_read,
	.regs_len	= i82576_regs_len,
	.regs_read	= i82576_regs_read,
	.nvm_read	= gx_nvm_read,
	.nvm_words	= GX_NVM_WORDS,
	.irq_raise	= i82576_irq_raise,
	.loopback	= gx_phy_loopback,
	.clock_read	= gx_mac_clock_read,
	.own		= gx_mac_own,
	.led		= gx_mac_led,
	.led_restore	= gx_mac_led_restore,
};
