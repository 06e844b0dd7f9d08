/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers that look random and are the same again for the same seed */
#ifndef TEST_RNG_H
#define TEST_RNG_H

#include <stdint.h>

struct rng {
	uint64_t s;
};

static inline uint64_t rng_next(struct rng *r)
{
	uint64_t z = (r->s += 0x9e3779b97f4a7c15ull);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* 0 ... n - 1 */
static inline uint64_t rng_below(struct rng *r, uint64_t n)
{
	return n ? rng_next(r) % n : 0;
}

/* true @percent times in a hundred */
static inline int rng_chance(struct rng *r, unsigned int percent)
{
	return rng_below(r, 100) < percent;
}

#endif /* TEST_RNG_H */
