// SPDX-License-Identifier: GPL-2.0
/*
 * The programs of the driver's tests. What they do is done to numbered frames
 * (tools/track.h) only, raw or in UDP to port 7777; all else passes.
 * Compiled twice: for frames of one buffer, and with FRAGS defined for frames of
 * many. One object cannot hold both: they may not share a devmap or cpumap.
 *
 * counters[0]: numbered frames seen; counters[1]: their bytes;
 * counters[2], [3]: checked_metadata's right and wrong ones.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define TRACK_ETHERTYPE	0x88b5
#define TRACK_PORT	7777
#define TAG		5	/* the VLAN that grow_head puts frames into */
#define TAIL		32	/* bytes */
#define SHORT		16	/* bytes: fewer than a chip pads */
#define META		0x6d657461

struct vlan_header {
	__be16 tci;
	__be16 proto;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

/* config[0]: what program "verdict" answers */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} devs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} cpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u32);
} xsks SEC(".maps");

static __always_inline void count(__u32 which, __u64 n)
{
	__u64 *value = bpf_map_lookup_elem(&counters, &which);

	if (value)
		__sync_fetch_and_add(value, n);
}

static __always_inline int is_numbered(struct xdp_md *ctx, __be16 proto, __u32 at)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct iphdr *ip = data + at;
	struct udphdr *udp = (void *)(ip + 1);

	if (proto == bpf_htons(TRACK_ETHERTYPE))
		return 1;
	if (proto != bpf_htons(ETH_P_IP) || (void *)(udp + 1) > end)
		return 0;
	return ip->protocol == IPPROTO_UDP && udp->dest == bpf_htons(TRACK_PORT);
}

static __always_inline int numbered(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;

	if ((void *)(eth + 1) > end)
		return 0;
	return is_numbered(ctx, eth->h_proto, sizeof(*eth));
}

static __always_inline void seen(struct xdp_md *ctx)
{
	count(0, 1);
	count(1, bpf_xdp_get_buff_len(ctx));
}

static __always_inline int send_back(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	__u8 mac[ETH_ALEN];

	if ((void *)(eth + 1) > end)
		return XDP_ABORTED;
	__builtin_memcpy(mac, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, mac, ETH_ALEN);
	return XDP_TX;
}

/* What config[0] says: any number, also one that is no verdict. */
static __always_inline int do_verdict(struct xdp_md *ctx)
{
	__u32 zero = 0, *action = bpf_map_lookup_elem(&config, &zero);

	if (!action || !numbered(ctx))
		return XDP_PASS;
	seen(ctx);
	return *action;
}

static __always_inline int do_tx(struct xdp_md *ctx)
{
	if (!numbered(ctx))
		return XDP_PASS;
	seen(ctx);
	return send_back(ctx);
}

static __always_inline int do_to_dev(struct xdp_md *ctx)
{
	if (!numbered(ctx))
		return XDP_PASS;
	seen(ctx);
	send_back(ctx);
	return bpf_redirect_map(&devs, 0, XDP_ABORTED);
}

static __always_inline int do_to_cpu(struct xdp_md *ctx)
{
	if (!numbered(ctx))
		return XDP_PASS;
	seen(ctx);
	return bpf_redirect_map(&cpus, 0, XDP_ABORTED);
}

static __always_inline int do_to_xsk(struct xdp_md *ctx)
{
	if (!numbered(ctx))
		return XDP_PASS;
	seen(ctx);
	return bpf_redirect_map(&xsks, ctx->rx_queue_index, XDP_PASS);
}

/* Everything to the socket, numbered or not. */
static __always_inline int do_all_to_xsk(struct xdp_md *ctx)
{
	seen(ctx);
	return bpf_redirect_map(&xsks, ctx->rx_queue_index, XDP_PASS);
}

/* The path each frame takes, by its stream: 1 XDP_TX, 2 devs[0], 3 xsks, else the stack. */
static __always_inline int do_by_stream(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	__u32 *head = (void *)(eth + 1);	/* of struct track_head: magic, stream */

	if ((void *)(head + 2) > end || eth->h_proto != bpf_htons(TRACK_ETHERTYPE))
		return XDP_PASS;
	switch (head[1]) {
	case 1:
		return do_tx(ctx);
	case 2:
		return do_to_dev(ctx);
	case 3:
		return do_to_xsk(ctx);
	default:
		return XDP_PASS;
	}
}

/* A tag in front, and back. */
static __always_inline int do_grow_head(struct xdp_md *ctx)
{
	struct vlan_header *tag;
	struct ethhdr *eth, old;
	void *data, *end;

	if (!numbered(ctx))
		return XDP_PASS;
	seen(ctx);
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	if (data + sizeof(old) > end)
		return XDP_ABORTED;
	__builtin_memcpy(&old, data, sizeof(old));
	if (bpf_xdp_adjust_head(ctx, -(int)sizeof(*tag)))
		return XDP_ABORTED;
	eth = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	tag = (void *)(eth + 1);
	if ((void *)(tag + 1) > end)
		return XDP_ABORTED;
	tag->tci = bpf_htons(TAG);
	tag->proto = old.h_proto;
	old.h_proto = bpf_htons(ETH_P_8021Q);
	__builtin_memcpy(eth, &old, sizeof(old));
	return send_back(ctx);
}

/* The tag out, and back. */
static __always_inline int do_cut_head(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data, old;
	struct vlan_header *tag = (void *)(eth + 1);
	__be16 proto;

	if ((void *)(tag + 1) > end || eth->h_proto != bpf_htons(ETH_P_8021Q))
		return XDP_PASS;
	proto = tag->proto;
	if (!is_numbered(ctx, proto, sizeof(*eth) + sizeof(*tag)))
		return XDP_PASS;
	seen(ctx);
	__builtin_memcpy(&old, eth, sizeof(old));
	old.h_proto = proto;
	if (bpf_xdp_adjust_head(ctx, sizeof(*tag)))
		return XDP_ABORTED;
	eth = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	if ((void *)(eth + 1) > end)
		return XDP_ABORTED;
	__builtin_memcpy(eth, &old, sizeof(old));
	return send_back(ctx);
}

static __always_inline int do_cut_tail(struct xdp_md *ctx)
{
	if (!numbered(ctx))
		return XDP_PASS;
	seen(ctx);
	if (bpf_xdp_adjust_tail(ctx, -TAIL))
		return XDP_ABORTED;
	return send_back(ctx);
}

static __always_inline int do_cut_short(struct xdp_md *ctx)
{
	int len = bpf_xdp_get_buff_len(ctx);

	if (!numbered(ctx))
		return XDP_PASS;
	seen(ctx);
	if (bpf_xdp_adjust_tail(ctx, SHORT - len))
		return XDP_ABORTED;
	return send_back(ctx);
}

static __always_inline int do_grow_tail(struct xdp_md *ctx)
{
	if (!numbered(ctx))
		return XDP_PASS;
	seen(ctx);
	if (bpf_xdp_adjust_tail(ctx, TAIL))
		return XDP_ABORTED;
	return send_back(ctx);
}

/* Leave a note before the frame for check_metadata. */
static __always_inline int do_metadata(struct xdp_md *ctx)
{
	__u32 *meta;

	if (!numbered(ctx))
		return XDP_PASS;
	seen(ctx);
	if (bpf_xdp_adjust_meta(ctx, -2 * (int)sizeof(*meta)))
		return XDP_ABORTED;
	meta = (void *)(long)ctx->data_meta;
	if ((void *)(meta + 2) > (void *)(long)ctx->data)
		return XDP_ABORTED;
	meta[0] = META;
	meta[1] = ctx->rx_queue_index;
	return XDP_PASS;
}

#ifdef FRAGS
#define XDP_SECTION "xdp.frags"
#else
#define XDP_SECTION "xdp"
#endif

#define PROGRAM(name)				\
	SEC(XDP_SECTION)			\
	int name(struct xdp_md *ctx)		\
	{					\
		return do_##name(ctx);		\
	}

PROGRAM(verdict)
PROGRAM(tx)
PROGRAM(to_dev)
PROGRAM(to_cpu)
PROGRAM(to_xsk)
PROGRAM(all_to_xsk)
PROGRAM(by_stream)
PROGRAM(grow_head)
PROGRAM(cut_head)
PROGRAM(cut_tail)
PROGRAM(cut_short)
PROGRAM(grow_tail)
PROGRAM(metadata)

SEC("tc")
int check_metadata(struct __sk_buff *skb)
{
	__u32 *meta = (void *)(long)skb->data_meta;

	if (skb->protocol != bpf_htons(TRACK_ETHERTYPE))
		return TC_ACT_OK;
	if ((void *)(meta + 2) <= (void *)(long)skb->data && meta[0] == META && !meta[1])
		count(2, 1);
	else
		count(3, 1);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
