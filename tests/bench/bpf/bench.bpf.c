// SPDX-License-Identifier: GPL-2.0
/*
 * XDP programs that do one verdict and nothing else, so that what is counted is
 * the driver and the kernel, not the program.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 64);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} xsks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} ports SEC(".maps");

SEC("xdp")
int bench_drop(struct xdp_md *ctx)
{
	return XDP_DROP;
}

static __always_inline int swap_addresses(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	__u8 addr[ETH_ALEN];

	if ((void *)(eth + 1) > data_end)
		return -1;
	__builtin_memcpy(addr, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, addr, ETH_ALEN);
	return 0;
}

SEC("xdp")
int bench_tx(struct xdp_md *ctx)
{
	return swap_addresses(ctx) ? XDP_DROP : XDP_TX;
}

SEC("xdp")
int bench_redirect(struct xdp_md *ctx)
{
	return swap_addresses(ctx) ? XDP_DROP : bpf_redirect_map(&ports, 0, 0);
}

SEC("xdp")
int bench_xsk(struct xdp_md *ctx)
{
	return bpf_redirect_map(&xsks, ctx->rx_queue_index, XDP_DROP);
}

char _license[] SEC("license") = "GPL";
