// SPDX-License-Identifier: GPL-2.0
/*
 * gxdp: the filter. Parse, look up, do what the rule says, count.
 *
 * Without the loader there are no rules: everything passes, and map reasons
 * counts it. docs/ENGINE.md says how rules become tables.
 */
#include "filter_maps.h"
#include "actions.h"
#include "counting.h"
#include "decision.h"
#include "key.h"
#include "lookup.h"
#include "sets.h"

static __always_inline void carry_out(struct xdp_md *ctx, struct gxdp_key *key,
				      struct gxdp_decision *d, __u32 rule,
				      bool frags)
{
	const struct gxdp_action *act;

	if (!(rule & GXDP_RULE_ACTION)) {
		d->action = gxdp_verdict(ctx, key, d, NULL, frags);
		return;
	}
	act = gxdp_action_of(key, rule);
	if (!act)
		return;
	d->rule_id = act->id;
	if (!gxdp_extras(ctx, key, d, act)) {
		d->action = XDP_DROP;
		return;
	}
	d->action = gxdp_verdict(ctx, key, d, act, frags);
}

static __always_inline int act(struct xdp_md *ctx, struct gxdp_key *key,
			       struct gxdp_decision *d, __u32 rule, __u32 trace,
			       bool frags)
{
	struct gxdp_settings *set;
	__u32 zero = 0;

	carry_out(ctx, key, d, rule, frags);
	if (trace) {
		set = bpf_map_lookup_elem(&settings, &zero);
		gxdp_record(ctx, key, d, GXDP_SAMPLE_TRACE,
			    set ? set->trace_bytes : 0);
	}
	return d->action;
}

/* For all that is not simply passed or dropped, or that is watched */
__attribute__((noinline))
int gxdp_act_linear(struct xdp_md *ctx, struct gxdp_key *key,
		    struct gxdp_decision *d, __u32 rule, __u32 trace)
{
	return ctx && key && d ? act(ctx, key, d, rule, trace, false) : XDP_PASS;
}

__attribute__((noinline))
int gxdp_act_frags(struct xdp_md *ctx, struct gxdp_key *key,
		   struct gxdp_decision *d, __u32 rule, __u32 trace)
{
	return ctx && key && d ? act(ctx, key, d, rule, trace, true) : XDP_PASS;
}

static __always_inline void read_all(struct xdp_md *ctx, struct gxdp_key *key,
				     bool frags)
{
	if (frags)
		gxdp_read_frags(ctx, key, GXDP_ROOT_RARE);
	else
		gxdp_read_linear(ctx, key, GXDP_ROOT_RARE);
}

static __always_inline bool traced(void)
{
	struct gxdp_settings *set;
	__u32 zero = 0;

	set = bpf_map_lookup_elem(&settings, &zero);
	return set && gxdp_one_in(set->trace_every);
}

/* The first rule that matches: GXDP_HIT(). Fills @key. */
static __always_inline __u64 look_up(struct xdp_md *ctx, struct gxdp_key *key,
				     const struct gxdp_root *root,
				     __u32 *family_is, bool frags)
{
	__u64 family;

	if (root->flags & GXDP_ROOT_RARE ||
	    !gxdp_read_usual(ctx, key, &family))
		family = frags ? gxdp_read_frags(ctx, key, root->flags) :
				 gxdp_read_linear(ctx, key, root->flags);
	/* in one piece, so that the verifier sees the bound where it is used */
	asm volatile("%0 &= %1" : "+r"(family) : "i"(GXDP_FAMILIES - 1));
	key->first_chunk = root->first_chunk;
	key->actions = root->actions;
	key->trees = root->trees[family];
	__builtin_memcpy(key->tree, root->tree[family], sizeof(key->tree));
	key->hit = GXDP_HIT(GXDP_NO_RULE, root->default_verdict << 24);
	if (root->flags & (GXDP_ROOT_SRC_SETS | GXDP_ROOT_DST_SETS))
		gxdp_fill_sets(key, root, family);
	*family_is = family;
	return family == GXDP_FAMILY_IPV6 ? gxdp_lookup6(key) :
					    gxdp_lookup4(key);
}

static __always_inline int filter(struct xdp_md *ctx, bool frags)
{
	struct gxdp_decision d = { .len = gxdp_frame_len(ctx, frags) };
	struct gxdp_key key = {};
	struct gxdp_root *root;
	__u32 zero = 0, rule;
	bool trace, drop;
	void *map;
	__u64 hit;

	map = bpf_map_lookup_elem(&current, &zero);
	root = map ? bpf_map_lookup_elem(map, &zero) : NULL;
	if (!root) {
		gxdp_count_reason(GXDP_REASON_passed_no_rules, d.len);
		return XDP_PASS;
	}
	hit = look_up(ctx, &key, root, &d.family, frags);
	rule = hit;
	d.rule = GXDP_HIT_INDEX(hit);
	d.verdict = GXDP_RULE_VERDICT(rule);
	drop = d.verdict == GXDP_V_DROP;
	d.action = drop ? XDP_DROP : XDP_PASS;
	d.rule_id = rule & GXDP_RULE_ID_MASK;
	d.reason = (drop ? GXDP_REASON_dropped_by_rule :
			   GXDP_REASON_passed_by_rule) +
		   (d.rule == GXDP_NO_RULE);
	trace = traced();
	if (root->flags & GXDP_ROOT_COUNTS &&
	    gxdp_count_rules(ctx, &key, &d,
			     root->count_tree[d.family & (GXDP_FAMILIES - 1)])) {
		/* which has counted it */
		gxdp_count_reason(d.reason, d.len);
		return XDP_DROP;
	}
	if (trace || rule & GXDP_RULE_ACTION || d.verdict > GXDP_V_DROP) {
		d.generation = root->generation;
		/* Records have all fields, rules may have asked for few. */
		if (trace || rule & GXDP_RULE_SAMPLE)
			read_all(ctx, &key, frags);
		if (frags)
			gxdp_act_frags(ctx, &key, &d, rule, trace);
		else
			gxdp_act_linear(ctx, &key, &d, rule, trace);
	}
	gxdp_count_rule(d.rule_id, d.len);
	gxdp_count_reason(d.reason, d.len);
	return d.action;
}

SEC("xdp")
int gxdp(struct xdp_md *ctx)
{
	return filter(ctx, false);
}

SEC("xdp.frags")
int gxdp_frags(struct xdp_md *ctx)
{
	return filter(ctx, true);
}

char LICENSE[] SEC("license") = "GPL";
