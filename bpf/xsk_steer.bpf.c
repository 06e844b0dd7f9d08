// SPDX-License-Identifier: GPL-2.0
/*
 * xsk_steer: frames to the AF_XDP socket of the queue they came in on, the rest
 * to the stack.
 *
 * A socket is put into xsks_map under its queue's number (libxdp's
 * xsk_socket__update_xskmap() does it). What is taken is said by the one entry
 * of steer_config, at any time; while that is all zero, by steer_default, which
 * a loader may set in .rodata and which otherwise takes everything. To take UDP
 * port 8888 (0x22b8) alone, on a little-endian machine:
 *
 *	bpftool map update name steer_config key 0 0 0 0 \
 *		value hex 02 00 00 00  b8 22  00 00  01 00  00 00
 *
 * A frame for a queue without a socket goes to the stack and is counted, and
 * so does every fragment of a datagram when ports are asked for, since only
 * the first would match.
 */
#include "parse.h"
#include "count.h"

/* More queues than this on one device are not known; an entry is 8 bytes. */
#define MAX_QUEUES 1024

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, MAX_QUEUES);
	__type(key, __u32);
	__type(value, __u32);
} xsks_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct gxdp_steer_config);
} steer_config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct gxdp_steer_counters);
} steer_counters SEC(".maps");

const volatile struct gxdp_steer_config steer_default = { .what = STEER_ALL };

static __always_inline bool proto_matches(__u8 proto, __u8 udp, __u8 tcp)
{
	if (!udp && !tcp)
		return proto == IPPROTO_UDP || proto == IPPROTO_TCP;
	return (udp && proto == IPPROTO_UDP) || (tcp && proto == IPPROTO_TCP);
}

static __always_inline bool port_matches(struct xdp_md *ctx, bool frags,
					 const struct gxdp_steer_config *cfg)
{
	struct gxdp_packet pkt;
	__u16 last;

	if (gxdp_parse_any(ctx, frags, &pkt) || !pkt.l4_off)
		return false;
	if (pkt.fragment != GXDP_FRAGMENT_NONE ||
	    !proto_matches(pkt.l4_proto, cfg->udp, cfg->tcp))
		return false;
	last = cfg->port_last ?: cfg->port_first;
	return pkt.dport >= cfg->port_first && pkt.dport <= last;
}

static __always_inline bool wanted(struct xdp_md *ctx, bool frags,
				   const struct gxdp_steer_config *set)
{
	struct gxdp_steer_config cfg = *set;

	if (cfg.what == STEER_DEFAULT) {
		cfg.what = steer_default.what;
		cfg.port_first = steer_default.port_first;
		cfg.port_last = steer_default.port_last;
		cfg.udp = steer_default.udp;
		cfg.tcp = steer_default.tcp;
	}
	if (cfg.what == STEER_ALL)
		return true;
	return cfg.what == STEER_PORTS && port_matches(ctx, frags, &cfg);
}

static __always_inline int steer(struct xdp_md *ctx, bool frags)
{
	struct gxdp_steer_counters *counters;
	__u64 len = gxdp_frame_len(ctx, frags);
	struct gxdp_steer_config *cfg;
	__u32 zero = 0;
	int action;

	cfg = bpf_map_lookup_elem(&steer_config, &zero);
	counters = bpf_map_lookup_elem(&steer_counters, &zero);
	if (!cfg || !counters)
		return XDP_ABORTED;
	if (!wanted(ctx, frags, cfg)) {
		gxdp_count(&counters->to_stack, len);
		return XDP_PASS;
	}

	/* The flags are what the helper returns when the slot is empty. */
	action = bpf_redirect_map(&xsks_map, ctx->rx_queue_index, XDP_PASS);
	if (action == XDP_REDIRECT)
		gxdp_count(&counters->to_socket, len);
	else
		gxdp_count(&counters->no_socket, len);
	return action;
}

SEC("xdp")
int xsk_steer(struct xdp_md *ctx)
{
	return steer(ctx, false);
}

SEC("xdp.frags")
int xsk_steer_frags(struct xdp_md *ctx)
{
	return steer(ctx, true);
}

char LICENSE[] SEC("license") = "GPL";
