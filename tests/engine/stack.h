/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own packet filters with the rules of a ruleset, for the bench.
 *
 * BPF_PROG_TEST_RUN cannot run them. But with live frames it sends what an XDP program
 * lets pass on into the stack, as if a device had received it, in this thread: so
 * the program that puts the headers in their place feeds them. Of two devices one
 * has the rules and the other none, and both drop everything in the same hook; what
 * a packet costs more on the first is what the rules cost. Every rule drops, too,
 * whatever its verdict is: what passed would go on through the stack.
 */
#ifndef TEST_STACK_H
#define TEST_STACK_H

#include "../../loader/ruleset.h"

#define STACK_RULES_MAX	10000	/* above that, packets take a millisecond each */

enum stack_filter {
	STACK_NFT,		/* netdev family, ingress: as near to XDP as it goes */
	STACK_IPTABLES,		/* raw table, PREROUTING: the first hook there is */
	STACK_FILTERS
};

/*
 * NULL if @filter can be measured here, else why not. @prog: XDP program that makes an
 * IPv4 packet of a frame and lets it pass; @frame: such a frame, @len bytes.
 */
const char *stack_missing(enum stack_filter filter, int prog,
			  const void *frame, size_t len);

/* Give it these IPv4 rules, which ask for no more than the 5-tuple; 0 or -errno */
int stack_load(enum stack_filter filter, const struct gx_ruleset *rs);

/* Send @packets through the rules, or through none; 0 or -errno */
int stack_run(enum stack_filter filter, bool rules, int prog, const void *frame,
	      size_t len, uint32_t packets);

#endif /* TEST_STACK_H */
