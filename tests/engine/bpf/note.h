/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The filter's source, with its decision noted: a rule is counted once it has
 * decided, and GX_COUNT rules in front of it. So the last one counted is it.
 */
#ifndef TEST_NOTE_H
#define TEST_NOTE_H

#include "../../../bpf/decision.h"

#define NOTED_NONE	(~0u)

/* The rule that was counted last. One packet at a time: these are tests. */
static __u32 noted_rule;

static __always_inline void note_count_rule(__u32 id, __u64 len)
{
	noted_rule = id;
	gxdp_count_rule(id, len);
}

#define gxdp_count_rule note_count_rule
#include "../../../bpf/gxdp.bpf.c"
#undef gxdp_count_rule

#endif /* TEST_NOTE_H */
