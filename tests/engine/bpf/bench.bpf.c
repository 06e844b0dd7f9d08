// SPDX-License-Identifier: GPL-2.0
/*
 * For measuring: the filter as it is, with something in front of it that puts the
 * next of many headers into the frame, since BPF_PROG_TEST_RUN repeats one frame.
 * The same without the filter is what is subtracted.
 */
#include "../../../bpf/gxdp.bpf.c"

#include "../bench.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct bench_headers);
} headers SEC(".maps");

/* Which header is next; the kernel runs one of these programs at a time. */
static __u32 at;

struct lpm4_key {
	__u32 len;
	__u32 addr;
};

struct lpm6_key {
	__u32 len;
	__u8 addr[16];
};

/* What the kernel has for the same purpose; filled by the bench */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1100000);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct lpm4_key);
	__type(value, __u32);
} lpm4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1100000);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct lpm6_key);
	__type(value, __u32);
} lpm6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1100000);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u32);
} hash4 SEC(".maps");

/* Both addresses of an IPv4 header, which are one load */
#define ADDRS4	offsetof(struct iphdr, saddr)

/*
 * No load of the filter's may take from two of the stores here: the CPU would wait until
 * both are in its cache, which it never does for packets that a NIC has written. So IPv4
 * addresses, half in one word and half in the next, are stored once more, as a whole.
 */
static __always_inline bool next_header(struct xdp_md *ctx)
{
	const __be16 *ethertype = (void *)(long)ctx->data + offsetof(struct ethhdr, h_proto);
	void *end = (void *)(long)ctx->data_end;
	volatile __u64 *to = (void *)(long)ctx->data + ETH_HLEN;
	struct bench_headers *all;
	const __u64 *from;
	__u32 zero = 0;
	__u64 i;

	all = bpf_map_lookup_elem(&headers, &zero);
	if (!all || (void *)(long)ctx->data + ETH_HLEN + 8 * BENCH_WORDS > end)
		return false;
	i = at++;
	asm volatile("%0 &= %1" : "+r"(i) : "i"(BENCH_HEADERS - 1));
	from = all->header[i];
#pragma unroll
	for (i = 0; i < BENCH_WORDS; i++)
		to[i] = from[i];
	if (*ethertype == bpf_htons(ETH_P_IP))
		*(volatile __u64 *)((volatile void *)to + ADDRS4) =
			*(const __u64 *)((const void *)from + ADDRS4);
	return true;
}

SEC("xdp")
int bench_empty(struct xdp_md *ctx)
{
	return next_header(ctx) ? XDP_PASS : XDP_ABORTED;
}

/*
 * The header for the next run is put in place behind this one's work, and not in
 * front of it: so its stores are on their way when the filter loads from them.
 */
SEC("xdp")
int bench_filter(struct xdp_md *ctx)
{
	int action = filter(ctx, false);

	return next_header(ctx) ? action : XDP_ABORTED;
}

static __always_inline struct iphdr *ipv4_of(struct xdp_md *ctx)
{
	return gxdp_linear(ctx, ETH_HLEN, sizeof(struct iphdr));
}

SEC("xdp")
int bench_lpm4(struct xdp_md *ctx)
{
	struct lpm4_key key = { .len = 32 };
	struct iphdr *ip;
	int action;

	ip = ipv4_of(ctx);
	if (!ip)
		return XDP_ABORTED;
	key.addr = ip->saddr;
	action = bpf_map_lookup_elem(&lpm4, &key) ? XDP_DROP : XDP_PASS;
	return next_header(ctx) ? action : XDP_ABORTED;
}

SEC("xdp")
int bench_hash4(struct xdp_md *ctx)
{
	struct iphdr *ip;
	int action;
	__u32 key;

	ip = ipv4_of(ctx);
	if (!ip)
		return XDP_ABORTED;
	key = ip->saddr;
	action = bpf_map_lookup_elem(&hash4, &key) ? XDP_DROP : XDP_PASS;
	return next_header(ctx) ? action : XDP_ABORTED;
}

SEC("xdp")
int bench_lpm6(struct xdp_md *ctx)
{
	struct lpm6_key key = { .len = 128 };
	struct ipv6hdr *ip;
	int action;

	ip = gxdp_linear(ctx, ETH_HLEN, sizeof(*ip));
	if (!ip)
		return XDP_ABORTED;
	__builtin_memcpy(key.addr, &ip->saddr, sizeof(key.addr));
	action = bpf_map_lookup_elem(&lpm6, &key) ? XDP_DROP : XDP_PASS;
	return next_header(ctx) ? action : XDP_ABORTED;
}
