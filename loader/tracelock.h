/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_TRACELOCK_H
#define GXDP_TRACELOCK_H

#include <stdbool.h>

/* Be the only trace of @dev until the process ends; gx_exit code */
int trace_lock(const char *dev);
/* Whether somebody holds it */
bool trace_running(const char *dev);

#endif /* GXDP_TRACELOCK_H */
