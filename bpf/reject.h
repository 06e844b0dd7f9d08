/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reject: the packet becomes its own answer, a TCP RST or an ICMP unreachable, and
 * goes back where it came from. Nothing is answered that may not be (RFC 1122
 * 3.2.2, RFC 4443 2.4): ICMP errors and redirects, later fragments, group addresses, a
 * RST; nor more than settings.reject_per_second a second on each CPU.
 */
#ifndef GXDP_BPF_REJECT_H
#define GXDP_BPF_REJECT_H

#include "decision.h"

#define GXDP_TTL		64
#define GXDP_TCP_RST		0x04
#define GXDP_TCP_ACK		0x10
#define GXDP_ICMP_BYTES		28	/* IPv4: header and 8 bytes of what is answered */
#define GXDP_ICMP6_BYTES	48

/* How much of a second's answers has gone, on this CPU */
struct gxdp_rejects {
	__u64 second;
	__u64 sent;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct gxdp_rejects);
} rejects SEC(".maps");

struct gxdp_tcp_answer {
	__be16 source;
	__be16 dest;
	__be32 seq;
	__be32 ack;
	__u8 doff;
	__u8 flags;
	__be16 window;
	__be16 check;
	__be16 urgent;
};

static __always_inline bool gxdp_may_answer(void)
{
	struct gxdp_settings *set;
	struct gxdp_rejects *own;
	__u64 second;
	__u32 zero = 0;

	set = bpf_map_lookup_elem(&settings, &zero);
	own = bpf_map_lookup_elem(&rejects, &zero);
	if (!set || !own)
		return false;
	second = bpf_ktime_get_ns() / 1000000000ULL;
	if (own->second != second) {
		own->second = second;
		own->sent = 0;
	}
	if (own->sent >= set->reject_per_second)
		return false;
	own->sent++;
	return true;
}

static __always_inline __u16 gxdp_fold(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* @size is a constant multiple of 4 */
static __always_inline __u64 gxdp_sum(void *pos, __u32 size, __u64 sum)
{
	return sum + (__u32)bpf_csum_diff(NULL, 0, pos, size, 0);
}

static __always_inline void gxdp_swap_macs(struct ethhdr *eth)
{
	__u8 mac[ETH_ALEN];

	__builtin_memcpy(mac, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, mac, ETH_ALEN);
}

/* What answers of all kinds are made from */
struct gxdp_reply {
	struct gxdp_packet pkt;
	__u32 seq, ack;		/* of the RST */
	__u8 flags;
	__u8 tcp;
};

/* Sequence numbers as RFC 9293 3.5.2 wants them. false: not to be answered */
static __always_inline bool gxdp_reply_tcp(struct xdp_md *ctx,
					   struct gxdp_reply *r, __u32 payload)
{
	struct tcphdr *tcp = gxdp_linear(ctx, r->pkt.l4_off, sizeof(*tcp));
	__u32 header;

	if (!tcp || tcp->rst)
		return false;
	header = tcp->doff * 4;
	if (tcp->ack) {
		r->seq = bpf_ntohl(tcp->ack_seq);
		r->flags = GXDP_TCP_RST;
	} else {
		r->ack = bpf_ntohl(tcp->seq) + tcp->syn + tcp->fin +
			 (payload > header ? payload - header : 0);
		r->flags = GXDP_TCP_RST | GXDP_TCP_ACK;
	}
	r->tcp = true;
	return true;
}

static __always_inline void gxdp_put_rst(struct gxdp_tcp_answer *tcp,
					 const struct gxdp_reply *r, __u64 sum)
{
	*tcp = (struct gxdp_tcp_answer){
		.source = bpf_htons(r->pkt.dport),
		.dest = bpf_htons(r->pkt.sport),
		.seq = bpf_htonl(r->seq),
		.ack = bpf_htonl(r->ack),
		.doff = sizeof(*tcp) / 4 << 4,
		.flags = r->flags,
	};
	tcp->check = gxdp_fold(gxdp_sum(tcp, sizeof(*tcp), sum));
}

/* The frame, cut or stretched to @len bytes of linear data */
static __always_inline bool gxdp_resize(struct xdp_md *ctx, __u32 len)
{
	return !bpf_xdp_adjust_tail(ctx, (int)len -
				    (int)bpf_xdp_get_buff_len(ctx));
}

static __always_inline int gxdp_answer4(struct xdp_md *ctx,
					const struct gxdp_reply *r)
{
	__u8 old[GXDP_ICMP_BYTES];
	__u32 off = r->pkt.l3_off, len, i;
	struct iphdr *ip;
	void *l4;
	__u64 sum = 0;
	__u32 src, dst;

	ip = gxdp_linear(ctx, off, sizeof(*ip));
	if (!ip || bpf_xdp_load_bytes(ctx, off, old, sizeof(old)))
		return XDP_DROP;
	src = ip->saddr;
	dst = ip->daddr;
	len = r->tcp ? sizeof(*ip) + sizeof(struct gxdp_tcp_answer) :
		       sizeof(*ip) + 8 + GXDP_ICMP_BYTES;
	if (!gxdp_resize(ctx, off + len))
		return XDP_DROP;
	ip = gxdp_linear(ctx, off, sizeof(*ip) + 8 + GXDP_ICMP_BYTES);
	if (r->tcp)
		ip = gxdp_linear(ctx, off, sizeof(*ip) +
				 sizeof(struct gxdp_tcp_answer));
	if (!ip)
		return XDP_DROP;
	*(__u8 *)ip = 0x45;
	ip->tos = 0;
	ip->tot_len = bpf_htons(len);
	ip->id = 0;
	ip->frag_off = bpf_htons(0x4000);
	ip->ttl = GXDP_TTL;
	ip->protocol = r->tcp ? IPPROTO_TCP : IPPROTO_ICMP;
	ip->check = 0;
	ip->saddr = dst;
	ip->daddr = src;
	ip->check = gxdp_fold(gxdp_sum(ip, sizeof(*ip), 0));
	l4 = ip + 1;
	if (r->tcp) {
		sum = (__u64)src + dst + bpf_htonl(IPPROTO_TCP) +
		      bpf_htonl(sizeof(struct gxdp_tcp_answer));
		gxdp_put_rst(l4, r, sum);
		return XDP_TX;
	}
	ip = gxdp_linear(ctx, off, sizeof(*ip) + 8 + GXDP_ICMP_BYTES);
	if (!ip)
		return XDP_DROP;
	l4 = ip + 1;
	((__be32 *)l4)[0] = bpf_htonl(3 << 24 | 13 << 16);
	((__be32 *)l4)[1] = 0;
#pragma unroll
	for (i = 0; i < GXDP_ICMP_BYTES; i++)
		((__u8 *)l4)[8 + i] = old[i];
	((__u16 *)l4)[1] = gxdp_fold(gxdp_sum(l4, 8 + GXDP_ICMP_BYTES, 0));
	return XDP_TX;
}

static __always_inline int gxdp_answer6(struct xdp_md *ctx,
					const struct gxdp_reply *r)
{
	__u32 off = r->pkt.l3_off, size, i;
	__u8 old[GXDP_ICMP6_BYTES];
	struct in6_addr addr;
	struct ipv6hdr *ip;
	__u64 sum;
	void *l4;

	if (bpf_xdp_load_bytes(ctx, off, old, sizeof(old)))
		return XDP_DROP;
	size = r->tcp ? sizeof(struct gxdp_tcp_answer) : 8 + GXDP_ICMP6_BYTES;
	if (!gxdp_resize(ctx, off + sizeof(*ip) + size))
		return XDP_DROP;
	ip = gxdp_linear(ctx, off, sizeof(*ip) +
			 sizeof(struct gxdp_tcp_answer));
	if (!ip)
		return XDP_DROP;
	*(__be32 *)ip = bpf_htonl(6 << 28);
	ip->payload_len = bpf_htons(size);
	ip->nexthdr = r->tcp ? IPPROTO_TCP : IPPROTO_ICMPV6;
	ip->hop_limit = GXDP_TTL;
	addr = ip->saddr;
	ip->saddr = ip->daddr;
	ip->daddr = addr;
	sum = gxdp_sum(&ip->saddr, 2 * sizeof(addr), bpf_htonl(size) +
		       (__u64)bpf_htonl(ip->nexthdr));
	if (r->tcp) {
		gxdp_put_rst((void *)(ip + 1), r, sum);
		return XDP_TX;
	}
	ip = gxdp_linear(ctx, off, sizeof(*ip) + 8 + GXDP_ICMP6_BYTES);
	if (!ip)
		return XDP_DROP;
	l4 = ip + 1;
	((__be32 *)l4)[0] = bpf_htonl(1 << 24 | 1 << 16);
	((__be32 *)l4)[1] = 0;
#pragma unroll
	for (i = 0; i < GXDP_ICMP6_BYTES; i++)
		((__u8 *)l4)[8 + i] = old[i];
	((__u16 *)l4)[1] = gxdp_fold(gxdp_sum(l4, 8 + GXDP_ICMP6_BYTES, sum));
	return XDP_TX;
}

/* Addresses that stand for many, and MAC addresses that do */
static __always_inline bool gxdp_for_many(struct xdp_md *ctx,
					  const struct gxdp_packet *pkt, bool v6)
{
	struct ethhdr *eth = gxdp_linear(ctx, 0, sizeof(*eth));
	__u32 src = pkt->addr4 >> 32, dst = pkt->addr4;

	if (!eth || eth->h_dest[0] & 1 || eth->h_source[0] & 1)
		return true;
	if (v6)
		return pkt->src6[0] >> 56 == 0xff || pkt->dst6[0] >> 56 == 0xff ||
		       !(pkt->src6[0] | pkt->src6[1]);
	return src >> 28 >= 14 || dst >> 28 >= 14 || !src;
}

/* What is left for the transport header and what is behind it */
static __always_inline __u32 gxdp_l4_bytes(struct xdp_md *ctx,
					   const struct gxdp_packet *pkt, bool v6)
{
	struct ipv6hdr *ip6;
	struct iphdr *ip;

	if (v6) {
		ip6 = gxdp_linear(ctx, pkt->l3_off, sizeof(*ip6));
		return ip6 ? pkt->l3_off + sizeof(*ip6) +
			     bpf_ntohs(ip6->payload_len) - pkt->l4_off : 0;
	}
	ip = gxdp_linear(ctx, pkt->l3_off, sizeof(*ip));
	return ip ? pkt->l3_off + bpf_ntohs(ip->tot_len) - pkt->l4_off : 0;
}

static __always_inline bool gxdp_is_icmp_error(const struct gxdp_packet *pkt,
					       bool v6)
{
	if (!(pkt->present & GXDP_HAS_ICMP))
		return false;
	if (v6)
		return pkt->icmp_type < 128 ||
		       pkt->icmp_type == GXDP_ICMPV6_REDIRECT;
	return pkt->icmp_type != 8 && pkt->icmp_type != 13;
}

/* XDP_TX with the frame turned into the answer, or XDP_DROP */
__attribute__((noinline))
int gxdp_answer(struct xdp_md *ctx)
{
	struct gxdp_reply r = {};
	struct ethhdr *eth;
	int action;
	bool v6;

	if (!ctx)
		return XDP_DROP;
	asm volatile("" : : "r"(&r) : "memory");
	if (gxdp_parse_linear(ctx, &r.pkt) || !(r.pkt.present & GXDP_HAS_IP) ||
	    r.pkt.fragment == GXDP_FRAGMENT_LATER)
		return XDP_DROP;
	v6 = r.pkt.ethertype == ETH_P_IPV6;
	if (gxdp_for_many(ctx, &r.pkt, v6) || gxdp_is_icmp_error(&r.pkt, v6))
		return XDP_DROP;
	if (r.pkt.l4_proto == IPPROTO_TCP &&
	    !gxdp_reply_tcp(ctx, &r, gxdp_l4_bytes(ctx, &r.pkt, v6)))
		return XDP_DROP;
	if (!gxdp_may_answer())
		return XDP_DROP;
	action = v6 ? gxdp_answer6(ctx, &r) : gxdp_answer4(ctx, &r);
	eth = gxdp_linear(ctx, 0, sizeof(*eth));
	if (action != XDP_TX || !eth)
		return XDP_DROP;
	gxdp_swap_macs(eth);
	return XDP_TX;
}

static __always_inline int gxdp_reject(struct xdp_md *ctx,
				       struct gxdp_decision *d)
{
	int action = gxdp_answer(ctx);

	d->reason = action == XDP_TX ? GXDP_REASON_rejected :
				       GXDP_REASON_rejected_silently;
	return action == XDP_TX ? XDP_TX : XDP_DROP;
}

#endif /* GXDP_BPF_REJECT_H */
