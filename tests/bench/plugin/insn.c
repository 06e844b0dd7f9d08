// SPDX-License-Identifier: GPL-2.0
/*
 * A TCG plugin that counts guest instructions per account (see account.h).
 *
 *	-plugin insn.so,out=FILE
 *
 * Each instruction adds one to a counter in generated code; at each block's
 * start the difference goes to the account of the block that just ran. What to
 * bracket, and when to count, the guest says (see ../mark.h).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "qemu_plugin_api.h"
#define INSN_MARK_NO_CALL
#include "../mark.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_API_LEVEL;
QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
					   const qemu_info_t *info,
					   int argc, char **argv);

enum hook {
	HOOK_NONE,
	HOOK_SWITCH,
	HOOK_IRQ,
	HOOK_SYSVEC,
	HOOK_SOFTIRQ,
	HOOK_RXACTION,
	HOOK_NAPI,
};

static const char *const hook_names[] = {
	[HOOK_SWITCH] = "switch",
	[HOOK_IRQ] = "irq",
	[HOOK_SYSVEC] = "sysvec",
	[HOOK_SOFTIRQ] = "softirq",
	[HOOK_RXACTION] = "rxaction",
	[HOOK_NAPI] = "napi",
};

enum reg { RCX, RSI, RDI, RSP, REGS };

static const char *const reg_names[REGS] = { "rcx", "rsi", "rdi", "rsp" };
static struct qemu_plugin_register *regs[REGS];

static struct qemu_plugin_scoreboard *score;
static uint64_t *executed;		/* counted up by the generated code */
static uint64_t charged;		/* how much of it has been charged */
static struct block *last;		/* the block that ran before this one */
static bool armed;			/* the guest has set hooks */
static FILE *out;

static GByteArray *scratch;

static uint64_t read_reg(enum reg reg)
{
	uint64_t value = 0;

	g_byte_array_set_size(scratch, 0);
	if (!regs[reg] || qemu_plugin_read_register(regs[reg], scratch) < 8)
		return 0;
	memcpy(&value, scratch->data, sizeof(value));
	return value;
}

static uint64_t read_u64(uint64_t addr)
{
	uint64_t value = 0;

	if (qemu_plugin_read_memory_vaddr(addr, scratch, sizeof(value)))
		memcpy(&value, scratch->data, sizeof(value));
	return value;
}

/* A bracket around a function: it closes at the return address. */
static void open_function(enum account account)
{
	uint64_t sp = read_reg(RSP);

	account_open(account, read_u64(sp), sp + 8);
}

/* A bracket around an interrupt: it closes where IRET goes. */
static void open_interrupt(unsigned int pushed)
{
	uint64_t frame = read_reg(RSP) + 8 * pushed;

	account_open(ACC_IRQ, read_u64(frame), read_u64(frame + 24));
}

static void run_hook(enum hook hook)
{
	switch (hook) {
	case HOOK_SWITCH:
		account_switch_task(read_reg(RDI), read_reg(RSI));
		break;
	case HOOK_IRQ:
		open_interrupt(1);
		break;
	case HOOK_SYSVEC:
		open_interrupt(0);
		break;
	case HOOK_SOFTIRQ:
		open_function(ACC_SOFTIRQ);
		break;
	case HOOK_RXACTION:
		open_function(ACC_RXACTION);
		break;
	case HOOK_NAPI:
		open_function(ACC_NAPI);
		break;
	case HOOK_NONE:
		break;
	}
}

static void charge_last(void)
{
	if (last)
		account_charge(last, *executed - charged);
	charged = *executed;
}

static void on_block(unsigned int vcpu, void *udata)
{
	struct block *block = udata;

	(void)vcpu;
	if (!armed)
		return;

	charge_last();
	last = block;
	while (account_returns_to(block->pc) &&
	       read_reg(RSP) == account_return_sp())
		account_close();
	if (block_is_user(block)) {
		account_drop_stale();
		return;
	}

	if (block->hook)
		run_hook(block->hook);
	else if (account_poll_starts(block))
		open_function(ACC_POLL);
	account_enter_block(block);
}

static bool is_rep_string(struct qemu_plugin_insn *insn)
{
	uint8_t code[4] = { 0 };
	size_t len = qemu_plugin_insn_data(insn, code, sizeof(code));
	size_t i = 1;

	if (len < 2 || (code[0] != 0xf3 && code[0] != 0xf2))
		return false;
	if ((code[i] & 0xf0) == 0x40)	/* REX */
		i++;
	return code[i] == 0xa4 || code[i] == 0xa5 ||	/* MOVS */
	       code[i] == 0xaa || code[i] == 0xab;	/* STOS */
}

/*
 * The emulator leaves a long REP now and then to look for interrupts, and
 * enters it again: that is one instruction to the guest, and so it is here.
 */
static void on_rep(unsigned int vcpu, void *udata)
{
	static uint64_t rep_pc, rep_at;
	uint64_t pc = (uint64_t)udata;

	(void)vcpu;
	if (!armed)
		return;
	if (pc == rep_pc && *executed - rep_at == 1) {
		--*executed;
		return;
	}
	rep_pc = pc;
	rep_at = *executed;
	account_charge_rep(read_reg(RCX));
}

static enum hook hook_by_name(const char *name)
{
	enum hook hook;

	for (hook = HOOK_SWITCH; hook <= HOOK_NAPI; hook++)
		if (!strcmp(name, hook_names[hook]))
			return hook;
	return HOOK_NONE;
}

static void run_line(const char *line)
{
	unsigned long low, high;
	char name[64];

	if (sscanf(line, "hook %63s %lx", name, &low) == 2) {
		block_get(low)->hook = hook_by_name(name);
		armed = true;
	} else if (sscanf(line, "dut %lx %lx", &low, &high) == 2) {
		blocks_set_driver(low, high);
	} else if (!strcmp(line, "app")) {
		account_mark_app(true);
	} else if (!strcmp(line, "rest")) {
		account_mark_app(false);
	} else if (!strcmp(line, "begin")) {
		account_begin();
	} else if (sscanf(line, "end %63s", name) == 1) {
		account_end(out, name);
	} else {
		fprintf(stderr, "insn: the guest said \"%s\", which means nothing here\n",
			line);
	}
}

static void on_mark(unsigned int vcpu, void *udata)
{
	uint64_t text = read_reg(RDI);
	uint64_t len = read_reg(RSI);
	char line[INSN_MARK_MAX + 1];

	(void)vcpu;
	(void)udata;
	if (len > INSN_MARK_MAX || !qemu_plugin_read_memory_vaddr(text, scratch, len)) {
		fputs("insn: cannot read the line the guest pointed at\n", stderr);
		return;
	}
	memcpy(line, scratch->data, len);
	line[len] = '\0';
	run_line(line);
}

static bool is_mark(struct qemu_plugin_insn *insn)
{
	static const uint8_t nopl[] = { 0x0f, 0x1f, 0x80 };
	uint32_t magic = INSN_MARK_MAGIC;
	uint8_t code[7];

	return qemu_plugin_insn_data(insn, code, sizeof(code)) == sizeof(code) &&
	       !memcmp(code, nopl, sizeof(nopl)) &&
	       !memcmp(code + sizeof(nopl), &magic, sizeof(magic));
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	qemu_plugin_u64 counter = { .score = score, .offset = 0 };
	struct block *block = block_get(qemu_plugin_tb_vaddr(tb));
	size_t n = qemu_plugin_tb_n_insns(tb);
	size_t i;

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_R_REGS,
					     block);
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn,
				QEMU_PLUGIN_INLINE_ADD_U64, counter, 1);
		if (is_mark(insn))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark,
					QEMU_PLUGIN_CB_R_REGS, NULL);
		else if (is_rep_string(insn))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_rep,
					QEMU_PLUGIN_CB_R_REGS,
					(void *)qemu_plugin_insn_vaddr(insn));
	}
}

static void on_vcpu_init(qemu_plugin_id_t id, unsigned int vcpu)
{
	qemu_plugin_reg_descriptor *desc;
	GArray *array;
	unsigned int i, reg;

	(void)id;
	executed = qemu_plugin_scoreboard_find(score, vcpu);
	array = qemu_plugin_get_registers();
	desc = (qemu_plugin_reg_descriptor *)array->data;
	for (i = 0; i < array->len; i++)
		for (reg = 0; reg < REGS; reg++)
			if (!strcmp(desc[i].name, reg_names[reg]))
				regs[reg] = desc[i].handle;
	g_array_free(array, 1);

	for (reg = 0; reg < REGS; reg++)
		if (!regs[reg])
			fprintf(stderr, "insn: this QEMU does not show register %s; use QEMU 10\n",
				reg_names[reg]);
}

static void on_exit_close(qemu_plugin_id_t id, void *udata)
{
	(void)id;
	(void)udata;
	fclose(out);
}

static int open_output(int argc, char **argv)
{
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fputs("insn: say where to write: -plugin insn.so,out=FILE\n", stderr);
		return -1;
	}
	out = fopen(argv[0] + 4, "w");
	if (!out) {
		fprintf(stderr, "insn: cannot write %s: %s\n", argv[0] + 4,
			strerror(errno));
		return -1;
	}
	return 0;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info,
			int argc, char **argv)
{
	if (!info->system_emulation || strcmp(info->target_name, "x86_64") ||
	    info->system.smp_vcpus != 1) {
		fputs("insn: counts on an x86-64 machine with one CPU only; add -smp 1\n",
		      stderr);
		return -1;
	}
	if (open_output(argc, argv))
		return -1;

	scratch = g_byte_array_new();
	score = qemu_plugin_scoreboard_new(sizeof(uint64_t));
	qemu_plugin_register_vcpu_init_cb(id, on_vcpu_init);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	qemu_plugin_register_atexit_cb(id, on_exit_close, NULL);
	return 0;
}
