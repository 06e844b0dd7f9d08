/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_BPF_REJECT_H
#define GXDP_BPF_REJECT_H
#include "decision.h"
static __always_inline int gxdp_reject(struct xdp_md *ctx, struct gxdp_decision *d)
{
	(void)ctx;
	d->reason = GXDP_REASON_rejected_silently;
	return XDP_DROP;
}
#endif
