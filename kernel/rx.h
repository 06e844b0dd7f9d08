/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The steps shared by the receive loop (rx.c), frames in several buffers
 * (rx_pieces.c) and the rings themselves (rx_ring.c), and what receive
 * offers to transmit: taking its pages back. All of it: the pair's poll,
 * or nobody polls.
 */
#ifndef GXDP_RX_H
#define GXDP_RX_H

#include "gxdp.h"
#include "hw/desc.h"

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
	if (likely(rx->spare_count < GXDP_RX_SPARES && !rx->dma_sync &&
		   !page_is_pfmemalloc(page)))
		rx->spare[rx->spare_count++] = page;
	else
		page_pool_put_full_page(rx->page_pool, page, napi);
}

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
		page = page_pool_alloc_pages(rx->page_pool, rx->gfp);
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

/* rx.c */
bool gxdp_rx_pages_verdict(struct gxdp_rx *rx, struct xdp_buff *xdp, struct page *page, u32 act,
			   struct bpf_prog *prog, u32 staterr, const union gxdp_rx_desc *desc,
			   struct gxdp_rx_counts *c);
bool gxdp_rx_umem_verdict(struct gxdp_rx *rx, struct xdp_buff *xdp, u32 act,
			  struct bpf_prog *prog, u32 staterr,
			  const union gxdp_rx_desc *desc, struct gxdp_rx_counts *c);

/* rx_pieces.c */
void gxdp_rx_forget(struct gxdp_rx *rx);
void gxdp_rx_piece(struct gxdp_rx *rx, struct gxdp_rx_slot *slot, struct bpf_prog *prog,
		   const union gxdp_rx_desc *desc, u32 staterr, u32 len,
		   struct gxdp_rx_counts *c);

#endif /* GXDP_RX_H */
