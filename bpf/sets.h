/* SPDX-License-Identifier: GPL-2.0 */
/* Which sets an address is in: the tries of include/gxdp/tables.h */
#ifndef GXDP_BPF_SETS_H
#define GXDP_BPF_SETS_H

#include "lookup.h"

#define GXDP_NS_PER_S	1000000000ULL

/* All ones if @differs is zero, else zero. It is below 2^63. */
static __always_inline __u64 gxdp_if_same(__u64 differs)
{
	__s64 same = (__s64)(differs - 1) >> 63;

	/* or the compiler makes a branch of it, which random packets have guessed wrong */
	asm volatile("" : "+r"(same));
	return same;
}

/* What a bucket says of an address */
struct gxdp_bucket_result {
	__u64 sets;		/* of members that it is in */
	__u64 timed;		/* not zero: one of them has a time-out */
};

/* Sets are looked at before the address: see struct gxdp_member4. */
static __always_inline void gxdp_member4(const struct gxdp_member4 *m, __u64 hi,
					 struct gxdp_bucket_result *r)
{
	__u64 sets = *(volatile const __u64 *)&m->sets;
	__u32 shift_expiry = m->shift_expiry;
	__u64 same;

	same = gxdp_if_same(gxdp_right((hi >> 32) ^ m->addr, shift_expiry));
	r->sets |= sets & same;
	r->timed |= (shift_expiry >> 6) & same;
}

/* The same for one that is a word: the slot itself, or one of a packed bucket */
static __always_inline __u64 gxdp_word_member(__u64 word, __u64 hi)
{
	__u64 same = gxdp_if_same(gxdp_right((hi ^ word) >> 32, word));
	__u64 set = (word >> GXDP_REF_TYPE_SHIFT) & 1;	/* none: no member is here */

	_Static_assert(GXDP_REF_MEMBER & 1, "what tells a member from a zero");
	GXDP_SHIFT_LEFT(set, word >> GXDP_SET_SHIFT);
	set &= same;
	/* one after the other: for several at a time registers are too few */
	asm volatile("" : "+r"(set) : : "memory");
	return set;
}

static __always_inline void gxdp_member6(const struct gxdp_member6 *m, __u64 hi,
					 __u64 lo, struct gxdp_bucket_result *r)
{
	__u64 sets = *(volatile const __u64 *)&m->sets;
	__u64 same, differs;

	differs = gxdp_shift(hi ^ m->addr[0], m->shift[0]) |
		  gxdp_shift(lo ^ m->addr[1], m->shift[1]);
	same = gxdp_if_same((differs >> 1) | (differs & 1));
	r->sets |= sets & same;
	r->timed |= m->expiry & same;
}

/* Member @i of the bucket at @at. @v6 is a constant. */
static __always_inline void gxdp_member(const struct gxdp_chunk *chunk, __u64 at,
					__u32 i, bool v6, __u64 hi, __u64 lo,
					struct gxdp_bucket_result *r)
{
	if (v6)
		gxdp_member6(gxdp_in(chunk, at + 4 * i), hi, lo, r);
	else
		gxdp_member4(gxdp_in(chunk, at + 2 * i), hi, r);
}

/* gxdp_bucket() with time-outs, and of any size */
static __always_inline __u64 gxdp_full_bucket(__u32 first, bool v6, __u64 slot,
					      __u64 hi, __u64 lo)
{
	__u64 now = bpf_ktime_get_ns() / GXDP_NS_PER_S, sets = 0, expiry;
	__u32 n = GXDP_REF_SLOTS(slot), at = GXDP_REF_ADDR(slot), i;
	struct gxdp_chunk *chunk = gxdp_chunk(first, at);

	if (!chunk)
		return 0;
	for (i = 0; i < GXDP_BUCKET_MAX; i++) {
		struct gxdp_bucket_result r = {};

		if (i >= n)
			break;
		gxdp_member(chunk, at, i, v6, hi, lo, &r);
		/* Never is 0: as a number without a sign, the last second of all */
		expiry = r.timed - 1;
		if (expiry >= now)
			sets |= r.sets;
	}
	return sets;
}

__attribute__((noinline))
__u64 gxdp_full_bucket4(__u32 first, __u64 slot, __u64 hi)
{
	return gxdp_full_bucket(first, false, slot, hi, 0);
}

__attribute__((noinline))
__u64 gxdp_full_bucket6(__u32 first, __u64 slot, __u64 hi, __u64 lo)
{
	return gxdp_full_bucket(first, true, slot, hi, lo);
}

/* Bits of the sets that the address is in, of those in a bucket. @v6 is a constant. */
static __always_inline __u64 gxdp_bucket(const struct gxdp_space *space, bool v6,
					 __u64 slot, __u64 hi, __u64 lo)
{
	__u32 n = GXDP_REF_SLOTS(slot), at = GXDP_REF_ADDR(slot), i;
	struct gxdp_chunk *chunk = gxdp_chunk_of(space, at);
	struct gxdp_bucket_result r = {};

	if (!chunk)
		return 0;
	for (i = 0; i < GXDP_BUCKET_USUAL; i++) {
		if (i >= n)
			break;
		gxdp_member(chunk, at, i, v6, hi, lo, &r);
	}
	if (!r.timed && n <= GXDP_BUCKET_USUAL)
		return r.sets;
	return v6 ? gxdp_full_bucket6(space->first, slot, hi, lo) :
		    gxdp_full_bucket4(space->first, slot, hi);
}

/* Half a cache line of a packed bucket; each word may change as a whole at any time */
static __always_inline __u64 gxdp_packed_half(const volatile __u64 *word, __u64 hi)
{
	__u64 sets = 0;
	int i;

#pragma unroll
	for (i = 0; i < GXDP_PACKED_STEP; i++)
		sets |= gxdp_word_member(word[i], hi);
	return sets;
}

/* The same of a packed bucket, of which no branch depends on what is in it */
static __always_inline __u64 gxdp_packed(const struct gxdp_space *space,
					 __u64 slot, __u64 hi)
{
	__u64 at = slot >> GXDP_REF_ADDR_SHIFT, sets = 0;
	struct gxdp_chunk *chunk = gxdp_chunk_of(space, at);
	const __u64 *word;

	if (!chunk)
		return 0;
	word = gxdp_in(chunk, at);
	/* the second half first: then nothing of the slot has to be kept */
	if (GXDP_REF_SLOTS(slot) > GXDP_PACKED_STEP)
		sets = gxdp_packed_half(word + GXDP_PACKED_STEP, hi);
	return sets | gxdp_packed_half(word, hi);
}

/* Bits of the sets that the address is in, of those in the trie at @slot */
static __always_inline __u64 gxdp_trie(const struct gxdp_space *space, bool v6,
				       __u64 slot, __u64 hi, __u64 lo)
{
	__u64 value;
	int depth;

	for (depth = 0; depth <= GXDP_SET_DEPTH; depth++) {
		if (GXDP_REF_TYPE(slot) != GXDP_REF_NODE)
			break;
		value = v6 && GXDP_REF_WORD(slot) ? lo : hi;
		GXDP_SHIFT_LEFT(value, slot >> GXDP_REF_LEFT_SHIFT);
		value = gxdp_right(value, slot);
		slot = gxdp_ref_at(space, (slot >> GXDP_REF_ADDR_SHIFT) + value);
	}
	if (!v6 && GXDP_REF_TYPE(slot) == GXDP_REF_MEMBER)
		return gxdp_word_member(slot, hi);
	if (GXDP_REF_TYPE(slot) != GXDP_REF_LEAF)
		return 0;
	if (!v6 && slot & GXDP_SET_PACKED)
		return gxdp_packed(space, slot, hi);
	return gxdp_bucket(space, v6, slot, hi, lo);
}

static __always_inline __u64 gxdp_sets(const struct gxdp_space *space, bool v6,
				       __u64 hi, __u64 lo)
{
	const struct gxdp_root *root = &space->head->root;
	const struct gxdp_set_root *tries = v6 ? &root->set_ipv6 :
						 &root->set_ipv4;

	return gxdp_trie(space, v6, tries->near, hi, lo) |
	       gxdp_trie(space, v6, tries->wide, hi, lo);
}

/*
 * Fill the words of @key that say which sets its addresses are in. @v6 is a
 * constant.
 */
static __always_inline void gxdp_fill_sets(const struct gxdp_space *space,
					   struct gxdp_key *key, bool v6)
{
	__u32 flags = space->head->root.flags;
	__u64 *word = key->word;

	word[GXDP_W_SRC_SETS] = 0;
	word[GXDP_W_DST_SETS] = 0;
	if (flags & GXDP_ROOT_SRC_SETS)
		word[GXDP_W_SRC_SETS] = v6 ?
			gxdp_sets(space, v6, word[GXDP_W_SRC6_HI],
				  word[GXDP_W_SRC6_LO]) :
			gxdp_sets(space, v6, word[GXDP_W_ADDR4], 0);
	if (flags & GXDP_ROOT_DST_SETS)
		word[GXDP_W_DST_SETS] = v6 ?
			gxdp_sets(space, v6, word[GXDP_W_DST6_HI],
				  word[GXDP_W_DST6_LO]) :
			gxdp_sets(space, v6, word[GXDP_W_ADDR4] << 32, 0);
}

#endif /* GXDP_BPF_SETS_H */
