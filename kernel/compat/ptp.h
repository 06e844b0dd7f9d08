/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between kernels in hardware time stamps and PTP clocks. */
#ifndef GXDP_COMPAT_PTP_H
#define GXDP_COMPAT_PTP_H

#include "config.h"

#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/netdevice.h>
#include <linux/ptp_clock_kernel.h>
#include <linux/timecounter.h>
#include <linux/uaccess.h>

/* 6.16: reading may change the counter's structure. */
#ifdef HAVE_CYCLECOUNTER_READ_CONST
#define gxdp_cyclecounter_arg	const struct cyclecounter
#else
#define gxdp_cyclecounter_arg	struct cyclecounter
#endif

/* 6.11: the kernel's own form of what "ethtool -T" shows. */
#ifdef HAVE_KERNEL_ETHTOOL_TS_INFO
#define gxdp_ts_info		struct kernel_ethtool_ts_info
#else
#define gxdp_ts_info		struct ethtool_ts_info
#endif

/* 6.2: a base increment, changed by so many 2^-16 parts per million. */
#ifdef HAVE_ADJUST_BY_SCALED_PPM
#define gxdp_adjust_by_scaled_ppm	adjust_by_scaled_ppm
#else
static inline u64 gxdp_adjust_by_scaled_ppm(u64 base, long scaled_ppm)
{
	u64 ppm = scaled_ppm < 0 ? -(u64)scaled_ppm : scaled_ppm;
	u64 diff = mul_u64_u64_div_u64(base, ppm, 1000000ULL << 16);

	return scaled_ppm < 0 ? base - diff : base + diff;
}
#endif

/* 6.6: callbacks of their own; before, two ioctls. */
#ifdef HAVE_NDO_HWTSTAMP
#define GXDP_NDO_HWTSTAMP						\
	.ndo_hwtstamp_get	= gxdp_hwtstamp_get,			\
	.ndo_hwtstamp_set	= gxdp_hwtstamp_set
#else
#ifndef HAVE_KERNEL_HWTSTAMP_CONFIG
#define kernel_hwtstamp_config	hwtstamp_config
#endif
int gxdp_hwtstamp_get(struct net_device *netdev, struct kernel_hwtstamp_config *config);
int gxdp_hwtstamp_set(struct net_device *netdev, struct kernel_hwtstamp_config *config,
		      struct netlink_ext_ack *extack);

static inline int gxdp_compat_eth_ioctl(struct net_device *netdev, struct ifreq *ifr, int cmd)
{
	struct hwtstamp_config user = {};
	struct kernel_hwtstamp_config config = {};
	int err;

	if (cmd == SIOCSHWTSTAMP) {
		if (copy_from_user(&user, ifr->ifr_data, sizeof(user)))
			return -EFAULT;
		if (user.flags)
			return -EINVAL;
		config.tx_type = user.tx_type;
		config.rx_filter = user.rx_filter;
		err = gxdp_hwtstamp_set(netdev, &config, NULL);
	} else if (cmd == SIOCGHWTSTAMP) {
		err = gxdp_hwtstamp_get(netdev, &config);
	} else {
		return -EOPNOTSUPP;
	}
	if (err)
		return err;
	user.tx_type = config.tx_type;
	user.rx_filter = config.rx_filter;
	return copy_to_user(ifr->ifr_data, &user, sizeof(user)) ? -EFAULT : 0;
}

#define GXDP_NDO_HWTSTAMP	.ndo_eth_ioctl = gxdp_compat_eth_ioctl
#endif

#endif /* GXDP_COMPAT_PTP_H */
