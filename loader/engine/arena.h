/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The space of words that tables live in (gxdp/tables.h), here in memory of the
 * process, or mapped from the maps of a running datapath.
 */
#ifndef GXDP_ENGINE_ARENA_H
#define GXDP_ENGINE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gxdp/tables.h>

struct gx_arena {
	uint64_t *chunk[GXDP_CHUNKS];	/* NULL: not there yet, or not mapped yet */
	uint32_t used;			/* words; what is behind is free */
	uint32_t limit;			/* words it may grow to */
	/* gets chunk @i, new or existing; NULL: out of memory */
	uint64_t *(*get)(struct gx_arena *arena, uint32_t i);
	void *priv;
};

/* An arena in memory of our own, of at most @limit words */
void gx_arena_init(struct gx_arena *arena, uint32_t limit);
void gx_arena_free(struct gx_arena *arena);

/*
 * @words in a row, zeroed; @whole: in one chunk. 0: does not fit (address 0 is
 * never given out).
 */
uint32_t gx_arena_alloc(struct gx_arena *arena, uint32_t words, bool whole);

/* The words at @addr up to the chunk's end, or NULL if it cannot be mapped */
static inline uint64_t *gx_arena_at(struct gx_arena *arena, uint32_t addr)
{
	uint32_t i = addr >> GXDP_CHUNK_BITS;

	if (!arena->chunk[i] && !arena->get(arena, i))
		return NULL;
	return arena->chunk[i] + (addr & GXDP_CHUNK_MASK);
}

static inline uint32_t gx_arena_chunks(const struct gx_arena *arena)
{
	return (arena->used + GXDP_CHUNK_WORDS - 1) >> GXDP_CHUNK_BITS;
}

#endif /* GXDP_ENGINE_ARENA_H */
