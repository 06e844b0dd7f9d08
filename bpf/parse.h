/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one packet parser of the BPF programs: Ethernet, up to two VLAN tags,
 * IPv4 or IPv6 with extension headers, and the transport header.
 *
 * It reads either the linear part of the frame in place, or, for a frame in
 * fragments whose headers reach beyond that part, copies made by
 * bpf_xdp_load_bytes(). Both are the same code: gxdp_parse_linear() and
 * gxdp_parse_any() below instantiate it with a constant.
 *
 * No header is read past the end of the frame, nor past the end that the IP
 * header gives: Ethernet padding is not taken for ports.
 */
#ifndef GXDP_BPF_PARSE_H
#define GXDP_BPF_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include <gxdp/filter.h>

#include "asm.h"

/* Members the kernel's user headers leave out or spell elsewhere */
#define GXDP_IP_MF		0x2000
#define GXDP_IP_OFFSET		0x1fff
#define GXDP_IPV6_FRAG_OFFSET	0xfff8
#define GXDP_IPV6_FRAG_MORE	0x0001
#define GXDP_IPPROTO_HIP	139
#define GXDP_IPPROTO_SHIM6	140
#define GXDP_ICMP_ECHO_REPLY	0
#define GXDP_ICMP_ECHO_REQUEST	8
#define GXDP_ICMPV6_ECHO_REQUEST 128
#define GXDP_ICMPV6_ECHO_REPLY	129
#define GXDP_ICMPV6_ND_FIRST	133	/* router solicitation ... */
#define GXDP_ICMPV6_REDIRECT	137
#define GXDP_ICMPV6_ND_LAST	GXDP_ICMPV6_REDIRECT

/* How far the parser goes. Eight extension headers are twice what RFC 8200 lists. */
#define GXDP_MAX_VLANS		2
#define GXDP_MAX_EXT_HEADERS	8
/* Upper bound of any header's offset; also what the verifier needs to see. */
#define GXDP_MAX_HEADER_OFF	0x7fff

enum gxdp_parse_result {
	GXDP_PARSE_OK,
	GXDP_PARSE_TRUNCATED,	/* frame or datagram ends inside a header */
	GXDP_PARSE_MALFORMED,	/* a header contradicts itself */
	GXDP_PARSE_DEEP,	/* too many extension headers */
};

enum gxdp_fragment {
	GXDP_FRAGMENT_NONE,
	GXDP_FRAGMENT_FIRST,
	GXDP_FRAGMENT_LATER,	/* no transport header here */
};

/* Host byte order throughout. l4_off is 0 where there is no transport header. */
struct gxdp_packet {
	__u32 l3_off;
	__u32 l4_off;
	__u16 vlan_tci[GXDP_MAX_VLANS];	/* outer first */
	__u16 ethertype;		/* behind the tags */
	__u16 sport;
	__u16 dport;
	__u8 vlans;
	__u8 l4_proto;
	__u8 fragment;
	__u8 icmp_type;
	__u8 icmp_code;
	__u8 tcp_flags;			/* CWR ... FIN */
	__u8 dscp;
	__u8 ttl;			/* hop limit */
	__u16 present;			/* enum gxdp_present */
	/*
	 * What a program does not use, the compiler leaves out. IPv4: source << 32
	 * | destination; IPv6: most significant half first.
	 */
	__u64 addr4;
	__u64 src6[2];
	__u64 dst6[2];
};

struct gxdp_vlan_header {
	__be16 tci;
	__be16 ethertype;
};

struct gxdp_ipv6_ext {
	__u8 nexthdr;
	__u8 len;
};

struct gxdp_ipv6_frag {
	__u8 nexthdr;
	__u8 reserved;
	__be16 offset;
	__be32 id;
};

struct gxdp_sctp_header {
	__be16 source;
	__be16 dest;
	__be32 tag;
	__le32 checksum;
};

/* linux/icmp.h would pull in the C library; ICMP and ICMPv6 begin alike. */
struct gxdp_icmp_header {
	__u8 type;
	__u8 code;
	__be16 checksum;
	__be32 rest;
};

struct gxdp_reader {
	struct xdp_md *ctx;
	__u32 end;	/* where the IP datagram says it ends */
	bool copy;	/* a constant in each instance */
};

/* Room for a copy of whichever header is being looked at */
union gxdp_scratch {
	struct ethhdr eth;
	struct gxdp_vlan_header vlan;
	struct iphdr ip;
	struct ipv6hdr ip6;
	struct gxdp_ipv6_ext ext;
	struct gxdp_ipv6_frag frag;
	struct tcphdr tcp;
	struct udphdr udp;
	struct gxdp_sctp_header sctp;
	struct gxdp_icmp_header icmp;
};

static __always_inline __u64 gxdp_linear_len(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	void *pos = (void *)(long)ctx->data;

	/* As pointers: half of one, which is what int arithmetic would
	 * leave on the stack, the verifier refuses.
	 */
	return end - pos;
}

/* A frame's bytes at @off in the linear part, writable, or NULL */
static __always_inline void *gxdp_linear(struct xdp_md *ctx, __u32 off,
					 __u32 len)
{
	void *end = (void *)(long)ctx->data_end;
	void *pos = (void *)(long)ctx->data;
	__u64 bounded = off;

	if (off > GXDP_MAX_HEADER_OFF)
		return NULL;
	/*
	 * This changes nothing, but the compiler may test one copy of the offset
	 * and use another, and the verifier of 6.1 knows only of the first.
	 */
	GXDP_BOUND(bounded, GXDP_MAX_HEADER_OFF);
	pos += bounded;
	if (pos + len > end)
		return NULL;
	return pos;
}

static __always_inline void *gxdp_header(struct gxdp_reader *r, __u32 off,
					 __u32 len, union gxdp_scratch *scratch)
{
	if (off > GXDP_MAX_HEADER_OFF || off + len > r->end)
		return NULL;
	if (!r->copy)
		return gxdp_linear(r->ctx, off, len);
	if (bpf_xdp_load_bytes(r->ctx, off, scratch, len))
		return NULL;
	return scratch;
}

static __always_inline bool gxdp_is_vlan(__u16 ethertype)
{
	return ethertype == ETH_P_8021Q || ethertype == ETH_P_8021AD;
}

static __always_inline int gxdp_parse_ethernet(struct gxdp_reader *r,
					       struct gxdp_packet *pkt)
{
	struct gxdp_vlan_header *vlan;
	union gxdp_scratch scratch;
	struct ethhdr *eth;
	int i;

	eth = gxdp_header(r, 0, sizeof(*eth), &scratch);
	if (!eth)
		return GXDP_PARSE_TRUNCATED;
	pkt->ethertype = bpf_ntohs(eth->h_proto);
	pkt->l3_off = sizeof(*eth);
	if (!gxdp_is_vlan(pkt->ethertype)) {
		pkt->present = GXDP_HAS_ETH_TYPE | GXDP_HAS_VLAN |
			       GXDP_HAS_VLAN2;
		return GXDP_PARSE_OK;
	}

#pragma unroll
	for (i = 0; i < GXDP_MAX_VLANS; i++) {
		if (!gxdp_is_vlan(pkt->ethertype))
			break;
		vlan = gxdp_header(r, pkt->l3_off, sizeof(*vlan), &scratch);
		if (!vlan)
			return GXDP_PARSE_TRUNCATED;
		pkt->vlan_tci[i] = bpf_ntohs(vlan->tci);
		pkt->ethertype = bpf_ntohs(vlan->ethertype);
		pkt->l3_off += sizeof(*vlan);
		pkt->vlans++;
		pkt->present |= i ? GXDP_HAS_VLAN2 | GXDP_HAS_TAG2 :
				    GXDP_HAS_VLAN | GXDP_HAS_TAG;
	}
	/* There is an inner tag, or it is sure that there is none. */
	pkt->present |= GXDP_HAS_ETH_TYPE | GXDP_HAS_VLAN2;
	return GXDP_PARSE_OK;
}

static __always_inline int gxdp_parse_ipv4(struct gxdp_reader *r,
					   struct gxdp_packet *pkt)
{
	union gxdp_scratch scratch;
	__u32 header, total;
	struct iphdr *ip;
	__u16 frag;

	ip = gxdp_header(r, pkt->l3_off, sizeof(*ip), &scratch);
	if (!ip)
		return GXDP_PARSE_TRUNCATED;
	header = ip->ihl * 4;
	total = bpf_ntohs(ip->tot_len);
	if (ip->version != 4 || header < sizeof(*ip) || total < header)
		return GXDP_PARSE_MALFORMED;

	pkt->l4_proto = ip->protocol;
	pkt->dscp = ip->tos >> 2;
	pkt->ttl = ip->ttl;
	pkt->addr4 = (__u64)bpf_ntohl(ip->saddr) << 32 | bpf_ntohl(ip->daddr);
	pkt->present |= GXDP_HAS_IP | GXDP_HAS_PROTO | GXDP_HAS_FRAG;
	frag = bpf_ntohs(ip->frag_off);
	if (frag & GXDP_IP_OFFSET)
		pkt->fragment = GXDP_FRAGMENT_LATER;
	else if (frag & GXDP_IP_MF)
		pkt->fragment = GXDP_FRAGMENT_FIRST;
	r->end = pkt->l3_off + total;
	if (pkt->fragment != GXDP_FRAGMENT_LATER)
		pkt->l4_off = pkt->l3_off + header;
	return GXDP_PARSE_OK;
}

/* Length in bytes of an extension header that says @len; 0 if @proto is none */
static __always_inline __u32 gxdp_ipv6_ext_len(__u8 proto, __u8 len)
{
	switch (proto) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case IPPROTO_MH:
	case GXDP_IPPROTO_HIP:
	case GXDP_IPPROTO_SHIM6:
		return (len + 1) * 8;
	case IPPROTO_AH:
		return (len + 2) * 4;
	case IPPROTO_FRAGMENT:
		return sizeof(struct gxdp_ipv6_frag);
	default:
		return 0;
	}
}

/* Where the walk along the extension headers is */
struct gxdp_ipv6_walk {
	__u32 off;
	__u32 end;
	__u32 proto;	/* of the header at off */
	__u32 fragment;
};

/*
 * Look at one extension header and step over it. Not inlined, and global: so
 * the verifier looks at it once. Inlined into the loop it is looked at once for
 * each way through the eight rounds, which is past the verifier's limit.
 *
 * Copying what it looks at serves linear frames as well; extension headers are
 * too rare for the difference to matter.
 */
__attribute__((noinline))
int gxdp_ipv6_step(struct xdp_md *ctx, struct gxdp_ipv6_walk *walk)
{
	struct gxdp_ipv6_frag frag;
	struct gxdp_ipv6_ext ext;
	__u16 bits;

	if (!ctx || !walk)
		return GXDP_PARSE_MALFORMED;
	if (walk->off > GXDP_MAX_HEADER_OFF ||
	    walk->off + sizeof(ext) > walk->end ||
	    bpf_xdp_load_bytes(ctx, walk->off, &ext, sizeof(ext)))
		return GXDP_PARSE_TRUNCATED;

	if (walk->proto == IPPROTO_FRAGMENT) {
		if (walk->off + sizeof(frag) > walk->end ||
		    bpf_xdp_load_bytes(ctx, walk->off, &frag, sizeof(frag)))
			return GXDP_PARSE_TRUNCATED;
		bits = bpf_ntohs(frag.offset);
		/* Offset 0 and no more to come is a whole datagram. */
		if (bits & GXDP_IPV6_FRAG_OFFSET)
			walk->fragment = GXDP_FRAGMENT_LATER;
		else if (bits & GXDP_IPV6_FRAG_MORE)
			walk->fragment = GXDP_FRAGMENT_FIRST;
	}
	walk->off += gxdp_ipv6_ext_len(walk->proto, ext.len);
	walk->proto = ext.nexthdr;
	return GXDP_PARSE_OK;
}

/* BPF loads 8 bytes from anywhere in a packet at once, whatever the type says. */
static __always_inline __u64 gxdp_be64(const void *pos)
{
	return bpf_be64_to_cpu(*(const __be64 *)pos);
}

static __always_inline void gxdp_parse_ipv6_base(const struct ipv6hdr *ip6,
						 struct gxdp_packet *pkt)
{
	pkt->dscp = (ip6->priority << 2 | ip6->flow_lbl[0] >> 6) & 0x3f;
	pkt->ttl = ip6->hop_limit;
	pkt->src6[0] = gxdp_be64(&ip6->saddr.in6_u.u6_addr8[0]);
	pkt->src6[1] = gxdp_be64(&ip6->saddr.in6_u.u6_addr8[8]);
	pkt->dst6[0] = gxdp_be64(&ip6->daddr.in6_u.u6_addr8[0]);
	pkt->dst6[1] = gxdp_be64(&ip6->daddr.in6_u.u6_addr8[8]);
	pkt->present |= GXDP_HAS_IP;
}

static __always_inline int gxdp_parse_ipv6(struct gxdp_reader *r,
					   struct gxdp_packet *pkt)
{
	struct gxdp_ipv6_walk walk = {};
	union gxdp_scratch scratch;
	struct ipv6hdr *ip6;
	int i, err;

	ip6 = gxdp_header(r, pkt->l3_off, sizeof(*ip6), &scratch);
	if (!ip6)
		return GXDP_PARSE_TRUNCATED;
	if (ip6->version != 6)
		return GXDP_PARSE_MALFORMED;
	walk.off = pkt->l3_off + sizeof(*ip6);
	walk.end = walk.off + bpf_ntohs(ip6->payload_len);
	walk.proto = ip6->nexthdr;
	gxdp_parse_ipv6_base(ip6, pkt);

	for (i = 0; gxdp_ipv6_ext_len(walk.proto, 0); i++) {
		if (i == GXDP_MAX_EXT_HEADERS)
			return GXDP_PARSE_DEEP;
		err = gxdp_ipv6_step(r->ctx, &walk);
		if (err)
			return err;
		if (walk.fragment == GXDP_FRAGMENT_LATER)
			break;
	}
	pkt->fragment = walk.fragment;
	pkt->l4_proto = walk.proto;
	pkt->present |= GXDP_HAS_PROTO | GXDP_HAS_FRAG;
	if (walk.fragment != GXDP_FRAGMENT_LATER)
		pkt->l4_off = walk.off;
	r->end = walk.end;
	return GXDP_PARSE_OK;
}

static __always_inline int gxdp_parse_transport(struct gxdp_reader *r,
						struct gxdp_packet *pkt)
{
	bool icmpv6 = pkt->l4_proto == IPPROTO_ICMPV6;
	bool v6 = pkt->ethertype == ETH_P_IPV6;
	struct gxdp_sctp_header *sctp;
	union gxdp_scratch scratch;
	struct gxdp_icmp_header *icmp;
	struct tcphdr *tcp;
	struct udphdr *udp;

	switch (pkt->l4_proto) {
	case IPPROTO_TCP:
		tcp = gxdp_header(r, pkt->l4_off, sizeof(*tcp), &scratch);
		if (!tcp)
			return GXDP_PARSE_TRUNCATED;
		pkt->sport = bpf_ntohs(tcp->source);
		pkt->dport = bpf_ntohs(tcp->dest);
		pkt->present |= GXDP_HAS_PORTS;
		if (tcp->doff * 4 < sizeof(*tcp))
			return GXDP_PARSE_MALFORMED;
		pkt->tcp_flags = ((__u8 *)tcp)[13];
		pkt->present |= GXDP_HAS_TCP_FLAGS;
		return GXDP_PARSE_OK;
	case IPPROTO_UDP:
		udp = gxdp_header(r, pkt->l4_off, sizeof(*udp), &scratch);
		if (!udp)
			return GXDP_PARSE_TRUNCATED;
		pkt->sport = bpf_ntohs(udp->source);
		pkt->dport = bpf_ntohs(udp->dest);
		pkt->present |= GXDP_HAS_PORTS;
		return GXDP_PARSE_OK;
	case IPPROTO_SCTP:
		sctp = gxdp_header(r, pkt->l4_off, sizeof(*sctp), &scratch);
		if (!sctp)
			return GXDP_PARSE_TRUNCATED;
		pkt->sport = bpf_ntohs(sctp->source);
		pkt->dport = bpf_ntohs(sctp->dest);
		pkt->present |= GXDP_HAS_PORTS;
		return GXDP_PARSE_OK;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		/* The other family's ICMP means nothing here. */
		if (v6 != icmpv6)
			return GXDP_PARSE_OK;
		icmp = gxdp_header(r, pkt->l4_off, sizeof(*icmp), &scratch);
		if (!icmp)
			return GXDP_PARSE_TRUNCATED;
		pkt->icmp_type = icmp->type;
		pkt->icmp_code = icmp->code;
		pkt->present |= GXDP_HAS_ICMP;
		return GXDP_PARSE_OK;
	default:
		return GXDP_PARSE_OK;
	}
}

static __always_inline int gxdp_parse(struct xdp_md *ctx, bool copy,
				      struct gxdp_packet *pkt)
{
	struct gxdp_reader r = { .ctx = ctx, .end = ~0u, .copy = copy };
	int err;

	__builtin_memset(pkt, 0, sizeof(*pkt));
	err = gxdp_parse_ethernet(&r, pkt);
	if (err)
		return err;
	if (pkt->ethertype == ETH_P_IP)
		err = gxdp_parse_ipv4(&r, pkt);
	else if (pkt->ethertype == ETH_P_IPV6)
		err = gxdp_parse_ipv6(&r, pkt);
	else
		return GXDP_PARSE_OK;
	if (err || pkt->fragment == GXDP_FRAGMENT_LATER)
		return err;
	return gxdp_parse_transport(&r, pkt);
}

/* For programs that must reach every header in place */
static __always_inline int gxdp_parse_linear(struct xdp_md *ctx,
					     struct gxdp_packet *pkt)
{
	return gxdp_parse(ctx, false, pkt);
}

/*
 * For programs that only look. @frags is a constant: true in xdp.frags
 * programs, where what the linear part lacks may be in the fragments.
 */
static __always_inline int gxdp_parse_any(struct xdp_md *ctx, bool frags,
					  struct gxdp_packet *pkt)
{
	int err = gxdp_parse(ctx, false, pkt);

	if (frags && err == GXDP_PARSE_TRUNCATED &&
	    bpf_xdp_get_buff_len(ctx) > gxdp_linear_len(ctx))
		err = gxdp_parse(ctx, true, pkt);
	return err;
}

#endif /* GXDP_BPF_PARSE_H */
