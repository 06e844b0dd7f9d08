/* SPDX-License-Identifier: GPL-2.0 */
/* A device's settings below /proc/sys/net/ipv4/conf and ipv6/conf. */
#ifndef GXDP_SYSCTLS_H
#define GXDP_SYSCTLS_H

struct sysctl {
	struct sysctl *next;
	char family[8];
	char name[64];
	char value[128];
};

/* In the caller's network namespace. What cannot be read or set is left. */
struct sysctl *sysctls_save(const char *ifname);
void sysctls_restore(const struct sysctl *list, const char *ifname);
void sysctls_free(struct sysctl *list);

#endif /* GXDP_SYSCTLS_H */
