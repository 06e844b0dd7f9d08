// SPDX-License-Identifier: GPL-2.0
/* Readings of counters, and the rates between two of them, for gxdp top. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "gxdp.h"
#include "lang/lang.h"
#include "queues.h"
#include "top.h"

const char *const top_head[TOP_TABLES] = {
	[TOP_REASONS] = "WHAT BECAME OF THEM",
	[TOP_QUEUES] = "QUEUE",
	[TOP_RULES] = "RULE",
};

const char *const top_key[TOP_TABLES] = {
	[TOP_REASONS] = "reasons",
	[TOP_QUEUES] = "queues",
	[TOP_RULES] = "rules",
};

void top_what(const struct top_row *row, char *out, size_t size)
{
	if (row->name || row->text)
		snprintf(out, size, "%s%s%s", row->name ?: "",
			 row->name && row->text ? ": " : "", row->text ?: "");
	else
		snprintf(out, size, "queue %zu", row->order);
}

/* --- rows ---------------------------------------------------------------------------- */

static double rate(unsigned long long now, unsigned long long before, double s)
{
	return s > 0 && now >= before ? (now - before) / s : 0;
}

/* @before: NULL if nothing was read before that could be compared */
static void fill(const struct top *t, struct top_row *row,
		 const struct gxdp_count *now, const struct gxdp_count *before)
{
	row->packets = now->packets;
	row->bytes = now->bytes;
	if (!before)
		return;
	row->pps = rate(now->packets, before->packets, t->seconds);
	row->bps = rate(now->bytes, before->bytes, t->seconds) * 8;
}

static struct top_row *new_rows(struct top_rows *rows, size_t room)
{
	free(rows->v);
	rows->n = 0;
	rows->v = calloc(room + 1, sizeof(*rows->v));
	return rows->v;
}

/* New rules have other places: what was read before says nothing of them */
static bool comparable(const struct top *t)
{
	return t->before.rule && t->now.n == t->before.n &&
	       t->generation == t->d.info.root.generation;
}

static bool drops(enum gx_verdict verdict)
{
	return verdict == GX_DROP || verdict == GX_REJECT;
}

static int fill_rules(struct top *t)
{
	const struct gx_ruleset *rs = t->d.store.rs;
	struct top_rows *rows = &t->table[TOP_RULES];
	struct top_row *row = new_rows(rows, t->now.n + 1);
	size_t i;

	if (!row)
		return fail(GX_FAILED, "out of memory");
	snprintf(t->dflt, sizeof(t->dflt), "default %s",
		 rs ? gx_verdict_name(rs->dflt) : "pass");
	for (i = 0; i <= t->now.n; i++, row++) {
		row->order = i;
		fill(t, row, &t->now.rule[i],
		     comparable(t) ? &t->before.rule[i] : NULL);
		if (i == t->now.n) {
			row->text = t->dflt;
			row->drops = rs && drops(rs->dflt);
			break;
		}
		row->name = rs->rule[i].name;
		row->text = rs->rule[i].text;
		row->drops = drops(rs->rule[i].act.verdict);
	}
	rows->n = t->now.n + 1;
	return GX_OK;
}

static void add(struct top_row *sum, const struct top_row *row)
{
	sum->packets += row->packets;
	sum->bytes += row->bytes;
	sum->pps += row->pps;
	sum->bps += row->bps;
}

static int fill_reasons(struct top *t)
{
	struct top_rows *rows = &t->table[TOP_REASONS];
	struct top_row *row = new_rows(rows, GXDP_REASON_MAX);
	const char *name;
	unsigned int r;

	if (!row)
		return fail(GX_FAILED, "out of memory");
	memset(&t->all, 0, sizeof(t->all));
	memset(&t->dropped, 0, sizeof(t->dropped));
	for (r = 0; r < GXDP_REASON_MAX; r++) {
		/* only what has happened */
		if (!t->now.reason[r].packets)
			continue;
		name = gx_reason_name(r);
		row->text = name;
		row->order = r;
		row->drops = !strncmp(name, "dropped", 7) ||
			     !strncmp(name, "rejected", 8);
		fill(t, row, &t->now.reason[r],
		     t->before.rule ? &t->before.reason[r] : NULL);
		add(&t->all, row);
		if (row->drops)
			add(&t->dropped, row);
		row++;
	}
	rows->n = row - rows->v;
	return GX_OK;
}

static void queue_count(const json_t *list, size_t i, struct gxdp_count *count)
{
	const json_t *stats = json_object_get(json_array_get(list, i), "stats");
	const json_t *packets = json_object_get(stats, "packets") ?:
				json_object_get(stats, "xdp_packets");
	const json_t *bytes = json_object_get(stats, "bytes") ?:
			      json_object_get(stats, "xdp_bytes");

	count->packets = json_integer_value(packets);
	count->bytes = json_integer_value(bytes);
}

static int fill_queues(struct top *t)
{
	struct top_rows *rows = &t->table[TOP_QUEUES];
	size_t n = json_array_size(t->queues_now), i;
	struct top_row *row = new_rows(rows, n);
	struct gxdp_count now, before;

	if (!row)
		return fail(GX_FAILED, "out of memory");
	for (i = 0; i < n; i++) {
		queue_count(t->queues_now, i, &now);
		queue_count(t->queues_before, i, &before);
		row[i].order = i;
		fill(t, &row[i], &now, t->queues_before ? &before : NULL);
	}
	rows->n = n;
	return GX_OK;
}

/* --- readings ------------------------------------------------------------------------ */

/* What was read is no longer before anything */
static void forget(struct top *t)
{
	rule_counts_free(&t->now);
	rule_counts_free(&t->before);
	json_decref(t->queues_now);
	json_decref(t->queues_before);
	t->queues_now = NULL;
	t->queues_before = NULL;
	t->at = 0;
}

int top_read(struct top *t)
{
	int64_t before;
	bool changed;
	int ret = datapath_follow(&t->d, &changed);

	if (changed)
		forget(t);
	if (ret)
		return ret;
	rule_counts_free(&t->before);
	t->before = t->now;
	memset(&t->now, 0, sizeof(t->now));
	json_decref(t->queues_before);
	t->queues_before = t->queues_now;
	t->queues_now = NULL;
	t->generation = t->d.info.root.generation;
	before = t->at;

	/* rules may be applied while we look */
	ret = datapath_reread(&t->d, &changed);
	if (ret)
		return ret;
	t->queues_now = queues_json(&t->d.link);
	t->at = clock_ms();
	t->seconds = before ? (t->at - before) / 1000.0 : 0;
	ret = rule_counts_read(&t->d, &t->now);
	ret = ret ?: fill_reasons(t);
	ret = ret ?: fill_queues(t);
	return ret ?: fill_rules(t);
}

int top_open(struct top *t, const char *dev)
{
	return datapath_open(&t->d, dev, DATAPATH_LOOK) ?: top_read(t);
}

void top_close(struct top *t)
{
	int i;

	for (i = 0; i < TOP_TABLES; i++)
		free(t->table[i].v);
	forget(t);
	datapath_close(&t->d);
}
