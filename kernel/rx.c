// SPDX-License-Identifier: GPL-2.0
/*
 * Receive: rings, the poll loop, and what becomes of each frame.
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

static __always_inline void gxdp_slot_set_page(struct gxdp_rx_slot *slot, struct page *page)
{
	slot->va = page_address(page);
	slot->page = page;
	slot->dma = page_pool_get_dma_addr(page) + GXDP_RX_HEADROOM;
}

static __always_inline void gxdp_slot_set_xsk(struct gxdp_rx_slot *slot, struct xdp_buff *xdp)
{
	slot->va = NULL;
	slot->xsk = xdp;
}

/* A umem buffer, or NULL. */
static __always_inline struct xdp_buff *gxdp_rx_unstash(struct gxdp_rx *rx)
{
	struct xdp_buff *xdp = rx->stash_top[-1];

	rx->stash_top -= !!xdp;
	return xdp;
}

static __always_inline u32 gxdp_rx_stash_room(const struct gxdp_rx *rx)
{
	return rx->stash + ARRAY_SIZE(rx->stash) - rx->stash_top;
}

/*
 * Put a new buffer into a slot whose old one, a page or a umem buffer, is
 * about to be given away.
 */
static __always_inline bool gxdp_rx_replace(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
					    bool was_page)
{
	struct xdp_buff *xdp = gxdp_rx_unstash(rx);
	struct page *page;

	if (xdp) {
		gxdp_slot_set_xsk(slot, xdp);
		rx->page_slots -= was_page;
		return true;
	}
	if (rx->spare_count) {
		page = rx->spare[--rx->spare_count];
	} else {
		page = page_pool_dev_alloc_pages(rx->page_pool);
		if (unlikely(!page))
			return false;
	}
	gxdp_slot_set_page(slot, page);
	rx->page_slots += !was_page;
	return true;
}

/* Hand the slot's buffer to the chip; it sees it when the tail moves. */
static __always_inline void gxdp_rx_arm(union gxdp_rx_desc *desc, dma_addr_t dma)
{
	desc->addr = cpu_to_le64(dma);
	desc->zero = 0;
}

static __always_inline void gxdp_rx_arm_slot(union gxdp_rx_desc *desc,
					     const struct gxdp_rx_slot *slot)
{
	gxdp_rx_arm(desc, slot->va ? slot->dma : xsk_buff_xdp_get_dma(slot->xsk));
}

static __always_inline void gxdp_rx_csum(struct sk_buff *skb, u32 staterr,
					 struct gxdp_rx_counts *c)
{
	u32 bad = staterr & (RXD_IXSM | RXD_ERR_TCPE | RXD_ERR_IPE);

	if (likely(!bad)) {
		if (staterr & (RXD_TCPCS | RXD_UDPCS)) {
			skb->ip_summed = CHECKSUM_UNNECESSARY;
			c->csum_ok++;
		}
	} else if (!(bad & RXD_IXSM)) {
		c->csum_bad++;
	}
}

static __always_inline void gxdp_rx_hash(struct sk_buff *skb, const union gxdp_rx_desc *desc)
{
	u32 type = le32_to_cpu(desc->ext.mrq) & RXD_RSS_TYPE_MASK;

	if (type)
		skb_set_hash(skb, le32_to_cpu(desc->ext.rss),
			     BIT(type) & (BIT(RXD_RSS_IPV4_TCP) | BIT(RXD_RSS_IPV6_TCP)) ?
			     PKT_HASH_TYPE_L4 : PKT_HASH_TYPE_L3);
}

/* Fill in what the chip found out, and up it goes. */
static __always_inline void __gxdp_rx_up(struct gxdp_rx *rx, struct sk_buff *skb, u32 staterr,
					 const union gxdp_rx_desc *desc,
					 struct gxdp_rx_counts *c)
{
	struct net_device *netdev = rx->rxq.dev;
	const netdev_features_t features = netdev->features;

	if (likely(features & NETIF_F_RXCSUM))
		gxdp_rx_csum(skb, staterr, c);
	if (likely(features & NETIF_F_RXHASH))
		gxdp_rx_hash(skb, desc);
	if (unlikely(staterr & RXD_VP) && (features & NETIF_F_HW_VLAN_CTAG_RX))
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), le16_to_cpu(desc->ext.vlan));
	skb_record_rx_queue(skb, rx->rxq.queue_index);
	skb->protocol = eth_type_trans(skb, netdev);
	c->pass++;
	napi_gro_receive(&rx->pair->napi, skb);
}

static noinline void gxdp_rx_up(struct gxdp_rx *rx, struct sk_buff *skb, u32 staterr,
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
					 u8 kind, bool more)
{
	struct gxdp_pair *pair = rx->pair;
	struct gxdp_pending *pending = &pair->pending[pair->pending_count++];

	pending->buf = buf;
	pending->dma = dma;
	pending->len = len;
	pending->kind = kind;
	pending->more = more;
	if (unlikely(rx->dma_sync))
		dma_sync_single_for_device(&pair->nic->pdev->dev, dma, len, DMA_BIDIRECTIONAL);
}

/* Make room for a frame of @pieces buffers among the pending ones. */
static __always_inline void gxdp_rx_pend_room(struct gxdp_rx *rx, unsigned int pieces,
					      struct gxdp_rx_counts *c)
{
	if (unlikely(rx->pair->pending_count + pieces > GXDP_TX_PENDING))
		c->xdp_tx_full += rx->pair->nic->family->path->flush_pending(rx->pair);
}

/* XDP_TX of a frame in one page. */
static __always_inline void gxdp_rx_tx_page(struct gxdp_rx *rx, struct page *page,
					    struct xdp_buff *xdp, struct gxdp_rx_counts *c)
{
	gxdp_rx_pend_room(rx, 1, c);
	c->xdp_tx++;
	gxdp_rx_pend(rx, page,
		     page_pool_get_dma_addr(page) + (xdp->data - xdp->data_hard_start),
		     xdp->data_end - xdp->data, GXDP_TX_PAGE, false);
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
		     xdp->data_end - xdp->data, GXDP_TX_PAGE, nr_frags);
	for (i = 0; i < nr_frags; i++) {
		skb_frag_t *frag = &sinfo->frags[i];

		page = skb_frag_page(frag);
		gxdp_rx_pend(rx, page, page_pool_get_dma_addr(page) + skb_frag_off(frag),
			     skb_frag_size(frag), GXDP_TX_PAGE, i + 1 < nr_frags);
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
		     GXDP_TX_UMEM, next);
	/* the pool has one list of fragments: empty it before the next frame */
	while ((frag = next)) {
		next = xsk_buff_get_frag(xdp);
		gxdp_rx_pend(rx, frag, gxdp_xsk_data_dma(frag), frag->data_end - frag->data,
			     GXDP_TX_UMEM, next);
	}
	xdp_buff_clear_frags_flag(xdp);
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

/*
 * The verdict on a frame in a page of our own. A frame that was @assembled
 * from several has its pages out of the ring already; @slot is then unused.
 * Returns false if the page is still ours, and in its slot if it came from one.
 */
static __always_inline bool gxdp_rx_page_verdict(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
						 struct xdp_buff *xdp, struct page *page,
						 const bool assembled, u32 act,
						 struct bpf_prog *prog, u32 staterr,
						 const union gxdp_rx_desc *desc,
						 struct gxdp_rx_counts *c)
{
	struct sk_buff *skb;

	if (unlikely(act == XDP_ABORTED || act > XDP_REDIRECT)) {
		gxdp_rx_refused(rx, prog, act, c);
		return false;
	}
	if (act == XDP_TX && unlikely(xdp_get_buff_len(xdp) < GXDP_TX_MIN_LEN)) {
		c->xdp_tx_runt++;
		return false;
	}
	if (!assembled && unlikely(!gxdp_rx_replace(rx, slot, true))) {
		c->alloc_fail++;
		return false;
	}
	switch (act) {
	case XDP_TX:
		if (assembled)
			gxdp_rx_tx_pages(rx, page, xdp, c);
		else
			gxdp_rx_tx_page(rx, page, xdp, c);
		return true;
	case XDP_REDIRECT:
		if (likely(!xdp_do_redirect(rx->rxq.dev, xdp, prog))) {
			c->xdp_redirect++;
			return true;
		}
		c->xdp_redirect_fail++;
		trace_xdp_exception(rx->rxq.dev, prog, act);
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

/* A whole frame in one page: nearly all of them. */
static __always_inline void gxdp_rx_page(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
					 struct gxdp_xdp_buff *ctx, struct bpf_prog *prog,
					 u32 len, const struct gxdp_rx_format *format,
					 const bool sync, struct gxdp_rx_counts *c)
{
	u32 act = XDP_PASS;

	if (sync)
		dma_sync_single_for_cpu(&rx->pair->nic->pdev->dev, slot->dma, len,
					DMA_BIDIRECTIONAL);
	xdp_prepare_buff(&ctx->xdp, slot->va, GXDP_RX_HEADROOM, len, true);
	if (prog) {
		act = bpf_prog_run_xdp(prog, &ctx->xdp);
		if (act == XDP_DROP) {
			c->xdp_drop++;
			goto again;
		}
	}
	/* status again: keeping it would cost the others a register */
	if (gxdp_rx_page_verdict(rx, slot, &ctx->xdp, slot->page, false, act, prog,
				 format->staterr(format->word(ctx->desc)), ctx->desc, c))
		return;
again:
	if (sync)
		dma_sync_single_for_device(&rx->pair->nic->pdev->dev, slot->dma, len,
					   DMA_BIDIRECTIONAL);
}

/* Any verdict on a umem frame. False: the buffers are still ours. */
static noinline bool gxdp_rx_umem_verdict(struct gxdp_rx *rx, struct xdp_buff *xdp, u32 act,
					  struct bpf_prog *prog, u32 staterr,
					  const union gxdp_rx_desc *desc,
					  struct gxdp_rx_counts *c)
{
	struct sk_buff *skb;

	switch (act) {
	case XDP_REDIRECT:
		if (!xdp_do_redirect(rx->rxq.dev, xdp, prog)) {
			c->xsk_frames++;
			return true;
		}
		c->xdp_redirect_fail++;
		return false;
	case XDP_DROP:
		c->xdp_drop++;
		return false;
	case XDP_TX:
		if (unlikely(xdp_get_buff_len(xdp) < GXDP_TX_MIN_LEN)) {
			c->xdp_tx_runt++;
			return false;
		}
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

/* A umem buffer that nobody took: it serves again, and first. */
static void gxdp_rx_restock(struct gxdp_rx *rx, struct xdp_buff *xdp)
{
	if (gxdp_rx_stash_room(rx))
		*rx->stash_top++ = xdp;
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
		return;
	}
	if (unlikely(!gxdp_rx_replace(rx, slot, false))) {
		c->alloc_fail++;
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
	fresh = rx->stash_top[-1];
	if (unlikely(act != XDP_REDIRECT || !fresh)) {
		gxdp_rx_umem_slow(rx, slot, xdp, act, prog, desc,
				  format->staterr(format->word(desc)), c);
		gxdp_rx_arm_slot(desc, slot);
		return;
	}
	rx->stash_top--;
	slot->xsk = fresh;
	gxdp_rx_arm(desc, xsk_buff_xdp_get_dma(fresh));
	if (likely(!xdp_do_redirect(rx->rxq.dev, xdp, prog))) {
		c->xsk_frames++;
		return;
	}
	c->xdp_redirect_fail++;
	gxdp_rx_restock(rx, xdp);
}

/* Let go of a frame that was being assembled. */
static void gxdp_rx_forget(struct gxdp_rx *rx)
{
	if (rx->head.xdp.data) {
		xdp_return_buff(&rx->head.xdp);
		rx->head.xdp.data = NULL;
	}
	if (rx->xsk_head) {
		xsk_buff_free(rx->xsk_head);
		rx->xsk_head = NULL;
	}
}

static bool gxdp_rx_add_page(struct xdp_buff *xdp, struct page *page, u32 len)
{
	struct skb_shared_info *sinfo = xdp_get_shared_info_from_buff(xdp);

	if (!xdp_buff_has_frags(xdp)) {
		sinfo->nr_frags = 0;
		sinfo->xdp_frags_size = 0;
		xdp_buff_set_frags_flag(xdp);
	}
	if (unlikely(sinfo->nr_frags == MAX_SKB_FRAGS))
		return false;
	__skb_fill_page_desc_noacc(sinfo, sinfo->nr_frags++, page, GXDP_RX_HEADROOM, len);
	sinfo->xdp_frags_size += len;
	if (page_is_pfmemalloc(page))
		xdp_buff_set_frag_pfmemalloc(xdp);
	return true;
}

/*
 * A socket was bound, or its buffers ran out, in the middle of a frame: this
 * piece lies in a buffer of the other kind than the first. Copy it into one
 * of that kind; the slot keeps its own.
 */
static bool gxdp_rx_take_copy(struct gxdp_rx *rx, const struct gxdp_rx_slot *slot, u32 len)
{
	struct device *dev = &rx->pair->nic->pdev->dev;
	struct xdp_buff *piece;
	struct page *page;

	if (slot->va) {
		piece = gxdp_rx_unstash(rx) ?: xsk_buff_alloc(rx->pool);
		if (!piece)
			return false;
		xsk_buff_set_size(piece, len);	/* sets its data, too */
		dma_sync_single_for_cpu(dev, slot->dma, len, DMA_BIDIRECTIONAL);
		memcpy(piece->data, slot->va + GXDP_RX_HEADROOM, len);
		dma_sync_single_for_device(dev, slot->dma, len, DMA_BIDIRECTIONAL);
		if (gxdp_xsk_add_frag(rx->xsk_head, piece))
			return true;
		xsk_buff_free(piece);
		return false;
	}
	page = page_pool_dev_alloc_pages(rx->page_pool);
	if (!page)
		return false;
	xsk_buff_set_size(slot->xsk, len);
	gxdp_xsk_sync_for_cpu(slot->xsk, rx->pool);
	memcpy(page_address(page) + GXDP_RX_HEADROOM, slot->xsk->data, len);
	if (gxdp_rx_add_page(&rx->head.xdp, page, len))
		return true;
	page_pool_recycle_direct(rx->page_pool, page);
	return false;
}

/* Take a slot's buffer as the next piece of a frame. Returns a counter to bump on failure. */
static u64 *gxdp_rx_take(struct gxdp_rx *rx, struct gxdp_rx_slot *slot, u32 len,
			 struct gxdp_rx_counts *c)
{
	struct gxdp_rx_slot old = *slot;

	if (unlikely(old.va ? !!rx->xsk_head : !!rx->head.xdp.data))
		return gxdp_rx_take_copy(rx, slot, len) ? NULL : &c->mixed;
	if (unlikely(!gxdp_rx_replace(rx, slot, old.va)))
		return &c->alloc_fail;

	if (!old.va) {
		xsk_buff_set_size(old.xsk, len);
		gxdp_xsk_sync_for_cpu(old.xsk, rx->pool);
		if (!rx->xsk_head) {
			rx->xsk_head = old.xsk;
		} else if (!gxdp_xsk_add_frag(rx->xsk_head, old.xsk)) {
			xsk_buff_free(old.xsk);
			return &c->frags_full;
		}
		return NULL;
	}
	if (rx->dma_sync)
		dma_sync_single_for_cpu(&rx->pair->nic->pdev->dev, old.dma, len,
					DMA_BIDIRECTIONAL);
	if (!rx->head.xdp.data) {
		xdp_init_buff(&rx->head.xdp, PAGE_SIZE, &rx->rxq);
		xdp_prepare_buff(&rx->head.xdp, old.va, GXDP_RX_HEADROOM, len, true);
	} else if (!gxdp_rx_add_page(&rx->head.xdp, old.page, len)) {
		page_pool_recycle_direct(rx->page_pool, old.page);
		return &c->frags_full;
	}
	return NULL;
}

/* The last piece is in: run the program on the whole frame. */
static void gxdp_rx_assembled(struct gxdp_rx *rx, struct bpf_prog *prog,
			      const union gxdp_rx_desc *desc, u32 staterr,
			      struct gxdp_rx_counts *c)
{
	struct xdp_buff *xdp = rx->xsk_head ?: &rx->head.xdp;
	u32 act = XDP_PASS;
	struct page *page;

	c->bytes += xdp_get_buff_len(xdp);
	if (xdp_buff_has_frags(xdp)) {
		c->frags++;
		if (prog && !prog->aux->xdp_has_frags) {
			/* longer than the MTU that let the program in */
			c->frags_refused++;
			gxdp_rx_forget(rx);
			return;
		}
	}
	if (rx->xsk_head) {
		gxdp_xsk_set_cb(xdp, desc);
		if (prog)
			act = bpf_prog_run_xdp(prog, xdp);
		if (gxdp_rx_umem_verdict(rx, xdp, act, prog, staterr, desc, c))
			rx->xsk_head = NULL;
	} else {
		rx->head.desc = desc;
		page = virt_to_head_page(xdp->data_hard_start);
		if (prog)
			act = bpf_prog_run_xdp(prog, xdp);
		if (act == XDP_DROP)
			c->xdp_drop++;
		else if (gxdp_rx_page_verdict(rx, NULL, xdp, page, true, act, prog, staterr,
					      desc, c))
			xdp->data = NULL;
	}
	gxdp_rx_forget(rx);
}

/*
 * Anything but a sound frame in one buffer: pieces of a longer frame, and
 * what the chip marked as broken or describes with an impossible length. A
 * broken frame is discarded, to its end, and counted once.
 */
static noinline void gxdp_rx_piece(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
				   struct bpf_prog *prog, const union gxdp_rx_desc *desc,
				   u32 staterr, u32 len, struct gxdp_rx_counts *c)
{
	bool discard = rx->in_frame && !rx->head.xdp.data && !rx->xsk_head;
	bool last = staterr & RXD_EOP;
	u64 *why = NULL;

	rx->in_frame = !last;
	c->packets -= !last;	/* the poll counts descriptors */
	if (discard)
		return;
	if (staterr & RXD_ERR_FRAME)
		why = &c->error;
	else if (!len || len > rx->max_len)
		why = &c->length_error;
	else
		why = gxdp_rx_take(rx, slot, len, c);
	if (unlikely(why)) {
		++*why;
		gxdp_rx_forget(rx);
		return;
	}
	if (last)
		gxdp_rx_assembled(rx, prog, desc, staterr, c);
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
 * A frame in a page that goes to a socket is copied into a buffer the socket
 * code takes from the pool. While the ring still has pages, leave it some:
 * what we put into the slots behind us is out of reach until the ring has
 * come round, and the frames of a burst right after the bind would be lost.
 */
static __always_inline void gxdp_rx_stock_up(struct gxdp_rx *rx, struct xsk_buff_pool *pool)
{
	u32 want = gxdp_rx_stash_room(rx);

	if (!want)
		return;
	if (unlikely(rx->page_slots) &&
	    !xsk_buff_can_alloc(pool, want + rx->page_slots / GXDP_XSK_KEEP_SHARE))
		return;
	rx->stash_top += xsk_buff_alloc_batch(pool, rx->stash_top, want);
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

/*
 * The loop: descriptors from @ntc on, @n at the most, none beyond the ring's
 * end, as long as each is a sound frame in one buffer. Arms those it is done
 * with again. @format and @sync (the device needs DMA syncs) are constants:
 * each combination is compiled by itself. Returns how many were done.
 */
static __always_inline u32 gxdp_rx_usual(struct gxdp_rx *rx, struct gxdp_rx_run *run,
					 u32 ntc, u32 n, const struct gxdp_rx_format *format,
					 const bool sync)
{
	union gxdp_rx_desc *const first = &rx->desc[ntc];
	union gxdp_rx_desc *const end = first + n;
	struct gxdp_rx_slot *slot = &rx->slot[ntc];
	struct bpf_prog *const prog = run->prog;
	struct gxdp_rx_counts *c = &run->counts;
	union gxdp_rx_desc *desc;

	for (desc = first; desc < end; desc++, slot++) {
		u32 len;

		if (unlikely((format->word(desc) & format->sound_mask) != format->sound))
			break;
		dma_rmb();	/* the length is written before DD */
		len = format->len(desc);
		if (unlikely(len - 1 >= rx->max_len))
			break;
		c->bytes += len;
		if (slot->va) {
			run->ctx.desc = desc;
			gxdp_rx_page(rx, slot, &run->ctx, prog, len, format, sync, c);
			gxdp_rx_arm_slot(desc, slot);
		} else {
			gxdp_rx_umem(rx, slot, run->pool, prog, desc, len, format, sync, c);
		}
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

	if (pair->pending_count)
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

/* @flush_pending: the path's, a constant like @format and @sync. */
static __always_inline int gxdp_rx_poll(struct gxdp_pair *pair, int budget,
					const struct gxdp_rx_format *format, const bool sync,
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
	if (run.pool)
		gxdp_rx_stock_up(rx, run.pool);
	while (done < budget) {
		n = min_t(u32, budget - done, rx->count - ntc);
		if (likely(!gxdp_rx_odd_times(rx, &run)))
			n = gxdp_rx_usual(rx, &run, ntc, n, format, sync);
		else
			n = 0;
		if (!n) {
			if (!gxdp_rx_any(rx, &run, ntc, format))
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
	return done;
}

/* A bounce buffer, once used for this device, makes syncs necessary. */
static __always_inline bool gxdp_rx_needs_sync(struct gxdp_rx *rx)
{
	rx->dma_sync |= gxdp_dma_need_sync_now(&rx->pair->nic->pdev->dev);
	return unlikely(rx->dma_sync);
}

static noinline int gxdp_rx_poll_82574_sync(struct gxdp_pair *pair, int budget)
{
	return gxdp_rx_poll(pair, budget, &gxdp_rx_ext, true, gxdp_xdp_flush_82574);
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
	if (gxdp_rx_needs_sync(pair->rx))
		return gxdp_rx_poll_82574_sync(pair, budget);
	return gxdp_rx_poll(pair, budget, &gxdp_rx_ext, false, gxdp_xdp_flush_82574);
}

static int gxdp_rx_pool_create(struct gxdp_rx *rx)
{
	struct gxdp_nic *nic = rx->pair->nic;
	struct page_pool_params params = {
		.flags		= PP_FLAG_DMA_MAP | PP_FLAG_DMA_SYNC_DEV,
		.pool_size	= rx->count,
		.nid		= dev_to_node(&nic->pdev->dev),
		.dev		= &nic->pdev->dev,
		.dma_dir	= DMA_BIDIRECTIONAL,	/* XDP_TX sends from it */
		.offset		= GXDP_RX_HEADROOM,
		.max_len	= GXDP_RX_BUF_LEN,
	};

	gxdp_page_pool_owner(&params, &rx->pair->napi, nic->netdev);
	rx->page_pool = page_pool_create(&params);
	if (IS_ERR(rx->page_pool)) {
		int err = PTR_ERR(rx->page_pool);

		rx->page_pool = NULL;
		return err;
	}
	return 0;
}

/* Both memory models, so that binding a socket later has nothing to set up. */
static int gxdp_rx_register(struct gxdp_rx *rx)
{
	struct net_device *netdev = rx->pair->nic->netdev;
	unsigned int napi_id = rx->pair->napi.napi_id;
	int err;

	err = __xdp_rxq_info_reg(&rx->rxq, netdev, rx->pair->index, napi_id, PAGE_SIZE);
	if (err)
		return err;
	err = xdp_rxq_info_reg_mem_model(&rx->rxq, MEM_TYPE_PAGE_POOL, rx->page_pool);
	if (err)
		return err;
	err = xdp_rxq_info_reg(&rx->rxq_xsk, netdev, rx->pair->index, napi_id);
	if (err)
		return err;
	return xdp_rxq_info_reg_mem_model(&rx->rxq_xsk, MEM_TYPE_XSK_BUFF_POOL, NULL);
}

static int gxdp_rx_fill(struct gxdp_rx *rx)
{
	unsigned int i;

	for (i = 0; i < rx->count; i++) {
		struct page *page = page_pool_alloc_pages(rx->page_pool, GFP_KERNEL | __GFP_NOWARN);

		if (!page)
			return -ENOMEM;
		gxdp_slot_set_page(&rx->slot[i], page);
	}
	rx->page_slots = rx->count;
	rx->dma_sync = gxdp_dma_need_sync(&rx->pair->nic->pdev->dev, rx->slot[0].dma);
	return 0;
}

/**
 * gxdp_rx_alloc - a receive ring with everything in it
 * @pair: where it will serve
 * @cfg: ring size, MTU and AF_XDP pool it is for
 *
 * Process context. Touches neither the chip nor the running ring, so that
 * it may fail without consequence. Returns the ring or an ERR_PTR().
 */
struct gxdp_rx *gxdp_rx_alloc(struct gxdp_pair *pair, const struct gxdp_config *cfg)
{
	struct device *dev = &pair->nic->pdev->dev;
	struct gxdp_rx *rx;
	int err = -ENOMEM;

	rx = kzalloc(sizeof(*rx), GFP_KERNEL);
	if (!rx)
		return ERR_PTR(-ENOMEM);
	rx->pair = pair;
	rx->stash_top = rx->stash + 1;
	rx->count = cfg->rx_count;
	rx->pool = cfg->pool[pair->index];
	rx->max_len = cfg->mtu > ETH_DATA_LEN ? GXDP_RX_BUF_LEN : GXDP_MAX_FRAME_STD;

	rx->desc = dma_alloc_coherent(dev, rx->count * sizeof(*rx->desc), &rx->desc_dma,
				      GFP_KERNEL | __GFP_NOWARN);
	if (!rx->desc)
		goto err_free;
	rx->slot = kvcalloc(rx->count, sizeof(*rx->slot), GFP_KERNEL);
	if (!rx->slot)
		goto err_free;
	err = gxdp_rx_pool_create(rx);
	if (err)
		goto err_free;
	err = gxdp_rx_register(rx);
	if (err)
		goto err_free;
	err = gxdp_rx_fill(rx);
	if (err)
		goto err_free;
	return rx;

err_free:
	gxdp_rx_free(rx);
	return ERR_PTR(err);
}

/**
 * gxdp_rx_rewind - arm every slot and start at the ring's beginning
 * @rx: ring; the receiver is off and the poll disabled
 */
void gxdp_rx_rewind(struct gxdp_rx *rx)
{
	unsigned int i;

	gxdp_rx_forget(rx);
	rx->in_frame = false;
	rx->ntc = 0;
	for (i = 0; i < rx->count; i++)
		gxdp_rx_arm_slot(&rx->desc[i], &rx->slot[i]);
}

/**
 * gxdp_rx_retire - the poll is done with this ring
 * @rx: ring, or NULL
 *
 * The pair's NAPI is disabled. Pages still out with the stack come back
 * from anywhere; they must not take the poll's short cut into the pool.
 */
void gxdp_rx_retire(struct gxdp_rx *rx)
{
	if (rx && rx->page_pool)
		page_pool_disable_direct_recycling(rx->page_pool);
}

static void gxdp_rx_drain(struct gxdp_rx *rx)
{
	struct xdp_buff *xdp;
	unsigned int i;

	gxdp_rx_forget(rx);
	while ((xdp = gxdp_rx_unstash(rx)))
		xsk_buff_free(xdp);
	while (rx->spare_count)
		page_pool_put_full_page(rx->page_pool, rx->spare[--rx->spare_count], false);
	for (i = 0; i < rx->count; i++) {
		struct gxdp_rx_slot *slot = &rx->slot[i];

		if (slot->va)
			page_pool_put_full_page(rx->page_pool, slot->page, false);
		else if (slot->xsk)
			xsk_buff_free(slot->xsk);
		slot->va = NULL;
		slot->xsk = NULL;
	}
}

/**
 * gxdp_rx_free - give back a receive ring and every buffer in it
 * @rx: ring, also a half-built one
 *
 * The chip and the poll must have let go of it.
 */
void gxdp_rx_free(struct gxdp_rx *rx)
{
	struct device *dev = &rx->pair->nic->pdev->dev;

	if (rx->slot)
		gxdp_rx_drain(rx);
	if (xdp_rxq_info_is_reg(&rx->rxq_xsk))
		xdp_rxq_info_unreg(&rx->rxq_xsk);
	if (xdp_rxq_info_is_reg(&rx->rxq))
		xdp_rxq_info_unreg(&rx->rxq);
	if (rx->page_pool)
		page_pool_destroy(rx->page_pool);
	kvfree(rx->slot);
	if (rx->desc)
		dma_free_coherent(dev, rx->count * sizeof(*rx->desc), rx->desc, rx->desc_dma);
	kfree(rx);
}
