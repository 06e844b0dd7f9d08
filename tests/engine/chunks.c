// SPDX-License-Identifier: GPL-2.0
/*
 * Sets that do not fit into the first chunk of tables with all that is in front of them:
 * what is below their root is in the next one as a whole, and they have the members that
 * a plain list has.
 */
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../loader/engine/tables.h"
#include "checks.h"
#include "rng.h"

#define PROBES	1500
#define LATER	300		/* members that come when it runs, and go again */

/* Members are numbers: an IPv4 address, or the first half of an IPv6 one. */
struct list {
	bool v6;
	uint64_t *v;
	size_t n;
	struct gx_prefixes prefixes;
};

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void address(bool v6, uint64_t number, uint8_t addr[16])
{
	unsigned int i;

	memset(addr, 0, 16);
	addr[15] = v6;
	for (i = 0; i < (v6 ? 8 : 4); i++)
		addr[(v6 ? 7 : 3) - i] = number >> 8 * i;
}

static uint64_t number(struct rng *r, bool v6)
{
	return v6 ? rng_next(r) : rng_next(r) >> 32;
}

/* @n at random, in order; of doubles one */
static struct list random_list(struct rng *r, bool v6, size_t n)
{
	struct list list = { .v6 = v6, .v = calloc(n, sizeof(*list.v)) };
	struct gx_prefix *p = calloc(n, sizeof(*p));
	size_t i;

	for (i = 0; i < n; i++)
		list.v[i] = number(r, v6);
	qsort(list.v, n, sizeof(*list.v), compare);
	for (i = 0; i < n; i++)
		if (!i || list.v[i] != list.v[list.n - 1])
			list.v[list.n++] = list.v[i];
	for (i = 0; i < list.n; i++) {
		p[i].len = v6 ? 128 : 32;
		address(v6, list.v[i], p[i].addr);
	}
	list.prefixes = (struct gx_prefixes){ p, list.n };
	return list;
}

static void free_list(struct list *list)
{
	free(list->v);
	free(list->prefixes.v);
}

static bool in_list(const struct list *list, uint64_t value)
{
	return list->n && bsearch(&value, list->v, list->n, sizeof(value), compare);
}

static bool in_set(bool v6, uint64_t value)
{
	uint8_t f[128], addr[16];
	size_t len = v6 ? ipv6_frame(f, 17, 1) : ipv4_frame(f, 17, 1, 2);

	address(v6, value, addr);
	memcpy(f + (v6 ? 22 : 26), addr, v6 ? 16 : 4);
	return run(f, len, NULL) == XDP_DROP;
}

/* Members, numbers next to them, and any */
static void compare_list(struct rng *r, const struct list *list, const char *what)
{
	unsigned int i, wrong = 0;
	uint64_t value;

	for (i = 0; i < PROBES; i++) {
		value = i % 3 < 2 && list->n ? list->v[rng_below(r, list->n)] : number(r, list->v6);
		if (i % 3 == 1)
			value = list->v6 ? value ^ 1ull << rng_below(r, 64) :
					   value ^ 1ull << rng_below(r, 32);
		wrong += in_set(list->v6, value) != in_list(list, value);
	}
	check(!wrong, "%s: %u of %u IPv%d addresses wrong", what, wrong, PROBES,
	      list->v6 ? 6 : 4);
}

/* --- where they are -------------------------------------------------------------------- */

/* In which chunks what is below the root is: a bit for each */
static uint64_t chunks_below(struct gx_tables *tables, uint64_t root)
{
	uint32_t slots = 1u << GXDP_REF_BITS(root), i, addr;
	uint64_t chunks = 0, slot;

	for (i = 0; i < slots; i++) {
		slot = *gx_arena_at(&tables->arena, GXDP_REF_ADDR(root) + i);
		addr = GXDP_REF_ADDR(slot);
		if (GXDP_REF_TYPE(slot) == GXDP_REF_LEAF || GXDP_REF_TYPE(slot) == GXDP_REF_NODE)
			chunks |= 1ull << (addr >> GXDP_CHUNK_BITS);
	}
	return chunks;
}

static void come_and_go(struct rng *r, const struct list *list)
{
	struct gx_member m[LATER];
	struct gx_error err = {};
	unsigned int i, wrong = 0;
	uint64_t value[LATER];
	size_t missing;

	for (i = 0; i < LATER; i++) {
		do {
			value[i] = number(r, list->v6);
		} while (in_list(list, value[i]));
		m[i] = (struct gx_member){ .family = list->v6 ? 6 : 4,
					   .prefix.len = list->v6 ? 128 : 32 };
		address(list->v6, value[i], m[i].prefix.addr);
	}
	check(!gx_dp_set_add(dp, 0, m, LATER, &err), "add: %s: %s", err.what, err.reason);
	for (i = 0; i < LATER; i++)
		wrong += !in_set(list->v6, value[i]);
	check(!wrong, "%u of %u that came later are not there", wrong, LATER);
	compare_list(r, list, "beside those that came later");
	check(!gx_dp_set_del(dp, 0, m, LATER, &missing, &err) && !missing,
	      "del: %s, %zu missing", err.what, missing);
	for (i = 0; i < LATER; i++)
		wrong += in_set(list->v6, value[i]);
	check(!wrong, "%u of %u that have gone are there", wrong, LATER);
}

/* @below4, @below6: the chunks that what is below the roots is to be in */
static void sets_of(size_t n4, size_t n6, uint64_t below4, uint64_t below6)
{
	static unsigned int index;
	struct rng r = { n4 + n6 };
	struct list list4 = random_list(&r, false, n4);
	struct list list6 = random_list(&r, true, n6);
	struct gx_tables *tables = NULL;
	struct gx_error err = {};
	uint64_t is4, is6;
	char what[64];
	int ret;

	snprintf(what, sizeof(what), "%zu and %zu members", n4, n6);
	one_rule(GX_DROP);
	rule.src = (struct gx_addr_match){ .present = true, .set = &index, .nsets = 1 };
	set = (struct gx_set){ .name = "s", .v4 = list4.prefixes, .v6 = list6.prefixes };
	rules.nsets = 1;
	ret = gx_compile(&rules, NULL, &tables, NULL, &err) ?: gx_dp_install(dp, tables, &err);
	check(!ret, "%s: %s: %s", what, err.what, err.reason);
	if (!ret) {
		is4 = chunks_below(tables, tables->root.set_ipv4.near);
		is6 = chunks_below(tables, tables->root.set_ipv6.near);
		check(is4 == below4 && is6 == below6, "%s: in chunks %llx and %llx, not %llx and %llx",
		      what, (unsigned long long)is4, (unsigned long long)is6,
		      (unsigned long long)below4, (unsigned long long)below6);
		compare_list(&r, &list4, what);
		compare_list(&r, &list6, what);
		come_and_go(&r, &list4);
		come_and_go(&r, &list6);
	}
	gx_tables_free(tables);
	set = (struct gx_set){};
	free_list(&list4);
	free_list(&list6);
}

void test_chunks(void)
{
	/* all in the first */
	sets_of(20000, 5000, 1, 1);
	/* the root of IPv4 leaves too little room there for what is below it */
	sets_of(180000, 0, 2, 0);
	/* IPv4 has its place, and IPv6 what is left */
	sets_of(120000, 30000, 1, 2);
}
