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

/* In 16-bit words: frames are aligned so far, and bytes take three times as many. */
static __always_inline int swap_addresses(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	__u16 *word = (void *)(long)ctx->data;
	__u16 dest[3];

	if ((void *)word + ETH_HLEN > data_end)
		return -1;
	dest[0] = word[0];
	dest[1] = word[1];
	dest[2] = word[2];
	word[0] = word[3];
	word[1] = word[4];
	word[2] = word[5];
	word[3] = dest[0];
	word[4] = dest[1];
	word[5] = dest[2];
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
