// SPDX-License-Identifier: GPL-2.0
/*
 * Receive: the poll loop, and what becomes of each frame.
 *
 * A slot always holds a buffer. Before a buffer is given away its
 * replacement is in hand; where none is to be had, the frame is dropped
 * and its buffer armed again. A dropped frame's buffer never leaves its
 * slot.
 */
#include <linux/bpf_trace.h>
#include <linux/filter.h>
#include <linux/prefetch.h>

#include "gxdp.h"
#include "hw/desc.h"
#include "hw/family.h"
#include "path.h"
#include "rx.h"
#include "tx.h"

DEFINE_PER_CPU(struct gxdp_rx *, gxdp_rx_polled);

static __always_inline void gxdp_rx_hash(struct sk_buff *skb, const union gxdp_rx_desc *desc)
{
	u32 type = le32_to_cpu(desc->ext.mrq) & RXD_RSS_TYPE_MASK;

	if (type)
		skb_set_hash(skb, le32_to_cpu(desc->ext.rss),
			     BIT(type) & RXD_RSS_L4 ? PKT_HASH_TYPE_L4 : PKT_HASH_TYPE_L3);
}

/* What few frames have: a checksum found wrong or not looked at, a stamp, a stripped tag. */
#define GXDP_RX_RARE	(RXD_IXSM | RXD_ERR_TCPE | RXD_ERR_IPE | RXD_TS | RXD_VP)

static noinline void gxdp_rx_rare(struct gxdp_rx *rx, struct sk_buff *skb, u32 staterr,
				  const union gxdp_rx_desc *desc, struct gxdp_rx_counts *c)
{
	const netdev_features_t features = rx->rxq.dev->features;

	if (features & NETIF_F_RXCSUM && !(staterr & RXD_IXSM)) {
		if (staterr & (RXD_ERR_TCPE | RXD_ERR_IPE)) {
			c->csum_bad++;
		} else if (staterr & (RXD_TCPCS | RXD_UDPCS)) {
			skb->ip_summed = CHECKSUM_UNNECESSARY;
			c->csum_ok++;
		}
	}
	if (staterr & RXD_TS)
		gxdp_ptp_rx(rx->pair->nic, skb);
	if (staterr & RXD_VP && features & NETIF_F_HW_VLAN_CTAG_RX)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), le16_to_cpu(desc->ext.vlan));
}

/* Fill in what the chip found out, and up it goes. */
static __always_inline void __gxdp_rx_up(struct gxdp_rx *rx, struct sk_buff *skb, u32 staterr,
					 const union gxdp_rx_desc *desc,
					 struct gxdp_rx_counts *c)
{
	struct net_device *netdev = rx->rxq.dev;
	const netdev_features_t features = netdev->features;

	if (unlikely(staterr & GXDP_RX_RARE)) {
		gxdp_rx_rare(rx, skb, staterr, desc, c);
	} else if (staterr & (RXD_TCPCS | RXD_UDPCS) && likely(features & NETIF_F_RXCSUM)) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		c->csum_ok++;
	}
	if (likely(features & NETIF_F_RXHASH))
		gxdp_rx_hash(skb, desc);
	skb_record_rx_queue(skb, rx->rxq.queue_index);
	skb->protocol = eth_type_trans(skb, netdev);
	c->pass++;
	napi_gro_receive(&rx->pair->napi, skb);
}

/**
 * gxdp_rx_up - hand an skb to the stack
 * @rx: ring
 * @skb: frame
 * @staterr: RXD_* bits
 * @desc: the descriptor of the frame's end
 * @c: counters
 *
 * The pair's poll.
 */
noinline void gxdp_rx_up(struct gxdp_rx *rx, struct sk_buff *skb, u32 staterr,
			 const union gxdp_rx_desc *desc, struct gxdp_rx_counts *c)
{
	__gxdp_rx_up(rx, skb, staterr, desc, c);
}

/*
 * An skb around the page(s) of a frame; NULL leaves the pages alone. Only an
 * @assembled frame has fragments.
 */
static __always_inline struct sk_buff *gxdp_rx_build_skb(struct xdp_buff *xdp,
							 const bool assembled)
{
	unsigned int metasize = xdp->data - xdp->data_meta;
	struct skb_shared_info *sinfo = NULL;
	unsigned int nr_frags = 0;
	struct sk_buff *skb;

	if (assembled && xdp_buff_has_frags(xdp)) {
		/* read before the skb zeroes its own part of it */
		sinfo = xdp_get_shared_info_from_buff(xdp);
		nr_frags = sinfo->nr_frags;
	}
	skb = napi_build_skb(xdp->data_hard_start, PAGE_SIZE);
	if (unlikely(!skb))
		return NULL;
	skb_reserve(skb, xdp->data - xdp->data_hard_start);
	__skb_put(skb, xdp->data_end - xdp->data);
	if (unlikely(metasize))
		skb_metadata_set(skb, metasize);
	skb_mark_for_recycle(skb);
	if (assembled && nr_frags)
		xdp_update_skb_frags_info(skb, nr_frags, sinfo->xdp_frags_size,
					  nr_frags * PAGE_SIZE, xdp_buff_get_skb_flags(xdp));
	return skb;
}

/* A short frame for the stack, copied. Where it came from stays ours. */
static __always_inline void gxdp_rx_copy_up(struct gxdp_rx *rx, const void *data, u32 len,
					    u32 staterr, const union gxdp_rx_desc *desc,
					    struct gxdp_rx_counts *c)
{
	struct sk_buff *skb = gxdp_rx_copy_head(rx, data, len);

	if (likely(skb))
		__gxdp_rx_up(rx, skb, staterr, desc, c);
	else
		c->skb_fail++;
}

/* The same for a frame that a program has passed. */
static noinline void gxdp_rx_copy_passed(struct gxdp_rx *rx, const struct xdp_buff *xdp,
					 u32 staterr, const union gxdp_rx_desc *desc,
					 struct gxdp_rx_counts *c)
{
	gxdp_rx_copy_up(rx, xdp->data, xdp->data_end - xdp->data, staterr, desc, c);
}

/* Metadata goes with the page. */
static __always_inline bool gxdp_rx_may_copy(const struct xdp_buff *xdp)
{
	return xdp->data_end - xdp->data <= GXDP_RX_COPY_MAX && xdp->data_meta == xdp->data;
}

/* A copy of a umem frame for the stack; the umem buffers stay ours. */
static struct sk_buff *gxdp_rx_copy_skb(struct gxdp_rx *rx, struct xdp_buff *xdp)
{
	unsigned int metasize = xdp->data - xdp->data_meta;
	unsigned int len = xdp->data_end - xdp->data_meta;
	struct xdp_buff *frag;
	struct sk_buff *skb;

	skb = napi_alloc_skb(&rx->pair->napi, metasize + xdp_get_buff_len(xdp));
	if (likely(skb)) {
		skb_put_data(skb, xdp->data_meta, len);
		if (metasize) {
			skb_metadata_set(skb, metasize);
			__skb_pull(skb, metasize);
		}
	}
	if (likely(!xdp_buff_has_frags(xdp)))
		return skb;
	while ((frag = xsk_buff_get_frag(xdp))) {
		if (likely(skb))
			skb_put_data(skb, frag->data, frag->data_end - frag->data);
		xsk_buff_free(frag);
	}
	xdp_buff_clear_frags_flag(xdp);
	return skb;
}

static __always_inline void gxdp_rx_pend(struct gxdp_rx *rx, void *buf, dma_addr_t dma, u32 len,
					 u8 kind, bool more, const bool sync)
{
	struct gxdp_pair *pair = rx->pair;
	struct gxdp_pending *pending = pair->pending_end++;

	pending->buf = buf;
	pending->dma = dma;
	pending->len = len;
	pending->kind = kind;
	pending->more = more;
	if (sync)
		dma_sync_single_for_device(&pair->nic->pdev->dev, dma, len, DMA_BIDIRECTIONAL);
}

/* Make room for a frame of @pieces buffers among the pending ones. */
static __always_inline void gxdp_rx_pend_room(struct gxdp_rx *rx, unsigned int pieces,
					      struct gxdp_rx_counts *c)
{
	struct gxdp_pair *pair = rx->pair;

	if (unlikely(pair->pending_end > pair->pending + GXDP_TX_PENDING - pieces))
		c->xdp_tx_full += pair->nic->family->path->flush_pending(pair);
}

/* XDP_TX of a frame in several pages. */
static void gxdp_rx_tx_pages(struct gxdp_rx *rx, struct page *page, struct xdp_buff *xdp,
			     struct gxdp_rx_counts *c)
{
	struct skb_shared_info *sinfo = xdp_get_shared_info_from_buff(xdp);
	unsigned int i, nr_frags = xdp_buff_has_frags(xdp) ? sinfo->nr_frags : 0;

	gxdp_rx_pend_room(rx, 1 + nr_frags, c);
	rx->pair->pending_mixed = true;
	c->xdp_tx++;
	gxdp_rx_pend(rx, page,
		     page_pool_get_dma_addr(page) + (xdp->data - xdp->data_hard_start),
		     xdp->data_end - xdp->data, GXDP_TX_PAGE, nr_frags, rx->dma_sync);
	for (i = 0; i < nr_frags; i++) {
		skb_frag_t *frag = &sinfo->frags[i];

		page = skb_frag_page(frag);
		gxdp_rx_pend(rx, page, page_pool_get_dma_addr(page) + skb_frag_off(frag),
			     skb_frag_size(frag), GXDP_TX_PAGE, i + 1 < nr_frags, rx->dma_sync);
	}
}

static dma_addr_t gxdp_xsk_data_dma(struct xdp_buff *xdp)
{
	return xsk_buff_xdp_get_dma(xdp) +
	       (xdp->data - xdp->data_hard_start) - XDP_PACKET_HEADROOM;
}

/* XDP_TX of a frame in umem buffers. */
static void gxdp_rx_tx_umem(struct gxdp_rx *rx, struct xdp_buff *xdp, struct gxdp_rx_counts *c)
{
	struct xdp_buff *frag, *next = NULL;

	gxdp_rx_pend_room(rx, 1 + MAX_SKB_FRAGS, c);
	rx->pair->pending_mixed = true;
	c->xdp_tx++;
	if (unlikely(xdp_buff_has_frags(xdp)))
		next = xsk_buff_get_frag(xdp);
	gxdp_rx_pend(rx, xdp, gxdp_xsk_data_dma(xdp), xdp->data_end - xdp->data,
		     GXDP_TX_UMEM, next, rx->dma_sync);
	/* the pool has one list of fragments: empty it before the next frame */
	while ((frag = next)) {
		next = xsk_buff_get_frag(xdp);
		gxdp_rx_pend(rx, frag, gxdp_xsk_data_dma(frag), frag->data_end - frag->data,
			     GXDP_TX_UMEM, next, rx->dma_sync);
	}
	xdp_buff_clear_frags_flag(xdp);
}

/*
 * XDP_TX of a frame below 60 bytes: below 17 the chip cannot send it; to some
 * the others must come padded, which the buffer has room for as a rule. False:
 * it is dropped.
 */
static noinline bool gxdp_rx_tx_short(struct gxdp_rx *rx, struct xdp_buff *xdp,
				      struct gxdp_rx_counts *c)
{
	u32 len = xdp_get_buff_len(xdp);

	if (len >= GXDP_TX_MIN_LEN) {
		if (!rx->pad_frames)
			return true;
		if (!xdp_buff_has_frags(xdp) && xdp->data + ETH_ZLEN <= xdp_data_hard_end(xdp)) {
			memset(xdp->data_end, 0, ETH_ZLEN - len);
			xdp->data_end = xdp->data + ETH_ZLEN;
			return true;
		}
	}
	c->xdp_tx_runt++;
	return false;
}

/* A verdict that is none: count, trace; the frame is dropped. */
static noinline void gxdp_rx_refused(struct gxdp_rx *rx, struct bpf_prog *prog, u32 act,
				     struct gxdp_rx_counts *c)
{
	struct net_device *netdev = rx->rxq.dev;

	if (act == XDP_ABORTED) {
		c->xdp_aborted++;
	} else {
		c->xdp_invalid++;
		bpf_warn_invalid_xdp_action(netdev, prog, act);
	}
	trace_xdp_exception(netdev, prog, act);
}

/* A page for the slot of one that goes. @bound, a constant: a socket is bound. */
static __always_inline bool gxdp_rx_refill(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
					   const bool bound, struct gxdp_rx_counts *c)
{
	if (likely(bound ? gxdp_rx_replace(rx, slot, true) : gxdp_rx_replace_page(rx, slot)))
		return true;
	c->alloc_fail++;
	return false;
}

static noinline void gxdp_rx_not_redirected(struct gxdp_rx *rx, struct bpf_prog *prog,
					    struct gxdp_rx_counts *c)
{
	c->xdp_redirect_fail++;
	trace_xdp_exception(rx->rxq.dev, prog, XDP_REDIRECT);
}

/* XDP_REDIRECT of a frame in one page. False: the slot has a page of ours again. */
static __always_inline bool gxdp_rx_redirect_page(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
						  struct xdp_buff *xdp, struct bpf_prog *prog,
						  const bool bound, struct gxdp_rx_counts *c)
{
	struct page *page = slot->page;

	if (unlikely(!gxdp_rx_refill(rx, slot, bound, c)))
		return false;
	if (likely(!xdp_do_redirect(rx->rxq.dev, xdp, prog))) {
		c->xdp_redirect++;
		return true;
	}
	gxdp_rx_not_redirected(rx, prog, c);
	gxdp_rx_give_back(rx, page, true);
	return false;
}

/* XDP_TX of a frame in one page. False: it is dropped, and its page still in the slot. */
static __always_inline bool gxdp_rx_reflect_page(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
						 struct xdp_buff *xdp, const bool sync,
						 const bool bound, struct gxdp_rx_counts *c)
{
	const dma_addr_t dma = slot->dma + (xdp->data - xdp->data_hard_start) - GXDP_RX_HEADROOM;
	struct page *page = slot->page;

	if (unlikely(xdp->data_end - xdp->data < ETH_ZLEN) && !gxdp_rx_tx_short(rx, xdp, c))
		return false;
	if (unlikely(!gxdp_rx_refill(rx, slot, bound, c)))
		return false;
	gxdp_rx_pend_room(rx, 1, c);
	c->xdp_tx++;
	gxdp_rx_pend(rx, page, dma, xdp->data_end - xdp->data, GXDP_TX_PAGE, false, sync);
	return true;
}

/*
 * The verdict on a frame in a page of our own. A frame that was @assembled
 * from several has its pages out of the ring already; @slot is then unused.
 * XDP_TX of any other is gxdp_rx_reflect_page()'s. Returns false if the page is
 * still ours, and in its slot if it came from one.
 */
static __always_inline bool gxdp_rx_page_verdict(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
						 struct xdp_buff *xdp, struct page *page,
						 const bool assembled, const bool bound, u32 act,
						 struct bpf_prog *prog, u32 staterr,
						 const union gxdp_rx_desc *desc,
						 struct gxdp_rx_counts *c)
{
	struct sk_buff *skb;

	if (unlikely(act == XDP_ABORTED || act > XDP_REDIRECT)) {
		gxdp_rx_refused(rx, prog, act, c);
		return false;
	}
	if (act == XDP_TX && unlikely(xdp_get_buff_len(xdp) < ETH_ZLEN) &&
	    !gxdp_rx_tx_short(rx, xdp, c))
		return false;
	if (!assembled && unlikely(!gxdp_rx_refill(rx, slot, bound, c)))
		return false;
	switch (act) {
	case XDP_TX:
		gxdp_rx_tx_pages(rx, page, xdp, c);
		return true;
	case XDP_REDIRECT:
		if (likely(!xdp_do_redirect(rx->rxq.dev, xdp, prog))) {
			c->xdp_redirect++;
			return true;
		}
		gxdp_rx_not_redirected(rx, prog, c);
		break;
	default:
		skb = gxdp_rx_build_skb(xdp, assembled);
		if (likely(skb)) {
			__gxdp_rx_up(rx, skb, staterr, desc, c);
			return true;
		}
		c->skb_fail++;
	}
	if (!assembled)
		gxdp_rx_give_back(rx, page, true);
	return false;
}

/**
 * gxdp_rx_pages_verdict - do what the program wants with a frame in several pages
 * @rx: ring
 * @xdp: frame; out of the ring already
 * @page: its first page
 * @act: verdict, anything but XDP_DROP
 * @prog: program, for its name in traces; or NULL
 * @staterr: RXD_* bits
 * @desc: the descriptor of the frame's end
 * @c: counters
 *
 * The pair's poll. Returns false if the pages are still the caller's.
 */
bool gxdp_rx_pages_verdict(struct gxdp_rx *rx, struct xdp_buff *xdp, struct page *page, u32 act,
			   struct bpf_prog *prog, u32 staterr, const union gxdp_rx_desc *desc,
			   struct gxdp_rx_counts *c)
{
	return gxdp_rx_page_verdict(rx, NULL, xdp, page, true, false, act, prog, staterr,
				    desc, c);
}

/*
 * The page of a frame of @len stays in its slot, and the chip is to write to it again. A
 * program may have written behind the frame's end, by having it grow.
 */
static __always_inline void gxdp_rx_sync_again(const struct gxdp_rx *rx,
					       const struct gxdp_rx_slot *slot,
					       const struct xdp_buff *xdp, u32 len)
{
	const void *data = slot->va + GXDP_RX_HEADROOM;

	if (unlikely(xdp->data_end > data + len))
		len = min_t(u32, xdp->data_end - data, rx->buf_len);
	dma_sync_single_for_device(&rx->pair->nic->pdev->dev, slot->dma, len,
				   DMA_BIDIRECTIONAL);
}

/*
 * A whole frame in one page, and a program to look at it. @bound, a constant: with
 * a socket bound, the page of a frame that is passed makes room for a umem buffer.
 */
static __always_inline void gxdp_rx_page(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
					 struct gxdp_xdp_buff *ctx, struct bpf_prog *prog,
					 u32 len, const struct gxdp_rx_format *format,
					 const bool sync, const bool bound,
					 struct gxdp_rx_counts *c)
{
	u32 act, staterr;

	if (sync)
		dma_sync_single_for_cpu(&rx->pair->nic->pdev->dev, slot->dma, len,
					DMA_BIDIRECTIONAL);
	xdp_prepare_buff(&ctx->xdp, slot->va, GXDP_RX_HEADROOM, len, true);
	act = bpf_prog_run_xdp(prog, &ctx->xdp);
	if (act == XDP_DROP) {
		c->xdp_drop++;
		goto again;
	}
	if (act == XDP_REDIRECT) {
		if (gxdp_rx_redirect_page(rx, slot, &ctx->xdp, prog, bound, c))
			return;
		goto again;
	}
	if (act == XDP_TX) {
		if (gxdp_rx_reflect_page(rx, slot, &ctx->xdp, sync, bound, c))
			return;
		goto again;
	}
	/* status again: keeping it would cost the others a register */
	staterr = format->staterr(format->word(ctx->desc));
	if (act == XDP_PASS && !bound && gxdp_rx_may_copy(&ctx->xdp)) {
		gxdp_rx_copy_passed(rx, &ctx->xdp, staterr, ctx->desc, c);
		goto again;
	}
	if (gxdp_rx_page_verdict(rx, slot, &ctx->xdp, slot->page, false, bound, act, prog,
				 staterr, ctx->desc, c))
		return;
again:
	if (sync)
		gxdp_rx_sync_again(rx, slot, &ctx->xdp, len);
}

/* A long frame in one page, and no program: the stack gets the page. */
static noinline void gxdp_rx_page_up(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
				     struct xdp_buff *xdp, u32 len, u32 staterr,
				     const union gxdp_rx_desc *desc, struct gxdp_rx_counts *c)
{
	xdp_prepare_buff(xdp, slot->va, GXDP_RX_HEADROOM, len, true);
	if (!gxdp_rx_page_verdict(rx, slot, xdp, slot->page, false, false, XDP_PASS, NULL, staterr,
				  desc, c) && rx->dma_sync)
		dma_sync_single_for_device(&rx->pair->nic->pdev->dev, slot->dma, len,
					   DMA_BIDIRECTIONAL);
}

/**
 * gxdp_rx_umem_verdict - do what the program wants with a frame in umem buffers
 * @rx: ring
 * @xdp: frame
 * @act: verdict
 * @prog: program, for its name in traces
 * @staterr: RXD_* bits
 * @desc: the descriptor of the frame's end
 * @c: counters
 *
 * The pair's poll. Returns false if the buffers are still the caller's. After a redirect
 * that failed they are not: most kernels have freed them then, some have not, and to
 * those that have another free means nothing as long as nobody has got them anew.
 */
noinline bool gxdp_rx_umem_verdict(struct gxdp_rx *rx, struct xdp_buff *xdp, u32 act,
				   struct bpf_prog *prog, u32 staterr,
				   const union gxdp_rx_desc *desc, struct gxdp_rx_counts *c)
{
	struct sk_buff *skb;

	switch (act) {
	case XDP_REDIRECT:
		if (!xdp_do_redirect(rx->rxq.dev, xdp, prog)) {
			c->xsk_frames++;
			return true;
		}
		c->xdp_redirect_fail++;
		xsk_buff_free(xdp);
		return true;
	case XDP_DROP:
		c->xdp_drop++;
		return false;
	case XDP_TX:
		if (unlikely(xdp_get_buff_len(xdp) < ETH_ZLEN) && !gxdp_rx_tx_short(rx, xdp, c))
			return false;
		gxdp_rx_tx_umem(rx, xdp, c);
		return true;
	case XDP_PASS:
		skb = gxdp_rx_copy_skb(rx, xdp);
		if (likely(skb))
			gxdp_rx_up(rx, skb, staterr, desc, c);
		else
			c->skb_fail++;
		return false;
	default:
		gxdp_rx_refused(rx, prog, act, c);
		return false;
	}
}

/*
 * A umem buffer that no application has had serves again. Its program may have written to
 * it: what a cache still holds must not be written over the next frame.
 */
static void gxdp_rx_umem_again(const struct gxdp_rx *rx, struct xdp_buff *xdp)
{
	struct xsk_buff_pool *pool = container_of(xdp, struct xdp_buff_xsk, xdp)->pool;

	if (unlikely(rx->dma_sync))
		xsk_buff_raw_dma_sync_for_device(pool, xsk_buff_xdp_get_dma(xdp), pool->frame_len);
}

/* A umem buffer that nobody took: it serves again, and first. */
static void gxdp_rx_restock(struct gxdp_rx *rx, struct xdp_buff *xdp)
{
	gxdp_rx_umem_again(rx, xdp);
	if (likely(rx->stash_next > rx->stash))
		*--rx->stash_next = xdp;
	else
		xsk_buff_free(xdp);
}

/* The pool ran dry, or the verdict is none of the usual: the long way. */
static noinline void gxdp_rx_umem_slow(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
				       struct xdp_buff *xdp, u32 act, struct bpf_prog *prog,
				       const union gxdp_rx_desc *desc, u32 staterr,
				       struct gxdp_rx_counts *c)
{
	if (act != XDP_REDIRECT && act != XDP_TX) {
		/* dropped, or copied for the stack: the buffer stays in its slot */
		gxdp_rx_umem_verdict(rx, xdp, act, prog, staterr, desc, c);
		gxdp_rx_umem_again(rx, xdp);
		return;
	}
	if (unlikely(!gxdp_rx_replace(rx, slot, false))) {
		c->alloc_fail++;
		gxdp_rx_umem_again(rx, xdp);
		return;
	}
	c->xsk_empty += !!slot->va;
	if (!gxdp_rx_umem_verdict(rx, xdp, act, prog, staterr, desc, c))
		gxdp_rx_restock(rx, xdp);
}

/*
 * A whole frame in one umem buffer: as a rule it goes to its socket. There is
 * a program (gxdp_rx_expect()). Arms the descriptor.
 */
static __always_inline void gxdp_rx_umem(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
					 struct xsk_buff_pool *pool, struct bpf_prog *prog,
					 union gxdp_rx_desc *desc, u32 len,
					 const struct gxdp_rx_format *format,
					 const bool sync, struct gxdp_rx_counts *c)
{
	struct xdp_buff *xdp = slot->xsk, *fresh;
	u32 act;

	xsk_buff_set_size(xdp, len);
	gxdp_xsk_set_cb(xdp, desc);
	if (sync)
		gxdp_xsk_sync_for_cpu(xdp, pool);
	act = bpf_prog_run_xdp(prog, xdp);
	fresh = *rx->stash_next;
	if (unlikely(act != XDP_REDIRECT || !fresh)) {
		gxdp_rx_umem_slow(rx, slot, xdp, act, prog, desc,
				  format->staterr(format->word(desc)), c);
		gxdp_rx_arm_slot(desc, slot);
		return;
	}
	rx->stash_next++;
	slot->xsk = fresh;
	gxdp_rx_arm(desc, xsk_buff_xdp_get_dma(fresh));
	if (likely(!xdp_do_redirect(rx->rxq.dev, xdp, prog))) {
		c->xsk_frames++;
		return;
	}
	c->xdp_redirect_fail++;
	xsk_buff_free(xdp);	/* see gxdp_rx_umem_verdict() */
}

static void gxdp_rx_count(struct gxdp_pair *pair, const struct gxdp_rx_counts *c)
{
	const u64 *from = (const u64 *)c;
	u64 *to = (u64 *)&pair->rx_counts;
	unsigned int i;

	u64_stats_update_begin(&pair->rx_sync);
#pragma GCC unroll 32
	for (i = 0; i < sizeof(*c) / sizeof(u64); i++)
		to[i] += from[i];
	u64_stats_update_end(&pair->rx_sync);
}

/*
 * Fill the stash up, behind what is left in it. What is left moves to the front when
 * there is no room behind, which is once in GXDP_XSK_STASH buffers at the most. The
 * entry in front of all is for a buffer that nobody took (gxdp_rx_restock()).
 */
static __always_inline void gxdp_rx_stock_up(struct gxdp_rx *rx, struct xsk_buff_pool *pool)
{
	struct xdp_buff **const front = rx->stash + 1;
	u32 left = rx->stash_end - rx->stash_next;
	u32 want = GXDP_XSK_STASH - left;

	if (left >= GXDP_XSK_STASH)
		return;
	if (unlikely(rx->page_slots | rx->early_end) && !gxdp_rx_reserve(rx, pool, want))
		return;
	if (rx->stash_next > front + GXDP_XSK_STASH) {
		memmove(front, rx->stash_next, left * sizeof(*front));
		rx->stash_next = front;
		rx->stash_end = front + left;
	}
	rx->stash_end += xsk_buff_alloc_batch(pool, rx->stash_end, want);
	*rx->stash_end = NULL;
}

/* What a poll's loop needs from beginning to end. */
struct gxdp_rx_run {
	struct bpf_prog *prog;
	struct xsk_buff_pool *pool;
	struct gxdp_xdp_buff ctx;
	struct gxdp_rx_counts counts;
};

/*
 * Nothing is usual in the middle of a frame, or with a socket bound and no
 * program to feed it.
 */
static __always_inline bool gxdp_rx_odd_times(const struct gxdp_rx *rx,
					      const struct gxdp_rx_run *run)
{
	return rx->in_frame || (run->pool && !run->prog);
}

/* Is this a sound frame in one buffer? Then its length, else 0. */
static __always_inline u32 gxdp_rx_sound(const struct gxdp_rx *rx,
					 const union gxdp_rx_desc *desc,
					 const struct gxdp_rx_format *format)
{
	u32 len;

	if (unlikely((format->word(desc) & format->sound_mask) != format->sound))
		return 0;
	dma_rmb();	/* the length is written before DD */
	len = format->len(desc);
	return likely(len - 1 < rx->max_len) ? len : 0;
}

/* A frame in a page, and a umem buffer that was put aside for it. */
static void gxdp_rx_early(struct gxdp_rx *rx, struct gxdp_rx_run *run,
			  const union gxdp_rx_desc *desc, struct gxdp_rx_slot *slot, u32 len,
			  u32 staterr)
{
	struct xdp_buff *xdp = gxdp_rx_copy_early(rx, slot, len);
	u32 act;

	gxdp_xsk_set_cb(xdp, desc);
	act = bpf_prog_run_xdp(run->prog, xdp);
	if (!gxdp_rx_umem_verdict(rx, xdp, act, run->prog, staterr, desc, &run->counts))
		rx->early[--rx->early_next] = xdp;
}

/* Bound lately, or the umem ran dry: a page among umem buffers. */
static noinline void gxdp_rx_stray_page(struct gxdp_rx *rx, struct gxdp_rx_run *run,
					union gxdp_rx_desc *desc, struct gxdp_rx_slot *slot,
					u32 len, const struct gxdp_rx_format *format)
{
	if (rx->early_next < rx->early_end) {
		gxdp_rx_early(rx, run, desc, slot, len, format->staterr(format->word(desc)));
	} else {
		run->ctx.desc = desc;
		gxdp_rx_page(rx, slot, &run->ctx, run->prog, len, format, true, true,
			     &run->counts);
	}
	gxdp_rx_arm_slot(desc, slot);
}

/*
 * The loop with a program: descriptors from @ntc on, @n at the most, none
 * beyond the ring's end, as long as each is a sound frame in one buffer. Arms
 * those it is done with again. @format, @sync (the device needs DMA syncs) and
 * @bound are constants: each combination is compiled by itself. With a socket
 * bound, slots have umem buffers, and pages now and then; else each has a page.
 * Returns how many were done.
 */
static __always_inline u32 gxdp_rx_usual(struct gxdp_rx *rx, struct gxdp_rx_run *run,
					 u32 ntc, u32 n, const struct gxdp_rx_format *format,
					 const bool sync, const bool bound)
{
	union gxdp_rx_desc *const first = &rx->desc[ntc];
	union gxdp_rx_desc *const end = first + n;
	struct gxdp_rx_slot *slot = &rx->slot[ntc];
	struct bpf_prog *const prog = run->prog;
	struct gxdp_rx_counts *c = &run->counts;
	union gxdp_rx_desc *desc;

	for (desc = first; desc < end; desc++, slot++) {
		u32 len = gxdp_rx_sound(rx, desc, format);

		if (unlikely(!len))
			break;
		c->bytes += len;
		if (!bound) {
			run->ctx.desc = desc;
			gxdp_rx_page(rx, slot, &run->ctx, prog, len, format, sync, false, c);
			gxdp_rx_arm(desc, slot->dma);
		} else if (likely(!slot->va)) {
			gxdp_rx_umem(rx, slot, run->pool, prog, desc, len, format, sync, c);
		} else {
			gxdp_rx_stray_page(rx, run, desc, slot, len, format);
		}
	}
	return desc - first;
}

/*
 * The loop without a program: all goes to the stack. There is no socket
 * either (gxdp_rx_odd_times()), so every slot has a page.
 */
static __always_inline u32 gxdp_rx_plain(struct gxdp_rx *rx, struct gxdp_rx_run *run,
					 u32 ntc, u32 n, const struct gxdp_rx_format *format,
					 const bool sync)
{
	union gxdp_rx_desc *const first = &rx->desc[ntc];
	struct device *dev = &rx->pair->nic->pdev->dev;
	union gxdp_rx_desc *const end = first + n;
	struct gxdp_rx_slot *slot = &rx->slot[ntc];
	struct gxdp_rx_counts *c = &run->counts;
	union gxdp_rx_desc *desc;

	for (desc = first; desc < end; desc++, slot++) {
		u32 len = gxdp_rx_sound(rx, desc, format), staterr;

		if (unlikely(!len))
			break;
		c->bytes += len;
		staterr = format->staterr(format->word(desc));
		if (sync)
			dma_sync_single_for_cpu(dev, slot->dma, len, DMA_BIDIRECTIONAL);
		if (len <= GXDP_RX_COPY_MAX) {
			gxdp_rx_copy_up(rx, slot->va + GXDP_RX_HEADROOM, len, staterr, desc, c);
			if (sync)
				dma_sync_single_for_device(dev, slot->dma, len,
							   DMA_BIDIRECTIONAL);
		} else {
			gxdp_rx_page_up(rx, slot, &run->ctx.xdp, len, staterr, desc, c);
		}
		gxdp_rx_arm(desc, slot->dma);
	}
	return desc - first;
}

/* One descriptor, whatever it is. False: the chip has not written it yet. */
static __always_inline bool gxdp_rx_any(struct gxdp_rx *rx, struct gxdp_rx_run *run, u32 ntc,
					const struct gxdp_rx_format *format)
{
	union gxdp_rx_desc *desc = &rx->desc[ntc];
	struct gxdp_rx_slot *slot = &rx->slot[ntc];
	u32 staterr = format->staterr(format->word(desc));

	if (!(staterr & RXD_DD))
		return false;
	dma_rmb();
	gxdp_rx_piece(rx, slot, run->prog, desc, staterr, format->len(desc), &run->counts);
	gxdp_rx_arm_slot(desc, slot);
	return true;
}

/* The poll is over: hand the slots back, send what was to be sent, count. */
static __always_inline void gxdp_rx_end(struct gxdp_pair *pair, struct gxdp_rx_counts *c,
					u32 done,
					unsigned int (*const flush_pending)(struct gxdp_pair *))
{
	struct gxdp_rx *rx = pair->rx;

	/* the chip stops at the tail: the slot just behind us stays ours */
	writel((rx->ntc ?: rx->count) - 1, rx->tail);

	if (pair->pending_end > pair->pending)
		c->xdp_tx_full += flush_pending(pair);
	c->xdp_tx -= c->xdp_tx_full;
	c->xdp_redirect += c->xsk_frames;
	if (c->xdp_redirect)
		xdp_do_flush();
	/* gxdp_rx_piece() has taken off what was not the end of a frame */
	c->packets += done;
	c->polls = 1;
	gxdp_rx_count(pair, c);
}

/*
 * @flush_pending: the path's, a constant like @format and @sync; and @split: headers
 * are split off (which only the extended format knows, and no ring with a socket).
 */
static __always_inline int gxdp_rx_poll(struct gxdp_pair *pair, int budget,
					const struct gxdp_rx_format *format, const bool sync,
					const bool split,
					unsigned int (*const flush_pending)(struct gxdp_pair *))
{
	struct gxdp_rx *rx = pair->rx;
	struct gxdp_rx_run run = {
		.prog = rcu_dereference_bh(pair->nic->prog),
		/* pairs with the release in gxdp_xsk_start() */
		.pool = smp_load_acquire(&rx->pool),
	};
	u32 done = 0, n, ntc = rx->ntc;

	xdp_init_buff(&run.ctx.xdp, PAGE_SIZE, &rx->rxq);
	if (run.prog) {
		/* first: another poll may be looking (gxdp_rx_polled_here()) */
		WRITE_ONCE(rx->poller, current);
		this_cpu_write(gxdp_rx_polled, rx);
	}
	if (!split && run.pool)
		gxdp_rx_stock_up(rx, run.pool);
	while (done < budget) {
		n = min_t(u32, budget - done, rx->count - ntc);
		if (split)
			n = gxdp_rx_split(rx, run.prog, ntc, n, &run.counts);
		else if (unlikely(gxdp_rx_odd_times(rx, &run)))
			n = 0;
		else if (run.pool)
			n = gxdp_rx_usual(rx, &run, ntc, n, format, sync, true);
		else if (run.prog)
			n = gxdp_rx_usual(rx, &run, ntc, n, format, sync, false);
		else
			n = gxdp_rx_plain(rx, &run, ntc, n, format, sync);
		if (!n) {
			if (split || !gxdp_rx_any(rx, &run, ntc, format))
				break;
			n = 1;
		}
		done += n;
		ntc += n;
		if (ntc == rx->count)
			ntc = 0;
	}
	if (done) {
		rx->ntc = ntc;
		gxdp_rx_end(pair, &run.counts, done, flush_pending);
	}
	this_cpu_write(gxdp_rx_polled, NULL);
	return done;
}

/* Has something come that the poll has not taken? */
static __always_inline bool gxdp_rx_came(const struct gxdp_rx *rx,
					 const struct gxdp_rx_format *format)
{
	return format->staterr(format->word(&rx->desc[READ_ONCE(rx->ntc)])) & RXD_DD;
}

/* Nothing has come, and there is no umem to take buffers from meanwhile. */
static __always_inline bool gxdp_rx_idle(const struct gxdp_rx *rx,
					 const struct gxdp_rx_format *format)
{
	return !READ_ONCE(rx->pool) && !gxdp_rx_came(rx, format);
}

/* A bounce buffer, once used for this device, makes syncs necessary. */
static __always_inline bool gxdp_rx_needs_sync(struct gxdp_rx *rx)
{
	rx->dma_sync |= gxdp_dma_need_sync_now(&rx->pair->nic->pdev->dev);
	return unlikely(rx->dma_sync);
}

static noinline int gxdp_rx_poll_8254x_sync(struct gxdp_pair *pair, int budget)
{
	return gxdp_rx_poll(pair, budget, &gxdp_rx_legacy, true, false, gxdp_xdp_flush_8254x);
}

/**
 * gxdp_rx_waits_8254x - is there something in the ring that no poll has taken?
 * @rx: ring; its poll may run, and then that is a guess
 */
bool gxdp_rx_waits_8254x(const struct gxdp_rx *rx)
{
	return gxdp_rx_came(rx, &gxdp_rx_legacy);
}

/**
 * gxdp_rx_waits_82574 - the same for the extended descriptor format
 * @rx: ring
 */
bool gxdp_rx_waits_82574(const struct gxdp_rx *rx)
{
	return gxdp_rx_came(rx, &gxdp_rx_ext);
}

/**
 * gxdp_rx_poll_8254x - receive poll for the legacy descriptor format
 * @pair: the pair polled
 * @budget: most frames to handle
 *
 * As gxdp_rx_poll_82574().
 */
int gxdp_rx_poll_8254x(struct gxdp_pair *pair, int budget)
{
	if (gxdp_rx_idle(pair->rx, &gxdp_rx_legacy))
		return 0;
	if (gxdp_rx_needs_sync(pair->rx))
		return gxdp_rx_poll_8254x_sync(pair, budget);
	return gxdp_rx_poll(pair, budget, &gxdp_rx_legacy, false, false, gxdp_xdp_flush_8254x);
}

static noinline int gxdp_rx_poll_82574_sync(struct gxdp_pair *pair, int budget)
{
	return gxdp_rx_poll(pair, budget, &gxdp_rx_ext, true, false, gxdp_xdp_flush_82574);
}

/**
 * gxdp_rx_poll_82574 - receive poll for the extended descriptor format
 * @pair: the pair polled
 * @budget: most frames to handle
 *
 * NAPI context. Writes the tail once. Returns descriptors handled: a frame
 * in several buffers costs as many of the budget.
 */
int gxdp_rx_poll_82574(struct gxdp_pair *pair, int budget)
{
	if (gxdp_rx_idle(pair->rx, &gxdp_rx_ext))
		return 0;
	if (gxdp_rx_needs_sync(pair->rx))
		return gxdp_rx_poll_82574_sync(pair, budget);
	return gxdp_rx_poll(pair, budget, &gxdp_rx_ext, false, false, gxdp_xdp_flush_82574);
}

static noinline int gxdp_rx_poll_82576_sync(struct gxdp_pair *pair, int budget)
{
	return gxdp_rx_poll(pair, budget, &gxdp_rx_ext, true, false, gxdp_xdp_flush_82576);
}

static noinline int gxdp_rx_poll_82576_split(struct gxdp_pair *pair, int budget)
{
	return gxdp_rx_poll(pair, budget, &gxdp_rx_ext, true, true, gxdp_xdp_flush_82576);
}

/**
 * gxdp_rx_poll_82576 - receive poll for the advanced descriptor format
 * @pair: the pair polled
 * @budget: most frames to handle
 *
 * As gxdp_rx_poll_82574(): what the chip writes back with one buffer for each
 * descriptor is the extended format; with two, that and a little more.
 */
int gxdp_rx_poll_82576(struct gxdp_pair *pair, int budget)
{
	bool sync;

	if (gxdp_rx_idle(pair->rx, &gxdp_rx_ext))
		return 0;
	sync = gxdp_rx_needs_sync(pair->rx);	/* rx_split.c looks at it, too */
	if (unlikely(pair->rx->headers))
		return gxdp_rx_poll_82576_split(pair, budget);
	if (sync)
		return gxdp_rx_poll_82576_sync(pair, budget);
	return gxdp_rx_poll(pair, budget, &gxdp_rx_ext, false, false, gxdp_xdp_flush_82576);
}
