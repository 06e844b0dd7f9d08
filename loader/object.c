// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gxdp.h"
#include "object.h"

#ifndef GXDP_BPF_DIR
#define GXDP_BPF_DIR "/usr/local/lib/gxdp/bpf"
#endif

/* The end of what libbpf said: there the verifier gives its reason. */
static char libbpf_tail[1024];

int object_log(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	char line[4096];
	size_t have, len;

	if (level == LIBBPF_DEBUG && gx_options.verbose < 2)
		return 0;
	vsnprintf(line, sizeof(line), fmt, ap);
	if (gx_options.verbose)
		fputs(line, stderr);
	if (level != LIBBPF_WARN)
		return 0;

	len = strlen(line);
	have = strlen(libbpf_tail);
	if (len >= sizeof(libbpf_tail)) {
		memcpy(libbpf_tail, line + len - sizeof(libbpf_tail) + 1,
		       sizeof(libbpf_tail));
		return 0;
	}
	if (have + len >= sizeof(libbpf_tail)) {
		size_t cut = have + len + 1 - sizeof(libbpf_tail);

		memmove(libbpf_tail, libbpf_tail + cut, have - cut + 1);
		have -= cut;
	}
	memcpy(libbpf_tail + have, line, len + 1);
	return 0;
}

void object_log_begin(void)
{
	libbpf_set_print(object_log);
	libbpf_tail[0] = '\0';
}

const char *object_log_text(void)
{
	return libbpf_tail;
}

/* Where this very command was built, so that a build tree works uninstalled */
static void build_dir(char *dir, size_t size)
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	dir[0] = '\0';
	if (len < 0)
		return;
	exe[len] = '\0';
	snprintf(dir, size, "%.*s/../bpf", (int)(size - 16), dirname(exe));
}

static bool try_path(struct object *obj, const char *dir, const char *name,
		     const char *suffix)
{
	int len = snprintf(obj->path, sizeof(obj->path), "%s/%s%s", dir, name,
			   suffix);

	return len < (int)sizeof(obj->path) && !access(obj->path, F_OK);
}

/* "drop" is a short name; "drop.o" and "./drop" are files */
static bool is_path(const char *name)
{
	const char *dot = strrchr(name, '.');

	return strchr(name, '/') || (dot && !strcmp(dot, ".o"));
}

static bool find_short_name(struct object *obj, const char *name)
{
	const char *env = getenv("GXDP_BPF_DIR");
	char build[PATH_MAX];

	if (env && try_path(obj, env, name, ".bpf.o"))
		return true;
	build_dir(build, sizeof(build));
	return (build[0] && try_path(obj, build, name, ".bpf.o")) ||
	       try_path(obj, GXDP_BPF_DIR, name, ".bpf.o");
}

static int find_file(struct object *obj, const char *name)
{
	if (!is_path(name) && find_short_name(obj, name))
		return GX_OK;
	snprintf(obj->path, sizeof(obj->path), "%s", name);
	if (!access(name, F_OK))
		return GX_OK;
	if (is_path(name))
		fail(GX_NOT_FOUND, "there is no file %s", name);
	else
		fail(GX_NOT_FOUND, "there is no object %s, neither in %s nor here",
		     name, getenv("GXDP_BPF_DIR") ?: GXDP_BPF_DIR);
	fail_hint("give the path of a BPF object, or a name such as drop; GXDP_BPF_DIR says where those are");
	return GX_NOT_FOUND;
}

static bool in_section(const struct bpf_program *prog, const char *section)
{
	return !strcmp(bpf_program__section_name(prog), section);
}

static bool is_xdp(const struct bpf_program *prog)
{
	return bpf_program__type(prog) == BPF_PROG_TYPE_XDP;
}

static struct bpf_program *by_section(struct bpf_object *bpf,
				      const char *section)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, bpf)
		if (in_section(prog, section))
			return prog;
	return NULL;
}

static struct bpf_program *by_name(struct bpf_object *bpf, const char *name)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, bpf)
		if (!strcmp(bpf_program__name(prog), name))
			return prog;
	return NULL;
}

/* Nobody said which: xdp or xdp.frags as the MTU wants, else the only one */
static struct bpf_program *by_default(struct bpf_object *bpf, bool frags)
{
	struct bpf_program *prog, *only = NULL;

	prog = by_section(bpf, frags ? "xdp.frags" : "xdp");
	if (!prog)
		prog = by_section(bpf, frags ? "xdp" : "xdp.frags");
	if (prog)
		return prog;
	bpf_object__for_each_program(prog, bpf) {
		if (!is_xdp(prog))
			continue;
		if (only)
			return NULL;
		only = prog;
	}
	return only;
}

static void list_programs(struct bpf_object *bpf, char *list, size_t size)
{
	struct bpf_program *prog;
	size_t used = 0;

	list[0] = '\0';
	bpf_object__for_each_program(prog, bpf)
		if (used < size)
			used += snprintf(list + used, size - used, "%s%s (%s)",
					 used ? ", " : "",
					 bpf_program__name(prog),
					 bpf_program__section_name(prog));
}

static int choose_program(struct object *obj, const struct object_choice *c)
{
	char list[256];

	if (c->program)
		obj->prog = by_name(obj->bpf, c->program);
	else if (c->section)
		obj->prog = by_section(obj->bpf, c->section);
	else
		obj->prog = by_default(obj->bpf, c->want_frags);
	if (obj->prog)
		return GX_OK;

	list_programs(obj->bpf, list, sizeof(list));
	if (c->program || c->section)
		fail(GX_NOT_FOUND, "%s has no %s %s", obj->path,
		     c->program ? "program" : "section",
		     c->program ? c->program : c->section);
	else
		fail(GX_NOT_FOUND, "%s has no XDP program, or several and none in section xdp",
		     obj->path);
	if (list[0])
		fail_hint("choose by --prog or --sec from: %s", list);
	return GX_NOT_FOUND;
}

int object_find(const char *name, char *path, size_t size)
{
	struct object obj;
	int ret = find_file(&obj, name);

	if (!ret)
		snprintf(path, size, "%s", obj.path);
	return ret;
}

int object_open(struct object *obj, const struct object_choice *choice)
{
	struct bpf_program *prog;
	struct bpf_map *map;
	int ret;

	memset(obj, 0, sizeof(*obj));
	object_log_begin();
	ret = find_file(obj, choice->file);
	if (ret)
		return ret;
	obj->bpf = bpf_object__open_file(obj->path, NULL);
	if (!obj->bpf) {
		fail(GX_FAILED, "%s is no BPF object that can be read",
		     obj->path);
		fail_reason("%s", libbpf_tail[0] ? libbpf_tail : strerror(errno));
		fail_hint("compile it with clang -O2 -g -target bpf");
		return GX_FAILED;
	}
	ret = choose_program(obj, choice);
	if (ret)
		return ret;

	/* Only what is attached gets verified and loaded. */
	bpf_object__for_each_program(prog, obj->bpf)
		bpf_program__set_autoload(prog, prog == obj->prog);
	if (!is_xdp(obj->prog))
		bpf_program__set_type(obj->prog, BPF_PROG_TYPE_XDP);
	obj->frags = bpf_program__flags(obj->prog) & BPF_F_XDP_HAS_FRAGS ||
		     !strncmp(bpf_program__section_name(obj->prog),
			      "xdp.frags", strlen("xdp.frags"));
	if (choice->offload_ifindex) {
		bpf_program__set_ifindex(obj->prog, choice->offload_ifindex);
		bpf_object__for_each_map(map, obj->bpf)
			bpf_map__set_ifindex(map, choice->offload_ifindex);
	}
	return GX_OK;
}

int object_load(struct object *obj)
{
	libbpf_tail[0] = '\0';
	if (!bpf_object__load(obj->bpf))
		return GX_OK;
	if (errno == EPERM && geteuid()) {
		fail(GX_REFUSED, "loading a BPF program is not permitted");
		fail_hint("run gxdp as root");
		return GX_REFUSED;
	}
	fail(GX_REFUSED, "the kernel refuses to load %s of %s",
	     bpf_program__name(obj->prog), obj->path);
	fail_reason("%s", libbpf_tail[0] ? libbpf_tail : strerror(errno));
	if (obj->frags)
		fail_hint("-v shows the verifier's log; if it complains of a helper or of frags, try --sec xdp");
	else
		fail_hint("-v shows all the verifier's log");
	return GX_REFUSED;
}

void object_close(struct object *obj)
{
	bpf_object__close(obj->bpf);
	obj->bpf = NULL;
}
