/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_STATS_STD_H
#define GXDP_STATS_STD_H

#include <linux/ethtool.h>

void gxdp_get_pause_stats(struct net_device *netdev, struct ethtool_pause_stats *stats);
void gxdp_get_eth_mac_stats(struct net_device *netdev, struct ethtool_eth_mac_stats *stats);
void gxdp_get_eth_ctrl_stats(struct net_device *netdev, struct ethtool_eth_ctrl_stats *stats);
void gxdp_get_rmon_stats(struct net_device *netdev, struct ethtool_rmon_stats *stats,
			 const struct ethtool_rmon_hist_range **ranges);

#endif /* GXDP_STATS_STD_H */
