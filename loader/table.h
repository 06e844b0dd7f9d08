/* SPDX-License-Identifier: GPL-2.0 */
/* Tables on standard output, by libsmartcols. */
#ifndef GXDP_TABLE_H
#define GXDP_TABLE_H

#include <stdbool.h>

struct table;

struct table_column {
	const char *name;
	bool number;		/* set to the right */
	bool wrap;		/* may be cut on a narrow terminal */
};

/* @columns end with a NULL name. NULL: no memory, which the rest then takes. */
struct table *table_new(const struct table_column *columns);
void table_row(struct table *t);
/* The next cell of the row */
void table_cell(struct table *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Print and free */
void table_print(struct table *t);

/* 12.3k, 4.5M: for people */
void human_number(double value, char out[16]);

#endif /* GXDP_TABLE_H */
