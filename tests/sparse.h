/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For sparse alone, before any header of the kernel: what headers of 7.3 use and
 * Debian's sparse (0.6.4) does not know. tests/check includes it.
 */
#define __typeof_unqual__	__typeof__
/* In MODULE_INFO()'s static assertion, of string literals. */
#define __builtin_strlen(s)	(sizeof(s) - 1)
