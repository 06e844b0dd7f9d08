// SPDX-License-Identifier: GPL-2.0
/* The rules language: what text means, what is wrong with it, how it prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "field.h"
#include "lang.h"
#include "ruleids.h"
#include "unit.h"

static struct gx_ruleset *parse(const char *text, struct gx_diags *diags)
{
	return gx_lang_parse_text("t", text, strlen(text), NULL, diags);
}

/* A rule set of one rule; the test fails, with the message, if it has errors */
static struct gx_ruleset *parse_ok(const char *text)
{
	struct gx_diags diags = {};
	struct gx_ruleset *rs = parse(text, &diags);

	if (!rs) {
		gx_diags_print(&diags, stderr, false);
		fail_msg("refused: %s", text);
	}
	gx_diags_free(&diags);
	return rs;
}

static char *print(const struct gx_ruleset *rs)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(gx_ruleset_print(rs, out), 0);
	fclose(out);
	return text;
}

/* --- equality of what was meant ------------------------------------------------------ */

static void same_prefixes(const struct gx_prefixes *a, const struct gx_prefixes *b)
{
	assert_int_equal(a->n, b->n);
	if (a->n)
		assert_memory_equal(a->v, b->v, a->n * sizeof(*a->v));
}

static void same_match(const struct gx_addr_match *a, const struct gx_addr_match *b)
{
	assert_int_equal(a->present, b->present);
	assert_int_equal(a->negate, b->negate);
	assert_int_equal(a->family, b->family);
	same_prefixes(&a->v4, &b->v4);
	same_prefixes(&a->v6, &b->v6);
	assert_int_equal(a->nsets, b->nsets);
	if (a->nsets)
		assert_memory_equal(a->set, b->set, a->nsets * sizeof(*a->set));
}

static void same_action(const struct gx_action *a, const struct gx_action *b)
{
	assert_int_equal(a->verdict, b->verdict);
	assert_int_equal(!a->ifname, !b->ifname);
	if (a->ifname)
		assert_string_equal(a->ifname, b->ifname);
	assert_int_equal(a->nlist, b->nlist);
	if (a->nlist)
		assert_memory_equal(a->list, b->list, a->nlist * sizeof(*a->list));
	assert_int_equal(a->limit.present, b->limit.present);
	assert_int_equal(a->limit.bytes, b->limit.bytes);
	assert_int_equal(a->limit.key, b->limit.key);
	assert_int_equal(a->limit.prefix, b->limit.prefix);
	assert_int_equal(a->limit.rate, b->limit.rate);
	assert_int_equal(a->limit.per, b->limit.per);
	assert_int_equal(a->limit.burst, b->limit.burst);
	assert_int_equal(a->mark_present, b->mark_present);
	assert_int_equal(a->mark, b->mark);
	assert_int_equal(a->sample_every, b->sample_every);
	assert_int_equal(a->sample_bytes, b->sample_bytes);
}

static void same_rule(const struct gx_rule *a, const struct gx_rule *b)
{
	int f;

	assert_int_equal(!a->name, !b->name);
	if (a->name)
		assert_string_equal(a->name, b->name);
	for (f = 0; f < GX_F_MAX; f++) {
		assert_int_equal(a->cond[f].n, b->cond[f].n);
		if (a->cond[f].n)
			assert_memory_equal(a->cond[f].v, b->cond[f].v,
					    a->cond[f].n * sizeof(struct gx_range));
	}
	same_match(&a->src, &b->src);
	same_match(&a->dst, &b->dst);
	same_action(&a->act, &b->act);
}

static void same_ruleset(const struct gx_ruleset *a, const struct gx_ruleset *b)
{
	size_t i;

	assert_int_equal(a->nrules, b->nrules);
	assert_int_equal(a->nsets, b->nsets);
	assert_int_equal(a->dflt, b->dflt);
	for (i = 0; i < a->nrules; i++)
		same_rule(&a->rule[i], &b->rule[i]);
	for (i = 0; i < a->nsets; i++) {
		assert_string_equal(a->set[i].name, b->set[i].name);
		same_prefixes(&a->set[i].v4, &b->set[i].v4);
		same_prefixes(&a->set[i].v6, &b->set[i].v6);
		assert_int_equal(a->set[i].timeouts, b->set[i].timeouts);
		assert_int_equal(a->set[i].default_timeout,
				 b->set[i].default_timeout);
	}
}

/* parse(print(x)) == x, and the text is the same the second time */
static void round_trip(const struct gx_ruleset *rs)
{
	char *text = print(rs), *text2;
	struct gx_ruleset *again = parse_ok(text);

	same_ruleset(rs, again);
	text2 = print(again);
	assert_string_equal(text, text2);
	gx_ruleset_free(again);
	free(text);
	free(text2);
}

/* --- one rule: what it means, in canonical text -------------------------------------- */

static const struct {
	const char *text, *canonical;
} rules[] = {
	/* either end first, and words of nft and pf */
	{ "drop", "drop" },
	{ "pass tcp dport 22", "pass tcp dport 22" },
	{ "tcp dport 22 accept", "pass tcp dport 22" },
	{ "ip saddr 10.0.0.0/8 tcp dport 22 drop", "drop ip src 10.0.0.0/8 tcp dport 22" },
	{ "block from 10.0.0.1 to any", "drop src 10.0.0.1" },
	{ "ip6 nexthdr udp ip6 hoplimit < 5 drop", "drop ip6 udp ttl 0-4" },
	{ "ether saddr 02:00:00:00:00:01 drop", "drop ether src 02:00:00:00:00:01" },
	/* numbers, names, ranges, lists, operators */
	{ "pass tcp dport ssh", "pass tcp dport 22" },
	{ "pass udp dport domain", "pass udp dport 53" },
	{ "pass tcp dport ftp-data", "pass tcp dport 20" },
	{ "pass tcp dport http-https", "pass tcp dport 80-443" },
	{ "pass tcp dport 80 - 443", "pass tcp dport 80-443" },
	{ "pass tcp dport { 443, 80, 81-82 }", "pass tcp dport { 80-82, 443 }" },
	{ "pass tcp dport { 443 80 }", "pass tcp dport { 80, 443 }" },
	{ "pass tcp dport { 80, 443, }", "pass tcp dport { 80, 443 }" },
	{ "pass tcp dport != 22", "pass tcp dport != 22" },
	{ "pass tcp dport != { 22, 80 }", "pass tcp dport != { 22, 80 }" },
	{ "pass tcp dport >= 1024", "pass tcp dport 1024-65535" },
	{ "pass tcp dport > 1023", "pass tcp dport 1024-65535" },
	{ "pass tcp dport <= 1023", "pass tcp dport 0-1023" },
	{ "pass tcp dport 0x50", "pass tcp dport 80" },
	{ "pass tcp dport any", "pass tcp dport any" },
	{ "pass tcp dport >= 10 dport <= 20", "pass tcp dport 10-20" },
	{ "drop proto gre", "drop proto gre" },
	{ "drop proto 250", "drop proto 250" },
	{ "drop proto { udp, tcp }", "drop proto { tcp, udp }" },
	{ "drop proto tcp", "drop tcp" },
	{ "drop ether type arp", "drop ether type arp" },
	{ "drop ether type 0x88b5", "drop ether type 0x88b5" },
	{ "drop ether src 02:00:00:00:00:00/24",
	  "drop ether src 02:00:00:00:00:00-02:00:00:ff:ff:ff" },
	{ "drop vlan 100", "drop vlan 100" },
	{ "drop vlan id 100 vlan pcp 3", "drop vlan 100 vlan pcp 3" },
	{ "drop vlan none", "drop vlan none" },
	{ "drop vlan any", "drop vlan any" },
	{ "drop vlan != none", "drop vlan any" },
	{ "drop vlan { none, 4095 }", "drop vlan { none, 4095 }" },
	{ "drop vlan != 5", "drop vlan != 5" },
	{ "drop vlan 5 vlan2 { 6, 7 } vlan2 pcp 1", "drop vlan 5 vlan2 6-7 vlan2 pcp 1" },
	{ "drop dscp ef", "drop dscp ef" },
	{ "drop dscp 47", "drop dscp 47" },
	{ "drop len > 1500", "drop len 1501-65535" },
	{ "drop queue 0-3", "drop queue 0-3" },
	{ "drop state { malformed truncated }", "drop state { truncated, malformed }" },
	{ "drop frag later", "drop frag later" },
	{ "drop frag != none", "drop frag != none" },
	{ "drop frag any", "drop frag any" },
	/* TCP flags */
	{ "drop flags syn", "drop flags syn" },
	{ "drop tcp flags syn/syn,ack", "drop tcp flags syn/syn,ack" },
	{ "drop tcp flags syn|fin", "drop tcp flags fin,syn" },
	{ "drop tcp flags none", "drop tcp flags none" },
	{ "drop tcp flags all", "drop tcp flags fin,syn,rst,psh,ack,urg,ece,cwr" },
	{ "drop tcp flags syn/all", "drop tcp flags syn/all" },
	{ "drop tcp flags { syn|fin/syn|fin, none }", "drop tcp flags { none, fin|syn }" },
	{ "drop tcp flags != syn/syn,ack", "drop tcp flags != syn/syn,ack" },
	{ "drop tcp flags any", "drop tcp flags any" },
	{ "drop tcp flags == syn/all", "drop tcp flags syn/all" },
	{ "drop tcp flags != syn/all", "drop tcp flags != syn/all" },
	{ "drop tcp flags != syn/syn", "drop tcp flags none/syn" },
	{ "drop tcp flags != fin,syn/fin,syn", "drop tcp flags != fin,syn/fin,syn" },
	{ "drop tcp flags != { none, syn|ack/syn|ack }", "drop tcp flags != { none, syn|ack/syn|ack }" },
	{ "drop tcp flags == none", "drop tcp flags none" },
	{ "drop tcp flags != all", "drop tcp flags != fin,syn,rst,psh,ack,urg,ece,cwr" },
	/* ICMP */
	{ "pass icmp type echo-request", "pass icmp type echo-request" },
	{ "pass icmp type redirect", "pass icmp type redirect" },
	{ "pass icmpv6 type nd-neighbor-solicit", "pass icmpv6 type nd-neighbor-solicit" },
	{ "pass icmp type 3 code port-unreachable", "pass icmp type destination-unreachable code 3" },
	{ "pass type 8", "pass type 8" },
	/* addresses */
	{ "drop src 192.0.2.1", "drop src 192.0.2.1" },
	{ "drop src 192.0.2.1/32", "drop src 192.0.2.1" },
	{ "drop src { 10.0.0.0/9, 10.128.0.0/9 }", "drop src 10.0.0.0/8" },
	{ "drop src { 10.0.0.0/8, 10.1.0.0/16 }", "drop src 10.0.0.0/8" },
	{ "drop src 10.0.0.1-10.0.0.2", "drop src { 10.0.0.1, 10.0.0.2 }" },
	{ "drop src 10.0.0.0 - 10.0.0.255", "drop src 10.0.0.0/24" },
	{ "drop dst { 2001:DB8::/32, 10.0.0.0/8 }", "drop dst { 10.0.0.0/8, 2001:db8::/32 }" },
	{ "drop src != 10.0.0.0/8", "drop src != 10.0.0.0/8" },
	{ "drop src ::/0", "drop src ::/0" },
	{ "drop src 0.0.0.0-255.255.255.255", "drop src 0.0.0.0/0" },
	/* actions */
	{ "reject tcp", "reject tcp" },
	{ "reflect udp dport 7", "reflect udp dport 7" },
	{ "redirect eth1 tcp", "redirect eth1 tcp" },
	{ "redirect \"eth1\" tcp", "redirect eth1 tcp" },
	{ "cpu 2 tcp", "cpu 2 tcp" },
	{ "cpu { 0-3, 8 } tcp", "cpu { 0-3, 8 } tcp" },
	{ "xsk { 0, 1 } udp", "xsk { 0-1 } udp" },
	{ "count icmp", "count icmp" },
	{ "pass limit 1000/s", "pass limit 1000/s burst 1000" },
	{ "pass limit 1000/s burst 200 per src", "pass limit 1000/s burst 200 per src" },
	{ "pass per flow burst 5 limit 60/min", "pass limit 1/s burst 5 per flow" },
	{ "pass limit 20k/s per dst", "pass limit 20000/s burst 20000 per dst" },
	{ "pass limit 10Mbit/s burst 64kB", "pass limit 1250kB/s burst 64kB" },
	{ "pass limit 10 MB/s burst 1 MB", "pass limit 10MB/s burst 1MB" },
	{ "pass limit 100B/s", "pass limit 100B/s burst 65536B" },
	{ "pass limit 1/s", "pass limit 1/s burst 5" },
	/* as many as are a whole number in the shortest time */
	{ "pass limit 5/min", "pass limit 5/min burst 5" },
	{ "pass limit 300/h", "pass limit 5/min burst 5" },
	{ "pass limit 120/min", "pass limit 2/s burst 5" },
	{ "pass limit 90/min burst 9", "pass limit 90/min burst 9" },
	{ "pass limit 601/min", "pass limit 601/min burst 10" },
	{ "pass limit 1/h burst 1 per src", "pass limit 1/h burst 1 per src" },
	{ "pass limit 25/day", "pass limit 25/d burst 5" },
	{ "pass limit 1/week", "pass limit 1/w burst 5" },
	{ "pass limit 7k/w", "pass limit 1000/d burst 5" },
	{ "pass limit 100B/min", "pass limit 100B/min burst 65536B" },
	{ "pass limit 5bit/s burst 2kB", "pass limit 2250B/h burst 2kB" },
	{ "pass limit 10Mbit/h burst 2kB", "pass limit 1250kB/h burst 2kB" },
	{ "pass limit 18446744073709550bit/s burst 2kB", "pass limit 2305843009213693B/s burst 2kB" },
	{ "pass limit 5/s per src/64", "pass limit 5/s burst 5 per src/64" },
	{ "pass limit 5/s per daddr/24", "pass limit 5/s burst 5 per dst/24" },
	{ "pass limit 5/s per src/128", "pass limit 5/s burst 5 per src" },
	{ "pass mark 0x1", "pass mark 0x1" },
	{ "pass mark 10", "pass mark 0xa" },
	{ "drop sample 1/100 bytes 96", "drop sample 1/100 bytes 96" },
	{ "drop sample 1/100", "drop sample 1/100 bytes 128" },
};

static void test_rules(void **state)
{
	struct gx_ruleset *rs;
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		snprintf(text, sizeof(text), "%s\ndefault pass\n", rules[i].text);
		rs = parse_ok(text);
		assert_int_equal(rs->nrules, 1);
		assert_string_equal(rs->rule[0].text, rules[i].canonical);
		round_trip(rs);
		gx_ruleset_free(rs);
	}
}

/* What the value holds, and not only how it prints */
static void test_values(void **state)
{
	struct gx_ruleset *rs = parse_ok(
		"set s timeout 1h30m { 192.0.2.0/24 }\n"
		"web: reject ip src != @s tcp dport { 80, 8080-8081 } vlan none limit 10/min\n"
		"pass src != { 10.0.0.0/8, 2001:db8::/32 }\n"
		"pass src != 2001:db8::/32\n"
		"default drop\n");
	const struct gx_rule *r = &rs->rule[0];

	(void)state;
	assert_string_equal(r->name, "web");
	assert_string_equal(r->file, "t");
	assert_int_equal(r->line, 2);
	assert_int_equal(r->act.verdict, GX_REJECT);
	assert_int_equal(r->cond[GX_F_IPVER].n, 1);
	assert_int_equal(r->cond[GX_F_IPVER].v[0].lo, 4);
	assert_true(r->src.present && r->src.negate);
	assert_int_equal(r->src.family, 0);
	assert_int_equal(r->src.nsets, 1);
	assert_int_equal(r->src.set[0], 0);
	assert_int_equal(r->cond[GX_F_DPORT].n, 2);
	assert_int_equal(r->cond[GX_F_DPORT].v[1].lo, 8080);
	assert_int_equal(r->cond[GX_F_DPORT].v[1].hi, 8081);
	assert_int_equal(r->cond[GX_F_VLAN_ID].v[0].lo, GX_VLAN_NONE);
	assert_int_equal(r->act.limit.rate, 10);
	assert_int_equal(r->act.limit.per, 60);
	assert_int_equal(rs->rule[1].src.family, 0);
	assert_int_equal(rs->rule[2].src.family, 6);
	assert_int_equal(rs->set[0].default_timeout, 5400);
	assert_true(rs->set[0].timeouts);
	assert_int_equal(rs->dflt, GX_DROP);
	gx_ruleset_free(rs);
}

/* Names that read again as they are printed could still be of other numbers. */
static void test_names(void **state)
{
	static const struct {
		const char *rule;
		enum gx_field field;
		uint64_t number;
	} names[] = {
		{ "drop dscp ef", GX_F_DSCP, 46 },
		{ "drop dscp af11", GX_F_DSCP, 10 },
		{ "drop ether type arp", GX_F_ETH_TYPE, 0x0806 },
		{ "drop icmp type echo-request", GX_F_ICMP_TYPE, 8 },
		{ "drop icmpv6 type echo-request", GX_F_ICMP_TYPE, 128 },
		{ "drop icmpv6 type nd-neighbor-solicit", GX_F_ICMP_TYPE, 135 },
		{ "drop tcp dport ssh", GX_F_DPORT, 22 },
		{ "drop proto esp", GX_F_PROTO, 50 },
	};
	char text[80];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct gx_ruleset *rs;
		const struct gx_ranges *cond;

		snprintf(text, sizeof(text), "%s\ndefault pass\n", names[i].rule);
		rs = parse_ok(text);
		cond = &rs->rule[0].cond[names[i].field];
		assert_int_equal(cond->n, 1);
		assert_int_equal(cond->v[0].lo, names[i].number);
		assert_int_equal(cond->v[0].hi, names[i].number);
		gx_ruleset_free(rs);
	}
}

/* --- what is wrong --------------------------------------------------------------------- */

static const struct {
	const char *text;
	unsigned int line, column;
	const char *message;	/* a part of it */
} wrong[] = {
	{ "pass tpc dport 22", 1, 6, "did you mean tcp" },
	{ "drop tcp dprot 22", 1, 10, "did you mean dport" },
	{ "drop port 80", 1, 6, "sport or dport" },
	{ "drop tcp dport htpp", 1, 16, "no service \"htpp\"" },
	{ "drop tcp dport 65536", 1, 16, "too large" },
	{ "drop tcp dport 80-79", 1, 16, "ends before it begins" },
	{ "drop tcp dport 80 - 70000", 1, 16, "70000 is too large" },
	{ "drop tcp dport 1024-70000", 1, 16, "70000 is too large" },
	{ "drop tcp dport 70000-80", 1, 16, "70000 is too large" },
	{ "drop tcp dport http-70000", 1, 16, "70000 is too large" },
	{ "drop tcp dport htpp-70000", 1, 16, "no service \"htpp-70000\"" },
	{ "drop tcp dport {", 1, 16, "never closed" },
	{ "drop tcp dport { }", 1, 16, "empty" },
	{ "drop tcp dport", 1, 15, "not complete" },
	{ "drop tcp dport < 0", 1, 16, "never match" },
	{ "drop tcp dport != any", 1, 16, "no packet matches" },
	{ "drop tcp dport 10 dport 20", 1, 19, "no packet matches" },
	{ "drop icmp dport 80", 1, 11, "only TCP, UDP and SCTP have ports" },
	{ "drop udp flags syn", 1, 10, "only TCP has flags" },
	{ "drop tcp flags syn/ack", 1, 16, "not among those" },
	{ "drop tcp flags == syn", 1, 19, "those that are looked at" },
	{ "drop tcp flags = syn", 1, 18, "those that are looked at" },
	{ "drop tcp flags != { none, syn|ack }", 1, 27, "those that are looked at" },
	{ "define f = syn\ndrop tcp flags != $f", 1, 12, "those that are looked at" },
	{ "drop udp length < 100", 1, 10, "len, which is the length of the whole frame" },
	{ "drop tcp type 8", 1, 10, "only ICMP" },
	{ "drop type echo-request", 1, 11, "say which of the two" },
	{ "drop ip6 icmp type 8", 1, 15, "ICMP belongs to IPv4" },
	{ "drop frag later tcp dport 80", 1, 21, "no transport header" },
	{ "drop vlan none vlan pcp 3", 1, 16, "no priority" },
	{ "drop vlan none vlan2 5", 1, 16, "stands behind an outer" },
	{ "drop ip src 2001:db8::1", 1, 9, "other family" },
	{ "drop src 10.0.0.1 dst 2001:db8::1", 1, 19, "different families" },
	{ "drop ether type arp src 10.0.0.1", 1, 21, "no such field" },
	{ "drop len < 10", 1, 6, "at least 14 bytes" },
	{ "drop src 10.0.0.256", 1, 10, "0 to 255" },
	{ "drop src 10.0.0", 1, 10, "four numbers" },
	{ "drop src 10.0.0.01", 1, 10, "octal" },
	{ "drop src 10.0.0.0/33", 1, 10, "0 to 32" },
	{ "drop src 2001:db8::/129", 1, 10, "0 to 128" },
	{ "drop src 2001:db8:::1", 1, 10, "no IPv6 address" },
	{ "drop src example.com", 1, 10, "names are not looked up" },
	{ "drop src 10.0.0.9-10.0.0.1", 1, 10, "ends before it begins" },
	{ "drop src @nope", 1, 10, "no set @nope" },
	{ "drop src $nope", 1, 10, "nothing is defined as $nope" },
	{ "drop tcp dport @s", 1, 16, "sets hold addresses" },
	{ "drop src < 10.0.0.1", 1, 10, "= and != only" },
	{ "tcp dport 22", 1, 1, "does not say what is to happen" },
	{ "pass drop", 1, 6, "decides once" },
	{ "pass burst 5", 1, 6, "belongs to a limit" },
	{ "pass limit 5", 1, 12, "no rate" },
	{ "pass limit 5/fortnight", 1, 12, "no rate" },
	{ "pass limit 59B/h", 1, 12, "less than a byte in a minute" },
	{ "pass limit 0/s", 1, 12, "write drop" },
	{ "pass limit 1/w burst 105", 1, 16, "more than two years" },
	{ "pass limit 1/s per dports", 1, 20, "no account" },
	{ "pass limit 1/s per flow/64", 1, 20, "no account" },
	{ "pass limit 1/s per src/0", 1, 20, "not the first bits" },
	{ "pass limit 1/s per src/129", 1, 20, "not the first bits" },
	{ "pass limit 1/s per src/", 1, 20, "not the first bits" },
	{ "drop tcp limit 5/min", 1, 10, "this rule would drop all" },
	{ "pass limit 5/s burst 64kB", 1, 22, "counts packets" },
	{ "pass limit 5MB/s burst 5", 1, 24, "counts bytes" },
	{ "pass mark 0x100000000", 1, 11, "no mark" },
	{ "pass sample 1/0", 1, 13, "no rate of samples" },
	{ "pass sample 1/10 bytes 5000", 1, 18, "at most 256" },
	{ "define r = 5 - 9\npass sample $r", 1, 12, "no rate of samples" },
	{ "define r = 5 - 9\npass sample 1/2 bytes $r", 2, 17, "at most 256" },
	{ "define r = 5 - 9\nset s timeout $r { }", 1, 12, "no time" },
	{ "define b = 5\npass limit 5kB/s burst $b kB", 2, 24, "unit cannot stand behind" },
	{ "define b = 5\npass limit $b kB/s", 2, 12, "unit cannot stand behind" },
	{ "define b = { 5, 6 }\npass limit 5/s burst $b", 1, 17, "one value" },
	{ "redirect /dev/null tcp", 1, 10, "no name of a device" },
	{ "cpu { } tcp", 1, 5, "empty" },
	{ "xsk 5000 tcp", 1, 5, "too large" },
	{ "define a = 1\ndefine a = 2", 2, 8, "defined already" },
	{ "define a = $b", 1, 12, "nothing is defined as $b" },
	{ "set s { 10.0.0.1 }\nset s { 10.0.0.2 }", 2, 5, "set @s already" },
	{ "set s", 1, 5, "what is in the set" },
	{ "set s { @s }", 1, 9, "a set cannot hold" },
	{ "set s timeout soon { }", 1, 15, "no time" },
	{ "set s { 10.0.0.1 } { 10.0.0.2 }", 1, 20, "said twice" },
	{ "set s = { 10.0.0.1 } = { 10.0.0.2 }", 1, 24, "said twice" },
	{ "set s timeout 1d timeout 1h { }", 1, 26, "said twice" },
	{ "a: drop\na: pass", 2, 1, "a rule a already" },
	{ "default: drop udp\ndefault pass", 1, 1, "no rule can have the name \"default\"" },
	{ "default pass\ndrop", 2, 1, "behind the default" },
	{ "default pass\ndefault drop", 2, 1, "a default already" },
	{ "default reject", 1, 1, "only pass or drop" },
	{ "include nothing", 1, 9, "double quotes" },
	{ "include \"/nonexistent\"", 1, 9, "cannot read /nonexistent" },
	{ "redirect \"eth1", 1, 10, "does not end" },
	{ "frobnicate", 1, 1, "unexpected \"frobnicate\"" },
	{ "reject ether type arp", 1, 1, "only IP" },
};

static const struct gx_diag *find_error(const struct gx_diags *diags)
{
	size_t i;

	for (i = 0; i < diags->n; i++)
		if (diags->v[i].severity == GX_DIAG_ERROR)
			return &diags->v[i];
	return NULL;
}

static void test_wrong(void **state)
{
	const struct gx_diag *d;
	struct gx_ruleset *rs;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct gx_diags diags = {};

		rs = parse(wrong[i].text, &diags);
		d = find_error(&diags);
		if (rs || !d || d->line != wrong[i].line ||
		    d->column != wrong[i].column ||
		    !strstr(d->message, wrong[i].message)) {
			gx_diags_print(&diags, stderr, false);
			fail_msg("\"%s\": wanted %u:%u %s", wrong[i].text,
				 wrong[i].line, wrong[i].column,
				 wrong[i].message);
		}
		/* the line is shown, and the mark is in it or just behind */
		assert_non_null(d->source);
		assert_in_range(d->column, 1, strlen(d->source) + 1);
		gx_diags_free(&diags);
	}
}

/* A run tells all that is wrong, and goes on behind each */
static void test_several(void **state)
{
	struct gx_diags diags = {};
	unsigned int lines[4], n = 0;
	size_t i;

	(void)state;
	assert_null(parse("drop tcp dport htpp\n"
			  "drop tpc\n"
			  "pass udp dport 53\n"
			  "drop src 1.2.3\n"
			  "pass pass\n"
			  "default drop\n", &diags));
	assert_int_equal(diags.errors, 4);
	for (i = 0; i < diags.n; i++)
		if (diags.v[i].severity == GX_DIAG_ERROR)
			lines[n++] = diags.v[i].line;
	assert_int_equal(lines[0], 1);
	assert_int_equal(lines[1], 2);
	assert_int_equal(lines[2], 4);
	assert_int_equal(lines[3], 5);
	gx_diags_free(&diags);
}

/* Constants stand for values wherever a value stands */
static void test_constants(void **state)
{
	struct gx_ruleset *rs = parse_ok("define t = 1h\ndefine r = 20kB/s\n"
					 "define b = 64kB\ndefine e = 1/7\n"
					 "define n = 99\ndefine m = 0x5\n"
					 "set s timeout $t { }\n"
					 "pass limit $r burst $b sample $e bytes $n mark $m\n"
					 "default pass\n");
	const struct gx_action *act = &rs->rule[0].act;

	(void)state;
	assert_int_equal(rs->set[0].default_timeout, 3600);
	assert_int_equal(act->limit.rate, 20000);
	assert_int_equal(act->limit.burst, 64000);
	assert_int_equal(act->sample_every, 7);
	assert_int_equal(act->sample_bytes, 99);
	assert_int_equal(act->mark, 5);
	gx_ruleset_free(rs);
}

/* A few hundred bytes must not become millions of values, or of errors. */
static void test_bounds(void **state)
{
	char text[4096], *pos = text, *lines;
	struct gx_diags diags = {};
	unsigned int i, j;

	(void)state;
	pos += sprintf(pos, "define a0 = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }\n");
	for (i = 1; i < 7; i++) {
		pos += sprintf(pos, "define a%u = {", i);
		for (j = 0; j < 10; j++)
			pos += sprintf(pos, " $a%u", i - 1);
		pos += sprintf(pos, " }\n");
	}
	sprintf(pos, "drop tcp dport $a6\ndefault pass\n");
	assert_null(parse(text, &diags));
	assert_non_null(strstr(find_error(&diags)->message, "more than 1000000 values"));
	gx_diags_free(&diags);

	lines = malloc(50000 * 2 + 1);
	assert_non_null(lines);
	for (i = 0; i < 50000; i++)
		memcpy(lines + 2 * i, "x\n", 3);
	assert_null(parse(lines, &diags));
	assert_in_range(diags.errors, 1000, 1002);
	free(lines);
	gx_diags_free(&diags);
}

static void test_missing_default(void **state)
{
	struct gx_diags diags = {};

	(void)state;
	assert_null(parse("drop tcp\n", &diags));
	assert_non_null(strstr(diags.v[0].message, "that no rule decides"));
	gx_diags_free(&diags);
}

static void test_warnings(void **state)
{
	static const char *const texts[] = {
		"drop src 10.0.0.1/8",
		"pass proto { tcp, icmp } dport 80",
		"drop mark 1",
		"pass limit 100kB/s burst 1kB",
		"pass limit 100001bit/w burst 2kB",
		"drop len < 60",
		"drop len 20",
		"drop ip6 icmp",
	};
	struct gx_diags diags = {};
	struct gx_ruleset *rs;
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		snprintf(text, sizeof(text), "%s\ndefault pass\n", texts[i]);
		rs = parse(text, &diags);
		assert_non_null(rs);
		assert_int_equal(diags.warnings, 1);
		gx_ruleset_free(rs);
		gx_diags_free(&diags);
	}
}

/* --- statements -------------------------------------------------------------------------- */

static void test_statements(void **state)
{
	struct gx_ruleset *rs = parse_ok(
		"# a comment\n"
		"\n"
		"define web = { 80, 443 }	# and another\r\n"
		"define all = { $web, 8080 }\n"
		"set bad {\n"
		"	192.0.2.1,	# one\n"
		"	192.0.2.9\n"
		"	2001:db8::1\n"
		"}\n"
		"set none { }\n"
		"set \"id\" { 192.0.2.77 }\n"
		"set \"pcp\" { 192.0.2.78 }\n"
		"drop src @bad; drop dst @bad\n"
		"pass tcp \\\n"
		"	dport $all\n"
		"\tname.with-dots_1: count udp\n"
		"default drop");

	(void)state;
	assert_int_equal(rs->nrules, 4);
	assert_int_equal(rs->nsets, 4);
	assert_int_equal(rs->set[0].v4.n, 2);
	assert_int_equal(rs->set[0].v6.n, 1);
	assert_string_equal(rs->rule[2].text, "pass tcp dport { 80, 443, 8080 }");
	assert_int_equal(rs->rule[2].line, 14);
	assert_string_equal(rs->rule[3].name, "name.with-dots_1");
	round_trip(rs);
	gx_ruleset_free(rs);
}

static char dir[] = "/tmp/lang-unit-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	return mkdir(path_of("rules.d"), 0700);
}

static void test_include(void **state)
{
	struct gx_diags diags = {};
	struct gx_ruleset *rs;
	char back[256];

	(void)state;
	assert_non_null(getcwd(back, sizeof(back)));
	write_file("main.rules", "include \"defs.rules\"\n"
		   "include \"rules.d/*.rules\"\n"
		   "include \"none.d/*.rules\"\n"
		   "pass tcp dport $web\ndefault drop\n");
	write_file("defs.rules", "define web = 80");
	write_file("rules.d/1.rules", "drop src 10.0.0.1\n");
	write_file("rules.d/2.rules", "drop src 10.0.0.2");
	rs = gx_lang_parse_file(path_of("main.rules"), NULL, &diags);
	assert_non_null(rs);
	assert_int_equal(rs->nrules, 3);
	assert_string_equal(rs->rule[0].text, "drop src 10.0.0.1");
	assert_string_equal(rs->rule[1].text, "drop src 10.0.0.2");
	assert_string_equal(rs->rule[1].file, path_of("rules.d/2.rules"));
	assert_string_equal(rs->rule[2].file, path_of("main.rules"));
	assert_int_equal(rs->rule[2].line, 4);
	gx_ruleset_free(rs);

	/* by a path with a directory that is relative to where we are */
	assert_int_equal(chdir("/tmp"), 0);
	rs = gx_lang_parse_file(path_of("main.rules") + strlen("/tmp/"), NULL, &diags);
	assert_non_null(rs);
	assert_int_equal(rs->nrules, 3);
	assert_string_equal(rs->rule[1].file, path_of("rules.d/2.rules") + strlen("/tmp/"));
	gx_ruleset_free(rs);
	assert_int_equal(chdir(back), 0);

	/* an error in an included file names that file */
	write_file("rules.d/2.rules", "\n  drop src 10.0.0.256");
	assert_null(gx_lang_parse_file(path_of("main.rules"), NULL, &diags));
	assert_string_equal(diags.v[0].file, path_of("rules.d/2.rules"));
	assert_int_equal(diags.v[0].line, 2);
	assert_int_equal(diags.v[0].column, 12);
	gx_diags_free(&diags);

	write_file("rules.d/2.rules", "include \"../main.rules\"");
	assert_null(gx_lang_parse_file(path_of("main.rules"), NULL, &diags));
	gx_diags_free(&diags);
	/* a file that is not there is no empty one */
	assert_null(gx_lang_parse_file(path_of("none.rules"), NULL, &diags));
	assert_int_equal(diags.errors, 1);
	gx_diags_free(&diags);
	write_file("loop.rules", "include \"loop.rules\"\ndefault pass\n");
	assert_null(gx_lang_parse_file(path_of("loop.rules"), NULL, &diags));
	assert_non_null(strstr(diags.v[0].message, "includes itself"));
	gx_diags_free(&diags);
}

/* A directory is not part of the pattern, whatever its name. */
static void test_include_places(void **state)
{
	static const char *const places[] = { "a[b]", "a*b", "a?b", "a\\b" };
	struct gx_diags diags = {};
	struct gx_ruleset *rs;
	char name[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		assert_int_equal(mkdir(path_of(places[i]), 0700), 0);
		snprintf(name, sizeof(name), "%s/d.rules", places[i]);
		write_file(name, "drop udp\n");
		snprintf(name, sizeof(name), "%s/x[1].rules", places[i]);
		write_file(name, "drop icmp\n");
		snprintf(name, sizeof(name), "%s/m.rules", places[i]);
		write_file(name, "include \"d.rules\"\ninclude \"?.rules2\"\n"
			   "include \"x[1].rules\"\ninclude \"[d].*\"\n"
			   "include \"d.rul*\"\ndefault pass\n");
		rs = gx_lang_parse_file(path_of(name), NULL, &diags);
		if (!rs)
			gx_diags_print(&diags, stderr, false);
		assert_non_null(rs);
		assert_int_equal(rs->nrules, 3);
		gx_ruleset_free(rs);
	}
	/* a name that is no pattern has to be there */
	write_file("none.rules", "include \"no[1].rules\"\ndefault pass\n");
	assert_null(gx_lang_parse_file(path_of("none.rules"), NULL, &diags));
	assert_non_null(strstr(find_error(&diags)->message, "cannot read"));
	gx_diags_free(&diags);
}

/* Files that include each other end, and so do those that include very many. */
static void test_include_bounds(void **state)
{
	struct gx_diags diags = {};
	char name[32], text[128];
	unsigned int i;

	(void)state;
	/* itself twice, by another name each time */
	write_file("twice.rules", "include \"./twice.rules\"\ninclude \"rules.d/../twice.rules\"\n"
		   "default pass\n");
	assert_null(gx_lang_parse_file(path_of("twice.rules"), NULL, &diags));
	assert_int_equal(diags.errors, 2);
	assert_non_null(strstr(find_error(&diags)->message, "includes itself"));
	gx_diags_free(&diags);
	/* each the next one twice: 2^12 files */
	for (i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "n%u.rules", i);
		snprintf(text, sizeof(text), "include \"n%u.rules\"\ninclude \"n%u.rules\"\n",
			 i + 1, i + 1);
		write_file(name, text);
	}
	write_file("n12.rules", "\n");
	assert_null(gx_lang_parse_file(path_of("n0.rules"), NULL, &diags));
	assert_non_null(strstr(find_error(&diags)->message, "more than 1024 files"));
	assert_in_range(diags.errors, 1, 1100);
	gx_diags_free(&diags);
	/* one file from two places is no loop */
	write_file("both.rules", "include \"defs.rules\"\ninclude \"n12.rules\"\n"
		   "include \"n12.rules\"\ndefault pass\n");
	write_file("defs.rules", "define web = 80");
	gx_ruleset_free(gx_lang_parse_file(path_of("both.rules"), NULL, &diags));
	assert_int_equal(diags.errors, 0);
	gx_diags_free(&diags);
}

static void test_byte_order_mark(void **state)
{
	struct gx_diags diags = {};
	struct gx_ruleset *rs;

	(void)state;
	write_file("bom.rules", "\xef\xbb\xbf" "drop udp\ndefault pass\n");
	rs = gx_lang_parse_file(path_of("bom.rules"), NULL, &diags);
	assert_non_null(rs);
	assert_int_equal(rs->nrules, 1);
	gx_ruleset_free(rs);
	gx_diags_free(&diags);
}

/* --- members from files --------------------------------------------------------------------- */

static const struct {
	const char *what, *text;
	size_t v4, v6;
} lists[] = {
	{ "plain", "192.0.2.1\n192.0.2.3\n2001:db8::1\n", 2, 1 },
	{ "CRLF and no last newline", "192.0.2.1\r\n192.0.2.3", 2, 0 },
	{ "netset", "# comment\n# more\n192.0.2.0/24\n198.51.100.7\n", 2, 0 },
	{ "DROP", "; Spamhaus DROP List\n192.0.2.0/24 ; SBL1\n198.51.100.0/24 ; SBL2\n", 2, 0 },
	{ "CSV with a heading", "ip,port,seen\n192.0.2.1,80,today\n\"192.0.2.3\",\"81\",\"x\"\n", 2, 0 },
	{ "quoted heading", "\"ip\",\"seen\"\n\"192.0.2.1\",\"x\"\n", 1, 0 },
	{ "score behind a tab", "192.0.2.1\t10\n192.0.2.3\t9\n", 2, 0 },
	{ "ranges", "192.0.2.0-192.0.2.255\n198.51.100.1 - 198.51.100.2\n", 3, 0 },
	{ "ipset save", "create bad hash:net family inet\nadd bad 192.0.2.0/24\nadd bad 192.0.3.1 timeout 30\n", 2, 0 },
	{ "ipset save with counters and comments",
	  "create bad hash:net family inet hashsize 1024 maxelem 65536 counters comment\n"
	  "add bad 192.0.2.0/24 packets 17 bytes 2040 comment \"seen, 10.0.0.1 nomatch\"\n"
	  "add bad 192.0.3.1 timeout 0 packets 0 bytes 0 skbmark 0x1/0xff\nCOMMIT\n", 2, 0 },
	{ "DShield", "# columns\nStart\tEnd\tNetmask\tAttacks\n192.0.2.0\t192.0.2.255\t24\t1234\tA, Name\tUS\n", 1, 0 },
	{ "ranges in columns", "192.0.2.0,192.0.3.255,AU\n\"2001:db8::\",\"2001:db8::ffff:ffff:ffff:ffff\",\"DE\"\n", 1, 1 },
	{ "an address that begins with a letter", "fd00::1,x\n", 0, 1 },
	{ "other columns with colons", "192.0.2.1,12:30:05\n192.0.2.3,10,tcp\n", 2, 0 },
	{ "byte order mark", "\xef\xbb\xbf" "192.0.2.1\n", 1, 0 },
	{ "doubles", "192.0.2.1\n192.0.2.1\n192.0.2.0/24\n", 1, 0 },
	{ "neighbours", "192.0.2.0/25\n192.0.2.128/25\n2001:db8::/33\n2001:db8:8000::/33\n", 1, 1 },
	{ "comments behind", "192.0.2.1 # bad\n192.0.2.3;bad\n  192.0.2.5 // bad\n", 3, 0 },
	{ "nothing", "", 0, 0 },
	{ "blank lines", "\n\n   \n\t\n", 0, 0 },
};

static void test_lists(void **state)
{
	struct gx_prefixes v4, v6;
	struct gx_diags diags = {};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		write_file("list", lists[i].text);
		memset(&v4, 0, sizeof(v4));
		memset(&v6, 0, sizeof(v6));
		if (!gx_lang_read_members(path_of("list"), &v4, &v6, &diags)) {
			gx_diags_print(&diags, stderr, false);
			fail_msg("refused: %s", lists[i].what);
		}
		gx_prefixes_aggregate(&v4, false);
		gx_prefixes_aggregate(&v6, true);
		if (v4.n != lists[i].v4 || v6.n != lists[i].v6)
			fail_msg("%s: %zu and %zu", lists[i].what, v4.n, v6.n);
		free(v4.v);
		free(v6.v);
		gx_diags_free(&diags);
	}
}

static const struct {
	const char *text;
	unsigned int line;
	const char *message;
} bad_lists[] = {
	{ "# hosts\n0.0.0.0 ads.example\n", 2, "hosts file" },
	{ "127.0.0.1 localhost\n", 1, "hosts file" },
	{ "192.0.2.1\nads.example\n", 2, "IPv4" },
	{ "192.0.2.1 ads\n", 1, "no comment" },
	{ "192.0.2.1.5\n", 1, "four numbers" },
	{ "192.0.2.0/24x\n", 1, "no address" },
	{ "192.0.2.0/\n", 1, "0 to 32" },
	{ "ads.example\t1\n", 1, "IPv4" },
	{ "add bad\n", 1, "no address" },
	{ "192.0.2.1 192.0.2.9\n", 1, "second address" },
	{ "192.0.2.1,192.0.2.9,AU\n", 1, "second address" },
	{ "192.0.2.255,192.0.2.0\n", 1, "second address" },
	{ "192.0.2.0,2001:db8::ff\n", 1, "second address" },
	{ "192.0.2.0/24,192.0.2.255\n", 1, "second address" },
	{ "add bad 192.0.2.1,tcp:80\n", 1, "whole addresses" },
	{ "add bad 192.0.2.0/24,eth0\n", 1, "whole addresses" },
	{ "192.0.2.1,udp:53\n", 1, "whole addresses" },
	{ "add bad 192.0.2.0/24 nomatch\n", 1, "exception" },
	{ "add bad 192.0.2.0/24 packets 1 frobnicate 2\n", 1, "does not write" },
};

static void test_bad_lists(void **state)
{
	struct gx_prefixes v4 = {}, v6 = {};
	struct gx_diags diags = {};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad_lists) / sizeof(bad_lists[0]); i++) {
		write_file("list", bad_lists[i].text);
		assert_false(gx_lang_read_members(path_of("list"), &v4, &v6,
						  &diags));
		assert_int_equal(v4.n + v6.n, 0);
		assert_int_equal(diags.v[0].line, bad_lists[i].line);
		if (!strstr(diags.v[0].message, bad_lists[i].message))
			fail_msg("%s: %s", bad_lists[i].text,
				 diags.v[0].message);
		gx_diags_free(&diags);
	}
}

/* What is in a file but cannot be in a set is told; and a pipe is a file too. */
static void test_list_time(void **state)
{
	struct gx_prefixes v4 = {}, v6 = {};
	struct gx_diags diags = {};
	char path[32];
	int end[2];

	(void)state;
	write_file("list", "add bad 192.0.2.1\nadd bad 192.0.2.3 timeout 30\nadd bad 192.0.2.5 timeout 31\n");
	assert_true(gx_lang_read_members(path_of("list"), &v4, &v6, &diags));
	assert_int_equal(v4.n, 3);
	assert_int_equal(diags.warnings, 1);
	assert_int_equal(diags.v[0].line, 2);
	assert_non_null(strstr(diags.v[0].message, "2 members have a time-out"));
	gx_diags_free(&diags);

	assert_int_equal(pipe(end), 0);
	assert_int_equal(write(end[1], "192.0.2.7\n", 10), 10);
	close(end[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", end[0]);
	assert_true(gx_lang_read_members(path, &v4, &v6, &diags));
	assert_int_equal(v4.n, 4);
	close(end[0]);
	free(v4.v);
	free(v6.v);
	gx_diags_free(&diags);
}

/* --- flags ----------------------------------------------------------------------------------- */

/* Any set of flag bytes prints as something that reads as that set */
static void test_flags(void **state)
{
	struct gx_ruleset *rs = parse_ok("drop tcp flags syn\ndefault pass\n");
	struct gx_ranges *cond = &rs->rule[0].cond[GX_F_TCP_FLAGS];
	unsigned int run, i, cubes;
	size_t room;

	(void)state;
	srand(3);
	for (run = 0; run < 300; run++) {
		bool in[256] = {};

		cubes = 1 + rand() % 4;
		while (cubes--) {
			unsigned int mask = rand() % 256, set = rand() & mask;

			for (i = 0; i < 256; i++)
				in[i] |= (i & mask) == set;
		}
		free(cond->v);
		memset(cond, 0, sizeof(*cond));
		room = 0;
		for (i = 0; i < 256; i++)
			if (in[i])
				assert_true(gx_ranges_add(cond, &room, i, i));
		gx_ranges_normalize(cond);
		round_trip(rs);
	}
	gx_ruleset_free(rs);
}

/* --- ids ------------------------------------------------------------------------------------- */

static void test_ids(void **state)
{
	struct gx_ruleset *old = parse_ok("a: drop tcp\ndrop udp\ndrop udp\n"
					  "drop icmp\ndefault pass\n");
	struct gx_ruleset *new = parse_ok("drop sctp\ndrop udp\npass udp\n"
					  "drop udp\na: pass tcp\ndrop udp\n"
					  "default pass\n");
	struct rule_changes c;
	size_t i;

	(void)state;
	assert_int_equal(ruleids_assign(old, NULL, 100, &c), 0);
	assert_int_equal(c.added, 4);
	rule_changes_free(&c);
	assert_int_equal(ruleids_assign(new, old, 100, &c), 0);
	/* by name, though its text is another */
	assert_int_equal(new->rule[4].id, old->rule[0].id);
	/* by text, the first of it first */
	assert_int_equal(new->rule[1].id, old->rule[1].id);
	assert_int_equal(new->rule[3].id, old->rule[2].id);
	/* numbers nobody has, not even the rule that goes */
	assert_int_not_equal(new->rule[0].id, old->rule[3].id);
	assert_int_equal(c.kept, 2);
	assert_int_equal(c.changed, 1);
	assert_int_equal(c.added, 3);
	assert_int_equal(c.removed, 1);
	assert_int_equal(c.nfresh, 3);
	rule_changes_free(&c);
	gx_ruleset_free(new);

	/* two sets of half the ids have none in common, though no rule stays */
	new = parse_ok("drop tcp\nb: drop\npass\ndrop proto esp\ndefault pass\n");
	assert_int_equal(ruleids_assign(new, old, 9, &c), 0);
	assert_int_equal(c.nfresh, 4);
	for (i = 0; i < 16; i++)
		assert_int_not_equal(new->rule[i / 4].id, old->rule[i % 4].id);
	rule_changes_free(&c);
	/* and what more would need is not taken from rules that run */
	assert_int_equal(ruleids_assign(new, old, 8, &c), -28 /* ENOSPC */);
	gx_ruleset_free(new);
	gx_ruleset_free(old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_constants),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_missing_default),
		cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_statements),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_include_places),
		cmocka_unit_test(test_include_bounds),
		cmocka_unit_test(test_byte_order_mark),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_bad_lists),
		cmocka_unit_test(test_list_time),
		cmocka_unit_test(test_aggregate),
		cmocka_unit_test(test_ranges_to_prefixes),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, make_dir, NULL);
}
