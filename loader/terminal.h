/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_TERMINAL_H
#define GXDP_TERMINAL_H

#include <stdbool.h>

/* Is TERM known, and can it put text anywhere? Curses would end the process if not. */
bool terminal_has_screen(void);

#endif /* GXDP_TERMINAL_H */
