// SPDX-License-Identifier: GPL-2.0
/* gxdp apply: make the rules of a file those of a device, all at once. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "caps.h"
#include "datapath.h"
#include "devinfo.h"
#include "gxdp.h"
#include "members.h"
#include "netns.h"
#include "ruleids.h"
#include "rulefile.h"
#include "setchanges.h"
#include "words.h"
#include "xdp.h"

struct apply_args {
	struct words words;
	struct attach_wish wish;
	bool mode_given;
	bool dry_run;
	bool no_attach;
};

enum { OPT_EXCLUSIVE = 256, OPT_NO_ATTACH };

static const struct argp_option options[] = {
	{ "dry-run", 'n', NULL, 0, "Show what would change, and change nothing", 0 },
	{ "mode", 'm', "MODE", 0,
	  "native (default) or generic; never another than this", 0 },
	{ "exclusive", OPT_EXCLUSIVE, NULL, 0,
	  "Take the whole hook by a bpf_link, instead of joining others behind a dispatcher", 0 },
	{ "no-attach", OPT_NO_ATTACH, NULL, 0,
	  "Make the tables, but leave the device's hook as it is", 0 },
	{}
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct apply_args *args = state->input;

	switch (key) {
	case 'n':
		args->dry_run = true;
		return 0;
	case 'm':
		if (strcmp(arg, "native") && strcmp(arg, "generic"))
			argp_error(state, "mode is native or generic, not \"%s\"",
				   arg);
		args->wish.generic = !strcmp(arg, "generic");
		args->mode_given = true;
		return 0;
	case OPT_EXCLUSIVE:
		args->wish.exclusive = true;
		return 0;
	case OPT_NO_ATTACH:
		args->no_attach = true;
		return 0;
	case ARGP_KEY_ARG:
		words_take(&args->words, arg, state);
		return 0;
	case ARGP_KEY_END:
		words_need(&args->words, 1, true,
			   "which rules, to which device? FILE dev NAME", state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = gx_common_options,
	.args_doc = "FILE dev NAME",
	.doc = "Apply the rules in FILE to a device, in place of those it has: no packet meets half a rule set, and rules that stay keep their counters."
	       "\vA file with errors, or one that does not fit, changes nothing. See gxdp-apply(8), and gxdp-rules(5) for the language.",
};

/* --- the difference ----------------------------------------------------------------- */

static void print_rule(char mark, const struct gx_rule *rule)
{
	say("%c %s%s%s", mark, rule->name ?: "", rule->name ? ": " : "",
	    rule->text);
}

static void print_moved(const struct gx_rule *rule, size_t from, size_t to)
{
	say("~ %s%s%s (from place %zu to %zu)", rule->name ?: "",
	    rule->name ? ": " : "", rule->text, from + 1, to + 1);
}

static void print_changes(const struct gx_ruleset *rs,
			  const struct gx_ruleset *old,
			  const struct rule_changes *c)
{
	size_t i;

	for (i = 0; old && i < old->nrules; i++)
		if (c->new_of[i] == SIZE_MAX ||
		    strcmp(old->rule[i].text, rs->rule[c->new_of[i]].text))
			print_rule('-', &old->rule[i]);
	for (i = 0; i < rs->nrules; i++)
		if (c->old_of[i] == SIZE_MAX ||
		    strcmp(rs->rule[i].text, old->rule[c->old_of[i]].text))
			print_rule('+', &rs->rule[i]);
		else if (c->moved[i])
			print_moved(&rs->rule[i], c->old_of[i], i);
	if (old && old->dflt != rs->dflt)
		say("- default %s\n+ default %s", gx_verdict_name(old->dflt),
		    gx_verdict_name(rs->dflt));
}

static json_t *changes_json(const struct gx_ruleset *rs,
			    const struct gx_ruleset *old,
			    const struct rule_changes *c)
{
	json_t *added = json_array(), *removed = json_array();
	json_t *changed = json_array(), *moved = json_array();
	size_t i, o;

	for (i = 0; old && i < old->nrules; i++)
		if (c->new_of[i] == SIZE_MAX)
			json_array_append_new(removed, rule_json(old, i));
	for (i = 0; i < rs->nrules; i++) {
		o = c->old_of[i];
		if (o == SIZE_MAX)
			json_array_append_new(added, rule_json(rs, i));
		else if (strcmp(rs->rule[i].text, old->rule[o].text))
			json_array_append_new(changed, json_pack(
				"{s:o, s:o}", "from", rule_json(old, o), "to",
				rule_json(rs, i)));
		else if (c->moved[i])
			json_array_append_new(moved, json_pack(
				"{s:o, s:o}", "from", rule_json(old, o), "to",
				rule_json(rs, i)));
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:I}", "added", added, "removed",
			 removed, "changed", changed, "moved", moved, "kept",
			 (json_int_t)c->kept);
}

static json_t *sets_json(const struct set_change *sets, size_t n)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < n; i++)
		json_array_append_new(list, set_change_json(&sets[i]));
	return list;
}

/* --- doing it ------------------------------------------------------------------------ */

struct apply {
	struct apply_args args;
	struct gx_ruleset *rs;
	json_t *diags;
	struct gx_tables *tables;
	struct gx_report report;
	struct rule_changes changes;
	struct all_members *members;	/* of the sets that run; for a dry run */
	struct set_change *sets;
	size_t nsets;
	struct datapath d;
	bool attached;		/* by this command */
};

static int compile(struct apply *a)
{
	struct gx_compile_opts opts = {
		.vlan_stripped = devinfo_vlan_stripped(a->d.link.name),
		.cpus = libbpf_num_possible_cpus(),
	};
	struct gx_error err = {};

	if (!gx_compile(a->rs, &opts, &a->tables, &a->report, &err)) {
		notes_print(a->rs, &a->report);
		return GX_OK;
	}
	fail_engine(GX_RULES, &err);
	if (strstr(err.hint, "rxvlan"))
		fail_hint("ethtool -K %s rxvlan off", a->d.link.name);
	return GX_RULES;
}

static int assign_ids(struct apply *a)
{
	int err = ruleids_assign(a->rs, a->d.store.rs, GXDP_MAX_IDS, &a->changes);

	if (!err)
		return GX_OK;
	if (err != -ENOSPC)
		return fail(GX_FAILED, "out of memory");
	fail(GX_RULES, "too many rules: %zu", a->rs->nrules);
	fail_reason("there can be %u", GXDP_MAX_RULES - 1);
	return GX_RULES;
}

/*
 * Until the switch nothing of the old rules is touched, killed or not: counters and
 * limits that start anew are of numbers that none of them has.
 */
static int install(struct apply *a)
{
	uint32_t generation = a->d.info.installed ?
			      a->d.info.root.generation + 1 : 1;
	struct store_owner owner = { a->d.link.ifindex, netns_inode() };
	struct gx_error err = {};
	int ret;

	if (gx_dp_counters_reset(a->d.dp, a->changes.fresh, a->changes.nfresh,
				 &err) ||
	    gx_dp_limits_reset(a->d.dp, a->changes.fresh, a->changes.nfresh, &err))
		return fail_engine(GX_FAILED, &err);
	ret = store_stage(&a->d.pins, a->rs, generation, &owner);
	if (ret) {
		fail(GX_FAILED, "cannot keep the rules below %s",
		     pins_shown(a->d.pins.dir));
		fail_reason("%s", strerror(-ret));
		return GX_FAILED;
	}
	if (gx_dp_install(a->d.dp, a->tables, &err)) {
		store_drop_staged(&a->d.pins);
		return fail_engine(GX_FAILED, &err);
	}
	if (store_commit(&a->d.pins))
		warn("the rules stay pinned as rules_new: %s", strerror(errno));
	return GX_OK;
}

/* Only tables change of rules that are attached: what is asked for is so, or refused */
static int check_attached(struct apply *a)
{
	const struct attach_wish *wish = &a->args.wish;
	enum datapath_place place;
	bool native;
	__u32 id;

	place = datapath_place(&a->d, &id, &native);
	if (a->args.no_attach || place == DATAPATH_DETACHED)
		return GX_OK;
	if (wish->exclusive && place == DATAPATH_BEHIND_DISPATCHER)
		fail(GX_UNSAFE, "the rules on %s are attached behind a dispatcher, not alone",
		     a->d.link.name);
	else if (a->args.mode_given && wish->generic == native)
		fail(GX_UNSAFE, "the rules on %s are attached in %s mode",
		     a->d.link.name, native ? "native" : "generic");
	else
		return GX_OK;
	fail_hint("gxdp detach dev %s first; or leave the option away, and they stay attached as they are",
		  a->d.link.name);
	return GX_UNSAFE;
}

static int attach(struct apply *a)
{
	bool native;
	__u32 id;
	int ret;

	if (a->args.no_attach)
		return GX_OK;
	if (datapath_place(&a->d, &id, &native) != DATAPATH_DETACHED) {
		datapath_renew(&a->d);
		return GX_OK;
	}
	ret = datapath_attach(&a->d, &a->args.wish);
	a->attached = !ret;
	return ret;
}

/* What would become of the sets, whose members may have come at run time */
static int compare_sets(struct apply *a)
{
	a->sets = set_changes(a->rs, &a->d, a->members, &a->nsets);
	return a->sets ? GX_OK : fail(GX_FAILED, "out of memory");
}

/* ", 1 moved", or nothing */
static const char *and_moved(const struct rule_changes *c)
{
	static char text[40];

	text[0] = '\0';
	if (c->moved_n)
		snprintf(text, sizeof(text), ", %zu moved", c->moved_n);
	return text;
}

static void report_plan(const struct apply *a, json_t *body)
{
	const struct rule_changes *c = &a->changes;
	size_t i;

	print_changes(a->rs, a->d.store.rs, c);
	for (i = 0; i < a->nsets; i++)
		set_change_print(&a->sets[i]);
	say("%s would have %zu rules: %zu new, %zu changed, %zu gone, %zu as they are%s",
	    a->d.link.name, a->rs->nrules, c->added, c->changed, c->removed, c->kept,
	    and_moved(c));
	if (a->nsets)
		say("and %zu of its sets would change", a->nsets);
	json_object_set_new(json_object_get(body, "changes"), "sets",
			    sets_json(a->sets, a->nsets));
}

static void print_place(struct apply *a, enum datapath_place place, __u32 id,
			bool native, bool frags)
{
	say("attached in %s mode, %s (program %u%s)",
	    native ? "native" : "generic", place == DATAPATH_EXCLUSIVE ?
	    "alone" : "behind libxdp's dispatcher", id,
	    frags ? ", takes frags" : "");
	if (place == DATAPATH_BEHIND_DISPATCHER && !frags &&
	    devinfo_takes_frags(a->d.link.name, a->d.link.ifindex, false))
		say("there it takes no frames of several buffers: at a jumbo MTU rules need --exclusive");
}

static void report(struct apply *a)
{
	const struct rule_changes *c = &a->changes;
	enum datapath_place place;
	bool native, frags;
	__u32 id = 0;
	json_t *body;

	body = json_pack("{s:o, s:o, s:b, s:I, s:o, s:o, s:O, s:o}", "dev",
			 text_json(a->d.link.name), "file",
			 text_json(a->args.words.word[0]), "dry_run",
			 (int)a->args.dry_run, "rules",
			 (json_int_t)a->rs->nrules, "default",
			 text_json(gx_verdict_name(a->rs->dflt)), "changes",
			 changes_json(a->rs, a->d.store.rs, c), "diagnostics",
			 a->diags, "notes", notes_json(a->rs, &a->report));
	if (a->args.dry_run) {
		report_plan(a, body);
	} else {
		place = datapath_place(&a->d, &id, &native);
		say("%s: %zu rules applied: %zu new, %zu changed, %zu gone, %zu as they were%s; default %s",
		    a->d.link.name, a->rs->nrules, c->added, c->changed,
		    c->removed, c->kept, and_moved(c),
		    gx_verdict_name(a->rs->dflt));
		frags = datapath_frags(&a->d);
		if (a->attached)
			print_place(a, place, id, native, frags);
		json_object_set_new(body, "attached", json_boolean(id));
		json_object_set_new(body, "prog_id", id ? json_integer(id) :
				    json_null());
		json_object_set_new(body, "mode", !id ? json_null() :
				    text_json(native ? "native" : "generic"));
		json_object_set_new(body, "frags", !id ? json_null() :
				    json_boolean(frags));
	}
	print_json(json_pack("{s:o}", "apply", body));
}

static int apply(struct apply *a)
{
	int ret;

	caps_keep(a->args.dry_run ? CAPS_LOOK : CAPS_ATTACH, false);
	ret = rulefile_read(a->args.words.word[0], &a->rs, &a->diags);
	if (ret)
		return ret;
	ret = datapath_open(&a->d, a->args.words.dev, a->args.dry_run ?
			    DATAPATH_PEEK : DATAPATH_PLAN);
	ret = ret ?: check_attached(a);
	/* first of all: it may find other rules than were opened */
	if (!ret && a->args.dry_run && a->d.dp)
		ret = members_read(&a->d, NULL, &a->members);
	/* rules that do not fit make no datapath */
	ret = ret ?: assign_ids(a);
	ret = ret ?: compile(a);
	if (!ret && !a->args.dry_run) {
		ret = datapath_make(&a->d);
		ret = ret ?: install(a);
		ret = ret ?: attach(a);
		/* no other command's pins, but those are not left lying about */
		if (ret && a->d.made)
			datapath_unpin(&a->d);
	}
	if (!ret && a->args.dry_run)
		ret = compare_sets(a);
	if (!ret)
		report(a);
	return ret;
}

int verb_apply(int argc, char **argv)
{
	struct apply a = { .args.words.max = 1 };
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &a.args);
	ret = apply(&a);
	rule_changes_free(&a.changes);
	members_free(a.members);
	free(a.sets);
	gx_tables_free(a.tables);
	gx_report_free(&a.report);
	gx_ruleset_free(a.rs);
	json_decref(a.diags);
	datapath_close(&a.d);
	return ret;
}
