/* SPDX-License-Identifier: GPL-2.0 */
/* Slices: the bits of a word of the key that a node takes. */
#ifndef GXDP_ENGINE_SLICE_H
#define GXDP_ENGINE_SLICE_H

#include "boxes.h"

struct gx_slice {
	uint8_t word, shift, bits;
};

/* What refers to a node of @slice at @addr; GXDP_REF_RULE is zero */
static inline uint64_t gx_node_ref(const struct gx_slice *slice, uint32_t addr)
{
	unsigned int right = 64 - slice->bits, left = right - slice->shift;

	return (uint64_t)addr << GXDP_REF_ADDR_SHIFT |
	       GXDP_REF_NODE << GXDP_REF_TYPE_SHIFT |
	       slice->word << GXDP_REF_WORD_SHIFT |
	       left << GXDP_REF_LEFT_SHIFT | right;
}

/* Values of a slice, from @lo to @hi */
struct gx_span {
	uint32_t lo, hi;
};

#define GX_SPANS	64

/* The spans of a field from @lo to @hi; @shift counts from the field's lowest bit */
static inline int gx_range_spans(uint64_t lo, uint64_t hi, unsigned int shift,
				 unsigned int bits, struct gx_span *span)
{
	uint32_t all = (1u << bits) - 1;
	uint32_t first, last;

	if ((hi >> shift) - (lo >> shift) >= all) {
		span[0] = (struct gx_span){ 0, all };
		return 1;
	}
	first = (lo >> shift) & all;
	last = (hi >> shift) & all;
	if (first <= last) {
		span[0] = (struct gx_span){ first, last };
		return 1;
	}
	span[0] = (struct gx_span){ 0, last };
	span[1] = (struct gx_span){ first, all };
	return 2;
}

/*
 * Which values of @slice packets in @box can have: spans, at least one, sorted;
 * may be more than need be, never less. Returns how many.
 */
int gx_slice_spans(const struct gx_boxes *boxes, const struct gx_box *box,
		   enum gxdp_family family, const struct gx_slice *slice,
		   struct gx_span span[GX_SPANS]);

/* What a bit of the key is in @box: 0, 1, or 2 where it can be either */
int gx_box_bit(const struct gx_boxes *boxes, const struct gx_box *box,
	       enum gxdp_family family, uint8_t word, uint8_t bit);

/* Where the address words of a family start, and how many there are */
static inline int gx_addr_word(enum gxdp_family family)
{
	return family == GXDP_FAMILY_IPV6 ? GXDP_W_SRC6_HI : GXDP_W_ADDR4;
}

static inline int gx_addr_words(enum gxdp_family family)
{
	return family == GXDP_FAMILY_IPV6 ? 4 :
	       family == GXDP_FAMILY_IPV4 ? 1 : 0;
}

#endif /* GXDP_ENGINE_SLICE_H */
