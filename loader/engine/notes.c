// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "notes.h"

int gx_notes_make(struct gx_report *report, const struct gx_ruleset *rs,
		  const struct gx_boxes *boxes)
{
	size_t i;

	report->notes_complete = true;
	report->note = calloc(rs->nrules + 1, sizeof(*report->note));
	if (!report->note)
		return -ENOMEM;
	for (i = 0; i < rs->nrules; i++)
		if (!boxes->possible[i])
			report->note[report->nnotes++] = (struct gx_note){
				GX_NOTE_IMPOSSIBLE, i, i };
	return 0;
}
