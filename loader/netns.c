// SPDX-License-Identifier: GPL-2.0
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gxdp.h"
#include "netns.h"

#define NAMED_NETNS "/run/netns"

/* Of the first PID namespace (PROC_PID_INIT_INO of linux/proc_ns.h) */
#define FIRST_PID_INODE	0xEFFFFFFCu
/* Since Linux 6.18 the first one has this number (NET_NS_INIT_INO of linux/nsfs.h) */
#define FIRST_INODE	0xEFFFFFF9u
/* Before that, numbers came from 0xF0000000 on, and the first one had this cookie */
#define FIRST_COOKIE	1

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE	71
#endif

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

static uint64_t netns_cookie(void)
{
	int sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(uint64_t);
	uint64_t cookie = 0;

	if (sock < 0)
		return 0;
	if (getsockopt(sock, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len))
		cookie = 0;
	close(sock);
	return cookie;
}

bool netns_is_first(void)
{
	struct stat st;

	/* where processes have the machine's numbers, process 1 is in it */
	if (!stat("/proc/self/ns/pid", &st) && st.st_ino == FIRST_PID_INODE)
		return netns_is_init();
	/* where inodes are fixed, the cookie 1 is of no network namespace */
	return netns_inode() == FIRST_INODE || netns_cookie() == FIRST_COOKIE;
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

/* netns_switch() to the one that the file @name in @dir stands for */
static int enter(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC), back;

	if (fd < 0)
		return -errno;
	back = netns_switch(fd);
	close(fd);
	return back;
}

static bool search_one(int dir, const char *name, bool (*found)(void *arg),
		       void *arg)
{
	int back = enter(dir, name);

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

/* Inodes of the namespaces that were looked into */
struct visited {
	ino_t *v;
	size_t n;
};

/* Once each; true also when it cannot be noted, since the search has to end */
static bool was_there(struct visited *visited, ino_t inode)
{
	ino_t *more;
	size_t i;

	for (i = 0; i < visited->n; i++)
		if (visited->v[i] == inode)
			return true;
	more = realloc(visited->v, (visited->n + 1) * sizeof(*more));
	if (!more)
		return true;
	visited->v = more;
	more[visited->n++] = inode;
	return false;
}

static bool visit(int dir, const char *name, struct visited *visited,
		  bool (*found)(void *arg), void *arg)
{
	struct stat st;
	bool hit;
	int back;

	if (fstatat(dir, name, &st, 0) || was_there(visited, st.st_ino))
		return false;
	back = enter(dir, name);
	if (back < 0)
		return false;
	hit = found(arg);
	netns_switch_back(back);
	return hit;
}

/* Those that @path/.../@below stand for */
static bool visit_all(const char *path, const char *below, struct visited *visited,
		      bool (*found)(void *arg), void *arg)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool hit = false;
	char name[300];

	if (!dir)
		return false;
	while (!hit && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s%s", entry->d_name, below);
		hit = visit(dirfd(dir), name, visited, found, arg);
	}
	closedir(dir);
	return hit;
}

bool netns_in_another(bool (*found)(void *arg), void *arg)
{
	struct visited visited = {};
	bool hit;

	was_there(&visited, netns_inode());
	hit = visit_all(NAMED_NETNS, "", &visited, found, arg) ||
	      visit_all("/proc", "/ns/net", &visited, found, arg);
	free(visited.v);
	return hit;
}
