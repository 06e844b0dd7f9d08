/* SPDX-License-Identifier: GPL-2.0 */
/* BPF object files: finding, choosing a program in them, loading. */
#ifndef GXDP_OBJECT_H
#define GXDP_OBJECT_H

#include <bpf/libbpf.h>
#include <limits.h>

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

#endif /* GXDP_OBJECT_H */
