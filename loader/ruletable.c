// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "gxdp.h"
#include "lang/lang.h"
#include "rulefile.h"
#include "ruletable.h"
#include "table.h"

static size_t nrules(const struct datapath *d)
{
	return d->store.rs ? d->store.rs->nrules : 0;
}

/* The ids of all rules, and the default's behind them */
static uint32_t *all_ids(const struct datapath *d)
{
	size_t n = nrules(d), i;
	uint32_t *ids = malloc((n + 1) * sizeof(*ids));

	if (!ids)
		return NULL;
	for (i = 0; i < n; i++)
		ids[i] = d->store.rs->rule[i].id;
	ids[n] = GXDP_ID_DEFAULT;
	return ids;
}

int rule_counts_read(struct datapath *d, struct rule_counts *counts)
{
	size_t n = nrules(d);
	uint32_t *ids = all_ids(d);
	struct gx_error err = {};
	int ret = GX_OK;

	counts->n = n;
	counts->rule = calloc(n + 1, sizeof(*counts->rule));
	if (!ids || !counts->rule)
		ret = fail(GX_FAILED, "out of memory");
	else if (gx_dp_counters(d->dp, ids, n + 1, counts->rule, &err) ||
		 gx_dp_reasons(d->dp, counts->reason, &err))
		ret = fail_engine(GX_FAILED, &err);
	free(ids);
	return ret;
}

int rule_counts_reset(struct datapath *d)
{
	uint32_t *ids = all_ids(d);
	struct gx_error err = {};
	int ret = GX_OK;

	if (!ids)
		return fail(GX_FAILED, "out of memory");
	if (gx_dp_counters_reset(d->dp, ids, nrules(d) + 1, &err) ||
	    gx_dp_reasons_reset(d->dp, &err))
		ret = fail_engine(GX_FAILED, &err);
	free(ids);
	return ret;
}

void rule_counts_free(struct rule_counts *counts)
{
	free(counts->rule);
	counts->rule = NULL;
}

static void set_count(json_t *object, const struct gxdp_count *count)
{
	json_object_set_new(object, "packets", json_integer(count->packets));
	json_object_set_new(object, "bytes", json_integer(count->bytes));
}

json_t *rules_json(struct datapath *d, const struct rule_counts *counts)
{
	const struct gx_ruleset *rs = d->store.rs;
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < counts->n; i++) {
		one = rule_json(rs, i);
		set_count(one, &counts->rule[i]);
		json_array_append_new(list, one);
	}
	one = json_object();
	json_object_set_new(one, "verdict", text_json(rs ?
			    gx_verdict_name(rs->dflt) : "pass"));
	set_count(one, &counts->rule[counts->n]);
	return json_pack("{s:o, s:I, s:b, s:o, s:o}", "dev",
			 text_json(d->link.name), "generation",
			 (json_int_t)d->info.root.generation, "attached",
			 (int)!datapath_idle(d), "rules", list, "default",
			 one);
}

json_t *reasons_json(const struct rule_counts *counts)
{
	json_t *object = json_object(), *one;
	unsigned int i;

	for (i = 0; i < GXDP_REASON_MAX; i++) {
		one = json_object();
		set_count(one, &counts->reason[i]);
		json_object_set_new(object, gx_reason_name(i), one);
	}
	return object;
}

void rules_print(struct datapath *d, const struct rule_counts *counts)
{
	static const struct table_column columns[] = {
		{ "#", true }, { "PACKETS", true }, { "BYTES", true },
		{ "NAME" }, { "RULE", false, true }, {}
	};
	struct table *t = table_new(columns);
	const struct gx_ruleset *rs = d->store.rs;
	size_t i;

	if (datapath_idle(d))
		say("these rules are NOT attached to %s: no packet meets them (gxdp apply FILE dev %s)",
		    d->link.name, d->link.name);
	for (i = 0; i <= counts->n; i++) {
		table_row(t);
		if (i < counts->n)
			table_cell(t, "%zu", i + 1);
		else
			table_cell(t, "%s", "");
		table_cell(t, "%llu", counts->rule[i].packets);
		table_cell(t, "%llu", counts->rule[i].bytes);
		table_cell(t, "%s", i < counts->n ? rs->rule[i].name ?: "" : "");
		if (i < counts->n)
			table_cell(t, "%s", rs->rule[i].text);
		else
			table_cell(t, "default %s", rs ?
				   gx_verdict_name(rs->dflt) : "pass");
	}
	table_print(t);
}

void reasons_print(const struct rule_counts *counts, bool all)
{
	static const struct table_column columns[] = {
		{ "WHAT BECAME OF THEM" }, { "PACKETS", true },
		{ "BYTES", true }, {}
	};
	struct table *t = table_new(columns);
	unsigned int i;

	for (i = 0; i < GXDP_REASON_MAX; i++) {
		if (!all && !counts->reason[i].packets)
			continue;
		table_row(t);
		table_cell(t, "%s", gx_reason_name(i));
		table_cell(t, "%llu", counts->reason[i].packets);
		table_cell(t, "%llu", counts->reason[i].bytes);
	}
	table_print(t);
}
