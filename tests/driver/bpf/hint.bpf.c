// SPDX-License-Identifier: GPL-2.0
/*
 * The chip's hash as a program sees it (before Linux 6.3 there is no such thing),
 * beside the hash the stack sees. Loaded for one device: the kfunc is its driver's.
 *
 * hints[0]: frames with a hash; [1]: without; the rest is hint_tc.bpf.c's.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

enum xdp_rss_hash_type { XDP_RSS_TYPE_NONE };	/* the kernel knows the rest */

extern int bpf_xdp_metadata_rx_hash(const struct xdp_md *ctx, __u32 *hash,
				    enum xdp_rss_hash_type *rss_type) __ksym;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 5);
	__type(key, __u32);
	__type(value, __u64);
} hints SEC(".maps");

static __always_inline void count(__u32 which)
{
	__u64 *value = bpf_map_lookup_elem(&hints, &which);

	if (value)
		__sync_fetch_and_add(value, 1);
}

SEC("xdp")
int read_hash(struct xdp_md *ctx)
{
	enum xdp_rss_hash_type type = 0;
	__u32 hash = 0, *meta;

	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*meta)))
		return XDP_ABORTED;
	if (bpf_xdp_metadata_rx_hash(ctx, &hash, &type)) {
		count(1);
		hash = 0;
	} else {
		count(0);
	}
	meta = (void *)(long)ctx->data_meta;
	if ((void *)(meta + 1) > (void *)(long)ctx->data)
		return XDP_ABORTED;
	*meta = hash;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
