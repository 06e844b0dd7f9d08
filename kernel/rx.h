/* SPDX-License-Identifier: GPL-2.0 */
/* What receive offers to transmit: taking its pages back. */
#ifndef GXDP_RX_H
#define GXDP_RX_H

#include "gxdp.h"

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

#endif /* GXDP_RX_H */
