// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/net_namespace.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netns.h"
#include "uppers.h"

#define TRIES 10	/* of a dump that is disturbed */

struct uppers {
	const struct link *link;
	int home;		/* link's namespace */
	int home_id;		/* its number in the one that is asked */
	char *names;
	size_t size;
	int err;		/* the first */
};

static void add_name(struct uppers *u, const char *name, const char *where)
{
	size_t used = strlen(u->names);

	snprintf(u->names + used, u->size - used, "%s%s%s", used ? ", " : "", name,
		 where);
}

static bool note_here(const struct link *link, void *arg)
{
	struct uppers *u = arg;

	if ((link->lower == u->link->ifindex && !link->lower_elsewhere &&
	     link->ifindex != u->link->ifindex) ||
	    link->ifindex == u->link->master)
		add_name(u, link->name, "");
	return true;
}

static bool note_elsewhere(const struct link *link, void *arg)
{
	struct uppers *u = arg;

	if (link->lower == u->link->ifindex && link->lower_elsewhere &&
	    link->lower_netns == u->home_id)
		add_name(u, link->name, " (in another network namespace)");
	return true;
}

/* A disturbed dump is asked for again, and what it gave is forgotten */
static int dump(struct nl *nl, struct uppers *u,
		bool (*note)(const struct link *link, void *arg))
{
	size_t used = strlen(u->names);
	int tries, err = -EINTR;

	for (tries = 0; tries < TRIES && err == -EINTR; tries++) {
		u->names[used] = '\0';
		err = link_for_each(nl, note, u);
	}
	return err;
}

static int read_id(const struct nlmsghdr *nlh, void *data)
{
	struct uppers *u = data;
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWNSID)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(struct rtgenmsg))
		if (mnl_attr_get_type(attr) == NETNSA_NSID)
			u->home_id = (int)mnl_attr_get_u32(attr);
	return MNL_CB_OK;
}

/* Home's number in this namespace; NETNSA_NSID_NOT_ASSIGNED if nothing here refers to it */
static int find_home(struct nl *nl, struct uppers *u)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = nl_request(buf, RTM_GETNSID, 0);

	u->home_id = NETNSA_NSID_NOT_ASSIGNED;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct rtgenmsg));
	mnl_attr_put_u32(nlh, NETNSA_FD, u->home);
	return nl_talk(nl, nlh, read_id, u);
}

/* Called in each other namespace */
static bool ask(void *arg)
{
	struct uppers *u = arg;
	struct nl nl;
	int err;

	err = nl_open(&nl, NETLINK_ROUTE);
	if (!err) {
		err = find_home(&nl, u);
		if (!err && u->home_id != NETNSA_NSID_NOT_ASSIGNED)
			err = dump(&nl, u, note_elsewhere);
		nl_close(&nl);
	}
	if (!u->err)
		u->err = err;
	return false;
}

int uppers_find(const struct link *link, char *names, size_t size)
{
	struct uppers u = { .link = link, .names = names, .size = size };
	struct nl nl;

	names[0] = '\0';
	u.err = nl_open(&nl, NETLINK_ROUTE);
	if (u.err)
		return u.err;
	u.err = dump(&nl, &u, note_here);
	nl_close(&nl);
	if (u.err)
		return u.err;
	u.home = netns_open_self();
	if (u.home < 0)
		return u.home;
	netns_in_another(ask, &u);
	close(u.home);
	return u.err;
}
