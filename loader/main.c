// SPDX-License-Identifier: GPL-2.0
/* The gxdp command: finds the verb, runs it, reports how it ended. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gxdp/version.h>
#include "gxdp.h"
#include "run.h"

struct gx_options gx_options;

static const struct gx_verb verbs[] = {
	{ "check", "FILE", "check a rules file; nothing is loaded", verb_check },
	{ "apply", "FILE dev NAME", "make its rules those of a device",
	  verb_apply },
	{ "show", "WHAT dev NAME", "rules, sets, queues or programs", verb_show },
	{ "set", "add|del|... SET ...", "members of a set, at run time", verb_set },
	{ "counters", "dev NAME", "what each rule counted; --reset",
	  verb_counters },
	{ "top", "dev NAME", "the same, live", verb_top },
	{ "test", "FILE --pcap IN", "what rules would do with a capture",
	  verb_test },
	{ "trace", "dev NAME", "what is decided about packets, live",
	  verb_trace },
	{ "features", "[dev NAME]", "what XDP a device can do, and why not",
	  verb_features },
	{ "metrics", "[dev NAME]", "counters as OpenMetrics text",
	  verb_metrics },
	{ "attach", "FILE dev NAME", "attach an XDP program to a device",
	  verb_attach },
	{ "detach", "dev NAME", "take rules or program off a device",
	  verb_detach },
	{ "status", "[dev NAME]", "show devices, their programs and abilities",
	  verb_status },
	{ "bind", "PCI-ADDRESS|NAME", "give a network card to the gxdp driver",
	  verb_bind },
	{ "unbind", "PCI-ADDRESS|NAME", "give it back to the kernel's own driver",
	  verb_unbind },
	{ "doctor", "", "say what is wrong with a set-up, and how to mend it",
	  verb_doctor },
	{ "bugreport", "[FILE]", "collect what a maintainer needs, without secrets",
	  verb_bugreport },
};

#define NVERBS (sizeof(verbs) / sizeof(verbs[0]))

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	switch (key) {
	case 'j':
		gx_options.json = true;
		return 0;
	case 'v':
		gx_options.verbose++;
		return 0;
	case 'h':
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option common_options[] = {
	{ "json", 'j', NULL, 0, "Print the result, and any error, as JSON", 0 },
	{ "verbose", 'v', NULL, 0, "Say what is being done", 0 },
	/* argp's own is -? */
	{ NULL, 'h', NULL, OPTION_HIDDEN, NULL, 0 },
	{}
};

static const struct argp common_argp = {
	.options = common_options,
	.parser = parse_common,
};

const struct argp_child gx_common_options[] = {
	{ &common_argp, 0, NULL, 10 },
	{}
};

static void usage(FILE *to)
{
	size_t i;

	fputs("Usage: gxdp [-j] [-v] VERB [ARGUMENTS]\n\n", to);
	for (i = 0; i < NVERBS; i++)
		fprintf(to, "  %-9s %-21s %s\n", verbs[i].name,
			verbs[i].synopsis, verbs[i].summary);
	fputs("\n"
	      "  -j, --json     print the result, and any error, as JSON\n"
	      "  -v, --verbose  say what is being done\n"
	      "      --version  print the version\n"
	      "  -h, --help     print this\n"
	      "\n"
	      "gxdp help VERB lists a verb's own options; gxdp(8) is the manual.\n",
	      to);
}

static const struct gx_verb *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < NVERBS; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

/* argp reports a wrong command line itself, and exits: -j must still get JSON. */
static void usage_as_json(int status, void *arg)
{
	(void)arg;
	if (status == GX_USAGE && gx_options.json && !gx_json_printed)
		print_json(json_pack("{s:{s:o, s:i, s:o}}", "error", "code",
				     text_json("usage"), "exit", status,
				     "message",
				     text_json("wrong command line: see stderr")));
}

static void scan_for_json(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "-j") || !strcmp(argv[i], "--json"))
			gx_options.json = true;
}

/* Who reads us may end before we do, which is no error: gxdp trace | head */
static bool reader_is_gone(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) > 0 && out.revents & POLLERR;
}

/* The status to end with, when all is done but that the output may not be written */
static int finish(int ret)
{
	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return ret;
	if (ret || reader_is_gone())
		return ret;
	ret = fail(GX_FAILED, "cannot write the result to standard output");
	if (errno)
		fail_reason("%s", strerror(errno));
	fail_report();
	return ret;
}

/* One of several letters behind one dash */
static bool short_option(char letter)
{
	switch (letter) {
	case 'V':
		printf("gxdp %s\n", GXDP_VERSION);
		exit(finish(GX_OK));
	case 'h':
	case '?':
		usage(stdout);
		exit(finish(GX_OK));
	default:
		return !parse_common(letter, NULL, NULL);
	}
}

static bool long_option(const char *name)
{
	static const struct {
		const char *name;
		char letter;
	} names[] = {
		{ "json", 'j' }, { "verbose", 'v' }, { "version", 'V' },
		{ "help", 'h' },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i].name))
			return short_option(names[i].letter);
	return false;
}

static bool global_option(const char *arg)
{
	if (arg[1] == '-')
		return long_option(arg + 2);
	if (!*++arg)
		return false;
	while (*arg)
		if (!short_option(*arg++))
			return false;
	return true;
}

static int run_verb(const struct gx_verb *verb, int argc, char **argv)
{
	char name[32];
	int ret;

	/* so that argp's own messages begin with the verb */
	snprintf(name, sizeof(name), "gxdp %s", verb->name);
	argv[0] = name;
	program_invocation_name = name;
	ret = verb->run(argc, argv);
	if (!ret && gx_json_failed) {
		ret = fail(GX_FAILED, "the result cannot be printed as JSON");
		fail_reason("%s", strerror(ENOMEM));
		fail_hint("what was to be done is done; without -j less memory is needed");
	}
	if (ret)
		fail_report();
	return finish(ret);
}

/* Options before the verb: returns the verb's index, or exits */
static int parse_global(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (global_option(argv[i]))
			continue;
		fprintf(stderr, "gxdp: unknown option %s\n", argv[i]);
		usage(stderr);
		exit(GX_USAGE);
	}
	return i;
}

static int no_verb(const char *name)
{
	fprintf(stderr, "gxdp: there is no verb \"%s\"\n", name);
	usage(stderr);
	return GX_USAGE;
}

/* gxdp help [VERB] */
static int help(int argc, char **argv)
{
	char option[] = "--help", *args[] = { NULL, option, NULL };
	const struct gx_verb *verb;

	if (argc == 1) {
		usage(stdout);
		return finish(GX_OK);
	}
	verb = find_verb(argv[1]);
	return verb ? run_verb(verb, 2, args) : no_verb(argv[1]);
}

int main(int argc, char **argv)
{
	const struct gx_verb *verb;
	int first;

	argp_err_exit_status = GX_USAGE;
	run_find_tools();
	scan_for_json(argc, argv);
	on_exit(usage_as_json, NULL);

	first = parse_global(argc, argv);
	if (first == argc) {
		usage(stderr);
		return GX_USAGE;
	}
	if (!strcmp(argv[first], "help"))
		return help(argc - first, argv + first);
	verb = find_verb(argv[first]);
	return verb ? run_verb(verb, argc - first, argv + first) :
		      no_verb(argv[first]);
}
