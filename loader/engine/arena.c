// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "arena.h"

#define LINE_WORDS	(2 * GXDP_SLOT_WORDS)	/* of a CPU's cache */

static uint64_t *get_memory(struct gx_arena *arena, uint32_t i)
{
	arena->chunk[i] = calloc(GXDP_CHUNK_WORDS + GXDP_CHUNK_PAD, sizeof(uint64_t));
	return arena->chunk[i];
}

void gx_arena_init(struct gx_arena *arena, uint32_t limit)
{
	memset(arena, 0, sizeof(*arena));
	arena->limit = limit;
	arena->get = get_memory;
	arena->used = LINE_WORDS;	/* 0 is no address */
}

void gx_arena_free(struct gx_arena *arena)
{
	uint32_t i;

	for (i = 0; i < GXDP_CHUNKS; i++)
		free(arena->chunk[i]);
	memset(arena->chunk, 0, sizeof(arena->chunk));
}

uint32_t gx_arena_alloc(struct gx_arena *arena, uint32_t words, bool whole)
{
	uint32_t addr = arena->used, align, left, at, n;

	/* Entries of 32 bytes lie in one cache line, two of them or more in as few as can be. */
	align = words >= LINE_WORDS ? LINE_WORDS : words >= GXDP_SLOT_WORDS ? GXDP_SLOT_WORDS : 1;
	addr = (addr + align - 1) & ~(align - 1);
	left = GXDP_CHUNK_WORDS - (addr & GXDP_CHUNK_MASK);
	if (whole && words > left)
		addr += left;
	if (addr > arena->limit || words > arena->limit - addr ||
	    (whole && words > GXDP_CHUNK_WORDS))
		return 0;
	for (at = addr; at < addr + words; at += n) {
		uint64_t *word = gx_arena_at(arena, at);

		if (!word)
			return 0;
		n = GXDP_CHUNK_WORDS - (at & GXDP_CHUNK_MASK);
		if (n > addr + words - at)
			n = addr + words - at;
		/* what a tree that did not fit has left there */
		memset(word, 0, n * sizeof(*word));
	}
	arena->used = addr + words;
	return addr;
}
