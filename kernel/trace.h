/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints at what changes a device: "perf trace -e gxdp:*", or bpftrace.
 * None of them is on a packet's way.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM gxdp

#if !defined(GXDP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define GXDP_TRACE_H

#include <linux/tracepoint.h>

#include "gxdp.h"

/* @still_us: how long the receiver, or that of one queue, stood still for it, in us */
TRACE_EVENT(gxdp_config,
	TP_PROTO(const struct gxdp_nic *nic, u32 still_us),
	TP_ARGS(nic, still_us),
	TP_STRUCT__entry(
		__array(char, name, IFNAMSIZ)
		__field(u32, pairs)
		__field(u32, rx_count)
		__field(u32, tx_count)
		__field(u32, mtu)
		__field(u32, pools)
		__field(u32, still_us)
		__field(bool, split)
		__field(bool, up)
	),
	TP_fast_assign(
		unsigned int i;

		strscpy(__entry->name, nic->netdev->name, IFNAMSIZ);
		__entry->pairs = nic->cfg.pairs;
		__entry->rx_count = nic->cfg.rx_count;
		__entry->tx_count = nic->cfg.tx_count;
		__entry->mtu = nic->cfg.mtu;
		__entry->split = nic->cfg.split;
		__entry->up = test_bit(GXDP_UP, &nic->flags);
		__entry->still_us = still_us;
		__entry->pools = 0;
		for (i = 0; i < GXDP_MAX_PAIRS; i++)
			__entry->pools |= nic->cfg.pool[i] ? BIT(i) : 0;
	),
	TP_printk("%s up=%u pairs=%u rx=%u tx=%u mtu=%u split=%u still_us=%u af_xdp=%#x",
		  __entry->name, __entry->up, __entry->pairs, __entry->rx_count,
		  __entry->tx_count, __entry->mtu, __entry->split, __entry->still_us,
		  __entry->pools)
);

TRACE_EVENT(gxdp_xdp,
	TP_PROTO(const struct gxdp_nic *nic, u32 before, u32 after),
	TP_ARGS(nic, before, after),
	TP_STRUCT__entry(
		__array(char, name, IFNAMSIZ)
		__field(u32, before)
		__field(u32, after)
	),
	TP_fast_assign(
		strscpy(__entry->name, nic->netdev->name, IFNAMSIZ);
		__entry->before = before;
		__entry->after = after;
	),
	TP_printk("%s program=%u before=%u", __entry->name, __entry->after, __entry->before)
);

TRACE_EVENT(gxdp_reset,
	TP_PROTO(const struct gxdp_nic *nic, int err),
	TP_ARGS(nic, err),
	TP_STRUCT__entry(
		__array(char, name, IFNAMSIZ)
		__field(u64, resets)
		__field(u64, hangs)
		__field(int, err)
	),
	TP_fast_assign(
		strscpy(__entry->name, nic->netdev->name, IFNAMSIZ);
		__entry->resets = nic->resets;
		__entry->hangs = nic->tx_hangs;
		__entry->err = err;
	),
	TP_printk("%s resets=%llu hangs=%llu err=%d", __entry->name, __entry->resets,
		  __entry->hangs, __entry->err)
);

#endif /* GXDP_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
