// SPDX-License-Identifier: GPL-2.0
/*
 * gxdp doctor: what is wrong with a set-up, and what each card and interface can do. Everything
 * is collected as JSON, which is the result with -j; what people read is printed
 * from it.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "caps.h"
#include "devinfo.h"
#include "xdp_features.h"
#include "gxdp.h"
#include "link.h"
#include "pci.h"
#include "persist.h"
#include "run.h"
#include "signing.h"

#ifndef AF_XDP
#define AF_XDP 44
#endif

#define ETHERNET_CLASS	"0x0200"
#define FIRST_KERNEL_MAJOR 6
#define FIRST_KERNEL_MINOR 1

static const struct argp argp = {
	.children = gx_common_options,
	.doc = "Say what stands in the way of gxdp on this machine, and how to mend it; and what each network card and interface can do."
	       "\vStatus 1 if a problem was found. See gxdp-doctor(8), also for the members of the JSON.",
};

static json_t *problems;

static const char *member(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

enum weight { NOTE, PROBLEM };

/* @weight PROBLEM: something asked for does not work; NOTE: something could be had */
static void found(enum weight weight, const char *what, const char *mend)
{
	json_array_append_new(problems,
			      json_pack("{s:o, s:o, s:o}", "severity",
					text_json(weight == PROBLEM ? "problem" : "note"),
					"what", text_json(what), "mend",
					text_json(mend)));
}

static void foundf(enum weight weight, const char *mend, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void foundf(enum weight weight, const char *mend, const char *fmt, ...)
{
	char what[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	found(weight, what, mend);
}

/* --- the machine ---------------------------------------------------------------- */

/* -1 no such protocol, 0 one may not, 1 yes */
static int can_open(int family)
{
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd >= 0) {
		close(fd);
		return 1;
	}
	return errno == EAFNOSUPPORT ? -1 : 0;
}

static json_t *kernel_json(const struct utsname *uts)
{
	int major = 0, minor = 0, xsk = can_open(AF_XDP);
	bool old, btf, bpffs;

	sscanf(uts->release, "%d.%d", &major, &minor);
	old = major < FIRST_KERNEL_MAJOR ||
	      (major == FIRST_KERNEL_MAJOR && minor < FIRST_KERNEL_MINOR);
	btf = !access("/sys/kernel/btf/vmlinux", F_OK);
	bpffs = !access("/sys/fs/bpf", F_OK);
	if (old)
		foundf(PROBLEM, "the driver needs 6.1 or later; on Debian 12 and 13 the stock kernel will do",
		       "Linux %s is too old for gxdp.ko", uts->release);
	if (xsk < 0)
		found(PROBLEM, "this kernel has no AF_XDP", "use a kernel with CONFIG_XDP_SOCKETS=y");
	if (!btf)
		found(PROBLEM, "the kernel has no BTF: rules cannot be loaded, and some BPF tools will not work",
		      "use a kernel with CONFIG_DEBUG_INFO_BTF=y");
	return json_pack("{s:o, s:b, s:o, s:b, s:b}", "release",
			 text_json(uts->release), "new_enough", !old,
			 "af_xdp",
			 text_json(xsk > 0 ? "yes" : xsk ? "no" : "not permitted"),
			 "btf", btf, "bpffs", bpffs);
}

static bool file_word(const char *path, char *word, size_t size)
{
	FILE *f = fopen(path, "re");
	bool ok;

	word[0] = '\0';
	if (!f)
		return false;
	ok = fgets(word, size, f);
	fclose(f);
	word[strcspn(word, "\n")] = '\0';
	return ok;
}

static bool for_release(const struct module_file *m, const char *release)
{
	size_t len = strcspn(m->vermagic, " ");

	return strlen(release) == len && !strncmp(m->vermagic, release, len);
}

static json_t *module_json(const struct utsname *uts)
{
	struct module_file m;
	char loaded[64], source[64], installed[64] = "";
	char *query[] = { "modinfo", "-F", "srcversion", "gxdp", NULL };
	bool is_loaded = !access("/sys/module/gxdp", F_OK);

	signing_module("gxdp", &m);
	file_word("/sys/module/gxdp/version", loaded, sizeof(loaded));
	file_word("/sys/module/gxdp/srcversion", source, sizeof(source));
	if (m.found && !run_command(query, 20, installed, sizeof(installed)))
		installed[strcspn(installed, "\n")] = '\0';
	if (!m.found && !is_loaded)
		foundf(PROBLEM, "install the package gxdp-dkms and the kernel's headers (linux-headers-amd64), or: make && make install",
		       "there is no gxdp.ko for the running kernel, %s", uts->release);
	if (m.found && !for_release(&m, uts->release))
		foundf(PROBLEM, "build it again for the running kernel, or boot the kernel it is for",
		       "%s is for another kernel: %s", m.path, m.vermagic);
	if (is_loaded && source[0] && installed[0] && strcmp(source, installed))
		foundf(NOTE, "unbind the cards, rmmod gxdp, and bind them again; or reboot",
		       "the gxdp that is loaded (%s) is another than the one installed (%s)",
		       loaded, m.version);
	return json_pack("{s:b, s:o, s:o, s:o, s:o}", "loaded", is_loaded,
			 "loaded_version", text_or_null(loaded),
			 "installed", text_or_null(m.path),
			 "installed_version", text_or_null(m.version),
			 "signer", text_or_null(m.signer));
}

static json_t *signing_json(void)
{
	char why[1024], steps[1024];
	struct signing s;
	bool refuse;

	signing_read(&s);
	refuse = signing_would_refuse("gxdp", why, sizeof(why), steps, sizeof(steps));
	if (refuse)
		found(PROBLEM, why, steps);
	return json_pack("{s:b, s:b, s:b, s:o, s:b, s:b, s:o}", "efi", s.efi,
			 "secure_boot", s.secure_boot, "sig_enforce", s.sig_enforce,
			 "lockdown", text_or_null(s.lockdown), "signature_required",
			 s.required, "would_refuse", refuse, "owner_key",
			 text_or_null(signing_mok()));
}

static bool in_path(const char *tool)
{
	char *list = strdup(getenv("PATH") ?: "");
	char path[512], *dir, *save;
	bool there = false;

	for (dir = strtok_r(list, ":", &save); dir && !there;
	     dir = strtok_r(NULL, ":", &save)) {
		snprintf(path, sizeof(path), "%s/%s", dir, tool);
		there = !access(path, X_OK);
	}
	free(list);
	return there;
}

static json_t *tools_json(void)
{
	static const struct {
		const char *name, *without, *package;
	} tools[] = {
		{ "modprobe", "cards cannot be bound", "kmod" },
		{ "modinfo", "signatures cannot be looked at", "kmod" },
		{ "ip", "there is no other way to attach a program by hand", "iproute2" },
		{ "ethtool", "counters and rings cannot be seen", "ethtool" },
		{ "bpftool", "maps cannot be dumped", "bpftool" },
		{ "mokutil", "keys for Secure Boot cannot be enrolled or looked at", "mokutil" },
	};
	json_t *all = json_object();
	struct signing s;
	size_t i;

	signing_read(&s);
	for (i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		bool there = in_path(tools[i].name);
		char mend[128];

		json_object_set_new(all, tools[i].name, json_boolean(there));
		if (there || (!strcmp(tools[i].name, "mokutil") && !s.secure_boot))
			continue;
		snprintf(mend, sizeof(mend), "install the package %s", tools[i].package);
		foundf(NOTE, mend, "%s is not installed: %s", tools[i].name, tools[i].without);
	}
	return all;
}

/* --- cards --------------------------------------------------------------------- */

/* Which driver has the card, in words that say why */
static const char *why_driver(const struct pci_dev *pci, const struct pci_known *chip,
			      bool chosen)
{
	if (!strcmp(pci->driver, "gxdp"))
		return chosen ? "chosen by \"gxdp bind --persist\"" :
		       "chosen by \"gxdp bind\", until the next boot";
	if (!strcmp(pci->override, "gxdp"))
		return "chosen for gxdp, whose module is not loaded or did not take it";
	if (pci->override[0])
		return "chosen by driver_override";
	if (!pci->driver[0])
		return "no driver has it";
	if (chip && !strcmp(pci->driver, chip->mainline))
		return "the kernel's own driver; gxdp takes no card unasked";
	return chip ? "bound by hand" : "the kernel's own driver";
}

static json_t *ring_json(const struct ring_limits *r)
{
	if (!r->known)
		return json_null();
	return json_pack("{s:i, s:i, s:i, s:i}", "rx", r->rx, "rx_max", r->rx_max,
			 "tx", r->tx, "tx_max", r->tx_max);
}

static const char *xdp_verdict(const struct xdp_features *f, bool gxdp)
{
	if (f->known)
		return f->features & XDP_FEATURE_BASIC ? "native" : "generic only";
	return gxdp ? "native" : "this kernel does not say: try \"gxdp attach\"";
}

static const char *zerocopy_verdict(const struct xdp_features *f, bool gxdp)
{
	if (f->known)
		return f->features & XDP_FEATURE_ZEROCOPY ? "yes" : "no, copy mode";
	return gxdp ? "yes" : "this kernel does not say";
}

/* What a network device can do now; what it could do with gxdp is for the caller */
static json_t *netdev_json(const struct link *link, const char *driver)
{
	bool gxdp = !strcmp(driver, "gxdp");
	struct ring_limits rings;
	struct xdp_features f;

	devinfo_xdp_features(link->ifindex, &f);
	devinfo_rings(link->name, &rings);
	return json_pack("{s:o, s:i, s:i, s:i, s:o, s:o, s:o, s:b}", "dev",
			 text_json(link->name), "mtu", (int)link->mtu,
			 "mtu_min", (int)link->mtu_min, "mtu_max",
			 (int)link->mtu_max, "rings", ring_json(&rings),
			 "xdp", text_json(xdp_verdict(&f, gxdp)), "zerocopy",
			 text_json(zerocopy_verdict(&f, gxdp)), "frags",
			 f.known ? !!(f.features & XDP_FEATURE_RX_FRAGS) : gxdp);
}

struct seek {
	const char *address;
	const char *driver;
	json_t *netdev;
};

static bool note_netdev(const struct link *link, void *arg)
{
	struct seek *seek = arg;

	if (strcmp(link->parent, seek->address) || link->kind[0])
		return true;
	seek->netdev = netdev_json(link, seek->driver);
	return false;
}

/* What gxdp has and the driver that has the card has not; NULL: nothing, or nobody knows */
static const char *lacks(const struct pci_dev *pci, const json_t *netdev)
{
	const char *xdp = member(netdev, "xdp");
	bool native = !strcmp(xdp, "native");

	/* of e1000 and e1000e it is known of all kernels, whatever is asked */
	if (!strcmp(xdp, "generic only") || (!native && strcmp(pci->driver, "igb")))
		return "native XDP and no AF_XDP zero-copy";
	if (netdev && strcmp(member(netdev, "zerocopy"), "yes"))
		return "AF_XDP zero-copy";
	return NULL;
}

static void check_card(const struct pci_dev *pci, const struct pci_known *chip, bool chosen,
		       const json_t *netdev)
{
	char mend[256];

	if (!chip)
		return;
	snprintf(mend, sizeof(mend), "gxdp bind %s", pci->address);
	if (!strcmp(pci->override, "gxdp") && strcmp(pci->driver, "gxdp"))
		foundf(PROBLEM, "gxdp bind gives it to gxdp, gxdp unbind back to its own driver",
		       "%s (%s) was given to gxdp and is with %s", pci->address,
		       chip->name, pci->driver[0] ? pci->driver : "no driver");
	else if (chosen && strcmp(pci->driver, "gxdp"))
		foundf(PROBLEM, mend, "%s (%s) was to be gxdp's at boot, and is with %s",
		       pci->address, chip->name, pci->driver[0] ? pci->driver : "no driver");
	else if (!strcmp(pci->driver, chip->mainline) && lacks(pci, netdev))
		foundf(NOTE, mend, "%s (%s) is with %s, which has no %s; gxdp has",
		       pci->address, chip->name, pci->driver, lacks(pci, netdev));
}

static json_t *card_json(const char *address, struct nl *nl)
{
	const struct pci_known *chip;
	struct pci_dev pci;
	struct seek seek;
	bool chosen;

	if (pci_read(address, &pci))
		return NULL;
	chip = pci_known(&pci);
	chosen = persist_has(address);
	seek = (struct seek){ .address = address, .driver = pci.driver };
	link_for_each(nl, note_netdev, &seek);
	check_card(&pci, chip, chosen, seek.netdev);
	return json_pack("{s:o, s:o, s:b, s:o, s:o, s:b, s:o}", "pci",
			 text_json(address), "chip",
			 text_or_null(chip ? chip->name : ""), "drives_it",
			 !!chip, "driver", text_or_null(pci.driver), "why",
			 text_json(why_driver(&pci, chip, chosen)),
			 "persistent", chosen, "netdev",
			 seek.netdev ? seek.netdev : json_null());
}

static bool is_ethernet(const char *address)
{
	char path[512], class[32];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/class", address);
	return file_word(path, class, sizeof(class)) &&
	       !strncmp(class, ETHERNET_CLASS, strlen(ETHERNET_CLASS));
}

static json_t *cards_json(struct nl *nl)
{
	json_t *cards = json_array(), *card;
	struct dirent **entry;
	int i, n, known = 0;

	n = scandir("/sys/bus/pci/devices", &entry, NULL, alphasort);
	for (i = 0; i < n; i++) {
		if (entry[i]->d_name[0] != '.' && is_ethernet(entry[i]->d_name)) {
			card = card_json(entry[i]->d_name, nl);
			if (card) {
				known += json_is_true(json_object_get(card, "drives_it"));
				json_array_append_new(cards, card);
			}
		}
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	if (!known)
		found(NOTE, "there is no card here that gxdp.ko drives",
		      "gxdp(8) lists the chips; attach and status work on any device with XDP");
	return cards;
}

/* Every one of this network namespace, whatever is behind it */
static json_t *interfaces_json(struct nl *nl)
{
	json_t *list = json_array();

	link_for_each(nl, features_collect, list);
	return list;
}

/* --- for people ------------------------------------------------------------------ */

static bool is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

static long number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void print_machine(const json_t *all)
{
	const json_t *kernel = json_object_get(all, "kernel");
	const json_t *module = json_object_get(all, "module");
	const json_t *sign = json_object_get(all, "signing");

	printf("kernel: %s, AF_XDP: %s\n", member(kernel, "release"), member(kernel, "af_xdp"));
	printf("module: %s%s%s%s\n", is_true(module, "loaded") ? "loaded, version " : "not loaded",
	       member(module, "loaded_version"),
	       member(module, "installed")[0] ? "; installed: " : "; not installed",
	       member(module, "installed"));
	printf("signatures: Secure Boot %s, lockdown %s, %s\n",
	       is_true(sign, "secure_boot") ? "on" : "off",
	       member(sign, "lockdown")[0] ? member(sign, "lockdown") : "unknown",
	       is_true(sign, "signature_required") ? "modules must be signed" :
	       "modules need none");
}

static void print_card(const json_t *card)
{
	const json_t *dev = json_object_get(card, "netdev");
	const json_t *rings = json_object_get(dev, "rings");

	printf("%s: %s, driver %s (%s)\n", member(card, "pci"),
	       member(card, "chip")[0] ? member(card, "chip") : "not one of gxdp's chips",
	       member(card, "driver")[0] ? member(card, "driver") : "none", member(card, "why"));
	if (json_is_null(dev))
		return;
	printf("    %s: XDP %s, AF_XDP zero-copy %s; MTU %ld of %ld to %ld", member(dev, "dev"),
	       member(dev, "xdp"), member(dev, "zerocopy"), number(dev, "mtu"),
	       number(dev, "mtu_min"), number(dev, "mtu_max"));
	if (json_is_object(rings))
		printf("; rings %ld/%ld of %ld/%ld", number(rings, "rx"), number(rings, "tx"),
		       number(rings, "rx_max"), number(rings, "tx_max"));
	putchar('\n');
}

/* Of its features the first two; all are in "gxdp features" */
static void print_interface(const json_t *dev)
{
	const json_t *one;
	size_t i;

	printf("%s: driver %s\n", member(dev, "dev"),
	       member(dev, "driver")[0] ? member(dev, "driver") : "unknown");
	json_array_foreach(json_object_get(dev, "features"), i, one)
		if (i < 2)
			printf("    %s: %s (%s)\n", member(one, "name"), member(one, "answer"),
			       member(one, "why"));
}

static void print_all(const json_t *all)
{
	const json_t *item;
	size_t i;

	print_machine(all);
	json_array_foreach(json_object_get(all, "cards"), i, item)
		print_card(item);
	json_array_foreach(json_object_get(all, "interfaces"), i, item)
		print_interface(item);
	json_array_foreach(json_object_get(all, "problems"), i, item)
		printf("%s: %s\n  to mend it: %s\n", member(item, "severity"),
		       member(item, "what"), member(item, "mend"));
	if (!json_array_size(json_object_get(all, "problems")))
		printf("nothing is wrong\n");
}

static bool any_problem(void)
{
	const json_t *item;
	size_t i;

	json_array_foreach(problems, i, item)
		if (!strcmp(member(item, "severity"), "problem"))
			return true;
	return false;
}

int verb_doctor(int argc, char **argv)
{
	struct utsname uts;
	json_t *all;
	struct nl nl;
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	caps_keep(CAPS_DOCTOR, false);
	err = nl_open(&nl, NETLINK_ROUTE);
	if (err) {
		fail(GX_FAILED, "no netlink");
		fail_reason("%s", strerror(-err));
		return GX_FAILED;
	}
	uname(&uts);
	problems = json_array();
	all = json_object();
	json_object_set_new(all, "kernel", kernel_json(&uts));
	json_object_set_new(all, "module", module_json(&uts));
	json_object_set_new(all, "signing", signing_json());
	json_object_set_new(all, "tools", tools_json());
	json_object_set_new(all, "cards", cards_json(&nl));
	json_object_set_new(all, "interfaces", interfaces_json(&nl));
	json_object_set_new(all, "problems", problems);
	nl_close(&nl);
	if (!gx_options.json)
		print_all(all);
	err = any_problem() ? GX_FAILED : GX_OK;
	print_json(json_pack("{s:o}", "doctor", all));
	return err;
}
