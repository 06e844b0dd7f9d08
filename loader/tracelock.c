// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "gxdp.h"
#include "lock.h"
#include "tracelock.h"

static void lock_name(int ifindex, char *name, size_t size)
{
	snprintf(name, size, "%d:trace", ifindex);
}

int trace_lock(int ifindex, const char *dev)
{
	char name[64];
	int ret;

	lock_name(ifindex, name, sizeof(name));
	ret = lock_take(name);
	if (ret == GX_UNSAFE) {
		fail(GX_UNSAFE, "another gxdp traces %s already", dev);
		fail_hint("a record goes to one reader only: end the other first");
	}
	return ret;
}

bool trace_running(int ifindex)
{
	char name[64];

	lock_name(ifindex, name, sizeof(name));
	return lock_is_taken(name);
}
