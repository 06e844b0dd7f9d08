// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer on files that include each other and have lists of members: whatever
 * their text, reading them ends, soon and without a crash.
 *
 * Input: texts of the files below, with a byte of 1 between them.
 */
#include <assert.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lang.h"

static const char *const names[] = { "f0", "f1", "d/f2", "d[1]/f3" };

#define FILES		(sizeof(names) / sizeof(names[0]))
/* GX_ERRORS_MAX, and what one statement or pattern may add */
#define ERRORS_MAX	3000

static char dir[] = "/tmp/fuzz-includes-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void clean_up(void)
{
	size_t i;

	for (i = 0; i < FILES; i++)
		unlink(path_of(names[i]));
	rmdir(path_of("d"));
	rmdir(path_of("d[1]"));
	rmdir(dir);
}

/*
 * No name leads out of where it should, to devices for one: none begins with a slash
 * or goes upwards but once and first, by itself or by a pattern.
 */
static void write_file(const char *name, const uint8_t *text, size_t len)
{
	FILE *f = fopen(path_of(name), "w");
	uint8_t last = 0, before = 0;
	size_t i;

	assert(f);
	for (i = 0; i < len; i++) {
		if (text[i] == '/' && last == '"')
			continue;
		if (last == '.' && (text[i] == '?' || text[i] == '*' ||
				    (text[i] == '.' && before != '"')))
			continue;
		fputc(text[i], f);
		before = last;
		last = text[i];
	}
	fclose(f);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	assert(mkdtemp(dir) && !mkdir(path_of("d"), 0700) && !mkdir(path_of("d[1]"), 0700));
	return atexit(clean_up);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size, *next;
	struct gx_diags diags = {};
	struct gx_ruleset *rs;
	size_t i;

	for (i = 0; i < FILES; i++) {
		next = memchr(data, 1, end - data);
		if (!next)
			next = end;
		write_file(names[i], data, next - data);
		data = next == end ? end : next + 1;
	}
	rs = gx_lang_parse_file(path_of(names[0]), NULL, &diags);
	assert(!rs == !!diags.errors);
	assert(diags.errors <= ERRORS_MAX);
	gx_diags_free(&diags);
	gx_ruleset_free(rs);
	return 0;
}
