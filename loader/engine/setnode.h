/* SPDX-License-Identifier: GPL-2.0 */
/* Slots and members of set tries, for those who build and those who change them */
#ifndef GXDP_ENGINE_SETNODE_H
#define GXDP_ENGINE_SETNODE_H

#include "settrie.h"

/* A bucket with more becomes a node, if it can */
#define GX_BUCKET_SPLIT		GXDP_BUCKET_USUAL
/* Of all nodes but the root */
#define GX_SET_NODE_BITS	12
/* Members so many bits too short for the near trie's root are in 2^n of its slots */
#define GX_SET_SPREAD		4

/* Is the trie with root @near the one for members of so many bits? */
bool gx_set_is_near(uint64_t near, unsigned int len);

/* Slots of node @slot that @e belongs into: from *lo to *hi */
void gx_set_values(const struct gx_entry *e, uint64_t slot, uint32_t *lo,
		   uint32_t *hi);

/* A slot's word: a node of @bits from bit @from of the address */
uint64_t gx_set_node(unsigned int from, unsigned int bits, uint32_t addr);
/* A slot that is the member itself; 0: it needs a bucket */
uint64_t gx_set_slot(bool v6, const struct gx_entry *e);

/* The slot of a bucket for @n entries, as yet without an address */
uint64_t gx_bucket_shape(bool v6, const struct gx_entry *e, size_t n);
/* Words that it has room for */
uint32_t gx_bucket_words(bool v6, uint64_t slot);
/* Write the entries of a bucket of that shape, which is zeroes */
void gx_bucket_write(bool v6, uint64_t slot, uint64_t *at, const struct gx_entry *e);

/*
 * How crowded slots of a node would be: pairs of entries that share one, about, by
 * some @sample of them. @count has room for a number a slot. *@most, if it is asked
 * for: how much of the sample is in the fullest, 1 if all of it is in one.
 */
double gx_set_crowding(const struct gx_entry *e, size_t n, uint64_t slot, size_t sample,
		       uint32_t *count, double *most);

/*
 * Where a node of @want bits or fewer (GX_SET_NODE_BITS at most) tells @n entries
 * apart. false: nowhere, or so many are short that it would not help.
 */
bool gx_set_choose(const struct gx_entry *e, size_t n, unsigned int want,
		   unsigned int *from, unsigned int *bits);

#endif /* GXDP_ENGINE_SETNODE_H */
