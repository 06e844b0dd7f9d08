/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_LOCK_H
#define GXDP_LOCK_H

/*
 * Be the only gxdp at work on @what (a device in this network namespace, or a
 * PCI address) until the process ends. gx_exit code.
 */
int lock_take(const char *what);
/* The same, for what is the machine's and not a namespace's */
int lock_take_machine(const char *what);

#endif /* GXDP_LOCK_H */
