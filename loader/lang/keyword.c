// SPDX-License-Identifier: GPL-2.0
/* The words that have a meaning, and which of them a mistyped one was to be. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "parser.h"
#include "grammar.h"

static const struct keyword {
	const char *word;
	int token;
} keywords[] = {
	/* sorted; several words of a token: what nft and pf call it */
	{ "-", DASH },
	{ "accept", PASS },
	{ "block", DROP },
	{ "burst", BURST },
	{ "bytes", BYTES },
	{ "code", CODE },
	{ "count", COUNT },
	{ "cpu", CPU },
	{ "daddr", DST },
	{ "default", DEFAULT },
	{ "define", DEFINE },
	{ "dport", DPORT },
	{ "drop", DROP },
	{ "dscp", DSCP },
	{ "dst", DST },
	{ "eth", ETHER },
	{ "ether", ETHER },
	{ "flags", FLAGS },
	{ "flow", FLOW },
	{ "frag", FRAG },
	{ "from", FROM },
	{ "hoplimit", TTL },
	{ "icmp", ICMP },
	{ "icmpv6", ICMPV6 },
	{ "id", ID },
	{ "ip", IP },
	{ "ip6", IP6 },
	{ "len", LEN },
	{ "limit", LIMIT },
	{ "mark", MARK },
	{ "nexthdr", PROTO },
	{ "pass", PASS },
	{ "pcp", PCP },
	{ "per", PER },
	{ "proto", PROTO },
	{ "protocol", PROTO },
	{ "queue", QUEUE },
	{ "redirect", REDIRECT },
	{ "reflect", REFLECT },
	{ "reject", REJECT },
	{ "rule", RULE },
	{ "saddr", SRC },
	{ "sample", SAMPLE },
	{ "sctp", SCTP },
	{ "set", SET },
	{ "sport", SPORT },
	{ "src", SRC },
	{ "state", STATE },
	{ "tcp", TCP },
	{ "timeout", TIMEOUT },
	{ "timeouts", TIMEOUTS },
	{ "to", TO },
	{ "ttl", TTL },
	{ "type", TYPE },
	{ "udp", UDP },
	{ "vlan", VLAN },
	{ "vlan2", VLAN2 },
	{ "xsk", XSK },
};

#define NKEYWORDS (sizeof(keywords) / sizeof(keywords[0]))

static int compare(const void *key, const void *entry)
{
	const struct keyword *k = entry;
	const struct gx_str *word = key;
	size_t len = strlen(k->word);
	int diff = memcmp(word->s, k->word, word->n < len ? word->n : len);

	if (diff)
		return diff;
	return word->n < len ? -1 : word->n > len;
}

int gx_keyword(struct gx_str word)
{
	const struct keyword *k;

	if (!word.n)		/* it may have no address either */
		return 0;
	k = bsearch(&word, keywords, NKEYWORDS, sizeof(*k), compare);
	return k ? k->token : 0;
}

bool gx_is_plain_word(const char *name)
{
	const struct gx_str word = { name, strlen(name) };

	if (strpbrk(name, " \t;{}(),=<>!\"`#$@"))
		return false;
	/* those that are no word of the grammar */
	switch (gx_keyword(word)) {
	case DASH:
	case ID:
	case PCP:
		return false;
	default:
		return true;
	}
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

#define DISTANCE_MAX_WORD 32

/* Insertions, deletions, replacements, and neighbours that changed places */
unsigned int gx_distance(const char *a, size_t an, const char *b, size_t bn,
			 unsigned int most)
{
	unsigned int d[3][DISTANCE_MAX_WORD + 1], *row, *up, *up2;
	size_t i, j;

	if (an > DISTANCE_MAX_WORD || bn > DISTANCE_MAX_WORD)
		return most + 1;
	for (j = 0; j <= bn; j++)
		d[0][j] = j;
	for (i = 1; i <= an; i++) {
		row = d[i % 3];
		up = d[(i + 2) % 3];
		up2 = d[(i + 1) % 3];
		row[0] = i;
		for (j = 1; j <= bn; j++) {
			row[j] = least(least(up[j], row[j - 1]) + 1,
				       up[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least(row[j], up2[j - 2] + 1);
		}
	}
	return d[an % 3][bn];
}

const char *gx_keyword_near(struct gx_str word)
{
	unsigned int best = word.n > 4 ? 2 : 1, d;
	const char *near = NULL;
	size_t i;

	if (word.n < 2)
		return NULL;
	for (i = 0; i < NKEYWORDS; i++) {
		d = gx_distance(word.s, word.n, keywords[i].word,
				strlen(keywords[i].word), best);
		if (d > best || (near && d == best))
			continue;
		best = d;
		near = keywords[i].word;
	}
	return near;
}
