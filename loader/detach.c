// SPDX-License-Identifier: GPL-2.0
/* gxdp detach: empty a device's XDP hook and clear away what was pinned. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "caps.h"
#include "datapath.h"
#include "gxdp.h"
#include "lock.h"
#include "owner.h"
#include "pins.h"
#include "words.h"
#include "xdp.h"

struct detach_args {
	struct words words;
	bool force;
};

static const struct argp_option options[] = {
	{ "force", 'f', NULL, 0, "Also a program gxdp did not attach, or rules whose device is in another network namespace", 0 },
	{}
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct detach_args *args = state->input;

	switch (key) {
	case 'f':
		args->force = true;
		return 0;
	case ARGP_KEY_ARG:
		words_take(&args->words, arg, state);
		return 0;
	case ARGP_KEY_END:
		words_need(&args->words, 0, true, "from which device? dev NAME", state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = gx_common_options,
	.args_doc = "dev NAME",
	.doc = "Take the rules or the XDP program off a device, and remove what is pinned for it."
	       "\vA device without a program is no error. See gxdp-detach(8).",
};

static void report_json(const struct link *link, __u32 id, enum xdp_mode mode)
{
	json_t *body;

	body = json_pack("{s:o, s:i, s:o}", "dev", text_json(link->name),
			 "ifindex", link->ifindex, "mode",
			 text_json(xdp_mode_name(mode)));
	json_object_set_new(body, "prog_id", id ? json_integer(id) : json_null());
	print_json(json_pack("{s:o}", "detached", body));
}

static void report(const struct link *link, __u32 id, enum xdp_mode mode)
{
	if (id)
		say("%s: program %u, in %s mode, detached", link->name, id,
		    xdp_mode_name(mode));
	else
		say("%s: no program attached", link->name);
	report_json(link, id, mode);
}

static int empty_hook(struct nl *nl, const struct link *link, __u32 id,
		      enum xdp_mode mode)
{
	int fd, err;

	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0) {
		err = errno;
		fail(GX_FAILED, "cannot get hold of program %u on %s", id,
		     link->name);
		fail_reason("%s", strerror(err));
		fail_hint(err == EPERM ? "run gxdp as root" :
			  "try again: it may just have been detached");
		return GX_FAILED;
	}
	err = xdp_exchange(nl, link->ifindex, mode, -1, fd);
	close(fd);
	if (!err)
		return GX_OK;
	fail(GX_REFUSED, "cannot detach program %u from %s", id, link->name);
	fail_reason("%s", nl_reason(nl, err));
	fail_hint("one attached by a bpf_link must be taken off by its owner");
	return GX_REFUSED;
}

static void report_rules(const struct link *link, __u32 id)
{
	json_t *body;

	body = json_pack("{s:o, s:i, s:b}", "dev", text_json(link->name),
			 "ifindex", link->ifindex, "rules", 1);
	json_object_set_new(body, "prog_id", id ? json_integer(id) : json_null());
	print_json(json_pack("{s:o}", "detached", body));
}

/*
 * Others stay in the hook. What is pinned for the device all the same was left by a
 * command that was killed before it had put its program there, or when that was off.
 */
static int leave_others(const struct link *link, struct pins *pins, __u32 id)
{
	if (access(pins->dir, F_OK) && access(pins->staged, F_OK)) {
		fail(GX_UNSAFE, "program %u on %s was not attached by gxdp", id,
		     link->name);
		fail_hint("gxdp detach --force dev %s takes it off all the same",
			  link->name);
		return GX_UNSAFE;
	}
	pins_remove(pins);
	say("%s: what was left pinned for it is taken away; program %u is not gxdp's, and stays (--force takes it off)",
	    link->name, id);
	report_json(link, 0, XDP_MODE_NONE);
	return GX_OK;
}

static int detach_link(struct nl *nl, const struct link *link,
		       const struct detach_args *args)
{
	struct pins pins, found;
	enum xdp_mode mode;
	bool ours;
	__u32 id;
	int ret;

	ret = pins_locate(&pins, link->name);
	if (ret)
		return ret;
	id = xdp_current(&link->xdp, &mode);
	found = pins;
	ours = id && pins_find(&found, id);
	if (id && !ours && !args->force)
		return leave_others(link, &pins, id);
	if (id) {
		ret = empty_hook(nl, link, id, mode);
		if (ret)
			return ret;
	}
	/* also what an attach left that was killed, or another tool's detach */
	pins_remove(&pins);
	if (ours)
		pins_remove(&found);
	report(link, id, mode);
	return GX_OK;
}

/* Rules that were applied: their program, their maps and pins */
static int remove_rules(struct datapath *d, const struct detach_args *args)
{
	enum xdp_mode mode;
	__u32 id, other;
	int ret;

	ret = datapath_remove(d, &id);
	if (ret)
		return ret;
	if (id) {
		say("%s: rules taken off (program %u)", d->link.name, id);
		report_rules(&d->link, id);
		return GX_OK;
	}
	say("%s: rules taken away; their program was not attached",
	    d->link.name);
	/* what is in the hook has nothing to do with them */
	other = xdp_current(&d->link.xdp, &mode);
	if (other && args->force)
		return detach_link(&d->nl, &d->link, args);
	if (other)
		say("%s: program %u is not gxdp's, and stays (--force takes it off)",
		    d->link.name, other);
	report_rules(&d->link, 0);
	return GX_OK;
}

/* --- a device that is gone ----------------------------------------------------------- */

/* That there is none, not only that it could not be seen */
static bool is_gone(const char *name)
{
	struct link link;
	struct nl nl;
	int err;

	if (!name[0] || strlen(name) >= IFNAMSIZ || strpbrk(name, "/:") ||
	    nl_open(&nl, NETLINK_ROUTE))
		return false;
	err = link_by_name(&nl, name, &link);
	nl_close(&nl);
	return err == -ENODEV;
}

/* @missing: what to end with if nothing is pinned, with fail() done */
static int remove_leftovers(const char *name, bool force, int missing)
{
	__u32 elsewhere = 0;
	char now[IFNAMSIZ];
	struct pins pins;
	bool linked;
	int ret;

	if (!is_gone(name) || !pins_locate_existing(&pins, name) ||
	    access(pins.dir, F_OK))
		return missing;
	ret = lock_take(name);
	if (ret)
		return ret;
	/* it was renamed, so that what is pinned by its old name is at work */
	if (owner_find(&pins, now)) {
		fail(GX_NOT_FOUND, "there is no device %s any more: what was pinned for it is at work on %s",
		     name, now);
		fail_hint("gxdp detach dev %s", now);
		return GX_NOT_FOUND;
	}
	/* without a link nobody can tell whether it is deleted, or only elsewhere */
	linked = datapath_link_ifindex(&pins, &elsewhere);
	if (!linked && !force) {
		fail(GX_UNSAFE, "there is no device %s here any more; if it is in another network namespace, its program is at work there",
		     name);
		fail_hint("--force takes away what is pinned for it, which a program at work would go on without");
		return GX_UNSAFE;
	}
	if (elsewhere && !force) {
		fail(GX_UNSAFE, "there is no device %s here any more: its rules are at work on device %u of another network namespace",
		     name, elsewhere);
		fail_hint("--force takes them off all the same");
		return GX_UNSAFE;
	}
	pins_remove(&pins);
	say("%s: the device is gone, and now what was pinned for it is too", name);
	/* no device has the number 0 */
	print_json(json_pack("{s:{s:o, s:i, s:n, s:o}}", "detached", "dev",
			     text_json(name), "ifindex", 0, "prog_id", "mode",
			     text_json("none")));
	return GX_OK;
}

int verb_detach(int argc, char **argv)
{
	struct detach_args args = {};
	struct datapath d;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	caps_keep(CAPS_ATTACH, false);
	/* takes the lock */
	ret = datapath_open(&d, args.words.dev, DATAPATH_DETACH);
	if (!ret && (d.dp || d.stale))
		ret = remove_rules(&d, &args);
	else if (!ret)
		ret = detach_link(&d.nl, &d.link, &args);
	else if (ret == GX_NOT_FOUND && !d.link.ifindex)
		ret = remove_leftovers(args.words.dev, args.force, ret);
	datapath_close(&d);
	return ret;
}
