// SPDX-License-Identifier: GPL-2.0
/*
 * rss IFNAME QUEUE | default: all received flows to one queue, or spread evenly.
 *
 * As "ethtool -X" does it, but by the older call: ethtool since 6.8 says something in
 * the newer one that Linux before 6.8 refuses.
 *
 * Exit codes: 0 done, 1 failed, 2 wrong usage.
 */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_TABLE	1024

static struct {
	struct ethtool_rxfh_indir head;
	__u32 queue[MAX_TABLE];
} table;

static int call(int fd, const char *ifname, __u32 cmd)
{
	struct ifreq ifr = { .ifr_data = (void *)&table };

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	table.head.cmd = cmd;
	return ioctl(fd, SIOCETHTOOL, &ifr);
}

static int set_table(int fd, const char *ifname, const char *queue)
{
	__u32 i;

	if (!strcmp(queue, "default")) {
		table.head.size = 0;
		return call(fd, ifname, ETHTOOL_SRXFHINDIR);
	}
	/* with no room for it, the kernel tells the size */
	if (call(fd, ifname, ETHTOOL_GRXFHINDIR))
		return -1;
	if (table.head.size > MAX_TABLE) {
		errno = E2BIG;
		return -1;
	}
	for (i = 0; i < table.head.size; i++)
		table.queue[i] = strtoul(queue, NULL, 10);
	return call(fd, ifname, ETHTOOL_SRXFHINDIR);
}

int main(int argc, char **argv)
{
	int fd, err;

	if (argc != 3) {
		fputs("usage: rss IFNAME QUEUE | default\n", stderr);
		return 2;
	}
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || set_table(fd, argv[1], argv[2])) {
		err = errno;
		fprintf(stderr, "rss: %s: %s\n", argv[1], strerror(err));
		return 1;
	}
	close(fd);
	return 0;
}
