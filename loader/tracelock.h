/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_TRACELOCK_H
#define GXDP_TRACELOCK_H

#include <stdbool.h>

/*
 * Be the only trace of device @ifindex, which is @dev now, until the process ends: it may
 * be renamed meanwhile. gx_exit code
 */
int trace_lock(int ifindex, const char *dev);
/* Whether somebody holds it */
bool trace_running(int ifindex);

#endif /* GXDP_TRACELOCK_H */
