/* SPDX-License-Identifier: GPL-2.0 */
/* BPF object files: finding, choosing a program in them, loading. */
#ifndef GXDP_OBJECT_H
#define GXDP_OBJECT_H

#include <bpf/libbpf.h>
#include <limits.h>
#include <stdarg.h>

/* What the user asked for; any member may be unset */
struct object_choice {
	const char *file;	/* a path, or a short name such as "drop" */
	const char *section;
	const char *program;
	bool want_frags;	/* of "xdp" and "xdp.frags" take the latter */
	int offload_ifindex;	/* device to compile for, or 0 */
};

struct object {
	char path[PATH_MAX];
	struct bpf_object *bpf;
	struct bpf_program *prog;
	bool frags;
};

/* Both return a gx_exit code, with fail() done. object_close() is always safe. */
int object_open(struct object *obj, const struct object_choice *choice);
int object_load(struct object *obj);
void object_close(struct object *obj);

/* Path of the object that "drop" or a file's name stands for; gx_exit code */
int object_find(const char *name, char *path, size_t size);

/*
 * What libbpf says goes to object_log() from object_log_begin() on, which keeps
 * the end of it for object_log_text(): there the kernel gives its reasons.
 */
void object_log_begin(void);
const char *object_log_text(void);
int object_log(enum libbpf_print_level level, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

#endif /* GXDP_OBJECT_H */
