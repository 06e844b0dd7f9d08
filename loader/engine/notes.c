// SPDX-License-Identifier: GPL-2.0
/*
 * Rules that never decide: those whose conditions exclude each other, and those
 * all of whose boxes lie each within a box of an earlier rule, be it one and the same
 * or several. What only two boxes together cover, as 1-2 does 1 and 2, is not found.
 *
 * For a box, an earlier one that covers it has prefixes that its own are inside:
 * so it is enough to look at the boxes of each pair of shorter prefixes, which a
 * hash of prefix pairs finds.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "notes.h"

#define SECONDS	1.0	/* of CPU time; then the search ends unfinished */
#define NOBODY	UINT32_MAX
#define SEVERAL	(UINT32_MAX - 1)

struct search {
	const struct gx_boxes *boxes;
	const struct gx_box_list *list;
	uint32_t *head, *next;
	size_t mask;
	/* pairs of masks that there are */
	uint64_t (*pair)[4];
	size_t npairs, room;
	clock_t end;
	bool complete;
};

static uint64_t hash_pair(const uint64_t addr[4], const uint64_t mask[4])
{
	uint64_t h = 0;
	int i;

	for (i = 0; i < 4; i++) {
		h = (h ^ (addr[i] & mask[i])) * 0xff51afd7ed558ccdull;
		h = (h ^ h >> 29 ^ mask[i]) * 0xc4ceb9fe1a85ec53ull;
	}
	return h ^ h >> 32;
}

static bool masks_inside(const uint64_t a[4], const uint64_t b[4])
{
	int i;

	for (i = 0; i < 4; i++)
		if (a[i] & ~b[i])
			return false;
	return true;
}

static bool same_conds(const struct gx_boxes *boxes, const struct gx_box *a,
		       const struct gx_box *b)
{
	const struct gx_cond *p, *q;
	uint32_t i, j;

	/* each of a's must be one of b's */
	for (i = 0; i < a->nconds; i++) {
		p = &boxes->cond[a->cond + i];
		for (j = 0; j < b->nconds; j++) {
			q = &boxes->cond[b->cond + j];
			if (!memcmp(&p->extra, &q->extra, sizeof(p->extra)))
				break;
		}
		if (j == b->nconds)
			return false;
	}
	return true;
}

static bool box_covers(const struct gx_boxes *boxes, const struct gx_box *a,
		       const struct gx_box *b)
{
	int i;

	for (i = 0; i < 4; i++)
		if ((a->addr_mask[i] & ~b->addr_mask[i]) ||
		    ((a->addr[i] ^ b->addr[i]) & a->addr_mask[i]))
			return false;
	return !(a->mask & ~b->mask) && !((a->value ^ b->value) & a->mask) &&
	       a->l4.sport_lo <= b->l4.sport_lo &&
	       a->l4.sport_hi >= b->l4.sport_hi &&
	       a->l4.dport_lo <= b->l4.dport_lo &&
	       a->l4.dport_hi >= b->l4.dport_hi && same_conds(boxes, a, b);
}

static int add_pair(struct search *s, const struct gx_box *box)
{
	void *more;
	size_t i;

	for (i = 0; i < s->npairs; i++)
		if (!memcmp(s->pair[i], box->addr_mask, sizeof(s->pair[i])))
			return 0;
	if (s->npairs == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		more = realloc(s->pair, s->room * sizeof(*s->pair));
		if (!more)
			return -ENOMEM;
		s->pair = more;
	}
	memcpy(s->pair[s->npairs++], box->addr_mask, sizeof(*s->pair));
	return 0;
}

/* The first rule with a box that covers box @i, of those put in so far */
static uint32_t find_cover(struct search *s, size_t i)
{
	const struct gx_box *box = &s->list->v[i], *other;
	uint32_t best = NOBODY, at;
	size_t p;

	for (p = 0; p < s->npairs; p++) {
		if (!masks_inside(s->pair[p], box->addr_mask))
			continue;
		for (at = s->head[hash_pair(box->addr, s->pair[p]) & s->mask];
		     at; at = s->next[at - 1]) {
			other = &s->list->v[at - 1];
			if (other->index < best && other->index < box->index &&
			    box_covers(s->boxes, other, box))
				best = other->index;
		}
	}
	return best;
}

/*
 * by[rule]: what covers it so far, rule itself: nothing seen yet; SEVERAL: each box
 * lies in another rule's, and not all in the same one's; NOBODY: some box is in none.
 */
static int search_list(struct search *s, uint32_t *by)
{
	uint32_t cover, rule, slot;
	size_t i;

	for (s->mask = 1; s->mask < 2 * s->list->n;)
		s->mask = 2 * s->mask + 1;
	s->head = calloc(s->mask + 1 + s->list->n, sizeof(*s->head));
	if (!s->head)
		return -ENOMEM;
	s->next = s->head + s->mask + 1;
	s->npairs = 0;
	for (i = 0; i < s->list->n; i++) {
		const struct gx_box *box = &s->list->v[i];

		if (i % 64 == 0 && clock() > s->end)
			s->complete = false;
		rule = box->index;
		cover = s->complete ? find_cover(s, i) : NOBODY;
		if (by[rule] == rule || cover == NOBODY)
			by[rule] = cover;
		else if (by[rule] != cover && by[rule] != NOBODY)
			by[rule] = SEVERAL;
		/* where time is up, nobody asks for it any more */
		if (s->complete && add_pair(s, box))
			break;
		slot = hash_pair(box->addr, box->addr_mask) & s->mask;
		s->next[i] = s->head[slot];
		s->head[slot] = i + 1;
	}
	free(s->head);
	return i < s->list->n ? -ENOMEM : 0;
}

static bool same_action(const struct gx_action *a, const struct gx_action *b)
{
	return a->verdict == b->verdict && a->verdict <= GX_REFLECT &&
	       !a->limit.present && !b->limit.present && !a->mark_present &&
	       !b->mark_present && !a->sample_every && !b->sample_every;
}

int gx_notes_make(struct gx_report *report, const struct gx_ruleset *rs,
		  const struct gx_boxes *boxes)
{
	struct search s = { .boxes = boxes, .complete = true };
	uint32_t *by = malloc((rs->nrules + 1) * sizeof(*by));
	enum gxdp_family f;
	int ret = 0;
	size_t i;

	report->note = calloc(rs->nrules + 1, sizeof(*report->note));
	if (!report->note || !by) {
		free(by);
		return -ENOMEM;
	}
	s.end = clock() + SECONDS * CLOCKS_PER_SEC;
	for (i = 0; i < rs->nrules; i++)
		by[i] = i;
	for (f = GXDP_FAMILY_OTHER; f <= GXDP_FAMILY_IPV6 && !ret; f++) {
		s.list = &boxes->list[f];
		ret = search_list(&s, by);
	}
	for (i = 0; i < rs->nrules && !ret; i++) {
		struct gx_note *note = &report->note[report->nnotes];

		if (!boxes->possible[i])
			*note = (struct gx_note){ GX_NOTE_IMPOSSIBLE, i, i };
		else if (rs->rule[i].act.verdict == GX_COUNT ||
			 by[i] == NOBODY || by[i] == i)
			continue;
		else if (by[i] == SEVERAL)
			*note = (struct gx_note){ GX_NOTE_COVERED, i, i };
		else
			*note = (struct gx_note){
				same_action(&rs->rule[i].act,
					    &rs->rule[by[i]].act) ?
				GX_NOTE_REDUNDANT : GX_NOTE_SHADOWED, i, by[i] };
		report->nnotes++;
	}
	report->notes_complete = s.complete;
	free(s.pair);
	free(by);
	return ret;
}
