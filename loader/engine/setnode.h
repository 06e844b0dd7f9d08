/* SPDX-License-Identifier: GPL-2.0 */
/* Slots and members of set tries, for those who build and those who change them */
#ifndef GXDP_ENGINE_SETNODE_H
#define GXDP_ENGINE_SETNODE_H

#include "settrie.h"

#define GX_MEMBER_WORDS(v6)	((v6) ? 4 : 2)
#define GX_BUCKET_SPLIT		8	/* a bucket with more becomes a node, if it can */

void gx_member_read(bool v6, const uint64_t *at, struct gx_entry *e);
void gx_member_write(bool v6, uint64_t *at, const struct gx_entry *e);

/* Slots of node @slot that @e belongs into: from *lo to *hi */
void gx_set_values(const struct gx_entry *e, uint64_t slot, uint32_t *lo,
		   uint32_t *hi);

/* A slot's word: a node of @bits from bit @from of the address; a bucket */
uint64_t gx_set_node(unsigned int from, unsigned int bits, uint32_t addr);
uint64_t gx_set_bucket(uint32_t members, uint32_t addr);
/* A slot that is the member itself; 0: it needs a bucket */
uint64_t gx_set_slot(bool v6, const struct gx_entry *e);

/*
 * Where a node of @want bits or fewer tells @n entries apart. false: nowhere, or
 * so many are short that it would not help.
 */
bool gx_set_choose(const struct gx_entry *e, size_t n, unsigned int want,
		   unsigned int *from, unsigned int *bits);

#endif /* GXDP_ENGINE_SETNODE_H */
