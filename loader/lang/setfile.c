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

/* So many prefixes are put up with before doubles and the like are looked for */
#define TIDY_MIN	(1u << 20)

/* gx_prefixes_aggregate(), or gx_prefixes_unique() where members are to stay apart */
typedef size_t (*tidy_fn)(struct gx_prefixes *p, bool v6);

struct reader {
	const char *path;
	struct gx_diags *diags;
	struct gx_prefixes v4, v6;
	tidy_fn tidy;
	size_t tidy_at[2];	/* when there are so many: of v4, of v6 */
	unsigned int line;
	unsigned int bad;
	unsigned int host_bits, host_bits_line;
	struct gx_timed_prefixes *times;	/* NULL: time-outs are left out */
	struct gx_prefixes one4, one6;	/* of the member of this line */
	bool has_timeout;	/* the member of this line */
	uint32_t timeout;
	unsigned int timed, timed_line;
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

/* The first line of a table, which begins with no address, may name its columns */
static bool is_heading(const struct reader *r, const char *pos, const char *end)
{
	const char *tab = memchr(pos, '\t', end - pos);

	if (r->seen_member || (!is_letter(*pos) && *pos != '"' && *pos != '_'))
		return false;
	/* behind a name with dots there may stand anything */
	return memchr(pos, ',', end - pos) || (tab && !memchr(pos, '.', tab - pos));
}

/* Is the word at @pos @word? */
static bool is_word(const char *pos, const char *end, const char *word)
{
	const char *stop = pos + strlen(word);

	return begins(pos, end, word) && (stop == end || is_space(*stop));
}

/* What sets of ipset keep of a member, each with a value, and ours do not */
static bool is_left_out(const char *pos, const char *end)
{
	static const char *const words[] = { "packets", "bytes", "skbmark", "skbprio",
					     "skbqueue" };
	unsigned int i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_word(pos, end, words[i]))
			return true;
	return false;
}

/* At @value, behind the word */
static const char *read_timeout(struct reader *r, const char *value, const char *end)
{
	const char *stop = value;

	while (stop < end && !is_space(*stop))
		stop++;
	r->has_timeout = gx_lang_read_time(value, stop - value, &r->timeout);
	return r->has_timeout ? NULL :
	       "behind \"timeout\" stands no time: 30s, 10m, 1h30m, 7d, or a number of seconds";
}

/* What "ipset save" writes behind a member, for what it has besides */
static const char *bad_ipset(struct reader *r, const char *pos, const char *end)
{
	const char *value, *why;

	while (pos < end) {
		value = skip_word(pos, end);
		if (is_word(pos, end, "nomatch"))
			return "nomatch makes an exception of this member, and sets have none: take it and what it is in out of the file";
		if (is_word(pos, end, "comment"))
			return NULL;	/* the last, and in quotes */
		if (is_word(pos, end, "timeout")) {
			why = read_timeout(r, value, end);
			if (why)
				return why;
		} else if (!is_left_out(pos, end)) {
			return "behind the member stands something that \"ipset save\" does not write";
		}
		pos = skip_word(value, end);
	}
	return NULL;
}

/* The next column, behind a comma, a quote or space */
static const char *next_column(const char *pos, const char *end)
{
	if (pos < end && *pos == '"')
		pos++;
	pos = skip_space(pos, end);
	if (pos < end && *pos == ',')
		pos = skip_space(pos + 1, end);
	if (pos < end && *pos == '"')
		pos++;
	return pos;
}

/* Do the two begin and end whole networks, as in lists of ranges they do? */
static bool whole_networks(const struct gx_span *first, const struct gx_span *last)
{
	gx_u128 low = first->v6 ? UINT64_MAX : UINT8_MAX;

	return first->v6 == last->v6 && first->lo == first->hi && last->lo == last->hi &&
	       first->lo < last->lo && !(first->lo & low) && (last->lo & low) == low;
}

/* An address in the next column: a range, or nobody knows what. *@pos moves behind it. */
static const char *second_address(struct gx_span *span, const char **pos, const char *end)
{
	const char *column = next_column(*pos, end), *rest, *why;
	struct gx_span last;

	rest = column > *pos ? gx_read_address(column, end, &last, &why) : NULL;
	if (!rest || (rest < end && !is_space(*rest) && *rest != ',' && *rest != '"'))
		return NULL;
	if (!whole_networks(span, &last))
		return "a second address stands in the line: for a range, write first-last";
	span->hi = last.lo;
	span->range = true;
	*pos = rest;
	return NULL;
}

/* Is it "tcp:80", by which ipset means less than the address? */
static bool is_port(const char *pos, const char *end)
{
	static const char *const protocols[] = { "tcp:", "udp:", "sctp:", "udplite:",
						 "icmp:", "icmpv6:" };
	unsigned int i;

	for (i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (begins(pos, end, protocols[i]))
			return true;
	return false;
}

static bool is_comment(const char *pos, const char *end)
{
	return pos == end || *pos == '#' || *pos == ';' || begins(pos, end, "//");
}

/*
 * Behind the address may stand a time-out, as "gxdp set list" writes it, a comment, more
 * columns, or a number (a score); another word would be a name: the file then says what a
 * name resolves to.
 */
static const char *bad_rest(struct reader *r, const struct gx_span *span,
			    const char *pos, const char *end)
{
	const char *rest = skip_space(pos, end), *value, *why;
	bool local = !span->lo || (!span->v6 && span->lo >> 24 == 127) ||
		     (span->v6 && span->lo == 1);

	if (rest > pos && is_word(rest, end, "timeout")) {
		value = skip_word(rest, end);
		why = read_timeout(r, value, end);
		if (why)
			return why;
		rest = pos = skip_word(value, end);
	}
	if (is_comment(rest, end))
		return NULL;
	if (is_port(next_column(pos, end), end))
		return "this is a port of the address, and a set holds whole addresses";
	if (*rest == ',' || *rest == '"')
		return NULL;
	if (rest == pos)
		return "this is no address, prefix or range";
	if (*rest >= '0' && *rest <= '9')
		return NULL;
	if (local)
		return "this is a hosts file: it blocks names by giving them an address of this very machine, and has no addresses to block";
	return "behind the address stands something that is no comment (# or ;) and no column";
}

/* Behind the member of a line of "ipset save" */
static const char *bad_add(struct reader *r, const char *pos, const char *end)
{
	if (pos < end && *pos == ',')
		return "this is an address with a port, network or device, and a set holds whole addresses";
	if (pos < end && !is_space(*pos))
		return "this is no address, prefix or range";
	return bad_ipset(r, skip_space(pos, end), end);
}

/*
 * A range may be hundreds of prefixes, and lists have the same ones many times: what is
 * kept is at most twice what there really is.
 */
static void tidy(struct reader *r, bool v6)
{
	struct gx_prefixes *p = v6 ? &r->v6 : &r->v4;
	size_t *at = &r->tidy_at[v6];

	if (p->n < *at || p->n < TIDY_MIN)
		return;
	r->tidy(p, v6);
	*at = 2 * p->n;
}

static int add_timed(struct gx_timed_prefixes *to, const struct gx_prefixes *p,
		     bool v6, uint32_t timeout)
{
	struct gx_timed_prefix *more;
	size_t i;

	for (i = 0; i < p->n; i++) {
		/* to each power of two, as gx_prefixes_add() does */
		if (!(to->n & (to->n - 1))) {
			more = reallocarray(to->v, to->n ? 2 * to->n : 1, sizeof(*more));
			if (!more)
				return -ENOMEM;
			to->v = more;
		}
		to->v[to->n++] = (struct gx_timed_prefix){ p->v[i], v6, timeout };
	}
	return 0;
}

/* Each for itself, since it need not have the time-out of others */
static int take_timed(struct reader *r, const struct gx_span *span)
{
	r->one4.n = 0;
	r->one6.n = 0;
	return gx_span_add(span, &r->one4, &r->one6) ||
	       add_timed(r->times, &r->one4, false, r->timeout) ||
	       add_timed(r->times, &r->one6, true, r->timeout) ? -ENOMEM : 0;
}

static int take_span(struct reader *r, const struct gx_span *span)
{
	if (r->has_timeout && r->times)
		return take_timed(r, span);
	/* 0 is never */
	if (r->has_timeout && r->timeout && !r->timed++)
		r->timed_line = r->line;
	return gx_span_add(span, &r->v4, &r->v6);
}

static void take_line(struct reader *r, const char *line, const char *end)
{
	const char *pos = skip_space(line, end), *why = "here is no address", *rest;
	struct gx_span span;
	bool add;

	if (is_comment(pos, end))
		return;
	r->has_timeout = false;
	/* what "ipset save" writes */
	if (begins(pos, end, "create ") || begins(pos, end, "flush ") ||
	    is_word(pos, end, "COMMIT"))
		return;
	add = begins(pos, end, "add ");
	if (add)
		pos = skip_word(skip_word(pos, end), end);
	if (pos < end && *pos == '"')
		pos++;
	rest = pos < end ? gx_read_address(pos, end, &span, &why) : NULL;
	if (!rest) {
		if (pos < end && is_heading(r, pos, end)) {
			r->seen_member = true;
			return;
		}
		bad_line(r, line, end, pos, why);
		return;
	}
	if (add)
		why = bad_add(r, rest, end);
	else
		why = second_address(&span, &rest, end) ?: bad_rest(r, &span, rest, end);
	if (why) {
		bad_line(r, line, end, pos, why);
		return;
	}
	r->seen_member = true;
	if (span.host_bits && !r->host_bits++)
		r->host_bits_line = r->line;
	if (take_span(r, &span))
		r->no_memory = true;
	tidy(r, span.v6);
	if (!span.range && !span.len)
		add_diag(r, GX_DIAG_WARNING, r->line, pos - line + 1, rest - pos,
			 line, end - line, "this member is the whole Internet");
}

static void take_all(struct reader *r, const char *text, size_t size)
{
	const char *end = text + size, *eol, *stop;

	text += gx_byte_order_mark(text, size);
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

/* A regular file stays where it is: millions of lines take less than a second */
static int take_file(struct reader *r, int fd)
{
	struct stat st;
	size_t size;
	char *text;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode)) {
		text = gx_read_all(fd, &size);
		if (!text)
			return -errno;
		take_all(r, text, size);
		free(text);
	} else if (st.st_size) {
		size = st.st_size;
		text = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
		if (text == MAP_FAILED)
			return -errno;
		take_all(r, text, size);
		munmap(text, size);
	}
	return 0;
}

static void summarize(struct reader *r)
{
	char message[160];

	if (r->bad > SHOWN_MAX) {
		snprintf(message, sizeof(message), "%u more lines are wrong",
			 r->bad - SHOWN_MAX);
		add_diag(r, GX_DIAG_NOTE, 0, 0, 0, NULL, 0, message);
	}
	if (r->timed) {
		snprintf(message, sizeof(message), "%u members have a time-out, the first here; those of a file stay until they are deleted",
			 r->timed);
		add_diag(r, GX_DIAG_WARNING, r->timed_line, 1, 1, NULL, 0,
			 message);
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
	int fd, err;

	fd = open(r->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = take_file(r, fd);
	close(fd);
	summarize(r);
	if (r->no_memory)
		err = -ENOMEM;
	else if (r->bad)
		err = -EBADMSG;
	else if (!err && (append(v4, &r->v4) || append(v6, &r->v6)))
		err = -ENOMEM;
	free(r->v4.v);
	free(r->v6.v);
	free(r->one4.v);
	free(r->one6.v);
	return err;
}

bool gx_set_read_file(struct gx_parser *p, const char *path,
		      const struct gx_loc *loc, struct gx_prefixes *v4,
		      struct gx_prefixes *v6)
{
	struct reader r = { .path = path, .diags = p->diags,
			    .tidy = gx_prefixes_aggregate };
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
	return gx_lang_read_timed(path, v4, v6, NULL, diags);
}

bool gx_lang_read_timed(const char *path, struct gx_prefixes *v4,
			struct gx_prefixes *v6, struct gx_timed_prefixes *timed,
			struct gx_diags *diags)
{
	struct reader r = { .path = path, .diags = diags,
			    .tidy = gx_prefixes_unique, .times = timed };
	int err = read_members(&r, v4, v6);

	if (err && err != -EBADMSG)
		add_diag(&r, GX_DIAG_ERROR, 0, 0, 0, NULL, 0, strerror(-err));
	return !err;
}
