/* SPDX-License-Identifier: GPL-2.0 */
/* gxdp top: what it reads (top_rows.c) and its screen (top_screen.c). */
#ifndef GXDP_TOP_H
#define GXDP_TOP_H


#include "datapath.h"
#include "jsontext.h"
#include "ruletable.h"

/* A line of a table: something counted. Text is valid until the next reading. */
struct top_row {
	const char *name, *text;	/* either may be NULL */
	size_t order;			/* from 0 */
	unsigned long long packets, bytes;
	double pps, bps;		/* bits */
	bool drops;			/* what is counted here got no further */
};

enum top_table { TOP_REASONS, TOP_QUEUES, TOP_RULES, TOP_TABLES };

struct top_rows {
	struct top_row *v;
	size_t n;
};

struct top {
	struct datapath d;
	struct rule_counts now, before;
	json_t *queues_now, *queues_before;
	int64_t at;			/* ms */
	uint32_t generation;
	/* from here on: what a reading came to */
	double seconds;			/* since the one before; 0: it is the first */
	struct top_rows table[TOP_TABLES];
	struct top_row all, dropped;	/* sums of reasons */
	char dflt[32];
};

/* "RULE", and "rules" as JSON has it */
extern const char *const top_head[TOP_TABLES];
extern const char *const top_key[TOP_TABLES];

/* Open the rules of @dev and read once; top_close() is always safe. A gx_exit code */
int top_open(struct top *t, const char *dev);
/* Read once more; rules that were applied meanwhile are picked up. A gx_exit code */
int top_read(struct top *t);
void top_close(struct top *t);

/* "web: pass tcp dport 80", "queue 3" */
void top_what(const struct top_row *row, char *out, size_t size);

/*
 * Show it on the terminal until a key ends it, with a reading every @interval_ms;
 * or until @count readings were shown, if @count is not 0. A gx_exit code
 */
int top_screen(struct top *t, unsigned int interval_ms, unsigned long count);

#endif /* GXDP_TOP_H */
