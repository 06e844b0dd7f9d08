// SPDX-License-Identifier: GPL-2.0
/*
 * The tree builder. A node takes some bits of one word of the key, wherever in
 * it they tell rules apart best, and hands each rule to all children it may
 * match in. Which bits: those after which, by an estimate, a packet costs least.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "choose.h"
#include "error.h"
#include "ports.h"
#include "slice.h"
#include "tree.h"

#define LEAF_SLOTS	8	/* a leaf of so many needs no further node */
#define DEEP		6	/* nodes after which a leaf may have more: */
#define DEEP_SLOTS	16
#define SET_NODES	4	/* nodes after which none is made only to ask for a set */
/* Steps after which leaves are as large as they may be; after eight times that, no */
#define WORK_BASE	(4u << 20)
#define WORK_BOX	4096
#define PRUNE_MAX	64	/* boxes that are compared with one another */
#define CHAIN_MAX	64	/* the same for boxes of the same addresses */

struct builder {
	struct gx_tree *tree;
	struct gx_error *err;
	const struct gx_box *box;	/* all of the list's */
	uint32_t start;			/* words used before */
	struct gx_chooser chooser;
	/* leaves that are there already */
	struct { uint64_t hash, ref; } *seen;
	size_t seen_mask, nseen;
	unsigned int depth;
	double sum;			/* of weight * cost over leaves */
	double weight;
	uint64_t work;			/* steps done, of some nanoseconds each */
	size_t boxes;
	bool ports_cut;			/* the last node took bits of a port */
};

/* Has the way down shown that @cond holds? */
static bool cond_known(const struct gx_cond *cond, const struct gx_region *r)
{
	const struct gxdp_extra *e = &cond->extra;

	switch (e->type) {
	case GXDP_EXTRA_ANY:
		return r->known[e->word] & r->value[e->word] & e->lo;
	case GXDP_EXTRA_MASK:
		return !(e->lo & ~r->known[e->word]) &&
		       (r->value[e->word] & e->lo) == e->hi;
	default:
		return false;
	}
}

/* Conditions of @box that leaves have to have as extras */
static unsigned int conds_left(const struct builder *b, const struct gx_box *box,
			       const struct gx_region *r)
{
	const struct gx_cond *cond = gx_box_conds(b->tree->boxes, box);
	unsigned int i, left = 0;

	for (i = 0; i < box->nconds; i++)
		left += !cond_known(&cond[i], r);
	return left;
}

static unsigned int box_slots(const struct builder *b, const struct gx_box *box,
			      const struct gx_region *r)
{
	return (b->tree->family == GXDP_FAMILY_IPV6 ? 2 : 1) +
	       conds_left(b, box, r);
}

static uint64_t hash_words(const uint64_t *v, size_t n)
{
	uint64_t h = 0x9e3779b97f4a7c15ull;
	size_t i;

	for (i = 0; i < n; i++)
		h = gx_mix(h, v[i]);
	return h ?: 1;
}

/* --- which rule makes which pointless --------------------------------------------- */

/* Does @a ask for no port that @c, or if it is NULL the region, leaves out? */
static bool covers_ports(const struct gx_box *a, const struct gx_box *c,
			 const struct gx_region *r, bool source)
{
	struct gx_span ask = gx_ports(&a->l4, source);
	struct gx_span p = c ? gx_ports_left(c, r, source) :
			       gx_ports(&r->ports, source);

	return ask.lo <= p.lo && ask.hi >= p.hi;
}

/* Does @a hold wherever @c does? Bitmaps are there once each, and the same by address. */
static bool cond_covers(const struct gxdp_extra *a, const struct gxdp_extra *c)
{
	if (a->type != c->type || a->word != c->word || a->shift != c->shift ||
	    a->bits != c->bits)
		return false;
	if (a->type == GXDP_EXTRA_RANGE)
		return a->lo <= c->lo && a->hi >= c->hi;
	return a->lo == c->lo && a->hi == c->hi;
}

static bool covers_conds(const struct builder *b, const struct gx_box *a,
			 const struct gx_box *c, const struct gx_region *r)
{
	const struct gx_cond *has = c ? gx_box_conds(b->tree->boxes, c) : NULL;
	const struct gx_cond *cond = gx_box_conds(b->tree->boxes, a);
	unsigned int i, j, n = c ? c->nconds : 0;

	for (i = 0; i < a->nconds; i++) {
		if (cond_known(&cond[i], r))
			continue;
		for (j = 0; j < n; j++)
			if (cond_covers(&cond[i].extra, &has[j].extra))
				break;
		if (j == n)
			return false;
	}
	return true;
}

/* Does @a, in the region, hold for all packets that @c holds for? NULL: for all */
static bool covers(const struct builder *b, const struct gx_box *a,
		   const struct gx_box *c, const struct gx_region *r)
{
	enum gxdp_family family = b->tree->family;
	int n = gx_addr_words(family), w = gx_addr_word(family), i;
	uint64_t need;

	for (i = 0; i < n; i++) {
		need = a->addr_mask[i] & ~r->known[w + i];
		if (!c ? need : (need & ~c->addr_mask[i]) ||
				((a->addr[i] ^ c->addr[i]) & need))
			return false;
	}
	need = a->mask & ~r->known[GXDP_W_L4];
	if (!c ? need : (need & ~c->mask) || ((a->value ^ c->value) & need))
		return false;
	if ((!c || c->nconds < a->nconds || a->cond != c->cond) &&
	    !covers_conds(b, a, c, r))
		return false;

	return covers_ports(a, c, r, true) && covers_ports(a, c, r, false);
}

/*
 * The same for long lists, of boxes of the same addresses only. Each costs time in
 * every list it is handed on in.
 */
static size_t prune_alike(struct builder *b, uint32_t *list, size_t n,
			  const struct gx_region *r)
{
	size_t mask = 1, kept = 0, i;
	uint32_t *head, *next;
	uint64_t hash;
	uint32_t at;
	int left;

	while (mask < 2 * n)
		mask = 2 * mask + 1;
	head = calloc(mask + 1 + n, sizeof(*head));
	if (!head || b->tree->counts) {
		free(head);
		return n;
	}
	/* chains of those that stay, by addresses; 0 ends one */
	next = head + mask + 1;
	for (i = 0; i < n; i++) {
		const struct gx_box *box = &b->box[list[i]];

		hash = gx_region_hash(r, box, b->tree->family);
		left = CHAIN_MAX;
		for (at = head[hash & mask]; at && left--; at = next[at - 1])
			if (covers(b, &b->box[list[at - 1]], box, r))
				break;
		if (at && left >= 0)
			continue;
		list[kept] = list[i];
		next[kept] = head[hash & mask];
		head[hash & mask] = ++kept;
	}
	free(head);
	b->work += n;
	return kept;
}

/* Leave out what earlier rules make pointless here. Returns how many stay. */
static size_t prune(struct builder *b, uint32_t *list, size_t n,
		    const struct gx_region *r)
{
	size_t i, j, kept = 0;

	if (b->tree->counts)
		return n;
	for (i = 0; i < n; i++)
		if (covers(b, &b->box[list[i]], NULL, r)) {
			n = i + 1;
			break;
		}
	/* Long lists have been gone through; what is new is the ports that are left. */
	if (n > PRUNE_MAX && b->ports_cut)
		n = prune_alike(b, list, n, r);
	if (n > PRUNE_MAX)
		return n;
	for (i = 0; i < n; i++) {
		for (j = 0; j < kept; j++)
			if (covers(b, &b->box[list[j]], &b->box[list[i]], r))
				break;
		if (j == kept)
			list[kept++] = list[i];
	}
	b->work += n * n / 2;
	return kept;
}

/* --- leaves ---------------------------------------------------------------------- */

static void put_halves(uint8_t half[2], uint64_t mask)
{
	int bits = mask ? __builtin_ctzll(mask) : 64;

	half[0] = bits / 2;
	half[1] = bits - bits / 2;
}

/* Lowest and highest value of each lane */
static void put_lanes(const struct gx_box *box, __u64 *lo, __u64 *hi)
{
	uint64_t proto = box->value >> 8, any = box->mask >> 8 ? 0 : 0xff, bit;
	int i;

	*lo = (uint64_t)box->l4.dport_lo << GXDP_LANE_DPORT |
	      (uint64_t)box->l4.sport_lo << GXDP_LANE_SPORT |
	      (any ? 0 : proto) << GXDP_LANE_PROTO;
	*hi = (uint64_t)box->l4.dport_hi << GXDP_LANE_DPORT |
	      (uint64_t)box->l4.sport_hi << GXDP_LANE_SPORT |
	      (any ?: proto) << GXDP_LANE_PROTO;
	for (i = 0; i < 8; i++) {
		bit = 1ull << (GXDP_LANE_PRESENT + i * GXDP_LANE_PRESENT_STEP);
		*hi |= bit;
		if (box->mask >> i & 1)
			*lo |= bit;
	}
}

static void put_entry(struct builder *b, const struct gx_box *box,
		      const struct gx_region *r, uint64_t *at)
{
	const struct gx_cond *cond = gx_box_conds(b->tree->boxes, box);
	uint64_t hit = (uint64_t)box->index << 32 |
		       b->tree->action[box->index] |
		       (uint64_t)conds_left(b, box, r) << GXDP_RULE_EXTRAS_SHIFT;
	uint32_t i, n = 1;

	if (b->tree->family == GXDP_FAMILY_IPV6) {
		struct gxdp_leaf6 *leaf = (void *)at;

		*leaf = (struct gxdp_leaf6){
			.src = { box->addr[0], box->addr[1] },
			.dst = { box->addr[2], box->addr[3] },
			.hit = hit << GXDP_HIT_SHIFT,
		};
		put_lanes(box, &leaf->lo, &leaf->hi);
		for (i = 0; i < 4; i++)
			put_halves(leaf->shift[i], box->addr_mask[i]);
		n = 2;
	} else {
		struct gxdp_leaf4 *leaf = (void *)at;
		uint32_t src = box->addr_mask[0] >> 32;
		uint32_t dst = box->addr_mask[0];

		*leaf = (struct gxdp_leaf4){
			.addr = box->addr[0],
			.hit = hit << GXDP_HIT_SHIFT |
			       (src ? __builtin_ctz(src) : 32) << GXDP_HIT_SRC_SHIFT |
			       (dst ? __builtin_ctz(dst) : 32),
		};
		put_lanes(box, &leaf->lo, &leaf->hi);
	}
	for (i = 0; i < box->nconds; i++)
		if (!cond_known(&cond[i], r))
			memcpy(at + n++ * GXDP_SLOT_WORDS, &cond[i].extra,
			       sizeof(struct gxdp_extra));
}

/* One that no packet matches: leaves that are not full are of pairs */
static void put_no_entry(struct builder *b, uint64_t *at)
{
	struct gxdp_leaf6 *leaf6 = (void *)at;
	struct gxdp_leaf4 *leaf4 = (void *)at;

	if (b->tree->family == GXDP_FAMILY_IPV6)
		*leaf6 = (struct gxdp_leaf6){ .lo = 1ull << GXDP_LANE_DPORT };
	else
		*leaf4 = (struct gxdp_leaf4){ .lo = 1ull << GXDP_LANE_DPORT };
}

static int grow_seen(struct builder *b)
{
	size_t mask = b->seen_mask ? 2 * b->seen_mask + 1 : 1023, i, at;
	typeof(b->seen) more = calloc(mask + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	for (i = 0; b->seen && i <= b->seen_mask; i++) {
		if (!b->seen[i].hash)
			continue;
		for (at = b->seen[i].hash & mask; more[at].hash;
		     at = (at + 1) & mask)
			;
		more[at] = b->seen[i];
	}
	free(b->seen);
	b->seen = more;
	b->seen_mask = mask;
	return 0;
}

static int too_big(struct builder *b)
{
	gx_error_set(b->err, -E2BIG, "the rules take more room than there is");
	gx_error_reason(b->err, "they overlap so much that their tables have no end in sight at %zu MB",
			(size_t)(b->tree->arena->used - b->start) * 8 >> 20);
	return -E2BIG;
}

static int too_much_work(struct builder *b)
{
	gx_error_set(b->err, -E2BIG, "the rules overlap so much that no tree of bounded depth tells them apart");
	gx_error_reason(b->err, "the compiler gives up after %u steps for each", 8 * WORK_BOX);
	gx_error_hint(b->err, "put lists of addresses into sets, and rules that are for most packets first");
	return -E2BIG;
}

static int too_many_here(struct builder *b, const uint32_t *list, size_t n)
{
	const struct gx_ruleset *rs = b->tree->rs;
	size_t first = b->box[list[0]].index, last = b->box[list[n - 1]].index;

	gx_error_set(b->err, -ELOOP, "%zu rules or more overlap in one place, from %s",
		     n, gx_rule_where(rs, first));
	gx_error_reason(b->err,
			"up to %s, no bit of an address, a port or another field tells them apart, and a packet is compared with %d at most",
			gx_rule_where(rs, last), GXDP_LEAF_SLOTS);
	gx_error_hint(b->err, "rules with the same action can be one rule with a list or a set");
	return -ELOOP;
}

static int put_leaf(struct builder *b, const uint32_t *list, size_t n,
		    const struct gx_region *r, double weight, uint64_t *ref)
{
	uint64_t buf[(GXDP_LEAF_SLOTS + 1) * GXDP_SLOT_WORDS], hash;
	bool full = n > GXDP_LEAF_ENTRIES;
	struct gx_tree *t = b->tree;
	unsigned int slots = 0, s;
	uint32_t addr;
	size_t i, at;

	for (i = 0; i < n; i++) {
		if (conds_left(b, &b->box[list[i]], r))
			full = true;
		s = box_slots(b, &b->box[list[i]], r);
		if (slots + s > GXDP_LEAF_SLOTS)
			return too_many_here(b, list, n);
		put_entry(b, &b->box[list[i]], r, buf + slots * GXDP_SLOT_WORDS);
		slots += s;
	}
	if (!full && n % 2) {
		put_no_entry(b, buf + slots * GXDP_SLOT_WORDS);
		slots += b->tree->family == GXDP_FAMILY_IPV6 ? 2 : 1;
	}
	t->leaves += weight;
	t->depth_sum += weight * (b->depth + 1);
	b->sum += weight * (b->depth * GX_NODE_COST + 10 +
			    GX_ENTRY_COST * (n < 8 ? n * 0.5 : n));
	if (n > t->leaf_max)
		t->leaf_max = n;
	if (b->depth + 1 > t->depth)
		t->depth = b->depth + 1;

	if (2 * (b->nseen + 1) > b->seen_mask && grow_seen(b))
		return gx_error_set(b->err, -ENOMEM, "not enough memory");
	hash = hash_words(buf, slots * GXDP_SLOT_WORDS);
	for (at = hash & b->seen_mask; b->seen[at].hash;
	     at = (at + 1) & b->seen_mask)
		if (b->seen[at].hash == hash &&
		    GXDP_REF_SLOTS(b->seen[at].ref) == slots &&
		    !memcmp(gx_arena_at(t->arena, GXDP_REF_ADDR(b->seen[at].ref)),
			    buf, slots * GXDP_SLOT_WORDS * 8)) {
			*ref = b->seen[at].ref;
			return 0;
		}
	addr = gx_arena_alloc(t->arena, slots * GXDP_SLOT_WORDS, true);
	if (!addr || t->arena->used - b->start > t->max_words)
		return too_big(b);
	memcpy(gx_arena_at(t->arena, addr), buf, slots * GXDP_SLOT_WORDS * 8);
	*ref = (uint64_t)addr << GXDP_REF_ADDR_SHIFT |
	       (uint64_t)b->box[list[0]].index << GXDP_REF_RULE_SHIFT |
	       GXDP_REF_LEAF << GXDP_REF_TYPE_SHIFT |
	       (full ? GXDP_REF_FULL : 0) | slots;
	b->seen[at].hash = hash;
	b->seen[at].ref = *ref;
	b->nseen++;
	return 0;
}

/* --- nodes --------------------------------------------------------------------------- */

static int build(struct builder *b, uint32_t *list, size_t n,
		 const struct gx_region *r, double weight, uint64_t *ref);

/* Boxes of each value of a slice, one list after the other */
struct split {
	uint32_t *start;	/* of each value's list, and one more: the end */
	uint32_t *member;
	bool *cut;		/* by value: a box's range of ports ends within it */
};

/*
 * Where a range ends within a value, the same boxes for another value are not the
 * same rules: there they may all be for the whole of it, and only the first matters.
 */
static void mark_cuts(const struct gx_box *box, const struct gx_slice *slice,
		      const struct gx_region *r, bool *cut)
{
	bool source = slice->shift >= GXDP_L4_SPORT;
	unsigned int shift = slice->shift - gx_port_shift(source);
	uint32_t all = (1u << slice->bits) - 1, ones = (1u << shift) - 1;
	struct gx_span left = gx_ports(&r->ports, source);
	struct gx_span p = gx_ports_left(box, r, source);

	/* with bits above left out, a value is many ranges */
	if ((left.lo ^ left.hi) >> shift >> slice->bits)
		return;
	if (p.lo > left.lo && p.lo & ones)
		cut[p.lo >> shift & all] = true;
	if (p.hi < left.hi && ~p.hi & ones)
		cut[p.hi >> shift & all] = true;
}

static int split_list(struct builder *b, const uint32_t *list, size_t n,
		      const struct gx_slice *slice, const struct gx_region *r,
		      struct split *s)
{
	uint32_t slots = 1u << slice->bits, i;
	bool ports = gx_slice_of_ports(slice);
	struct gx_span span[GX_SPANS];
	uint32_t *fill;
	size_t at;
	int m, k;

	s->member = NULL;
	s->start = calloc(2 * (size_t)slots + 2, sizeof(*s->start));
	s->cut = calloc(slots, sizeof(*s->cut));
	if (!s->start || !s->cut)
		return -ENOMEM;
	fill = s->start + slots + 1;
	for (at = 0; at < n; at++) {
		m = gx_slice_spans(b->tree->boxes, &b->box[list[at]],
				   b->tree->family, slice, r, span);
		for (k = 0; k < m; k++) {
			fill[span[k].lo]++;
			fill[span[k].hi + 1]--;
		}
		if (ports)
			mark_cuts(&b->box[list[at]], slice, r, s->cut);
	}
	/* so far by how much the count changes; now the count; now the start */
	for (i = 0; i < slots; i++) {
		uint32_t count = fill[i];

		fill[i + 1] += count;
		s->start[i + 1] = s->start[i] + count;
		fill[i] = s->start[i];
		if (s->start[i + 1] > 64u << 20)
			return too_big(b);
	}
	b->work += s->start[slots];
	s->member = malloc(((size_t)s->start[slots] + 1) * sizeof(*s->member));
	if (!s->member)
		return -ENOMEM;
	for (at = 0; at < n; at++) {
		m = gx_slice_spans(b->tree->boxes, &b->box[list[at]],
				   b->tree->family, slice, r, span);
		for (k = 0; k < m; k++)
			for (i = span[k].lo; i <= span[k].hi; i++)
				s->member[fill[i]++] = list[at];
	}
	return 0;
}

static void split_free(struct split *s)
{
	free(s->start);
	free(s->member);
	free(s->cut);
}

static bool same_list(const struct split *s, uint32_t i, uint32_t j)
{
	uint32_t n = s->start[i + 1] - s->start[i];

	return n == s->start[j + 1] - s->start[j] &&
	       !memcmp(s->member + s->start[i], s->member + s->start[j],
		       n * sizeof(*s->member));
}

/* Those that share a child: of each value, and by the first of them */
struct sharing {
	uint32_t *leader;	/* of each value: the first with its list */
	uint32_t *followers;	/* how many others that one leads, */
	uint32_t *differ;	/* in which bits they differ from it, */
	uint32_t *last;		/* and the last of them */
};

static void follow(struct sharing *sh, uint32_t leader, uint32_t i)
{
	sh->leader[i] = leader;
	sh->followers[leader]++;
	sh->differ[leader] |= leader ^ i;
	sh->last[leader] = i;
}

/* Values with the same list share a child, if no range is cut in it. */
static int find_leaders(const struct split *s, uint32_t slots, struct sharing *sh)
{
	uint32_t mask = 2 * slots - 1, i, at, *table;
	uint64_t hash;

	sh->leader = calloc(4ul * slots, sizeof(*sh->leader));
	table = calloc(mask + 1, sizeof(*table));
	if (!table || !sh->leader) {
		free(table);
		return -ENOMEM;
	}
	sh->followers = sh->leader + slots;
	sh->differ = sh->followers + slots;
	sh->last = sh->differ + slots;
	for (i = 0; i < slots; i++) {
		sh->leader[i] = i;
		sh->last[i] = i;
		if (s->cut[i])
			continue;
		hash = 0x9e3779b9;
		for (at = s->start[i]; at < s->start[i + 1]; at++)
			hash = gx_mix(hash, s->member[at]);
		for (at = hash & mask; table[at]; at = (at + 1) & mask)
			if (same_list(s, table[at] - 1, i))
				break;
		if (table[at])
			follow(sh, table[at] - 1, i);
		else
			table[at] = i + 1;
	}
	free(table);
	return 0;
}

static int build_children(struct builder *b, struct split *s,
			  const struct gx_slice *slice, const struct gx_region *r,
			  double weight, uint32_t addr, uint64_t *lowest)
{
	uint32_t slots = 1u << slice->bits, i, n;
	double total = s->start[slots], share;
	struct gx_region child;
	struct sharing sh;
	uint64_t ref;
	int ret;

	ret = find_leaders(s, slots, &sh);
	for (i = 0; i < slots && !ret; i++) {
		ref = GXDP_REF_EMPTY;
		n = s->start[i + 1] - s->start[i];
		if (sh.leader[i] != i) {
			ref = *gx_arena_at(b->tree->arena, addr + sh.leader[i]);
		} else if (n) {
			child = *r;
			gx_region_enter(&child, slice, i, sh.last[i], sh.differ[i]);
			b->ports_cut = gx_slice_of_ports(slice);
			share = weight * n * (1 + sh.followers[i]) / total;
			ret = build(b, s->member + s->start[i], n, &child, share,
				    &ref);
		}
		*gx_arena_at(b->tree->arena, addr + i) = ref;
		if (GXDP_REF_RULE(ref) < *lowest)
			*lowest = GXDP_REF_RULE(ref);
	}
	free(sh.leader);
	return ret;
}

static int put_node(struct builder *b, const uint32_t *list, size_t n,
		    const struct gx_slice *slice, const struct gx_region *r,
		    double weight, uint64_t *ref)
{
	struct gx_arena *arena = b->tree->arena;
	uint64_t lowest = GXDP_NO_RULE;
	struct split s;
	uint32_t addr;
	int ret;

	addr = gx_arena_alloc(arena, 1u << slice->bits, false);
	if (!addr || arena->used - b->start > b->tree->max_words)
		return too_big(b);
	ret = split_list(b, list, n, slice, r, &s);
	if (!ret) {
		b->depth++;
		ret = build_children(b, &s, slice, r, weight, addr, &lowest);
		b->depth--;
	}
	split_free(&s);
	if (ret == -ENOMEM)
		return gx_error_set(b->err, ret, "not enough memory");
	*ref = gx_node_ref(slice, addr) | lowest << GXDP_REF_RULE_SHIFT;
	return ret;
}

/*
 * A node that asks for one set: after it, leaves need not, which is dearer there. Not
 * where there would be many of them.
 */
static bool choose_set(struct builder *b, const uint32_t *list, size_t n,
		       const struct gx_region *r, struct gx_slice *slice)
{
	const struct gx_cond *cond;
	uint32_t i;
	size_t at;

	if (b->depth >= SET_NODES || b->tree->counts)
		return false;
	for (at = 0; at < n; at++) {
		cond = gx_box_conds(b->tree->boxes, &b->box[list[at]]);
		for (i = 0; i < b->box[list[at]].nconds; i++, cond++) {
			uint64_t bits = cond->extra.lo;

			if ((cond->extra.word != GXDP_W_SRC_SETS &&
			     cond->extra.word != GXDP_W_DST_SETS) ||
			    (bits & (bits - 1)) ||
			    bits & r->known[cond->extra.word])
				continue;
			*slice = (struct gx_slice){
				.word = cond->extra.word,
				.shift = __builtin_ctzll(bits),
				.bits = 1,
			};
			return true;
		}
	}
	return false;
}

static bool choose(struct builder *b, const uint32_t *list, size_t n,
		   unsigned int slots, const struct gx_region *r,
		   struct gx_slice *slice)
{
	struct gx_ports_choice p = {
		.boxes = b->tree->boxes, .box = b->box,
		.family = b->tree->family, .counts = b->tree->counts,
		.must = slots > GXDP_LEAF_SLOTS,
		.list = list, .n = n, .region = r,
	};

	return gx_choose(&b->chooser, list, n, r, slice, &b->work) ||
	       gx_choose_ports(&p, slice, &b->work);
}

/* Bits left out on the way may, once they are taken, leave nothing of a range. */
static size_t reached(const struct builder *b, uint32_t *list, size_t n,
		      const struct gx_region *r)
{
	size_t i, kept = 0;

	for (i = 0; i < n; i++)
		if (gx_region_reaches(r, &b->box[list[i]]))
			list[kept++] = list[i];
	return kept;
}

static int build(struct builder *b, uint32_t *list, size_t n,
		 const struct gx_region *r, double weight, uint64_t *ref)
{
	unsigned int enough = b->depth < DEEP ? LEAF_SLOTS : DEEP_SLOTS;
	uint64_t patience = WORK_BASE + WORK_BOX * (uint64_t)b->boxes;
	unsigned int slots = 0;
	struct gx_slice slice;
	size_t i;

	if (b->ports_cut)
		n = reached(b, list, n, r);
	n = prune(b, list, n, r);
	*ref = GXDP_REF_EMPTY;
	if (!n)
		return 0;
	if (b->work > patience)
		enough = GXDP_LEAF_SLOTS;
	if (b->work > 8 * patience)
		return too_much_work(b);
	for (i = 0; i < n && slots <= GXDP_LEAF_SLOTS; i++)
		slots += box_slots(b, &b->box[list[i]], r);
	if (b->depth < GXDP_MAX_DEPTH &&
	    ((slots > enough && n > 1 && choose(b, list, n, slots, r, &slice)) ||
	     choose_set(b, list, n, r, &slice)))
		return put_node(b, list, n, &slice, r, weight, ref);
	return put_leaf(b, list, n, r, weight, ref);
}

/* --- all of it ----------------------------------------------------------------------- */

int gx_tree_build(struct gx_tree *tree, const uint32_t *member, size_t n,
		  struct gx_error *err)
{
	struct builder b = {
		.tree = tree,
		.err = err,
		.box = tree->list->v,
		.start = tree->arena->used,
	};
	struct gx_region region;
	uint32_t *list;
	int ret;

	tree->ref = GXDP_REF_EMPTY;
	tree->words = 0;
	tree->depth = 0;
	tree->leaf_max = 0;
	tree->cost = 0;
	tree->depth_sum = 0;
	tree->leaves = 0;
	if (!n)
		return 0;
	list = malloc(n * sizeof(*list));
	if (!list)
		return gx_error_set(err, -ENOMEM, "not enough memory");
	memcpy(list, member, n * sizeof(*list));
	gx_region_init(&region);
	n = prune_alike(&b, list, n, &region);
	b.boxes = n;
	gx_chooser_init(&b.chooser, tree->boxes, b.box, tree->family, list, n);
	ret = build(&b, list, n, &region, 1, &tree->ref);
	tree->words = tree->arena->used - b.start;
	tree->cost = b.sum;
	free(list);
	free(b.seen);
	return ret;
}
