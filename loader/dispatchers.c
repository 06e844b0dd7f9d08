// SPDX-License-Identifier: GPL-2.0
/*
 * libxdp pins each dispatcher it makes in a directory of its own, before it attaches
 * it, and takes the directory away of the one it replaced when that is done. One of us
 * who is killed between leaves a directory whose programs nobody runs.
 */
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

static bool is_prog(const char *name)
{
	size_t len = strlen(name), end = strlen(PROG_SUFFIX);

	return len > end && !strcmp(name + len - end, PROG_SUFFIX);
}

/*
 * Whether one of the programs in @path is ours. Devices are numbered in each network
 * namespace anew, and bpffs is the same in all: a number alone tells nothing.
 */
static bool is_ours(const char *path, bool (*ours)(int prog_fd, void *arg), void *arg)
{
	char file[2 * PATH_MAX];
	struct dirent *entry;
	bool hit = false;
	DIR *dir;
	int fd;

	dir = opendir(path);
	while (dir && !hit && (entry = readdir(dir))) {
		if (!is_prog(entry->d_name))
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		fd = gx_pin_open(file, true);
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
		end = 0;
		if (sscanf(entry->d_name, DISPATCHER, &number, &id, &end) != 2 ||
		    entry->d_name[end] || number != ifindex || id == runs)
			continue;
		snprintf(path, sizeof(path), "%.700s/%.250s", root, entry->d_name);
		if (!is_ours(path, ours, arg))
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
