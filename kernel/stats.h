/* SPDX-License-Identifier: GPL-2.0 */
/* The chip's own counters, since probe. */
#ifndef GXDP_STATS_H
#define GXDP_STATS_H

#include <linux/types.h>

/*
 * Totals; guarded by nic->stats_lock. A frame counted as rx_missed found the
 * packet buffer full. One counted as rx_no_buffer found no descriptor free
 * when it came, but may have been stored later. One counted as
 * rx_no_descriptor was dropped for that reason (82576). The sizes include the FCS.
 * Where the registers are is in gxdp_hw_counters.
 */
struct gxdp_hw_stats {
	u64 rx_good_packets, rx_good_bytes, rx_broadcast, rx_multicast;
	u64 rx_missed, rx_no_buffer, rx_no_descriptor;
	u64 rx_crc_errors, rx_align_errors, rx_symbol_errors, rx_sequence_errors;
	u64 rx_extension_errors, rx_length_errors, rx_undersize, rx_fragments;
	u64 rx_oversize, rx_jabber;
	u64 rx_64, rx_65_127, rx_128_255, rx_256_511, rx_512_1023, rx_1024_max;
	u64 rx_xon, rx_xoff, rx_flow_control_unknown;
	u64 rx_management, rx_management_dropped;
	u64 tx_good_packets, tx_good_bytes, tx_broadcast, tx_multicast;
	u64 tx_64, tx_65_127, tx_128_255, tx_256_511, tx_512_1023, tx_1024_max;
	u64 tx_xon, tx_xoff;
	u64 tx_deferred, tx_single_collisions, tx_multiple_collisions;
	u64 tx_excessive_collisions, tx_late_collisions, tx_collisions;
	u64 tx_tso_contexts, tx_tso_failed, tx_management;
};

#define GXDP_HW_COUNTERS	(sizeof(struct gxdp_hw_stats) / sizeof(u64))

/**
 * struct gxdp_hw_counter - one of them
 * @name: in ethtool -S
 * @field: index into struct gxdp_hw_stats
 * @reg: register, cleared when read; 0: the family reads it in its own way
 * @wide: 64 bits; cleared when the upper half is read
 */
struct gxdp_hw_counter {
	const char *name;
	u16 field;
	u16 reg;
	bool wide;
};

struct gxdp_nic;

struct gxdp_hw_stats gxdp_hw_now(struct gxdp_nic *nic);

extern const struct gxdp_hw_counter gxdp_hw_counters[GXDP_HW_COUNTERS];

#endif /* GXDP_STATS_H */
