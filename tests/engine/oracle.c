// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "oracle.h"

/* Where the reading of a frame is. Nothing is read at or behind end. */
struct cursor {
	const uint8_t *frame;
	size_t pos, end;
};

static bool left(const struct cursor *c, size_t n)
{
	return c->pos + n <= c->end;
}

static unsigned int get16(const struct cursor *c, size_t at)
{
	return c->frame[c->pos + at] << 8 | c->frame[c->pos + at + 1];
}

static void have(struct oracle_packet *p, enum gx_field f, uint64_t value)
{
	p->has[f] = true;
	p->value[f] = value;
}

static uint64_t mac(const uint8_t *b)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < 6; i++)
		v = v * 256 + b[i];
	return v;
}

/* Each of these says how reading ended: enum gx_state */

static int read_transport(struct oracle_packet *p, struct cursor *c)
{
	uint64_t proto = p->value[GX_F_PROTO];

	if (proto == 6) {
		if (!left(c, 20))
			return GX_STATE_TRUNCATED;
		have(p, GX_F_SPORT, get16(c, 0));
		have(p, GX_F_DPORT, get16(c, 2));
		if (c->frame[c->pos + 12] >> 4 < 5)
			return GX_STATE_MALFORMED;
		have(p, GX_F_TCP_FLAGS, c->frame[c->pos + 13]);
	} else if (proto == 17 || proto == 132) {
		if (!left(c, proto == 17 ? 8 : 12))
			return GX_STATE_TRUNCATED;
		have(p, GX_F_SPORT, get16(c, 0));
		have(p, GX_F_DPORT, get16(c, 2));
	} else if ((proto == 1 && p->ipver == 4) ||
		   (proto == 58 && p->ipver == 6)) {
		if (!left(c, 8))
			return GX_STATE_TRUNCATED;
		have(p, GX_F_ICMP_TYPE, c->frame[c->pos]);
		have(p, GX_F_ICMP_CODE, c->frame[c->pos + 1]);
	}
	return GX_STATE_OK;
}

static int read_ipv4(struct oracle_packet *p, struct cursor *c)
{
	unsigned int header, total, frag;

	if (!left(c, 20))
		return GX_STATE_TRUNCATED;
	header = (c->frame[c->pos] & 15) * 4;
	total = get16(c, 2);
	if (c->frame[c->pos] >> 4 != 4 || header < 20 || total < header)
		return GX_STATE_MALFORMED;
	p->ipver = 4;
	have(p, GX_F_IPVER, 4);
	have(p, GX_F_DSCP, c->frame[c->pos + 1] >> 2);
	have(p, GX_F_TTL, c->frame[c->pos + 8]);
	have(p, GX_F_PROTO, c->frame[c->pos + 9]);
	memcpy(p->src, c->frame + c->pos + 12, 4);
	memcpy(p->dst, c->frame + c->pos + 16, 4);
	frag = get16(c, 6);
	have(p, GX_F_FRAG, frag & 0x1fff ? GX_FRAG_LATER :
			   frag & 0x2000 ? GX_FRAG_FIRST : GX_FRAG_NONE);
	if (frag & 0x1fff)
		return GX_STATE_OK;
	/* padding behind the datagram is none of it */
	if (c->pos + total < c->end)
		c->end = c->pos + total;
	c->pos += header;
	return read_transport(p, c);
}

static int read_ipv6(struct oracle_packet *p, struct cursor *c)
{
	unsigned int next, frag = GX_FRAG_NONE, headers = 0;
	size_t end;

	if (!left(c, 40))
		return GX_STATE_TRUNCATED;
	if (c->frame[c->pos] >> 4 != 6)
		return GX_STATE_MALFORMED;
	p->ipver = 6;
	have(p, GX_F_IPVER, 6);
	have(p, GX_F_DSCP, (get16(c, 0) >> 4 & 0xff) >> 2);
	have(p, GX_F_TTL, c->frame[c->pos + 7]);
	memcpy(p->src, c->frame + c->pos + 8, 16);
	memcpy(p->dst, c->frame + c->pos + 24, 16);
	next = c->frame[c->pos + 6];
	end = c->pos + 40 + get16(c, 4);
	if (end < c->end)
		c->end = end;
	c->pos += 40;

	for (;;) {
		size_t size;

		switch (next) {
		case 0: case 43: case 60: case 135: case 139: case 140:
			size = 8;
			break;
		case 44:
			size = 8;
			break;
		case 51:
			size = 8;
			break;
		default:
			size = 0;
		}
		if (!size)
			break;
		if (headers++ == 8)
			return GX_STATE_DEEP;
		if (!left(c, next == 44 ? 8 : 2))
			return GX_STATE_TRUNCATED;
		if (next == 44) {
			unsigned int word = get16(c, 2);

			if (word & 0xfff8)
				frag = GX_FRAG_LATER;
			else if (word & 1)
				frag = GX_FRAG_FIRST;
		} else if (next == 51) {
			size = (c->frame[c->pos + 1] + 2) * 4;
		} else {
			size = (c->frame[c->pos + 1] + 1) * 8;
		}
		next = c->frame[c->pos];
		c->pos += size;
		if (frag == GX_FRAG_LATER)
			break;
	}
	have(p, GX_F_PROTO, next);
	have(p, GX_F_FRAG, frag);
	return frag == GX_FRAG_LATER ? GX_STATE_OK : read_transport(p, c);
}

static int read_link(struct oracle_packet *p, struct cursor *c)
{
	static const enum gx_field id[] = { GX_F_VLAN_ID, GX_F_VLAN2_ID };
	static const enum gx_field pcp[] = { GX_F_VLAN_PCP, GX_F_VLAN2_PCP };
	unsigned int type = get16(c, 12), tci, i;

	c->pos = 14;
	for (i = 0; i < 2; i++) {
		if (type != 0x8100 && type != 0x88a8)
			break;
		if (!left(c, 4))
			return GX_STATE_TRUNCATED;
		tci = get16(c, 0);
		type = get16(c, 2);
		c->pos += 4;
		have(p, id[i], tci & 0xfff);
		have(p, pcp[i], tci >> 13);
	}
	for (; i < 2; i++)
		have(p, id[i], GX_VLAN_NONE);
	have(p, GX_F_ETH_TYPE, type);
	if (type == 0x0800)
		return read_ipv4(p, c);
	if (type == 0x86dd)
		return read_ipv6(p, c);
	return GX_STATE_OK;
}

void oracle_read(struct oracle_packet *p, const uint8_t *frame, size_t len,
		 uint32_t rxq)
{
	struct cursor c = { .frame = frame, .end = len };

	memset(p, 0, sizeof(*p));
	have(p, GX_F_ETH_DST, mac(frame));
	have(p, GX_F_ETH_SRC, mac(frame + 6));
	have(p, GX_F_LEN, len);
	have(p, GX_F_RXQ, rxq);
	have(p, GX_F_STATE, read_link(p, &c));
}

/* --- rules ------------------------------------------------------------------------- */

static bool in_prefix(const struct gx_prefix *prefix, const uint8_t *addr)
{
	unsigned int bit;

	for (bit = 0; bit < prefix->len; bit++)
		if ((prefix->addr[bit / 8] ^ addr[bit / 8]) >> (7 - bit % 8) & 1)
			return false;
	return true;
}

static bool in_prefixes(const struct gx_prefixes *list, const uint8_t *addr)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (in_prefix(&list->v[i], addr))
			return true;
	return false;
}

static bool addr_holds(const struct gx_ruleset *rs,
		       const struct gx_addr_match *m, int ipver,
		       const uint8_t *addr)
{
	bool in;
	size_t i;

	if (!m->present)
		return true;
	if (!ipver)
		return false;
	in = in_prefixes(ipver == 4 ? &m->v4 : &m->v6, addr);
	for (i = 0; i < m->nsets && !in; i++)
		in = in_prefixes(ipver == 4 ? &rs->set[m->set[i]].v4 :
				 &rs->set[m->set[i]].v6, addr);
	if (!m->negate)
		return in;
	return !in && (!m->family || m->family == ipver);
}

bool oracle_matches(const struct gx_ruleset *rs, const struct gx_rule *rule,
		    const struct oracle_packet *p)
{
	enum gx_field f;
	bool in;
	size_t i;

	for (f = 0; f < GX_F_MAX; f++) {
		if (!rule->cond[f].n)
			continue;
		if (!p->has[f])
			return false;
		in = false;
		for (i = 0; i < rule->cond[f].n && !in; i++)
			in = p->value[f] >= rule->cond[f].v[i].lo &&
			     p->value[f] <= rule->cond[f].v[i].hi;
		if (!in)
			return false;
	}
	return addr_holds(rs, &rule->src, p->ipver, p->src) &&
	       addr_holds(rs, &rule->dst, p->ipver, p->dst);
}

void oracle_count(struct gxdp_count *count, const struct oracle_packet *p)
{
	count->packets++;
	count->bytes += p->value[GX_F_LEN];
}

long oracle_decide(const struct gx_ruleset *rs, const struct oracle_packet *p,
		   struct gxdp_count *counted)
{
	size_t i;

	for (i = 0; i < rs->nrules; i++) {
		if (!oracle_matches(rs, &rs->rule[i], p))
			continue;
		if (rs->rule[i].act.verdict != GX_COUNT)
			return i;
		if (counted)
			oracle_count(&counted[i], p);
	}
	return -1;
}
