// SPDX-License-Identifier: GPL-2.0
/* Names of numbers, from the registries of IANA and IEEE; ranges as sets. */
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "parser.h"

static const struct gx_named_value ether_types[] = {
	{ "ip", 0x0800 }, { "ipv4", 0x0800 }, { "ip6", 0x86dd },
	{ "ipv6", 0x86dd }, { "arp", 0x0806 }, { "rarp", 0x8035 },
	{ "lldp", 0x88cc }, { "ptp", 0x88f7 }, { "eapol", 0x888e },
	{ "pppoe-discovery", 0x8863 }, { "pppoe", 0x8864 },
	{ "mpls", 0x8847 }, { "mpls-multicast", 0x8848 },
	{ "macsec", 0x88e5 }, { "profinet", 0x8892 }, { "ethercat", 0x88a4 },
	{ "cfm", 0x8902 }, { "lacp", 0x8809 }, { "fcoe", 0x8906 },
	{}
};

static const struct gx_named_value vlan_ids[] = {
	{ "none", GX_VLAN_NONE }, { "untagged", GX_VLAN_NONE },
	{}
};

/* RFC 2474, 2597, 3246, 5865, 8622 */
static const struct gx_named_value dscps[] = {
	{ "cs0", 0 }, { "be", 0 }, { "cs1", 8 }, { "cs2", 16 }, { "cs3", 24 },
	{ "cs4", 32 }, { "cs5", 40 }, { "cs6", 48 }, { "cs7", 56 },
	{ "af11", 10 }, { "af12", 12 }, { "af13", 14 },
	{ "af21", 18 }, { "af22", 20 }, { "af23", 22 },
	{ "af31", 26 }, { "af32", 28 }, { "af33", 30 },
	{ "af41", 34 }, { "af42", 36 }, { "af43", 38 },
	{ "ef", 46 }, { "va", 44 }, { "le", 1 },
	{}
};

static const struct gx_named_value frags[] = {
	{ "none", GX_FRAG_NONE }, { "first", GX_FRAG_FIRST },
	{ "later", GX_FRAG_LATER },
	{}
};

static const struct gx_named_value states[] = {
	{ "ok", GX_STATE_OK }, { "truncated", GX_STATE_TRUNCATED },
	{ "malformed", GX_STATE_MALFORMED }, { "deep", GX_STATE_DEEP },
	{}
};

/* Printed by name; getprotobyname() knows the others */
const struct gx_named_value gx_proto_names[] = {
	{ "tcp", 6 }, { "udp", 17 }, { "sctp", 132 }, { "icmp", 1 },
	{ "icmpv6", 58 }, { "ipv6-icmp", 58 }, { "igmp", 2 }, { "ipip", 4 },
	{ "gre", 47 }, { "esp", 50 }, { "ah", 51 }, { "ospf", 89 },
	{ "vrrp", 112 }, { "ipv6", 41 }, { "dccp", 33 }, { "udplite", 136 },
	{ "pim", 103 },
	{}
};

const struct gx_named_value gx_tcp_flag_names[] = {
	{ "fin", 1 }, { "syn", 2 }, { "rst", 4 }, { "psh", 8 }, { "ack", 16 },
	{ "urg", 32 }, { "ece", 64 }, { "cwr", 128 },
	{}
};

const struct gx_named_value gx_icmp_types[] = {
	{ "echo-reply", 0 }, { "destination-unreachable", 3 },
	{ "unreachable", 3 }, { "source-quench", 4 }, { "redirect", 5 },
	{ "echo-request", 8 }, { "echo", 8 }, { "router-advertisement", 9 },
	{ "router-solicitation", 10 }, { "time-exceeded", 11 },
	{ "parameter-problem", 12 }, { "timestamp-request", 13 },
	{ "timestamp-reply", 14 }, { "info-request", 15 },
	{ "info-reply", 16 }, { "address-mask-request", 17 },
	{ "address-mask-reply", 18 },
	{}
};

const struct gx_named_value gx_icmp6_types[] = {
	{ "destination-unreachable", 1 }, { "unreachable", 1 },
	{ "packet-too-big", 2 }, { "time-exceeded", 3 },
	{ "parameter-problem", 4 }, { "echo-request", 128 }, { "echo", 128 },
	{ "echo-reply", 129 }, { "mld-listener-query", 130 },
	{ "mld-listener-report", 131 }, { "mld-listener-done", 132 },
	{ "nd-router-solicit", 133 }, { "nd-router-advert", 134 },
	{ "nd-neighbor-solicit", 135 }, { "nd-neighbor-advert", 136 },
	{ "nd-redirect", 137 }, { "mld2-listener-report", 143 },
	{}
};

const struct gx_named_value gx_icmp_codes[] = {
	{ "net-unreachable", 0 }, { "host-unreachable", 1 },
	{ "prot-unreachable", 2 }, { "port-unreachable", 3 },
	{ "frag-needed", 4 }, { "net-prohibited", 9 },
	{ "host-prohibited", 10 }, { "admin-prohibited", 13 },
	{}
};

const struct gx_named_value gx_icmp6_codes[] = {
	{ "no-route", 0 }, { "admin-prohibited", 1 },
	{ "addr-unreachable", 3 }, { "port-unreachable", 4 },
	{ "policy-fail", 5 }, { "reject-route", 6 },
	{}
};

#define MAC	"a MAC address (02:00:00:00:00:01), or one with a length (02:00:00:00:00:00/24)"

const struct gx_field_info gx_field_info[GX_F_MAX] = {
	[GX_F_ETH_SRC] = { "ether src", GX_MAC_MAX, NULL, MAC },
	[GX_F_ETH_DST] = { "ether dst", GX_MAC_MAX, NULL, MAC },
	[GX_F_ETH_TYPE] = { "ether type", 0xffff, ether_types,
		"a number (0-0xffff) or a name such as arp, ip, ip6, lldp" },
	[GX_F_VLAN_ID] = { "vlan", 4095, vlan_ids,
		"a VLAN id (0-4095), any, or none" },
	[GX_F_VLAN_PCP] = { "vlan pcp", 7, NULL, "a priority (0-7)" },
	[GX_F_VLAN2_ID] = { "vlan2", 4095, vlan_ids,
		"a VLAN id (0-4095), any, or none" },
	[GX_F_VLAN2_PCP] = { "vlan2 pcp", 7, NULL, "a priority (0-7)" },
	[GX_F_LEN] = { "len", 65535, NULL, "bytes of the frame (0-65535)" },
	[GX_F_RXQ] = { "queue", 65535, NULL, "a receive queue (0-65535)" },
	[GX_F_STATE] = { "state", 3, states,
		"ok, truncated, malformed or deep" },
	[GX_F_IPVER] = { "ip", 15, NULL, "4 or 6" },
	[GX_F_PROTO] = { "proto", 255, gx_proto_names,
		"a protocol (0-255) or its name, as in /etc/protocols" },
	[GX_F_DSCP] = { "dscp", 63, dscps,
		"a number (0-63) or a class such as ef, cs6, af41" },
	[GX_F_TTL] = { "ttl", 255, NULL, "a number (0-255)" },
	[GX_F_FRAG] = { "frag", 2, frags, "none, first, later or any" },
	[GX_F_SPORT] = { "sport", 65535, NULL,
		"a port (0-65535), a range, or a service's name, as in /etc/services" },
	[GX_F_DPORT] = { "dport", 65535, NULL,
		"a port (0-65535), a range, or a service's name, as in /etc/services" },
	[GX_F_TCP_FLAGS] = { "flags", 255, NULL,
		"flags that are set (syn), or set/looked at (syn/syn,ack); of fin, syn, rst, psh, ack, urg, ece, cwr, all, none" },
	[GX_F_ICMP_TYPE] = { "type", 255, NULL,
		"a number (0-255) or a name such as echo-request" },
	[GX_F_ICMP_CODE] = { "code", 255, NULL,
		"a number (0-255) or a name such as port-unreachable" },
};

bool gx_name_to_value(const struct gx_named_value *table, struct gx_str name,
		      uint64_t *value)
{
	for (; table && table->name; table++) {
		if (!gx_str_eq(name, table->name))
			continue;
		*value = table->value;
		return true;
	}
	return false;
}

const char *gx_value_to_name(const struct gx_named_value *table, uint64_t value)
{
	for (; table && table->name; table++)
		if (table->value == value)
			return table->name;
	return NULL;
}

bool gx_ranges_add(struct gx_ranges *r, size_t *room, uint64_t lo, uint64_t hi)
{
	struct gx_range *more;
	size_t want;

	if (r->n == *room) {
		want = *room ? 2 * *room : 1;
		more = realloc(r->v, want * sizeof(*more));
		if (!more)
			return false;
		r->v = more;
		*room = want;
	}
	r->v[r->n].lo = lo;
	r->v[r->n++].hi = hi;
	return true;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct gx_range *x = a, *y = b;

	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

void gx_ranges_normalize(struct gx_ranges *r)
{
	size_t i, out = 0;

	if (r->n < 2)
		return;
	qsort(r->v, r->n, sizeof(*r->v), compare_ranges);
	for (i = 1; i < r->n; i++) {
		/* no field has 64 bits: hi + 1 does not wrap */
		if (r->v[i].lo > r->v[out].hi + 1)
			r->v[++out] = r->v[i];
		else if (r->v[i].hi > r->v[out].hi)
			r->v[out].hi = r->v[i].hi;
	}
	r->n = out + 1;
}

bool gx_ranges_complement(struct gx_ranges *r, uint64_t max)
{
	struct gx_ranges out = {};
	uint64_t next = 0;
	size_t room = 0, i;

	for (i = 0; i < r->n && next <= max; i++) {
		if (r->v[i].lo > next &&
		    !gx_ranges_add(&out, &room, next, r->v[i].lo - 1 < max ?
				   r->v[i].lo - 1 : max))
			goto no_memory;
		next = r->v[i].hi + 1;
	}
	if (next <= max && !gx_ranges_add(&out, &room, next, max))
		goto no_memory;
	free(r->v);
	*r = out;
	return true;
no_memory:
	free(out.v);
	return false;
}

bool gx_ranges_intersect(struct gx_ranges *into, const struct gx_ranges *with)
{
	struct gx_ranges out = {};
	size_t room = 0, i = 0, j = 0;
	uint64_t lo, hi;

	while (i < into->n && j < with->n) {
		lo = into->v[i].lo > with->v[j].lo ? into->v[i].lo : with->v[j].lo;
		hi = into->v[i].hi < with->v[j].hi ? into->v[i].hi : with->v[j].hi;
		if (lo <= hi && !gx_ranges_add(&out, &room, lo, hi)) {
			free(out.v);
			return false;
		}
		if (into->v[i].hi < with->v[j].hi)
			i++;
		else
			j++;
	}
	free(into->v);
	*into = out;
	return true;
}

bool gx_ranges_has(const struct gx_ranges *r, uint64_t value)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (value >= r->v[i].lo && value <= r->v[i].hi)
			return true;
	return false;
}

bool gx_ranges_cover(const struct gx_ranges *outer,
		     const struct gx_ranges *inner)
{
	size_t i, j = 0;

	for (i = 0; i < inner->n; i++) {
		while (j < outer->n && outer->v[j].hi < inner->v[i].lo)
			j++;
		if (j == outer->n || outer->v[j].lo > inner->v[i].lo ||
		    outer->v[j].hi < inner->v[i].hi)
			return false;
	}
	return true;
}
