// SPDX-License-Identifier: GPL-2.0
/* gxdp check: read and compile a rules file, and say what it is like. */
#include <stdio.h>

#include "caps.h"
#include "gxdp.h"
#include "rulefile.h"
#include "words.h"

struct check_args {
	struct words words;
	bool print;
};

static const struct argp_option options[] = {
	{ "print", 'p', NULL, 0, "Print the rules in canonical form", 0 },
	{}
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct check_args *args = state->input;

	switch (key) {
	case 'p':
		args->print = true;
		return 0;
	case ARGP_KEY_ARG:
		words_take(&args->words, arg, state);
		return 0;
	case ARGP_KEY_END:
		words_need(&args->words, 1, false, "which rules FILE?", state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = gx_common_options,
	.args_doc = "FILE",
	.doc = "Check a rules file: its grammar, its sense, whether it fits, rules that are never reached. Nothing is loaded; no privilege is needed."
	       "\vSee gxdp-check(8), and gxdp-rules(5) for the language.",
};

static size_t members(const struct gx_ruleset *rs)
{
	size_t i, n = 0;

	for (i = 0; i < rs->nsets; i++)
		n += rs->set[i].v4.n + rs->set[i].v6.n;
	return n;
}

static void print_text(const char *file, const struct gx_ruleset *rs,
		       const struct gx_report *r)
{
	say("%s: %zu rules, %zu sets with %zu prefixes, default %s", file,
	    rs->nrules, rs->nsets, members(rs), gx_verdict_name(rs->dflt));
	say("tables: %zu kB (sets %zu kB), at most %u steps in each of %u trees, %.1f on average; leaves of %u rules at most; compiled in %.3f s",
	    (r->bytes + 999) / 1000, (r->set_bytes + 999) / 1000, r->depth,
	    r->trees, r->depth_avg, r->leaf_max, r->seconds);
	if (!r->nnotes && r->notes_complete)
		say("no rule was found whose every packet earlier rules take");
}

static json_t *json(const char *file, const struct gx_ruleset *rs,
		    const struct gx_report *r, json_t *diags)
{
	json_t *body;

	body = json_pack("{s:o, s:I, s:I, s:I, s:o, s:O, s:o, s:b}", "file",
			 text_json(file), "rules", (json_int_t)rs->nrules,
			 "sets", (json_int_t)rs->nsets, "set_members",
			 (json_int_t)members(rs), "default",
			 text_json(gx_verdict_name(rs->dflt)), "diagnostics",
			 diags, "notes", notes_json(rs, r), "notes_complete",
			 (int)r->notes_complete);
	json_object_set_new(body, "tables", json_pack(
		"{s:I, s:I, s:i, s:i, s:f, s:i, s:f}", "bytes",
		(json_int_t)r->bytes, "set_bytes", (json_int_t)r->set_bytes,
		"trees", (int)r->trees, "depth", (int)r->depth, "depth_average",
		r->depth_avg, "leaf_rules", (int)r->leaf_max, "seconds",
		r->seconds));
	return json_pack("{s:o}", "check", body);
}

int verb_check(int argc, char **argv)
{
	struct check_args args = { .words = { .max = 1, .no_dev = true } };
	struct gx_report report = {};
	struct gx_error err = {};
	struct gx_ruleset *rs;
	const char *file;
	json_t *diags;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	caps_keep(CAPS_READ, false);
	file = args.words.word[0];
	ret = rulefile_read(file, &rs, &diags);
	if (ret)
		goto out;
	rules_number(rs);
	if (gx_compile(rs, NULL, NULL, &report, &err)) {
		ret = fail_engine(GX_RULES, &err);
		goto out;
	}
	notes_print(rs, &report);
	if (args.print && !gx_options.json)
		gx_ruleset_print(rs, stdout);
	else
		print_text(file, rs, &report);
	print_json(json(file, rs, &report, diags));
out:
	json_decref(diags);
	gx_report_free(&report);
	gx_ruleset_free(rs);
	return ret;
}
