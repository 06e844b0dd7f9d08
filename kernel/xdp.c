// SPDX-License-Identifier: GPL-2.0
/*
 * XDP: attaching programs, sending what they send, metadata hints.
 *
 * Attaching swaps a pointer. Every receive buffer has XDP headroom and
 * every transmit ring takes XDP frames whether or not a program is there,
 * so no ring stops for it.
 */
#include <linux/bpf.h>
#include <linux/filter.h>

#include "gxdp.h"
#include "compat/xdp.h"
#include "hw/desc.h"
#include "hw/family.h"
#include "path.h"
#include "rx.h"
#include "tx.h"
#include "trace.h"
#include "xdp_rings.h"

/* Control path. A refused program leaves the old one in place. */
static int gxdp_xdp_attach(struct gxdp_nic *nic, struct bpf_prog *prog,
			   struct netlink_ext_ack *extack)
{
	struct bpf_prog *old;
	int err;

	/* one that goes, goes: the core does not ask, and warns of an error */
	err = prog ? gxdp_config_check(nic, &nic->cfg, prog, extack) : 0;
	if (err)
		return err;
	old = rcu_replace_pointer(nic->prog, prog, lockdep_rtnl_is_held());
	trace_gxdp_xdp(nic, old ? old->aux->id : 0, prog ? prog->aux->id : 0);
	if (old)
		bpf_prog_put(old);	/* frees after a grace period */
	return 0;
}

/**
 * gxdp_bpf - ndo_bpf: XDP programs and AF_XDP pools
 * @netdev: device
 * @bpf: command
 *
 * Control path.
 */
int gxdp_bpf(struct net_device *netdev, struct netdev_bpf *bpf)
{
	struct gxdp_nic *nic = netdev_priv(netdev);

	switch (bpf->command) {
	case XDP_SETUP_PROG:
		return gxdp_xdp_attach(nic, bpf->prog, bpf->extack);
	case XDP_SETUP_XSK_POOL:
		return gxdp_xsk_setup(nic, bpf->xsk.pool, bpf->xsk.queue_id);
	default:
		return -EINVAL;
	}
}

static void gxdp_pending_drop(struct gxdp_pair *pair, const struct gxdp_pending *pending,
			      const struct gxdp_pending *end)
{
	for (; pending < end; pending++) {
		if (pending->kind == GXDP_TX_UMEM)
			xsk_buff_free(pending->buf);
		else
			gxdp_rx_give_back(pair->rx, pending->buf, true);
	}
}

/*
 * Single pages only: report batches of their own, none beyond the ring's end, and a slot has
 * nothing but its page.
 */
static __always_inline unsigned int gxdp_pending_put_pages(struct gxdp_pair *pair,
							   struct gxdp_tx *tx, unsigned int room,
							   const struct gxdp_tx_format *format)
{
	const unsigned int count = pair->pending_end - pair->pending, n = min(count, room);
	const struct gxdp_pending *pending = pair->pending, *const end = pending + n;
	unsigned int bytes = 0;

	while (pending < end) {
		const u32 ntu = tx->ntu, run = min_t(u32, end - pending, tx->count - ntu);
		const struct gxdp_pending *const stop = pending + run;
		union gxdp_tx_desc *desc = &tx->desc[ntu];
		struct gxdp_tx_slot *slot = &tx->slot[ntu];

		gxdp_tx_report(tx);
		slot->kind = GXDP_TX_PAGES;
		for (; pending < stop; pending++, desc++, slot++) {
			u32 len = pending->len;

			gxdp_tx_write(desc, pending->dma, format->data | TXD_CMD_EOP | len,
				      gxdp_tx_opts(format, len));
			slot->page = pending->buf;
			bytes += len;
		}
		gxdp_tx_queued(tx, ntu, run);
	}
	gxdp_pending_drop(pair, end, pair->pending_end);
	tx->counts->xdp_tx += n;
	tx->counts->xdp_tx_bytes += bytes;
	return count - n;
}

/* Queue one frame of @pieces entries. */
static __always_inline void gxdp_pending_put(struct gxdp_tx *tx,
					     const struct gxdp_pending *pending,
					     unsigned int pieces,
					     const struct gxdp_tx_format *format)
{
	u32 cmd = format->data, opts, len = 0;
	unsigned int i;

	for (i = 0; i < pieces; i++)
		len += pending[i].len;
	opts = gxdp_tx_opts(format, len);
	i = 0;
	tx->counts->xdp_tx++;
	tx->counts->xdp_tx_bytes += len;
	do {
		struct gxdp_tx_slot *slot;

		if (--pieces == 0)
			cmd |= TXD_CMD_EOP;
		slot = gxdp_tx_put_piece(tx, format, pending->dma, cmd, pending->len, opts, i == 0);
		i++;
		slot->kind = pending->kind;
		slot->page = pending->buf;
		slot->len = 0;
		pending++;
	} while (pieces);
	gxdp_tx_frame_end(tx);
}

/* Frames of several pieces, or in umem buffers, among them. */
static __always_inline unsigned int gxdp_pending_put_mixed(struct gxdp_pair *pair,
							   struct gxdp_tx *tx, unsigned int room,
							   const struct gxdp_tx_format *format)
{
	const unsigned int extra = format->careful ? TXD_CAREFUL_EXTRA : 0;
	const struct gxdp_pending *pending = pair->pending;
	unsigned int pieces, full = 0;

	gxdp_tx_report(tx);
	for (; pending < pair->pending_end; pending += pieces) {
		for (pieces = 1; pending[pieces - 1].more; pieces++)
			;
		if (unlikely(pieces + extra > room)) {
			gxdp_pending_drop(pair, pending, pending + pieces);
			full++;
			continue;
		}
		room -= pieces + extra;
		gxdp_pending_put(tx, pending, pieces, format);
	}
	return full;
}

/* All of them in one descriptor each? */
static __always_inline bool gxdp_pending_plain(const struct gxdp_pair *pair,
					       const struct gxdp_tx *tx,
					       const struct gxdp_tx_format *format)
{
	const struct gxdp_pending *pending = pair->pending, *const end = pair->pending_end;

	if (!format->careful)
		return true;
	for (; pending < end; pending++)
		if (unlikely(!gxdp_tx_plain(tx, format, pending->len)))
			return false;
	return true;
}

static __always_inline unsigned int gxdp_pending_put_all(struct gxdp_pair *pair,
							 struct gxdp_tx *tx, unsigned int room,
							 const struct gxdp_tx_format *format)
{
	unsigned int full;

	if (likely(!pair->pending_mixed && gxdp_pending_plain(pair, tx, format)))
		full = gxdp_pending_put_pages(pair, tx, room, format);
	else
		full = gxdp_pending_put_mixed(pair, tx, room, format);
	gxdp_tx_doorbell(tx);
	pair->pending_end = pair->pending;
	pair->pending_mixed = false;
	return full;
}

/*
 * @own: a constant: the chip may have rings for XDP alone. While the pair has
 * an AF_XDP pool it sends by its own ring: a umem buffer has to be let go in
 * the poll of its pair.
 */
static __always_inline unsigned int gxdp_xdp_flush_pending(struct gxdp_pair *pair,
							   const struct gxdp_tx_format *format,
							   const bool own)
{
	struct gxdp_tx *tx = own ? gxdp_xdp_own_ring(pair->nic) : NULL;
	unsigned int room, full;

	if (own && likely(tx) && likely(!pair->rx->pool)) {
		u64_stats_update_begin(tx->sync);
		full = gxdp_pending_put_all(pair, tx, gxdp_tx_unused(tx), format);
		u64_stats_update_end(tx->sync);
		return full;
	}

	tx = pair->tx;
	__netif_tx_lock(tx->txq, smp_processor_id());
	txq_trans_cond_update(tx->txq);
	room = tx->open ? gxdp_tx_spare(tx) : 0;
	full = gxdp_pending_put_all(pair, tx, room, format);
	__netif_tx_unlock(tx->txq);
	return full;
}

/**
 * gxdp_xdp_flush_8254x - send what a poll's XDP_TX verdicts collected
 * @pair: the pair polled
 *
 * As gxdp_xdp_flush_82574().
 */
unsigned int gxdp_xdp_flush_8254x(struct gxdp_pair *pair)
{
	return gxdp_xdp_flush_pending(pair, &gxdp_tx_8254x, false);
}

/**
 * gxdp_xdp_flush_82574 - send what a poll's XDP_TX verdicts collected
 * @pair: the pair polled
 *
 * NAPI context. Takes the transmit lock once and rings the doorbell once.
 * Returns the number of frames that found no room and were dropped.
 */
unsigned int gxdp_xdp_flush_82574(struct gxdp_pair *pair)
{
	return gxdp_xdp_flush_pending(pair, &gxdp_tx_ext, false);
}

/* Map and queue an xdp_frame, fragments and all. False: nothing queued. */
static __always_inline bool gxdp_xdp_put_frame(struct gxdp_tx *tx, struct xdp_frame *frame,
					       const struct gxdp_tx_format *format)
{
	const u32 opts = gxdp_tx_opts(format, xdp_get_frame_len(frame));
	struct skb_shared_info *sinfo = NULL;
	unsigned int i, nr_frags = 0;
	u32 len = frame->len;
	u16 first = tx->ntu;
	dma_addr_t dma;

	if (unlikely(xdp_frame_has_frags(frame))) {
		sinfo = xdp_get_shared_info_from_frame(frame);
		nr_frags = sinfo->nr_frags;
	}
	if (unlikely(gxdp_tx_unused(tx) < 1 + nr_frags +
		     (format->careful ? TXD_CAREFUL_EXTRA : 0)))
		return false;

	dma = gxdp_dma_map(tx->dev, frame->data, len, DMA_TO_DEVICE);
	for (i = 0;; i++) {
		u32 cmd = format->data | (i == nr_frags ? TXD_CMD_EOP : 0);
		struct gxdp_tx_slot *slot;

		if (dma_mapping_error(tx->dev, dma)) {
			tx->counts->map_fail++;
			gxdp_tx_unwind(tx, first);
			return false;
		}
		slot = gxdp_tx_put_piece(tx, format, dma, cmd, len, opts, i == 0);
		slot->dma = dma;
		slot->len = gxdp_tx_unmap_len(tx, len);
		slot->kind = GXDP_TX_NONE;
		if (i == nr_frags) {
			slot->kind = GXDP_TX_FRAME;
			slot->frame = frame;
			break;
		}
		len = skb_frag_size(&sinfo->frags[i]);
		dma = skb_frag_dma_map(tx->dev, &sinfo->frags[i], 0, len, DMA_TO_DEVICE);
	}
	gxdp_tx_frame_end(tx);
	return true;
}

/* Zeroes behind a short frame, which has room for them as a rule. */
static bool gxdp_xdp_pad_frame(struct xdp_frame *frame, u32 len)
{
	u32 tail = SKB_DATA_ALIGN(sizeof(struct skb_shared_info));
	void *end = (void *)frame + frame->frame_sz - tail;

	if (len < GXDP_TX_MIN_LEN || xdp_frame_has_frags(frame) || frame->data + ETH_ZLEN > end)
		return false;
	memset(frame->data + len, 0, ETH_ZLEN - len);
	frame->len = ETH_ZLEN;
	return true;
}

/* Is it whole, of @most bytes, and will one descriptor do for it? */
static __always_inline bool gxdp_xdp_plain(const struct gxdp_tx *tx, struct xdp_frame *frame,
					   const u32 most, const struct gxdp_tx_format *format)
{
	const u32 least = format->careful ? ETH_ZLEN : GXDP_TX_MIN_LEN;

	return frame->len - least <= most - least && !xdp_frame_has_frags(frame) &&
	       gxdp_tx_plain(tx, format, frame->len);
}

/* Is it short? Then a copy is sent, if there is room for copies. */
static __always_inline bool gxdp_xdp_short(const struct gxdp_tx *tx,
					   const struct xdp_frame *frame)
{
	return frame->len <= GXDP_TX_COPY_MAX && likely(tx->copies);
}

/* A report batch of @n frames is queued, from slot @first on, of @bytes in all. */
static __always_inline void gxdp_xdp_end_batch(struct gxdp_tx *tx, u32 first, int n,
					       unsigned int bytes)
{
	gxdp_tx_queued(tx, first, n);
	gxdp_tx_report(tx);
	tx->counts->xdp_xmit += n;
	tx->counts->xdp_xmit_bytes += bytes;
}

/*
 * Queue copies of the frames that are short, up to the first that is not or the
 * ring's end; the first one is. A report batch of their own. Returns how many there
 * was room for.
 */
static __always_inline int gxdp_xdp_put_copies(struct gxdp_tx *tx, int n,
					       struct xdp_frame **frames,
					       const struct gxdp_tx_format *format)
{
	const dma_addr_t to_dma = tx->copies_dma - (uintptr_t)tx->copies;
	struct gxdp_rx *rx = gxdp_rx_polled_here();
	const struct page_pool *pool = gxdp_rx_pool_polled(rx);
	const u32 first = tx->ntu, room = gxdp_tx_unused(tx);
	void *copy = tx->copies + first * GXDP_TX_COPY_MAX;
	union gxdp_tx_desc *desc = &tx->desc[first];
	unsigned int bytes = 0;
	int i = 0;

	if (unlikely(!room))
		return 0;
	n = min_t(int, n, min(room, tx->count - first));
	gxdp_tx_report(tx);
	tx->slot[first].kind = GXDP_TX_COPIES;
	do {
		struct xdp_frame *frame = frames[i];
		u32 len = frame->len;

		memcpy(copy, frame->data, len);
		gxdp_tx_write(desc, (uintptr_t)copy + to_dma, format->data | TXD_CMD_EOP | len,
			      gxdp_tx_opts(format, len));
		bytes += len;
		gxdp_rx_take_back(rx, pool, frame);
		copy += GXDP_TX_COPY_MAX;
		desc++;
	} while (++i < n && gxdp_xdp_plain(tx, frames[i], GXDP_TX_COPY_MAX, format));
	gxdp_xdp_end_batch(tx, first, i, bytes);
	return i;
}

/*
 * The same for frames in one descriptor that are not copied: they are mapped, and go back
 * when they have been sent. Ends before a frame that cannot be mapped, too.
 */
static __always_inline int gxdp_xdp_put_whole(struct gxdp_tx *tx, int n,
					      struct xdp_frame **frames,
					      const struct gxdp_tx_format *format)
{
	const u32 first = tx->ntu, room = gxdp_tx_unused(tx);
	struct gxdp_tx_slot *slot = &tx->slot[first];
	union gxdp_tx_desc *desc = &tx->desc[first];
	unsigned int bytes = 0;
	int i = 0;

	if (unlikely(!room))
		return 0;
	n = min_t(int, n, min(room, tx->count - first));
	gxdp_tx_report(tx);
	do {
		struct xdp_frame *frame = frames[i];
		u32 len = frame->len;
		dma_addr_t dma = gxdp_dma_map(tx->dev, frame->data, len, DMA_TO_DEVICE);

		if (unlikely(dma_mapping_error(tx->dev, dma))) {
			tx->counts->map_fail++;
			if (!i)
				return 0;
			break;
		}
		gxdp_tx_write(desc, dma, format->data | TXD_CMD_EOP | len,
			      gxdp_tx_opts(format, len));
		slot->frame = frame;
		slot->dma = dma;
		bytes += len;
		desc++;
		slot++;
	} while (++i < n && gxdp_xdp_plain(tx, frames[i], format->max_chunk, format) &&
		 !gxdp_xdp_short(tx, frames[i]));
	/* whether there is anything to unmap is known when all is mapped */
	tx->slot[first].kind = gxdp_tx_unmaps(tx) ? GXDP_TX_FRAMES_MAPPED : GXDP_TX_FRAMES;
	gxdp_xdp_end_batch(tx, first, i, bytes);
	return i;
}

/* How many of the frames there is room for beside what the stack waits for */
static noinline int gxdp_xdp_spare(const struct gxdp_tx *tx, int n, struct xdp_frame **frames,
				   unsigned int extra)
{
	unsigned int room = gxdp_tx_spare(tx), need;
	int i;

	for (i = 0; i < n; i++) {
		need = 1 + extra;
		if (xdp_frame_has_frags(frames[i]))
			need += xdp_get_shared_info_from_frame(frames[i])->nr_frags;
		if (need > room)
			break;
		room -= need;
	}
	tx->counts->xdp_xmit_full += n - i;
	return i;
}

/* Queue what there is room for; returns how many frames were taken. */
static __always_inline int gxdp_xdp_put_frames(struct gxdp_tx *tx, int n,
					       struct xdp_frame **frames, u32 flags,
					       const struct gxdp_tx_format *format)
{
	struct gxdp_tx_counts *counts = tx->counts;
	int i = 0, done;
	u32 len;

	while (i < n) {
		if (likely(gxdp_xdp_plain(tx, frames[i], format->max_chunk, format))) {
			if (gxdp_xdp_short(tx, frames[i]))
				done = gxdp_xdp_put_copies(tx, n - i, &frames[i], format);
			else
				done = gxdp_xdp_put_whole(tx, n - i, &frames[i], format);
			if (!done)
				break;
			i += done;
			continue;
		}
		len = xdp_get_frame_len(frames[i]);
		if (unlikely(len < (format->careful ? ETH_ZLEN : GXDP_TX_MIN_LEN)) &&
		    (!format->careful || !gxdp_xdp_pad_frame(frames[i], len))) {
			counts->runt++;
			xdp_return_frame_rx_napi(frames[i++]);
			continue;
		}
		if (!gxdp_xdp_put_frame(tx, frames[i], format))
			break;
		counts->xdp_xmit++;
		counts->xdp_xmit_bytes += len;
		i++;
	}
	counts->xdp_xmit_full += n - i;
	if (flags & XDP_XMIT_FLUSH)
		gxdp_tx_doorbell(tx);
	return i;
}

/* @own: as in gxdp_xdp_flush_pending() */
static __always_inline int gxdp_xdp_xmit(struct net_device *netdev, int n,
					 struct xdp_frame **frames, u32 flags,
					 const struct gxdp_tx_format *format, const bool own)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	unsigned int cpu = smp_processor_id();
	struct netdev_queue *txq;
	struct gxdp_pair *pair;
	struct gxdp_tx *tx;
	int done = -ENETDOWN;

	if (unlikely(flags & ~XDP_XMIT_FLAGS_MASK))
		return -EINVAL;
	if (unlikely(!netif_carrier_ok(netdev)))
		return -ENETDOWN;

	tx = own ? gxdp_xdp_own_ring(nic) : NULL;
	if (own && likely(tx)) {
		u64_stats_update_begin(tx->sync);
		done = gxdp_xdp_put_frames(tx, n, frames, flags, format);
		u64_stats_update_end(tx->sync);
		return done;
	}

	pair = nic->pair[cpu % READ_ONCE(nic->cfg.pairs)];
	txq = netdev_get_tx_queue(netdev, pair->index);
	__netif_tx_lock(txq, cpu);
	tx = pair->tx;		/* changes only while this lock is held */
	if (likely(tx && tx->open)) {
		if (unlikely(READ_ONCE(tx->owed)))
			n = gxdp_xdp_spare(tx, n, frames,
					   format->careful ? TXD_CAREFUL_EXTRA : 0);
		txq_trans_cond_update(txq);
		done = gxdp_xdp_put_frames(tx, n, frames, flags, format);
	}
	__netif_tx_unlock(txq);
	return done;
}

/**
 * gxdp_xdp_xmit_8254x - ndo_xdp_xmit: frames redirected here
 * @netdev: device
 * @n: frames in @frames
 * @frames: frames; those taken are ours to return
 * @flags: XDP_XMIT_FLUSH rings the doorbell
 *
 * As gxdp_xdp_xmit_82574().
 */
int gxdp_xdp_xmit_8254x(struct net_device *netdev, int n, struct xdp_frame **frames, u32 flags)
{
	return gxdp_xdp_xmit(netdev, n, frames, flags, &gxdp_tx_8254x, false);
}

/**
 * gxdp_xdp_xmit_82574 - ndo_xdp_xmit: frames redirected here
 * @netdev: device
 * @n: frames in @frames
 * @frames: frames; those taken are ours to return
 * @flags: XDP_XMIT_FLUSH rings the doorbell
 *
 * NAPI context of any device, or a cpumap thread, BHs off. Returns how many
 * were taken, in order; or an errno with none taken.
 */
int gxdp_xdp_xmit_82574(struct net_device *netdev, int n, struct xdp_frame **frames, u32 flags)
{
	return gxdp_xdp_xmit(netdev, n, frames, flags, &gxdp_tx_ext, false);
}

/**
 * gxdp_xdp_flush_82576 - send what a poll's XDP_TX verdicts collected
 * @pair: the pair polled
 *
 * As gxdp_xdp_flush_82574().
 */
unsigned int gxdp_xdp_flush_82576(struct gxdp_pair *pair)
{
	return gxdp_xdp_flush_pending(pair, &gxdp_tx_adv, true);
}

/**
 * gxdp_xdp_xmit_82576 - ndo_xdp_xmit: frames redirected here
 * @netdev: device
 * @n: frames in @frames
 * @frames: frames; those taken are ours to return
 * @flags: XDP_XMIT_FLUSH rings the doorbell
 *
 * As gxdp_xdp_xmit_82574().
 */
int gxdp_xdp_xmit_82576(struct net_device *netdev, int n, struct xdp_frame **frames, u32 flags)
{
	return gxdp_xdp_xmit(netdev, n, frames, flags, &gxdp_tx_adv, true);
}

/* The RSS hash of the frame, from the descriptor its last byte came with. */
static int gxdp_xmo_rx_hash(const struct xdp_md *md, u32 *hash, enum xdp_rss_hash_type *type)
{
	static const enum xdp_rss_hash_type types[RXD_RSS_TYPE_MASK + 1] = {
		[RXD_RSS_IPV4_TCP]	= XDP_RSS_TYPE_L4_IPV4_TCP,
		[RXD_RSS_IPV4]		= XDP_RSS_TYPE_L3_IPV4,
		[RXD_RSS_IPV6_TCP]	= XDP_RSS_TYPE_L4_IPV6_TCP,
		[RXD_RSS_IPV6_EX]	= XDP_RSS_TYPE_L3_IPV6_EX,
		[RXD_RSS_IPV6]		= XDP_RSS_TYPE_L3_IPV6,
		[RXD_RSS_IPV6_TCP_EX]	= XDP_RSS_TYPE_L4_IPV6_TCP_EX,
		[RXD_RSS_IPV4_UDP]	= XDP_RSS_TYPE_L4_IPV4_UDP,
		[RXD_RSS_IPV6_UDP]	= XDP_RSS_TYPE_L4_IPV6_UDP,
		[RXD_RSS_IPV6_UDP_EX]	= XDP_RSS_TYPE_L4_IPV6_UDP_EX,
	};
	const struct gxdp_xdp_buff *ctx = (const void *)md;
	u32 hw_type = le32_to_cpu(ctx->desc->ext.mrq) & RXD_RSS_TYPE_MASK;

	if (!(ctx->xdp.rxq->dev->features & NETIF_F_RXHASH) || !hw_type)
		return -ENODATA;
	*hash = le32_to_cpu(ctx->desc->ext.rss);
	*type = types[hw_type];
	return 0;
}

/* The tag the chip took out of the frame, when it was told to. */
static int gxdp_xmo_rx_vlan_tag(const struct xdp_md *md, __be16 *proto, u16 *tci)
{
	const struct gxdp_xdp_buff *ctx = (const void *)md;

	if (!(le32_to_cpu(ctx->desc->ext.staterr) & RXD_VP) ||
	    !(ctx->xdp.rxq->dev->features & NETIF_F_HW_VLAN_CTAG_RX))
		return -ENODATA;
	*proto = htons(ETH_P_8021Q);
	*tci = le16_to_cpu(ctx->desc->ext.vlan);
	return 0;
}

/* The tag is where the other formats have it; that there is one, in the status. */
static int gxdp_xmo_rx_vlan_tag_legacy(const struct xdp_md *md, __be16 *proto, u16 *tci)
{
	const struct gxdp_xdp_buff *ctx = (const void *)md;

	if (!(gxdp_rx_legacy_staterr(gxdp_rx_legacy_word(ctx->desc)) & RXD_VP) ||
	    !(ctx->xdp.rxq->dev->features & NETIF_F_HW_VLAN_CTAG_RX))
		return -ENODATA;
	*proto = htons(ETH_P_8021Q);
	*tci = le16_to_cpu(ctx->desc->ext.vlan);
	return 0;
}

const struct xdp_metadata_ops gxdp_xdp_hints_8254x = {
	GXDP_COMPAT_XMO_VLAN_TAG(gxdp_xmo_rx_vlan_tag_legacy)
};

const struct xdp_metadata_ops gxdp_xdp_hints_82574 = {
	.xmo_rx_hash		= gxdp_xmo_rx_hash,
	GXDP_COMPAT_XMO_VLAN_TAG(gxdp_xmo_rx_vlan_tag)
};

/**
 * gxdp_xdp_init - say what XDP and AF_XDP can do here
 * @nic: device, before it is registered
 *
 * None of it depends on a program being attached or the device being up.
 */
void gxdp_xdp_init(struct gxdp_nic *nic)
{
	gxdp_set_xdp_features(nic->netdev,
			      NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_REDIRECT |
			      NETDEV_XDP_ACT_NDO_XMIT | NETDEV_XDP_ACT_NDO_XMIT_SG |
			      NETDEV_XDP_ACT_RX_SG | NETDEV_XDP_ACT_XSK_ZEROCOPY,
			      MAX_SKB_FRAGS);
	gxdp_set_xdp_metadata_ops(nic->netdev, nic->family->path->hints);
	gxdp_xsk_meta_init(nic);
}
