/* SPDX-License-Identifier: GPL-2.0 */
/* From the frame to the key: the words that trees take bits from. */
#ifndef GXDP_BPF_KEY_H
#define GXDP_BPF_KEY_H

#include "count.h"
#include "lookup.h"
#include "parse.h"

/* GXDP_W_L4 as lanes */
static __always_inline __u64 gxdp_lanes(__u64 l4)
{
	__u64 lanes;
	int i;

	lanes = ((l4 >> GXDP_L4_DPORT) & 0xffff) << GXDP_LANE_DPORT |
		((l4 >> GXDP_L4_SPORT) & 0xffff) << GXDP_LANE_SPORT |
		((l4 >> GXDP_L4_PROTO) & 0xff) << GXDP_LANE_PROTO;
#pragma unroll
	for (i = 0; i < 8; i++)
		lanes |= ((l4 >> (GXDP_L4_PRESENT + i)) & 1) <<
			 (GXDP_LANE_PRESENT + i * GXDP_LANE_PRESENT_STEP);
	return lanes;
}

static __always_inline void gxdp_fill_key(struct gxdp_key *key,
					  const struct gxdp_packet *pkt)
{
	__u64 dport = pkt->dport;

	if (pkt->present & GXDP_HAS_ICMP)
		dport = pkt->icmp_type << 8 | pkt->icmp_code;
	key->word[GXDP_W_ADDR4] = pkt->addr4;
	key->word[GXDP_W_L4] =
		(__u64)(pkt->present & 0xff) << GXDP_L4_PRESENT |
		(__u64)pkt->l4_proto << GXDP_L4_PROTO |
		(__u64)pkt->tcp_flags << GXDP_L4_TCP_FLAGS |
		(__u64)(pkt->fragment != GXDP_FRAGMENT_NONE) << GXDP_L4_FRAGMENT |
		dport << GXDP_L4_DPORT | (__u64)pkt->sport << GXDP_L4_SPORT;
	key->lanes = gxdp_lanes(key->word[GXDP_W_L4]);
	key->word[GXDP_W_SRC6_HI] = pkt->src6[0];
	key->word[GXDP_W_SRC6_LO] = pkt->src6[1];
	key->word[GXDP_W_DST6_HI] = pkt->dst6[0];
	key->word[GXDP_W_DST6_LO] = pkt->dst6[1];
}

/*
 * What else than addresses packets of a flow have in common: ports in the upper half,
 * and protocol. Nothing in fragments: only the first has ports, and behind extension
 * headers the protocol.
 */
static __always_inline __u64 gxdp_flow_l4(const struct gxdp_key *key)
{
	__u64 l4 = key->word[GXDP_W_L4];

	if (l4 >> GXDP_L4_FRAGMENT & 1)
		return 0;
	return l4 >> 32 << 32 | (l4 >> GXDP_L4_PROTO & 0xff);
}

/* Six bytes of the frame as a number; what is not there is zero */
static __always_inline __u64 gxdp_mac_word(const __u8 *mac)
{
	return (__u64)mac[0] << 40 | (__u64)mac[1] << 32 |
	       (__u64)mac[2] << 24 | (__u64)mac[3] << 16 |
	       (__u64)mac[4] << 8 | mac[5];
}

static __always_inline void gxdp_fill_rare(struct xdp_md *ctx,
					   struct gxdp_key *key,
					   const struct gxdp_packet *pkt,
					   __u64 len, __u64 state)
{
	__u64 vlan = 4096, vlan2 = 4096, pcp = 0, pcp2 = 0;
	struct ethhdr *eth;

	if (pkt->present & GXDP_HAS_TAG) {
		vlan = pkt->vlan_tci[0] & 0xfff;
		pcp = pkt->vlan_tci[0] >> 13;
	}
	if (pkt->present & GXDP_HAS_TAG2) {
		vlan2 = pkt->vlan_tci[1] & 0xfff;
		pcp2 = pkt->vlan_tci[1] >> 13;
	}
	key->word[GXDP_W_LINK] = vlan << GXDP_LINK_VLAN | pcp << GXDP_LINK_PCP |
		vlan2 << GXDP_LINK_VLAN2 | pcp2 << GXDP_LINK_PCP2 |
		(__u64)pkt->ethertype << GXDP_LINK_ETH_TYPE |
		(__u64)pkt->dscp << GXDP_LINK_DSCP |
		(__u64)pkt->fragment << GXDP_LINK_FRAG |
		(__u64)pkt->ttl << GXDP_LINK_TTL;
	if (len > 0xfffff)
		len = 0xfffff;
	key->word[GXDP_W_MISC] = (__u64)pkt->present << GXDP_MISC_PRESENT |
		len << GXDP_MISC_LEN |
		(__u64)(ctx->rx_queue_index & 0xffff) << GXDP_MISC_RXQ |
		state << GXDP_MISC_STATE;
	eth = gxdp_linear(ctx, 0, sizeof(*eth));
	if (eth) {
		key->word[GXDP_W_ETH_SRC] = gxdp_mac_word(eth->h_source);
		key->word[GXDP_W_ETH_DST] = gxdp_mac_word(eth->h_dest);
	}
}

/* @frags is a constant. Returns enum gxdp_family. */
static __always_inline __u32 gxdp_read(struct xdp_md *ctx, struct gxdp_key *key,
				       __u32 flags, bool frags)
{
	struct gxdp_packet pkt;
	int state;

	/*
	 * All fields are wanted: keep them in memory. In registers, each way through
	 * the parser would put all of them in order, which costs more than it does.
	 */
	asm volatile("" : : "r"(&pkt) : "memory");
	state = gxdp_parse_any(ctx, frags, &pkt);
	gxdp_fill_key(key, &pkt);
	if (flags & GXDP_ROOT_RARE)
		gxdp_fill_rare(ctx, key, &pkt, gxdp_frame_len(ctx, frags),
			       state);
	if (!(pkt.present & GXDP_HAS_IP))
		return GXDP_FAMILY_OTHER;
	return pkt.ethertype == ETH_P_IP ? GXDP_FAMILY_IPV4 : GXDP_FAMILY_IPV6;
}

/* What TCP and UDP packets with a whole transport header have; ICMP has no ports */
#define GXDP_USUAL	(GXDP_HAS_ETH_TYPE | GXDP_HAS_VLAN | GXDP_HAS_IP | \
			 GXDP_HAS_PROTO | GXDP_HAS_FRAG | GXDP_HAS_PORTS)
/* Such bits, as lanes */
#define GXDP_USUAL_LANES(present)	gxdp_lanes((present) & 0xff)

/*
 * The transport header at @l4, of which 20 bytes can be read. The IP header says that
 * there are @len bytes, of which @head are in front of it. @icmp is the family's ICMP.
 * false: gxdp_read() must have a look. Without branches between TCP, UDP and ICMP,
 * which come mixed.
 */
static __always_inline bool gxdp_usual_l4(struct gxdp_key *key, const __u8 *l4,
					  __u64 proto, __u64 icmp, __u32 len,
					  __u32 head)
{
	__u64 first = bpf_ntohl(*(const __u32 *)l4);
	__u64 tcp, offset, is_icmp;

	if (proto > (icmp > IPPROTO_UDP ? icmp : IPPROTO_UDP) ||
	    !(gxdp_right(1ULL << IPPROTO_TCP | 1ULL << IPPROTO_UDP | 1ULL << icmp,
			 proto) & 1))
		return false;
	tcp = (proto >> 2) & 1;		/* of 1, 6, 17 and 58 */
	is_icmp = gxdp_right(1ULL << icmp, proto) & 1;
	asm volatile("" : "+r"(tcp), "+r"(is_icmp));
	/* type and code of ICMP go where the destination port is */
	first = gxdp_right(first, is_icmp << 4);
	_Static_assert(GXDP_HAS_PORTS + 1 == GXDP_HAS_ICMP && GXDP_USUAL & GXDP_HAS_PORTS,
		       "one more, and it has ICMP in place of ports");
	key->word[GXDP_W_L4] = first << GXDP_L4_DPORT | proto << GXDP_L4_PROTO |
			       (l4[13] & -tcp) << GXDP_L4_TCP_FLAGS |
			       (tcp * GXDP_HAS_TCP_FLAGS + is_icmp +
				(GXDP_USUAL & 0xff));
	/* dport stays, sport goes one up */
	key->lanes = (first + (first & 0xffff0000)) |
		     proto << GXDP_LANE_PROTO |
		     (tcp * GXDP_USUAL_LANES(GXDP_HAS_TCP_FLAGS) +
		      is_icmp * (GXDP_USUAL_LANES(GXDP_HAS_ICMP) -
				 GXDP_USUAL_LANES(GXDP_HAS_PORTS)) +
		      GXDP_USUAL_LANES(GXDP_USUAL));
	offset = l4[12] | ((tcp - 1) & 0xff);
	_Static_assert(sizeof(struct udphdr) == sizeof(struct gxdp_icmp_header),
		       "of UDP and ICMP the same must be there");
	return offset >= 0x50 &&
	       len >= head + sizeof(struct udphdr) +
		      (-tcp & (sizeof(struct tcphdr) - sizeof(struct udphdr)));
}

/* Version 4, no options; no fragment: of the first 8 bytes of the header */
#define GXDP_USUAL4_MASK	(0xffULL << 56 | GXDP_IP_MF | GXDP_IP_OFFSET)
#define GXDP_USUAL4		(0x45ULL << 56)

/*
 * Most packets: no tag, no options or extension headers, no fragment, TCP, UDP or
 * ICMP. In a few instructions, from the same bytes to the same words as
 * gxdp_read() would, and no others. false: it is no such packet.
 */
static __always_inline bool gxdp_read_usual4(struct xdp_md *ctx,
					     struct gxdp_key *key)
{
	const __u8 *end = (void *)(long)ctx->data_end;
	const __u8 *pos = (void *)(long)ctx->data;
	const __u8 *ip = pos + ETH_HLEN;

	if (ip + sizeof(struct iphdr) + sizeof(struct tcphdr) > end ||
	    *(const __u16 *)(pos + 12) != bpf_htons(ETH_P_IP) ||
	    (*(const __u64 *)ip & bpf_cpu_to_be64(GXDP_USUAL4_MASK)) !=
	    bpf_cpu_to_be64(GXDP_USUAL4))
		return false;
	key->word[GXDP_W_ADDR4] = gxdp_be64(ip + 12);
	return gxdp_usual_l4(key, ip + sizeof(struct iphdr), ip[9], IPPROTO_ICMP,
			     bpf_ntohs(*(const __u16 *)(ip + 2)),
			     sizeof(struct iphdr));
}

/* The same for IPv6, where it returns GXDP_FAMILY_IPV6, else GXDP_FAMILY_OTHER */
static __always_inline __u32 gxdp_read_usual6(struct xdp_md *ctx,
					      struct gxdp_key *key)
{
	const __u8 *end = (void *)(long)ctx->data_end;
	const __u8 *pos = (void *)(long)ctx->data;
	const __u8 *ip = pos + ETH_HLEN;

	if (ip + sizeof(struct ipv6hdr) + sizeof(struct tcphdr) > end ||
	    *(const __u16 *)(pos + 12) != bpf_htons(ETH_P_IPV6) ||
	    ip[0] >> 4 != 6 ||
	    !gxdp_usual_l4(key, ip + sizeof(struct ipv6hdr), ip[6], IPPROTO_ICMPV6,
			   bpf_ntohs(*(const __u16 *)(ip + 4)), 0))
		return GXDP_FAMILY_OTHER;
	key->word[GXDP_W_SRC6_HI] = gxdp_be64(ip + 8);
	key->word[GXDP_W_SRC6_LO] = gxdp_be64(ip + 16);
	key->word[GXDP_W_DST6_HI] = gxdp_be64(ip + 24);
	key->word[GXDP_W_DST6_LO] = gxdp_be64(ip + 32);
	return GXDP_FAMILY_IPV6;
}

/* Fill @key from the frame, as far as gxdp_root.flags say. enum gxdp_family. */
__attribute__((noinline))
int gxdp_read_linear(struct xdp_md *ctx, struct gxdp_key *key, __u32 flags)
{
	return ctx && key ? gxdp_read(ctx, key, flags, false) : 0;
}

__attribute__((noinline))
int gxdp_read_frags(struct xdp_md *ctx, struct gxdp_key *key, __u32 flags)
{
	return ctx && key ? gxdp_read(ctx, key, flags, true) : 0;
}

#endif /* GXDP_BPF_KEY_H */
