/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_BPF_COUNT_H
#define GXDP_BPF_COUNT_H

#include <gxdp/maps.h>
#include "parse.h"

/* Bytes of the frame; @frags is a constant, true in xdp.frags programs */
static __always_inline __u64 gxdp_frame_len(struct xdp_md *ctx, bool frags)
{
	return frags ? bpf_xdp_get_buff_len(ctx) : gxdp_linear_len(ctx);
}

/*
 * Where Linux has this (6.2), a program can look at its buffer as the kernel does: the
 * call is none, but a move. Weak: nothing is asked of older kernels.
 */
void *bpf_cast_to_kern_ctx(void *ctx) __ksym __weak;

/* What is read of the kernel's struct xdp_buff; libbpf finds where that is. */
struct xdp_buff___gxdp {
	__u32 flags;
} __attribute__((preserve_access_index));

#define GXDP_XDP_BUFF_HAS_FRAGS	1	/* XDP_FLAGS_HAS_FRAGS */

/*
 * The same, in a load where a frame has no fragments, as nearly all have none, and not in a
 * helper call. It needs the kernel's BTF, which programs that are not in such
 * a hurry do without.
 */
static __always_inline __u64 gxdp_frame_len_fast(struct xdp_md *ctx, bool frags)
{
	struct xdp_buff___gxdp *buff;

	if (frags && bpf_cast_to_kern_ctx) {
		buff = bpf_cast_to_kern_ctx(ctx);
		if (!(buff->flags & GXDP_XDP_BUFF_HAS_FRAGS))
			return gxdp_linear_len(ctx);
	}
	return gxdp_frame_len(ctx, frags);
}

/* @count is per CPU: nobody else writes it */
static __always_inline void gxdp_count(struct gxdp_count *count, __u64 bytes)
{
	count->packets++;
	count->bytes += bytes;
}

#endif /* GXDP_BPF_COUNT_H */
