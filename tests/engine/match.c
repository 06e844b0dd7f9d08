// SPDX-License-Identifier: GPL-2.0
/*
 * match OBJECT [--bulk OBJECT [--frames N]] [--seconds N] [--seed N] [--rulesets N] [--dev DEV --queues N]
 *
 * Holds the real program against the oracle: rulesets, random and structured,
 * through the compiler into the kernel, frames at their edges through
 * BPF_PROG_TEST_RUN. Which rule decided, the verdict, and what each rule counted
 * have to be the same. Stops at the first difference and says what it is.
 *
 * Some frames go through OBJECT, gxdp.bpf.o, one a system call, all of them
 * traced, and half of them in fragments where the kernel can do that. With --bulk many more go through match.bpf.o, which is the same source
 * over thousands of frames a system call; and what its parser reads of each is
 * held against what the oracle reads. --frames says how many a ruleset, at the most.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <getopt.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../loader/engine/engine.h"
#include "bulk.h"
#include "framegen.h"
#include "keyread.h"
#include "oracle.h"
#include "rulegen.h"

#define SINGLE_FRAMES	1000	/* a ruleset, one a system call */
/*
 * In bulk, between these limits, as many as the oracle tries so many rules and
 * members of sets for at the most.
 */
#define BULK_LEAST	4096
#define BULK_MOST	262144
#define BULK_TRIES	80000000
#define ODD_PERCENT	20

struct test {
	struct gx_dp *dp;
	struct bulk *bulk;	/* NULL: one by one only */
	struct rng rng;
	int ifindex;
	unsigned int queues;
	size_t bulk_most;	/* frames in bulk, a ruleset */
	uint64_t frames, rulesets, refused;
	bool frags;		/* the kernel can have frames in fragments */
	uint64_t in_frags, in_bulk;	/* of the frames */
	uint64_t short_way;	/* of these: took it */
	uint64_t decided[3];	/* by a rule, by the default, without IP */
};

/* What should have been counted: by rule, and last by the default */
struct expected {
	const struct gx_ruleset *rs;
	struct gxdp_count *counts;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void dump(const struct frame *f)
{
	size_t i;

	for (i = 0; i < f->len; i++)
		printf("%02x%s", f->data[i], i % 16 == 15 ? "\n" : " ");
	printf("\n%zu bytes, queue %u\n", f->len, f->rxq);
}

static void show_rule(const struct gx_ruleset *rs, long i)
{
	const struct gx_rule *rule;
	size_t f, j;

	if (i < 0) {
		printf("  the default, verdict %d\n", rs->dflt);
		return;
	}
	rule = &rs->rule[i];
	printf("  rule %ld: verdict %d,", i, rule->act.verdict);
	for (f = 0; f < GX_F_MAX; f++)
		for (j = 0; j < rule->cond[f].n; j++)
			printf(" field %zu: %llu-%llu", f,
			       (unsigned long long)rule->cond[f].v[j].lo,
			       (unsigned long long)rule->cond[f].v[j].hi);
	printf(" src %d/%d v4 %zu v6 %zu sets %zu, dst %d/%d v4 %zu v6 %zu sets %zu\n",
	       rule->src.present, rule->src.negate, rule->src.v4.n,
	       rule->src.v6.n, rule->src.nsets, rule->dst.present,
	       rule->dst.negate, rule->dst.v4.n, rule->dst.v6.n,
	       rule->dst.nsets);
}

static uint32_t action_of(const struct gx_ruleset *rs, long rule)
{
	return (rule < 0 ? rs->dflt : rs->rule[rule].act.verdict) == GX_DROP ?
	       XDP_DROP : XDP_PASS;
}

/* The index of the rule that decides, by the oracle, which counts it; or -1 */
static long expect(struct test *t, const struct oracle_packet *p,
		   const struct expected *e)
{
	long want = oracle_decide(e->rs, p, e->counts);

	oracle_count(&e->counts[want < 0 ? (long)e->rs->nrules : want], p);
	t->frames++;
	t->decided[want < 0]++;
	t->decided[2] += !p->ipver;
	return want;
}

static int differ(const struct test *t, const struct gx_ruleset *rs,
		  const struct frame *f, long want, long got, uint32_t action)
{
	printf("FAIL: oracle and program differ after %llu frames\noracle:\n",
	       (unsigned long long)t->frames);
	show_rule(rs, want);
	printf("program (XDP action %u):\n", action);
	show_rule(rs, got);
	dump(f);
	return 1;
}

/* --- one a system call ------------------------------------------------------------ */

/* 0, or 1 when the program and the oracle differ */
static int one_frame(struct test *t, const struct expected *e)
{
	struct gx_run run = { .ifindex = t->ifindex };
	struct oracle_packet p;
	struct gx_error err = {};
	struct frame f;
	long want, got;

	frame_for_rules(&t->rng, e->rs, t->queues, ODD_PERCENT, &f);
	oracle_read(&p, f.data, f.len, f.rxq);
	want = expect(t, &p, e);
	run.frame = f.data;
	run.len = f.len;
	run.rxq = f.rxq;
	if (t->frags && rng_next(&t->rng) & 1) {
		run.linear = 14 + rng_below(&t->rng, f.len - 13);
		t->in_frags++;
	}
	if (gx_dp_run(t->dp, &run, &err)) {
		printf("FAIL: %s: %s\n", err.what, err.reason);
		dump(&f);
		return 1;
	}
	got = run.rec.rule == ~0u ? -1 : (long)run.rec.rule;
	if (got == want && run.xdp_action == action_of(e->rs, want))
		return 0;
	return differ(t, e->rs, &f, want, got, run.xdp_action);
}

/* --- thousands a system call ------------------------------------------------------ */

/* Rules have their index and 1 for an id; 0 is the default's. */
static long rule_of_id(uint32_t id)
{
	return (long)id - 1;
}

/* What the parser has said of a frame; NULL: what the oracle says, too */
static const char *parsed_wrong(struct test *t, const struct batch_frame *bf,
				const struct oracle_packet *want)
{
	struct oracle_packet got;
	const char *what;

	key_read(&got, bf->word, bf->family);
	what = packets_differ(&got, want);
	if (!what && !key_lanes_right(bf->word, bf->lanes))
		what = "key's lanes";
	if (!what && bf->short_way == BATCH_SHORT_DIFFERS)
		what = "short way's words";
	t->short_way += bf->short_way == BATCH_SHORT_SAME;
	return what;
}

static int one_of_batch(struct test *t, const struct expected *e,
			const struct batch *batch, unsigned int i,
			unsigned int queue)
{
	const struct batch_frame *bf = &batch->frame[i];
	const uint8_t *data = batch->data + bf->at;
	struct oracle_packet p;
	const char *wrong;
	struct frame f;
	long want;

	oracle_read(&p, data, bf->len, queue);
	want = expect(t, &p, e);
	t->in_bulk++;
	wrong = parsed_wrong(t, bf, &p);
	if (!wrong && rule_of_id(bf->rule_id) == want &&
	    bf->action == action_of(e->rs, want))
		return 0;
	memcpy(f.data, data, bf->len);
	f.len = bf->len;
	f.rxq = queue;
	if (!wrong)
		return differ(t, e->rs, &f, want, rule_of_id(bf->rule_id),
			      bf->action);
	printf("FAIL: oracle and parser read a frame differently: its %s\n",
	       wrong);
	dump(&f);
	return 1;
}

static int run_batch(struct test *t, const struct expected *e,
		     unsigned int queue)
{
	struct gx_error err = {};
	const struct batch *batch;
	unsigned int n, i;
	int ret;

	ret = bulk_run(t->bulk, queue, BULK_FILTER, &err);
	if (!ret)
		ret = bulk_run(t->bulk, queue, BULK_PARSE, &err);
	if (ret) {
		printf("FAIL: %s\n", err.what);
		return ret;
	}
	batch = bulk_batch(t->bulk, queue, &n);
	for (i = 0; i < n && !ret; i++)
		ret = one_of_batch(t, e, batch, i, queue);
	bulk_clear(t->bulk, queue);
	return ret;
}

static int bulk_frames(struct test *t, const struct expected *e, size_t n)
{
	struct frame f;
	unsigned int q;
	int ret = 0;

	while (n-- && !ret) {
		frame_for_rules(&t->rng, e->rs, t->queues, ODD_PERCENT, &f);
		if (bulk_add(t->bulk, &f))
			continue;
		ret = run_batch(t, e, f.rxq);
		bulk_add(t->bulk, &f);
	}
	for (q = 0; q < t->queues && !ret; q++)
		ret = run_batch(t, e, q);
	return ret;
}

/* How many frames a ruleset is worth */
static size_t bulk_size(const struct test *t, const struct gx_ruleset *rs)
{
	size_t tries = rs->nrules, n, i;

	for (i = 0; i < rs->nsets; i++)
		tries += rs->set[i].v4.n + rs->set[i].v6.n;
	n = BULK_TRIES / tries;
	if (n < BULK_LEAST)
		n = BULK_LEAST;
	return n < t->bulk_most ? n : t->bulk_most;
}

/* --- rulesets --------------------------------------------------------------------- */

static int check_counts(struct test *t, const struct expected *e,
			const uint32_t *ids)
{
	size_t n = e->rs->nrules + 1, i;
	struct gxdp_count *got = calloc(n, sizeof(*got));
	struct gx_error err = {};
	int ret = 0;

	if (!got || gx_dp_counters(t->dp, ids, n, got, &err)) {
		printf("FAIL: cannot read the counters: %s\n", err.what);
		free(got);
		return 1;
	}
	for (i = 0; i < n && !ret; i++) {
		ret = memcmp(&got[i], &e->counts[i], sizeof(got[i]));
		if (ret)
			printf("FAIL: rule %zu of %zu (the last: the default) counted %llu packets, %llu bytes, should be %llu, %llu\n",
			       i, n, got[i].packets, got[i].bytes, e->counts[i].packets,
			       e->counts[i].bytes);
	}
	free(got);
	return ret;
}

/* Kernels before 6.18 refuse a linear part that is not all of a small frame. */
static bool can_frags(struct gx_dp *dp)
{
	uint8_t bytes[64] = {};
	struct xdp_md ctx = { .data_end = 14 };
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = bytes, .data_size_in = sizeof(bytes),
		.ctx_in = &ctx, .ctx_size_in = sizeof(ctx), .repeat = 1);

	return !bpf_prog_test_run_opts(gx_dp_prog_fd(dp, true), &opts);
}

/* Every packet leaves a record, or none does: those go another way at the end. */
static int trace(struct test *t, bool on)
{
	struct gx_error err = {};
	int ret = gx_dp_trace(t->dp, on, 0, &err);

	if (ret)
		printf("FAIL: %s: %s\n", err.what, err.reason);
	return ret;
}

static int all_frames(struct test *t, const struct expected *e,
		      const uint32_t *ids)
{
	int ret = trace(t, true);
	unsigned int i;

	for (i = 0; i < SINGLE_FRAMES && !ret; i++)
		ret = one_frame(t, e);
	if (!ret && t->bulk)
		ret = trace(t, false) ?: bulk_frames(t, e, bulk_size(t, e->rs));
	return ret ?: check_counts(t, e, ids);
}

static int one_ruleset(struct test *t, struct gx_ruleset *rs)
{
	struct expected e = { rs, calloc(rs->nrules + 1, sizeof(*e.counts)) };
	uint32_t *ids = calloc(rs->nrules + 1, sizeof(*ids));
	struct gx_tables *tables = NULL;
	struct gx_error err = {};
	int ret;
	size_t i;

	ret = gx_compile(rs, NULL, &tables, NULL, &err);
	if (ret) {
		/* a refusal is an answer, if it says why */
		t->refused++;
		if (!err.what[0])
			printf("FAIL: refused without a word\n");
		ret = !err.what[0];
		goto out;
	}
	for (i = 0; i < rs->nrules; i++)
		ids[i] = rs->rule[i].id;
	ids[i] = GXDP_ID_DEFAULT;
	ret = gx_dp_install(t->dp, tables, &err);
	if (!ret)
		ret = gx_dp_counters_reset(t->dp, ids, rs->nrules + 1, &err);
	if (ret) {
		printf("FAIL: %s: %s\n", err.what, err.reason);
		goto out;
	}
	t->rulesets++;
	ret = all_frames(t, &e, ids);
out:
	gx_tables_free(tables);
	rules_free(rs);
	free(e.counts);
	free(ids);
	return ret;
}

/*
 * All that the language has, in hundreds of rules, is what the compiler takes
 * seconds for; the shapes of filters in use are not.
 */
static struct gx_ruleset *make_ruleset(struct rng *r)
{
	static const size_t sizes[] = { 1, 3, 10, 30, 100, 300, 1000 };
	enum rule_shape shape = rng_below(r, SHAPE_MAX);
	bool v6 = rng_next(r) & 1;

	if (rng_chance(r, 50))
		return rules_random(r, rng_chance(r, 3) ? 300 :
				       sizes[rng_below(r, 5)]);
	if (rng_chance(r, 10))
		return rules_set(r, 2 * sizes[rng_below(r, 7)], v6);
	return rules_structured(r, shape, rng_chance(r, 3) ? 10000 :
				sizes[rng_below(r, 7)], v6);
}

static int some_ruleset(struct test *t)
{
	uint64_t seed = t->rng.s;
	int ret = one_ruleset(t, make_ruleset(&t->rng));

	if (ret)
		printf("with --seed %llu --rulesets 1\n",
		       (unsigned long long)seed);
	return ret;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "bulk", required_argument, NULL, 'b' },
		{ "frames", required_argument, NULL, 'f' },
		{ "seconds", required_argument, NULL, 's' },
		{ "seed", required_argument, NULL, 'r' },
		{ "rulesets", required_argument, NULL, 'n' },
		{ "dev", required_argument, NULL, 'd' },
		{ "queues", required_argument, NULL, 'q' },
		{},
	};
	struct test t = { .queues = 1, .rng.s = 1, .bulk_most = BULK_MOST };
	double seconds = 10, start = now();
	const char *bulk = NULL;
	uint64_t rulesets = ~0ull;
	struct gx_error err = {};
	int c, ret;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'b': bulk = optarg; break;
		case 'f': t.bulk_most = strtoull(optarg, NULL, 0); break;
		case 's': seconds = atof(optarg); break;
		case 'r': t.rng.s = strtoull(optarg, NULL, 0); break;
		case 'n': rulesets = strtoull(optarg, NULL, 0); break;
		case 'd': t.ifindex = if_nametoindex(optarg); break;
		case 'q': t.queues = atoi(optarg); break;
		default: return 2;
		}
	}
	if (optind != argc - 1) {
		fprintf(stderr, "usage: match OBJECT [--bulk OBJECT [--frames N]] [--seconds N] [--seed N] [--rulesets N] [--dev DEV --queues N]\n");
		return 2;
	}
	ret = gx_dp_open(argv[optind], NULL, GX_DP_CREATE, &t.dp, &err);
	if (!ret && bulk)
		ret = bulk_open(t.dp, bulk, t.ifindex, t.queues, &t.bulk, &err);
	if (ret) {
		printf("FAIL: %s: %s\n", err.what, err.reason);
		return 1;
	}
	t.frags = can_frags(t.dp);
	/* on a slow machine, too, something is compared */
	while (!ret && rulesets-- && (now() - start < seconds || !t.frames))
		ret = some_ruleset(&t);
	printf("%s%llu frames, %llu of them in bulk and %llu in fragments, through %llu rulesets (%llu refused): %llu decided by a rule, %llu by the default, %llu not IP, %llu by the short way\n",
	       ret ? "" : "ok: ", (unsigned long long)t.frames,
	       (unsigned long long)t.in_bulk, (unsigned long long)t.in_frags,
	       (unsigned long long)t.rulesets, (unsigned long long)t.refused,
	       (unsigned long long)t.decided[0],
	       (unsigned long long)t.decided[1],
	       (unsigned long long)t.decided[2],
	       (unsigned long long)t.short_way);
	bulk_close(t.bulk);
	gx_dp_close(t.dp);
	return ret;
}
