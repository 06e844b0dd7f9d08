/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the program "engine" share: one datapath, frames, a rule to fill in */
#ifndef TEST_CHECKS_H
#define TEST_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gxdp/tables.h>

#include "../../loader/engine/engine.h"
#include "../tally.h"

extern struct gx_dp *dp;

/* What gx_compile() or gx_dp_install() says */
int install(const struct gx_ruleset *rs, struct gx_error *err);
void must_install(const struct gx_ruleset *rs, const char *what);

/* Of both ends of a frame: destination, source */
extern const uint8_t macs[12];

/*
 * Into @f, of 128 bytes: 60 bytes of IP behind the Ethernet header, with a TCP SYN from port
 * 0x1234 to 80, whatever @proto says it is. Addresses are numbers, for IPv6 the last byte of
 * the destination. Returns the length, 74 or 94.
 */
size_t ipv4_frame(uint8_t *f, uint8_t proto, uint32_t src, uint32_t dst);
size_t ipv6_frame(uint8_t *f, uint8_t proto, uint8_t last);

/* One frame through the program. Returns the XDP action; @out, if given, has the rest. */
uint32_t run(uint8_t *frame, size_t len, struct gx_run *out);

/* Monotonic, in nanoseconds */
uint64_t now_ns(void);

/* Rules of one rule, and one set */
extern struct gx_rule rule;
extern struct gx_set set;
extern struct gx_ruleset rules;

/* Make it: @verdict for every packet, default pass, no set */
void one_rule(enum gx_verdict verdict);

void test_adversarial(void);
void test_limits(void);
void test_changes(void);
void test_chunks(void);

#endif /* TEST_CHECKS_H */
