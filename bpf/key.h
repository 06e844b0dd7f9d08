/* SPDX-License-Identifier: GPL-2.0 */
/* From the frame to the key: the words that trees take bits from. */
#ifndef GXDP_BPF_KEY_H
#define GXDP_BPF_KEY_H

#include "count.h"
#include "lookup.h"
#include "parse.h"

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
		dport << GXDP_L4_DPORT | (__u64)pkt->sport << GXDP_L4_SPORT;
	key->word[GXDP_W_SRC6_HI] = pkt->src6[0];
	key->word[GXDP_W_SRC6_LO] = pkt->src6[1];
	key->word[GXDP_W_DST6_HI] = pkt->dst6[0];
	key->word[GXDP_W_DST6_LO] = pkt->dst6[1];
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

	state = gxdp_parse_any(ctx, frags, &pkt);
	gxdp_fill_key(key, &pkt);
	if (flags & GXDP_ROOT_RARE)
		gxdp_fill_rare(ctx, key, &pkt, gxdp_frame_len(ctx, frags),
			       state);
	if (!(pkt.present & GXDP_HAS_IP))
		return GXDP_FAMILY_OTHER;
	return pkt.ethertype == ETH_P_IP ? GXDP_FAMILY_IPV4 : GXDP_FAMILY_IPV6;
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
