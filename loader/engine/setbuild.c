// SPDX-License-Identifier: GPL-2.0
/* Building the tries of all sets at once. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "prefixes.h"
#include "setnode.h"

#define ROOT_BITS_MIN	8
#define ROOT_BITS_MAX	22
#define ROOT_SAMPLE	65536	/* members that it is chosen by */
#define WIDE_BITS	8
#define IN_CACHE	(256u << 10)	/* members of IPv4, packed: some 3 MB */

struct setbuild {
	struct gx_arena *arena;
	struct gxdp_set_heap *heap;
	bool v6;
	int error;
};

/* --- entries --------------------------------------------------------------------- */

static void entry_of(struct gx_entry *e, const struct gx_prefix *p, bool v6,
		     unsigned int set)
{
	int i;

	e->addr[0] = 0;
	e->addr[1] = 0;
	for (i = 0; i < (v6 ? 16 : 4); i++)
		e->addr[i / 8] |= (uint64_t)p->addr[i] << (56 - i % 8 * 8);
	e->len = p->len;
	e->sets = 1ull << set;
	e->expiry = 0;
}

static struct gx_entry *all_entries(const struct gx_boxes *boxes, bool v6,
				    size_t *n)
{
	const struct gx_prefixes *p;
	struct gx_entry *e;
	unsigned int s;
	size_t i;

	*n = 0;
	for (s = 0; s < boxes->nsets; s++)
		*n += v6 ? boxes->set[s].v6->n : boxes->set[s].v4->n;
	e = malloc((*n + 1) * sizeof(*e));
	if (!e)
		return NULL;
	*n = 0;
	for (s = 0; s < boxes->nsets; s++) {
		p = v6 ? boxes->set[s].v6 : boxes->set[s].v4;
		for (i = 0; i < p->n; i++)
			entry_of(&e[(*n)++], &p->v[i], v6, s);
	}
	return e;
}

static int compare(const void *a, const void *b)
{
	const struct gx_entry *p = a, *q = b;

	if (p->addr[0] != q->addr[0])
		return p->addr[0] < q->addr[0] ? -1 : 1;
	if (p->addr[1] != q->addr[1])
		return p->addr[1] < q->addr[1] ? -1 : 1;
	return (int)p->len - (int)q->len;
}

/* The same prefix in several sets is one member. Returns how many are left. */
static size_t unite(struct gx_entry *e, size_t n)
{
	size_t i, kept = 0;

	if (n < 2)
		return n;
	qsort(e, n, sizeof(*e), compare);
	for (i = 1; i < n; i++)
		if (!compare(&e[kept], &e[i]))
			e[kept].sets |= e[i].sets;
		else
			e[++kept] = e[i];
	return kept + 1;
}

/* --- tries ----------------------------------------------------------------------- */

static uint64_t build(struct setbuild *b, struct gx_entry *e, size_t n,
		      unsigned int depth);

static uint64_t build_bucket(struct setbuild *b, const struct gx_entry *e,
			     size_t n, unsigned int depth)
{
	uint64_t slot = n == 1 ? gx_set_slot(b->v6, e) : 0;
	uint32_t addr;

	if (slot) {
		b->heap->members4++;
		return slot;
	}
	if (n > GXDP_BUCKET_MAX) {
		b->error = depth < GXDP_SET_DEPTH ? -ELOOP : -EOVERFLOW;
		return 0;
	}
	slot = gx_bucket_shape(b->v6, e, n);
	addr = gx_arena_alloc(b->arena, gx_bucket_words(b->v6, slot), true);
	if (!addr) {
		b->error = -ENOSPC;
		return 0;
	}
	gx_bucket_write(b->v6, slot, gx_arena_at(b->arena, addr), e);
	*(b->v6 ? &b->heap->members6 : &b->heap->members4) += n;
	return slot | (uint64_t)addr << GXDP_REF_ADDR_SHIFT;
}

/* Words that buckets of so many members each take, about; with more, it is no bucket */
static uint64_t bucket_words(const struct setbuild *b, const size_t *members, uint32_t slots)
{
	const struct gx_entry e = { .sets = 1 };
	uint64_t words = 0;
	uint32_t i;

	for (i = 0; i < slots; i++)
		if (members[i] && (members[i] > 1 || !gx_set_slot(b->v6, &e)))
			words += gx_bucket_words(b->v6, GXDP_REF_LEAF << GXDP_REF_TYPE_SHIFT |
						 (b->v6 ? 0 : GXDP_SET_PACKED) |
						 (members[i] < GXDP_BUCKET_MAX ? members[i] :
										 GXDP_BUCKET_MAX));
	return words;
}

/*
 * What does not fit into the first chunk as a whole does not begin there: which chunk a
 * read goes to is a branch, and so it is the same for all.
 */
static void into_one_chunk(struct gx_arena *arena, uint64_t words)
{
	if (arena->used < GXDP_CHUNK_WORDS && arena->used + words > GXDP_CHUNK_WORDS &&
	    GXDP_CHUNK_WORDS + words <= arena->limit)
		arena->used = GXDP_CHUNK_WORDS;
}

/* A node of the bits in @shape, which has no address yet, and all below it */
static uint64_t build_node(struct setbuild *b, uint64_t shape,
			   struct gx_entry *e, size_t n, unsigned int depth)
{
	uint32_t slots = 1u << GXDP_REF_BITS(shape), addr, lo, hi, i;
	size_t *start = calloc(slots + 1ul, sizeof(*start));
	struct gx_entry *member;
	size_t at;

	addr = gx_arena_alloc(b->arena, slots, false);
	if (!start || !addr) {
		b->error = start ? -ENOSPC : -ENOMEM;
		free(start);
		return 0;
	}
	for (at = 0; at < n; at++) {
		gx_set_values(&e[at], shape, &lo, &hi);
		for (i = lo; i <= hi; i++)
			start[i + 1]++;
	}
	if (!depth)
		into_one_chunk(b->arena, bucket_words(b, start + 1, slots));
	for (i = 0; i < slots; i++)
		start[i + 1] += start[i];
	member = malloc((start[slots] + 1) * sizeof(*member));
	if (!member) {
		b->error = -ENOMEM;
		free(start);
		return 0;
	}
	for (at = 0; at < n; at++) {
		gx_set_values(&e[at], shape, &lo, &hi);
		for (i = lo; i <= hi; i++)
			member[start[i]++] = e[at];
	}
	/* start[i] has become the end of i's, the start of i + 1's */
	for (i = 0, at = 0; i < slots && !b->error; i++) {
		if (start[i] > at)
			*gx_arena_at(b->arena, addr + i) =
				build(b, member + at, start[i] - at, depth + 1);
		at = start[i];
	}
	free(member);
	free(start);
	return shape | (uint64_t)addr << GXDP_REF_ADDR_SHIFT;
}

static uint64_t build(struct setbuild *b, struct gx_entry *e, size_t n,
		      unsigned int depth)
{
	unsigned int from, bits, want;

	if (n > 1 && n <= 4 * GX_BUCKET_SPLIT)
		n = unite(e, n);
	if (n <= GX_BUCKET_SPLIT)
		return build_bucket(b, e, n, depth);
	want = log2(n) - 1;
	want = want > GX_SET_NODE_BITS ? GX_SET_NODE_BITS : want < 2 ? 2 : want;
	if (depth >= GXDP_SET_DEPTH || !gx_set_choose(e, n, want, &from, &bits)) {
		n = unite(e, n);
		return build_bucket(b, e, n, depth);
	}
	return build_node(b, gx_set_node(from, bits, 0), e, n, depth);
}

/* --- roots ----------------------------------------------------------------------- */

/*
 * Slots for @n members. Of IPv4's, some go into packed buckets: as long as all of it
 * stays in a CPU's second cache, that is less than slots that are mostly empty. If not, one
 * read that misses is better than two: a member alone in its slot is in it.
 */
static size_t root_slots(bool v6, size_t n)
{
	if (v6)
		return n;
	return n <= IN_CACHE ? n / 4 : 4 * n;
}

/*
 * Which bits the wide root takes. Shorter members go elsewhere, so there have
 * to be few of them.
 */
static uint64_t choose_root(struct setbuild *b, const struct gx_entry *e,
			    size_t n)
{
	unsigned int bits = ROOT_BITS_MIN, end, len, max = b->v6 ? 64 : 32;
	size_t short_ones = 0, too_short = 0, at, of_len[129] = {};
	double best = INFINITY, here;
	uint64_t root = 0, shape;
	uint32_t *count;

	for (at = 0; at < n; at++)
		of_len[e[at].len]++;
	while (bits < ROOT_BITS_MAX && (1ul << bits) < root_slots(b->v6, n))
		bits++;
	/* Those too short for it are better off in it than apart. */
	for (len = 0; len + GX_SET_SPREAD < bits; len++)
		too_short += of_len[len];
	for (; bits > ROOT_BITS_MIN && too_short > n / 16; bits--)
		too_short -= of_len[bits - 1 - GX_SET_SPREAD];
	count = malloc((1ul << bits) * sizeof(*count));
	if (!count) {
		b->error = -ENOMEM;
		return 0;
	}
	for (end = bits; end <= max; end++) {
		shape = gx_set_node(end - bits, bits, 0);
		short_ones = 0;
		for (len = 0; !gx_set_is_near(shape, len); len++)
			short_ones += of_len[len];
		if (end > bits && short_ones > n / 16)
			break;
		here = gx_set_crowding(e, n, shape, ROOT_SAMPLE, count, NULL) +
		       64.0 * short_ones * short_ones / (n + 1);
		if (here < best * 0.95) {
			best = here;
			root = shape;
		}
	}
	free(count);
	return root;
}

static void build_family(struct setbuild *b, struct gx_entry *e, size_t n,
			 struct gxdp_set_root *root)
{
	uint64_t near = choose_root(b, e, n);
	uint64_t wide = gx_set_node(0, WIDE_BITS, 0);
	struct gx_entry swap;
	size_t i, longer = 0;

	if (b->error)
		return;
	for (i = 0; i < n; i++)
		if (gx_set_is_near(near, e[i].len)) {
			swap = e[longer];
			e[longer++] = e[i];
			e[i] = swap;
		}
	/* the small one first, so that it is in the chunk that is at hand */
	root->wide_node = build_node(b, wide, e + longer, n - longer, 0);
	root->wide = longer < n ? root->wide_node : 0;
	if (!b->error)
		root->near = build_node(b, near, e, longer, 0);
}

static int failed(int code, struct gx_error *err)
{
	switch (code) {
	case -ELOOP:
		gx_error_set(err, code, "too many members of sets lie one inside the other");
		gx_error_reason(err, "an address can be in %d different prefixes",
				GXDP_BUCKET_MAX);
		gx_error_hint(err, "leave out those that a shorter one covers");
		return code;
	case -EOVERFLOW:
		gx_error_set(err, -E2BIG, "the members of the sets cannot be told apart in %d steps",
			     GXDP_SET_DEPTH);
		gx_error_reason(err, "more than %d of them have the same bits in all the places where they differ most",
				GXDP_BUCKET_MAX);
		gx_error_hint(err, "put a prefix in place of the addresses of one network");
		return -E2BIG;
	case -ENOSPC:
		gx_error_set(err, -E2BIG, "the sets take more room than there is");
		return -E2BIG;
	default:
		return gx_error_set(err, code, "not enough memory for the sets");
	}
}

int gx_sets_build(struct gx_arena *arena, const struct gx_boxes *boxes,
		  struct gxdp_root *root, struct gx_error *err)
{
	struct setbuild b = { .arena = arena };
	struct gx_entry *e;
	uint32_t addr;
	size_t n;
	int v6;

	addr = gx_arena_alloc(arena, sizeof(struct gxdp_set_heap) / 8, true);
	if (!addr)
		return failed(-ENOSPC, err);
	b.heap = (void *)gx_arena_at(arena, addr);
	root->set_heap = addr;
	for (v6 = 0; v6 < 2 && !b.error; v6++) {
		b.v6 = v6;
		e = all_entries(boxes, v6, &n);
		if (!e) {
			b.error = -ENOMEM;
			break;
		}
		build_family(&b, e, n, v6 ? &root->set_ipv6 : &root->set_ipv4);
		free(e);
	}
	b.heap->used = arena->used;
	return b.error ? failed(b.error, err) : 0;
}
