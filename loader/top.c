// SPDX-License-Identifier: GPL-2.0
/* gxdp top: rules, queues and what became of packets, as they change. */
#include <locale.h>
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "caps.h"
#include "clock.h"
#include "gxdp.h"
#include "lang/lang.h"
#include "queues.h"
#include "ruletable.h"
#include "table.h"
#include "words.h"

struct top_args {
	struct words words;
	bool batch;
	unsigned long count;
	unsigned int interval_ms;
};

static const struct argp_option options[] = {
	{ "batch", 'b', NULL, 0, "Plain text, for pipes and files", 0 },
	{ "count", 'n', "N", 0, "End after N tables", 0 },
	{ "interval", 'd', "SECONDS", 0, "Time between tables (default: 1)", 0 },
	{}
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct top_args *args = state->input;
	double seconds;

	switch (key) {
	case 'b':
		args->batch = true;
		return 0;
	case 'n':
		args->count = strtoul(arg, NULL, 10);
		if (!args->count)
			argp_error(state, "-n takes a number of tables");
		return 0;
	case 'd':
		seconds = strtod(arg, NULL);
		if (!(seconds >= 0.1 && seconds <= 3600))
			argp_error(state, "-d takes 0.1 to 3600 seconds");
		args->interval_ms = seconds * 1000;
		return 0;
	case ARGP_KEY_ARG:
		words_take(&args->words, arg, state);
		return 0;
	case ARGP_KEY_END:
		words_need(&args->words, 0, true, "of which device? dev NAME", state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = gx_common_options,
	.args_doc = "dev NAME",
	.doc = "Show live what the rules of a device do: packets and bits per second for each rule, for what became of packets, and for each queue. With -j, an object a line."
	       "\vKeys: s sorts by rate or by order, q ends. See gxdp-top(8).",
};

/* A line of the table: something counted, then and now */
struct row {
	char what[512];
	unsigned long long packets, bytes;
	double pps, bps;
	size_t order;
};

struct top {
	struct top_args args;
	struct datapath d;
	struct rule_counts now, before;
	json_t *queues_now, *queues_before;
	int64_t at, at_before;		/* ms */
	uint32_t generation;
	bool by_rate;
};

static double rate(unsigned long long now, unsigned long long before, double s)
{
	return s > 0 && now >= before ? (now - before) / s : 0;
}

static void fill(struct row *row, const struct gxdp_count *now,
		 const struct gxdp_count *before, double s)
{
	row->packets = now->packets;
	row->bytes = now->bytes;
	row->pps = before ? rate(now->packets, before->packets, s) : 0;
	row->bps = before ? rate(now->bytes, before->bytes, s) * 8 : 0;
}

/* New rules have other places: what was read before says nothing of them */
static bool comparable(const struct top *t)
{
	return t->before.rule && t->now.n == t->before.n &&
	       t->generation == t->d.info.root.generation;
}

static int by_rate(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->pps != y->pps)
		return x->pps < y->pps ? 1 : -1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static struct row *rule_rows(const struct top *t, size_t *n)
{
	const struct gx_ruleset *rs = t->d.store.rs;
	double s = (t->at - t->at_before) / 1000.0;
	struct row *rows;
	size_t i;

	*n = t->now.n + 1;
	rows = calloc(*n, sizeof(*rows));
	for (i = 0; rows && i < *n; i++) {
		rows[i].order = i;
		fill(&rows[i], &t->now.rule[i], comparable(t) ?
		     &t->before.rule[i] : NULL, s);
		if (i == t->now.n)
			snprintf(rows[i].what, sizeof(rows[i].what), "default %s",
				 rs ? gx_verdict_name(rs->dflt) : "pass");
		else
			snprintf(rows[i].what, sizeof(rows[i].what), "%s%s%s",
				 rs->rule[i].name ?: "",
				 rs->rule[i].name ? ": " : "", rs->rule[i].text);
	}
	if (rows && t->by_rate)
		qsort(rows, *n, sizeof(*rows), by_rate);
	return rows;
}

static struct row *reason_rows(const struct top *t, size_t *n)
{
	double s = (t->at - t->at_before) / 1000.0;
	struct row *rows = calloc(GXDP_REASON_MAX, sizeof(*rows));
	unsigned int r;

	*n = 0;
	for (r = 0; rows && r < GXDP_REASON_MAX; r++) {
		if (!t->now.reason[r].packets)
			continue;
		fill(&rows[*n], &t->now.reason[r], t->before.rule ?
		     &t->before.reason[r] : NULL, s);
		snprintf(rows[*n].what, sizeof(rows[*n].what), "%s",
			 gx_reason_name(r));
		rows[*n].order = r;
		(*n)++;
	}
	return rows;
}

static void queue_count(const json_t *list, size_t i, struct gxdp_count *count)
{
	const json_t *stats = json_object_get(json_array_get(list, i), "stats");
	const json_t *packets = json_object_get(stats, "packets") ?:
				json_object_get(stats, "xdp_packets");
	const json_t *bytes = json_object_get(stats, "bytes") ?:
			      json_object_get(stats, "xdp_bytes");

	count->packets = json_integer_value(packets);
	count->bytes = json_integer_value(bytes);
}

static struct row *queue_rows(const struct top *t, size_t *n)
{
	double s = (t->at - t->at_before) / 1000.0;
	struct gxdp_count now, before;
	struct row *rows;
	size_t i;

	*n = json_array_size(t->queues_now);
	rows = calloc(*n + 1, sizeof(*rows));
	for (i = 0; rows && i < *n; i++) {
		queue_count(t->queues_now, i, &now);
		queue_count(t->queues_before, i, &before);
		fill(&rows[i], &now, t->queues_before ? &before : NULL, s);
		snprintf(rows[i].what, sizeof(rows[i].what), "queue %zu", i);
		rows[i].order = i;
	}
	return rows;
}

/* --- reading ------------------------------------------------------------------------- */

static int read_counts(struct top *t)
{
	struct gx_error err = {};

	rule_counts_free(&t->before);
	t->before = t->now;
	memset(&t->now, 0, sizeof(t->now));
	json_decref(t->queues_before);
	t->queues_before = t->queues_now;
	t->at_before = t->at;
	t->generation = t->d.info.root.generation;

	if (gx_dp_info(t->d.dp, &t->d.info, &err))
		return fail(GX_FAILED, "%s", err.what);
	/* rules may be applied while we look */
	if (t->d.info.installed && (!t->d.store.rs || t->d.store.generation !=
				    t->d.info.root.generation)) {
		store_free(&t->d.store);
		store_load(&t->d.pins, t->d.info.root.generation, &t->d.store);
	}
	t->queues_now = queues_json(t->d.link.name, t->d.link.ifindex);
	t->at = clock_ms();
	return rule_counts_read(&t->d, &t->now);
}

/* --- printing ------------------------------------------------------------------------ */

typedef struct row *(*rows_fn)(const struct top *t, size_t *n);

static const struct {
	const char *head;
	const char *key;
	rows_fn rows;
} sections[] = {
	{ "WHAT BECAME OF THEM", "reasons", reason_rows },
	{ "QUEUE", "queues", queue_rows },
	{ "RULE", "rules", rule_rows },
};

#define NSECTIONS (sizeof(sections) / sizeof(sections[0]))

static void row_text(const struct row *row, char *out, size_t size)
{
	char packets[16], pps[16], bps[16];

	human_number(row->packets, packets);
	human_number(row->pps, pps);
	human_number(row->bps, bps);
	snprintf(out, size, "%8s %8s %8s  %s", pps, bps, packets, row->what);
}

static void head_text(const char *what, char *out, size_t size)
{
	snprintf(out, size, "%8s %8s %8s  %s", "PPS", "BIT/S", "PACKETS", what);
}

static void print_batch(const struct top *t)
{
	char line[640];
	struct row *rows;
	size_t i, k, n;

	printf("%s: %zu rules, generation %u\n", t->d.link.name, t->now.n,
	       t->d.info.root.generation);
	for (i = 0; i < NSECTIONS; i++) {
		rows = sections[i].rows(t, &n);
		head_text(sections[i].head, line, sizeof(line));
		puts(line);
		for (k = 0; rows && k < n; k++) {
			row_text(&rows[k], line, sizeof(line));
			puts(line);
		}
		free(rows);
	}
	putchar('\n');
	fflush(stdout);
}

static void print_json_line(const struct top *t)
{
	json_t *all = json_object(), *list;
	struct row *rows;
	size_t i, k, n;

	json_object_set_new(all, "dev", json_string(t->d.link.name));
	json_object_set_new(all, "seconds", json_real((t->at - t->at_before) /
						      1000.0));
	for (i = 0; i < NSECTIONS; i++) {
		rows = sections[i].rows(t, &n);
		list = json_array();
		for (k = 0; rows && k < n; k++)
			json_array_append_new(list, json_pack(
				"{s:s, s:I, s:I, s:f, s:f}", "what",
				rows[k].what, "packets",
				(json_int_t)rows[k].packets, "bytes",
				(json_int_t)rows[k].bytes, "packets_per_second",
				rows[k].pps, "bits_per_second", rows[k].bps));
		json_object_set_new(all, sections[i].key, list);
		free(rows);
	}
	json_dumpf(all, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	gx_json_printed = true;
	json_decref(all);
}

/* --- the screen ---------------------------------------------------------------------- */

static void draw_line(int y, const char *text, int attr)
{
	if (y >= LINES)
		return;
	attron(attr);
	mvaddnstr(y, 0, text, COLS);
	attroff(attr);
}

static void draw(const struct top *t)
{
	char line[640];
	struct row *rows;
	size_t i, k, n;
	int y = 0;

	erase();
	snprintf(line, sizeof(line), "gxdp top: %s, %zu rules, generation %u   (s: %s, q: end)",
		 t->d.link.name, t->now.n, t->d.info.root.generation,
		 t->by_rate ? "by order" : "by rate");
	draw_line(y++, line, A_BOLD);
	for (i = 0; i < NSECTIONS; i++) {
		rows = sections[i].rows(t, &n);
		head_text(sections[i].head, line, sizeof(line));
		draw_line(++y, line, A_REVERSE);
		for (k = 0, y++; rows && k < n && y < LINES; k++) {
			row_text(&rows[k], line, sizeof(line));
			draw_line(y++, line, rows[k].pps > 0 ? A_BOLD : A_NORMAL);
		}
		free(rows);
	}
	refresh();
}

static int run_screen(struct top *t)
{
	unsigned long shown = 0;
	int ret = GX_OK, key;

	setlocale(LC_ALL, "");
	initscr();
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	curs_set(0);
	timeout(t->args.interval_ms);
	for (;;) {
		draw(t);
		if (t->args.count && ++shown >= t->args.count)
			break;
		key = getch();
		if (key == 'q' || key == 'Q' || key == 27)
			break;
		if (key == 's' || key == 'S') {
			t->by_rate = !t->by_rate;
			continue;
		}
		ret = read_counts(t);
		if (ret)
			break;
	}
	endwin();
	return ret;
}

static int run_batch(struct top *t)
{
	struct timespec pause = {
		.tv_sec = t->args.interval_ms / 1000,
		.tv_nsec = t->args.interval_ms % 1000 * 1000000L,
	};
	unsigned long shown = 0;
	int ret = GX_OK;

	for (;;) {
		if (gx_options.json)
			print_json_line(t);
		else
			print_batch(t);
		if (ferror(stdout) || (t->args.count &&
				       ++shown >= t->args.count))
			break;
		nanosleep(&pause, NULL);
		ret = read_counts(t);
		if (ret)
			break;
	}
	return ret;
}

int verb_top(int argc, char **argv)
{
	struct top t = { .args.interval_ms = 1000 };
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &t.args);
	caps_keep(CAPS_LOOK);
	ret = datapath_open(&t.d, t.args.words.dev, DATAPATH_LOOK);
	ret = ret ?: read_counts(&t);
	if (!ret && !t.args.batch && !gx_options.json &&
	    !isatty(STDOUT_FILENO)) {
		ret = fail(GX_USAGE, "standard output is no terminal");
		fail_hint("gxdp top --batch, or gxdp counters");
	}
	if (!ret)
		ret = t.args.batch || gx_options.json ? run_batch(&t) :
		      run_screen(&t);
	rule_counts_free(&t.now);
	rule_counts_free(&t.before);
	json_decref(t.queues_now);
	json_decref(t.queues_before);
	datapath_close(&t.d);
	return ret;
}
