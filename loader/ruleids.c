// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ruleids.h"

#define NONE SIZE_MAX

/* Rules sorted by name or text, each with its place */
struct entry {
	const struct gx_rule *rule;
	size_t index;
};

/* Named rules first, by name; then the others, by text and place */
static int compare_keys(const struct gx_rule *a, const struct gx_rule *b)
{
	if (!a->name != !b->name)
		return a->name ? -1 : 1;
	return a->name ? strcmp(a->name, b->name) : strcmp(a->text, b->text);
}

static int compare(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;
	int diff = compare_keys(a->rule, b->rule);

	return diff ? diff : a->index < b->index ? -1 : a->index > b->index;
}

static struct entry *sorted(const struct gx_ruleset *rs)
{
	struct entry *list = malloc((rs->nrules + 1) * sizeof(*list));
	size_t i;

	if (!list)
		return NULL;
	for (i = 0; i < rs->nrules; i++) {
		list[i].rule = &rs->rule[i];
		list[i].index = i;
	}
	qsort(list, rs->nrules, sizeof(*list), compare);
	return list;
}

/* Both lists are sorted alike: the n-th of a text meets the n-th of it */
static void match(const struct entry *new, size_t nnew, const struct entry *old,
		  size_t nold, struct rule_changes *c)
{
	size_t i = 0, j = 0;
	int diff;

	while (i < nnew && j < nold) {
		diff = compare_keys(new[i].rule, old[j].rule);
		if (diff < 0) {
			i++;
		} else if (diff > 0) {
			j++;
		} else {
			c->old_of[new[i].index] = old[j].index;
			c->new_of[old[j].index] = new[i].index;
			if (strcmp(new[i].rule->text, old[j].rule->text))
				c->changed++;
			else
				c->kept++;
			i++;
			j++;
		}
	}
}

static int match_rules(const struct gx_ruleset *rs, const struct gx_ruleset *old,
		       struct rule_changes *c)
{
	struct entry *a = sorted(rs), *b = sorted(old);
	int err = -ENOMEM;

	if (a && b) {
		match(a, rs->nrules, b, old->nrules, c);
		err = 0;
	}
	free(a);
	free(b);
	return err;
}

/*
 * Of the rules that stay, as few as can be are said to have moved: all but the longest
 * row of them that is in the old order. @tail[n]: the rule that a row of n + 1 can end
 * with, the earliest in the old order; @before: the one in front of it in its row.
 */
static void mark_moved(const struct gx_ruleset *rs, const struct gx_ruleset *old,
		       struct rule_changes *c, size_t *tail, size_t *before)
{
	size_t longest = 0, i, lo, hi, mid;

	for (i = 0; i < rs->nrules; i++) {
		if (c->old_of[i] == NONE)
			continue;
		for (lo = 0, hi = longest; lo < hi;) {
			mid = (lo + hi) / 2;
			if (c->old_of[tail[mid]] < c->old_of[i])
				lo = mid + 1;
			else
				hi = mid;
		}
		before[i] = lo ? tail[lo - 1] : NONE;
		tail[lo] = i;
		longest += lo == longest;
		c->moved[i] = true;
	}
	for (i = longest ? tail[longest - 1] : NONE; i != NONE; i = before[i])
		c->moved[i] = false;
	for (i = 0; i < rs->nrules; i++) {
		/* with another text it is a change */
		if (c->moved[i])
			c->moved[i] = !strcmp(rs->rule[i].text,
					      old->rule[c->old_of[i]].text);
		c->moved_n += c->moved[i];
		c->kept -= c->moved[i];
	}
}

static int find_moved(const struct gx_ruleset *rs, const struct gx_ruleset *old,
		      struct rule_changes *c)
{
	size_t *tail = malloc((rs->nrules + 1) * sizeof(*tail));
	size_t *before = malloc((rs->nrules + 1) * sizeof(*before));
	int err = tail && before ? 0 : -ENOMEM;

	if (!err)
		mark_moved(rs, old, c, tail, before);
	free(tail);
	free(before);
	return err;
}

static size_t *all_none(size_t n)
{
	size_t *list = malloc((n + 1) * sizeof(*list)), i;

	for (i = 0; list && i < n; i++)
		list[i] = NONE;
	return list;
}

/* A bit for each id */
static bool taken(const uint8_t *map, uint32_t id)
{
	return map[id / 8] & 1 << id % 8;
}

static void take(uint8_t *map, uint32_t id)
{
	map[id / 8] |= 1 << id % 8;
}

/*
 * New rules get numbers that nobody has, not even a rule that goes: that one counts, and
 * is held to its limit, until the switch, and goes on if there is none.
 */
static int number(struct gx_ruleset *rs, const struct gx_ruleset *old,
		  uint32_t max_ids, struct rule_changes *c)
{
	uint8_t *used = calloc(1, max_ids / 8 + 1);
	uint32_t next = 1;
	size_t i;
	int err = 0;

	if (!used)
		return -ENOMEM;
	for (i = 0; old && i < old->nrules; i++) {
		if (old->rule[i].id >= max_ids)
			continue;
		take(used, old->rule[i].id);
		if (c->new_of[i] != NONE)
			rs->rule[c->new_of[i]].id = old->rule[i].id;
	}
	for (i = 0; i < rs->nrules; i++) {
		if (c->old_of[i] != NONE && rs->rule[i].id)
			continue;
		while (next < max_ids && taken(used, next))
			next++;
		if (next >= max_ids) {
			err = -ENOSPC;
			break;
		}
		take(used, next);
		rs->rule[i].id = next;
		c->fresh[c->nfresh++] = next;
	}
	free(used);
	return err;
}

int ruleids_assign(struct gx_ruleset *rs, const struct gx_ruleset *old,
		   uint32_t max_ids, struct rule_changes *c)
{
	size_t nold = old ? old->nrules : 0;
	int err = -ENOMEM;

	memset(c, 0, sizeof(*c));
	c->old_of = all_none(rs->nrules);
	c->new_of = all_none(nold);
	c->moved = calloc(rs->nrules + 1, sizeof(*c->moved));
	c->fresh = malloc((rs->nrules + 1) * sizeof(*c->fresh));
	if (c->old_of && c->new_of && c->moved && c->fresh)
		err = old ? match_rules(rs, old, c) : 0;
	if (!err && old)
		err = find_moved(rs, old, c);
	if (!err)
		err = number(rs, old, max_ids, c);
	if (err) {
		rule_changes_free(c);
		return err;
	}
	c->added = rs->nrules - c->kept - c->changed - c->moved_n;
	c->removed = nold - c->kept - c->changed - c->moved_n;
	return 0;
}

void rule_changes_free(struct rule_changes *c)
{
	free(c->old_of);
	free(c->new_of);
	free(c->moved);
	free(c->fresh);
	memset(c, 0, sizeof(*c));
}
