// SPDX-License-Identifier: GPL-2.0
/* gxdp unbind: give a network card back to the kernel's own driver. */
#include <string.h>

#include "gxdp.h"
#include "rebind.h"

struct unbind_args {
	const char *device;
	bool force;
};

static const struct argp_option options[] = {
	{ "force", 'f', NULL, 0,
	  "Also a device that carries the default route or others are built on",
	  0 },
	{}
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct unbind_args *args = state->input;

	switch (key) {
	case 'f':
		args->force = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->device)
			argp_error(state, "unexpected \"%s\"", arg);
		args->device = arg;
		return 0;
	case ARGP_KEY_END:
		if (!args->device)
			argp_error(state, "which device? a PCI address or a name");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = gx_common_options,
	.args_doc = "PCI-ADDRESS|NAME",
	.doc = "Give a network card back to the kernel's own driver; its name, addresses and routes stay."
	       "\vIf anything fails, gxdp gets it back. See gxdp-unbind(8).",
};

int verb_unbind(int argc, char **argv)
{
	struct unbind_args args = {};
	struct rebind r;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	ret = rebind_find(&r, args.device);
	if (ret)
		goto out;
	/* the module may be gone, and only the choice be left */
	if (strcmp(r.pci.driver, "gxdp") && strcmp(r.pci.override, "gxdp")) {
		rebind_report(&r, "unbound", false);
		goto out;
	}
	ret = rebind_check(&r, args.force);
	if (ret)
		goto out;
	pci_load_mainline(&r.pci);
	ret = rebind_to(&r, "");
	if (!ret)
		rebind_report(&r, "unbound", true);
out:
	rebind_free(&r);
	return ret;
}
