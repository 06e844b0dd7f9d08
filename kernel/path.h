/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Data paths. The loops in rx.c, tx.c, xdp.c, xsk.c and irq.c are written
 * once, over a receive and a transmit format (hw/desc.h), and compiled once
 * for each pair of them that a family has. Which one a device takes is
 * decided at its entries, by the pointers that struct gxdp_path puts into
 * the NAPI and the net_device: inside no loop asks.
 *
 * A new family with known formats names one of the paths here. One with new
 * formats adds its constants to hw/desc.h and an entry to each file.
 */
#ifndef GXDP_PATH_H
#define GXDP_PATH_H

#include "gxdp.h"

/**
 * struct gxdp_path - the entries of a data path
 * @poll: NAPI poll
 * @rx_waits: is there something in a receive ring that no poll has taken?
 * @flush_pending: send what a poll's XDP_TX verdicts collected (xdp.c)
 * @netdev_ops: its ndo_start_xmit and ndo_xdp_xmit are the path's
 * @hints: XDP metadata the descriptors hold
 */
struct gxdp_path {
	int (*poll)(struct napi_struct *napi, int budget);
	bool (*rx_waits)(const struct gxdp_rx *rx);
	unsigned int (*flush_pending)(struct gxdp_pair *pair);
	const struct net_device_ops *netdev_ops;
	const struct xdp_metadata_ops *hints;
};

/* 8254x: legacy receive, extended transmit with care */
extern const struct gxdp_path gxdp_path_8254x;
int gxdp_poll_8254x(struct napi_struct *napi, int budget);
int gxdp_rx_poll_8254x(struct gxdp_pair *pair, int budget);
bool gxdp_rx_waits_8254x(const struct gxdp_rx *rx);
unsigned int gxdp_xdp_flush_8254x(struct gxdp_pair *pair);
bool gxdp_xsk_xmit_8254x(struct gxdp_tx *tx, struct xsk_buff_pool *pool);
netdev_tx_t gxdp_start_xmit_8254x(struct sk_buff *skb, struct net_device *netdev);
int gxdp_xdp_xmit_8254x(struct net_device *netdev, int n, struct xdp_frame **frames,
			u32 flags);
extern const struct xdp_metadata_ops gxdp_xdp_hints_8254x;

/* 82574: extended receive, extended transmit */
extern const struct gxdp_path gxdp_path_82574;
int gxdp_poll_82574(struct napi_struct *napi, int budget);
int gxdp_rx_poll_82574(struct gxdp_pair *pair, int budget);
bool gxdp_rx_waits_82574(const struct gxdp_rx *rx);
unsigned int gxdp_xdp_flush_82574(struct gxdp_pair *pair);
bool gxdp_xsk_xmit_82574(struct gxdp_tx *tx, struct xsk_buff_pool *pool);
netdev_tx_t gxdp_start_xmit_82574(struct sk_buff *skb, struct net_device *netdev);
int gxdp_xdp_xmit_82574(struct net_device *netdev, int n, struct xdp_frame **frames,
			u32 flags);
extern const struct xdp_metadata_ops gxdp_xdp_hints_82574;

/* 82576: the same received format, advanced transmit */
extern const struct gxdp_path gxdp_path_82576;
int gxdp_poll_82576(struct napi_struct *napi, int budget);
int gxdp_rx_poll_82576(struct gxdp_pair *pair, int budget);
unsigned int gxdp_xdp_flush_82576(struct gxdp_pair *pair);
bool gxdp_xsk_xmit_82576(struct gxdp_tx *tx, struct xsk_buff_pool *pool);
netdev_tx_t gxdp_start_xmit_82576(struct sk_buff *skb, struct net_device *netdev);
int gxdp_xdp_xmit_82576(struct net_device *netdev, int n, struct xdp_frame **frames,
			u32 flags);

#endif /* GXDP_PATH_H */
