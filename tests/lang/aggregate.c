// SPDX-License-Identifier: GPL-2.0
/* Prefixes, against the plainest way */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "lang.h"
#include "prefixes.h"
#include "unit.h"

static bool in_list(const struct gx_prefixes *p, uint32_t addr)
{
	struct gx_prefix host;
	size_t i;

	gx_prefix_store(&host, addr, 32, false);
	for (i = 0; i < p->n; i++)
		if (gx_prefix_holds(&p->v[i], &host))
			return true;
	return false;
}

/* Random prefixes in 10.0.0.0/24: each of the 256 addresses is in or out as before */
void test_aggregate(void **state)
{
	struct gx_prefixes p = {};
	bool before[256];
	unsigned int run, i, n, len;
	struct gx_prefix one;

	(void)state;
	srand(1);
	for (run = 0; run < 3000; run++) {
		p.n = 0;
		n = rand() % 100;
		for (i = 0; i < n; i++) {
			len = 24 + rand() % 9;
			gx_prefix_store(&one, 0x0a000000 + rand() % 256, len,
					false);
			assert_int_equal(gx_prefixes_add(&p, &one), 0);
		}
		for (i = 0; i < 256; i++)
			before[i] = in_list(&p, 0x0a000000 + i);
		gx_prefixes_aggregate(&p, false);
		for (i = 0; i < 256; i++)
			assert_int_equal(before[i], in_list(&p, 0x0a000000 + i));
		/* there is nothing left to join or to leave out */
		assert_int_equal(gx_prefixes_aggregate(&p, false), 0);
	}
	free(p.v);
}

void test_ranges_to_prefixes(void **state)
{
	struct gx_prefixes p = {};
	unsigned int run, i, lo, hi;

	(void)state;
	srand(2);
	for (run = 0; run < 3000; run++) {
		lo = rand() % 256;
		hi = lo + rand() % (256 - lo);
		p.n = 0;
		assert_int_equal(gx_prefixes_add_range(&p, lo, hi, false), 0);
		for (i = 0; i < 256; i++)
			assert_int_equal(in_list(&p, i), i >= lo && i <= hi);
		assert_in_range(p.n, 1, 14);
	}
	p.n = 0;
	gx_prefixes_add_range(&p, 0, ~(gx_u128)0, true);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.v[0].len, 0);
	p.n = 0;
	gx_prefixes_add_range(&p, 1, ~(gx_u128)0, true);
	assert_int_equal(p.n, 128);
	free(p.v);
}
