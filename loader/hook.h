/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device's XDP hook shared with others by libxdp's dispatcher, or taken by a
 * bpf_link. Apart from xdp.h, whose names for the modes libxdp has too.
 */
#ifndef GXDP_HOOK_H
#define GXDP_HOOK_H

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>

#define HOOK_PROGS_MAX 10	/* a dispatcher has no more */

enum hook_kind {
	HOOK_EMPTY,
	HOOK_DISPATCHER,
	HOOK_SINGLE,		/* one program, no dispatcher */
};

struct hook_prog {
	__u32 id;
	char name[32];
	unsigned int priority;
	bool frags;
};

struct hook {
	enum hook_kind kind;
	bool native;
	bool frags;		/* of the whole */
	__u32 main_id;		/* the dispatcher, or the single program */
	struct hook_prog prog[HOOK_PROGS_MAX];
	unsigned int n;
};

/* What is in the hook now; 0 or -errno */
int hook_read(int ifindex, struct hook *hook);

/*
 * Put the program of @obj (opened, not loaded) in @section behind the
 * dispatcher, which is made if there is none. 0 or -errno; hook_log() has the
 * words of the driver, the kernel or libxdp.
 */
int hook_add(int ifindex, struct bpf_object *obj, const char *section,
	     bool native);
/* Take program @id out from behind the dispatcher; the others stay */
int hook_remove(int ifindex, __u32 id, bool native);

/* Take the whole hook by a bpf_link pinned at @path */
int hook_take(int ifindex, int prog_fd, bool native, const char *path);

/* libbpf and libxdp speak into this from now on, until it is read */
void hook_log_begin(void);
const char *hook_log(void);

#endif /* GXDP_HOOK_H */
