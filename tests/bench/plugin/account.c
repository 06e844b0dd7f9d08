// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "account.h"

#define BUCKETS		(1U << 16)
#define TASKS		(1U << 12)
#define DEPTH		12

struct tally {
	uint64_t insns;
	uint64_t driver;	/* of those, in the driver's own text */
	uint64_t rep;		/* elements moved by REP string instructions */
};

struct frame {
	enum account account;
	bool ours;		/* the driver under test ran in it */
	uint64_t ret_pc;
	uint64_t ret_sp;
	struct tally tally;
};

struct task {
	uint64_t addr;		/* the guest's task_struct, 0: not known yet */
	bool app;
	unsigned int depth;
	struct frame frames[DEPTH];
};

static const char *const account_names[ACC_COUNT] = {
	[ACC_OTHER] = "other",
	[ACC_APP] = "app",
	[ACC_SYSCALL] = "syscall",
	[ACC_POLL] = "poll",
	[ACC_NAPI] = "napi",
	[ACC_RXACTION] = "rxaction",
	[ACC_SOFTIRQ] = "softirq",
	[ACC_IRQ] = "irq",
};

static struct block *buckets[BUCKETS];
static uint64_t driver_low, driver_high;

static struct task tasks[TASKS];
static struct task *current = &tasks[0];
static struct tally totals[ACC_COUNT];
static uint64_t opened[ACC_COUNT];	/* brackets of the driver under test */
static uint64_t stale;			/* of those, how many never closed */
static bool counting;

static bool in_driver(uint64_t pc)
{
	return pc >= driver_low && pc < driver_high;
}

struct block *block_get(uint64_t pc)
{
	struct block **bucket = &buckets[(pc ^ pc >> 16) % BUCKETS];
	struct block *block;

	for (block = *bucket; block; block = block->next)
		if (block->pc == pc)
			return block;

	block = calloc(1, sizeof(*block));
	if (!block) {
		fputs("insn: out of memory\n", stderr);
		abort();
	}
	block->pc = pc;
	block->in_driver = in_driver(pc);
	block->next = *bucket;
	*bucket = block;
	return block;
}

static void for_each_block(void (*fn)(struct block *block, void *data), void *data)
{
	struct block *block;
	unsigned int i;

	for (i = 0; i < BUCKETS; i++)
		for (block = buckets[i]; block; block = block->next)
			fn(block, data);
}

static void block_reclassify(struct block *block, void *data)
{
	(void)data;
	block->in_driver = in_driver(block->pc);
}

void blocks_set_driver(uint64_t low, uint64_t high)
{
	driver_low = low;
	driver_high = high;
	for_each_block(block_reclassify, NULL);
}

static struct frame *top(void)
{
	return current->depth ? &current->frames[current->depth - 1] : NULL;
}

static void tally_add(struct tally *to, const struct tally *from)
{
	to->insns += from->insns;
	to->driver += from->driver;
	to->rep += from->rep;
}

/* User mode with brackets still open: something unwound without returning. */
void account_drop_stale(void)
{
	for (; current->depth; current->depth--)
		stale += top()->ours;
}

void account_open(enum account account, uint64_t ret_pc, uint64_t ret_sp)
{
	struct frame *frame;

	if (current->depth == DEPTH)
		account_drop_stale();
	frame = &current->frames[current->depth++];
	memset(frame, 0, sizeof(*frame));
	frame->account = account;
	frame->ours = account == ACC_POLL;
	frame->ret_pc = ret_pc;
	frame->ret_sp = ret_sp;
}

/* From the driver's poll out to the softirq pass it ran in, and no further. */
static bool passes_ownership(enum account inner, enum account outer)
{
	return (inner == ACC_POLL && outer == ACC_NAPI) ||
	       (inner == ACC_NAPI && outer == ACC_RXACTION) ||
	       (inner == ACC_SOFTIRQ && outer == ACC_SOFTIRQ) ||
	       (inner == ACC_RXACTION && outer == ACC_SOFTIRQ);
}

void account_close(void)
{
	struct frame *frame = top();
	struct frame *outer;

	current->depth--;
	if (counting) {
		tally_add(&totals[frame->ours ? frame->account : ACC_OTHER],
			  &frame->tally);
		opened[frame->account] += frame->ours;
	}

	outer = top();
	if (outer && frame->ours && passes_ownership(frame->account, outer->account))
		outer->ours = true;
}

bool account_returns_to(uint64_t pc)
{
	return current->depth && top()->ret_pc == pc;
}

uint64_t account_return_sp(void)
{
	return top()->ret_sp;
}

/* The driver is first entered from __napi_poll at the start of its poll function. */
bool account_poll_starts(const struct block *block)
{
	return block->in_driver && current->depth && top()->account == ACC_NAPI;
}

void account_enter_block(struct block *block)
{
	struct frame *frame = top();

	if (block->in_driver && frame && frame->account == ACC_IRQ)
		frame->ours = true;
}

static enum account account_outside(const struct block *block)
{
	if (!current->app)
		return ACC_OTHER;
	return block_is_user(block) ? ACC_APP : ACC_SYSCALL;
}

void account_charge(struct block *block, uint64_t insns)
{
	struct frame *frame = top();
	enum account account;
	struct tally *tally;

	if (!counting)
		return;
	account = frame ? frame->account : account_outside(block);
	tally = frame ? &frame->tally : &totals[account];
	tally->insns += insns;
	if (block->in_driver)
		tally->driver += insns;

	if (frame && !frame->ours)
		account = ACC_OTHER;
	block->runs[account]++;
	block->insns[account] += insns;
}

void account_charge_rep(uint64_t elements)
{
	struct frame *frame = top();

	if (!counting)
		return;
	if (frame)
		frame->tally.rep += elements;
	else if (current->app)
		totals[ACC_SYSCALL].rep += elements;
}

static struct task *task_get(uint64_t addr)
{
	unsigned int i = (addr >> 6) % TASKS;
	unsigned int tries;

	for (tries = 0; tries < TASKS; tries++, i = (i + 1) % TASKS) {
		if (tasks[i].addr == addr)
			return &tasks[i];
		if (!tasks[i].addr && &tasks[i] != current) {
			tasks[i].addr = addr;
			return &tasks[i];
		}
	}
	fputs("insn: more tasks than the counter can follow\n", stderr);
	abort();
}

void account_switch_task(uint64_t prev, uint64_t next)
{
	/* The task that ran when the counter was armed had no name so far. */
	if (!current->addr) {
		struct task *named = task_get(prev);
		struct task unnamed = *current;

		memset(current, 0, sizeof(*current));
		*named = unnamed;
		named->addr = prev;
	}
	current = task_get(next);
}

void account_mark_app(bool app)
{
	current->app = app;
}

static void block_clear(struct block *block, void *data)
{
	(void)data;
	memset(block->runs, 0, sizeof(block->runs));
	memset(block->insns, 0, sizeof(block->insns));
}

void account_begin(void)
{
	unsigned int i, j;

	memset(totals, 0, sizeof(totals));
	memset(opened, 0, sizeof(opened));
	stale = 0;
	for (i = 0; i < TASKS; i++)
		for (j = 0; j < tasks[i].depth; j++)
			memset(&tasks[i].frames[j].tally, 0, sizeof(struct tally));
	for_each_block(block_clear, NULL);
	counting = true;
}

static uint64_t insns_still_open(void)
{
	uint64_t insns = 0;
	unsigned int i, j;

	for (i = 0; i < TASKS; i++)
		for (j = 0; j < tasks[i].depth; j++)
			if (tasks[i].frames[j].ours)
				insns += tasks[i].frames[j].tally.insns;
	return insns;
}

static void block_print(struct block *block, void *data)
{
	FILE *out = data;
	unsigned int i;

	for (i = ACC_OTHER + 1; i < ACC_COUNT; i++)
		if (block->insns[i])
			fprintf(out, "block\t%s\t%#lx\t%lu\t%lu\n", account_names[i],
				(unsigned long)block->pc,
				(unsigned long)block->runs[i],
				(unsigned long)block->insns[i]);
}

/* One record: a case line, its accounts, its blocks, a closing line. */
void account_end(FILE *out, const char *label)
{
	unsigned int i;

	counting = false;
	fprintf(out, "case\t%s\n", label);
	for (i = 0; i < ACC_COUNT; i++)
		fprintf(out, "account\t%s\t%lu\t%lu\t%lu\t%lu\n", account_names[i],
			(unsigned long)totals[i].insns,
			(unsigned long)totals[i].driver,
			(unsigned long)totals[i].rep,
			(unsigned long)opened[i]);
	fprintf(out, "open\t%lu\nstale\t%lu\n", (unsigned long)insns_still_open(),
		(unsigned long)stale);
	for_each_block(block_print, out);
	fprintf(out, "done\t%s\n", label);
	fflush(out);

	for (i = 0; i < TASKS; i++)
		tasks[i].app = false;
}
