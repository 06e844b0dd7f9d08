// SPDX-License-Identifier: GPL-2.0
/* What is kept by rule id, and reasons: counters summed over CPUs, resets. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dp.h"
#include "error.h"

#define REASON_NAME(name)	#name,

static const char *const reason_name[GXDP_REASON_MAX] = {
	GXDP_REASONS(REASON_NAME)
};

const char *gx_reason_name(unsigned int reason)
{
	return reason < GXDP_REASON_MAX ? reason_name[reason] : NULL;
}

static int cannot_read(struct gx_error *err, const char *map)
{
	int ret = -errno;

	gx_error_set(err, ret, "cannot read the counters in map %s", map);
	gx_error_reason(err, "%s", strerror(-ret));
	return ret;
}

/* One block of a CPU-wise array at a time; ids are usually in order. */
struct reader {
	struct gxdp_rule_counters *block;	/* one for each CPU */
	uint32_t at;
};

static int read_block(struct gx_dp *dp, struct reader *r, uint32_t at)
{
	if (r->at == at)
		return 0;
	r->at = at;
	return bpf_map_lookup_elem(dp->map[GX_MAP_RULE_COUNTERS], &at, r->block);
}

int gx_dp_counters(struct gx_dp *dp, const uint32_t *id, size_t n,
		   struct gxdp_count *count, struct gx_error *err)
{
	struct reader r = { .at = ~0u };
	const struct gxdp_count *from;
	unsigned int cpu;
	int ret = 0;
	size_t i;

	r.block = calloc(dp->cpus, sizeof(*r.block));
	if (!r.block)
		return gx_error_set(err, -ENOMEM, "not enough memory");
	for (i = 0; i < n; i++) {
		if (read_block(dp, &r, id[i] / GXDP_COUNTER_BLOCK)) {
			ret = cannot_read(err, "rule_counters");
			break;
		}
		count[i] = (struct gxdp_count){};
		for (cpu = 0; cpu < dp->cpus; cpu++) {
			from = &r.block[cpu].rule[id[i] % GXDP_COUNTER_BLOCK];
			count[i].packets += from->packets;
			count[i].bytes += from->bytes;
		}
	}
	free(r.block);
	return ret;
}

/*
 * What packets add between our read and our write is lost: a block is written
 * whole. With one block of 64 rules that is a matter of microseconds.
 */
int gx_dp_counters_reset(struct gx_dp *dp, const uint32_t *id, size_t n,
			 struct gx_error *err)
{
	struct reader r = { .at = ~0u };
	unsigned int cpu;
	uint32_t at;
	int ret = 0;
	size_t i = 0;

	r.block = calloc(dp->cpus, sizeof(*r.block));
	if (!r.block)
		return gx_error_set(err, -ENOMEM, "not enough memory");
	while (i < n) {
		at = id[i] / GXDP_COUNTER_BLOCK;
		r.at = ~0u;
		if (read_block(dp, &r, at)) {
			ret = cannot_read(err, "rule_counters");
			break;
		}
		for (; i < n && id[i] / GXDP_COUNTER_BLOCK == at; i++)
			for (cpu = 0; cpu < dp->cpus; cpu++)
				r.block[cpu].rule[id[i] % GXDP_COUNTER_BLOCK] =
					(struct gxdp_count){};
		if (bpf_map_update_elem(dp->map[GX_MAP_RULE_COUNTERS], &at,
					r.block, 0)) {
			ret = gx_error_set(err, -errno, "cannot reset counters: %s",
					   strerror(errno));
			break;
		}
	}
	free(r.block);
	return ret;
}

int gx_dp_limits_reset(struct gx_dp *dp, const uint32_t *id, size_t n,
		       struct gx_error *err)
{
	struct gxdp_bucket *full = calloc(n + 1, sizeof(*full));
	uint32_t done = n;
	int ret = 0;

	if (!full)
		return gx_error_set(err, -ENOMEM, "not enough memory");
	if (n && bpf_map_update_batch(dp->map[GX_MAP_RULE_LIMITS], id, full,
				      &done, NULL))
		ret = gx_error_set(err, -errno, "cannot reset limits: %s",
				   strerror(errno));
	free(full);
	return ret;
}

int gx_dp_reasons(struct gx_dp *dp, struct gxdp_count count[GXDP_REASON_MAX],
		  struct gx_error *err)
{
	struct gxdp_reasons *all = calloc(dp->cpus, sizeof(*all));
	const struct gxdp_count *from;
	uint32_t zero = 0, i;
	unsigned int cpu;

	if (!all)
		return gx_error_set(err, -ENOMEM, "not enough memory");
	if (bpf_map_lookup_elem(dp->map[GX_MAP_REASONS], &zero, all)) {
		free(all);
		return cannot_read(err, "reasons");
	}
	memset(count, 0, GXDP_REASON_MAX * sizeof(*count));
	for (cpu = 0; cpu < dp->cpus; cpu++)
		for (i = 0; i < GXDP_REASON_MAX; i++) {
			from = (struct gxdp_count *)&all[cpu] + i;
			count[i].packets += from->packets;
			count[i].bytes += from->bytes;
		}
	free(all);
	return 0;
}

int gx_dp_reasons_reset(struct gx_dp *dp, struct gx_error *err)
{
	struct gxdp_reasons *all = calloc(dp->cpus, sizeof(*all));
	uint32_t zero = 0;
	int ret = 0;

	if (!all)
		return gx_error_set(err, -ENOMEM, "not enough memory");
	if (bpf_map_update_elem(dp->map[GX_MAP_REASONS], &zero, all, 0))
		ret = gx_error_set(err, -errno, "cannot reset the reasons: %s",
				   strerror(errno));
	free(all);
	return ret;
}
