/* SPDX-License-Identifier: GPL-2.0 */
/* Rules that count, and let the search go on. */
#ifndef GXDP_BPF_COUNTING_H
#define GXDP_BPF_COUNTING_H

#include "actions.h"

/* Nothing more to count */
#define GXDP_COUNTED_ALL	((__u64)GXDP_NO_RULE << 32)

/* Such a rule's limit, sample and mark. Returns true if the packet ends here. */
__attribute__((noinline))
int gxdp_count_action(struct xdp_md *ctx, struct gxdp_key *key,
		      struct gxdp_decision *d, __u32 index, __u32 rule)
{
	__u32 decided, decided_id, verdict, reason, action;
	const struct gxdp_action *act;

	if (!ctx || !key || !d)
		return false;
	act = gxdp_action_of(key, rule);
	if (!act)
		return false;
	gxdp_count_rule(act->id, d->len);
	decided = d->rule;
	decided_id = d->rule_id;
	verdict = d->verdict;
	d->rule = index;
	d->rule_id = act->id;
	d->verdict = GXDP_V_COUNT;
	/* over the limit: then this rule is the one that decides */
	action = d->action;
	if (!gxdp_extras(ctx, key, d, act))
		return true;
	if (d->action) {
		reason = d->reason;
		d->reason = GXDP_REASON_NONE;
		d->action = XDP_PASS;
		gxdp_record(ctx, key, d, GXDP_SAMPLE_RULE, act->sample_bytes);
		d->reason = reason;
	}
	d->action = action;
	d->rule = decided;
	d->rule_id = decided_id;
	d->verdict = verdict;
	return false;
}

/*
 * The next rule of the leaf that matches, from key->slot on: its hit. @v6 is a
 * constant.
 */
static __always_inline __u64 gxdp_count_leaf(struct gxdp_key *key, bool v6,
					     __u64 ref)
{
	__u32 slots = GXDP_REF_SLOTS(ref), slot = key->slot & 255, i, at, extras;
	struct gxdp_chunk *chunk;
	__u64 differs, hit;
	const void *entry;

	chunk = gxdp_chunk(key->first_chunk, GXDP_REF_ADDR(ref));
	if (!chunk)
		return GXDP_COUNTED_ALL;
	for (i = 0; i < GXDP_LEAF_SLOTS / GXDP_ENTRY_SLOTS(v6); i++) {
		if (slot >= slots)
			break;
		at = GXDP_REF_ADDR(ref) + slot * GXDP_SLOT_WORDS;
		entry = gxdp_in(chunk, at);
		differs = gxdp_differs(entry, v6, key);
		hit = gxdp_hit(entry, v6);
		at += GXDP_ENTRY_SLOTS(v6) * GXDP_SLOT_WORDS;
		extras = GXDP_RULE_EXTRAS(hit);
		slot = (slot + GXDP_ENTRY_SLOTS(v6) + extras) & 255;
		/* parts of one rule follow each other; it counts once */
		if (differs || GXDP_HIT_INDEX(hit) == key->counted)
			continue;
		if (extras && !gxdp_extras_hold(key, at, extras))
			continue;
		key->counted = GXDP_HIT_INDEX(hit);
		key->slot = slot;
		return hit;
	}
	return GXDP_COUNTED_ALL;
}

__attribute__((noinline))
__u64 gxdp_count_leaf4(struct gxdp_key *key, __u64 ref)
{
	return key ? gxdp_count_leaf(key, false, ref) : GXDP_COUNTED_ALL;
}

__attribute__((noinline))
__u64 gxdp_count_leaf6(struct gxdp_key *key, __u64 ref)
{
	return key ? gxdp_count_leaf(key, true, ref) : GXDP_COUNTED_ALL;
}

static __always_inline __u64 gxdp_count_descend(struct gxdp_key *key, __u64 ref)
{
	struct gxdp_space space;
	int depth;

	if (!gxdp_space_of(key, &space))
		return GXDP_REF_EMPTY;
	for (depth = 0; depth < GXDP_MAX_DEPTH; depth++) {
		if (GXDP_REF_TYPE(ref) != GXDP_REF_NODE)
			break;
		ref = gxdp_child(&space, key->word, GXDP_WORDS, ref);
	}
	return ref;
}

/*
 * All counting rules in front of the one that decides, @d->rule. Returns true
 * if one of them drops the packet, and has put itself into @d.
 */
__attribute__((noinline))
int gxdp_count_rules(struct xdp_md *ctx, struct gxdp_key *key,
		     struct gxdp_decision *d, __u64 ref)
{
	__u64 hit;
	int i;

	if (!ctx || !key || !d)
		return false;
	ref = gxdp_count_descend(key, ref);
	if (GXDP_REF_TYPE(ref) != GXDP_REF_LEAF)
		return false;
	key->counted = GXDP_NO_RULE;
	key->slot = 0;
	for (i = 0; i < GXDP_LEAF_SLOTS; i++) {
		hit = key->family == GXDP_FAMILY_IPV6 ?
		      gxdp_count_leaf6(key, ref) : gxdp_count_leaf4(key, ref);
		if (GXDP_HIT_INDEX(hit) >= d->rule)
			break;
		if (!((__u32)hit & GXDP_RULE_ACTION))
			gxdp_count_rule((__u32)hit & GXDP_RULE_ID_MASK, d->len);
		else if (gxdp_count_action(ctx, key, d, GXDP_HIT_INDEX(hit),
					   hit))
			return true;
	}
	return false;
}

#endif /* GXDP_BPF_COUNTING_H */
