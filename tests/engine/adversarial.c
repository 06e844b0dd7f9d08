// SPDX-License-Identifier: GPL-2.0
/*
 * Rules that overlap as badly as rules can: they are refused with the reason, or their
 * tables stay within the bounds that docs/ENGINE.md states and mean what the rules mean.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "checks.h"
#include "framegen.h"
#include "oracle.h"
#include "rulegen.h"

#define RULES		5000
#define FRAMES		1000
#define ODD_PERCENT	5
/* Of the compiler's time: many times what each takes, and nothing that grows as a square */
#define SECONDS		20

/* Each within all that come later: to tell a packet's rule is to find the innermost. */
static void nested_ports(struct gx_rule *rule, unsigned int i)
{
	range_add(&rule->cond[GX_F_SPORT], 30000 - 3 * i / 2, 30000 + i);
	range_add(&rule->cond[GX_F_DPORT], 20000 - i, 20000 + 7 * i);
}

/*
 * What is narrow in one address is wide in the other, around a few points: cut by either,
 * half of the rules go both ways.
 */
static void crossed_prefixes(struct gx_rule *rule, unsigned int i)
{
	unsigned int len = i % 33, group = i / 33;
	struct gx_prefix src = { .addr = { 10, 1, 2, 3 }, .len = len };
	struct gx_prefix dst = { .addr = { 192, 168, 5, 6 }, .len = 32 - len };

	src.addr[group % 32 / 8] ^= 0x80 >> group % 8;
	dst.addr[group / 32 % 4] ^= 0x80 >> group / 4 % 8;
	prefix_add(&rule->src.v4, &src);
	prefix_add(&rule->dst.v4, &dst);
	rule->src.present = true;
	rule->dst.present = true;
}

/* No address tells them apart, and each packet of TCP is of 28 of them. */
static void shifted_ports(struct gx_rule *rule, unsigned int i)
{
	range_add(&rule->cond[GX_F_DPORT], 1000 + 11 * i, 1000 + 11 * i + 300);
}

/* Of 1001 ports each, most of them those of the rules before and behind. */
static void shifted_by_one(struct gx_rule *rule, unsigned int i)
{
	range_add(&rule->cond[GX_F_DPORT], 1000 + i, 2000 + i);
}

/* The same for the same addresses and of packets of one kind */
static void shifted_alike(struct gx_rule *rule, unsigned int i)
{
	struct gx_prefix dst = { .addr = { 192, 168, 5, 6 }, .len = 32 };

	range_add(&rule->cond[GX_F_SPORT], 1000 + i, 2000 + i);
	range_add(&rule->cond[GX_F_TCP_FLAGS], 2, 2);
	prefix_add(&rule->dst.v4, &dst);
	rule->dst.present = true;
}

/* Two of each range; of TTLs from 100 to 200 the first of the two */
static void shifted_in_pairs(struct gx_rule *rule, unsigned int i)
{
	range_add(&rule->cond[GX_F_DPORT], 1000 + i / 2, 2000 + i / 2);
	range_add(&rule->cond[GX_F_TTL], i % 2 ? 1 : 100, i % 2 ? 200 : 255);
}

/* Each within all that come later, around the port where the highest bit changes */
static void nested_port(struct gx_rule *rule, unsigned int i)
{
	range_add(&rule->cond[GX_F_DPORT], 32767 - i, 32768 + i);
}

/* Of half of all ports, 100 for each of 50 networks */
static void shifted_in_networks(struct gx_rule *rule, unsigned int i)
{
	struct gx_prefix src = { .addr = { 10, 1, i % 50, 0 }, .len = 24 };

	range_add(&rule->cond[GX_F_DPORT], 20000 - i / 50, 50000 - i / 50);
	prefix_add(&rule->src.v4, &src);
	rule->src.present = true;
}

/* Any two overlap, in a range that has both values of each bit. */
static void shifted_halves(struct gx_rule *rule, unsigned int i)
{
	range_add(&rule->cond[GX_F_DPORT], 20000 - 3 * i, 50000 - 3 * i);
	range_add(&rule->cond[GX_F_TTL], i % 200, 255);
}

static const struct {
	const char *what;
	void (*rule)(struct gx_rule *rule, unsigned int i);
	bool fits;		/* by what docs/ENGINE.md says, so may not be refused */
} kinds[] = {
	{ "nested ranges of two ports", nested_ports },
	{ "source prefixes that get longer while the destination's get shorter", crossed_prefixes },
	{ "shifted ranges of one port, for any address", shifted_ports, true },
	{ "such that each is all but one port of the next", shifted_by_one, true },
	{ "such of TCP to one address with one flag", shifted_alike, true },
	{ "such in pairs, whose ranges of the TTL overlap", shifted_in_pairs, true },
	{ "nested ranges of one port, from the narrowest on", nested_port, true },
	{ "shifted ranges of half of all ports, in 50 networks", shifted_in_networks, true },
	{ "such of half of all ports, and of the TTL", shifted_halves },
};

static bool frame_right(struct rng *r, const struct gx_ruleset *rs)
{
	struct gx_run run = { .ifindex = 1 };
	struct oracle_packet p;
	struct gx_error err = {};
	uint32_t action;
	struct frame f;
	long want;

	frame_for_rules(r, rs, 1, ODD_PERCENT, &f);
	oracle_read(&p, f.data, f.len, f.rxq);
	want = oracle_decide(rs, &p, NULL);
	action = (want < 0 ? rs->dflt : rs->rule[want].act.verdict) == GX_DROP ? XDP_DROP : XDP_PASS;
	run.frame = f.data;
	run.len = f.len;
	run.rxq = f.rxq;
	return !gx_dp_run(dp, &run, &err) && run.xdp_action == action &&
	       run.rec.rule == (want < 0 ? ~0u : (uint32_t)want);
}

static void mean_what_they_say(struct rng *r, const char *what, const struct gx_ruleset *rs,
			       const struct gx_tables *tables)
{
	unsigned int i, right = 0;
	struct gx_error err = {};

	check(!gx_dp_install(dp, tables, &err), "%s: %s", what, err.what);
	for (i = 0; i < FRAMES; i++)
		right += frame_right(r, rs);
	check(right == FRAMES, "%s: the plain meaning of %u frames of %u", what, right, FRAMES);
}

static void one_kind(struct rng *r, unsigned int kind)
{
	struct gx_ruleset *rs = rules_new(RULES);
	const char *what = kinds[kind].what;
	struct gx_tables *tables = NULL;
	struct gx_report report = {};
	clock_t began = clock();
	struct gx_error err = {};
	unsigned int i;
	double seconds;
	int ret;

	for (i = 0; i < RULES; i++) {
		kinds[kind].rule(&rs->rule[i], i);
		rs->rule[i].act.verdict = i % 2 ? GX_DROP : GX_PASS;
	}
	ret = gx_compile(rs, NULL, &tables, &report, &err);
	seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
	check(seconds < SECONDS, "%s: %.1f s of processor time, more than %u", what, seconds, SECONDS);
	printf("%s: %d (%s; %s), depth %u, leaves of %u, %zu kB, %.1f s\n", what, ret, err.what,
	       err.reason, report.depth, report.leaf_max, report.bytes / 1000, seconds);
	if (ret) {
		check(!kinds[kind].fits && (ret == -E2BIG || ret == -ELOOP) && err.what[0] &&
		      err.reason[0],
		      "%s: refused with the reason: %d, %s; %s", what, ret, err.what, err.reason);
	} else {
		check(report.depth <= GXDP_MAX_DEPTH + 1 && report.leaf_max <= GXDP_LEAF_SLOTS,
		      "%s: a depth of %u, leaves of %u", what, report.depth, report.leaf_max);
		mean_what_they_say(r, what, rs, tables);
	}
	gx_tables_free(tables);
	gx_report_free(&report);
	rules_free(rs);
}

void test_adversarial(void)
{
	struct rng r = { 11 };
	unsigned int i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		one_kind(&r, i);
}
