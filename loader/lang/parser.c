// SPDX-License-Identifier: GPL-2.0
/* Reading a rules file from its sources to the finished ruleset. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser.h"

#define ARENA_BLOCK	(256 * 1024)
/* A rules file of this size is a mistake; members of sets have their own files */
#define SOURCE_MAX	(1UL << 30)

struct gx_arena_block {
	struct gx_arena_block *next;
	size_t used, size;
	_Alignas(16) char data[];
};

void *gx_alloc(struct gx_parser *p, size_t size)
{
	struct gx_arena_block *block = p->arena;
	size_t want;
	void *mem;

	size = (size + 15) & ~(size_t)15;
	if (!block || block->size - block->used < size) {
		want = size > ARENA_BLOCK ? size : ARENA_BLOCK;
		block = malloc(sizeof(*block) + want);
		if (!block) {
			p->no_memory = true;
			return NULL;
		}
		block->next = p->arena;
		block->used = 0;
		block->size = want;
		p->arena = block;
	}
	mem = block->data + block->used;
	block->used += size;
	return memset(mem, 0, size);
}

static void free_arena(struct gx_parser *p)
{
	struct gx_arena_block *block, *next;

	for (block = p->arena; block; block = next) {
		next = block->next;
		free(block);
	}
}

bool gx_str_eq(struct gx_str a, const char *b)
{
	return strlen(b) == a.n && !memcmp(a.s, b, a.n);
}

bool gx_str_same(struct gx_str a, struct gx_str b)
{
	return a.n == b.n && !memcmp(a.s, b.s, a.n);
}

char *gx_str_dup(struct gx_str s)
{
	return strndup(s.s, s.n);
}

/* Both strings become the parser's, also if this fails */
static int add_source(struct gx_parser *p, char *name, char *text, size_t len)
{
	struct gx_source *more;

	more = name && text ? realloc(p->source, (p->nsources + 1) *
				      sizeof(*more)) : NULL;
	if (!more) {
		p->no_memory = true;
		free(name);
		free(text);
		return -1;
	}
	p->source = more;
	more[p->nsources] = (struct gx_source){ .name = name, .text = text, .len = len };
	return p->nsources++;
}

int gx_source_add(struct gx_parser *p, const char *name, const char *text,
		  size_t len)
{
	char *copy = malloc(len + 2);

	if (copy) {
		memcpy(copy, text, len);
		copy[len] = copy[len + 1] = '\0';
	}
	return add_source(p, strdup(name), copy, len);
}

size_t gx_byte_order_mark(const char *text, size_t len)
{
	return len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
}

char *gx_read_all(int fd, size_t *len)
{
	size_t room = 64 * 1024, used = 0;
	struct stat st;
	char *text;
	ssize_t n;

	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		room = st.st_size + 16;
	text = malloc(room);
	while (text) {
		if (room - used < 3) {
			char *more = realloc(text, room *= 2);

			if (!more)
				break;
			text = more;
		}
		n = read(fd, text + used, room - used - 2);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (n < 0)
				break;
			text[used] = text[used + 1] = '\0';
			*len = used;
			return text;
		}
		used += n;
		if (used > SOURCE_MAX) {
			errno = EFBIG;
			break;
		}
	}
	free(text);
	return NULL;
}

/* Words and messages are C strings in the end */
static bool is_text(struct gx_parser *p, int src, const struct gx_loc *loc)
{
	const struct gx_source *source = &p->source[src];

	if (!memchr(source->text, '\0', source->len))
		return true;
	gx_error(p, loc, NULL, "%s is no text file: there are zero bytes in it",
		 source->name);
	return false;
}

int gx_source_load(struct gx_parser *p, const char *path,
		   const struct gx_loc *loc)
{
	bool std = !strcmp(path, "-") && !loc;
	size_t len = 0, mark;
	char *text = NULL;
	struct stat st;
	int fd, src;

	fd = std ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		text = gx_read_all(fd, &len);
		if (text && fstat(fd, &st))
			memset(&st, 0, sizeof(st));
		close(fd);
	}
	if (!text) {
		gx_error(p, loc, NULL, "cannot read %s: %s", path,
			 strerror(errno));
		return -1;
	}
	mark = gx_byte_order_mark(text, len);
	len -= mark;
	memmove(text, text + mark, len + 2);
	src = add_source(p, strdup(std ? "<stdin>" : path), text, len);
	if (src >= 0) {
		p->source[src].dev = st.st_dev;
		p->source[src].ino = st.st_ino;
	}
	return src >= 0 && loc && !is_text(p, src, loc) ? -1 : src;
}

char *gx_relative_path(struct gx_parser *p, struct gx_str name,
		       const struct gx_loc *loc)
{
	const char *from = p->source[loc->src].name;
	const char *slash = strrchr(from, '/');
	size_t dir = 0;
	char *path;

	if (slash && (!name.n || name.s[0] != '/'))
		dir = slash - from + 1;
	path = gx_alloc(p, dir + name.n + 1);
	if (!path)
		return NULL;
	memcpy(path, from, dir);
	memcpy(path + dir, name.s, name.n);
	return path;
}

/* @first is the source to begin with, or negative if it could not be read */
static struct gx_ruleset *parse(struct gx_parser *p, int first)
{
	struct gx_ruleset *rs = NULL;
	unsigned int errors = p->diags->errors;
	size_t i;

	p->rs = calloc(1, sizeof(*p->rs));
	if (!p->rs)
		p->no_memory = true;
	if (first >= 0 && !is_text(p, first, NULL))
		first = -1;
	if (first >= 0 && p->rs) {
		p->src = first;
		p->line = 1;
		p->col = 1;
		p->fresh = true;
		if (gx_grammar_run(p) == 2)
			p->no_memory = true;
		gx_build_finish(p);
	}
	if (p->no_memory)
		gx_error(p, NULL, NULL, "out of memory");
	if (first >= 0 && p->diags->errors == errors) {
		rs = p->rs;
		p->rs = NULL;
	}
	gx_ruleset_free(p->rs);
	for (i = 0; i < p->nsources; i++) {
		free(p->source[i].name);
		free(p->source[i].text);
	}
	free(p->source);
	free(p->consts);
	gx_slots_free(&p->const_slots);
	free(p->set_info);
	free(p->rule_names);
	free_arena(p);
	return rs;
}

struct gx_ruleset *gx_lang_parse_file(const char *path,
				      const struct gx_lang_options *opts,
				      struct gx_diags *diags)
{
	struct gx_parser p = { .diags = diags };

	if (opts)
		p.opts = *opts;
	return parse(&p, gx_source_load(&p, path, NULL));
}

struct gx_ruleset *gx_lang_parse_text(const char *name, const char *text,
				      size_t len,
				      const struct gx_lang_options *opts,
				      struct gx_diags *diags)
{
	struct gx_parser p = { .diags = diags };

	if (opts)
		p.opts = *opts;
	return parse(&p, gx_source_add(&p, name, text, len));
}
