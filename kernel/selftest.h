/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_SELFTEST_H
#define GXDP_SELFTEST_H

#include <linux/types.h>

struct net_device;
struct ethtool_test;

int gxdp_selftest_count(void);
void gxdp_selftest_strings(u8 *data);
void gxdp_self_test(struct net_device *netdev, struct ethtool_test *test, u64 *data);

#endif /* GXDP_SELFTEST_H */
