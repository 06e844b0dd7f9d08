// SPDX-License-Identifier: GPL-2.0
/*
 * Text in JSON. Names of files, rules and devices, and what others say, may be any
 * bytes; JSON is UTF-8. All strings that are printed as JSON are made here.
 */
#include <stdlib.h>
#include <string.h>

#define JSONTEXT_ITSELF
#include "jsontext.h"

#define REPLACEMENT "\xef\xbf\xbd"	/* U+FFFD */

/* What the second byte of a character may be, by its first (RFC 3629, section 4) */
static const struct lead {
	unsigned char first, last;
	unsigned char len;
	unsigned char low, high;
} leads[] = {
	{ 0x01, 0x7f, 1 },
	{ 0xc2, 0xdf, 2, 0x80, 0xbf },
	{ 0xe0, 0xe0, 3, 0xa0, 0xbf },	/* no longer than need be */
	{ 0xe1, 0xec, 3, 0x80, 0xbf },
	{ 0xed, 0xed, 3, 0x80, 0x9f },	/* no halves of UTF-16's pairs */
	{ 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf },
	{ 0xf1, 0xf3, 4, 0x80, 0xbf },
	{ 0xf4, 0xf4, 4, 0x80, 0x8f },	/* up to U+10FFFF */
};

/* Bytes of the character that begins at @s, or 0 if none does; stops at the NUL */
static size_t character(const unsigned char *s)
{
	const struct lead *lead = leads;
	size_t i;

	while (*s > lead->last)
		if (++lead == leads + sizeof(leads) / sizeof(leads[0]))
			return 0;
	if (*s < lead->first)
		return 0;
	if (lead->len > 1 && (s[1] < lead->low || s[1] > lead->high))
		return 0;
	for (i = 2; i < lead->len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return lead->len;
}

static json_t *replaced(const char *text)
{
	char *copy = malloc(strlen(text) * strlen(REPLACEMENT) + 1);
	json_t *string;
	size_t used = 0, len;

	if (!copy)
		return NULL;
	while (*text) {
		len = character((const unsigned char *)text);
		if (len) {
			memcpy(copy + used, text, len);
			used += len;
			text += len;
		} else {
			memcpy(copy + used, REPLACEMENT, strlen(REPLACEMENT));
			used += strlen(REPLACEMENT);
			text++;
		}
	}
	copy[used] = '\0';
	string = json_string(copy);
	free(copy);
	return string;
}

json_t *text_json(const char *text)
{
	return json_string(text) ?: replaced(text);
}

json_t *text_or_null(const char *text)
{
	return text && text[0] ? text_json(text) : json_null();
}

void set_by_text(json_t *object, const char *key, json_t *value)
{
	json_t *text = text_json(key);

	json_object_set_new(object, text ? json_string_value(text) : "", value);
	json_decref(text);
}
