// SPDX-License-Identifier: GPL-2.0
/* gxdp top: rules, queues and what became of packets, as they change. */
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "caps.h"
#include "gxdp.h"
#include "table.h"
#include "top.h"
#include "words.h"

struct top_args {
	struct words words;
	bool batch;
	unsigned long count;
	unsigned int interval_ms;
};

static const struct argp_option options[] = {
	{ "batch", 'b', NULL, 0, "Plain text, for pipes and files", 0 },
	{ "count", 'n', "N", 0, "End after N tables", 0 },
	{ "interval", 'd', "SECONDS", 0, "Time between tables (default: 1)", 0 },
	{}
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct top_args *args = state->input;
	double seconds;
	char *end;

	switch (key) {
	case 'b':
		args->batch = true;
		return 0;
	case 'n':
		args->count = strtoul(arg, &end, 10);
		if (!args->count || *end || *arg == '-')
			argp_error(state, "-n takes a number of tables");
		return 0;
	case 'd':
		seconds = strtod(arg, &end);
		if (!(seconds >= 0.1 && seconds <= 3600) || *end)
			argp_error(state, "-d takes 0.1 to 3600 seconds");
		args->interval_ms = seconds * 1000;
		return 0;
	case ARGP_KEY_ARG:
		words_take(&args->words, arg, state);
		return 0;
	case ARGP_KEY_END:
		words_need(&args->words, 0, true, "of which device? dev NAME", state);
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
	.doc = "Show live what the rules of a device do: packets and bits per second for each rule, for what became of packets, and for each queue. With -j, an object a line."
	       "\vKeys: h shows them all, q ends. See gxdp-top(8).",
};

static void print_batch(const struct top *t)
{
	char packets[16], pps[16], bps[16], what[640];
	const struct top_row *row;
	size_t i, k;

	printf("%s: %zu rules, generation %u\n", t->d.link.name, t->now.n,
	       t->d.info.root.generation);
	for (i = 0; i < TOP_TABLES; i++) {
		printf("%8s %8s %8s  %s\n", "PPS", "BIT/S", "PACKETS",
		       top_head[i]);
		for (k = 0; k < t->table[i].n; k++) {
			row = &t->table[i].v[k];
			human_number(row->packets, packets);
			human_number(row->pps, pps);
			human_number(row->bps, bps);
			top_what(row, what, sizeof(what));
			printf("%8s %8s %8s  %s\n", pps, bps, packets, what);
		}
	}
	putchar('\n');
	fflush(stdout);
}

static void print_object(const struct top *t)
{
	json_t *all = json_object(), *list;
	const struct top_row *row;
	char what[640];
	size_t i, k;

	json_object_set_new(all, "dev", text_json(t->d.link.name));
	json_object_set_new(all, "seconds", json_real(t->seconds));
	for (i = 0; i < TOP_TABLES; i++) {
		list = json_array();
		for (k = 0; k < t->table[i].n; k++) {
			row = &t->table[i].v[k];
			top_what(row, what, sizeof(what));
			json_array_append_new(list, json_pack(
				"{s:o, s:I, s:I, s:f, s:f}", "what",
				text_json(what), "packets",
				(json_int_t)row->packets, "bytes",
				(json_int_t)row->bytes, "packets_per_second",
				row->pps, "bits_per_second", row->bps));
		}
		json_object_set_new(all, top_key[i], list);
	}
	print_json_line(all);
}

/* A table an interval, from the second reading on: one alone has no rates */
static int run_batch(struct top *t, const struct top_args *args)
{
	struct pollfd out = { .fd = STDOUT_FILENO };
	unsigned long shown = 0;
	int ret;

	for (;;) {
		/* who reads us may go while there is nothing to write */
		if (poll(&out, 1, args->interval_ms) > 0 &&
		    out.revents & (POLLERR | POLLHUP))
			return GX_OK;
		ret = top_read(t);
		if (ret)
			return ret;
		if (gx_options.json)
			print_object(t);
		else
			print_batch(t);
		if (ferror(stdout) || (args->count && ++shown >= args->count))
			return GX_OK;
	}
}

int verb_top(int argc, char **argv)
{
	struct top_args args = { .interval_ms = 1000 };
	struct top t = {};
	bool plain;
	int ret;

	print_json_lines();
	argp_parse(&argp, argc, argv, 0, NULL, &args);
	caps_keep(CAPS_LOOK, false);
	plain = args.batch || gx_options.json;
	if (!plain && (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))) {
		ret = fail(GX_USAGE, "standard %s is no terminal",
			   isatty(STDOUT_FILENO) ? "input" : "output");
		fail_hint("gxdp top --batch, or gxdp counters");
		return ret;
	}
	ret = top_open(&t, args.words.dev);
	if (!ret)
		ret = plain ? run_batch(&t, &args) :
		      top_screen(&t, args.interval_ms, args.count);
	top_close(&t);
	return ret;
}
