/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rulesets for tests and measurements.
 *
 * Structured ones have the shapes that were published for filter sets in use
 * (access control lists, firewalls, IP chains: Taylor and Turner, ClassBench,
 * 2007): how long source and destination prefixes are together, how they nest,
 * which classes of port conditions come how often, and protocols. The numbers
 * here are rounded from those tables; the generator is our own.
 */
#ifndef TEST_RULEGEN_H
#define TEST_RULEGEN_H

#include "../../loader/ruleset.h"
#include "rng.h"

enum rule_shape { SHAPE_ACL, SHAPE_FW, SHAPE_IPC, SHAPE_MAX };

extern const char *const shape_name[SHAPE_MAX];

/* @n rules of one shape, IPv4 or IPv6, first match wins, default pass */
struct gx_ruleset *rules_structured(struct rng *r, enum rule_shape shape,
				    size_t n, bool v6);

/* @n rules that ask for anything the language can ask for */
struct gx_ruleset *rules_random(struct rng *r, size_t n);

/* @n prefixes in one set, dropped as source; lengths as in lists in use */
struct gx_ruleset *rules_set(struct rng *r, size_t n, bool v6);

/* For those who make rulesets of their own: @n empty rules, with ids from 1 on */
struct gx_ruleset *rules_new(size_t n);
void range_add(struct gx_ranges *r, uint64_t lo, uint64_t hi);
/* Sorted, disjoint, not adjacent: as the language makes them */
void ranges_tidy(struct gx_ranges *r);
/* Bits behind the prefix's length do not count. */
void prefix_add(struct gx_prefixes *list, const struct gx_prefix *p);

void rules_free(struct gx_ruleset *rs);

#endif /* TEST_RULEGEN_H */
