// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../../loader/engine/error.h"
#include "bulk.h"

#define START_LEN	64	/* of the frame that the first is put in place of */

struct bulk {
	struct bpf_object *obj;
	int prog[BULK_PROGRAMS];
	struct batch *batch;		/* BATCH_QUEUES of them, shared with the kernel */
	int ifindex;
	unsigned int queues;
	unsigned int frames[BATCH_QUEUES], bytes[BATCH_QUEUES];
};

static const char *const program_name[BULK_PROGRAMS] = {
	[BULK_FILTER] = "match_filter",
	[BULK_PARSE] = "match_parse",
};

static int load(struct bulk *b, struct gx_dp *dp, const char *object,
		struct gx_error *err)
{
	struct bpf_program *prog;
	struct bpf_map *map;
	void *mem;
	int i, ret;

	b->obj = bpf_object__open_file(object, NULL);
	if (!b->obj)
		return gx_error_set(err, -errno, "cannot read %s", object);
	ret = gx_dp_adopt(dp, b->obj, err);
	if (ret)
		return ret;
	if (bpf_object__load(b->obj))
		return gx_error_set(err, -errno, "the kernel refuses to load %s",
				    object);
	for (i = 0; i < BULK_PROGRAMS; i++) {
		prog = bpf_object__find_program_by_name(b->obj, program_name[i]);
		if (!prog)
			return gx_error_set(err, -ENOENT, "%s has no program %s",
					    object, program_name[i]);
		b->prog[i] = bpf_program__fd(prog);
	}
	map = bpf_object__find_map_by_name(b->obj, "batches");
	if (!map)
		return gx_error_set(err, -ENOENT, "%s has no map batches", object);
	mem = mmap(NULL, BATCH_QUEUES * sizeof(struct batch),
		   PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	if (mem == MAP_FAILED)
		return gx_error_set(err, -errno, "cannot map the frames");
	b->batch = mem;
	return 0;
}

int bulk_open(struct gx_dp *dp, const char *object, int ifindex,
	      unsigned int queues, struct bulk **out, struct gx_error *err)
{
	struct bulk *b;
	int ret;

	if (!queues || queues > BATCH_QUEUES || (queues > 1 && !ifindex))
		return gx_error_set(err, -EINVAL, "no batches for %u queues",
				    queues);
	b = calloc(1, sizeof(*b));
	if (!b)
		return gx_error_set(err, -ENOMEM, "not enough memory");
	b->ifindex = ifindex;
	b->queues = queues;
	ret = load(b, dp, object, err);
	if (ret)
		bulk_close(b);
	else
		*out = b;
	return ret;
}

void bulk_close(struct bulk *b)
{
	if (!b)
		return;
	if (b->batch)
		munmap(b->batch, BATCH_QUEUES * sizeof(struct batch));
	bpf_object__close(b->obj);
	free(b);
}

bool bulk_add(struct bulk *b, const struct frame *f)
{
	unsigned int *frames = &b->frames[f->rxq], *bytes = &b->bytes[f->rxq];
	struct batch *batch = &b->batch[f->rxq];

	if (*frames == BATCH_FRAMES || BATCH_BYTES - *bytes < f->len)
		return false;
	memcpy(batch->data + *bytes, f->data, f->len);
	batch->frame[*frames] = (struct batch_frame){
		.at = *bytes,
		.len = f->len,
		/* what no program would say */
		.rule_id = ~0u,
		.action = ~0u,
		.family = ~0u,
	};
	*bytes += f->len;
	++*frames;
	return true;
}

const struct batch *bulk_batch(const struct bulk *b, unsigned int queue,
			       unsigned int *frames)
{
	*frames = b->frames[queue];
	return &b->batch[queue];
}

int bulk_run(struct bulk *b, unsigned int queue, enum bulk_program program,
	     struct gx_error *err)
{
	struct xdp_md ctx = { .ingress_ifindex = b->ifindex,
			      .rx_queue_index = queue,
			      .data_end = START_LEN };
	struct batch *batch = &b->batch[queue];
	uint8_t start[START_LEN] = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = start, .data_size_in = sizeof(start),
		.repeat = b->frames[queue]);

	if (!b->frames[queue])
		return 0;
	if (b->ifindex) {
		opts.ctx_in = &ctx;
		opts.ctx_size_in = sizeof(ctx);
	}
	batch->next = 0;
	batch->failed = 0;
	if (bpf_prog_test_run_opts(b->prog[program], &opts))
		return gx_error_set(err, -errno, "cannot run %s: %s",
				    program_name[program], strerror(errno));
	if (batch->next != b->frames[queue] || batch->failed)
		return gx_error_set(err, -EIO, "%s ran over %u frames of %u, and %u of them it could not put in place",
				    program_name[program], batch->next,
				    b->frames[queue], batch->failed);
	return 0;
}

void bulk_clear(struct bulk *b, unsigned int queue)
{
	b->frames[queue] = 0;
	b->bytes[queue] = 0;
}
