/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The plain meaning of a ruleset, to hold the engine against: reads a raw frame
 * field by field and tries rules one after the other. Shares no code with the
 * parser or the compiler, only loader/ruleset.h.
 */
#ifndef TEST_ORACLE_H
#define TEST_ORACLE_H

#include <gxdp/maps.h>

#include "../../loader/ruleset.h"

struct oracle_packet {
	bool has[GX_F_MAX];
	uint64_t value[GX_F_MAX];
	int ipver;			/* 0: no IP */
	uint8_t src[16], dst[16];
};

/* What is in a frame of @len bytes, said to come from queue @rxq */
void oracle_read(struct oracle_packet *p, const uint8_t *frame, size_t len,
		 uint32_t rxq);

bool oracle_matches(const struct gx_ruleset *rs, const struct gx_rule *rule,
		    const struct oracle_packet *p);

/* As the counters of a rule count a packet */
void oracle_count(struct gxdp_count *count, const struct oracle_packet *p);

/* Index of the rule that decides, or -1. @counted[i], if any, is of GX_COUNT rules met. */
long oracle_decide(const struct gx_ruleset *rs, const struct oracle_packet *p,
		   struct gxdp_count *counted);

#endif /* TEST_ORACLE_H */
