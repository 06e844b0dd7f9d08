/* SPDX-License-Identifier: GPL-2.0 */
/* Which bits of the key a node takes. */
#ifndef GXDP_ENGINE_CHOOSE_H
#define GXDP_ENGINE_CHOOSE_H

#include "slice.h"

#define GX_SAMPLE	1024	/* boxes that a choice is made by */

/* What a packet pays for a node and for a rule in a leaf, in ns or so */
#define GX_NODE_COST	12
#define GX_ENTRY_COST	4

/* Bits in a row of a word of the key, which some box asks for */
struct gx_key_field {
	uint8_t word, shift, bits;
};

struct gx_chooser {
	const struct gx_boxes *boxes;
	const struct gx_box *box;	/* all of the list's */
	enum gxdp_family family;
	struct gx_key_field field[GXDP_WORDS + 16];
	int nfields;
	/*
	 * The sample, one field at a time, as numbers of that field: the bits that are
	 * known and which are not; or the lowest and the highest.
	 */
	uint64_t first[GX_SAMPLE], second[GX_SAMPLE];
	/* what it costs that so many boxes of the sample go on together */
	uint64_t go_on[GX_SAMPLE + 1];
	double scale;			/* boxes for each of the sample, in go_on */
};

/* For lists that are parts of @member: only fields that some of these ask for */
void gx_chooser_init(struct gx_chooser *c, const struct gx_boxes *boxes,
		     const struct gx_box *box, enum gxdp_family family,
		     const uint32_t *member, size_t n);

/*
 * The slice after which a packet that is to be compared with the @n boxes of @list
 * costs least; adds to *work what was done for it, in steps of some nanoseconds.
 * False: none tells them apart, or there is no memory.
 */
bool gx_choose(struct gx_chooser *c, const uint32_t *list, size_t n,
	       const struct gx_region *r, struct gx_slice *slice, uint64_t *work);

#endif /* GXDP_ENGINE_CHOOSE_H */
