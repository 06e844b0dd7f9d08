// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges that lie across one another have both values of every bit where they overlap,
 * so no single slice tells them apart. Yet between two ends that are next to each other
 * each range is there as a whole or not at all, and the first hides those behind it. A
 * few nodes that take a port from its highest bit down come to such places.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "choose.h"
#include "ports.h"

#define BITS		8	/* a node takes; two of them are a port */

/* One box in one port */
struct item {
	uint64_t rest;		/* hash of what else it asks for here */
	uint32_t order;		/* in the list */
	uint32_t lo, hi;	/* gaps between ends, the first and the last it is in */
};

struct sweep {
	size_t n, ends;
	struct item item[GX_SAMPLE];
	uint32_t end[2 * GX_SAMPLE];	/* where a gap begins, sorted */
	int32_t count[2 * GX_SAMPLE + 1];	/* boxes in each gap that matter */
	uint32_t next[2 * GX_SAMPLE + 1];	/* the next gap that nothing is in yet */
};

/* Equal ones are taken for the same: this is an estimate. */
static uint64_t hash_rest(const struct gx_ports_choice *c, const struct gx_box *box,
			  bool source)
{
	struct gx_span other = gx_ports_left(box, c->region, !source);
	const struct gx_cond *cond = gx_box_conds(c->boxes, box);
	uint64_t open = box->mask & ~c->region->known[GXDP_W_L4], hash;
	uint32_t k;

	hash = gx_region_hash(c->region, box, c->family);
	hash = gx_mix(hash, open << 32 | (box->value & open));
	hash = gx_mix(hash, (uint64_t)other.lo << 32 | other.hi);
	for (k = 0; k < box->nconds; k++, cond++) {
		hash = gx_mix(hash, cond->extra.type << 24 | cond->extra.word << 16 |
			   cond->extra.shift << 8 | cond->extra.bits);
		hash = gx_mix(gx_mix(hash, cond->extra.lo), cond->extra.hi);
	}
	return hash;
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static int by_rest(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->rest != y->rest)
		return x->rest < y->rest ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static uint32_t gap_of(const struct sweep *s, uint32_t port)
{
	uint32_t lo = 0, hi = s->ends, mid;

	while (hi - lo > 1) {
		mid = (lo + hi) / 2;
		if (s->end[mid] <= port)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* Into items the boxes' ranges, and into ends where one begins or has ended */
static void fill(struct sweep *s, const struct gx_ports_choice *c, bool source)
{
	size_t i, n = 0;

	for (i = 0; i < s->n; i++) {
		const struct gx_box *box = &c->box[c->list[i]];
		struct gx_span p = gx_ports_left(box, c->region, source);

		s->item[i] = (struct item){
			.rest = hash_rest(c, box, source),
			.order = i, .lo = p.lo, .hi = p.hi,
		};
		s->end[n++] = p.lo;
		s->end[n++] = p.hi + 1;
	}
	qsort(s->end, n, sizeof(*s->end), by_value);
	for (i = 1, s->ends = 1; i < n; i++)
		if (s->end[i] != s->end[s->ends - 1])
			s->end[s->ends++] = s->end[i];
	for (i = 0; i < s->n; i++) {
		s->item[i].lo = gap_of(s, s->item[i].lo);
		s->item[i].hi = gap_of(s, s->item[i].hi);
	}
}

static uint32_t next_free(struct sweep *s, uint32_t gap)
{
	uint32_t to = gap, then;

	while (s->next[to] != to)
		to = s->next[to];
	for (; s->next[gap] != gap; gap = then) {
		then = s->next[gap];
		s->next[gap] = to;
	}
	return to;
}

/*
 * How many boxes, on the way of a packet that any of them is as likely to be for, a leaf
 * has in the end
 */
static double left_between(struct sweep *s, bool counts, uint64_t *work)
{
	uint64_t total = 0, sum = 0;
	uint32_t gap;
	size_t i;

	if (!counts)
		qsort(s->item, s->n, sizeof(*s->item), by_rest);
	memset(s->count, 0, s->ends * sizeof(*s->count));
	for (i = 0; i < s->n; i++) {
		if (counts || !i || s->item[i].rest != s->item[i - 1].rest) {
			*work += s->ends;
			for (gap = 0; gap <= s->ends; gap++)
				s->next[gap] = gap;
		}
		for (gap = next_free(s, s->item[i].lo); gap <= s->item[i].hi;
		     gap = next_free(s, gap)) {
			s->count[gap]++;
			s->next[gap] = gap + 1;
			(*work)++;
		}
	}
	for (i = 0; i < s->ends; i++) {
		total += s->count[i];
		sum += (uint64_t)s->count[i] * s->count[i];
	}
	return (double)sum / total;
}

bool gx_choose_ports(const struct gx_ports_choice *c, struct gx_slice *slice,
		     uint64_t *work)
{
	unsigned int top, bits, most = 1;
	double best = INFINITY, cost;
	struct gx_span p;
	struct sweep *s;
	int source;

	s = malloc(sizeof(*s));
	if (!s)
		return false;
	/* judged by the first, which hide others */
	s->n = c->n < GX_SAMPLE ? c->n : GX_SAMPLE;
	if (!c->must)
		best = GX_ENTRY_COST * s->n;
	while (most < BITS && 1u << most < 4 * c->n)
		most++;
	slice->bits = 0;
	for (source = 0; source < 2; source++) {
		fill(s, c, source);
		/* the ends of the region are the only ones */
		p = gx_ports(&c->region->ports, source);
		if (s->ends == 2 && s->end[0] == p.lo && s->end[1] == p.hi + 1)
			continue;
		/* the highest bit that packets differ in here, and those below */
		top = 32 - __builtin_clz(p.lo ^ p.hi);
		bits = top < most ? top : most;
		cost = GX_NODE_COST * ((top + bits - 1) / bits) +
		       GX_ENTRY_COST * left_between(s, c->counts, work);
		if (cost >= best)
			continue;
		best = cost;
		*slice = (struct gx_slice){
			.word = GXDP_W_L4,
			.shift = gx_port_shift(source) + top - bits,
			.bits = bits,
		};
	}
	*work += 16 * s->n;
	free(s);
	return slice->bits;
}
