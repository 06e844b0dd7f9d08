/* SPDX-License-Identifier: GPL-2.0 */
/* Frames that hit the edges of rules, and some that are broken. */
#ifndef TEST_FRAMEGEN_H
#define TEST_FRAMEGEN_H

#include "../../loader/ruleset.h"
#include "rng.h"

#define FRAME_MAX 2048

struct frame {
	uint8_t data[FRAME_MAX];
	size_t len;
	uint32_t rxq;
};

/*
 * A frame for some rule of @rs: each field it asks for at an edge of what it asks,
 * inside it, or just outside. @queues: Rx queues there are. @odd: how many in a
 * hundred are cut off, contradict themselves, or have headers seldom seen.
 */
void frame_for_rules(struct rng *r, const struct gx_ruleset *rs,
		     unsigned int queues, unsigned int odd, struct frame *f);

/* A TCP frame, nothing odd, whose addresses and ports match rule @i */
void frame_for_rule(struct rng *r, const struct gx_ruleset *rs, size_t i,
		    bool v6, struct frame *f);

#endif /* TEST_FRAMEGEN_H */
