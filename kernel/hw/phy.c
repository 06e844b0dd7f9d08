// SPDX-License-Identifier: GPL-2.0
/*
 * The copper PHY, through MDIC: the IEEE registers. Where speed and duplex are
 * to be read is the family's to say; Marvell's PHYs in 82540 to 82574 share a
 * status register.
 *
 * The link is the user's: a PHY that does what is wanted is left alone, and
 * so a driver that is loaded, opened or reset does not make it flap.
 */
#include <linux/ethtool.h>
#include <linux/iopoll.h>
#include <linux/mii.h>

#include "hw.h"

#define GX_MDIC_POLL_US		20
#define GX_MDIC_WAIT_US		20000

#define GX_PHY_STATUS		17	/* copper status, page 0 */
#define GX_PHY_STATUS_1000	BIT(15)
#define GX_PHY_STATUS_100	BIT(14)
#define GX_PHY_STATUS_FULL	BIT(13)
#define GX_PHY_STATUS_RESOLVED	BIT(11)	/* speed and duplex are settled */
#define GX_PHY_PAGE		22

#define GX_PHY_RESET_POLL_US	500
#define GX_PHY_RESET_TRIES	20

/* M88 PHYs before pages (8254x) */
#define GX_M88_REVISION		GENMASK(3, 0)	/* in phy_id */
#define GX_M88_CTRL		16
#define GX_M88_CTRL_POLARITY	BIT(1)		/* do not mend reversed polarity */
#define GX_M88_CTRL_MDIX	GENMASK(6, 5)	/* both: automatic at all speeds; none: MDI */
#define GX_M88_CTRL_CRS_ON_TX	BIT(11)		/* half duplex needs it */
#define GX_M88_EXT		20		/* before revision 4 */
#define GX_M88_EXT_TX_CLK_25	(7U << 4)	/* the MAC's clock at 10 and 100 */
#define GX_M88_EXT_DOWNSHIFT	GENMASK(11, 8)	/* tries before a slower speed */
#define GX_M88_EXT_DOWNSHIFT_1	BIT(8)		/* one, as master and as slave */

/* the PHY in 82574L has the same register 16, but for */
#define GX_BM_CTRL_DOWNSHIFT	BIT(11)		/* a slower speed where a gigabit fails */

/* the IGP PHY in 82576 */
#define GX_IGP_PORT_CTRL	18
#define GX_IGP_AUTO_MDIX	BIT(12)
#define GX_IGP_FORCE_MDIX	BIT(13)		/* without AUTO: MDI-X, not MDI */
#define GX_IGP_PAGE		31

/* 82574L: where these two count to when its PHY has hung */
#define GX_BM_RX_ERRORS		21
#define GX_BM_RX_ERRORS_MAX	0xffff
#define GX_BM_IDLE_ERRORS	GENMASK(7, 0)	/* in MII_STAT1000 */

#define GX_PHY_ANAR_OURS	(ADVERTISE_ALL | ADVERTISE_PAUSE_CAP | ADVERTISE_PAUSE_ASYM)
#define GX_PHY_BMCR_OFF		(BMCR_PDOWN | BMCR_ISOLATE | BMCR_LOOPBACK)

static int gx_phy_transfer(struct gxdp_nic *nic, unsigned int reg, u32 op, u32 *mdic)
{
	int err;

	wr32(nic, GX_MDIC, op | reg << GX_MDIC_REG_SHIFT |
			   (u32)nic->phy_addr << GX_MDIC_PHY_SHIFT);
	err = read_poll_timeout(rd32, *mdic, *mdic & GX_MDIC_READY,
				GX_MDIC_POLL_US, GX_MDIC_WAIT_US, false, nic, GX_MDIC);
	if (*mdic == ~0U && gxdp_gone(nic))
		return -ENODEV;
	if (err || *mdic & GX_MDIC_ERROR)
		return -EIO;
	/* Firmware may have squeezed a transfer of its own in. */
	if ((*mdic & GX_MDIC_REG) >> GX_MDIC_REG_SHIFT != reg)
		return -EIO;
	return 0;
}

static int gx_phy_read(struct gxdp_nic *nic, unsigned int reg, u16 *value)
{
	u32 mdic;
	int err;

	err = gx_phy_transfer(nic, reg, GX_MDIC_READ, &mdic);
	*value = err ? 0 : mdic & GX_MDIC_DATA;
	return err;
}

static int gx_phy_write(struct gxdp_nic *nic, unsigned int reg, u16 value)
{
	u32 mdic;

	return gx_phy_transfer(nic, reg, GX_MDIC_WRITE | value, &mdic);
}

/**
 * gx_phy_wait_ready - after a reset, wait until settings of the NVM are in the PHY
 * @nic: device
 *
 * Process context; 25 ms at the most.
 */
void gx_phy_wait_ready(struct gxdp_nic *nic)
{
	long left = (long)(nic->phy_ready - jiffies);

	if (left > 0 && left <= HZ)
		msleep(jiffies_to_msecs(left));
}

static int gx_phy_acquire(struct gxdp_nic *nic)
{
	lockdep_assert_held(&nic->hw_lock);
	gx_phy_wait_ready(nic);
	return nic->family->phy->acquire(nic);
}

static void gx_phy_release(struct gxdp_nic *nic)
{
	nic->family->phy->release(nic);
}

/* Everything the chip can do, with pause in both directions. */
static void gx_phy_default_want(struct gxdp_link_want *want)
{
	want->autoneg = true;
	want->advertise = gxdp_copper_speeds();
	want->speed = SPEED_100;
	want->full_duplex = true;
	want->pause_autoneg = true;
	want->rx_pause = true;
	want->tx_pause = true;
}

/**
 * gx_phy_identify - find the PHY; set nic->phy_id and nic->want
 * @nic: device; nic->phy_addr set
 *
 * Return: 0, or an errno with the reason in the log.
 */
int gx_phy_identify(struct gxdp_nic *nic)
{
	u16 high, low;
	int err;

	gx_phy_default_want(&nic->want);

	err = gx_phy_acquire(nic);
	if (err)
		goto fail;
	err = gx_phy_read(nic, MII_PHYSID1, &high);
	if (!err)
		err = gx_phy_read(nic, MII_PHYSID2, &low);
	gx_phy_release(nic);
	if (err)
		goto fail;

	nic->phy_id = (u32)high << 16 | low;
	return 0;
fail:
	dev_err(&nic->pdev->dev, "the PHY does not answer: %d\n", err);
	return err;
}

/*
 * Both bits for "receive and send" and for "receive only": the partner then
 * has most to choose from, and what comes out is masked by what is wanted.
 */
static u16 gx_phy_advertise_pause(const struct gxdp_link_want *want)
{
	if (want->rx_pause)
		return ADVERTISE_PAUSE_CAP | ADVERTISE_PAUSE_ASYM;
	return want->tx_pause ? ADVERTISE_PAUSE_ASYM : 0;
}

/*
 * Is the link we have the one that is wanted? A MAC reset can change what
 * the PHY advertises (the NVM, and emulations, load it again), but not what
 * has been negotiated before.
 */
static bool gx_phy_link_stands(const struct gxdp_nic *nic)
{
	return nic->link.up && !memcmp(&nic->told, &nic->want, sizeof(nic->want));
}

/*
 * Write what we advertise; *renegotiate is set when it matters. Gigabit at
 * half duplex does not: PHYs come up advertising it, the MAC cannot do it
 * and no partner prefers it.
 */
static int gx_phy_advertise(struct gxdp_nic *nic, bool *renegotiate)
{
	const struct gxdp_link_want *want = &nic->want;
	u16 anar, gig, want_anar, want_gig;
	int err;

	err = gx_phy_read(nic, MII_ADVERTISE, &anar);
	if (!err)
		err = gx_phy_read(nic, MII_CTRL1000, &gig);
	if (err)
		return err;

	want_anar = anar & ~GX_PHY_ANAR_OURS;
	want_anar |= ethtool_adv_to_mii_adv_t(want->advertise) & ADVERTISE_ALL;
	want_anar |= gx_phy_advertise_pause(want);
	want_gig = gig & ~(ADVERTISE_1000FULL | ADVERTISE_1000HALF);
	want_gig |= ethtool_adv_to_mii_ctrl1000_t(want->advertise) & ADVERTISE_1000FULL;
	if ((anar != want_anar || (gig ^ want_gig) & ADVERTISE_1000FULL) &&
	    !gx_phy_link_stands(nic))
		*renegotiate = true;

	if (anar != want_anar)
		err = gx_phy_write(nic, MII_ADVERTISE, want_anar);
	if (!err && gig != want_gig)
		err = gx_phy_write(nic, MII_CTRL1000, want_gig);
	return err;
}

/*
 * Bits of a register as they should be; *changed is set if they were not, and now are:
 * what an emulated PHY does not hold is no reason to disturb the link, again and again.
 */
static int gx_phy_update(struct gxdp_nic *nic, unsigned int reg, u16 mask, u16 bits,
			 bool *changed)
{
	u16 value;
	int err;

	err = gx_phy_read(nic, reg, &value);
	if (err || (value & mask) == bits)
		return err;
	err = gx_phy_write(nic, reg, (value & ~mask) | bits);
	if (!err)
		err = gx_phy_read(nic, reg, &value);
	if (!err && (value & mask) == bits)
		*changed = true;
	return err;
}

/**
 * gx_phy_setup_m88 - settings of an M88 PHY; as a rule they are there
 * @nic: device; MDIO acquired
 * @changed: set if they were not: they take effect with a reset of the PHY's logic
 *
 * A forced mode needs MDI forced, too.
 *
 * Return: 0, or an errno when the PHY does not answer.
 */
int gx_phy_setup_m88(struct gxdp_nic *nic, bool *changed)
{
	int err;

	err = gx_phy_update(nic, GX_M88_CTRL,
			    GX_M88_CTRL_CRS_ON_TX | GX_M88_CTRL_MDIX | GX_M88_CTRL_POLARITY,
			    GX_M88_CTRL_CRS_ON_TX | (nic->want.autoneg ? GX_M88_CTRL_MDIX : 0),
			    changed);
	if (err || (nic->phy_id & GX_M88_REVISION) >= 4)
		return err;
	return gx_phy_update(nic, GX_M88_EXT, GX_M88_EXT_TX_CLK_25 | GX_M88_EXT_DOWNSHIFT,
			     GX_M88_EXT_TX_CLK_25 | GX_M88_EXT_DOWNSHIFT_1, changed);
}

/**
 * gx_phy_setup_bm - settings of the PHY in 82574L
 * @nic: device; MDIO acquired
 * @reset: set if they need a reset of the PHY's logic, and the link is not the one wanted
 *
 * It powers up without downshift, which so tells whether somebody has been here. A forced
 * mode needs MDI forced, too.
 *
 * Return: 0, or an errno when the PHY does not answer.
 */
int gx_phy_setup_bm(struct gxdp_nic *nic, bool *reset)
{
	bool changed = false;
	u16 ctrl;
	int err;

	err = gx_phy_write(nic, GX_PHY_PAGE, 0);
	if (!err)
		err = gx_phy_read(nic, GX_M88_CTRL, &ctrl);
	if (!err)
		err = gx_phy_update(nic, GX_M88_CTRL,
				    GX_BM_CTRL_DOWNSHIFT | GX_M88_CTRL_MDIX | GX_M88_CTRL_POLARITY,
				    GX_BM_CTRL_DOWNSHIFT |
				    (nic->want.autoneg ? GX_M88_CTRL_MDIX : 0), &changed);
	if (err || !changed)
		return err;
	if (!(ctrl & GX_BM_CTRL_DOWNSHIFT)) {
		/* as mainline's driver has them, undocumented; an emulation may not */
		gx_phy_write(nic, 29, 3);
		gx_phy_write(nic, 30, 0);
	}
	*reset |= !gx_phy_link_stands(nic);
	return 0;
}

/**
 * gx_phy_setup_igp - settings of the PHY in 82576
 * @nic: device; MDIO acquired
 * @reset: set if they need a reset of the PHY's logic, and the link is not the one wanted
 *
 * MDI or MDI-X by itself, but MDI in a forced mode.
 *
 * Return: 0, or an errno when the PHY does not answer.
 */
int gx_phy_setup_igp(struct gxdp_nic *nic, bool *reset)
{
	bool changed = false;
	int err;

	/* the page; who else was here may have left another, and an emulation has none */
	gx_phy_write(nic, GX_IGP_PAGE, 0);
	err = gx_phy_update(nic, GX_IGP_PORT_CTRL, GX_IGP_AUTO_MDIX | GX_IGP_FORCE_MDIX,
			    nic->want.autoneg ? GX_IGP_AUTO_MDIX : 0, &changed);
	if (!err && changed)
		*reset |= !gx_phy_link_stands(nic);
	return err;
}

/* One that takes longer than these 20 ms is looked at again on the next occasion. */
static int gx_phy_wait_reset(struct gxdp_nic *nic)
{
	unsigned int tries;
	u16 bmcr;
	int err;

	for (tries = 0; tries < GX_PHY_RESET_TRIES; tries++) {
		err = gx_phy_read(nic, MII_BMCR, &bmcr);
		if (err || !(bmcr & BMCR_RESET))
			return err;
		usleep_range(GX_PHY_RESET_POLL_US, 2 * GX_PHY_RESET_POLL_US);
	}
	return 0;
}

/* Write BMCR. Some of a PHY's settings do not outlive a reset: they are made again. */
static int gx_phy_control(struct gxdp_nic *nic, u16 bmcr)
{
	const struct gx_phy_ops *phy = nic->family->phy;
	bool changed = false;
	int err;

	err = gx_phy_write(nic, MII_BMCR, bmcr);
	if (err || !(bmcr & BMCR_RESET) || !phy->setup)
		return err;
	err = gx_phy_wait_reset(nic);
	return err ?: phy->setup(nic, &changed);
}

static int gx_phy_negotiate(struct gxdp_nic *nic, bool restart, bool reset)
{
	u16 bmcr;
	int err;

	err = gx_phy_advertise(nic, &restart);
	if (!err)
		err = gx_phy_read(nic, MII_BMCR, &bmcr);
	if (err)
		return err;
	if (bmcr & BMCR_ANENABLE && !(bmcr & GX_PHY_BMCR_OFF) && !restart && !reset)
		return 0;

	/* Leaving a forced mode takes effect with a reset of the PHY's logic. */
	if (reset || !(bmcr & BMCR_ANENABLE))
		bmcr |= BMCR_RESET;
	bmcr &= ~GX_PHY_BMCR_OFF;
	return gx_phy_control(nic, bmcr | BMCR_ANENABLE | BMCR_ANRESTART);
}

static int gx_phy_force(struct gxdp_nic *nic, bool restart)
{
	const u16 mode = BMCR_ANENABLE | BMCR_SPEED1000 | BMCR_SPEED100 | BMCR_FULLDPLX |
			 GX_PHY_BMCR_OFF;
	u16 bmcr, want = 0;
	int err;

	err = gx_phy_read(nic, MII_BMCR, &bmcr);
	if (err)
		return err;
	if (nic->want.speed == SPEED_100)
		want |= BMCR_SPEED100;
	if (nic->want.full_duplex)
		want |= BMCR_FULLDPLX;
	if ((bmcr & mode) == want && !restart)
		return 0;
	return gx_phy_control(nic, (bmcr & ~mode) | want | BMCR_RESET);
}

/**
 * gx_phy_kept - does the firmware keep the PHY as it is?
 * @nic: device, awake
 *
 * It does while somebody works on the machine from afar, through a disk or a console that
 * the firmware has over this link: there is one, and who set it up is not to lose it.
 *
 * Return: whether nothing of the PHY is to be changed; false for a device that has left.
 */
bool gx_phy_kept(struct gxdp_nic *nic)
{
	u32 manc;

	if (!(nic->family->flags & GXDP_F_PHY_KEPT))
		return false;
	manc = rd32(nic, GX_MANC);
	return manc != ~0U && manc & GX_MANC_KEEP_PHY;
}

static int gx_phy_apply(struct gxdp_nic *nic, bool restart, bool reset)
{
	const struct gx_phy_ops *phy = nic->family->phy;
	int err;

	if (gx_phy_kept(nic))
		return 0;
	err = gx_phy_acquire(nic);
	if (err)
		return err;
	if (phy->setup)
		err = phy->setup(nic, &reset);
	if (err)
		goto release;
	if (nic->want.autoneg)
		err = gx_phy_negotiate(nic, restart, reset);
	else
		err = gx_phy_force(nic, restart || reset);
release:
	gx_phy_release(nic);
	if (!err)
		nic->told = nic->want;
	return err;
}

/**
 * gx_phy_start - make the PHY do what nic->want says, if it does not already
 * @nic: device
 *
 * Nothing is done, here and below, while the firmware keeps the PHY as it is.
 *
 * Return: 0 or an errno.
 */
int gx_phy_start(struct gxdp_nic *nic)
{
	return gx_phy_apply(nic, false, false);
}

/**
 * gx_phy_restart - make the PHY do what nic->want says, from the beginning
 * @nic: device
 *
 * Return: 0 or an errno.
 */
int gx_phy_restart(struct gxdp_nic *nic)
{
	return gx_phy_apply(nic, true, false);
}

static bool gx_phy_bm_hangs(struct gxdp_nic *nic)
{
	u16 errors, gig;
	bool hangs;

	if (gx_phy_acquire(nic))
		return false;
	hangs = !gx_phy_write(nic, GX_PHY_PAGE, 0) &&
		!gx_phy_read(nic, GX_BM_RX_ERRORS, &errors) && errors == GX_BM_RX_ERRORS_MAX &&
		!gx_phy_read(nic, MII_STAT1000, &gig) &&
		(gig & GX_BM_IDLE_ERRORS) == GX_BM_IDLE_ERRORS;
	gx_phy_release(nic);
	return hangs;
}

/**
 * gx_phy_watch_bm - mend the PHY in 82574L where it has hung
 * @nic: device
 *
 * Once a second, hw_lock held. The PHY may stop receiving with its link up, and then stays
 * so: both its error counters stand at their ends. Twice in a row, and its logic is reset.
 * After mainline's driver.
 */
void gx_phy_watch_bm(struct gxdp_nic *nic)
{
	if (!nic->link.up || nic->loopback || gx_phy_kept(nic) || !gx_phy_bm_hangs(nic)) {
		nic->phy_suspect = false;
		return;
	}
	nic->phy_suspect = !nic->phy_suspect;
	if (nic->phy_suspect || gx_phy_apply(nic, true, true))
		return;
	if (!nic->phy_hangs++)
		netdev_warn(nic->netdev, "the PHY hung with its link up, and was reset; from now on counted as phy_hangs\n");
}

/**
 * gx_phy_m88_speed - speed and duplex, from the copper status register
 * @nic: device; MDIO acquired, the PHY has a link
 * @link: speed and duplex filled in; down while they are not settled
 *
 * Return: 0, or an errno when the PHY does not answer.
 */
int gx_phy_m88_speed(struct gxdp_nic *nic, struct gxdp_link *link)
{
	u16 status;
	int err;

	err = gx_phy_read(nic, GX_PHY_STATUS, &status);
	if (err)
		return err;
	if (!(status & GX_PHY_STATUS_RESOLVED)) {
		link->up = false;
		return 0;
	}

	link->full_duplex = status & GX_PHY_STATUS_FULL;
	if (status & GX_PHY_STATUS_1000)
		link->speed = SPEED_1000;
	else if (status & GX_PHY_STATUS_100)
		link->speed = SPEED_100;
	else
		link->speed = SPEED_10;
	return 0;
}

/**
 * gx_phy_marvell_speed - the same, of a PHY whose registers have pages
 * @nic: device; MDIO acquired, the PHY has a link
 * @link: speed and duplex filled in; down while they are not settled
 *
 * Return: 0, or an errno when the PHY does not answer.
 */
int gx_phy_marvell_speed(struct gxdp_nic *nic, struct gxdp_link *link)
{
	int err = gx_phy_write(nic, GX_PHY_PAGE, 0);

	return err ?: gx_phy_m88_speed(nic, link);
}

/* Pause exists at full duplex only. */
static int gx_phy_pause(struct gxdp_nic *nic, struct gxdp_link *link)
{
	const struct gxdp_link_want *want = &nic->want;
	u16 local, partner;
	u8 pause;
	int err;

	link->rx_pause = false;
	link->tx_pause = false;
	if (!link->full_duplex)
		return 0;
	if (!want->autoneg || !want->pause_autoneg) {
		link->rx_pause = want->rx_pause;
		link->tx_pause = want->tx_pause;
		return 0;
	}

	err = gx_phy_read(nic, MII_ADVERTISE, &local);
	if (!err)
		err = gx_phy_read(nic, MII_LPA, &partner);
	if (err)
		return err;
	pause = mii_resolve_flowctrl_fdx(local, partner);
	link->rx_pause = want->rx_pause && pause & FLOW_CTRL_RX;
	link->tx_pause = want->tx_pause && pause & FLOW_CTRL_TX;
	return 0;
}

/**
 * gx_phy_loopback - send back to the MAC what it sends, or no more
 * @nic: device
 * @on: at 1000 Mb/s, full duplex, without a partner; else as nic->want says
 *
 * Return: 0 or an errno; -EBUSY if the firmware keeps the PHY as it is.
 */
int gx_phy_loopback(struct gxdp_nic *nic, bool on)
{
	int err;

	if (!on)
		return gx_phy_restart(nic);
	if (gx_phy_kept(nic))
		return -EBUSY;
	err = gx_phy_acquire(nic);
	if (err)
		return err;
	err = gx_phy_write(nic, MII_BMCR, BMCR_LOOPBACK | BMCR_SPEED1000 | BMCR_FULLDPLX);
	gx_phy_release(nic);
	return err;
}

static int gx_phy_read_link(struct gxdp_nic *nic, struct gxdp_link *link)
{
	u16 bmsr;
	int err;

	/* Link-down is latched until read: only the second read is now. */
	err = gx_phy_read(nic, MII_BMSR, &bmsr);
	if (!err)
		err = gx_phy_read(nic, MII_BMSR, &bmsr);
	if (err)
		return err;

	link->up = bmsr & BMSR_LSTATUS;
	if (!link->up)
		return 0;
	if (nic->want.autoneg) {
		err = nic->family->phy->speed(nic, link);
	} else {
		link->speed = nic->want.speed;
		link->full_duplex = nic->want.full_duplex;
	}
	if (err || !link->up)
		return err;
	return gx_phy_pause(nic, link);
}

/**
 * gx_phy_unsettled - does the PHY claim a link that it has not negotiated?
 * @nic: device
 *
 * Return: whether it does though it should have; false if it does not answer.
 */
bool gx_phy_unsettled(struct gxdp_nic *nic)
{
	u16 bmsr = 0;

	if (!nic->want.autoneg || gx_phy_acquire(nic))
		return false;
	if (gx_phy_read(nic, MII_BMSR, &bmsr))
		bmsr = 0;
	gx_phy_release(nic);
	return (bmsr & (BMSR_LSTATUS | BMSR_ANEGCOMPLETE)) == BMSR_LSTATUS;
}

/**
 * gx_phy_awaits_link - is the PHY on, and without a link?
 * @nic: device
 *
 * Whatever the MAC makes of it.
 *
 * Return: whether a link that comes is news; false if the PHY does not answer.
 */
bool gx_phy_awaits_link(struct gxdp_nic *nic)
{
	u16 bmcr, bmsr;
	int err;

	if (gx_phy_acquire(nic))
		return false;
	err = gx_phy_read(nic, MII_BMCR, &bmcr);
	/* that there was none is latched until read */
	err = err ?: gx_phy_read(nic, MII_BMSR, &bmsr);
	err = err ?: gx_phy_read(nic, MII_BMSR, &bmsr);
	gx_phy_release(nic);
	return !err && !(bmcr & BMCR_PDOWN) && !(bmsr & BMSR_LSTATUS);
}

/**
 * gx_phy_link - what the PHY says now
 * @nic: device
 * @link: filled in; speed, duplex and pause mean something when @up
 *
 * Return: 0, or an errno when the PHY does not answer; @link is then down.
 */
int gx_phy_link(struct gxdp_nic *nic, struct gxdp_link *link)
{
	int err;

	memset(link, 0, sizeof(*link));	/* callers compare with memcmp() */
	err = gx_phy_acquire(nic);
	if (err)
		return err;
	err = gx_phy_read_link(nic, link);
	gx_phy_release(nic);
	if (err)
		link->up = false;
	return err;
}

/* Modes that both ends have told each other; MDIO acquired. */
static int gx_phy_common_modes(struct gxdp_nic *nic, u16 partner, bool *common)
{
	u16 local, ours, theirs;
	int err;

	err = gx_phy_read(nic, MII_ADVERTISE, &local);
	if (!err)
		err = gx_phy_read(nic, MII_CTRL1000, &ours);
	if (!err)
		err = gx_phy_read(nic, MII_STAT1000, &theirs);
	*common = local & partner & ADVERTISE_ALL ||
		  (ours & ADVERTISE_1000FULL && theirs & LPA_1000FULL);
	return err;
}

static int gx_phy_read_why_down(struct gxdp_nic *nic,
				enum ethtool_link_ext_substate_autoneg *why)
{
	u16 expansion, partner;
	bool common;
	int err;

	err = gx_phy_read(nic, MII_EXPANSION, &expansion);
	if (!err)
		err = gx_phy_read(nic, MII_LPA, &partner);
	if (err)
		return err;
	/* what the last partner has told may still be there, but for this bit */
	if (!(expansion & EXPANSION_NWAY) || !(partner & LPA_LPACK)) {
		*why = ETHTOOL_LINK_EXT_SUBSTATE_AN_NO_PARTNER_DETECTED;
		return 0;
	}
	err = gx_phy_common_modes(nic, partner, &common);
	if (!err && !common)
		*why = ETHTOOL_LINK_EXT_SUBSTATE_AN_NO_HCD;
	return err;
}

/**
 * gx_phy_why_down - why there is no link
 * @nic: device, without a link
 * @why: the reason; left alone when it is none but that negotiation goes on
 *
 * Return: 0, or an errno when the PHY does not answer.
 */
int gx_phy_why_down(struct gxdp_nic *nic,
		    enum ethtool_link_ext_substate_autoneg *why)
{
	int err;

	if (!nic->want.autoneg) {
		*why = ETHTOOL_LINK_EXT_SUBSTATE_AN_NO_PARTNER_DETECTED_FORCE_MODE;
		return 0;
	}
	err = gx_phy_acquire(nic);
	if (err)
		return err;
	err = gx_phy_read_why_down(nic, why);
	gx_phy_release(nic);
	return err;
}
