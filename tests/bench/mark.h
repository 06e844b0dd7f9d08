/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a program in the guest talks to the instruction counter outside it: it
 * executes a long no-op whose displacement is a magic number, with the address
 * and length of a line of text in RDI and RSI. On a machine without the
 * counter this does nothing. The plugin matches the same bytes.
 *
 *	hook switch ADDR	__switch_to: the task changes (RDI to RSI)
 *	hook irq ADDR		an interrupt's entry, vector number on the stack
 *	hook sysvec ADDR	an interrupt's entry, nothing pushed yet
 *	hook softirq|rxaction|napi ADDR
 *				a function whose duration is accounted to that
 *	dut LOW HIGH		the text of the driver under test
 *	app			the calling task is the application
 *	rest			the application is idle until it says app again
 *	begin			start counting from zero
 *	end LABEL		stop, write the result out under LABEL
 */
#ifndef GXDP_BENCH_MARK_H
#define GXDP_BENCH_MARK_H

#define INSN_MARK_MAGIC		0x47584450	/* "PDXG" in memory */
#define INSN_MARK_MAX		256		/* longest line */

#ifndef INSN_MARK_NO_CALL
#include <string.h>

static inline void insn_mark(const char *line)
{
	/* nopl MAGIC(%rax), spelt out so that no assembler shortens it */
	asm volatile(".byte 0x0f, 0x1f, 0x80\n\t.long %c2"
		     : /* no output */
		     : "D"(line), "S"(strlen(line)), "i"(INSN_MARK_MAGIC)
		     : "memory");
}
#endif

#endif
