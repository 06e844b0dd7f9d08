// SPDX-License-Identifier: GPL-2.0
/*
 * hint.bpf.c's other half: what the stack has for the same frame.
 *
 * hints[2]: frames whose hash is the one the program left in the metadata;
 * [3]: another; [4]: the hash of the last UDP frame to port 7777, 0 if none.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 5);
	__type(key, __u32);
	__type(value, __u64);
} hints SEC(".maps");

static __always_inline __u64 *hint(__u32 which)
{
	return bpf_map_lookup_elem(&hints, &which);
}

static __always_inline int is_ours(struct __sk_buff *skb)
{
	struct ethhdr *eth = (void *)(long)skb->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);

	return (void *)(udp + 1) <= (void *)(long)skb->data_end &&
	       eth->h_proto == bpf_htons(ETH_P_IP) && ip->protocol == IPPROTO_UDP &&
	       udp->dest == bpf_htons(7777);
}

SEC("tc")
int compare_hash(struct __sk_buff *skb)
{
	__u32 *meta = (void *)(long)skb->data_meta;
	__u64 *value;

	if (is_ours(skb)) {
		value = hint(4);
		if (value)
			*value = skb->hash;
	}
	if ((void *)(meta + 1) > (void *)(long)skb->data || !*meta)
		return TC_ACT_OK;
	value = hint(*meta == skb->hash ? 2 : 3);
	if (value)
		__sync_fetch_and_add(value, 1);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
