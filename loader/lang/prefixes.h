/* SPDX-License-Identifier: GPL-2.0 */
/* Prefixes as numbers, for the files of lang/. */
#ifndef GXDP_LANG_PREFIXES_H
#define GXDP_LANG_PREFIXES_H

#include "../ruleset.h"

typedef unsigned __int128 gx_u128;

/* The address as a number of 32 or 128 bits */
gx_u128 gx_prefix_load(const struct gx_prefix *p, bool v6);
/* Bits behind @len are cleared */
void gx_prefix_store(struct gx_prefix *p, gx_u128 addr, unsigned int len,
		     bool v6);
bool gx_prefix_holds(const struct gx_prefix *outer,
		      const struct gx_prefix *inner);
/* The prefixes that make up @lo ... @hi; 0 or -ENOMEM */
int gx_prefixes_add_range(struct gx_prefixes *p, gx_u128 lo, gx_u128 hi,
			  bool v6);

/*
 * address.c: the address at @pos, which ends before @end. Returns what stands
 * behind it, or NULL with *@why set to a static sentence.
 */
const char *gx_read_ipv4(const char *pos, const char *end, uint32_t *addr,
			 const char **why);
const char *gx_read_ipv6(const char *pos, const char *end, gx_u128 *addr,
			 const char **why);

/* An address, prefix or range, as text */
struct gx_span {
	bool v6;
	bool host_bits;		/* a prefix had bits behind its length */
	bool range;
	unsigned int len;
	gx_u128 lo, hi;
};

/* As above; spaces around the "-" of a range are taken */
const char *gx_read_address(const char *pos, const char *end,
			    struct gx_span *m, const char **why);
int gx_span_add(const struct gx_span *m, struct gx_prefixes *v4,
		  struct gx_prefixes *v6);

#endif /* GXDP_LANG_PREFIXES_H */
