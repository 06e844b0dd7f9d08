// SPDX-License-Identifier: GPL-2.0
/*
 * reflect: send each unicast frame back where it came from, by XDP_TX.
 *
 * MAC addresses, IP addresses and TCP/UDP ports change places, and an ICMP or
 * ICMPv6 echo request becomes the reply, so that ping, a UDP round-trip tool or
 * a traffic generator sees an answer a host could have given. Every checksum
 * stays right: swapping does not change the Internet checksum, and the echo's
 * is updated. SCTP ports stay as they are, for SCTP's checksum is a CRC.
 *
 * ARP and neighbour discovery are left to the stack, or the other side could
 * not find us; so are group addresses, which must never be a sender's. Two
 * reflectors face to face keep a frame for ever: point it at a tester only.
 */
#include "parse.h"
#include "count.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct gxdp_reflect_stats);
} reflect_stats SEC(".maps");

enum verdict {
	REFLECT,
	REFLECT_ECHO,
	LEAVE_NEIGHBOUR,
	LEAVE_MULTICAST,
	LEAVE_UNREADABLE,
};

#define SWAP(a, b) do {			\
	__typeof__(a) swapped_ = (a);	\
	(a) = (b);			\
	(b) = swapped_;			\
} while (0)

static __always_inline bool mac_is_group(const __u8 *mac)
{
	return mac[0] & 1;
}

/* Neither 0.0.0.0/8 nor 224.0.0.0/3 may be a sender's address. */
static __always_inline bool ipv4_is_host(__be32 addr)
{
	__u32 first = bpf_ntohl(addr) >> 24;

	return first && first < 224;
}

static __always_inline bool ipv6_is_host(const struct in6_addr *addr)
{
	const __be32 *word = addr->in6_u.u6_addr32;

	if (addr->in6_u.u6_addr8[0] == 0xff)
		return false;
	return word[0] | word[1] | word[2] | word[3];
}

/* RFC 1624: the checksum after one 16-bit word went from @from to @to */
static __always_inline __be16 checksum_replace(__be16 sum, __u16 from, __u16 to)
{
	__u32 s = (__u16)~bpf_ntohs(sum) + (__u16)~from + to;

	s = (s & 0xffff) + (s >> 16);
	s = (s & 0xffff) + (s >> 16);
	return bpf_htons(~s);
}

static __always_inline void echo_to_reply(struct gxdp_icmp_header *icmp, __u8 reply)
{
	__u16 from = icmp->type << 8 | icmp->code;
	__u16 to = reply << 8 | icmp->code;

	icmp->checksum = checksum_replace(icmp->checksum, from, to);
	icmp->type = reply;
}

static __always_inline int reflect_transport(struct xdp_md *ctx,
					     const struct gxdp_packet *pkt)
{
	struct gxdp_icmp_header *icmp;
	__be16 *ports;
	__u8 reply;

	/* l4_off is 0 in a later fragment: addresses only */
	if (!pkt->l4_off)
		return REFLECT;
	if (pkt->l4_proto == IPPROTO_TCP || pkt->l4_proto == IPPROTO_UDP) {
		ports = gxdp_linear(ctx, pkt->l4_off, 2 * sizeof(*ports));
		if (!ports)
			return LEAVE_UNREADABLE;
		SWAP(ports[0], ports[1]);
		return REFLECT;
	}

	if (pkt->ethertype == ETH_P_IP && pkt->l4_proto == IPPROTO_ICMP &&
	    pkt->icmp_type == GXDP_ICMP_ECHO_REQUEST)
		reply = GXDP_ICMP_ECHO_REPLY;
	else if (pkt->ethertype == ETH_P_IPV6 &&
		 pkt->l4_proto == IPPROTO_ICMPV6 &&
		 pkt->icmp_type == GXDP_ICMPV6_ECHO_REQUEST)
		reply = GXDP_ICMPV6_ECHO_REPLY;
	else
		return REFLECT;
	icmp = gxdp_linear(ctx, pkt->l4_off, sizeof(*icmp));
	if (!icmp)
		return LEAVE_UNREADABLE;
	echo_to_reply(icmp, reply);
	return REFLECT_ECHO;
}

static __always_inline int reflect_ipv4(struct xdp_md *ctx,
					const struct gxdp_packet *pkt)
{
	struct iphdr *ip = gxdp_linear(ctx, pkt->l3_off, sizeof(*ip));

	if (!ip)
		return LEAVE_UNREADABLE;
	if (!ipv4_is_host(ip->saddr) || !ipv4_is_host(ip->daddr))
		return LEAVE_MULTICAST;
	SWAP(ip->saddr, ip->daddr);
	return reflect_transport(ctx, pkt);
}

static __always_inline int reflect_ipv6(struct xdp_md *ctx,
					const struct gxdp_packet *pkt)
{
	struct ipv6hdr *ip6 = gxdp_linear(ctx, pkt->l3_off, sizeof(*ip6));

	if (!ip6)
		return LEAVE_UNREADABLE;
	if (pkt->l4_proto == IPPROTO_ICMPV6 &&
	    pkt->icmp_type >= GXDP_ICMPV6_ND_FIRST &&
	    pkt->icmp_type <= GXDP_ICMPV6_ND_LAST)
		return LEAVE_NEIGHBOUR;
	if (!ipv6_is_host(&ip6->saddr) || !ipv6_is_host(&ip6->daddr))
		return LEAVE_MULTICAST;
	SWAP(ip6->saddr, ip6->daddr);
	return reflect_transport(ctx, pkt);
}

static __always_inline void swap_macs(struct ethhdr *eth)
{
	__u16 *dst = (__u16 *)eth->h_dest;
	__u16 *src = (__u16 *)eth->h_source;

	SWAP(dst[0], src[0]);
	SWAP(dst[1], src[1]);
	SWAP(dst[2], src[2]);
}

static __always_inline int reflect_frame(struct xdp_md *ctx)
{
	struct gxdp_packet pkt;
	struct ethhdr *eth;
	int verdict;

	/* Headers are rewritten in place, so they must all be in reach. */
	if (gxdp_parse_linear(ctx, &pkt))
		return LEAVE_UNREADABLE;
	if (pkt.ethertype == ETH_P_ARP)
		return LEAVE_NEIGHBOUR;
	eth = gxdp_linear(ctx, 0, sizeof(*eth));
	if (!eth)
		return LEAVE_UNREADABLE;
	if (mac_is_group(eth->h_dest) || mac_is_group(eth->h_source))
		return LEAVE_MULTICAST;

	if (pkt.ethertype == ETH_P_IP)
		verdict = reflect_ipv4(ctx, &pkt);
	else if (pkt.ethertype == ETH_P_IPV6)
		verdict = reflect_ipv6(ctx, &pkt);
	else
		verdict = REFLECT;
	if (verdict == REFLECT || verdict == REFLECT_ECHO)
		swap_macs(eth);
	return verdict;
}

static __always_inline int reflect_and_count(struct xdp_md *ctx, bool frags)
{
	struct gxdp_reflect_stats *stats;
	int verdict = reflect_frame(ctx);
	__u64 len = gxdp_frame_len(ctx, frags);
	__u32 zero = 0;

	stats = bpf_map_lookup_elem(&reflect_stats, &zero);
	if (!stats)
		return XDP_ABORTED;
	switch (verdict) {
	case REFLECT_ECHO:
		gxdp_count(&stats->echo_reply, len);
		/* fall through */
	case REFLECT:
		gxdp_count(&stats->reflected, len);
		return XDP_TX;
	case LEAVE_NEIGHBOUR:
		gxdp_count(&stats->neighbour, len);
		return XDP_PASS;
	case LEAVE_MULTICAST:
		gxdp_count(&stats->multicast, len);
		return XDP_PASS;
	default:
		gxdp_count(&stats->unreadable, len);
		return XDP_PASS;
	}
}

SEC("xdp")
int reflect(struct xdp_md *ctx)
{
	return reflect_and_count(ctx, false);
}

SEC("xdp.frags")
int reflect_frags(struct xdp_md *ctx)
{
	return reflect_and_count(ctx, true);
}

char LICENSE[] SEC("license") = "GPL";
