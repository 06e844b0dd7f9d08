// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "gxdp.h"
#include "members.h"
#include "rulefile.h"

#define READ_TRIES 20

struct gx_member member_at(const struct gx_prefixes *v4, const struct gx_prefixes *v6,
			   size_t i)
{
	return (struct gx_member){
		.family = i < v4->n ? 4 : 6,
		.prefix = i < v4->n ? v4->v[i] : v6->v[i - v4->n],
	};
}

void members_free(struct all_members *all)
{
	size_t i;

	for (i = 0; all && i < all->nsets; i++)
		free(all->set[i].v);
	free(all);
}

/* As the tables are now; a gx_exit code with fail() done */
static int read_once(struct datapath *d, const char *only, struct all_members **all)
{
	const struct gx_ruleset *rs = d->store.rs;
	size_t n = rs ? rs->nsets : 0, i;
	struct gx_error err = {};

	if (only && datapath_set(d, only) < 0)
		return GX_NOT_FOUND;
	*all = calloc(1, sizeof(**all) + n * sizeof((*all)->set[0]));
	if (!*all)
		return fail(GX_FAILED, "out of memory");
	(*all)->nsets = n;
	for (i = 0; i < n; i++)
		if ((!only || !strcmp(only, rs->set[i].name)) &&
		    gx_dp_set_list(d->dp, i, &(*all)->set[i].v, &(*all)->set[i].n, &err))
			return fail_engine(GX_FAILED, &err);
	return GX_OK;
}

int members_read(struct datapath *d, const char *only, struct all_members **all)
{
	int tries, ret, again;
	bool changed;

	*all = NULL;
	for (tries = 0; tries < READ_TRIES; tries++) {
		ret = read_once(d, only, all);
		/* members, and an error, are these rules' if they still are current */
		again = datapath_reread(d, &changed);
		if (!again && !changed)
			return ret;
		members_free(*all);
		*all = NULL;
		if (again)
			return again;
	}
	fail(GX_FAILED, "the sets on %s cannot be listed", d->link.name);
	fail_reason("each time rules were applied meanwhile");
	return GX_FAILED;
}
