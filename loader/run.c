// SPDX-License-Identifier: GPL-2.0
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "run.h"

static int ms_left(int64_t end)
{
	int64_t left = end - clock_ms();

	return left > 0 ? left : 0;
}

static int poll_until(int fd, int64_t end)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int ret;

	do {
		ret = poll(&pfd, 1, ms_left(end));
	} while (ret < 0 && errno == EINTR);
	if (ret < 0)
		return -errno;
	return ret ? 0 : -ETIMEDOUT;
}

/* The child's wait status, or -errno; a child that does not end is killed */
static int reap(pid_t child, int64_t end)
{
	int pidfd, status, err;

	pidfd = syscall(SYS_pidfd_open, child, 0);
	if (pidfd < 0)
		return -errno;
	err = poll_until(pidfd, end);
	close(pidfd);
	if (err) {
		/* One stuck in the kernel stays; waiting for it would hang us. */
		kill(child, SIGKILL);
		waitpid(child, NULL, WNOHANG);
		return err;
	}
	if (waitpid(child, &status, 0) < 0)
		return -errno;
	return status;
}

/* A child's signals are as they were before we blocked any. */
static void unblock_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void read_all(int fd, char *out, size_t size,
		     int64_t end)
{
	char more[512];
	size_t used = 0;
	ssize_t len;

	while (!poll_until(fd, end)) {
		len = read(fd, more, sizeof(more));
		if (len <= 0)
			break;
		if ((size_t)len > size - 1 - used)
			len = size - 1 - used;
		memcpy(out + used, more, len);
		used += len;
	}
	out[used] = '\0';
}

void run_find_tools(void)
{
	static const char more[] = "/usr/local/sbin:/usr/sbin:/sbin";
	const char *path = getenv("PATH");
	char *both;

	if (!path || !path[0])
		path = "/usr/local/bin:/usr/bin:/bin";
	if (asprintf(&both, "%s:%s", path, more) < 0)
		return;
	setenv("PATH", both, 1);
	free(both);
}

int run_command(char *const argv[], int seconds, char *out, size_t size)
{
	int64_t end = clock_ms() + seconds * 1000LL;
	int pipefd[2];
	pid_t child;
	int status;

	if (out && pipe2(pipefd, O_CLOEXEC))
		return -errno;
	child = fork();
	if (!child) {
		unblock_signals();
		if (out) {
			dup2(pipefd[1], STDOUT_FILENO);
			dup2(pipefd[1], STDERR_FILENO);
		} else {
			dup2(STDERR_FILENO, STDOUT_FILENO);
		}
		execvp(argv[0], argv);
		_exit(127);
	}
	if (out)
		close(pipefd[1]);
	if (child > 0 && out)
		read_all(pipefd[0], out, size, end);
	if (out)
		close(pipefd[0]);
	if (child < 0)
		return -EAGAIN;
	status = reap(child, end);
	if (status < 0)
		return status;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static int write_file(const char *path, const char *text)
{
	int fd, err = 0;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	return err;
}

int run_write(const char *path, const char *text, int seconds)
{
	int64_t end = clock_ms() + seconds * 1000LL;
	pid_t child;
	int status;

	child = fork();
	if (child < 0)
		return -errno;
	/* an exit status holds any errno there is */
	if (!child)
		_exit(write_file(path, text));
	status = reap(child, end);
	if (status < 0)
		return status;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}
