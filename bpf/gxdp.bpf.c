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
	__u32 action, sample;

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
	action = gxdp_verdict(ctx, key, d, act, frags);
	sample = d->action;
	d->action = action;
	if (sample)
		gxdp_record(ctx, key, d, GXDP_SAMPLE_RULE, act->sample_bytes);
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

static __always_inline bool traced(const struct gxdp_root *root)
{
	struct gxdp_settings *set;
	__u32 zero = 0;

	if (!(root->flags & GXDP_ROOT_TRACED))
		return false;
	set = bpf_map_lookup_elem(&settings, &zero);
	return set && gxdp_one_in(set->trace_every);
}

static __always_inline __u64 look_up(const struct gxdp_space *space,
				     struct gxdp_key *key, bool v6,
				     __u32 words, __u32 family)
{
	if (v6 || family == GXDP_FAMILY_IPV4)
		gxdp_fill_sets(space, key, v6);
	return gxdp_search(space, key, v6, words, family);
}

/* All but usual IPv4 packets, by calls that the verifier sees once. @key is complete. */
__attribute__((noinline))
__u64 gxdp_lookup4(struct gxdp_key *key)
{
	struct gxdp_space space;
	__u64 family;

	if (!key || !gxdp_space_of(key, &space))
		return 0;
	family = key->family;
	GXDP_BOUND(family, GXDP_FAMILIES - 1);
	return look_up(&space, key, false, GXDP_WORDS, family);
}

__attribute__((noinline))
__u64 gxdp_lookup6(struct gxdp_key *key)
{
	struct gxdp_space space;

	return key && gxdp_space_of(key, &space) ?
	       look_up(&space, key, true, GXDP_WORDS, GXDP_FAMILY_IPV6) : 0;
}

/* The same from the frame on. Completes @key. */
static __always_inline __u64 look_up_any(struct xdp_md *ctx,
					 const struct gxdp_space *space,
					 struct gxdp_key *key, bool frags)
{
	__u32 flags = space->head->root.flags;

	__builtin_memset(key, 0, sizeof(*key));
	key->first_chunk = space->first;
	key->family = GXDP_FAMILY_OTHER;
	if (!(flags & GXDP_ROOT_RARE))
		key->family = gxdp_read_usual6(ctx, key);
	if (key->family == GXDP_FAMILY_OTHER)
		key->family = frags ? gxdp_read_frags(ctx, key, flags) :
				      gxdp_read_linear(ctx, key, flags);
	return key->family == GXDP_FAMILY_IPV6 ? gxdp_lookup6(key) :
						 gxdp_lookup4(key);
}

/* What is not simply passed or dropped by a rule, or is watched. @key is complete. */
static __always_inline int act_on(struct xdp_md *ctx,
				  const struct gxdp_space *space,
				  struct gxdp_key *key, struct gxdp_decision *d,
				  __u32 rule, bool frags)
{
	const struct gxdp_root *root = &space->head->root;
	bool trace = traced(root);

	d->generation = root->generation;
	if (root->flags & GXDP_ROOT_COUNTS &&
	    gxdp_count_rules(ctx, key, d,
			     root->count_tree[key->family & (GXDP_FAMILIES - 1)])) {
		/* which has counted it */
		gxdp_count_reason(d->reason, d->len);
		return XDP_DROP;
	}
	if (trace || rule & GXDP_RULE_ACTION || d->verdict > GXDP_V_DROP) {
		/* Records have all fields, rules may have asked for few. */
		if (trace || rule & GXDP_RULE_SAMPLE)
			read_all(ctx, key, frags);
		if (frags)
			gxdp_act_frags(ctx, key, d, rule, trace);
		else
			gxdp_act_linear(ctx, key, d, rule, trace);
	}
	gxdp_count_rule(d->rule_id, d->len);
	gxdp_count_reason(d->reason, d->len);
	return d->action;
}

static __always_inline int filter(struct xdp_md *ctx, bool frags)
{
	__u32 zero = 0, rule, verdict, reason;
	__u64 hit, len = gxdp_frame_len_fast(ctx, frags);
	struct gxdp_space space;
	struct gxdp_root *root;
	struct gxdp_key key;
	bool usual;
	void *map;

	map = bpf_map_lookup_elem(&current, &zero);
	space.head = map ? bpf_map_lookup_elem(map, &zero) : NULL;
	if (!space.head) {
		gxdp_count_reason(GXDP_REASON_passed_no_rules, len);
		return XDP_PASS;
	}
	root = &space.head->root;
	space.first = root->first_chunk;
	usual = !(root->flags & GXDP_ROOT_RARE) && gxdp_read_usual4(ctx, &key);
	if (usual)
		hit = look_up(&space, &key, false, GXDP_WORDS4,
			      GXDP_FAMILY_IPV4);
	else
		hit = look_up_any(ctx, &space, &key, frags);

	/* Without branches, which random packets would have the CPU guess wrong */
	rule = hit;
	verdict = GXDP_RULE_VERDICT(rule);
	reason = gxdp_plain_reason(verdict, GXDP_HIT_INDEX(hit));
	if (root->flags & (GXDP_ROOT_COUNTS | GXDP_ROOT_TRACED) ||
	    rule & GXDP_RULE_ACTION || verdict > GXDP_V_DROP) {
		struct gxdp_decision d = {
			.len = len,
			.rule = GXDP_HIT_INDEX(hit),
			.rule_id = rule & GXDP_RULE_ID_MASK,
			.verdict = verdict,
			.reason = reason,
			.action = gxdp_plain_action(verdict),
		};

		if (usual)
			gxdp_key_complete(&key, &space, GXDP_FAMILY_IPV4);
		return act_on(ctx, &space, &key, &d, rule, frags);
	}
	gxdp_count_rule(rule & GXDP_RULE_ID_MASK, len);
	gxdp_count_reason(reason, len);
	return gxdp_plain_action(verdict);
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
