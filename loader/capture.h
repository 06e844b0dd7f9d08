/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Captures, by libpcap. Its headers and the kernel's for BPF have structs of the
 * same names, so that this is the only file that sees them.
 */
#ifndef GXDP_CAPTURE_H
#define GXDP_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

#define CAPTURE_FRAME_MAX 65535

struct capture;

struct capture_frame {
	const void *data;
	size_t len;		/* captured */
	bool cut;		/* there was more on the wire */
	const void *head;	/* libpcap's, for capture_write() */
};

/* Frames of @in; @out, if not NULL, is made. A gx_exit code, with fail() done */
int capture_open(const char *in, const char *out, struct capture **capture);
/* 1, 0 at the end, or -1 with fail() done */
int capture_next(struct capture *c, struct capture_frame *frame);
/* @data, with the time of @frame */
void capture_write(struct capture *c, const struct capture_frame *frame,
		   const void *data, size_t len);
/* A gx_exit code: writing may fail at last. NULL is no error. */
int capture_close(struct capture *c);

#endif /* GXDP_CAPTURE_H */
