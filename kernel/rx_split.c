// SPDX-License-Identifier: GPL-2.0
/*
 * Receive with headers split off (ethtool -G tcp-data-split on; 82576).
 *
 * The chip puts the headers of TCP and UDP frames, up to and with that of TCP or UDP,
 * into a small buffer that stays with its descriptor, and the data into the slot's
 * page, from its beginning. The header is copied out; what goes up, or to the program
 * as a fragment, has nothing but data in its pages, and a page that is full of it can be
 * mapped to user space. Frames of other kinds, and those with headers longer than the
 * buffer, come whole in the page: there a copy of their first bytes serves as header.
 *
 * Sources: 82576EB Gigabit Ethernet Controller Datasheet, sections 7.1.5 (descriptors)
 * and 7.1.10 (header splitting).
 */
#include <linux/bitfield.h>
#include <linux/etherdevice.h>

#include "gxdp.h"
#include "hw/desc.h"
#include "rx.h"

/* The longest header that the chip splits off: two tags, IPv6 in IPv4, TCP. */
static_assert(ETH_HLEN + 2 * VLAN_HLEN + 60 + 40 + 60 <= GXDP_RX_HEADER_MAX);
/* Either kind of beginning is copied where short frames are. */
static_assert(GXDP_RX_HEADER_MAX <= GXDP_RX_COPY_MAX);

/**
 * struct gxdp_rx_parts - a frame's first buffer, or buffers
 * @begin: to be copied
 * @begin_len: how much
 * @offset: where in the page the rest is
 * @len: how much that is; 0: none, and the page is not needed
 */
struct gxdp_rx_parts {
	const void *begin;
	u32 begin_len;
	u32 offset;
	u32 len;
};

/*
 * What the chip says of a frame's first descriptor, which it filled in with @len bytes
 * of the page. False: that cannot be.
 */
static bool gxdp_rx_cut(struct gxdp_rx *rx, const struct gxdp_rx_slot *slot,
			const union gxdp_rx_desc *desc, u32 len, struct gxdp_rx_parts *p,
			struct gxdp_rx_counts *c)
{
	u32 mrq = le32_to_cpu(desc->ext.mrq);
	u32 header = FIELD_GET(RXD_HEADER_LEN, mrq);

	if (len > rx->max_len)
		return false;
	if (mrq & RXD_SPH && header <= GXDP_RX_HEADER_MAX) {
		if (header < ETH_HLEN)
			return false;
		p->begin = rx->headers + (slot - rx->slot) * GXDP_RX_HEADER_MAX;
		p->begin_len = header;
		p->offset = 0;
		p->len = len;
		c->hds++;
		return true;
	}
	/* no header known, or one that is too long: then its length is told for nothing */
	p->begin = slot->va;
	p->begin_len = min(len, GXDP_RX_COPY_MAX);
	p->offset = p->begin_len;
	p->len = len - p->begin_len;
	return len;
}

static void gxdp_rx_split_sync(struct gxdp_rx *rx, const struct gxdp_rx_slot *slot, u32 len,
			       bool for_device)
{
	struct device *dev = &rx->pair->nic->pdev->dev;

	if (likely(!rx->dma_sync) || !len)
		return;
	if (for_device)
		dma_sync_single_for_device(dev, slot->dma, len, DMA_BIDIRECTIONAL);
	else
		dma_sync_single_for_cpu(dev, slot->dma, len, DMA_BIDIRECTIONAL);
}

static bool gxdp_rx_replace_payload(struct gxdp_rx *rx, struct gxdp_rx_slot *slot)
{
	struct page *page = gxdp_rx_get_page(rx);

	if (unlikely(!page))
		return false;
	gxdp_slot_set_payload(slot, page);
	return true;
}

/* A whole frame, and no program: an skb with the header in it and the page behind it. */
static u64 *gxdp_rx_split_up(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
			     const union gxdp_rx_desc *desc, u32 staterr, u32 len,
			     struct gxdp_rx_counts *c)
{
	struct page *page = slot->page;
	struct gxdp_rx_parts p;
	struct sk_buff *skb;

	gxdp_rx_split_sync(rx, slot, min(len, rx->max_len), false);
	if (unlikely(!gxdp_rx_cut(rx, slot, desc, len, &p, c)))
		return &c->length_error;
	if (p.len && unlikely(!gxdp_rx_replace_payload(rx, slot)))
		return &c->alloc_fail;
	c->bytes += p.begin_len + p.len;
	skb = gxdp_rx_copy_head(rx, p.begin, p.begin_len);
	if (unlikely(!skb)) {
		if (p.len)
			gxdp_rx_give_back(rx, page, true);
		return &c->skb_fail;
	}
	if (p.len) {
		c->frags++;
		skb_add_rx_frag(skb, 0, page, p.offset, p.len, PAGE_SIZE);
		skb_mark_for_recycle(skb);
	} else {
		gxdp_rx_split_sync(rx, slot, len, true);
	}
	gxdp_rx_up(rx, skb, staterr, desc, c);
	return NULL;
}

/* A page with the beginning of a frame, where a program finds it. */
static bool gxdp_rx_split_begin(struct gxdp_rx *rx, const struct gxdp_rx_parts *p)
{
	struct page *page = gxdp_rx_get_page(rx);

	if (unlikely(!page))
		return false;
	xdp_init_buff(&rx->head.xdp, PAGE_SIZE, &rx->rxq);
	xdp_prepare_buff(&rx->head.xdp, page_address(page), GXDP_RX_HEADROOM, p->begin_len, true);
	memcpy(rx->head.xdp.data, p->begin, p->begin_len);
	return true;
}

/**
 * gxdp_rx_split_take - take a descriptor's header and page as the next of a frame
 * @rx: ring with headers split off; the frame so far is in @rx->head
 * @slot: the page; has another when this one is taken
 * @desc: the descriptor
 * @len: bytes in the page, as it claims
 * @c: counters
 *
 * The pair's poll. Returns NULL, or a counter to bump on failure.
 */
u64 *gxdp_rx_split_take(struct gxdp_rx *rx, struct gxdp_rx_slot *slot,
			const union gxdp_rx_desc *desc, u32 len, struct gxdp_rx_counts *c)
{
	struct gxdp_rx_parts p = { .len = len };
	struct page *page = slot->page;

	gxdp_rx_split_sync(rx, slot, min(len, rx->max_len), false);
	if (!rx->head.xdp.data) {
		if (unlikely(!gxdp_rx_cut(rx, slot, desc, len, &p, c)))
			return &c->length_error;
		if (unlikely(!gxdp_rx_split_begin(rx, &p)))
			return &c->alloc_fail;
	} else if (unlikely(!len || len > rx->max_len)) {
		return &c->length_error;
	}
	if (!p.len) {
		gxdp_rx_split_sync(rx, slot, len, true);
		return NULL;
	}
	if (unlikely(!gxdp_rx_replace_payload(rx, slot)))
		return &c->alloc_fail;
	if (unlikely(!gxdp_rx_add_page(&rx->head.xdp, page, p.offset, p.len))) {
		gxdp_rx_give_back(rx, page, true);
		return &c->frags_full;
	}
	return NULL;
}

/**
 * gxdp_rx_split - the loop of a ring with headers split off
 * @rx: ring
 * @prog: program, which takes fragments, or NULL
 * @ntc: where to begin
 * @n: descriptors at the most, none beyond the ring's end
 * @c: counters
 *
 * The pair's poll. Arms what it is done with. Returns how many that were.
 */
u32 gxdp_rx_split(struct gxdp_rx *rx, struct bpf_prog *prog, u32 ntc, u32 n,
		  struct gxdp_rx_counts *c)
{
	u32 i;

	for (i = ntc; i < ntc + n; i++) {
		struct gxdp_rx_slot *slot = &rx->slot[i];
		union gxdp_rx_desc *desc = &rx->desc[i];
		u32 staterr = gxdp_rx_ext_word(desc), len;
		u64 *why = NULL;

		if (!(staterr & RXD_DD))
			break;
		dma_rmb();	/* the rest is written before DD */
		len = gxdp_rx_ext_len(desc);
		if (!prog && !rx->in_frame && (staterr & (RXD_EOP | RXD_ERR_FRAME)) == RXD_EOP)
			why = gxdp_rx_split_up(rx, slot, desc, staterr, len, c);
		else
			gxdp_rx_piece(rx, slot, prog, desc, staterr, len, c);
		if (unlikely(why))
			++*why;
		gxdp_rx_arm_split(rx, i);
	}
	return i - ntc;
}
