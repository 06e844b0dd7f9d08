// SPDX-License-Identifier: GPL-2.0
/* gxdp features: what XDP a device can do, and what it cannot and why. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "caps.h"
#include "devinfo.h"
#include "xdp_features.h"
#include "gxdp.h"
#include "link.h"
#include "pci.h"
#include "table.h"
#include "words.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct words *words = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	words_take(words, arg, state);
	return 0;
}

static const struct argp argp = {
	.parser = parse,
	.children = gx_common_options,
	.args_doc = "[dev NAME]",
	.doc = "Say what XDP a device can do, or each device, before anything is attached; and why not, where it cannot."
	       "\vSee gxdp-features(8).",
};

/*
 * Up to Linux 6.2 no kernel says what a driver can do. These have had native XDP
 * since 6.1 at least, and of them these have had zero-copy.
 */
static const struct {
	const char *driver;
	bool zerocopy;
} since_6_1[] = {
	{ "gxdp", true }, { "veth", false }, { "tun", false },
	{ "virtio_net", false }, { "igb", false }, { "igc", true },
	{ "ixgbe", true }, { "ixgbevf", false }, { "i40e", true },
	{ "ice", true }, { "mlx4_en", false }, { "mlx5_core", true },
	{ "bnxt_en", false }, { "nfp", true }, { "ena", false },
	{ "qede", false }, { "sfc", false }, { "thunder-nicvf", false },
	{ "stmmac", true }, { "mvneta", false }, { "mvpp2", false },
	{ "dpaa2-eth", true }, { "fsl_enetc", false }, { "tsnep", false },
	{ "hv_netvsc", false }, { "mana", false }, { "netdevsim", false },
	{ "cpsw", false }, { "bond", false },
};

enum answer { NO, YES, UNKNOWN };

static const char *const answers[] = { "no", "yes", "unknown" };

struct asked {
	struct link link;
	struct driver_info info;
	struct xdp_features xdp;
	struct channels ch;
	struct utsname kernel;
	enum answer native;
	bool could_be_bound;
	bool mainline;		/* the kernel's own driver has a card of gxdp's */
	json_t *list;
};

static void answer(struct asked *a, const char *name, enum answer what,
		   const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void answer(struct asked *a, const char *name, enum answer what,
		   const char *fmt, ...)
{
	char why[256] = "";
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	json_array_append_new(a->list, json_pack("{s:o, s:o, s:o}", "name",
						 text_json(name), "answer",
						 text_json(answers[what]),
						 "why", text_json(why)));
}

static int known_driver(const char *driver)
{
	size_t i;

	for (i = 0; i < sizeof(since_6_1) / sizeof(since_6_1[0]); i++)
		if (!strcmp(since_6_1[i].driver, driver))
			return i;
	return -1;
}

static void native(struct asked *a)
{
	const char *driver = a->info.known ? a->info.driver : "its driver";
	const char *name = "native XDP";

	if (a->xdp.known)
		a->native = a->xdp.features & XDP_FEATURE_BASIC ? YES : NO;
	else if (a->info.known && known_driver(driver) >= 0)
		a->native = YES;
	else	/* no card of gxdp's has a driver that is not listed, and has it */
		a->native = a->mainline ? NO : UNKNOWN;
	if (a->native == YES && a->xdp.known)
		answer(a, name, YES, "the driver %s says so", driver);
	else if (a->native == YES)
		answer(a, name, YES, "Linux %s does not say; the driver %s has it since 6.1 or longer",
		       a->kernel.release, driver);
	else if (a->could_be_bound && a->native == NO)
		answer(a, name, NO, "the driver %s has none; the driver gxdp has: gxdp bind %s",
		       driver, a->link.name);
	else if (a->native == NO)
		answer(a, name, NO, "the driver %s has none; --mode generic works with any driver, slowly",
		       driver);
	else
		answer(a, name, UNKNOWN, "Linux %s does not say (6.3 and later do), and %s is not known here; gxdp attach pass dev %s tries it",
		       a->kernel.release, driver, a->link.name);
}

static void zero_copy(struct asked *a)
{
	int known = known_driver(a->info.driver);
	const char *name = "AF_XDP zero-copy";

	if (a->xdp.known && a->xdp.features & XDP_FEATURE_ZEROCOPY)
		answer(a, name, YES, "up to %u buffers a packet",
		       a->xdp.zc_segments ?: 1);
	else if (!a->xdp.known && known >= 0 && since_6_1[known].zerocopy)
		answer(a, name, YES, "Linux %s does not say; the driver %s has it since 6.1 or longer",
		       a->kernel.release, a->info.driver);
	else if ((a->xdp.known || a->native == NO) && a->could_be_bound)
		answer(a, name, NO, "the driver %s has none; gxdp has: gxdp bind %s",
		       a->info.driver, a->link.name);
	else if (a->xdp.known)
		answer(a, name, NO, "the driver %s has none: sockets work in copy mode",
		       a->info.driver);
	else
		answer(a, name, a->native == YES ? NO : UNKNOWN,
		       "Linux %s does not say; sockets work in copy mode in any case",
		       a->kernel.release);
}

/* One bit of what the kernel says, and what its absence means */
static void bit(struct asked *a, const char *name, uint64_t feature,
		const char *yes, const char *no)
{
	if (!a->xdp.known)
		answer(a, name, UNKNOWN, "Linux %s does not say; 6.3 and later do",
		       a->kernel.release);
	else if (a->xdp.features & feature)
		answer(a, name, YES, "%s", yes);
	else
		answer(a, name, NO, "%s", no);
}

static void jumbo(struct asked *a)
{
	if (a->link.mtu <= 1500)
		answer(a, "programs at this MTU", a->native == NO ? NO : YES,
		       "an MTU of %u fits one buffer", a->link.mtu);
	else if (a->xdp.known && !(a->xdp.features & XDP_FEATURE_RX_FRAGS))
		answer(a, "programs at this MTU", NO, "an MTU of %u may need several buffers, which the driver %s does not give to programs: ip link set dev %s mtu 1500",
		       a->link.mtu, a->info.driver, a->link.name);
	else
		answer(a, "programs at this MTU", a->xdp.known ? YES : UNKNOWN,
		       "an MTU of %u may need a program that takes frags, which gxdp's do",
		       a->link.mtu);
}

static void hints(struct asked *a)
{
	static const char *const names[] = {
		"hint: timestamp", "hint: RX hash", "hint: VLAN tag",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!a->xdp.known)
			answer(a, names[i], NO, "hints came with Linux 6.3");
		else if (a->xdp.rx_hints & 1ULL << i)
			answer(a, names[i], YES, "for programs bound to the device");
		else
			answer(a, names[i], NO, "the driver %s does not offer it",
			       a->info.driver);
	}
}

static void vlan(struct asked *a)
{
	if (devinfo_vlan_stripped(a->link.name))
		answer(a, "VLAN rules", NO, "the device takes tags off before programs see them: ethtool -K %s rxvlan off",
		       a->link.name);
	else
		answer(a, "VLAN rules", YES, "tags stay in the frame");
}

static void queues(struct asked *a)
{
	unsigned int n = a->ch.rx + a->ch.combined;

	if (!a->ch.known)
		answer(a, "several queues", UNKNOWN, "the driver does not say how many it has");
	else
		answer(a, "several queues", n > 1 ? YES : NO,
		       "%u receive queue%s", n, n == 1 ? "" : "s");
}

json_t *features_json(const struct link *link)
{
	struct asked a = { .link = *link, .list = json_array() };
	const struct pci_known *chip;
	struct pci_dev dev;

	devinfo_driver(link->name, &a.info);
	devinfo_xdp_features(link->ifindex, &a.xdp);
	devinfo_channels(link->name, &a.ch);
	uname(&a.kernel);
	chip = a.info.bus[0] && !pci_read(a.info.bus, &dev) ? pci_known(&dev) : NULL;
	a.could_be_bound = chip && strcmp(a.info.driver, "gxdp");
	a.mainline = chip && !strcmp(a.info.driver, chip->mainline);
	native(&a);
	zero_copy(&a);
	bit(&a, "frags (several buffers)", XDP_FEATURE_RX_FRAGS,
	    "programs in xdp.frags get packets of several buffers",
	    "packets of several buffers cannot be given to programs");
	jumbo(&a);
	bit(&a, "redirect from it", XDP_FEATURE_REDIRECT,
	    "rules may redirect to devices, CPUs and sockets",
	    "the driver ignores or drops what is redirected");
	bit(&a, "redirect into it", XDP_FEATURE_XMIT,
	    "other devices' rules may redirect to it",
	    "it takes none now; veth does while it has a program itself, or with GRO on");
	bit(&a, "redirect of frags into it", XDP_FEATURE_TX_FRAGS,
	    "also packets of several buffers",
	    "only packets of one buffer");
	hints(&a);
	vlan(&a);
	queues(&a);
	return json_pack("{s:o, s:o, s:o, s:i, s:o}", "dev",
			 text_json(link->name), "driver",
			 text_json(a.info.driver), "kernel",
			 text_json(a.kernel.release), "mtu", (int)link->mtu,
			 "features", a.list);
}

static const char *text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void print_device(const json_t *dev)
{
	static const struct table_column columns[] = {
		{ "FEATURE" }, { "" }, { "WHY", false, true }, {}
	};
	struct table *t = table_new(columns);
	const json_t *one;
	size_t i;

	say("%s: driver %s, MTU %lld, Linux %s", text(dev, "dev"),
	    text(dev, "driver"),
	    (long long)json_integer_value(json_object_get(dev, "mtu")),
	    text(dev, "kernel"));
	json_array_foreach(json_object_get(dev, "features"), i, one) {
		table_row(t);
		table_cell(t, "%s", text(one, "name"));
		table_cell(t, "%s", text(one, "answer"));
		table_cell(t, "%s", text(one, "why"));
	}
	fflush(stdout);
	table_print(t);
}

bool features_collect(const struct link *link, void *arg)
{
	if (!(link->flags & IFF_LOOPBACK))
		json_array_append_new(arg, features_json(link));
	return true;
}

int verb_features(int argc, char **argv)
{
	struct words words = {};
	json_t *list, *dev;
	struct link link;
	struct nl nl;
	size_t i;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &words);
	caps_keep(CAPS_NONE, false);
	list = json_array();
	if (words.dev) {
		ret = link_open(&nl, words.dev, &link);
		if (!ret)
			json_array_append_new(list, features_json(&link));
	} else {
		ret = nl_open(&nl, NETLINK_ROUTE);
		if (ret)
			ret = fail(GX_FAILED, "no netlink: %s", strerror(-ret));
		else
			link_for_each(&nl, features_collect, list);
	}
	if (ret) {
		json_decref(list);
		return ret;
	}
	nl_close(&nl);
	if (!gx_options.json)
		json_array_foreach(list, i, dev)
			print_device(dev);
	print_json(json_pack("{s:o}", "features", list));
	return GX_OK;
}
