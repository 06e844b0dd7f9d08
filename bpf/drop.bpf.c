// SPDX-License-Identifier: GPL-2.0
/*
 * drop: no frame gets through, and drop_counters says what they were:
 *
 *	bpftool map dump name drop_counters
 */
#include "parse.h"
#include "count.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct gxdp_drop_counters);
} drop_counters SEC(".maps");

static __always_inline enum gxdp_class
classify_transport(const struct gxdp_packet *pkt, bool v6)
{
	if (pkt->fragment == GXDP_FRAGMENT_LATER)
		return v6 ? GXDP_CLASS_ipv6_fragment : GXDP_CLASS_ipv4_fragment;

	switch (pkt->l4_proto) {
	case IPPROTO_TCP:
		return v6 ? GXDP_CLASS_ipv6_tcp : GXDP_CLASS_ipv4_tcp;
	case IPPROTO_UDP:
		return v6 ? GXDP_CLASS_ipv6_udp : GXDP_CLASS_ipv4_udp;
	case IPPROTO_SCTP:
		return v6 ? GXDP_CLASS_ipv6_sctp : GXDP_CLASS_ipv4_sctp;
	case IPPROTO_ICMP:
		return v6 ? GXDP_CLASS_ipv6_other : GXDP_CLASS_ipv4_icmp;
	case IPPROTO_ICMPV6:
		return v6 ? GXDP_CLASS_ipv6_icmp : GXDP_CLASS_ipv4_other;
	default:
		return v6 ? GXDP_CLASS_ipv6_other : GXDP_CLASS_ipv4_other;
	}
}

static __always_inline enum gxdp_class classify(struct xdp_md *ctx, bool frags)
{
	struct gxdp_packet pkt;

	switch (gxdp_parse_any(ctx, frags, &pkt)) {
	case GXDP_PARSE_OK:
		break;
	case GXDP_PARSE_TRUNCATED:
		return GXDP_CLASS_truncated;
	case GXDP_PARSE_DEEP:
		return GXDP_CLASS_ipv6_deep;
	default:
		return GXDP_CLASS_malformed;
	}

	switch (pkt.ethertype) {
	case ETH_P_ARP:
		return GXDP_CLASS_arp;
	case ETH_P_IP:
		return classify_transport(&pkt, false);
	case ETH_P_IPV6:
		return classify_transport(&pkt, true);
	default:
		return GXDP_CLASS_other;
	}
}

static __always_inline int drop_and_count(struct xdp_md *ctx, bool frags)
{
	struct gxdp_drop_counters *counters;
	__u32 class = classify(ctx, frags);
	__u32 zero = 0;

	counters = bpf_map_lookup_elem(&drop_counters, &zero);
	/*
	 * One list in maps.h makes the classes and the members. The second test
	 * cannot fail; it tells the verifier the range.
	 */
	if (counters && class < GXDP_CLASS_MAX)
		gxdp_count((struct gxdp_count *)counters + class,
			   gxdp_frame_len(ctx, frags));
	return XDP_DROP;
}

SEC("xdp")
int drop(struct xdp_md *ctx)
{
	return drop_and_count(ctx, false);
}

SEC("xdp.frags")
int drop_frags(struct xdp_md *ctx)
{
	return drop_and_count(ctx, true);
}

char LICENSE[] SEC("license") = "GPL";
