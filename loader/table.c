// SPDX-License-Identifier: GPL-2.0
#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "table.h"

struct table {
	struct libscols_table *t;
	struct libscols_line *line;
	unsigned int cell;
};

struct table *table_new(const struct table_column *columns)
{
	struct table *table = calloc(1, sizeof(*table));
	int flags;

	if (!table)
		return NULL;
	table->t = scols_new_table();
	if (!table->t) {
		free(table);
		return NULL;
	}
	for (; columns->name; columns++) {
		flags = (columns->number ? SCOLS_FL_RIGHT : 0) |
			(columns->wrap ? SCOLS_FL_WRAP : 0);
		scols_table_new_column(table->t, columns->name, 0, flags);
	}
	/* as long as it takes where nobody looks */
	if (!isatty(STDOUT_FILENO))
		scols_table_set_termforce(table->t, SCOLS_TERMFORCE_NEVER);
	return table;
}

void table_row(struct table *t)
{
	if (!t)
		return;
	t->line = scols_table_new_line(t->t, NULL);
	t->cell = 0;
}

void table_cell(struct table *t, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	if (!t || !t->line)
		return;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (text && scols_line_refer_data(t->line, t->cell, text))
		free(text);
	t->cell++;
}

void table_print(struct table *t)
{
	if (!t)
		return;
	scols_print_table(t->t);
	scols_unref_table(t->t);
	free(t);
}

void human_number(double value, char out[16])
{
	static const char units[] = { 0, 'k', 'M', 'G', 'T', 'P' };
	unsigned int i = 0;

	while (value >= 999.95 && i + 1 < sizeof(units)) {
		value /= 1000;
		i++;
	}
	if (i)
		snprintf(out, 16, "%.1f%c", value, units[i]);
	else
		snprintf(out, 16, "%.0f", value);
}
