/* SPDX-License-Identifier: GPL-2.0 */
/* From words to numbers and addresses, for build.c. Errors go to the parser. */
#ifndef GXDP_LANG_VALUE_H
#define GXDP_LANG_VALUE_H

#include "field.h"
#include "parser.h"
#include "prefixes.h"

/* What else of the rule a word may depend on */
struct gx_context {
	uint64_t proto;		/* the one protocol asked for, or GX_PROTO_ANY */
	bool proto_asked;
};

#define GX_PROTO_ANY	256

/* Call @each for every item, constants resolved. False: it said so, or a circle */
bool gx_values_each(struct gx_parser *p, const struct gx_values *values,
		    bool (*each)(struct gx_parser *p, const struct gx_item *item,
				 void *arg),
		    void *arg);

/* Values of a numeric field as ranges, operator applied; out->v is malloc'ed */
bool gx_read_ranges(struct gx_parser *p, enum gx_field field,
		    const struct gx_values *values,
		    const struct gx_context *ctx, struct gx_ranges *out);
/* A plain list of numbers up to @max: CPUs, keys; @what for messages */
bool gx_read_numbers(struct gx_parser *p, const struct gx_values *values,
		     uint64_t max, const char *what, struct gx_ranges *out);
bool gx_read_addresses(struct gx_parser *p, const struct gx_values *values,
		       struct gx_addr_match *out);
/* The members of a set, inline */
bool gx_read_set_members(struct gx_parser *p, const struct gx_values *values,
			 struct gx_set *set);

/* The one item of @values, a constant resolved; NULL with an error */
const struct gx_item *gx_single(struct gx_parser *p,
				const struct gx_values *values);

/* Amounts and times: "1000/s", "10 MB/s", "64kB", "1h30m", "1/100" */
bool gx_read_rate(struct gx_parser *p, const struct gx_item *item,
		  struct gx_limit *limit);
bool gx_read_burst(struct gx_parser *p, const struct gx_item *item,
		   const struct gx_limit *limit, uint64_t *burst);
bool gx_read_seconds(struct gx_parser *p, const struct gx_item *item,
		     uint32_t *seconds);
bool gx_read_number(struct gx_str text, uint64_t *value);

#endif /* GXDP_LANG_VALUE_H */
