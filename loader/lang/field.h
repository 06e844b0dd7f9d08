/* SPDX-License-Identifier: GPL-2.0 */
/* What is to be known of each field: its words and its numbers' names. */
#ifndef GXDP_LANG_FIELD_H
#define GXDP_LANG_FIELD_H

#include "../ruleset.h"
#include "ast.h"

struct gx_named_value {
	const char *name;
	uint32_t value;
};

struct gx_field_info {
	const char *words;	/* how a condition on it begins */
	uint64_t max;
	const struct gx_named_value *names;	/* the first is the canonical one */
	const char *what;	/* a value of it, for messages */
};

extern const struct gx_field_info gx_field_info[GX_F_MAX];

/* NULL-terminated; by_code is the unreachable messages' */
extern const struct gx_named_value gx_icmp_types[], gx_icmp6_types[];
extern const struct gx_named_value gx_icmp_codes[], gx_icmp6_codes[];
extern const struct gx_named_value gx_proto_names[], gx_tcp_flag_names[];

bool gx_name_to_value(const struct gx_named_value *table, struct gx_str name,
		      uint64_t *value);
const char *gx_value_to_name(const struct gx_named_value *table, uint64_t value);

#define GX_MAC_MAX	0xffffffffffffULL
#define GX_TCP_FLAGS_ALL	0xff

/* @words of an address condition */
#define GX_SRC_WORD	"src"
#define GX_DST_WORD	"dst"

/*
 * Ranges as sets: sorted, disjoint, not adjacent. The functions that may need
 * memory return false if there is none.
 */
bool gx_ranges_add(struct gx_ranges *r, size_t *room, uint64_t lo, uint64_t hi);
void gx_ranges_normalize(struct gx_ranges *r);
/* All of 0 ... @max that is not in @r, in place of it */
bool gx_ranges_complement(struct gx_ranges *r, uint64_t max);
/* @into becomes what is in both */
bool gx_ranges_intersect(struct gx_ranges *into, const struct gx_ranges *with);
bool gx_ranges_has(const struct gx_ranges *r, uint64_t value);
/* Every value of @inner is in @outer */
bool gx_ranges_cover(const struct gx_ranges *outer,
		     const struct gx_ranges *inner);

#endif /* GXDP_LANG_FIELD_H */
