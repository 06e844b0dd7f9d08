/* SPDX-License-Identifier: GPL-2.0 */
/* XDP's own transmit rings: see xdp_rings.c. */
#ifndef GXDP_XDP_RINGS_H
#define GXDP_XDP_RINGS_H

#include <linux/jump_label.h>

#include "gxdp.h"

DECLARE_STATIC_KEY_FALSE(gxdp_xdp_own_rings);

int gxdp_xdp_rings_alloc(struct gxdp_nic *nic, const struct gxdp_config *cfg,
			 struct gxdp_xdp_rings *set);
void gxdp_xdp_rings_free(struct gxdp_xdp_rings *set);
int gxdp_xdp_rings_stop(struct gxdp_nic *nic);
void gxdp_xdp_rings_abandon(struct gxdp_nic *nic);
void gxdp_xdp_rings_start(struct gxdp_nic *nic);

/*
 * This processor's ring, or NULL: it shares a pair's. BHs off, and the ring
 * may be used until they are on again.
 */
static __always_inline struct gxdp_tx *gxdp_xdp_own_ring(const struct gxdp_nic *nic)
{
	const struct gxdp_xdp_map *map;

	if (!static_branch_likely(&gxdp_xdp_own_rings))
		return NULL;
	map = rcu_dereference_bh(nic->xdp_map);
	return likely(map) ? map->of_cpu[smp_processor_id()] : NULL;
}

#endif /* GXDP_XDP_RINGS_H */
