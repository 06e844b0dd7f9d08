/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ethtool callbacks that changed their arguments. ethtool.c has them in
 * their newest form; this header, included there alone, puts the older form
 * around them where the kernel wants it.
 */
#ifndef GXDP_COMPAT_ETHTOOL_H
#define GXDP_COMPAT_ETHTOOL_H

#include <linux/ethtool_netlink.h>

#include "compat.h"

/* 6.8: RSS table and key come in a structure. */
#ifndef HAVE_ETHTOOL_RXFH_PARAM
struct ethtool_rxfh_param {
	u8 hfunc;
	u32 *indir;
	u8 *key;
};
#endif

/* 6.17: a callback, and a structure, of its own for "ethtool -n rx-flow-hash". */
#ifndef HAVE_ETHTOOL_RXFH_FIELDS
struct ethtool_rxfh_fields {
	u32 data;
	u32 flow_type;
};
#endif

static int gxdp_get_rxfh(struct net_device *netdev, struct ethtool_rxfh_param *rxfh);
static int gxdp_set_rxfh(struct net_device *netdev, struct ethtool_rxfh_param *rxfh,
			 struct netlink_ext_ack *extack);
static int gxdp_get_rxfh_fields(struct net_device *netdev, struct ethtool_rxfh_fields *fields);
static int gxdp_set_rxfh_fields(struct net_device *netdev,
				const struct ethtool_rxfh_fields *fields,
				struct netlink_ext_ack *extack);
static u32 gxdp_get_rx_ring_count(struct net_device *netdev);

#ifdef HAVE_ETHTOOL_RXFH_PARAM
#define gxdp_compat_get_rxfh	gxdp_get_rxfh
#define gxdp_compat_set_rxfh	gxdp_set_rxfh
#else
static int gxdp_compat_get_rxfh(struct net_device *netdev, u32 *indir, u8 *key, u8 *hfunc)
{
	struct ethtool_rxfh_param rxfh = { .indir = indir, .key = key };
	int err = gxdp_get_rxfh(netdev, &rxfh);

	if (hfunc)
		*hfunc = rxfh.hfunc;
	return err;
}

static int gxdp_compat_set_rxfh(struct net_device *netdev, const u32 *indir, const u8 *key,
				const u8 hfunc)
{
	struct ethtool_rxfh_param rxfh = {
		.hfunc = hfunc,
		.indir = (u32 *)indir,
		.key = (u8 *)key,
	};

	return gxdp_set_rxfh(netdev, &rxfh, NULL);
}
#endif

/* 6.17, 6.19: these used to be commands of get_rxnfc(). */
#ifdef HAVE_ETHTOOL_RXFH_FIELDS
#define GXDP_COMPAT_RXFH_FIELDS	.get_rxfh_fields = gxdp_get_rxfh_fields,	\
				.set_rxfh_fields = gxdp_set_rxfh_fields,
#else
static int gxdp_compat_set_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *info)
{
	struct ethtool_rxfh_fields fields = { .flow_type = info->flow_type, .data = info->data };

	if (info->cmd != ETHTOOL_SRXFH)
		return -EOPNOTSUPP;
	return gxdp_set_rxfh_fields(netdev, &fields, NULL);
}

#define GXDP_COMPAT_RXFH_FIELDS	.set_rxnfc = gxdp_compat_set_rxnfc,
#endif

#ifdef HAVE_ETHTOOL_RX_RING_COUNT
#define GXDP_COMPAT_RXNFC	.get_rx_ring_count = gxdp_get_rx_ring_count,
#else
static int gxdp_compat_get_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *info,
				 u32 *rules)
{
	struct ethtool_rxfh_fields fields = {};
	int err;

	switch (info->cmd) {
	case ETHTOOL_GRXRINGS:
		info->data = gxdp_get_rx_ring_count(netdev);
		return 0;
	case ETHTOOL_GRXFH:
		fields.flow_type = info->flow_type;
		err = gxdp_get_rxfh_fields(netdev, &fields);
		info->data = fields.data;
		return err;
	default:
		return -EOPNOTSUPP;
	}
}

#define GXDP_COMPAT_RXNFC	.get_rxnfc = gxdp_compat_get_rxnfc,
#endif

/*
 * 6.8: splitting headers off can be asked for. 6.14: and from which length of frame on;
 * the largest that may be asked for is 0 where the driver names none.
 */
#ifdef HAVE_ETHTOOL_SET_DATA_SPLIT
#define GXDP_HAS_DATA_SPLIT	true
#ifdef HAVE_ETHTOOL_SET_HDS_THRESH
#define GXDP_COMPAT_SPLIT_PARAMS					\
	.supported_ring_params = ETHTOOL_RING_USE_TCP_DATA_SPLIT |	\
				 ETHTOOL_RING_USE_HDS_THRS,
#else
#define GXDP_COMPAT_SPLIT_PARAMS					\
	.supported_ring_params = ETHTOOL_RING_USE_TCP_DATA_SPLIT,
#endif
#else
#define GXDP_HAS_DATA_SPLIT	false
#define GXDP_COMPAT_SPLIT_PARAMS
#endif

/*
 * 7.2: of drivers with a lock of their own, the callbacks that change the
 * number of queues, or sync with link watch, must ask for the rtnl. The self-test is one:
 * an interface that is down comes up for it.
 */
#ifdef HAVE_ETHTOOL_OP_NEEDS_RTNL
#ifdef ETHTOOL_OP_NEEDS_RTNL_TEST
#define GXDP_COMPAT_RTNL_TEST	ETHTOOL_OP_NEEDS_RTNL_TEST
#else
#define GXDP_COMPAT_RTNL_TEST	0
#endif
#define GXDP_COMPAT_NEEDS_RTNL						\
	.op_needs_rtnl = ETHTOOL_OP_NEEDS_RTNL_SRINGPARAM |		\
			 ETHTOOL_OP_NEEDS_RTNL_SCHANNELS |		\
			 ETHTOOL_OP_NEEDS_RTNL_GLINK |			\
			 GXDP_COMPAT_RTNL_TEST,
#else
#define GXDP_COMPAT_NEEDS_RTNL
#endif

#endif /* GXDP_COMPAT_ETHTOOL_H */
