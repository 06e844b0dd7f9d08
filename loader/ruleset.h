/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a rules file means: the value between the language (lang/), which
 * makes it, and the engine (engine/), which compiles it into tables.
 *
 * Semantics, for the engine, the program and the tests' interpreter alike:
 *
 *   - Rules are tried in order; the first whose conditions all hold decides.
 *     A rule whose verdict is GX_COUNT counts and the search goes on. When no
 *     rule decides, the ruleset's default does.
 *   - A condition on a field that the packet does not have is false, whatever
 *     it asks, negated or not: "dport != 22" is false for ICMP, for a later
 *     fragment and for a truncated TCP header.
 *   - A packet that is truncated or malformed has the fields in front of the
 *     damage, and says so in GX_F_STATE.
 *
 * All numbers are in host byte order, addresses in network byte order.
 */
#ifndef GXDP_RULESET_H
#define GXDP_RULESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fields whose conditions are ranges of numbers. */
enum gx_field {
	GX_F_ETH_SRC,		/* 48 bits, first byte most significant */
	GX_F_ETH_DST,
	GX_F_ETH_TYPE,		/* behind up to two tags */
	GX_F_VLAN_ID,		/* outer tag; GX_VLAN_NONE: the frame has none */
	GX_F_VLAN_PCP,		/* present with the tag only */
	GX_F_VLAN2_ID,		/* inner tag; GX_VLAN_NONE: no second tag */
	GX_F_VLAN2_PCP,
	GX_F_LEN,		/* bytes of the frame, no FCS */
	GX_F_RXQ,		/* receive queue */
	GX_F_STATE,		/* enum gx_state */
	GX_F_IPVER,		/* 4 or 6; present in IP packets with a sound base header */
	GX_F_PROTO,		/* behind extension headers */
	GX_F_DSCP,
	GX_F_TTL,		/* hop limit */
	GX_F_FRAG,		/* enum gx_frag */
	GX_F_SPORT,		/* TCP, UDP, SCTP; not in later fragments */
	GX_F_DPORT,
	GX_F_TCP_FLAGS,		/* CWR ECE URG ACK PSH RST SYN FIN, FIN is 1 */
	GX_F_ICMP_TYPE,		/* ICMP and ICMPv6: see GX_F_PROTO, GX_F_IPVER */
	GX_F_ICMP_CODE,
	GX_F_MAX
};

#define GX_VLAN_NONE	4096

enum gx_frag { GX_FRAG_NONE, GX_FRAG_FIRST, GX_FRAG_LATER };

enum gx_state {
	GX_STATE_OK,
	GX_STATE_TRUNCATED,	/* frame or datagram ends inside a header */
	GX_STATE_MALFORMED,	/* a header contradicts itself */
	GX_STATE_DEEP,		/* more extension headers than are followed */
};

struct gx_range {
	uint64_t lo, hi;	/* both belong to it */
};

/* A condition on a field. n == 0: none. Sorted, disjoint, not adjacent. */
struct gx_ranges {
	struct gx_range *v;
	size_t n;
};

/* Bits behind @len are zero. IPv4 uses the first four bytes. */
struct gx_prefix {
	uint8_t addr[16];
	uint8_t len;
};

struct gx_prefixes {
	struct gx_prefix *v;
	size_t n;
};

/*
 * A condition on a source or destination address: in one of the prefixes or
 * sets, or, with @negate, an address of family @family in none of them. Not
 * @present: no condition. With IPv4 prefixes alone it holds for IPv4 packets
 * alone, and the same for IPv6.
 */
struct gx_addr_match {
	bool present;
	bool negate;
	uint8_t family;			/* @negate: 4, 6, or 0 for both */
	struct gx_prefixes v4, v6;
	unsigned int *set;		/* indices into gx_ruleset.set */
	size_t nsets;
};

enum gx_verdict {
	GX_PASS,
	GX_DROP,
	GX_REJECT,	/* TCP RST or ICMP unreachable, sent back */
	GX_REFLECT,	/* XDP_TX, addresses of the Ethernet header exchanged */
	GX_REDIRECT,	/* to device @ifname */
	GX_CPU,		/* to one of @list (CPUs), by flow */
	GX_XSK,		/* to one of @list (keys of the xskmap), by queue or flow */
	GX_COUNT,	/* count, and go on with the next rule */
};

enum gx_limit_key { GX_LIMIT_RULE, GX_LIMIT_SRC, GX_LIMIT_DST, GX_LIMIT_FLOW };

/* No rate is below one in so many seconds: a minute, a week */
#define GX_LONGEST_PER_BYTE	60
#define GX_LONGEST_PER_PACKET	604800

/* Token bucket. What is over the limit is dropped; what is not meets the verdict. */
struct gx_limit {
	bool present;
	bool bytes;			/* else packets */
	enum gx_limit_key key;
	uint8_t prefix;			/* by so many bits of the address; 0: by all of it */
	uint64_t rate;			/* in @per seconds */
	uint32_t per;
	uint64_t burst;
};

struct gx_action {
	enum gx_verdict verdict;
	char *ifname;
	unsigned int *list;
	size_t nlist;
	struct gx_limit limit;
	bool mark_present;
	uint32_t mark;
	uint32_t sample_every;		/* 0: no samples */
	uint32_t sample_bytes;		/* how much of each */
};

/**
 * struct gx_rule - one rule
 * @name: what the user called it, or NULL
 * @text: the rule in canonical form: what show and test print
 * @file: where it stands
 * @line: and on which line
 * @id: stable number of its counters; given by the loader before compiling
 * @cond: by field
 * @src: source address
 * @dst: destination address
 * @act: what happens
 */
struct gx_rule {
	char *name;
	char *text;
	const char *file;
	unsigned int line;
	uint32_t id;
	struct gx_ranges cond[GX_F_MAX];
	struct gx_addr_match src, dst;
	struct gx_action act;
};

/* A named set. Members may come and go at run time. */
struct gx_set {
	char *name;
	struct gx_prefixes v4, v6;	/* from the parser: sorted, none inside another */
	bool timeouts;			/* members may expire */
	uint32_t default_timeout;	/* seconds; 0: never */
};

struct gx_ruleset {
	struct gx_rule *rule;
	size_t nrules;
	struct gx_set *set;
	size_t nsets;
	enum gx_verdict dflt;		/* GX_PASS or GX_DROP */
	char **file;			/* the files it was read from; owns gx_rule.file */
	size_t nfiles;
};

#endif /* GXDP_RULESET_H */
