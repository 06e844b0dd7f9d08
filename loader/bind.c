// SPDX-License-Identifier: GPL-2.0
/* gxdp bind: give a network card to the gxdp driver. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gxdp.h"
#include "rebind.h"
#include "rebind_args.h"
#include "run.h"

#define MODULE_SECONDS 60

static const struct argp_option options[] = {
	REBIND_OPTION_FORCE,
	{ "module", 'm', "FILE", 0,
	  "Load this gxdp.ko, not the installed one", 0 },
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

static int load_module(const char *file)
{
	char *installed[] = { "modprobe", "gxdp", NULL };
	char *given[] = { "insmod", (char *)file, NULL };
	char output[512] = "";
	int status;

	if (pci_driver_present("gxdp"))
		return GX_OK;
	if (file)
		load_needs(file, output, sizeof(output));
	status = run_command(file ? given : installed, MODULE_SECONDS, output,
			     sizeof(output));
	if (!status && pci_driver_present("gxdp"))
		return GX_OK;
	fail(GX_FAILED, "the module %s does not load", file ? file : "gxdp");
	output[strcspn(output, "\n")] = '\0';
	fail_reason("%s", output[0] ? output : status < 0 ? strerror(-status) :
		    "it loaded, but registered no driver");
	if (geteuid())
		fail_hint("run gxdp as root");
	else
		fail_hint(file ? "it must be built for this kernel: make, then dmesg for the reason" :
			  "build and install it (make && make install), or give its path: --module FILE");
	return GX_FAILED;
}

int verb_bind(int argc, char **argv)
{
	struct rebind_args args = {};
	struct rebind r;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	ret = rebind_find(&r, args.device);
	if (ret)
		goto out;
	if (!strcmp(r.pci.driver, "gxdp")) {
		rebind_report(&r, "bound", false);
		goto out;
	}
	if (!r.known) {
		ret = not_supported(&r);
		goto out;
	}
	ret = rebind_check(&r, args.force);
	if (!ret)
		ret = load_module(args.module);
	if (!ret)
		ret = rebind_to(&r, "gxdp");
	if (!ret)
		rebind_report(&r, "bound", true);
out:
	rebind_free(&r);
	return ret;
}
