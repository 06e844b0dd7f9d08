/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_LOCK_H
#define GXDP_LOCK_H

#include <stdbool.h>

/*
 * Be the only gxdp at work on @what (a device in this network namespace, or what
 * is done with one: "NAME:trace") until the process ends. gx_exit code.
 */
int lock_take(const char *what);
/* Whether somebody is, now. To ask takes nothing, so it is in nobody's way. */
bool lock_is_taken(const char *what);
/* The same as lock_take(), for what is the machine's: a PCI address */
int lock_take_machine(const char *what);
/*
 * The machine's lock of @what for a short piece of work, waited for some seconds: a
 * descriptor, to be closed when that is done. -EBUSY: somebody has it still, or -errno.
 */
int lock_wait_machine(const char *what);

#endif /* GXDP_LOCK_H */
