/* SPDX-License-Identifier: GPL-2.0 */
/* Slices: the bits of a word of the key that a node takes. */
#ifndef GXDP_ENGINE_SLICE_H
#define GXDP_ENGINE_SLICE_H

#include "boxes.h"

struct gx_slice {
	uint8_t word, shift, bits;
};

/*
 * What the way down has fixed of the packet. Ports also as the ends between which they
 * must be: a child that values share may have no bit in common and still be narrow.
 */
struct gx_region {
	uint64_t known[GXDP_WORDS];
	uint64_t value[GXDP_WORDS];
	struct gx_box_ports ports;	/* lowest above highest: no packet comes here */
};

static inline bool gx_slice_of_ports(const struct gx_slice *slice)
{
	return slice->word == GXDP_W_L4 && slice->shift >= GXDP_L4_DPORT;
}

/* Where in its word a port begins */
static inline unsigned int gx_port_shift(bool source)
{
	return source ? GXDP_L4_SPORT : GXDP_L4_DPORT;
}

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

/* Ports from @lo to @hi; lowest above highest: none */
static inline struct gx_span gx_ports(const struct gx_box_ports *p, bool source)
{
	return source ? (struct gx_span){ p->sport_lo, p->sport_hi } :
			(struct gx_span){ p->dport_lo, p->dport_hi };
}

/* Those that @box asks for, of those that are left in the region */
static inline struct gx_span gx_ports_left(const struct gx_box *box,
					   const struct gx_region *r, bool source)
{
	struct gx_span ask = gx_ports(&box->l4, source);
	struct gx_span left = gx_ports(&r->ports, source);

	return (struct gx_span){ ask.lo > left.lo ? ask.lo : left.lo,
				 ask.hi < left.hi ? ask.hi : left.hi };
}

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

/* The region of all packets */
void gx_region_init(struct gx_region *r);

/*
 * From @r on to where @slice has the value @first, or some value from there to @last
 * that differs from it in the bits @differ at most.
 */
void gx_region_enter(struct gx_region *r, const struct gx_slice *slice,
		     uint32_t first, uint32_t last, uint32_t differ);

static inline uint64_t gx_mix(uint64_t hash, uint64_t v)
{
	hash = (hash ^ v) * 0xff51afd7ed558ccdull;
	return hash ^ hash >> 32;
}

/* Of what @box asks of addresses where the region leaves them open */
uint64_t gx_region_hash(const struct gx_region *r, const struct gx_box *box,
			enum gxdp_family family);

/* Can packets in the region be of @box, as far as their ports go? */
bool gx_region_reaches(const struct gx_region *r, const struct gx_box *box);

/*
 * Which values of @slice packets in @box can have where ports are those of @r: spans, at
 * least one if the region reaches the box, sorted; may be more than need be, never less.
 * Returns how many.
 */
int gx_slice_spans(const struct gx_boxes *boxes, const struct gx_box *box,
		   enum gxdp_family family, const struct gx_slice *slice,
		   const struct gx_region *r, struct gx_span span[GX_SPANS]);

/* What a bit of the key is in @box and @r: 0, 1, or 2 where it can be either */
int gx_box_bit(const struct gx_boxes *boxes, const struct gx_box *box,
	       enum gxdp_family family, const struct gx_region *r, uint8_t word,
	       uint8_t bit);

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
