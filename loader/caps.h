/* SPDX-License-Identifier: GPL-2.0 */
/* Give up the privileges a verb does not need, as early as it can. */
#ifndef GXDP_CAPS_H
#define GXDP_CAPS_H

#include <stdbool.h>

/* What a verb may still have to do; gxdp(8) has the list, tests/loader/caps.sh tries it */
enum caps_need {
	CAPS_NONE,	/* ask what anybody may */
	CAPS_READ,	/* read files */
	CAPS_TEST,	/* load programs, and run them on no device */
	CAPS_LOOK,	/* read maps and devices */
	CAPS_CHANGE,	/* write maps */
	CAPS_ATTACH,	/* load programs, mount bpffs, change a device's hook */
	CAPS_BIND,	/* load modules, move cards, set up their devices */
	CAPS_DOCTOR,	/* look at the machine */
	CAPS_REPORT,	/* run what looks at all of it */
};

/*
 * Keep the few capabilities for @need, of this process and of those it runs; with
 * @writes, also what it takes to write a file that the user has named.
 */
void caps_keep(enum caps_need need, bool writes);

#endif /* GXDP_CAPS_H */
