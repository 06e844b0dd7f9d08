// SPDX-License-Identifier: GPL-2.0
/*
 * The VLAN tag that the chip took out of numbered frames, as a program sees it (before
 * Linux 6.8 there is no such thing). Loaded for one device: the kfunc is its driver's.
 *
 * tags[0]: frames with a tag, tags[1]: the last one's VLAN, tags[2]: without.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define TRACK_ETHERTYPE	0x88b5
#define VLAN_ID		0x0fff

extern int bpf_xdp_metadata_rx_vlan_tag(const struct xdp_md *ctx, __be16 *vlan_proto,
					__u16 *vlan_tci) __ksym;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} tags SEC(".maps");

static __always_inline void add(__u32 which, __u64 n)
{
	__u64 *value = bpf_map_lookup_elem(&tags, &which);

	if (value)
		*value += n;
}

SEC("xdp")
int read_tag(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	__be16 proto = 0;
	__u32 last = 1;
	__u16 tci = 0;
	__u64 *vlan;

	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(TRACK_ETHERTYPE))
		return XDP_PASS;
	if (bpf_xdp_metadata_rx_vlan_tag(ctx, &proto, &tci) || proto != bpf_htons(ETH_P_8021Q)) {
		add(2, 1);
		return XDP_PASS;
	}
	add(0, 1);
	vlan = bpf_map_lookup_elem(&tags, &last);
	if (vlan)
		*vlan = tci & VLAN_ID;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
