// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "prefixes.h"

int gx_prefix_compare(const void *a, const void *b)
{
	const struct gx_prefix *p = a, *q = b;
	int order = memcmp(p->addr, q->addr, sizeof(p->addr));

	return order ?: (int)p->len - (int)q->len;
}

bool gx_prefix_covers(const struct gx_prefix *a, const struct gx_prefix *b)
{
	size_t whole = a->len / 8, rest = a->len % 8;
	uint8_t mask = 0xff << (8 - rest);

	return a->len <= b->len && !memcmp(a->addr, b->addr, whole) &&
	       (!rest || !((a->addr[whole] ^ b->addr[whole]) & mask));
}

int gx_prefixes_merge(struct gx_prefixes *out, const struct gx_prefixes *in)
{
	size_t i;

	out->n = 0;
	out->v = malloc((in->n ?: 1) * sizeof(*out->v));
	if (!out->v)
		return -ENOMEM;
	memcpy(out->v, in->v, in->n * sizeof(*out->v));
	qsort(out->v, in->n, sizeof(*out->v), gx_prefix_compare);
	for (i = 0; i < in->n; i++)
		if (!out->n || !gx_prefix_covers(&out->v[out->n - 1], &out->v[i]))
			out->v[out->n++] = out->v[i];
	return 0;
}
