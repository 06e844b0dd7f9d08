/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_ENGINE_ERROR_H
#define GXDP_ENGINE_ERROR_H

#include "engine.h"

/* Fill @err and return @code, which is -errno. @err may be NULL. */
int gx_error_set(struct gx_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void gx_error_reason(struct gx_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void gx_error_hint(struct gx_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* GXDP_ENGINE_ERROR_H */
