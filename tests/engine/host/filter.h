/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The filter's source in this process, for the fuzzers. Frames and tables lie in
 * heap buffers of exactly their size, so that AddressSanitizer sees what is read
 * behind them.
 */
#ifndef TEST_HOST_FILTER_H
#define TEST_HOST_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/types.h>

struct gx_tables;

struct host_frame {
	const uint8_t *data;	/* not changed */
	size_t len;		/* at least 14 */
	size_t linear;		/* of these; the rest are fragments. From 14 to len */
	uint32_t rxq;
};

/* What the filter has done with a frame */
struct host_decision {
	uint32_t action;	/* XDP_... */
	uint32_t rule_id;	/* that decided; GXDP_ID_DEFAULT: none did */
	uint8_t *out;		/* the frame afterwards, for host_decision_free() */
	size_t out_len;
};

/* Make these the rules; no packet counted yet. @traced: packets leave records */
void host_filter_rules(const struct gx_tables *tables, bool traced);
void host_filter_free(void);

/* The whole filter; by xdp.frags if the frame has fragments */
void host_filter_run(const struct host_frame *frame, struct host_decision *d);
void host_decision_free(struct host_decision *d);

/* Packets that rule @id has counted since host_filter_rules() */
uint64_t host_filter_counted(uint32_t id);

/*
 * The parser alone: all words of the key, GXDP_WORDS_USED, and lanes. Returns enum
 * gxdp_family.
 */
uint32_t host_filter_parse(const struct host_frame *frame, __u64 *word,
			   __u64 *lanes);

/*
 * The short way alone. GXDP_FAMILY_OTHER if it leaves the frame to the parser;
 * else the family, and in @word and @lanes what it has read, zero what it does not.
 */
uint32_t host_filter_short(const struct host_frame *frame, __u64 *word,
			   __u64 *lanes);

/* Which sets an address is in, at second @now: bits. IPv4: upper half of the first. */
uint64_t host_filter_sets(bool v6, const uint64_t addr[2], uint32_t now);

#endif /* TEST_HOST_FILTER_H */
