// SPDX-License-Identifier: GPL-2.0
#include <cap-ng.h>
#include <stdint.h>

#include "caps.h"
#include "gxdp.h"

/* In headers since Linux 5.8; the numbers are the kernel's interface */
#define CAPABILITY_PERFMON	38
#define CAPABILITY_BPF		39
#define CAPABILITIES		64	/* as many as the kernel's interface can have */

#define BIT(cap)	(1ULL << (cap))

/*
 * CAP_SYS_ADMIN cannot be done without where rules or programs are looked at: a device
 * names the program in its hook by an id, and so does a map of maps what is in it, and
 * BPF_PROG_GET_FD_BY_ID and BPF_MAP_GET_FD_BY_ID want it, whatever else one has. It is
 * also what setns() and mounting bpffs want. It has CAP_BPF and CAP_PERFMON in it.
 */
#define ADMIN	BIT(CAP_SYS_ADMIN)
/* The first apply and attach go without; for a container's root that lacks the above */
#define BPF	(BIT(CAPABILITY_BPF) | BIT(CAPABILITY_PERFMON))
/* /proc/1/root for bpffs, where there is none, and /proc/PID/ns to find devices and owners */
#define NAMESPACES	BIT(CAP_SYS_PTRACE)
/* Files in a directory of somebody else's, and pins that were given to somebody */
#define READ	BIT(CAP_DAC_READ_SEARCH)
#define WRITE	BIT(CAP_DAC_OVERRIDE)

static const uint64_t needs[] = {
	[CAPS_NONE] = 0,
	[CAPS_READ] = READ,
	/* NET_ADMIN: Linux 6.1 lets nobody else make maps of devices and sockets */
	[CAPS_TEST] = ADMIN | BPF | READ | BIT(CAP_NET_ADMIN),
	[CAPS_LOOK] = ADMIN | BPF | NAMESPACES | READ,
	[CAPS_CHANGE] = ADMIN | BPF | NAMESPACES | WRITE,
	/* SYS_CHROOT: to enter the mount namespace that bpffs is to be mounted in */
	[CAPS_ATTACH] = ADMIN | BPF | NAMESPACES | WRITE | BIT(CAP_NET_ADMIN) |
			BIT(CAP_SYS_CHROOT),
	/* SYS_MODULE: for modprobe and insmod, which have no more than we */
	[CAPS_BIND] = ADMIN | NAMESPACES | WRITE | BIT(CAP_NET_ADMIN) |
		      BIT(CAP_SYS_MODULE),
	/* NET_RAW: an AF_XDP socket is opened, to see whether there can be one */
	[CAPS_DOCTOR] = BIT(CAP_NET_RAW),
	/* for dmesg, for devlink, and for what doctor, status and lspci look at */
	[CAPS_REPORT] = ADMIN | NAMESPACES | READ | BIT(CAP_SYSLOG) |
			BIT(CAP_NET_ADMIN) | BIT(CAP_NET_RAW),
};

/* Those of @caps that there are: a container's root may have fewer than asked for */
static uint64_t permitted(uint64_t caps)
{
	int cap;

	for (cap = 0; cap < CAPABILITIES; cap++)
		if (caps & BIT(cap) &&
		    !capng_have_capability(CAPNG_PERMITTED, cap))
			caps &= ~BIT(cap);
	return caps & ADMIN ? caps & ~BPF : caps;
}

void caps_keep(enum caps_need need, bool writes)
{
	uint64_t caps = needs[need] | (writes ? WRITE : 0);
	bool bounds;
	int cap;

	if (capng_get_caps_process())
		return;
	bounds = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	caps = permitted(caps);
	capng_clear(CAPNG_SELECT_BOTH);
	for (cap = 0; cap < CAPABILITIES; cap++)
		if (caps & BIT(cap))
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED |
				     CAPNG_BOUNDING_SET, cap);
	/* what root runs gets all that the bounding set has, and not what we have */
	if (bounds && capng_apply(CAPNG_SELECT_BOUNDS))
		debug("could not drop capabilities of what is run");
	if (capng_apply(CAPNG_SELECT_CAPS))
		debug("could not drop capabilities");
}
