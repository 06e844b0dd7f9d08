// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "slice.h"

/* --- where a way down leads ------------------------------------------------------------ */

void gx_region_init(struct gx_region *r)
{
	*r = (struct gx_region){
		.ports = { .sport_hi = 65535, .dport_hi = 65535 },
	};
}

static void tighten(struct gx_span *p, uint32_t lo, uint32_t hi)
{
	if (lo > p->lo)
		p->lo = lo;
	if (hi < p->hi)
		p->hi = hi;
}

/* Bits of a port, from @shift on, are from @first to @last; bits @known are @value. */
static struct gx_span narrow(struct gx_span p, const struct gx_slice *slice,
			     unsigned int shift, uint32_t first, uint32_t last,
			     uint32_t known, uint32_t value)
{
	unsigned int above = shift + slice->bits, unknown;
	uint32_t base = p.lo >> above << above;

	/* Where bits above are left out, values are many ranges, each as good as another. */
	if (p.lo >> above == p.hi >> above)
		tighten(&p, base | first << shift,
		      base | last << shift | ((1u << shift) - 1));
	/* Likewise, only the upper ones of the known bits make a range. */
	if (known != 0xffff) {
		unknown = 31 - __builtin_clz(~known & 0xffff);
		known &= ~((2u << unknown) - 1);
	}
	tighten(&p, value & known, (value & known) | (~known & 0xffff));
	return p;
}

void gx_region_enter(struct gx_region *r, const struct gx_slice *slice,
		     uint32_t first, uint32_t last, uint32_t differ)
{
	uint64_t mask = ((1ull << slice->bits) - 1) << slice->shift;
	uint64_t *known = &r->known[slice->word], *value = &r->value[slice->word];
	bool source = slice->shift >= GXDP_L4_SPORT;
	unsigned int field = gx_port_shift(source);
	struct gx_span p;

	/* What not all values agree in is not known there. */
	mask &= ~((uint64_t)differ << slice->shift);
	*known |= mask;
	*value = (*value & ~mask) | ((uint64_t)first << slice->shift & mask);
	if (!gx_slice_of_ports(slice))
		return;
	p = narrow(gx_ports(&r->ports, source), slice, slice->shift - field, first,
		   last, *known >> field & 0xffff, *value >> field & 0xffff);
	if (source) {
		r->ports.sport_lo = p.lo;
		r->ports.sport_hi = p.hi;
	} else {
		r->ports.dport_lo = p.lo;
		r->ports.dport_hi = p.hi;
	}
}

uint64_t gx_region_hash(const struct gx_region *r, const struct gx_box *box,
			enum gxdp_family family)
{
	int w = gx_addr_word(family), n = gx_addr_words(family), i;
	uint64_t open, hash = 0x9e3779b97f4a7c15ull;

	for (i = 0; i < n; i++) {
		open = box->addr_mask[i] & ~r->known[w + i];
		hash = gx_mix(gx_mix(hash, box->addr[i] & open), open);
	}
	return hash;
}

bool gx_region_reaches(const struct gx_region *r, const struct gx_box *box)
{
	struct gx_span sport = gx_ports_left(box, r, true);
	struct gx_span dport = gx_ports_left(box, r, false);

	return sport.lo <= sport.hi && dport.lo <= dport.hi;
}

/* --- what boxes have in it -------------------------------------------------------------- */

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
		    const struct gx_slice *s, const struct gx_region *r,
		    struct gx_span *span)
{
	bool source = s->shift >= GXDP_L4_SPORT;
	struct gx_span p;

	if (gx_slice_of_ports(s)) {
		p = gx_ports_left(box, r, source);
		if (p.lo > p.hi)
			return 0;
		return gx_range_spans(p.lo, p.hi, s->shift - gx_port_shift(source),
				      s->bits, span);
	}
	if (s->shift < GXDP_L4_TCP_FLAGS &&
	    (box->mask >> s->shift) & ((1u << s->bits) - 1))
		return ternary(s, box->value, box->mask, span);
	return extra_spans(boxes, box, s, span);
}

int gx_slice_spans(const struct gx_boxes *boxes, const struct gx_box *box,
		   enum gxdp_family family, const struct gx_slice *slice,
		   const struct gx_region *r, struct gx_span span[GX_SPANS])
{
	int at = slice->word - gx_addr_word(family);

	if (slice->word == GXDP_W_L4)
		return l4_spans(boxes, box, slice, r, span);
	if (at >= 0 && at < gx_addr_words(family))
		return ternary(slice, box->addr[at], box->addr_mask[at], span);
	return extra_spans(boxes, box, slice, span);
}

int gx_box_bit(const struct gx_boxes *boxes, const struct gx_box *box,
	       enum gxdp_family family, const struct gx_region *r, uint8_t word,
	       uint8_t bit)
{
	struct gx_slice slice = { word, bit, 1 };
	struct gx_span span[GX_SPANS];
	int n;

	n = gx_slice_spans(boxes, box, family, &slice, r, span);
	return n == 1 && span[0].lo == span[0].hi ? (int)span[0].lo : 2;
}
