// SPDX-License-Identifier: GPL-2.0
/* The error a command ends with, as text on stderr and as JSON on stdout. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gxdp.h"

static struct {
	enum gx_exit code;
	char message[512];
	char reason[2048];
	char hint[1024];
	json_t *details;	/* further members of the JSON, or NULL */
} error;

static const char *const exit_names[] = {
	[GX_OK] = "ok",
	[GX_FAILED] = "failed",
	[GX_USAGE] = "usage",
	[GX_REFUSED] = "refused",
	[GX_NOT_FOUND] = "not-found",
	[GX_UNSAFE] = "unsafe",
	[GX_BROKEN] = "broken",
	[GX_RULES] = "rules",
};

int fail(enum gx_exit code, const char *fmt, ...)
{
	va_list ap;

	error.code = code;
	error.reason[0] = '\0';
	error.hint[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(error.message, sizeof(error.message), fmt, ap);
	va_end(ap);
	return code;
}

void fail_reason(const char *fmt, ...)
{
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	vsnprintf(error.reason, sizeof(error.reason), fmt, ap);
	va_end(ap);
	/* libbpf and other tools end their words with a newline */
	len = strlen(error.reason);
	while (len && error.reason[len - 1] == '\n')
		error.reason[--len] = '\0';
}

void fail_hint(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(error.hint, sizeof(error.hint), fmt, ap);
	va_end(ap);
}

void fail_details(const char *key, json_t *value)
{
	if (!error.details)
		error.details = json_object();
	json_object_set_new(error.details, key, value);
}

bool fail_has_hint(void)
{
	return error.hint[0];
}

const char *fail_message(void)
{
	return error.message;
}

const char *fail_reason_text(void)
{
	return error.reason;
}

static void report_text(void)
{
	const char *red = log_colour() ? "\033[1;31m" : "";
	const char *off = log_colour() ? "\033[0m" : "";

	fprintf(stderr, "%sgxdp:%s %s\n", red, off, error.message);
	if (error.reason[0])
		fprintf(stderr, "  reason: %s\n", error.reason);
	if (error.hint[0])
		fprintf(stderr, "  to mend it: %s\n", error.hint);
}

static void add_text(json_t *object, const char *key, const char *text)
{
	if (text[0])
		json_object_set_new(object, key, text_json(text));
}

json_t *fail_json(void)
{
	json_t *body = json_object();

	add_text(body, "code", exit_names[error.code]);
	json_object_set_new(body, "exit", json_integer(error.code));
	add_text(body, "message", error.message);
	add_text(body, "reason", error.reason);
	add_text(body, "hint", error.hint);
	if (error.details)
		json_object_update(body, error.details);
	return body;
}

void fail_report(void)
{
	if (!error.code)
		return;
	report_text();
	if (gx_options.json && !gx_json_printed)
		print_json(json_pack("{s:o}", "error", fail_json()));
	json_decref(error.details);
	error.details = NULL;
}
