// SPDX-License-Identifier: GPL-2.0
/*
 * The lock is one on an open file, which goes with the process that has it,
 * however it ends. The files are where only root can have them open: a lock that
 * anybody could hold would let anybody keep the administrator out. They stay,
 * empty: one that is deleted could be held twice.
 *
 * Devices are a network namespace's, so the name of a file has its inode number.
 * /run is the same in all namespaces that `ip netns exec` makes.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "gxdp.h"
#include "lock.h"
#include "netns.h"

#define RUN_DIR		"/run/gxdp"
#define LOCK_DIR	RUN_DIR "/lock"

#define NAME_LEN	96

#define WAIT_MS		10000	/* for a lock that is held for milliseconds */
#define LOOK_MS		10	/* no call waits for a lock of this kind so long and no longer */

static void device_name(char name[NAME_LEN], const char *what)
{
	snprintf(name, NAME_LEN, "%lu-%s", (unsigned long)netns_inode(), what);
}

static int make_dirs(void)
{
	if (mkdir(RUN_DIR, 0755) && errno != EEXIST)
		return -errno;
	if (mkdir(LOCK_DIR, 0700) && errno != EEXIST)
		return -errno;
	return 0;
}

/* An fd of the directory, or -errno: -EPERM if it is not root's alone */
static int open_dir(void)
{
	struct stat st;
	int dir, err = 0;

	dir = open(LOCK_DIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	if (fstat(dir, &st))
		err = -errno;
	else if (st.st_uid || st.st_mode & 022)
		err = -EPERM;
	if (!err)
		return dir;
	close(dir);
	return err;
}

static int open_lock(const char *name, int flags)
{
	int dir = open_dir(), fd;

	if (dir < 0)
		return dir;
	fd = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = -errno;
	close(dir);
	return fd;
}

/* The fd that has the lock, -EAGAIN if somebody else's has, or -errno */
static int take(const char *name)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int err = make_dirs();
	int fd = err ? err : open_lock(name, O_RDWR | O_CREAT);

	if (fd < 0 || !fcntl(fd, F_OFD_SETLK, &whole))
		return fd;
	err = errno == EACCES ? -EAGAIN : -errno;
	close(fd);
	return err;
}

static int cannot_lock(const char *what, int err)
{
	bool refused = err == -EACCES || err == -EPERM;
	enum gx_exit code = refused && geteuid() ? GX_REFUSED : GX_FAILED;

	fail(code, "cannot lock %s", what);
	fail_reason(LOCK_DIR ": %s", strerror(-err));
	if (code == GX_REFUSED)
		fail_hint("run gxdp as root");
	else if (refused)
		fail_hint("that directory has to be root's alone, with the mode 0700");
	else
		fail_hint("/run has to be there and writable, for that is where gxdp keeps its locks");
	return code;
}

static int take_or_fail(const char *name, const char *what)
{
	int fd = take(name);

	/* it stays open on purpose, until the process ends */
	if (fd >= 0)
		return GX_OK;
	if (fd != -EAGAIN)
		return cannot_lock(what, fd);
	fail(GX_UNSAFE, "another gxdp is at work on %s", what);
	fail_hint("try again when it is done");
	return GX_UNSAFE;
}

bool lock_is_taken(const char *what)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char name[NAME_LEN];
	bool taken;
	int fd;

	device_name(name, what);
	fd = open_lock(name, O_RDONLY);
	if (fd < 0)
		return fd != -ENOENT;
	taken = fcntl(fd, F_OFD_GETLK, &whole) || whole.l_type != F_UNLCK;
	close(fd);
	return taken;
}

int lock_take(const char *what)
{
	char name[NAME_LEN];

	device_name(name, what);
	return take_or_fail(name, what);
}

static void machine_name(char name[NAME_LEN], const char *what)
{
	snprintf(name, NAME_LEN, "machine-%s", what);
}

int lock_wait_machine(const char *what)
{
	const struct timespec look = { .tv_nsec = LOOK_MS * 1000000 };
	int64_t deadline = clock_ms() + WAIT_MS;
	char name[NAME_LEN];
	int fd;

	machine_name(name, what);
	for (;;) {
		fd = take(name);
		if (fd != -EAGAIN)
			return fd;
		if (clock_ms() >= deadline)
			return -EBUSY;
		nanosleep(&look, NULL);
	}
}

int lock_take_machine(const char *what)
{
	char name[NAME_LEN];

	machine_name(name, what);
	return take_or_fail(name, what);
}
