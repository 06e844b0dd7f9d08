// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses, prefixes and ranges as text. IPv4 is read here, since lists of
 * millions are; IPv6 is inet_pton()'s.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "lang.h"
#include "prefixes.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *read_small(const char *pos, const char *end,
			      unsigned int max, unsigned int *value)
{
	const char *start = pos;
	unsigned int n = 0;

	while (pos < end && is_digit(*pos) && pos - start < 4)
		n = n * 10 + (*pos++ - '0');
	if (pos == start || n > max)
		return NULL;
	*value = n;
	return pos;
}

const char *gx_read_ipv4(const char *pos, const char *end, uint32_t *addr,
			 const char **why)
{
	unsigned int part;
	uint32_t value = 0;
	const char *start;
	int i;

	for (i = 0; i < 4; i++) {
		if (i) {
			if (pos == end || *pos != '.') {
				*why = "an IPv4 address has four numbers";
				return NULL;
			}
			pos++;
		}
		start = pos;
		pos = read_small(pos, end, 255, &part);
		if (!pos) {
			*why = "the numbers of an IPv4 address are 0 to 255";
			return NULL;
		}
		if (pos - start > 1 && *start == '0') {
			*why = "a number in an IPv4 address begins with 0: some read that as octal";
			return NULL;
		}
		value = value << 8 | part;
	}
	if (pos < end && (*pos == '.' || is_digit(*pos))) {
		*why = "an IPv4 address has four numbers";
		return NULL;
	}
	*addr = value;
	return pos;
}

static bool is_ipv6_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ||
	       c == ':' || c == '.';
}

const char *gx_read_ipv6(const char *pos, const char *end, gx_u128 *addr,
			 const char **why)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	size_t n = 0;
	int i;

	while (pos + n < end && is_ipv6_char(pos[n]) && n < sizeof(text) - 1) {
		text[n] = pos[n];
		n++;
	}
	text[n] = '\0';
	if (inet_pton(AF_INET6, text, bytes) != 1) {
		*why = "this is no IPv6 address";
		return NULL;
	}
	*addr = 0;
	for (i = 0; i < 16; i++)
		*addr = *addr << 8 | bytes[i];
	return pos + n;
}

static const char *skip_space(const char *pos, const char *end)
{
	while (pos < end && (*pos == ' ' || *pos == '\t'))
		pos++;
	return pos;
}

static bool looks_like_ipv6(const char *pos, const char *end)
{
	int i;

	for (i = 0; i < 5 && pos + i < end; i++)
		if (pos[i] == ':')
			return true;
	return false;
}

static const char *read_either(const char *pos, const char *end, bool v6,
			       gx_u128 *addr, const char **why)
{
	uint32_t v4;

	if (v6)
		return gx_read_ipv6(pos, end, addr, why);
	pos = gx_read_ipv4(pos, end, &v4, why);
	*addr = v4;
	return pos;
}

static const char *read_length(const char *pos, const char *end,
			       struct gx_span *m, const char **why)
{
	unsigned int bits = m->v6 ? 128 : 32, len;
	gx_u128 rest;

	pos = read_small(pos, end, bits, &len);
	if (!pos || (pos < end && (is_digit(*pos) || *pos == '.'))) {
		*why = m->v6 ? "the length of an IPv6 prefix is 0 to 128" :
			       "the length of an IPv4 prefix is 0 to 32";
		return NULL;
	}
	m->len = len;
	rest = len == bits ? 0 : (((gx_u128)1 << (bits - len - 1)) - 1) * 2 + 1;
	m->host_bits = m->lo & rest;
	m->lo &= ~rest;
	m->hi = m->lo | rest;
	return pos;
}

const char *gx_read_address(const char *pos, const char *end,
			    struct gx_span *m, const char **why)
{
	const char *dash;

	memset(m, 0, sizeof(*m));
	m->v6 = looks_like_ipv6(pos, end);
	pos = read_either(pos, end, m->v6, &m->lo, why);
	if (!pos)
		return NULL;
	m->hi = m->lo;
	m->len = m->v6 ? 128 : 32;
	if (pos < end && *pos == '/')
		return read_length(pos + 1, end, m, why);
	dash = skip_space(pos, end);
	if (dash == end || *dash != '-')
		return pos;

	pos = read_either(skip_space(dash + 1, end), end, m->v6, &m->hi, why);
	if (!pos)
		return NULL;
	if (m->hi < m->lo) {
		*why = "this range ends before it begins";
		return NULL;
	}
	m->range = m->hi != m->lo;
	return pos;
}

int gx_span_add(const struct gx_span *m, struct gx_prefixes *v4,
		  struct gx_prefixes *v6)
{
	struct gx_prefixes *into = m->v6 ? v6 : v4;
	struct gx_prefix prefix;

	if (m->range)
		return gx_prefixes_add_range(into, m->lo, m->hi, m->v6);
	gx_prefix_store(&prefix, m->lo, m->len, m->v6);
	return gx_prefixes_add(into, &prefix);
}

const char *gx_lang_read_member(const char *text, struct gx_prefixes *v4,
				struct gx_prefixes *v6)
{
	const char *end = text + strlen(text), *pos, *why;
	struct gx_span m;

	pos = gx_read_address(text, end, &m, &why);
	if (!pos)
		return why;
	if (pos != end)
		return "an address, a prefix or a range, and nothing behind it";
	if (m.host_bits)
		return "the address has bits set behind the prefix's length";
	return gx_span_add(&m, v4, v6) ? "out of memory" : NULL;
}
