// SPDX-License-Identifier: GPL-2.0
/*
 * Changing sets while packets are looked up in them, and walking them. Building
 * whole tries at once is in setbuild.c.
 *
 * Nothing a packet may be reading is changed but words that are whole in
 * themselves: a slot, a member's sets, its expiry. All else is written aside and
 * put in place by one store. What is no longer used goes into limbo.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "setnode.h"
#include "slice.h"

/* Members that a node's place is chosen by */
#define CHOICE_SAMPLE	1024
/* Part of them in one slot from which on another place may be better */
#define CROWDED		0.75
/* Bits of a node made as sets change: the deeper it is, the more have to be told apart */
#define SPLIT_BITS(depth)	((depth) < GXDP_SET_DEPTH / 2 ? 4u : 8u)

/* --- blocks ---------------------------------------------------------------------- */

static unsigned int size_class(uint32_t words)
{
	return words <= 1 ? 0 : 32 - __builtin_clz(words - 1);
}

static void to_free_list(struct gx_settrie *t, unsigned int class, uint32_t addr)
{
	uint64_t *word = gx_arena_at(t->arena, addr);

	if (!word)
		return;		/* lost, which costs its room only */
	*word = t->heap->free[class];
	t->heap->free[class] = addr;
}

static int empty_limbo(struct gx_settrie *t)
{
	struct gxdp_set_heap *heap = t->heap;
	int err = t->grace ? t->grace(t) : 0;

	if (err)
		return err;
	while (heap->limbo_used) {
		uint64_t block = heap->limbo[heap->limbo_used - 1];

		/* taken out before it is put elsewhere: killed between, it is lost */
		heap->limbo_used--;
		to_free_list(t, block >> 32, (uint32_t)block);
	}
	return 0;
}

/* As in gxdp_set_heap.limbo */
static uint64_t limbo_block(uint32_t addr, uint32_t words)
{
	return (uint64_t)size_class(words) << 32 | addr;
}

static void retire(struct gx_settrie *t, uint32_t addr, uint32_t words)
{
	struct gxdp_set_heap *heap = t->heap;

	if (heap->limbo_used >= GXDP_HEAP_LIMBO && empty_limbo(t))
		return;
	heap->limbo[heap->limbo_used] = limbo_block(addr, words);
	heap->limbo_used++;
}

/* @words, a power of two of them, zeroed; 0: no room */
static uint32_t take_block(struct gx_settrie *t, uint32_t words)
{
	unsigned int class = size_class(words);
	struct gxdp_set_heap *heap = t->heap;
	uint32_t addr = heap->free[class];
	uint64_t *word;

	if (addr) {
		word = gx_arena_at(t->arena, addr);
		if (!word)
			return 0;
		heap->free[class] = *word;
		memset(word, 0, (1ul << class) * sizeof(*word));
		return addr;
	}
	t->arena->used = heap->used;
	addr = gx_arena_alloc(t->arena, 1u << class, true);
	heap->used = t->arena->used;
	return addr;
}

/* --- members in buckets ------------------------------------------------------------ */

/* Those of buckets that are not packed */
static uint32_t member_words(bool v6)
{
	return v6 ? 4 : 2;
}

static void member_read(bool v6, const uint64_t *at, struct gx_entry *e)
{
	if (v6) {
		const struct gxdp_member6 *m = (const void *)at;

		e->addr[0] = m->addr[0];
		e->addr[1] = m->addr[1];
		e->len = 128 - m->shift[0][0] - m->shift[0][1] -
			 m->shift[1][0] - m->shift[1][1];
		e->expiry = m->expiry;
		e->sets = m->sets;
	} else {
		const struct gxdp_member4 *m = (const void *)at;

		e->addr[0] = (uint64_t)m->addr << 32;
		e->addr[1] = 0;
		e->len = 32 - (m->shift_expiry & 63);
		e->expiry = m->shift_expiry >> 6;
		e->sets = m->sets;
	}
}

static void member_write(bool v6, uint64_t *at, const struct gx_entry *e)
{
	int i, rest;

	if (v6) {
		struct gxdp_member6 *m = (void *)at;

		m->addr[0] = e->addr[0];
		m->addr[1] = e->addr[1];
		for (i = 0; i < 2; i++) {
			rest = 64 * (i + 1) - e->len;
			rest = rest < 0 ? 0 : rest > 64 ? 64 : rest;
			m->shift[i][0] = rest / 2;
			m->shift[i][1] = rest - rest / 2;
		}
		m->expiry = e->expiry;
		__atomic_store_n(&m->sets, e->sets, __ATOMIC_RELEASE);
	} else {
		struct gxdp_member4 *m = (void *)at;

		m->addr = e->addr[0] >> 32;
		m->shift_expiry = e->expiry << 6 | (32 - e->len);
		__atomic_store_n(&m->sets, e->sets, __ATOMIC_RELEASE);
	}
}

static void set_sets(bool v6, uint64_t *at, uint64_t sets)
{
	__u64 *where = v6 ? &((struct gxdp_member6 *)at)->sets :
			       &((struct gxdp_member4 *)at)->sets;

	__atomic_store_n(where, sets, __ATOMIC_RELEASE);
}

static void set_expiry(bool v6, uint64_t *at, const struct gx_entry *e)
{
	if (v6)
		__atomic_store_n(&((struct gxdp_member6 *)at)->expiry,
				 e->expiry, __ATOMIC_RELEASE);
	else
		__atomic_store_n(&((struct gxdp_member4 *)at)->shift_expiry,
				 e->expiry << 6 | (32 - e->len),
				 __ATOMIC_RELEASE);
}

static bool same_prefix(const struct gx_entry *a, const struct gx_entry *b)
{
	return a->len == b->len && a->addr[0] == b->addr[0] &&
	       a->addr[1] == b->addr[1];
}

/* --- bits -------------------------------------------------------------------------- */

bool gx_set_is_near(uint64_t near, unsigned int len)
{
	unsigned int end = 64 * GXDP_REF_WORD(near) + 64 - GXDP_REF_SHIFT(near);

	return len + GX_SET_SPREAD >= end;
}

void gx_set_values(const struct gx_entry *e, uint64_t slot, uint32_t *lo,
		   uint32_t *hi)
{
	unsigned int bits = GXDP_REF_BITS(slot), shift = GXDP_REF_SHIFT(slot);
	unsigned int word = GXDP_REF_WORD(slot) & 1, end, free;
	uint32_t all = (1u << bits) - 1;

	end = 64 * word + 64 - shift;		/* bits of the address down to here */
	free = e->len >= end ? 0 : end - e->len;
	*lo = (e->addr[word] >> shift) & all;
	*hi = free >= bits ? all : *lo | ((1u << free) - 1);
	if (free >= bits)
		*lo = 0;
}

/* The node's slot, made of where its bits begin and how many they are */
uint64_t gx_set_node(unsigned int from, unsigned int bits, uint32_t addr)
{
	struct gx_slice slice = {
		.word = from / 64,
		.shift = 64 - from % 64 - bits,
		.bits = bits,
	};

	return gx_node_ref(&slice, addr);
}

/* The first bit in which the addresses differ; 128: they do not */
static unsigned int first_difference(const struct gx_entry *a, const struct gx_entry *b)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		if (a->addr[i] != b->addr[i])
			return 64 * i + __builtin_clzll(a->addr[i] ^ b->addr[i]);
	return 128;
}

double gx_set_crowding(const struct gx_entry *e, size_t n, uint64_t slot, size_t sample,
		       uint32_t *count, double *most)
{
	uint32_t slots = 1u << GXDP_REF_BITS(slot), lo, hi, i, max = 0, seen = 0;
	size_t step = (n + sample - 1) / sample, at;
	double pairs = 0;

	memset(count, 0, slots * sizeof(*count));
	for (at = 0; at < n; at += step, seen++) {
		gx_set_values(&e[at], slot, &lo, &hi);
		for (i = lo; i <= hi; i++) {
			pairs += count[i]++;
			if (count[i] > max)
				max = count[i];
		}
	}
	if (most)
		*most = seen ? (double)max / seen : 0;
	return pairs;
}

/* A node of at most @want bits from bit @from, of one word and no further than @end */
static uint64_t node_from(unsigned int from, unsigned int end, unsigned int want)
{
	unsigned int bits = want;

	if (from + bits > end)
		bits = end - from;
	if (from % 64 + bits > 64)
		bits = 64 - from % 64;
	return gx_set_node(from, bits, 0);
}

/*
 * Where *@from leaves most in one slot, as where each member differs from the others in
 * a place of its own, look on from there up to bit @end for where they crowd least.
 */
static void spread(const struct gx_entry *e, size_t n, unsigned int want,
		   unsigned int end, unsigned int *from)
{
	uint32_t count[1u << GX_SET_NODE_BITS];
	double least, here, most;
	unsigned int at;

	least = gx_set_crowding(e, n, node_from(*from, end, want), CHOICE_SAMPLE, count, &most);
	if (most <= CROWDED)
		return;
	for (at = *from + 1; at < end; at++) {
		here = gx_set_crowding(e, n, node_from(at, end, want), CHOICE_SAMPLE, count,
				       &most);
		/* one slot for all would be no step forward */
		if (most < 1 && here < least) {
			least = here;
			*from = at;
		}
	}
}

bool gx_set_choose(const struct gx_entry *e, size_t n, unsigned int want,
		   unsigned int *from, unsigned int *bits)
{
	unsigned int first = 128, at, longer = 0;
	const struct gx_entry *longest = e;
	size_t k;

	for (k = 1; k < n; k++)
		if (e[k].len > longest->len)
			longest = &e[k];
	/*
	 * the first bit that any two do not share, of those both have: what is behind a
	 * shorter one may be where a node above has looked already
	 */
	for (k = 0; k < n; k++) {
		at = first_difference(&e[k], longest);
		if (at < e[k].len && at < first)
			first = at;
	}
	if (first == 128)
		return false;
	for (k = 0; k < n; k++)
		longer += e[k].len > first;
	/*
	 * Those that end before it would be in all slots: is it worth it? It has to be where
	 * no bucket takes them all.
	 */
	if (longer < n / 2 + 1 && n <= GXDP_BUCKET_MAX)
		return false;
	*from = first;
	spread(e, n, want, longest->len, from);
	*bits = GXDP_REF_BITS(node_from(*from, longest->len, want));
	return true;
}

uint64_t gx_set_slot(bool v6, const struct gx_entry *e)
{
	if (v6 || e->expiry || !e->sets || e->sets & (e->sets - 1))
		return 0;
	return (e->addr[0] & ~0xffffffffull) |
	       GXDP_REF_MEMBER << GXDP_REF_TYPE_SHIFT |
	       __builtin_ctzll(e->sets) << GXDP_SET_SHIFT | (32 - e->len);
}

static bool is_bucket(uint64_t slot)
{
	return GXDP_REF_TYPE(slot) == GXDP_REF_LEAF;
}

static bool is_packed(uint64_t slot)
{
	return is_bucket(slot) && slot & GXDP_SET_PACKED;
}

uint64_t gx_bucket_shape(bool v6, const struct gx_entry *e, size_t n)
{
	uint64_t packed = n <= GXDP_BUCKET_USUAL ? GXDP_SET_PACKED : 0;
	size_t i;

	for (i = 0; i < n; i++)
		if (!gx_set_slot(v6, &e[i]))
			packed = 0;
	return GXDP_REF_LEAF << GXDP_REF_TYPE_SHIFT | packed | n;
}

/* Members that a bucket has room for */
static uint32_t bucket_room(uint64_t slot)
{
	uint32_t n = GXDP_REF_SLOTS(slot);

	if (is_packed(slot))
		return n > GXDP_PACKED_STEP ? 2 * GXDP_PACKED_STEP : GXDP_PACKED_STEP;
	return 1u << size_class(n);
}

uint32_t gx_bucket_words(bool v6, uint64_t slot)
{
	return bucket_room(slot) * (is_packed(slot) ? 1 : member_words(v6));
}

void gx_bucket_write(bool v6, uint64_t slot, uint64_t *at, const struct gx_entry *e)
{
	uint32_t n = GXDP_REF_SLOTS(slot), i;

	for (i = 0; i < n; i++) {
		if (is_packed(slot))
			__atomic_store_n(&at[i], gx_set_slot(v6, &e[i]), __ATOMIC_RELEASE);
		else
			member_write(v6, at + i * member_words(v6), &e[i]);
	}
}

/* How many members the slot has, dead ones too, if it is no node */
static uint32_t members_of(uint64_t slot)
{
	switch (GXDP_REF_TYPE(slot)) {
	case GXDP_REF_MEMBER:
		return 1;
	case GXDP_REF_LEAF:
		return GXDP_REF_SLOTS(slot);
	default:
		return 0;
	}
}

/* Where its member @i is, if it is in a bucket */
static uint64_t *member_at(struct gx_settrie *t, bool v6, uint64_t slot,
			   uint32_t i)
{
	return gx_arena_at(t->arena, GXDP_REF_ADDR(slot) +
			   i * (is_packed(slot) ? 1 : member_words(v6)));
}

/* A member as a word; of a zero one that is in no set */
static void word_read(uint64_t word, struct gx_entry *e)
{
	*e = (struct gx_entry){
		.addr = { word & ~0xffffffffull },
		.len = 32 - (word & 63),
		.sets = word ? 1ull << ((word >> GXDP_SET_SHIFT) & 63) : 0,
	};
}

/* Member @i of the slot; -ENOMEM */
static int read_member(struct gx_settrie *t, bool v6, uint64_t slot, uint32_t i,
		       struct gx_entry *e)
{
	uint64_t *at;

	if (GXDP_REF_TYPE(slot) == GXDP_REF_MEMBER) {
		word_read(slot, e);
		return 0;
	}
	at = member_at(t, v6, slot, i);
	if (!at)
		return -ENOMEM;
	if (is_packed(slot))
		word_read(*at, e);
	else
		member_read(v6, at, e);
	return 0;
}

/* --- adding ------------------------------------------------------------------------- */

/* *@fresh becomes true where the member was not there before */
static int add_at(struct gx_settrie *t, bool v6, uint32_t slot_addr,
		  unsigned int depth, const struct gx_entry *e, bool *fresh);

static int add_to_node(struct gx_settrie *t, bool v6, uint64_t slot,
		       unsigned int depth, const struct gx_entry *e, bool *fresh)
{
	uint32_t lo, hi, i;
	int err;

	gx_set_values(e, slot, &lo, &hi);
	for (i = lo; i <= hi; i++) {
		err = add_at(t, v6, GXDP_REF_ADDR(slot) + i, depth + 1, e, fresh);
		if (err)
			return err;
	}
	return 0;
}

static void put_slot(struct gx_settrie *t, uint32_t slot_addr, uint64_t slot)
{
	__atomic_store_n(gx_arena_at(t->arena, slot_addr), slot,
			 __ATOMIC_RELEASE);
}

/* A single member into the slot, or all into a new bucket */
static int put_members(struct gx_settrie *t, bool v6, uint32_t slot_addr,
		       const struct gx_entry *e, size_t n)
{
	uint64_t slot = n == 1 ? gx_set_slot(v6, e) : 0;
	uint32_t addr;

	if (slot) {
		put_slot(t, slot_addr, slot);
		return 0;
	}
	slot = gx_bucket_shape(v6, e, n);
	addr = take_block(t, gx_bucket_words(v6, slot));
	if (!addr)
		return -ENOSPC;
	gx_bucket_write(v6, slot, gx_arena_at(t->arena, addr), e);
	put_slot(t, slot_addr, slot | (uint64_t)addr << GXDP_REF_ADDR_SHIFT);
	return 0;
}

/* Give back the node at @slot and all below it, which no packet has ever met */
static void drop_tree(struct gx_settrie *t, bool v6, uint64_t slot)
{
	uint64_t *at;
	uint32_t i;

	if (is_bucket(slot)) {
		to_free_list(t, size_class(gx_bucket_words(v6, slot)), GXDP_REF_ADDR(slot));
		return;
	}
	if (GXDP_REF_TYPE(slot) != GXDP_REF_NODE)
		return;
	for (i = 0; i < 1u << GXDP_REF_BITS(slot); i++) {
		at = gx_arena_at(t->arena, GXDP_REF_ADDR(slot) + i);
		if (at)
			drop_tree(t, v6, *at);
	}
	to_free_list(t, GXDP_REF_BITS(slot), GXDP_REF_ADDR(slot));
}

/* A node in place of a bucket that is full */
static int split_bucket(struct gx_settrie *t, bool v6, uint32_t slot_addr,
			unsigned int depth, const struct gx_entry *e, size_t n)
{
	unsigned int from, bits;
	uint64_t slot;
	uint32_t addr;
	bool fresh;
	size_t i;
	int err;

	if (n <= GX_BUCKET_SPLIT || depth >= GXDP_SET_DEPTH ||
	    !gx_set_choose(e, n, SPLIT_BITS(depth), &from, &bits))
		return 1;
	addr = take_block(t, 1u << bits);
	if (!addr)
		return -ENOSPC;
	slot = gx_set_node(from, bits, addr);
	for (i = 0; i < n; i++) {
		err = add_to_node(t, v6, slot, depth, &e[i], &fresh);
		if (err) {
			drop_tree(t, v6, slot);
			return err;
		}
	}
	put_slot(t, slot_addr, slot);
	return 0;
}

/* Behind the others of a bucket. False: it has no room, or not for such a one. */
static bool append(struct gx_settrie *t, bool v6, uint32_t slot_addr, uint64_t slot,
		   const struct gx_entry *add)
{
	uint64_t word = gx_set_slot(v6, add), *at;

	if (!is_bucket(slot) || (is_packed(slot) && !word) ||
	    GXDP_REF_SLOTS(slot) == bucket_room(slot))
		return false;
	at = member_at(t, v6, slot, GXDP_REF_SLOTS(slot));
	if (is_packed(slot))
		__atomic_store_n(at, word, __ATOMIC_RELEASE);
	else
		member_write(v6, at, add);
	put_slot(t, slot_addr, slot + 1);
	return true;
}

static int add_to_bucket(struct gx_settrie *t, bool v6, uint32_t slot_addr,
			 unsigned int depth, const struct gx_entry *add, bool *fresh)
{
	uint64_t slot = *gx_arena_at(t->arena, slot_addr);
	struct gx_entry e[GXDP_BUCKET_MAX + 1], *is;
	uint32_t n = members_of(slot), i, alive = 0;
	bool known = false;
	int err;

	for (i = 0; i < n; i++) {
		is = &e[alive];
		err = read_member(t, v6, slot, i, is);
		if (err)
			return err;
		if (!is->sets)
			continue;
		alive++;
		if (!same_prefix(is, add))
			continue;
		if (!is->expiry && !add->expiry) {
			if (!(add->sets & ~is->sets))
				return 0;
			is->sets |= add->sets;
			known = true;
			if (!is_bucket(slot) || is_packed(slot))
				continue;	/* no word for several sets */
			set_sets(v6, member_at(t, v6, slot, i), is->sets);
			*fresh = true;
			return 0;
		}
		/* One that expires is in one set only: see sets.c */
		if (is->expiry && add->expiry && is->sets == add->sets) {
			set_expiry(v6, member_at(t, v6, slot, i), add);
			return 0;
		}
	}
	if (!known) {
		if (append(t, v6, slot_addr, slot, add)) {
			*fresh = true;
			return 0;
		}
		e[alive++] = *add;
	}
	err = split_bucket(t, v6, slot_addr, depth, e, alive);
	if (err > 0) {
		if (alive > GXDP_BUCKET_MAX)
			return depth < GXDP_SET_DEPTH ? -ELOOP : -EOVERFLOW;
		err = put_members(t, v6, slot_addr, e, alive);
	}
	if (err)
		return err;
	*fresh = true;
	if (is_bucket(slot))
		retire(t, GXDP_REF_ADDR(slot), gx_bucket_words(v6, slot));
	return 0;
}

static int add_at(struct gx_settrie *t, bool v6, uint32_t slot_addr,
		  unsigned int depth, const struct gx_entry *e, bool *fresh)
{
	uint64_t *slot = gx_arena_at(t->arena, slot_addr);

	if (!slot)
		return -ENOMEM;
	if (GXDP_REF_TYPE(*slot) == GXDP_REF_NODE)
		return add_to_node(t, v6, *slot, depth, e, fresh);
	return add_to_bucket(t, v6, slot_addr, depth, e, fresh);
}

/* Of the two tries, the one for prefixes of this length */
static uint64_t root_for(const struct gx_settrie *t, bool v6,
			 const struct gx_entry *e)
{
	const struct gxdp_set_root *root = v6 ? &t->root6 : &t->root4;

	return gx_set_is_near(root->near, e->len) ? root->near : root->wide_node;
}

/* --- deleting, and adding as a whole --------------------------------------------------- */

enum which { TIMED = 1, UNTIMED = 2 };

static int del_at(struct gx_settrie *t, bool v6, uint64_t *slot_at,
		  const struct gx_entry *e, enum which which, bool *found);

static int del_in_node(struct gx_settrie *t, bool v6, uint64_t slot,
		       const struct gx_entry *e, enum which which, bool *found)
{
	uint32_t lo, hi, i;
	uint64_t *at;
	int err;

	gx_set_values(e, slot, &lo, &hi);
	for (i = lo; i <= hi; i++) {
		at = gx_arena_at(t->arena, GXDP_REF_ADDR(slot) + i);
		if (!at)
			return -ENOMEM;
		err = del_at(t, v6, at, e, which, found);
		if (err)
			return err;
	}
	return 0;
}

/*
 * A member of one kind goes where one of the other has been added. A packet that has
 * read the slot before knows of no member behind the last; it must find the old one.
 */
static int let_pass(struct gx_settrie *t)
{
	int err = t->unseen && t->grace ? t->grace(t) : 0;

	if (!err)
		t->unseen = false;
	return err;
}

static int del_at(struct gx_settrie *t, bool v6, uint64_t *slot_at,
		  const struct gx_entry *e, enum which which, bool *found)
{
	uint64_t slot = *slot_at;
	struct gx_entry is;
	uint32_t i, n;
	int err;

	if (GXDP_REF_TYPE(slot) == GXDP_REF_NODE)
		return del_in_node(t, v6, slot, e, which, found);
	n = members_of(slot);
	for (i = 0; i < n; i++) {
		err = read_member(t, v6, slot, i, &is);
		if (err)
			return err;
		if (!(is.sets & e->sets) || !same_prefix(&is, e) ||
		    !(which & (is.expiry ? TIMED : UNTIMED)))
			continue;
		err = which == (TIMED | UNTIMED) ? 0 : let_pass(t);
		if (err)
			return err;
		if (GXDP_REF_TYPE(slot) == GXDP_REF_MEMBER)
			__atomic_store_n(slot_at, 0, __ATOMIC_RELEASE);
		else if (is_packed(slot))
			__atomic_store_n(member_at(t, v6, slot, i), 0,
					 __ATOMIC_RELEASE);
		else
			set_sets(v6, member_at(t, v6, slot, i),
				 is.sets & ~e->sets);
		*found = true;
	}
	return 0;
}

static int del(struct gx_settrie *t, bool v6, const struct gx_entry *e,
	       enum which which)
{
	bool found = false;
	int err = del_in_node(t, v6, root_for(t, v6, e), e, which, &found);

	return err ?: !found;
}

int gx_settrie_del(struct gx_settrie *t, bool v6, const struct gx_entry *e)
{
	return del(t, v6, e, TIMED | UNTIMED);
}

/* Packets look into a trie only when something is in it: they are told afterwards. */
static void show_wide(struct gx_settrie *t, bool v6)
{
	struct gxdp_set_root *head = v6 ? &t->head->set_ipv6 : &t->head->set_ipv4;
	struct gxdp_set_root *root = v6 ? &t->root6 : &t->root4;

	if (root->wide)
		return;
	root->wide = root->wide_node;
	__atomic_store_n(&head->wide, root->wide, __ATOMIC_RELEASE);
}

/* Room can run out when some slots of a short prefix have it already. */
int gx_settrie_add(struct gx_settrie *t, bool v6, const struct gx_entry *e)
{
	uint64_t root = root_for(t, v6, e);
	bool fresh = false;
	int err = add_to_node(t, v6, root, 0, e, &fresh);

	if (err && fresh)
		del(t, v6, e, e->expiry ? TIMED : UNTIMED);
	else if (!err && root == (v6 ? &t->root6 : &t->root4)->wide_node)
		show_wide(t, v6);
	t->unseen |= fresh;
	return err ?: !fresh;
}

int gx_settrie_del_timed(struct gx_settrie *t, bool v6, const struct gx_entry *e)
{
	return del(t, v6, e, TIMED);
}

int gx_settrie_del_untimed(struct gx_settrie *t, bool v6,
			   const struct gx_entry *e)
{
	return del(t, v6, e, UNTIMED);
}

/* --- expiry -------------------------------------------------------------------------- */

struct sweep {
	uint32_t now;
	size_t gone;
	uint64_t *block;	/* buckets that were swept: as in gxdp_set_heap.limbo */
	size_t n, room;
};

/* An empty slot in place of a bucket with nothing alive. No memory: it stays. */
static void sweep_bucket(bool v6, uint64_t *slot_at, struct sweep *s)
{
	uint64_t *more;

	if (s->n == s->room) {
		more = realloc(s->block, (2 * s->room + 64) * sizeof(*more));
		if (!more)
			return;
		s->block = more;
		s->room = 2 * s->room + 64;
	}
	s->block[s->n++] = limbo_block(GXDP_REF_ADDR(*slot_at),
				       gx_bucket_words(v6, *slot_at));
	__atomic_store_n(slot_at, 0, __ATOMIC_RELEASE);
}

static int expire_at(struct gx_settrie *t, bool v6, uint64_t *slot_at,
		     struct sweep *s);

static int expire_in_node(struct gx_settrie *t, bool v6, uint64_t slot,
			  struct sweep *s)
{
	uint64_t *at;
	uint32_t i;
	int err;

	for (i = 0; i < 1u << GXDP_REF_BITS(slot); i++) {
		at = gx_arena_at(t->arena, GXDP_REF_ADDR(slot) + i);
		err = at ? expire_at(t, v6, at, s) : -ENOMEM;
		if (err)
			return err;
	}
	return 0;
}

static int expire_at(struct gx_settrie *t, bool v6, uint64_t *slot_at,
		     struct sweep *s)
{
	uint32_t n = members_of(*slot_at), alive = 0, i;
	uint64_t slot = *slot_at;
	struct gx_entry is;
	int err;

	if (GXDP_REF_TYPE(slot) == GXDP_REF_NODE)
		return expire_in_node(t, v6, slot, s);
	if (!is_bucket(slot))
		return 0;	/* empty, or a word, which has no time-out */
	for (i = 0; i < n; i++) {
		err = read_member(t, v6, slot, i, &is);
		if (err)
			return err;
		if (is.sets && is.expiry && is.expiry <= s->now) {
			set_sets(v6, member_at(t, v6, slot, i), 0);
			is.sets = 0;
			s->gone++;
		}
		alive += !!is.sets;
	}
	if (!alive)
		sweep_bucket(v6, slot_at, s);
	return 0;
}

/*
 * Buckets do not go by limbo, which would wait for a grace period every so many: all of
 * them wait for one. Killed meanwhile, they are lost until the tables are made anew.
 */
int gx_settrie_expire(struct gx_settrie *t, uint32_t now, size_t *gone)
{
	struct sweep s = { .now = now };
	int err, ret;
	size_t i;

	ret = expire_in_node(t, false, t->root4.near, &s);
	ret = ret ?: expire_in_node(t, false, t->root4.wide_node, &s);
	ret = ret ?: expire_in_node(t, true, t->root6.near, &s);
	ret = ret ?: expire_in_node(t, true, t->root6.wide_node, &s);
	err = s.n && t->grace ? t->grace(t) : 0;
	for (i = 0; i < s.n && !err; i++)
		to_free_list(t, s.block[i] >> 32, (uint32_t)s.block[i]);
	free(s.block);
	*gone = s.gone;
	return ret ?: err;
}

uint32_t gx_settrie_expiry(struct gx_settrie *t, bool v6, const struct gx_entry *e)
{
	uint64_t slot = root_for(t, v6, e), *at;
	struct gx_entry is;
	uint32_t lo, hi, i;

	/* it is in all the slots it belongs into, or in none */
	while (GXDP_REF_TYPE(slot) == GXDP_REF_NODE) {
		gx_set_values(e, slot, &lo, &hi);
		at = gx_arena_at(t->arena, GXDP_REF_ADDR(slot) + lo);
		if (!at)
			return 0;
		slot = *at;
	}
	for (i = 0; i < members_of(slot); i++)
		if (!read_member(t, v6, slot, i, &is) && is.sets & e->sets && is.expiry &&
		    same_prefix(&is, e))
			return is.expiry;
	return 0;
}

/* --- walking, looking up ------------------------------------------------------------- */

static int walk(struct gx_settrie *t, bool v6, uint64_t slot, gx_entry_fn fn,
		void *arg)
{
	bool node = GXDP_REF_TYPE(slot) == GXDP_REF_NODE;
	uint32_t n = node ? 1u << GXDP_REF_BITS(slot) : members_of(slot), i;
	struct gx_entry e;
	uint64_t *at;
	int ret;

	for (i = 0; i < n; i++) {
		if (node) {
			at = gx_arena_at(t->arena, GXDP_REF_ADDR(slot) + i);
			ret = at ? walk(t, v6, *at, fn, arg) : -ENOMEM;
		} else {
			ret = read_member(t, v6, slot, i, &e);
			if (!ret && e.sets)
				ret = fn(v6, &e, arg);
		}
		if (ret)
			return ret;
	}
	return 0;
}

int gx_settrie_walk(struct gx_settrie *t, gx_entry_fn fn, void *arg)
{
	int ret;

	ret = walk(t, false, t->root4.near, fn, arg);
	ret = ret ?: walk(t, false, t->root4.wide_node, fn, arg);
	ret = ret ?: walk(t, true, t->root6.near, fn, arg);
	return ret ?: walk(t, true, t->root6.wide_node, fn, arg);
}

static uint64_t look_up(struct gx_settrie *t, bool v6, uint64_t slot,
			const uint64_t addr[2], uint32_t now)
{
	uint64_t sets = 0, mask[2];
	struct gx_entry e;
	uint32_t i;

	while (GXDP_REF_TYPE(slot) == GXDP_REF_NODE)
		slot = *gx_arena_at(t->arena, GXDP_REF_ADDR(slot) +
			((addr[GXDP_REF_WORD(slot) & 1] >> GXDP_REF_SHIFT(slot)) &
			 ((1u << GXDP_REF_BITS(slot)) - 1)));
	for (i = 0; i < members_of(slot); i++) {
		if (read_member(t, v6, slot, i, &e))
			break;
		mask[0] = !e.len ? 0 : e.len >= 64 ? ~0ull : ~0ull << (64 - e.len);
		mask[1] = e.len <= 64 ? 0 : ~0ull << (128 - e.len);
		if (!((addr[0] ^ e.addr[0]) & mask[0]) &&
		    !((addr[1] ^ e.addr[1]) & mask[1]) &&
		    (!e.expiry || e.expiry > now))
			sets |= e.sets;
	}
	return sets;
}

uint64_t gx_settrie_lookup(struct gx_settrie *t, bool v6,
			   const uint64_t addr[2], uint32_t now)
{
	const struct gxdp_set_root *root = v6 ? &t->root6 : &t->root4;

	return look_up(t, v6, root->near, addr, now) |
	       look_up(t, v6, root->wide, addr, now);
}
