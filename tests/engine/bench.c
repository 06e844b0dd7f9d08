// SPDX-License-Identifier: GPL-2.0
/*
 * bench OBJECT [--rounds N] [--quick] [--stack] [--csv FILE]: what a packet costs.
 *
 * The filter's program runs over 65,536 headers by BPF_PROG_TEST_RUN; see
 * bpf/bench.bpf.c. One round measures every case once, the empty program just
 * before each; a figure is the median, over the rounds, of the difference. Time
 * is the thread's CPU time, so that what else the machine does matters less.
 *
 * With --stack, nft and iptables are measured with the same rules and headers in
 * the same rounds: see stack.h.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../../loader/engine/dp.h"
#include "../../loader/engine/engine.h"
#include "bench.h"
#include "framegen.h"
#include "rulegen.h"
#include "stack.h"

#define ROUNDS_MAX	64
#define FRAME_LEN	128
#define FEW		16	/* "the same few headers again" */

enum source { FROM_RULES, FROM_SET, FROM_FEW };

struct measure {
	char name[64];
	const char *program;	/* NULL: @stack */
	enum stack_filter stack;
	enum source source;
	bool v6;
	double target;		/* ns; 0: none */
	double ns[ROUNDS_MAX];
	size_t rules;
	const char *shape;
};

/* What is loaded while a group of measures is taken */
struct group {
	struct gx_ruleset *rs;
	struct gx_tables *tables;
	struct gx_report report;
	double install;
	struct measure m[2 + STACK_FILTERS];
	int n;
	struct bench_headers *headers;
	bool v6;
};

static double wall(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static double cpu(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench: %s: %s\n", what, why);
	exit(1);
}

static void check(int ret, const struct gx_error *err)
{
	if (ret)
		die(err->what, err->reason);
}

static struct gx_dp *dp;
static struct bench_headers *kernel_headers;

static void open_bench(const char *object)
{
	struct gx_error err = {};
	struct bpf_map *map;

	check(gx_dp_open(object, NULL, GX_DP_CREATE, &dp, &err), &err);
	map = bpf_object__find_map_by_name(dp->obj, "headers");
	if (!map)
		die(object, "no map headers");
	kernel_headers = mmap(NULL, sizeof(*kernel_headers),
			      PROT_READ | PROT_WRITE, MAP_SHARED,
			      bpf_map__fd(map), 0);
	if (kernel_headers == MAP_FAILED)
		die("mmap", strerror(errno));
}

static int fd_of_map(const char *name)
{
	return bpf_map__fd(bpf_object__find_map_by_name(dp->obj, name));
}

static int fd_of_program(const char *name)
{
	struct bpf_program *prog;

	prog = bpf_object__find_program_by_name(dp->obj, name);
	if (!prog)
		die(name, "no such program");
	return bpf_program__fd(prog);
}

/* What the programs put headers into. bench-filter's devices have its destination. */
static uint8_t *start_frame(bool v6)
{
	static uint8_t frame[FRAME_LEN] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };

	frame[12] = v6 ? 0x86 : 0x08;
	frame[13] = v6 ? 0xdd : 0x00;
	return frame;
}

static double run(const char *program, bool v6, uint32_t repeat)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = start_frame(v6),
		    .data_size_in = FRAME_LEN, .repeat = repeat);
	int prog = fd_of_program(program);
	double start;

	start = cpu();
	if (bpf_prog_test_run_opts(prog, &opts))
		die(program, strerror(errno));
	if (opts.retval == 0)
		die(program, "aborted");
	return (cpu() - start) * 1e9 / repeat;
}

/* --- the kernel's own filters -------------------------------------------------------- */

static const char *const stack_name[STACK_FILTERS] = {
	[STACK_NFT] = "nft",
	[STACK_IPTABLES] = "iptables",
};

/* NULL: to be measured; else why not */
static const char *stack_lacks[STACK_FILTERS] = {
	[STACK_NFT] = "not asked for",
	[STACK_IPTABLES] = "not asked for",
};

static double run_stack(enum stack_filter filter, bool rules, uint32_t packets)
{
	int prog = fd_of_program("bench_empty"), ret;
	double start = cpu();

	ret = stack_run(filter, rules, prog, start_frame(false), FRAME_LEN,
			packets);
	if (ret)
		die(stack_name[filter], strerror(-ret));
	return (cpu() - start) * 1e9 / packets;
}

/* The stack looks at the header's checksum before iptables does. */
static void put_checksum(void *header)
{
	uint8_t *ip = header;
	uint32_t sum = 0, i;

	ip[10] = 0;
	ip[11] = 0;
	for (i = 0; i < 20; i += 2)
		sum += ip[i] << 8 | ip[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~(sum + (sum >> 16));
	ip[10] = sum >> 8;
	ip[11] = sum;
}

/* Which of them can be measured; says why not */
static void find_stack(void)
{
	static const uint8_t ip[20] = {
		0x45, [3] = 40, [8] = 64, 6, [12] = 10, [15] = 1, 10, [19] = 2,
	};
	enum stack_filter f;
	size_t i;

	for (i = 0; i < BENCH_HEADERS; i++) {
		memcpy(kernel_headers->header[i], ip, sizeof(ip));
		put_checksum(kernel_headers->header[i]);
	}
	for (f = 0; f < STACK_FILTERS; f++) {
		stack_lacks[f] = stack_missing(f, fd_of_program("bench_empty"),
					       start_frame(false), FRAME_LEN);
		if (stack_lacks[f])
			printf("%s is not measured: %s\n", stack_name[f],
			       stack_lacks[f]);
	}
}

/* As many packets as do not take for ever through so many rules one by one */
static uint32_t stack_packets(size_t rules, uint32_t repeat)
{
	uint32_t packets = 64 * (1 + 400000 / rules);

	return packets < repeat ? packets : repeat;
}

static double stack_round(const struct group *g, enum stack_filter filter,
			  uint32_t repeat)
{
	uint32_t packets = stack_packets(g->rs->nrules, repeat);
	double none;

	run_stack(filter, true, packets / 8 + 1);
	none = run_stack(filter, false, packets);
	return run_stack(filter, true, packets) - none;
}

/* --- what to measure ----------------------------------------------------------------- */

static void make_headers(struct group *g, struct rng *r)
{
	struct frame f;
	size_t i;

	g->headers = calloc(1, sizeof(*g->headers));
	if (!g->headers)
		die("headers", "not enough memory");
	for (i = 0; i < BENCH_HEADERS; i++) {
		frame_for_rule(r, g->rs, rng_below(r, g->rs->nrules), g->v6, &f);
		memcpy(g->headers->header[i], f.data + 14,
		       f.len - 14 < 8 * BENCH_WORDS ? f.len - 14 :
						      8 * BENCH_WORDS);
		if (!g->v6)
			put_checksum(g->headers->header[i]);
	}
}

static void compile_group(struct group *g)
{
	struct gx_compile_opts opts = { .no_notes = true };
	struct gx_error err = {};
	double start = wall();

	check(gx_compile(g->rs, &opts, &g->tables, &g->report, &err), &err);
	check(gx_dp_install(dp, g->tables, &err), &err);
	g->install = wall() - start;
}

static struct measure *add(struct group *g, const char *program,
			   enum source source, double target)
{
	struct measure *m = &g->m[g->n++];

	m->program = program;
	m->source = source;
	m->target = target;
	m->v6 = g->v6;
	return m;
}

static void use_headers(const struct group *g, enum source source)
{
	size_t i;

	if (source != FROM_FEW) {
		memcpy(kernel_headers, g->headers, sizeof(*g->headers));
		return;
	}
	for (i = 0; i < BENCH_HEADERS; i++)
		memcpy(kernel_headers->header[i], g->headers->header[i % FEW],
		       sizeof(g->headers->header[0]));
}

static void one_round(struct group *g, int round, uint32_t repeat)
{
	struct gx_error err = {};
	double empty;
	int i;

	check(gx_dp_install(dp, g->tables, &err), &err);
	for (i = 0; i < g->n; i++) {
		use_headers(g, g->m[i].source);
		if (!g->m[i].program) {
			g->m[i].ns[round] = stack_round(g, g->m[i].stack, repeat);
			continue;
		}
		run(g->m[i].program, g->v6, BENCH_HEADERS);
		empty = run("bench_empty", g->v6, repeat);
		g->m[i].ns[round] = run(g->m[i].program, g->v6, repeat) - empty;
	}
}

/* The kernel's own maps get the members of the set */
static void fill_kernel_maps(const struct group *g)
{
	const struct gx_prefixes *p = g->v6 ? &g->rs->set[0].v6 :
					      &g->rs->set[0].v4;
	int lpm = fd_of_map(g->v6 ? "lpm6" : "lpm4");
	int hash = fd_of_map("hash4");
	struct { uint32_t len; uint8_t addr[16]; } key;
	uint32_t one = 1;
	size_t i;

	for (i = 0; i < p->n; i++) {
		key.len = p->v[i].len;
		memcpy(key.addr, p->v[i].addr, 16);
		bpf_map_update_elem(lpm, &key, &one, 0);
		if (!g->v6)
			bpf_map_update_elem(hash, key.addr, &one, 0);
	}
}

static void empty_kernel_maps(const struct group *g)
{
	const struct gx_prefixes *p = g->v6 ? &g->rs->set[0].v6 :
					      &g->rs->set[0].v4;
	int lpm = fd_of_map(g->v6 ? "lpm6" : "lpm4");
	int hash = fd_of_map("hash4");
	struct { uint32_t len; uint8_t addr[16]; } key;
	size_t i;

	for (i = 0; i < p->n; i++) {
		key.len = p->v[i].len;
		memcpy(key.addr, p->v[i].addr, 16);
		bpf_map_delete_elem(lpm, &key);
		if (!g->v6)
			bpf_map_delete_elem(hash, key.addr);
	}
}

/* --- results -------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	const double *p = a, *q = b;

	return *p < *q ? -1 : *p > *q;
}

static double median(double *v, int n)
{
	qsort(v, n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static FILE *csv;

static void print(struct measure *m, int rounds, const struct group *g)
{
	double ns = median(m->ns, rounds);

	printf("%-44s %7.1f ns", m->name, ns);
	if (m->target)
		printf("  target %4.0f  %s", m->target,
		       ns <= m->target ? "met" : "MISSED");
	else
		printf("%21s", "");
	printf("   (%.1f to %.1f)\n", m->ns[0], m->ns[rounds - 1]);
	if (csv)
		fprintf(csv, "\"%s\",%s,%zu,%.1f,%.0f,%zu\n", m->name, m->shape,
			m->rules, ns, m->target, g->report.bytes);
	fflush(stdout);
}

static void print_size(const struct group *g, const char *name, double seconds,
		       double megabytes)
{
	printf("%-44s %7.3f s ", name, g->install);
	if (seconds)
		printf("  target %4.1f  %s", seconds, g->install <= seconds ?
		       "met" : "MISSED");
	printf("   %.1f MB", g->report.bytes / 1e6);
	if (megabytes)
		printf(" (target %.0f, %s)", megabytes,
		       g->report.bytes <= megabytes * 1e6 ? "met" : "MISSED");
	printf("  %u trees, depth %.1f to %u, leaf %u\n", g->report.trees,
	       g->report.depth_avg, g->report.depth, g->report.leaf_max);
	fflush(stdout);
}

static double rule_target(size_t n)
{
	return n <= 10 ? 30 : n <= 1000 ? 55 : n <= 10000 ? 80 : 160;
}

/* Rows of nft and iptables with the rules of @g, where these can be measured */
static void add_stack(struct group *g, enum rule_shape shape)
{
	enum stack_filter f;
	struct measure *m;
	int ret;

	if (g->v6)
		return;
	for (f = 0; f < STACK_FILTERS; f++) {
		if (stack_lacks[f])
			continue;
		if (g->rs->nrules > STACK_RULES_MAX) {
			printf("  %s is not measured: a packet takes up to a millisecond through so many rules\n",
			       stack_name[f]);
			continue;
		}
		ret = stack_load(f, g->rs);
		if (ret)
			die(stack_name[f], "it does not take the rules");
		m = add(g, NULL, FROM_RULES, 0);
		m->stack = f;
		m->rules = g->rs->nrules;
		/* one curve of each is enough */
		m->shape = shape == SHAPE_ACL ? stack_name[f] : "";
		snprintf(m->name, sizeof(m->name), "  %s with these rules",
			 stack_name[f]);
	}
}

static void bench_rules(struct rng *r, enum rule_shape shape, size_t n, bool v6,
			int rounds, uint32_t repeat)
{
	struct group g = { .v6 = v6 };
	char name[64];
	int i;

	g.rs = rules_structured(r, shape, n, v6);
	compile_group(&g);
	make_headers(&g, r);
	add(&g, "bench_filter", FROM_RULES, v6 ? 0 : rule_target(n));
	snprintf(g.m[0].name, sizeof(g.m[0].name), "%zu %s rules, IPv%d", n,
		 shape_name[shape], v6 ? 6 : 4);
	add(&g, "bench_filter", FROM_FEW, v6 || n < 100000 ? 0 : 45);
	snprintf(g.m[1].name, sizeof(g.m[1].name),
		 "%zu %s rules, IPv%d, few headers", n, shape_name[shape],
		 v6 ? 6 : 4);
	for (i = 0; i < g.n; i++) {
		g.m[i].rules = n;
		g.m[i].shape = i ? "few" : shape_name[shape];
	}
	add_stack(&g, shape);
	for (i = 0; i < rounds; i++)
		one_round(&g, i, repeat);
	for (i = 0; i < g.n; i++)
		print(&g.m[i], rounds, &g);
	snprintf(name, sizeof(name), "  compiled and switched in");
	print_size(&g, name, n == 10000 ? 0.3 : n == 100000 ? 3 : 0,
		   n == 100000 ? 32 : 0);
	gx_tables_free(g.tables);
	rules_free(g.rs);
	free(g.headers);
}

/* One more member: how long until packets meet it */
static double time_one(struct rng *r, bool v6)
{
	struct gx_member m = { .family = v6 ? 6 : 4 };
	struct gx_error err = {};
	double took[101], start;
	int i, j;

	for (i = 0; i < 101; i++) {
		m.prefix.len = v6 ? 128 : 32;
		for (j = 0; j < (v6 ? 16 : 4); j++)
			m.prefix.addr[j] = rng_next(r);
		gx_dp_forget(dp);	/* as a command that starts afresh */
		start = wall();
		check(gx_dp_set_add(dp, 0, &m, 1, &err), &err);
		took[i] = wall() - start;
	}
	return median(took, 101);
}

static void bench_set(struct rng *r, size_t n, bool v6, int rounds,
		      uint32_t repeat)
{
	struct group g = { .v6 = v6 };
	double target = v6 ? (n > 100000 ? 200 : 120) : n > 100000 ? 100 : 60;
	double one;
	int i;

	g.rs = rules_set(r, n, v6);
	compile_group(&g);
	make_headers(&g, r);
	fill_kernel_maps(&g);
	add(&g, "bench_filter", FROM_SET, target);
	snprintf(g.m[0].name, 64, "set of %zu IPv%d prefixes", n, v6 ? 6 : 4);
	add(&g, v6 ? "bench_lpm6" : "bench_lpm4", FROM_SET, 0);
	snprintf(g.m[1].name, 64, "  the kernel's LPM trie with these");
	if (!v6) {
		add(&g, "bench_hash4", FROM_SET, 0);
		snprintf(g.m[2].name, 64, "  the kernel's hash, addresses only");
	}
	for (i = 0; i < g.n; i++) {
		g.m[i].rules = n;
		g.m[i].shape = i == 0 ? (v6 ? "set6" : "set4") :
			       i == 1 ? (v6 ? "lpm6" : "lpm4") : "hash4";
	}
	for (i = 0; i < rounds; i++)
		one_round(&g, i, repeat);
	for (i = 0; i < g.n; i++)
		print(&g.m[i], rounds, &g);
	print_size(&g, "  compiled and switched in", n == 1000000 ? 0.5 : 0,
		   n == 1000000 ? 100 : 0);
	one = time_one(r, v6);
	printf("%-44s %7.3f ms  target  2.0  %s\n", "  one member added",
	       one * 1e3, one <= 2e-3 ? "met" : "MISSED");
	empty_kernel_maps(&g);
	gx_tables_free(g.tables);
	rules_free(g.rs);
	free(g.headers);
}

/*
 * What a user waits for the first time: both programs of @object and its maps, no rules. On
 * a machine with other work to do the time of the CPU is what counts.
 */
static void bench_load(const char *object, int rounds)
{
	double took[ROUNDS_MAX], busy[ROUNDS_MAX], middle;
	struct gx_error err = {};
	struct gx_dp *alone;
	int i;

	for (i = 0; i < rounds; i++) {
		took[i] = wall();
		busy[i] = cpu();
		if (gx_dp_open(object, NULL, GX_DP_CREATE, &alone, &err))
			die(err.what, err.reason);
		busy[i] = cpu() - busy[i];
		took[i] = wall() - took[i];
		gx_dp_close(alone);
	}
	middle = median(busy, rounds);
	printf("%-44s %7.3f s   target  1.0  %s (of CPU; %.3f to %.3f, in all %.3f)\n",
	       "the filter alone, loaded and verified", middle, middle <= 1 ? "met" : "MISSED",
	       busy[0], busy[rounds - 1], median(took, rounds));
}

static void print_cpu(void)
{
	char line[256], *colon;
	FILE *f = fopen("/proc/cpuinfo", "r");

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "model name", 10) &&
		    (colon = strchr(line, ':'))) {
			printf("CPU:%s", colon + 1);
			break;
		}
	if (f)
		fclose(f);
	printf("ns per packet over the empty program, medians of interleaved rounds (least to most)\n\n");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "rounds", required_argument, NULL, 'r' },
		{ "repeat", required_argument, NULL, 'n' },
		{ "quick", no_argument, NULL, 'q' },
		{ "only", required_argument, NULL, 'o' },
		{ "csv", required_argument, NULL, 'c' },
		{ "size", required_argument, NULL, 's' },
		{ "stack", no_argument, NULL, 'k' },
		{ "filter", required_argument, NULL, 'f' },
		{},
	};
	static const size_t sizes[] = { 10, 100, 1000, 10000, 100000 };
	uint32_t repeat = 4 * BENCH_HEADERS;
	struct rng r = { 42 };
	const char *only = "", *filter = NULL;
	size_t size = 0;	/* only rulesets and sets of so many */
	bool quick = false, stack = false;
	int c, rounds = 7;
	double start;
	size_t i, s;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'r': rounds = atoi(optarg); break;
		case 'n': repeat = atoi(optarg) * BENCH_HEADERS; break;
		case 'q': quick = true; break;
		case 'o': only = optarg; break;
		case 'c': csv = fopen(optarg, "w"); break;
		case 's': size = atoi(optarg); break;
		case 'k': stack = true; break;
		case 'f': filter = optarg; break;
		default: return 2;
		}
	}
	if (optind != argc - 1 || rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: bench OBJECT [--rounds N] [--repeat N] [--quick] [--stack] [--filter GXDP-OBJECT] [--only rules|rules6|sets] [--size N] [--csv FILE]\n");
		return 2;
	}
	print_cpu();
	if (filter)
		bench_load(filter, rounds);
	start = wall();
	open_bench(argv[optind]);
	printf("%-44s %7.3f s   (all programs and maps of the bench)\n\n",
	       "loaded and verified in", wall() - start);
	if (stack)
		find_stack();
	for (i = 0; i < (quick ? 4 : 5); i++)
		for (s = 0; s < SHAPE_MAX; s++)
			if ((!*only || !strcmp(only, "rules")) &&
			    (!size || size == sizes[i]))
				bench_rules(&r, s, sizes[i], false, rounds,
					    repeat);
	for (i = 2; i < (quick ? 4 : 5); i++)
		if ((!*only || !strcmp(only, "rules6")) &&
		    (!size || size == sizes[i]))
			bench_rules(&r, SHAPE_ACL, sizes[i], true, rounds,
				    repeat);
	for (i = 100000; i <= (quick ? 100000 : 1000000); i *= 10)
		for (s = 0; s < 2; s++)
			if ((!*only || !strcmp(only, "sets")) &&
			    (!size || size == i))
				bench_set(&r, i, s, rounds, repeat);
	if (csv)
		fclose(csv);
	gx_dp_close(dp);
	return 0;
}
