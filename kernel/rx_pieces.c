// SPDX-License-Identifier: GPL-2.0
/*
 * Receive, what is not usual: frames in several buffers, which are assembled
 * here, and broken ones, which are discarded.
 */
#include <linux/filter.h>

#include "gxdp.h"
#include "hw/desc.h"
#include "rx.h"

/**
 * gxdp_rx_forget - let go of a frame that was being assembled
 * @rx: ring
 * @napi: in the pair's poll; else nobody polls
 *
 * Not by xdp_return_buff(), which is for polls only.
 */
void gxdp_rx_forget(struct gxdp_rx *rx, bool napi)
{
	struct xdp_buff *xdp = &rx->head.xdp;
	unsigned int i;

	if (xdp->data) {
		struct skb_shared_info *sinfo = xdp_get_shared_info_from_buff(xdp);

		for (i = 0; xdp_buff_has_frags(xdp) && i < sinfo->nr_frags; i++)
			page_pool_put_full_page(rx->page_pool, skb_frag_page(&sinfo->frags[i]),
						napi);
		page_pool_put_full_page(rx->page_pool, virt_to_head_page(xdp->data_hard_start),
					napi);
		xdp->data = NULL;
	}
	if (rx->xsk_head) {
		xsk_buff_free(rx->xsk_head);
		rx->xsk_head = NULL;
	}
}

/**
 * gxdp_rx_add_page - append what is in a page to a frame
 * @xdp: frame
 * @page: page of the ring's pool, from then on the frame's
 * @offset: where in it
 * @len: how much
 *
 * Returns false, and the page is still the caller's, if the frame is in as many pages
 * as it can be.
 */
bool gxdp_rx_add_page(struct xdp_buff *xdp, struct page *page, u32 offset, u32 len)
{
	struct skb_shared_info *sinfo = xdp_get_shared_info_from_buff(xdp);

	if (!xdp_buff_has_frags(xdp)) {
		sinfo->nr_frags = 0;
		sinfo->xdp_frags_size = 0;
		xdp_buff_set_frags_flag(xdp);
	}
	if (unlikely(sinfo->nr_frags == MAX_SKB_FRAGS))
		return false;
	__skb_fill_page_desc_noacc(sinfo, sinfo->nr_frags++, page, offset, len);
	sinfo->xdp_frags_size += len;
	if (page_is_pfmemalloc(page))
		xdp_buff_set_frag_pfmemalloc(xdp);
	return true;
}

/* What came in a page, into a umem buffer. */
static void gxdp_rx_fill_umem(struct gxdp_rx *rx, struct xdp_buff *xdp,
			      const struct gxdp_rx_slot *slot, u32 len)
{
	struct device *dev = &rx->pair->nic->pdev->dev;

	xsk_buff_set_size(xdp, len);	/* sets its data, too */
	dma_sync_single_for_cpu(dev, slot->dma, len, DMA_BIDIRECTIONAL);
	memcpy(xdp->data, slot->va + GXDP_RX_HEADROOM, len);
	dma_sync_single_for_device(dev, slot->dma, len, DMA_BIDIRECTIONAL);
}

/**
 * gxdp_rx_copy_early - copy what came in a page into the umem buffer put aside for it
 * @rx: ring that has such a buffer (gxdp_rx_reserve())
 * @slot: the page; takes a umem buffer in its stead if there is one
 * @len: bytes, checked
 *
 * The pair's poll. From here on it is as if the chip had put it there. Returns the
 * buffer.
 */
struct xdp_buff *gxdp_rx_copy_early(struct gxdp_rx *rx, struct gxdp_rx_slot *slot, u32 len)
{
	struct xdp_buff *xdp = rx->early[rx->early_next++];
	struct page *page = slot->page;

	gxdp_rx_fill_umem(rx, xdp, slot, len);
	if (*rx->stash_next) {
		gxdp_rx_replace(rx, slot, true);
		gxdp_rx_give_back(rx, page, true);
	}
	return xdp;
}

/*
 * A socket was bound, or its buffers ran out, in the middle of a frame: this
 * piece lies in a buffer of the other kind than the first. Copy it into one
 * of that kind; the slot keeps its own.
 */
static bool gxdp_rx_take_copy(struct gxdp_rx *rx, const struct gxdp_rx_slot *slot, u32 len)
{
	struct xdp_buff *piece;
	struct page *page;

	if (slot->va) {
		piece = gxdp_rx_unstash(rx) ?: xsk_buff_alloc(rx->pool);
		if (!piece)
			return false;
		gxdp_rx_fill_umem(rx, piece, slot, len);
		if (gxdp_xsk_add_frag(rx->xsk_head, piece))
			return true;
		xsk_buff_free(piece);
		return false;
	}
	page = page_pool_alloc_pages(rx->page_pool, rx->gfp);
	if (!page)
		return false;
	xsk_buff_set_size(slot->xsk, len);
	gxdp_xsk_sync_for_cpu(slot->xsk, rx->pool);
	memcpy(page_address(page) + GXDP_RX_HEADROOM, slot->xsk->data, len);
	if (gxdp_rx_add_page(&rx->head.xdp, page, GXDP_RX_HEADROOM, len))
		return true;
	page_pool_recycle_direct(rx->page_pool, page);
	return false;
}

/* A umem buffer as the next piece of a frame. */
static u64 *gxdp_rx_take_umem(struct gxdp_rx *rx, struct xdp_buff *xdp, struct gxdp_rx_counts *c)
{
	if (!rx->xsk_head) {
		rx->xsk_head = xdp;
	} else if (!gxdp_xsk_add_frag(rx->xsk_head, xdp)) {
		xsk_buff_free(xdp);
		return &c->frags_full;
	}
	return NULL;
}

/*
 * Take a slot's buffer as the next piece of a frame, which is for a @program or the
 * stack. Returns a counter to bump on failure.
 */
static u64 *gxdp_rx_take(struct gxdp_rx *rx, struct gxdp_rx_slot *slot, u32 len, bool program,
			 struct gxdp_rx_counts *c)
{
	struct gxdp_rx_slot old = *slot;

	if (old.va && program && !rx->head.xdp.data && rx->early_next < rx->early_end)
		return gxdp_rx_take_umem(rx, gxdp_rx_copy_early(rx, slot, len), c);
	if (unlikely(old.va ? !!rx->xsk_head : !!rx->head.xdp.data))
		return gxdp_rx_take_copy(rx, slot, len) ? NULL : &c->mixed;
	if (unlikely(!gxdp_rx_replace(rx, slot, old.va)))
		return &c->alloc_fail;

	if (!old.va) {
		c->xsk_empty += !!slot->va;
		xsk_buff_set_size(old.xsk, len);
		gxdp_xsk_sync_for_cpu(old.xsk, rx->pool);
		return gxdp_rx_take_umem(rx, old.xsk, c);
	}
	if (rx->dma_sync)
		dma_sync_single_for_cpu(&rx->pair->nic->pdev->dev, old.dma, len,
					DMA_BIDIRECTIONAL);
	if (!rx->head.xdp.data) {
		xdp_init_buff(&rx->head.xdp, PAGE_SIZE, &rx->rxq);
		xdp_prepare_buff(&rx->head.xdp, old.va, GXDP_RX_HEADROOM, len, true);
	} else if (!gxdp_rx_add_page(&rx->head.xdp, old.page, GXDP_RX_HEADROOM, len)) {
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
			gxdp_rx_forget(rx, true);
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
		else if (gxdp_rx_pages_verdict(rx, xdp, page, act, prog, staterr, desc, c))
			xdp->data = NULL;
	}
	gxdp_rx_forget(rx, true);
}

/**
 * gxdp_rx_piece - deal with anything but a sound frame in one buffer
 * @rx: ring
 * @slot: the buffer
 * @prog: program, or NULL
 * @desc: the descriptor
 * @staterr: RXD_* bits
 * @len: bytes it claims; not to be believed
 * @c: counters
 *
 * The pair's poll. Pieces of a longer frame, and what the chip marked as
 * broken or describes with an impossible length. A broken frame is
 * discarded, to its end, and counted once.
 */
void gxdp_rx_piece(struct gxdp_rx *rx, struct gxdp_rx_slot *slot, struct bpf_prog *prog,
		   const union gxdp_rx_desc *desc, u32 staterr, u32 len,
		   struct gxdp_rx_counts *c)
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
	else if (rx->headers)
		why = gxdp_rx_split_take(rx, slot, desc, len, c);
	else if (!len || len > rx->max_len)
		why = &c->length_error;
	else
		why = gxdp_rx_take(rx, slot, len, prog, c);
	if (unlikely(why)) {
		++*why;
		gxdp_rx_forget(rx, true);
		return;
	}
	if (last)
		gxdp_rx_assembled(rx, prog, desc, staterr, c);
}
