// SPDX-License-Identifier: GPL-2.0
/*
 * insnctl: tell the instruction counter, from inside the guest, what to bracket
 * and when to count.
 *
 *	insnctl hooks MODULE	bracket the kernel's receive path; MODULE is the
 *				driver under test
 *	insnctl begin		count from zero
 *	insnctl end LABEL	stop, and have the result written out as LABEL
 *	insnctl selftest	have a loop of a known length counted, as "selftest",
 *				so that who reads the results can judge the counter
 *
 * Exit codes: 0 done, 1 a symbol is missing or unreadable, 2 wrong usage.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mark.h"

#define MODULE_TAIL	(64UL << 10)	/* no driver function is longer */

struct wanted {
	const char *hook;
	const char *symbol;	/* a trailing * matches any ending */
	bool optional;
	unsigned int found;
};

static struct wanted wanted[] = {
	{ .hook = "switch",   .symbol = "__switch_to" },
	{ .hook = "irq",      .symbol = "asm_common_interrupt" },
	{ .hook = "irq",      .symbol = "asm_spurious_interrupt", .optional = true },
	{ .hook = "sysvec",   .symbol = "asm_sysvec_*" },
	{ .hook = "rxaction", .symbol = "net_rx_action" },
	{ .hook = "napi",     .symbol = "__napi_poll" },
	/* the softirq loop has one name up to 6.9 and another, called by it, since */
	{ .hook = "softirq",  .symbol = "__do_softirq" },
	{ .hook = "softirq",  .symbol = "handle_softirqs", .optional = true },
	/* a busy poller calls the driver itself */
	{ .hook = "napi",     .symbol = "napi_busy_loop" },
	{ .hook = "napi",     .symbol = "__napi_busy_loop", .optional = true },
};

#define N_WANTED (sizeof(wanted) / sizeof(wanted[0]))

struct text_range {
	unsigned long low;
	unsigned long last;	/* where its last function starts */
	unsigned long high;
};

static void tell(const char *format, const char *name, unsigned long a,
		 unsigned long b)
{
	char line[INSN_MARK_MAX];

	if (name)
		snprintf(line, sizeof(line), format, name, a);
	else
		snprintf(line, sizeof(line), format, a, b);
	insn_mark(line);
}

/* Compilers append .isra.0, .constprop.1 and the like to a function's name. */
static bool symbol_matches(const char *symbol, const char *pattern)
{
	size_t len = strcspn(pattern, "*");

	if (strncmp(symbol, pattern, len))
		return false;
	return pattern[len] == '*' || !symbol[len] || symbol[len] == '.';
}

static void hook_symbol(unsigned long addr, const char *symbol)
{
	unsigned int i;

	for (i = 0; i < N_WANTED; i++) {
		if (!symbol_matches(symbol, wanted[i].symbol))
			continue;
		tell("hook %s %lx", wanted[i].hook, addr, 0);
		wanted[i].found++;
		return;
	}
}

/* For each symbol of the running kernel: address, type, name, module or "". */
static int for_each_symbol(void (*fn)(unsigned long addr, char type,
				      const char *name, const char *module,
				      void *data), void *data)
{
	char line[512], name[384], module[64], type;
	unsigned long addr;
	FILE *file;

	file = fopen("/proc/kallsyms", "r");
	if (!file) {
		fprintf(stderr, "insnctl: cannot read /proc/kallsyms: %s\n",
			strerror(errno));
		return -1;
	}
	while (fgets(line, sizeof(line), file)) {
		module[0] = '\0';
		if (sscanf(line, "%lx %c %383s [%63[^]]]", &addr, &type, name, module) >= 3)
			fn(addr, type, name, module, data);
	}
	fclose(file);
	return 0;
}

struct search {
	const char *module;
	struct text_range *text;
};

static void visit_hook_or_text(unsigned long addr, char type, const char *name,
			       const char *module, void *data)
{
	struct search *search = data;

	if (type != 't' && type != 'T')
		return;
	if (!*module) {
		hook_symbol(addr, name);
	} else if (!strcmp(module, search->module)) {
		if (addr < search->text->low)
			search->text->low = addr;
		if (addr > search->text->last)
			search->text->last = addr;
	}
}

/* The driver's text ends at the latest where the next symbol of anyone starts. */
static void visit_text_end(unsigned long addr, char type, const char *name,
			   const char *module, void *data)
{
	struct search *search = data;

	(void)type;
	(void)name;
	(void)module;
	if (addr > search->text->last && addr < search->text->high)
		search->text->high = addr;
}

static int check_found(const struct search *search)
{
	unsigned int i;

	for (i = 0; i < N_WANTED; i++) {
		if (wanted[i].found || wanted[i].optional)
			continue;
		fprintf(stderr, "insnctl: this kernel has no function %s; without it the %s account is empty. Find its present name and add it to tests/bench/insnctl.c.\n",
			wanted[i].symbol, wanted[i].hook);
		return -1;
	}
	if (!search->text->last) {
		fprintf(stderr, "insnctl: no code of a module \"%s\" here; load it first (as root, with kptr_restrict 0 or 1)\n",
			search->module);
		return -1;
	}
	return 0;
}

static int set_hooks(const char *module)
{
	struct text_range text = { .low = ~0UL };
	struct search search = { .module = module, .text = &text };

	if (for_each_symbol(visit_hook_or_text, &search) || check_found(&search))
		return 1;
	text.high = text.last + MODULE_TAIL;
	if (for_each_symbol(visit_text_end, &search))
		return 1;
	tell("dut %lx %lx", NULL, text.low, text.high);
	return 0;
}

/* Two instructions a turn; results.py knows the number of turns. */
static void count_known_loop(void)
{
	unsigned long turns = 100000;

	insn_mark("begin");
	insn_mark("app");
	asm volatile("1: dec %0\n\tjnz 1b" : "+r"(turns) : : "cc");
	insn_mark("rest");
	insn_mark("end selftest");
}

static int usage(void)
{
	fputs("usage: insnctl hooks MODULE | begin | end LABEL | selftest\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	char line[INSN_MARK_MAX];

	if (argc == 3 && !strcmp(argv[1], "hooks"))
		return set_hooks(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "selftest")) {
		count_known_loop();
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "begin"))
		strcpy(line, "begin");
	else if (argc == 3 && !strcmp(argv[1], "end") && strlen(argv[2]) < 64)
		snprintf(line, sizeof(line), "end %s", argv[2]);
	else
		return usage();
	insn_mark(line);
	return 0;
}
