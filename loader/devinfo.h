/* SPDX-License-Identifier: GPL-2.0 */
/* What a device says of itself by ethtool and by netdev's generic netlink. */
#ifndef GXDP_DEVINFO_H
#define GXDP_DEVINFO_H

#include <stdbool.h>
#include <stdint.h>

/* Bits of the kernel's netdev family (Linux 6.3), absent from older headers */
enum xdp_feature {
	XDP_FEATURE_BASIC	= 1 << 0,
	XDP_FEATURE_REDIRECT	= 1 << 1,
	XDP_FEATURE_XMIT	= 1 << 2,
	XDP_FEATURE_ZEROCOPY	= 1 << 3,
	XDP_FEATURE_OFFLOAD	= 1 << 4,
	XDP_FEATURE_RX_FRAGS	= 1 << 5,
	XDP_FEATURE_TX_FRAGS	= 1 << 6,
};

struct xdp_features {
	bool known;		/* the kernel says; otherwise the rest is 0 */
	uint64_t features;	/* enum xdp_feature */
	uint64_t rx_hints;	/* bit 0 timestamp, 1 hash, 2 VLAN tag */
	uint32_t zc_segments;	/* fragments a zero-copy packet may have */
};

struct channels {
	bool known;
	unsigned int rx, tx, combined;
};

struct ring_limits {
	bool known;
	unsigned int rx, rx_max, tx, tx_max;	/* descriptors */
};

struct driver_info {
	bool known;
	char driver[32];
	char version[32];
	char bus[32];		/* PCI address of hardware */
};

/* These ask in the namespace the caller is in. */
void devinfo_driver(const char *ifname, struct driver_info *info);
void devinfo_channels(const char *ifname, struct channels *channels);
/* What `ethtool -S` lists */
void devinfo_each_stat(const char *ifname,
		       void (*each)(const char *name, uint64_t value, void *arg),
		       void *arg);
/* The device takes VLAN tags off frames before programs see them */
bool devinfo_vlan_stripped(const char *ifname);
void devinfo_rings(const char *ifname, struct ring_limits *rings);
void devinfo_xdp_features(int ifindex, struct xdp_features *features);
/*
 * Does it give programs frames of several buffers? Where the kernel does not say, the
 * answer is known of few drivers, and @unknown of the others.
 */
bool devinfo_takes_frags(const char *ifname, int ifindex, bool unknown);

/* Name of feature bit @bit or hint bit @bit, NULL behind the last one */
const char *xdp_feature_name(unsigned int bit);
const char *xdp_hint_name(unsigned int bit);

#endif /* GXDP_DEVINFO_H */
