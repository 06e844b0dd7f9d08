// SPDX-License-Identifier: GPL-2.0
/* gxdp unbind: give a network card back to the kernel's own driver. */
#include <string.h>

#include "caps.h"
#include "gxdp.h"
#include "persist.h"
#include "rebind.h"
#include "rebind_args.h"

static const struct argp_option options[] = {
	REBIND_OPTION_FORCE,
	{}
};

static const struct argp argp = {
	.options = options,
	.parser = rebind_parse,
	.children = gx_common_options,
	.args_doc = REBIND_ARGS_DOC,
	.doc = "Give a network card back to the kernel's own driver; its name, addresses and routes stay."
	       "\vIf anything fails, gxdp gets it back. See gxdp-unbind(8).",
};

/* Nor at the next boot */
static int forget(const struct rebind *r)
{
	int err = persist_remove(r->pci.address);

	if (!err)
		return GX_OK;
	fail(GX_FAILED, "%s is with its own driver, but " PERSIST_RULES " still gives it to gxdp at boot",
	     r->pci.address);
	fail_reason("%s", strerror(-err));
	fail_hint("remove its line from that file");
	return GX_FAILED;
}

int verb_unbind(int argc, char **argv)
{
	struct rebind_args args = {};
	struct rebind r;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	caps_keep(CAPS_BIND, false);
	ret = rebind_find(&r, args.device);
	if (ret)
		goto out;
	/* the module may be gone, and only the choice be left */
	if (strcmp(r.pci.driver, "gxdp") && strcmp(r.pci.override, "gxdp")) {
		ret = forget(&r);
		if (!ret)
			rebind_report(&r, "unbound", false);
		goto out;
	}
	ret = rebind_check(&r, args.force);
	if (ret)
		goto out;
	pci_load_mainline(&r.pci);
	ret = rebind_to(&r, "");
	if (!ret)
		ret = forget(&r);
	if (!ret)
		rebind_report(&r, "unbound", true);
out:
	rebind_free(&r);
	return ret;
}
