// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer on the compiler: any bytes as a ruleset, and as many rules as like to
 * overlap, shifted one against the other. Either it is refused with a reason, or
 * it is within the bounds that docs/ENGINE.md states, and the filter's own source,
 * walking the tables in this process, decides and counts as the oracle does.
 */
#include <assert.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gxdp/tables.h>

#include "../../loader/engine/engine.h"
#include "framegen.h"
#include "host/filter.h"
#include "oracle.h"
#include "rulegen.h"

#define RULES_MAX	400	/* the oracle tries them one by one */
#define FRAMES		64	/* a ruleset */
#define MEMBERS_MAX	64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- bytes into rulesets ---------------------------------------------------------- */

struct input {
	const uint8_t *pos, *end;
};

/* The next @n bytes as a number; zeros behind the last */
static uint64_t take(struct input *in, unsigned int n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | (in->pos < in->end ? *in->pos++ : 0);
	return v;
}

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

/* Bytes that a value of each field takes, and the highest there is */
static const struct {
	uint8_t bytes;
	uint64_t max;
} field[GX_F_MAX] = {
	[GX_F_ETH_SRC] = { 6, (1ull << 48) - 1 },
	[GX_F_ETH_DST] = { 6, (1ull << 48) - 1 },
	[GX_F_ETH_TYPE] = { 2, 65535 },
	[GX_F_VLAN_ID] = { 2, 4096 },
	[GX_F_VLAN_PCP] = { 1, 7 },
	[GX_F_VLAN2_ID] = { 2, 4096 },
	[GX_F_VLAN2_PCP] = { 1, 7 },
	[GX_F_LEN] = { 2, 65535 },
	[GX_F_RXQ] = { 2, 65535 },
	[GX_F_STATE] = { 1, 3 },
	[GX_F_IPVER] = { 1, 6 },
	[GX_F_PROTO] = { 1, 255 },
	[GX_F_DSCP] = { 1, 63 },
	[GX_F_TTL] = { 1, 255 },
	[GX_F_FRAG] = { 1, 2 },
	[GX_F_SPORT] = { 2, 65535 },
	[GX_F_DPORT] = { 2, 65535 },
	[GX_F_TCP_FLAGS] = { 1, 255 },
	[GX_F_ICMP_TYPE] = { 1, 255 },
	[GX_F_ICMP_CODE] = { 1, 255 },
};

static void read_range(struct input *in, enum gx_field f, struct gx_ranges *cond)
{
	uint64_t max = field[f].max;
	uint64_t lo = take(in, field[f].bytes) % (max + 1);
	uint64_t hi = take(in, field[f].bytes) % (max + 1);

	range_add(cond, lo < hi ? lo : hi, lo < hi ? hi : lo);
}

static void read_prefix(struct input *in, bool v6, struct gx_prefixes *list)
{
	unsigned int max = v6 ? 128 : 32, i;
	struct gx_prefix p = { .len = take(in, 1) % (max + 1) };

	for (i = 0; i < p.len; i += 8)
		p.addr[i / 8] = take(in, 1);
	prefix_add(list, &p);
}

static void read_addr(struct input *in, const struct gx_ruleset *rs,
		      struct gx_addr_match *m)
{
	unsigned int how = take(in, 1), n;

	m->present = true;
	m->negate = how & 1;
	if (m->negate)
		m->family = (how >> 1 & 3) == 1 ? 4 : (how >> 1 & 3) == 2 ? 6 : 0;
	/* more than 16 become a set of their own */
	for (n = how >> 3 & 3 ? how >> 3 & 3 : 20 * (how >> 7); n; n--)
		read_prefix(in, how >> 5 & 1, how >> 5 & 1 ? &m->v6 : &m->v4);
	if (rs->nsets && (how >> 6 & 1 || !(m->v4.n || m->v6.n))) {
		m->set = must(calloc(1, sizeof(*m->set)));
		m->set[m->nsets++] = take(in, 1) % rs->nsets;
	}
	m->present = m->v4.n || m->v6.n || m->nsets;
}

static void read_rule(struct input *in, const struct gx_ruleset *rs,
		      struct gx_rule *rule)
{
	unsigned int how = take(in, 1), conds = how & 3, n;
	enum gx_field f;

	rule->act.verdict = how >> 2 & 1 ? GX_DROP : GX_PASS;
	if ((how >> 3 & 7) == 7)
		rule->act.verdict = GX_COUNT;
	while (conds--) {
		n = take(in, 1);
		f = (n & 31) % GX_F_MAX;
		for (n = 1 + (n >> 5); n; n--)
			read_range(in, f, &rule->cond[f]);
		ranges_tidy(&rule->cond[f]);
	}
	if (how >> 6 & 1)
		read_addr(in, rs, &rule->src);
	if (how >> 7 & 1)
		read_addr(in, rs, &rule->dst);
}

/* --- one rule again and again, each a step further --------------------------------- */

static void copy_prefixes(struct gx_prefixes *to, const struct gx_prefixes *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		prefix_add(to, &from->v[i]);
}

static void copy_addr(struct gx_addr_match *to, const struct gx_addr_match *from)
{
	to->present = from->present;
	to->negate = from->negate;
	to->family = from->family;
	copy_prefixes(&to->v4, &from->v4);
	copy_prefixes(&to->v6, &from->v6);
	if (!from->nsets)
		return;
	to->set = must(malloc(from->nsets * sizeof(*to->set)));
	memcpy(to->set, from->set, from->nsets * sizeof(*to->set));
	to->nsets = from->nsets;
}

/* How the next rule differs from the last */
struct step {
	uint8_t field;			/* whose ranges go on */
	int8_t lo, hi;			/* by so much at each end */
	int8_t src_len, dst_len;	/* bits that prefixes get longer by */
	uint8_t addr;			/* added to the last byte that counts */
};

static void step_prefixes(struct gx_prefixes *list, bool v6, int longer,
			  uint8_t add)
{
	int max = v6 ? 128 : 32, len;
	struct gx_prefixes old = *list;
	size_t i;

	*list = (struct gx_prefixes){};
	for (i = 0; i < old.n; i++) {
		struct gx_prefix p = old.v[i];

		len = p.len + longer;
		p.len = len < 0 ? 0 : len > max ? max : len;
		if (p.len)
			p.addr[(p.len - 1) / 8] += add;
		prefix_add(list, &p);	/* clears the bits that do not count */
	}
	free(old.v);
}

static void step_ranges(struct gx_ranges *cond, uint64_t max,
			const struct step *s)
{
	uint64_t lo, hi;
	size_t i;

	for (i = 0; i < cond->n; i++) {
		lo = (cond->v[i].lo + s->lo) & 0xffffffffffff;
		hi = (cond->v[i].hi + s->hi) & 0xffffffffffff;
		lo = lo > max ? max : lo;
		hi = hi > max ? max : hi;
		cond->v[i].lo = lo < hi ? lo : hi;
		cond->v[i].hi = lo < hi ? hi : lo;
	}
	ranges_tidy(cond);
}

static void next_rule(const struct gx_rule *from, struct gx_rule *to,
		      const struct step *s)
{
	enum gx_field f;
	size_t i;

	to->act.verdict = from->act.verdict == GX_PASS ? GX_DROP :
			  from->act.verdict == GX_DROP ? GX_PASS :
			  from->act.verdict;
	for (f = 0; f < GX_F_MAX; f++)
		for (i = 0; i < from->cond[f].n; i++)
			range_add(&to->cond[f], from->cond[f].v[i].lo,
				  from->cond[f].v[i].hi);
	copy_addr(&to->src, &from->src);
	copy_addr(&to->dst, &from->dst);
	f = s->field % GX_F_MAX;
	step_ranges(&to->cond[f], field[f].max, s);
	step_prefixes(&to->src.v4, false, s->src_len, s->addr);
	step_prefixes(&to->src.v6, true, s->src_len, s->addr);
	step_prefixes(&to->dst.v4, false, s->dst_len, s->addr);
	step_prefixes(&to->dst.v6, true, s->dst_len, s->addr);
}

static void read_steps(struct input *in, struct gx_ruleset *rs, size_t n)
{
	struct step s = {
		.field = take(in, 1),
		.lo = take(in, 1),
		.hi = take(in, 1),
		.src_len = (int)take(in, 1) % 4,
		.dst_len = -((int)take(in, 1) % 4),
		.addr = take(in, 1),
	};

	while (n-- && rs->nrules < RULES_MAX) {
		next_rule(&rs->rule[rs->nrules - 1], &rs->rule[rs->nrules], &s);
		rs->nrules++;
	}
}

static struct gx_ruleset *read_ruleset(struct input *in)
{
	struct gx_ruleset *rs = rules_new(RULES_MAX);
	unsigned int how = take(in, 1), i, n, v6;

	rs->nrules = 0;
	rs->dflt = how & 1 ? GX_DROP : GX_PASS;
	rs->nsets = how >> 1 & 3;
	rs->set = must(calloc(rs->nsets + 1, sizeof(*rs->set)));
	for (i = 0; i < rs->nsets; i++)
		for (n = take(in, 1) % MEMBERS_MAX; n; n--) {
			v6 = n & 1 && how >> 3 & 1;
			read_prefix(in, v6, v6 ? &rs->set[i].v6 :
						 &rs->set[i].v4);
		}
	while (in->pos < in->end && rs->nrules < RULES_MAX) {
		n = *in->pos;
		/* 1101: again, up to 256 times */
		if (n >> 4 == 13 && rs->nrules) {
			in->pos++;
			read_steps(in, rs, 16 * ((n & 15) + 1));
		} else {
			read_rule(in, rs, &rs->rule[rs->nrules++]);
		}
	}
	return rs;
}

/* --- holding it against the oracle ------------------------------------------------- */

static void check_frame(const struct gx_ruleset *rs, const struct frame *f,
			struct gxdp_count *counted)
{
	const struct host_frame frame = {
		.data = f->data, .len = f->len, .linear = f->len, .rxq = f->rxq,
	};
	struct oracle_packet p;
	struct host_decision d;
	uint32_t verdict;
	long want;

	oracle_read(&p, f->data, f->len, f->rxq);
	want = oracle_decide(rs, &p, counted);
	oracle_count(&counted[want < 0 ? (long)rs->nrules : want], &p);
	verdict = want < 0 ? rs->dflt : rs->rule[want].act.verdict;
	host_filter_run(&frame, &d);
	host_decision_free(&d);
	if (d.rule_id == (uint32_t)(want + 1) &&
	    d.action == (verdict == GX_DROP ? XDP_DROP : XDP_PASS))
		return;
	fprintf(stderr, "the oracle says rule %ld, the filter %ld (action %u)\n",
		want, (long)d.rule_id - 1, d.action);
	abort();
}

static void check_frames(const struct gx_ruleset *rs, uint64_t seed)
{
	struct gxdp_count *counted = must(calloc(rs->nrules + 1, sizeof(*counted)));
	struct rng r = { seed };
	struct frame f;
	size_t i;

	for (i = 0; i < FRAMES; i++) {
		frame_for_rules(&r, rs, 4, 20, &f);
		check_frame(rs, &f, counted);
	}
	/* ids are indices and 1 */
	for (i = 0; i < rs->nrules; i++)
		assert(counted[i].packets == host_filter_counted(i + 1));
	assert(counted[i].packets == host_filter_counted(GXDP_ID_DEFAULT));
	free(counted);
}

static void check_bounds(const struct gx_report *report, size_t max_bytes)
{
	assert(report->trees <= GXDP_MAX_TREES);
	/* nodes, and the leaf behind them */
	assert(report->depth <= GXDP_MAX_DEPTH + 1);
	assert(report->leaf_max <= GXDP_LEAF_SLOTS);
	assert(!max_bytes || report->bytes <= max_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };
	unsigned int how = take(&in, 1);
	struct gx_compile_opts opts = {
		.max_bytes = how & 1 ? 0 : 1024ul << (how >> 1 & 15),
		.no_notes = how >> 5 & 1,
	};
	struct gx_report report = {};
	struct gx_tables *tables = NULL;
	struct gx_ruleset *rs = read_ruleset(&in);
	struct gx_error err = {};
	int ret;

	ret = gx_compile(rs, &opts, &tables, &report, &err);
	if (ret) {
		assert(ret < 0 && err.what[0] && !tables);
	} else {
		check_bounds(&report, opts.max_bytes);
		host_filter_rules(tables, how >> 6 & 1);
		if (rs->nrules)
			check_frames(rs, size * 1000003 + how);
		host_filter_free();
	}
	gx_report_free(&report);
	gx_tables_free(tables);
	rules_free(rs);
	return 0;
}
