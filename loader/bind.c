// SPDX-License-Identifier: GPL-2.0
/* gxdp bind: give a network card to the gxdp driver. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "caps.h"
#include "gxdp.h"
#include "persist.h"
#include "rebind.h"
#include "rebind_args.h"
#include "run.h"
#include "signing.h"

#define MODULE_SECONDS 60
#define SYSTEMCTL_SECONDS 30
#define MOST_CHOSEN 64

static const struct argp_option options[] = {
	REBIND_OPTION_FORCE,
	{ "module", 'm', "FILE", 0,
	  "Load this gxdp.ko, not the installed one", 0 },
	{ "persist", 'p', NULL, 0, "And at each boot from now on", 0 },
	{ "chosen", REBIND_KEY_CHOSEN, NULL, 0,
	  "The cards of earlier --persist, instead of one named here (for the boot)", 0 },
	{}
};

static const struct argp argp = {
	.options = options,
	.parser = rebind_parse,
	.children = gx_common_options,
	.args_doc = REBIND_ARGS_DOC,
	.doc = "Give a network card to the gxdp driver; its name, addresses and routes stay."
	       "\vIf anything fails, the driver and the configuration of before are put back. See gxdp-bind(8).",
};

static int not_supported(const struct rebind *r)
{
	fail(GX_NOT_FOUND, "%s (%04x:%04x) is not a chip that gxdp drives",
	     r->pci.address, r->pci.vendor, r->pci.device);
	fail_hint("gxdp(8) lists the chips; XDP programs may run on it with its own driver: gxdp status");
	return GX_NOT_FOUND;
}

/* The modules FILE needs: insmod, unlike modprobe, does not load them */
static void load_needs(const char *file, char *output, size_t size)
{
	char *query[] = { "modinfo", "-F", "depends", (char *)file, NULL };
	char *load[] = { "modprobe", "--", NULL, NULL };
	char needs[512], *name, *save;

	if (run_command(query, MODULE_SECONDS, needs, sizeof(needs)))
		return;
	for (name = strtok_r(needs, ",\n", &save); name;
	     name = strtok_r(NULL, ",\n", &save)) {
		load[2] = name;
		run_command(load, MODULE_SECONDS, output, size);
	}
}

/* The kernel's own words when it takes no module of this signature, or none */
static bool refused_signature(const char *output)
{
	return strstr(output, "Key was rejected") ||
	       strstr(output, "Required key not available") ||
	       strstr(output, "module verification failed");
}

/* Tells of it: @file is what was given, or NULL; @status and @output what loading it ended with */
static int did_not_load(const char *module, const char *file, int status, char *output)
{
	char steps[1024];

	fail(GX_FAILED, "the module %s does not load", module);
	output[strcspn(output, "\n")] = '\0';
	fail_reason("%s", output[0] ? output : status < 0 ? strerror(-status) :
		    "it loaded, but registered no driver");
	if (geteuid()) {
		fail_hint("run gxdp as root");
	} else if (refused_signature(output)) {
		signing_steps(module, steps, sizeof(steps));
		fail_hint("%s", steps);
	} else {
		fail_hint(file ? "it must be built for this kernel: make, then dmesg for the reason" :
			  "build and install it (make && make install, or the package gxdp-dkms), or give its path: --module FILE");
	}
	return GX_FAILED;
}

static int load_module(const char *file)
{
	char *installed[] = { "modprobe", "gxdp", NULL };
	char *given[] = { "insmod", (char *)file, NULL };
	const char *module = file ? file : "gxdp";
	char why[1024], steps[1024];
	char output[512] = "";
	int status;

	if (pci_driver_present("gxdp"))
		return GX_OK;
	if (!geteuid() && signing_would_refuse(module, why, sizeof(why), steps, sizeof(steps))) {
		fail(GX_REFUSED, "this machine takes signed modules only, and would not load gxdp");
		fail_reason("%s", why);
		fail_hint("%s", steps);
		return GX_REFUSED;
	}
	if (file)
		load_needs(file, output, sizeof(output));
	status = run_command(file ? given : installed, MODULE_SECONDS, output,
			     sizeof(output));
	if (!status && pci_driver_present("gxdp"))
		return GX_OK;
	return did_not_load(module, file, status, output);
}

/* With systemd the choice is carried out before the network is set up. */
static void enable_unit(void)
{
	char *argv[] = { "systemctl", "--quiet", "enable", PERSIST_UNIT, NULL };
	char output[512] = "";

	if (access("/run/systemd/system", F_OK)) {
		warn("systemd does not run here: have \"gxdp bind --chosen\" run at boot, before the network is set up");
		return;
	}
	if (!run_command(argv, SYSTEMCTL_SECONDS, output, sizeof(output)))
		return;
	output[strcspn(output, "\n")] = '\0';
	warn("systemctl enable " PERSIST_UNIT " failed (%s): the card will be moved when udev finds it, perhaps after the network is up",
	     output);
}

/* Note the choice; what could not be noted is not done either */
static int make_last(const struct rebind *r)
{
	int err = persist_add(&r->pci);

	if (!err) {
		enable_unit();
		return GX_OK;
	}
	fail(GX_FAILED, "cannot note in " PERSIST_RULES " that %s is gxdp's", r->pci.address);
	fail_reason("%s", strerror(-err));
	fail_hint("nothing was changed; without --persist the card is bound until the next boot");
	return GX_FAILED;
}

/* From where it is to gxdp; r has been found */
static int bind_found(struct rebind *r, const struct rebind_args *args, bool *changed)
{
	bool noted = false;
	int ret;

	*changed = false;
	if (!r->known)
		return not_supported(r);
	if (!strcmp(r->pci.driver, "gxdp"))
		return args->persist ? make_last(r) : GX_OK;
	ret = rebind_check(r, args->force);
	if (!ret)
		ret = load_module(args->module);
	if (!ret && args->persist && !persist_has(r->pci.address)) {
		ret = make_last(r);
		noted = !ret;
	}
	if (!ret)
		ret = rebind_to(r, "gxdp");
	*changed = !ret;
	if (ret && noted)
		persist_remove(r->pci.address);
	return ret;
}

/* One card of those that were chosen: what became of it, for people and for -j */
static int bind_chosen_one(const struct persist *chosen, const struct rebind_args *args,
			   json_t *list)
{
	const char *what = "failed";
	struct rebind r = {};
	struct pci_dev now;
	bool changed;
	int ret;

	if (pci_read(chosen->address, &now)) {
		ret = GX_OK;
		what = "absent";
	} else if (now.vendor != chosen->vendor || now.device != chosen->device) {
		ret = GX_OK;
		what = "another card";
	} else {
		ret = rebind_find(&r, chosen->address);
		if (!ret)
			ret = bind_found(&r, args, &changed);
		if (!ret)
			what = changed ? "bound" : "bound already";
		rebind_free(&r);
	}
	say("%s: %s", chosen->address, what);
	json_array_append_new(list, json_pack(
		"{s:o, s:o, s:o}", "pci", text_json(chosen->address), "result",
		text_json(what), "message",
		text_or_null(ret ? fail_message() : NULL)));
	if (ret)
		warn("%s stays with its driver: %s", chosen->address, fail_message());
	return ret;
}

static int bind_chosen(const struct rebind_args *args)
{
	struct persist chosen[MOST_CHOSEN];
	int i, n, one, ret = GX_OK;
	json_t *list;

	n = persist_list(chosen, MOST_CHOSEN);
	if (n < 0) {
		fail(GX_FAILED, "cannot read " PERSIST_RULES);
		fail_reason("%s", strerror(-n));
		return GX_FAILED;
	}
	list = json_array();
	/* the last error is the command's, but each card has its turn */
	for (i = 0; i < n; i++) {
		one = bind_chosen_one(&chosen[i], args, list);
		if (one)
			ret = one;
	}
	print_json(json_pack("{s:o}", "chosen", list));
	return ret;
}

int verb_bind(int argc, char **argv)
{
	struct rebind_args args = {};
	struct rebind r;
	bool changed;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	caps_keep(CAPS_BIND, false);
	if (args.chosen)
		return bind_chosen(&args);
	ret = rebind_find(&r, args.device);
	if (!ret)
		ret = bind_found(&r, &args, &changed);
	if (!ret)
		rebind_report(&r, "bound", changed);
	rebind_free(&r);
	return ret;
}
