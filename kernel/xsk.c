// SPDX-License-Identifier: GPL-2.0
/*
 * AF_XDP zero-copy: binding and closing pools, and transmit.
 *
 * 82576 can stop one queue: binding and closing restart that pair with another
 * ring, and the others carry on.
 *
 * 82574L has one receive enable for both its queues, so binding must not
 * stop anything: the rings carry on, and each slot takes a umem buffer when
 * the page in it has been used (gxdp_rx_reserve()). Closing has to:
 * the chip may be writing to umem buffers anywhere in the ring.
 */
#include "gxdp.h"
#include "hw/desc.h"
#include "hw/family.h"
#include "path.h"
#include "trace.h"
#include "tx.h"

#define GXDP_XSK_DMA_ATTRS	(DMA_ATTR_SKIP_CPU_SYNC | DMA_ATTR_WEAK_ORDERING)
/*
 * Frames a poll sends, and reports on together. Twice what applications
 * commonly queue between two wake-ups, so that one poll takes it all.
 */
#define GXDP_XSK_TX_BUDGET	128

/**
 * gxdp_xsk_check - can this pool serve under this configuration?
 * @nic: device
 * @cfg: configuration
 * @pool: pool
 *
 * Where the receive buffer size is one register for all queues, it is 2,048
 * bytes; with long frames off the chip writes no more than a standard frame
 * of it. Else see gxdp_rx_buf_len(): any chunk will do. Where frames do not fit
 * one buffer, the socket must take them in pieces.
 *
 * Returns NULL, or a sentence that says why not and what to do.
 */
const char *gxdp_xsk_check(const struct gxdp_nic *nic, const struct gxdp_config *cfg,
			   struct xsk_buff_pool *pool)
{
	u32 room = xsk_pool_get_rx_frame_size(pool);
	u32 buf = GXDP_RX_BUF_LEN, whole;

	if (nic->family->flags & GXDP_F_QUEUE_BUF) {
		buf = min(room, GXDP_RX_BUF_MAX);
		if (room < 1024)
			return "umem chunks are too small: use larger ones, or less headroom";
	} else if (cfg->mtu <= ETH_DATA_LEN) {
		/* a frame never has a second piece here, of which the chunk's end would tell */
		whole = xsk_pool_get_chunk_size(pool) - xsk_pool_get_headroom(pool);
		if (whole < GXDP_MAX_FRAME_STD)
			return "umem chunks are too small: use larger ones, or less headroom";
		return NULL;
	} else if (room < GXDP_RX_BUF_LEN) {
		return "an MTU above 1500 needs umem chunks of 4096 bytes; or use an MTU of 1500";
	}
	if (gxdp_xsk_takes_frags(pool) || gxdp_frame_limit(cfg) <= buf)
		return NULL;
	if (!GXDP_XSK_FRAGS)
		return "the kernel lacks multi-buffer AF_XDP: lower the MTU, or use larger chunks";
	return "a frame may come in pieces: use XDP_USE_SG, a smaller MTU or (82576) larger chunks";
}

/**
 * gxdp_xsk_start - let a pair use a pool
 * @pair: pair; its rings may be running
 * @pool: pool, DMA-mapped
 *
 * Control path. Nothing here can fail.
 */
void gxdp_xsk_start(struct gxdp_pair *pair, struct xsk_buff_pool *pool)
{
	struct gxdp_rx *rx = pair->rx;

	rx->dma_sync |= gxdp_xsk_needs_sync(pool);
	pair->rxq_xsk.frag_size = gxdp_xsk_frag_step(pool);
	WRITE_ONCE(pair->tx->pool, pool);
	/* pairs with the acquire in gxdp_rx_poll() */
	smp_store_release(&rx->pool, pool);
}

/* A bind has no way to hand a sentence to the caller. */
static void gxdp_xsk_refuse(const struct gxdp_nic *nic, u16 queue, const char *why)
{
	if (net_ratelimit())
		netdev_notice(nic->netdev, "AF_XDP zero-copy on queue %u refused: %s\n", queue,
			      why);
}

/* A ring for this pool, and nothing stops but the queue it is for. */
static int gxdp_xsk_rebuild(struct gxdp_nic *nic, struct xsk_buff_pool *pool, u16 queue)
{
	struct gxdp_config next = nic->cfg;
	struct netlink_ext_ack why = {};
	int err;

	next.pool[queue] = pool;
	err = gxdp_apply(nic, &next, &why);
	if (err)
		gxdp_xsk_refuse(nic, queue, why._msg ?: "out of memory");
	return err;
}

static int gxdp_xsk_bind(struct gxdp_nic *nic, struct xsk_buff_pool *pool, u16 queue)
{
	const char *why;
	int err;

	if (queue < nic->cfg.pairs && nic->cfg.pool[queue])
		return -EBUSY;
	if (queue >= nic->cfg.pairs) {
		gxdp_xsk_refuse(nic, queue, "no such queue: ethtool -l shows how many there are");
		return -EINVAL;
	}
	err = xsk_pool_dma_map(pool, &nic->pdev->dev, GXDP_XSK_DMA_ATTRS);
	if (err)
		return err;
	/* only a pool that is mapped says what room its chunks have, from now to its end */
	why = gxdp_xsk_check(nic, &nic->cfg, pool);
	if (why) {
		gxdp_xsk_refuse(nic, queue, why);
		err = -EINVAL;
		goto err_unmap;
	}
	/* the core asks it whenever a socket may poll busily, whether the ring runs or not */
	xsk_pool_set_rxq_info(pool, &nic->pair[queue]->rxq_xsk);

	if (nic->family->flags & GXDP_F_QUEUE_STOP) {
		err = gxdp_xsk_rebuild(nic, pool, queue);
		if (err)
			goto err_unmap;
		return 0;
	}
	/* a ring that does not run just now is there, and will serve again */
	if (nic->pair[queue]->rx) {
		err = gxdp_rx_expect_pool(nic->pair[queue]->rx);
		if (err)
			goto err_unmap;
	}
	nic->cfg.pool[queue] = pool;
	if (test_bit(GXDP_UP, &nic->flags)) {
		gxdp_xsk_start(nic->pair[queue], pool);
		gxdp_xsk_wakeup(nic->netdev, queue, XDP_WAKEUP_TX);
	}
	trace_gxdp_config(nic, 0);
	return 0;

err_unmap:
	xsk_pool_dma_unmap(pool, GXDP_XSK_DMA_ATTRS);
	gxdp_xsk_unmapped(pool);
	return err;
}

static int gxdp_xsk_close(struct gxdp_nic *nic, u16 queue)
{
	struct gxdp_config next = nic->cfg;
	struct xsk_buff_pool *pool;

	if (queue >= nic->max_pairs || !nic->cfg.pool[queue])
		return -EINVAL;
	pool = nic->cfg.pool[queue];
	next.pool[queue] = NULL;
	/*
	 * The pool is going away whatever we say: without memory for a ring
	 * of pages, the queue goes without one and the reset work gets it.
	 */
	if (gxdp_apply(nic, &next, NULL))
		gxdp_config_evict(nic, queue);
	xsk_pool_dma_unmap(pool, GXDP_XSK_DMA_ATTRS);
	return 0;
}

/**
 * gxdp_xsk_setup - bind a pool to a queue, or close the one that is there
 * @nic: device
 * @pool: pool, or NULL to close
 * @queue: queue
 *
 * Control path, rtnl held. A failed bind changes nothing.
 */
int gxdp_xsk_setup(struct gxdp_nic *nic, struct xsk_buff_pool *pool, u16 queue)
{
	return pool ? gxdp_xsk_bind(nic, pool, queue) : gxdp_xsk_close(nic, queue);
}

/**
 * gxdp_xsk_wakeup - ndo_xsk_wakeup: the application has frames to send, or
 *	buffers to offer
 * @netdev: device
 * @queue: queue
 * @flags: XDP_WAKEUP_*
 *
 * Process context. Runs the poll here and now unless it is running already:
 * cheaper than asking the chip for an interrupt.
 */
int gxdp_xsk_wakeup(struct net_device *netdev, u32 queue, u32 flags)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	struct gxdp_pair *pair;

	if (unlikely(!test_bit(GXDP_UP, &nic->flags)))
		return -ENETDOWN;
	if (unlikely(queue >= nic->max_pairs || !READ_ONCE(nic->cfg.pool[queue])))
		return -EINVAL;

	pair = nic->pair[queue];
	if (!napi_if_scheduled_mark_missed(&pair->napi))
		gxdp_poll_now(pair);
	return 0;
}

/*
 * A frame of @pieces that the chip cannot send: too short for it to pad, or longer than
 * what it takes. Its descriptors become such as send nothing, and it completes with its
 * batch.
 */
static __always_inline void gxdp_xsk_put_nothing(struct gxdp_tx *tx, u32 pieces,
						 const struct gxdp_tx_format *format)
{
	while (pieces--)
		gxdp_tx_put(tx, 0, format->nothing, 0);
	tx->counts->xsk_invalid++;
}

/* The longest frame that the chip takes, a tag included. */
static __always_inline u32 gxdp_xsk_longest(const struct gxdp_tx *tx)
{
	return tx->pair->nic->netdev->max_mtu + VLAN_ETH_HLEN;
}

/*
 * The pieces of the frame at @xd, all at hand, if it is of several that are none that can
 * be sent. Else 0; also where a kernel hands them out one by one (gxdp_xsk_tx_step()).
 */
static u32 gxdp_xsk_bad_pieces(struct gxdp_tx *tx, const struct xdp_desc *xd,
			       const struct xdp_desc *end, const struct gxdp_tx_format *format)
{
	u32 least = format->careful ? ETH_ZLEN : GXDP_TX_MIN_LEN, pieces = 1;
	u32 most = gxdp_xsk_longest(tx), len = xd->len;

	while (!xsk_is_eop_desc(xd)) {
		if (++xd == end)
			return 0;
		len += xd->len;
		pieces++;
	}
	return len >= least && len <= most ? 0 : pieces;
}

/*
 * 8254x: a piece that takes more than one descriptor. Those that are no AF_XDP
 * frame's own are counted in the batch's first slot, @head. Its kind and count
 * come last: writing descriptors writes to slots.
 */
static void gxdp_xsk_put_careful(struct gxdp_tx *tx, struct gxdp_tx_slot *head,
				 dma_addr_t dma, u32 len, bool first, bool last)
{
	u32 extra = head->bytes;
	u8 kind = head->kind;
	u16 ntu = tx->ntu;

	gxdp_tx_put_xsk(tx, &gxdp_tx_8254x, dma, TXD_DATA | (last ? TXD_CMD_EOP : 0), len, 0,
			first);
	head->kind = kind;
	head->bytes = extra + gxdp_tx_since(tx, ntu) - 1;
}

/*
 * May frames of the pool be queued by gxdp_xsk_put_usual()? Addresses are offsets into
 * the umem as they are, and no byte of it needs a DMA sync.
 */
static __always_inline bool gxdp_xsk_usual(const struct xsk_buff_pool *pool)
{
	return !pool->unaligned && !gxdp_xsk_needs_sync(pool) &&
	       !gxdp_dma_need_sync_now(pool->dev);
}

/*
 * Queue the frames from @xd on, @n at the most and none beyond the ring's end, as long as
 * each is in one descriptor and sent as it is. What the core has handed out lies in the
 * umem: it has seen to that. Adds their lengths to @bytes. Returns how many they were.
 */
static __always_inline u32 gxdp_xsk_put_usual(struct gxdp_tx *tx, const struct xsk_buff_pool *pool,
					      const struct xdp_desc *xd, u32 n, u32 longest,
					      u32 *bytes, const struct gxdp_tx_format *format)
{
	const u32 most = format->careful ? TXD_CAREFUL_FIRST : min(longest, format->max_chunk);
	const u32 least = format->careful ? ETH_ZLEN : GXDP_TX_MIN_LEN, ntu = tx->ntu;
	const struct xdp_desc *const first = xd, *const end = xd + min(n, tx->count - ntu);
	const dma_addr_t *const pages = pool->dma_pages;
	union gxdp_tx_desc *desc = &tx->desc[ntu];
	u32 sum = 0, done;

	for (; xd < end; xd++, desc++) {
		u64 addr = xd->addr;
		u32 len = xd->len;

		if (unlikely(xd->options || len - least > most - least))
			break;
		gxdp_tx_write(desc, (pages[addr >> PAGE_SHIFT] & ~XSK_NEXT_PG_CONTIG_MASK) +
			      offset_in_page(addr), format->data | TXD_CMD_EOP | len,
			      gxdp_tx_opts(format, len));
		sum += len;
	}
	done = xd - first;
	gxdp_tx_queued(tx, ntu, done);
	*bytes += sum;
	return done;
}

/*
 * Queue @n descriptors of the pool as one report batch, and count the frames that end among
 * them: as a rule all (but see gxdp_xsk_tx_step()).
 */
static __always_inline void gxdp_xsk_put_batch(struct gxdp_tx *tx, struct xsk_buff_pool *pool,
					       u32 n, const struct gxdp_tx_format *format)
{
	const struct xdp_desc *xd = pool->tx_descs, *end = xd + n;
	u32 bytes = 0, frames = n, opts = 0, pieces, done;
	const u32 most = gxdp_xsk_longest(tx);
	const bool usual = gxdp_xsk_usual(pool);
	struct gxdp_tx_slot *head;
	bool first = true;

	gxdp_tx_report(tx);	/* a batch of AF_XDP frames holds nothing else */
	head = &tx->slot[tx->ntu];
	head->kind = GXDP_TX_XSK;
	head->bytes = 0;
	for (; xd < end; xd++) {
		bool sound, last = true;
		dma_addr_t dma;

		if (likely(usual && first && !xd->options && !(format->careful && tx->after_tso))) {
			done = gxdp_xsk_put_usual(tx, pool, xd, end - xd, most, &bytes, format);
			if (likely(done)) {
				xd += done - 1;
				continue;
			}
		}
		dma = xsk_buff_raw_get_dma(pool, xd->addr);
		/* a piece of a sound frame is never too long, but it may be short */
		sound = xd->len - GXDP_TX_MIN_LEN <= most - GXDP_TX_MIN_LEN;
		if (unlikely(xd->options)) {
			u32 bad = first && !xsk_is_eop_desc(xd) ?
				  gxdp_xsk_bad_pieces(tx, xd, end, format) : 0;

			if (unlikely(bad)) {
				gxdp_xsk_put_nothing(tx, bad, format);
				frames -= bad - 1;
				xd += bad - 1;
				continue;
			}
			if (xd->options & XDP_TX_METADATA && first && sound) {
				bytes += gxdp_xsk_frame_len(xd, end);
				pieces = gxdp_xsk_put_meta(tx, pool, head, xd, end, format);
				xd += pieces - 1;
				frames -= pieces - xsk_is_eop_desc(xd);
				continue;
			}
			last = xsk_is_eop_desc(xd);
			frames -= !last;
		}
		if (unlikely(!sound) && first && last) {
			gxdp_xsk_put_nothing(tx, 1, format);
			continue;
		}
		bytes += xd->len;
		xsk_buff_raw_dma_sync_for_device(pool, dma, xd->len);
		if (format->paylen_shift && first)
			opts = gxdp_tx_opts(format, last ? xd->len : gxdp_xsk_frame_len(xd, end));
		if (format->careful &&
		    unlikely((first && xd->len - ETH_ZLEN > TXD_CAREFUL_FIRST - ETH_ZLEN) ||
			     tx->after_tso)) {
			gxdp_xsk_put_careful(tx, head, dma, xd->len, first, last);
			first = last;
			continue;
		}
		gxdp_tx_put(tx, dma, format->data | (last ? TXD_CMD_EOP : 0) | xd->len, opts);
		first = last;
	}
	tx->counts->xsk += frames;
	tx->counts->xsk_bytes += bytes;
}

/*
 * Queue what the sockets have, @want descriptors at the most, and return how
 * many that was. The core hands out whole frames: nothing gets in between.
 */
static __always_inline u32 gxdp_xsk_put(struct gxdp_tx *tx, struct xsk_buff_pool *pool, u32 want,
					const struct gxdp_tx_format *format)
{
	const u32 step = gxdp_xsk_tx_step(pool, want);
	u32 n, sum = 0;

	do {
		n = xsk_tx_peek_release_desc_batch(pool, step);
		if (!n)
			break;
		gxdp_xsk_put_batch(tx, pool, n, format);
		sum += n;
	} while (step < want && sum < want);
	return sum;
}

/* The most descriptors of the ring that one of the pool's may take. */
static __always_inline u32 gxdp_xsk_tx_most(const struct gxdp_tx_format *format, bool meta)
{
	return 1 + (format->careful ? TXD_CAREFUL_EXTRA : 0) + (meta ? 1 : 0);
}

static __always_inline bool gxdp_xsk_xmit(struct gxdp_tx *tx, struct xsk_buff_pool *pool,
					  const struct gxdp_tx_format *format)
{
	bool again = false;
	u32 want, n = 0;

	__netif_tx_lock(tx->txq, smp_processor_id());
	want = gxdp_tx_spare(tx);
	if (gxdp_xsk_has_meta(pool))
		want /= gxdp_xsk_tx_most(format, true);
	else
		want /= gxdp_xsk_tx_most(format, false);
	/* nothing leaves without a link; the poll when it comes takes what has gathered */
	if (likely(tx->open && netif_carrier_ok(tx->txq->dev)))
		want = min_t(u32, want, GXDP_XSK_TX_BUDGET);
	else
		want = 0;
	if (likely(want))
		n = gxdp_xsk_put(tx, pool, want, format);
	if (n) {
		txq_trans_cond_update(tx->txq);
		gxdp_tx_doorbell(tx);
	}
	__netif_tx_unlock(tx->txq);

	if (xsk_uses_need_wakeup(pool)) {
		if (n == want) {
			xsk_clear_tx_need_wakeup(pool);
		} else if (!(pool->cached_need_wakeup & XDP_WAKEUP_TX)) {
			/* ask to be woken, then look once more: what was
			 * queued in between came without a wake-up
			 */
			xsk_set_tx_need_wakeup(pool);
			smp_mb();	/* the flag is out before the next look */
			again = true;
		}
	}
	return again || (n && n == want);
}

/**
 * gxdp_xsk_xmit_8254x - send what AF_XDP sockets have queued
 * @tx: ring
 * @pool: the pool bound to it
 *
 * As gxdp_xsk_xmit_82574().
 */
bool gxdp_xsk_xmit_8254x(struct gxdp_tx *tx, struct xsk_buff_pool *pool)
{
	return gxdp_xsk_xmit(tx, pool, &gxdp_tx_8254x);
}

/**
 * gxdp_xsk_xmit_82574 - send what AF_XDP sockets have queued
 * @tx: ring
 * @pool: the pool bound to it
 *
 * NAPI context. Takes the queue's lock, shared with the stack and XDP.
 * Returns true if it stopped for the budget's sake and wants to go on.
 */
bool gxdp_xsk_xmit_82574(struct gxdp_tx *tx, struct xsk_buff_pool *pool)
{
	return gxdp_xsk_xmit(tx, pool, &gxdp_tx_ext);
}

/**
 * gxdp_xsk_xmit_82576 - the same with advanced descriptors
 * @tx: ring
 * @pool: the pool bound to it
 */
bool gxdp_xsk_xmit_82576(struct gxdp_tx *tx, struct xsk_buff_pool *pool)
{
	return gxdp_xsk_xmit(tx, pool, &gxdp_tx_adv);
}
