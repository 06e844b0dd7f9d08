// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "gxdp.h"
#include "lock.h"
#include "tracelock.h"

static void lock_name(const char *dev, char *name, size_t size)
{
	snprintf(name, size, "%s:trace", dev);
}

int trace_lock(const char *dev)
{
	char name[64];
	int ret;

	lock_name(dev, name, sizeof(name));
	ret = lock_take(name);
	if (ret == GX_UNSAFE) {
		fail(GX_UNSAFE, "another gxdp traces %s already", dev);
		fail_hint("a record goes to one reader only: end the other first");
	}
	return ret;
}

bool trace_running(const char *dev)
{
	char name[64];

	lock_name(dev, name, sizeof(name));
	return lock_is_taken(name);
}
