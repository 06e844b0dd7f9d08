/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the grammar makes of the text: words with their places. Nothing here is
 * freed one by one; all of it lives in the parser's arena, and words point into
 * the sources, which live as long.
 */
#ifndef GXDP_LANG_AST_H
#define GXDP_LANG_AST_H

#include <stdbool.h>
#include <stddef.h>

#include "lang.h"

/* Not terminated */
struct gx_str {
	const char *s;
	size_t n;
};

struct gx_loc {
	unsigned int src;		/* index into gx_parser.source */
	unsigned int line, col;		/* of the first byte */
	unsigned int end_line, end_col;	/* behind the last one */
};

enum gx_item_kind {
	GX_ITEM_WORD,		/* 80, 1024-65535, 10.0.0.0/8, syn/syn,ack */
	GX_ITEM_CONST,		/* $web */
	GX_ITEM_SET,		/* @bad */
};

struct gx_item {
	enum gx_item_kind kind;
	struct gx_str text;	/* without $ or @ */
	struct gx_str hi;	/* "a - b" in two words; else .s is NULL */
	struct gx_loc loc;
	struct gx_item *next;
};

enum gx_op { GX_OP_EQ, GX_OP_NE, GX_OP_LT, GX_OP_GT, GX_OP_LE, GX_OP_GE };

struct gx_values {
	enum gx_op op;
	bool told;		/* the operator is written, and not left to be = */
	bool list;		/* written in braces */
	struct gx_item *first, *last;
	struct gx_loc loc;
};

enum gx_clause_kind {
	/* conditions */
	GX_C_FIELD,		/* field, values */
	GX_C_SRC,		/* values */
	GX_C_DST,
	GX_C_PROTO_WORD,	/* "tcp": the same as "proto tcp" */
	GX_C_IP,		/* "ip": the same as "ip version 4" */
	GX_C_IP6,
	/* what happens */
	GX_C_VERDICT,		/* verdict; values: redirect, cpu, xsk */
	GX_C_LIMIT,		/* values: rate */
	GX_C_BURST,		/* extra */
	GX_C_PER,		/* key, or extra: "src/64" */
	GX_C_MARK,		/* values */
	GX_C_SAMPLE,		/* values: 1/N */
	GX_C_BYTES,		/* extra */
};

struct gx_clause {
	enum gx_clause_kind kind;
	enum gx_field field;
	enum gx_verdict verdict;
	enum gx_limit_key key;
	struct gx_values values;
	struct gx_item *extra;
	struct gx_loc loc;
	struct gx_clause *next;
};

struct gx_clauses {
	struct gx_clause *first, *last;
	struct gx_loc loc;
};

struct gx_set_options {
	bool timeouts;
	struct gx_item *timeout;	/* default, or NULL */
	struct gx_values members;	/* .first NULL: none inline */
	struct gx_item *files;
	bool members_seen;
};

#endif /* GXDP_LANG_AST_H */
