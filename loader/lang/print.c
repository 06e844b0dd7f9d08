// SPDX-License-Identifier: GPL-2.0
/* Rules as canonical text: one spelling for each meaning. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "lang.h"
#include "parser.h"

static const char *const verdict_names[] = {
	[GX_PASS] = "pass",
	[GX_DROP] = "drop",
	[GX_REJECT] = "reject",
	[GX_REFLECT] = "reflect",
	[GX_REDIRECT] = "redirect",
	[GX_CPU] = "cpu",
	[GX_XSK] = "xsk",
	[GX_COUNT] = "count",
};

const char *gx_verdict_name(enum gx_verdict verdict)
{
	return verdict <= GX_COUNT ? verdict_names[verdict] : "unknown";
}

void gx_prefix_print(const struct gx_prefix *p, bool v6, char out[64])
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(v6 ? AF_INET6 : AF_INET, p->addr, addr, sizeof(addr));
	if (p->len == (v6 ? 128 : 32))
		snprintf(out, 64, "%s", addr);
	else
		snprintf(out, 64, "%s/%u", addr, p->len);
}

/* --- numbers --------------------------------------------------------------------- */

static const struct gx_named_value *names_of(const struct gx_rule *rule,
					     enum gx_field field)
{
	const struct gx_ranges *proto = &rule->cond[GX_F_PROTO];
	bool v4, v6;

	if (field != GX_F_ICMP_TYPE && field != GX_F_ICMP_CODE)
		return gx_field_info[field].names;
	if (proto->n != 1 || proto->v->lo != proto->v->hi)
		return NULL;
	v4 = proto->v->lo == IPPROTO_ICMP;
	v6 = proto->v->lo == IPPROTO_ICMPV6;
	if (field == GX_F_ICMP_TYPE)
		return v4 ? gx_icmp_types : v6 ? gx_icmp6_types : NULL;
	/* codes mean something else with each type: numbers */
	return NULL;
}

static void print_mac(FILE *out, uint64_t mac)
{
	int i;

	for (i = 40; i >= 0; i -= 8)
		fprintf(out, "%02x%s", (unsigned int)(mac >> i & 0xff),
			i ? ":" : "");
}

static void print_value(FILE *out, enum gx_field field, uint64_t value,
			const struct gx_named_value *names)
{
	const char *name = gx_value_to_name(names, value);

	if (name)
		fputs(name, out);
	else if (field == GX_F_ETH_SRC || field == GX_F_ETH_DST)
		print_mac(out, value);
	else if (field == GX_F_ETH_TYPE)
		fprintf(out, "0x%04x", (unsigned int)value);
	else
		fprintf(out, "%llu", (unsigned long long)value);
}

/* A range in names tells a reader nothing, who knows no order of names */
static void print_range(FILE *out, enum gx_field field,
			const struct gx_range *r,
			const struct gx_named_value *names)
{
	if (r->lo == r->hi) {
		print_value(out, field, r->lo, names);
		return;
	}
	print_value(out, field, r->lo, NULL);
	fputc('-', out);
	print_value(out, field, r->hi, NULL);
}

/* All values of these have names */
static bool is_enum(enum gx_field field)
{
	return field == GX_F_FRAG || field == GX_F_STATE;
}

static void print_names(FILE *out, const struct gx_ranges *r,
			const struct gx_named_value *names)
{
	bool first = true;

	fputs("{", out);
	for (; names->name; names++) {
		if (!gx_ranges_has(r, names->value))
			continue;
		fprintf(out, "%s %s", first ? "" : ",", names->name);
		first = false;
	}
	fputs(" }", out);
}

static void print_list(FILE *out, enum gx_field field,
		       const struct gx_ranges *r, bool none,
		       const struct gx_named_value *names)
{
	uint64_t max = gx_field_info[field].max;
	bool braces = r->n + none > 1;
	size_t i;

	if (is_enum(field) && (r->n > 1 || r->v->lo != r->v->hi) &&
	    (r->v->lo || r->v->hi != max)) {
		print_names(out, r, names);
		return;
	}
	fputs(braces ? "{ " : "", out);
	if (none)
		fprintf(out, "none%s", r->n ? ", " : "");
	for (i = 0; i < r->n; i++) {
		fputs(i ? ", " : "", out);
		if (!r->v[i].lo && r->v[i].hi == max)
			fputs("any", out);
		else
			print_range(out, field, &r->v[i], names);
	}
	fputs(braces ? " }" : "", out);
}

static bool copy_ranges(struct gx_ranges *to, const struct gx_ranges *from)
{
	to->n = from->n;
	to->v = malloc((from->n + 1) * sizeof(*to->v));
	if (to->v)
		memcpy(to->v, from->v, from->n * sizeof(*to->v));
	return to->v;
}

/* "no tag" is a number of its own, which has no place in a range */
static bool take_none(struct gx_ranges *r, enum gx_field field)
{
	struct gx_range *last = &r->v[r->n - 1];

	if ((field != GX_F_VLAN_ID && field != GX_F_VLAN2_ID) ||
	    last->hi != GX_VLAN_NONE)
		return false;
	if (last->lo == GX_VLAN_NONE)
		r->n--;
	else
		last->hi--;
	return true;
}

static uint64_t count_values(const struct gx_ranges *r)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < r->n; i++)
		n += r->v[i].hi - r->v[i].lo + 1;
	return n;
}

static bool shorter(enum gx_field field, const struct gx_ranges *a,
		    const struct gx_ranges *b)
{
	if (is_enum(field))
		return count_values(a) < count_values(b);
	return a->n < b->n;
}

/* Whichever is shorter of the values and of those that are left out */
static int print_field(FILE *out, const struct gx_rule *rule,
		       enum gx_field field)
{
	const struct gx_named_value *names = names_of(rule, field);
	const struct gx_field_info *info = &gx_field_info[field];
	struct gx_ranges r = {}, other = {};
	bool none;
	int err = -ENOMEM;

	if (!rule->cond[field].n)
		return 0;
	if (!copy_ranges(&r, &rule->cond[field]))
		return err;
	none = take_none(&r, field);
	if (!copy_ranges(&other, &r) ||
	    !gx_ranges_complement(&other, info->max))
		goto out;
	fprintf(out, " %s ", info->words);
	if (!none && other.n && shorter(field, &other, &r)) {
		fputs("!= ", out);
		print_list(out, field, &other, false, names);
	} else {
		print_list(out, field, &r, none, names);
	}
	err = 0;
out:
	free(r.v);
	free(other.v);
	return err;
}

/* --- TCP flags ------------------------------------------------------------------- */

/* Flag bytes that agree with @set in the bits of @mask */
struct cube {
	uint8_t set, mask;
};

static bool cube_inside(const bool in[256], uint8_t set, uint8_t mask)
{
	int i;

	for (i = 0; i < 256; i++)
		if ((i & mask) == set && !in[i])
			return false;
	return true;
}

/* The values as a union of set/mask pairs; returns how many */
static int find_cubes(const bool in[256], struct cube cube[256])
{
	bool covered[256] = {};
	int i, j, n = 0;
	uint8_t set, mask, bit;

	for (i = 0; i < 256; i++) {
		if (!in[i] || covered[i])
			continue;
		set = i;
		mask = 0xff;
		/* let go of each bit that does not matter */
		for (bit = 0x80; bit; bit >>= 1) {
			if (!cube_inside(in, set & ~bit, mask & ~bit))
				continue;
			set &= ~bit;
			mask &= ~bit;
		}
		cube[n].set = set;
		cube[n++].mask = mask;
		for (j = 0; j < 256; j++)
			covered[j] |= (j & mask) == set;
	}
	return n;
}

static void print_flag_names(FILE *out, uint8_t flags, char between)
{
	const struct gx_named_value *f;
	bool first = true;

	for (f = gx_tcp_flag_names; f->name; f++) {
		if (!(flags & f->value))
			continue;
		if (!first)
			fputc(between, out);
		fputs(f->name, out);
		first = false;
	}
}

/* @brief: "syn" for "syn/syn", which cannot stand behind an operator */
static void print_cube(FILE *out, const struct cube *c, char between, bool brief)
{
	if (!c->mask) {
		fputs("any", out);
		return;
	}
	if (c->set)
		print_flag_names(out, c->set, between);
	else
		fputs("none", out);
	/* "none" is short for "none/all", behind an operator, too */
	if (c->mask == (c->set ? c->set : 0xff) &&
	    (brief || !c->set || c->set == 0xff))
		return;
	fputc('/', out);
	if (c->mask == 0xff)
		fputs("all", out);
	else
		print_flag_names(out, c->mask, between);
}

static void print_flags(FILE *out, const struct gx_rule *rule)
{
	const struct gx_ranges *r = &rule->cond[GX_F_TCP_FLAGS];
	struct cube yes[256], no[256], *cube = yes;
	bool in[256], not_in[256];
	int i, n, n_no;

	if (!r->n)
		return;
	for (i = 0; i < 256; i++) {
		in[i] = gx_ranges_has(r, i);
		not_in[i] = !in[i];
	}
	n = find_cubes(in, yes);
	n_no = find_cubes(not_in, no);
	fputs(" flags ", out);
	if (n_no && n_no < n) {
		fputs("!= ", out);
		cube = no;
		n = n_no;
	}
	if (n == 1) {
		print_cube(out, cube, ',', cube == yes);
		return;
	}
	/* in a list the comma is the list's */
	for (i = 0; i < n; i++) {
		fputs(i ? ", " : "{ ", out);
		print_cube(out, &cube[i], '|', cube == yes);
	}
	fputs(" }", out);
}

/* --- addresses ------------------------------------------------------------------- */

static void print_prefixes(FILE *out, const struct gx_prefixes *p, bool v6,
			   bool *first)
{
	char text[64];
	size_t i;

	for (i = 0; i < p->n; i++) {
		gx_prefix_print(&p->v[i], v6, text);
		fprintf(out, "%s%s", *first ? "" : ", ", text);
		*first = false;
	}
}

static void print_address(FILE *out, const struct gx_ruleset *rs,
			  const char *word, const struct gx_addr_match *m)
{
	bool braces = m->v4.n + m->v6.n + m->nsets != 1, first = true;
	size_t i;

	if (!m->present)
		return;
	fprintf(out, " %s %s%s", word, m->negate ? "!= " : "",
		braces ? "{ " : "");
	print_prefixes(out, &m->v4, false, &first);
	print_prefixes(out, &m->v6, true, &first);
	for (i = 0; i < m->nsets; i++) {
		fprintf(out, "%s@%s", first ? "" : ", ", rs->set[m->set[i]].name);
		first = false;
	}
	fputs(braces ? " }" : "", out);
}

/* --- protocol and version ---------------------------------------------------------- */

static bool is_proto_word(uint64_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_SCTP || proto == IPPROTO_ICMP ||
	       proto == IPPROTO_ICMPV6;
}

static int print_proto(FILE *out, const struct gx_rule *rule)
{
	const struct gx_ranges *r = &rule->cond[GX_F_PROTO];

	if (r->n != 1 || r->v->lo != r->v->hi || !is_proto_word(r->v->lo))
		return print_field(out, rule, GX_F_PROTO);
	fprintf(out, " %s", gx_value_to_name(gx_proto_names, r->v->lo));
	return 0;
}

static void print_version(FILE *out, const struct gx_rule *rule)
{
	const struct gx_ranges *r = &rule->cond[GX_F_IPVER];

	if (r->n)
		fputs(r->v->lo == 4 ? " ip" : " ip6", out);
}

/* --- actions --------------------------------------------------------------------- */

static void print_numbers(FILE *out, const unsigned int *list, size_t n)
{
	size_t i, last;

	fputs(n > 1 ? "{ " : "", out);
	for (i = 0; i < n; i = last + 1) {
		for (last = i; last + 1 < n && list[last + 1] == list[last] + 1;)
			last++;
		fprintf(out, "%s%u", i ? ", " : "", list[i]);
		if (last > i)
			fprintf(out, "-%u", list[last]);
	}
	fputs(n > 1 ? " }" : "", out);
}

static void print_bytes(FILE *out, uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB" };
	int i = 0;

	while (i < 3 && !(bytes % 1000)) {
		bytes /= 1000;
		i++;
	}
	fprintf(out, "%llu%s", (unsigned long long)bytes, units[i]);
}

static void print_limit(FILE *out, const struct gx_limit *l)
{
	static const char *const keys[] = {
		[GX_LIMIT_RULE] = "", [GX_LIMIT_SRC] = " per src",
		[GX_LIMIT_DST] = " per dst", [GX_LIMIT_FLOW] = " per flow",
	};
	const char *per = l->per == 1 ? "s" : l->per == 60 ? "min" :
			  l->per == 3600 ? "h" : l->per == 86400 ? "d" : "w";

	if (!l->present)
		return;
	if (l->bytes) {
		fputs(" limit ", out);
		print_bytes(out, l->rate);
		fprintf(out, "/%s burst ", per);
		print_bytes(out, l->burst);
	} else {
		fprintf(out, " limit %llu/%s burst %llu",
			(unsigned long long)l->rate, per,
			(unsigned long long)l->burst);
	}
	fputs(keys[l->key], out);
	if (l->prefix)
		fprintf(out, "/%u", l->prefix);
}

static void print_name(FILE *out, const char *name)
{
	fprintf(out, gx_is_plain_word(name) ? "%s" : "\"%s\"", name);
}

static void print_action(FILE *out, const struct gx_action *act)
{
	fputs(gx_verdict_name(act->verdict), out);
	if (act->verdict == GX_REDIRECT) {
		fputc(' ', out);
		print_name(out, act->ifname);
	}
	if (act->verdict != GX_CPU && act->verdict != GX_XSK)
		return;
	fputc(' ', out);
	print_numbers(out, act->list, act->nlist);
}

void gx_action_print(const struct gx_action *act, char *out, size_t size)
{
	FILE *f = fmemopen(out, size, "w");

	out[0] = '\0';
	if (!f)
		return;
	print_action(f, act);
	fclose(f);
	out[size - 1] = '\0';
}

/* --- rules ----------------------------------------------------------------------- */

/* In the order of the frame, addresses and protocol first of what IP has */
static int print_conditions(FILE *out, const struct gx_ruleset *rs,
			    const struct gx_rule *rule)
{
	static const enum gx_field in_front[] = {
		GX_F_ETH_SRC, GX_F_ETH_DST, GX_F_ETH_TYPE, GX_F_VLAN_ID,
		GX_F_VLAN_PCP, GX_F_VLAN2_ID, GX_F_VLAN2_PCP,
	};
	static const enum gx_field behind[] = {
		GX_F_ICMP_TYPE, GX_F_ICMP_CODE, GX_F_DSCP, GX_F_TTL,
		GX_F_FRAG, GX_F_LEN, GX_F_RXQ, GX_F_STATE,
	};
	int err = 0;
	size_t i;

	for (i = 0; i < sizeof(in_front) / sizeof(in_front[0]) && !err; i++)
		err = print_field(out, rule, in_front[i]);
	print_version(out, rule);
	print_address(out, rs, GX_SRC_WORD, &rule->src);
	print_address(out, rs, GX_DST_WORD, &rule->dst);
	err = err ?: print_proto(out, rule);
	err = err ?: print_field(out, rule, GX_F_SPORT);
	err = err ?: print_field(out, rule, GX_F_DPORT);
	print_flags(out, rule);
	for (i = 0; i < sizeof(behind) / sizeof(behind[0]) && !err; i++)
		err = print_field(out, rule, behind[i]);
	return err;
}

static int print_rule(FILE *out, const struct gx_ruleset *rs,
		      const struct gx_rule *rule)
{
	const struct gx_action *act = &rule->act;
	int err;

	print_action(out, act);
	err = print_conditions(out, rs, rule);
	print_limit(out, &act->limit);
	if (act->mark_present)
		fprintf(out, " mark 0x%x", act->mark);
	if (act->sample_every)
		fprintf(out, " sample 1/%u bytes %u", act->sample_every,
			act->sample_bytes);
	return err;
}

char *gx_rule_print(const struct gx_ruleset *rs, const struct gx_rule *rule)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	if (print_rule(out, rs, rule) | fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static void print_time(FILE *out, uint32_t seconds)
{
	static const struct {
		char unit;
		uint32_t seconds;
	} units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (seconds >= units[i].seconds)
			fprintf(out, "%u%c", seconds / units[i].seconds,
				units[i].unit);
		seconds %= units[i].seconds;
	}
}

static void print_set(FILE *out, const struct gx_set *set)
{
	char text[64];
	size_t i;

	fputs("set ", out);
	print_name(out, set->name);
	if (set->default_timeout) {
		fputs(" timeout ", out);
		print_time(out, set->default_timeout);
	} else if (set->timeouts) {
		fputs(" timeouts", out);
	}
	fputs(" {", out);
	for (i = 0; i < set->v4.n; i++) {
		gx_prefix_print(&set->v4.v[i], false, text);
		fprintf(out, "\n\t%s", text);
	}
	for (i = 0; i < set->v6.n; i++) {
		gx_prefix_print(&set->v6.v[i], true, text);
		fprintf(out, "\n\t%s", text);
	}
	fputs(set->v4.n + set->v6.n ? "\n}\n" : " }\n", out);
}

int gx_ruleset_print(const struct gx_ruleset *rs, FILE *out)
{
	size_t i;
	int err = 0;

	for (i = 0; i < rs->nsets; i++)
		print_set(out, &rs->set[i]);
	for (i = 0; i < rs->nrules && !err; i++) {
		if (rs->rule[i].name)
			fprintf(out, "%s: ", rs->rule[i].name);
		err = print_rule(out, rs, &rs->rule[i]);
		fputc('\n', out);
	}
	fprintf(out, "default %s\n", gx_verdict_name(rs->dflt));
	return err ?: ferror(out) ? -EIO : 0;
}
