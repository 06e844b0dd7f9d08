/* SPDX-License-Identifier: GPL-2.0 */
/* The filter's key of a frame, to hold it against what the oracle has read */
#ifndef TEST_KEYREAD_H
#define TEST_KEYREAD_H

#include <linux/types.h>

#include "oracle.h"

/* @word: GXDP_WORDS_USED of them, read with GXDP_ROOT_RARE */
void key_read(struct oracle_packet *p, const __u64 *word, uint32_t family);

/* Are the lanes of a key what its other words say? */
bool key_lanes_right(const __u64 *word, uint64_t lanes);

/* What the two say differently of a frame, as a word for the user; NULL: nothing */
const char *packets_differ(const struct oracle_packet *a,
			   const struct oracle_packet *b);

#endif /* TEST_KEYREAD_H */
