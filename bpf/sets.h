/* SPDX-License-Identifier: GPL-2.0 */
/* Which sets an address is in: the tries of include/gxdp/tables.h */
#ifndef GXDP_BPF_SETS_H
#define GXDP_BPF_SETS_H

#include "lookup.h"

#define GXDP_NS_PER_S	1000000000ULL

static __always_inline bool gxdp_expired(__u32 expiry)
{
	return expiry && bpf_ktime_get_ns() / GXDP_NS_PER_S >= expiry;
}

/* Sets are looked at before the address: see struct gxdp_member4. */
static __always_inline __u64 gxdp_member4(const struct gxdp_member4 *m,
					  __u64 hi)
{
	__u64 sets = *(volatile const __u64 *)&m->sets;
	__u32 shift_expiry = m->shift_expiry;

	if (((hi >> 32) ^ m->addr) >> (shift_expiry & 63))
		return 0;
	return gxdp_expired(shift_expiry >> 6) ? 0 : sets;
}

static __always_inline __u64 gxdp_member6(const struct gxdp_member6 *m,
					  __u64 hi, __u64 lo)
{
	__u64 sets = *(volatile const __u64 *)&m->sets;

	if (gxdp_shift(hi ^ m->addr[0], m->shift[0]) |
	    gxdp_shift(lo ^ m->addr[1], m->shift[1]))
		return 0;
	return gxdp_expired(m->expiry) ? 0 : sets;
}

static __always_inline __u64 gxdp_bucket(struct gxdp_chunk *chunk, bool v6,
					 __u64 slot, __u64 hi, __u64 lo)
{
	__u32 n = GXDP_REF_SLOTS(slot), at = GXDP_REF_ADDR(slot), i;
	__u64 sets = 0;

	for (i = 0; i < GXDP_BUCKET_MAX; i++) {
		if (i >= n)
			break;
		sets |= v6 ? gxdp_member6(gxdp_in(chunk, at + 4 * i), hi, lo) :
			     gxdp_member4(gxdp_in(chunk, at + 2 * i), hi);
	}
	return sets;
}

static __always_inline __u64 gxdp_trie(__u32 first, bool v6, __u64 slot,
				       __u64 hi, __u64 lo)
{
	struct gxdp_cursor cur = { .slot = ~0u, .first = first };
	struct gxdp_chunk *chunk;
	const __u64 *next;
	__u64 value;
	int depth;

	for (depth = 0; depth <= GXDP_SET_DEPTH; depth++) {
		if (GXDP_REF_TYPE(slot) != GXDP_REF_NODE)
			break;
		value = (v6 && GXDP_REF_WORD(slot) ? lo : hi) >>
			GXDP_REF_SHIFT(slot);
		value &= (1ULL << GXDP_REF_BITS(slot)) - 1;
		next = gxdp_at(&cur, GXDP_REF_ADDR(slot) + value);
		if (!next)
			return 0;
		slot = *next;
	}
	if (GXDP_REF_TYPE(slot) != GXDP_REF_LEAF)
		return 0;
	chunk = gxdp_chunk(first, GXDP_REF_ADDR(slot));
	return chunk ? gxdp_bucket(chunk, v6, slot, hi, lo) : 0;
}

/* Bits of the sets that the address is in; near or wide: one trie of a family's */
__attribute__((noinline))
__u64 gxdp_trie4(__u64 root, __u32 first_chunk, __u64 hi)
{
	return gxdp_trie(first_chunk, false, root, hi, 0);
}

__attribute__((noinline))
__u64 gxdp_trie6(__u64 root, __u32 first_chunk, __u64 hi, __u64 lo)
{
	return gxdp_trie(first_chunk, true, root, hi, lo);
}

static __always_inline __u64 gxdp_sets4(const struct gxdp_root *root, __u64 hi)
{
	return gxdp_trie4(root->set_ipv4.near, root->first_chunk, hi) |
	       gxdp_trie4(root->set_ipv4.wide, root->first_chunk, hi);
}

static __always_inline __u64 gxdp_sets6(const struct gxdp_root *root, __u64 hi,
					__u64 lo)
{
	return gxdp_trie6(root->set_ipv6.near, root->first_chunk, hi, lo) |
	       gxdp_trie6(root->set_ipv6.wide, root->first_chunk, hi, lo);
}

/* Fill the words of @key that say which sets its addresses are in */
static __always_inline void gxdp_fill_sets(struct gxdp_key *key,
					   const struct gxdp_root *root,
					   __u32 family)
{
	__u64 *word = key->word;

	if (root->flags & GXDP_ROOT_SRC_SETS) {
		if (family == GXDP_FAMILY_IPV4)
			word[GXDP_W_SRC_SETS] =
				gxdp_sets4(root, word[GXDP_W_ADDR4]);
		else if (family == GXDP_FAMILY_IPV6)
			word[GXDP_W_SRC_SETS] =
				gxdp_sets6(root, word[GXDP_W_SRC6_HI],
					   word[GXDP_W_SRC6_LO]);
	}
	if (root->flags & GXDP_ROOT_DST_SETS) {
		if (family == GXDP_FAMILY_IPV4)
			word[GXDP_W_DST_SETS] =
				gxdp_sets4(root, word[GXDP_W_ADDR4] << 32);
		else if (family == GXDP_FAMILY_IPV6)
			word[GXDP_W_DST_SETS] =
				gxdp_sets6(root, word[GXDP_W_DST6_HI],
					   word[GXDP_W_DST6_LO]);
	}
}

#endif /* GXDP_BPF_SETS_H */
