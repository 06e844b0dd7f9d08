// SPDX-License-Identifier: GPL-2.0
/*
 * The net_device: open and stop, addresses, MTU, features, link, watchdog.
 */
#include <linux/etherdevice.h>

#include "gxdp.h"
#include "health.h"
#include "compat/netdev.h"
#include "hw/family.h"
#include "hw/regs.h"
#include "path.h"
#include "pm.h"

#define GXDP_WATCHDOG_PERIOD	HZ
#define GXDP_HANG_LOOKS		3	/* of the watchdog: frames stuck so long hang */
#define GXDP_HANG_WAIT_MAX	(60L * HZ)	/* between resets that do not help */
#define GXDP_HANG_STREAK_MAX	6	/* 2^6 s are more than that */

/**
 * gxdp_lock - take the control path's locks, as the core does for us
 * @nic: device
 *
 * For work of our own that changes the configuration. Process context.
 */
void gxdp_lock(struct gxdp_nic *nic)
{
	rtnl_lock();
	netdev_lock_ops(nic->netdev);
}

/**
 * gxdp_unlock - undo gxdp_lock()
 * @nic: device
 */
void gxdp_unlock(struct gxdp_nic *nic)
{
	netdev_unlock_ops(nic->netdev);
	rtnl_unlock();
}

/* Link */

static void gxdp_link_report(struct gxdp_nic *nic, const struct gxdp_link *link)
{
	static const char * const pause[] = { "none", "rx", "tx", "rx/tx" };

	if (link->up)
		netdev_info(nic->netdev, "link up, %u Mb/s %s duplex, flow control %s\n",
			    link->speed, link->full_duplex ? "full" : "half",
			    pause[link->rx_pause | link->tx_pause << 1]);
	else
		netdev_info(nic->netdev, "link down\n");
}

/* A loop needs no partner: it is up as soon as it is set. */
static int gxdp_link_now(struct gxdp_nic *nic, struct gxdp_link *link)
{
	if (!nic->loopback)
		return nic->family->link_get(nic, link);
	link->up = true;
	link->speed = SPEED_1000;
	link->full_duplex = true;
	return 0;
}

/* One of those in use: the pairs', then XDP's own. Control path. */
static struct gxdp_tx *gxdp_tx_ring(struct gxdp_nic *nic, unsigned int i)
{
	return i < nic->cfg.pairs ? nic->pair[i]->tx : nic->xdp_rings.tx[i - nic->cfg.pairs];
}

/* What stands still with a link and without is not the same: counted from now on. */
static void gxdp_forget_stuck(struct gxdp_nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->cfg.pairs + nic->xdp_rings.count; i++)
		gxdp_tx_ring(nic, i)->stuck = 0;
}

/* hw_lock held */
static void gxdp_link_check(struct gxdp_nic *nic)
{
	struct gxdp_link link = {};

	if (!test_bit(GXDP_UP, &nic->flags) || gxdp_link_now(nic, &link))
		return;
	if (link.up && (!nic->link.up || memcmp(&link, &nic->link, sizeof(link))))
		nic->family->link_up(nic, &link);
	if (link.up != netif_carrier_ok(nic->netdev)) {
		gxdp_link_report(nic, &link);
		nic->link_changes++;
		gxdp_forget_stuck(nic);
		if (link.up) {
			netif_carrier_on(nic->netdev);
			/* AF_XDP frames have waited for it */
			gxdp_poll_pairs(nic, 0, nic->cfg.pairs);
		} else {
			netif_carrier_off(nic->netdev);
		}
	}
	nic->link = link;
}

/**
 * gxdp_link_work - look at the link: after a link interrupt, and after a reset
 * @work: nic->link_work
 *
 * A reset may have changed the PHY's settings; if so they are put right
 * here, where nobody waits for it.
 */
void gxdp_link_work(struct work_struct *work)
{
	struct gxdp_nic *nic = container_of(work, struct gxdp_nic, link_work);

	mutex_lock(&nic->hw_lock);
	if (test_bit(GXDP_UP, &nic->flags) && !gxdp_gone(nic)) {
		if (nic->loopback)
			nic->family->loopback(nic, true);
		else
			nic->family->link_start(nic);
		gxdp_link_check(nic);
	}
	mutex_unlock(&nic->hw_lock);
}

/**
 * gxdp_set_loopback - have the PHY send back what we send, or stop that
 * @nic: device
 * @on: on
 *
 * Control path; the device is up. Returns 0 or an errno; then it is off.
 */
int gxdp_set_loopback(struct gxdp_nic *nic, bool on)
{
	int err = 0;

	if (on && test_bit(GXDP_UP, &nic->flags))
		err = gxdp_refuse_kept(nic, "loopback");
	if (err)
		return err;
	mutex_lock(&nic->hw_lock);
	nic->loopback = on;
	if (test_bit(GXDP_UP, &nic->flags)) {
		err = nic->family->loopback(nic, on);
		if (err)
			nic->loopback = false;
		nic->link.up = false;	/* the MAC has to be told anew */
		gxdp_link_check(nic);
	}
	mutex_unlock(&nic->hw_lock);
	return err;
}

/* Watchdog and reset */

/**
 * gxdp_schedule_reset - have the chip reset, soon, from process context
 * @nic: device
 *
 * Any context. Program, sockets and settings are kept.
 */
void gxdp_schedule_reset(struct gxdp_nic *nic)
{
	if (!test_bit(GXDP_STOPPING, &nic->flags))
		mod_delayed_work(gxdp_system_wq, &nic->reset_work, 0);
}

/**
 * gxdp_reset_now - reset the chip and go on
 * @nic: device
 *
 * Process context; takes the control path's locks. Tries again in a second when it
 * fails, but for a device that is gone: without memory for a ring that is missing, or
 * with a chip that does not come out of reset, the queues are stopped meanwhile.
 *
 * Return: 0 or an errno.
 */
int gxdp_reset_now(struct gxdp_nic *nic)
{
	bool away;
	int err = 0;

	gxdp_lock(nic);
	away = test_bit(GXDP_AWAY, &nic->flags);
	if (netif_running(nic->netdev) && (netif_device_present(nic->netdev) || away) &&
	    !gxdp_gone(nic)) {
		set_bit(GXDP_RESETTING, &nic->flags);
		nic->resets++;
		err = gxdp_config_restart(nic);
		clear_bit(GXDP_RESETTING, &nic->flags);
		if (!err && away)
			gxdp_back(nic);
	}
	gxdp_unlock(nic);
	if (err && !gxdp_gone(nic) && !test_bit(GXDP_STOPPING, &nic->flags))
		schedule_delayed_work(&nic->reset_work, HZ);
	return err;
}

/**
 * gxdp_reset_work - reset the chip, after telling devlink why
 * @work: nic->reset_work
 */
void gxdp_reset_work(struct work_struct *work)
{
	struct gxdp_nic *nic = container_of(work, struct gxdp_nic, reset_work.work);

	/* one that was asked for as the device goes finds no reporters any more */
	if (test_bit(GXDP_STOPPING, &nic->flags))
		return;
	if (test_and_clear_bit(GXDP_HUNG, &nic->flags))
		gxdp_health_report(nic, true, "transmit hang");
	else if (test_and_clear_bit(GXDP_STARVED, &nic->flags))
		gxdp_health_report(nic, false, "no memory for a receive ring");
	else if (!gxdp_reset_now(nic))
		gxdp_health_mended(nic);
}

/*
 * A transmitter stands still: have it reset. A reset that no frame leaves after has not
 * helped. Then the next comes ever later, a minute at the most, and only the first of
 * them is told.
 */
static void gxdp_hang(struct gxdp_nic *nic, struct gxdp_tx *tx)
{
	const char *what = tx->txq ? "queue" : "a ring of XDP's, pair";

	if (nic->hang_streak && time_before(jiffies, nic->hang_retry))
		return;
	if (time_after(jiffies, nic->hang_retry + GXDP_HANG_WAIT_MAX))
		nic->hang_streak = 0;	/* long ago: this is another one */
	if (!nic->hang_streak)
		netdev_err(nic->netdev,
			   "transmit hang on %s %u: clean %u, next %u, told %u, head %u, tail %u; resetting\n",
			   what, tx->pair->index, tx->ntc, tx->ntu, tx->rung,
			   readl(tx->tail - (GX_TDT(0) - GX_TDH(0))), readl(tx->tail));
	else if (nic->hang_streak == 1)
		netdev_err(nic->netdev,
			   "%s %u still hangs, nothing has left since the reset: tried again ever less often, and told no more\n",
			   what, tx->pair->index);
	if (nic->hang_streak < GXDP_HANG_STREAK_MAX)
		nic->hang_streak++;
	nic->hang_retry = jiffies + min((long)HZ << nic->hang_streak, GXDP_HANG_WAIT_MAX);
	nic->tx_hangs++;
	tx->hung = true;
	set_bit(GXDP_HUNG, &nic->flags);
	gxdp_schedule_reset(nic);
}

/*
 * Frames wait, and for so many looks none has left: the transmitter hangs. (What has left,
 * and nobody takes back, is gxdp_check_irqs()'s.)
 */
static bool gxdp_tx_hangs(struct gxdp_nic *nic, struct gxdp_tx *tx)
{
	u32 cleaned = READ_ONCE(tx->cleaned);
	bool moved = cleaned != tx->stuck_cleaned;

	tx->stuck_cleaned = cleaned;
	if (moved && tx->hung) {
		tx->hung = false;
		nic->hang_streak = 0;
	}
	if (moved || gxdp_tx_drained(tx) || gxdp_tx_waits(tx) ||
	    rd32(nic, GX_STATUS) & GX_STATUS_TXOFF) {
		tx->stuck = 0;
		return false;
	}
	if (tx->stuck < GXDP_HANG_LOOKS)
		tx->stuck++;
	return tx->stuck == GXDP_HANG_LOOKS;
}

static void gxdp_check_hang(struct gxdp_nic *nic)
{
	const bool carrier = netif_carrier_ok(nic->netdev);
	struct gxdp_tx *hung = NULL;
	unsigned int i;

	if ((!carrier && nic->loopback) || gxdp_gone(nic))
		return;
	for (i = 0; i < nic->cfg.pairs + nic->xdp_rings.count; i++) {
		struct gxdp_tx *tx = gxdp_tx_ring(nic, i);

		if (!gxdp_tx_hangs(nic, tx))
			continue;
		hung = hung ?: tx;
		if (!carrier)
			continue;
		tx->hung = true;
		if (tx->txq)
			txq_trans_cond_update(tx->txq);	/* the core need not find it, too */
	}
	if (!hung)
		return;
	if (carrier)
		gxdp_hang(nic, hung);
	else	/* chips stop sending without a link: nothing stale is to leave when it returns */
		gxdp_schedule_reset(nic);
}

/* What the pair's poll has taken back from its transmit rings */
static u32 gxdp_pair_cleaned(const struct gxdp_pair *pair)
{
	u32 cleaned = READ_ONCE(pair->tx->cleaned);
	const struct gxdp_tx *tx;

	for (tx = pair->xdp_tx; tx; tx = tx->next)
		cleaned += READ_ONCE(tx->cleaned);
	return cleaned;
}

/* Is a poll to come that no interrupt has to ask for? */
static bool gxdp_poll_due(const struct gxdp_pair *pair)
{
	return test_bit(NAPI_STATE_SCHED, &pair->napi.state) || hrtimer_active(&pair->napi.timer);
}

/* Has the chip received or sent something that the pair's poll has not taken? */
static bool gxdp_pair_waits(const struct gxdp_pair *pair)
{
	bool waits = pair->nic->family->path->rx_waits(pair->rx) || gxdp_tx_waits(pair->tx);
	const struct gxdp_tx *tx;

	for (tx = pair->xdp_tx; tx && !waits; tx = tx->next)
		waits = gxdp_tx_waits(tx);
	return waits;
}

/*
 * Frames wait that the chip is done with, and have for a second, in which there was no
 * interrupt and no poll took any: one has been lost. Where none wait, a queue that has been
 * quiet for so long is polled all the same, which also lets it interrupt again.
 */
static void gxdp_check_irq(struct gxdp_pair *pair)
{
	u64 packets = READ_ONCE(pair->rx_counts.packets);
	struct gxdp_nic *nic = pair->nic;
	u32 cleaned = gxdp_pair_cleaned(pair);
	u32 irqs = READ_ONCE(pair->irqs);
	bool quiet, waits;

	quiet = irqs == pair->irqs_seen && packets == pair->packets_seen &&
		cleaned == pair->cleaned_seen && !gxdp_poll_due(pair);
	waits = quiet && gxdp_pair_waits(pair);
	pair->irqs_seen = irqs;
	pair->packets_seen = packets;
	pair->cleaned_seen = cleaned;
	if (waits && !pair->waits_seen) {
		pair->waits_seen = true;	/* the interrupt may be on its way */
		return;
	}
	pair->waits_seen = false;
	if (waits && !nic->irq_lost++)
		netdev_warn(nic->netdev, "queue %u had frames and no interrupt: looked, from now on counted as irq_lost\n",
			    pair->index);
	if (quiet)
		gxdp_poll_now(pair);
}

static void gxdp_check_irqs(struct gxdp_nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->cfg.pairs; i++)
		gxdp_check_irq(nic->pair[i]);
}

/**
 * gxdp_watchdog - once a second: link, transmit hangs, statistics
 * @work: nic->watchdog
 */
void gxdp_watchdog(struct work_struct *work)
{
	struct gxdp_nic *nic = container_of(work, struct gxdp_nic, watchdog.work);
	bool gone;

	mutex_lock(&nic->hw_lock);
	if (test_bit(GXDP_UP, &nic->flags) && !gxdp_gone(nic)) {
		gxdp_link_check(nic);
		if (nic->family->link_watch)
			nic->family->link_watch(nic);
		gxdp_check_irqs(nic);
		gxdp_check_hang(nic);
		gxdp_ptp_check(nic);
		gxdp_stats_update_hw(nic);
	}
	gone = test_bit(GXDP_GONE, &nic->flags);
	if (gone)
		netif_carrier_off(nic->netdev);	/* or the stack waits for frames to leave */
	mutex_unlock(&nic->hw_lock);
	if (!gone)
		schedule_delayed_work(&nic->watchdog, GXDP_WATCHDOG_PERIOD);
}

static void gxdp_tx_timeout(struct net_device *netdev, unsigned int queue)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	struct gxdp_tx *tx;

	/* queues of no pair are there where there are few vectors */
	if (queue >= nic->max_pairs || gxdp_gone(nic))
		return;
	tx = READ_ONCE(nic->pair[queue]->tx);
	/* one that is stopped for want of something is no hang */
	if (tx && test_bit(GXDP_UP, &nic->flags))
		gxdp_hang(nic, tx);
	else
		gxdp_schedule_reset(nic);
}

/*
 * A packet buffer that is small beside long frames overflows while the CPU takes its time
 * to wake up: as long as such frames may come, no state of the CPU that takes longer than
 * the buffer has room for at a gigabit. Control path.
 */
static void gxdp_mind_latency(struct gxdp_nic *nic, bool up)
{
	u32 buffer = nic->family->rx_buffer_kib * 1024;
	u32 frame = gxdp_frame_limit(&nic->cfg) + ETH_FCS_LEN;

	if (cpu_latency_qos_request_active(&nic->latency))
		cpu_latency_qos_remove_request(&nic->latency);
	if (up && nic->cfg.mtu > ETH_DATA_LEN && buffer > frame)
		cpu_latency_qos_add_request(&nic->latency, (buffer - frame) * 8 / 1000);
}

/* Open and stop */

/**
 * gxdp_open - ndo_open
 * @netdev: device
 */
int gxdp_open(struct net_device *netdev)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	int err;

	err = gxdp_wake(nic);	/* until gxdp_stop() */
	if (err)
		return err;
	err = -ENODEV;
	if (gxdp_gone(nic))
		goto err_sleep;
	netif_carrier_off(netdev);
	nic->link.up = false;
	nic->family->own(nic, true);
	err = gxdp_config_up(nic);
	if (err)
		goto err_own;
	gxdp_mind_latency(nic, true);
	schedule_delayed_work(&nic->watchdog, GXDP_WATCHDOG_PERIOD);
	return 0;

err_own:
	nic->family->own(nic, false);
err_sleep:
	gxdp_may_sleep(nic);
	return err;
}

/**
 * gxdp_stop - ndo_stop
 * @netdev: device
 */
int gxdp_stop(struct net_device *netdev)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	cancel_delayed_work_sync(&nic->watchdog);
	gxdp_config_down(nic);
	gxdp_mind_latency(nic, false);
	cancel_work_sync(&nic->link_work);
	netif_carrier_off(netdev);
	nic->link.up = false;
	if (!gxdp_gone(nic)) {
		gxdp_stats_update_hw(nic);
		nic->family->own(nic, false);
	}
	if (test_bit(GXDP_AWAY, &nic->flags))
		gxdp_back(nic);		/* coming up is another attempt */
	gxdp_may_sleep(nic);
	return 0;
}

/* Addresses and filters */

static int gxdp_set_rx_mode(struct net_device *netdev, struct netdev_hw_addr_list *uc,
			    struct netdev_hw_addr_list *mc)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	/* one that is down or parked may be asleep; it is told when it comes up */
	if (netif_running(netdev) && netif_device_present(netdev))
		nic->family->rx_mode(nic, uc, mc);
	return 0;
}

static int gxdp_set_mac_address(struct net_device *netdev, void *addr)
{
	struct sockaddr *sa = addr;

	if (!is_valid_ether_addr(sa->sa_data))
		return -EADDRNOTAVAIL;
	netif_addr_lock_bh(netdev);
	eth_hw_addr_set(netdev, sa->sa_data);
	gxdp_set_rx_mode(netdev, &netdev->uc, &netdev->mc);
	netif_addr_unlock_bh(netdev);
	return 0;
}

static void gxdp_vlan_write(struct gxdp_nic *nic, u16 vid)
{
	mutex_lock(&nic->hw_lock);
	if (test_bit(GXDP_UP, &nic->flags))
		nic->family->vlan_filter(nic, vid);
	mutex_unlock(&nic->hw_lock);
}

static int gxdp_vlan_add(struct net_device *netdev, __be16 proto, u16 vid)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	set_bit(vid, nic->vlans);
	gxdp_vlan_write(nic, vid);
	return 0;
}

static int gxdp_vlan_kill(struct net_device *netdev, __be16 proto, u16 vid)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	clear_bit(vid, nic->vlans);
	gxdp_vlan_write(nic, vid);
	return 0;
}

/* MTU and features */

static int gxdp_change_mtu(struct net_device *netdev, int mtu)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	struct gxdp_config next = nic->cfg;
	struct netlink_ext_ack why = {};
	int err;

	next.mtu = mtu;
	err = gxdp_apply(nic, &next, &why);
	if (err) {
		/* the core passes no extack down to here */
		netdev_notice(netdev, "MTU %d refused: %s\n", mtu,
			      why._msg ?: "out of memory; the old one stays");
		return err;
	}
	WRITE_ONCE(netdev->mtu, mtu);
	gxdp_mind_latency(nic, netif_running(netdev));
	return 0;
}

/* One bit of the chip's (CTRL.VME) turns on stripping and insertion alike. */
static netdev_features_t gxdp_fix_features(struct net_device *netdev, netdev_features_t features)
{
	if (features & NETIF_F_HW_VLAN_CTAG_RX)
		return features | NETIF_F_HW_VLAN_CTAG_TX;
	return features & ~NETIF_F_HW_VLAN_CTAG_TX;
}

static int gxdp_set_features(struct net_device *netdev, netdev_features_t features)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	int err = 0;

	if (!!(features & NETIF_F_LOOPBACK) != nic->loopback)
		err = gxdp_set_loopback(nic, features & NETIF_F_LOOPBACK);
	if (err)
		features &= ~NETIF_F_LOOPBACK;
	mutex_lock(&nic->hw_lock);
	netdev->features = features;
	if (test_bit(GXDP_UP, &nic->flags)) {
		nic->family->offloads(nic);
		if (nic->family->rss)
			nic->family->rss(nic);
	}
	mutex_unlock(&nic->hw_lock);
	return err ?: 1;	/* we have set netdev->features */
}

/*
 * The callbacks that are the same for every family, around the two that are a
 * data path's.
 */
#define GXDP_NETDEV_OPS(start_xmit, xdp_xmit) {				\
	.ndo_open		= gxdp_open,					\
	.ndo_stop		= gxdp_stop,				\
	.ndo_features_check	= gxdp_features_check,			\
	.ndo_get_stats64	= gxdp_stats64,				\
	GXDP_COMPAT_SET_RX_MODE						\
	.ndo_set_mac_address	= gxdp_set_mac_address,			\
	.ndo_validate_addr	= eth_validate_addr,			\
	.ndo_change_mtu		= gxdp_change_mtu,			\
	.ndo_fix_features	= gxdp_fix_features,			\
	.ndo_set_features	= gxdp_set_features,			\
	.ndo_vlan_rx_add_vid	= gxdp_vlan_add,			\
	.ndo_vlan_rx_kill_vid	= gxdp_vlan_kill,			\
	.ndo_tx_timeout		= gxdp_tx_timeout,			\
	.ndo_bpf		= gxdp_bpf,				\
	.ndo_xsk_wakeup		= gxdp_xsk_wakeup,			\
	GXDP_NDO_HWTSTAMP,						\
	.ndo_start_xmit		= start_xmit,				\
	.ndo_xdp_xmit		= xdp_xmit,				\
}

static const struct net_device_ops gxdp_netdev_ops_8254x =
	GXDP_NETDEV_OPS(gxdp_start_xmit_8254x, gxdp_xdp_xmit_8254x);

const struct gxdp_path gxdp_path_8254x = {
	.poll		= gxdp_poll_8254x,
	.rx_waits	= gxdp_rx_waits_8254x,
	.flush_pending	= gxdp_xdp_flush_8254x,
	.netdev_ops	= &gxdp_netdev_ops_8254x,
	.hints		= &gxdp_xdp_hints_8254x,
};

static const struct net_device_ops gxdp_netdev_ops_82574 =
	GXDP_NETDEV_OPS(gxdp_start_xmit_82574, gxdp_xdp_xmit_82574);

const struct gxdp_path gxdp_path_82574 = {
	.poll		= gxdp_poll_82574,
	.rx_waits	= gxdp_rx_waits_82574,
	.flush_pending	= gxdp_xdp_flush_82574,
	.netdev_ops	= &gxdp_netdev_ops_82574,
	.hints		= &gxdp_xdp_hints_82574,
};

static const struct net_device_ops gxdp_netdev_ops_82576 =
	GXDP_NETDEV_OPS(gxdp_start_xmit_82576, gxdp_xdp_xmit_82576);

const struct gxdp_path gxdp_path_82576 = {
	.poll		= gxdp_poll_82576,
	.rx_waits	= gxdp_rx_waits_82574,
	.flush_pending	= gxdp_xdp_flush_82576,
	.netdev_ops	= &gxdp_netdev_ops_82576,
	.hints		= &gxdp_xdp_hints_82574,
};

static void gxdp_init_features(struct gxdp_nic *nic)
{
	struct net_device *netdev = nic->netdev;
	netdev_features_t f = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_RXCSUM |
			      NETIF_F_HW_VLAN_CTAG_FILTER;
	netdev_features_t highdma = nic->family->flags & GXDP_F_DMA32 ? 0 : NETIF_F_HIGHDMA;

	if (nic->family->flags & GXDP_F_TSO)
		f |= NETIF_F_TSO;
	if (nic->family->flags & GXDP_F_TSO6)
		f |= NETIF_F_TSO6;
	if (nic->family->flags & GXDP_F_SCTP)
		f |= NETIF_F_SCTP_CRC;
	if (nic->family->flags & GXDP_F_RSS && nic->irq_mode == GXDP_IRQ_MSIX)
		f |= NETIF_F_RXHASH;
	netdev->features = f | highdma;
	/* stripping hides the tag from programs and sockets: off unless asked */
	netdev->hw_features = f | NETIF_F_HW_VLAN_CTAG_RX | NETIF_F_HW_VLAN_CTAG_TX;
	if (nic->family->loopback)
		netdev->hw_features |= NETIF_F_LOOPBACK;
	netdev->vlan_features = f & (NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_TSO | NETIF_F_TSO6);
	netdev->vlan_features |= highdma;
	netdev->priv_flags |= IFF_UNICAST_FLT;
}

/**
 * gxdp_netdev_init - fill in a net_device before it is registered
 * @nic: identified, vectors allocated
 *
 * Returns 0 or an errno.
 */
int gxdp_netdev_init(struct gxdp_nic *nic)
{
	struct net_device *netdev = nic->netdev;

	nic->cfg.pairs = min(nic->max_pairs, num_online_cpus());
	nic->cfg.rx_count = GXDP_DEFAULT_RING;
	nic->cfg.tx_count = GXDP_DEFAULT_RING;
	nic->cfg.mtu = netdev->mtu;
	nic->itr_usecs = GXDP_DEFAULT_ITR_USECS;
	nic->adaptive = nic->family->flags & GXDP_F_ADAPTIVE && GXDP_HAS_DIM;
	netdev_rss_key_fill(nic->rss_key, sizeof(nic->rss_key));
	gxdp_rss_default(nic, nic->cfg.pairs);
	nic->rss_ports = GXDP_RSS_TCP4 | GXDP_RSS_TCP6;
	if (nic->family->flags & GXDP_F_RSS_UDP)
		nic->rss_ports |= GXDP_RSS_UDP4 | GXDP_RSS_UDP6;

	netdev->netdev_ops = nic->family->path->netdev_ops;
	netdev->watchdog_timeo = 5 * HZ;
	netdev->min_mtu = ETH_MIN_MTU;
	netdev->max_mtu = nic->family->max_mtu;
	gxdp_request_ops_lock(netdev);
	eth_hw_addr_set(netdev, nic->perm_addr);
	memcpy(netdev->perm_addr, nic->perm_addr, ETH_ALEN);
	gxdp_init_features(nic);
	gxdp_ethtool_init(netdev);
	gxdp_stats_init(netdev);
	gxdp_queue_init(netdev);
	gxdp_xdp_init(nic);
	netif_carrier_off(netdev);
	return netif_set_real_num_queues(netdev, nic->cfg.pairs, nic->cfg.pairs);
}
