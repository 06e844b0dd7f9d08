/* SPDX-License-Identifier: GPL-2.0 */
/* Checks of a test program of hundreds: only what is wrong is worth a line. */
#ifndef TEST_TALLY_H
#define TEST_TALLY_H

#include <stdbool.h>

extern unsigned int passed, failed;	/* so far */

/* Counts it; says what is wrong unless @right. */
void check(bool right, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif /* TEST_TALLY_H */
