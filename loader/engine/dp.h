/* SPDX-License-Identifier: GPL-2.0 */
/* A datapath, inside: its maps and programs */
#ifndef GXDP_ENGINE_DP_H
#define GXDP_ENGINE_DP_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <limits.h>

#include "engine.h"
#include "tables.h"

enum gx_dp_map {
	GX_MAP_TABLES,
	GX_MAP_CURRENT,
	GX_MAP_RULE_COUNTERS,
	GX_MAP_REASONS,
	GX_MAP_SETTINGS,
	GX_MAP_SAMPLES,
	GX_MAP_RULE_LIMITS,
	GX_MAP_KEY_LIMITS,
	GX_MAP_DEVICES,
	GX_MAP_CPUS,
	GX_MAP_CPUS_FRAGS,
	GX_MAP_XSKS,
	GX_MAP_MAX
};

extern const char *const gx_dp_map_name[GX_MAP_MAX];

struct gx_dp {
	int map[GX_MAP_MAX];
	int prog[2];			/* without, with frags; -1: none */
	struct bpf_object *obj;		/* if this process loaded it */
	char pin_dir[PATH_MAX / 2];	/* "": unpinned */
	bool read_only;			/* GX_DP_READ_ONLY: perhaps without the lock */
	/* types of inner maps' values, so that dumps can be read */
	int btf_fd;
	uint32_t btf_key, btf_chunk;
	uint32_t chunk_size;		/* of the program's type; 0: not known */
	struct ring_buffer *ring;
	gx_sample_fn sample_fn;
	void *sample_arg;
	int sample_stop;
	struct live *live;		/* current tables, mapped: sets.c */
	unsigned int cpus;
};

/* The head of the current tables; -ENOENT: none yet */
int gx_dp_root(struct gx_dp *dp, struct gxdp_root *root);
/* A new inner map of tables; fd or -errno */
int gx_dp_new_chunk(struct gx_dp *dp);
/* Its words, in memory; NULL and errno */
struct gxdp_chunk *gx_dp_map_chunk(int fd);
void gx_dp_unmap_chunk(struct gxdp_chunk *chunk);
/* Let the current head say whether the settings ask for traces; 0 or -errno */
int gx_dp_mark_traced(struct gx_dp *dp);
/* Unmap the tables that sets.c has mapped */
void gx_dp_forget(struct gx_dp *dp);

#endif /* GXDP_ENGINE_DP_H */
