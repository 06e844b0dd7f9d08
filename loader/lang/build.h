/* SPDX-License-Identifier: GPL-2.0 */
/* A rule being put together, and where its parts stand. */
#ifndef GXDP_LANG_BUILD_H
#define GXDP_LANG_BUILD_H

#include "parser.h"

struct gx_rule_places {
	struct gx_loc rule;
	const struct gx_loc *field[GX_F_MAX];	/* NULL: not asked for */
	const struct gx_loc *src, *dst;
	const struct gx_loc *verdict, *limit, *sample, *mark;
};

/* contradict.c: false if the rule can never do what it says; told to the user */
bool gx_rule_plausible(struct gx_parser *p, const struct gx_rule *rule,
		       const struct gx_rule_places *at);

/* setfile.c: as gx_lang_read_members(), with errors of @loc where it is named */
bool gx_set_read_file(struct gx_parser *p, const char *path,
		      const struct gx_loc *loc, struct gx_prefixes *v4,
		      struct gx_prefixes *v6);

#endif /* GXDP_LANG_BUILD_H */
