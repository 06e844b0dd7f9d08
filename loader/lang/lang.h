/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules language: text to struct gx_ruleset and back. gxdp-rules(5) is its
 * manual.
 *
 * From text to value: lex.l and grammar.y make clauses (ast.h) without looking
 * at what the words mean; build.c and value.c look them up and make conditions;
 * contradict.c says what cannot be meant. setfile.c reads the members of sets.
 */
#ifndef GXDP_LANG_H
#define GXDP_LANG_H

#include <stdio.h>

#include "../ruleset.h"

enum gx_severity { GX_DIAG_ERROR, GX_DIAG_WARNING, GX_DIAG_NOTE };

/*
 * Something to say about a place in a file. Lines and columns count from 1,
 * columns in bytes; line 0: about the file as a whole.
 */
struct gx_diag {
	enum gx_severity severity;
	char *file;
	unsigned int line;
	unsigned int column;
	unsigned int width;	/* bytes of the offending text */
	char *message;
	char *expected;		/* what would have been right, or NULL */
	char *source;		/* the line, or NULL */
};

struct gx_diags {
	struct gx_diag *v;
	size_t n;
	unsigned int errors;	/* counted even when not kept */
	unsigned int warnings;
};

/* What diags keep: one mistake in a generated file is not told 100,000 times */
#define GX_DIAGS_MAX	50

struct gx_lang_options {
	bool no_files;		/* refuse include and "from": for fuzzers */
};

/*
 * Read rules. NULL if there are errors; what was found is in @diags either way,
 * warnings included. Free both with the functions below. @opts may be NULL.
 */
struct gx_ruleset *gx_lang_parse_file(const char *path,
				      const struct gx_lang_options *opts,
				      struct gx_diags *diags);
/* @name is what @diags call it; @text need not end in NUL */
struct gx_ruleset *gx_lang_parse_text(const char *name, const char *text,
				      size_t len,
				      const struct gx_lang_options *opts,
				      struct gx_diags *diags);

/*
 * Members of a set from a block list of any of the formats of gxdp-rules(5),
 * added to @v4 and @v6, which gx_prefixes_unique() is for. False: there were
 * errors, and nothing was added.
 */
bool gx_lang_read_members(const char *path, struct gx_prefixes *v4,
			  struct gx_prefixes *v6, struct gx_diags *diags);

struct gx_timed_prefix {
	struct gx_prefix prefix;
	bool v6;
	uint32_t timeout;	/* seconds; 0: never */
};

struct gx_timed_prefixes {
	struct gx_timed_prefix *v;
	size_t n;
};

/*
 * The same; members whose line has a time-out, as "gxdp set list" and "ipset save" write it,
 * go to @timed as they stand there. @timed->v is for the caller to free in any case. @timed
 * NULL: they go to the others, with a warning.
 */
bool gx_lang_read_timed(const char *path, struct gx_prefixes *v4,
			struct gx_prefixes *v6, struct gx_timed_prefixes *timed,
			struct gx_diags *diags);

/*
 * One member as a user writes it: an address, a prefix or a range of addresses,
 * added to @v4 or @v6. NULL, or a static sentence that says what is wrong.
 */
const char *gx_lang_read_member(const char *text, struct gx_prefixes *v4,
				struct gx_prefixes *v6);

/*
 * A time as a user writes it, in rules and on the command line: "90", "10m", "1h30min",
 * "1week"; false: it is none, or more seconds than 32 bits hold.
 */
bool gx_lang_read_time(const char *text, size_t len, uint32_t *seconds);

void gx_diags_print(const struct gx_diags *diags, FILE *out, bool colour);
void gx_diags_free(struct gx_diags *diags);

/* ruleset.c: safe on NULL and on what is half made */
void gx_ruleset_free(struct gx_ruleset *rs);
/* What it holds, not the struct itself */
void gx_rule_free(struct gx_rule *rule);

/*
 * print.c: canonical text. Reading it again gives an equal ruleset. The text of
 * a rule is without its name; the caller frees it, NULL is out of memory.
 */
char *gx_rule_print(const struct gx_ruleset *rs, const struct gx_rule *rule);
/* 0 or -errno */
int gx_ruleset_print(const struct gx_ruleset *rs, FILE *out);
/* "10.0.0.0/8"; the length is left out where it is the address's own */
void gx_prefix_print(const struct gx_prefix *p, bool v6, char out[64]);
/* The action alone: "drop", "redirect eth1", "cpu { 0-3 }" */
void gx_action_print(const struct gx_action *act, char *out, size_t size);
const char *gx_verdict_name(enum gx_verdict verdict);

/*
 * prefixes.c: sort, drop duplicates and what others cover, and join
 * neighbours, in place. Returns how many went.
 */
size_t gx_prefixes_aggregate(struct gx_prefixes *p, bool v6);
/* Sort, and leave out what is there twice and nothing else; returns how many */
size_t gx_prefixes_unique(struct gx_prefixes *p, bool v6);
/* 0 or -ENOMEM */
int gx_prefixes_add(struct gx_prefixes *p, const struct gx_prefix *prefix);

#endif /* GXDP_LANG_H */
