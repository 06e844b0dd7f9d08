// SPDX-License-Identifier: GPL-2.0
/* gxdp test: what rules would do with the packets of a capture. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "capture.h"
#include "gxdp.h"
#include "object.h"
#include "packet.h"
#include "rulefile.h"
#include "words.h"

#define FRAME_MIN	14
#define OUT_ROOM	256	/* what a reject may add */

struct test_args {
	struct words words;
	const char *in, *out;
	bool quiet;
};

enum { OPT_IN = 256, OPT_OUT };

static const struct argp_option options[] = {
	{ "pcap", OPT_IN, "FILE", 0, "The packets: a capture by tcpdump, Wireshark ...; - is standard input", 0 },
	{ "pcap-out", OPT_OUT, "FILE", 0,
	  "Write the frames that go on, as they are then, to a capture", 0 },
	{ "quiet", 'q', NULL, 0, "Only the sums", 0 },
	{}
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct test_args *args = state->input;

	switch (key) {
	case OPT_IN:
		args->in = arg;
		return 0;
	case OPT_OUT:
		args->out = arg;
		return 0;
	case 'q':
		args->quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		words_take(&args->words, arg, state);
		return 0;
	case ARGP_KEY_END:
		words_need(&args->words, 1, false, "which rules? FILE --pcap CAPTURE",
			   state);
		if (!args->in)
			argp_error(state, "which packets? --pcap CAPTURE");
		if (args->out && !strcmp(args->out, "-"))
			argp_error(state, "--pcap-out needs a file: standard output has the result");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = gx_common_options,
	.args_doc = "FILE --pcap CAPTURE",
	.doc = "Run the real program over the packets of a capture, in the kernel but on no device, and say of each which rule decided."
	       "\vSee gxdp-test(8).",
};

struct test {
	struct test_args args;
	struct gx_ruleset *rs;
	json_t *diags;
	struct gx_dp *dp;
	struct capture *capture;
	unsigned char *frame;
	unsigned long long packets, skipped, cut, written;
	unsigned long long *by_rule;	/* the last one: the default */
	unsigned long long by_reason[GXDP_REASON_MAX];
};

/* A datapath of this process's own: no pins, no device */
static int open_datapath(struct test *t)
{
	struct gx_compile_opts opts = { .cpus = libbpf_num_possible_cpus() };
	struct gx_tables *tables = NULL;
	char object[PATH_MAX];
	struct gx_error err = {};
	int ret;

	rules_number(t->rs);
	ret = object_find("gxdp", object, sizeof(object));
	if (ret)
		return ret;
	if (gx_compile(t->rs, &opts, &tables, NULL, &err))
		return fail_engine(GX_RULES, &err);
	object_log_begin();
	ret = gx_dp_open(object, NULL, GX_DP_CREATE, &t->dp, &err);
	if (!ret)
		ret = gx_dp_install(t->dp, tables, &err);
	gx_tables_free(tables);
	if (!ret)
		return GX_OK;
	fail_engine(GX_REFUSED, &err);
	if (object_log_text()[0])
		fail_reason("%s", object_log_text());
	return GX_REFUSED;
}

static void print_packet(struct test *t, const struct gx_run *run)
{
	char what[256], decision[512];
	json_t *one;

	if (t->args.quiet)
		return;
	if (gx_options.json) {
		one = packet_json(&run->rec, t->rs);
		json_object_set_new(one, "packet", json_integer(t->packets));
		printf(t->packets > 1 ? ",\n" : "\n");
		json_dumpf(one, stdout, JSON_COMPACT);
		json_decref(one);
		return;
	}
	packet_describe(&run->rec, what, sizeof(what));
	packet_decision(&run->rec, t->rs, decision, sizeof(decision));
	printf("%llu: %s: %s\n", t->packets, what, decision);
}

static void write_frame(struct test *t, const struct capture_frame *frame,
			const struct gx_run *run)
{
	if (!t->args.out || run->xdp_action == XDP_DROP ||
	    run->xdp_action == XDP_ABORTED)
		return;
	capture_write(t->capture, frame, run->out, run->out_len);
	t->written++;
}

static int one_packet(struct test *t, const struct capture_frame *frame)
{
	struct gx_run run = { .frame = frame->data, .len = frame->len,
			      .out = t->frame };
	struct gx_error err = {};

	if (frame->len < FRAME_MIN || frame->len > CAPTURE_FRAME_MAX) {
		t->skipped++;
		return GX_OK;
	}
	t->packets++;
	t->cut += frame->cut;
	if (gx_dp_run(t->dp, &run, &err))
		return fail_engine(GX_FAILED, &err);
	t->by_rule[run.rec.rule < t->rs->nrules ? run.rec.rule :
		   t->rs->nrules]++;
	if (run.rec.reason < GXDP_REASON_MAX)
		t->by_reason[run.rec.reason]++;
	print_packet(t, &run);
	write_frame(t, frame, &run);
	return GX_OK;
}

static int all_packets(struct test *t)
{
	struct capture_frame frame;
	int ret;

	while ((ret = capture_next(t->capture, &frame)) == 1) {
		ret = one_packet(t, &frame);
		if (ret)
			return ret;
	}
	return ret ? GX_FAILED : GX_OK;
}

static void print_sums(const struct test *t)
{
	char label[256];
	unsigned int i;
	size_t r;

	say("%llu packets%s", t->packets, t->packets ? ":" : "");
	for (i = 0; i < GXDP_REASON_MAX; i++)
		if (t->by_reason[i])
			say("  %8llu %s", t->by_reason[i], gx_reason_name(i));
	say("decided by:");
	for (r = 0; r < t->rs->nrules; r++) {
		if (!t->by_rule[r])
			continue;
		rule_label(t->rs, r, label, sizeof(label));
		say("  %8llu %s: %s", t->by_rule[r], label, t->rs->rule[r].text);
	}
	if (t->by_rule[t->rs->nrules])
		say("  %8llu default %s", t->by_rule[t->rs->nrules],
		    gx_verdict_name(t->rs->dflt));
	if (t->args.out)
		say("%llu frames written to %s", t->written, t->args.out);
	if (t->skipped)
		warn("%llu records are no frames, and were left out", t->skipped);
	if (t->cut)
		warn("%llu packets were not captured whole (tcpdump -s 0); the program saw what there was",
		     t->cut);
}

/* @failed: not all packets of the capture were read, or written */
static void end_json(const struct test *t, bool failed)
{
	json_t *sums = json_object(), *rules = json_array(), *one, *error;
	unsigned int i;
	size_t r;

	for (i = 0; i < GXDP_REASON_MAX; i++)
		json_object_set_new(sums, gx_reason_name(i),
				    json_integer(t->by_reason[i]));
	for (r = 0; r < t->rs->nrules; r++) {
		one = rule_json(t->rs, r);
		json_object_set_new(one, "packets", json_integer(t->by_rule[r]));
		json_array_append_new(rules, one);
	}
	printf("\n], \"count\": %llu, \"written\": %llu, \"skipped\": %llu,\n\"default\": %llu, \"reasons\": ",
	       t->packets, t->written, t->skipped, t->by_rule[t->rs->nrules]);
	json_dumpf(sums, stdout, JSON_COMPACT);
	printf(",\n\"rules\": ");
	json_dumpf(rules, stdout, JSON_COMPACT);
	if (failed) {
		error = fail_json();
		printf(",\n\"error\": ");
		json_dumpf(error, stdout, JSON_COMPACT);
		json_decref(error);
	}
	printf(" } }\n");
	gx_json_printed = true;
	json_decref(sums);
	json_decref(rules);
}

static int run_test(struct test *t)
{
	int ret, closed;

	ret = rulefile_read(t->args.words.word[0], &t->rs, &t->diags);
	if (!ret)
		ret = capture_open(t->args.in, t->args.out, &t->capture);
	if (!ret)
		ret = open_datapath(t);
	if (ret)
		return ret;
	t->frame = malloc(CAPTURE_FRAME_MAX + OUT_ROOM);
	t->by_rule = calloc(t->rs->nrules + 1, sizeof(*t->by_rule));
	if (!t->frame || !t->by_rule)
		return fail(GX_FAILED, "out of memory");
	/* the packets may be many: they are printed as they come, not kept */
	if (gx_options.json)
		printf("{ \"test\": { \"packets\": [");
	ret = all_packets(t);
	/* what cannot be written any more is to be told with the rest */
	closed = capture_close(t->capture);
	t->capture = NULL;
	ret = ret ?: closed;
	if (gx_options.json)
		end_json(t, ret);
	else
		print_sums(t);
	return ret;
}

int verb_test(int argc, char **argv)
{
	struct test t = { .args.words = { .max = 1, .no_dev = true } };
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &t.args);
	caps_keep(CAPS_TEST, t.args.out);
	ret = run_test(&t);
	capture_close(t.capture);
	gx_dp_close(t.dp);
	gx_ruleset_free(t.rs);
	json_decref(t.diags);
	free(t.frame);
	free(t.by_rule);
	return ret;
}
