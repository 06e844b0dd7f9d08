// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "checks.h"

struct gx_dp *dp;

int install(const struct gx_ruleset *rs, struct gx_error *err)
{
	struct gx_tables *tables = NULL;
	int ret = gx_compile(rs, NULL, &tables, NULL, err);

	if (!ret)
		ret = gx_dp_install(dp, tables, err);
	gx_tables_free(tables);
	return ret;
}

void must_install(const struct gx_ruleset *rs, const char *what)
{
	struct gx_error err = {};
	int ret = install(rs, &err);

	check(!ret, "%s: %s: %s", what, err.what, err.reason);
}

/* --- frames ---------------------------------------------------------------------- */

const uint8_t macs[12] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };

size_t ipv4_frame(uint8_t *f, uint8_t proto, uint32_t src, uint32_t dst)
{
	memset(f, 0, 128);
	memcpy(f, macs, 12);
	f[12] = 8;
	f[14] = 0x45;
	f[17] = 60;
	f[22] = 64;
	f[23] = proto;
	src = htonl(src);
	dst = htonl(dst);
	memcpy(f + 26, &src, 4);
	memcpy(f + 30, &dst, 4);
	f[34] = 0x12;
	f[35] = 0x34;
	f[37] = 80;
	f[41] = 7;		/* sequence number */
	f[46] = 0x50;
	f[47] = 2;		/* SYN */
	return 74;
}

size_t ipv6_frame(uint8_t *f, uint8_t proto, uint8_t last)
{
	memset(f, 0, 128);
	memcpy(f, macs, 12);
	f[12] = 0x86;
	f[13] = 0xdd;
	f[14] = 0x60;
	f[19] = 40;
	f[20] = proto;
	f[21] = 64;
	f[22] = 0x20;
	f[37] = last;
	f[38] = 0x20;
	f[53] = 0x99;
	f[54] = 0x12;
	f[55] = 0x34;
	f[57] = 80;
	f[61] = 7;
	f[66] = 0x50;
	f[67] = 2;
	return 94;
}

uint32_t run(uint8_t *frame, size_t len, struct gx_run *out)
{
	static uint8_t room[4096];
	struct gx_run spare, *r = out ?: &spare;
	struct gx_error err = {};
	int ret;

	*r = (struct gx_run){ .frame = frame, .len = len, .out = room };
	ret = gx_dp_run(dp, r, &err);
	check(!ret, "run: %s: %s", err.what, err.reason);
	return ret ? ~0u : r->xdp_action;
}

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* --- rules ----------------------------------------------------------------------- */

struct gx_rule rule;
struct gx_set set;
struct gx_ruleset rules = { .rule = &rule, .nrules = 1, .set = &set };

void one_rule(enum gx_verdict verdict)
{
	rule = (struct gx_rule){ .id = 7, .act.verdict = verdict };
	rules.nsets = 0;
	rules.nrules = 1;
	rules.dflt = GX_PASS;
}
