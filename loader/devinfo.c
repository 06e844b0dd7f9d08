// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "devinfo.h"
#include "nl.h"

/* The netdev family of generic netlink; its header is younger than Debian 12. */
#define NETDEV_FAMILY			"netdev"
#define NETDEV_DEV_GET			1
#define NETDEV_ATTR_IFINDEX		1
#define NETDEV_ATTR_XDP_FEATURES	3
#define NETDEV_ATTR_ZC_MAX_SEGS		4
#define NETDEV_ATTR_RX_METADATA		5

static int ethtool_ioctl(const char *ifname, void *request)
{
	struct ifreq ifr = { .ifr_data = request };
	int fd, ret;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	ret = ioctl(fd, SIOCETHTOOL, &ifr) ? -errno : 0;
	close(fd);
	return ret;
}

void devinfo_driver(const char *ifname, struct driver_info *info)
{
	struct ethtool_drvinfo drv = { .cmd = ETHTOOL_GDRVINFO };

	memset(info, 0, sizeof(*info));
	if (ethtool_ioctl(ifname, &drv))
		return;
	info->known = true;
	snprintf(info->driver, sizeof(info->driver), "%s", drv.driver);
	snprintf(info->version, sizeof(info->version), "%s", drv.version);
	snprintf(info->bus, sizeof(info->bus), "%s", drv.bus_info);
}

void devinfo_channels(const char *ifname, struct channels *channels)
{
	struct ethtool_channels ch = { .cmd = ETHTOOL_GCHANNELS };

	memset(channels, 0, sizeof(*channels));
	if (ethtool_ioctl(ifname, &ch))
		return;
	channels->known = true;
	channels->rx = ch.rx_count;
	channels->tx = ch.tx_count;
	channels->combined = ch.combined_count;
}

void devinfo_each_stat(const char *ifname,
		       void (*each)(const char *name, uint64_t value, void *arg),
		       void *arg)
{
	struct {
		struct ethtool_sset_info head;
		__u32 count;
	} sset = { .head.cmd = ETHTOOL_GSSET_INFO,
		   .head.sset_mask = 1 << ETH_SS_STATS };
	struct ethtool_gstrings *names = NULL;
	struct ethtool_stats *stats = NULL;
	char name[ETH_GSTRING_LEN + 1] = "";
	__u32 i, n;

	if (ethtool_ioctl(ifname, &sset) || !sset.head.sset_mask)
		return;
	n = sset.count;
	names = calloc(1, sizeof(*names) + n * ETH_GSTRING_LEN);
	stats = calloc(1, sizeof(*stats) + n * sizeof(__u64));
	if (!names || !stats)
		goto out;
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_STATS;
	names->len = n;
	stats->cmd = ETHTOOL_GSTATS;
	stats->n_stats = n;
	if (ethtool_ioctl(ifname, names) || ethtool_ioctl(ifname, stats))
		goto out;
	/* the set may have shrunk in between */
	n = names->len < n ? names->len : n;
	n = stats->n_stats < n ? stats->n_stats : n;
	for (i = 0; i < n; i++) {
		memcpy(name, names->data + i * ETH_GSTRING_LEN, ETH_GSTRING_LEN);
		each(name, stats->data[i], arg);
	}
out:
	free(names);
	free(stats);
}

bool devinfo_vlan_stripped(const char *ifname)
{
	struct ethtool_value flags = { .cmd = ETHTOOL_GFLAGS };

	return !ethtool_ioctl(ifname, &flags) && flags.data & ETH_FLAG_RXVLAN;
}

void devinfo_rings(const char *ifname, struct ring_limits *rings)
{
	struct ethtool_ringparam ring = { .cmd = ETHTOOL_GRINGPARAM };

	memset(rings, 0, sizeof(*rings));
	if (ethtool_ioctl(ifname, &ring))
		return;
	rings->known = true;
	rings->rx = ring.rx_pending;
	rings->rx_max = ring.rx_max_pending;
	rings->tx = ring.tx_pending;
	rings->tx_max = ring.tx_max_pending;
}

static int parse_family_attr(const struct nlattr *attr, void *data)
{
	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
		*(int *)data = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static int parse_family(const struct nlmsghdr *nlh, void *data)
{
	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), parse_family_attr, data);
	return MNL_CB_OK;
}

static struct nlmsghdr *genl_request(void *buf, int family, int cmd)
{
	struct nlmsghdr *nlh = nl_request(buf, family, 0);
	struct genlmsghdr *genl;

	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

/* The family's number, or 0 in a kernel without it */
static int find_family(struct nl *nl, const char *name)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh;
	int id = 0;

	nlh = genl_request(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, name);
	return nl_talk(nl, nlh, parse_family, &id) ? 0 : id;
}

static int parse_features_attr(const struct nlattr *attr, void *data)
{
	struct xdp_features *f = data;

	switch (mnl_attr_get_type(attr)) {
	case NETDEV_ATTR_XDP_FEATURES:
		f->features = mnl_attr_get_u64(attr);
		f->known = true;
		break;
	case NETDEV_ATTR_ZC_MAX_SEGS:
		f->zc_segments = mnl_attr_get_u32(attr);
		break;
	case NETDEV_ATTR_RX_METADATA:
		f->rx_hints = mnl_attr_get_u64(attr);
		break;
	}
	return MNL_CB_OK;
}

static int parse_features(const struct nlmsghdr *nlh, void *data)
{
	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), parse_features_attr,
		       data);
	return MNL_CB_OK;
}

void devinfo_xdp_features(int ifindex, struct xdp_features *features)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh;
	struct nl nl;
	int family;

	memset(features, 0, sizeof(*features));
	if (nl_open(&nl, NETLINK_GENERIC))
		return;
	family = find_family(&nl, NETDEV_FAMILY);
	if (family) {
		nlh = genl_request(buf, family, NETDEV_DEV_GET);
		mnl_attr_put_u32(nlh, NETDEV_ATTR_IFINDEX, ifindex);
		if (nl_talk(&nl, nlh, parse_features, features))
			features->known = false;
	}
	nl_close(&nl);
}

bool devinfo_takes_frags(const char *ifname, int ifindex, bool unknown)
{
	struct xdp_features features;
	struct driver_info info;

	devinfo_xdp_features(ifindex, &features);
	if (features.known)
		return features.features & XDP_FEATURE_RX_FRAGS;
	devinfo_driver(ifname, &info);
	return unknown || (info.known && (!strcmp(info.driver, "gxdp") ||
					  !strcmp(info.driver, "veth")));
}

const char *xdp_feature_name(unsigned int bit)
{
	static const char *const names[] = {
		"basic", "redirect", "ndo-xmit", "xsk-zerocopy", "hw-offload",
		"rx-sg", "ndo-xmit-sg",
	};

	return bit < sizeof(names) / sizeof(names[0]) ? names[bit] : NULL;
}

const char *xdp_hint_name(unsigned int bit)
{
	static const char *const names[] = { "timestamp", "hash", "vlan-tag" };

	return bit < sizeof(names) / sizeof(names[0]) ? names[bit] : NULL;
}
