// SPDX-License-Identifier: GPL-2.0
/* Addresses in a rule or in a set: prefixes, ranges, sets, negation. */
#include <stdlib.h>
#include <string.h>

#include "value.h"

#define ADDRESS_EXPECTED "an address, a prefix (192.0.2.0/24, 2001:db8::/32), a range, @SET or any"

struct reading {
	struct gx_prefixes *v4, *v6;
	struct gx_addr_match *match;	/* NULL: members of a set */
	bool any;
	size_t items;
};

static bool add_set(struct gx_parser *p, const struct gx_item *item,
		    struct reading *r)
{
	struct gx_addr_match *m = r->match;
	int set = gx_find_set(p, item->text);
	unsigned int *more;
	size_t i;

	if (!m) {
		gx_error(p, &item->loc, ADDRESS_EXPECTED,
			 "a set cannot hold another set");
		return false;
	}
	if (set < 0) {
		gx_error(p, &item->loc, "set NAME { ... }, in a line above",
			 "there is no set @%.*s", (int)item->text.n,
			 item->text.s);
		return false;
	}
	p->set_info[set].used = true;
	for (i = 0; i < m->nsets; i++)
		if (m->set[i] == (unsigned int)set)
			return true;
	more = realloc(m->set, (m->nsets + 1) * sizeof(*more));
	if (!more) {
		p->no_memory = true;
		return false;
	}
	m->set = more;
	m->set[m->nsets++] = set;
	return true;
}

static bool looks_like_name(struct gx_str text)
{
	size_t i;

	for (i = 0; i < text.n; i++)
		if ((text.s[i] | 32) > 'f' && (text.s[i] | 32) <= 'z')
			return true;
	return false;
}

/* "a - b" in three words is joined for the reader of addresses */
static const char *read_words(const struct gx_item *item, struct gx_span *span,
			      const char **why)
{
	char both[128];
	int len;

	if (!item->hi.s)
		return gx_read_address(item->text.s, item->text.s + item->text.n,
				       span, why);
	len = snprintf(both, sizeof(both), "%.*s-%.*s", (int)item->text.n,
		       item->text.s, (int)item->hi.n, item->hi.s);
	*why = "this is no range of addresses";
	if (len >= (int)sizeof(both))
		return NULL;
	return gx_read_address(both, both + len, span, why) == both + len ?
		item->text.s + item->text.n : NULL;
}

static void wrong_address(struct gx_parser *p, const struct gx_item *item,
			  const char *why)
{
	if (looks_like_name(item->text))
		gx_error(p, &item->loc, ADDRESS_EXPECTED,
			 "\"%.*s\" is no address, and names are not looked up: what they mean may change",
			 (int)item->text.n, item->text.s);
	else
		gx_error(p, &item->loc, ADDRESS_EXPECTED, "%s", why);
}

static bool add_item(struct gx_parser *p, const struct gx_item *item, void *arg)
{
	struct reading *r = arg;
	const char *end, *why = NULL;
	struct gx_prefix mended;
	struct gx_span span;
	char text[64];

	r->items++;
	if (item->kind == GX_ITEM_SET)
		return add_set(p, item, r);
	if (gx_str_eq(item->text, "any") && r->match) {
		r->any = true;
		return true;
	}
	end = read_words(item, &span, &why);
	if (!end || end != item->text.s + item->text.n) {
		wrong_address(p, item, why ?: "something stands behind the address");
		return false;
	}
	if (span.host_bits) {
		gx_prefix_store(&mended, span.lo, span.len, span.v6);
		gx_prefix_print(&mended, span.v6, text);
		gx_warning(p, &item->loc, NULL, "the address has bits set behind the prefix's length; %s is meant",
			   text);
	}
	if (gx_span_add(&span, r->v4, r->v6)) {
		p->no_memory = true;
		return false;
	}
	return true;
}

static int compare_sets(const void *a, const void *b)
{
	const unsigned int *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

bool gx_read_addresses(struct gx_parser *p, const struct gx_values *values,
		       struct gx_addr_match *out)
{
	struct reading r = { .v4 = &out->v4, .v6 = &out->v6, .match = out };

	if (values->op != GX_OP_EQ && values->op != GX_OP_NE) {
		gx_error(p, &values->loc, ADDRESS_EXPECTED,
			 "addresses are compared by = and != only");
		return false;
	}
	if (!gx_values_each(p, values, add_item, &r))
		return false;
	if (!r.items) {
		gx_error(p, &values->loc, ADDRESS_EXPECTED,
			 "this list is empty, so no packet matches");
		return false;
	}
	out->negate = values->op == GX_OP_NE;
	if (r.any && out->negate) {
		gx_error(p, &values->loc, NULL, "this excludes every address, so no packet matches");
		return false;
	}
	out->present = !r.any;
	gx_prefixes_aggregate(&out->v4, false);
	gx_prefixes_aggregate(&out->v6, true);
	if (out->nsets)
		qsort(out->set, out->nsets, sizeof(*out->set), compare_sets);
	/* "not in 10/8" is said of IPv4 packets, as in nft and pf */
	if (out->negate && !out->nsets && !out->v6.n)
		out->family = 4;
	else if (out->negate && !out->nsets && !out->v4.n)
		out->family = 6;
	return true;
}

bool gx_read_set_members(struct gx_parser *p, const struct gx_values *values,
			 struct gx_set *set)
{
	struct reading r = { .v4 = &set->v4, .v6 = &set->v6 };

	return gx_values_each(p, values, add_item, &r);
}
