// SPDX-License-Identifier: GPL-2.0
/* gxdp status: devices, their drivers, programs and what they can do. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "caps.h"
#include "datapath.h"
#include "devinfo.h"
#include "gxdp.h"
#include "pins.h"
#include "words.h"
#include "xdp.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	words_take(state->input, arg, state);
	return 0;
}

static const struct argp argp = {
	.parser = parse,
	.children = gx_common_options,
	.args_doc = "[dev NAME]",
	.doc = "Show each device (or one): its driver, the XDP program on it, and what XDP it can do."
	       "\vSee gxdp-status(8), also for the members of the JSON.",
};

static void add_map_name(const char *name, const char *path, void *arg)
{
	json_array_append_new(arg, json_pack("{s:o, s:o}", "name",
					     text_json(name), "path",
					     text_json(pins_shown(path))));
}

static json_t *map_ids(const struct xdp_prog *prog)
{
	json_t *ids = json_array();
	__u32 i;

	for (i = 0; i < prog->nr_maps; i++)
		json_array_append_new(ids, json_integer(prog->map_ids[i]));
	return ids;
}

/* Rules that were applied, alone in the hook or behind a dispatcher */
static bool add_rules(const struct link *link, json_t *body)
{
	enum datapath_place place = DATAPATH_DETACHED;
	json_t *maps = json_array();
	struct datapath d;
	bool native;
	__u32 id;

	if (!datapath_open(&d, link->name, DATAPATH_PEEK) && d.dp)
		place = datapath_place(&d, &id, &native);
	if (place != DATAPATH_DETACHED) {
		pins_each_map(&d.pins, add_map_name, maps);
		json_object_set_new(body, "by_gxdp", json_true());
		json_object_set_new(body, "rules", json_integer(
			d.store.rs ? d.store.rs->nrules : 0));
		json_object_set_new(body, "rules_prog_id", json_integer(id));
		json_object_set_new(body, "pinned_maps", json_incref(maps));
	}
	json_decref(maps);
	datapath_close(&d);
	return place != DATAPATH_DETACHED;
}

static json_t *prog_json(const struct link *link)
{
	json_t *body, *maps;
	struct xdp_prog prog;
	struct pins pins;
	enum xdp_mode mode;
	bool frags;
	__u32 id;
	int err;

	id = xdp_current(&link->xdp, &mode);
	if (!id)
		return json_null();
	err = xdp_prog_info(id, &prog);
	body = json_pack("{s:I, s:o}", "id", (json_int_t)id, "mode",
			 text_json(xdp_mode_name(mode)));
	/* the rest is root's to know */
	if (err) {
		json_object_set_new(body, "error", text_json(strerror(-err)));
		return body;
	}
	json_object_set_new(body, "name", text_json(prog.name));
	json_object_set_new(body, "tag", text_json(prog.tag));
	json_object_set_new(body, "map_ids", map_ids(&prog));

	if (add_rules(link, body))
		return body;
	if (!pins_locate_existing(&pins, link->name) || !pins_find(&pins, id)) {
		json_object_set_new(body, "by_gxdp", json_false());
		return body;
	}
	pins_prog_id(&pins, &frags);
	maps = json_array();
	pins_each_map(&pins, add_map_name, maps);
	json_object_set_new(body, "by_gxdp", json_true());
	json_object_set_new(body, "frags", json_boolean(frags));
	json_object_set_new(body, "pinned_maps", maps);
	return body;
}

static json_t *bit_names(uint64_t bits, const char *(*name)(unsigned int bit))
{
	json_t *list = json_array();
	unsigned int bit;

	for (bit = 0; bit < 64; bit++) {
		if (!(bits & 1ULL << bit))
			continue;
		/* a bit newer than this table is shown as a number */
		if (name(bit))
			json_array_append_new(list, text_json(name(bit)));
		else
			json_array_append_new(list, json_integer(bit));
	}
	return list;
}

static json_t *features_json(const struct link *link)
{
	struct xdp_features f;

	devinfo_xdp_features(link->ifindex, &f);
	if (!f.known)
		return json_null();
	return json_pack("{s:o, s:o, s:i}", "xdp",
			 bit_names(f.features, xdp_feature_name), "rx_hints",
			 bit_names(f.rx_hints, xdp_hint_name),
			 "zerocopy_segments", (int)f.zc_segments);
}

static json_t *channels_json(const struct link *link)
{
	struct channels ch;

	devinfo_channels(link->name, &ch);
	if (!ch.known)
		return json_null();
	return json_pack("{s:i, s:i, s:i}", "rx", ch.rx, "tx", ch.tx,
			 "combined", ch.combined);
}

static json_t *link_json(const struct link *link)
{
	struct driver_info info;
	json_t *body;

	devinfo_driver(link->name, &info);
	body = json_pack("{s:o, s:i, s:i, s:o, s:I}", "dev",
			 text_json(link->name), "ifindex", link->ifindex,
			 "mtu", (int)link->mtu, "operstate",
			 text_json(link_operstate(link)), "carrier_changes",
			 (json_int_t)link->carrier_changes);
	json_object_set_new(body, "driver", text_or_null(info.driver));
	json_object_set_new(body, "pci", text_or_null(link->parent));
	json_object_set_new(body, "channels", channels_json(link));
	json_object_set_new(body, "features", features_json(link));
	json_object_set_new(body, "program", prog_json(link));
	return body;
}

static const char *member(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static json_int_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void print_list(const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item) {
		if (json_is_string(item))
			printf(" %s", json_string_value(item));
		else
			printf(" bit%lld", (long long)json_integer_value(item));
	}
	if (!json_array_size(list))
		printf(" none");
	putchar('\n');
}

static void print_channels(const json_t *channels)
{
	if (json_is_null(channels))
		return;
	printf("    channels:");
	if (number(channels, "combined"))
		printf(" %lld combined", (long long)number(channels, "combined"));
	if (number(channels, "rx") || number(channels, "tx"))
		printf(" %lld rx, %lld tx", (long long)number(channels, "rx"),
		       (long long)number(channels, "tx"));
	putchar('\n');
}

static void print_program(const json_t *prog)
{
	const json_t *map;
	size_t i;

	if (json_is_null(prog)) {
		printf("    program: none\n");
		return;
	}
	printf("    program: %s id %lld tag %s, %s mode",
	       member(prog, "name"), (long long)number(prog, "id"),
	       member(prog, "tag"), member(prog, "mode"));
	if (json_object_get(prog, "error"))
		printf(" (details: %s)", member(prog, "error"));
	else if (json_object_get(prog, "rules"))
		printf(", %lld rules of gxdp (program %lld)",
		       (long long)number(prog, "rules"),
		       (long long)number(prog, "rules_prog_id"));
	else if (!json_is_true(json_object_get(prog, "by_gxdp")))
		printf(", not attached by gxdp");
	else if (json_is_true(json_object_get(prog, "frags")))
		printf(", takes frags");
	putchar('\n');
	json_array_foreach(json_object_get(prog, "pinned_maps"), i, map)
		printf("    map: %s\n", member(map, "path"));
}

static void print_link(const json_t *dev)
{
	const json_t *features = json_object_get(dev, "features");
	const json_t *pci = json_object_get(dev, "pci");

	printf("%s: driver %s%s%s, %s, mtu %lld, %lld carrier changes\n",
	       member(dev, "dev"), member(dev, "driver"),
	       json_is_null(pci) ? "" : " at ", member(dev, "pci"),
	       member(dev, "operstate"), (long long)number(dev, "mtu"),
	       (long long)number(dev, "carrier_changes"));
	print_channels(json_object_get(dev, "channels"));
	if (json_is_null(features)) {
		printf("    xdp features: this kernel does not say\n");
	} else {
		printf("    xdp features:");
		print_list(json_object_get(features, "xdp"));
		printf("    rx hints:");
		print_list(json_object_get(features, "rx_hints"));
	}
	print_program(json_object_get(dev, "program"));
}

static bool collect(const struct link *link, void *arg)
{
	if (!(link->flags & IFF_LOOPBACK))
		json_array_append_new(arg, link_json(link));
	return true;
}

static void print_all(const json_t *devices)
{
	const json_t *dev;
	size_t i;

	if (gx_options.json)
		return;
	json_array_foreach(devices, i, dev)
		print_link(dev);
}

static int status_one(const char *name, json_t *devices)
{
	struct link link;
	struct nl nl;
	int ret;

	ret = link_open(&nl, name, &link);
	if (ret)
		return ret;
	json_array_append_new(devices, link_json(&link));
	nl_close(&nl);
	return GX_OK;
}

static int status_all(json_t *devices)
{
	struct nl nl;
	int err;

	err = nl_open(&nl, NETLINK_ROUTE);
	if (err)
		return fail(GX_FAILED, "no netlink: %s", strerror(-err));
	err = link_for_each(&nl, collect, devices);
	if (err == -EINTR) {
		/* devices came or went meanwhile: once more */
		json_array_clear(devices);
		err = link_for_each(&nl, collect, devices);
	}
	nl_close(&nl);
	if (!err || err == -EINTR)
		return GX_OK;
	fail(GX_FAILED, "cannot list the devices");
	fail_reason("%s", strerror(-err));
	return GX_FAILED;
}

int verb_status(int argc, char **argv)
{
	struct words args = {};
	json_t *devices;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	caps_keep(CAPS_LOOK, false);
	devices = json_array();
	ret = args.dev ? status_one(args.dev, devices) : status_all(devices);
	if (ret) {
		json_decref(devices);
		return ret;
	}
	print_all(devices);
	print_json(json_pack("{s:o}", "devices", devices));
	return GX_OK;
}
