// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "datapath.h"
#include "gxdp.h"
#include "netns.h"
#include "owner.h"

#define ASIDE_MAX 1000

struct search {
	const struct pins *pins;
	char name[IFNAMSIZ];
};

static bool look(const struct link *link, void *arg)
{
	struct search *search = arg;

	if (!link->xdp.attached || datapath_runs_pinned(link, search->pins) <= 0)
		return true;
	memcpy(search->name, link->name, sizeof(search->name));
	return false;
}

bool owner_find(const struct pins *pins, char name[IFNAMSIZ])
{
	struct search search = { .pins = pins };
	struct nl nl;

	if (nl_open(&nl, NETLINK_ROUTE))
		return false;
	link_for_each(&nl, look, &search);
	nl_close(&nl);
	memcpy(name, search.name, sizeof(search.name));
	return name[0];
}

static bool is_at_work(void *arg)
{
	char name[IFNAMSIZ];

	return owner_find(arg, name);
}

static bool is_here(int ifindex)
{
	struct link link;
	struct nl nl;
	int err;

	if (nl_open(&nl, NETLINK_ROUTE))
		return false;
	err = link_by_index(&nl, ifindex, &link);
	nl_close(&nl);
	return !err;
}

bool owner_is_other(const struct link *link, const struct pins *pins)
{
	struct pins these = *pins;
	struct store_owner was;
	__u32 held;

	/* what cannot be seen stays whose it was by name */
	if (access(pins->dir, F_OK) || datapath_runs_pinned(link, pins))
		return false;
	if (datapath_link_ifindex(pins, &held))
		return held;
	if (!store_owner(pins, &was) && was.netns == netns_inode()) {
		if (was.ifindex == link->ifindex)
			return false;
		if (is_here(was.ifindex))
			return true;
	}
	return is_at_work(&these) || netns_in_another(is_at_work, &these);
}

/* What nobody can use any more: the device whose hook its link held is gone */
static bool is_dead(const struct pins *pins)
{
	__u32 held;

	return datapath_link_ifindex(pins, &held) && !held;
}

int owner_make_way(const struct link *link, const struct pins *pins)
{
	struct pins theirs = *pins, aside;
	unsigned int n;
	int err = -EEXIST;

	for (n = 1; err == -EEXIST && n < ASIDE_MAX; n++) {
		if (!pins_aside(pins, n, &aside)) {
			err = -ENAMETOOLONG;
			break;
		}
		if (is_dead(&aside))
			pins_remove(&aside);
		if (access(aside.dir, F_OK))
			err = pins_move(&theirs, &aside);
	}
	if (!err) {
		debug("the pins of the device that was %s before are %s now",
		      link->name, pins_shown(aside.dir));
		return GX_OK;
	}
	fail(GX_UNSAFE, "the rules of another device, which was %s before, are pinned at %s",
	     link->name, pins_shown(pins->dir));
	fail_reason("they cannot be moved aside: %s", strerror(-err));
	fail_hint("gxdp detach them by that device's name, in its network namespace");
	return GX_UNSAFE;
}
