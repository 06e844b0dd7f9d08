// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "slice.h"

/* Bits @slice of @value, of which those in @mask are known */
static int ternary(const struct gx_slice *s, uint64_t value, uint64_t mask,
		   struct gx_span *span)
{
	uint32_t all = (1u << s->bits) - 1;
	uint32_t known = (mask >> s->shift) & all;
	uint32_t v = (value >> s->shift) & known;

	span[0] = (struct gx_span){ v, v | (~known & all) };
	return 1;
}

static int join(struct gx_span *span, int n, struct gx_span add)
{
	int i = 0, j;

	/* those that touch it become one with it */
	for (j = 0; j < n; j++) {
		if (span[j].lo <= add.hi + 1 && add.lo <= span[j].hi + 1) {
			if (span[j].lo < add.lo)
				add.lo = span[j].lo;
			if (span[j].hi > add.hi)
				add.hi = span[j].hi;
		} else {
			span[i++] = span[j];
		}
	}
	for (j = i; j > 0 && span[j - 1].lo > add.lo; j--)
		span[j] = span[j - 1];
	span[j] = add;
	return i + 1;
}

static int cond_spans(const struct gx_cond *c, const struct gx_slice *s,
		      struct gx_span *span)
{
	struct gx_span part[2];
	int n = 0, m, i;
	size_t r;

	for (r = 0; r < c->n; r++) {
		m = gx_range_spans(c->v[r].lo, c->v[r].hi, s->shift - c->extra.shift,
			  s->bits, part);
		for (i = 0; i < m; i++) {
			if (n == GX_SPANS - 1) {
				span[0] = (struct gx_span){
					0, (1u << s->bits) - 1 };
				return 1;
			}
			n = join(span, n, part[i]);
		}
	}
	return n;
}

/* The condition that speaks of the slice, or NULL */
static const struct gx_cond *cond_on(const struct gx_boxes *boxes,
				     const struct gx_box *box,
				     const struct gx_slice *s)
{
	const struct gx_cond *c = gx_box_conds(boxes, box);
	uint32_t i;

	for (i = 0; i < box->nconds; i++, c++) {
		if (c->extra.word != s->word)
			continue;
		if (c->extra.type == GXDP_EXTRA_MASK ||
		    c->extra.type == GXDP_EXTRA_ANY) {
			if ((c->extra.lo >> s->shift) & ((1u << s->bits) - 1))
				return c;
		} else if (s->shift >= c->extra.shift &&
			   s->shift + s->bits <= c->extra.shift + c->extra.bits) {
			return c;
		}
	}
	return NULL;
}

static int extra_spans(const struct gx_boxes *boxes, const struct gx_box *box,
		       const struct gx_slice *s, struct gx_span *span)
{
	const struct gx_cond *c = cond_on(boxes, box, s);

	if (!c)
		return ternary(s, 0, 0, span);
	switch (c->extra.type) {
	case GXDP_EXTRA_MASK:
		return ternary(s, c->extra.hi, c->extra.lo, span);
	case GXDP_EXTRA_ANY:
		/* one bit that must be set is a known bit */
		if (c->extra.lo & (c->extra.lo - 1))
			return ternary(s, 0, 0, span);
		return ternary(s, c->extra.lo, c->extra.lo, span);
	default:
		return cond_spans(c, s, span);
	}
}

static int l4_spans(const struct gx_boxes *boxes, const struct gx_box *box,
		    const struct gx_slice *s, struct gx_span *span)
{
	const struct gx_box_ports *l4 = &box->l4;

	if (s->shift >= GXDP_L4_SPORT)
		return gx_range_spans(l4->sport_lo, l4->sport_hi,
			     s->shift - GXDP_L4_SPORT, s->bits, span);
	if (s->shift >= GXDP_L4_DPORT)
		return gx_range_spans(l4->dport_lo, l4->dport_hi,
			     s->shift - GXDP_L4_DPORT, s->bits, span);
	if (s->shift < GXDP_L4_TCP_FLAGS &&
	    (box->mask >> s->shift) & ((1u << s->bits) - 1))
		return ternary(s, box->value, box->mask, span);
	return extra_spans(boxes, box, s, span);
}

int gx_slice_spans(const struct gx_boxes *boxes, const struct gx_box *box,
		   enum gxdp_family family, const struct gx_slice *slice,
		   struct gx_span span[GX_SPANS])
{
	int at = slice->word - gx_addr_word(family);

	if (slice->word == GXDP_W_L4)
		return l4_spans(boxes, box, slice, span);
	if (at >= 0 && at < gx_addr_words(family))
		return ternary(slice, box->addr[at], box->addr_mask[at], span);
	return extra_spans(boxes, box, slice, span);
}

int gx_box_bit(const struct gx_boxes *boxes, const struct gx_box *box,
	       enum gxdp_family family, uint8_t word, uint8_t bit)
{
	struct gx_slice slice = { word, bit, 1 };
	struct gx_span span[GX_SPANS];
	int n;

	n = gx_slice_spans(boxes, box, family, &slice, span);
	return n == 1 && span[0].lo == span[0].hi ? (int)span[0].lo : 2;
}
