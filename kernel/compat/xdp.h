/* SPDX-License-Identifier: GPL-2.0 */
/* What a driver says of its XDP, and metadata hints; included by xdp.c alone. */
#ifndef GXDP_COMPAT_XDP_H
#define GXDP_COMPAT_XDP_H

#include "compat.h"

/* 6.3: features; 6.6: how many buffers an AF_XDP frame may have. */
#ifndef HAVE_XDP_FEATURES
#define NETDEV_XDP_ACT_BASIC		0
#define NETDEV_XDP_ACT_REDIRECT		0
#define NETDEV_XDP_ACT_NDO_XMIT		0
#define NETDEV_XDP_ACT_XSK_ZEROCOPY	0
#define NETDEV_XDP_ACT_RX_SG		0
#define NETDEV_XDP_ACT_NDO_XMIT_SG	0
#endif

static inline void gxdp_set_xdp_features(struct net_device *netdev, u32 features, u32 zc_max_segs)
{
#ifdef HAVE_XDP_FEATURES
	netdev->xdp_features = features;
#endif
#ifdef HAVE_XDP_ZC_MAX_SEGS
	netdev->xdp_zc_max_segs = zc_max_segs;
#endif
}

/* 6.3: hints; 6.8: one for the VLAN tag. */
#ifdef HAVE_XDP_METADATA_OPS
static inline void gxdp_set_xdp_metadata_ops(struct net_device *netdev,
					     const struct xdp_metadata_ops *ops)
{
	netdev->xdp_metadata_ops = ops;
}
#else
/* Nobody asks: what xdp.c fills in, for the compiler to throw away. */
enum xdp_rss_hash_type {
	XDP_RSS_TYPE_NONE,
	XDP_RSS_TYPE_L3_IPV4,
	XDP_RSS_TYPE_L3_IPV6,
	XDP_RSS_TYPE_L3_IPV6_EX,
	XDP_RSS_TYPE_L4_IPV4_TCP,
	XDP_RSS_TYPE_L4_IPV6_TCP,
	XDP_RSS_TYPE_L4_IPV6_TCP_EX,
	XDP_RSS_TYPE_L4_IPV4_UDP,
	XDP_RSS_TYPE_L4_IPV6_UDP,
	XDP_RSS_TYPE_L4_IPV6_UDP_EX,
};

struct xdp_metadata_ops {
	int (*xmo_rx_hash)(const struct xdp_md *md, u32 *hash, enum xdp_rss_hash_type *type);
	int (*xmo_rx_vlan_tag)(const struct xdp_md *md, __be16 *proto, u16 *tci);
};

static inline void gxdp_set_xdp_metadata_ops(struct net_device *netdev,
					     const struct xdp_metadata_ops *ops)
{
}
#endif

#if defined(HAVE_XDP_METADATA_OPS) && !defined(HAVE_XMO_RX_VLAN_TAG)
#define GXDP_COMPAT_XMO_VLAN_TAG(f)
#else
#define GXDP_COMPAT_XMO_VLAN_TAG(f)	.xmo_rx_vlan_tag = f,
#endif

#endif /* GXDP_COMPAT_XDP_H */
