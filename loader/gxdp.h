/* SPDX-License-Identifier: GPL-2.0 */
/* What every verb of the gxdp command shares: exit codes, errors, messages. */
#ifndef GXDP_LOADER_H
#define GXDP_LOADER_H

#include <argp.h>
#include <stdbool.h>

#include "jsontext.h"

/* Documented in gxdp(8): scripts rely on them. */
enum gx_exit {
	GX_OK		= 0,
	GX_FAILED	= 1,	/* did not work; all is as it was */
	GX_USAGE	= 2,	/* the command line is wrong */
	GX_REFUSED	= 3,	/* kernel or driver said no, with its reason */
	GX_NOT_FOUND	= 4,	/* no such device, object or program */
	GX_UNSAFE	= 5,	/* gxdp itself says no, unless --force or --replace */
	GX_BROKEN	= 6,	/* failed, and could not be put back */
	GX_RULES	= 7,	/* the rules file has errors, or cannot be had */
	GX_NO		= 8,	/* the answer to what was asked is no; no error */
};

struct gx_options {
	bool json;
	int verbose;
};

extern struct gx_options gx_options;

/* One verb of the command; its file is named like it. */
struct gx_verb {
	const char *name;
	const char *synopsis;
	const char *summary;
	int (*run)(int argc, char **argv);
};

int verb_apply(int argc, char **argv);
int verb_attach(int argc, char **argv);
int verb_bind(int argc, char **argv);
int verb_bugreport(int argc, char **argv);
int verb_check(int argc, char **argv);
int verb_counters(int argc, char **argv);
int verb_detach(int argc, char **argv);
int verb_doctor(int argc, char **argv);
int verb_features(int argc, char **argv);
int verb_metrics(int argc, char **argv);
int verb_set(int argc, char **argv);
int verb_show(int argc, char **argv);
int verb_status(int argc, char **argv);
int verb_test(int argc, char **argv);
int verb_top(int argc, char **argv);
int verb_trace(int argc, char **argv);
int verb_unbind(int argc, char **argv);

/* Options every verb takes: -j, -v. To be listed as a child of its argp. */
extern const struct argp_child gx_common_options[];

/*
 * err.c: the one error the command ends with. fail() records it and returns
 * its code, to be handed up; the later two add to it. main() reports it.
 */
int fail(enum gx_exit code, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void fail_reason(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void fail_hint(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A member of the JSON of the error, beside those; takes the reference */
void fail_details(const char *key, json_t *value);
bool fail_has_hint(void);
/* The recorded message, or "" */
const char *fail_message(void);
const char *fail_reason_text(void);
/* What -j has of it as the member "error"; NULL: out of memory */
json_t *fail_json(void);
void fail_report(void);

/* log.c: to stderr, so that stdout is the result and nothing else */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool log_colour(void);

/* Print @result as the command's output if -j was given; takes the reference. */
void print_json(json_t *result);
/* To begin with in commands that print an object a line: then an error is a line, too */
void print_json_lines(void);
/* The same as print_json() for those, behind print_json_lines(), as things happen */
void print_json_line(json_t *line);

/* The one object that stdout gets is there: an error goes to stderr alone */
extern bool gx_json_printed;
/* There was one that could not be made, for lack of memory */
extern bool gx_json_failed;

#endif /* GXDP_LOADER_H */
