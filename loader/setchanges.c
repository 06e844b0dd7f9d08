// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "gxdp.h"
#include "rulefile.h"
#include "setchanges.h"

static size_t members_of(const struct gx_set *set)
{
	return set->v4.n + set->v6.n;
}

/* Both are sorted: the file's by the parser */
static void compare_members(struct set_change *c, const struct members *now)
{
	size_t n = members_of(c->is), i = 0, k = 0;
	struct gx_member new = {};
	int diff;

	while (i < n || k < now->n) {
		if (i < n)
			new = member_at(&c->is->v4, &c->is->v6, i);
		diff = i == n ? 1 : k == now->n ? -1 :
		       gx_member_compare(&new, &now->v[k]);
		c->added += diff < 0;
		c->removed += diff > 0;
		i += diff <= 0;
		k += diff >= 0;
	}
}

struct set_change *set_changes(const struct gx_ruleset *rs, const struct datapath *d,
			       const struct all_members *now, size_t *n)
{
	const struct gx_ruleset *old = d->store.rs;
	struct set_change *list, *c;
	size_t nold = old ? old->nsets : 0, i;

	list = calloc(rs->nsets + nold + 1, sizeof(*list));
	if (!list)
		return NULL;
	c = list;
	for (i = 0; i < rs->nsets; i++) {
		*c = (struct set_change){ .is = &rs->set[i] };
		c->was = rules_set(old, c->is->name);
		if (!c->was) {
			c->added = members_of(c->is);
		} else {
			compare_members(c, &now->set[c->was - old->set]);
			c->timeouts = c->was->timeouts != c->is->timeouts ||
				      c->was->default_timeout !=
				      c->is->default_timeout;
		}
		/* the next one takes the place of one that does not change */
		c += !c->was || c->added || c->removed || c->timeouts;
	}
	for (i = 0; i < nold; i++)
		if (!rules_set(rs, old->set[i].name))
			*c++ = (struct set_change){ .was = &old->set[i],
						    .removed = now->set[i].n };
	*n = c - list;
	return list;
}

static void print_timeouts(char mark, const struct gx_set *set)
{
	if (set->default_timeout)
		say("%c set %s: members time out after %us", mark, set->name,
		    set->default_timeout);
	else
		say("%c set %s: members %s", mark, set->name, set->timeouts ?
		    "may time out" : "do not time out");
}

void set_change_print(const struct set_change *c)
{
	if (!c->was || !c->is)
		say("%c set %s: %zu members", c->is ? '+' : '-',
		    c->is ? c->is->name : c->was->name, c->added + c->removed);
	else if (c->added || c->removed)
		say("~ set %s: %zu members new, %zu gone", c->is->name, c->added,
		    c->removed);
	if (c->timeouts) {
		print_timeouts('-', c->was);
		print_timeouts('+', c->is);
	}
}

json_t *set_change_json(const struct set_change *c)
{
	const struct gx_set *set = c->is ?: c->was;

	return json_pack("{s:o, s:o, s:I, s:I, s:b, s:I}", "name",
			 text_json(set->name), "change",
			 text_json(!c->was ? "added" : !c->is ? "removed" :
				   "changed"),
			 "members_added", (json_int_t)c->added,
			 "members_removed", (json_int_t)c->removed,
			 "timeouts", (int)set->timeouts, "default_timeout",
			 (json_int_t)set->default_timeout);
}
