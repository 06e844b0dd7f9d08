/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The steps shared by the receive loop (rx.c), frames in several buffers
 * (rx_pieces.c) and the rings themselves (rx_ring.c), and what receive
 * offers to transmit: taking its pages back. All of it: the pair's poll, or the control
 * path while nobody polls.
 */
#ifndef GXDP_RX_H
#define GXDP_RX_H

#include "gxdp.h"
#include "hw/desc.h"

/* Keep a page of the ring's pool for a slot. False: there are enough, or it must go back. */
static __always_inline bool gxdp_rx_keep(struct gxdp_rx *rx, struct page *page)
{
	if (unlikely(rx->spare_end == rx->spare + GXDP_RX_SPARES || page_is_pfmemalloc(page)))
		return false;
	*rx->spare_end++ = page;
	return true;
}

/**
 * gxdp_rx_give_back - a page of this ring's pool is no longer used
 * @rx: ring
 * @page: page; nobody else holds it
 * @napi: in a poll with a budget (not netpoll)
 *
 * Context of the pair's poll. XDP_TX pages come back at the rate at which
 * new ones are needed: those kept here spare both the trip through the
 * pool. A device that needs DMA syncs has them done by the pool.
 */
static __always_inline void gxdp_rx_give_back(struct gxdp_rx *rx, struct page *page, bool napi)
{
	if (unlikely(rx->dma_sync || !gxdp_rx_keep(rx, page)))
		page_pool_put_full_page(rx->page_pool, page, napi);
}

/* The ring whose poll runs a program on this processor, or NULL. */
DECLARE_PER_CPU(struct gxdp_rx *, gxdp_rx_polled);

/*
 * The ring in whose poll we are, for what is called from there; or NULL. BHs off.
 * With PREEMPT_RT polls may take turns on a processor: a ring that another task
 * polls is not ours, whatever the processor's pointer says.
 */
static __always_inline struct gxdp_rx *gxdp_rx_polled_here(void)
{
	struct gxdp_rx *rx = this_cpu_read(gxdp_rx_polled);

	return rx && READ_ONCE(rx->poller) == current ? rx : NULL;
}

/* Whose pages that poll takes back by the short way (gxdp_rx_take_back()). */
static __always_inline const struct page_pool *gxdp_rx_pool_polled(const struct gxdp_rx *rx)
{
	/* no page has this one; NULL would be that of all pages without a pool */
	return rx && !rx->dma_sync ? rx->page_pool : ERR_PTR(-ENOENT);
}

/*
 * A redirected frame is no longer needed. Often it comes from the very poll that
 * redirects it; that has use for its page at once.
 */
static __always_inline void gxdp_rx_take_back(struct gxdp_rx *rx, const struct page_pool *pool,
					      struct xdp_frame *frame)
{
	struct page *page = virt_to_page(frame);

	if (unlikely(page->pp != pool || !gxdp_rx_keep(rx, page)))
		xdp_return_frame(frame);
}

static __always_inline void gxdp_slot_set_page(struct gxdp_rx_slot *slot, struct page *page)
{
	slot->va = page_address(page);
	slot->page = page;
	slot->dma = page_pool_get_dma_addr(page) + GXDP_RX_HEADROOM;
}

/* The same for a page that payloads go to: it is theirs from its beginning. */
static __always_inline void gxdp_slot_set_payload(struct gxdp_rx_slot *slot, struct page *page)
{
	slot->va = page_address(page);
	slot->page = page;
	slot->dma = page_pool_get_dma_addr(page);
}

static __always_inline void gxdp_slot_set_xsk(struct gxdp_rx_slot *slot, struct xdp_buff *xdp)
{
	slot->va = NULL;
	slot->xsk = xdp;
}

/* A umem buffer, or NULL. */
static __always_inline struct xdp_buff *gxdp_rx_unstash(struct gxdp_rx *rx)
{
	struct xdp_buff *xdp = *rx->stash_next;

	rx->stash_next += !!xdp;
	return xdp;
}

/* A page of the ring's pool, or NULL. */
static __always_inline struct page *gxdp_rx_get_page(struct gxdp_rx *rx)
{
	if (rx->spare_end > rx->spare)
		return *--rx->spare_end;
	return page_pool_alloc_pages(rx->page_pool, rx->gfp);
}

/* Put another page into a slot whose page is about to be given away. */
static __always_inline bool gxdp_rx_replace_page(struct gxdp_rx *rx, struct gxdp_rx_slot *slot)
{
	struct page *page = gxdp_rx_get_page(rx);

	if (unlikely(!page))
		return false;
	gxdp_slot_set_page(slot, page);
	return true;
}

/*
 * Put a new buffer into a slot whose old one, a page or a umem buffer, is
 * about to be given away: a umem buffer if one is at hand.
 */
static __always_inline bool gxdp_rx_replace(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
					    bool was_page)
{
	struct xdp_buff *xdp = gxdp_rx_unstash(rx);

	if (xdp) {
		gxdp_slot_set_xsk(slot, xdp);
		rx->page_slots -= was_page;
		return true;
	}
	if (!gxdp_rx_replace_page(rx, slot))
		return false;
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

/* The same for a ring with headers split off. */
static __always_inline void gxdp_rx_arm_split(struct gxdp_rx *rx, u32 i)
{
	rx->desc[i].addr = cpu_to_le64(rx->slot[i].dma);
	rx->desc[i].header = cpu_to_le64(rx->headers_dma + i * GXDP_RX_HEADER_MAX);
}

/*
 * Frames up to this length are copied for the stack, and their page stays in
 * its slot: a copy in a small buffer costs less than another page for the slot
 * and this one's way back to the pool, and a socket is charged for a small
 * buffer, not for a page.
 */
#define GXDP_RX_COPY_MAX	256U

/* What such a buffer has: room before the frame, the frame, skb_shared_info. */
#define GXDP_RX_HEAD_PAD	(NET_SKB_PAD + NET_IP_ALIGN)
#define GXDP_RX_HEAD_SIZE	((u32)(SKB_DATA_ALIGN(GXDP_RX_HEAD_PAD + GXDP_RX_COPY_MAX) + \
				       SKB_DATA_ALIGN(sizeof(struct skb_shared_info))))

bool gxdp_rx_more_heads(struct gxdp_rx *rx);

/* A buffer of GXDP_RX_HEAD_SIZE for an skb's head, or NULL. */
static __always_inline void *gxdp_rx_head(struct gxdp_rx *rx)
{
	void *head;

	if (unlikely(!rx->heads_left) && !gxdp_rx_more_heads(rx))
		return NULL;
	head = rx->head_next;
	rx->head_next = head + GXDP_RX_HEAD_SIZE;
	rx->heads_left--;
	return head;
}

/* A short frame, or the beginning of one, as an skb of its own; NULL: no memory. */
static __always_inline struct sk_buff *gxdp_rx_copy_head(struct gxdp_rx *rx, const void *data,
							 u32 len)
{
	void *head = gxdp_rx_head(rx);
	struct sk_buff *skb;

	if (unlikely(!head))
		return NULL;
	memcpy(head + GXDP_RX_HEAD_PAD, data, len);
	skb = napi_build_skb(head, GXDP_RX_HEAD_SIZE);
	if (unlikely(!skb)) {
		skb_free_frag(head);
		return NULL;
	}
	skb_reserve(skb, GXDP_RX_HEAD_PAD);
	__skb_put(skb, len);
	return skb;
}

/* rx_ring.c */
bool gxdp_rx_reserve(struct gxdp_rx *rx, struct xsk_buff_pool *pool, u32 want);

/* rx.c */
void gxdp_rx_up(struct gxdp_rx *rx, struct sk_buff *skb, u32 staterr,
		const union gxdp_rx_desc *desc, struct gxdp_rx_counts *c);
bool gxdp_rx_pages_verdict(struct gxdp_rx *rx, struct xdp_buff *xdp, struct page *page, u32 act,
			   struct bpf_prog *prog, u32 staterr, const union gxdp_rx_desc *desc,
			   struct gxdp_rx_counts *c);
bool gxdp_rx_umem_verdict(struct gxdp_rx *rx, struct xdp_buff *xdp, u32 act,
			  struct bpf_prog *prog, u32 staterr,
			  const union gxdp_rx_desc *desc, struct gxdp_rx_counts *c);

/* rx_pieces.c */
struct xdp_buff *gxdp_rx_copy_early(struct gxdp_rx *rx, struct gxdp_rx_slot *slot, u32 len);
void gxdp_rx_forget(struct gxdp_rx *rx, bool napi);
void gxdp_rx_piece(struct gxdp_rx *rx, struct gxdp_rx_slot *slot, struct bpf_prog *prog,
		   const union gxdp_rx_desc *desc, u32 staterr, u32 len,
		   struct gxdp_rx_counts *c);
bool gxdp_rx_add_page(struct xdp_buff *xdp, struct page *page, u32 offset, u32 len);

/* rx_split.c */
u32 gxdp_rx_split(struct gxdp_rx *rx, struct bpf_prog *prog, u32 ntc, u32 n,
		  struct gxdp_rx_counts *c);
u64 *gxdp_rx_split_take(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
			const union gxdp_rx_desc *desc, u32 len, struct gxdp_rx_counts *c);

#endif /* GXDP_RX_H */
