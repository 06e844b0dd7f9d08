// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <gxdp/tables.h>

#include "keyread.h"

/* Where a field is in the key, and which bit says that the packet has it */
static const struct place {
	uint8_t word, shift, bits;
	uint16_t present;		/* 0: always */
} place[GX_F_MAX] = {
	[GX_F_ETH_SRC] = { GXDP_W_ETH_SRC, 0, 48, 0 },
	[GX_F_ETH_DST] = { GXDP_W_ETH_DST, 0, 48, 0 },
	[GX_F_ETH_TYPE] = { GXDP_W_LINK, GXDP_LINK_ETH_TYPE, 16, GXDP_HAS_ETH_TYPE },
	[GX_F_VLAN_ID] = { GXDP_W_LINK, GXDP_LINK_VLAN, 13, GXDP_HAS_VLAN },
	[GX_F_VLAN_PCP] = { GXDP_W_LINK, GXDP_LINK_PCP, 3, GXDP_HAS_TAG },
	[GX_F_VLAN2_ID] = { GXDP_W_LINK, GXDP_LINK_VLAN2, 13, GXDP_HAS_VLAN2 },
	[GX_F_VLAN2_PCP] = { GXDP_W_LINK, GXDP_LINK_PCP2, 3, GXDP_HAS_TAG2 },
	[GX_F_LEN] = { GXDP_W_MISC, GXDP_MISC_LEN, 20, 0 },
	[GX_F_RXQ] = { GXDP_W_MISC, GXDP_MISC_RXQ, 16, 0 },
	[GX_F_STATE] = { GXDP_W_MISC, GXDP_MISC_STATE, 2, 0 },
	[GX_F_PROTO] = { GXDP_W_L4, GXDP_L4_PROTO, 8, GXDP_HAS_PROTO },
	[GX_F_DSCP] = { GXDP_W_LINK, GXDP_LINK_DSCP, 6, GXDP_HAS_IP },
	[GX_F_TTL] = { GXDP_W_LINK, GXDP_LINK_TTL, 8, GXDP_HAS_IP },
	[GX_F_FRAG] = { GXDP_W_LINK, GXDP_LINK_FRAG, 2, GXDP_HAS_FRAG },
	[GX_F_SPORT] = { GXDP_W_L4, GXDP_L4_SPORT, 16, GXDP_HAS_PORTS },
	[GX_F_DPORT] = { GXDP_W_L4, GXDP_L4_DPORT, 16, GXDP_HAS_PORTS },
	[GX_F_TCP_FLAGS] = { GXDP_W_L4, GXDP_L4_TCP_FLAGS, 8, GXDP_HAS_TCP_FLAGS },
	/* both where ports have the destination */
	[GX_F_ICMP_TYPE] = { GXDP_W_L4, GXDP_L4_DPORT + 8, 8, GXDP_HAS_ICMP },
	[GX_F_ICMP_CODE] = { GXDP_W_L4, GXDP_L4_DPORT, 8, GXDP_HAS_ICMP },
};

static const char *const field_name[GX_F_MAX] = {
	[GX_F_ETH_SRC] = "Ethernet source", [GX_F_ETH_DST] = "Ethernet destination",
	[GX_F_ETH_TYPE] = "EtherType", [GX_F_VLAN_ID] = "VLAN id",
	[GX_F_VLAN_PCP] = "VLAN priority", [GX_F_VLAN2_ID] = "inner VLAN id",
	[GX_F_VLAN2_PCP] = "inner VLAN priority", [GX_F_LEN] = "length",
	[GX_F_RXQ] = "queue", [GX_F_STATE] = "state", [GX_F_IPVER] = "IP version",
	[GX_F_PROTO] = "protocol", [GX_F_DSCP] = "DSCP", [GX_F_TTL] = "TTL",
	[GX_F_FRAG] = "fragment", [GX_F_SPORT] = "source port",
	[GX_F_DPORT] = "destination port", [GX_F_TCP_FLAGS] = "TCP flags",
	[GX_F_ICMP_TYPE] = "ICMP type", [GX_F_ICMP_CODE] = "ICMP code",
};

static void put_number(uint8_t *to, uint64_t value, int bytes)
{
	while (bytes--) {
		to[bytes] = value;
		value >>= 8;
	}
}

static uint64_t bits_of(const __u64 *word, const struct place *at)
{
	return word[at->word] >> at->shift & ((1ull << at->bits) - 1);
}

void key_read(struct oracle_packet *p, const __u64 *word, uint32_t family)
{
	uint32_t present = word[GXDP_W_MISC] >> GXDP_MISC_PRESENT & 0xffff;
	enum gx_field f;

	memset(p, 0, sizeof(*p));
	for (f = 0; f < GX_F_MAX; f++) {
		if (!place[f].bits ||
		    (place[f].present && !(present & place[f].present)))
			continue;
		p->has[f] = true;
		p->value[f] = bits_of(word, &place[f]);
	}
	if (family == GXDP_FAMILY_IPV4) {
		p->ipver = 4;
		put_number(p->src, word[GXDP_W_ADDR4] >> 32, 4);
		put_number(p->dst, word[GXDP_W_ADDR4], 4);
	} else if (family == GXDP_FAMILY_IPV6) {
		p->ipver = 6;
		put_number(p->src, word[GXDP_W_SRC6_HI], 8);
		put_number(p->src + 8, word[GXDP_W_SRC6_LO], 8);
		put_number(p->dst, word[GXDP_W_DST6_HI], 8);
		put_number(p->dst + 8, word[GXDP_W_DST6_LO], 8);
	}
	p->has[GX_F_IPVER] = p->ipver;
	p->value[GX_F_IPVER] = p->ipver;
}

bool key_lanes_right(const __u64 *word, uint64_t lanes)
{
	uint64_t l4 = word[GXDP_W_L4], want;
	int i;

	/* the first bits of what is present are in both words */
	if ((l4 ^ word[GXDP_W_MISC] >> GXDP_MISC_PRESENT) & 0xff)
		return false;
	want = (l4 >> GXDP_L4_DPORT & 0xffff) << GXDP_LANE_DPORT |
	       (l4 >> GXDP_L4_SPORT & 0xffff) << GXDP_LANE_SPORT |
	       (l4 >> GXDP_L4_PROTO & 0xff) << GXDP_LANE_PROTO;
	for (i = 0; i < 8; i++)
		want |= (l4 >> i & 1) << (GXDP_LANE_PRESENT +
					  i * GXDP_LANE_PRESENT_STEP);
	return lanes == want;
}

const char *packets_differ(const struct oracle_packet *a,
			   const struct oracle_packet *b)
{
	enum gx_field f;

	for (f = 0; f < GX_F_MAX; f++)
		if (a->has[f] != b->has[f] ||
		    (a->has[f] && a->value[f] != b->value[f]))
			return field_name[f];
	if (a->ipver != b->ipver)
		return "family";
	if (memcmp(a->src, b->src, sizeof(a->src)))
		return "source address";
	if (memcmp(a->dst, b->dst, sizeof(a->dst)))
		return "destination address";
	return NULL;
}
