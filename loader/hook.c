// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xdp/libxdp.h>

#include "hook.h"
#include "object.h"
#include "pins.h"

/* Before others, which then see only what is let through (50 is the usual) */
#define RUN_PRIORITY 10

static int collect_xdp(enum libxdp_print_level level, const char *fmt,
		       va_list ap)
{
	return object_log(level == LIBXDP_WARN ? LIBBPF_WARN :
			  level == LIBXDP_INFO ? LIBBPF_INFO : LIBBPF_DEBUG,
			  fmt, ap);
}

void hook_log_begin(void)
{
	object_log_begin();
	libxdp_set_print(collect_xdp);
	/* where `ip netns exec` has mounted a fresh /sys there is no bpffs */
	if (pins_bpffs())
		setenv(XDP_BPFFS_ENVVAR, pins_bpffs(), 0);
}

const char *hook_log(void)
{
	return object_log_text();
}

static void add_prog(struct hook *hook, const struct xdp_program *prog)
{
	struct hook_prog *p;

	if (!prog || hook->n == HOOK_PROGS_MAX)
		return;
	p = &hook->prog[hook->n++];
	p->id = xdp_program__id(prog);
	p->priority = xdp_program__run_prio(prog);
	p->frags = xdp_program__xdp_frags_support(prog);
	snprintf(p->name, sizeof(p->name), "%s", xdp_program__name(prog) ?: "?");
}

int hook_read(int ifindex, struct hook *hook)
{
	struct xdp_program *prog = NULL;
	struct xdp_multiprog *mp;
	long err;

	memset(hook, 0, sizeof(*hook));
	mp = xdp_multiprog__get_from_ifindex(ifindex);
	err = libxdp_get_error(mp);
	if (err == -ENOENT)
		return 0;
	if (err)
		return err;
	hook->native = xdp_multiprog__attach_mode(mp) == XDP_MODE_NATIVE;
	hook->frags = xdp_multiprog__xdp_frags_support(mp);
	hook->main_id = xdp_program__id(xdp_multiprog__main_prog(mp));
	if (xdp_multiprog__is_legacy(mp)) {
		hook->kind = HOOK_SINGLE;
		add_prog(hook, xdp_multiprog__main_prog(mp));
	} else {
		hook->kind = HOOK_DISPATCHER;
		while ((prog = xdp_multiprog__next_prog(prog, mp)))
			add_prog(hook, prog);
	}
	xdp_multiprog__close(mp);
	return 0;
}

int hook_add(int ifindex, struct bpf_object *obj, const char *section,
	     bool native)
{
	struct xdp_program *prog;
	int err;

	prog = xdp_program__from_bpf_obj(obj, section);
	err = libxdp_get_error(prog);
	if (err)
		return err;
	xdp_program__set_run_prio(prog, RUN_PRIORITY);
	err = xdp_program__attach(prog, ifindex, native ? XDP_MODE_NATIVE :
				  XDP_MODE_SKB, 0);
	/* does not close what it was given */
	xdp_program__close(prog);
	return err;
}

int hook_remove(int ifindex, __u32 id, bool native)
{
	struct xdp_program *prog = NULL;
	struct xdp_multiprog *mp;
	int err = -ENOENT;

	mp = xdp_multiprog__get_from_ifindex(ifindex);
	if (libxdp_get_error(mp))
		return libxdp_get_error(mp);
	while ((prog = xdp_multiprog__next_prog(prog, mp))) {
		if (xdp_program__id(prog) != id)
			continue;
		err = xdp_program__detach(prog, ifindex, native ?
					  XDP_MODE_NATIVE : XDP_MODE_SKB, 0);
		break;
	}
	xdp_multiprog__close(mp);
	return err;
}

int hook_take(int ifindex, int prog_fd, bool native, const char *path)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts,
		    .flags = native ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE);
	int fd, err = 0;

	fd = bpf_link_create(prog_fd, ifindex, BPF_XDP, &opts);
	if (fd < 0)
		return -errno;
	/* without the pin the hook is empty again when this process ends */
	if (bpf_obj_pin(fd, path))
		err = -errno;
	close(fd);
	return err;
}
