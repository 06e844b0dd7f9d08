/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the filter's program (bpf/gxdp.bpf.c), its compiler and its users share:
 * maps, the head of the tables, counters, samples. How the tables themselves are
 * laid out is in gxdp/tables.h; docs/ENGINE.md explains both.
 *
 * Member names are what `bpftool map dump` prints: an interface. Everything is
 * in host byte order, but addresses.
 */
#ifndef GXDP_FILTER_H
#define GXDP_FILTER_H

#include <linux/types.h>

#include <gxdp/maps.h>

#define GXDP_MAX_RULES		(1u << 17)
/* Rule ids: enough for those that run and as many others that are to come in their place */
#define GXDP_MAX_IDS		(2 * GXDP_MAX_RULES)
#define GXDP_ID_DEFAULT		0		/* what no rule decided; rules start at 1 */
#define GXDP_MAX_SETS		64		/* also long lists of addresses in rules */
#define GXDP_MAX_TREES		4

/* Rule counters come in blocks, since the kernel allocates each entry by itself. */
#define GXDP_COUNTER_BLOCK	64

/* map rule_counters, per CPU: rule id / 64 -> rule[id % 64] */
struct gxdp_rule_counters {
	struct gxdp_count rule[GXDP_COUNTER_BLOCK];
};

/*
 * What became of a packet, each packet once. One list makes the index and the
 * members, as in maps.h. GX_COUNT rules do not show here.
 */
#define GXDP_REASONS(X)							\
	X(passed_by_rule)						\
	X(passed_by_default)						\
	X(dropped_by_rule)						\
	X(dropped_by_default)						\
	X(dropped_over_limit)	/* of a rule with a limit */		\
	X(rejected)		/* answered by RST or ICMP */		\
	X(rejected_silently)	/* no answer: over the rate, or none due */ \
	X(reflected)							\
	X(redirected)		/* handed to a device */		\
	X(dropped_no_device)	/* the device to redirect to is gone */	\
	X(steered_to_cpu)						\
	X(passed_no_cpu)	/* the CPU to steer to is gone */	\
	X(steered_to_socket)						\
	X(passed_no_socket)	/* no AF_XDP socket at the key */	\
	X(passed_no_rules)	/* nothing installed yet */

#define GXDP_REASON_ENUM(name)		GXDP_REASON_##name,
#define GXDP_REASON_MEMBER(name)	struct gxdp_count name;

enum gxdp_reason {
	GXDP_REASONS(GXDP_REASON_ENUM)
	GXDP_REASON_MAX
};

/* In samples of GX_COUNT rules, behind which the search goes on: nothing yet */
#define GXDP_REASON_NONE	(~0u)

/* map reasons, per CPU, one entry */
struct gxdp_reasons {
	GXDP_REASONS(GXDP_REASON_MEMBER)
};

/* What the program does with a packet: enum gx_verdict of ruleset.h, by number */
enum gxdp_verdict {
	GXDP_V_PASS,
	GXDP_V_DROP,
	GXDP_V_REJECT,
	GXDP_V_REFLECT,
	GXDP_V_REDIRECT,
	GXDP_V_CPU,
	GXDP_V_XSK,
	GXDP_V_COUNT,
};

/* Which trees a packet is looked up in */
enum gxdp_family {
	GXDP_FAMILY_OTHER,	/* not IP, or its base header is not sound */
	GXDP_FAMILY_IPV4,
	GXDP_FAMILY_IPV6,
	GXDP_FAMILIES = 4	/* a power of two, which makes the index's bound cheap */
};

/* Fields a packet has (gxdp_sample.present); those it needs to be asked for */
enum gxdp_present {
	GXDP_HAS_PORTS = 1 << 0,
	GXDP_HAS_ICMP = 1 << 1,
	GXDP_HAS_TCP_FLAGS = 1 << 2,
	GXDP_HAS_PROTO = 1 << 3,
	GXDP_HAS_FRAG = 1 << 4,
	GXDP_HAS_IP = 1 << 5,		/* version, DSCP, TTL, addresses */
	GXDP_HAS_ETH_TYPE = 1 << 6,
	GXDP_HAS_VLAN = 1 << 7,		/* outer id, or that there is none */
	GXDP_HAS_TAG = 1 << 8,		/* outer priority */
	GXDP_HAS_VLAN2 = 1 << 9,
	GXDP_HAS_TAG2 = 1 << 10,
};

enum gxdp_root_flags {
	GXDP_ROOT_RARE = 1 << 0,	/* rules ask for more than the 5-tuple */
	GXDP_ROOT_SRC_SETS = 1 << 1,
	GXDP_ROOT_DST_SETS = 1 << 2,
	GXDP_ROOT_COUNTS = 1 << 3,	/* there are GX_COUNT rules */
	GXDP_ROOT_TRACED = 1 << 4,	/* gxdp_settings.trace_every is not 0 */
};

/* Where a set's members hang: gxdp/tables.h */
struct gxdp_set_root {
	__u64 near;		/* prefixes long enough for the wide root */
	__u64 wide;		/* shorter ones; 0: there are none, and packets need not look */
	__u64 wide_node;	/* the same, and where the first one goes */
};

/* The head of the tables: what map current points to, one entry */
struct gxdp_root {
	__u32 generation;
	__u32 flags;		/* enum gxdp_root_flags */
	__u32 rules;
	__u32 default_verdict;	/* for those who read dumps: default_hit has it */
	__u32 sets;
	__u32 first_chunk;	/* in map tables: 0 or the second half's first */
	__u32 trees[GXDP_FAMILIES];
	__u64 tree[GXDP_FAMILIES][GXDP_MAX_TREES];
	__u64 count_tree[GXDP_FAMILIES];
	struct gxdp_set_root set_ipv4;
	struct gxdp_set_root set_ipv6;
	__u64 default_hit;	/* where no rule matches: as in leaves */
	__u64 actions;		/* array of struct gxdp_action, by rule */
	__u64 words;		/* used by all, 8 bytes each, when installed */
	__u64 set_heap;		/* struct gxdp_set_heap; 0: no sets */
};

/* map settings, one entry: may be changed at any time */
struct gxdp_settings {
	__u32 trace_every;	/* record each n-th packet; 0: none */
	__u32 trace_bytes;	/* of its first bytes */
	__u32 reject_per_second; /* answers of reject, on each CPU */
	__u32 reserved;
};

#define GXDP_SAMPLES_SIZE	(1u << 20)	/* bytes of map samples */
#define GXDP_KEY_LIMITS		(1u << 16)	/* sources, flows ... limited at a time */
#define GXDP_MAX_DEVICES	256
#define GXDP_MAX_SOCKETS	1024

/*
 * A token bucket, as the time when it will be full again, in 1/64 ns of
 * CLOCK_MONOTONIC: that fits one word, which CPUs exchange without a lock.
 */
struct gxdp_bucket {
	__u64 full_at;
};

/*
 * map key_limits: whose bucket. What the limit does not go by is zero: so are the last
 * bits of an address if it goes by the first.
 */
struct gxdp_limit_key {
	__u32 rule_id;
	__u32 family;		/* enum gxdp_family */
	__u64 src[2];
	__u64 dst[2];
	__u64 l4;		/* ports << 32 | protocol; fragments: 0 */
};

/* In front of a frame that a rule has marked: see bpf/gxdp_mark.bpf.c */
#define GXDP_META_MAGIC		0x6d617267	/* "gram" */

struct gxdp_meta {
	__u32 magic;
	__u32 mark;
};

/* enum gx_limit_key of ruleset.h, by number */
enum gxdp_limit_by {
	GXDP_LIMIT_RULE,
	GXDP_LIMIT_SRC,
	GXDP_LIMIT_DST,
	GXDP_LIMIT_FLOW,
};

enum gxdp_sample_kind {
	GXDP_SAMPLE_TRACE,	/* because of settings.trace_every */
	GXDP_SAMPLE_RULE,	/* because the rule asks for samples */
};

#define GXDP_SAMPLE_BYTES	256	/* at most, of the frame */

/* map samples, a ring buffer: a packet and what was decided */
struct gxdp_sample {
	__u64 time_ns;		/* CLOCK_MONOTONIC */
	__u32 kind;		/* enum gxdp_sample_kind */
	__u32 rule_id;		/* that decided (kind trace), or asked (kind rule) */
	__u32 rule;		/* its index in the ruleset; ~0: the default */
	__u32 generation;	/* of the ruleset: gxdp_root.generation */
	__u32 verdict;		/* enum gxdp_verdict */
	__u32 reason;		/* enum gxdp_reason, or GXDP_REASON_NONE */
	__u32 xdp_action;	/* of a reason */
	__u32 ifindex;
	__u32 rxq;
	__u32 frame_len;
	__u32 captured;		/* bytes in data */
	__u32 present;		/* enum gxdp_present: what of the below counts */
	__u8 src[16];
	__u8 dst[16];
	__u8 eth_dst[6];
	__u8 eth_src[6];
	__u16 eth_type;
	__u16 vlan_id;		/* 4096: no tag */
	__u16 vlan2_id;
	__u16 sport;
	__u16 dport;
	__u8 vlan_pcp;
	__u8 vlan2_pcp;
	__u8 ipver;
	__u8 proto;
	__u8 dscp;
	__u8 ttl;
	__u8 frag;		/* enum gx_frag */
	__u8 tcp_flags;
	__u8 icmp_type;
	__u8 icmp_code;
	__u8 state;		/* enum gx_state */
	__u8 reserved;
	__u8 data[];
};

#endif /* GXDP_FILTER_H */
