// SPDX-License-Identifier: GPL-2.0
/* gxdp trace: what is decided about packets as they come. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "caps.h"
#include "clock.h"
#include "datapath.h"
#include "gxdp.h"
#include "packet.h"
#include "rulefile.h"
#include "tracelock.h"
#include "words.h"

struct trace_args {
	struct words words;
	uint32_t every;
	uint32_t bytes;
	unsigned long count;	/* 0: no end */
	bool hex;
	bool samples_only;
};

enum { OPT_SAMPLES = 256 };

#define LOOK_MS	1000	/* between looks whether these still are the device's rules */

static const struct argp_option options[] = {
	{ "every", 'e', "N", 0, "One packet in N, taken at random (default: 1, all)", 0 },
	{ "count", 'c', "N", 0, "End after so many", 0 },
	{ "hex", 'x', NULL, 0, "Also print the first bytes of the frame", 0 },
	{ "bytes", 'b', "N", 0, "How many of them (default: 96, at most 256)", 0 },
	{ "samples", OPT_SAMPLES, NULL, 0,
	  "Only what rules with \"sample\" take", 0 },
	{}
};

static unsigned long to_number(const char *arg, unsigned long max,
			       struct argp_state *state)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(arg, &end, 10);
	if (errno || *end || end == arg || value > max)
		argp_error(state, "\"%s\" is no number up to %lu", arg, max);
	return value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct trace_args *args = state->input;

	switch (key) {
	case 'e':
		args->every = to_number(arg, UINT32_MAX, state);
		if (!args->every)
			argp_error(state, "each 0-th packet is none: use --samples");
		return 0;
	case 'c':
		args->count = to_number(arg, ULONG_MAX - 1, state);
		return 0;
	case 'b':
		args->bytes = to_number(arg, GXDP_SAMPLE_BYTES, state);
		return 0;
	case 'x':
		args->hex = true;
		return 0;
	case OPT_SAMPLES:
		args->samples_only = true;
		return 0;
	case ARGP_KEY_ARG:
		words_take(&args->words, arg, state);
		return 0;
	case ARGP_KEY_END:
		words_need(&args->words, 0, true, "on which device? dev NAME", state);
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
	.doc = "Say of packets as they come which rule decided, and what. Ends with Ctrl-C. With -j, an object a line."
	       "\vOn a busy device take --every 1000 or so. See gxdp-test(8).",
};

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = stop };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGPIPE, &action, NULL);
}

struct trace {
	struct trace_args args;
	struct datapath d;
	unsigned long seen;
};

/* The rules may have been applied anew since: then their text has to be too */
static const struct gx_ruleset *rules_of(struct trace *t, uint32_t generation)
{
	if (t->d.store.rs && t->d.store.generation == generation)
		return t->d.store.rs;
	store_free(&t->d.store);
	if (store_load(&t->d.pins, generation, &t->d.store))
		return NULL;
	return t->d.store.rs;
}

static int print_record(const struct gxdp_sample *rec, size_t len, void *arg)
{
	struct trace *t = arg;
	const struct gx_ruleset *rs = rules_of(t, rec->generation);
	char what[256], decision[512];
	size_t data = len - sizeof(*rec);
	json_t *one;

	if (data > rec->captured)
		data = rec->captured;
	if (gx_options.json) {
		one = packet_json(rec, rs);
		json_object_set_new(one, "time_ns", json_integer(rec->time_ns));
		json_object_set_new(one, "kind", text_json(
			rec->kind == GXDP_SAMPLE_RULE ? "sample" : "trace"));
		print_json_line(one);
	} else {
		packet_describe(rec, what, sizeof(what));
		packet_decision(rec, rs, decision, sizeof(decision));
		printf("%llu.%06llu %s%s: %s\n", rec->time_ns / 1000000000,
		       rec->time_ns / 1000 % 1000000,
		       rec->kind == GXDP_SAMPLE_RULE ? "(sample) " : "", what,
		       decision);
		if (t->args.hex)
			packet_hex(rec->data, data, stdout);
	}
	/* who looks wants to see it now */
	fflush(stdout);
	t->seen++;
	return stopped || ferror(stdout) ||
	       (t->args.count && t->seen >= t->args.count);
}

static int start(struct trace *t)
{
	struct gx_error err = {};

	if (gx_dp_trace(t->d.dp, t->args.samples_only ? 0 : t->args.every,
			t->args.bytes, &err))
		return fail_engine(GX_FAILED, &err);
	return GX_OK;
}

/* Rules may be taken off, and others be applied, whose records are in another map */
static int follow_rules(struct trace *t, int64_t *looked)
{
	int64_t now = clock_ms();
	bool anew;
	int ret;

	if (now - *looked < LOOK_MS)
		return GX_OK;
	*looked = now;
	ret = datapath_follow(&t->d, &anew);
	return ret || !anew ? ret : start(t);
}

static int follow(struct trace *t)
{
	int64_t looked = clock_ms();
	struct gx_error err = {};
	int ret = 0, end;

	end = start(t);
	while (!end && !stopped && !ferror(stdout) &&
	       (!t->args.count || t->seen < t->args.count)) {
		ret = gx_dp_samples(t->d.dp, LOOK_MS, print_record, t);
		if (ret < 0 && ret != -EINTR)
			break;
		end = follow_rules(t, &looked);
	}
	if (t->d.dp)
		gx_dp_trace(t->d.dp, 0, 0, &err);
	if (end || ret >= 0 || ret == -EINTR || stopped)
		return end;
	fail(GX_FAILED, "cannot read the records of %s", t->d.link.name);
	fail_reason("%s", strerror(-ret));
	return GX_FAILED;
}

int verb_trace(int argc, char **argv)
{
	struct trace t = { .args = { .every = 1, .bytes = 96 } };
	int ret;

	print_json_lines();
	argp_parse(&argp, argc, argv, 0, NULL, &t.args);
	caps_keep(CAPS_CHANGE, false);
	ret = datapath_open(&t.d, t.args.words.dev, DATAPATH_TRACE);
	/* records go to one reader; and a lock that is free says: left running */
	if (!ret)
		ret = trace_lock(t.d.link.ifindex, t.d.link.name);
	if (!ret) {
		catch_signals();
		if (!gx_options.json && isatty(STDERR_FILENO) &&
		    t.args.every == 1 && !t.args.samples_only)
			fprintf(stderr, "every packet of %s leaves a record; on a busy device take --every N\n",
				t.d.link.name);
		ret = follow(&t);
	}
	datapath_close(&t.d);
	return ret;
}
