// SPDX-License-Identifier: GPL-2.0
/*
 * match OBJECT [--seconds N] [--seed N] [--dev DEV QUEUES] [--shape SHAPE RULES]
 *
 * Holds the real program against the oracle: rulesets, random and structured,
 * through the compiler into the kernel, frames at their edges through
 * BPF_PROG_TEST_RUN. Which rule decided, the verdict, and what GX_COUNT rules
 * counted have to be the same. Stops at the first difference and says what it is.
 */
#include <errno.h>
#include <getopt.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../loader/engine/engine.h"
#include "framegen.h"
#include "oracle.h"
#include "rulegen.h"

struct test {
	const char *object;
	struct gx_dp *dp;
	struct rng rng;
	int ifindex;
	unsigned int queues;
	uint64_t frames, rulesets, refused;
	uint64_t decided[3];	/* by a rule, by the default, without IP */
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

/* 0, or 1 when the program and the oracle differ */
static int one_frame(struct test *t, const struct gx_ruleset *rs,
		     unsigned int odd, uint64_t *counted)
{
	struct gx_run run = { .ifindex = t->ifindex };
	struct oracle_packet p;
	struct gx_error err = {};
	struct frame f;
	long want, got;
	uint32_t action;

	frame_for_rules(&t->rng, rs, t->queues, odd, &f);
	oracle_read(&p, f.data, f.len, f.rxq);
	want = oracle_decide(rs, &p, counted);
	run.frame = f.data;
	run.len = f.len;
	run.rxq = f.rxq;
	if (gx_dp_run(t->dp, &run, &err)) {
		printf("FAIL: %s: %s\n", err.what, err.reason);
		dump(&f);
		return 1;
	}
	t->frames++;
	t->decided[want < 0]++;
	t->decided[2] += !p.ipver;
	got = run.rec.rule == ~0u ? -1 : (long)run.rec.rule;
	action = (want < 0 ? rs->dflt : rs->rule[want].act.verdict) == GX_DROP ?
		 XDP_DROP : XDP_PASS;
	if (got == want && run.xdp_action == action)
		return 0;
	printf("FAIL: oracle and program differ after %llu frames\noracle:\n",
	       (unsigned long long)t->frames);
	show_rule(rs, want);
	printf("program (XDP action %u):\n", run.xdp_action);
	show_rule(rs, got);
	dump(&f);
	return 1;
}

static int check_counts(struct test *t, const struct gx_ruleset *rs,
			const uint64_t *counted)
{
	struct gx_error err = {};
	struct gxdp_count got;
	size_t i;

	for (i = 0; i < rs->nrules; i++) {
		if (rs->rule[i].act.verdict != GX_COUNT)
			continue;
		if (gx_dp_counters(t->dp, &rs->rule[i].id, 1, &got, &err)) {
			printf("FAIL: %s\n", err.what);
			return 1;
		}
		if (got.packets == counted[i])
			continue;
		printf("FAIL: rule %zu counted %llu packets, should be %llu\n",
		       i, (unsigned long long)got.packets,
		       (unsigned long long)counted[i]);
		return 1;
	}
	return 0;
}

static int one_ruleset(struct test *t, struct gx_ruleset *rs,
		       unsigned int frames, unsigned int odd)
{
	uint64_t *counted = calloc(rs->nrules + 1, sizeof(*counted));
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
	ret = gx_dp_install(t->dp, tables, &err);
	if (!ret)
		ret = gx_dp_counters_reset(t->dp, ids, rs->nrules, &err);
	if (ret) {
		printf("FAIL: %s: %s\n", err.what, err.reason);
		goto out;
	}
	t->rulesets++;
	while (frames-- && !ret)
		ret = one_frame(t, rs, odd, counted);
	if (!ret)
		ret = check_counts(t, rs, counted);
out:
	gx_tables_free(tables);
	rules_free(rs);
	free(counted);
	free(ids);
	return ret;
}

static int some_ruleset(struct test *t)
{
	static const size_t sizes[] = { 1, 3, 10, 40, 100, 300, 1000 };
	size_t n = sizes[rng_below(&t->rng, 7)];
	enum rule_shape shape = rng_below(&t->rng, SHAPE_MAX);
	bool v6 = rng_next(&t->rng) & 1;
	uint64_t seed = t->rng.s;
	struct gx_ruleset *rs;
	int ret;

	if (rng_chance(&t->rng, 60))
		rs = rules_random(&t->rng, n > 300 ? 300 : n);
	else
		rs = rules_structured(&t->rng, shape, n, v6);
	ret = one_ruleset(t, rs, 3000, 20);
	if (ret)
		printf("with --seed %llu --rulesets 1\n",
		       (unsigned long long)seed);
	return ret;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seconds", required_argument, NULL, 's' },
		{ "seed", required_argument, NULL, 'r' },
		{ "rulesets", required_argument, NULL, 'n' },
		{ "dev", required_argument, NULL, 'd' },
		{ "queues", required_argument, NULL, 'q' },
		{},
	};
	struct test t = { .queues = 1, .rng.s = 1 };
	double seconds = 10, start = now();
	uint64_t rulesets = ~0ull;
	struct gx_error err = {};
	int c, ret;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 's': seconds = atof(optarg); break;
		case 'r': t.rng.s = strtoull(optarg, NULL, 0); break;
		case 'n': rulesets = strtoull(optarg, NULL, 0); break;
		case 'd': t.ifindex = if_nametoindex(optarg); break;
		case 'q': t.queues = atoi(optarg); break;
		default: return 2;
		}
	}
	if (optind != argc - 1) {
		fprintf(stderr, "usage: match OBJECT [--seconds N] [--seed N] [--rulesets N] [--dev DEV --queues N]\n");
		return 2;
	}
	ret = gx_dp_open(argv[optind], NULL, GX_DP_CREATE, &t.dp, &err);
	if (!ret)
		ret = gx_dp_trace(t.dp, 1, 0, &err);
	if (ret) {
		printf("FAIL: %s: %s\n", err.what, err.reason);
		return 1;
	}
	while (!ret && rulesets-- && now() - start < seconds)
		ret = some_ruleset(&t);
	printf("%s%llu frames through %llu rulesets (%llu refused): %llu decided by a rule, %llu by the default, %llu not IP\n",
	       ret ? "" : "ok: ", (unsigned long long)t.frames,
	       (unsigned long long)t.rulesets, (unsigned long long)t.refused,
	       (unsigned long long)t.decided[0],
	       (unsigned long long)t.decided[1],
	       (unsigned long long)t.decided[2]);
	gx_dp_close(t.dp);
	return ret;
}
