/* SPDX-License-Identifier: GPL-2.0 */
/* What gx_compile() makes, inside */
#ifndef GXDP_ENGINE_TABLES_H
#define GXDP_ENGINE_TABLES_H

#include "arena.h"
#include "engine.h"

struct gx_tables {
	struct gx_arena arena;
	struct gxdp_root root;
	/* devices that rules redirect to */
	int *ifindex;
	size_t nifindexes;
	/* CPUs that rules steer to */
	uint32_t *cpu;
	size_t ncpus;
};

#endif /* GXDP_ENGINE_TABLES_H */
