// SPDX-License-Identifier: GPL-2.0
/*
 * PTP: the chip's clock (82574L, 82576), and when frames left and came (82576).
 *
 * That has one latch for each direction, no stamp in each descriptor: it
 * remembers when one frame passed, and nothing more until that has been read.
 * So of transmitted frames one at a time can be stamped, the stack's or an
 * AF_XDP socket's (one that asks meanwhile goes without, and is counted), and
 * of received ones only PTP's event messages, as many as are read in time. For
 * the same reason XDP programs get no stamp: reading the latch would take it
 * from the stack.
 *
 * The counter runs in fractions of a nanosecond that are the family's; the kernel's
 * timecounter makes time of it.
 *
 * Locks: ptp->lock around the timecounter; hw_lock around a change of what is
 * stamped, and around what the clock is asked or told, which a reset of the chip must
 * not come between: it sets the counter back.
 */
#include <linux/ptp_classify.h>
#include <linux/ptp_clock_kernel.h>

#include "gxdp.h"
#include "hw/family.h"
#include "hw/regs.h"
#include "pm.h"

/* Half of what the counter counts before it wraps is 4.8 hours; 82574L's twice that. */
#define GXDP_PTP_READ_EVERY	(8 * 60 * HZ)
#define GXDP_PTP_TX_WAIT	(HZ / 2)

static struct gxdp_nic *gxdp_ptp_nic(struct ptp_clock_info *info)
{
	return container_of(info, struct gxdp_nic, ptp.info);
}

static u64 gxdp_ptp_read(gxdp_cyclecounter_arg *cc)
{
	const struct gxdp_nic *nic = container_of(cc, struct gxdp_nic, ptp.cc);

	return nic->family->clock_read(nic, NULL);
}

static bool gxdp_ptp_stamps(const struct gxdp_nic *nic)
{
	return nic->ptp.clock && nic->family->flags & GXDP_F_STAMPS;
}

/* The chip is awake, and the counter runs, until gxdp_ptp_unlock(). */
static int gxdp_ptp_lock(struct gxdp_nic *nic)
{
	int err = gxdp_wake(nic);

	if (err)
		return err;
	mutex_lock(&nic->hw_lock);
	/* a bus error, or a reset of the function, is not over yet */
	if (!test_bit(GXDP_ASLEEP, &nic->flags) && !gxdp_gone(nic))
		return 0;
	mutex_unlock(&nic->hw_lock);
	gxdp_may_sleep(nic);
	return -ENODEV;
}

static void gxdp_ptp_unlock(struct gxdp_nic *nic)
{
	mutex_unlock(&nic->hw_lock);
	gxdp_may_sleep(nic);
}

static int gxdp_ptp_adjfine(struct ptp_clock_info *info, long scaled_ppm)
{
	struct gxdp_nic *nic = gxdp_ptp_nic(info);
	u64 inc = gxdp_adjust_by_scaled_ppm(nic->family->clock_inc, scaled_ppm);
	int err;

	err = gxdp_ptp_lock(nic);
	if (err)
		return err;
	nic->ptp.inc = inc & GX_TIMINCA_VALUE;
	wr32(nic, GX_TIMINCA, GX_TIMINCA_EACH | nic->ptp.inc);
	gxdp_ptp_unlock(nic);
	return 0;
}

static int gxdp_ptp_adjtime(struct ptp_clock_info *info, s64 delta)
{
	struct gxdp_nic *nic = gxdp_ptp_nic(info);
	unsigned long flags;
	int err;

	err = gxdp_ptp_lock(nic);
	if (err)
		return err;
	spin_lock_irqsave(&nic->ptp.lock, flags);
	timecounter_adjtime(&nic->ptp.tc, delta);
	spin_unlock_irqrestore(&nic->ptp.lock, flags);
	gxdp_ptp_remember(nic);	/* it has to outlive one without a warning */
	gxdp_ptp_unlock(nic);
	return 0;
}

static int gxdp_ptp_gettimex(struct ptp_clock_info *info, struct timespec64 *ts,
			     struct ptp_system_timestamp *sts)
{
	struct gxdp_nic *nic = gxdp_ptp_nic(info);
	unsigned long flags;
	int err;
	u64 ns;

	err = gxdp_ptp_lock(nic);
	if (err)
		return err;
	spin_lock_irqsave(&nic->ptp.lock, flags);
	ns = timecounter_cyc2time(&nic->ptp.tc, nic->family->clock_read(nic, sts));
	spin_unlock_irqrestore(&nic->ptp.lock, flags);
	gxdp_ptp_unlock(nic);
	*ts = ns_to_timespec64(ns);
	return 0;
}

static int gxdp_ptp_settime(struct ptp_clock_info *info, const struct timespec64 *ts)
{
	struct gxdp_nic *nic = gxdp_ptp_nic(info);
	unsigned long flags;
	int err;

	err = gxdp_ptp_lock(nic);
	if (err)
		return err;
	spin_lock_irqsave(&nic->ptp.lock, flags);
	timecounter_init(&nic->ptp.tc, &nic->ptp.cc, timespec64_to_ns(ts));
	spin_unlock_irqrestore(&nic->ptp.lock, flags);
	gxdp_ptp_remember(nic);	/* it has to outlive one without a warning */
	gxdp_ptp_unlock(nic);
	return 0;
}

/*
 * Read now and then, so that no wrap of the counter is missed, and so that the time is
 * known when the chip loses it without a warning; not while asleep. hw_lock is not
 * waited for: gxdp_ptp_sleep() has it, and waits for this.
 */
static long gxdp_ptp_work(struct ptp_clock_info *info)
{
	struct gxdp_nic *nic = gxdp_ptp_nic(info);

	if (!mutex_trylock(&nic->hw_lock))
		return HZ;
	gxdp_ptp_remember(nic);
	mutex_unlock(&nic->hw_lock);
	return GXDP_PTP_READ_EVERY;
}

static u64 gxdp_ptp_ns(struct gxdp_nic *nic, u32 low, u32 high)
{
	unsigned long flags;
	u64 ns;

	spin_lock_irqsave(&nic->ptp.lock, flags);
	ns = timecounter_cyc2time(&nic->ptp.tc, (u64)high << 32 | low);
	spin_unlock_irqrestore(&nic->ptp.lock, flags);
	return ns;
}

/**
 * gxdp_ptp_rx - the chip stamped this frame
 * @nic: device
 * @skb: frame, on its way up
 *
 * NAPI context. Reading the latch's last register frees it. A frame that goes another
 * way than the stack's leaves it taken; see gxdp_ptp_check().
 */
void gxdp_ptp_rx(struct gxdp_nic *nic, struct sk_buff *skb)
{
	u32 low, high;

	if (!gxdp_ptp_stamps(nic) || !(rd32(nic, GX_TSYNCRXCTL) & GX_TSYNC_VALID))
		return;
	low = rd32(nic, GX_RXSTMPL);
	high = rd32(nic, GX_RXSTMPH);
	rd32(nic, GX_RXSATRH);
	skb_hwtstamps(skb)->hwtstamp = ns_to_ktime(gxdp_ptp_ns(nic, low, high));
}

/**
 * gxdp_ptp_check - free the receive latch if nobody comes for its stamp
 * @nic: device, up; hw_lock held
 *
 * Once a second. Frames that a program or a socket has taken, and those for which
 * there was no room, never reach gxdp_ptp_rx(). A stamp that is still there a second later
 * is one of theirs.
 */
void gxdp_ptp_check(struct gxdp_nic *nic)
{
	u64 held;

	if (!gxdp_ptp_stamps(nic) || !(rd32(nic, GX_TSYNCRXCTL) & GX_TSYNC_VALID)) {
		nic->ptp.rx_held = 0;
		return;
	}
	held = BIT_ULL(32) | rd32(nic, GX_RXSTMPL);
	if (held == nic->ptp.rx_held) {
		rd32(nic, GX_RXSTMPH);
		rd32(nic, GX_RXSATRH);
		held = 0;
	}
	nic->ptp.rx_held = held;
}

/* The chip remembers one frame: may this be it? */
static bool gxdp_ptp_tx_take(struct gxdp_nic *nic)
{
	if (!gxdp_ptp_stamps(nic) || nic->ptp.config.tx_type != HWTSTAMP_TX_ON)
		return false;
	if (test_and_set_bit_lock(0, &nic->ptp.tx_taken)) {
		nic->ptp.tx_busy++;
		return false;
	}
	nic->ptp.tx_since = jiffies;
	/* the stamp of one that was given up, and has left after all, is not this one's */
	if (rd32(nic, GX_TSYNCTXCTL) & GX_TSYNC_VALID)
		rd32(nic, GX_TXSTMPH);
	return true;
}

static void gxdp_ptp_tx_give_back(struct gxdp_nic *nic)
{
	WRITE_ONCE(nic->ptp.tx_skb, NULL);
	WRITE_ONCE(nic->ptp.tx_pair, NULL);
	clear_bit_unlock(0, &nic->ptp.tx_taken);
}

/**
 * gxdp_ptp_tx_claim - this frame asks when it leaves: can it be told?
 * @nic: device
 * @skb: frame, about to be queued
 *
 * Under the _xmit_lock of the frame's queue. True: the frame is to be marked
 * for the chip; gxdp_ptp_tx_work() delivers.
 */
bool gxdp_ptp_tx_claim(struct gxdp_nic *nic, struct sk_buff *skb)
{
	if (!gxdp_ptp_tx_take(nic))
		return false;
	skb_shinfo(skb)->tx_flags |= SKBTX_IN_PROGRESS;
	/* pairs with the acquire in gxdp_ptp_tx_work() */
	smp_store_release(&nic->ptp.tx_skb, skb_get(skb));
	schedule_delayed_work(&nic->ptp.tx_work, 1);
	return true;
}

/* Whoever takes it away may use it, and gives the latch back. */
static bool gxdp_ptp_tx_take_away(struct gxdp_nic *nic, struct sk_buff *skb)
{
	return cmpxchg(&nic->ptp.tx_skb, skb, NULL) == skb;
}

/**
 * gxdp_ptp_tx_unclaim - undo gxdp_ptp_tx_claim(), if that was for this frame
 * @nic: device
 * @skb: frame, which could not be queued; the caller has a reference of its own
 *
 * Under the _xmit_lock of the frame's queue.
 */
void gxdp_ptp_tx_unclaim(struct gxdp_nic *nic, struct sk_buff *skb)
{
	if (!gxdp_ptp_tx_take_away(nic, skb))
		return;
	gxdp_ptp_tx_give_back(nic);
	dev_kfree_skb_any(skb);
}

/**
 * gxdp_ptp_tx_claim_xsk - the same for a frame of an AF_XDP socket
 * @pair: whose transmit ring it is about to enter
 * @compl: where the time shall be written
 *
 * Under the _xmit_lock of the frame's queue. True: the frame is to be marked
 * for the chip, and its batch of the ring as GXDP_TX_XSK_STAMP.
 */
bool gxdp_ptp_tx_claim_xsk(struct gxdp_pair *pair, const struct xsk_tx_metadata_compl *compl)
{
	struct gxdp_nic *nic = pair->nic;

	if (!gxdp_ptp_tx_take(nic))
		return false;
	nic->ptp.tx_compl = *compl;
	WRITE_ONCE(nic->ptp.tx_pair, pair);
	schedule_delayed_work(&nic->ptp.tx_work, 1);
	return true;
}

/**
 * gxdp_ptp_tx_xsk_done - has the AF_XDP socket's frame left that is remembered?
 * @nic: device
 * @lost: it will never
 *
 * NAPI context of the pair that claimed, or control path with that disabled.
 * False: not yet; its batch cannot be completed, and gxdp_ptp_tx_work() polls
 * again. Otherwise the application has its time, or 0, when it could not be had.
 */
bool gxdp_ptp_tx_xsk_done(struct gxdp_nic *nic, bool lost)
{
	bool late = !time_before(jiffies, nic->ptp.tx_since + GXDP_PTP_TX_WAIT);
	u64 ns = 0;

	if (!lost && !gxdp_gone(nic) && rd32(nic, GX_TSYNCTXCTL) & GX_TSYNC_VALID) {
		u32 low = rd32(nic, GX_TXSTMPL), high = rd32(nic, GX_TXSTMPH);

		ns = gxdp_ptp_ns(nic, low, high);
	} else if (lost || late) {
		nic->ptp.tx_lost++;
	} else {
		return false;
	}
	gxdp_xsk_stamp(nic->netdev, &nic->ptp.tx_compl, ns);
	gxdp_ptp_tx_give_back(nic);
	return true;
}

static void gxdp_ptp_tx_deliver(struct gxdp_nic *nic, struct sk_buff *skb)
{
	struct skb_shared_hwtstamps stamps = {};
	u32 low = rd32(nic, GX_TXSTMPL), high = rd32(nic, GX_TXSTMPH);

	stamps.hwtstamp = ns_to_ktime(gxdp_ptp_ns(nic, low, high));
	/* the next frame may claim the latch before the application asks */
	gxdp_ptp_tx_give_back(nic);
	skb_tstamp_tx(skb, &stamps);
	dev_kfree_skb_any(skb);
}

/* Has it left? The frame may wait in its ring; a reset may have lost it. */
static void gxdp_ptp_tx_work(struct work_struct *work)
{
	struct gxdp_nic *nic = container_of(work, struct gxdp_nic, ptp.tx_work.work);
	/* pairs with the release in gxdp_ptp_tx_claim() */
	struct sk_buff *skb = smp_load_acquire(&nic->ptp.tx_skb);
	struct gxdp_pair *pair = READ_ONCE(nic->ptp.tx_pair);

	if (pair) {
		gxdp_poll_now(pair);
		schedule_delayed_work(&nic->ptp.tx_work, 1);
	}
	if (!skb)
		return;
	if (!gxdp_gone(nic) && rd32(nic, GX_TSYNCTXCTL) & GX_TSYNC_VALID) {
		if (gxdp_ptp_tx_take_away(nic, skb))
			gxdp_ptp_tx_deliver(nic, skb);
		return;
	}
	if (time_before(jiffies, nic->ptp.tx_since + GXDP_PTP_TX_WAIT)) {
		schedule_delayed_work(&nic->ptp.tx_work, 1);
		return;
	}
	if (!gxdp_ptp_tx_take_away(nic, skb))
		return;
	nic->ptp.tx_lost++;
	gxdp_ptp_tx_give_back(nic);
	dev_kfree_skb_any(skb);
}

/* What the receive latch shall look out for; false: the chip cannot. */
static bool gxdp_ptp_filter(struct kernel_hwtstamp_config *config, u32 *control, u32 *message)
{
	*control = GX_TSYNC_ENABLED;
	*message = 0;
	switch (config->rx_filter) {
	case HWTSTAMP_FILTER_NONE:
		*control = 0;
		return true;
	case HWTSTAMP_FILTER_PTP_V1_L4_SYNC:
		*control |= GX_TSYNCRX_L4_V1;
		return true;
	case HWTSTAMP_FILTER_PTP_V1_L4_DELAY_REQ:
		*control |= GX_TSYNCRX_L4_V1;
		*message = 1;
		return true;
	case HWTSTAMP_FILTER_PTP_V2_EVENT:
	case HWTSTAMP_FILTER_PTP_V2_L2_EVENT:
	case HWTSTAMP_FILTER_PTP_V2_L4_EVENT:
	case HWTSTAMP_FILTER_PTP_V2_SYNC:
	case HWTSTAMP_FILTER_PTP_V2_L2_SYNC:
	case HWTSTAMP_FILTER_PTP_V2_L4_SYNC:
	case HWTSTAMP_FILTER_PTP_V2_DELAY_REQ:
	case HWTSTAMP_FILTER_PTP_V2_L2_DELAY_REQ:
	case HWTSTAMP_FILTER_PTP_V2_L4_DELAY_REQ:
		*control |= GX_TSYNCRX_EVENT_V2;
		config->rx_filter = HWTSTAMP_FILTER_PTP_V2_EVENT;
		return true;
	default:
		return false;
	}
}

/* Registers for a configuration that gxdp_ptp_filter() has accepted. */
static void gxdp_ptp_write(struct gxdp_nic *nic, const struct kernel_hwtstamp_config *config)
{
	struct kernel_hwtstamp_config copy = *config;
	u32 control, message;
	bool stamps;

	gxdp_ptp_filter(&copy, &control, &message);
	stamps = control;
	wr32(nic, GX_TSYNCTXCTL, config->tx_type == HWTSTAMP_TX_ON ? GX_TSYNC_ENABLED : 0);
	wr32(nic, GX_TSYNCRXCFG, message);
	wr32(nic, GX_ETQF(3), stamps ? GX_ETQF_ENABLE | GX_ETQF_1588 | ETH_P_1588 : 0);
	/* UDP from and to the event port */
	wr32(nic, GX_IMIR(3), (__force u16)htons(PTP_EV_PORT));
	wr32(nic, GX_IMIREXT(3), GX_IMIREXT_ANY_SIZE | GX_IMIREXT_ANY_FLAGS);
	wr32(nic, GX_SPQF(3), (__force u16)htons(PTP_EV_PORT));
	wr32(nic, GX_FTQF(3), stamps ? IPPROTO_UDP | GX_FTQF_ANY_POOL | GX_FTQF_1588 |
				       GX_FTQF_ANY_ADDRESSES : GX_FTQF_NOTHING);
	wr32(nic, GX_TSYNCRXCTL, control);
	/* whatever the latches hold is old */
	rd32(nic, GX_TXSTMPH);
	rd32(nic, GX_RXSATRH);
}

/**
 * gxdp_hwtstamp_get - what is stamped
 * @netdev: device
 * @config: filled in
 */
int gxdp_hwtstamp_get(struct net_device *netdev, struct kernel_hwtstamp_config *config)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	if (!gxdp_ptp_stamps(nic))
		return -EOPNOTSUPP;
	*config = nic->ptp.config;
	return 0;
}

/**
 * gxdp_hwtstamp_set - choose what is stamped
 * @netdev: device
 * @config: what is wanted; what comes nearest, on return
 * @extack: says why not
 *
 * Control path. -EOPNOTSUPP where no frames are stamped. -ERANGE with the old choice left:
 * all frames, or both event messages of PTP version 1, are more than one latch can remember.
 */
int gxdp_hwtstamp_set(struct net_device *netdev, struct kernel_hwtstamp_config *config,
		      struct netlink_ext_ack *extack)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	u32 control, message;

	if (!nic->ptp.clock)
		return gxdp_refuse(netdev, extack, -EOPNOTSUPP, "time stamps",
				   "there is no PTP clock to stamp frames by");
	if (!gxdp_ptp_stamps(nic))
		return gxdp_refuse(netdev, extack, -EOPNOTSUPP, "time stamps",
				   "this chip stamps no frames; its clock is all there is");
	if (config->tx_type != HWTSTAMP_TX_OFF && config->tx_type != HWTSTAMP_TX_ON)
		return gxdp_refuse(netdev, extack, -ERANGE, "time stamps",
				   "the chip stamps frames that leave in two steps only");
	if (!gxdp_ptp_filter(config, &control, &message))
		return gxdp_refuse(netdev, extack, -ERANGE, "time stamps",
				   "the chip has one latch, for PTP event messages: 'ethtool -T' shows the filters");
	mutex_lock(&nic->hw_lock);
	nic->ptp.config = *config;
	if (test_bit(GXDP_UP, &nic->flags))
		gxdp_ptp_write(nic, config);
	mutex_unlock(&nic->hw_lock);
	return 0;
}

/**
 * gxdp_ptp_start - clock and stamping after a reset
 * @nic: device; hw_lock held
 *
 * The reset has set the counter back to zero; time goes on from where it was
 * read last, by the time since boot, sleep included: what sets the system's clock is not
 * to set this one. From now on it is read now and then, before it has gone round.
 */
void gxdp_ptp_start(struct gxdp_nic *nic)
{
	unsigned long flags;

	if (!nic->ptp.clock)
		return;
	wr32(nic, GX_TIMINCA, GX_TIMINCA_EACH | nic->ptp.inc);
	spin_lock_irqsave(&nic->ptp.lock, flags);
	timecounter_init(&nic->ptp.tc, &nic->ptp.cc, ktime_get_boottime_ns() + nic->ptp.offset);
	spin_unlock_irqrestore(&nic->ptp.lock, flags);
	if (gxdp_ptp_stamps(nic))
		gxdp_ptp_write(nic, &nic->ptp.config);
	ptp_schedule_worker(nic->ptp.clock, GXDP_PTP_READ_EVERY);
}

/**
 * gxdp_ptp_remember - read the clock, and remember the time
 * @nic: device; hw_lock held
 */
void gxdp_ptp_remember(struct gxdp_nic *nic)
{
	unsigned long flags;

	/* asleep, it has been remembered before, and the counter has begun anew */
	if (!nic->ptp.clock || test_bit(GXDP_ASLEEP, &nic->flags) || gxdp_gone(nic))
		return;
	spin_lock_irqsave(&nic->ptp.lock, flags);
	nic->ptp.offset = timecounter_read(&nic->ptp.tc) - ktime_get_boottime_ns();
	spin_unlock_irqrestore(&nic->ptp.lock, flags);
}

/**
 * gxdp_ptp_sleep - remember the time, and read the counter no more
 * @nic: device, about to sleep; hw_lock held
 *
 * Until the reset after it wakes up, and gxdp_ptp_start(), time goes on by that since boot.
 */
void gxdp_ptp_sleep(struct gxdp_nic *nic)
{
	if (!nic->ptp.clock)
		return;
	ptp_cancel_worker_sync(nic->ptp.clock);
	gxdp_ptp_remember(nic);
}

/**
 * gxdp_get_ts_info - ethtool -T
 * @netdev: device
 * @info: filled in
 */
int gxdp_get_ts_info(struct net_device *netdev, gxdp_ts_info *info)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	if (!gxdp_ptp_stamps(nic)) {
		int err = ethtool_op_get_ts_info(netdev, info);

		if (!err && nic->ptp.clock)
			info->phc_index = ptp_clock_index(nic->ptp.clock);
		return err;
	}
	info->so_timestamping = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
				SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_TX_HARDWARE |
				SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE;
	info->phc_index = ptp_clock_index(nic->ptp.clock);
	info->tx_types = BIT(HWTSTAMP_TX_OFF) | BIT(HWTSTAMP_TX_ON);
	info->rx_filters = BIT(HWTSTAMP_FILTER_NONE) | BIT(HWTSTAMP_FILTER_PTP_V1_L4_SYNC) |
			   BIT(HWTSTAMP_FILTER_PTP_V1_L4_DELAY_REQ) |
			   BIT(HWTSTAMP_FILTER_PTP_V2_EVENT);
	return 0;
}

/**
 * gxdp_ptp_init - make the clock
 * @nic: device, identified; not yet registered
 *
 * Without a clock the device works all the same: that is said, no failure.
 */
void gxdp_ptp_init(struct gxdp_nic *nic)
{
	static const struct ptp_clock_info info = {
		.owner		= THIS_MODULE,
		.name		= GXDP_NAME,
		.adjfine	= gxdp_ptp_adjfine,
		.adjtime	= gxdp_ptp_adjtime,
		.gettimex64	= gxdp_ptp_gettimex,
		.settime64	= gxdp_ptp_settime,
		.do_aux_work	= gxdp_ptp_work,
	};
	struct ptp_clock *clock;

	INIT_DELAYED_WORK(&nic->ptp.tx_work, gxdp_ptp_tx_work);
	spin_lock_init(&nic->ptp.lock);
	if (!(nic->family->flags & GXDP_F_CLOCK))
		return;
	nic->ptp.info = info;
	nic->ptp.info.max_adj = nic->family->clock_max_adj;
	nic->ptp.inc = nic->family->clock_inc;
	nic->ptp.cc.read = gxdp_ptp_read;
	nic->ptp.cc.mask = CYCLECOUNTER_MASK(64);
	nic->ptp.cc.mult = 1;
	nic->ptp.cc.shift = nic->family->clock_shift;
	wr32(nic, GX_TIMINCA, GX_TIMINCA_EACH | nic->ptp.inc);
	nic->ptp.offset = ktime_get_real_ns() - ktime_get_boottime_ns();
	timecounter_init(&nic->ptp.tc, &nic->ptp.cc, ktime_get_boottime_ns() + nic->ptp.offset);
	clock = ptp_clock_register(&nic->ptp.info, &nic->pdev->dev);
	if (IS_ERR_OR_NULL(clock)) {
		dev_warn(&nic->pdev->dev, "no PTP clock: %ld\n", PTR_ERR(clock));
		return;
	}
	nic->ptp.clock = clock;
	ptp_schedule_worker(clock, GXDP_PTP_READ_EVERY);
}

/**
 * gxdp_ptp_stop - no stamp is owed to anybody any more
 * @nic: device; its queues stopped
 */
void gxdp_ptp_stop(struct gxdp_nic *nic)
{
	struct sk_buff *skb;

	cancel_delayed_work_sync(&nic->ptp.tx_work);
	skb = nic->ptp.tx_skb;
	gxdp_ptp_tx_give_back(nic);
	if (skb)
		dev_kfree_skb_any(skb);
}

/**
 * gxdp_ptp_free - undo gxdp_ptp_init()
 * @nic: device, stopped
 */
void gxdp_ptp_free(struct gxdp_nic *nic)
{
	if (nic->ptp.clock)
		ptp_clock_unregister(nic->ptp.clock);
	nic->ptp.clock = NULL;
}
