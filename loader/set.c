// SPDX-License-Identifier: GPL-2.0
/* gxdp set: members of a set come and go while its rules are at work. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "datapath.h"
#include "gxdp.h"
#include "lang/lang.h"
#include "members.h"
#include "rulefile.h"
#include "words.h"

/* Prefixes that are told of one by one */
#define COVERED_SHOWN	5

struct set_args {
	const char *what;		/* add, del, flush, list, test */
	const char *set;
	const char **member;
	size_t nmembers;
	const char *file;
	const char *dev;
	bool dev_next;
	bool timeout_given;
	uint32_t timeout;
};

static const struct argp_option options[] = {
	{ "timeout", 't', "TIME", 0,
	  "New members leave after so long: 30s, 10m, 2h, 7d; 0: never; those of a file may have a time of their own", 0 },
	{ "file", 'f', "FILE", 0, "Members from a file, as in \"set ... from\", or as list prints them", 0 },
	{}
};

static void take_word(struct set_args *args, char *word,
		      struct argp_state *state)
{
	const char **more;

	if (args->dev_next) {
		args->dev = word;
		args->dev_next = false;
	} else if (!args->what) {
		if (strcmp(word, "add") && strcmp(word, "del") &&
		    strcmp(word, "flush") && strcmp(word, "list") &&
		    strcmp(word, "test"))
			argp_error(state, "add, del, flush, list or test, not \"%s\"",
				   word);
		args->what = word;
	} else if (!args->set) {
		args->set = word;
	} else if (!args->dev && !strcmp(word, "dev")) {
		args->dev_next = true;
	} else {
		more = realloc(args->member, (args->nmembers + 1) * sizeof(*more));
		if (!more)
			argp_failure(state, GX_FAILED, 0, "out of memory");
		args->member = more;
		more[args->nmembers++] = word;
	}
}

/* How many members each takes */
static void check_members(const struct set_args *args, struct argp_state *state)
{
	bool changes = !strcmp(args->what, "add") || !strcmp(args->what, "del");

	if (changes && !args->nmembers && !args->file)
		argp_error(state, "which members? addresses, prefixes, ranges, or --file FILE");
	if (!strcmp(args->what, "test") && (args->nmembers != 1 || args->file))
		argp_error(state, "test takes one address");
	if (!changes && strcmp(args->what, "test") && (args->nmembers || args->file))
		argp_error(state, "%s takes no members", args->what);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct set_args *args = state->input;

	switch (key) {
	case 't':
		if (!gx_lang_read_time(arg, strlen(arg), &args->timeout))
			argp_error(state, "\"%s\" is no time: 30s, 10m, 1h30m, 7d",
				   arg);
		args->timeout_given = true;
		return 0;
	case 'f':
		args->file = arg;
		return 0;
	case ARGP_KEY_ARG:
		take_word(args, arg, state);
		return 0;
	case ARGP_KEY_END:
		if (!args->set || !args->dev)
			argp_error(state, "add|del|flush|list|test SET [MEMBER]... dev NAME");
		check_members(args, state);
		if (args->timeout_given && strcmp(args->what, "add"))
			argp_error(state, "--timeout goes with add, not with %s",
				   args->what);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = gx_common_options,
	.args_doc = "add SET MEMBER... dev NAME\ndel SET MEMBER... dev NAME\nflush SET dev NAME\nlist SET dev NAME\ntest SET ADDRESS dev NAME",
	.doc = "Add members to a set, delete some or all, list them, or ask for an address, while the rules are at work. A member is an address, a prefix or a range of addresses."
	       "\vThe status of test is 0 if the address is in the set, and 8 if it is not. What is added here is gone when the rules are applied again, unless their file has it too. See gxdp-set(8).",
};

/* --- members -------------------------------------------------------------------------- */

static int read_members(const struct set_args *args, struct gx_prefixes *v4,
			struct gx_prefixes *v6, struct gx_timed_prefixes *timed)
{
	struct gx_diags diags = {};
	const char *why;
	bool ok = true;
	size_t i;

	for (i = 0; i < args->nmembers; i++) {
		why = gx_lang_read_member(args->member[i], v4, v6);
		if (!why)
			continue;
		fail(GX_USAGE, "\"%s\" is no member of a set", args->member[i]);
		fail_reason("%s", why);
		fail_hint("an address (192.0.2.1), a prefix (2001:db8::/32) or a range (192.0.2.1-192.0.2.9)");
		return GX_USAGE;
	}
	if (args->file) {
		ok = gx_lang_read_timed(args->file, v4, v6, timed, &diags);
		gx_diags_print(&diags, stderr, log_colour());
		gx_diags_free(&diags);
	}
	if (!ok)
		return fail(GX_RULES, "the members in %s cannot be read",
			    args->file);
	/* neighbours are not joined: what was added has to be there to be deleted */
	gx_prefixes_unique(v4, false);
	gx_prefixes_unique(v6, true);
	return GX_OK;
}

/* @timed have a time-out of their own, which goes before @timeout */
static struct gx_member *to_members(const struct gx_prefixes *v4,
				    const struct gx_prefixes *v6,
				    const struct gx_timed_prefixes *timed,
				    uint32_t timeout)
{
	size_t n = v4->n + v6->n, i;
	struct gx_member *m = calloc(n + timed->n + 1, sizeof(*m));

	for (i = 0; m && i < n; i++) {
		m[i] = member_at(v4, v6, i);
		m[i].timeout = timeout;
	}
	for (i = 0; m && i < timed->n; i++)
		m[n + i] = (struct gx_member){
			.family = timed->v[i].v6 ? 6 : 4,
			.prefix = timed->v[i].prefix,
			.timeout = timed->v[i].timeout,
		};
	return m;
}

static void prefix_text(const struct gx_member *m, char text[64])
{
	gx_prefix_print(&m->prefix, m->family == 6, text);
}

/* The longest prefix among @all, which are sorted, that holds @m and is shorter */
static const struct gx_member *cover_of(const struct gx_member *m,
					const struct gx_member *all, size_t n)
{
	const struct gx_member *hit = NULL;
	struct gx_member key = *m;
	unsigned int len = m->prefix.len;

	while (!hit && len--) {
		key.prefix.addr[len / 8] &= ~(0x80 >> len % 8);
		key.prefix.len = len;
		hit = bsearch(&key, all, n, sizeof(*all), gx_member_compare);
	}
	return hit;
}

/*
 * What was to be deleted, and is in the set all the same by a wider member: say it,
 * since an address that is blocked still looks as if nothing had been done. An array.
 */
static json_t *tell_covered(const struct set_args *args, struct datapath *d,
			    int set, const struct gx_member *m, size_t n)
{
	json_t *list = json_array();
	const struct gx_member *by;
	struct gx_member *all = NULL;
	struct gx_error err = {};
	char text[64], wider[64];
	size_t nall = 0, i, told = 0;

	if (gx_dp_set_list(d->dp, set, &all, &nall, &err)) {
		debug("cannot look for wider members: %s", err.what);
		return list;
	}
	for (i = 0; i < n; i++) {
		by = cover_of(&m[i], all, nall);
		if (!by)
			continue;
		prefix_text(&m[i], text);
		prefix_text(by, wider);
		if (told++ < COVERED_SHOWN)
			say("  %s is still covered by %s", text, wider);
		json_array_append_new(list, json_pack(
			"{s:o, s:o}", "prefix", text_json(text), "by",
			text_json(wider)));
	}
	if (told > COVERED_SHOWN)
		say("  and so are %zu more by others: -j lists them",
		    told - COVERED_SHOWN);
	if (told)
		say("  to take those out: gxdp set del %s PREFIX dev %s",
		    args->set, d->link.name);
	free(all);
	return list;
}

static void report_change(const struct set_args *args, struct datapath *d,
			  int set, const struct gx_member *m, size_t n,
			  size_t missing, uint32_t timeout)
{
	bool add = !strcmp(args->what, "add");
	json_t *body;

	say("%s: %zu prefixes %s %s%s", d->link.name, n - missing,
	    add ? "added to" : "deleted from", args->set,
	    missing ? ", the others were not in it" : "");
	body = json_pack("{s:o, s:o, s:o, s:I, s:I, s:I}", "dev",
			 text_json(d->link.name), "set", text_json(args->set),
			 "done", text_json(args->what), "prefixes",
			 (json_int_t)(n - missing), "missing",
			 (json_int_t)missing, "timeout", (json_int_t)timeout);
	if (!add)
		json_object_set_new(body, "covered",
				    tell_covered(args, d, set, m, n));
	print_json(json_pack("{s:o}", "set", body));
}

static int change(const struct set_args *args, struct datapath *d, int set)
{
	const struct gx_set *info = &d->store.rs->set[set];
	bool add = !strcmp(args->what, "add");
	struct gx_prefixes v4 = {}, v6 = {};
	struct gx_timed_prefixes timed = {};
	uint32_t timeout = args->timeout_given ? args->timeout :
			   info->default_timeout;
	struct gx_member *m = NULL;
	struct gx_error err = {};
	size_t missing = 0, expired = 0, n;
	int ret;

	if (add && timeout && !info->timeouts) {
		fail(GX_UNSAFE, "members of %s do not time out", args->set);
		fail_hint("write \"set %s timeouts ...\" in the rules and apply them",
			  args->set);
		return GX_UNSAFE;
	}
	/* of a set without time-outs those of a file are left out, which is said */
	ret = read_members(args, &v4, &v6, !add || info->timeouts ? &timed : NULL);
	n = v4.n + v6.n + timed.n;
	if (!ret) {
		m = to_members(&v4, &v6, &timed, add ? timeout : 0);
		if (!m)
			ret = fail(GX_FAILED, "out of memory");
	}
	/* or what comes and goes by time-outs would only ever come */
	if (!ret && add && info->timeouts &&
	    gx_dp_set_expire(d->dp, &expired, &err))
		ret = fail_engine(GX_FAILED, &err);
	if (expired)
		debug("%zu expired members taken out", expired);
	if (!ret && (add ? gx_dp_set_add(d->dp, set, m, n, &err) :
		     gx_dp_set_del(d->dp, set, m, n, &missing, &err)))
		ret = fail_engine(GX_FAILED, &err);
	if (!ret)
		report_change(args, d, set, m, n, missing, add ? timeout : 0);
	free(m);
	free(timed.v);
	free(v4.v);
	free(v6.v);
	return ret;
}

static int flush(const struct set_args *args, struct datapath *d, int set)
{
	struct gx_member *m = NULL;
	struct gx_error err = {};
	size_t n = 0, missing;
	int ret;

	/* those that have expired are not listed */
	ret = gx_dp_set_expire(d->dp, &missing, &err);
	if (!ret)
		ret = gx_dp_set_list(d->dp, set, &m, &n, &err);
	if (!ret)
		ret = gx_dp_set_del(d->dp, set, m, n, &missing, &err);
	free(m);
	if (ret)
		return fail_engine(GX_FAILED, &err);
	say("%s: all %zu prefixes deleted from %s", d->link.name, n, args->set);
	print_json(json_pack("{s:{s:o, s:o, s:o, s:I}}", "set", "dev",
			     text_json(d->link.name), "set", text_json(args->set),
			     "done", text_json(args->what), "prefixes",
			     (json_int_t)n));
	return GX_OK;
}

/*
 * What is printed can be read again, by --file. Where members have a time-out unless
 * something else is said, one that stays has to say so.
 */
static void print_member(const struct gx_set *set, const char *text,
			 uint32_t timeout)
{
	if (timeout)
		printf("%s timeout %us\n", text, timeout);
	else if (set->default_timeout)
		printf("%s timeout 0\n", text);
	else
		puts(text);
}

static void print_members(const struct set_args *args, const struct datapath *d,
			  const struct gx_set *set, const struct members *all)
{
	const struct gx_member *m = all->v;
	json_t *members, *one;
	char text[64];
	size_t i;

	members = gx_options.json ? json_array() : NULL;
	for (i = 0; i < all->n; i++) {
		prefix_text(&m[i], text);
		if (members) {
			one = json_pack("{s:o}", "prefix", text_json(text));
			if (m[i].timeout)
				json_object_set_new(one, "expires",
						    json_integer(m[i].timeout));
			json_array_append_new(members, one);
		} else {
			print_member(set, text, m[i].timeout);
		}
	}
	if (members)
		print_json(json_pack("{s:{s:o, s:o, s:o}}", "set", "dev",
				     text_json(d->link.name), "set",
				     text_json(args->set), "members", members));
}

/* The one address of the command line; a gx_exit code */
static int read_address(const struct set_args *args, struct gx_member *m)
{
	struct gx_prefixes v4 = {}, v6 = {};
	bool one;
	int ret;

	ret = read_members(args, &v4, &v6, NULL);
	if (!ret) {
		*m = member_at(&v4, &v6, 0);
		one = v4.n + v6.n == 1 && m->prefix.len == (v4.n ? 32 : 128);
		if (!one)
			ret = fail(GX_USAGE, "\"%s\" is more than one address",
				   args->member[0]);
	}
	free(v4.v);
	free(v6.v);
	return ret;
}

static int test(const struct set_args *args, const struct datapath *d,
		const struct members *all)
{
	const struct gx_member *by;
	struct gx_member m;
	char text[64], wider[64] = "";
	int ret;

	ret = read_address(args, &m);
	if (ret)
		return ret;
	by = bsearch(&m, all->v, all->n, sizeof(*all->v), gx_member_compare) ?:
	     cover_of(&m, all->v, all->n);
	prefix_text(&m, text);
	if (by)
		prefix_text(by, wider);
	if (!by)
		say("%s is not in %s", text, args->set);
	else if (by->timeout)
		say("%s is in %s, by %s for %us more", text, args->set, wider,
		    by->timeout);
	else
		say("%s is in %s, by %s", text, args->set, wider);
	print_json(json_pack("{s:{s:o, s:o, s:o, s:o, s:b, s:o, s:o}}", "set",
			     "dev", text_json(d->link.name), "set",
			     text_json(args->set), "done",
			     text_json(args->what), "address", text_json(text),
			     "member", (int)!!by, "by", text_or_null(wider),
			     "expires", by && by->timeout ?
			     json_integer(by->timeout) : json_null()));
	return by ? GX_OK : GX_NO;
}

static int look(const struct set_args *args, struct datapath *d)
{
	struct all_members *all;
	int ret, set;

	ret = members_read(d, args->set, &all);
	if (!ret) {
		set = datapath_set(d, args->set);
		if (!strcmp(args->what, "test"))
			ret = test(args, d, &all->set[set]);
		else
			print_members(args, d, &d->store.rs->set[set],
				      &all->set[set]);
	}
	members_free(all);
	return ret;
}

int verb_set(int argc, char **argv)
{
	struct set_args args = {};
	struct datapath d;
	bool looking;
	int ret, set;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	looking = !strcmp(args.what, "list") || !strcmp(args.what, "test");
	caps_keep(looking ? CAPS_LOOK : CAPS_CHANGE, false);
	ret = datapath_open(&d, args.dev, looking ? DATAPATH_LOOK :
			    DATAPATH_CHANGE);
	if (!ret && looking) {
		ret = look(&args, &d);
	} else if (!ret) {
		set = datapath_set(&d, args.set);
		if (set < 0)
			ret = GX_NOT_FOUND;
		else
			ret = strcmp(args.what, "flush") ? change(&args, &d, set) :
			      flush(&args, &d, set);
	}
	free(args.member);
	datapath_close(&d);
	return ret;
}
