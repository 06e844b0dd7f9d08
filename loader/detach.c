// SPDX-License-Identifier: GPL-2.0
/* gxdp detach: empty a device's XDP hook and clear away what was pinned. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "datapath.h"
#include "gxdp.h"
#include "pins.h"
#include "words.h"
#include "xdp.h"

struct detach_args {
	struct words words;
	bool force;
};

static const struct argp_option options[] = {
	{ "force", 'f', NULL, 0, "Also a program gxdp did not attach", 0 },
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
	.doc = "Take the XDP program off a device and remove its pinned maps."
	       "\vA device without a program is no error. See gxdp-detach(8).",
};

static void report(const struct link *link, __u32 id, enum xdp_mode mode)
{
	json_t *body;

	if (id)
		say("%s: program %u, in %s mode, detached", link->name, id,
		    xdp_mode_name(mode));
	else
		say("%s: no program attached", link->name);
	body = json_pack("{s:s, s:i, s:s}", "dev", link->name,
			 "ifindex", link->ifindex,
			 "mode", xdp_mode_name(mode));
	json_object_set_new(body, "prog_id", id ? json_integer(id) : json_null());
	print_json(json_pack("{s:o}", "detached", body));
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

/* Rules that were applied: their program, their maps and pins */
static int remove_rules(struct datapath *d)
{
	json_t *body;
	__u32 id;
	int ret;

	ret = datapath_remove(d, &id);
	if (ret)
		return ret;
	if (id)
		say("%s: rules taken off (program %u)", d->link.name, id);
	else
		say("%s: rules taken away; their program was not attached",
		    d->link.name);
	body = json_pack("{s:s, s:i, s:b}", "dev", d->link.name, "ifindex",
			 d->link.ifindex, "rules", 1);
	json_object_set_new(body, "prog_id", id ? json_integer(id) : json_null());
	print_json(json_pack("{s:o}", "detached", body));
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
	if (id && !ours && !args->force) {
		fail(GX_UNSAFE, "program %u on %s was not attached by gxdp", id,
		     link->name);
		fail_hint("gxdp detach --force dev %s takes it off all the same",
			  link->name);
		return GX_UNSAFE;
	}
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

int verb_detach(int argc, char **argv)
{
	struct detach_args args = {};
	struct datapath d;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	/* takes the lock */
	ret = datapath_open(&d, args.words.dev, DATAPATH_PLAN);
	if (!ret)
		ret = d.dp ? remove_rules(&d) : detach_link(&d.nl, &d.link, &args);
	datapath_close(&d);
	return ret;
}
