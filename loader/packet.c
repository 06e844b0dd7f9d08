// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "lang/field.h"
#include "lang/lang.h"
#include "packet.h"
#include "rulefile.h"

#define RULE_DEFAULT (~0u)

static const char *const states[] = {
	[GX_STATE_OK] = "ok",
	[GX_STATE_TRUNCATED] = "truncated",
	[GX_STATE_MALFORMED] = "malformed",
	[GX_STATE_DEEP] = "deep",
};

static const char *const frags[] = {
	[GX_FRAG_NONE] = "none",
	[GX_FRAG_FIRST] = "first",
	[GX_FRAG_LATER] = "later",
};

static const char *state_name(unsigned int state)
{
	return state <= GX_STATE_DEEP ? states[state] : "?";
}

static const char *frag_name(unsigned int frag)
{
	return frag <= GX_FRAG_LATER ? frags[frag] : "?";
}

static void address(const struct gxdp_sample *rec, const __u8 *addr,
		    char out[INET6_ADDRSTRLEN])
{
	inet_ntop(rec->ipver == 6 ? AF_INET6 : AF_INET, addr, out,
		  INET6_ADDRSTRLEN);
}

static void mac(const __u8 *m, char out[18])
{
	snprintf(out, 18, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2],
		 m[3], m[4], m[5]);
}

static void proto_name(unsigned int proto, char out[16])
{
	const char *name = gx_value_to_name(gx_proto_names, proto);

	if (name)
		snprintf(out, 16, "%s", name);
	else
		snprintf(out, 16, "proto %u", proto);
}

static void describe_flags(const struct gxdp_sample *rec, FILE *out)
{
	const struct gx_named_value *f;
	const char *sep = " ";

	for (f = gx_tcp_flag_names; f->name; f++) {
		if (!(rec->tcp_flags & f->value))
			continue;
		fprintf(out, "%s%s", sep, f->name);
		sep = ",";
	}
}

static void describe_ip(const struct gxdp_sample *rec, FILE *out)
{
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN], proto[16];
	bool ports = rec->present & GXDP_HAS_PORTS, v6 = rec->ipver == 6;

	address(rec, rec->src, src);
	address(rec, rec->dst, dst);
	if (ports)
		fprintf(out, v6 ? "[%s]:%u > [%s]:%u" : "%s:%u > %s:%u", src,
			rec->sport, dst, rec->dport);
	else
		fprintf(out, "%s > %s", src, dst);
	if (rec->present & GXDP_HAS_PROTO) {
		proto_name(rec->proto, proto);
		fprintf(out, " %s", proto);
	}
	if (rec->present & GXDP_HAS_TCP_FLAGS)
		describe_flags(rec, out);
	if (rec->present & GXDP_HAS_ICMP) {
		const char *type = gx_value_to_name(v6 ? gx_icmp6_types :
						    gx_icmp_types,
						    rec->icmp_type);

		if (type)
			fprintf(out, " %s", type);
		else
			fprintf(out, " type %u", rec->icmp_type);
	}
	if (rec->present & GXDP_HAS_FRAG && rec->frag)
		fprintf(out, ", %s fragment", frag_name(rec->frag));
}

void packet_describe(const struct gxdp_sample *rec, char *out, size_t size)
{
	FILE *f = fmemopen(out, size, "w");
	char src[18], dst[18];

	out[0] = '\0';
	if (!f)
		return;
	if (rec->present & GXDP_HAS_VLAN && rec->vlan_id < GX_VLAN_NONE)
		fprintf(f, "vlan %u ", rec->vlan_id);
	if (rec->present & GXDP_HAS_IP) {
		describe_ip(rec, f);
	} else {
		mac(rec->eth_src, src);
		mac(rec->eth_dst, dst);
		fprintf(f, "%s > %s", src, dst);
		if (rec->present & GXDP_HAS_ETH_TYPE)
			fprintf(f, " type 0x%04x", rec->eth_type);
	}
	if (rec->state)
		fprintf(f, ", %s", state_name(rec->state));
	fprintf(f, ", %u bytes", rec->frame_len);
	fclose(f);
	out[size - 1] = '\0';
}

static const struct gx_rule *rule_of(const struct gxdp_sample *rec,
				     const struct gx_ruleset *rs)
{
	return rs && rec->rule < rs->nrules ? &rs->rule[rec->rule] : NULL;
}

static const char *reason_of(const struct gxdp_sample *rec)
{
	if (rec->reason == GXDP_REASON_NONE)
		return "counted";
	return gx_reason_name(rec->reason) ?: "?";
}

void packet_decision(const struct gxdp_sample *rec, const struct gx_ruleset *rs,
		     char *out, size_t size)
{
	const struct gx_rule *rule = rule_of(rec, rs);
	int n;

	n = snprintf(out, size, "%s", reason_of(rec));
	for (; n > 0 && *out; out++, size--)
		if (*out == '_')
			*out = ' ';
	if (rec->rule == RULE_DEFAULT)
		return;
	if (!rule)
		snprintf(out, size, ": rule %u, of rules applied since", rec->rule + 1);
	else if (rule->name)
		snprintf(out, size, ": %s (%s:%u)", rule->name, rule->file ?: "?",
			 rule->line);
	else
		snprintf(out, size, ": rule %u (%s:%u)", rec->rule + 1,
			 rule->file ?: "?", rule->line);
}

static void ip_json(const struct gxdp_sample *rec, json_t *o)
{
	char text[INET6_ADDRSTRLEN];

	json_object_set_new(o, "ip_version", json_integer(rec->ipver));
	address(rec, rec->src, text);
	json_object_set_new(o, "src", text_json(text));
	address(rec, rec->dst, text);
	json_object_set_new(o, "dst", text_json(text));
	json_object_set_new(o, "dscp", json_integer(rec->dscp));
	json_object_set_new(o, "ttl", json_integer(rec->ttl));
	if (rec->present & GXDP_HAS_PROTO)
		json_object_set_new(o, "proto", json_integer(rec->proto));
	if (rec->present & GXDP_HAS_FRAG)
		json_object_set_new(o, "fragment",
				    text_json(frag_name(rec->frag)));
	if (rec->present & GXDP_HAS_PORTS) {
		json_object_set_new(o, "sport", json_integer(rec->sport));
		json_object_set_new(o, "dport", json_integer(rec->dport));
	}
	if (rec->present & GXDP_HAS_TCP_FLAGS)
		json_object_set_new(o, "tcp_flags", json_integer(rec->tcp_flags));
	if (rec->present & GXDP_HAS_ICMP) {
		json_object_set_new(o, "icmp_type", json_integer(rec->icmp_type));
		json_object_set_new(o, "icmp_code", json_integer(rec->icmp_code));
	}
}

json_t *packet_json(const struct gxdp_sample *rec, const struct gx_ruleset *rs)
{
	json_t *o = json_object();
	char text[18];

	json_object_set_new(o, "length", json_integer(rec->frame_len));
	mac(rec->eth_src, text);
	json_object_set_new(o, "ether_src", text_json(text));
	mac(rec->eth_dst, text);
	json_object_set_new(o, "ether_dst", text_json(text));
	if (rec->present & GXDP_HAS_ETH_TYPE)
		json_object_set_new(o, "ether_type", json_integer(rec->eth_type));
	if (rec->present & GXDP_HAS_VLAN && rec->vlan_id < GX_VLAN_NONE)
		json_object_set_new(o, "vlan", json_integer(rec->vlan_id));
	if (rec->present & GXDP_HAS_VLAN2 && rec->vlan2_id < GX_VLAN_NONE)
		json_object_set_new(o, "vlan2", json_integer(rec->vlan2_id));
	json_object_set_new(o, "state", text_json(state_name(rec->state)));
	if (rec->present & GXDP_HAS_IP)
		ip_json(rec, o);
	json_object_set_new(o, "queue", json_integer(rec->rxq));
	json_object_set_new(o, "verdict",
			    text_json(gx_verdict_name(rec->verdict)));
	json_object_set_new(o, "reason", text_json(reason_of(rec)));
	json_object_set_new(o, "rule", rule_of(rec, rs) ?
			    rule_json(rs, rec->rule) : json_null());
	return o;
}

void packet_hex(const void *data, size_t len, FILE *out)
{
	const unsigned char *byte = data;
	size_t i, k;

	for (i = 0; i < len; i += 16) {
		fprintf(out, "    %04zx ", i);
		for (k = i; k < i + 16; k++)
			if (k < len)
				fprintf(out, "%s%02x", k % 8 ? " " : "  ", byte[k]);
		fputc('\n', out);
	}
}
