// SPDX-License-Identifier: GPL-2.0
/*
 * libxdp pins each dispatcher it makes in a directory of its own, before it attaches
 * it, and takes the directory away of the one it replaced when that is done. One of us
 * who is killed between leaves a directory whose programs nobody runs, or some of what
 * is in one; or the link by which libxdp tries what the kernel can do.
 */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "dispatchers.h"
#include "engine/engine.h"
#include "gxdp.h"
#include "pins.h"

/* As libxdp names it and what is in it, below the bpffs */
#define DIRECTORY	"xdp"
#define DISPATCHER	"dispatch-%d-%u%n"
#define PROG_SUFFIX	"-prog"
#define LINK_SUFFIX	"-link"
#define TRIAL_PREFIX	"prog-test-link-"

static bool ends_in(const char *name, const char *suffix)
{
	size_t len = strlen(name), end = strlen(suffix);

	return len > end && !strcmp(name + len - end, suffix);
}

/* The program of a pinned link: libxdp pins each link before its program */
static int prog_of_link(const char *file)
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);
	int link, fd = -1;

	link = bpf_obj_get(file);
	if (link < 0)
		return -1;
	if (!bpf_obj_get_info_by_fd(link, &info, &len))
		fd = bpf_prog_get_fd_by_id(info.prog_id);
	close(link);
	return fd;
}

static int open_prog(const char *path, const char *name)
{
	char file[2 * PATH_MAX];

	snprintf(file, sizeof(file), "%s/%s", path, name);
	if (ends_in(name, PROG_SUFFIX))
		return gx_pin_open(file, true);
	return ends_in(name, LINK_SUFFIX) ? prog_of_link(file) : -1;
}

/*
 * Whether one of the programs in @path is ours. Devices are numbered in each network
 * namespace anew, and bpffs is the same in all: a number alone tells nothing.
 */
static bool is_ours(const char *path, bool (*ours)(int prog_fd, void *arg), void *arg)
{
	struct dirent *entry;
	bool hit = false;
	DIR *dir;
	int fd;

	dir = opendir(path);
	while (dir && !hit && (entry = readdir(dir))) {
		fd = open_prog(path, entry->d_name);
		if (fd < 0)
			continue;
		hit = ours(fd, arg);
		close(fd);
	}
	if (dir)
		closedir(dir);
	return hit;
}

static void clean(DIR *dir, const char *root, int ifindex, __u32 runs,
		  bool (*ours)(int prog_fd, void *arg), void *arg)
{
	char path[PATH_MAX];
	struct dirent *entry;
	unsigned int id;
	int number, end;

	while ((entry = readdir(dir))) {
		/* comes and goes under libxdp's lock, which is ours now: nobody's */
		if (!strncmp(entry->d_name, TRIAL_PREFIX, strlen(TRIAL_PREFIX))) {
			debug("%s is left of a trial of libxdp's, and goes", entry->d_name);
			unlinkat(dirfd(dir), entry->d_name, 0);
			continue;
		}
		end = 0;
		if (sscanf(entry->d_name, DISPATCHER, &number, &id, &end) != 2 ||
		    entry->d_name[end] || number != ifindex || id == runs)
			continue;
		snprintf(path, sizeof(path), "%.700s/%.250s", root, entry->d_name);
		/* before its first pin, or behind the last, there is nobody to ask */
		if (!rmdir(path) || !is_ours(path, ours, arg))
			continue;
		debug("%s is a dispatcher's that runs no more, and goes", path);
		pins_remove_files(path);
		rmdir(path);
	}
}

void dispatchers_clean(int ifindex, __u32 runs, bool (*ours)(int prog_fd, void *arg),
		       void *arg)
{
	const char *bpffs = pins_bpffs();
	char root[PATH_MAX / 4];
	DIR *dir;

	if (!bpffs)
		return;
	snprintf(root, sizeof(root), "%s/" DIRECTORY, bpffs);
	dir = opendir(root);
	if (!dir)
		return;
	/* libxdp's own lock: who has it may be about to attach what is pinned */
	if (!flock(dirfd(dir), LOCK_EX | LOCK_NB))
		clean(dir, root, ifindex, runs, ours, arg);
	closedir(dir);
}
