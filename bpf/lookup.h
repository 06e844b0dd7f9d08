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

/*
 * What trees are searched by. Of usual IPv4 packets only the words in front are
 * there; what needs more calls gxdp_key_complete() first.
 */
struct gxdp_key {
	union {
		__u64 word[GXDP_WORDS];
		struct {
			__u64 used[GXDP_WORDS_USED];
			__u64 lanes;	/* GXDP_LANE_..., of GXDP_W_L4 */
			__u32 first_chunk;
			__u32 family;
			/* of the search for GX_COUNT rules: slot, last index */
			__u32 slot;
			__u32 counted;
		};
	};
};

/* The tables that one packet is looked up in */
struct gxdp_space {
	struct gxdp_chunk *head;	/* the first chunk */
	__u32 first;			/* its key in map tables */
};

static __always_inline struct gxdp_chunk *gxdp_chunk(__u32 first, __u32 addr)
{
	__u32 slot = first + (addr >> GXDP_CHUNK_BITS);
	__u32 zero = 0;
	void *map;

	map = bpf_map_lookup_elem(&tables, &slot);
	return map ? bpf_map_lookup_elem(map, &zero) : NULL;
}

/* The chunk of @addr. Small tables are all in the first, which is at hand. */
static __always_inline struct gxdp_chunk *
gxdp_chunk_of(const struct gxdp_space *space, __u64 addr)
{
	return addr < GXDP_CHUNK_WORDS ? space->head :
					 gxdp_chunk(space->first, addr);
}

/* The words at @addr of a chunk that is known to have it: GXDP_CHUNK_PAD or more */
static __always_inline const void *gxdp_in(const struct gxdp_chunk *chunk,
					   __u64 addr)
{
	/* The verifier must see the bound of what is added, in one piece. */
	GXDP_BOUND(addr, GXDP_CHUNK_MASK);
	return &chunk->word[addr];
}

/* The reference or slot at @addr; where nothing is, GXDP_REF_EMPTY */
static __always_inline __u64 gxdp_ref_at(const struct gxdp_space *space,
					 __u64 addr)
{
	struct gxdp_chunk *chunk;

	if (addr < GXDP_CHUNK_WORDS)
		return space->head->word[addr];
	chunk = gxdp_chunk(space->first, addr);
	return chunk ? *(const __u64 *)gxdp_in(chunk, addr) : GXDP_REF_EMPTY;
}

/* The tables that @key is for, where they are not at hand. false: there are none */
static __always_inline bool gxdp_space_of(const struct gxdp_key *key,
					  struct gxdp_space *space)
{
	space->first = key->first_chunk;
	space->head = gxdp_chunk(key->first_chunk, 0);
	return space->head;
}

/* Fill in what a key with only the first GXDP_WORDS4 words lacks */
static __always_inline void gxdp_key_complete(struct gxdp_key *key,
					      const struct gxdp_space *space,
					      __u32 family)
{
	__u32 i;

#pragma unroll
	for (i = GXDP_WORDS4; i < GXDP_WORDS_USED; i++)
		key->word[i] = 0;
	key->first_chunk = space->first;
	key->family = family;
	key->slot = 0;
	key->counted = 0;
	key->word[GXDP_WORDS - 1] = 0;
}

/* --- rules in leaves -------------------------------------------------------------- */

/* Zero if all lanes are from @lo to @hi */
static __always_inline __u64 gxdp_lanes_differ(__u64 lanes, __u64 lo, __u64 hi)
{
	return ((lanes - lo) | (hi - lanes)) & GXDP_LANE_GUARDS;
}

/* By the lowest six bits of @by */
static __always_inline __u64 gxdp_right(__u64 value, __u64 by)
{
	GXDP_SHIFT_RIGHT(value, by);
	return value;
}

static __always_inline __u64 gxdp_leaf4_differs(const struct gxdp_leaf4 *leaf,
						const struct gxdp_key *key)
{
	__u64 addr = key->word[GXDP_W_ADDR4] ^ leaf->addr, hit = leaf->hit;
	__u32 dst = addr;

	GXDP_HALF(dst);
	return gxdp_right(dst, hit) |
	       gxdp_right(addr >> 32, hit >> GXDP_HIT_SRC_SHIFT) |
	       gxdp_lanes_differ(key->lanes, leaf->lo, leaf->hi);
}

static __always_inline __u64 gxdp_shift(__u64 word, const __u8 *shift)
{
	return gxdp_right(gxdp_right(word, shift[0]), shift[1]);
}

static __always_inline __u64 gxdp_leaf6_differs(const struct gxdp_leaf6 *leaf,
						const struct gxdp_key *key)
{
	const __u64 *word = key->word;
	__u64 differs;

	differs = gxdp_shift(word[GXDP_W_SRC6_HI] ^ leaf->src[0], leaf->shift[0]) |
		  gxdp_shift(word[GXDP_W_SRC6_LO] ^ leaf->src[1], leaf->shift[1]) |
		  gxdp_shift(word[GXDP_W_DST6_HI] ^ leaf->dst[0], leaf->shift[2]) |
		  gxdp_shift(word[GXDP_W_DST6_LO] ^ leaf->dst[1], leaf->shift[3]) |
		  gxdp_lanes_differ(key->lanes, leaf->lo, leaf->hi);
	/* so that it has a sign to spare */
	return (differs >> 1) | (differs & 1);
}

/*
 * Zero if the packet is in @entry, but for its extras; else below 2^63. @v6 is a
 * constant.
 */
static __always_inline __u64 gxdp_differs(const void *entry, bool v6,
					  const struct gxdp_key *key)
{
	return v6 ? gxdp_leaf6_differs(entry, key) :
		    gxdp_leaf4_differs(entry, key);
}

static __always_inline __u64 gxdp_hit(const void *entry, bool v6)
{
	return (v6 ? ((const struct gxdp_leaf6 *)entry)->hit :
		     ((const struct gxdp_leaf4 *)entry)->hit) >> GXDP_HIT_SHIFT;
}

/* Slots of an entry without its extras */
#define GXDP_ENTRY_SLOTS(v6)	((v6) ? 2 : 1)
#define GXDP_ENTRY_BYTES(v6)	(GXDP_ENTRY_SLOTS(v6) * GXDP_SLOT_WORDS * 8)

/* A condition of any type but GXDP_EXTRA_BITMAP */
static __always_inline bool gxdp_simple_holds(const struct gxdp_extra *extra,
					      __u64 word)
{
	__u64 field;

	if (extra->type == GXDP_EXTRA_ANY)
		return word & extra->lo;
	if (extra->type == GXDP_EXTRA_MASK)
		return (word & extra->lo) == extra->hi;
	field = (word >> (extra->shift & 63)) &
		((2ULL << ((extra->bits - 1) & 63)) - 1);
	return field >= extra->lo && field <= extra->hi;
}

static __always_inline bool gxdp_extra_holds(const struct gxdp_extra *extra,
					     const struct gxdp_key *key)
{
	__u64 word = key->word[extra->word & (GXDP_WORDS - 1)], field;
	struct gxdp_chunk *chunk;
	const __u64 *bitmap;
	__u32 addr;

	if (extra->type != GXDP_EXTRA_BITMAP)
		return gxdp_simple_holds(extra, word);
	field = (word >> (extra->shift & 63)) &
		((2ULL << ((extra->bits - 1) & 63)) - 1);
	addr = extra->lo + (field >> 6);
	chunk = gxdp_chunk(key->first_chunk, addr);
	if (!chunk)
		return false;
	bitmap = gxdp_in(chunk, addr);
	return (*bitmap >> (field & 63)) & 1;
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

/* The lower of two hits, without a branch that the CPU would have to guess */
static __always_inline __u64 gxdp_better(__u64 a, __u64 b)
{
	__s64 less = a - b, mask = less >> 63;	/* both are below 2^61 */

	/* or the compiler makes one of it */
	asm volatile("" : "+r"(mask));
	return b + (less & mask);
}

/* The first entry of full leaf @ref that matches, or @hit. @v6 is a constant. */
static __always_inline __u64 gxdp_full_leaf(struct gxdp_key *key, bool v6,
					    __u64 ref, __u64 hit)
{
	__u32 slots = GXDP_REF_SLOTS(ref), slot = 0, i, at, extras;
	struct gxdp_chunk *chunk;
	__u64 differs, found;
	const void *entry;

	chunk = gxdp_chunk(key->first_chunk, GXDP_REF_ADDR(ref));
	if (!chunk)
		return hit;
	for (i = 0; i < GXDP_LEAF_SLOTS / GXDP_ENTRY_SLOTS(v6); i++) {
		at = GXDP_REF_ADDR(ref) + slot * GXDP_SLOT_WORDS;
		entry = gxdp_in(chunk, at);
		differs = gxdp_differs(entry, v6, key);
		found = gxdp_hit(entry, v6);
		at += GXDP_ENTRY_SLOTS(v6) * GXDP_SLOT_WORDS;
		extras = GXDP_RULE_EXTRAS(found);
		/* here, and so, that all ways on look the same to the verifier */
		slot += GXDP_ENTRY_SLOTS(v6) + extras;
		GXDP_BOUND(slot, 255);
		if (!differs && (!extras || gxdp_extras_hold(key, at, extras)))
			return gxdp_better(found, hit);
		if (slot >= slots)
			break;
	}
	return hit;
}

__attribute__((noinline))
__u64 gxdp_full_leaf4(struct gxdp_key *key, __u64 ref, __u64 hit)
{
	return key ? gxdp_full_leaf(key, false, ref, hit) : hit;
}

__attribute__((noinline))
__u64 gxdp_full_leaf6(struct gxdp_key *key, __u64 ref, __u64 hit)
{
	return key ? gxdp_full_leaf(key, true, ref, hit) : hit;
}

/* Above all hits, and so that the difference to any has a sign */
#define GXDP_MISS_BIT	60

/* 1 if @entry does not match, else 0 */
static __always_inline __u64 gxdp_misses(const void *entry, bool v6,
					 const struct gxdp_key *key)
{
	__u64 missed = -gxdp_differs(entry, v6, key) >> 63;

	/*
	 * or the compiler makes a branch of it, and looks at several at a time, for which
	 * registers are too few
	 */
	asm volatile("" : "+r"(missed) : : "memory");
	return missed;
}

/*
 * The best of @hit and the first entry of leaf @ref that matches. Several entries at
 * a time, so that small leaves, which are most, have no branch at all: which entry
 * a packet matches is nothing that the CPU could foresee. @v6 is a constant.
 */
static __always_inline __u64 gxdp_leaf(const struct gxdp_space *space,
				       const struct gxdp_key *key, bool v6,
				       __u64 ref, __u64 hit)
{
	struct gxdp_chunk *chunk = gxdp_chunk_of(space, ref >> GXDP_REF_ADDR_SHIFT);
	__u64 missed, pair, which, found;
	__s64 left = GXDP_REF_SLOTS(ref);
	const void *entry;
	__u32 i, k;

	if (!chunk)
		return hit;
	entry = gxdp_in(chunk, ref >> GXDP_REF_ADDR_SHIFT);
	for (i = 0; i < GXDP_LEAF_ENTRIES / GXDP_LEAF_STEP(v6); i++) {
		missed = gxdp_misses(entry, v6, key);
		which = 0;
		pair = 0;
#pragma unroll
		for (k = 1; k < GXDP_LEAF_STEP(v6); k++) {
			which += missed;
			missed &= gxdp_misses(entry + k * GXDP_ENTRY_BYTES(v6),
					      v6, key);
			pair = k == 1 ? missed : pair;
		}
		left -= GXDP_LEAF_STEP(v6) * GXDP_ENTRY_SLOTS(v6);
		/* There were two only, and what is behind is another leaf's. */
		if (GXDP_LEAF_STEP(v6) > 2)
			missed |= pair & (__u64)left >> 63;
		found = gxdp_hit(entry + which * GXDP_ENTRY_BYTES(v6), v6);
		hit = gxdp_better(found | missed << GXDP_MISS_BIT, hit);
		/* all ones if none of them matches */
		missed = -missed;
		asm volatile("" : "+r"(missed));
		if ((__s64)(left & missed) <= 0)
			break;
		entry += GXDP_LEAF_STEP(v6) * GXDP_ENTRY_BYTES(v6);
	}
	return hit;
}

/* --- nodes ------------------------------------------------------------------------ */

/*
 * The reference that node @ref has for the packet. @words is a constant, how many
 * there are: GXDP_WORDS4 or GXDP_WORDS.
 */
static __always_inline __u64 gxdp_child(const struct gxdp_space *space,
					const __u64 *word, __u32 words,
					__u64 ref)
{
	__u64 bytes = ref >> (GXDP_REF_WORD_SHIFT - 3), value;

	/* of the word's place, eight for each */
	GXDP_BOUND(bytes, (words - 1) * 8);
	value = *(const __u64 *)((const void *)word + bytes);
	GXDP_SHIFT_LEFT(value, ref >> GXDP_REF_LEFT_SHIFT);
	value = gxdp_right(value, ref);
	return gxdp_ref_at(space, (ref >> GXDP_REF_ADDR_SHIFT) + value);
}

/* Is nothing below @ref in front of @hit? Where nothing is at all, too. */
static __always_inline bool gxdp_no_better(__u64 ref, __u64 hit)
{
	return ((ref >> GXDP_REF_RULE_SHIFT) & GXDP_NO_RULE) >= hit >> 32;
}

/*
 * The best of @hit and what the tree at @ref has; what cannot be better is not
 * looked at. @v6, @words and @first are constants; the first tree has nothing
 * to be better than.
 */
static __always_inline __u64 gxdp_tree(const struct gxdp_space *space,
				       struct gxdp_key *key, bool v6,
				       __u32 words, bool first, __u64 ref,
				       __u64 hit)
{
	int depth;

	/* Keep words where they are: in registers, others would have to go. */
	asm volatile("" : : "r"(key) : "memory");
	if (!first && gxdp_no_better(ref, hit))
		return hit;
	for (depth = 0; depth < GXDP_MAX_DEPTH; depth++) {
		if (!(ref & GXDP_REF_NODE << GXDP_REF_TYPE_SHIFT))
			break;
		ref = gxdp_child(space, key->word, words, ref);
	}
	if (gxdp_no_better(ref, hit))
		return hit;
	if (!(ref & GXDP_REF_FULL))
		return gxdp_leaf(space, key, v6, ref, hit);
	if (words == GXDP_WORDS4)
		gxdp_key_complete(key, space, GXDP_FAMILY_IPV4);
	return v6 ? gxdp_full_leaf6(key, ref, hit) :
		    gxdp_full_leaf4(key, ref, hit);
}

/* The hit of the rule that decides. @v6 and @words are constants. */
static __always_inline __u64 gxdp_search(const struct gxdp_space *space,
					 struct gxdp_key *key, bool v6,
					 __u32 words, __u32 family)
{
	const struct gxdp_root *root = &space->head->root;
	__u64 hit = root->default_hit;
	__u32 i;

	/* one after the other: what the CPU learns of one is wrong for the next */
#pragma unroll
	for (i = 0; i < GXDP_MAX_TREES; i++) {
		if (i >= root->trees[family])
			break;
		hit = gxdp_tree(space, key, v6, words, !i,
				root->tree[family][i], hit);
	}
	return hit;
}

#endif /* GXDP_BPF_LOOKUP_H */
