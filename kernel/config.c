// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration as a value.
 *
 * There is one way to change the rings: copy nic->cfg, edit the copy, and
 * gxdp_apply() it. That allocates everything the new value needs while the
 * old rings carry on; only then are the queues stopped, the rings swapped,
 * and started again. After the stop nothing can fail.
 *
 * 82574L has one enable for all receive queues and keeps descriptors it
 * has prefetched, so every stop ends in a reset of the MAC. The PHY is left
 * alone: the link stays up. 82576 can stop one queue: there only the pairs
 * that get another ring are stopped, one after the other, and nothing is
 * reset (gxdp_change_pairs()), unless a queue does not stop.
 *
 * Locks: control path; nic->hw_lock around everything that touches the chip.
 */
#include <linux/delay.h>

#include "gxdp.h"
#include "hw/family.h"
#include "trace.h"
#include "xdp_rings.h"

/* How long queued frames may take to leave before the rings are swapped. */
#define GXDP_DRAIN_MSECS	100

/**
 * gxdp_config_check - would this configuration work?
 * @nic: device
 * @cfg: configuration
 * @prog: XDP program that shall run on it, or NULL
 * @extack: says why not; may be NULL
 */
int gxdp_config_check(struct gxdp_nic *nic, const struct gxdp_config *cfg,
		      const struct bpf_prog *prog, struct netlink_ext_ack *extack)
{
	unsigned int i;

	if (prog && !prog->aux->xdp_has_frags && cfg->split) {
		NL_SET_ERR_MSG_MOD(extack, "with headers split off the program must accept fragments: load it from a section named xdp.frags, or 'ethtool -G DEV tcp-data-split off'");
		return -EOPNOTSUPP;
	}
	if (prog && !prog->aux->xdp_has_frags && cfg->mtu > GXDP_MAX_MTU_ONE_BUF) {
		NL_SET_ERR_MSG_MOD(extack, "with an MTU above 2026 the program must accept fragments: load it from a section named xdp.frags, or lower the MTU");
		return -EOPNOTSUPP;
	}
	for (i = 0; i < GXDP_MAX_PAIRS; i++) {
		if (!cfg->pool[i])
			continue;
		if (i >= cfg->pairs) {
			NL_SET_ERR_MSG_MOD(extack, "an AF_XDP socket is bound to a queue that would go: close it first");
			return -EBUSY;
		}
		if (gxdp_xsk_check(nic, cfg, cfg->pool[i])) {
			NL_SET_ERR_MSG_MOD(extack, "an AF_XDP socket cannot take frames of this MTU: close it, or use chunks of 4096 bytes and XDP_USE_SG");
			return -EINVAL;
		}
		if (nic->family->flags & GXDP_F_QUEUE_BUF && prog &&
		    !prog->aux->xdp_has_frags &&
		    gxdp_rx_buf_len(nic, cfg, i) < gxdp_frame_limit(cfg)) {
			NL_SET_ERR_MSG_MOD(extack, "an AF_XDP socket's umem chunks are too small for a frame, and the program takes no fragments: use larger chunks, a smaller MTU, or load it from a section named xdp.frags");
			return -EOPNOTSUPP;
		}
	}
	return 0;
}

/* Rings for a configuration; NULL where the present ones will do. */
struct gxdp_rings {
	struct gxdp_rx *rx[GXDP_MAX_PAIRS];
	struct gxdp_tx *tx[GXDP_MAX_PAIRS];
	struct gxdp_xdp_rings xdp;
};

static void gxdp_rings_free(struct gxdp_rings *rings)
{
	unsigned int i;

	for (i = 0; i < GXDP_MAX_PAIRS; i++) {
		if (rings->rx[i])
			gxdp_rx_free(rings->rx[i]);
		if (rings->tx[i])
			gxdp_tx_free(rings->tx[i]);
	}
	gxdp_xdp_rings_free(&rings->xdp);
}

static bool gxdp_rx_fits(const struct gxdp_nic *nic, const struct gxdp_config *next,
			 unsigned int i)
{
	const struct gxdp_config *cur = &nic->cfg;

	if (!nic->pair[i]->rx || cur->rx_count != next->rx_count ||
	    cur->pool[i] != next->pool[i] ||
	    gxdp_rx_splits(cur, i) != gxdp_rx_splits(next, i))
		return false;
	if (nic->family->flags & GXDP_F_QUEUE_BUF)
		return nic->pair[i]->rx->buf_len == gxdp_rx_buf_len(nic, next, i);
	return (cur->mtu > ETH_DATA_LEN) == (next->mtu > ETH_DATA_LEN);
}

static bool gxdp_tx_fits(const struct gxdp_nic *nic, const struct gxdp_config *next,
			 unsigned int i)
{
	return nic->pair[i]->tx && nic->cfg.tx_count == next->tx_count;
}

static bool gxdp_xdp_rings_fit(const struct gxdp_nic *nic, const struct gxdp_config *next)
{
	return nic->xdp_rings.count && nic->cfg.tx_count == next->tx_count &&
	       nic->cfg.pairs == next->pairs;
}

static int gxdp_rings_alloc(struct gxdp_nic *nic, const struct gxdp_config *next,
			    struct gxdp_rings *rings)
{
	unsigned int i;
	int err;

	if (!gxdp_xdp_rings_fit(nic, next)) {
		err = gxdp_xdp_rings_alloc(nic, next, &rings->xdp);
		if (err)
			return err;
	}
	for (i = 0; i < next->pairs; i++) {
		struct gxdp_pair *pair = nic->pair[i];

		if (!gxdp_rx_fits(nic, next, i)) {
			struct gxdp_rx *rx = gxdp_rx_alloc(pair, next);

			if (IS_ERR(rx)) {
				gxdp_rings_free(rings);
				return PTR_ERR(rx);
			}
			rings->rx[i] = rx;
		}
		if (!gxdp_tx_fits(nic, next, i)) {
			struct gxdp_tx *tx = gxdp_tx_alloc(pair, next);

			if (IS_ERR(tx)) {
				gxdp_rings_free(rings);
				return PTR_ERR(tx);
			}
			rings->tx[i] = tx;
		}
	}
	return 0;
}

/* A pair's new rings go in; @rings is left holding what came out. */
static void gxdp_pair_swap(struct gxdp_nic *nic, const struct gxdp_config *next,
			   struct gxdp_rings *rings, unsigned int i)
{
	struct netdev_queue *txq = netdev_get_tx_queue(nic->netdev, i);
	struct gxdp_pair *pair = nic->pair[i];
	bool goes = i >= next->pairs;

	if (rings->rx[i] || goes) {
		gxdp_rx_retire(pair->rx);
		swap(pair->rx, rings->rx[i]);
	}
	/* ndo_xdp_xmit finds the ring under this lock */
	__netif_tx_lock_bh(txq);
	if (rings->tx[i] || goes)
		swap(pair->tx, rings->tx[i]);
	if (pair->tx)
		WRITE_ONCE(pair->tx->pool, next->pool[i]);
	__netif_tx_unlock_bh(txq);
}

/* The same for the first @n pairs, and XDP's own rings. */
static void gxdp_rings_swap(struct gxdp_nic *nic, const struct gxdp_config *next,
			    struct gxdp_rings *rings, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		gxdp_pair_swap(nic, next, rings, i);
	if (rings->xdp.count || !next->pairs)
		swap(nic->xdp_rings, rings->xdp);
}

static bool gxdp_pairs_drained(struct gxdp_nic *nic, unsigned int first, unsigned int end)
{
	for (; first < end; first++)
		if (nic->pair[first]->tx && !gxdp_tx_drained(nic->pair[first]->tx))
			return false;
	return true;
}

/**
 * gxdp_poll_pairs - have pairs polled now
 * @nic: device, up
 * @first: the first of them
 * @end: behind the last of them
 *
 * Process context; who calls keeps the pairs from being stopped.
 */
void gxdp_poll_pairs(struct gxdp_nic *nic, unsigned int first, unsigned int end)
{
	for (; first < end; first++)
		gxdp_poll_now(nic->pair[first]);
}

static void gxdp_stop_senders(struct gxdp_nic *nic, unsigned int first, unsigned int end)
{
	unsigned int i;

	for (i = first; i < end; i++) {
		struct netdev_queue *txq = netdev_get_tx_queue(nic->netdev, i);

		__netif_tx_lock_bh(txq);
		netif_tx_stop_queue(txq);
		if (nic->pair[i]->tx)
			nic->pair[i]->tx->open = false;
		__netif_tx_unlock_bh(txq);
	}
}

/*
 * No new frames; what is queued has its time to leave. A poll that has seen the queue
 * open may wake it once more: gxdp_stop_senders() again when nobody polls any more.
 */
static void gxdp_close_tx(struct gxdp_nic *nic, unsigned int first, unsigned int end)
{
	unsigned long until = jiffies + msecs_to_jiffies(GXDP_DRAIN_MSECS);

	gxdp_stop_senders(nic, first, end);
	if (!netif_carrier_ok(nic->netdev) || test_bit(GXDP_RESETTING, &nic->flags))
		return;		/* they will not leave */
	while (!gxdp_pairs_drained(nic, first, end) && time_before(jiffies, until) &&
	       !gxdp_gone(nic)) {
		gxdp_poll_pairs(nic, first, end);
		usleep_range(50, 200);
	}
}

static void gxdp_open_tx(struct gxdp_nic *nic, unsigned int i)
{
	struct netdev_queue *txq = netdev_get_tx_queue(nic->netdev, i);

	__netif_tx_lock_bh(txq);
	nic->pair[i]->tx->open = true;
	txq_trans_cond_update(txq);
	__netif_tx_unlock_bh(txq);
	netif_tx_wake_queue(txq);
}

/* The receiver was stopped, all of it or one queue's, and goes on. */
static void gxdp_rx_goes_on(struct gxdp_nic *nic)
{
	if (nic->still_since)
		nic->still_us = max_t(u32, nic->still_us,
				      ktime_us_delta(ktime_get(), nic->still_since));
	nic->still_since = 0;
}

/*
 * Wait for the poll that has been asked for. One that is polled all the time, by an
 * application or by its own thread, is never seen idle; what was there has been polled
 * all the same.
 */
static void gxdp_wait_polled(struct napi_struct *napi)
{
	unsigned long busy = jiffies + msecs_to_jiffies(20), idle = jiffies + HZ;

	while (test_bit(NAPI_STATE_SCHED, &napi->state) &&
	       time_before(jiffies, test_bit(NAPI_STATE_IN_BUSY_POLL, &napi->state) ?
				    busy : idle))
		usleep_range(50, 200);
}

/* What the chip has already received goes its way before the rings do. */
static void gxdp_drain_rx(struct gxdp_nic *nic)
{
	unsigned int i;

	nic->still_since = ktime_get();
	nic->family->rx_disable(nic);
	gxdp_poll_pairs(nic, 0, nic->cfg.pairs);
	for (i = 0; i < nic->cfg.pairs; i++)
		gxdp_wait_polled(&nic->pair[i]->napi);
}

/*
 * Stop everything. Afterwards neither the chip nor a poll nor a sender
 * touches a ring, and nothing in a transmit ring is owed to anybody.
 */
static void gxdp_quiesce(struct gxdp_nic *nic)
{
	unsigned int i;

	clear_bit(GXDP_UP, &nic->flags);
	gxdp_xdp_rings_stop(nic);	/* or else the reset does */
	gxdp_close_tx(nic, 0, nic->cfg.pairs);
	gxdp_drain_rx(nic);
	gxdp_irq_disable(nic);
	for (i = 0; i < nic->cfg.pairs; i++)
		napi_disable_locked(&nic->pair[i]->napi);
	gxdp_stop_senders(nic, 0, nic->cfg.pairs);
	gxdp_stats_update_hw(nic);	/* the reset clears the chip's counters */
	if (nic->family->reset(nic) && !gxdp_gone(nic))
		netdev_err(nic->netdev, "the chip does not come out of reset\n");
	for (i = 0; i < nic->cfg.pairs; i++)
		if (nic->pair[i]->tx)
			gxdp_tx_abandon(nic->pair[i]->tx);
	gxdp_xdp_rings_abandon(nic);
}

/* Rings into the chip and NAPI on; the queues are yet to be enabled. */
static void gxdp_start_pair(struct gxdp_nic *nic, unsigned int i)
{
	struct gxdp_pair *pair = nic->pair[i];

	gxdp_napi_add(pair);
	if (nic->cfg.pool[i]) {
		gxdp_xsk_start(pair, nic->cfg.pool[i]);
		gxdp_rx_adopt(pair->rx);
	}
	gxdp_rx_enlist(pair->rx);
	gxdp_rx_rewind(pair->rx);
	gxdp_tx_rewind(pair->tx);
	nic->family->rx_ring(nic, pair->rx, i);
	nic->family->tx_ring(nic, pair->tx, i);
	gxdp_napi_start(pair);
}

/* Start what gxdp_quiesce() stopped, or open() prepared; the chip is reset. */
static void gxdp_start(struct gxdp_nic *nic)
{
	const struct gxdp_family *family = nic->family;
	unsigned int i;

	if (netif_running(nic->netdev))
		family->own(nic, true);		/* a reset that failed has lost it */
	family->setup(nic);
	for (i = 0; i < nic->cfg.pairs; i++)
		gxdp_start_pair(nic, i);
	family->tx_enable(nic);
	family->rx_enable(nic);
	gxdp_rx_goes_on(nic);
	set_bit(GXDP_UP, &nic->flags);
	for (i = 0; i < nic->cfg.pairs; i++)
		gxdp_open_tx(nic, i);
	gxdp_xdp_rings_start(nic);
	gxdp_irq_enable(nic);
	gxdp_poll_pairs(nic, 0, nic->cfg.pairs);	/* AF_XDP frames may have been waiting */
	schedule_work(&nic->link_work);
}

/*
 * Stop one pair while the others run (GXDP_F_QUEUE_STOP). Afterwards nobody
 * touches its rings; what could not be sent in time is lost.
 *
 * An errno: the chip may go on using the rings, so nothing has been given back. The pair
 * is left as gxdp_quiesce() wants it, whose reset stops the chip.
 */
static int gxdp_stop_pair(struct gxdp_nic *nic, unsigned int i)
{
	struct gxdp_pair *pair = nic->pair[i];
	int err;

	gxdp_close_tx(nic, i, i + 1);
	nic->still_since = ktime_get();
	err = nic->family->rx_stop(nic, i);
	gxdp_poll_pairs(nic, i, i + 1);	/* what has been received goes its way */
	gxdp_wait_polled(&pair->napi);
	gxdp_irq_disable_pair(pair);
	napi_disable_locked(&pair->napi);
	gxdp_stop_senders(nic, i, i + 1);
	err = nic->family->tx_stop(nic, i) ?: err;
	if (err) {
		gxdp_napi_start(pair);
		return err;
	}
	gxdp_tx_abandon(pair->tx);
	return 0;
}

static void gxdp_restart_pair(struct gxdp_nic *nic, unsigned int i)
{
	gxdp_start_pair(nic, i);
	nic->family->tx_start(nic, i);
	nic->family->rx_start(nic, i);
	gxdp_rx_goes_on(nic);
	gxdp_open_tx(nic, i);
	gxdp_irq_enable_pair(nic->pair[i]);
	gxdp_poll_pairs(nic, i, i + 1);	/* AF_XDP frames may have been waiting */
}

/*
 * From nic->cfg to @next, through a reset of the MAC: all pairs at once. The first @n of
 * them are yet to get their rings of @rings.
 */
static void gxdp_change_all(struct gxdp_nic *nic, const struct gxdp_config *next,
			    struct gxdp_rings *rings, unsigned int n)
{
	if (test_bit(GXDP_UP, &nic->flags))
		gxdp_quiesce(nic);
	gxdp_rings_swap(nic, next, rings, n);
	nic->cfg = *next;
	/* one that is parked (pm.c) starts when it is unparked */
	if (netif_device_present(nic->netdev))
		gxdp_start(nic);
}

/*
 * From nic->cfg to @next, pair by pair: only those are stopped that get
 * another ring, or go, and each for no longer than its own swap takes. The last one
 * comes first: so those that run are always the first so many, should a queue not stop
 * and the rest have to be done all at once.
 */
static void gxdp_change_pairs(struct gxdp_nic *nic, const struct gxdp_config *next,
			      struct gxdp_rings *rings)
{
	const unsigned int before = nic->cfg.pairs, after = next->pairs;
	const bool shorter = gxdp_frame_limit(next) < gxdp_frame_limit(&nic->cfg);
	unsigned int i;

	/* Frames leave a queue before it goes, and too long ones before buffers shrink. */
	if (after < before)
		nic->family->rss(nic);
	nic->cfg = *next;
	nic->cfg.pairs = min(before, after);
	if (shorter)
		nic->family->frame_limit(nic);
	/* from there on, and until they are started, XDP shares the pairs' */
	if (rings->xdp.count && gxdp_xdp_rings_stop(nic)) {
		nic->cfg.pairs = before;
		gxdp_change_all(nic, next, rings, nic->max_pairs);
		return;
	}

	for (i = max(before, after); i--;) {
		if (i < min(before, after) && !rings->rx[i] && !rings->tx[i])
			continue;
		if (i < before && gxdp_stop_pair(nic, i)) {
			nic->cfg.pairs = max(i + 1, after);	/* those that run */
			gxdp_change_all(nic, next, rings, i + 1);
			return;
		}
		gxdp_pair_swap(nic, next, rings, i);
		if (i < after)
			gxdp_restart_pair(nic, i);
	}

	WRITE_ONCE(nic->cfg.pairs, after);
	if (rings->xdp.count) {
		swap(nic->xdp_rings, rings->xdp);
		gxdp_xdp_rings_start(nic);
	}
	if (!shorter)
		nic->family->frame_limit(nic);
	if (after > before)
		nic->family->rss(nic);
}

/* How many queues the stack sees. One without a ring is no NAPI's, and has none. */
static int gxdp_set_queue_count(struct gxdp_nic *nic, unsigned int pairs)
{
	unsigned int i;
	int err;

	gxdp_napi_del(nic, pairs);
	err = netif_set_real_num_queues(nic->netdev, pairs, pairs);
	/* the stack's watchdog takes any stopped queue for a hung one, also one of no pair */
	for (i = nic->netdev->real_num_tx_queues; i < nic->netdev->num_tx_queues; i++)
		netif_tx_start_queue(netdev_get_tx_queue(nic->netdev, i));
	return err;
}

/* Show the stack more queues; those have no rings yet, so they are stopped. */
static int gxdp_grow_queue_count(struct gxdp_nic *nic, unsigned int pairs)
{
	unsigned int i;

	for (i = nic->cfg.pairs; i < pairs; i++)
		netif_tx_stop_queue(netdev_get_tx_queue(nic->netdev, i));
	return gxdp_set_queue_count(nic, pairs);
}

/**
 * gxdp_apply - make a configuration the current one
 * @nic: device
 * @next: the new value, an edited copy of nic->cfg
 * @extack: says why not; may be NULL
 *
 * Control path; sleeps. On error the old configuration has not been touched
 * and has lost nothing. While up, frames that arrive between the stop and
 * the start of a ring are lost (some milliseconds); the link stays up.
 */
int gxdp_apply(struct gxdp_nic *nic, const struct gxdp_config *next,
	       struct netlink_ext_ack *extack)
{
	unsigned int before = nic->cfg.pairs;
	struct gxdp_rings rings = {};
	int err;

	err = gxdp_config_check(nic, next, rcu_access_pointer(nic->prog), extack);
	if (err)
		return err;
	if (!netif_running(nic->netdev)) {
		/* a socket that closes late comes here when the device's queues have gone */
		if (next->pairs != before) {
			err = gxdp_set_queue_count(nic, next->pairs);
			if (err)
				return err;
		}
		gxdp_rss_follow(nic, next->pairs);
		nic->cfg = *next;
		trace_gxdp_config(nic, 0);
		return 0;
	}

	err = gxdp_rings_alloc(nic, next, &rings);
	if (err) {
		NL_SET_ERR_MSG_MOD(extack, "not enough memory for the new rings; the old ones go on");
		return err;
	}
	if (next->pairs > before) {
		err = gxdp_grow_queue_count(nic, next->pairs);
		if (err) {
			gxdp_rings_free(&rings);
			return err;
		}
	}

	mutex_lock(&nic->hw_lock);
	/* nothing can fail from here on */
	nic->still_since = 0;
	nic->still_us = 0;
	gxdp_rss_follow(nic, next->pairs);
	if (nic->family->flags & GXDP_F_QUEUE_STOP && test_bit(GXDP_UP, &nic->flags))
		gxdp_change_pairs(nic, next, &rings);
	else
		gxdp_change_all(nic, next, &rings, nic->max_pairs);
	mutex_unlock(&nic->hw_lock);
	trace_gxdp_config(nic, nic->still_us);

	if (next->pairs < before)
		gxdp_set_queue_count(nic, next->pairs);
	synchronize_net();	/* the stack's watchdog may be looking at one of them */
	gxdp_rings_free(&rings);
	return 0;
}

/**
 * gxdp_config_stop_queue - stop one pair, for another receive ring
 * @nic: device, open, whose queues can be stopped alone
 * @queue: pair in use
 *
 * Control path, whose locks are held until gxdp_config_start_queue(). Returns the ring,
 * which is retired; but the pair has it, until it has another. An ERR_PTR(): the chip did
 * not stop, has been reset, and goes on with the same ring.
 */
struct gxdp_rx *gxdp_config_stop_queue(struct gxdp_nic *nic, unsigned int queue)
{
	struct gxdp_rx *rx = nic->pair[queue]->rx;
	int err = 0;

	mutex_lock(&nic->hw_lock);
	/* one that is parked (pm.c), or short of a ring, does not run */
	if (test_bit(GXDP_UP, &nic->flags))
		err = gxdp_stop_pair(nic, queue);
	if (err) {
		gxdp_quiesce(nic);
		gxdp_start(nic);
		rx = ERR_PTR(err);
	} else {
		gxdp_rx_retire(rx);
	}
	mutex_unlock(&nic->hw_lock);
	return rx;
}

/**
 * gxdp_config_start_queue - start it with another ring
 * @nic: device
 * @queue: pair that gxdp_config_stop_queue() has stopped
 * @rx: ring for the present configuration, from then on the pair's
 */
void gxdp_config_start_queue(struct gxdp_nic *nic, unsigned int queue, struct gxdp_rx *rx)
{
	mutex_lock(&nic->hw_lock);
	nic->pair[queue]->rx = rx;
	if (test_bit(GXDP_UP, &nic->flags))
		gxdp_restart_pair(nic, queue);
	mutex_unlock(&nic->hw_lock);
}

/**
 * gxdp_config_up - bring up nic->cfg
 * @nic: device, being opened
 *
 * Control path. Returns 0 or an errno with nothing left behind. Undone by
 * gxdp_config_down().
 */
int gxdp_config_up(struct gxdp_nic *nic)
{
	struct gxdp_rings rings = {};
	int err;

	err = gxdp_rings_alloc(nic, &nic->cfg, &rings);
	if (err)
		return err;
	err = gxdp_set_queue_count(nic, nic->cfg.pairs);
	if (err)
		goto err_rings;
	mutex_lock(&nic->hw_lock);
	err = nic->family->reset(nic);
	if (err)
		goto err_unlock;
	err = gxdp_irq_request(nic);
	if (err)
		goto err_unlock;
	gxdp_rings_swap(nic, &nic->cfg, &rings, nic->max_pairs);
	gxdp_start(nic);
	mutex_unlock(&nic->hw_lock);
	trace_gxdp_config(nic, 0);
	return 0;

err_unlock:
	mutex_unlock(&nic->hw_lock);
err_rings:
	gxdp_rings_free(&rings);
	return err;
}

/**
 * gxdp_config_down - undo gxdp_config_up()
 * @nic: device, being closed
 */
void gxdp_config_down(struct gxdp_nic *nic)
{
	struct gxdp_config none = { };
	struct gxdp_rings rings = {};

	mutex_lock(&nic->hw_lock);
	if (test_bit(GXDP_UP, &nic->flags))
		gxdp_quiesce(nic);
	gxdp_irq_free(nic);
	gxdp_rings_swap(nic, &none, &rings, nic->max_pairs);
	nic->still_since = 0;
	mutex_unlock(&nic->hw_lock);
	trace_gxdp_config(nic, 0);
	gxdp_moderation_stop(nic);
	gxdp_ptp_stop(nic);
	gxdp_napi_del(nic, 0);
	gxdp_rings_free(&rings);
}

/**
 * gxdp_config_pause - stop everything, keep rings, sockets and program
 * @nic: device
 *
 * Control path. Undone by gxdp_config_restart().
 */
void gxdp_config_pause(struct gxdp_nic *nic)
{
	mutex_lock(&nic->hw_lock);
	if (test_bit(GXDP_UP, &nic->flags))
		gxdp_quiesce(nic);
	mutex_unlock(&nic->hw_lock);
	gxdp_ptp_stop(nic);	/* it would ask registers of a device that sleeps */
	gxdp_napi_del(nic, 0);
}

/**
 * gxdp_config_restart - reset the chip and go on as before
 * @nic: device, open; running, paused, or short of a ring
 *
 * Control path. Keeps program, sockets and settings. Allocates only what
 * gxdp_config_evict() could not. Returns 0, -ENOMEM with the queues still
 * stopped, or what the reset returned.
 */
int gxdp_config_restart(struct gxdp_nic *nic)
{
	struct gxdp_rings rings = {};
	int err;

	err = gxdp_rings_alloc(nic, &nic->cfg, &rings);
	if (err)
		return err;
	mutex_lock(&nic->hw_lock);
	if (test_bit(GXDP_UP, &nic->flags))
		gxdp_quiesce(nic);
	err = nic->family->reset(nic);
	if (!err) {
		gxdp_rings_swap(nic, &nic->cfg, &rings, nic->max_pairs);
		gxdp_start(nic);
	}
	mutex_unlock(&nic->hw_lock);
	if (err)
		gxdp_napi_del(nic, 0);
	trace_gxdp_reset(nic, err);
	gxdp_rings_free(&rings);
	return err;
}

/**
 * gxdp_config_evict - take a queue from a pool that goes, without memory
 * @nic: device
 * @queue: the queue the pool was bound to
 *
 * Control path. The device is stopped, and the reset work brings it back as
 * soon as there is memory for the ring.
 */
void gxdp_config_evict(struct gxdp_nic *nic, unsigned int queue)
{
	struct gxdp_rings rings = {};

	netdev_err(nic->netdev, "no memory to take queue %u back from AF_XDP: stopped until there is\n",
		   queue);
	mutex_lock(&nic->hw_lock);
	if (test_bit(GXDP_UP, &nic->flags))
		gxdp_quiesce(nic);
	gxdp_rx_retire(nic->pair[queue]->rx);
	swap(nic->pair[queue]->rx, rings.rx[queue]);
	if (nic->pair[queue]->tx)
		nic->pair[queue]->tx->pool = NULL;
	nic->cfg.pool[queue] = NULL;
	mutex_unlock(&nic->hw_lock);
	trace_gxdp_config(nic, 0);
	gxdp_napi_del(nic, 0);
	gxdp_rings_free(&rings);
	set_bit(GXDP_STARVED, &nic->flags);
	gxdp_schedule_reset(nic);
}
