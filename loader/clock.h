/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_CLOCK_H
#define GXDP_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds of a clock that nobody sets, for deadlines */
static inline int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif /* GXDP_CLOCK_H */
