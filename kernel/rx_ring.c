// SPDX-License-Identifier: GPL-2.0
/*
 * Receive rings: made, wound back, and freed, with every buffer in them.
 */
#include "gxdp.h"
#include "hw/desc.h"
#include "hw/family.h"
#include "rx.h"

static int gxdp_rx_pool_create(struct gxdp_rx *rx)
{
	struct gxdp_nic *nic = rx->pair->nic;
	struct page_pool_params params = {
		.flags		= PP_FLAG_DMA_MAP | PP_FLAG_DMA_SYNC_DEV,
		.pool_size	= rx->count,
		.nid		= dev_to_node(&nic->pdev->dev),
		.dev		= &nic->pdev->dev,
		.dma_dir	= DMA_BIDIRECTIONAL,	/* XDP_TX sends from it */
		.offset		= rx->headers ? 0 : GXDP_RX_HEADROOM,
		.max_len	= rx->buf_len,
	};

	gxdp_page_pool_netdev(&params, nic->netdev);
	rx->page_pool = page_pool_create(&params);
	if (IS_ERR(rx->page_pool)) {
		int err = PTR_ERR(rx->page_pool);

		rx->page_pool = NULL;
		return err;
	}
	return 0;
}

static int gxdp_rx_register(struct gxdp_rx *rx)
{
	struct net_device *netdev = rx->pair->nic->netdev;
	unsigned int napi_id = rx->pair->napi.napi_id;	/* if it has one: gxdp_napi_start() */
	int err;

	err = __xdp_rxq_info_reg(&rx->rxq, netdev, rx->pair->index, napi_id, PAGE_SIZE);
	if (err)
		return err;
	return xdp_rxq_info_reg_mem_model(&rx->rxq, MEM_TYPE_PAGE_POOL, rx->page_pool);
}

static int gxdp_rx_fill(struct gxdp_rx *rx)
{
	/* refused rather than have the OOM killer make room for a larger ring */
	const gfp_t gfp = GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL | (rx->gfp & GFP_DMA32);
	unsigned int i;

	for (i = 0; i < rx->count; i++) {
		struct page *page = page_pool_alloc_pages(rx->page_pool, gfp);

		if (!page)
			return -ENOMEM;
		if (rx->headers)
			gxdp_slot_set_payload(&rx->slot[i], page);
		else
			gxdp_slot_set_page(&rx->slot[i], page);
	}
	rx->page_slots = rx->count;
	rx->dma_sync = gxdp_dma_need_sync(&rx->pair->nic->pdev->dev, rx->slot[0].dma);
	return 0;
}

static_assert(GXDP_RX_HEADROOM + GXDP_RX_BUF_MAX +
	      SKB_DATA_ALIGN(sizeof(struct skb_shared_info)) <= 4096);

/**
 * gxdp_rx_buf_len - how large the chip shall take a queue's buffers to be
 * @nic: device
 * @cfg: configuration
 * @queue: whose ring
 *
 * With headers split off that is a page. Else, with one size for all queues, or no umem,
 * what a page has for it; and what a umem's chunks have room for, in whole KiB: rounded
 * up when the frame limit keeps the chip from ever writing so much, else down.
 */
u32 gxdp_rx_buf_len(const struct gxdp_nic *nic, const struct gxdp_config *cfg,
		    unsigned int queue)
{
	u32 room, limit = gxdp_frame_limit(cfg);

	if (gxdp_rx_splits(cfg, queue))
		return GXDP_RX_PAYLOAD_MAX;
	if (!(nic->family->flags & GXDP_F_QUEUE_BUF) || !cfg->pool[queue])
		return GXDP_RX_BUF_LEN;
	room = xsk_pool_get_rx_frame_size(cfg->pool[queue]);
	return min(limit <= room ? round_up(limit, 1024) : round_down(room, 1024),
		   GXDP_RX_BUF_MAX);
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
	rx->stash_next = rx->stash + 1;
	rx->stash_end = rx->stash_next;
	rx->spare_end = rx->spare;
	/* no bounce buffers for a chip that reaches only some of the memory */
	rx->gfp = GFP_ATOMIC | __GFP_NOWARN;
	if (pair->nic->family->flags & GXDP_F_DMA32)
		rx->gfp |= GFP_DMA32;
	rx->pad_frames = pair->nic->family->flags & GXDP_F_PAD_FRAMES;
	rx->count = cfg->rx_count;
	rx->pool = cfg->pool[pair->index];
	rx->buf_len = gxdp_rx_buf_len(pair->nic, cfg, pair->index);
	rx->max_len = rx->buf_len;
	if (!(pair->nic->family->flags & GXDP_F_QUEUE_BUF) && cfg->mtu <= ETH_DATA_LEN)
		rx->max_len = GXDP_MAX_FRAME_STD;
	else if (rx->pool)	/* what the chip takes a buffer for may be rounded up */
		rx->max_len = min(rx->buf_len, xsk_pool_get_rx_frame_size(rx->pool));

	rx->desc = dma_alloc_coherent(dev, rx->count * sizeof(*rx->desc), &rx->desc_dma,
				      GFP_KERNEL | __GFP_NOWARN);
	if (!rx->desc)
		goto err_free;
	if (gxdp_rx_splits(cfg, pair->index)) {
		rx->headers = dma_alloc_coherent(dev, rx->count * GXDP_RX_HEADER_MAX,
						 &rx->headers_dma, GFP_KERNEL | __GFP_NOWARN);
		if (!rx->headers)
			goto err_free;
	}
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
	err = rx->pool ? gxdp_rx_expect_pool(rx) : 0;
	if (err)
		goto err_free;
	return rx;

err_free:
	gxdp_rx_free(rx);
	return ERR_PTR(err);
}

/**
 * gxdp_rx_adopt - put umem buffers into the slots, if there are enough
 * @rx: ring with a pool; the receiver is off and the poll disabled
 *
 * Spares the first round of frames the copy out of pages. Where the
 * application has not offered enough yet, slots take them as they drain.
 */
void gxdp_rx_adopt(struct gxdp_rx *rx)
{
	unsigned int i;

	if (!rx->page_slots || !xsk_buff_can_alloc(rx->pool, rx->page_slots))
		return;
	for (i = 0; i < rx->count; i++) {
		struct gxdp_rx_slot *slot = &rx->slot[i];
		struct xdp_buff *xdp;

		if (!slot->va)
			continue;
		xdp = xsk_buff_alloc(rx->pool);
		if (!xdp)
			return;
		page_pool_put_full_page(rx->page_pool, slot->page, false);
		gxdp_slot_set_xsk(slot, xdp);
		rx->page_slots--;
	}
}

/**
 * gxdp_rx_expect_pool - get ready for umem buffers beside the pages
 * @rx: ring; its poll may run, but knows of no pool yet
 *
 * Process context. Returns 0 or -ENOMEM.
 */
int gxdp_rx_expect_pool(struct gxdp_rx *rx)
{
	if (!rx->early)
		rx->early = kvcalloc(rx->count, sizeof(*rx->early),
				     GFP_KERNEL | __GFP_NOWARN);
	return rx->early ? 0 : -ENOMEM;
}

static void gxdp_rx_release_early(struct gxdp_rx *rx)
{
	while (rx->early_next < rx->early_end)
		xsk_buff_free(rx->early[rx->early_next++]);
	rx->early_next = 0;
	rx->early_end = 0;
}

/**
 * gxdp_rx_reserve - before umem buffers are put among pages: see to the frames in these
 * @rx: ring with slots that have pages, or with buffers put aside
 * @pool: its pool
 * @want: umem buffers that are wanted for slots
 *
 * The pair's poll. A bind does not stop the chip, so the next frames, up to a
 * ringful, still come in pages and are copied into umem buffers, while those put
 * into the slots behind them are not used before the ring has come round. So the
 * first buffers of the fill ring are put aside for these frames: all get theirs, and
 * in the order of the fill ring.
 *
 * Where the application has not offered so many, the socket code takes a buffer
 * from the pool for each of the copies; some are left there for it, or a burst right
 * after the bind would be lost. Returns whether there are enough for @want, too.
 */
bool gxdp_rx_reserve(struct gxdp_rx *rx, struct xsk_buff_pool *pool, u32 want)
{
	if (!rx->page_slots) {
		gxdp_rx_release_early(rx);
		return true;
	}
	if (rx->early_next < rx->early_end)
		return true;
	if (rx->page_slots == rx->count && !*rx->stash_next &&
	    xsk_buff_can_alloc(pool, 2 * rx->count)) {
		rx->early_next = 0;
		rx->early_end = xsk_buff_alloc_batch(pool, rx->early, rx->count);
		return true;
	}
	return xsk_buff_can_alloc(pool, want + rx->page_slots / GXDP_XSK_KEEP_SHARE);
}

/**
 * gxdp_rx_rewind - arm every slot and start at the ring's beginning
 * @rx: ring; the receiver is off and the poll disabled
 */
void gxdp_rx_rewind(struct gxdp_rx *rx)
{
	unsigned int i;

	gxdp_rx_forget(rx, false);
	rx->in_frame = false;
	rx->ntc = 0;
	for (i = 0; i < rx->count; i++) {
		if (rx->headers)
			gxdp_rx_arm_split(rx, i);
		else
			gxdp_rx_arm_slot(&rx->desc[i], &rx->slot[i]);
	}
}

/* One that was hard to get is not kept. */
static bool gxdp_rx_heads_reusable(struct page *page)
{
	/*
	 * Nobody else holds it, and so nobody can take hold of it. What is
	 * written to it next depends on this look, so it comes later.
	 */
	return page_ref_count(page) == 1 && !page_is_pfmemalloc(page);
}

/**
 * gxdp_rx_more_heads - memory for short frames' copies
 * @rx: ring whose heads are used up
 *
 * The pair's poll. Each head of a page holds a reference of its own, and the ring one: by
 * the time all its pages have been used, the heads of the first have as a rule come back,
 * and it serves again. Pages, not more at once: one head that a socket keeps for long keeps
 * all of it, and the socket is charged for the head alone. Returns false if there is no
 * memory.
 */
bool gxdp_rx_more_heads(struct gxdp_rx *rx)
{
	unsigned int next = (rx->heads_at + 1) % ARRAY_SIZE(rx->heads);
	struct page *page = rx->heads[next];

	if (page && !gxdp_rx_heads_reusable(page)) {
		put_page(page);
		page = NULL;
	}
	page = page ?: alloc_page(GFP_ATOMIC | __GFP_NOWARN);
	rx->heads[next] = page;
	if (unlikely(!page))
		return false;
	rx->heads_at = next;
	rx->heads_left = PAGE_SIZE / GXDP_RX_HEAD_SIZE;
	rx->head_next = page_address(page);
	page_ref_add(page, rx->heads_left);
	return true;
}

static void gxdp_rx_heads_free(struct gxdp_rx *rx)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rx->heads); i++)
		if (rx->heads[i])
			__page_frag_cache_drain(rx->heads[i],
						1 + (i == rx->heads_at ? rx->heads_left : 0));
}

/**
 * gxdp_rx_enlist - the poll is about to use this ring
 * @rx: ring
 *
 * The pair's NAPI is disabled. Only now is the pool the NAPI's: one that is
 * freed again because something else was not to be had must not look as if
 * the running NAPI were using it.
 */
void gxdp_rx_enlist(struct gxdp_rx *rx)
{
	page_pool_enable_direct_recycling(rx->page_pool, &rx->pair->napi);
}

/* All umem buffers of a ring that nobody polls, wherever in it they are. */
static void gxdp_rx_release_umem(struct gxdp_rx *rx)
{
	struct xdp_buff *xdp;
	unsigned int i;

	gxdp_rx_release_early(rx);
	while ((xdp = gxdp_rx_unstash(rx)))
		xsk_buff_free(xdp);
	for (i = 0; i < rx->count; i++) {
		struct gxdp_rx_slot *slot = &rx->slot[i];

		if (slot->va || !slot->xsk)
			continue;
		xsk_buff_free(slot->xsk);
		slot->xsk = NULL;
	}
}

/**
 * gxdp_rx_retire - the poll is done with this ring
 * @rx: ring, or NULL; the chip has let go of it
 *
 * The pair's NAPI is disabled, and stays so until this returns. Pages still out with the
 * stack come back from anywhere; they must not take the poll's short cut into the pool.
 *
 * Umem buffers go back now: the AF_XDP pool's free list has no lock, but belongs to the
 * poll, and the next ring's poll may be using the same pool by the time this ring is
 * freed. Left with slots that have no buffer, the ring cannot serve again.
 */
void gxdp_rx_retire(struct gxdp_rx *rx)
{
	if (!rx)
		return;
	page_pool_disable_direct_recycling(rx->page_pool);
	gxdp_rx_forget(rx, false);
	gxdp_rx_release_umem(rx);
}

/* Pages. A ring that has had umem buffers has been retired. */
static void gxdp_rx_drain(struct gxdp_rx *rx)
{
	unsigned int i;

	while (rx->spare_end > rx->spare)
		page_pool_put_full_page(rx->page_pool, *--rx->spare_end, false);
	for (i = 0; i < rx->count; i++) {
		struct gxdp_rx_slot *slot = &rx->slot[i];

		if (slot->va)
			page_pool_put_full_page(rx->page_pool, slot->page, false);
		slot->va = NULL;
		slot->page = NULL;
	}
}

/**
 * gxdp_rx_free - give back a receive ring and every buffer in it
 * @rx: ring: retired, or one that has not been in use, also a half-built one
 */
void gxdp_rx_free(struct gxdp_rx *rx)
{
	struct device *dev = &rx->pair->nic->pdev->dev;

	if (rx->slot)
		gxdp_rx_drain(rx);
	gxdp_rx_heads_free(rx);
	if (xdp_rxq_info_is_reg(&rx->rxq))
		xdp_rxq_info_unreg(&rx->rxq);
	if (rx->page_pool)
		page_pool_destroy(rx->page_pool);
	kvfree(rx->early);
	kvfree(rx->slot);
	if (rx->headers)
		dma_free_coherent(dev, rx->count * GXDP_RX_HEADER_MAX, rx->headers,
				  rx->headers_dma);
	if (rx->desc)
		dma_free_coherent(dev, rx->count * sizeof(*rx->desc), rx->desc, rx->desc_dma);
	kfree(rx);
}
