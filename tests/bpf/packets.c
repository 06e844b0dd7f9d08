// SPDX-License-Identifier: GPL-2.0
/*
 * packets OBJECT-DIRECTORY: runs the BPF programs over crafted frames by
 * BPF_PROG_TEST_RUN and compares verdict, counters and what became of the frame.
 * Prints a line per check in the manner of tests/lib.sh.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tally.h"
#include "frames.h"

#define ETH_HEADER 14

static int skipped;

static void die(const char *what)
{
	printf("FAIL: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* --- programs and their counters ------------------------------------------------ */

struct subject {
	struct bpf_object *obj;
	int prog;
	int counters;		/* its per-CPU counter map */
	bool frags;
	const char *name;
};

static struct bpf_object *load(const char *dir, const char *file,
			       const void *rodata, size_t size)
{
	struct bpf_object *obj;
	struct bpf_map *map;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.bpf.o", dir, file);
	obj = bpf_object__open_file(path, NULL);
	if (!obj)
		die(path);
	if (rodata) {
		bpf_object__for_each_map(map, obj)
			if (strstr(bpf_map__name(map), ".rodata") &&
			    bpf_map__set_initial_value(map, rodata, size))
				die("setting .rodata");
	}
	if (bpf_object__load(obj))
		die(path);
	return obj;
}

static void choose(struct subject *s, struct bpf_object *obj, const char *prog,
		   bool frags, const char *counters)
{
	static char names[8][32];
	static int used;
	char *name = names[used++ % 8];

	snprintf(name, sizeof(names[0]), "%s%s", prog, frags ? "_frags" : "");
	s->obj = obj;
	s->name = name;
	s->frags = frags;
	s->prog = bpf_program__fd(bpf_object__find_program_by_name(obj, name));
	s->counters = bpf_object__find_map_fd_by_name(obj, counters);
	if (s->prog < 0 || s->counters < 0)
		die(name);
}

static struct gxdp_count *values;
static int ncpus, ncounts;

/* Counter @i of the map, over all processors */
static struct gxdp_count counter(const struct subject *s, int counts, int i)
{
	struct gxdp_count sum = {};
	__u32 zero = 0;
	int cpu;

	ncounts = counts;
	if (bpf_map_lookup_elem(s->counters, &zero, values))
		die("reading counters");
	for (cpu = 0; cpu < ncpus; cpu++) {
		sum.packets += values[cpu * ncounts + i].packets;
		sum.bytes += values[cpu * ncounts + i].bytes;
	}
	return sum;
}

static __u64 all_packets(const struct subject *s, int counts)
{
	__u64 sum = 0;
	int i;

	for (i = 0; i < counts; i++)
		sum += counter(s, counts, i).packets;
	return sum;
}

/* --- running ------------------------------------------------------------------- */

struct outcome {
	int verdict;
	uint8_t data[FRAME_MAX];
	int len;
};

/*
 * @linear: how much of the frame is in the linear part, 0: as the kernel likes.
 * Returns false if the kernel cannot do that.
 */
static bool run(const struct subject *s, const uint8_t *data, int len, int linear,
		struct outcome *out)
{
	struct xdp_md ctx = { .data_end = linear };
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		    .data_in = data, .data_size_in = len, .data_out = out->data,
		    .data_size_out = sizeof(out->data), .repeat = 1);

	if (linear) {
		opts.ctx_in = &ctx;
		opts.ctx_size_in = sizeof(ctx);
	}
	if (bpf_prog_test_run_opts(s->prog, &opts))
		return false;
	out->verdict = opts.retval;
	out->len = opts.data_size_out;
	return true;
}

/* --- drop ------------------------------------------------------------------------ */

#define CLASS_NAME(name) #name,
static const char *const class_names[] = { GXDP_CLASSES(CLASS_NAME) };

static void expect_class(const struct subject *s, const struct frame *f, int len,
			 int linear, enum gxdp_class class)
{
	struct gxdp_count before = counter(s, GXDP_CLASS_MAX, class);
	__u64 all = all_packets(s, GXDP_CLASS_MAX);
	struct gxdp_count after;
	struct outcome out;

	if (!run(s, f->data, len, linear, &out)) {
		check(false, "%s: %s, %d bytes: %s", s->name, f->name, len,
		      strerror(errno));
		return;
	}
	after = counter(s, GXDP_CLASS_MAX, class);
	check(out.verdict == XDP_DROP, "%s: %s, %d bytes: verdict %d", s->name,
	      f->name, len, out.verdict);
	check(after.packets == before.packets + 1 &&
	      after.bytes == before.bytes + len &&
	      all_packets(s, GXDP_CLASS_MAX) == all + 1,
	      "%s: %s, %d of %d bytes (linear %d): not counted as %s", s->name,
	      f->name, len, f->len, linear, class_names[class]);
}

/* Cut off at every length; where headers are missing it is "truncated" */
static void test_drop_lengths(const struct subject *s)
{
	int i, len;

	for (i = 0; i < nr_frames; i++) {
		const struct frame *f = &frames[i];

		if (f->len > 3000)
			continue;
		for (len = ETH_HEADER; len <= f->len; len++)
			expect_class(s, f, len, 0, len < f->headers ?
				     GXDP_CLASS_truncated : f->class);
	}
}

/* Linear part of every length down to the Ethernet header: same class */
static void test_drop_linear(const struct subject *s)
{
	struct outcome out;
	int i, linear;

	if (!run(s, frames[0].data, frames[0].len, ETH_HEADER, &out)) {
		printf("skip: this kernel's test run always fills the linear part\n");
		skipped++;
		return;
	}
	for (i = 0; i < nr_frames; i++)
		for (linear = ETH_HEADER;
		     linear < frames[i].len && linear < frames[i].headers + 4;
		     linear++)
			expect_class(s, &frames[i], frames[i].len, linear,
				     frames[i].class);
}

static void test_drop(const char *dir)
{
	struct bpf_object *obj = load(dir, "drop", NULL, 0);
	struct subject s;
	int i;

	choose(&s, obj, "drop", false, "drop_counters");
	test_drop_lengths(&s);
	choose(&s, obj, "drop", true, "drop_counters");
	test_drop_lengths(&s);
	for (i = 0; i < nr_frames; i++)
		if (frames[i].len > 3000)
			expect_class(&s, &frames[i], frames[i].len, 0,
				     frames[i].class);
	test_drop_linear(&s);
	bpf_object__close(obj);
}

/* --- reflect ------------------------------------------------------------------------ */

enum { REFLECTED, ECHO_REPLY, NEIGHBOUR, MULTICAST, UNREADABLE, NSTATS };

static bool swapped(const uint8_t *in, const uint8_t *out, int a, int b, int n)
{
	return !memcmp(in + a, out + b, n) && !memcmp(in + b, out + a, n);
}

static bool addresses_swapped(const struct frame *f, const uint8_t *out)
{
	if (!swapped(f->data, out, 0, 6, 6))
		return false;
	if (!f->ip)
		return true;
	if (f->data[f->ip] >> 4 == 4)
		return swapped(f->data, out, f->ip + 12, f->ip + 16, 4);
	return swapped(f->data, out, f->ip + 8, f->ip + 24, 16);
}

static bool ports_right(const struct frame *f, const uint8_t *out)
{
	if (!f->l4)
		return true;
	if (f->swaps_ports)
		return swapped(f->data, out, f->l4, f->l4 + 2, 2);
	/* the first four bytes are as they were, but an echo's type and sum */
	return f->reflection == BACK_ECHO ||
	       !memcmp(f->data + f->l4, out + f->l4, 4);
}

static bool rest_same(const struct frame *f, const uint8_t *out)
{
	int from = f->l4 ? f->l4 + 4 : f->ip ? f->headers : 12;

	return !memcmp(f->data + from, out + from, f->len - from);
}

static void check_back(const struct subject *s, const struct frame *f,
		       const struct outcome *out)
{
	check(out->verdict == XDP_TX, "%s: %s: verdict %d, not TX", s->name,
	      f->name, out->verdict);
	check(out->len == f->len, "%s: %s: length %d", s->name, f->name,
	      out->len);
	check(addresses_swapped(f, out->data), "%s: %s: addresses not exchanged",
	      s->name, f->name);
	check(ports_right(f, out->data), "%s: %s: wrong ports", s->name, f->name);
	check(rest_same(f, out->data), "%s: %s: payload changed", s->name,
	      f->name);
	check(checksums_right(f, out->data, out->len) ==
	      checksums_right(f, f->data, f->len), "%s: %s: wrong checksum",
	      s->name, f->name);
	if (f->reflection == BACK_ECHO)
		check(out->data[f->l4] == (f->data[f->l4] == 8 ? 0 : 129),
		      "%s: %s: type %d is no echo reply", s->name, f->name,
		      out->data[f->l4]);
}

static int stat_of(enum reflection reflection)
{
	static const int stats[] = {
		[BACK] = REFLECTED, [BACK_ECHO] = REFLECTED,
		[STAY_NEIGHBOUR] = NEIGHBOUR, [STAY_MULTICAST] = MULTICAST,
		[STAY_UNREADABLE] = UNREADABLE,
	};

	return stats[reflection];
}

static void reflect_one(const struct subject *s, const struct frame *f)
{
	int stat = stat_of(f->reflection);
	__u64 before = counter(s, NSTATS, stat).packets;
	__u64 echo = counter(s, NSTATS, ECHO_REPLY).packets;
	struct outcome out;

	if (!run(s, f->data, f->len, 0, &out)) {
		check(false, "%s: %s: %s", s->name, f->name, strerror(errno));
		return;
	}
	if (f->reflection == BACK || f->reflection == BACK_ECHO) {
		check_back(s, f, &out);
	} else {
		check(out.verdict == XDP_PASS, "%s: %s: verdict %d, not PASS",
		      s->name, f->name, out.verdict);
		check(out.len == f->len && !memcmp(f->data, out.data, f->len),
		      "%s: %s: changed on its way to the stack", s->name,
		      f->name);
	}
	check(counter(s, NSTATS, stat).packets == before + 1,
	      "%s: %s: counter %d did not move", s->name, f->name, stat);
	check(counter(s, NSTATS, ECHO_REPLY).packets ==
	      echo + (f->reflection == BACK_ECHO), "%s: %s: echo counter",
	      s->name, f->name);
}

/* Cut off anywhere, it must neither go back half changed nor crash */
static void reflect_cut(const struct subject *s, const struct frame *f)
{
	struct outcome out;
	int len;

	for (len = ETH_HEADER; len < f->headers; len++) {
		if (!run(s, f->data, len, 0, &out)) {
			check(false, "%s: %s: %s", s->name, f->name,
			      strerror(errno));
			return;
		}
		check(out.verdict == XDP_PASS && !memcmp(f->data, out.data, len),
		      "%s: %s cut to %d bytes: verdict %d, or changed", s->name,
		      f->name, len, out.verdict);
	}
}

static void test_reflect(const char *dir)
{
	struct bpf_object *obj = load(dir, "reflect", NULL, 0);
	struct subject s;
	int i, frags;

	for (frags = 0; frags < 2; frags++) {
		choose(&s, obj, "reflect", frags, "reflect_stats");
		for (i = 0; i < nr_frames; i++) {
			if (frames[i].len > 3000 && !frags)
				continue;
			reflect_one(&s, &frames[i]);
			reflect_cut(&s, &frames[i]);
		}
	}
	bpf_object__close(obj);
}

/* --- xsk_steer -------------------------------------------------------------------- */

enum { TO_SOCKET, TO_STACK, NO_SOCKET, NSTEER };

/* Without a socket the verdict is always PASS: the counter tells the choice. */
static void steer_one(const struct subject *s, const struct frame *f, bool wanted)
{
	int stat = wanted ? NO_SOCKET : TO_STACK;
	__u64 before = counter(s, NSTEER, stat).packets;
	struct outcome out;

	if (!run(s, f->data, f->len, 0, &out)) {
		check(false, "%s: %s: %s", s->name, f->name, strerror(errno));
		return;
	}
	check(out.verdict == XDP_PASS, "%s: %s: verdict %d", s->name, f->name,
	      out.verdict);
	check(counter(s, NSTEER, stat).packets == before + 1,
	      "%s: %s: %s for the socket", s->name, f->name,
	      wanted ? "not taken" : "taken");
}

static bool is_whole(const struct frame *f)
{
	return f->class != GXDP_CLASS_truncated &&
	       f->class != GXDP_CLASS_malformed &&
	       f->class != GXDP_CLASS_ipv6_deep &&
	       !strstr(f->name, "fragment 6") &&
	       !strstr(f->name, "first fragment") &&
	       !strstr(f->name, "later fragment");
}

static bool in_config(const struct frame *f, const struct gxdp_steer_config *cfg)
{
	int last = cfg->port_last ? cfg->port_last : cfg->port_first;
	bool both = !cfg->udp && !cfg->tcp;

	if (cfg->what != STEER_PORTS)
		return cfg->what == STEER_ALL;
	if (!f->l4 || !is_whole(f))
		return false;
	if (!(f->proto == 6 && (cfg->tcp || both)) &&
	    !(f->proto == 17 && (cfg->udp || both)))
		return false;
	return f->dport >= cfg->port_first && f->dport <= last;
}

static void steer_all(const struct subject *s, const struct gxdp_steer_config *cfg)
{
	int i, taken = 0;

	for (i = 0; i < nr_frames; i++) {
		if (frames[i].len > 3000 && !s->frags)
			continue;
		taken += in_config(&frames[i], cfg);
		steer_one(s, &frames[i], in_config(&frames[i], cfg));
	}
	printf("ok: %s: %d frames, %d of them taken\n", s->name, nr_frames,
	       taken);
	passed++;
}

static const struct gxdp_steer_config configs[] = {
	{ .what = STEER_ALL },
	{ .what = STEER_NOTHING },
	{ .what = STEER_PORTS, .port_first = 53 },
	{ .what = STEER_PORTS, .port_first = 53, .udp = 1 },
	{ .what = STEER_PORTS, .port_first = 80, .tcp = 1 },
	{ .what = STEER_PORTS, .port_first = 53, .tcp = 1 },
	{ .what = STEER_PORTS, .port_first = 50, .port_last = 80, .udp = 1,
	  .tcp = 1 },
	{ .what = STEER_PORTS, .port_first = 81, .port_last = 52 },
};

static void test_steer_map(const char *dir)
{
	struct bpf_object *obj = load(dir, "xsk_steer", NULL, 0);
	int map = bpf_object__find_map_fd_by_name(obj, "steer_config");
	struct subject s;
	__u32 zero = 0;
	size_t i;
	int frags;

	for (frags = 0; frags < 2; frags++) {
		choose(&s, obj, "xsk_steer", frags, "steer_counters");
		/* untouched, it takes everything */
		if (!frags)
			steer_all(&s, &configs[0]);
		for (i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
			if (bpf_map_update_elem(map, &zero, &configs[i], 0))
				die("steer_config");
			steer_all(&s, &configs[i]);
		}
	}
	bpf_object__close(obj);
}

static void test_steer_rodata(const char *dir)
{
	const struct gxdp_steer_config *cfg = &configs[3];
	struct bpf_object *obj;
	struct subject s;

	obj = load(dir, "xsk_steer", cfg, sizeof(*cfg));
	choose(&s, obj, "xsk_steer", false, "steer_counters");
	steer_all(&s, cfg);
	bpf_object__close(obj);
}

/* --- pass --------------------------------------------------------------------------- */

static void test_pass(const char *dir)
{
	struct bpf_object *obj = load(dir, "pass", NULL, 0);
	struct subject s = { .obj = obj, .name = "pass" };
	struct outcome out;
	int i;

	s.prog = bpf_program__fd(bpf_object__find_program_by_name(obj, "pass"));
	for (i = 0; i < nr_frames; i++)
		if (frames[i].len < 3000)
			check(run(&s, frames[i].data, frames[i].len, 0, &out) &&
			      out.verdict == XDP_PASS, "pass: %s",
			      frames[i].name);
	bpf_object__close(obj);
}

/* ---------------------------------------------------------------------------------- */

static void section(const char *name, void (*test)(const char *), const char *dir)
{
	unsigned int before = failed, done = passed;

	test(dir);
	if (failed == before)
		printf("ok: %s: %u comparisons\n", name, passed - done);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: packets OBJECT-DIRECTORY\n");
		return 2;
	}
	ncpus = libbpf_num_possible_cpus();
	values = calloc(ncpus, sizeof(struct gxdp_drop_counters));
	if (!values)
		die("memory");
	frames_build();
	section("pass", test_pass, argv[1]);
	section("drop", test_drop, argv[1]);
	section("reflect", test_reflect, argv[1]);
	section("xsk_steer by map", test_steer_map, argv[1]);
	section("xsk_steer by rodata", test_steer_rodata, argv[1]);
	printf("%u comparisons, %u wrong, %d skipped\n", passed + failed, failed,
	       skipped);
	return failed != 0;
}
