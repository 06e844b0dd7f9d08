// SPDX-License-Identifier: GPL-2.0
/*
 * What "ethtool" asks and sets.
 *
 * A value that cannot be had is refused, with the way out in a sentence,
 * and never rounded to another. The core holds the control-path lock; what
 * touches the chip also takes nic->hw_lock.
 */
#include <linux/ethtool.h>

#include "gxdp.h"
#include "compat/ethtool.h"
#include "hw/hw.h"
#include "pm.h"
#include "selftest.h"
#include "stats_std.h"

#define GXDP_REGS_VERSION	1	/* pairs of offset and value */
#define GXDP_BLINKS_PER_SECOND	2

#define GXDP_PAUSE_MODES	(SUPPORTED_Pause | SUPPORTED_Asym_Pause)
#define GXDP_SUPPORTED_OTHER	(SUPPORTED_Autoneg | SUPPORTED_TP | SUPPORTED_MII | \
				 GXDP_PAUSE_MODES)

#define GXDP_WOL_SUPPORTED	(WAKE_PHY | WAKE_UCAST | WAKE_MCAST | WAKE_BCAST | WAKE_MAGIC)

/* What one reset of the MAC covers */
#define GXDP_RESET_MAC		(ETH_RESET_MAC | ETH_RESET_DMA | ETH_RESET_IRQ | \
				 ETH_RESET_FILTER | ETH_RESET_OFFLOAD)

/* Before any of the callbacks below, and after it: the chip is awake in between. */
static int gxdp_begin(struct net_device *netdev)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	int err;

	err = gxdp_wake(nic);
	if (err)
		return err;
	if (!gxdp_gone(nic))
		return 0;
	gxdp_may_sleep(nic);
	return -ENODEV;
}

static void gxdp_complete(struct net_device *netdev)
{
	gxdp_may_sleep(netdev_priv(netdev));
}

static void gxdp_get_drvinfo(struct net_device *netdev, struct ethtool_drvinfo *info)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	strscpy(info->driver, GXDP_NAME, sizeof(info->driver));
	strscpy(info->version, GXDP_VERSION, sizeof(info->version));
	strscpy(info->bus_info, pci_name(nic->pdev), sizeof(info->bus_info));
}

static u32 gxdp_get_msglevel(struct net_device *netdev)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	return nic->msg_enable;
}

static void gxdp_set_msglevel(struct net_device *netdev, u32 level)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	nic->msg_enable = level;
}

/* Registers and LEDs */

static int gxdp_get_regs_len(struct net_device *netdev)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	return nic->family->regs_len(nic) * sizeof(u32);
}

static void gxdp_get_regs(struct net_device *netdev, struct ethtool_regs *regs, void *data)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	regs->version = GXDP_REGS_VERSION;
	mutex_lock(&nic->hw_lock);
	nic->family->regs_read(nic, data);
	mutex_unlock(&nic->hw_lock);
}

static int gxdp_set_phys_id(struct net_device *netdev, enum ethtool_phys_id_state state)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	if (state == ETHTOOL_ID_ACTIVE)
		return GXDP_BLINKS_PER_SECOND;

	mutex_lock(&nic->hw_lock);
	if (state == ETHTOOL_ID_INACTIVE)
		nic->family->led_restore(nic);
	else
		nic->family->led(nic, state == ETHTOOL_ID_ON);
	mutex_unlock(&nic->hw_lock);
	return 0;
}

/* Counters */

static int gxdp_get_sset_count(struct net_device *netdev, int set)
{
	switch (set) {
	case ETH_SS_STATS:
		return gxdp_stats_count(netdev_priv(netdev));
	case ETH_SS_TEST:
		return gxdp_selftest_count();
	default:
		return -EOPNOTSUPP;
	}
}

static void gxdp_get_strings(struct net_device *netdev, u32 set, u8 *data)
{
	if (set == ETH_SS_STATS)
		gxdp_stats_strings(netdev_priv(netdev), data);
	else if (set == ETH_SS_TEST)
		gxdp_selftest_strings(data);
}

static void gxdp_get_ethtool_stats(struct net_device *netdev, struct ethtool_stats *stats,
				   u64 *data)
{
	gxdp_stats_values(netdev_priv(netdev), data);
}

/* Link */

/* What is advertised of pause, as link modes (which have the bits of SUPPORTED_*) */
static u32 gxdp_pause_modes(const struct gxdp_link_want *want)
{
	if (want->rx_pause)
		return SUPPORTED_Pause | SUPPORTED_Asym_Pause;
	return want->tx_pause ? SUPPORTED_Asym_Pause : 0;
}

static int gxdp_get_link_ksettings(struct net_device *netdev,
				   struct ethtool_link_ksettings *ks)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	const struct gxdp_link_want *want = &nic->want;
	bool up = netif_carrier_ok(netdev);
	u32 advertise = SUPPORTED_TP | SUPPORTED_MII;

	if (want->autoneg)
		advertise |= want->advertise | SUPPORTED_Autoneg;
	advertise |= gxdp_pause_modes(want);
	ethtool_convert_legacy_u32_to_link_mode(ks->link_modes.supported,
						gxdp_copper_speeds() | GXDP_SUPPORTED_OTHER);
	ethtool_convert_legacy_u32_to_link_mode(ks->link_modes.advertising, advertise);

	ks->base.port = PORT_TP;
	ks->base.phy_address = nic->phy_addr;
	ks->base.autoneg = want->autoneg ? AUTONEG_ENABLE : AUTONEG_DISABLE;
	ks->base.speed = up ? nic->link.speed : SPEED_UNKNOWN;
	ks->base.duplex = DUPLEX_UNKNOWN;
	if (up)
		ks->base.duplex = nic->link.full_duplex ? DUPLEX_FULL : DUPLEX_HALF;
	ks->base.eth_tp_mdix = ETH_TP_MDI_INVALID;
	ks->base.eth_tp_mdix_ctrl = ETH_TP_MDI_AUTO;
	return 0;
}

/**
 * gxdp_refuse - say why something cannot be had
 * @netdev: device
 * @extack: for who asks by netlink; an ioctl shows it to nobody, hence the log, too. NULL
 *	where the callback gets none
 * @err: negative errno
 * @what: what was asked for
 * @why: a sentence, constant
 *
 * Returns @err.
 */
int gxdp_refuse(struct net_device *netdev, struct netlink_ext_ack *extack, int err,
		const char *what, const char *why)
{
	if (extack)
		extack->_msg = why;
	netdev_notice(netdev, "%s refused: %s\n", what, why);
	return err;
}

static int gxdp_refuse_link(struct gxdp_nic *nic, const char *why)
{
	return gxdp_refuse(nic->netdev, NULL, -EINVAL, "link settings", why);
}

/**
 * gxdp_refuse_kept - may the PHY be told something else?
 * @nic: device, awake
 * @what: what was asked for
 *
 * Returns 0, or -EBUSY, having said so, if the firmware keeps the PHY as it is.
 */
int gxdp_refuse_kept(struct gxdp_nic *nic, const char *what)
{
	if (!gx_phy_kept(nic))
		return 0;
	return gxdp_refuse(nic->netdev, NULL, -EBUSY, what,
			   "the firmware keeps the link as it is, for who works on the machine from afar; again when that is over");
}

/* Make the PHY want what nic->want is about to say. */
static int gxdp_change_link(struct gxdp_nic *nic, const struct gxdp_link_want *next)
{
	struct gxdp_link_want before = nic->want;
	int err = gxdp_refuse_kept(nic, "link settings");

	if (err)
		return err;
	mutex_lock(&nic->hw_lock);
	nic->want = *next;
	if (test_bit(GXDP_UP, &nic->flags))
		err = nic->family->link_start(nic);
	if (err)
		nic->want = before;
	mutex_unlock(&nic->hw_lock);

	if (!err && test_bit(GXDP_UP, &nic->flags))
		schedule_work(&nic->link_work);
	return err;
}

/*
 * Pause among the modes to be advertised means what "-A" does. Receiving alone and both
 * are advertised alike: modes that are what they were leave it at that.
 */
static int gxdp_want_pause(struct gxdp_nic *nic, struct gxdp_link_want *next, u32 modes)
{
	if (modes == gxdp_pause_modes(next))
		return 0;
	if (modes == SUPPORTED_Pause)
		return gxdp_refuse_link(nic, "Pause is advertised with Asym_Pause (0x6000) only; or use 'ethtool -A'");
	next->rx_pause = modes & SUPPORTED_Pause;
	next->tx_pause = modes & SUPPORTED_Asym_Pause;
	return 0;
}

static int gxdp_want_negotiated(struct gxdp_nic *nic, struct gxdp_link_want *next,
				const struct ethtool_link_ksettings *ks)
{
	u32 advertise;

	if (!ethtool_convert_link_mode_to_legacy_u32(&advertise, ks->link_modes.advertising) ||
	    advertise & ~(gxdp_copper_speeds() | GXDP_SUPPORTED_OTHER))
		return gxdp_refuse_link(nic, "a mode is advertised that the port does not have; see 'Supported link modes' in ethtool's output");
	if (!(advertise & gxdp_copper_speeds()))
		return gxdp_refuse_link(nic, "no speed to advertise is left; give at least one");
	next->autoneg = true;
	next->advertise = advertise & gxdp_copper_speeds();
	return gxdp_want_pause(nic, next, advertise & GXDP_PAUSE_MODES);
}

static int gxdp_want_forced(struct gxdp_nic *nic, struct gxdp_link_want *next,
			    const struct ethtool_link_ksettings *ks)
{
	if (ks->base.speed == SPEED_1000)
		return gxdp_refuse_link(nic, "1000 Mb/s exists by negotiation only; use 'autoneg on advertise 0x20'");
	if (ks->base.speed != SPEED_10 && ks->base.speed != SPEED_100)
		return gxdp_refuse_link(nic, "without autonegotiation the speed is 10 or 100");
	if (ks->base.duplex != DUPLEX_HALF && ks->base.duplex != DUPLEX_FULL)
		return gxdp_refuse_link(nic, "without autonegotiation the duplex is half or full");
	next->autoneg = false;
	next->speed = ks->base.speed;
	next->full_duplex = ks->base.duplex == DUPLEX_FULL;
	return 0;
}

static int gxdp_set_link_ksettings(struct net_device *netdev,
				   const struct ethtool_link_ksettings *ks)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	struct gxdp_link_want next = nic->want;
	int err;

	if (ks->base.eth_tp_mdix_ctrl != ETH_TP_MDI_INVALID &&
	    ks->base.eth_tp_mdix_ctrl != ETH_TP_MDI_AUTO)
		return gxdp_refuse_link(nic, "the PHY chooses MDI or MDI-X by itself, but for forced modes, which are MDI; use 'mdix auto'");
	if (ks->base.port != PORT_TP)
		return gxdp_refuse_link(nic, "copper is all there is; use 'port tp'");
	if (ks->base.phy_address != nic->phy_addr)
		return gxdp_refuse_link(nic, "the PHY's address cannot be chosen; leave out 'phyad'");
	if (ks->base.autoneg == AUTONEG_ENABLE)
		err = gxdp_want_negotiated(nic, &next, ks);
	else
		err = gxdp_want_forced(nic, &next, ks);
	if (err)
		return err;
	return gxdp_change_link(nic, &next);
}

static int gxdp_nway_reset(struct net_device *netdev)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	int err;

	if (!nic->want.autoneg)
		return gxdp_refuse_link(nic, "autonegotiation is off");
	if (!netif_running(netdev))
		return -ENETDOWN;
	err = gxdp_refuse_kept(nic, "a new negotiation");
	if (err)
		return err;
	mutex_lock(&nic->hw_lock);
	err = nic->family->link_restart(nic);
	mutex_unlock(&nic->hw_lock);
	/* not every chip says so when a link goes on purpose */
	schedule_work(&nic->link_work);
	return err;
}

static void gxdp_get_pauseparam(struct net_device *netdev, struct ethtool_pauseparam *pause)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	pause->autoneg = nic->want.pause_autoneg;
	pause->rx_pause = nic->want.rx_pause;
	pause->tx_pause = nic->want.tx_pause;
}

static int gxdp_set_pauseparam(struct net_device *netdev, struct ethtool_pauseparam *pause)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	struct gxdp_link_want next = nic->want;

	next.pause_autoneg = pause->autoneg;
	next.rx_pause = pause->rx_pause;
	next.tx_pause = pause->tx_pause;
	return gxdp_change_link(nic, &next);
}

/* Why there is no link, as far as a copper PHY tells */
static int gxdp_get_link_ext_state(struct net_device *netdev,
				   struct ethtool_link_ext_state_info *info)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	int err;

	if (!netif_running(netdev) || netif_carrier_ok(netdev))
		return -ENODATA;
	info->link_ext_state = ETHTOOL_LINK_EXT_STATE_AUTONEG;
	mutex_lock(&nic->hw_lock);
	err = gx_phy_why_down(nic, &info->autoneg);
	mutex_unlock(&nic->hw_lock);
	return err ? -ENODATA : 0;	/* anything else keeps the rest from being shown */
}

/* Wake-on-LAN */

static void gxdp_get_wol(struct net_device *netdev, struct ethtool_wolinfo *wol)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	wol->wolopts = nic->wol;
	wol->supported = 0;
	if (device_can_wakeup(&nic->pdev->dev))
		wol->supported = GXDP_WOL_SUPPORTED;
}

static int gxdp_set_wol(struct net_device *netdev, struct ethtool_wolinfo *wol)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	if (wol->wolopts & ~GXDP_WOL_SUPPORTED)
		return -EOPNOTSUPP;
	if (wol->wolopts && !device_can_wakeup(&nic->pdev->dev))
		return -EOPNOTSUPP;
	nic->wol = wol->wolopts;
	device_set_wakeup_enable(&nic->pdev->dev, nic->wol);
	return 0;
}

/* NVM, "ethtool -e": words of the chip, low byte first. It is not written. */

static int gxdp_get_eeprom_len(struct net_device *netdev)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	return 2 * nic->family->nvm_words;
}

static int gxdp_get_eeprom(struct net_device *netdev, struct ethtool_eeprom *eeprom, u8 *data)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	u32 byte, end = eeprom->offset + eeprom->len;
	u16 value = 0;
	int err = 0;

	eeprom->magic = nic->pdev->vendor | nic->pdev->device << 16;
	mutex_lock(&nic->hw_lock);
	for (byte = eeprom->offset; byte < end; byte++) {
		if (byte == eeprom->offset || !(byte & 1))
			err = nic->family->nvm_read(nic, byte / 2, &value);
		if (err)
			break;
		*data++ = byte & 1 ? value >> 8 : value;
	}
	mutex_unlock(&nic->hw_lock);
	return err;
}

/*
 * "ethtool --reset DEV mac": the MAC with its DMA engines, interrupts, filters
 * and offloads, which the chip has one reset for; the link stays. With "phy",
 * or "dedicated", the PHY negotiates again. Rings, program, sockets and
 * settings stay.
 */
static int gxdp_ethtool_reset(struct net_device *netdev, u32 *flags)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	int err = 0;

	if (!(*flags & (GXDP_RESET_MAC | ETH_RESET_PHY)))
		return -EOPNOTSUPP;
	if (!netif_running(netdev))
		return -ENETDOWN;
	if (*flags & ETH_RESET_PHY)
		err = gxdp_refuse_kept(nic, "a reset of the PHY");
	if (err)
		return err;
	if (*flags & GXDP_RESET_MAC) {
		nic->resets++;
		err = gxdp_config_restart(nic);
		if (err)
			gxdp_schedule_reset(nic);
	}
	if (!err && *flags & ETH_RESET_PHY) {
		mutex_lock(&nic->hw_lock);
		err = nic->family->link_restart(nic);
		mutex_unlock(&nic->hw_lock);
		schedule_work(&nic->link_work);
	}
	if (!err)
		*flags &= ~(GXDP_RESET_MAC | ETH_RESET_PHY);
	return err;
}

/* Rings and queues */

static bool gxdp_can_split(const struct gxdp_nic *nic)
{
	return GXDP_HAS_DATA_SPLIT && nic->family->flags & GXDP_F_SPLIT;
}

static void gxdp_get_ringparam(struct net_device *netdev, struct ethtool_ringparam *ring,
			       struct kernel_ethtool_ringparam *kernel_ring,
			       struct netlink_ext_ack *extack)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	ring->rx_max_pending = nic->family->ring_max;
	ring->tx_max_pending = nic->family->ring_max;
	ring->rx_pending = nic->cfg.rx_count;
	ring->tx_pending = nic->cfg.tx_count;
	if (gxdp_can_split(nic))
		kernel_ring->tcp_data_split = nic->cfg.split ? ETHTOOL_TCP_DATA_SPLIT_ENABLED :
							       ETHTOOL_TCP_DATA_SPLIT_DISABLED;
}

static bool gxdp_ring_size_ok(const struct gxdp_family *family, u32 count)
{
	return count >= family->ring_min && count <= family->ring_max &&
	       count % family->ring_step == 0;
}

/*
 * Headers are split off when that is asked for: "auto" is off. The chip does it whatever
 * a frame's length, so the only threshold is 0, which the core sees to.
 */
static int gxdp_set_ringparam(struct net_device *netdev, struct ethtool_ringparam *ring,
			      struct kernel_ethtool_ringparam *kernel_ring,
			      struct netlink_ext_ack *extack)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	struct gxdp_config next = nic->cfg;

	if (!gxdp_ring_size_ok(nic->family, ring->rx_pending) ||
	    !gxdp_ring_size_ok(nic->family, ring->tx_pending)) {
		NL_SET_ERR_MSG_MOD(extack, "a ring has a multiple of 8 descriptors, at least 64 (82540EM, 82545EM: 80) and at most what 'ethtool -g' shows");
		return -EINVAL;
	}
	next.split = gxdp_can_split(nic) &&
		     kernel_ring->tcp_data_split == ETHTOOL_TCP_DATA_SPLIT_ENABLED;
	if (ring->rx_pending == next.rx_count && ring->tx_pending == next.tx_count &&
	    next.split == nic->cfg.split)
		return 0;
	next.rx_count = ring->rx_pending;
	next.tx_count = ring->tx_pending;
	return gxdp_apply(nic, &next, extack);
}

static void gxdp_get_channels(struct net_device *netdev, struct ethtool_channels *ch)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	ch->max_combined = nic->max_pairs;
	ch->combined_count = nic->cfg.pairs;
}

/* The core has checked the limits, and that no AF_XDP queue would vanish. */
static int gxdp_set_channels(struct net_device *netdev, struct ethtool_channels *ch)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	struct gxdp_config next = nic->cfg;
	struct netlink_ext_ack why = {};
	int err;

	if (ch->combined_count == next.pairs)
		return 0;
	next.pairs = ch->combined_count;
	err = gxdp_apply(nic, &next, &why);
	if (err)	/* and this one gets no extack either */
		netdev_notice(netdev, "%u queue pair(s) refused: %s\n", next.pairs,
			      why._msg ?: "out of memory; the old ones go on");
	return err;
}

/* Interrupt spacing */

static int gxdp_get_coalesce(struct net_device *netdev, struct ethtool_coalesce *coal,
			     struct kernel_ethtool_coalesce *kernel_coal,
			     struct netlink_ext_ack *extack)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	coal->rx_coalesce_usecs = nic->itr_usecs;
	coal->use_adaptive_rx_coalesce = nic->adaptive;
	return 0;
}

/*
 * One vector serves both directions: rx-usecs spaces its interrupts, unless the spacing
 * follows the traffic. Of a request the driver sees what the settings are to be, not which
 * of them were named: a new value and adaptive spacing exclude each other, whether the
 * latter was asked for or is on already.
 */
static int gxdp_set_coalesce(struct net_device *netdev, struct ethtool_coalesce *coal,
			     struct kernel_ethtool_coalesce *kernel_coal,
			     struct netlink_ext_ack *extack)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	bool adaptive = coal->use_adaptive_rx_coalesce;
	u32 usecs = coal->rx_coalesce_usecs;

	if (adaptive && !GXDP_HAS_DIM) {
		NL_SET_ERR_MSG_MOD(extack, "interrupt spacing that follows the traffic needs a kernel with net DIM; set rx-usecs");
		return -EOPNOTSUPP;
	}
	if (adaptive && usecs != nic->itr_usecs) {
		NL_SET_ERR_MSG_MOD(extack, "rx-usecs means nothing while the spacing follows the traffic; say 'adaptive-rx off' with it");
		return -EINVAL;
	}
	if (usecs && usecs < nic->family->itr_min_usecs) {
		NL_SET_ERR_MSG_MOD(extack, "rx-usecs is below the chip's shortest spacing; 0 turns spacing off");
		return -EINVAL;
	}
	if (usecs > nic->family->itr_max_usecs) {
		NL_SET_ERR_MSG_MOD(extack, "rx-usecs is above the chip's longest spacing: 8191 on 82576, else 10000");
		return -EINVAL;
	}

	mutex_lock(&nic->hw_lock);
	nic->adaptive = adaptive;
	nic->itr_usecs = usecs;
	if (test_bit(GXDP_UP, &nic->flags))
		gxdp_moderation_write(nic);
	mutex_unlock(&nic->hw_lock);
	return 0;
}

/* RSS */

/**
 * gxdp_rss_default - spread the hash buckets evenly
 * @nic: device
 * @pairs: queue pairs in use
 */
void gxdp_rss_default(struct gxdp_nic *nic, unsigned int pairs)
{
	unsigned int i;

	for (i = 0; i < GXDP_RSS_TABLE_LEN; i++)
		nic->rss_table[i] = ethtool_rxfh_indir_default(i, pairs);
}

/**
 * gxdp_rss_follow - another number of queues: spread the buckets over these
 * @nic: device
 * @pairs: queue pairs that will be in use
 *
 * Control path. Only in memory, and not if the user has chosen a table: the core knows,
 * and has seen to it that such a one names no queue beyond.
 */
void gxdp_rss_follow(struct gxdp_nic *nic, unsigned int pairs)
{
	if (!netif_is_rxfh_configured(nic->netdev))
		gxdp_rss_default(nic, pairs);
}

static u32 gxdp_get_rx_ring_count(struct net_device *netdev)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	return nic->cfg.pairs;
}

static u32 gxdp_get_rxfh_indir_size(struct net_device *netdev)
{
	return GXDP_RSS_TABLE_LEN;
}

static u32 gxdp_get_rxfh_key_size(struct net_device *netdev)
{
	return GXDP_RSS_KEY_LEN;
}

static int gxdp_get_rxfh(struct net_device *netdev, struct ethtool_rxfh_param *rxfh)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	unsigned int i;

	rxfh->hfunc = ETH_RSS_HASH_TOP;
	if (rxfh->key)
		memcpy(rxfh->key, nic->rss_key, GXDP_RSS_KEY_LEN);
	if (rxfh->indir)
		for (i = 0; i < GXDP_RSS_TABLE_LEN; i++)
			rxfh->indir[i] = nic->rss_table[i];
	return 0;
}

static int gxdp_set_rxfh(struct net_device *netdev, struct ethtool_rxfh_param *rxfh,
			 struct netlink_ext_ack *extack)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	unsigned int i;

	if (rxfh->hfunc != ETH_RSS_HASH_NO_CHANGE && rxfh->hfunc != ETH_RSS_HASH_TOP)
		return gxdp_refuse(netdev, extack, -EOPNOTSUPP, "RSS settings",
				   "the chip hashes by Toeplitz only; use 'hfunc toeplitz'");
	for (i = 0; rxfh->indir && i < GXDP_RSS_TABLE_LEN; i++) {
		if (rxfh->indir[i] >= nic->cfg.pairs)
			return gxdp_refuse(netdev, extack, -EINVAL, "RSS settings",
					   "the table names a queue that is not in use; see 'ethtool -l'");
	}

	mutex_lock(&nic->hw_lock);
	if (rxfh->key)
		memcpy(nic->rss_key, rxfh->key, GXDP_RSS_KEY_LEN);
	for (i = 0; rxfh->indir && i < GXDP_RSS_TABLE_LEN; i++)
		nic->rss_table[i] = rxfh->indir[i];
	if (test_bit(GXDP_UP, &nic->flags))
		nic->family->rss(nic);
	mutex_unlock(&nic->hw_lock);
	return 0;
}

#define GXDP_RXH_IP		(RXH_IP_SRC | RXH_IP_DST)
#define GXDP_RXH_PORTS		(GXDP_RXH_IP | RXH_L4_B_0_1 | RXH_L4_B_2_3)

/* The GXDP_RSS_* bit of a flow type whose ports the hash may cover; else 0. */
static u8 gxdp_rss_flow(u32 flow_type)
{
	switch (flow_type) {
	case TCP_V4_FLOW:
		return GXDP_RSS_TCP4;
	case TCP_V6_FLOW:
		return GXDP_RSS_TCP6;
	case UDP_V4_FLOW:
		return GXDP_RSS_UDP4;
	case UDP_V6_FLOW:
		return GXDP_RSS_UDP6;
	default:
		return 0;
	}
}

/* What the hash covers: addresses, and the ports of some protocols, as set. */
static int gxdp_get_rxfh_fields(struct net_device *netdev, struct ethtool_rxfh_fields *fields)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	switch (fields->flow_type) {
	case TCP_V4_FLOW:
	case TCP_V6_FLOW:
	case UDP_V4_FLOW:
	case UDP_V6_FLOW:
	case SCTP_V4_FLOW:
	case SCTP_V6_FLOW:
	case AH_ESP_V4_FLOW:
	case AH_ESP_V6_FLOW:
	case IPV4_FLOW:
	case IPV6_FLOW:
		fields->data = nic->rss_ports & gxdp_rss_flow(fields->flow_type) ?
			       GXDP_RXH_PORTS : GXDP_RXH_IP;
		return 0;
	default:
		return -EINVAL;
	}
}

/*
 * TCP may be hashed without its ports, and so may UDP by the chips that can hash those.
 * Fragments have none, and go by their addresses: a flow of datagrams of which some
 * come in pieces arrives on two queues.
 */
static int gxdp_set_rxfh_fields(struct net_device *netdev,
				const struct ethtool_rxfh_fields *fields,
				struct netlink_ext_ack *extack)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	struct ethtool_rxfh_fields now = { .flow_type = fields->flow_type };
	u8 flow = gxdp_rss_flow(fields->flow_type);
	int err;

	err = gxdp_get_rxfh_fields(netdev, &now);
	if (err || fields->data == now.data)
		return err;
	if (!(nic->family->flags & GXDP_F_RSS_UDP))
		flow &= ~(GXDP_RSS_UDP4 | GXDP_RSS_UDP6);
	if (!flow || (fields->data != GXDP_RXH_IP && fields->data != GXDP_RXH_PORTS))
		return gxdp_refuse(netdev, extack, -EOPNOTSUPP, "RSS settings",
				   "the chip hashes addresses ('sd'), and with them the ports ('sdfn') of TCP, on 82576 also of UDP");
	mutex_lock(&nic->hw_lock);
	if (fields->data == GXDP_RXH_PORTS)
		nic->rss_ports |= flow;
	else
		nic->rss_ports &= ~flow;
	if (test_bit(GXDP_UP, &nic->flags))
		nic->family->rss(nic);
	mutex_unlock(&nic->hw_lock);
	return 0;
}

#define GXDP_ETHTOOL_OPS						\
	GXDP_COMPAT_NEEDS_RTNL						\
	.supported_coalesce_params = ETHTOOL_COALESCE_RX_USECS |	\
				     ETHTOOL_COALESCE_USE_ADAPTIVE_RX,	\
	.begin			= gxdp_begin,				\
	.complete		= gxdp_complete,			\
	.get_drvinfo		= gxdp_get_drvinfo,			\
	.get_msglevel		= gxdp_get_msglevel,			\
	.set_msglevel		= gxdp_set_msglevel,			\
	.get_regs_len		= gxdp_get_regs_len,			\
	.get_regs		= gxdp_get_regs,			\
	.set_phys_id		= gxdp_set_phys_id,			\
	.get_sset_count		= gxdp_get_sset_count,			\
	.get_strings		= gxdp_get_strings,			\
	.get_ethtool_stats	= gxdp_get_ethtool_stats,		\
	.self_test		= gxdp_self_test,			\
	.get_link		= ethtool_op_get_link,			\
	.get_link_ext_state	= gxdp_get_link_ext_state,		\
	.get_wol		= gxdp_get_wol,				\
	.set_wol		= gxdp_set_wol,				\
	.get_eeprom_len		= gxdp_get_eeprom_len,			\
	.get_eeprom		= gxdp_get_eeprom,			\
	.reset			= gxdp_ethtool_reset,			\
	.get_pause_stats	= gxdp_get_pause_stats,			\
	.get_eth_mac_stats	= gxdp_get_eth_mac_stats,		\
	.get_eth_ctrl_stats	= gxdp_get_eth_ctrl_stats,		\
	.get_rmon_stats		= gxdp_get_rmon_stats,			\
	.get_link_ksettings	= gxdp_get_link_ksettings,		\
	.set_link_ksettings	= gxdp_set_link_ksettings,		\
	.nway_reset		= gxdp_nway_reset,			\
	.get_pauseparam		= gxdp_get_pauseparam,			\
	.set_pauseparam		= gxdp_set_pauseparam,			\
	.get_ringparam		= gxdp_get_ringparam,			\
	.set_ringparam		= gxdp_set_ringparam,			\
	.get_channels		= gxdp_get_channels,			\
	.set_channels		= gxdp_set_channels,			\
	.get_coalesce		= gxdp_get_coalesce,			\
	.set_coalesce		= gxdp_set_coalesce,			\
	.get_ts_info		= gxdp_get_ts_info,

#define GXDP_ETHTOOL_RSS_OPS						\
	.get_rxfh_indir_size	= gxdp_get_rxfh_indir_size,		\
	.get_rxfh_key_size	= gxdp_get_rxfh_key_size,		\
	.get_rxfh		= gxdp_compat_get_rxfh,			\
	.set_rxfh		= gxdp_compat_set_rxfh,			\
	GXDP_COMPAT_RXFH_FIELDS						\
	GXDP_COMPAT_RXNFC

/* What a chip has nothing of is not shown and cannot be set. */
static const struct ethtool_ops gxdp_ethtool_ops_no_rss = {
	GXDP_ETHTOOL_OPS
};

static const struct ethtool_ops gxdp_ethtool_ops_rss = {
	GXDP_ETHTOOL_OPS
	GXDP_ETHTOOL_RSS_OPS
};

static const struct ethtool_ops gxdp_ethtool_ops_rss_split = {
	GXDP_ETHTOOL_OPS
	GXDP_ETHTOOL_RSS_OPS
	GXDP_COMPAT_SPLIT_PARAMS
};

/**
 * gxdp_ethtool_init - attach the callbacks
 * @netdev: device, not yet registered
 */
void gxdp_ethtool_init(struct net_device *netdev)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	if (nic->family->flags & GXDP_F_SPLIT)
		netdev->ethtool_ops = &gxdp_ethtool_ops_rss_split;
	else if (nic->family->flags & GXDP_F_RSS)
		netdev->ethtool_ops = &gxdp_ethtool_ops_rss;
	else
		netdev->ethtool_ops = &gxdp_ethtool_ops_no_rss;
}
