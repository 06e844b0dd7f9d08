/* SPDX-License-Identifier: GPL-2.0 */
/* devlink information and health reporters; see health.c. */
#ifndef GXDP_HEALTH_H
#define GXDP_HEALTH_H

#include "gxdp.h"

#if IS_ENABLED(CONFIG_NET_DEVLINK)
void gxdp_health_init(struct gxdp_nic *nic);
void gxdp_health_exit(struct gxdp_nic *nic);
int gxdp_health_report(struct gxdp_nic *nic, bool tx, const char *what);
void gxdp_health_mended(struct gxdp_nic *nic);
#else
static inline void gxdp_health_init(struct gxdp_nic *nic) { }
static inline void gxdp_health_exit(struct gxdp_nic *nic) { }
static inline int gxdp_health_report(struct gxdp_nic *nic, bool tx, const char *what)
{
	return gxdp_reset_now(nic);
}

static inline void gxdp_health_mended(struct gxdp_nic *nic) { }
#endif

#endif /* GXDP_HEALTH_H */
