// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "rulegen.h"

const char *const shape_name[SHAPE_MAX] = {
	[SHAPE_ACL] = "acl",
	[SHAPE_FW] = "fw",
	[SHAPE_IPC] = "ipc",
};

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

/* --- pieces --------------------------------------------------------------------- */

void range_add(struct gx_ranges *r, uint64_t lo, uint64_t hi)
{
	r->v = must(realloc(r->v, (r->n + 1) * sizeof(*r->v)));
	r->v[r->n++] = (struct gx_range){ lo, hi };
}

static void one_range(struct gx_ranges *r, uint64_t lo, uint64_t hi)
{
	r->n = 0;
	range_add(r, lo, hi);
}

static void mask_prefix(struct gx_prefix *p)
{
	unsigned int bit;

	for (bit = p->len; bit < 128; bit++)
		p->addr[bit / 8] &= ~(0x80 >> bit % 8);
}

void prefix_add(struct gx_prefixes *list, const struct gx_prefix *p)
{
	/* room in powers of two, so that big lists are quick to make */
	if (!(list->n & (list->n - 1)))
		list->v = must(realloc(list->v, (list->n ? 2 * list->n : 1) *
				       sizeof(*list->v)));
	list->v[list->n] = *p;
	mask_prefix(&list->v[list->n++]);
}

static struct gx_prefix random_prefix(struct rng *r, bool v6, unsigned int len)
{
	struct gx_prefix p = { .len = len };
	unsigned int i;

	for (i = 0; i < (v6 ? 16 : 4); i++)
		p.addr[i] = rng_next(r);
	if (v6)
		p.addr[0] = 0x20 | (p.addr[0] & 0x0f);
	mask_prefix(&p);
	return p;
}

struct gx_ruleset *rules_new(size_t n)
{
	struct gx_ruleset *rs = must(calloc(1, sizeof(*rs)));
	size_t i;

	rs->rule = must(calloc(n + 1, sizeof(*rs->rule)));
	rs->nrules = n;
	for (i = 0; i < n; i++)
		rs->rule[i].id = i + 1;
	return rs;
}

void rules_free(struct gx_ruleset *rs)
{
	size_t i, f;

	for (i = 0; i < rs->nrules; i++) {
		struct gx_rule *rule = &rs->rule[i];

		for (f = 0; f < GX_F_MAX; f++)
			free(rule->cond[f].v);
		free(rule->src.v4.v);
		free(rule->src.v6.v);
		free(rule->src.set);
		free(rule->dst.v4.v);
		free(rule->dst.v6.v);
		free(rule->dst.set);
	}
	for (i = 0; i < rs->nsets; i++) {
		free(rs->set[i].v4.v);
		free(rs->set[i].v6.v);
	}
	free(rs->rule);
	free(rs->set);
	free(rs);
}

/* --- structured ------------------------------------------------------------------- */

/* One of several, each with its weight; the last has weight 0 */
struct weighted {
	uint16_t weight;
	uint8_t a, b;
};

static const struct weighted *pick(struct rng *r, const struct weighted *w)
{
	unsigned int sum = 0, at;
	const struct weighted *p;

	for (p = w; p->weight; p++)
		sum += p->weight;
	at = rng_below(r, sum);
	for (p = w; at >= p->weight; p++)
		at -= p->weight;
	return p;
}

/* Lengths of source and destination prefix together, IPv4 */
static const struct weighted lengths_acl[] = {
	{ 18, 0, 32 }, { 14, 0, 24 }, { 4, 0, 16 }, { 16, 24, 32 },
	{ 14, 32, 32 }, { 8, 24, 24 }, { 6, 16, 24 }, { 5, 16, 32 },
	{ 4, 23, 30 }, { 3, 28, 27 }, { 3, 21, 24 }, { 2, 8, 32 },
	{ 2, 32, 0 }, { 1, 0, 0 }, {},
};

static const struct weighted lengths_fw[] = {
	{ 22, 0, 32 }, { 16, 32, 0 }, { 14, 32, 32 }, { 10, 0, 24 },
	{ 8, 24, 0 }, { 8, 24, 32 }, { 6, 0, 28 }, { 4, 16, 0 },
	{ 4, 24, 24 }, { 3, 0, 16 }, { 3, 28, 32 }, { 2, 0, 0 }, {},
};

static const struct weighted lengths_ipc[] = {
	{ 20, 32, 32 }, { 12, 24, 32 }, { 12, 32, 24 }, { 10, 24, 24 },
	{ 8, 0, 32 }, { 8, 32, 0 }, { 6, 16, 24 }, { 6, 24, 16 },
	{ 5, 28, 28 }, { 4, 0, 24 }, { 4, 24, 0 }, { 2, 8, 16 },
	{ 1, 0, 0 }, {},
};

static const struct weighted *const lengths[SHAPE_MAX] = {
	lengths_acl, lengths_fw, lengths_ipc,
};

/* Classes of port conditions: any, from 1024 up, below it, range, exact */
enum { PORT_ANY, PORT_HI, PORT_LO, PORT_RANGE, PORT_EXACT };

static const struct weighted ports_acl[] = {
	{ 30, PORT_ANY, PORT_ANY }, { 50, PORT_ANY, PORT_EXACT },
	{ 12, PORT_ANY, PORT_RANGE }, { 5, PORT_ANY, PORT_HI },
	{ 2, PORT_HI, PORT_EXACT }, { 1, PORT_EXACT, PORT_ANY }, {},
};

static const struct weighted ports_fw[] = {
	{ 34, PORT_ANY, PORT_ANY }, { 28, PORT_ANY, PORT_EXACT },
	{ 8, PORT_ANY, PORT_RANGE }, { 6, PORT_HI, PORT_EXACT },
	{ 8, PORT_EXACT, PORT_ANY }, { 5, PORT_EXACT, PORT_HI },
	{ 4, PORT_EXACT, PORT_EXACT }, { 4, PORT_RANGE, PORT_RANGE },
	{ 3, PORT_HI, PORT_HI }, {},
};

static const struct weighted ports_ipc[] = {
	{ 46, PORT_ANY, PORT_ANY }, { 26, PORT_ANY, PORT_EXACT },
	{ 6, PORT_EXACT, PORT_ANY }, { 8, PORT_EXACT, PORT_EXACT },
	{ 5, PORT_HI, PORT_EXACT }, { 5, PORT_ANY, PORT_RANGE },
	{ 4, PORT_HI, PORT_HI }, {},
};

static const struct weighted *const ports[SHAPE_MAX] = {
	ports_acl, ports_fw, ports_ipc,
};

static const struct weighted protocols[] = {
	{ 66, 6, 0 }, { 20, 17, 0 }, { 8, 1, 0 }, { 6, 255, 0 }, {},
};

/*
 * Addresses nest and cluster: a new one is often inside, or beside, one there was
 * before.
 */
struct pool {
	struct gx_prefix *v;
	size_t n, max;
};

static struct gx_prefix from_pool(struct rng *r, struct pool *pool, bool v6,
				  unsigned int len)
{
	struct gx_prefix p;
	unsigned int keep, bit;

	if (pool->n && rng_chance(r, 85)) {
		p = pool->v[rng_below(r, pool->n)];
		/* share the upper half or more with it */
		keep = rng_chance(r, 40) ? len : len * 5 / 8;
		if (keep > p.len)
			keep = p.len;
		for (bit = keep; bit < (v6 ? 128 : 32); bit++)
			if (rng_next(r) & 1)
				p.addr[bit / 8] ^= 0x80 >> bit % 8;
		p.len = len;
		mask_prefix(&p);
	} else {
		p = random_prefix(r, v6, len);
	}
	if (len && pool->n < pool->max)
		pool->v[pool->n++] = p;
	return p;
}

static unsigned int v6_length(struct rng *r, unsigned int v4)
{
	/* sites are /48, networks /64, hosts /128 */
	return v4 == 0 ? 0 : v4 < 20 ? 32 + rng_below(r, 9) :
	       v4 < 28 ? 48 + 16 * rng_below(r, 2) : v4 < 32 ? 64 : 128;
}

static void set_addr(struct gx_addr_match *m, const struct gx_prefix *p, bool v6)
{
	if (!p->len)
		return;
	m->present = true;
	prefix_add(v6 ? &m->v6 : &m->v4, p);
}

static void set_port(struct rng *r, struct gx_ranges *cond, unsigned int class)
{
	static const uint16_t known[] = {
		20, 21, 22, 23, 25, 53, 67, 80, 110, 111, 119, 123, 135, 139,
		143, 161, 179, 389, 443, 445, 514, 636, 993, 995, 1433, 1521,
		1645, 1723, 3128, 3306, 3389, 5060, 5432, 5631, 6000, 8080, 8443,
	};
	uint64_t lo, hi;

	switch (class) {
	case PORT_HI:
		one_range(cond, 1024, 65535);
		break;
	case PORT_LO:
		one_range(cond, 0, 1023);
		break;
	case PORT_RANGE:
		lo = rng_below(r, 60000);
		hi = lo + 1 + rng_below(r, rng_chance(r, 70) ? 100 : 5000);
		one_range(cond, lo, hi);
		break;
	case PORT_EXACT:
		lo = rng_chance(r, 75) ?
			known[rng_below(r, sizeof(known) / sizeof(known[0]))] :
			rng_below(r, 65536);
		one_range(cond, lo, lo);
		break;
	}
}

struct gx_ruleset *rules_structured(struct rng *r, enum rule_shape shape,
				    size_t n, bool v6)
{
	struct gx_ruleset *rs = rules_new(n);
	struct pool src = { .max = n / 4 + 8 }, dst = { .max = n / 4 + 8 };
	const struct weighted *len, *port;
	struct gx_prefix p;
	unsigned int proto;
	size_t i;

	src.v = must(calloc(src.max, sizeof(*src.v)));
	dst.v = must(calloc(dst.max, sizeof(*dst.v)));
	for (i = 0; i < n; i++) {
		struct gx_rule *rule = &rs->rule[i];

		len = pick(r, lengths[shape]);
		/* big sets have few rules that are for everything */
		if (!len->a && !len->b && i < n - n / 50)
			len = lengths[shape];
		p = from_pool(r, &src, v6, v6 ? v6_length(r, len->a) : len->a);
		set_addr(&rule->src, &p, v6);
		p = from_pool(r, &dst, v6, v6 ? v6_length(r, len->b) : len->b);
		set_addr(&rule->dst, &p, v6);
		proto = pick(r, protocols)->a;
		if (proto == 1 && v6)
			proto = 58;
		if (proto == 6 || proto == 17) {
			port = pick(r, ports[shape]);
			set_port(r, &rule->cond[GX_F_SPORT], port->a);
			set_port(r, &rule->cond[GX_F_DPORT], port->b);
		}
		if (proto != 255)
			one_range(&rule->cond[GX_F_PROTO], proto, proto);
		one_range(&rule->cond[GX_F_IPVER], v6 ? 6 : 4, v6 ? 6 : 4);
		rule->act.verdict = rng_chance(r, 60) ? GX_DROP : GX_PASS;
	}
	free(src.v);
	free(dst.v);
	return rs;
}

/* --- sets -------------------------------------------------------------------------- */

static unsigned int list_length(struct rng *r, bool v6)
{
	unsigned int at = rng_below(r, 100);

	if (v6)
		return at < 35 ? 128 : at < 65 ? 64 : at < 85 ? 48 : at < 95 ?
		       33 + rng_below(r, 15) : 32;
	return at < 60 ? 32 : at < 90 ? 24 : at < 99 ? 17 + rng_below(r, 15) :
	       12 + rng_below(r, 5);
}

struct gx_ruleset *rules_set(struct rng *r, size_t n, bool v6)
{
	struct gx_ruleset *rs = rules_new(1);
	struct gx_prefix p;
	size_t i;

	rs->set = must(calloc(1, sizeof(*rs->set)));
	rs->nsets = 1;
	for (i = 0; i < n; i++) {
		p = random_prefix(r, v6, list_length(r, v6));
		prefix_add(v6 ? &rs->set[0].v6 : &rs->set[0].v4, &p);
	}
	rs->rule[0].src.present = true;
	rs->rule[0].src.set = must(calloc(1, sizeof(unsigned int)));
	rs->rule[0].src.nsets = 1;
	rs->rule[0].act.verdict = GX_DROP;
	return rs;
}

/* --- random ------------------------------------------------------------------------ */

/* Small pools of values, so that rules overlap and meet each other's edges */
static const struct {
	enum gx_field f;
	uint64_t max;		/* values that there are: a pool of them is used */
	unsigned int percent;	/* of rules that ask */
} kinds[] = {
	{ GX_F_ETH_SRC, (1ull << 48) - 1, 6 },
	{ GX_F_ETH_DST, (1ull << 48) - 1, 6 },
	{ GX_F_ETH_TYPE, 65535, 6 },
	{ GX_F_VLAN_ID, 4096, 8 },
	{ GX_F_VLAN_PCP, 7, 4 },
	{ GX_F_VLAN2_ID, 4096, 4 },
	{ GX_F_VLAN2_PCP, 7, 2 },
	{ GX_F_LEN, 1518, 6 },
	{ GX_F_RXQ, 3, 4 },
	{ GX_F_STATE, 3, 5 },
	{ GX_F_IPVER, 6, 10 },
	{ GX_F_PROTO, 255, 25 },
	{ GX_F_DSCP, 63, 6 },
	{ GX_F_TTL, 255, 6 },
	{ GX_F_FRAG, 2, 6 },
	{ GX_F_SPORT, 65535, 15 },
	{ GX_F_DPORT, 65535, 25 },
	{ GX_F_TCP_FLAGS, 255, 8 },
	{ GX_F_ICMP_TYPE, 255, 6 },
	{ GX_F_ICMP_CODE, 255, 4 },
};

static uint64_t pool_value(struct rng *r, enum gx_field f, uint64_t max)
{
	static const uint64_t protos[] = { 6, 17, 1, 58, 132, 51, 50, 47 };
	static const uint64_t types[] = { 0x0800, 0x86dd, 0x0806, 0x88cc,
					  0x8100 };
	static const uint64_t vlans[] = { 0, 1, 10, 100, 4094, 4095,
					  GX_VLAN_NONE };

	switch (f) {
	case GX_F_PROTO:
		return rng_chance(r, 80) ? protos[rng_below(r, 8)] :
					   rng_below(r, 256);
	case GX_F_ETH_TYPE:
		return types[rng_below(r, 5)];
	case GX_F_VLAN_ID:
	case GX_F_VLAN2_ID:
		return vlans[rng_below(r, 7)];
	case GX_F_IPVER:
		return rng_chance(r, 50) ? 4 : 6;
	case GX_F_ETH_SRC:
	case GX_F_ETH_DST:
		return 0x020000000000ull | (rng_below(r, 6) * 0x10001);
	case GX_F_SPORT:
	case GX_F_DPORT:
		return rng_chance(r, 50) ? rng_below(r, 40) * 1000 :
					   rng_below(r, max + 1);
	default:
		return rng_below(r, max + 1);
	}
}

static int by_lo(const void *a, const void *b)
{
	const struct gx_range *p = a, *q = b;

	return p->lo < q->lo ? -1 : p->lo > q->lo;
}

void ranges_tidy(struct gx_ranges *r)
{
	size_t i, n = 0;

	if (!r->n)
		return;
	qsort(r->v, r->n, sizeof(*r->v), by_lo);
	for (i = 0; i < r->n; i++) {
		if (n && r->v[i].lo <= r->v[n - 1].hi + 1) {
			if (r->v[i].hi > r->v[n - 1].hi)
				r->v[n - 1].hi = r->v[i].hi;
		} else {
			r->v[n++] = r->v[i];
		}
	}
	r->n = n;
}

static void negate(struct gx_ranges *r, uint64_t max)
{
	struct gx_ranges out = {};
	uint64_t at = 0;
	size_t i;

	for (i = 0; i < r->n; i++) {
		if (r->v[i].lo > at)
			range_add(&out, at, r->v[i].lo - 1);
		at = r->v[i].hi + 1;
	}
	if (at <= max)
		range_add(&out, at, max);
	if (!out.n) {
		free(out.v);
		return;
	}
	free(r->v);
	*r = out;
}

static void random_cond(struct rng *r, struct gx_ranges *cond, enum gx_field f,
			uint64_t max)
{
	size_t i, n = rng_chance(r, 70) ? 1 : 1 + rng_below(r, 12);
	uint64_t lo, hi;

	for (i = 0; i < n; i++) {
		lo = pool_value(r, f, max);
		hi = rng_chance(r, 60) ? lo : lo + rng_below(r, max / 4 + 2);
		range_add(cond, lo, hi > max ? max : hi);
		if (cond->v[cond->n - 1].lo > cond->v[cond->n - 1].hi)
			cond->v[cond->n - 1].lo = cond->v[cond->n - 1].hi;
	}
	ranges_tidy(cond);
	if (rng_chance(r, 15))
		negate(cond, max);
}

/* A few networks that all rules are about */
static struct gx_prefix pool_prefix(struct rng *r, bool v6)
{
	struct rng fixed = { rng_below(r, 24) + (v6 ? 1000 : 0) };
	unsigned int max = v6 ? 128 : 32, len, bit;
	struct gx_prefix p = random_prefix(&fixed, v6, max);

	len = rng_chance(r, 30) ? max : rng_below(r, max + 1);
	for (bit = len > 8 ? len - 4 : len; bit < max; bit++)
		if (rng_chance(r, 25))
			p.addr[bit / 8] ^= 0x80 >> bit % 8;
	p.len = len;
	mask_prefix(&p);
	return p;
}

static void random_addr(struct rng *r, struct gx_ruleset *rs,
			struct gx_addr_match *m)
{
	size_t i, n4, n6;
	struct gx_prefix p;

	m->present = true;
	m->negate = rng_chance(r, 12);
	if (m->negate)
		m->family = rng_chance(r, 50) ? 0 : rng_chance(r, 50) ? 4 : 6;
	n4 = rng_chance(r, 60) ? 1 : rng_below(r, 4);
	n6 = rng_chance(r, 60) ? rng_below(r, 2) : rng_below(r, 4);
	if (rng_chance(r, 4))
		n4 = 17 + rng_below(r, 30);
	for (i = 0; i < n4; i++) {
		p = pool_prefix(r, false);
		prefix_add(&m->v4, &p);
	}
	for (i = 0; i < n6; i++) {
		p = pool_prefix(r, true);
		prefix_add(&m->v6, &p);
	}
	if (rs->nsets && (rng_chance(r, 25) || (!n4 && !n6))) {
		m->nsets = 1 + rng_below(r, 2);
		m->set = must(calloc(m->nsets, sizeof(*m->set)));
		for (i = 0; i < m->nsets; i++)
			m->set[i] = rng_below(r, rs->nsets);
	}
	if (!m->v4.n && !m->v6.n && !m->nsets)
		m->present = false;
}

struct gx_ruleset *rules_random(struct rng *r, size_t n)
{
	struct gx_ruleset *rs = rules_new(n);
	struct gx_prefix p;
	size_t i, j, k;

	rs->nsets = rng_below(r, 7);
	rs->set = must(calloc(rs->nsets + 1, sizeof(*rs->set)));
	for (i = 0; i < rs->nsets; i++)
		for (j = 0, k = rng_below(r, 60); j < k; j++) {
			bool v6 = rng_chance(r, 40);

			p = pool_prefix(r, v6);
			prefix_add(v6 ? &rs->set[i].v6 : &rs->set[i].v4, &p);
		}
	for (i = 0; i < n; i++) {
		struct gx_rule *rule = &rs->rule[i];

		for (j = 0; j < sizeof(kinds) / sizeof(kinds[0]); j++)
			if (rng_chance(r, kinds[j].percent))
				random_cond(r, &rule->cond[kinds[j].f],
					    kinds[j].f, kinds[j].max);
		if (rng_chance(r, 45))
			random_addr(r, rs, &rule->src);
		if (rng_chance(r, 45))
			random_addr(r, rs, &rule->dst);
		rule->act.verdict = rng_chance(r, 12) ? GX_COUNT :
				    rng_chance(r, 50) ? GX_DROP : GX_PASS;
	}
	rs->dflt = rng_chance(r, 50) ? GX_PASS : GX_DROP;
	return rs;
}
