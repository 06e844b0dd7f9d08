// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mask.h"

#define HEX "0123456789abcdefABCDEF"
#define MAC_GROUPS 6	/* 52:54:00:67:78:00 */
#define MAC_NAME_PREFIX 3	/* "enx" */
#define EUI_GROUPS 8	/* 52-54-00-ff-ff-67-78-00, a PCI device's serial number */

struct seen {
	struct seen *next;
	char *text;
	unsigned int number;
};

static struct seen *macs, *ips, *names;

static unsigned int number_of(struct seen **list, const char *text, size_t len)
{
	struct seen *s;

	for (s = *list; s; s = s->next)
		if (strlen(s->text) == len && !strncasecmp(s->text, text, len))
			return s->number;
	s = calloc(1, sizeof(*s));
	if (!s)
		return 0;
	s->text = strndup(text, len);
	s->number = *list ? (*list)->number + 1 : 1;
	s->next = *list;
	*list = s;
	return s->number;
}

void mask_name(const char *text, const char *word)
{
	struct seen *s;

	if (!text[0])
		return;
	s = calloc(2, sizeof(*s));	/* the second holds the word */
	if (!s)
		return;
	s->text = strdup(text);
	s[1].text = strdup(word);
	s->next = names;
	names = s;
}

/* Part of a longer word or number: not an address of its own */
static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/*
 * Groups of two digits, or of one as bridges write them (8000.0:1b:21:a:b:c), and the
 * same sign between all of them. In @plain as it is written usually.
 */
static size_t mac_at(const char *p, char plain[3 * EUI_GROUPS])
{
	size_t groups = 0, at = 0, digits;
	bool bridge = false;
	char sign;

	while (groups < EUI_GROUPS) {
		digits = strspn(p + at, HEX);
		if (digits != 2 && digits != 1)
			return 0;
		bridge |= digits == 1;
		plain += sprintf(plain, "%s%s%.*s", groups ? ":" : "",
				 digits == 1 ? "0" : "", (int)digits, p + at);
		at += digits;
		if (!groups++)
			sign = p[at];
		if ((sign != ':' && sign != '-') || p[at] != sign || !strspn(p + at + 1, HEX))
			break;
		at++;
	}
	/* eight short groups, and what goes on behind "::", are an IPv6 address */
	if ((groups != MAC_GROUPS && (groups != EUI_GROUPS || bridge)) ||
	    (bridge && sign == '-') || !strncmp(p + at, "::", 2))
		return 0;
	return word_char(p[at]) ? 0 : at;
}

/*
 * A name of systemd's by the MAC address: enx525400678000, and wlx..., wwx..., slx..., ibx...
 * Returns its length, or 0; in @plain the address as it is written usually.
 */
static size_t mac_name_at(const char *p, char plain[3 * EUI_GROUPS])
{
	static const char *const kinds[] = { "en", "ib", "sl", "wl", "ww" };
	size_t digits = 2 * MAC_GROUPS, i, kind = 0;

	while (kind < sizeof(kinds) / sizeof(kinds[0]) &&
	       strncmp(p, kinds[kind], MAC_NAME_PREFIX - 1))
		kind++;
	if (kind == sizeof(kinds) / sizeof(kinds[0]) || p[MAC_NAME_PREFIX - 1] != 'x')
		return 0;
	p += MAC_NAME_PREFIX;
	if (strspn(p, HEX) != digits || word_char(p[digits]))
		return 0;
	for (i = 0; i < digits; i += 2)
		plain += sprintf(plain, "%s%.2s", i ? ":" : "", p + i);
	return MAC_NAME_PREFIX + digits;
}

/* The whole run of characters such an address could be made of */
static size_t span_at(const char *p, const char *chars, char *text, size_t size)
{
	size_t len = strspn(p, chars);

	/* a sentence may end behind it */
	while (len && strchr(".:", p[len - 1]) && !(len > 1 && p[len - 2] == ':'))
		len--;
	if (!len || len >= size || word_char(p[len]))
		return 0;
	memcpy(text, p, len);
	text[len] = '\0';
	return len;
}

static size_t ip_at(const char *p, bool *common)
{
	unsigned char addr[16];
	char text[64];
	size_t len;

	len = span_at(p, "0123456789.", text, sizeof(text));
	if (len && inet_pton(AF_INET, text, addr) == 1) {
		*common = addr[0] == 127 || addr[0] == 0 || addr[0] == 255;
		return len;
	}
	len = span_at(p, HEX ":.", text, sizeof(text));
	if (len && strchr(text, ':') && inet_pton(AF_INET6, text, addr) == 1) {
		*common = !strcmp(text, "::") || !strcmp(text, "::1");
		return len;
	}
	return 0;
}

static size_t name_at(const char *p, const char **word)
{
	const struct seen *s;
	size_t len;

	for (s = names; s; s = s->next) {
		len = strlen(s->text);
		if (!strncmp(p, s->text, len) && !word_char(p[len])) {
			*word = s[1].text;
			return len;
		}
	}
	return 0;
}

/* What begins at @p, masked: how much of the input it was, 0 if nothing */
static size_t mask_at(const char *p, FILE *out)
{
	static const char *const plain_macs[] = {
		"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff",
	};
	char mac[3 * EUI_GROUPS];
	const char *word;
	bool common;
	size_t len;

	len = mac_at(p, mac);
	if (len) {
		if (!strcasecmp(mac, plain_macs[0]) || !strcasecmp(mac, plain_macs[1]))
			fwrite(p, 1, len, out);
		else
			fprintf(out, "<mac-%u>", number_of(&macs, mac, strlen(mac)));
		return len;
	}
	len = mac_name_at(p, mac);
	if (len) {
		fprintf(out, "%.*s<mac-%u>", MAC_NAME_PREFIX, p,
			number_of(&macs, mac, strlen(mac)));
		return len;
	}
	len = ip_at(p, &common);
	if (len) {
		if (common)
			fwrite(p, 1, len, out);
		else
			fprintf(out, "<ip-%u>", number_of(&ips, p, len));
		return len;
	}
	len = name_at(p, &word);
	if (len)
		fputs(word, out);
	return len;
}

void mask_line(const char *line, FILE *out)
{
	const char *p = line;
	size_t len;

	while (*p) {
		/* addresses begin where words do */
		len = p == line || !word_char(p[-1]) ? mask_at(p, out) : 0;
		if (len) {
			p += len;
			continue;
		}
		fputc(*p++, out);
	}
}
