// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "framegen.h"

/* What a frame is to have; then it is written */
struct plan {
	uint64_t value[GX_F_MAX];
	uint8_t src[16], dst[16];
	unsigned int tags;
	unsigned int options;		/* IPv4: words of them */
	unsigned int headers;		/* IPv6: extension headers */
	bool odd;
	bool has_len;
};

static uint64_t near_range(struct rng *r, const struct gx_ranges *cond)
{
	const struct gx_range *v = &cond->v[rng_below(r, cond->n)];

	switch (rng_below(r, 8)) {
	case 0:
		return v->lo - 1;
	case 1:
		return v->hi + 1;
	case 2:
	case 3:
		return v->hi;
	case 4:
	case 5:
		return v->lo;
	default:
		return v->lo + rng_below(r, v->hi - v->lo + 1);
	}
}

static void flip(uint8_t *addr, unsigned int bit)
{
	addr[bit / 8] ^= 0x80 >> bit % 8;
}

static void near_prefix(struct rng *r, const struct gx_prefixes *list, bool v6,
			uint8_t *addr)
{
	const struct gx_prefix *p = &list->v[rng_below(r, list->n)];
	unsigned int bit, max = v6 ? 128 : 32;
	unsigned int how = rng_below(r, 6);

	memcpy(addr, p->addr, 16);
	/* first, last, or any address of it */
	for (bit = p->len; bit < max; bit++)
		if (how == 1 || (how > 1 && rng_next(r) & 1))
			flip(addr, bit);
	if (how == 5 && p->len)
		flip(addr, rng_chance(r, 60) ? p->len - 1u :
		     rng_below(r, p->len));
}

static void near_addr(struct rng *r, const struct gx_ruleset *rs,
		      const struct gx_addr_match *m, bool v6, uint8_t *addr)
{
	const struct gx_prefixes *list = v6 ? &m->v6 : &m->v4;
	const struct gx_set *set;

	if (m->nsets && (!list->n || rng_chance(r, 60))) {
		set = &rs->set[m->set[rng_below(r, m->nsets)]];
		list = v6 ? &set->v6 : &set->v4;
	}
	if (m->present && list->n)
		near_prefix(r, list, v6, addr);
}

/* --- writing ------------------------------------------------------------------------ */

static void put8(struct frame *f, uint8_t v)
{
	if (f->len < FRAME_MAX)
		f->data[f->len++] = v;
}

static void put16(struct frame *f, uint16_t v)
{
	put8(f, v >> 8);
	put8(f, v);
}

static void put_bytes(struct frame *f, const uint8_t *b, size_t n)
{
	while (n--)
		put8(f, *b++);
}

static void put_mac(struct frame *f, uint64_t v)
{
	int i;

	for (i = 5; i >= 0; i--)
		put8(f, v >> 8 * i);
}

static void put_transport(struct rng *r, const struct plan *p, struct frame *f)
{
	unsigned int proto = p->value[GX_F_PROTO], i;

	if (proto == 1 || proto == 58) {
		put8(f, p->value[GX_F_ICMP_TYPE]);
		put8(f, p->value[GX_F_ICMP_CODE]);
		for (i = 0; i < 6; i++)
			put8(f, rng_next(r));
		return;
	}
	put16(f, p->value[GX_F_SPORT]);
	put16(f, p->value[GX_F_DPORT]);
	if (proto != 6) {
		for (i = 0; i < 8; i++)
			put8(f, rng_next(r));
		return;
	}
	for (i = 0; i < 8; i++)
		put8(f, rng_next(r));
	put8(f, p->odd && rng_chance(r, 10) ? rng_next(r) : 0x50);
	put8(f, p->value[GX_F_TCP_FLAGS]);
	for (i = 0; i < 6; i++)
		put8(f, 0);
}

static void put_ipv4(struct rng *r, const struct plan *p, struct frame *f)
{
	size_t start = f->len, i;
	uint16_t frag = 0;

	if (p->value[GX_F_FRAG] == GX_FRAG_FIRST)
		frag = 0x2000;
	else if (p->value[GX_F_FRAG] == GX_FRAG_LATER)
		frag = (rng_next(r) & 0x3fff) | 1;
	put8(f, 0x45 + p->options);
	put8(f, p->value[GX_F_DSCP] << 2);
	put16(f, 0);
	put16(f, rng_next(r));
	put16(f, frag | (rng_next(r) & 0x4000));
	put8(f, p->value[GX_F_TTL]);
	put8(f, p->value[GX_F_PROTO]);
	put16(f, 0);
	put_bytes(f, p->src, 4);
	put_bytes(f, p->dst, 4);
	for (i = 0; i < 4 * p->options; i++)
		put8(f, 1);
	put_transport(r, p, f);
	for (i = rng_below(r, 30); i; i--)
		put8(f, rng_next(r));
	f->data[start + 2] = (f->len - start) >> 8;
	f->data[start + 3] = f->len - start;
	if (p->odd && rng_chance(r, 20))	/* the datagram ends early, or says so */
		f->data[start + 3] = rng_below(r, f->len - start + 3);
	if (p->odd && rng_chance(r, 5))
		f->data[start] = rng_next(r);
}

static void put_ipv6(struct rng *r, const struct plan *p, struct frame *f)
{
	static const uint8_t kind[] = { 0, 43, 60, 51, 135, 139, 140, 44 };
	uint8_t chain[16], final = p->value[GX_F_PROTO];
	unsigned int n = 0, i, j, size;
	bool later = false;
	size_t start = f->len;

	for (i = 0; i < p->headers; i++)
		chain[n++] = kind[rng_below(r, 7)];
	if (p->value[GX_F_FRAG] != GX_FRAG_NONE || (p->odd && rng_chance(r, 10)))
		chain[n++] = 44;
	put8(f, 0x60 | p->value[GX_F_DSCP] >> 2);
	put8(f, p->value[GX_F_DSCP] << 6 | (rng_next(r) & 0x3f));
	put16(f, rng_next(r));
	put16(f, 0);
	put8(f, n ? chain[0] : final);
	put8(f, p->value[GX_F_TTL]);
	put_bytes(f, p->src, 16);
	put_bytes(f, p->dst, 16);
	for (i = 0; i < n && !later; i++) {
		put8(f, i + 1 < n ? chain[i + 1] : final);
		if (chain[i] == 44) {
			put8(f, 0);
			later = p->value[GX_F_FRAG] == GX_FRAG_LATER;
			put16(f, (later ? 8 * (1 + rng_below(r, 100)) : 0) |
				 (p->value[GX_F_FRAG] == GX_FRAG_FIRST));
			for (j = 0; j < 4; j++)
				put8(f, rng_next(r));
			continue;
		}
		size = rng_below(r, 3);
		put8(f, chain[i] == 51 ? 2 * size + 2 : size);
		for (j = 2; j < 8 * (size + 1) + (chain[i] == 51 ? 8 : 0); j++)
			put8(f, rng_next(r));
	}
	put_transport(r, p, f);
	for (i = rng_below(r, 30); i; i--)
		put8(f, rng_next(r));
	f->data[start + 4] = (f->len - start - 40) >> 8;
	f->data[start + 5] = f->len - start - 40;
	if (p->odd && rng_chance(r, 20))
		f->data[start + 5] = rng_below(r, f->len - start - 40 + 3);
	if (p->odd && rng_chance(r, 5))
		f->data[start] = rng_next(r);
}

static void write_frame(struct rng *r, const struct plan *p, struct frame *f)
{
	static const uint16_t tag_type[] = { 0x8100, 0x88a8 };
	size_t want = p->value[GX_F_LEN];
	unsigned int type = p->value[GX_F_ETH_TYPE];

	f->len = 0;
	f->rxq = p->value[GX_F_RXQ];
	put_mac(f, p->value[GX_F_ETH_DST]);
	put_mac(f, p->value[GX_F_ETH_SRC]);
	if (p->tags) {
		put16(f, tag_type[rng_below(r, 2)]);
		put16(f, p->value[GX_F_VLAN_PCP] << 13 |
			 (p->value[GX_F_VLAN_ID] & 0xfff));
	}
	if (p->tags > 1) {
		put16(f, tag_type[rng_below(r, 2)]);
		put16(f, p->value[GX_F_VLAN2_PCP] << 13 |
			 (p->value[GX_F_VLAN2_ID] & 0xfff));
	}
	put16(f, type);
	if (type == 0x0800)
		put_ipv4(r, p, f);
	else if (type == 0x86dd)
		put_ipv6(r, p, f);
	else
		put_transport(r, p, f);
	while (f->len < 60 || (p->has_len && f->len < want && f->len < 1518))
		put8(f, 0);
	if (p->odd && rng_chance(r, 30))
		f->len = 14 + rng_below(r, f->len - 14);
}

/* --- planning ---------------------------------------------------------------------- */

static void plan_start(struct rng *r, struct plan *p)
{
	static const uint8_t protos[] = { 6, 6, 6, 17, 17, 1, 58, 132, 50, 51 };
	unsigned int i;

	memset(p, 0, sizeof(*p));
	p->value[GX_F_ETH_SRC] = 0x020000000000ull | rng_below(r, 8) * 0x10001;
	p->value[GX_F_ETH_DST] = 0x020000000000ull | rng_below(r, 8) * 0x10001;
	p->value[GX_F_PROTO] = protos[rng_below(r, sizeof(protos))];
	p->value[GX_F_DSCP] = rng_below(r, 64);
	p->value[GX_F_TTL] = rng_below(r, 256);
	p->value[GX_F_SPORT] = rng_below(r, 65536);
	p->value[GX_F_DPORT] = rng_below(r, 65536);
	p->value[GX_F_TCP_FLAGS] = rng_below(r, 256);
	p->value[GX_F_ICMP_TYPE] = rng_below(r, 256);
	p->value[GX_F_ICMP_CODE] = rng_below(r, 20);
	for (i = 0; i < 16; i++) {
		p->src[i] = rng_next(r);
		p->dst[i] = rng_next(r);
	}
}

static bool is_v6(struct rng *r, const struct gx_rule *rule)
{
	const struct gx_ranges *ver = &rule->cond[GX_F_IPVER];
	size_t n4 = rule->src.v4.n + rule->dst.v4.n;
	size_t n6 = rule->src.v6.n + rule->dst.v6.n;

	if (ver->n)
		return ver->v[0].lo == 6 || (ver->v[0].lo < 4 && rng_next(r) & 1);
	if (n4 && !n6)
		return rng_chance(r, 5);
	if (n6 && !n4)
		return rng_chance(r, 95);
	return rng_next(r) & 1;
}

void frame_for_rules(struct rng *r, const struct gx_ruleset *rs,
		     unsigned int queues, unsigned int odd, struct frame *f)
{
	const struct gx_rule *rule = &rs->rule[rng_below(r, rs->nrules)];
	bool v6 = is_v6(r, rule);
	struct plan p;
	enum gx_field i;

	plan_start(r, &p);
	p.value[GX_F_ETH_TYPE] = rng_chance(r, 3) ? 0x0806 :
				 v6 ? 0x86dd : 0x0800;
	for (i = 0; i < GX_F_MAX; i++)
		if (rule->cond[i].n)
			p.value[i] = near_range(r, &rule->cond[i]);
	p.has_len = rule->cond[GX_F_LEN].n && rng_chance(r, 80);
	near_addr(r, rs, &rule->src, v6, p.src);
	near_addr(r, rs, &rule->dst, v6, p.dst);

	p.tags = rng_chance(r, 15) ? 1 + rng_below(r, 2) : 0;
	if (rule->cond[GX_F_VLAN_ID].n || rule->cond[GX_F_VLAN_PCP].n)
		p.tags = p.value[GX_F_VLAN_ID] < 4096 || rng_chance(r, 10);
	if (rule->cond[GX_F_VLAN2_ID].n || rule->cond[GX_F_VLAN2_PCP].n)
		p.tags = p.value[GX_F_VLAN2_ID] < 4096 ? 2 : p.tags;
	p.odd = rng_chance(r, odd);
	p.value[GX_F_RXQ] %= queues;
	if (!rule->cond[GX_F_FRAG].n && rng_chance(r, 90))
		p.value[GX_F_FRAG] = GX_FRAG_NONE;
	if (rng_chance(r, 5))
		p.options = rng_below(r, 11);
	if (rng_chance(r, 10) || (p.odd && rng_chance(r, 20)))
		p.headers = rng_below(r, p.odd ? 11 : 4);
	/* a rule for ports is for protocols that have some */
	if (!rule->cond[GX_F_PROTO].n && rng_chance(r, 90)) {
		if (rule->cond[GX_F_TCP_FLAGS].n)
			p.value[GX_F_PROTO] = 6;
		else if (rule->cond[GX_F_ICMP_TYPE].n ||
			 rule->cond[GX_F_ICMP_CODE].n)
			p.value[GX_F_PROTO] = v6 ? 58 : 1;
	}
	write_frame(r, &p, f);
}

static void inside(struct rng *r, const struct gx_prefixes *list, bool v6,
		   uint8_t *addr)
{
	const struct gx_prefix *p;
	unsigned int bit;

	if (!list->n)
		return;
	p = &list->v[rng_below(r, list->n)];
	memcpy(addr, p->addr, 16);
	for (bit = p->len; bit < (v6 ? 128 : 32); bit++)
		if (rng_next(r) & 1)
			flip(addr, bit);
}

void frame_for_rule(struct rng *r, const struct gx_ruleset *rs, size_t i,
		    bool v6, struct frame *f)
{
	const struct gx_rule *rule = &rs->rule[i];
	static const enum gx_field field[] = {
		GX_F_PROTO, GX_F_SPORT, GX_F_DPORT };
	const struct gx_ranges *cond;
	struct plan p;
	unsigned int k;

	plan_start(r, &p);
	p.value[GX_F_ETH_TYPE] = v6 ? 0x86dd : 0x0800;
	p.value[GX_F_PROTO] = 6;
	for (k = 0; k < 3; k++) {
		cond = &rule->cond[field[k]];
		if (cond->n)
			p.value[field[k]] = cond->v->lo +
				rng_below(r, cond->v->hi - cond->v->lo + 1);
	}
	inside(r, rule->src.nsets ? (v6 ? &rs->set[rule->src.set[0]].v6 :
					  &rs->set[rule->src.set[0]].v4) :
	       v6 ? &rule->src.v6 : &rule->src.v4, v6, p.src);
	inside(r, v6 ? &rule->dst.v6 : &rule->dst.v4, v6, p.dst);
	write_frame(r, &p, f);
}
