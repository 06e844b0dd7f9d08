// SPDX-License-Identifier: GPL-2.0
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/engine.h"
#include "gxdp.h"
#include "netns.h"
#include "pins.h"
#include "xdp.h"

#define BPFFS		"/sys/fs/bpf"
#define PROG_PIN	"prog"
#define FRAGS_PROG_PIN	"prog_frags"

static bool is_bpffs(const char *path)
{
	struct statfs st;

	return !statfs(path, &st) && (unsigned long)st.f_type == BPF_FS_MAGIC;
}

/* 0 or -errno */
static int mount_bpffs(void)
{
	return mount("bpf", BPFFS, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		     "mode=0700") ? -errno : 0;
}

/* Exit status: the errno of what failed, which fits */
static int mount_there(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNS))
		return errno;
	return -mount_bpffs();
}

/*
 * In a child, since a process cannot come back from another mount namespace.
 * 0 or -errno.
 */
static int mount_in_namespace_of(pid_t pid)
{
	pid_t child = fork();
	int status;

	if (!child)
		_exit(mount_there(pid));
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

static bool other_mount_namespace(pid_t pid)
{
	struct stat here, there;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	return !stat("/proc/self/ns/mnt", &here) && !stat(path, &there) &&
	       here.st_ino != there.st_ino;
}

/*
 * bpffs is per mount namespace, and `ip netns exec` runs a command in one of
 * its own, with a fresh /sys: what is pinned there is gone when the command
 * ends. So if there is no bpffs here, use the machine's, or none. 0 or -errno;
 * *@away: it is for a namespace other than ours.
 */
static int bpffs_root(char *root, size_t size, bool may_mount, bool *away)
{
	pid_t pid;
	int err;

	*away = false;
	snprintf(root, size, "%s", BPFFS);
	if (is_bpffs(root))
		return 0;
	pid = root_process();
	*away = other_mount_namespace(pid);
	if (!*away)
		return may_mount ? mount_bpffs() : -ENOENT;
	snprintf(root, size, "/proc/%d/root%s", pid, BPFFS);
	if (is_bpffs(root))
		return 0;
	err = may_mount ? mount_in_namespace_of(pid) : -ENOENT;
	if (err)
		return err;
	return is_bpffs(root) ? 0 : -EACCES;
}

const char *pins_bpffs(void)
{
	static char root[64];
	bool away;

	if (!root[0] && bpffs_root(root, sizeof(root), true, &away))
		root[0] = '\0';
	return root[0] ? root : NULL;
}

static void dir_name(char *out, size_t size, const char *dev)
{
	size_t used = 0;

	for (; *dev && used + 3 < size; dev++) {
		if (*dev == '.')
			used += snprintf(out + used, size - used, "::");
		else
			out[used++] = *dev;
	}
	out[used] = '\0';
	if (!netns_is_first())
		snprintf(out + used, size - used, ":ns%lu",
			 (unsigned long)netns_inode());
}

const char *pins_shown(const char *path)
{
	const char *shown = strstr(path, BPFFS);

	return shown ? shown : path;
}

/* Where a new set is pinned first. False: too long */
static bool name_staged(struct pins *pins)
{
	int len = snprintf(pins->staged, sizeof(pins->staged), "%.1000s:new", pins->dir);

	return len < (int)sizeof(pins->staged);
}

static void name_dirs(struct pins *pins, const char *root, const char *dev)
{
	char name[64];

	dir_name(name, sizeof(name), dev);
	snprintf(pins->dir, sizeof(pins->dir), "%s/gxdp/%s", root, name);
	name_staged(pins);
}

bool pins_locate_existing(struct pins *pins, const char *dev)
{
	char root[64];
	bool away;

	if (bpffs_root(root, sizeof(root), false, &away))
		return false;
	name_dirs(pins, root, dev);
	return true;
}

int pins_locate(struct pins *pins, const char *dev)
{
	char root[64];
	bool away;
	int err;

	err = bpffs_root(root, sizeof(root), true, &away);
	if (!err) {
		name_dirs(pins, root, dev);
		return GX_OK;
	}
	fail(GX_FAILED, "no BPF file system at %s, and it cannot be mounted",
	     away ? BPFFS " outside of this mount namespace" : BPFFS);
	fail_reason("%s", strerror(-err));
	if (geteuid())
		fail_hint("run gxdp as root");
	else if (away)
		fail_hint("mount -t bpf bpf " BPFFS ", in the first mount namespace: in this one pins could be gone when the command ends");
	else
		fail_hint("mount -t bpf bpf " BPFFS);
	return GX_FAILED;
}

/* A set is two levels deep: its own files and those in maps/ */
void pins_remove_files(const char *path)
{
	struct dirent *entry;
	DIR *dir = opendir(path);

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
}

static void remove_set(const char *path)
{
	char maps[PATH_MAX];

	snprintf(maps, sizeof(maps), "%s/maps", path);
	pins_remove_files(maps);
	rmdir(maps);
	pins_remove_files(path);
	rmdir(path);
}

void pins_remove(struct pins *pins)
{
	remove_set(pins->staged);
	remove_set(pins->dir);
}

void pins_drop_staged(struct pins *pins)
{
	remove_set(pins->staged);
}

int pins_make_root(const struct pins *pins)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", pins->dir);
	*strrchr(path, '/') = '\0';
	if (!mkdir(path, 0700) || errno == EEXIST)
		return GX_OK;
	fail(GX_FAILED, "cannot make %s", path);
	fail_reason("%s", strerror(errno));
	return GX_FAILED;
}

static int make_dirs(const struct pins *pins)
{
	char path[PATH_MAX];
	char *slash;

	/* the parent, /sys/fs/bpf/gxdp, may be there */
	snprintf(path, sizeof(path), "%s", pins->staged);
	slash = strrchr(path, '/');
	*slash = '\0';
	if (mkdir(path, 0700) && errno != EEXIST)
		return -errno;
	*slash = '/';
	if (mkdir(path, 0700))
		return -errno;
	strcat(path, "/maps");
	return mkdir(path, 0700) ? -errno : 0;
}

static int pin_all(const struct pins *pins, const struct object *obj)
{
	char path[PATH_MAX];
	struct bpf_map *map;
	int err;

	err = make_dirs(pins);
	if (err)
		return err;
	bpf_object__for_each_map(map, obj->bpf) {
		/* .rodata and the like: libbpf's, not the user's */
		if (bpf_map__is_internal(map) || bpf_map__fd(map) < 0)
			continue;
		snprintf(path, sizeof(path), "%s/maps/%s", pins->staged,
			 bpf_map__name(map));
		if (bpf_obj_pin(bpf_map__fd(map), path))
			return -errno;
	}
	snprintf(path, sizeof(path), "%s/%s", pins->staged,
		 obj->frags ? FRAGS_PROG_PIN : PROG_PIN);
	return bpf_obj_pin(bpf_program__fd(obj->prog), path) ? -errno : 0;
}

int pins_stage(struct pins *pins, const struct object *obj)
{
	int err;

	/* left by a gxdp that was killed here */
	remove_set(pins->staged);
	err = pin_all(pins, obj);
	if (!err)
		return GX_OK;
	remove_set(pins->staged);
	fail(GX_FAILED, "cannot pin the program below %s", pins->staged);
	fail_reason("%s", strerror(-err));
	fail_hint("is another gxdp at work on this device? if not, remove that directory");
	return GX_FAILED;
}

int pins_commit(struct pins *pins)
{
	remove_set(pins->dir);
	return rename(pins->staged, pins->dir) ? -errno : 0;
}

static __u32 pinned_id(const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct xdp_prog prog;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = gx_pin_open(path, true);
	if (fd < 0)
		return 0;
	if (xdp_prog_info_fd(fd, &prog))
		prog.id = 0;
	close(fd);
	return prog.id;
}

__u32 pins_prog_id(const struct pins *pins, bool *frags)
{
	__u32 id = pinned_id(pins->dir, PROG_PIN);

	*frags = false;
	if (id)
		return id;
	id = pinned_id(pins->dir, FRAGS_PROG_PIN);
	*frags = id;
	return id;
}

void pins_recover(struct pins *pins, __u32 running)
{
	struct pins aside;
	bool frags;

	memcpy(aside.dir, pins->staged, sizeof(aside.dir));
	if (running && pins_prog_id(&aside, &frags) == running)
		pins_commit(pins);
}

/* Try all directories beside that of @pins until @is_it says yes to one */
static bool search(struct pins *pins,
		   bool (*is_it)(const struct pins *other, void *arg), void *arg)
{
	char root[sizeof(pins->dir)];
	struct dirent *entry;
	struct pins other;
	bool hit = false;
	DIR *dir;

	snprintf(root, sizeof(root), "%s", pins->dir);
	*strrchr(root, '/') = '\0';
	dir = opendir(root);
	if (!dir)
		return false;
	while (!hit && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(other.dir, sizeof(other.dir), "%.700s/%.250s", root,
			 entry->d_name);
		name_staged(&other);
		hit = is_it(&other, arg);
		if (hit)
			*pins = other;
	}
	closedir(dir);
	return hit;
}

static bool has_prog(const struct pins *pins, void *arg)
{
	bool frags;

	return pins_prog_id(pins, &frags) == *(__u32 *)arg;
}

bool pins_find(struct pins *pins, __u32 id)
{
	return has_prog(pins, &id) || search(pins, has_prog, &id);
}

struct wanted_map {
	const char *name;
	bool (*is_it)(int fd, void *arg);
	void *arg;
};

static bool has_map(const struct pins *pins, void *arg)
{
	const struct wanted_map *wanted = arg;
	char path[PATH_MAX];
	bool is;
	int fd;

	snprintf(path, sizeof(path), "%s/maps/%s", pins->dir, wanted->name);
	fd = gx_pin_open(path, true);
	if (fd < 0)
		return false;
	is = wanted->is_it(fd, wanted->arg);
	close(fd);
	return is;
}

bool pins_find_map(struct pins *pins, const char *map,
		   bool (*is_it)(int fd, void *arg), void *arg)
{
	struct wanted_map wanted = { map, is_it, arg };

	return search(pins, has_map, &wanted);
}

bool pins_aside(const struct pins *pins, unsigned int n, struct pins *aside)
{
	int len = snprintf(aside->dir, sizeof(aside->dir), "%s:was%u", pins->dir, n);

	return name_staged(aside) && len < (int)sizeof(aside->dir);
}

int pins_move(struct pins *pins, const struct pins *to)
{
	if (rename(pins->dir, to->dir))
		return -errno;
	*pins = *to;
	return 0;
}

void pins_each_map(const struct pins *pins,
		   void (*each)(const char *name, const char *path, void *arg),
		   void *arg)
{
	char path[PATH_MAX], file[2 * PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/maps", pins->dir);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		each(entry->d_name, file, arg);
	}
	closedir(dir);
}
