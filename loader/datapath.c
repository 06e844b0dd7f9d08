// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "datapath.h"
#include "devinfo.h"
#include "dispatchers.h"
#include "gxdp.h"
#include "hook.h"
#include "lock.h"
#include "object.h"
#include "owner.h"
#include "rulefile.h"
#include "tracelock.h"
#include "xdp.h"

#define OBJECT		"gxdp"
#define LINK_PIN	"link"
#define SINGLE_BUFFER_MTU 1500
#define READ_TRIES	20

static int not_applied(const struct datapath *d)
{
	fail(GX_NOT_FOUND, "no rules are applied on %s", d->link.name);
	fail_hint("gxdp apply FILE dev %s", d->link.name);
	return GX_NOT_FOUND;
}

static __u32 map_id(int fd)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);

	return fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) ? 0 : info.id;
}

static bool has_map(const struct xdp_prog *prog, __u32 current)
{
	__u32 i;

	for (i = 0; i < prog->nr_maps; i++)
		if (prog->map_ids[i] == current)
			return true;
	return false;
}

/* A program is ours that looks up its rules in our maps, whatever its name */
static bool uses_map(__u32 prog_id, __u32 current)
{
	struct xdp_prog prog;

	return current && !xdp_prog_info(prog_id, &prog) && has_map(&prog, current);
}

/* The map of what is pinned there, also if this version cannot open the rest */
static __u32 pinned_current(const struct pins *pins)
{
	char path[PATH_MAX];
	__u32 id;
	int fd;

	snprintf(path, sizeof(path), "%s/maps/current", pins->dir);
	fd = pins->dir[0] ? gx_pin_open(path, true) : -1;
	id = map_id(fd);
	if (fd >= 0)
		close(fd);
	return id;
}

static __u32 current_id(struct datapath *d)
{
	return d->dp ? map_id(gx_dp_map_fd(d->dp, "current")) :
		       pinned_current(&d->pins);
}

/* The program in @hook that looks into that map; NULL: none */
static const struct hook_prog *user_of(const struct hook *hook, __u32 current)
{
	unsigned int i;

	for (i = 0; i < hook->n; i++)
		if (uses_map(hook->prog[i].id, current))
			return &hook->prog[i];
	return NULL;
}

static bool in_hook(int map_fd, void *arg)
{
	return user_of(arg, map_id(map_fd));
}

/* From any pins of its place: those of the rules whose program is in @link's hook */
static bool find_running(const struct link *link, struct pins *pins)
{
	struct hook hook;

	hook_log_begin();
	return !hook_read(link->ifindex, &hook) && hook.n &&
	       pins_find_map(pins, "current", in_hook, &hook);
}

/*
 * A device may have another name than when rules were applied to it, and another
 * device that name: they are known by the program in its hook. Who may change things
 * moves the pins. *@mine: there may be some for this device.
 */
static int find_pins(struct datapath *d, bool may_move, bool *mine)
{
	bool other = owner_is_other(&d->link, &d->pins);
	struct pins named = d->pins;
	bool found;
	int ret;

	*mine = true;
	if (!other && !access(named.dir, F_OK))
		return GX_OK;
	found = find_running(&d->link, &d->pins);
	*mine = found || !other;
	if (!may_move)
		return GX_OK;
	ret = other ? owner_make_way(&d->link, &named) : GX_OK;
	if (!ret && found && pins_move(&d->pins, &named))
		debug("the pins stay below %s", d->pins.dir);
	return ret;
}

bool datapath_pins_of(const struct link *link, struct pins *pins)
{
	return pins_locate_existing(pins, link->name) && find_running(link, pins);
}

int datapath_runs_pinned(const struct link *link, const struct pins *pins)
{
	__u32 current = pinned_current(pins), id;
	struct hook hook;
	unsigned int i;
	bool frags;
	int err;

	id = pins_prog_id(pins, &frags);
	hook_log_begin();
	err = hook_read(link->ifindex, &hook);
	if (err)
		return err;
	if (user_of(&hook, current))
		return 1;
	for (i = 0; i < hook.n; i++)
		if (hook.prog[i].id == id)
			return 1;
	return id && hook.main_id == id;
}

static int open_failed(int ret, const struct gx_error *err)
{
	if (ret != -EPERM && ret != -EACCES)
		return fail_engine(GX_FAILED, err);
	fail_engine(GX_REFUSED, err);
	if (geteuid())
		fail_hint("run gxdp as root");
	return GX_REFUSED;
}

static bool text_is_current(const struct datapath *d)
{
	return !d->info.installed ||
	       (d->store.rs && d->store.generation == d->info.root.generation);
}

static int read_info(struct datapath *d)
{
	struct gx_error err = {};

	return gx_dp_info(d->dp, &d->info, &err) ? fail_engine(GX_FAILED, &err) : GX_OK;
}

/*
 * The text of the rules that are current, as was read just before. If an update was
 * between the two, both are read again.
 */
static int read_text(struct datapath *d)
{
	int ret = 0, tries;

	for (tries = 0; tries < READ_TRIES; tries++) {
		if (tries && read_info(d))
			return GX_FAILED;
		if (text_is_current(d))
			return GX_OK;
		store_free(&d->store);
		ret = store_load(&d->pins, d->info.root.generation, &d->store);
		if (!ret)
			return GX_OK;
	}
	/* taken away meanwhile */
	if (access(d->pins.dir, F_OK))
		return not_applied(d);
	fail(GX_FAILED, "the text of the rules on %s cannot be read", d->link.name);
	fail_reason("%s", strerror(-ret));
	fail_hint("gxdp apply FILE dev %s", d->link.name);
	return GX_FAILED;
}

int datapath_reread(struct datapath *d, bool *changed)
{
	uint32_t was = d->info.root.generation;
	int ret = read_info(d) ?: read_text(d);

	*changed = d->info.root.generation != was;
	return ret;
}

/* What is current, and the rules it was made of */
static int read_state(struct datapath *d, bool mend, bool need_text)
{
	struct gx_error err = {};
	int ret;

	ret = read_info(d);
	if (ret)
		return ret;
	if (mend) {
		store_recover(&d->pins, d->info.installed ?
			      d->info.root.generation : 0);
		/* a trace that was killed has left the program recording */
		if (!trace_running(d->link.ifindex))
			gx_dp_trace(d->dp, 0, 0, &err);
	}
	ret = read_text(d);
	return need_text ? ret : GX_OK;
}

/* Whether there is something to take away, though nothing that can be opened */
static bool left_behind(struct datapath *d)
{
	d->stale = current_id(d);
	return d->stale;
}

static unsigned long pins_inode(const struct datapath *d)
{
	struct stat st;

	return stat(d->pins.dir, &st) ? 0 : st.st_ino;
}

int datapath_open(struct datapath *d, const char *dev, enum datapath_use use)
{
	bool changes = use == DATAPATH_CHANGE || use == DATAPATH_TRACE;
	bool lock = use == DATAPATH_CHANGE || use == DATAPATH_PLAN ||
		    use == DATAPATH_DETACH;
	bool optional = use != DATAPATH_LOOK && !changes;
	struct gx_error err = {};
	bool mine;
	int ret;

	memset(d, 0, sizeof(*d));
	d->use = use;
	ret = link_open(&d->nl, dev, &d->link);
	if (!ret && lock)
		ret = link_lock(&d->nl, &d->link);
	if (ret)
		return ret;
	if (!pins_locate_existing(&d->pins, d->link.name))
		return optional ? GX_OK : not_applied(d);
	ret = find_pins(d, lock, &mine);
	if (ret)
		return ret;
	if (!mine)
		return optional ? GX_OK : not_applied(d);
	object_log_begin();
	ret = gx_dp_open(NULL, d->pins.dir, changes ? 0 : GX_DP_READ_ONLY, &d->dp,
			 &err);
	/* made by another version: not to be read, but to be taken away */
	if (ret && use == DATAPATH_DETACH && left_behind(d))
		return GX_OK;
	if (ret == -ENOENT)
		return optional ? GX_OK : not_applied(d);
	if (ret)
		return open_failed(ret, &err);
	d->inode = pins_inode(d);
	/* rules whose text is lost can be replaced, and be taken off */
	ret = read_state(d, use == DATAPATH_CHANGE, use != DATAPATH_PLAN &&
			 use != DATAPATH_DETACH);
	if (ret != GX_NOT_FOUND || !optional)
		return ret;
	gx_dp_close(d->dp);
	d->dp = NULL;
	return GX_OK;
}

struct company {
	__u32 current;
	struct hook hook;
};

/* A program of our rules, or one that is behind the dispatcher that runs, too */
static bool in_company(int prog_fd, void *arg)
{
	const struct company *c = arg;
	struct xdp_prog prog;
	unsigned int i;

	if (xdp_prog_info_fd(prog_fd, &prog))
		return false;
	for (i = 0; i < c->hook.n; i++)
		if (c->hook.prog[i].id == prog.id)
			return true;
	return c->current && has_map(&prog, c->current);
}

/* What libxdp had pinned when one of us was killed, who made or left a dispatcher */
static void clean_dispatchers(struct datapath *d)
{
	struct company c = { .current = current_id(d) };

	hook_log_begin();
	if (!hook_read(d->link.ifindex, &c.hook))
		dispatchers_clean(d->link.ifindex, c.hook.main_id, in_company, &c);
}

int datapath_make(struct datapath *d)
{
	char object[PATH_MAX];
	struct gx_error err = {};
	bool fresh;
	int ret;

	/* those that were found may have another name */
	fresh = !d->dp;
	ret = fresh ? pins_locate(&d->pins, d->link.name) : GX_OK;
	if (d->dp)
		gx_dp_close(d->dp);
	d->dp = NULL;
	if (!ret)
		ret = pins_make_root(&d->pins);
	if (!ret)
		ret = object_find(OBJECT, object, sizeof(object));
	if (ret)
		return ret;
	object_log_begin();
	ret = gx_dp_open(object, d->pins.dir, GX_DP_CREATE, &d->dp, &err);
	if (ret) {
		open_failed(ret, &err);
		if (object_log_text()[0])
			fail_reason("%s", object_log_text());
		return ret == -EPERM || ret == -EACCES ? GX_REFUSED : GX_FAILED;
	}
	d->made = fresh;
	store_free(&d->store);
	clean_dispatchers(d);
	return read_state(d, true, false);
}

void datapath_close(struct datapath *d)
{
	store_free(&d->store);
	if (d->dp)
		gx_dp_close(d->dp);
	if (d->nl.sock)
		nl_close(&d->nl);
	memset(d, 0, sizeof(*d));
}

int datapath_follow(struct datapath *d, bool *anew)
{
	enum datapath_use use = d->use;
	char dev[sizeof(d->link.name)];
	struct link link;
	int err = link_by_index(&d->nl, d->link.ifindex, &link);

	*anew = false;
	if (err == -ENODEV)
		return fail(GX_NOT_FOUND, "the device %s is gone", d->link.name);
	if (!err)
		d->link = link;
	if (pins_inode(d) == d->inode)
		return GX_OK;
	*anew = true;
	memcpy(dev, d->link.name, sizeof(dev));
	datapath_close(d);
	return datapath_open(d, dev, use);
}

int datapath_set(const struct datapath *d, const char *name)
{
	const struct gx_set *set = rules_set(d->store.rs, name);

	if (set)
		return set - d->store.rs->set;
	fail(GX_NOT_FOUND, "there is no set %s in the rules on %s", name,
	     d->link.name);
	fail_hint("\"gxdp show sets dev %s\" lists them", d->link.name);
	return -1;
}

/* --- the hook --------------------------------------------------------------------- */

static void link_pin(const struct datapath *d, char *path, size_t size)
{
	snprintf(path, size, "%s/" LINK_PIN, d->pins.dir);
}

/* 0 or -errno, if nobody can say */
static int find_place(struct datapath *d, enum datapath_place *place, __u32 *id,
		      bool *native)
{
	__u32 current = current_id(d);
	const struct hook_prog *prog;
	struct hook hook;
	int err;

	*place = DATAPATH_DETACHED;
	*id = 0;
	*native = false;
	if (!current)
		return 0;
	hook_log_begin();
	err = hook_read(d->link.ifindex, &hook);
	if (err)
		return err;
	*native = hook.native;
	prog = user_of(&hook, current);
	if (!prog)
		return 0;
	*id = prog->id;
	*place = hook.kind == HOOK_DISPATCHER ? DATAPATH_BEHIND_DISPATCHER :
						DATAPATH_EXCLUSIVE;
	return 0;
}

bool datapath_link_ifindex(const struct pins *pins, __u32 *ifindex)
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);
	char path[PATH_MAX];
	int fd, err;

	snprintf(path, sizeof(path), "%s/" LINK_PIN, pins->dir);
	fd = bpf_obj_get(path);
	if (fd < 0)
		return false;
	err = bpf_obj_get_info_by_fd(fd, &info, &len);
	close(fd);
	*ifindex = info.xdp.ifindex;
	return !err;
}

enum datapath_place datapath_place(struct datapath *d, __u32 *id, bool *native)
{
	enum datapath_place place;

	find_place(d, &place, id, native);
	return place;
}

bool datapath_idle(struct datapath *d)
{
	enum datapath_place place;
	bool native;
	__u32 id;

	return !find_place(d, &place, &id, &native) &&
	       place == DATAPATH_DETACHED;
}

bool datapath_frags(struct datapath *d)
{
	const struct hook_prog *prog;
	struct hook hook;

	hook_log_begin();
	if (hook_read(d->link.ifindex, &hook))
		return false;
	prog = user_of(&hook, current_id(d));
	if (!prog)
		return false;
	/* libxdp knows it of its dispatchers only */
	return hook.kind == HOOK_DISPATCHER ? hook.frags :
					      prog->id == d->info.prog_frags_id;
}

/*
 * Frames of more than one buffer need a program that says it takes them. At boot rules
 * come before the network is configured, and where they do not take frags a jumbo MTU is
 * then refused: they do wherever the driver does, whatever the MTU is now.
 */
static bool wants_frags(const struct datapath *d)
{
	return devinfo_takes_frags(d->link.name, d->link.ifindex,
				   d->link.mtu > SINGLE_BUFFER_MTU);
}

/* The whole dispatcher takes frags only if all its programs do */
static int check_company(const struct datapath *d, const struct hook *hook,
			 bool frags)
{
	char names[256] = "";
	size_t used = 0;
	unsigned int i;

	if (hook->kind != HOOK_DISPATCHER || d->link.mtu <= SINGLE_BUFFER_MTU)
		return GX_OK;
	for (i = 0; i < hook->n; i++)
		if (!hook->prog[i].frags && used < sizeof(names))
			used += snprintf(names + used, sizeof(names) - used,
					 "%s%s (id %u)", used ? ", " : "",
					 hook->prog[i].name, hook->prog[i].id);
	if (frags && !used)
		return GX_OK;
	if (!frags && hook->frags)
		snprintf(names, sizeof(names), "the program of gxdp for this device");
	else if (!used)
		return GX_OK;
	fail(GX_UNSAFE, "at an MTU of %u, %s would get no frames of more than one buffer",
	     d->link.mtu, d->link.name);
	fail_reason("programs behind a dispatcher take frags all together or not at all, and there is one that does not: %s",
		    names);
	fail_hint("take that program off (xdp-loader unload %s -i ID), or lower the MTU to %d",
		  d->link.name, SINGLE_BUFFER_MTU);
	return GX_UNSAFE;
}

static int occupied(const struct datapath *d, const struct hook *hook,
		    bool exclusive)
{
	fail(GX_UNSAFE, "%s has %s already: %s, id %u", d->link.name,
	     hook->kind == HOOK_DISPATCHER ? "programs" : "a program",
	     hook->kind == HOOK_DISPATCHER ? "a dispatcher" : hook->prog[0].name,
	     hook->main_id);
	if (exclusive)
		fail_hint("without --exclusive gxdp joins programs behind a dispatcher; or take them off first");
	else
		fail_hint("it was not attached by a dispatcher, so nothing can stand beside it: gxdp detach --force dev %s",
			  d->link.name);
	return GX_UNSAFE;
}

static int refused(const struct datapath *d, const struct attach_wish *wish,
		   int err)
{
	struct driver_info info;

	devinfo_driver(d->link.name, &info);
	fail(err == -EBUSY || err == -EEXIST ? GX_UNSAFE : GX_REFUSED,
	     "cannot attach the rules to %s in %s mode", d->link.name,
	     wish->generic ? "generic" : "native");
	fail_reason("%s", hook_log()[0] ? hook_log() : strerror(-err));
	if (err == -EPERM)
		fail_hint(geteuid() ? "run gxdp as root" :
			  "root here lacks CAP_NET_ADMIN");
	else if (!wish->generic)
		fail_hint("\"gxdp features dev %s\" says what its driver (%s) can do; --mode generic works with any driver, slowly",
			  d->link.name, info.known ? info.driver : "unknown");
	return err == -EBUSY || err == -EEXIST ? GX_UNSAFE : GX_REFUSED;
}

static int held_elsewhere(const struct datapath *d, __u32 ifindex)
{
	fail(GX_UNSAFE, "the rules pinned at %s are at work on another device, number %u of its network namespace",
	     pins_shown(d->pins.dir), ifindex);
	fail_hint("try again: it may have got them, or %s its name, just now",
		  d->link.name);
	return GX_UNSAFE;
}

static int attach_exclusive(struct datapath *d, const struct attach_wish *wish,
			    const struct hook *hook, bool frags)
{
	char path[PATH_MAX];
	int fd, err;
	__u32 held;

	if (hook->kind != HOOK_EMPTY)
		return occupied(d, hook, true);
	fd = gx_dp_prog_fd(d->dp, frags);
	if (fd < 0)
		return refused(d, wish, fd);
	link_pin(d, path, sizeof(path));
	if (datapath_link_ifindex(&d->pins, &held)) {
		if (held)
			return held_elsewhere(d, held);
		/* it holds no hook: its device was made anew */
		unlink(path);
	}
	err = hook_take(d->link.ifindex, fd, !wish->generic, path);
	return err ? refused(d, wish, err) : GX_OK;
}

/* libxdp has a way out where the kernel lets it make no dispatcher */
static void warn_if_alone(struct datapath *d)
{
	struct hook hook;

	if (!hook_read(d->link.ifindex, &hook) && hook.kind == HOOK_SINGLE)
		warn("libxdp can make no dispatcher here: the rules have the hook of %s to themselves (-v says why)",
		     d->link.name);
}

/*
 * Kernels since 6.13, and 6.12's stable series, let no program that may change
 * packets take the place of a function that may not, as those of dispatchers up to
 * libxdp 1.5.4 are (xdp-tools issue 503). Ours may: it answers, and marks.
 */
static bool dispatcher_too_old(void)
{
	return strstr(hook_log(), "changes packet data");
}

/* Without a dispatcher, then, if the hook is free */
static int attach_without(struct datapath *d, const struct attach_wish *wish,
			  bool frags)
{
	struct hook hook;

	if (hook_read(d->link.ifindex, &hook) || hook.kind != HOOK_EMPTY) {
		fail(GX_UNSAFE, "cannot stand beside the programs on %s",
		     d->link.name);
		fail_reason("this kernel lets no program that may change packets behind a dispatcher made by this libxdp");
		fail_hint("update libxdp, or take the programs off: gxdp detach --force dev %s",
			  d->link.name);
		return GX_UNSAFE;
	}
	warn("this libxdp is too old for this kernel to share %s with other programs: the rules have its hook to themselves",
	     d->link.name);
	return attach_exclusive(d, wish, &hook, frags);
}

/* Behind the dispatcher; 0 or -errno, or -EPROTO with fail() done */
static int join(struct datapath *d, const char *object, const char *section,
		bool native)
{
	struct bpf_program *prog;
	struct gx_error engine = {};
	struct bpf_object *obj;
	int err;

	obj = bpf_object__open_file(object, NULL);
	if (!obj)
		return -errno;
	bpf_object__for_each_program(prog, obj)
		bpf_program__set_autoload(prog, !strcmp(
			bpf_program__section_name(prog), section));
	if (gx_dp_adopt(d->dp, obj, &engine)) {
		fail_engine(GX_FAILED, &engine);
		err = -EPROTO;
	} else {
		err = hook_add(d->link.ifindex, obj, section, native);
	}
	bpf_object__close(obj);
	return err;
}

static int attach_shared(struct datapath *d, const struct attach_wish *wish,
			 const struct hook *hook, bool frags)
{
	bool needed = d->link.mtu > SINGLE_BUFFER_MTU;
	/* beside programs that take none, it would get none */
	bool want = frags && (needed || hook->kind == HOOK_EMPTY || hook->frags);
	char path[PATH_MAX];
	int err;

	err = object_find(OBJECT, path, sizeof(path));
	if (err)
		return err;
	err = join(d, path, want ? "xdp.frags" : "xdp", !wish->generic);
	if (err == -EPROTO)
		return GX_FAILED;
	if (err && dispatcher_too_old())
		return attach_without(d, wish, frags);
	/* Linux 6.1 takes behind a dispatcher for frags none that uses cpumaps */
	if (err == -EINVAL && want && needed) {
		err = refused(d, wish, err);
		fail_hint("for frames larger than a page, this kernel may need --exclusive");
		return err;
	}
	if (err == -EINVAL && want) {
		hook_log_begin();
		err = join(d, path, "xdp", !wish->generic);
		if (err == -EPROTO)
			return GX_FAILED;
	}
	if (err)
		return refused(d, wish, err);
	warn_if_alone(d);
	return GX_OK;
}

int datapath_attach(struct datapath *d, const struct attach_wish *wish)
{
	bool frags = wants_frags(d);
	struct hook hook;
	int ret;

	hook_log_begin();
	ret = hook_read(d->link.ifindex, &hook);
	if (ret)
		return refused(d, wish, ret);
	if (wish->exclusive)
		return attach_exclusive(d, wish, &hook, frags);
	if (hook.kind == HOOK_SINGLE)
		return occupied(d, &hook, false);
	ret = check_company(d, &hook, frags);
	return ret ?: attach_shared(d, wish, &hook, frags);
}

/* The program in the hook by the link pinned there; 0 or -errno */
static int exchange_link(struct datapath *d, int prog_fd)
{
	char path[PATH_MAX];
	int fd, err;

	link_pin(d, path, sizeof(path));
	fd = bpf_obj_get(path);
	if (fd < 0)
		return -errno;
	err = bpf_link_update(fd, prog_fd, NULL) ? -errno : 0;
	close(fd);
	return err;
}

void datapath_renew(struct datapath *d)
{
	enum datapath_place place;
	bool native;
	__u32 id;
	int err;

	if (find_place(d, &place, &id, &native) || place != DATAPATH_EXCLUSIVE ||
	    id != d->info.prog_id || !wants_frags(d))
		return;
	err = exchange_link(d, gx_dp_prog_fd(d->dp, true));
	if (err)
		debug("the program without frags stays on %s: %s", d->link.name,
		      strerror(-err));
}

static int remove_failed(const struct datapath *d, __u32 id, int err)
{
	fail(GX_REFUSED, "cannot take program %u off %s", id, d->link.name);
	fail_reason("%s", hook_log()[0] ? hook_log() : strerror(-err));
	return GX_REFUSED;
}

/* One that neither a dispatcher nor a link of ours holds, since it is alone */
static int remove_single(struct datapath *d, __u32 id, bool native)
{
	int fd = bpf_prog_get_fd_by_id(id), err;

	if (fd < 0)
		return -errno;
	err = xdp_exchange(&d->nl, d->link.ifindex, native ? XDP_MODE_NATIVE :
			   XDP_MODE_GENERIC, -1, fd);
	close(fd);
	return err;
}

/*
 * Of a link that is only unpinned the kernel takes its time to empty the hook; told
 * to detach, it has done so when it returns. False if there is no link of ours.
 */
static bool remove_link(const char *path)
{
	int fd = bpf_obj_get(path);

	if (fd >= 0) {
		if (bpf_link_detach(fd))
			debug("%s: %s", path, strerror(errno));
		close(fd);
	}
	return !unlink(path);
}

void datapath_unpin(struct datapath *d)
{
	store_remove(&d->pins);
	gx_dp_unpin(d->pins.dir);
	/* another version may have had more */
	pins_remove(&d->pins);
}

int datapath_remove(struct datapath *d, __u32 *was)
{
	enum datapath_place place;
	char path[PATH_MAX];
	bool native;
	int err;

	err = find_place(d, &place, was, &native);
	if (err) {
		fail(GX_REFUSED, "cannot see the programs on %s", d->link.name);
		fail_reason("%s", strerror(-err));
		return GX_REFUSED;
	}
	link_pin(d, path, sizeof(path));
	if (place == DATAPATH_BEHIND_DISPATCHER)
		err = hook_remove(d->link.ifindex, *was, native);
	else if (!remove_link(path) && place == DATAPATH_EXCLUSIVE)
		err = remove_single(d, *was, native);
	if (err)
		return remove_failed(d, *was, err);
	/* they are known by our maps */
	clean_dispatchers(d);
	datapath_unpin(d);
	return GX_OK;
}
