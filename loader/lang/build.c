// SPDX-License-Identifier: GPL-2.0
/* From statements to the ruleset: constants, sets, rules, the default. */
#include <limits.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "value.h"

#define NAME_MAX_LEN	63
#define LIST_MAX	1023	/* CPUs, and keys of sockets, are below */
#define SAMPLE_BYTES	128	/* unless asked for */
#define SAMPLE_MAX	256	/* what a record holds: gxdp/filter.h */
/* Of a burst that nobody has named */
#define MIN_BURST	5		/* packets: what nft and iptables give */
#define MIN_BYTE_BURST	65536		/* more than the largest frame */
/* Seconds that a bucket may take to fill: a bit less than the engine has numbers for */
#define MAX_FILL	(2 * 365 * 86400ull)

/* --- names ----------------------------------------------------------------------- */

static bool name_is_sound(struct gx_parser *p, const struct gx_item *name,
			  const char *of)
{
	size_t i;

	if (!name->text.n || name->text.n > NAME_MAX_LEN) {
		gx_error(p, &name->loc, NULL, "the name of a %s has 1 to %d characters",
			 of, NAME_MAX_LEN);
		return false;
	}
	for (i = 0; i < name->text.n; i++) {
		char c = name->text.s[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.')
			continue;
		gx_error(p, &name->loc, "letters, digits and _ - .",
			 "the name of a %s cannot have '%c' in it", of, c);
		return false;
	}
	return true;
}

struct gx_const *gx_find_const(struct gx_parser *p, struct gx_str name)
{
	uint32_t hash = gx_slots_hash(0, name.s, name.n);
	size_t pos = 0, i;

	while (gx_slots_next(&p->const_slots, hash, &pos, &i))
		if (gx_str_same(p->consts[i].name, name))
			return &p->consts[i];
	return NULL;
}

int gx_find_set(const struct gx_parser *p, struct gx_str name)
{
	size_t i;

	for (i = 0; i < p->rs->nsets; i++)
		if (gx_str_eq(name, p->rs->set[i].name))
			return i;
	return -1;
}

/* --- define ---------------------------------------------------------------------- */

void gx_build_define(struct gx_parser *p, struct gx_item *name,
		     struct gx_values *values)
{
	struct gx_const *more, *old;
	struct gx_item *it;

	if (!name || !name_is_sound(p, name, "constant"))
		return;
	if (values->op != GX_OP_EQ) {
		gx_error(p, &values->loc, "a value or a list { ... }",
			 "a comparison cannot be given a name");
		return;
	}
	old = gx_find_const(p, name->text);
	if (old) {
		gx_error(p, &name->loc, NULL, "$%.*s is defined already",
			 (int)name->text.n, name->text.s);
		gx_note(p, &old->loc, "here");
		return;
	}
	/* said here, where it can be mended, and not at each use */
	for (it = values->first; it; it = it->next)
		if (it->kind == GX_ITEM_CONST && !gx_find_const(p, it->text)) {
			gx_error(p, &it->loc, "define NAME = VALUE, in a line above",
				 "nothing is defined as $%.*s",
				 (int)it->text.n, it->text.s);
			return;
		}
	more = realloc(p->consts, (p->nconsts + 1) * sizeof(*more));
	if (!more) {
		p->no_memory = true;
		return;
	}
	p->consts = more;
	if (!gx_slots_add(&p->const_slots,
			  gx_slots_hash(0, name->text.s, name->text.n), p->nconsts)) {
		p->no_memory = true;
		return;
	}
	memset(&more[p->nconsts], 0, sizeof(*more));
	more[p->nconsts].name = name->text;
	more[p->nconsts].values = *values;
	more[p->nconsts++].loc = name->loc;
}

/* The one value of @item, which may be a constant's */
static const struct gx_item *scalar(struct gx_parser *p, const struct gx_item *item)
{
	struct gx_item alone;
	struct gx_values v = { .first = &alone };

	if (!item)
		return NULL;
	if (item->kind != GX_ITEM_CONST)
		return item;
	if (item->hi.s) {
		gx_error(p, &item->loc, "define NAME = 64kB",
			 "a unit cannot stand behind a constant, only within it");
		return NULL;
	}
	alone = *item;
	alone.next = NULL;
	v.loc = item->loc;
	return gx_single(p, &v);
}

/* --- set ------------------------------------------------------------------------- */

static struct gx_set *new_set(struct gx_parser *p, const struct gx_item *name)
{
	size_t n = p->rs->nsets;
	struct gx_set_info *info;
	struct gx_set *sets;

	sets = realloc(p->rs->set, (n + 1) * sizeof(*sets));
	if (sets)
		p->rs->set = sets;
	info = realloc(p->set_info, (n + 1) * sizeof(*info));
	if (info)
		p->set_info = info;
	if (!sets || !info)
		goto no_memory;
	memset(&sets[n], 0, sizeof(*sets));
	memset(&info[n], 0, sizeof(*info));
	info[n].loc = name->loc;
	sets[n].name = gx_str_dup(name->text);
	if (!sets[n].name)
		goto no_memory;
	p->rs->nsets++;
	return &sets[n];
no_memory:
	p->no_memory = true;
	return NULL;
}

static void read_set_files(struct gx_parser *p, struct gx_item *file,
			   struct gx_set *set)
{
	const char *path;

	/* they were collected back to front; the order means nothing */
	for (; file; file = file->next) {
		if (p->opts.no_files) {
			gx_error(p, &file->loc, NULL, "files are not allowed here");
			return;
		}
		path = gx_relative_path(p, file->text, &file->loc);
		if (path)
			gx_set_read_file(p, path, &file->loc, &set->v4, &set->v6);
	}
}

/* Such as 0.0.0.0/1 and 128.0.0.0/1 together: whoever blocks that is off the net */
static void warn_of_all(struct gx_parser *p, const struct gx_item *name,
			const struct gx_prefixes *members, const char *what)
{
	if (members->n && !members->v[0].len)
		gx_warning(p, &name->loc, NULL, "the set @%.*s is the whole Internet: its members make up all of %s",
			   (int)name->text.n, name->text.s, what);
}

void gx_build_set(struct gx_parser *p, struct gx_item *name,
		  struct gx_set_options *opts)
{
	struct gx_set *set;
	int old;

	if (!name || !name_is_sound(p, name, "set"))
		return;
	old = gx_find_set(p, name->text);
	if (old >= 0) {
		gx_error(p, &name->loc, NULL, "there is a set @%.*s already",
			 (int)name->text.n, name->text.s);
		gx_note(p, &p->set_info[old].loc, "here");
		return;
	}
	if (!opts->members_seen && !opts->files && !opts->timeouts) {
		gx_error(p, &name->loc, "{ members }, from \"FILE\", or { } for an empty one",
			 "what is in the set @%.*s?", (int)name->text.n,
			 name->text.s);
		return;
	}
	set = new_set(p, name);
	if (!set)
		return;
	set->timeouts = opts->timeouts;
	if (opts->timeout) {
		const struct gx_item *it = scalar(p, opts->timeout);

		if (it)
			gx_read_seconds(p, it, &set->default_timeout);
	}
	gx_read_set_members(p, &opts->members, set);
	read_set_files(p, opts->files, set);
	gx_prefixes_aggregate(&set->v4, false);
	gx_prefixes_aggregate(&set->v6, true);
	warn_of_all(p, name, &set->v4, "IPv4");
	warn_of_all(p, name, &set->v6, "IPv6");
}

/* --- default --------------------------------------------------------------------- */

void gx_build_default(struct gx_parser *p, enum gx_verdict verdict,
		      const struct gx_loc *loc)
{
	if (p->has_default) {
		gx_error(p, loc, NULL, "there is a default already");
		gx_note(p, &p->default_loc, "here");
		return;
	}
	p->has_default = true;
	p->default_loc = *loc;
	if (verdict != GX_PASS && verdict != GX_DROP)
		gx_error(p, loc, "default pass or default drop",
			 "the default can only pass or drop; for more, make the last rule one without conditions");
	p->rs->dflt = verdict;
}

/* --- rules: conditions ------------------------------------------------------------- */

/* Asked for twice is asked for both */
static bool and_field(struct gx_parser *p, struct gx_rule *rule,
		      enum gx_field field, struct gx_ranges *more,
		      const struct gx_clause *c, struct gx_rule_places *at)
{
	struct gx_ranges *cond = &rule->cond[field];

	if (!at->field[field]) {
		at->field[field] = &c->loc;
		*cond = *more;
		return true;
	}
	if (!gx_ranges_intersect(cond, more))
		p->no_memory = true;
	free(more->v);
	if (cond->n)
		return true;
	gx_error(p, &c->loc, NULL, "this excludes all that the earlier %s asks for, so no packet matches",
		 gx_field_info[field].words);
	gx_note(p, at->field[field], "here");
	return false;
}

static bool ip_version(struct gx_parser *p, struct gx_rule *rule,
		       const struct gx_clause *c, struct gx_rule_places *at)
{
	unsigned int version = c->kind == GX_C_IP ? 4 : 6;
	struct gx_ranges r = {};
	size_t room = 0;

	if (!gx_ranges_add(&r, &room, version, version)) {
		p->no_memory = true;
		return false;
	}
	return and_field(p, rule, GX_F_IPVER, &r, c, at);
}

static bool numbers(struct gx_parser *p, struct gx_rule *rule,
		    enum gx_field field, const struct gx_clause *c,
		    const struct gx_context *ctx, struct gx_rule_places *at)
{
	struct gx_ranges r = {};

	if (!gx_read_ranges(p, field, &c->values, ctx, &r)) {
		free(r.v);
		return false;
	}
	return and_field(p, rule, field, &r, c, at);
}

static bool addresses(struct gx_parser *p, struct gx_rule *rule,
		      const struct gx_clause *c, struct gx_rule_places *at)
{
	bool src = c->kind == GX_C_SRC;
	struct gx_addr_match *m = src ? &rule->src : &rule->dst;
	const struct gx_loc **place = src ? &at->src : &at->dst;

	if (*place) {
		gx_error(p, &c->loc, "one list: src { a, b }",
			 "a rule has one condition on the %s address",
			 src ? "source" : "destination");
		gx_note(p, *place, "here");
		return false;
	}
	*place = &c->loc;
	return gx_read_addresses(p, &c->values, m);
}

/* The names of ports and ICMP types depend on the protocol, wherever it stands */
static bool protocols(struct gx_parser *p, struct gx_rule *rule,
		      const struct gx_clauses *clauses,
		      struct gx_context *ctx, struct gx_rule_places *at)
{
	const struct gx_ranges *proto = &rule->cond[GX_F_PROTO];
	const struct gx_clause *c;
	bool ok = true;

	ctx->proto = GX_PROTO_ANY;
	for (c = clauses->first; c; c = c->next) {
		if (c->kind == GX_C_PROTO_WORD ||
		    (c->kind == GX_C_FIELD && c->field == GX_F_PROTO))
			ok &= numbers(p, rule, GX_F_PROTO, c, ctx, at);
		else if (c->kind == GX_C_IP || c->kind == GX_C_IP6)
			ok &= ip_version(p, rule, c, at);
	}
	if (proto->n == 1 && proto->v->lo == proto->v->hi)
		ctx->proto = proto->v->lo;
	return ok;
}

static bool condition(struct gx_parser *p, struct gx_rule *rule,
		      const struct gx_clause *c, const struct gx_context *ctx,
		      struct gx_rule_places *at)
{
	switch (c->kind) {
	case GX_C_FIELD:
		if (c->field == GX_F_PROTO)
			return true;
		return numbers(p, rule, c->field, c, ctx, at);
	case GX_C_SRC:
	case GX_C_DST:
		return addresses(p, rule, c, at);
	default:
		return true;
	}
}

/* --- rules: actions ---------------------------------------------------------------- */

/* What modifiers the user has given */
struct modifiers {
	const struct gx_clause *verdict, *limit, *burst, *per, *mark, *sample,
			       *bytes;
};

static bool sort_action(struct gx_parser *p, const struct gx_clause *c,
			struct modifiers *m)
{
	const struct gx_clause **slot;

	switch (c->kind) {
	case GX_C_VERDICT:
		slot = &m->verdict;
		break;
	case GX_C_LIMIT:
		slot = &m->limit;
		break;
	case GX_C_BURST:
		slot = &m->burst;
		break;
	case GX_C_PER:
		slot = &m->per;
		break;
	case GX_C_MARK:
		slot = &m->mark;
		break;
	case GX_C_SAMPLE:
		slot = &m->sample;
		break;
	case GX_C_BYTES:
		slot = &m->bytes;
		break;
	default:
		return true;
	}
	if (*slot) {
		gx_error(p, &c->loc, NULL, c->kind == GX_C_VERDICT ?
			 "a rule decides once, and this one has decided already" :
			 "this is said twice");
		gx_note(p, &(*slot)->loc, "here");
		return false;
	}
	*slot = c;
	return true;
}

static bool redirect(struct gx_parser *p, const struct gx_clause *c,
		     struct gx_action *act)
{
	const struct gx_item *it = gx_single(p, &c->values);

	if (!it)
		return false;
	if (it->kind != GX_ITEM_WORD || it->hi.s || !it->text.n ||
	    it->text.n >= IFNAMSIZ || memchr(it->text.s, '/', it->text.n)) {
		gx_error(p, &it->loc, "redirect DEVICE", "this is no name of a device");
		return false;
	}
	act->ifname = gx_str_dup(it->text);
	if (!act->ifname)
		p->no_memory = true;
	return act->ifname;
}

static bool targets(struct gx_parser *p, const struct gx_clause *c,
		    struct gx_action *act)
{
	const char *what = act->verdict == GX_CPU ?
		"a CPU or a list, such as cpu 2 or cpu { 0-3 }" :
		"a key or a list, such as xsk 0 or xsk { 0, 1 }";
	struct gx_ranges r = {};
	size_t i, n = 0;
	uint64_t v;
	bool ok;

	ok = gx_read_numbers(p, &c->values, LIST_MAX, what, &r);
	for (i = 0; ok && i < r.n; i++)
		n += r.v[i].hi - r.v[i].lo + 1;
	if (ok) {
		act->list = calloc(n, sizeof(*act->list));
		if (!act->list)
			p->no_memory = true;
	}
	for (i = 0; act->list && i < r.n; i++)
		for (v = r.v[i].lo; v <= r.v[i].hi; v++)
			act->list[act->nlist++] = v;
	free(r.v);
	return act->list;
}

/* "src", or "src/64": by the first bits of the address */
static bool limit_key(struct gx_parser *p, const struct gx_clause *per,
		      struct gx_limit *limit)
{
	const struct gx_item *it = per ? per->extra : NULL;
	struct gx_str word, len = {};
	const char *slash;
	uint64_t bits;

	limit->key = per ? per->key : GX_LIMIT_RULE;
	if (!it)
		return true;
	word = it->text;
	slash = memchr(word.s, '/', word.n);
	if (slash) {
		word.n = slash - word.s;
		len.s = slash + 1;
		len.n = it->text.n - word.n - 1;
	}
	if (gx_str_eq(word, "src") || gx_str_eq(word, "saddr")) {
		limit->key = GX_LIMIT_SRC;
	} else if (gx_str_eq(word, "dst") || gx_str_eq(word, "daddr")) {
		limit->key = GX_LIMIT_DST;
	} else {
		gx_error(p, &it->loc, "per src, dst, flow or rule; or by the first bits of the address, such as per src/64",
			 "no account can be kept by \"%.*s\"", (int)it->text.n, it->text.s);
		return false;
	}
	if (!gx_read_number(len, &bits) || !bits || bits > 128) {
		gx_error(p, &it->loc, "a number from 1 to 128 behind the /",
			 "these are not the first bits of an address");
		return false;
	}
	limit->prefix = bits == 128 ? 0 : bits;
	return true;
}

static bool limit(struct gx_parser *p, const struct modifiers *m,
		  struct gx_limit *limit)
{
	uint64_t least;
	const struct gx_item *it;

	if (!m->limit) {
		const struct gx_clause *lost = m->burst ?: m->per;

		if (!lost)
			return true;
		gx_error(p, &lost->loc, "limit 1000/s burst 200 per src",
			 "this belongs to a limit, and there is none");
		return false;
	}
	it = scalar(p, m->limit->values.first);
	if (!it || !gx_read_rate(p, it, limit))
		return false;
	limit->present = true;
	if (!limit_key(p, m->per, limit))
		return false;
	/* a second's worth, and then some */
	least = limit->bytes ? MIN_BYTE_BURST : MIN_BURST;
	limit->burst = limit->rate / limit->per;
	if (limit->burst < least)
		limit->burst = least;
	if (!m->burst)
		return true;
	it = scalar(p, m->burst->extra);
	if (!it || !gx_read_burst(p, it, limit, &limit->burst))
		return false;
	if ((gx_u128)limit->burst * limit->per > (gx_u128)limit->rate * MAX_FILL) {
		gx_error(p, &m->burst->loc, NULL, "at this rate it takes more than two years to make up for such a burst");
		return false;
	}
	if (limit->bytes && limit->burst < 1514)
		gx_warning(p, &m->burst->loc, "at least one frame's worth, 1514 bytes",
			   "no frame longer than %llu bytes will ever pass",
			   (unsigned long long)limit->burst);
	return true;
}

static bool mark(struct gx_parser *p, const struct modifiers *m,
		 struct gx_action *act)
{
	const struct gx_item *it;
	uint64_t value;

	if (!m->mark)
		return true;
	it = gx_single(p, &m->mark->values);
	if (!it)
		return false;
	if (it->hi.s || !gx_read_number(it->text, &value) || value > UINT32_MAX) {
		gx_error(p, &it->loc, "a number of 32 bits, such as 0x1",
			 "this is no mark");
		return false;
	}
	act->mark_present = true;
	act->mark = value;
	return true;
}

static bool sample(struct gx_parser *p, const struct modifiers *m,
		   struct gx_action *act)
{
	uint64_t every, bytes = SAMPLE_BYTES;
	const struct gx_item *it, *of;
	struct gx_str n;

	if (!m->sample) {
		if (!m->bytes)
			return true;
		gx_error(p, &m->bytes->loc, "sample 1/100 bytes 96",
			 "this belongs to a sample, and there is none");
		return false;
	}
	it = scalar(p, m->sample->values.first);
	if (!it)
		return false;
	n = it->text;
	if (n.n > 2 && !memcmp(n.s, "1/", 2)) {
		n.s += 2;
		n.n -= 2;
	}
	if (it->hi.s || !gx_read_number(n, &every) || !every || every > UINT32_MAX) {
		gx_error(p, &it->loc, "one in so many packets: sample 1/100",
			 "this is no rate of samples");
		return false;
	}
	of = m->bytes ? scalar(p, m->bytes->extra) : NULL;
	if (m->bytes && !of)
		return false;
	if (of && (of->hi.s || !gx_read_number(of->text, &bytes) || bytes > SAMPLE_MAX)) {
		gx_error(p, &m->bytes->loc, "bytes N, with N from 0 to 256",
			 "a sample holds at most %d bytes of the frame",
			 SAMPLE_MAX);
		return false;
	}
	act->sample_every = every;
	act->sample_bytes = bytes;
	return true;
}

static bool actions(struct gx_parser *p, struct gx_rule *rule,
		    const struct gx_clauses *clauses, struct gx_rule_places *at)
{
	struct gx_action *act = &rule->act;
	const struct gx_clause *c;
	struct modifiers m = {};
	bool ok = true;

	for (c = clauses->first; c; c = c->next)
		ok &= sort_action(p, c, &m);
	if (!ok)
		return false;
	if (!m.verdict) {
		gx_error(p, &clauses->loc, "pass, drop, reject, reflect, redirect DEVICE, cpu LIST, xsk LIST or count",
			 "this rule does not say what is to happen");
		return false;
	}
	act->verdict = m.verdict->verdict;
	at->verdict = &m.verdict->loc;
	at->limit = m.limit ? &m.limit->loc : NULL;
	at->mark = m.mark ? &m.mark->loc : NULL;
	at->sample = m.sample ? &m.sample->loc : NULL;
	if (act->verdict == GX_REDIRECT)
		ok &= redirect(p, m.verdict, act);
	if (act->verdict == GX_CPU || act->verdict == GX_XSK)
		ok &= targets(p, m.verdict, act);
	ok &= limit(p, &m, &act->limit);
	ok &= mark(p, &m, act);
	ok &= sample(p, &m, act);
	return ok;
}

/* --- rules ------------------------------------------------------------------------- */

static struct gx_rule *next_rule(struct gx_parser *p)
{
	struct gx_ruleset *rs = p->rs;
	struct gx_rule *more;
	size_t room;

	if (rs->nrules == p->rules_room) {
		room = p->rules_room ? 2 * p->rules_room : 64;
		more = realloc(rs->rule, room * sizeof(*more));
		if (!more) {
			p->no_memory = true;
			return NULL;
		}
		rs->rule = more;
		p->rules_room = room;
	}
	return memset(&rs->rule[rs->nrules], 0, sizeof(*rs->rule));
}

static bool remember_name(struct gx_parser *p, const struct gx_item *name)
{
	struct gx_name *more;
	size_t room;

	if (p->nrule_names == p->rule_names_room) {
		room = p->rule_names_room ? 2 * p->rule_names_room : 64;
		more = realloc(p->rule_names, room * sizeof(*more));
		if (!more) {
			p->no_memory = true;
			return false;
		}
		p->rule_names = more;
		p->rule_names_room = room;
	}
	p->rule_names[p->nrule_names].name = name->text;
	p->rule_names[p->nrule_names++].loc = name->loc;
	return true;
}

/* The ruleset outlives the sources: it has names of its own */
static const char *file_of(struct gx_parser *p, unsigned int src)
{
	struct gx_ruleset *rs = p->rs;
	char **more;

	if (rs->nfiles < p->nsources) {
		more = realloc(rs->file, p->nsources * sizeof(*more));
		if (!more) {
			p->no_memory = true;
			return NULL;
		}
		rs->file = more;
		for (; rs->nfiles < p->nsources; rs->nfiles++)
			more[rs->nfiles] = strdup(p->source[rs->nfiles].name);
	}
	return rs->file[src];
}

/* Counters are told apart by it: the default's are called "default" */
static bool rule_name_is_sound(struct gx_parser *p, const struct gx_item *name)
{
	if (!name_is_sound(p, name, "rule"))
		return false;
	if (!gx_str_eq(name->text, "default"))
		return true;
	gx_error(p, &name->loc, "another name, or \"default pass\" or \"default drop\"",
		 "no rule can have the name \"default\": the counters of the default have it");
	return false;
}

void gx_build_rule(struct gx_parser *p, struct gx_item *name,
		   struct gx_clauses *clauses)
{
	struct gx_rule_places at = { .rule = clauses->loc };
	const struct gx_clause *c;
	struct gx_context ctx;
	struct gx_rule *rule;
	bool ok = true;

	if (p->no_memory)
		return;
	if (p->has_default) {
		gx_error(p, &clauses->loc, NULL, "this rule stands behind the default, where no packet comes");
		gx_note(p, &p->default_loc, "the default");
		return;
	}
	if (name && !rule_name_is_sound(p, name))
		return;
	rule = next_rule(p);
	if (!rule)
		return;
	ok = protocols(p, rule, clauses, &ctx, &at);
	for (c = clauses->first; c; c = c->next)
		ok &= condition(p, rule, c, &ctx, &at);
	ok &= actions(p, rule, clauses, &at);
	ok = ok && gx_rule_plausible(p, rule, &at);
	if (ok && name) {
		ok = remember_name(p, name);
		rule->name = gx_str_dup(name->text);
	}
	if (ok) {
		rule->line = clauses->loc.line;
		rule->file = file_of(p, clauses->loc.src);
		rule->text = gx_rule_print(p->rs, rule);
		ok = rule->text;
	}
	if (ok)
		p->rs->nrules++;
	else
		gx_rule_free(rule);
}

/* --- the end ----------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
	const struct gx_name *x = a, *y = b;
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
	int diff = memcmp(x->name.s, y->name.s, n);

	if (diff)
		return diff;
	if (x->name.n != y->name.n)
		return x->name.n < y->name.n ? -1 : 1;
	if (x->loc.src != y->loc.src)
		return x->loc.src < y->loc.src ? -1 : 1;
	return x->loc.line < y->loc.line ? -1 : x->loc.line > y->loc.line;
}

static void find_double_names(struct gx_parser *p)
{
	size_t i;

	if (!p->nrule_names)
		return;
	qsort(p->rule_names, p->nrule_names, sizeof(*p->rule_names),
	      compare_names);
	for (i = 1; i < p->nrule_names; i++) {
		const struct gx_name *a = &p->rule_names[i - 1];
		const struct gx_name *b = &p->rule_names[i];

		if (!gx_str_same(a->name, b->name))
			continue;
		gx_error(p, &b->loc, NULL, "there is a rule %.*s already: counters are kept by name",
			 (int)b->name.n, b->name.s);
		gx_note(p, &a->loc, "here");
	}
}

void gx_build_finish(struct gx_parser *p)
{
	find_double_names(p);
	/* said only when nothing else is wrong, which may have hidden it */
	if (!p->has_default && !p->diags->errors)
		gx_error(p, NULL, "default pass or default drop, as the last line",
			 "%s does not say what becomes of packets that no rule decides",
			 p->source[0].name);
}
