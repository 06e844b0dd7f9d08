/* SPDX-License-Identifier: GPL-2.0 */
/* Counting decisions, and records of packets for those who watch. */
#ifndef GXDP_BPF_DECISION_H
#define GXDP_BPF_DECISION_H

#include "count.h"
#include "key.h"

/* A packet while it is dealt with; what has no place in the key */
struct gxdp_decision {
	__u64 len;		/* of the frame */
	__u32 rule;		/* index; GXDP_NO_RULE: the default */
	__u32 rule_id;
	__u32 verdict;		/* enum gxdp_verdict */
	__u32 reason;		/* enum gxdp_reason */
	__u32 action;		/* XDP_... */
	__u32 generation;
};

/*
 * What rules that just pass or drop come to, without a branch; other verdicts have
 * the action and the reason of what they do.
 */
static __always_inline __u32 gxdp_plain_action(__u32 verdict)
{
	_Static_assert(XDP_PASS - GXDP_V_PASS == XDP_PASS && XDP_PASS - GXDP_V_DROP == XDP_DROP,
		       "actions and verdicts count in opposite directions");
	return XDP_PASS - verdict;
}

/* @index: the rule's, or GXDP_NO_RULE for the default, which has the next reason. */
static __always_inline __u64 gxdp_plain_reason(__u32 verdict, __u32 index)
{
	_Static_assert(GXDP_REASON_passed_by_rule == 2 * GXDP_V_PASS &&
		       GXDP_REASON_passed_by_default == 2 * GXDP_V_PASS + 1 &&
		       GXDP_REASON_dropped_by_rule == 2 * GXDP_V_DROP &&
		       GXDP_REASON_dropped_by_default == 2 * GXDP_V_DROP + 1,
		       "reasons come in pairs, in the order of the verdicts");
	return verdict * 2 + ((index + 1) >> GXDP_RULE_BITS);
}

static __always_inline void gxdp_count_reason(__u64 reason, __u64 len)
{
	struct gxdp_reasons *counters;
	__u32 zero = 0;

	counters = bpf_map_lookup_elem(&reasons, &zero);
	/*
	 * The second test cannot fail; it tells the verifier the range, as long as
	 * the compiler does not know of it, too.
	 */
	asm volatile("" : "+r"(reason));
	if (counters && reason < GXDP_REASON_MAX)
		gxdp_count((struct gxdp_count *)counters + reason, len);
}

static __always_inline void gxdp_count_rule(__u32 id, __u64 len)
{
	struct gxdp_rule_counters *block;
	__u32 at = id / GXDP_COUNTER_BLOCK;

	block = bpf_map_lookup_elem(&rule_counters, &at);
	if (block)
		gxdp_count(&block->rule[id % GXDP_COUNTER_BLOCK], len);
}

static __always_inline void gxdp_put_be64(__u8 *to, __u64 value)
{
	int i;

	for (i = 0; i < 8; i++)
		to[i] = value >> (56 - 8 * i);
}

static __always_inline void gxdp_put_mac(__u8 *to, __u64 value)
{
	int i;

	for (i = 0; i < 6; i++)
		to[i] = value >> (40 - 8 * i);
}

static __always_inline void gxdp_sample_fields(struct gxdp_sample *s,
					       const struct gxdp_key *key)
{
	__u64 misc = key->word[GXDP_W_MISC], link = key->word[GXDP_W_LINK];
	__u64 l4 = key->word[GXDP_W_L4];

	s->present = (misc >> GXDP_MISC_PRESENT) & 0xffff;
	s->state = (misc >> GXDP_MISC_STATE) & 3;
	s->eth_type = link >> GXDP_LINK_ETH_TYPE;
	s->vlan_id = (link >> GXDP_LINK_VLAN) & 0x1fff;
	s->vlan_pcp = (link >> GXDP_LINK_PCP) & 7;
	s->vlan2_id = (link >> GXDP_LINK_VLAN2) & 0x1fff;
	s->vlan2_pcp = (link >> GXDP_LINK_PCP2) & 7;
	s->dscp = (link >> GXDP_LINK_DSCP) & 0x3f;
	s->frag = (link >> GXDP_LINK_FRAG) & 3;
	s->ttl = link >> GXDP_LINK_TTL;
	s->proto = l4 >> GXDP_L4_PROTO;
	s->tcp_flags = l4 >> GXDP_L4_TCP_FLAGS;
	s->sport = l4 >> GXDP_L4_SPORT;
	s->dport = l4 >> GXDP_L4_DPORT;
	s->icmp_type = 0;
	s->icmp_code = 0;
	if (s->present & GXDP_HAS_ICMP) {
		s->icmp_type = s->dport >> 8;
		s->icmp_code = s->dport;
		s->dport = 0;
	}
	gxdp_put_mac(s->eth_src, key->word[GXDP_W_ETH_SRC]);
	gxdp_put_mac(s->eth_dst, key->word[GXDP_W_ETH_DST]);
}

static __always_inline void gxdp_sample_addrs(struct gxdp_sample *s,
					      const struct gxdp_key *key,
					      __u32 family)
{
	const __u64 *word = key->word;

	__builtin_memset(s->src, 0, sizeof(s->src));
	__builtin_memset(s->dst, 0, sizeof(s->dst));
	s->ipver = 0;
	if (family == GXDP_FAMILY_IPV4) {
		s->ipver = 4;
		*(__u32 *)s->src = bpf_htonl(word[GXDP_W_ADDR4] >> 32);
		*(__u32 *)s->dst = bpf_htonl(word[GXDP_W_ADDR4]);
	} else if (family == GXDP_FAMILY_IPV6) {
		s->ipver = 6;
		gxdp_put_be64(s->src, word[GXDP_W_SRC6_HI]);
		gxdp_put_be64(s->src + 8, word[GXDP_W_SRC6_LO]);
		gxdp_put_be64(s->dst, word[GXDP_W_DST6_HI]);
		gxdp_put_be64(s->dst + 8, word[GXDP_W_DST6_LO]);
	}
}

/* Leave a record of what was decided, with up to @bytes of the frame as it is now */
__attribute__((noinline))
int gxdp_record(struct xdp_md *ctx, struct gxdp_key *key,
		struct gxdp_decision *d, __u32 kind, __u32 bytes)
{
	struct gxdp_sample *s;
	__u64 len, last;

	if (!ctx || !key || !d)
		return 0;
	s = bpf_ringbuf_reserve(&samples, sizeof(*s) + GXDP_SAMPLE_BYTES, 0);
	if (!s)
		return 0;
	s->time_ns = bpf_ktime_get_ns();
	s->kind = kind;
	s->rule_id = d->rule_id;
	s->rule = d->rule == GXDP_NO_RULE ? ~0u : d->rule;
	s->generation = d->generation;
	s->verdict = d->verdict;
	s->reason = d->reason;
	s->xdp_action = d->action;
	s->ifindex = ctx->ingress_ifindex;
	s->rxq = ctx->rx_queue_index;
	s->frame_len = d->len;
	s->reserved = 0;
	gxdp_sample_fields(s, key);
	gxdp_sample_addrs(s, key, key->family);

	len = bpf_xdp_get_buff_len(ctx);	/* an answer's is not d->len */
	last = (bytes < len ? bytes : len) - 1;	/* none: the last of all */
	s->captured = 0;
	if (last < GXDP_SAMPLE_BYTES) {
		/* changes nothing, but tells the verifier of 6.1 what was tested */
		GXDP_BOUND(last, GXDP_SAMPLE_BYTES - 1);
		if (!bpf_xdp_load_bytes(ctx, 0, s->data, last + 1))
			s->captured = last + 1;
	}
	bpf_ringbuf_submit(s, 0);
	return 0;
}

#endif /* GXDP_BPF_DECISION_H */
