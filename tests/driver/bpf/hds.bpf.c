// SPDX-License-Identifier: GPL-2.0
/*
 * Where the chip has cut frames: passes all of them, and looks at what of each is in the
 * first buffer.
 *
 * cuts[0]: TCP and UDP frames with their headers there and not a byte more; [1]: cut
 * elsewhere; [2]: IP frames of other kinds, and all others.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct vlan_header {
	__be16 tci;
	__be16 proto;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} cuts SEC(".maps");

static __always_inline void count(__u32 which)
{
	__u64 *value = bpf_map_lookup_elem(&cuts, &which);

	if (value)
		__sync_fetch_and_add(value, 1);
}

/* How long the headers are up to that of TCP or UDP; 0: neither; -1: cut in the middle. */
static __always_inline int headers(void *data, void *end)
{
	struct ethhdr *eth = data;
	struct vlan_header *tag = (void *)(eth + 1);
	struct tcphdr *tcp;
	__be16 proto;
	void *at = tag;
	__u8 l4;

	if (at > end)
		return -1;
	proto = eth->h_proto;
	if (proto == bpf_htons(ETH_P_8021Q)) {
		at = tag + 1;
		if (at > end)
			return -1;
		proto = tag->proto;
	}
	if (proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = at;

		if ((void *)(ip + 1) > end)
			return -1;
		l4 = ip->protocol;
		if (l4 != IPPROTO_TCP && l4 != IPPROTO_UDP)
			return 0;
		at += (ip->ihl & 15) * 4;
	} else if (proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip6 = at;

		at = ip6 + 1;
		if (at > end)
			return -1;
		l4 = ip6->nexthdr;
	} else {
		return 0;
	}
	if (l4 == IPPROTO_UDP)
		return at - data + sizeof(struct udphdr);
	if (l4 != IPPROTO_TCP)
		return 0;
	tcp = at;
	if ((void *)(tcp + 1) > end)
		return -1;
	return at - data + tcp->doff * 4;
}

SEC("xdp.frags")
int see_cuts(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	int len = headers(data, end);

	if (!len)
		count(2);
	else
		count(len == end - data ? 0 : 1);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
