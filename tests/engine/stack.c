// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stack.h"

#define PROBE_PACKETS	192	/* sent to see whether they get there */

/* bench-filter makes the devices; each filter has two, with rules and without */
static const struct {
	const char *device[2];
	const char *load;	/* takes rules from its input */
	const char *show;	/* prints them with what they have counted ... */
	const char *counted;	/* ... in this form */
} tool[STACK_FILTERS] = {
	[STACK_NFT] = { { "bench1", "bench0" }, "nft -f -", "nft list ruleset",
			"packets %u " },
	[STACK_IPTABLES] = { { "bench3", "bench2" }, "iptables-legacy-restore",
			     "iptables-legacy -t raw -S -v", "-c %u " },
};

int stack_run(enum stack_filter filter, bool rules, int prog, const void *frame,
	      size_t len, uint32_t packets)
{
	struct xdp_md ctx = { .data_end = len };
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = frame, .data_size_in = len,
		.ctx_in = &ctx, .ctx_size_in = sizeof(ctx),
		.repeat = packets, .flags = BPF_F_TEST_XDP_LIVE_FRAMES);

	ctx.ingress_ifindex = if_nametoindex(tool[filter].device[rules]);
	return bpf_prog_test_run_opts(prog, &opts) ? -errno : 0;
}

/* --- rules in their languages ----------------------------------------------------- */

static const char *proto_name(uint64_t proto)
{
	return proto == 6 ? "tcp" : proto == 17 ? "udp" : "icmp";
}

static void put_addr(FILE *out, const char *option,
		     const struct gx_addr_match *m)
{
	const uint8_t *a;

	if (!m->present)
		return;
	a = m->v4.v->addr;
	fprintf(out, " %s %u.%u.%u.%u/%u", option, a[0], a[1], a[2], a[3],
		m->v4.v->len);
}

static void put_ports(FILE *out, const char *option, char dash,
		      const struct gx_ranges *cond)
{
	if (cond->n)
		fprintf(out, " %s %u%c%u", option, (unsigned int)cond->v->lo, dash,
			(unsigned int)cond->v->hi);
}

static void put_nft_rule(FILE *out, const struct gx_rule *rule)
{
	const struct gx_ranges *proto = &rule->cond[GX_F_PROTO];
	const struct gx_ranges *sport = &rule->cond[GX_F_SPORT];
	const struct gx_ranges *dport = &rule->cond[GX_F_DPORT];
	char option[16];

	put_addr(out, "ip saddr", &rule->src);
	put_addr(out, "ip daddr", &rule->dst);
	if (proto->n && !sport->n && !dport->n)
		fprintf(out, " ip protocol %s", proto_name(proto->v->lo));
	if (proto->n) {
		snprintf(option, sizeof(option), "%s sport", proto_name(proto->v->lo));
		put_ports(out, option, '-', sport);
		snprintf(option, sizeof(option), "%s dport", proto_name(proto->v->lo));
		put_ports(out, option, '-', dport);
	}
	fprintf(out, " drop\n");
}

static void put_nft(FILE *out, const struct gx_ruleset *rs)
{
	size_t i;

	/* the first line so that the second has something to delete */
	fprintf(out, "table netdev bench\ndelete table netdev bench\n");
	fprintf(out, "table netdev bench {\n");
	fprintf(out, "chain none { type filter hook ingress device %s priority 0; policy drop; }\n",
		tool[STACK_NFT].device[false]);
	fprintf(out, "chain rules { type filter hook ingress device %s priority 0; policy drop;\n",
		tool[STACK_NFT].device[true]);
	for (i = 0; rs && i < rs->nrules; i++)
		put_nft_rule(out, &rs->rule[i]);
	if (!rs)
		fprintf(out, "counter drop\n");
	fprintf(out, "}\n}\n");
}

static void put_iptables_rule(FILE *out, const struct gx_rule *rule)
{
	const struct gx_ranges *proto = &rule->cond[GX_F_PROTO];

	fprintf(out, "-A PREROUTING");
	put_addr(out, "-s", &rule->src);
	put_addr(out, "-d", &rule->dst);
	if (proto->n)
		fprintf(out, " -p %s", proto_name(proto->v->lo));
	put_ports(out, "--sport", ':', &rule->cond[GX_F_SPORT]);
	put_ports(out, "--dport", ':', &rule->cond[GX_F_DPORT]);
	fprintf(out, " -j DROP\n");
}

/* One chain for all devices: what comes from another than that with rules goes first. */
static void put_iptables(FILE *out, const struct gx_ruleset *rs)
{
	size_t i;

	fprintf(out, "*raw\n:PREROUTING DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n");
	fprintf(out, "-A PREROUTING ! -i %s -j DROP\n",
		tool[STACK_IPTABLES].device[true]);
	for (i = 0; rs && i < rs->nrules; i++)
		put_iptables_rule(out, &rs->rule[i]);
	fprintf(out, "COMMIT\n");
}

int stack_load(enum stack_filter filter, const struct gx_ruleset *rs)
{
	FILE *out = popen(tool[filter].load, "w");

	if (!out)
		return -errno;
	if (filter == STACK_NFT)
		put_nft(out, rs);
	else
		put_iptables(out, rs);
	return pclose(out) ? -EINVAL : 0;
}

/* --- is it there? ----------------------------------------------------------------- */

static bool has_counted(enum stack_filter filter, unsigned int packets)
{
	char line[1024], want[32];
	bool found = false;
	FILE *in;

	snprintf(want, sizeof(want), tool[filter].counted, packets);
	in = popen(tool[filter].show, "r");
	while (in && fgets(line, sizeof(line), in))
		found |= strstr(line, want) != NULL;
	return in && !pclose(in) && found;
}

const char *stack_missing(enum stack_filter filter, int prog, const void *frame,
			  size_t len)
{
	char command[64];

	if (!if_nametoindex(tool[filter].device[false]) ||
	    !if_nametoindex(tool[filter].device[true]))
		return "its devices are not there: run tests/engine/bench-filter";
	snprintf(command, sizeof(command), "command -v %.*s >/dev/null",
		 (int)strcspn(tool[filter].load, " "), tool[filter].load);
	if (system(command))
		return "the command is not installed";
	if (stack_load(filter, NULL))
		return "the kernel has none of it";
	if (stack_run(filter, true, prog, frame, len, PROBE_PACKETS))
		return "the kernel sends no live frames (5.18 and later do)";
	return has_counted(filter, PROBE_PACKETS) ? NULL :
	       "the packets do not get there";
}
