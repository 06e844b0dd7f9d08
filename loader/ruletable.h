/* SPDX-License-Identifier: GPL-2.0 */
/* Rules with their counters, for show, counters, top and metrics. */
#ifndef GXDP_RULETABLE_H
#define GXDP_RULETABLE_H


#include "datapath.h"
#include "jsontext.h"

struct rule_counts {
	struct gxdp_count *rule;	/* by index; then one of the default */
	size_t n;
	struct gxdp_count reason[GXDP_REASON_MAX];
};

/* A gx_exit code */
int rule_counts_read(struct datapath *d, struct rule_counts *counts);
int rule_counts_reset(struct datapath *d);
void rule_counts_free(struct rule_counts *counts);

/* They ask the hook, too: whether the rules are attached is the first thing to know */
json_t *rules_json(struct datapath *d, const struct rule_counts *counts);
json_t *reasons_json(const struct rule_counts *counts);
void rules_print(struct datapath *d, const struct rule_counts *counts);
/* Only those that are not 0, unless @all */
void reasons_print(const struct rule_counts *counts, bool all);

#endif /* GXDP_RULETABLE_H */
