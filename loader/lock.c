// SPDX-License-Identifier: GPL-2.0
/*
 * The lock is the name of a Unix socket in the abstract space: such names belong
 * to a network namespace, as devices do, and go with the process that has them,
 * however it ends.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gxdp.h"
#include "lock.h"
#include "netns.h"

static socklen_t lock_name(struct sockaddr_un *name, const char *what)
{
	socklen_t len;

	memset(name, 0, sizeof(*name));
	name->sun_family = AF_UNIX;
	/* sun_path[0] stays 0: that is what makes it abstract */
	len = snprintf(name->sun_path + 1, sizeof(name->sun_path) - 1,
		       "gxdp/%s", what);
	return len + offsetof(struct sockaddr_un, sun_path) + 1;
}

bool lock_is_taken(const char *what)
{
	struct sockaddr_un name;
	socklen_t len = lock_name(&name, what);
	bool taken;
	int fd;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return true;
	taken = bind(fd, (struct sockaddr *)&name, len) && errno == EADDRINUSE;
	close(fd);
	return taken;
}

int lock_take(const char *what)
{
	struct sockaddr_un name;
	socklen_t len = lock_name(&name, what);
	int fd, ret;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* fd stays open on purpose, until the process ends */
	if (fd >= 0 && !bind(fd, (struct sockaddr *)&name, len))
		return GX_OK;
	if (errno == EADDRINUSE) {
		ret = fail(GX_UNSAFE, "another gxdp is at work on %s", what);
		fail_hint("try again when it is done");
	} else {
		ret = fail(GX_FAILED, "cannot lock %s", what);
		fail_reason("%s", strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	return ret;
}

int lock_take_machine(const char *what)
{
	int init = netns_open_init();
	int back = init < 0 ? init : netns_switch(init);
	int ret;

	if (init >= 0)
		close(init);
	ret = lock_take(what);
	if (back >= 0)
		netns_switch_back(back);
	return ret;
}
