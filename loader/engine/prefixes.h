/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_ENGINE_PREFIXES_H
#define GXDP_ENGINE_PREFIXES_H

#include "../ruleset.h"

/* By address, shorter ones first */
int gx_prefix_compare(const void *a, const void *b);
/* Is @b all inside @a? */
bool gx_prefix_covers(const struct gx_prefix *a, const struct gx_prefix *b);
/* @in sorted, without those that others cover; free(out->v). 0 or -ENOMEM. */
int gx_prefixes_merge(struct gx_prefixes *out, const struct gx_prefixes *in);

#endif /* GXDP_ENGINE_PREFIXES_H */
