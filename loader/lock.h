/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_LOCK_H
#define GXDP_LOCK_H

#include <stdbool.h>

/*
 * Be the only gxdp at work on @what (a device in this network namespace, or a
 * PCI address) until the process ends. gx_exit code.
 */
int lock_take(const char *what);
/* Whether somebody is, now */
bool lock_is_taken(const char *what);
/* The same as lock_take(), for what is the machine's and not a namespace's */
int lock_take_machine(const char *what);

#endif /* GXDP_LOCK_H */
