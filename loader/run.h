/* SPDX-License-Identifier: GPL-2.0 */
/* Work that may hang, done in a child that is not waited for without end. */
#ifndef GXDP_RUN_H
#define GXDP_RUN_H

#include <stddef.h>

/* What run_command() runs is found also in the directories that a user's PATH may lack */
void run_find_tools(void);

/*
 * Run @argv, found in PATH; what it prints goes to @out (its first @size - 1
 * bytes), or to stderr if @out is NULL. Its exit status, or -errno: -ETIMEDOUT
 * after @seconds, when it has been killed.
 */
int run_command(char *const argv[], int seconds, char *out, size_t size);

/* Write @text to @path in a child: 0 or -errno, -ETIMEDOUT as above */
int run_write(const char *path, const char *text, int seconds);

#endif /* GXDP_RUN_H */
