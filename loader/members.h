/* SPDX-License-Identifier: GPL-2.0 */
/* Members of the sets that run, listed without the device's lock. */
#ifndef GXDP_MEMBERS_H
#define GXDP_MEMBERS_H

#include "datapath.h"

struct members {
	struct gx_member *v;	/* sorted by gx_member_compare() */
	size_t n;
};

/*
 * The members of all sets, or of that called @only and of no other, by the indices that
 * they have in @d->store.rs. If other rules are applied meanwhile, those are read, text
 * and members. A gx_exit code; members_free() with the same @d, also after failure.
 */
int members_read(struct datapath *d, const char *only, struct members **all);
void members_free(const struct datapath *d, struct members *all);

#endif /* GXDP_MEMBERS_H */
