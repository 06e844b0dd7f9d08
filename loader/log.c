// SPDX-License-Identifier: GPL-2.0
/* What the command says on the way, and how it prints its result. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gxdp.h"

bool gx_json_printed;
bool gx_json_failed;
static bool lines;		/* an object a line */

bool log_colour(void)
{
	return isatty(STDERR_FILENO) && !getenv("NO_COLOR");
}

/* Progress for people: with -j the result says it all */
void say(const char *fmt, ...)
{
	va_list ap;

	if (gx_options.json)
		return;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void warn(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%sgxdp: note:%s ", log_colour() ? "\033[33m" : "",
		log_colour() ? "\033[0m" : "");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void debug(const char *fmt, ...)
{
	va_list ap;

	if (!gx_options.verbose)
		return;
	fputs("gxdp: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void print_json(json_t *result)
{
	if (gx_options.json && result) {
		json_dumpf(result, stdout, lines ? JSON_COMPACT : JSON_INDENT(2));
		putchar('\n');
		gx_json_printed = !lines;
	}
	gx_json_failed |= gx_options.json && !result;
	json_decref(result);
}

void print_json_lines(void)
{
	lines = true;
}

void print_json_line(json_t *line)
{
	print_json(line);
	fflush(stdout);
}
