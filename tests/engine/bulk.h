/* SPDX-License-Identifier: GPL-2.0 */
/* Frames through the filter's source, thousands a system call: bpf/match.bpf.c */
#ifndef TEST_BULK_H
#define TEST_BULK_H

#include "../../loader/engine/engine.h"
#include "batch.h"
#include "framegen.h"

struct bulk;

enum bulk_program { BULK_FILTER, BULK_PARSE, BULK_PROGRAMS };

/**
 * bulk_open() - load match.bpf.o onto a datapath's maps
 * @dp: the datapath, whose rules and counters then are those of the programs, too
 * @object: path of match.bpf.o
 * @ifindex: device that the frames are said to come from; 0: none
 * @queues: it has, up to BATCH_QUEUES; with no device, 1
 * @out: the result
 * @err: on failure, why
 *
 * Return: 0 or -errno.
 */
int bulk_open(struct gx_dp *dp, const char *object, int ifindex,
	      unsigned int queues, struct bulk **out, struct gx_error *err);
void bulk_close(struct bulk *b);

/* Put a frame into its queue's batch. false: there is no room, run it first */
bool bulk_add(struct bulk *b, const struct frame *f);

/* The batch of a queue, and how many frames are in it */
const struct batch *bulk_batch(const struct bulk *b, unsigned int queue,
			       unsigned int *frames);

/* Run all of a queue's batch through one of the programs; 0 or -errno */
int bulk_run(struct bulk *b, unsigned int queue, enum bulk_program program,
	     struct gx_error *err);
void bulk_clear(struct bulk *b, unsigned int queue);

#endif /* TEST_BULK_H */
