// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "tally.h"

unsigned int passed, failed;

void check(bool right, const char *fmt, ...)
{
	va_list ap;

	passed += right;
	failed += !right;
	if (right)
		return;
	printf("FAIL: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}
