// SPDX-License-Identifier: GPL-2.0
/* gxdp counters: what each rule counted, and what became of all packets. */
#include "caps.h"
#include "gxdp.h"
#include "ruletable.h"
#include "words.h"

struct counters_args {
	struct words words;
	bool reset;
};

enum { OPT_RESET = 256 };

static const struct argp_option options[] = {
	{ "reset", OPT_RESET, NULL, 0, "Set them to 0, after printing them", 0 },
	{}
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct counters_args *args = state->input;

	switch (key) {
	case OPT_RESET:
		args->reset = true;
		return 0;
	case ARGP_KEY_ARG:
		words_take(&args->words, arg, state);
		return 0;
	case ARGP_KEY_END:
		words_need(&args->words, 0, true, "of which device? dev NAME",
			   state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = gx_common_options,
	.args_doc = "dev NAME",
	.doc = "Print the counters of a device's rules, and what became of its packets."
	       "\vCounters of a rule go on through updates as long as the rule stays. See gxdp-show(8).",
};

int verb_counters(int argc, char **argv)
{
	struct counters_args args = {};
	struct rule_counts counts = {};
	struct datapath d;
	json_t *body;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	caps_keep(args.reset ? CAPS_CHANGE : CAPS_LOOK, false);
	ret = datapath_open(&d, args.words.dev, args.reset ? DATAPATH_CHANGE :
			    DATAPATH_LOOK);
	ret = ret ?: rule_counts_read(&d, &counts);
	if (!ret && args.reset)
		ret = rule_counts_reset(&d);
	if (!ret) {
		body = rules_json(&d, &counts);
		json_object_set_new(body, "reasons", reasons_json(&counts));
		json_object_set_new(body, "reset", json_boolean(args.reset));
		if (!gx_options.json) {
			rules_print(&d, &counts);
			say("%s", "");
			reasons_print(&counts, false);
		}
		print_json(json_pack("{s:o}", "counters", body));
	}
	rule_counts_free(&counts);
	datapath_close(&d);
	return ret;
}
