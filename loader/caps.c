// SPDX-License-Identifier: GPL-2.0
#include <cap-ng.h>

#include "caps.h"
#include "gxdp.h"

/* In headers since Linux 5.8; the numbers are the kernel's interface */
#define CAPABILITY_PERFMON	38
#define CAPABILITY_BPF		39

#define CAPS_MAX 16

/* A container's root may have fewer than asked for: it keeps what it has */
static void keep(const int *caps, int n)
{
	bool have[CAPS_MAX];
	int i;

	if (capng_get_caps_process())
		return;
	for (i = 0; i < n; i++)
		have[i] = capng_have_capability(CAPNG_PERMITTED, caps[i]);
	capng_clear(CAPNG_SELECT_CAPS);
	for (i = 0; i < n; i++)
		if (have[i])
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE |
				     CAPNG_PERMITTED, caps[i]);
	if (capng_apply(CAPNG_SELECT_CAPS))
		debug("could not drop capabilities");
}

void caps_keep(enum caps_need need)
{
	/*
	 * CAP_SYS_ADMIN: to find a program or map by its id, to mount bpffs, and
	 * to enter a network namespace. DAC_OVERRIDE: pins of another owner.
	 * SYS_CHROOT: to enter the mount namespace that bpffs is to be mounted in.
	 */
	static const int look[] = { CAPABILITY_BPF, CAP_SYS_ADMIN,
				    CAP_DAC_OVERRIDE, CAP_NET_ADMIN,
				    CAP_SYS_PTRACE };
	static const int attach[] = { CAPABILITY_BPF, CAP_SYS_ADMIN,
				      CAP_DAC_OVERRIDE, CAP_NET_ADMIN,
				      CAP_SYS_PTRACE, CAPABILITY_PERFMON,
				      CAP_SYS_RESOURCE, CAP_SYS_CHROOT };

	if (need == CAPS_ATTACH)
		keep(attach, sizeof(attach) / sizeof(attach[0]));
	else
		keep(look, sizeof(look) / sizeof(look[0]));
}

void caps_keep_reading(void)
{
	static const int reading[] = { CAP_DAC_READ_SEARCH };

	keep(reading, 1);
}
