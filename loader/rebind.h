/* SPDX-License-Identifier: GPL-2.0 */
/* Moving a PCI function from one driver to another, configuration and all. */
#ifndef GXDP_REBIND_H
#define GXDP_REBIND_H

#include <stdbool.h>

#include "netcfg.h"
#include "pci.h"

/* What the card's old network device took along */
enum rebind_lost {
	REBIND_LOST_NOTHING,
	REBIND_LOST_PROGRAM,	/* an XDP program */
	REBIND_LOST_RULES,	/* the rules that gxdp apply had put there */
};

struct rebind {
	struct pci_dev pci;		/* as it is before */
	const struct pci_known *known;	/* NULL: not a chip of gxdp's */
	bool has_netdev;
	struct link link;		/* if has_netdev */
	struct netcfg cfg;		/* if has_netdev */
	bool forced;			/* whatever is in the way */
	enum rebind_lost lost;		/* of rebind_to(), also when it failed */
};

/*
 * Find the device that @arg names (a PCI address or a network device) and enter
 * the network namespace it is in. gx_exit code; rebind_free() in either case.
 */
int rebind_find(struct rebind *r, const char *arg);
void rebind_free(struct rebind *r);

/* Refuse, unless @force, what would cut the machine off or lose devices */
int rebind_check(struct rebind *r, bool force);

/*
 * Give the device to @driver, or if that is "" to whichever the kernel finds,
 * and restore its configuration. If anything fails, the driver and the
 * configuration of before are put back, and the gx_exit code and fail() say so. What
 * cannot be put back, an XDP program, is said too, and told in @r->lost.
 */
int rebind_to(struct rebind *r, const char *driver);

/* Result for people and -j; @verb as in "bound" */
void rebind_report(struct rebind *r, const char *verb, bool changed);

#endif /* GXDP_REBIND_H */
