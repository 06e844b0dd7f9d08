// SPDX-License-Identifier: GPL-2.0
/* Rules that no packet can match, or that cannot do what they say. */
#include <netinet/in.h>

#include "build.h"
#include "field.h"

static bool asks(const struct gx_rule *rule, enum gx_field field)
{
	return rule->cond[field].n;
}

/* Whether the condition on @field lets @value through; one not there does */
static bool allows(const struct gx_rule *rule, enum gx_field field,
		   uint64_t value)
{
	return !asks(rule, field) || gx_ranges_has(&rule->cond[field], value);
}

static bool has_ports(const struct gx_rule *rule)
{
	return allows(rule, GX_F_PROTO, IPPROTO_TCP) ||
	       allows(rule, GX_F_PROTO, IPPROTO_UDP) ||
	       allows(rule, GX_F_PROTO, IPPROTO_SCTP);
}

static bool only_with_ports(const struct gx_rule *rule)
{
	const struct gx_ranges *proto = &rule->cond[GX_F_PROTO];
	size_t i;
	uint64_t v;

	for (i = 0; i < proto->n; i++)
		for (v = proto->v[i].lo; v <= proto->v[i].hi; v++)
			if (v != IPPROTO_TCP && v != IPPROTO_UDP &&
			    v != IPPROTO_SCTP)
				return false;
	return true;
}

static const struct gx_loc *proto_or(const struct gx_rule_places *at,
				     enum gx_field field)
{
	return at->field[GX_F_PROTO] ?: at->field[field];
}

static bool check_ports(struct gx_parser *p, const struct gx_rule *rule,
			const struct gx_rule_places *at)
{
	enum gx_field field = asks(rule, GX_F_DPORT) ? GX_F_DPORT : GX_F_SPORT;

	if (!asks(rule, field))
		return true;
	if (!has_ports(rule)) {
		gx_error(p, at->field[field], NULL,
			 "only TCP, UDP and SCTP have ports: this rule would never match");
		gx_note(p, proto_or(at, field), "the protocol");
		return false;
	}
	if (!only_with_ports(rule))
		gx_warning(p, at->field[field], NULL,
			   "only TCP, UDP and SCTP have ports: of the other protocols nothing matches this rule");
	return true;
}

static bool check_flags(struct gx_parser *p, const struct gx_rule *rule,
			const struct gx_rule_places *at)
{
	if (!asks(rule, GX_F_TCP_FLAGS) ||
	    allows(rule, GX_F_PROTO, IPPROTO_TCP))
		return true;
	gx_error(p, at->field[GX_F_TCP_FLAGS], NULL,
		 "only TCP has flags: this rule would never match");
	gx_note(p, at->field[GX_F_PROTO], "the protocol");
	return false;
}

/* ICMP in IPv6 packets, and ICMPv6 in IPv4 ones, have no type to look at */
static bool check_icmp(struct gx_parser *p, const struct gx_rule *rule,
		       const struct gx_rule_places *at)
{
	enum gx_field field = asks(rule, GX_F_ICMP_TYPE) ? GX_F_ICMP_TYPE :
							    GX_F_ICMP_CODE;
	bool v4, v6;

	if (!asks(rule, field))
		return true;
	v4 = allows(rule, GX_F_PROTO, IPPROTO_ICMP) &&
	     allows(rule, GX_F_IPVER, 4);
	v6 = allows(rule, GX_F_PROTO, IPPROTO_ICMPV6) &&
	     allows(rule, GX_F_IPVER, 6);
	if (v4 || v6)
		return true;
	if (allows(rule, GX_F_PROTO, IPPROTO_ICMP) ||
	    allows(rule, GX_F_PROTO, IPPROTO_ICMPV6)) {
		gx_error(p, at->field[field], NULL,
			 "ICMP belongs to IPv4 and ICMPv6 to IPv6: this rule would never match");
		gx_note(p, at->field[GX_F_IPVER], "the version");
	} else {
		gx_error(p, at->field[field], "icmp type ... or icmpv6 type ...",
			 "only ICMP and ICMPv6 have types and codes: this rule would never match");
		gx_note(p, at->field[GX_F_PROTO], "the protocol");
	}
	return false;
}

/* "icmp" in an IPv6 packet may be sent, and is hardly ever meant */
static void warn_other_icmp(struct gx_parser *p, const struct gx_rule *rule,
			    const struct gx_rule_places *at)
{
	const struct gx_ranges *proto = &rule->cond[GX_F_PROTO];

	if (!asks(rule, GX_F_IPVER) || proto->n != 1 ||
	    proto->v->lo != proto->v->hi)
		return;
	if (proto->v->lo == IPPROTO_ICMP && !allows(rule, GX_F_IPVER, 4))
		gx_warning(p, at->field[GX_F_PROTO], NULL,
			   "IPv6 has icmpv6; icmp hardly ever comes in it");
	if (proto->v->lo == IPPROTO_ICMPV6 && !allows(rule, GX_F_IPVER, 6))
		gx_warning(p, at->field[GX_F_PROTO], NULL,
			   "IPv4 has icmp; icmpv6 hardly ever comes in it");
}

static bool check_later_fragment(struct gx_parser *p, const struct gx_rule *rule,
				 const struct gx_rule_places *at)
{
	static const enum gx_field behind[] = {
		GX_F_SPORT, GX_F_DPORT, GX_F_TCP_FLAGS, GX_F_ICMP_TYPE,
		GX_F_ICMP_CODE,
	};
	size_t i;

	if (!asks(rule, GX_F_FRAG) ||
	    gx_ranges_has(&rule->cond[GX_F_FRAG], GX_FRAG_NONE) ||
	    gx_ranges_has(&rule->cond[GX_F_FRAG], GX_FRAG_FIRST))
		return true;
	for (i = 0; i < sizeof(behind) / sizeof(behind[0]); i++) {
		if (!asks(rule, behind[i]))
			continue;
		gx_error(p, at->field[behind[i]], NULL,
			 "later fragments have no transport header: this rule would never match");
		gx_note(p, at->field[GX_F_FRAG], "the fragment");
		return false;
	}
	return true;
}

static bool tagged(const struct gx_rule *rule, enum gx_field id)
{
	const struct gx_ranges *r = &rule->cond[id];

	return !r->n || r->v[0].lo < GX_VLAN_NONE;
}

static bool check_vlan(struct gx_parser *p, const struct gx_rule *rule,
		       const struct gx_rule_places *at)
{
	static const struct {
		enum gx_field what, needs;
		const char *why;
	} rules[] = {
		{ GX_F_VLAN_PCP, GX_F_VLAN_ID,
		  "a frame without a tag has no priority" },
		{ GX_F_VLAN2_PCP, GX_F_VLAN2_ID,
		  "a frame without an inner tag has no inner priority" },
		{ GX_F_VLAN2_PCP, GX_F_VLAN_ID,
		  "an inner tag stands behind an outer one" },
	};
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!asks(rule, rules[i].what) || tagged(rule, rules[i].needs))
			continue;
		gx_error(p, at->field[rules[i].what], NULL,
			 "%s: this rule would never match", rules[i].why);
		gx_note(p, at->field[rules[i].needs], "no tag");
		return false;
	}
	if (asks(rule, GX_F_VLAN2_ID) && !allows(rule, GX_F_VLAN2_ID, GX_VLAN_NONE) &&
	    !tagged(rule, GX_F_VLAN_ID)) {
		gx_error(p, at->field[GX_F_VLAN2_ID], NULL,
			 "an inner tag stands behind an outer one: this rule would never match");
		gx_note(p, at->field[GX_F_VLAN_ID], "no tag");
		return false;
	}
	return true;
}

/* Which families an address condition can hold for */
static void families(const struct gx_addr_match *m, bool *v4, bool *v6)
{
	*v4 = *v6 = true;
	if (!m->present)
		return;
	if (m->negate) {
		*v4 = m->family != 6;
		*v6 = m->family != 4;
	} else if (!m->nsets) {
		*v4 = m->v4.n;
		*v6 = m->v6.n;
	}
}

static bool check_families(struct gx_parser *p, const struct gx_rule *rule,
			   const struct gx_rule_places *at)
{
	bool s4, s6, d4, d6, v4, v6;

	families(&rule->src, &s4, &s6);
	families(&rule->dst, &d4, &d6);
	v4 = allows(rule, GX_F_IPVER, 4);
	v6 = allows(rule, GX_F_IPVER, 6);
	if (!((s4 && d4) || (s6 && d6))) {
		gx_error(p, at->dst, NULL, "source and destination are of different families: this rule would never match");
		gx_note(p, at->src, "the source");
		return false;
	}
	if (!((s4 && d4 && v4) || (s6 && d6 && v6))) {
		gx_error(p, (s4 && v4) || (s6 && v6) ? at->dst : at->src, NULL,
			 "the address is of the other family: this rule would never match");
		gx_note(p, at->field[GX_F_IPVER], "the version");
		return false;
	}
	return true;
}

/* Fields of IP, and an Ethernet type that is not IP's */
static bool check_ether_type(struct gx_parser *p, const struct gx_rule *rule,
			     const struct gx_rule_places *at)
{
	const struct gx_loc *ip = at->src ?: at->dst;
	enum gx_field f;
	bool v4, v6;

	if (!asks(rule, GX_F_ETH_TYPE))
		return true;
	if (asks(rule, GX_F_STATE) && !allows(rule, GX_F_STATE, GX_STATE_OK))
		return true;
	for (f = GX_F_IPVER; f < GX_F_MAX && !ip; f++)
		ip = at->field[f];
	if (!ip)
		return true;
	v4 = allows(rule, GX_F_ETH_TYPE, 0x0800) && allows(rule, GX_F_IPVER, 4);
	v6 = allows(rule, GX_F_ETH_TYPE, 0x86dd) && allows(rule, GX_F_IPVER, 6);
	if (v4 || v6)
		return true;
	gx_error(p, ip, NULL, "frames of this Ethernet type have no such field: this rule would never match");
	gx_note(p, at->field[GX_F_ETH_TYPE], "the type");
	return false;
}

/* What is shorter has padding behind it on a wire. */
#define PADDED_TO	60

static bool check_length(struct gx_parser *p, const struct gx_rule *rule,
			 const struct gx_rule_places *at)
{
	const struct gx_ranges *len = &rule->cond[GX_F_LEN];

	if (!len->n || len->v[len->n - 1].hi >= PADDED_TO)
		return true;
	if (len->v[len->n - 1].hi >= 14) {
		gx_warning(p, at->field[GX_F_LEN], "state truncated, of datagrams that end too early",
			   "frames off a wire have at least %d bytes, padding with them: only those of virtual devices match this rule",
			   PADDED_TO);
		return true;
	}
	gx_error(p, at->field[GX_F_LEN], "the whole frame: Ethernet header and all, but no checksum",
		 "a frame has at least 14 bytes: this rule would never match");
	return false;
}

static bool check_action(struct gx_parser *p, const struct gx_rule *rule,
			 const struct gx_rule_places *at)
{
	const struct gx_action *act = &rule->act;

	if (act->verdict == GX_REJECT && asks(rule, GX_F_ETH_TYPE) &&
	    !allows(rule, GX_F_ETH_TYPE, 0x0800) &&
	    !allows(rule, GX_F_ETH_TYPE, 0x86dd)) {
		gx_error(p, at->verdict, "drop", "only IP can be told that it is rejected");
		return false;
	}
	/* of what other rules do, it is how much: the rest is dropped all the same */
	if (act->limit.present && act->verdict == GX_DROP) {
		gx_error(p, at->limit, "pass ... limit 5/min, or reject ... limit 5/min",
			 "a limit says how much meets the action, and the rest is dropped: this rule would drop all");
		return false;
	}
	if (act->mark_present && act->verdict != GX_PASS)
		gx_warning(p, at->mark, NULL, "only the stack and tc read marks, and %s does not go there",
			   gx_verdict_name(act->verdict));
	return true;
}

bool gx_rule_plausible(struct gx_parser *p, const struct gx_rule *rule,
		       const struct gx_rule_places *at)
{
	bool ok = true;

	ok &= check_ports(p, rule, at);
	ok &= check_flags(p, rule, at);
	ok &= check_icmp(p, rule, at);
	ok &= check_later_fragment(p, rule, at);
	ok &= check_vlan(p, rule, at);
	ok &= check_families(p, rule, at);
	ok &= check_ether_type(p, rule, at);
	ok &= check_length(p, rule, at);
	ok &= check_action(p, rule, at);
	if (ok)
		warn_other_icmp(p, rule, at);
	return ok;
}
