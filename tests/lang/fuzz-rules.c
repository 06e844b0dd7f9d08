// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer on the grammar: whatever the text, no crash; and what it takes, it
 * prints so that it takes it again and it means the same.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lang.h"

static char *print(const struct gx_ruleset *rs, size_t *len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	assert(out && !gx_ruleset_print(rs, out));
	fclose(out);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct gx_lang_options opts = { .no_files = true };
	struct gx_ruleset *rs, *again;
	struct gx_diags diags = {};
	char *text, *text2;
	size_t len, len2;

	rs = gx_lang_parse_text("fuzz", (const char *)data, size, &opts, &diags);
	assert(!rs == !!diags.errors);
	gx_diags_free(&diags);
	if (!rs)
		return 0;
	text = print(rs, &len);
	again = gx_lang_parse_text("again", text, len, &opts, &diags);
	if (!again) {
		gx_diags_print(&diags, stderr, false);
		abort();
	}
	text2 = print(again, &len2);
	if (len != len2 || memcmp(text, text2, len)) {
		fprintf(stderr, "first:\n%s\nsecond:\n%s\n", text, text2);
		abort();
	}
	free(text);
	free(text2);
	gx_diags_free(&diags);
	gx_ruleset_free(rs);
	gx_ruleset_free(again);
	return 0;
}
