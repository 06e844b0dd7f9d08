/* SPDX-License-Identifier: GPL-2.0 */
/* Many frames for one system call, and what the programs of bpf/match.bpf.c say of each */
#ifndef TEST_BATCH_H
#define TEST_BATCH_H

#include <linux/types.h>

#include <gxdp/tables.h>

#define BATCH_QUEUES	4
#define BATCH_FRAMES	16384		/* a power of two */
#define BATCH_BYTES	(1u << 22)	/* of all frames; a power of two */
#define BATCH_FRAME_MAX	2047		/* bytes of one */

enum batch_short_way {
	BATCH_NOT_SHORT,	/* not taken: the parser's business */
	BATCH_SHORT_SAME,	/* the words that the parser has, too */
	BATCH_SHORT_DIFFERS,
};

struct batch_frame {
	__u32 at;		/* its first byte in batch.data */
	__u32 len;
	/* from match_filter */
	__u32 rule_id;		/* counted last: the one that decided; ~0: none at all */
	__u32 action;		/* XDP_... */
	/* from match_parse */
	__u32 family;		/* enum gxdp_family */
	__u32 short_way;	/* enum batch_short_way */
	__u64 word[GXDP_WORDS_USED];
	__u64 lanes;
};

/* map batches, an entry for each Rx queue */
struct batch {
	__u32 next;		/* frame, of the next run */
	__u32 failed;		/* frames that could not be put in place */
	struct batch_frame frame[BATCH_FRAMES];
	__u8 data[BATCH_BYTES + BATCH_FRAME_MAX + 1];
};

#endif /* TEST_BATCH_H */
