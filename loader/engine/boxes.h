/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between ruleset and trees: boxes. A box is one rule, or a part of one, in one
 * family, with one prefix or range in each of the usual fields; conditions that few
 * rules have hang on it as they are.
 */
#ifndef GXDP_ENGINE_BOXES_H
#define GXDP_ENGINE_BOXES_H

#include "../slots.h"
#include "arena.h"
#include "engine.h"

/* A condition beyond addresses, ports and protocol */
struct gx_cond {
	struct gxdp_extra extra;	/* as it will stand in leaves */
	const struct gx_range *v;	/* RANGE, BITMAP: the field's values */
	size_t n;
};

struct gx_box_ports {
	uint16_t sport_lo, sport_hi;
	uint16_t dport_lo, dport_hi;
};

struct gx_box {
	uint64_t addr[4];		/* IPv4: [0] as in GXDP_W_ADDR4; IPv6: four words */
	uint64_t addr_mask[4];
	struct gx_box_ports l4;
	uint16_t value, mask;		/* of GXDP_W_L4: present, protocol */
	uint32_t index;			/* of the rule */
	uint32_t cond, nconds;		/* in gx_boxes.cond */
};

struct gx_box_list {
	struct gx_box *v;
	size_t n, room;
};

/* Sets of the ruleset, then those that stand for long lists in rules */
struct gx_box_set {
	const struct gx_prefixes *v4, *v6;
	bool own;			/* v4, v6 have been made for it */
};

struct gx_boxes {
	struct gx_box_list list[GXDP_FAMILIES];		/* rules that decide */
	struct gx_box_list counts[GXDP_FAMILIES];	/* GX_COUNT rules */
	struct gx_cond *cond;
	size_t nconds, room_conds;
	struct gx_box_set set[GXDP_MAX_SETS];
	unsigned int nsets;
	uint32_t flags;			/* gxdp_root.flags */
	bool *possible;			/* by rule: has a box at all */
	struct gx_ranges *kept;		/* ranges made here, to be freed */
	size_t nkept, room_kept;
	/* bitmaps, each once */
	struct {
		const struct gx_range *v;
		size_t n;
		uint32_t addr;
		uint8_t bits;
	} *bitmap;
	size_t nbitmaps, room_bitmaps;
	struct gx_slots bitmap_slots;
};

/* The conditions of @box, box->nconds of them; NULL: none */
static inline const struct gx_cond *gx_box_conds(const struct gx_boxes *boxes,
						 const struct gx_box *box)
{
	return box->nconds ? &boxes->cond[box->cond] : NULL;
}

/* 0 or -errno, and @err filled. Bitmaps go into @arena. */
int gx_boxes_make(struct gx_boxes *boxes, const struct gx_ruleset *rs,
		  const struct gx_compile_opts *opts, struct gx_arena *arena,
		  struct gx_error *err);
void gx_boxes_free(struct gx_boxes *boxes);

/* "rules.txt:12" of rule @i, for sentences */
const char *gx_rule_where(const struct gx_ruleset *rs, size_t i);

#endif /* GXDP_ENGINE_BOXES_H */
