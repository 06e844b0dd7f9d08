/* SPDX-License-Identifier: GPL-2.0 */
/* The state of one reading of a rules file, shared by the files of lang/. */
#ifndef GXDP_LANG_PARSER_H
#define GXDP_LANG_PARSER_H

#include <stdarg.h>
#include <sys/types.h>

#include "../slots.h"
#include "ast.h"

/* An include in an include in an include ... */
#define GX_INCLUDE_DEPTH	16
/* Files read in all, and how often one is read again counts */
#define GX_SOURCES_MAX		1024
/* So many errors, and the rest is not read */
#define GX_ERRORS_MAX		1000
/* Values in one list, with those of the constants in it */
#define GX_ITEMS_MAX		1000000

struct gx_source {
	char *name;
	char *text;		/* two NULs follow: flex scans it in place */
	size_t len;
	dev_t dev;		/* which file it is, whatever its name; 0: none */
	ino_t ino;
};

/* Files that a pattern named and whose turn is still to come */
struct gx_more_files {
	char *path;
	struct gx_loc loc;
	struct gx_more_files *next;
};

/* Where a file is included from: what the lexer goes back to */
struct gx_open_file {
	void *buffer;		/* flex's */
	unsigned int src;
	unsigned int line, col;
	struct gx_more_files *more;
};

struct gx_const {
	struct gx_str name;
	struct gx_values values;
	struct gx_loc loc;
	bool used;
	bool busy;		/* being expanded: to find circles */
};

struct gx_set_info {
	struct gx_loc loc;
	bool used;
};

struct gx_name {
	struct gx_str name;
	struct gx_loc loc;
};

struct gx_arena_block;

struct gx_parser {
	struct gx_lang_options opts;
	struct gx_diags *diags;
	struct gx_ruleset *rs;
	struct gx_arena_block *arena;
	bool no_memory;

	struct gx_source *source;
	size_t nsources;
	struct gx_open_file open[GX_INCLUDE_DEPTH];
	unsigned int depth;

	/* the lexer's place */
	unsigned int src, line, col;
	unsigned int braces;
	const char *held_at;	/* where flex has put a NUL into the source */
	char held;		/* and what was there */
	bool fresh;		/* at the beginning of a statement */
	bool ended;		/* the newline behind the last line was given */
	struct gx_loc brace;	/* of the outermost one that is open */
	bool brace_told;	/* that it is never closed */

	struct gx_const *consts;
	size_t nconsts;
	struct gx_slots const_slots;
	struct gx_set_info *set_info;	/* one for each set */
	struct gx_name *rule_names;	/* sorted when looked for doubles */
	size_t nrule_names, rule_names_room;
	size_t rules_room;
	bool has_default;
	struct gx_loc default_loc;
};

/* parser.c */
void *gx_alloc(struct gx_parser *p, size_t size);
/* Take in a file; index of the source, or -1 with a diagnostic at @loc (or none) */
int gx_source_load(struct gx_parser *p, const char *path,
		   const struct gx_loc *loc);
int gx_source_add(struct gx_parser *p, const char *name, const char *text,
		  size_t len);
/* Path of @name as seen from the file that @loc is in; the arena's */
char *gx_relative_path(struct gx_parser *p, struct gx_str name,
		       const struct gx_loc *loc);
/* All of @fd, which may be a pipe, with two NULs behind it; NULL with errno */
char *gx_read_all(int fd, size_t *len);
/* Bytes of the mark by which some editors begin a file in UTF-8 */
size_t gx_byte_order_mark(const char *text, size_t len);
bool gx_str_eq(struct gx_str a, const char *b);
bool gx_str_same(struct gx_str a, struct gx_str b);
char *gx_str_dup(struct gx_str s);

/* diag.c. @expected may be NULL. */
void gx_error(struct gx_parser *p, const struct gx_loc *loc,
	      const char *expected, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void gx_warning(struct gx_parser *p, const struct gx_loc *loc,
		const char *expected, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void gx_note(struct gx_parser *p, const struct gx_loc *loc, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The word at @loc cannot stand there; @end: the statement ends too early */
void gx_syntax_error(struct gx_parser *p, const struct gx_loc *loc, bool end,
		     const char *expected);
/* Takes over the strings of @diag; keeps it if there is room */
void gx_diags_add(struct gx_diags *diags, struct gx_diag *diag);

/* build.c: a statement each. Errors go to the parser's diags. */
void gx_build_define(struct gx_parser *p, struct gx_item *name,
		     struct gx_values *values);
void gx_build_set(struct gx_parser *p, struct gx_item *name,
		  struct gx_set_options *opts);
void gx_build_rule(struct gx_parser *p, struct gx_item *name,
		   struct gx_clauses *clauses);
void gx_build_default(struct gx_parser *p, enum gx_verdict verdict,
		      const struct gx_loc *loc);
/* What can only be said when all has been read */
void gx_build_finish(struct gx_parser *p);
struct gx_const *gx_find_const(struct gx_parser *p, struct gx_str name);
/* Index or -1 */
int gx_find_set(const struct gx_parser *p, struct gx_str name);

/* grammar.y and lex.l */
int gx_grammar_run(struct gx_parser *p);

/* keyword.c */
int gx_keyword(struct gx_str word);
/* Whether a name is read as one without quotes, wherever it stands */
bool gx_is_plain_word(const char *name);
/* The known word nearest to @word, or NULL if none is near */
const char *gx_keyword_near(struct gx_str word);
/* How many keystrokes lie between two words, up to @most */
unsigned int gx_distance(const char *a, size_t an, const char *b, size_t bn,
			 unsigned int most);

#endif /* GXDP_LANG_PARSER_H */
