// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "lang.h"

static void free_match(struct gx_addr_match *m)
{
	free(m->v4.v);
	free(m->v6.v);
	free(m->set);
}

void gx_rule_free(struct gx_rule *rule)
{
	size_t i;

	free(rule->name);
	free(rule->text);
	for (i = 0; i < GX_F_MAX; i++)
		free(rule->cond[i].v);
	free_match(&rule->src);
	free_match(&rule->dst);
	free(rule->act.ifname);
	free(rule->act.list);
}

void gx_ruleset_free(struct gx_ruleset *rs)
{
	size_t i;

	if (!rs)
		return;
	for (i = 0; i < rs->nrules; i++)
		gx_rule_free(&rs->rule[i]);
	for (i = 0; i < rs->nsets; i++) {
		free(rs->set[i].name);
		free(rs->set[i].v4.v);
		free(rs->set[i].v6.v);
	}
	for (i = 0; i < rs->nfiles; i++)
		free(rs->file[i]);
	free(rs->file);
	free(rs->rule);
	free(rs->set);
	free(rs);
}
