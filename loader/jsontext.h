/* SPDX-License-Identifier: GPL-2.0 */
/*
 * jansson, and strings of JSON from text that may be any bytes. Nothing else makes any:
 * not json_string() and not a value "s" of json_pack(). Both fail where the text is not
 * UTF-8, and would when the thing itself is done. (tests/loader/json.sh looks for "s".)
 */
#ifndef GXDP_JSONTEXT_H
#define GXDP_JSONTEXT_H

#include <jansson.h>

/*
 * A new string with @text in it. Each byte that is part of no character of UTF-8 is
 * U+FFFD there, as gxdp(8) says. NULL: out of memory.
 */
json_t *text_json(const char *text);
/* The same, or null if @text is NULL or empty */
json_t *text_or_null(const char *text);
/* Like json_object_set_new(), by a @key of any bytes; takes the reference to @value */
void set_by_text(json_t *object, const char *key, json_t *value);

#ifndef JSONTEXT_ITSELF
#pragma GCC poison json_string json_stringn json_sprintf json_string_set
#endif

#endif /* GXDP_JSONTEXT_H */
