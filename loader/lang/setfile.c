// SPDX-License-Identifier: GPL-2.0
/*
 * Members of sets from files: the formats in which block lists are published.
 * gxdp-rules(5) lists them. One pass over the mapped file, no copy of a line.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build.h"
#include "prefixes.h"

/* Bad lines of one file that are shown; the others are counted */
#define SHOWN_MAX	5

struct reader {
	const char *path;
	struct gx_diags *diags;
	struct gx_prefixes v4, v6;
	unsigned int line;
	unsigned int bad;
	unsigned int host_bits, host_bits_line;
	bool seen_member;
	bool no_memory;
};

static void add_diag(struct reader *r, enum gx_severity severity,
		     unsigned int line, unsigned int column, unsigned int width,
		     const char *source, size_t len, const char *message)
{
	struct gx_diag d = { .severity = severity, .line = line,
			     .column = column, .width = width };

	d.file = strdup(r->path);
	d.message = strdup(message);
	if (source)
		d.source = strndup(source, len < 160 ? len : 160);
	gx_diags_add(r->diags, &d);
}

static void bad_line(struct reader *r, const char *line, const char *end,
		     const char *at, const char *why)
{
	const char *stop = at;

	while (stop < end && *stop != ' ' && *stop != '\t' && *stop != ',')
		stop++;
	if (r->bad++ < SHOWN_MAX)
		add_diag(r, GX_DIAG_ERROR, r->line, at - line + 1,
			 stop > at ? stop - at : 1, line, end - line, why);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_space(const char *pos, const char *end)
{
	while (pos < end && is_space(*pos))
		pos++;
	return pos;
}

static const char *skip_word(const char *pos, const char *end)
{
	while (pos < end && !is_space(*pos))
		pos++;
	return skip_space(pos, end);
}

static bool begins(const char *pos, const char *end, const char *with)
{
	size_t n = strlen(with);

	return (size_t)(end - pos) >= n && !memcmp(pos, with, n);
}

static bool is_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* The first line of a table may name its columns */
static bool is_heading(const struct reader *r, const char *pos, const char *end)
{
	return !r->seen_member && memchr(pos, ',', end - pos) &&
	       (is_letter(*pos) || *pos == '"' || *pos == '_');
}

/*
 * Behind the address may stand a comment, more columns, or a number (a score);
 * a word would be a name: the file then says what a name resolves to.
 */
static const char *bad_rest(const struct gx_span *span, const char *pos,
			    const char *end)
{
	const char *rest = skip_space(pos, end);
	bool local = !span->lo || (!span->v6 && span->lo >> 24 == 127) ||
		     (span->v6 && span->lo == 1);

	if (rest == end || *rest == '#' || *rest == ';' || *rest == ',' ||
	    *rest == '"')
		return NULL;
	if (rest == pos)
		return "this is no address, prefix or range";
	if (*rest >= '0' && *rest <= '9')
		return NULL;
	if (begins(rest, end, "timeout ") || begins(rest, end, "//"))
		return NULL;
	if (local)
		return "this is a hosts file: it blocks names by giving them an address of this very machine, and has no addresses to block";
	return "behind the address stands something that is no comment (# or ;) and no column";
}

static void take_line(struct reader *r, const char *line, const char *end)
{
	const char *pos = skip_space(line, end), *why, *rest;
	struct gx_span span;

	if (pos == end || *pos == '#' || *pos == ';' || begins(pos, end, "//"))
		return;
	/* what "ipset save" writes */
	if (begins(pos, end, "create ") || begins(pos, end, "flush "))
		return;
	if (begins(pos, end, "add "))
		pos = skip_word(skip_word(pos, end), end);
	if (is_heading(r, pos, end) && *pos != '"') {
		r->seen_member = true;
		return;
	}
	if (pos < end && *pos == '"')
		pos++;
	rest = gx_read_address(pos, end, &span, &why);
	if (!rest) {
		if (is_heading(r, pos, end)) {
			r->seen_member = true;
			return;
		}
		bad_line(r, line, end, pos, why);
		return;
	}
	why = bad_rest(&span, rest, end);
	if (why) {
		bad_line(r, line, end, pos, why);
		return;
	}
	r->seen_member = true;
	if (span.host_bits && !r->host_bits++)
		r->host_bits_line = r->line;
	if (gx_span_add(&span, &r->v4, &r->v6))
		r->no_memory = true;
	else if (!span.range && !span.len)
		add_diag(r, GX_DIAG_WARNING, r->line, pos - line + 1, rest - pos,
			 line, end - line, "this member is the whole Internet");
}

static void take_all(struct reader *r, const char *text, size_t size)
{
	const char *end = text + size, *eol, *stop;

	while (text < end && !r->no_memory) {
		r->line++;
		eol = memchr(text, '\n', end - text);
		if (!eol)
			eol = end;
		stop = eol;
		while (stop > text && (stop[-1] == '\r' || is_space(stop[-1])))
			stop--;
		take_line(r, text, stop);
		text = eol + 1;
	}
}

/* Out of what is known already: millions of lines take less than a second */
static int map_file(const char *path, void **text, size_t *size)
{
	struct stat st;
	int fd, err = 0;

	*text = NULL;
	*size = 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st)) {
		err = -errno;
	} else if (!S_ISREG(st.st_mode)) {
		err = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	} else if (st.st_size) {
		*size = st.st_size;
		*text = mmap(NULL, *size, PROT_READ, MAP_PRIVATE | MAP_POPULATE,
			     fd, 0);
		if (*text == MAP_FAILED)
			err = -errno;
	}
	close(fd);
	return err;
}

static void summarize(struct reader *r)
{
	char message[160];

	if (r->bad > SHOWN_MAX) {
		snprintf(message, sizeof(message), "%u more lines are wrong",
			 r->bad - SHOWN_MAX);
		add_diag(r, GX_DIAG_NOTE, 0, 0, 0, NULL, 0, message);
	}
	if (r->host_bits) {
		snprintf(message, sizeof(message), "%u prefixes have bits set behind their length, the first here; they are taken without those bits",
			 r->host_bits);
		add_diag(r, GX_DIAG_WARNING, r->host_bits_line, 1, 1, NULL, 0,
			 message);
	}
}

static int append(struct gx_prefixes *to, struct gx_prefixes *from)
{
	size_t i;

	if (!to->n) {
		free(to->v);
		*to = *from;
		memset(from, 0, sizeof(*from));
		return 0;
	}
	for (i = 0; i < from->n; i++)
		if (gx_prefixes_add(to, &from->v[i]))
			return -ENOMEM;
	return 0;
}

/* 0, -EBADMSG when it has been told what is wrong, or -errno */
static int read_members(struct reader *r, struct gx_prefixes *v4,
			struct gx_prefixes *v6)
{
	size_t size;
	void *text;
	int err;

	err = map_file(r->path, &text, &size);
	if (err)
		return err;
	if (text) {
		take_all(r, text, size);
		munmap(text, size);
	}
	summarize(r);
	if (r->no_memory)
		err = -ENOMEM;
	else if (r->bad)
		err = -EBADMSG;
	else if (append(v4, &r->v4) || append(v6, &r->v6))
		err = -ENOMEM;
	free(r->v4.v);
	free(r->v6.v);
	return err;
}

bool gx_set_read_file(struct gx_parser *p, const char *path,
		      const struct gx_loc *loc, struct gx_prefixes *v4,
		      struct gx_prefixes *v6)
{
	struct reader r = { .path = path, .diags = p->diags };
	int err = read_members(&r, v4, v6);

	if (err == -EBADMSG)
		gx_note(p, loc, "the set is read from it here");
	else if (err)
		gx_error(p, loc, NULL, "cannot read %s: %s", path,
			 strerror(-err));
	return !err;
}

bool gx_lang_read_members(const char *path, struct gx_prefixes *v4,
			  struct gx_prefixes *v6, struct gx_diags *diags)
{
	struct reader r = { .path = path, .diags = diags };
	int err = read_members(&r, v4, v6);

	if (err && err != -EBADMSG)
		add_diag(&r, GX_DIAG_ERROR, 0, 0, 0, NULL, 0, strerror(-err));
	return !err;
}
