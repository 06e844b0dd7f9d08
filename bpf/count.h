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

/* @count is per CPU: nobody else writes it */
static __always_inline void gxdp_count(struct gxdp_count *count, __u64 bytes)
{
	count->packets++;
	count->bytes += bytes;
}

#endif /* GXDP_BPF_COUNT_H */
