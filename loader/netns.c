// SPDX-License-Identifier: GPL-2.0
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gxdp.h"
#include "netns.h"

#define NAMED_NETNS "/run/netns"

static pid_t parent_of(pid_t pid)
{
	char path[64], line[128];
	int parent = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	while (!parent && fgets(line, sizeof(line), f))
		if (sscanf(line, "PPid: %d", &parent) == 1)
			break;
	fclose(f);
	return parent;
}

static bool may_see(pid_t pid)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	return !stat(path, &st);
}

pid_t root_process(void)
{
	pid_t pid, last = getpid();

	if (may_see(1))
		return 1;
	for (pid = last; pid > 0 && may_see(pid); pid = parent_of(pid))
		last = pid;
	return last;
}

int netns_open_init(void)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", root_process());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int netns_open_self(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

ino_t netns_inode(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) ? 0 : st.st_ino;
}

bool netns_is_init(void)
{
	struct stat init;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", root_process());
	if (stat(path, &init))
		return true;
	return init.st_ino == netns_inode();
}

int netns_switch(int netns)
{
	int back = netns_open_self();

	if (back < 0)
		return back;
	if (setns(netns, CLONE_NEWNET)) {
		int err = -errno;

		close(back);
		return err;
	}
	return back;
}

void netns_switch_back(int back)
{
	if (setns(back, CLONE_NEWNET)) {
		/* Going on would configure somebody else's devices. */
		perror("gxdp: cannot return to the network namespace");
		abort();
	}
	close(back);
}

static bool search_one(int dir, const char *name, bool (*found)(void *arg),
		       void *arg)
{
	int fd, back;

	fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	back = netns_switch(fd);
	close(fd);
	if (back < 0)
		return false;
	if (found(arg)) {
		debug("working in the network namespace %s", name);
		close(back);
		return true;
	}
	netns_switch_back(back);
	return false;
}

bool netns_search(bool (*found)(void *arg), void *arg)
{
	DIR *dir = opendir(NAMED_NETNS);
	struct dirent *entry;
	bool hit = false;

	if (!dir)
		return false;
	while (!hit && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			hit = search_one(dirfd(dir), entry->d_name, found, arg);
	closedir(dir);
	return hit;
}
