// SPDX-License-Identifier: GPL-2.0
/* Records of packets, and one packet through the real program without a NIC. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "dp.h"
#include "error.h"

static int read_settings(struct gx_dp *dp, struct gxdp_settings *set)
{
	uint32_t zero = 0;

	return bpf_map_lookup_elem(dp->map[GX_MAP_SETTINGS], &zero, set) ?
	       -errno : 0;
}

static int write_settings(struct gx_dp *dp, const struct gxdp_settings *set)
{
	uint32_t zero = 0;

	if (bpf_map_update_elem(dp->map[GX_MAP_SETTINGS], &zero, set, 0))
		return -errno;
	return gx_dp_mark_traced(dp);
}

int gx_dp_trace(struct gx_dp *dp, uint32_t every, uint32_t bytes,
		struct gx_error *err)
{
	struct gxdp_settings set;
	int ret = read_settings(dp, &set);

	if (!ret) {
		set.trace_every = every;
		set.trace_bytes = bytes > GXDP_SAMPLE_BYTES ? GXDP_SAMPLE_BYTES :
							       bytes;
		ret = write_settings(dp, &set);
	}
	if (ret)
		gx_error_set(err, ret, "cannot turn tracing %s: %s",
			     every ? "on" : "off", strerror(-ret));
	return ret;
}

static int one_sample(void *ctx, void *data, size_t len)
{
	const struct gxdp_sample *rec = data;
	struct gx_dp *dp = ctx;
	size_t size = sizeof(*rec) + rec->captured;

	if (len < size)
		return 0;
	dp->sample_stop = dp->sample_fn(rec, size, dp->sample_arg);
	/* libbpf takes only negative values for a reason to stop */
	return dp->sample_stop ? -ECANCELED : 0;
}

static int open_ring(struct gx_dp *dp)
{
	if (dp->ring)
		return 0;
	dp->ring = ring_buffer__new(dp->map[GX_MAP_SAMPLES], one_sample, dp,
				    NULL);
	return dp->ring ? 0 : -errno;
}

int gx_dp_samples(struct gx_dp *dp, int timeout_ms, gx_sample_fn fn, void *arg)
{
	int ret = open_ring(dp);

	if (ret)
		return ret;
	dp->sample_fn = fn;
	dp->sample_arg = arg;
	dp->sample_stop = 0;
	ret = timeout_ms ? ring_buffer__poll(dp->ring, timeout_ms) :
			   ring_buffer__consume(dp->ring);
	return dp->sample_stop ?: ret;
}

int gx_dp_samples_fd(struct gx_dp *dp)
{
	int ret = open_ring(dp);

	return ret ?: ring_buffer__epoll_fd(dp->ring);
}

struct wanted {
	struct gxdp_sample *rec;
	bool found;
};

static int take_trace(const struct gxdp_sample *rec, size_t len, void *arg)
{
	struct wanted *w = arg;

	(void)len;
	if (rec->kind != GXDP_SAMPLE_TRACE)
		return 0;
	*w->rec = *rec;
	w->found = true;
	return 0;
}

static int ignore(const struct gxdp_sample *rec, size_t len, void *arg)
{
	(void)rec;
	(void)len;
	(void)arg;
	return 0;
}

/* The kernel gives back no more than it got room for. */
#define RUN_ROOM	65536

static int run_traced(struct gx_dp *dp, struct gx_run *run)
{
	struct xdp_md ctx = { .ingress_ifindex = run->ifindex,
			      .rx_queue_index = run->rxq,
			      .data_end = run->linear ?: run->len };
	static _Thread_local char spare[RUN_ROOM];
	size_t meta;
	struct wanted w = { .rec = &run->rec };
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = run->frame, .data_size_in = run->len,
		.data_out = run->out ?: spare,
		.data_size_out = run->out ? run->len + 256 : RUN_ROOM,
		.ctx_in = &ctx, .ctx_size_in = sizeof(ctx),
		.ctx_out = &ctx, .ctx_size_out = sizeof(ctx),
		.repeat = 1);

	if (bpf_prog_test_run_opts(dp->prog[run->linear || run->len > 3000], &opts))
		return -errno;
	run->xdp_action = opts.retval;
	/* metadata, a mark, comes in front of the frame */
	meta = ctx.data - ctx.data_meta;
	run->out_len = opts.data_size_out - meta;
	memmove(opts.data_out, opts.data_out + meta, run->out_len);
	gx_dp_samples(dp, 0, take_trace, &w);
	return w.found ? 0 : -ENODATA;
}

int gx_dp_run(struct gx_dp *dp, struct gx_run *run, struct gx_error *err)
{
	struct gxdp_settings set, tracing;
	int ret;

	ret = read_settings(dp, &set);
	if (ret)
		return gx_error_set(err, ret, "cannot read the settings: %s",
				    strerror(-ret));
	tracing = set;
	tracing.trace_every = 1;
	tracing.trace_bytes = 0;
	if (set.trace_every != 1)
		ret = write_settings(dp, &tracing);
	if (!ret) {
		gx_dp_samples(dp, 0, ignore, NULL);
		ret = run_traced(dp, run);
		if (set.trace_every != 1)
			write_settings(dp, &set);
	}
	if (!ret)
		return 0;
	gx_error_set(err, ret, "cannot run a frame of %zu bytes through the program",
		     run->len);
	gx_error_reason(err, "%s", ret == -ENODATA ? "there are no rules installed" :
			strerror(-ret));
	return ret;
}

static uint32_t prog_id(int fd)
{
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len) ? info.id : 0;
}

int gx_dp_info(struct gx_dp *dp, struct gx_dp_info *info, struct gx_error *err)
{
	uint32_t i, id;
	int ret;

	memset(info, 0, sizeof(*info));
	ret = gx_dp_root(dp, &info->root);
	if (ret && ret != -ENOENT)
		return gx_error_set(err, ret, "cannot read the current tables: %s",
				    strerror(-ret));
	info->installed = !ret;
	for (i = 0; i < 2 * GXDP_CHUNKS; i++) {
		if (bpf_map_lookup_elem(dp->map[GX_MAP_TABLES], &i, &id))
			i |= GXDP_CHUNKS - 1;	/* on to the other half */
		else
			info->bytes += sizeof(struct gxdp_chunk);
	}
	info->prog_id = prog_id(dp->prog[0]);
	info->prog_frags_id = prog_id(dp->prog[1]);
	return 0;
}
