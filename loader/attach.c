// SPDX-License-Identifier: GPL-2.0
/* gxdp attach: load a program, pin its maps, put it into a device's XDP hook. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "caps.h"
#include "datapath.h"
#include "devinfo.h"
#include "gxdp.h"
#include "object.h"
#include "owner.h"
#include "pci.h"
#include "pins.h"
#include "xdp.h"

/* Up to here a frame fits one buffer of any driver that has native XDP. */
#define SINGLE_BUFFER_MTU 1500

struct attach_args {
	struct object_choice choice;
	const char *dev;
	enum xdp_mode mode;
	bool replace;
	bool dev_next;
};

enum { OPT_SEC = 256, OPT_PROG, OPT_REPLACE };

static const struct argp_option options[] = {
	{ "mode", 'm', "MODE", 0,
	  "native (default), generic or offload; never another than this", 0 },
	{ "sec", OPT_SEC, "SECTION", 0, "The program in this section", 0 },
	{ "prog", OPT_PROG, "NAME", 0, "The program of this name", 0 },
	{ "replace", OPT_REPLACE, NULL, 0,
	  "Take the place of the program that is attached", 0 },
	{}
};

static void take_word(struct attach_args *args, char *word,
		      struct argp_state *state)
{
	if (args->dev_next) {
		args->dev = word;
		args->dev_next = false;
	} else if (!args->choice.file) {
		args->choice.file = word;
	} else if (!args->dev && !strcmp(word, "dev")) {
		args->dev_next = true;
	} else if (!args->dev) {
		args->dev = word;
	} else {
		argp_error(state, "unexpected \"%s\"", word);
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct attach_args *args = state->input;

	switch (key) {
	case 'm':
		args->mode = xdp_mode_parse(arg);
		if (args->mode == XDP_MODE_NONE)
			argp_error(state, "mode is native, generic or offload, not \"%s\"",
				   arg);
		return 0;
	case OPT_SEC:
		args->choice.section = arg;
		return 0;
	case OPT_PROG:
		args->choice.program = arg;
		return 0;
	case OPT_REPLACE:
		args->replace = true;
		return 0;
	case ARGP_KEY_ARG:
		take_word(args, arg, state);
		return 0;
	case ARGP_KEY_END:
		if (!args->choice.file || !args->dev)
			argp_error(state, "which object, to which device? FILE dev NAME");
		if (args->choice.section && args->choice.program)
			argp_error(state, "--sec and --prog exclude each other");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = gx_common_options,
	.args_doc = "FILE dev NAME",
	.doc = "Attach the XDP program in FILE (a BPF object, or a short name: pass, drop, reflect, xsk_steer) to a device."
	       "\vWithout --sec or --prog it is the program in section xdp, or in xdp.frags if the device's MTU needs it. Maps are pinned below /sys/fs/bpf/gxdp/NAME/maps. See gxdp-attach(8).",
};

/* A program that was in the hook, held so that it can be put back */
struct previous {
	int fd;		/* -1: there was none */
	__u32 id;
	enum xdp_mode mode;
};

static int hold_previous(const struct link *link, const struct attach_args *args,
			 struct previous *prev)
{
	prev->fd = -1;
	prev->id = xdp_current(&link->xdp, &prev->mode);
	if (!prev->id)
		return GX_OK;
	if (!args->replace) {
		fail(GX_UNSAFE, "%s has a program already: id %u, in %s mode",
		     link->name, prev->id, xdp_mode_name(prev->mode));
		fail_hint("gxdp attach --replace, or gxdp detach dev %s first",
			  link->name);
		return GX_UNSAFE;
	}
	prev->fd = bpf_prog_get_fd_by_id(prev->id);
	if (prev->fd >= 0)
		return GX_OK;
	fail(GX_FAILED, "cannot get hold of program %u on %s", prev->id,
	     link->name);
	fail_reason("%s", strerror(errno));
	fail_hint("try again: it may just have been detached");
	return GX_FAILED;
}

static bool could_be_bound(const struct driver_info *info)
{
	struct pci_dev dev;

	return strcmp(info->driver, "gxdp") && info->bus[0] &&
	       !pci_read(info->bus, &dev) && pci_known(&dev);
}

/* What to do about the kernel's refusal, as far as its errno tells */
static void hint_refusal(const struct link *link, const struct attach_args *args,
			 int err, bool frags)
{
	struct driver_info info;

	devinfo_driver(link->name, &info);
	switch (-err) {
	case EOPNOTSUPP:
		if (args->mode == XDP_MODE_OFFLOAD)
			fail_hint("%s cannot run programs in hardware: use --mode native",
				  link->name);
		else if (could_be_bound(&info))
			fail_hint("\"gxdp bind %s\" gives it to the gxdp driver, which has native XDP; --mode generic works with any driver, slowly",
				  link->name);
		else
			fail_hint("--mode generic works with any driver, slowly");
		break;
	case EPERM:
		fail_hint(geteuid() ? "run gxdp as root" :
			  "root here lacks CAP_NET_ADMIN");
		break;
	case EBUSY:
	case EEXIST:
		fail_hint("\"gxdp status dev %s\" shows who is there; one attached by a bpf_link must be taken off by its owner",
			  link->name);
		break;
	default:
		if (link->mtu > SINGLE_BUFFER_MTU && !frags)
			fail_hint("MTU %u may need a program in section xdp.frags; or: ip link set dev %s mtu %d",
				  link->mtu, link->name, SINGLE_BUFFER_MTU);
		else if (args->mode == XDP_MODE_NATIVE)
			fail_hint("mend what the driver (%s) names; --mode generic works with any driver, slowly",
				  info.known ? info.driver : "unknown");
	}
}

static int refused(struct nl *nl, const struct link *link,
		   const struct attach_args *args, const struct object *obj,
		   int err)
{
	enum gx_exit code = err == -EBUSY || err == -EEXIST ? GX_UNSAFE :
			    GX_REFUSED;

	fail(code, "cannot attach %s to %s in %s mode", args->choice.file,
	     link->name, xdp_mode_name(args->mode));
	fail_reason("%s", nl_reason(nl, err));
	hint_refusal(link, args, err, obj->frags);
	return code;
}

/*
 * In the mode the old program is in, the kernel exchanges the two at once. Modes
 * exclude each other, so otherwise the old one has to leave first; if then the
 * new one is refused, the old one comes back.
 */
static int exchange(struct nl *nl, const struct link *link,
		    const struct attach_args *args, const struct object *obj,
		    const struct previous *prev)
{
	int fd = bpf_program__fd(obj->prog);
	int err, ret, back;

	if (prev->fd < 0 || prev->mode == args->mode) {
		err = xdp_exchange(nl, link->ifindex, args->mode, fd, prev->fd);
		return err ? refused(nl, link, args, obj, err) : GX_OK;
	}

	err = xdp_exchange(nl, link->ifindex, prev->mode, -1, prev->fd);
	if (err)
		return refused(nl, link, args, obj, err);
	err = xdp_exchange(nl, link->ifindex, args->mode, fd, -1);
	if (!err)
		return GX_OK;
	ret = refused(nl, link, args, obj, err);
	back = xdp_exchange(nl, link->ifindex, prev->mode, prev->fd, -1);
	if (back) {
		fail(GX_BROKEN, "cannot attach %s to %s, nor put program %u back",
		     args->choice.file, link->name, prev->id);
		fail_reason("%s", nl_reason(nl, back));
		fail_hint("%s has no program now: attach one again", link->name);
		ret = GX_BROKEN;
	}
	return ret;
}

static void report(const struct link *link, const struct attach_args *args,
		   const struct object *obj, const struct pins *pins,
		   const struct previous *prev)
{
	struct xdp_prog prog;
	json_t *body;

	xdp_prog_info_fd(bpf_program__fd(obj->prog), &prog);
	say("%s: program %s (id %u, section %s) attached in %s mode%s",
	    link->name, bpf_program__name(obj->prog), prog.id,
	    bpf_program__section_name(obj->prog), xdp_mode_name(args->mode),
	    prev->id ? ", in place of the old one" : "");
	say("maps: %s/maps", pins_shown(pins->dir));
	body = json_pack("{s:o, s:i, s:o, s:o, s:b, s:o, s:{s:I, s:o, s:o}}",
			 "dev", text_json(link->name), "ifindex",
			 link->ifindex, "mode",
			 text_json(xdp_mode_name(args->mode)), "section",
			 text_json(bpf_program__section_name(obj->prog)),
			 "frags", obj->frags, "pins",
			 text_json(pins_shown(pins->dir)), "prog", "id",
			 (json_int_t)prog.id, "name",
			 text_json(bpf_program__name(obj->prog)), "tag",
			 text_json(prog.tag));
	json_object_set_new(body, "replaced", prev->id ?
			    json_integer(prev->id) : json_null());
	print_json(json_pack("{s:o}", "attached", body));
}

/* The new program's pins would take the place of the rules' */
static int refuse_over_rules(const struct link *link)
{
	struct datapath d;
	bool applied;
	int ret;

	/* nor those of another version, which cannot be opened */
	ret = datapath_open(&d, link->name, DATAPATH_PEEK);
	applied = d.dp;
	datapath_close(&d);
	if (ret || !applied)
		return ret;
	fail(GX_UNSAFE, "rules are applied on %s", link->name);
	fail_hint("gxdp detach dev %s takes them off first", link->name);
	return GX_UNSAFE;
}

static int attach_object(struct nl *nl, const struct link *link,
			 struct attach_args *args, struct object *obj)
{
	struct previous prev = { .fd = -1 };
	struct pins pins;
	int ret;

	ret = object_open(obj, &args->choice);
	if (ret)
		return ret;
	/* before any work that the answer might make pointless */
	ret = hold_previous(link, args, &prev);
	if (ret)
		return ret;
	ret = refuse_over_rules(link);
	if (ret)
		goto out;
	ret = object_load(obj);
	if (ret)
		goto out;
	ret = pins_locate(&pins, link->name);
	if (!ret && owner_is_other(link, &pins))
		ret = owner_make_way(link, &pins);
	if (ret)
		goto out;
	pins_recover(&pins, prev.id);
	ret = pins_stage(&pins, obj);
	if (ret)
		goto out;
	ret = exchange(nl, link, args, obj, &prev);
	if (ret) {
		pins_drop_staged(&pins);
		goto out;
	}
	if (pins_commit(&pins))
		warn("the maps stay pinned at %s: %s", pins.staged,
		     strerror(errno));
	report(link, args, obj, &pins, &prev);
out:
	if (prev.fd >= 0)
		close(prev.fd);
	return ret;
}

static bool wants_frags(const struct link *link)
{
	/* A driver that says it takes no frags would only refuse them. */
	return link->mtu > SINGLE_BUFFER_MTU &&
	       devinfo_takes_frags(link->name, link->ifindex, true);
}

int verb_attach(int argc, char **argv)
{
	struct attach_args args = { .mode = XDP_MODE_NATIVE };
	struct object obj = {};
	struct link link;
	struct nl nl;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	caps_keep(CAPS_ATTACH, false);
	ret = link_open(&nl, args.dev, &link);
	if (ret)
		return ret;
	ret = link_lock(&nl, &link);
	if (ret)
		goto out;
	args.choice.want_frags = wants_frags(&link);
	if (args.mode == XDP_MODE_OFFLOAD)
		args.choice.offload_ifindex = link.ifindex;
	ret = attach_object(&nl, &link, &args, &obj);
	object_close(&obj);
out:
	nl_close(&nl);
	return ret;
}
