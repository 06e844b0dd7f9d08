/* SPDX-License-Identifier: GPL-2.0 */
/* What to tell the author of a ruleset: rules that never decide. */
#ifndef GXDP_ENGINE_NOTES_H
#define GXDP_ENGINE_NOTES_H

#include "boxes.h"

/* Fills note, nnotes and notes_complete of @report. 0 or -ENOMEM. */
int gx_notes_make(struct gx_report *report, const struct gx_ruleset *rs,
		  const struct gx_boxes *boxes);

#endif /* GXDP_ENGINE_NOTES_H */
