/* SPDX-License-Identifier: GPL-2.0 */
/* Members of the sets that run, listed without the device's lock. */
#ifndef GXDP_MEMBERS_H
#define GXDP_MEMBERS_H

#include "datapath.h"

struct members {
	struct gx_member *v;	/* sorted by gx_member_compare() */
	size_t n;
};

struct all_members {
	size_t nsets;
	struct members set[];
};

/*
 * The members of all sets, or of that called @only and of no other, by the indices that
 * they have in @d->store.rs. If other rules are applied meanwhile, those are read, text
 * and members. A gx_exit code; members_free(*all) also after failure.
 */
int members_read(struct datapath *d, const char *only, struct all_members **all);
void members_free(struct all_members *all);

/* The @i-th of a set's prefixes, as a member that does not time out */
struct gx_member member_at(const struct gx_prefixes *v4, const struct gx_prefixes *v6,
			   size_t i);

#endif /* GXDP_MEMBERS_H */
