// SPDX-License-Identifier: GPL-2.0
/*
 * Counters, and who asks for them: "ip -s link" (ndo_get_stats64),
 * "ethtool -S" and the per-queue statistics of netdev-genl.
 *
 * Each table below names every field of the structure it describes, which
 * the compiler checks: a counter that is added but not shown does not build.
 */
#include <linux/ethtool.h>

#include "gxdp.h"
#include "compat/stats.h"
#include "hw/family.h"
#include "hw/regs.h"
#include "stats.h"

/* One u64 among the fields of a structure, and what users call it */
struct gxdp_counter {
	const char *name;
	u16 field;
};

#define GXDP_FIELD(type, name)	(offsetof(struct type, name) / sizeof(u64))

#define GXDP_RX(name)	{ #name, GXDP_FIELD(gxdp_rx_counts, name) }
static const struct gxdp_counter gxdp_rx_counters[] = {
	GXDP_RX(packets),
	GXDP_RX(bytes),
	GXDP_RX(pass),
	GXDP_RX(xdp_drop),
	GXDP_RX(xdp_tx),
	GXDP_RX(xdp_tx_full),
	GXDP_RX(xdp_tx_runt),
	GXDP_RX(xdp_redirect),
	GXDP_RX(xdp_redirect_fail),
	GXDP_RX(xdp_aborted),
	GXDP_RX(xdp_invalid),
	GXDP_RX(error),
	GXDP_RX(length_error),
	GXDP_RX(alloc_fail),
	GXDP_RX(skb_fail),
	GXDP_RX(frags_full),
	GXDP_RX(frags_refused),
	GXDP_RX(mixed),
	GXDP_RX(xsk_frames),
	GXDP_RX(xsk_empty),
	GXDP_RX(csum_ok),
	GXDP_RX(csum_bad),
	GXDP_RX(frags),
	GXDP_RX(hds),
	GXDP_RX(polls),
};

static_assert(sizeof(struct gxdp_rx_counts) / sizeof(u64) == ARRAY_SIZE(gxdp_rx_counters));

#define GXDP_TX(name)	{ #name, GXDP_FIELD(gxdp_tx_counts, name) }
static const struct gxdp_counter gxdp_tx_counters[] = {
	GXDP_TX(packets),
	GXDP_TX(bytes),
	GXDP_TX(xdp_tx),
	GXDP_TX(xdp_tx_bytes),
	GXDP_TX(xdp_xmit),
	GXDP_TX(xdp_xmit_bytes),
	GXDP_TX(xdp_xmit_full),
	GXDP_TX(xsk),
	GXDP_TX(xsk_bytes),
	GXDP_TX(xsk_invalid),
	GXDP_TX(xsk_csum),
	GXDP_TX(xsk_csum_refused),
	GXDP_TX(dropped),
	GXDP_TX(runt),
	GXDP_TX(map_fail),
	GXDP_TX(busy),
	GXDP_TX(stop),
	GXDP_TX(wake),
	GXDP_TX(doorbells),
	GXDP_TX(lost_in_reset),
	GXDP_TX(csum),
	GXDP_TX(tso),
};

static_assert(sizeof(struct gxdp_tx_counts) / sizeof(u64) == ARRAY_SIZE(gxdp_tx_counters));

#define GXDP_HW(name, reg)	{ #name, GXDP_FIELD(gxdp_hw_stats, name), reg, false }
#define GXDP_HW_WIDE(name, reg)	{ #name, GXDP_FIELD(gxdp_hw_stats, name), reg, true }
const struct gxdp_hw_counter gxdp_hw_counters[] = {
	GXDP_HW(rx_good_packets, GX_GPRC),
	GXDP_HW_WIDE(rx_good_bytes, GX_GORCL),
	GXDP_HW(rx_broadcast, GX_BPRC),
	GXDP_HW(rx_multicast, GX_MPRC),
	GXDP_HW(rx_missed, GX_MPC),
	GXDP_HW(rx_no_buffer, GX_RNBC),
	GXDP_HW(rx_no_descriptor, 0),
	GXDP_HW(rx_crc_errors, GX_CRCERRS),
	GXDP_HW(rx_align_errors, GX_ALGNERRC),
	GXDP_HW(rx_symbol_errors, GX_RXERRC),
	GXDP_HW(rx_sequence_errors, GX_SEC),
	GXDP_HW(rx_extension_errors, GX_CEXTERR),
	GXDP_HW(rx_length_errors, GX_RLEC),
	GXDP_HW(rx_undersize, GX_RUC),
	GXDP_HW(rx_fragments, GX_RFC),
	GXDP_HW(rx_oversize, GX_ROC),
	GXDP_HW(rx_jabber, GX_RJC),
	GXDP_HW(rx_64, GX_PRC(0)),
	GXDP_HW(rx_65_127, GX_PRC(1)),
	GXDP_HW(rx_128_255, GX_PRC(2)),
	GXDP_HW(rx_256_511, GX_PRC(3)),
	GXDP_HW(rx_512_1023, GX_PRC(4)),
	GXDP_HW(rx_1024_max, GX_PRC(5)),
	GXDP_HW(rx_xon, GX_XONRXC),
	GXDP_HW(rx_xoff, GX_XOFFRXC),
	GXDP_HW(rx_flow_control_unknown, GX_FCRUC),
	GXDP_HW(rx_management, GX_MGTPRC),
	GXDP_HW(rx_management_dropped, GX_MGTPDC),
	GXDP_HW(tx_good_packets, GX_GPTC),
	GXDP_HW_WIDE(tx_good_bytes, GX_GOTCL),
	GXDP_HW(tx_broadcast, GX_BPTC),
	GXDP_HW(tx_multicast, GX_MPTC),
	GXDP_HW(tx_64, GX_PTC(0)),
	GXDP_HW(tx_65_127, GX_PTC(1)),
	GXDP_HW(tx_128_255, GX_PTC(2)),
	GXDP_HW(tx_256_511, GX_PTC(3)),
	GXDP_HW(tx_512_1023, GX_PTC(4)),
	GXDP_HW(tx_1024_max, GX_PTC(5)),
	GXDP_HW(tx_xon, GX_XONTXC),
	GXDP_HW(tx_xoff, GX_XOFFTXC),
	GXDP_HW(tx_deferred, GX_DC),
	GXDP_HW(tx_single_collisions, GX_SCC),
	GXDP_HW(tx_multiple_collisions, GX_MCC),
	GXDP_HW(tx_excessive_collisions, GX_ECOL),
	GXDP_HW(tx_late_collisions, GX_LATECOL),
	GXDP_HW(tx_collisions, GX_COLC),
	GXDP_HW(tx_tso_contexts, GX_TSCTC),
	GXDP_HW(tx_tso_failed, GX_TSCTFC),
	GXDP_HW(tx_management, GX_MGTPTC),
};

static_assert(ARRAY_SIZE(gxdp_hw_counters) == GXDP_HW_COUNTERS);

static const char * const gxdp_nic_counters[] = {
	"resets", "tx_hangs", "irq_lost", "phy_hangs", "link_changes", "ptp_tx_busy", "ptp_tx_lost",
};

#define GXDP_PAIR_COUNTERS	(ARRAY_SIZE(gxdp_rx_counters) + ARRAY_SIZE(gxdp_tx_counters))

/**
 * gxdp_stats_alloc - memory for the chip's counters
 * @nic: device
 *
 * Return: 0 or -ENOMEM.
 */
int gxdp_stats_alloc(struct gxdp_nic *nic)
{
	spin_lock_init(&nic->stats_lock);
	nic->hw_stats = kzalloc(sizeof(*nic->hw_stats), GFP_KERNEL);
	return nic->hw_stats ? 0 : -ENOMEM;
}

/**
 * gxdp_stats_free - undo gxdp_stats_alloc()
 * @nic: device
 */
void gxdp_stats_free(struct gxdp_nic *nic)
{
	kfree(nic->hw_stats);
	nic->hw_stats = NULL;
}

/**
 * gxdp_stats_update_hw - take the chip's counters before they overflow
 * @nic: device
 */
void gxdp_stats_update_hw(struct gxdp_nic *nic)
{
	if (!nic->hw_stats || test_bit(GXDP_GONE, &nic->flags))
		return;
	spin_lock_bh(&nic->stats_lock);
	nic->family->stats_read(nic);
	spin_unlock_bh(&nic->stats_lock);
}

static struct gxdp_hw_stats gxdp_hw_snapshot(struct gxdp_nic *nic)
{
	struct gxdp_hw_stats hw;

	spin_lock_bh(&nic->stats_lock);
	hw = *nic->hw_stats;
	spin_unlock_bh(&nic->stats_lock);
	return hw;
}

/**
 * gxdp_hw_now - the chip's counters as they are at this moment
 * @nic: device
 *
 * Return: their totals since probe
 */
struct gxdp_hw_stats gxdp_hw_now(struct gxdp_nic *nic)
{
	gxdp_stats_update_hw(nic);
	return gxdp_hw_snapshot(nic);
}

static struct gxdp_rx_counts gxdp_rx_snapshot(const struct gxdp_pair *pair)
{
	struct gxdp_rx_counts c;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&pair->rx_sync);
		c = pair->rx_counts;
	} while (u64_stats_fetch_retry(&pair->rx_sync, start));
	return c;
}

/*
 * What was sent by XDP's own rings, each counted with one pair for good: no
 * counter goes back when the number of pairs changes.
 */
static void gxdp_tx_add_xdp(const struct gxdp_pair *pair, struct gxdp_tx_counts *c)
{
	const struct gxdp_nic *nic = pair->nic;
	unsigned int ring, start, i;
	struct gxdp_tx_counts own;

	for (ring = pair->index; ring < GXDP_MAX_XDP_RINGS; ring += nic->max_pairs) {
		do {
			start = u64_stats_fetch_begin(&nic->xdp_sync[ring]);
			own = nic->xdp_counts[ring];
		} while (u64_stats_fetch_retry(&nic->xdp_sync[ring], start));
		for (i = 0; i < sizeof(*c) / sizeof(u64); i++)
			((u64 *)c)[i] += ((const u64 *)&own)[i];
	}
}

/* A machine of 32 bits reads a counter in two halves: not while somebody queues. */
static struct gxdp_tx_counts gxdp_tx_snapshot(const struct gxdp_pair *pair)
{
	struct netdev_queue *txq = netdev_get_tx_queue(pair->nic->netdev, pair->index);
	struct gxdp_tx_counts c;
	unsigned int start;

	if (BITS_PER_LONG == 32)
		__netif_tx_lock_bh(txq);
	do {
		start = u64_stats_fetch_begin(&pair->tx_sync);
		c = pair->tx_counts;
	} while (u64_stats_fetch_retry(&pair->tx_sync, start));
	if (BITS_PER_LONG == 32)
		__netif_tx_unlock_bh(txq);
	gxdp_tx_add_xdp(pair, &c);
	return c;
}

/* Frames sent on a ring, by whomever */
static u64 gxdp_tx_packets(const struct gxdp_tx_counts *c)
{
	return c->packets + c->xdp_tx + c->xdp_xmit + c->xsk;
}

static u64 gxdp_tx_bytes(const struct gxdp_tx_counts *c)
{
	return c->bytes + c->xdp_tx_bytes + c->xdp_xmit_bytes + c->xsk_bytes;
}

/* Frames lost for want of something, not by a program's will */
static u64 gxdp_rx_dropped(const struct gxdp_rx_counts *c)
{
	return c->alloc_fail + c->skb_fail + c->frags_full + c->frags_refused + c->mixed;
}

/**
 * gxdp_stats64 - ndo_get_stats64
 * @netdev: device
 * @s: added to
 *
 * The chip's share is at most a second old: the watchdog collects it.
 */
void gxdp_stats64(struct net_device *netdev, struct rtnl_link_stats64 *s)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	struct gxdp_hw_stats hw = gxdp_hw_snapshot(nic);
	unsigned int i;

	for (i = 0; i < nic->max_pairs; i++) {
		struct gxdp_rx_counts rx = gxdp_rx_snapshot(nic->pair[i]);
		struct gxdp_tx_counts tx = gxdp_tx_snapshot(nic->pair[i]);

		s->rx_packets += rx.packets;
		s->rx_bytes += rx.bytes;
		s->rx_dropped += gxdp_rx_dropped(&rx);
		s->rx_errors += rx.error + rx.length_error;
		s->rx_length_errors += rx.length_error;
		s->tx_packets += gxdp_tx_packets(&tx);
		s->tx_bytes += gxdp_tx_bytes(&tx);
		s->tx_dropped += tx.dropped;
	}

	s->multicast += hw.rx_multicast;
	s->rx_missed_errors += hw.rx_missed + hw.rx_no_descriptor;
	s->rx_crc_errors += hw.rx_crc_errors;
	s->rx_frame_errors += hw.rx_align_errors;
	s->rx_length_errors += hw.rx_length_errors + hw.rx_undersize + hw.rx_oversize;
	s->rx_errors += hw.rx_crc_errors + hw.rx_align_errors + hw.rx_symbol_errors +
			hw.rx_extension_errors + hw.rx_length_errors +
			hw.rx_undersize + hw.rx_oversize;
	s->tx_aborted_errors += hw.tx_excessive_collisions;
	s->tx_window_errors += hw.tx_late_collisions;
	s->tx_errors += hw.tx_excessive_collisions + hw.tx_late_collisions;
	s->collisions += hw.tx_collisions;
}

/**
 * gxdp_stats_count - how many counters ethtool -S shows
 * @nic: device
 *
 * The same whatever the number of queues in use: counters stay with a queue
 * that is switched off.
 *
 * Return: their number
 */
int gxdp_stats_count(struct gxdp_nic *nic)
{
	return ARRAY_SIZE(gxdp_nic_counters) + GXDP_HW_COUNTERS +
	       nic->max_pairs * GXDP_PAIR_COUNTERS;
}

static u8 *gxdp_stats_name(u8 *data, const char *name)
{
	strscpy_pad((char *)data, name, ETH_GSTRING_LEN);
	return data + ETH_GSTRING_LEN;
}

/**
 * gxdp_stats_strings - their names: rx0_xdp_drop, tx1_packets ...
 * @nic: device
 * @data: ETH_GSTRING_LEN bytes each
 */
void gxdp_stats_strings(struct gxdp_nic *nic, u8 *data)
{
	unsigned int i, pair;

	for (i = 0; i < ARRAY_SIZE(gxdp_nic_counters); i++)
		data = gxdp_stats_name(data, gxdp_nic_counters[i]);
	for (i = 0; i < GXDP_HW_COUNTERS; i++)
		data = gxdp_stats_name(data, gxdp_hw_counters[i].name);
	for (pair = 0; pair < nic->max_pairs; pair++) {
		for (i = 0; i < ARRAY_SIZE(gxdp_rx_counters); i++)
			ethtool_sprintf(&data, "rx%u_%s", pair, gxdp_rx_counters[i].name);
		for (i = 0; i < ARRAY_SIZE(gxdp_tx_counters); i++)
			ethtool_sprintf(&data, "tx%u_%s", pair, gxdp_tx_counters[i].name);
	}
}

static u64 *gxdp_stats_pair_values(const struct gxdp_pair *pair, u64 *data)
{
	struct gxdp_rx_counts rx = gxdp_rx_snapshot(pair);
	struct gxdp_tx_counts tx = gxdp_tx_snapshot(pair);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gxdp_rx_counters); i++)
		*data++ = ((const u64 *)&rx)[gxdp_rx_counters[i].field];
	for (i = 0; i < ARRAY_SIZE(gxdp_tx_counters); i++)
		*data++ = ((const u64 *)&tx)[gxdp_tx_counters[i].field];
	return data;
}

/**
 * gxdp_stats_values - their values, in the same order
 * @nic: device
 * @data: where to
 */
void gxdp_stats_values(struct gxdp_nic *nic, u64 *data)
{
	struct gxdp_hw_stats hw;
	unsigned int i;

	hw = gxdp_hw_now(nic);

	*data++ = nic->resets;
	*data++ = nic->tx_hangs;
	*data++ = nic->irq_lost;
	*data++ = nic->phy_hangs;
	*data++ = nic->link_changes;
	*data++ = nic->ptp.tx_busy;
	*data++ = nic->ptp.tx_lost;
	for (i = 0; i < GXDP_HW_COUNTERS; i++)
		*data++ = ((const u64 *)&hw)[gxdp_hw_counters[i].field];
	for (i = 0; i < nic->max_pairs; i++)
		data = gxdp_stats_pair_values(nic->pair[i], data);
}

static void gxdp_queue_add_rx(const struct gxdp_pair *pair,
			      struct netdev_queue_stats_rx *stats)
{
	struct gxdp_rx_counts c = gxdp_rx_snapshot(pair);

	stats->packets += c.packets;
	stats->bytes += c.bytes;
	stats->alloc_fail += c.alloc_fail + c.skb_fail;
	stats->csum_unnecessary += c.csum_ok;
	stats->csum_bad += c.csum_bad;
}

static void gxdp_queue_add_tx(const struct gxdp_pair *pair,
			      struct netdev_queue_stats_tx *stats)
{
	struct gxdp_tx_counts c = gxdp_tx_snapshot(pair);

	stats->packets += gxdp_tx_packets(&c);
	stats->bytes += gxdp_tx_bytes(&c);
	stats->needs_csum += c.csum;
	stats->stop += c.stop;
	stats->wake += c.wake;
}

/* The core hands out structures full of "not supported". */
static void gxdp_queue_zero_rx(struct netdev_queue_stats_rx *stats)
{
	stats->packets = 0;
	stats->bytes = 0;
	stats->alloc_fail = 0;
	stats->csum_unnecessary = 0;
	stats->csum_bad = 0;
}

static void gxdp_queue_zero_tx(struct netdev_queue_stats_tx *stats)
{
	stats->packets = 0;
	stats->bytes = 0;
	stats->needs_csum = 0;
	stats->stop = 0;
	stats->wake = 0;
}

static void gxdp_queue_stats_rx(struct net_device *netdev, int queue,
				struct netdev_queue_stats_rx *stats)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	gxdp_queue_zero_rx(stats);
	gxdp_queue_add_rx(nic->pair[queue], stats);
}

static void gxdp_queue_stats_tx(struct net_device *netdev, int queue,
				struct netdev_queue_stats_tx *stats)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	gxdp_queue_zero_tx(stats);
	gxdp_queue_add_tx(nic->pair[queue], stats);
}

/* What queues counted that are switched off: the sum never goes back. */
static void gxdp_base_stats(struct net_device *netdev,
			    struct netdev_queue_stats_rx *rx,
			    struct netdev_queue_stats_tx *tx)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	unsigned int i;

	gxdp_queue_zero_rx(rx);
	gxdp_queue_zero_tx(tx);
	for (i = netdev->real_num_rx_queues; i < nic->max_pairs; i++)
		gxdp_queue_add_rx(nic->pair[i], rx);
	for (i = netdev->real_num_tx_queues; i < nic->max_pairs; i++)
		gxdp_queue_add_tx(nic->pair[i], tx);
}

static const struct netdev_stat_ops gxdp_stat_ops = {
	.get_queue_stats_rx	= gxdp_queue_stats_rx,
	.get_queue_stats_tx	= gxdp_queue_stats_tx,
	.get_base_stats		= gxdp_base_stats,
};

/**
 * gxdp_stats_init - per-queue statistics, where the kernel has them
 * @netdev: device, not yet registered
 */
void gxdp_stats_init(struct net_device *netdev)
{
	gxdp_set_stat_ops(netdev, &gxdp_stat_ops);
}
