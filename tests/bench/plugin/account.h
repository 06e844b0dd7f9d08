/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who pays for an instruction. Every task of the guest has a stack of brackets
 * (an interrupt, the softirq loop, __napi_poll, the driver's poll); an
 * instruction is charged to the innermost one, or, outside all of them, to the
 * application or its system calls.
 *
 * Whether a bracket is the business of the device under test shows only while
 * it runs: it is, once code of the driver under test has run in it. So a
 * bracket keeps its own tally until it closes, and the tally then goes to the
 * bracket's account or to ACC_OTHER.
 */
#ifndef GXDP_BENCH_ACCOUNT_H
#define GXDP_BENCH_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum account {
	ACC_OTHER,	/* injector, peer, idle, timers: never part of a figure */
	ACC_APP,	/* user mode of the application */
	ACC_SYSCALL,	/* kernel mode of the application, outside any bracket */
	ACC_POLL,	/* the poll function of the driver, and all it calls */
	ACC_NAPI,	/* the rest of __napi_poll */
	ACC_RXACTION,	/* the rest of net_rx_action */
	ACC_SOFTIRQ,	/* the rest of the softirq loop */
	ACC_IRQ,	/* interrupts, without the softirqs behind them */
	ACC_COUNT
};

/* A translation block: the guest code that starts at pc. */
struct block {
	struct block *next;
	uint64_t pc;
	uint8_t hook;
	bool in_driver;
	uint64_t runs[ACC_COUNT];
	uint64_t insns[ACC_COUNT];
};

#define USER_SPACE_END	(1ULL << 47)

static inline bool block_is_user(const struct block *block)
{
	return block->pc < USER_SPACE_END;
}

struct block *block_get(uint64_t pc);
void blocks_set_driver(uint64_t low, uint64_t high);

void account_open(enum account account, uint64_t ret_pc, uint64_t ret_sp);
void account_close(void);
bool account_returns_to(uint64_t pc);
uint64_t account_return_sp(void);
void account_drop_stale(void);

void account_enter_block(struct block *block);
bool account_poll_starts(const struct block *block);
void account_charge(struct block *block, uint64_t insns);
void account_charge_rep(uint64_t elements);

void account_switch_task(uint64_t prev, uint64_t next);
void account_mark_app(bool app);
void account_begin(void);
void account_end(FILE *out, const char *label);

#endif
