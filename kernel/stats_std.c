// SPDX-License-Identifier: GPL-2.0
/*
 * Statistics under their standard names: "ethtool -S DEV --groups eth-mac
 * eth-ctrl rmon" and "ethtool -I -a DEV". All are the chip's own counters, and
 * so include what the management firmware sends and receives; octets include
 * header and FCS, which the chip does not count apart.
 */
#include <linux/ethtool.h>

#include "gxdp.h"
#include "stats.h"
#include "stats_std.h"

/* What chips of the e1000 model count by size; both directions alike */
static const struct ethtool_rmon_hist_range gxdp_rmon_ranges[] = {
	{ 64, 64 },
	{ 65, 127 },
	{ 128, 255 },
	{ 256, 511 },
	{ 512, 1023 },
	{ 1024, 9238 },
	{}
};

/**
 * gxdp_get_pause_stats - pause frames sent and received
 * @netdev: device
 * @stats: filled in
 */
void gxdp_get_pause_stats(struct net_device *netdev, struct ethtool_pause_stats *stats)
{
	struct gxdp_hw_stats hw = gxdp_hw_now(netdev_priv(netdev));

	stats->tx_pause_frames = hw.tx_xon + hw.tx_xoff;
	stats->rx_pause_frames = hw.rx_xon + hw.rx_xoff;
}

/**
 * gxdp_get_eth_mac_stats - the MAC's counters of IEEE 802.3, 30.3.1.1
 * @netdev: device
 * @stats: filled in; what the chip does not count is left
 */
void gxdp_get_eth_mac_stats(struct net_device *netdev, struct ethtool_eth_mac_stats *stats)
{
	struct gxdp_hw_stats hw = gxdp_hw_now(netdev_priv(netdev));

	stats->FramesTransmittedOK = hw.tx_good_packets;
	stats->SingleCollisionFrames = hw.tx_single_collisions;
	stats->MultipleCollisionFrames = hw.tx_multiple_collisions;
	stats->FramesReceivedOK = hw.rx_good_packets;
	stats->FrameCheckSequenceErrors = hw.rx_crc_errors;
	stats->AlignmentErrors = hw.rx_align_errors;
	stats->OctetsTransmittedOK = hw.tx_good_bytes;
	stats->FramesWithDeferredXmissions = hw.tx_deferred;
	stats->LateCollisions = hw.tx_late_collisions;
	stats->FramesAbortedDueToXSColls = hw.tx_excessive_collisions;
	stats->OctetsReceivedOK = hw.rx_good_bytes;
	stats->FramesLostDueToIntMACRcvError = hw.rx_missed;
	stats->MulticastFramesXmittedOK = hw.tx_multicast;
	stats->BroadcastFramesXmittedOK = hw.tx_broadcast;
	stats->MulticastFramesReceivedOK = hw.rx_multicast;
	stats->BroadcastFramesReceivedOK = hw.rx_broadcast;
	stats->InRangeLengthErrors = hw.rx_length_errors;
	stats->FrameTooLongErrors = hw.rx_oversize;
}

/**
 * gxdp_get_eth_ctrl_stats - MAC control frames, which here are pause frames
 * @netdev: device
 * @stats: filled in
 */
void gxdp_get_eth_ctrl_stats(struct net_device *netdev, struct ethtool_eth_ctrl_stats *stats)
{
	struct gxdp_hw_stats hw = gxdp_hw_now(netdev_priv(netdev));

	stats->MACControlFramesTransmitted = hw.tx_xon + hw.tx_xoff;
	stats->MACControlFramesReceived = hw.rx_xon + hw.rx_xoff + hw.rx_flow_control_unknown;
	stats->UnsupportedOpcodesReceived = hw.rx_flow_control_unknown;
}

/**
 * gxdp_get_rmon_stats - RFC 2819: broken frames, and frames by size
 * @netdev: device
 * @stats: filled in
 * @ranges: the sizes
 */
void gxdp_get_rmon_stats(struct net_device *netdev, struct ethtool_rmon_stats *stats,
			 const struct ethtool_rmon_hist_range **ranges)
{
	struct gxdp_hw_stats hw = gxdp_hw_now(netdev_priv(netdev));

	*ranges = gxdp_rmon_ranges;
	stats->undersize_pkts = hw.rx_undersize;
	stats->oversize_pkts = hw.rx_oversize;
	stats->fragments = hw.rx_fragments;
	stats->jabbers = hw.rx_jabber;
	stats->hist[0] = hw.rx_64;
	stats->hist[1] = hw.rx_65_127;
	stats->hist[2] = hw.rx_128_255;
	stats->hist[3] = hw.rx_256_511;
	stats->hist[4] = hw.rx_512_1023;
	stats->hist[5] = hw.rx_1024_max;
	stats->hist_tx[0] = hw.tx_64;
	stats->hist_tx[1] = hw.tx_65_127;
	stats->hist_tx[2] = hw.tx_128_255;
	stats->hist_tx[3] = hw.tx_256_511;
	stats->hist_tx[4] = hw.tx_512_1023;
	stats->hist_tx[5] = hw.tx_1024_max;
}
