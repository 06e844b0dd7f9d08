// SPDX-License-Identifier: GPL-2.0
/* What a change of rules leaves alone, and what packets meet meanwhile. */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "checks.h"
#include "rulegen.h"

static void test_counters_stay(void)
{
	struct gxdp_count count;
	struct gx_error err = {};
	struct gx_dp_info info;
	uint32_t id = 77, generation;
	uint8_t f[128];
	int i;

	one_rule(GX_DROP);
	rule.id = id;
	must_install(&rules, "switch");
	gx_dp_counters_reset(dp, &id, 1, &err);
	gx_dp_info(dp, &info, &err);
	generation = info.root.generation;
	for (i = 0; i < 20; i++) {
		check(run(f, ipv4_frame(f, 17, 1, 2), NULL) == XDP_DROP,
		      "dropped before change %d", i);
		must_install(&rules, "switch");
	}
	gx_dp_counters(dp, &id, 1, &count, &err);
	check(count.packets == 20 && count.bytes == 20 * 74,
	      "a rule's counter goes on: %llu packets",
	      (unsigned long long)count.packets);
	gx_dp_info(dp, &info, &err);
	check(info.root.generation == generation + 20, "20 generations on");
	check(info.bytes == sizeof(struct gxdp_chunk),
	      "only the current tables stay: %zu bytes", info.bytes);

	/* one that is refused changes nothing */
	rule.id = 1u << 20;
	check(install(&rules, &err) == -E2BIG && err.what[0], "refused");
	gx_dp_info(dp, &info, &err);
	check(info.root.generation == generation + 20, "refused: nothing changed");
	check(run(f, ipv4_frame(f, 17, 1, 2), NULL) == XDP_DROP,
	      "refused: the old rules decide");
}

/* --- what packets meet meanwhile --------------------------------------------------------- */

#define MANY		2000
#define MEMBERS		200000
/* Changes: so many, and where they take long, as in emulation, no more than go in a while */
#define SWITCHES	300
#define SWITCHES_LEAST	20
#define WHILE_NS	20000000000ull
/* Frames a system call: some ten microseconds, which a grace period waits for */
#define AT_ONCE		200

/* 220.5.3.232: in the midst of the other rules, and behind most members of the set */
static const uint32_t culprit = 0xdc0503e8;

static void add_host(struct gx_prefixes *list, uint32_t addr)
{
	struct gx_prefix p = { .len = 32, .addr = { addr >> 24, addr >> 16, addr >> 8, addr } };

	prefix_add(list, &p);
}

/*
 * @n rules, of which the last drops UDP from the culprit to port 80, and the others pass what
 * comes from its neighbours: a tree that is gone down as far as a leaf. With many rules the last
 * asks for a set, whose members fill more than the first chunk.
 */
static struct gx_ruleset *last_drops(unsigned int n)
{
	struct gx_ruleset *rs = rules_new(n);
	struct gx_rule *last = &rs->rule[n - 1];
	struct rng r = { 31 };
	unsigned int i;

	for (i = 0; i < n; i++) {
		range_add(&rs->rule[i].cond[GX_F_PROTO], 17, 17);
		range_add(&rs->rule[i].cond[GX_F_DPORT], 80, 80 + i % 7);
		rs->rule[i].src.present = true;
		if (&rs->rule[i] != last)
			add_host(&rs->rule[i].src.v4, 0xdc050000 + i + (i >= (culprit & 0xffff)));
	}
	last->act.verdict = GX_DROP;
	if (n == 1) {
		add_host(&last->src.v4, culprit);
		return rs;
	}
	last->src.set = calloc(1, sizeof(*last->src.set));
	last->src.nsets = 1;
	rs->set = calloc(1, sizeof(*rs->set));
	rs->nsets = 1;
	add_host(&rs->set->v4, culprit);
	for (i = 0; i < MEMBERS; i++)
		add_host(&rs->set->v4, rng_next(&r));
	return rs;
}

struct sender {
	pthread_t thread;
	int fd;
	bool stop;			/* atomic */
	unsigned long long sent;	/* atomic */
	int error;
};

static void *send_all(void *arg)
{
	struct sender *s = arg;
	uint8_t f[128], room[256];
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = f, .data_size_in = ipv4_frame(f, 17, culprit, 2),
		.data_out = room, .repeat = AT_ONCE);

	while (!__atomic_load_n(&s->stop, __ATOMIC_RELAXED) && !s->error) {
		opts.data_size_out = sizeof(room);
		if (bpf_prog_test_run_opts(s->fd, &opts))
			s->error = errno;
		else
			__atomic_add_fetch(&s->sent, AT_ONCE, __ATOMIC_RELAXED);
	}
	return NULL;
}

static unsigned long long by_reason(const struct gxdp_count *now, const struct gxdp_count *before,
				    unsigned int reason)
{
	return now[reason].packets - before[reason].packets;
}

/*
 * Rules of one and of many take turns while packets come, each of which both drop: one that
 * meets half of either, or none, would pass.
 */
static void test_packets_meanwhile(void)
{
	struct gxdp_count before[GXDP_REASON_MAX] = {}, now[GXDP_REASON_MAX] = {};
	struct gx_ruleset *rs[2] = { last_drops(1), last_drops(MANY) };
	struct sender s = { .fd = gx_dp_prog_fd(dp, false) };
	struct gx_tables *tables[2] = {};
	struct gx_error err = {};
	unsigned long long seen = 0, sent;
	struct gx_dp_info info = {};
	unsigned int i, during = 0;
	uint64_t start;
	int ret = 0;

	for (i = 0; i < 2; i++)
		check(!gx_compile(rs[i], NULL, &tables[i], NULL, &err), "%s", err.what);
	check(tables[0] && tables[1] && !gx_dp_install(dp, tables[1], &err) &&
	      !gx_dp_reasons(dp, before, &err) && !gx_dp_info(dp, &info, &err),
	      "%s: %s", err.what, err.reason);
	if (!tables[0] || !tables[1])
		goto out;
	check(info.bytes > sizeof(struct gxdp_chunk), "%zu bytes: the first chunk holds all",
	      info.bytes);
	ret = pthread_create(&s.thread, NULL, send_all, &s);
	check(!ret, "a thread");
	if (ret)
		goto out;
	start = now_ns();
	for (i = 0; i < SWITCHES && !ret; i++) {
		if (i >= SWITCHES_LEAST && now_ns() - start > WHILE_NS)
			break;
		ret = gx_dp_install(dp, tables[i & 1], &err);
		check(!ret, "change %u: %s: %s", i, err.what, err.reason);
		sent = __atomic_load_n(&s.sent, __ATOMIC_RELAXED);
		during += sent > seen;
		seen = sent;
	}
	__atomic_store_n(&s.stop, true, __ATOMIC_RELAXED);
	pthread_join(s.thread, NULL);
	check(!s.error && !gx_dp_reasons(dp, now, &err), "packets: %d", s.error);
	check(by_reason(now, before, GXDP_REASON_passed_no_rules) == 0,
	      "%llu packets met no rules", by_reason(now, before, GXDP_REASON_passed_no_rules));
	check(by_reason(now, before, GXDP_REASON_passed_by_default) == 0,
	      "%llu packets met rules without theirs",
	      by_reason(now, before, GXDP_REASON_passed_by_default));
	check(s.sent && by_reason(now, before, GXDP_REASON_dropped_by_rule) == s.sent,
	      "%llu of %llu dropped by a rule",
	      by_reason(now, before, GXDP_REASON_dropped_by_rule), s.sent);
	check(during > i / 4, "packets came during %u of %u changes", during, i);
	printf("%llu packets during %u of %u changes\n", s.sent, during, i);
out:
	for (i = 0; i < 2; i++) {
		gx_tables_free(tables[i]);
		rules_free(rs[i]);
	}
}

void test_changes(void)
{
	test_counters_stay();
	test_packets_meanwhile();
}
