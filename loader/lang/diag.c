// SPDX-License-Identifier: GPL-2.0
/* What is wrong with a rules file, where, and what was expected there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser.h"

void gx_diags_add(struct gx_diags *diags, struct gx_diag *diag)
{
	struct gx_diag *more = NULL;

	if (diag->severity == GX_DIAG_ERROR)
		diags->errors++;
	else if (diag->severity == GX_DIAG_WARNING)
		diags->warnings++;
	if (diags->n < GX_DIAGS_MAX)
		more = realloc(diags->v, (diags->n + 1) * sizeof(*more));
	if (!more) {
		free(diag->file);
		free(diag->message);
		free(diag->expected);
		free(diag->source);
		return;
	}
	diags->v = more;
	diags->v[diags->n++] = *diag;
}

void gx_diags_free(struct gx_diags *diags)
{
	size_t i;

	for (i = 0; i < diags->n; i++) {
		free(diags->v[i].file);
		free(diags->v[i].message);
		free(diags->v[i].expected);
		free(diags->v[i].source);
	}
	free(diags->v);
	memset(diags, 0, sizeof(*diags));
}

/* A line longer than this is shown in part */
#define SOURCE_SHOWN 160

/*
 * The line @loc begins in. A long one is cut, @diag->column then counts in
 * what is left: no terminal shows a list of a thousand ports well.
 */
static void take_source(const struct gx_parser *p, const struct gx_loc *loc,
			struct gx_diag *diag)
{
	const struct gx_source *src = &p->source[loc->src];
	const char *pos = src->text, *end = src->text + src->len, *eol;
	unsigned int line;

	for (line = 1; line < loc->line && pos < end; line++) {
		eol = memchr(pos, '\n', end - pos);
		pos = eol ? eol + 1 : end;
	}
	eol = memchr(pos, '\n', end - pos);
	if (!eol)
		eol = end;
	if (eol > pos && eol[-1] == '\r')
		eol--;
	if (eol - pos > SOURCE_SHOWN && loc->col < SOURCE_SHOWN)
		eol = pos + SOURCE_SHOWN;
	diag->source = malloc(eol - pos + 1);
	if (!diag->source)
		return;
	memcpy(diag->source, pos, eol - pos);
	diag->source[eol - pos] = '\0';
	if (p->held_at >= pos && p->held_at < eol)
		diag->source[p->held_at - pos] = p->held;
}

static void report(struct gx_parser *p, enum gx_severity severity,
		   const struct gx_loc *loc, const char *expected,
		   const char *fmt, va_list ap)
{
	struct gx_diag diag = { .severity = severity };

	if (vasprintf(&diag.message, fmt, ap) < 0)
		diag.message = NULL;
	if (expected && expected[0])
		diag.expected = strdup(expected);
	if (loc) {
		diag.file = strdup(p->source[loc->src].name);
		diag.line = loc->line;
		diag.column = loc->col;
		diag.width = 1;
		if (loc->end_line == loc->line && loc->end_col > loc->col)
			diag.width = loc->end_col - loc->col;
		if (p->diags->n < GX_DIAGS_MAX)
			take_source(p, loc, &diag);
	}
	gx_diags_add(p->diags, &diag);
}

void gx_error(struct gx_parser *p, const struct gx_loc *loc,
	      const char *expected, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(p, GX_DIAG_ERROR, loc, expected, fmt, ap);
	va_end(ap);
}

void gx_warning(struct gx_parser *p, const struct gx_loc *loc,
		const char *expected, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(p, GX_DIAG_WARNING, loc, expected, fmt, ap);
	va_end(ap);
}

void gx_note(struct gx_parser *p, const struct gx_loc *loc, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(p, GX_DIAG_NOTE, loc, NULL, fmt, ap);
	va_end(ap);
}

/* The text at @loc; the lexer may have put a NUL behind it, not into it */
static struct gx_str text_at(const struct gx_parser *p, const struct gx_loc *loc)
{
	const struct gx_source *src = &p->source[loc->src];
	const char *pos = src->text, *end = src->text + src->len, *eol;
	struct gx_str text = { pos, 0 };
	unsigned int line;

	for (line = 1; line < loc->line; line++) {
		eol = memchr(pos, '\n', end - pos);
		if (!eol)
			return text;
		pos = eol + 1;
	}
	pos += loc->col - 1;
	if (pos >= end || loc->end_line != loc->line)
		return text;
	text.s = pos;
	text.n = loc->end_col - loc->col;
	if (text.n > (size_t)(end - pos))
		text.n = end - pos;
	return text;
}

void gx_syntax_error(struct gx_parser *p, const struct gx_loc *loc, bool end,
		     const char *expected)
{
	struct gx_str word = {};
	const char *near;

	if (p->diags->n < GX_DIAGS_MAX)
		word = text_at(p, loc);
	if (end) {
		gx_error(p, loc, expected, "the statement is not complete");
		return;
	}
	near = gx_keyword(word) ? NULL : gx_keyword_near(word);
	if (gx_str_eq(word, "port"))
		near = "sport or dport";
	/* nft's is a field of the header in front of it */
	if (gx_str_eq(word, "length"))
		near = "len, which is the length of the whole frame";
	if (near)
		gx_error(p, loc, expected, "unexpected \"%.*s\": did you mean %s?",
			 (int)word.n, word.s, near);
	else
		gx_error(p, loc, expected, "unexpected \"%.*s\"", (int)word.n,
			 word.s);
}

static const char *const severity_names[] = {
	[GX_DIAG_ERROR] = "error",
	[GX_DIAG_WARNING] = "warning",
	[GX_DIAG_NOTE] = "note",
};

static const char *const severity_colours[] = {
	[GX_DIAG_ERROR] = "\033[1;31m",
	[GX_DIAG_WARNING] = "\033[1;35m",
	[GX_DIAG_NOTE] = "\033[1;36m",
};

/* The line, and marks under the offending text: tabs stay tabs on both */
static void print_source(const struct gx_diag *d, FILE *out, bool colour)
{
	unsigned int i, len = strlen(d->source), width = d->width;

	fprintf(out, "%5u | %s\n      | ", d->line, d->source);
	if (d->column > len + 1) {
		fputs("(further to the right)\n", out);
		return;
	}
	for (i = 0; i + 1 < d->column; i++)
		/* bytes that go on a character of UTF-8 take no column */
		if ((d->source[i] & 0xc0) != 0x80)
			fputc(d->source[i] == '\t' ? '\t' : ' ', out);
	if (d->column + width > len + 2)
		width = len + 2 > d->column ? len + 2 - d->column : 1;
	fprintf(out, "%s^", colour ? severity_colours[d->severity] : "");
	for (i = 1; i < width; i++)
		fputc('~', out);
	fprintf(out, "%s\n", colour ? "\033[0m" : "");
}

static void print_one(const struct gx_diag *d, FILE *out, bool colour)
{
	if (d->file && d->line)
		fprintf(out, "%s:%u:%u: ", d->file, d->line, d->column);
	else if (d->file)
		fprintf(out, "%s: ", d->file);
	fprintf(out, "%s%s:%s %s\n", colour ? severity_colours[d->severity] : "",
		severity_names[d->severity], colour ? "\033[0m" : "",
		d->message ?: "out of memory");
	if (d->source)
		print_source(d, out, colour);
	if (d->expected)
		fprintf(out, "      expected: %s\n", d->expected);
}

void gx_diags_print(const struct gx_diags *diags, FILE *out, bool colour)
{
	unsigned int shown = 0, all = diags->errors + diags->warnings;
	size_t i;

	for (i = 0; i < diags->n; i++) {
		print_one(&diags->v[i], out, colour);
		shown += diags->v[i].severity != GX_DIAG_NOTE;
	}
	if (all > shown)
		fprintf(out, "... and %u more\n", all - shown);
}
