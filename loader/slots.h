/* SPDX-License-Identifier: GPL-2.0 */
/* A table by hash of the places of things in an array of the user's. Zero is an empty one. */
#ifndef GXDP_SLOTS_H
#define GXDP_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct gx_slots {
	struct gx_slot {
		uint32_t hash;
		uint32_t place;		/* + 1; 0: free */
	} *v;
	size_t size, n;			/* size: a power of two, or 0 */
};

/* FNV-1a; what is hashed in parts begins with the @hash of the part before, or 0 */
static inline uint32_t gx_slots_hash(uint32_t hash, const void *data, size_t len)
{
	const unsigned char *p = data;

	hash ^= 2166136261u;
	while (len--)
		hash = (hash ^ *p++) * 16777619u;
	return hash;
}

/*
 * The places added with @hash, one a call, which are to be compared: false when there
 * are no more. *@pos is 0 at first.
 */
static inline bool gx_slots_next(const struct gx_slots *s, uint32_t hash, size_t *pos,
				 size_t *place)
{
	const struct gx_slot *slot;

	while (*pos < s->size) {
		slot = &s->v[(hash + (*pos)++) & (s->size - 1)];
		if (!slot->place)
			return false;
		if (slot->hash == hash) {
			*place = slot->place - 1;
			return true;
		}
	}
	return false;
}

static inline void gx_slots_put(struct gx_slots *s, struct gx_slot slot)
{
	size_t at = slot.hash;

	while (s->v[at & (s->size - 1)].place)
		at++;
	s->v[at & (s->size - 1)] = slot;
	s->n++;
}

/* False: out of memory, and nothing was added */
static inline bool gx_slots_add(struct gx_slots *s, uint32_t hash, size_t place)
{
	struct gx_slots more = { .size = s->size ? 2 * s->size : 64 };
	size_t i;

	/* never more than half full */
	if (2 * s->n >= s->size) {
		more.v = calloc(more.size, sizeof(*more.v));
		if (!more.v)
			return false;
		for (i = 0; i < s->size; i++)
			if (s->v[i].place)
				gx_slots_put(&more, s->v[i]);
		free(s->v);
		*s = more;
	}
	gx_slots_put(s, (struct gx_slot){ hash, place + 1 });
	return true;
}

static inline void gx_slots_free(struct gx_slots *s)
{
	free(s->v);
	*s = (struct gx_slots){};
}

#endif /* GXDP_SLOTS_H */
