// SPDX-License-Identifier: GPL-2.0
/* Limits: whose packets share a bucket, how fast it fills, what a change leaves in it. */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>

#include "checks.h"

static unsigned int let_through(unsigned int n, unsigned int sources)
{
	unsigned int i, through = 0;
	uint8_t f[128];

	for (i = 0; i < n; i++)
		through += run(f, ipv4_frame(f, 17, 1 + i % sources, 9), NULL) ==
			   XDP_PASS;
	return through;
}

static void test_limit(void)
{
	struct gxdp_count count[GXDP_REASON_MAX], before[GXDP_REASON_MAX];
	struct gx_error err = {};
	unsigned int n;

	one_rule(GX_PASS);
	/* one packet in a thousand seconds: none comes back while this runs */
	rule.act.limit = (struct gx_limit){ .present = true, .rate = 1, .per = 1000,
					    .burst = 5 };
	rule.id = 8;
	must_install(&rules, "limit");
	gx_dp_reasons(dp, before, &err);
	n = let_through(50, 50);
	check(n == 5, "limit of a rule: %u of 50, burst 5", n);
	gx_dp_reasons(dp, count, &err);
	check(count[GXDP_REASON_dropped_over_limit].packets -
	      before[GXDP_REASON_dropped_over_limit].packets == 50 - n,
	      "what is over the limit is counted");

	rule.act.limit.key = GX_LIMIT_SRC;
	rule.id = 9;
	must_install(&rules, "limit by source");
	n = let_through(60, 4);
	check(n == 20, "limit by source: %u of 60 from 4, burst 5", n);

	rule.act.limit.bytes = true;
	rule.act.limit.rate = 74;
	rule.act.limit.burst = 74 * 3;
	rule.act.limit.key = GX_LIMIT_FLOW;
	rule.id = 10;
	must_install(&rules, "limit of bytes by flow");
	n = let_through(40, 2);
	check(n == 6, "limit of bytes: %u of 40 in 2 flows, burst 3", n);
}

/* A rule's id and bucket stay when its limit changes, or go to another rule. */
static void test_limit_again(void)
{
	struct gx_limit hours = { .present = true, .rate = 1, .per = 1, .burst = 20000 };
	struct gx_limit fast = { .present = true, .rate = 1000000, .per = 1, .burst = 5 };
	struct gx_error err = {};
	unsigned int n, by;
	uint32_t id = 11;

	for (by = GX_LIMIT_RULE; by <= GX_LIMIT_SRC; by++) {
		one_rule(GX_PASS);
		rule.id = id + by;
		rule.act.limit = hours;
		rule.act.limit.key = by;
		must_install(&rules, "a limit that lasts");
		n = let_through(20050, 1);
		check(n >= 20000 && n < 20050, "%u of 20050, burst 20000", n);
		rule.act.limit = fast;
		rule.act.limit.key = by;
		must_install(&rules, "a higher rate");
		n = let_through(100, 1);
		check(n >= 50, "limit by %u: %u of 100 at a rate that takes all", by, n);
	}

	one_rule(GX_PASS);
	rule.id = 13;
	rule.act.limit = (struct gx_limit){ .present = true, .rate = 1, .per = 1,
					    .burst = 1ull << 60 };
	must_install(&rules, "a burst of more than time");
	n = let_through(100, 1);
	check(n == 100, "%u of 100, burst 2^60", n);

	one_rule(GX_PASS);
	rule.id = id;
	rule.act.limit = hours;
	rule.act.limit.burst = 5;
	must_install(&rules, "the id for another rule");
	let_through(20, 1);
	check(!let_through(20, 1), "nothing left in the bucket");
	check(!gx_dp_limits_reset(dp, &id, 1, &err), "%s", err.what);
	n = let_through(20, 1);
	check(n >= 5 && n <= 7, "a new rule's bucket is full: %u of 20, burst 5", n);
}

/* Only the first fragment has ports. */
static void test_fragments(void)
{
	unsigned int i, through = 0;
	uint8_t f[128];

	one_rule(GX_PASS);
	rule.act.limit = (struct gx_limit){ .present = true, .rate = 1, .per = 1, .burst = 3,
					    .key = GX_LIMIT_FLOW };
	rule.id = 20;
	must_install(&rules, "limit by flow");
	for (i = 0; i < 10; i++) {
		ipv4_frame(f, 17, 1, 2);
		f[20] = i & 1 ? 0 : 0x20;	/* more to come */
		f[21] = i & 1;			/* offset */
		f[37] = i;
		through += run(f, 74, NULL) == XDP_PASS;
	}
	check(through >= 3 && through <= 4, "fragments are one flow: %u of 10, burst 3",
	      through);
	check(run(f, ipv4_frame(f, 17, 1, 2), NULL) == XDP_PASS,
	      "what is whole goes by its ports");
}

/* --- whose packets share a bucket ------------------------------------------------------- */

/* In what two packets differ: addresses of IPv6 in their first half or in their second */
enum differ { DIFFER_SRC, DIFFER_SRC_HIGH, DIFFER_DST, DIFFER_DST_HIGH, DIFFER_SPORT,
	      DIFFER_DPORT, DIFFER_MAX };

static const struct {
	const char *name;
	uint8_t v4, v6;		/* byte of the frame; 0: there is no such thing */
	bool src, dst;
} differ[DIFFER_MAX] = {
	[DIFFER_SRC] = { "source", 29, 37, .src = true },
	[DIFFER_SRC_HIGH] = { "source's first half", 0, 29, .src = true },
	[DIFFER_DST] = { "destination", 33, 53, .dst = true },
	[DIFFER_DST_HIGH] = { "destination's first half", 0, 45, .dst = true },
	[DIFFER_SPORT] = { "source port", 35, 55 },
	[DIFFER_DPORT] = { "destination port", 37, 57 },
};

static const char *const by_name[] = {
	[GX_LIMIT_RULE] = "rule", [GX_LIMIT_SRC] = "source",
	[GX_LIMIT_DST] = "destination", [GX_LIMIT_FLOW] = "flow",
};

static unsigned int buckets(enum gx_limit_key by, enum differ what)
{
	switch (by) {
	case GX_LIMIT_SRC:
		return differ[what].src ? 2 : 1;
	case GX_LIMIT_DST:
		return differ[what].dst ? 2 : 1;
	case GX_LIMIT_FLOW:
		return 2;
	default:
		return 1;
	}
}

#define KEY_BURST	5

static void limit_keys(enum gx_limit_key by, bool v6, bool bytes, enum differ what)
{
	uint8_t f[128], at = v6 ? differ[what].v6 : differ[what].v4;
	size_t len = v6 ? ipv6_frame(f, 17, 1) : ipv4_frame(f, 17, 0x0a000001, 0x0b000001);
	unsigned int n = buckets(by, what), i, through = 0;
	uint64_t least = n * KEY_BURST, most, start, took;
	struct gx_error err = {};

	if (!at)
		return;
	/* buckets of keys stay from one kind of difference to the next: other keys */
	f[v6 ? 30 : 28] = f[v6 ? 46 : 32] = what + 1;
	check(!gx_dp_limits_reset(dp, &rule.id, 1, &err), "%s", err.what);
	start = now_ns();
	for (i = 0; i < 30; i++) {
		f[at] ^= 0x40;
		through += run(f, len, NULL) == XDP_PASS;
	}
	/* what comes back: a packet in a second, or the bytes of one in seconds */
	took = (now_ns() - start) / 1000000000 + 1;
	most = least + n * took;
	check(through >= least && through <= most,
	      "IPv%d, limit of %s by %s, packets that differ in their %s: %u of 30 go through, not %llu to %llu",
	      v6 ? 6 : 4, bytes ? "bytes" : "packets", by_name[by], differ[what].name, through,
	      (unsigned long long)least, (unsigned long long)most);
}

static void test_limit_keys(void)
{
	enum differ what;
	unsigned int kind;

	for (kind = 0; kind < 16; kind++) {
		enum gx_limit_key by = kind & 3;
		bool v6 = kind & 4, bytes = kind & 8;

		one_rule(GX_PASS);
		rule.id = 100 + kind;
		rule.act.limit = (struct gx_limit){ .present = true, .rate = 1, .per = 1, .key = by,
			.bytes = bytes, .burst = KEY_BURST * (bytes ? v6 ? 94 : 74 : 1) };
		must_install(&rules, "a limit by something");
		for (what = 0; what < DIFFER_MAX; what++)
			limit_keys(by, v6, bytes, what);
	}
}

/* --- by the first bits of an address ------------------------------------------------------ */

static int key_limits(void)
{
	return gx_dp_map_fd(dp, "key_limits");
}

/* Nobody has a bucket any more; @key is the last one's that had */
static void no_buckets(struct gxdp_limit_key *key)
{
	unsigned int n = 0;

	while (n < GXDP_KEY_LIMITS && !bpf_map_get_next_key(key_limits(), NULL, key))
		n += !bpf_map_delete_elem(key_limits(), key);
	check(n < GXDP_KEY_LIMITS, "%u buckets, and no end", n);
}

/* Two packets that differ in bit @bit of the address share a bucket if it is not asked for. */
static void limit_bit(enum gx_limit_key by, bool v6, unsigned int prefix, unsigned int bit)
{
	unsigned int bits = v6 ? 128 : 32, i;
	bool apart = bit < (prefix ?: bits);
	struct gxdp_limit_key key;
	uint32_t action[2];
	uint8_t f[128], at = v6 ? 22 : 26;
	size_t len = v6 ? ipv6_frame(f, 17, 1) : ipv4_frame(f, 17, 0x5a010203, 0x6a040506);

	at += (by == GX_LIMIT_SRC ? 0 : v6 ? 16 : 4) + bit / 8;
	no_buckets(&key);
	for (i = 0; i < 2; i++) {
		action[i] = run(f, len, NULL);
		f[at] ^= 0x80 >> bit % 8;
	}
	check(action[0] == XDP_PASS && action[1] == (apart ? XDP_PASS : XDP_DROP),
	      "IPv%d, limit by %s/%u: packets that differ in bit %u %s", v6 ? 6 : 4,
	      by_name[by], prefix, bit, apart ? "share a bucket" : "do not");
}

static void test_limit_prefix(void)
{
	static const uint8_t prefix[] = { 0, 1, 8, 24, 31, 32, 33, 63, 64, 65, 127 };
	static const uint8_t bit[] = { 0, 1, 7, 23, 24, 30, 31, 32, 62, 63, 64, 65, 126, 127 };
	enum gx_limit_key by;
	size_t i, j;

	for (by = GX_LIMIT_SRC; by <= GX_LIMIT_DST; by++) {
		for (i = 0; i < sizeof(prefix); i++) {
			one_rule(GX_PASS);
			rule.id = 130;
			rule.act.limit = (struct gx_limit){ .present = true, .rate = 1,
				.per = 1000, .burst = 1, .key = by, .prefix = prefix[i] };
			must_install(&rules, "a limit by some bits");
			for (j = 0; j < sizeof(bit); j++) {
				limit_bit(by, true, prefix[i], bit[j]);
				if (bit[j] < 32)
					limit_bit(by, false, prefix[i], bit[j]);
			}
		}
	}
}

/* --- less than one a second --------------------------------------------------------------- */

/*
 * Nobody waits for weeks. A bucket is the time when it will be full: so as if it were
 * so much later, that is so much earlier.
 */
struct slow {
	int map;
	union {
		uint32_t id;
		struct gxdp_limit_key key;
	};
};

static void find_bucket(struct slow *s)
{
	if (rule.act.limit.key == GX_LIMIT_RULE) {
		s->map = gx_dp_map_fd(dp, "rule_limits");
		s->id = rule.id;
		return;
	}
	s->map = key_limits();
	check(!bpf_map_get_next_key(s->map, NULL, &s->key) && s->key.rule_id == rule.id,
	      "there is a bucket");
}

static uint64_t full_at(const struct slow *s)
{
	struct gxdp_bucket bucket = {};

	check(!bpf_map_lookup_elem(s->map, &s->id, &bucket), "a bucket");
	return bucket.full_at;
}

static void later(const struct slow *s, long double seconds)
{
	long double then = full_at(s) - 64e9L * seconds;
	struct gxdp_bucket bucket = { .full_at = then > 0 ? then : 0 };

	check(!bpf_map_update_elem(s->map, &s->id, &bucket, BPF_EXIST), "later");
}

static unsigned int pass_of(unsigned int n)
{
	unsigned int through = 0;
	uint8_t f[128];

	while (n--)
		through += run(f, ipv4_frame(f, 17, 1, 2), NULL) == XDP_PASS;
	return through;
}

/* @limit lets through one frame in @each seconds */
static void slow_limit(const struct gx_limit *limit, long double each)
{
	unsigned int burst = limit->burst / (limit->bytes ? 74 : 1), n;
	uint64_t before, after, full, least;
	struct gx_error err = {};
	struct slow s = {};
	char what[64];

	snprintf(what, sizeof(what), "%llu %s in %u s by %s", (unsigned long long)limit->rate,
		 limit->bytes ? "bytes" : "packets", limit->per, by_name[limit->key]);
	one_rule(GX_PASS);
	rule.id = 131;
	rule.act.limit = *limit;
	must_install(&rules, what);
	no_buckets(&s.key);
	check(!gx_dp_limits_reset(dp, &rule.id, 1, &err), "%s", err.what);
	before = now_ns() << 6;
	check(pass_of(1) == 1, "%s: the first", what);
	after = now_ns() << 6;
	find_bucket(&s);
	full = full_at(&s);
	least = 64e9L * each * (1 - 1e-9L);
	check(full >= before + least && full <= after + 64e9L * each,
	      "%s: one takes %.6Lf s, not %.6Lf", what, (full - before) / 64e9L, each);
	n = pass_of(burst + 3);
	check(n == burst - 1, "%s: %u more at once, burst %u", what, n, burst);
	later(&s, each * 0.8);
	check(!pass_of(1), "%s: one before its time", what);
	later(&s, each * 0.4);
	check(pass_of(2) == 1, "%s: one when it is time", what);
	later(&s, each * 3);
	n = pass_of(5);
	check(n == (burst < 3 ? burst : 3), "%s: %u, not three, later", what, n);
	later(&s, each * (burst + 1));
	n = pass_of(burst + 3);
	check(n == burst, "%s: %u after a long time, burst %u", what, n, burst);
}

static void test_slow_limits(void)
{
	static const struct {
		struct gx_limit limit;
		long double each;
	} is[] = {
		{ { .rate = 5, .per = 60, .burst = 5 }, 12 },
		{ { .rate = 7, .per = 60, .burst = 1 }, 60 / 7.0L },
		{ { .rate = 1, .per = 3600, .burst = 4 }, 3600 },
		{ { .rate = 25, .per = 86400, .burst = 2 }, 3456 },
		{ { .rate = 1, .per = 604800, .burst = 104 }, 604800 },
		{ { .bytes = true, .rate = 1, .per = 60, .burst = 74 * 5 }, 74 * 60 },
		{ { .bytes = true, .rate = 1480, .per = 3600, .burst = 74 * 2 }, 180 },
	};
	struct gx_error err = {};
	enum gx_limit_key by;
	struct gx_limit limit;
	size_t i;

	for (by = GX_LIMIT_RULE; by <= GX_LIMIT_SRC; by++) {
		for (i = 0; i < sizeof(is) / sizeof(is[0]); i++) {
			limit = is[i].limit;
			limit.present = true;
			limit.key = by;
			slow_limit(&limit, is[i].each);
		}
	}
	rule.act.limit = (struct gx_limit){ .present = true, .rate = 1, .per = 604801, .burst = 1 };
	check(install(&rules, &err) == -EINVAL, "less than a packet in a week");
	rule.act.limit = (struct gx_limit){ .present = true, .bytes = true, .rate = 1, .per = 61,
					    .burst = 100 };
	check(install(&rules, &err) == -EINVAL, "less than a byte in a minute");
}

/* --- how fast it fills ------------------------------------------------------------------ */

#define RATE		1000	/* packets a second */
#define RATE_BURST	10
#define NS		1e9
/* Between two packets less comes back than one takes: the bucket cannot run over */
#define SHORT_NS	(1000000000ull / RATE / 2)
/* What is measured, and when to give up */
#define ENOUGH_NS	500000000ull
#define END_NS		20000000000ull

/*
 * Packets as fast as they go. Through go the burst and what comes back while it lasts, no
 * more; and no less, but for gaps in which this thread does not run and the bucket runs over.
 */
static void limit_rate(bool bytes)
{
	uint64_t start, before, after, last, counted, gaps = 0;
	double elapsed, certain, least, most;
	unsigned long through = 0, n = 0;
	uint8_t f[128], room[256];
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = f, .data_size_in = ipv4_frame(f, 17, 1, 2),
		.data_out = room, .data_size_out = sizeof(room), .repeat = 1);

	one_rule(GX_PASS);
	rule.id = bytes ? 121 : 120;
	rule.act.limit = (struct gx_limit){ .present = true, .bytes = bytes,
		.rate = RATE * (bytes ? 74 : 1), .per = 1, .burst = RATE_BURST * (bytes ? 74 : 1) };
	must_install(&rules, "a rate");
	start = last = after = before = counted = now_ns();
	do {
		opts.data_size_out = sizeof(room);
		before = now_ns();
		if (bpf_prog_test_run_opts(gx_dp_prog_fd(dp, false), &opts))
			break;
		after = now_ns();
		/* at most so long after the last one */
		if (after - last > SHORT_NS) {
			gaps += after - (counted > last ? counted : last);
			counted = after;
		}
		last = before;
		through += opts.retval == XDP_PASS;
		n++;
	} while (after - start - gaps < ENOUGH_NS && after - start < END_NS);
	elapsed = (after - start) / NS;
	certain = (double)(before - start) / NS - gaps / NS;
	most = RATE_BURST + RATE * elapsed * 1.001 + 1;
	least = RATE * certain * 0.999 - 2;
	check(n && through <= most, "%s: %lu of %lu in %.3f s, more than %.0f: 1,000 a second, burst 10",
	      bytes ? "bytes" : "packets", through, n, elapsed, most);
	check(through >= least, "%s: %lu of %lu in %.3f s, less than %.0f: 1,000 a second",
	      bytes ? "bytes" : "packets", through, n, elapsed, least);
	printf("limit of %s: %lu of %lu in %.3f s, within %.0f to %.0f\n",
	       bytes ? "bytes" : "packets", through, n, elapsed, least > 0 ? least : 0, most);
}

void test_limits(void)
{
	test_limit();
	test_limit_again();
	test_fragments();
	test_limit_keys();
	test_limit_prefix();
	test_slow_limits();
	limit_rate(false);
	limit_rate(true);
}
