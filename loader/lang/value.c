// SPDX-License-Identifier: GPL-2.0
/* Words as numbers: ports, names, ranges, flags, operators, lists. */
#include <arpa/inet.h>
#include <netdb.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

/* A constant that holds constants that hold constants ... */
#define CONST_DEPTH 32

static bool each_item(struct gx_parser *p, const struct gx_values *values,
		      bool (*each)(struct gx_parser *p,
				   const struct gx_item *item, void *arg),
		      void *arg, unsigned int depth, unsigned int *left)
{
	const struct gx_item *it;
	struct gx_const *c;
	bool ok = true;

	for (it = values->first; it; it = it->next) {
		/* a list of constants that are lists of constants grows fast */
		if (!*left) {
			gx_error(p, &it->loc, "a set, which may have more",
				 "this list has more than %d values", GX_ITEMS_MAX);
			return false;
		}
		--*left;
		if (it->kind != GX_ITEM_CONST) {
			ok &= each(p, it, arg);
			continue;
		}
		c = gx_find_const(p, it->text);
		if (!c) {
			gx_error(p, &it->loc, "define NAME = VALUE, in a line above",
				 "nothing is defined as $%.*s", (int)it->text.n,
				 it->text.s);
			return false;
		}
		/* definitions stand above their uses: there are no circles */
		if (depth == CONST_DEPTH) {
			gx_error(p, &it->loc, NULL, "definitions in definitions go deeper than %d",
				 CONST_DEPTH);
			return false;
		}
		if (!each_item(p, &c->values, each, arg, depth + 1, left)) {
			gx_note(p, &it->loc, "used here as $%.*s",
				(int)it->text.n, it->text.s);
			return false;
		}
	}
	return ok;
}

bool gx_values_each(struct gx_parser *p, const struct gx_values *values,
		    bool (*each)(struct gx_parser *p, const struct gx_item *item,
				 void *arg),
		    void *arg)
{
	unsigned int left = GX_ITEMS_MAX;

	return each_item(p, values, each, arg, 0, &left);
}

static bool keep_single(struct gx_parser *p, const struct gx_item *item,
			void *arg)
{
	const struct gx_item **kept = arg;

	if (*kept) {
		gx_error(p, &item->loc, NULL, "one value is wanted here, not a list");
		return false;
	}
	*kept = item;
	return true;
}

const struct gx_item *gx_single(struct gx_parser *p,
				const struct gx_values *values)
{
	const struct gx_item *item = NULL;

	if (values->op != GX_OP_EQ) {
		gx_error(p, &values->loc, "a value", "no comparison can stand here");
		return NULL;
	}
	if (!gx_values_each(p, values, keep_single, &item))
		return NULL;
	if (!item)
		gx_error(p, &values->loc, "a value", "this is empty");
	return item;
}

bool gx_read_number(struct gx_str text, uint64_t *value)
{
	unsigned int base = 10, digit;
	uint64_t n = 0;
	size_t i = 0;

	if (text.n > 2 && text.s[0] == '0' && (text.s[1] | 32) == 'x') {
		base = 16;
		i = 2;
	}
	if (i == text.n)
		return false;
	for (; i < text.n; i++) {
		char c = text.s[i];

		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			digit = (c | 32) - 'a' + 10;
		else
			return false;
		if (digit >= base || n > (UINT64_MAX - digit) / base)
			return false;
		n = n * base + digit;
	}
	*value = n;
	return true;
}

/* --- names ----------------------------------------------------------------------- */

/*
 * getservbyname() reads a file each time, and a file of rules may name the same
 * few services very often.
 */
struct service {
	char name[64];
	bool known;
	uint16_t port;
};

static int compare_services(const void *a, const void *b)
{
	return strcmp(((const struct service *)a)->name,
		      ((const struct service *)b)->name);
}

static bool service_port(const char *name, const char *proto, uint64_t *port)
{
	static void *tree;
	struct service *service, **found;
	struct servent *entry;

	service = calloc(1, sizeof(*service));
	if (!service)
		return false;
	snprintf(service->name, sizeof(service->name), "%s/%s", name,
		 proto ?: "");
	found = tsearch(service, &tree, compare_services);
	if (!found) {
		free(service);
		return false;
	}
	if (*found != service) {
		free(service);
		service = *found;
	} else {
		entry = getservbyname(name, proto);
		service->known = entry;
		if (entry)
			service->port = ntohs(entry->s_port);
	}
	*port = service->port;
	return service->known;
}

static bool has_letter(struct gx_str text)
{
	size_t i;

	for (i = 0; i < text.n; i++)
		if ((text.s[i] | 32) >= 'a' && (text.s[i] | 32) <= 'z')
			return true;
	return false;
}

static bool read_service(struct gx_str text, const struct gx_context *ctx,
			 uint64_t *value)
{
	const char *proto = ctx->proto == GX_PROTO_ANY ? NULL :
		gx_value_to_name(gx_proto_names, ctx->proto);
	char name[32];

	/* "80-443" is tried as a name first: not worth a look into a file */
	if (!text.n || text.n >= sizeof(name) || !has_letter(text))
		return false;
	memcpy(name, text.s, text.n);
	name[text.n] = '\0';
	/* most services are listed for TCP alone: also right for UDP */
	return (proto && service_port(name, proto, value)) ||
	       service_port(name, NULL, value);
}

static bool read_proto_name(struct gx_str text, uint64_t *value)
{
	struct protoent *entry;
	char name[32];

	if (gx_name_to_value(gx_proto_names, text, value))
		return true;
	if (!text.n || text.n >= sizeof(name))
		return false;
	memcpy(name, text.s, text.n);
	name[text.n] = '\0';
	entry = getprotobyname(name);
	if (entry)
		*value = entry->p_proto;
	return entry;
}

static bool read_icmp_name(struct gx_str text, const struct gx_context *ctx,
			   const struct gx_named_value *v4,
			   const struct gx_named_value *v6, uint64_t *value)
{
	if (ctx->proto == IPPROTO_ICMP)
		return gx_name_to_value(v4, text, value);
	if (ctx->proto == IPPROTO_ICMPV6)
		return gx_name_to_value(v6, text, value);
	return false;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_mac(struct gx_str text, uint64_t *value)
{
	int i, hi, lo;

	if (text.n != 17)
		return false;
	*value = 0;
	for (i = 0; i < 6; i++) {
		hi = hex_digit(text.s[3 * i]);
		lo = hex_digit(text.s[3 * i + 1]);
		if (hi < 0 || lo < 0 || (i < 5 && text.s[3 * i + 2] != ':'))
			return false;
		*value = *value << 8 | hi << 4 | lo;
	}
	return true;
}

/* One value of a field: a number or a name */
static bool read_value(enum gx_field field, struct gx_str text,
		       const struct gx_context *ctx, uint64_t *value)
{
	const struct gx_field_info *info = &gx_field_info[field];

	if (field == GX_F_ETH_SRC || field == GX_F_ETH_DST)
		return read_mac(text, value);
	if (gx_read_number(text, value))
		return *value <= info->max;
	if (gx_name_to_value(info->names, text, value))
		return true;
	switch (field) {
	case GX_F_SPORT:
	case GX_F_DPORT:
		return read_service(text, ctx, value);
	case GX_F_PROTO:
		return read_proto_name(text, value);
	case GX_F_ICMP_TYPE:
		return read_icmp_name(text, ctx, gx_icmp_types, gx_icmp6_types,
				      value);
	case GX_F_ICMP_CODE:
		return read_icmp_name(text, ctx, gx_icmp_codes, gx_icmp6_codes,
				      value);
	default:
		return false;
	}
}

/* --- flags ----------------------------------------------------------------------- */

/* "syn,ack" or "syn|ack", "all", "none", or a number */
static bool read_flags(struct gx_str text, uint64_t *value)
{
	struct gx_str word = { text.s, 0 };
	uint64_t flag;
	size_t i;

	if (gx_str_eq(text, "all") || gx_str_eq(text, "any")) {
		*value = GX_TCP_FLAGS_ALL;
		return true;
	}
	if (gx_str_eq(text, "none")) {
		*value = 0;
		return true;
	}
	if (gx_read_number(text, value))
		return *value <= GX_TCP_FLAGS_ALL;
	*value = 0;
	for (i = 0; i <= text.n; i++) {
		if (i < text.n && text.s[i] != ',' && text.s[i] != '|')
			continue;
		word.n = text.s + i - word.s;
		if (!gx_name_to_value(gx_tcp_flag_names, word, &flag))
			return false;
		*value |= flag;
		word.s = text.s + i + 1;
	}
	return true;
}

/* --- ranges ---------------------------------------------------------------------- */

struct reading {
	enum gx_field field;
	const char *what;
	uint64_t max;
	const struct gx_context *ctx;
	struct gx_ranges *out;
	size_t room;
	bool plain;		/* a list of numbers, not a field */
	bool told;		/* an operator is in front */
};

static bool add(struct gx_parser *p, struct reading *r, uint64_t lo, uint64_t hi)
{
	if (gx_ranges_add(r->out, &r->room, lo, hi))
		return true;
	p->no_memory = true;
	return false;
}

/* Flags that are set, of those looked at: up to 128 single values */
static bool add_flags(struct gx_parser *p, struct reading *r,
		      const struct gx_item *item)
{
	const char *slash = memchr(item->text.s, '/', item->text.n);
	struct gx_str set = item->text, mask = {};
	uint64_t set_bits, mask_bits = 0, i;

	if (slash) {
		set.n = slash - set.s;
		mask.s = slash + 1;
		mask.n = item->text.s + item->text.n - mask.s;
	}
	if (item->hi.s || !read_flags(set, &set_bits) ||
	    (slash && !read_flags(mask, &mask_bits))) {
		gx_error(p, &item->loc, r->what, "\"%.*s\" names no TCP flags",
			 (int)item->text.n, item->text.s);
		return false;
	}
	/*
	 * "flags syn" are those with SYN; of nft, "flags == syn" are those with nothing
	 * else. Whoever writes an operator says which.
	 */
	if (r->told && !slash && set_bits && set_bits != GX_TCP_FLAGS_ALL) {
		gx_error(p, &item->loc, "syn/all for SYN alone, as in nft; syn/syn for SYN, whatever else is set",
			 "behind an operator flags stand with those that are looked at");
		return false;
	}
	if (gx_str_eq(item->text, "any"))
		set_bits = mask_bits = 0;
	else if (!slash)
		mask_bits = set_bits ? set_bits : GX_TCP_FLAGS_ALL;
	if (set_bits & ~mask_bits) {
		gx_error(p, &item->loc, "set/looked at, such as syn/syn,ack",
			 "a flag in front of the / is not among those behind it, so no packet matches");
		return false;
	}
	for (i = 0; i <= GX_TCP_FLAGS_ALL; i++)
		if ((i & mask_bits) == set_bits && !add(p, r, i, i))
			return false;
	return true;
}

/* "80-443", or a name that has a dash in it: try each dash */
static bool split_range(const struct reading *r, struct gx_str text,
			uint64_t *lo, uint64_t *hi)
{
	struct gx_str left, right;
	size_t i;

	for (i = 1; i + 1 < text.n; i++) {
		if (text.s[i] != '-')
			continue;
		left.s = text.s;
		left.n = i;
		right.s = text.s + i + 1;
		right.n = text.n - i - 1;
		if (read_value(r->field, left, r->ctx, lo) &&
		    read_value(r->field, right, r->ctx, hi))
			return true;
	}
	return false;
}

/* "02:00:00:00:00:00/24": all addresses of a manufacturer */
static bool read_mac_prefix(struct gx_str text, uint64_t *lo, uint64_t *hi)
{
	const char *slash = memchr(text.s, '/', text.n);
	struct gx_str mac = text, len = {};
	uint64_t bits, rest;

	if (!slash)
		return false;
	mac.n = slash - mac.s;
	len.s = slash + 1;
	len.n = text.s + text.n - len.s;
	if (!read_mac(mac, lo) || !gx_read_number(len, &bits) || bits > 48)
		return false;
	rest = bits == 48 ? 0 : GX_MAC_MAX >> bits;
	*lo &= ~rest;
	*hi = *lo | rest;
	return true;
}

static bool is_mac(enum gx_field field)
{
	return field == GX_F_ETH_SRC || field == GX_F_ETH_DST;
}

/* Which of the two ends of a range of numbers is too large; else all of @item */
static struct gx_str wrong_part(const struct reading *r, const struct gx_item *item)
{
	struct gx_str left = item->text, right = item->hi;
	const char *dash = memchr(left.s, '-', left.n);
	uint64_t value;

	if (!right.s && dash) {
		right.s = dash + 1;
		right.n = left.s + left.n - right.s;
		left.n = dash - left.s;
	}
	if (!right.s || !right.n || !gx_read_number(right, &value))
		return item->text;
	if (read_value(r->field, left, r->ctx, &value))
		return right;
	return item->hi.s || gx_read_number(left, &value) ? left : item->text;
}

static void no_such_value(struct gx_parser *p, const struct reading *r,
			  const struct gx_item *item)
{
	struct gx_str text = wrong_part(r, item);
	const char *words = gx_field_info[r->field].words;
	uint64_t value;

	if (r->field == GX_F_ICMP_TYPE || r->field == GX_F_ICMP_CODE) {
		if (r->ctx->proto != IPPROTO_ICMP &&
		    r->ctx->proto != IPPROTO_ICMPV6) {
			gx_error(p, &item->loc, "icmp type NAME or icmpv6 type NAME",
				 "the names of ICMP and ICMPv6 have different numbers: say which of the two");
			return;
		}
		words = r->field == GX_F_ICMP_TYPE ? "ICMP type" : "ICMP code";
	}
	if (gx_read_number(text, &value))
		gx_error(p, &item->loc, r->what, "%.*s is too large for %s",
			 (int)text.n, text.s,
			 r->plain ? "this list" : words);
	else if (r->field == GX_F_SPORT || r->field == GX_F_DPORT)
		gx_error(p, &item->loc, r->what, "there is no service \"%.*s\"",
			 (int)text.n, text.s);
	else
		gx_error(p, &item->loc, r->what, "\"%.*s\" is no value of %s",
			 (int)text.n, text.s,
			 r->plain ? "this list" : words);
}

static bool add_item(struct gx_parser *p, const struct gx_item *item, void *arg)
{
	struct reading *r = arg;
	uint64_t lo, hi;

	if (item->kind == GX_ITEM_SET) {
		gx_error(p, &item->loc, "src @NAME or dst @NAME",
			 "sets hold addresses; this is no address");
		return false;
	}
	if (r->field == GX_F_TCP_FLAGS && !r->plain)
		return add_flags(p, r, item);
	if (item->hi.s) {
		if (!read_value(r->field, item->text, r->ctx, &lo) ||
		    !read_value(r->field, item->hi, r->ctx, &hi)) {
			no_such_value(p, r, item);
			return false;
		}
	} else if (gx_str_eq(item->text, "any") && !r->plain) {
		lo = 0;
		hi = r->max;
	} else if (is_mac(r->field) && read_mac_prefix(item->text, &lo, &hi)) {
		/* both are set */
	} else if (read_value(r->field, item->text, r->ctx, &lo)) {
		hi = lo;
	} else if (!split_range(r, item->text, &lo, &hi)) {
		no_such_value(p, r, item);
		return false;
	}
	if (lo > hi) {
		gx_error(p, &item->loc, "the smaller number first",
			 "this range ends before it begins");
		return false;
	}
	if (r->plain && hi > r->max) {
		gx_error(p, &item->loc, r->what, "%llu is too large",
			 (unsigned long long)hi);
		return false;
	}
	return add(p, r, lo, hi);
}

/* <, > and their kin take one number */
static bool compare(struct gx_parser *p, const struct gx_values *values,
		    struct reading *r)
{
	struct gx_range *v = r->out->v;

	if (r->out->n != 1 || v->lo != v->hi || v->lo > r->max) {
		gx_error(p, &values->loc, "one number", "<, >, <= and >= compare with one number");
		return false;
	}
	switch (values->op) {
	case GX_OP_LT:
		if (!v->lo)
			goto never;
		v->hi = v->lo - 1;
		v->lo = 0;
		return true;
	case GX_OP_LE:
		v->lo = 0;
		return true;
	case GX_OP_GT:
		if (v->lo == r->max)
			goto never;
		v->lo++;
		v->hi = r->max;
		return true;
	default:
		v->hi = r->max;
		return true;
	}
never:
	gx_error(p, &values->loc, NULL, "nothing can be %s than that: the rule would never match",
		 values->op == GX_OP_LT ? "less" : "more");
	return false;
}

bool gx_read_ranges(struct gx_parser *p, enum gx_field field,
		    const struct gx_values *values,
		    const struct gx_context *ctx, struct gx_ranges *out)
{
	const struct gx_field_info *info = &gx_field_info[field];
	struct reading r = { .field = field, .what = info->what, .max = info->max,
			     .ctx = ctx, .out = out, .told = values->told };

	if (!gx_values_each(p, values, add_item, &r))
		return false;
	if (!out->n) {
		gx_error(p, &values->loc, info->what, "this list is empty, so no packet matches");
		return false;
	}
	gx_ranges_normalize(out);
	switch (values->op) {
	case GX_OP_EQ:
		return true;
	case GX_OP_NE:
		/* a frame without a tag has no id to be unequal */
		if (!gx_ranges_complement(out, info->max)) {
			p->no_memory = true;
			return false;
		}
		if (!out->n)
			gx_error(p, &values->loc, NULL, "this excludes every value, so no packet matches");
		return out->n;
	default:
		return compare(p, values, &r);
	}
}

bool gx_read_numbers(struct gx_parser *p, const struct gx_values *values,
		     uint64_t max, const char *what, struct gx_ranges *out)
{
	const struct gx_context ctx = { .proto = GX_PROTO_ANY };
	struct reading r = { .field = GX_F_RXQ, .what = what, .max = max,
			     .ctx = &ctx, .out = out, .plain = true };

	if (values->op != GX_OP_EQ) {
		gx_error(p, &values->loc, what, "no comparison can stand here");
		return false;
	}
	if (!gx_values_each(p, values, add_item, &r))
		return false;
	if (!out->n)
		gx_error(p, &values->loc, what, "this list is empty");
	gx_ranges_normalize(out);
	return out->n;
}
