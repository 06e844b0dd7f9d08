/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the packet's fields to the first rule that matches: the trees of
 * include/gxdp/tables.h.
 *
 * What is called here and not inlined is global: so the verifier looks at it
 * once, and not again for each way the parser may have gone.
 */
#ifndef GXDP_BPF_LOOKUP_H
#define GXDP_BPF_LOOKUP_H

#include "filter_maps.h"
#include "parse.h"

/* A decision: rule's index << 32 | gxdp_leaf4.rule. The lowest index is best. */
#define GXDP_HIT(index, rule)	((__u64)(index) << 32 | (rule))
#define GXDP_HIT_INDEX(hit)	((__u32)((hit) >> 32))

struct gxdp_key {
	__u64 word[GXDP_WORDS];
	__u64 tree[GXDP_MAX_TREES];
	__u64 hit;		/* what holds if no rule matches */
	__u32 trees;
	__u32 first_chunk;
	__u32 actions;		/* address */
	/* where the search for GX_COUNT rules is: slot in the leaf, last index */
	__u32 slot;
	__u32 counted;
};

/* The chunk read last: tables are packed so that it is often the next, too */
struct gxdp_cursor {
	struct gxdp_chunk *chunk;
	__u32 slot;
	__u32 first;
};

static __always_inline struct gxdp_chunk *gxdp_chunk(__u32 first, __u32 addr)
{
	__u32 slot = first + (addr >> GXDP_CHUNK_BITS);
	__u32 zero = 0;
	void *map;

	map = bpf_map_lookup_elem(&tables, &slot);
	return map ? bpf_map_lookup_elem(map, &zero) : NULL;
}

/* The words at @addr, at least GXDP_CHUNK_PAD of them, or NULL */
static __always_inline const __u64 *gxdp_at(struct gxdp_cursor *cur, __u32 addr)
{
	__u32 slot = addr >> GXDP_CHUNK_BITS;
	__u64 word = addr & GXDP_CHUNK_MASK;

	if (slot != cur->slot) {
		cur->chunk = gxdp_chunk(cur->first, addr);
		cur->slot = slot;
	}
	if (!cur->chunk)
		return NULL;
	/* The verifier must see the bound of what is added, in one piece. */
	asm volatile("%0 &= %1" : "+r"(word) : "i"(GXDP_CHUNK_MASK));
	return &cur->chunk->word[word];
}

/* The words at @addr of a chunk that is known to have it */
static __always_inline const void *gxdp_in(const struct gxdp_chunk *chunk,
					   __u32 addr)
{
	__u64 word = addr;

	asm volatile("%0 &= %1" : "+r"(word) : "i"(GXDP_CHUNK_MASK));
	return &chunk->word[word];
}

#define GXDP_CURSOR_INIT(key)	{ .slot = ~0u, .first = (key)->first_chunk }

/*
 * All comparisons of a leaf's entry give bits that are zero if they hold, so that
 * an entry costs one branch, and that one is usually foreseen.
 */
static __always_inline __u64 gxdp_l4_differs(const struct gxdp_leaf_l4 *leaf,
					     __u16 value, __u16 mask, __u64 l4)
{
	__u64 dport = (l4 >> GXDP_L4_DPORT) & 0xffff;
	__u64 sport = l4 >> GXDP_L4_SPORT;
	__u64 outside;

	outside = (sport - leaf->sport_lo) | (leaf->sport_hi - sport) |
		  (dport - leaf->dport_lo) | (leaf->dport_hi - dport);
	return (outside >> 63) | (((__u16)l4 ^ value) & mask);
}

static __always_inline __u64 gxdp_leaf4_differs(const struct gxdp_leaf4 *leaf,
						const struct gxdp_key *key)
{
	__u64 addr = key->word[GXDP_W_ADDR4] ^ leaf->addr;

	return ((addr >> 32) >> leaf->src_shift) |
	       ((__u64)(__u32)addr >> leaf->dst_shift) |
	       gxdp_l4_differs(&leaf->l4, leaf->value, leaf->mask,
			       key->word[GXDP_W_L4]);
}

static __always_inline __u64 gxdp_shift(__u64 word, const __u8 *shift)
{
	return (word >> (shift[0] & 63)) >> (shift[1] & 63);
}

static __always_inline __u64 gxdp_leaf6_differs(const struct gxdp_leaf6 *leaf,
						const struct gxdp_key *key)
{
	const __u64 *word = key->word;

	return gxdp_shift(word[GXDP_W_SRC6_HI] ^ leaf->src[0], leaf->shift[0]) |
	       gxdp_shift(word[GXDP_W_SRC6_LO] ^ leaf->src[1], leaf->shift[1]) |
	       gxdp_shift(word[GXDP_W_DST6_HI] ^ leaf->dst[0], leaf->shift[2]) |
	       gxdp_shift(word[GXDP_W_DST6_LO] ^ leaf->dst[1], leaf->shift[3]) |
	       gxdp_l4_differs(&leaf->l4, leaf->value, leaf->mask,
			       word[GXDP_W_L4]);
}

static __always_inline bool gxdp_extra_holds(const struct gxdp_extra *extra,
					     const struct gxdp_key *key)
{
	__u64 word = key->word[extra->word & (GXDP_WORDS - 1)];
	struct gxdp_cursor cur = GXDP_CURSOR_INIT(key);
	const __u64 *bitmap;
	__u64 field;

	if (extra->type == GXDP_EXTRA_ANY)
		return word & extra->lo;
	if (extra->type == GXDP_EXTRA_MASK)
		return (word & extra->lo) == extra->hi;

	field = (word >> (extra->shift & 63)) &
		((2ULL << ((extra->bits - 1) & 63)) - 1);
	if (extra->type == GXDP_EXTRA_RANGE)
		return field >= extra->lo && field <= extra->hi;
	bitmap = gxdp_at(&cur, extra->lo + (field >> 6));
	return bitmap && (*bitmap >> (field & 63)) & 1;
}

/* Do the @n conditions at @addr hold? */
__attribute__((noinline))
int gxdp_extras_hold(struct gxdp_key *key, __u32 addr, __u32 n)
{
	const struct gxdp_extra *extra;
	struct gxdp_chunk *chunk;
	__u32 i;

	if (!key)
		return 0;
	chunk = gxdp_chunk(key->first_chunk, addr);
	if (!chunk)
		return 0;
	for (i = 0; i < GXDP_MAX_EXTRAS; i++) {
		if (i >= n)
			return 1;
		extra = gxdp_in(chunk, addr + i * GXDP_SLOT_WORDS);
		if (!gxdp_extra_holds(extra, key))
			return 0;
	}
	return 1;
}

/* The first entry of a leaf that matches, or @hit */
__attribute__((noinline))
__u64 gxdp_leaf4(struct gxdp_key *key, __u64 ref, __u64 hit)
{
	__u32 slots = GXDP_REF_SLOTS(ref), slot = 0;
	const struct gxdp_leaf4 *leaf;
	struct gxdp_chunk *chunk;
	__u32 i, at;

	if (!key)
		return hit;
	chunk = gxdp_chunk(key->first_chunk, GXDP_REF_ADDR(ref));
	if (!chunk)
		return hit;
	for (i = 0; i < GXDP_LEAF_SLOTS; i++) {
		at = GXDP_REF_ADDR(ref) + slot * GXDP_SLOT_WORDS;
		leaf = gxdp_in(chunk, at);
		/* masked: that all ways to here look the same to the verifier */
		slot = (slot + 1 + leaf->extras) & 255;
		if (!gxdp_leaf4_differs(leaf, key) &&
		    (!leaf->extras ||
		     gxdp_extras_hold(key, at + GXDP_SLOT_WORDS, leaf->extras))) {
			if (leaf->index < GXDP_HIT_INDEX(hit))
				hit = GXDP_HIT(leaf->index, leaf->rule);
			break;
		}
		if (slot >= slots)
			break;
	}
	return hit;
}

__attribute__((noinline))
__u64 gxdp_leaf6(struct gxdp_key *key, __u64 ref, __u64 hit)
{
	__u32 slots = GXDP_REF_SLOTS(ref), slot = 0;
	const struct gxdp_leaf6 *leaf;
	struct gxdp_chunk *chunk;
	__u32 i, at;

	if (!key)
		return hit;
	chunk = gxdp_chunk(key->first_chunk, GXDP_REF_ADDR(ref));
	if (!chunk)
		return hit;
	for (i = 0; i < GXDP_LEAF_SLOTS / 2; i++) {
		at = GXDP_REF_ADDR(ref) + slot * GXDP_SLOT_WORDS;
		leaf = gxdp_in(chunk, at);
		/* masked: that all ways to here look the same to the verifier */
		slot = (slot + 2 + leaf->extras) & 255;
		if (!gxdp_leaf6_differs(leaf, key) &&
		    (!leaf->extras ||
		     gxdp_extras_hold(key, at + 2 * GXDP_SLOT_WORDS,
				      leaf->extras))) {
			if (leaf->index < GXDP_HIT_INDEX(hit))
				hit = GXDP_HIT(leaf->index, leaf->rule);
			break;
		}
		if (slot >= slots)
			break;
	}
	return hit;
}

/* The reference that node @ref has for the packet */
static __always_inline __u64 gxdp_child(struct gxdp_cursor *cur,
					const struct gxdp_key *key, __u64 ref)
{
	__u64 value = key->word[GXDP_REF_WORD(ref)] >> GXDP_REF_SHIFT(ref);
	const __u64 *child;

	value &= (1ULL << GXDP_REF_BITS(ref)) - 1;
	child = gxdp_at(cur, GXDP_REF_ADDR(ref) + value);
	return child ? *child : GXDP_REF_EMPTY;
}

/*
 * @v6 is a constant. Returns the best of @hit and what the tree at @ref has. What
 * cannot be better is not looked at.
 */
static __always_inline __u64 gxdp_tree(struct gxdp_cursor *cur,
				       struct gxdp_key *key, bool v6, __u64 ref,
				       __u64 hit)
{
	int depth;

	for (depth = 0; depth < GXDP_MAX_DEPTH; depth++) {
		if (GXDP_REF_RULE(ref) >= GXDP_HIT_INDEX(hit))
			return hit;
		if (GXDP_REF_TYPE(ref) != GXDP_REF_NODE)
			break;
		ref = gxdp_child(cur, key, ref);
	}
	if (GXDP_REF_TYPE(ref) != GXDP_REF_LEAF ||
	    GXDP_REF_RULE(ref) >= GXDP_HIT_INDEX(hit))
		return hit;
	return v6 ? gxdp_leaf6(key, ref, hit) : gxdp_leaf4(key, ref, hit);
}

static __always_inline __u64 gxdp_trees(struct gxdp_key *key, bool v6)
{
	struct gxdp_cursor cur = GXDP_CURSOR_INIT(key);
	__u64 hit = key->hit;
	__u32 i;

	for (i = 0; i < GXDP_MAX_TREES; i++) {
		if (i >= key->trees)
			break;
		hit = gxdp_tree(&cur, key, v6, key->tree[i], hit);
	}
	return hit;
}

/* The rule that decides, of the trees in @key: GXDP_HIT() */
__attribute__((noinline))
__u64 gxdp_lookup4(struct gxdp_key *key)
{
	return key ? gxdp_trees(key, false) : 0;
}

__attribute__((noinline))
__u64 gxdp_lookup6(struct gxdp_key *key)
{
	return key ? gxdp_trees(key, true) : 0;
}

#endif /* GXDP_BPF_LOOKUP_H */
