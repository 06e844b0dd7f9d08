// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM and 82545EM: one queue pair, INTx, legacy receive descriptors. The
 * chips of old PCI and PCI-X cards, and those that VirtualBox, VMware and QEMU
 * give a machine when nobody chooses.
 *
 * Sources: PCI/PCI-X Family of Gigabit Ethernet Controllers Software
 * Developer's Manual; specification updates of 82540EM, 82545EM and 82546GB.
 */
#include <linux/delay.h>
#include <linux/pci.h>

#include "../path.h"
#include "../stats.h"
#include "../tx.h"
#include "hw.h"

#define I8254X_PHY_ADDR		1
#define I8254X_MMRBC		2048	/* the most bytes of one read, on PCI-X */
#define I8254X_STOP_MS		10	/* for bus requests under way at a reset */
#define I8254X_RELOAD_MS	5	/* NVM to chip, after a reset */

/*
 * The packet buffer has 64 KiB. The transmitter's part must hold the largest
 * frame, and a piece of another.
 */
#define I8254X_PB_KIB		64
#define I8254X_PB_RX_KIB	40

/* 16,128 bytes with header and checksum */
#define I8254X_MAX_FRAME	16128
#define I8254X_MAX_MTU		(I8254X_MAX_FRAME - ETH_HLEN - ETH_FCS_LEN)
static_assert((I8254X_PB_KIB - I8254X_PB_RX_KIB) * 1024 >= I8254X_MAX_FRAME + GXDP_TX_8254X_CHUNK);

#define I8254X_QUEUE_INTS	(GX_INT_RXT0 | GX_INT_RXDMT0 | GX_INT_RXO | GX_INT_TXDW)

/* Write back each descriptor that asks for it at once. */
#define I8254X_TXDCTL		(GX_DCTL_GRAN | GX_DCTL_WTHRESH(1))

/* Nobody else uses the PHY. */
static int i8254x_phy_acquire(struct gxdp_nic *nic)
{
	return 0;
}

static void i8254x_phy_release(struct gxdp_nic *nic)
{
}

static const struct gx_phy_ops i8254x_phy = {
	.setup		= gx_phy_setup_m88,
	.acquire	= i8254x_phy_acquire,
	.release	= i8254x_phy_release,
	.speed		= gx_phy_m88_speed,
};

/*
 * EERD has its bits elsewhere than in later chips. Not every emulation has
 * it; the EEPROM's own pins they all have.
 */
static int i8254x_nvm_read(struct gxdp_nic *nic, u16 word, u16 *value)
{
	int err = gx_nvm_eerd(nic, word, value, GX_EERD_8254X_ADDR_SHIFT, GX_EERD_8254X_DONE);

	return err == -EIO ? gx_microwire_read(nic, word, value) : err;
}

static const struct gx_nvm_ops i8254x_nvm = {
	.read		= i8254x_nvm_read,
};

/* Firmware sets more than the chip can ask for. On PCI there is nothing to set. */
static void i8254x_read_size(struct pci_dev *pdev)
{
	if (pcix_get_mmrbc(pdev) > I8254X_MMRBC && pcix_set_mmrbc(pdev, I8254X_MMRBC))
		dev_warn(&pdev->dev, "the bus does not take a read size of %d bytes\n",
			 I8254X_MMRBC);
}

static int i8254x_identify(struct gxdp_nic *nic)
{
	int err;

	i8254x_read_size(nic->pdev);
	/* what has been counted so far was another driver's */
	gxdp_stats_update_hw(nic);
	memset(nic->hw_stats, 0, sizeof(*nic->hw_stats));
	nic->led_ctl = rd32(nic, GX_LEDCTL);
	nic->phy_addr = I8254X_PHY_ADDR;
	err = gx_nvm_identify(nic, &i8254x_nvm);
	if (err)
		return err;
	gx_wake_default(nic, gx_wake_in_nvm(nic, GX_NVM_CONTROL_PORT_A));
	return gx_phy_identify(nic);
}

/*
 * Erratum: on a 64-bit bus the chip cannot end the write that resets it. It
 * can when that comes through the I/O window: an address, then the value.
 * Where the machine has not given it one, memory has to do.
 */
static void i8254x_reset_write(struct gxdp_nic *nic, u32 value)
{
	const struct pci_dev *pdev = nic->pdev;
	unsigned int bar;
	u16 command;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	for (bar = 1; command & PCI_COMMAND_IO && bar < PCI_STD_NUM_BARS; bar++) {
		unsigned long port = pci_resource_start(pdev, bar);

		if (!port || !(pci_resource_flags(pdev, bar) & IORESOURCE_IO))
			continue;
		outl(GX_CTRL, port);
		outl(value, port + 4);
		return;
	}
	wr32(nic, GX_CTRL, value);
}

static int i8254x_reset(struct gxdp_nic *nic)
{
	gxdp_stats_update_hw(nic);	/* the reset clears the chip's counters */
	wr32(nic, GX_IMC, GX_INT_ALL);
	gx_mac_rx_off(nic);
	wr32(nic, GX_RCTL, 0);
	wr32(nic, GX_TCTL, GX_TCTL_PSP);
	rd32(nic, GX_STATUS);
	msleep(I8254X_STOP_MS);
	if (gxdp_gone(nic))
		return -ENODEV;

	wr32(nic, GX_PBA, I8254X_PB_RX_KIB);
	i8254x_reset_write(nic, rd32(nic, GX_CTRL) | GX_CTRL_RST);
	msleep(I8254X_RELOAD_MS);
	if (gxdp_gone(nic))
		return -ENODEV;
	wr32(nic, GX_IMC, GX_INT_ALL);
	rd32(nic, GX_ICR);
	return 0;
}

static void i8254x_itr_pair(struct gxdp_nic *nic, struct gxdp_pair *pair, unsigned int usecs)
{
	wr32(nic, GX_ITR, gx_mac_itr(usecs));
}

static void i8254x_irq_route(struct gxdp_nic *nic)
{
	nic->ims_other = GX_INT_LSC;
	nic->pair[0]->ims = I8254X_QUEUE_INTS;
	nic->pair[0]->unmask = nic->regs + GX_IMS;
}

/* Nothing in ICR says whether the line was ours: it was if a cause was not masked. */
static u32 i8254x_irq_ack(struct gxdp_nic *nic)
{
	u32 icr = rd32(nic, GX_ICR);

	if (!icr || (icr == ~0U && gxdp_gone(nic)))
		return 0;
	return gx_mac_irq_ack_line(nic, icr, I8254X_QUEUE_INTS, icr & rd32(nic, GX_IMS));
}

static void i8254x_offloads(struct gxdp_nic *nic)
{
	u32 rxcsum = 0;

	if (nic->netdev->features & NETIF_F_RXCSUM)
		rxcsum = GX_RXCSUM_IPOFL | GX_RXCSUM_TUOFL;
	wr32(nic, GX_RXCSUM, rxcsum);
	gx_mac_vlan_mode(nic);
}

static void i8254x_link_up(struct gxdp_nic *nic, const struct gxdp_link *link)
{
	gx_mac_flow_control(nic, link, I8254X_PB_RX_KIB * 1024, 0);
	gx_mac_link_mode(nic, link);
}

static void i8254x_setup(struct gxdp_nic *nic)
{
	struct net_device *netdev = nic->netdev;

	wr32(nic, GX_CTRL, rd32(nic, GX_CTRL) | GX_CTRL_SLU);
	wr32(nic, GX_WUC, 0);
	wr32(nic, GX_VET, ETH_P_8021Q);
	wr32(nic, GX_RDTR, 0);
	wr32(nic, GX_RADV, 0);
	wr32(nic, GX_TXDCTL(0), I8254X_TXDCTL);
	gx_mac_tx_setup(nic);
	gx_mac_vlan_table(nic);
	netif_addr_lock_bh(netdev);
	gx_mac_rx_filters(nic, &netdev->uc, &netdev->mc);
	netif_addr_unlock_bh(netdev);
	i8254x_offloads(nic);
	gxdp_moderation_write(nic);
	if (nic->link.up)
		i8254x_link_up(nic, &nic->link);
}

/*
 * Management firmware that gets its frames through this port also answers ARP
 * for the host; not while the host does that itself.
 */
static void i8254x_own(struct gxdp_nic *nic, bool driver_loaded)
{
	u32 manc = rd32(nic, GX_MANC);

	if (!(manc & GX_MANC_SMBUS) || manc & GX_MANC_ASF || !(manc & GX_MANC_RCV_TCO))
		return;
	manc &= ~GX_MANC_ARP;
	wr32(nic, GX_MANC, manc | (driver_loaded ? 0 : GX_MANC_ARP));
}

/* Registers without a side effect when read */
static const u16 i8254x_dump[] = {
	GX_CTRL, GX_STATUS, GX_EECD, GX_CTRL_EXT, GX_VET, GX_LEDCTL, GX_PBA,
	GX_ITR, GX_IMS,
	GX_RCTL, GX_RXCSUM, GX_RDTR, GX_RADV,
	GX_TCTL, GX_TIPG, GX_TIDV, GX_TADV,
	GX_FCTTV, GX_FCRTL, GX_FCRTH, GX_WUC, GX_WUFC, GX_MANC,
	GX_RDBAL(0), GX_RDBAH(0), GX_RDLEN(0), GX_RDH(0), GX_RDT(0), GX_RXDCTL(0),
	GX_TDBAL(0), GX_TDBAH(0), GX_TDLEN(0), GX_TDH(0), GX_TDT(0), GX_TXDCTL(0),
	GX_RAL(0), GX_RAH(0), GX_RAL(1), GX_RAH(1),
};

static unsigned int i8254x_regs_len(struct gxdp_nic *nic)
{
	return 2 * ARRAY_SIZE(i8254x_dump);
}

static void i8254x_regs_read(struct gxdp_nic *nic, u32 *out)
{
	gx_mac_dump(nic, i8254x_dump, ARRAY_SIZE(i8254x_dump), out);
}

/*
 * DMA: a chip on a 32-bit bus may hang when given addresses beyond 4 GiB,
 * although the register takes them.
 */
#define I8254X_FAMILY(chip) {						\
	.name		= (chip),					\
	.flags		= GXDP_F_TSO | GXDP_F_IO | GXDP_F_DMA32 |	\
			  GXDP_F_PAD_FRAMES,				\
	.max_pairs	= 1,						\
	.ring_min	= 80,						\
	.ring_max	= 4096,						\
	.ring_step	= 8,						\
	.max_mtu	= I8254X_MAX_MTU,				\
	.tso_min_mss	= GXDP_TX_8254X_CHUNK / GXDP_TX_8254X_SEGS,	\
	.bar		= 0,						\
	.itr_min_usecs	= 1,						\
	.itr_max_usecs	= 10000,					\
									\
	.path		= &gxdp_path_8254x,				\
	.phy		= &i8254x_phy,					\
	.identify	= i8254x_identify,				\
	.reset		= i8254x_reset,					\
	.setup		= i8254x_setup,					\
	.rx_ring	= gx_mac_rx_ring,				\
	.tx_ring	= gx_mac_tx_ring,				\
	.rx_enable	= gx_mac_rx_on,					\
	.rx_disable	= gx_mac_rx_off,				\
	.tx_enable	= gx_mac_tx_on,					\
	.irq_route	= i8254x_irq_route,				\
	.irq_unmask	= gx_mac_irq_unmask,				\
	.irq_mask	= gx_mac_irq_mask,				\
	.irq_ack	= i8254x_irq_ack,				\
	.itr_pair	= i8254x_itr_pair,				\
	.rx_mode	= gx_mac_rx_filters,				\
	.vlan_filter	= gx_mac_vlan_filter,				\
	.offloads	= i8254x_offloads,				\
	.link_start	= gx_phy_start,					\
	.link_restart	= gx_phy_restart,				\
	.link_get	= gx_phy_link,					\
	.link_up	= i8254x_link_up,				\
	.stats_read	= gx_mac_stats_read,				\
	.regs_len	= i8254x_regs_len,				\
	.regs_read	= i8254x_regs_read,				\
	.nvm_read	= i8254x_nvm_read,				\
	.nvm_words	= GX_NVM_WORDS,					\
	.irq_raise	= gx_mac_irq_raise,				\
	.loopback	= gx_phy_loopback,				\
	.own		= i8254x_own,					\
	.led		= gx_mac_led,					\
	.led_restore	= gx_mac_led_restore,				\
}

const struct gxdp_family gxdp_82540em = I8254X_FAMILY("82540EM");
const struct gxdp_family gxdp_82545em = I8254X_FAMILY("82545EM");
