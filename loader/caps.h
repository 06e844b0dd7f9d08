/* SPDX-License-Identifier: GPL-2.0 */
/* Give up the privileges a verb does not need, as early as it can. */
#ifndef GXDP_CAPS_H
#define GXDP_CAPS_H

/* What a verb may still have to do with the kernel */
enum caps_need {
	CAPS_LOOK,	/* read maps and devices */
	CAPS_CHANGE,	/* write maps */
	CAPS_ATTACH,	/* load programs, mount bpffs, change a device's hook */
};

/* Keep the few capabilities for @need */
void caps_keep(enum caps_need need);
/* For what only reads files */
void caps_keep_reading(void);

#endif /* GXDP_CAPS_H */
