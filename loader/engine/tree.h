/* SPDX-License-Identifier: GPL-2.0 */
/* From boxes to a tree of nodes and leaves (gxdp/tables.h). */
#ifndef GXDP_ENGINE_TREE_H
#define GXDP_ENGINE_TREE_H

#include "arena.h"
#include "boxes.h"

struct gx_tree {
	/* in */
	const struct gx_ruleset *rs;
	const struct gx_boxes *boxes;
	const struct gx_box_list *list;
	enum gxdp_family family;
	bool counts;		/* all matching rules are wanted, not the first */
	const uint32_t *action;	/* by rule: its gxdp_leaf*.rule */
	struct gx_arena *arena;
	uint32_t max_words;	/* give up when it takes more than so many */
	/* out */
	uint64_t ref;
	uint32_t words;
	unsigned int depth, leaf_max;
	double cost;		/* estimate of what a packet costs, ns or so */
	double depth_sum, leaves;
};

/*
 * Build a tree of the boxes @member, in order of rules. 0; -E2BIG: does not
 * fit; -ELOOP: too many rules overlap in one place, and *err says which;
 * -ENOMEM.
 */
int gx_tree_build(struct gx_tree *tree, const uint32_t *member, size_t n,
		  struct gx_error *err);

#endif /* GXDP_ENGINE_TREE_H */
