// SPDX-License-Identifier: GPL-2.0
/* Lists of prefixes: growing, sorting, and leaving out doubles or what others cover. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lang.h"
#include "prefixes.h"

static bool is_power_of_two(size_t n)
{
	return n && !(n & (n - 1));
}

/* The room is the next power of two: what was added one by one stays linear */
int gx_prefixes_add(struct gx_prefixes *p, const struct gx_prefix *prefix)
{
	struct gx_prefix *more;

	if (!p->n || is_power_of_two(p->n)) {
		more = realloc(p->v, (p->n ? 2 * p->n : 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		p->v = more;
	}
	p->v[p->n++] = *prefix;
	return 0;
}

gx_u128 gx_prefix_load(const struct gx_prefix *p, bool v6)
{
	gx_u128 addr = 0;
	int i;

	for (i = 0; i < (v6 ? 16 : 4); i++)
		addr = addr << 8 | p->addr[i];
	return addr;
}

void gx_prefix_store(struct gx_prefix *p, gx_u128 addr, unsigned int len,
		     bool v6)
{
	unsigned int bits = v6 ? 128 : 32;
	int i;

	if (len < bits)
		addr = len ? addr >> (bits - len) << (bits - len) : 0;
	memset(p, 0, sizeof(*p));
	for (i = (v6 ? 16 : 4) - 1; i >= 0; i--) {
		p->addr[i] = addr;
		addr >>= 8;
	}
	p->len = len;
}

bool gx_prefix_holds(const struct gx_prefix *outer,
		      const struct gx_prefix *inner)
{
	unsigned int whole = outer->len / 8, rest = outer->len % 8;

	if (inner->len < outer->len || memcmp(outer->addr, inner->addr, whole))
		return false;
	return !rest || !((outer->addr[whole] ^ inner->addr[whole]) &
			  (0xff << (8 - rest) & 0xff));
}

/* The last @n bits set; @n may be all 128 */
static gx_u128 low_bits(unsigned int n)
{
	return n < 128 ? ((gx_u128)1 << n) - 1 : ~(gx_u128)0;
}

int gx_prefixes_add_range(struct gx_prefixes *p, gx_u128 lo, gx_u128 hi, bool v6)
{
	unsigned int bits = v6 ? 128 : 32, host;
	struct gx_prefix prefix;
	gx_u128 last;
	int err;

	for (;;) {
		/* the widest prefix that begins at lo and does not end behind hi */
		for (host = 0; host < bits; host++)
			if (lo & low_bits(host + 1) ||
			    (lo | low_bits(host + 1)) > hi)
				break;
		gx_prefix_store(&prefix, lo, bits - host, v6);
		err = gx_prefixes_add(p, &prefix);
		last = lo | low_bits(host);
		if (err || last == hi)
			return err;
		lo = last + 1;
	}
}

static int compare(const void *a, const void *b)
{
	/* address, then length: both are bytes in this order */
	return memcmp(a, b, sizeof(struct gx_prefix));
}

static bool is_sorted(const struct gx_prefixes *p)
{
	size_t i;

	for (i = 1; i < p->n; i++)
		if (compare(&p->v[i - 1], &p->v[i]) > 0)
			return false;
	return true;
}

/* Five passes over 40-bit keys (address and length), a byte each */
static bool radix_sort_v4(struct gx_prefixes *p)
{
	size_t count[256], at[256], i, pos;
	uint64_t *keys, *other, *swap;
	unsigned int shift, b;

	keys = malloc(2 * p->n * sizeof(*keys));
	if (!keys)
		return false;
	other = keys + p->n;
	for (i = 0; i < p->n; i++)
		keys[i] = (uint64_t)gx_prefix_load(&p->v[i], false) << 8 |
			  p->v[i].len;
	for (shift = 0; shift < 40; shift += 8) {
		memset(count, 0, sizeof(count));
		for (i = 0; i < p->n; i++)
			count[keys[i] >> shift & 0xff]++;
		for (b = 0, pos = 0; b < 256; b++) {
			at[b] = pos;
			pos += count[b];
		}
		for (i = 0; i < p->n; i++)
			other[at[keys[i] >> shift & 0xff]++] = keys[i];
		swap = keys;
		keys = other;
		other = swap;
	}
	for (i = 0; i < p->n; i++)
		gx_prefix_store(&p->v[i], keys[i] >> 8, keys[i] & 0xff, false);
	/* after an odd number of passes the result is in the upper half */
	free(keys < other ? keys : other);
	return true;
}

static void sort(struct gx_prefixes *p, bool v6)
{
	if (is_sorted(p))
		return;
	if (v6 || p->n < 64 || !radix_sort_v4(p))
		qsort(p->v, p->n, sizeof(*p->v), compare);
}

/* Two halves of a shorter prefix */
static bool siblings(const struct gx_prefix *a, const struct gx_prefix *b)
{
	struct gx_prefix flipped = *b;

	if (!a->len || a->len != b->len)
		return false;
	flipped.addr[(b->len - 1) / 8] ^= 0x80 >> (b->len - 1) % 8;
	return !memcmp(flipped.addr, a->addr, sizeof(a->addr));
}

static void widen(struct gx_prefix *p)
{
	p->len--;
	p->addr[p->len / 8] &= ~(0x80 >> p->len % 8);
}

size_t gx_prefixes_aggregate(struct gx_prefixes *p, bool v6)
{
	size_t before = p->n, i, out = 0;

	if (p->n < 2)
		return 0;
	sort(p, v6);
	for (i = 0; i < before; i++) {
		if (out && gx_prefix_holds(&p->v[out - 1], &p->v[i]))
			continue;
		p->v[out++] = p->v[i];
		while (out > 1 && siblings(&p->v[out - 2], &p->v[out - 1])) {
			out--;
			widen(&p->v[out - 1]);
		}
	}
	p->n = out;
	return before - out;
}

size_t gx_prefixes_unique(struct gx_prefixes *p, bool v6)
{
	size_t before = p->n, i, out = 0;

	sort(p, v6);
	for (i = 0; i < before; i++)
		if (!out || compare(&p->v[out - 1], &p->v[i]))
			p->v[out++] = p->v[i];
	p->n = out;
	return before - out;
}
