/* SPDX-License-Identifier: GPL-2.0 */
/* What an update would do to the sets: of rules, see ruleids.h. */
#ifndef GXDP_SETCHANGES_H
#define GXDP_SETCHANGES_H

#include "members.h"

struct set_change {
	const struct gx_set *was, *is;	/* NULL: there was none, there will be none */
	size_t added, removed;		/* members, of which those that stay are not spoken */
	bool timeouts;			/* whether or when members go is another */
};

/*
 * Compare the sets of @rs with those of @d, whose members as they are now are @now (from
 * members_read(); NULL if there are none). Those alone that change, *@n of them; to be
 * freed, and valid as long as both rulesets are. NULL: no memory.
 */
struct set_change *set_changes(const struct gx_ruleset *rs, const struct datapath *d,
			       const struct all_members *now, size_t *n);

void set_change_print(const struct set_change *c);
json_t *set_change_json(const struct set_change *c);

#endif /* GXDP_SETCHANGES_H */
