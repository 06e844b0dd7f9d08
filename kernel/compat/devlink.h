/* SPDX-License-Identifier: GPL-2.0 */
/* What changed its arguments in devlink; for health.c. */
#ifndef GXDP_COMPAT_DEVLINK_H
#define GXDP_COMPAT_DEVLINK_H

#include <net/devlink.h>

#include "compat.h"

/* 6.18: how long to wait between two recoveries is in the operations. */
static inline struct devlink_health_reporter *
gxdp_reporter_create(struct devlink *devlink, const struct devlink_health_reporter_ops *ops,
		     void *priv)
{
#ifdef HAVE_DEVLINK_REPORTER_PERIODS
	return devlink_health_reporter_create(devlink, ops, priv);
#else
	return devlink_health_reporter_create(devlink, ops, 0, priv);
#endif
}

#endif /* GXDP_COMPAT_DEVLINK_H */
