// SPDX-License-Identifier: GPL-2.0
/* gxdp metrics: counters as OpenMetrics text, for node_exporter and its like; or as JSON. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "caps.h"
#include "gxdp.h"
#include "ruletable.h"
#include "words.h"

struct metrics_args {
	struct words words;
	const char *output;
};

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0,
	  "Write to a file, which is replaced when all is written", 0 },
	{}
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct metrics_args *args = state->input;

	switch (key) {
	case 'o':
		args->output = arg;
		return 0;
	case ARGP_KEY_ARG:
		words_take(&args->words, arg, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = gx_common_options,
	.args_doc = "[dev NAME]",
	.doc = "Print counters of one device, or of all that have rules, in the OpenMetrics text format."
	       "\vFor node_exporter: gxdp metrics -o /var/lib/prometheus/node-exporter/gxdp.prom. See gxdp-metrics(8).",
};

/* What is printed is collected first: a metric's samples stand together */
struct device {
	struct datapath d;
	struct rule_counts counts;
};

struct devices {
	struct device *v;
	size_t n;
	int ret;
};

static int add_device(struct devices *all, const char *name)
{
	struct device *more, *dev;
	int ret;

	more = realloc(all->v, (all->n + 1) * sizeof(*more));
	if (!more)
		return fail(GX_FAILED, "out of memory");
	all->v = more;
	dev = memset(&more[all->n], 0, sizeof(*dev));
	ret = datapath_open(&dev->d, name, DATAPATH_PEEK);
	if (!ret && dev->d.dp)
		ret = rule_counts_read(&dev->d, &dev->counts);
	if (ret || !dev->d.dp) {
		rule_counts_free(&dev->counts);
		datapath_close(&dev->d);
	} else {
		all->n++;
	}
	return ret;
}

static bool add_link(const struct link *link, void *arg)
{
	struct devices *all = arg;
	int ret = add_device(all, link->name);

	/* the others' counters are worth having without this one's */
	if (ret && ret != GX_REFUSED) {
		warn("%s is left out: %s", link->name, fail_message());
		return true;
	}
	all->ret = ret;
	return !ret;
}

static int collect(struct devices *all, const char *name)
{
	struct nl nl;
	int err;

	if (name) {
		all->ret = add_device(all, name);
		if (all->ret || all->n)
			return all->ret;
		fail(GX_NOT_FOUND, "no rules are applied on %s", name);
		fail_hint("gxdp apply FILE dev %s", name);
		return GX_NOT_FOUND;
	}
	err = nl_open(&nl, NETLINK_ROUTE);
	if (err)
		return fail(GX_FAILED, "no netlink: %s", strerror(-err));
	link_for_each(&nl, add_link, all);
	nl_close(&nl);
	return all->ret;
}

/* UTF-8, with quotes, backslashes and line ends as the format wants them */
static void put_label(FILE *out, const char *key, const char *bytes)
{
	json_t *text = text_json(bytes);
	const char *value = text ? json_string_value(text) : "";

	fprintf(out, "%s=\"", key);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			fputc('\\', out);
		if (*value == '\n')
			fputs("\\n", out);
		else
			fputc(*value, out);
	}
	fputc('"', out);
	json_decref(text);
}

static void head(FILE *out, const char *name, const char *type,
		 const char *unit, const char *help)
{
	fprintf(out, "# TYPE %s %s\n", name, type);
	if (unit)
		fprintf(out, "# UNIT %s %s\n", name, unit);
	fprintf(out, "# HELP %s %s\n", name, help);
}

static void put_rule(FILE *out, const char *metric, const struct device *dev,
		     size_t i, unsigned long long value)
{
	const struct gx_ruleset *rs = dev->d.store.rs;
	char index[24];

	fprintf(out, "%s{", metric);
	put_label(out, "device", dev->d.link.name);
	fputc(',', out);
	if (i < dev->counts.n) {
		snprintf(index, sizeof(index), "%zu", i + 1);
		put_label(out, "rule", rs->rule[i].name ?: index);
	} else {
		put_label(out, "rule", "default");
	}
	fprintf(out, "} %llu\n", value);
}

static void put_rules(FILE *out, const struct devices *all, bool bytes)
{
	const char *metric = bytes ? "gxdp_rule_bytes_total" :
				     "gxdp_rule_packets_total";
	const struct gxdp_count *count;
	size_t k, i;

	if (bytes)
		head(out, "gxdp_rule_bytes", "counter", "bytes",
		     "Bytes of the packets that a rule decided or counted.");
	else
		head(out, "gxdp_rule_packets", "counter", NULL,
		     "Packets that a rule decided or counted.");
	for (k = 0; k < all->n; k++)
		for (i = 0; i <= all->v[k].counts.n; i++) {
			count = &all->v[k].counts.rule[i];
			put_rule(out, metric, &all->v[k], i,
				 bytes ? count->bytes : count->packets);
		}
}

static void put_reasons(FILE *out, const struct devices *all, bool bytes)
{
	const struct gxdp_count *count;
	unsigned int r;
	size_t k;

	if (bytes)
		head(out, "gxdp_bytes", "counter", "bytes",
		     "Bytes by what became of the packets.");
	else
		head(out, "gxdp_packets", "counter", NULL,
		     "Packets by what became of them.");
	for (k = 0; k < all->n; k++)
		for (r = 0; r < GXDP_REASON_MAX; r++) {
			count = &all->v[k].counts.reason[r];
			fputs(bytes ? "gxdp_bytes_total{" : "gxdp_packets_total{",
			      out);
			put_label(out, "device", all->v[k].d.link.name);
			fputc(',', out);
			put_label(out, "outcome", gx_reason_name(r));
			fprintf(out, "} %llu\n",
				bytes ? count->bytes : count->packets);
		}
}

static void put_gauges(FILE *out, const struct devices *all)
{
	size_t k;

	head(out, "gxdp_rules", "gauge", NULL, "Rules that are applied.");
	for (k = 0; k < all->n; k++) {
		fputs("gxdp_rules{", out);
		put_label(out, "device", all->v[k].d.link.name);
		fprintf(out, "} %zu\n", all->v[k].counts.n);
	}
	head(out, "gxdp_table_bytes", "gauge", "bytes",
	     "Memory of the tables, old and new.");
	for (k = 0; k < all->n; k++) {
		fputs("gxdp_table_bytes{", out);
		put_label(out, "device", all->v[k].d.link.name);
		fprintf(out, "} %zu\n", all->v[k].d.info.bytes);
	}
}

static void put_all(FILE *out, const struct devices *all)
{
	put_rules(out, all, false);
	put_rules(out, all, true);
	put_reasons(out, all, false);
	put_reasons(out, all, true);
	put_gauges(out, all);
	fputs("# EOF\n", out);
}

/* The same for JSON; NULL without memory */
static json_t *all_json(struct devices *all)
{
	json_t *list = json_array(), *one;
	size_t k;

	for (k = 0; k < all->n; k++) {
		one = rules_json(&all->v[k].d, &all->v[k].counts);
		json_object_set_new(one, "reasons", reasons_json(&all->v[k].counts));
		json_object_set_new(one, "table_bytes",
				    json_integer(all->v[k].d.info.bytes));
		json_array_append_new(list, one);
	}
	return json_pack("{s:o}", "metrics", list);
}

static int write_error(const char *path)
{
	fail(GX_FAILED, "cannot write %s", path);
	fail_reason("%s", strerror(errno));
	return GX_FAILED;
}

/* node_exporter must never see half of it */
static int put_file(const char *path, const struct devices *all)
{
	char temp[4096];
	FILE *out;
	int fd;

	if (snprintf(temp, sizeof(temp), "%s.XXXXXX", path) >= (int)sizeof(temp)) {
		errno = ENAMETOOLONG;
		return write_error(path);
	}
	fd = mkstemp(temp);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out)
		return write_error(path);
	put_all(out, all);
	fchmod(fd, 0644);
	if (ferror(out) | fclose(out) || rename(temp, path)) {
		write_error(path);
		unlink(temp);
		return GX_FAILED;
	}
	return GX_OK;
}

int verb_metrics(int argc, char **argv)
{
	struct metrics_args args = {};
	struct devices all = {};
	size_t i;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	if (gx_options.json && args.output) {
		ret = fail(GX_USAGE, "what is written to a file is OpenMetrics text, not JSON");
		fail_hint("gxdp -j metrics >%s", args.output);
		return ret;
	}
	caps_keep(CAPS_LOOK, args.output);
	ret = collect(&all, args.words.dev);
	if (!ret && args.output)
		ret = put_file(args.output, &all);
	else if (!ret && gx_options.json)
		print_json(all_json(&all));
	else if (!ret)
		put_all(stdout, &all);
	for (i = 0; i < all.n; i++) {
		rule_counts_free(&all.v[i].counts);
		datapath_close(&all.v[i].d);
	}
	free(all.v);
	return ret;
}
