// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "gxdp.h"
#include "members.h"
#include "rulefile.h"

#define READ_TRIES 20

static size_t nsets(const struct datapath *d)
{
	return d->store.rs ? d->store.rs->nsets : 0;
}

void members_free(const struct datapath *d, struct members *all)
{
	size_t i;

	for (i = 0; all && i < nsets(d); i++)
		free(all[i].v);
	free(all);
}

/* As the tables are now; a gx_exit code with fail() done */
static int read_once(struct datapath *d, const char *only, struct members **all)
{
	const struct gx_ruleset *rs = d->store.rs;
	struct gx_error err = {};
	size_t i;

	if (only && datapath_set(d, only) < 0)
		return GX_NOT_FOUND;
	*all = calloc(nsets(d) + 1, sizeof(**all));
	if (!*all)
		return fail(GX_FAILED, "out of memory");
	for (i = 0; i < nsets(d); i++)
		if ((!only || !strcmp(only, rs->set[i].name)) &&
		    gx_dp_set_list(d->dp, i, &(*all)[i].v, &(*all)[i].n, &err))
			return fail_engine(GX_FAILED, &err);
	return GX_OK;
}

int members_read(struct datapath *d, const char *only, struct members **all)
{
	int tries, ret, again;
	size_t n, i;
	bool changed;

	for (tries = 0; tries < READ_TRIES; tries++) {
		*all = NULL;
		n = nsets(d);
		ret = read_once(d, only, all);
		/* members, and an error, are these rules' if they still are current */
		again = datapath_reread(d, &changed);
		if (!again && !changed)
			return ret;
		for (i = 0; *all && i < n; i++)
			free((*all)[i].v);
		free(*all);
		*all = NULL;
		if (again)
			return again;
	}
	fail(GX_FAILED, "the sets on %s cannot be listed", d->link.name);
	fail_reason("each time rules were applied meanwhile");
	return GX_FAILED;
}
