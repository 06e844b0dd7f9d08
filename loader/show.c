// SPDX-License-Identifier: GPL-2.0
/* gxdp show: the rules, sets, programs and queues of a device. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "gxdp.h"
#include "hook.h"
#include "members.h"
#include "queues.h"
#include "rulefile.h"
#include "ruletable.h"
#include "table.h"
#include "words.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct words *words = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		words_take(words, arg, state);
		return 0;
	case ARGP_KEY_END:
		words_need(words, 1, true, "show what, of which device? rules|sets|queues|programs dev NAME",
			   state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.children = gx_common_options,
	.args_doc = "rules|sets|queues|programs dev NAME",
	.doc = "Show what rules a device has, with their counters; its sets; its receive queues; the programs and maps at work on it."
	       "\vSee gxdp-show(8), also for the members of the JSON.",
};

static int show_rules(const char *dev)
{
	struct rule_counts counts = {};
	struct datapath d;
	int ret;

	ret = datapath_open(&d, dev, DATAPATH_LOOK);
	ret = ret ?: rule_counts_read(&d, &counts);
	if (!ret) {
		if (!gx_options.json)
			rules_print(&d, &counts);
		print_json(json_pack("{s:o}", "rules", rules_json(&d, &counts)));
	}
	rule_counts_free(&counts);
	datapath_close(&d);
	return ret;
}

/* --- sets -------------------------------------------------------------------------- */

static json_t *set_json(const struct gx_set *set, const struct members *m)
{
	size_t k, v4 = 0;

	for (k = 0; k < m->n; k++)
		v4 += m->v[k].family == 4;
	return json_pack("{s:o, s:I, s:I, s:b, s:I}", "name",
			 text_json(set->name), "ipv4", (json_int_t)v4, "ipv6",
			 (json_int_t)(m->n - v4), "timeouts",
			 (int)set->timeouts, "default_timeout",
			 (json_int_t)set->default_timeout);
}

static void print_sets(const json_t *list)
{
	static const struct table_column columns[] = {
		{ "SET" }, { "IPV4", true }, { "IPV6", true }, { "TIMEOUT" }, {}
	};
	struct table *t = table_new(columns);
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		json_int_t timeout = json_integer_value(
			json_object_get(one, "default_timeout"));

		table_row(t);
		table_cell(t, "%s", json_string_value(json_object_get(one,
								      "name")));
		table_cell(t, "%lld", (long long)json_integer_value(
				json_object_get(one, "ipv4")));
		table_cell(t, "%lld", (long long)json_integer_value(
				json_object_get(one, "ipv6")));
		if (timeout)
			table_cell(t, "%llds", (long long)timeout);
		else
			table_cell(t, "%s", json_is_true(json_object_get(
				one, "timeouts")) ? "possible" : "");
	}
	table_print(t);
}

static int show_sets(const char *dev)
{
	struct all_members *all = NULL;
	json_t *list = json_array();
	struct datapath d;
	size_t i;
	int ret;

	ret = datapath_open(&d, dev, DATAPATH_LOOK);
	ret = ret ?: members_read(&d, NULL, &all);
	for (i = 0; !ret && i < all->nsets; i++)
		json_array_append_new(list, set_json(&d.store.rs->set[i],
						     &all->set[i]));
	if (!ret) {
		if (!gx_options.json)
			print_sets(list);
		print_json(json_pack("{s:{s:o, s:O}}", "sets", "dev",
				     text_json(d.link.name), "sets", list));
	}
	json_decref(list);
	members_free(all);
	datapath_close(&d);
	return ret;
}

/* --- programs ---------------------------------------------------------------------- */

static int add_map(const struct gx_map_info *info, void *arg)
{
	json_array_append_new(arg, json_pack("{s:o, s:I, s:I, s:I, s:I}",
					     "name", text_json(info->name),
					     "id", (json_int_t)info->id,
					     "value_size",
					     (json_int_t)info->value_size,
					     "max_entries",
					     (json_int_t)info->max_entries,
					     "bytes", (json_int_t)info->bytes));
	return 0;
}

static json_t *progs_json(const struct hook *hook, __u32 ours)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < hook->n; i++)
		json_array_append_new(list, json_pack(
			"{s:I, s:o, s:i, s:b, s:b}", "id",
			(json_int_t)hook->prog[i].id, "name",
			text_json(hook->prog[i].name), "priority",
			(int)hook->prog[i].priority, "frags",
			(int)hook->prog[i].frags, "gxdp",
			(int)(hook->prog[i].id == ours)));
	return list;
}

static const char *const kinds[] = {
	[HOOK_EMPTY] = "empty",
	[HOOK_DISPATCHER] = "dispatcher",
	[HOOK_SINGLE] = "single",
};

static void print_programs(const struct hook *hook, __u32 ours,
			   const json_t *maps)
{
	static const struct table_column columns[] = {
		{ "MAP" }, { "ID", true }, { "ENTRIES", true },
		{ "BYTES", true }, {}
	};
	struct table *t;
	const json_t *map;
	unsigned int i;
	size_t k;

	if (hook->kind == HOOK_EMPTY)
		say("hook: empty");
	else
		say("hook: %s, id %u, %s mode%s", kinds[hook->kind],
		    hook->main_id, hook->native ? "native" : "generic",
		    hook->frags ? ", takes frags" : "");
	for (i = 0; i < hook->n; i++)
		say("  program %u: %s, priority %u%s%s", hook->prog[i].id,
		    hook->prog[i].name, hook->prog[i].priority,
		    hook->prog[i].frags ? ", takes frags" : "",
		    hook->prog[i].id == ours ? ", gxdp's rules" : "");
	if (!json_array_size(maps))
		return;
	t = table_new(columns);
	json_array_foreach(maps, k, map) {
		table_row(t);
		table_cell(t, "%s", json_string_value(json_object_get(map,
								      "name")));
		table_cell(t, "%lld", (long long)json_integer_value(
				json_object_get(map, "id")));
		table_cell(t, "%lld", (long long)json_integer_value(
				json_object_get(map, "max_entries")));
		table_cell(t, "%lld", (long long)json_integer_value(
				json_object_get(map, "bytes")));
	}
	table_print(t);
}

/* libxdp knows of frags only what its dispatchers note; of ours alone in the hook, we do */
static void own_frags(struct datapath *d, struct hook *hook)
{
	struct gx_error err = {};
	struct gx_dp_info info;

	if (hook->kind != HOOK_SINGLE || gx_dp_info(d->dp, &info, &err) ||
	    hook->prog[0].id != info.prog_frags_id)
		return;
	hook->frags = true;
	hook->prog[0].frags = true;
}

static int show_programs(const char *dev)
{
	json_t *maps = json_array();
	struct hook hook = {};
	struct datapath d;
	__u32 ours = 0;
	bool native;
	int ret, err;

	ret = datapath_open(&d, dev, DATAPATH_PEEK);
	if (ret)
		goto out;
	hook_log_begin();
	err = hook_read(d.link.ifindex, &hook);
	if (err) {
		ret = fail(GX_REFUSED, "cannot see the programs on %s", dev);
		fail_reason("%s", strerror(-err));
		goto out;
	}
	if (d.dp) {
		datapath_place(&d, &ours, &native);
		own_frags(&d, &hook);
		gx_dp_each_map(d.dp, add_map, maps);
	}
	if (!gx_options.json)
		print_programs(&hook, ours, maps);
	print_json(json_pack("{s:{s:o, s:o, s:o, s:b, s:b, s:o, s:O}}",
			     "programs", "dev", text_json(d.link.name),
			     "hook", text_json(kinds[hook.kind]), "main_id",
			     hook.main_id ? json_integer(hook.main_id) :
			     json_null(),
			     "native", (int)hook.native, "frags",
			     (int)hook.frags, "programs",
			     progs_json(&hook, ours), "maps", maps));
out:
	json_decref(maps);
	datapath_close(&d);
	return ret;
}

int verb_show(int argc, char **argv)
{
	static const struct {
		const char *what;
		int (*show)(const char *dev);
	} things[] = {
		{ "rules", show_rules }, { "sets", show_sets },
		{ "queues", show_queues }, { "programs", show_programs },
	};
	struct words words = { .max = 1 };
	size_t i;

	argp_parse(&argp, argc, argv, 0, NULL, &words);
	caps_keep(CAPS_LOOK, false);
	for (i = 0; i < sizeof(things) / sizeof(things[0]); i++)
		if (!strcmp(words.word[0], things[i].what))
			return things[i].show(words.dev);
	fail(GX_USAGE, "there is no \"%s\" to show", words.word[0]);
	fail_hint("gxdp show rules|sets|queues|programs dev NAME");
	return GX_USAGE;
}
