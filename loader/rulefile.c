// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "gxdp.h"
#include "rulefile.h"

static const char *const severities[] = {
	[GX_DIAG_ERROR] = "error",
	[GX_DIAG_WARNING] = "warning",
	[GX_DIAG_NOTE] = "note",
};

static void set_text(json_t *object, const char *key, const char *text)
{
	if (text)
		json_object_set_new(object, key, text_json(text));
}

static json_t *diags_json(const struct gx_diags *diags)
{
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < diags->n; i++) {
		const struct gx_diag *d = &diags->v[i];

		one = json_pack("{s:o}", "severity",
				text_json(severities[d->severity]));
		set_text(one, "file", d->file);
		if (d->line) {
			json_object_set_new(one, "line", json_integer(d->line));
			json_object_set_new(one, "column",
					    json_integer(d->column));
			json_object_set_new(one, "width", json_integer(d->width));
		}
		set_text(one, "message", d->message);
		set_text(one, "expected", d->expected);
		set_text(one, "source", d->source);
		json_array_append_new(list, one);
	}
	return list;
}

int rulefile_read(const char *path, struct gx_ruleset **rs, json_t **diags)
{
	struct gx_diags found = {};

	*rs = gx_lang_parse_file(path, NULL, &found);
	*diags = diags_json(&found);
	gx_diags_print(&found, stderr, log_colour());
	if (!*rs) {
		fail(GX_RULES, "%s has %u error%s", path, found.errors,
		     found.errors == 1 ? "" : "s");
		fail_hint("gxdp-rules(5) explains the language");
		fail_details("diagnostics", json_deep_copy(*diags));
	}
	gx_diags_free(&found);
	return *rs ? GX_OK : GX_RULES;
}

int fail_engine(int code, const struct gx_error *err)
{
	fail(code, "%s", err->what);
	if (err->reason[0])
		fail_reason("%s", err->reason);
	if (err->hint[0])
		fail_hint("%s", err->hint);
	return code;
}

void rules_number(struct gx_ruleset *rs)
{
	size_t i;

	for (i = 0; i < rs->nrules; i++)
		rs->rule[i].id = i + 1;
}

const struct gx_set *rules_set(const struct gx_ruleset *rs, const char *name)
{
	size_t i;

	for (i = 0; rs && i < rs->nsets; i++)
		if (!strcmp(rs->set[i].name, name))
			return &rs->set[i];
	return NULL;
}

void rule_label(const struct gx_ruleset *rs, size_t rule, char *out, size_t size)
{
	const struct gx_rule *r = &rs->rule[rule];

	if (r->name)
		snprintf(out, size, "%s", r->name);
	else
		snprintf(out, size, "rule %zu (%s:%u)", rule + 1,
			 r->file ?: "?", r->line);
}

json_t *rule_json(const struct gx_ruleset *rs, size_t rule)
{
	const struct gx_rule *r = &rs->rule[rule];
	json_t *one = json_object();

	json_object_set_new(one, "index", json_integer(rule + 1));
	json_object_set_new(one, "name", text_or_null(r->name));
	set_text(one, "text", r->text);
	set_text(one, "file", r->file);
	json_object_set_new(one, "line", json_integer(r->line));
	if (r->id)
		json_object_set_new(one, "id", json_integer(r->id));
	return one;
}

static const char *const note_names[] = {
	[GX_NOTE_SHADOWED] = "shadowed",
	[GX_NOTE_REDUNDANT] = "redundant",
	[GX_NOTE_COVERED] = "covered",
	[GX_NOTE_IMPOSSIBLE] = "impossible",
};

json_t *notes_json(const struct gx_ruleset *rs, const struct gx_report *report)
{
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < report->nnotes; i++) {
		const struct gx_note *n = &report->note[i];

		one = json_pack("{s:o, s:o}", "kind",
				text_json(note_names[n->kind]), "rule",
				rule_json(rs, n->rule));
		json_object_set_new(one, "by", n->by == n->rule ? json_null() :
				    rule_json(rs, n->by));
		json_array_append_new(list, one);
	}
	return list;
}

#define NOTES_SHOWN 20

void notes_print(const struct gx_ruleset *rs, const struct gx_report *report)
{
	char label[256], by[256];
	size_t i;

	for (i = 0; i < report->nnotes && i < NOTES_SHOWN; i++) {
		const struct gx_note *n = &report->note[i];

		rule_label(rs, n->rule, label, sizeof(label));
		rule_label(rs, n->by, by, sizeof(by));
		switch (n->kind) {
		case GX_NOTE_SHADOWED:
			warn("%s is never reached: %s takes all its packets", label,
			     by);
			break;
		case GX_NOTE_REDUNDANT:
			warn("%s changes nothing: %s takes its packets and does the same",
			     label, by);
			break;
		case GX_NOTE_COVERED:
			warn("%s is never reached: earlier rules together take all its packets",
			     label);
			break;
		case GX_NOTE_IMPOSSIBLE:
			warn("%s can match no packet", label);
			break;
		}
	}
	if (report->nnotes > NOTES_SHOWN)
		warn("... and %zu more such rules (-j lists all)",
		     report->nnotes - NOTES_SHOWN);
	if (!report->notes_complete)
		warn("too many rules to compare each with all others: there may be more");
}
