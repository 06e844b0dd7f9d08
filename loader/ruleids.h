/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers of rules' counters. A rule keeps its number across updates when it
 * keeps its name or, having none, its canonical text; of several with the same
 * text, the first keeps the first's.
 */
#ifndef GXDP_RULEIDS_H
#define GXDP_RULEIDS_H

#include "ruleset.h"

/* What an update does to the rules, by index */
struct rule_changes {
	size_t *old_of;		/* for each new rule: the old one, or SIZE_MAX */
	size_t *new_of;		/* for each old rule: the new one, or SIZE_MAX */
	bool *moved;		/* for each new rule: the same, before or behind others */
	uint32_t *fresh;	/* ids whose counters must be set to 0 first */
	size_t nfresh;
	/* changed: same name, other text; moved: same text, and not in kept */
	size_t kept, changed, moved_n, added, removed;
};

/*
 * Give every rule of @rs an id below @max_ids, and say how it came about; @old
 * may be NULL. 0, -ENOSPC or -ENOMEM.
 */
int ruleids_assign(struct gx_ruleset *rs, const struct gx_ruleset *old,
		   uint32_t max_ids, struct rule_changes *changes);
void rule_changes_free(struct rule_changes *changes);

#endif /* GXDP_RULEIDS_H */
