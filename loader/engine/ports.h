/* SPDX-License-Identifier: GPL-2.0 */
/* Nodes for rules that nothing but the order of their port ranges' ends tells apart. */
#ifndef GXDP_ENGINE_PORTS_H
#define GXDP_ENGINE_PORTS_H

#include "slice.h"

/* In what it is made */
struct gx_ports_choice {
	const struct gx_boxes *boxes;
	const struct gx_box *box;	/* all of the list's */
	enum gxdp_family family;
	bool counts;			/* all matching rules are wanted, not the first */
	bool must;			/* a leaf cannot be all of @list */
	const uint32_t *list;
	size_t n;
	const struct gx_region *region;
};

/*
 * The slice of a port with which to begin to go down to where the ends of ranges are.
 * Adds to *work what was done for it, in steps of some nanoseconds. False: that is not
 * worth it, no range ends here, or there is no memory.
 */
bool gx_choose_ports(const struct gx_ports_choice *c, struct gx_slice *slice,
		     uint64_t *work);

#endif /* GXDP_ENGINE_PORTS_H */
