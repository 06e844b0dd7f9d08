/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules as they were applied, kept beside the tables: names, text, ids and
 * where each came from. A pinned map of one large value holds them, so that they
 * live exactly as long as the tables do.
 *
 * An update pins the new ones as rules_new before the tables are switched, and
 * renames them to rules afterwards. Whoever finds both was left behind by a
 * command that was killed; the tables' generation says which is right.
 */
#ifndef GXDP_STORE_H
#define GXDP_STORE_H

#include "pins.h"
#include "ruleset.h"

/* The device that rules were applied to */
struct store_owner {
	int ifindex;
	unsigned long netns;	/* inode of the namespace that ifindex is one of */
};

struct store {
	uint32_t generation;
	/* rules with id, name, text, verdict, file, line; sets with name and time-outs */
	struct gx_ruleset *rs;
};

/* Pin @rs as rules_new, said to belong to @generation and @owner. 0 or -errno. */
int store_stage(const struct pins *pins, const struct gx_ruleset *rs,
		uint32_t generation, const struct store_owner *owner);
/* rules_new takes the place of rules */
int store_commit(const struct pins *pins);
void store_drop_staged(const struct pins *pins);
/* Mend what a killed command left, knowing what is current */
void store_recover(const struct pins *pins, uint32_t generation);
/* The rules of @generation. 0, -ENOENT, -errno; store_free() is always safe */
int store_load(const struct pins *pins, uint32_t generation,
	       struct store *store);
void store_free(struct store *store);
/* Whose they are, as they say; 0, or -ENOENT: they say nothing */
int store_owner(const struct pins *pins, struct store_owner *owner);
/* Take the pins away */
void store_remove(const struct pins *pins);

#endif /* GXDP_STORE_H */
