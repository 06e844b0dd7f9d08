// SPDX-License-Identifier: GPL-2.0
/*
 * The choice of a slice. Of each field, the places where the bits tell most boxes
 * apart are tried in several widths: what each box may match in is marked, and by how
 * many boxes go on together in each value an estimate says what a packet would cost.
 *
 * Compiling does little else, so this goes over arrays of numbers that fit the first
 * cache, in whole numbers and without branches.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "choose.h"

#define CANDIDATES	2	/* places tried in a field, for each width */
#define WEIGHED		256	/* boxes that single bits are judged by */
#define COST_UNIT	(1 << 20)	/* of go_on, in a nanosecond */

/* How the sample's numbers are to be read */
enum kind {
	TERNARY,		/* first: known bits; second: those that are not */
	RANGE,			/* from first to second */
	OTHER,			/* conditions; there are no numbers */
};

/* One choice, or one field of it */
struct choice {
	struct gx_chooser *c;
	const uint32_t *list;
	const struct gx_region *r;
	size_t n, step, sampled;
	unsigned int max_bits;
	int32_t *delta;
	const struct gx_key_field *field;
	enum kind kind;
	uint64_t work;
	struct gx_slice slice;	/* the best yet */
	double cost;
};

/* What it costs, more or less, to go on with @n boxes, in nanoseconds */
static double cost_of(double n)
{
	return n <= 4 ? 8 + n : 12 + 5 * log2(n / 4);
}

static void fill_go_on(struct gx_chooser *c, double scale)
{
	size_t i;

	if (c->scale == scale)
		return;
	c->scale = scale;
	for (i = 1; i <= GX_SAMPLE; i++)
		c->go_on[i] = i * cost_of(i * scale) * COST_UNIT;
}

/* The sample is every @step'th of the list */
static void take_sample(struct choice *ch, size_t size)
{
	ch->step = (ch->n + size - 1) / size;
	ch->sampled = (ch->n + ch->step - 1) / ch->step;
}

static const struct gx_box *sample(const struct choice *ch, size_t i)
{
	return &ch->c->box[ch->list[i * ch->step]];
}

static void gather_ports(struct choice *ch)
{
	struct gx_chooser *c = ch->c;
	bool source = ch->field->shift == GXDP_L4_SPORT;
	size_t i;

	ch->kind = RANGE;
	for (i = 0; i < ch->sampled; i++) {
		struct gx_span p = gx_ports_left(sample(ch, i), ch->r, source);

		c->first[i] = p.lo;
		c->second[i] = p.hi;
	}
}

static void gather_bits(struct choice *ch)
{
	const struct gx_key_field *f = ch->field;
	int at = f->word - gx_addr_word(ch->c->family);
	uint64_t all = ~0ull >> (64 - f->bits), value, mask;
	size_t i;

	ch->kind = TERNARY;
	for (i = 0; i < ch->sampled; i++) {
		const struct gx_box *box = sample(ch, i);

		value = f->word == GXDP_W_L4 ? box->value : box->addr[at];
		mask = f->word == GXDP_W_L4 ? box->mask : box->addr_mask[at];
		ch->c->first[i] = (value & mask) >> f->shift & all;
		ch->c->second[i] = ~mask >> f->shift & all;
	}
}

/* The sample's numbers of a field, if boxes have it themselves */
static void gather(struct choice *ch)
{
	const struct gx_key_field *f = ch->field;
	int at = f->word - gx_addr_word(ch->c->family);
	size_t i;

	if (at >= 0 && at < gx_addr_words(ch->c->family))
		return gather_bits(ch);
	ch->kind = OTHER;
	if (f->word != GXDP_W_L4)
		return;
	if (f->shift >= GXDP_L4_DPORT)
		return gather_ports(ch);
	/* a list of protocols is a condition */
	for (i = 0; i < ch->sampled; i++)
		if (sample(ch, i)->nconds)
			return;
	if (f->shift == GXDP_L4_PROTO)
		gather_bits(ch);
}

/* --- a slice ------------------------------------------------------------------------- */

/* Where the count of boxes changes, from value to value of a slice */
static void mark(struct choice *ch, const struct gx_slice *slice)
{
	unsigned int shift = slice->shift - ch->field->shift;
	const uint64_t *first = ch->c->first, *second = ch->c->second;
	uint64_t all = (1u << slice->bits) - 1, lo, hi;
	struct gx_span span[GX_SPANS];
	int32_t *delta = ch->delta;
	size_t i;
	int m, k;

	memset(delta, 0, (all + 2) * sizeof(*delta));
	if (ch->kind == TERNARY) {
		for (i = 0; i < ch->sampled; i++) {
			lo = first[i] >> shift & all;
			hi = lo | (second[i] >> shift & all);
			delta[lo]++;
			delta[hi + 1]--;
		}
		return;
	}
	for (i = 0; i < ch->sampled; i++) {
		m = ch->kind == RANGE ?
			gx_range_spans(first[i], second[i], shift, slice->bits, span) :
			gx_slice_spans(ch->c->boxes, sample(ch, i),
				       ch->c->family, slice, ch->r, span);
		for (k = 0; k < m; k++) {
			delta[span[k].lo]++;
			delta[span[k].hi + 1]--;
		}
	}
}

/* Try @slice on the sample; keep it if it is better */
static void try_slice(struct choice *ch, const struct gx_slice *slice)
{
	uint32_t slots = 1u << slice->bits, i, known, value;
	uint32_t count = 0, most = 0, reached = 0;
	const uint64_t *go_on = ch->c->go_on;
	uint64_t total = 0, sum = 0;
	double cost, growth;

	mark(ch, slice);
	ch->work += ch->sampled + slots / 8;
	known = (ch->r->known[slice->word] >> slice->shift) & (slots - 1);
	value = (ch->r->value[slice->word] >> slice->shift) & known;
	for (i = 0; i < slots; i++) {
		count += ch->delta[i];
		/* values that the way down has excluded cost room, but no time */
		if ((i & known) != value)
			continue;
		reached += count != 0;
		total += count;
		sum += go_on[count];
		most = count > most ? count : most;
	}
	if (!reached || (most > 0.95 * ch->sampled &&
			 total > 0.9 * ch->sampled * reached))
		return;
	cost = GX_NODE_COST + (double)sum / COST_UNIT / total;
	if (cost >= ch->cost)
		return;
	growth = (total * ch->c->scale * 32 + slots * 8.0) / (ch->n * 32.0);
	cost += 2.5 * log2(growth > 1 ? growth : 1);
	if (cost < ch->cost) {
		ch->cost = cost;
		ch->slice = *slice;
	}
}

/* --- places in a field --------------------------------------------------------------- */

/* Words of which each bit is to be counted, as columns of binary numbers */
struct counter {
	uint64_t digit[10];	/* of WEIGHED and fewer */
};

static void count(struct counter *counter, uint64_t carry)
{
	uint64_t *digit = counter->digit, was;

	while (carry) {
		was = *digit;
		*digit++ ^= carry;
		carry &= was;
	}
}

static uint32_t counted(const struct counter *counter, unsigned int bit)
{
	uint32_t n = 0;
	int i;

	for (i = 9; i >= 0; i--)
		n = 2 * n + (counter->digit[i] >> bit & 1);
	return n;
}

/* How many of the sample have each bit 0, and 1 */
static void count_bits(struct choice *ch, struct counter *zero,
		       struct counter *one)
{
	const uint64_t *first = ch->c->first, *second = ch->c->second;
	const struct gx_key_field *f = ch->field;
	uint64_t unknown, value, all = ~0ull >> (64 - f->bits);
	size_t i;
	int bit, v;

	for (i = 0; i < ch->sampled; i++) {
		value = first[i];
		unknown = second[i];
		if (ch->kind == RANGE) {
			/* all bits from the first that the ends do not share */
			unknown ^= value;
			if (unknown)
				unknown = ~0ull >> __builtin_clzll(unknown);
		} else if (ch->kind == OTHER) {
			value = 0;
			unknown = 0;
			for (bit = 0; bit < f->bits; bit++) {
				v = gx_box_bit(ch->c->boxes, sample(ch, i),
					       ch->c->family, ch->r, f->word,
					       f->shift + bit);
				value |= (uint64_t)(v == 1) << bit;
				unknown |= (uint64_t)(v == 2) << bit;
			}
		}
		count(one, value & ~unknown);
		count(zero, ~(value | unknown) & all);
	}
	ch->work += ch->sampled * (1 + f->bits / 16);
}

/*
 * sum[i]: how much the bits of the field before @i tell boxes apart: mostly by how
 * many are on the smaller side
 */
static void weigh_bits(struct choice *ch, uint32_t sum[65])
{
	const struct gx_key_field *f = ch->field;
	struct counter zero = {}, one = {};
	uint32_t n0, n1, weight;
	int bit;

	count_bits(ch, &zero, &one);
	sum[0] = 0;
	for (bit = 0; bit < f->bits; bit++) {
		n0 = counted(&zero, bit);
		n1 = counted(&one, bit);
		weight = 50 * (n0 < n1 ? n0 : n1) + n0 + n1;
		if (ch->r->known[f->word] >> (f->shift + bit) & 1)
			weight = 0;
		sum[bit + 1] = sum[bit] + weight;
	}
}

static void try_width(struct choice *ch, const uint32_t *sum, unsigned int bits)
{
	const struct gx_key_field *f = ch->field;
	uint32_t best[CANDIDATES] = {}, weight;
	struct gx_slice slice[CANDIDATES];
	unsigned int shift;
	int i, at;

	/* the best places, and of equal ones those further down */
	for (shift = 0; shift + bits <= f->bits; shift++) {
		weight = sum[shift + bits] - sum[shift];
		for (at = CANDIDATES; at && weight > best[at - 1]; at--)
			;
		if (at == CANDIDATES)
			continue;
		for (i = CANDIDATES - 1; i > at; i--) {
			best[i] = best[i - 1];
			slice[i] = slice[i - 1];
		}
		best[at] = weight;
		slice[at] = (struct gx_slice){ f->word, f->shift + shift, bits };
	}
	for (i = 0; i < CANDIDATES && best[i]; i++)
		try_slice(ch, &slice[i]);
}

static void try_field(struct choice *ch)
{
	unsigned int bits;
	uint32_t sum[65];

	take_sample(ch, WEIGHED);
	gather(ch);
	weigh_bits(ch, sum);
	if (!sum[ch->field->bits])
		return;
	if (ch->n > WEIGHED) {
		take_sample(ch, GX_SAMPLE);
		gather(ch);
	}
	/* narrower ones than half the widest come again further down, if need be */
	for (bits = (ch->max_bits + 1) / 2;
	     bits <= ch->max_bits && bits <= ch->field->bits;
	     bits += ch->max_bits > 8 ? 2 : 1)
		try_width(ch, sum, bits);
}

bool gx_choose(struct gx_chooser *c, const uint32_t *list, size_t n,
	       const struct gx_region *r, struct gx_slice *slice, uint64_t *work)
{
	struct choice ch = {
		.c = c, .list = list, .r = r, .n = n,
		.max_bits = 2, .cost = INFINITY,
	};
	int i;

	take_sample(&ch, GX_SAMPLE);
	while (ch.max_bits < GXDP_NODE_MAX_BITS && (1ull << ch.max_bits) < 4 * n)
		ch.max_bits++;
	ch.delta = malloc(((1u << ch.max_bits) + 1) * sizeof(*ch.delta));
	if (!ch.delta)
		return false;
	fill_go_on(c, (double)n / ch.sampled);
	for (i = 0; i < c->nfields; i++) {
		ch.field = &c->field[i];
		try_field(&ch);
	}
	free(ch.delta);
	*slice = ch.slice;
	*work += ch.work;
	return ch.cost < INFINITY;
}

/* --- fields -------------------------------------------------------------------------- */

static void add_field(struct gx_chooser *c, uint8_t word, uint8_t shift,
		      uint8_t bits)
{
	int i;

	for (i = 0; i < c->nfields; i++)
		if (c->field[i].word == word && c->field[i].shift == shift)
			return;
	if (c->nfields < (int)(sizeof(c->field) / sizeof(c->field[0])))
		c->field[c->nfields++] = (struct gx_key_field){ word, shift, bits };
}

void gx_chooser_init(struct gx_chooser *c, const struct gx_boxes *boxes,
		     const struct gx_box *box, enum gxdp_family family,
		     const uint32_t *member, size_t n)
{
	const struct gxdp_extra *extra;
	uint32_t j;
	size_t i;

	c->boxes = boxes;
	c->box = box;
	c->family = family;
	c->nfields = 0;
	c->scale = 0;
	c->go_on[0] = 0;
	if (family == GXDP_FAMILY_IPV4) {
		add_field(c, GXDP_W_ADDR4, 32, 32);
		add_field(c, GXDP_W_ADDR4, 0, 32);
	} else if (family == GXDP_FAMILY_IPV6) {
		for (j = 0; j < 4; j++)
			add_field(c, GXDP_W_SRC6_HI + j, 0, 64);
	}
	add_field(c, GXDP_W_L4, GXDP_L4_DPORT, 16);
	add_field(c, GXDP_W_L4, GXDP_L4_SPORT, 16);
	add_field(c, GXDP_W_L4, GXDP_L4_PROTO, 8);
	for (i = 0; i < n; i++) {
		const struct gx_box *asks = &box[member[i]];

		for (j = 0; j < asks->nconds; j++) {
			extra = &boxes->cond[asks->cond + j].extra;
			if (extra->type == GXDP_EXTRA_ANY ||
			    extra->word == GXDP_W_SRC_SETS ||
			    extra->word == GXDP_W_DST_SETS)
				add_field(c, extra->word, 0, 64);
			else if (extra->type != GXDP_EXTRA_MASK)
				add_field(c, extra->word, extra->shift,
					  extra->bits);
		}
	}
}
