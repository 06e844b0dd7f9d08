/* SPDX-License-Identifier: GPL-2.0 */
/* A rules file for the verbs: read, with what is to be said of it said. */
#ifndef GXDP_RULEFILE_H
#define GXDP_RULEFILE_H


#include "engine/engine.h"
#include "jsontext.h"
#include "lang/lang.h"

/*
 * Read @path ("-": standard input). Warnings and errors go to stderr. A gx_exit
 * code, with fail() done; *diags is an array for the JSON, always made.
 */
int rulefile_read(const char *path, struct gx_ruleset **rs, json_t **diags);

/* fail() with the three sentences of @err */
int fail_engine(int code, const struct gx_error *err);

/* Ids in the rules' order, where no counters are kept */
void rules_number(struct gx_ruleset *rs);

/* The set called @name; NULL: there is none, or no @rs */
const struct gx_set *rules_set(const struct gx_ruleset *rs, const char *name);

/* "NAME" or "rule 3 (file:12)": what to call a rule */
void rule_label(const struct gx_ruleset *rs, size_t rule, char *out, size_t size);
/* {"index", "name", "text", "file", "line", "id"} */
json_t *rule_json(const struct gx_ruleset *rs, size_t rule);

/* Notes of the compiler, as text to stderr and as an array */
json_t *notes_json(const struct gx_ruleset *rs, const struct gx_report *report);
void notes_print(const struct gx_ruleset *rs, const struct gx_report *report);

#endif /* GXDP_RULEFILE_H */
