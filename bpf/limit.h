/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Token buckets. A bucket is the time when it will be full again: a packet moves
 * that on by what it costs, and is over the limit if then it would take longer
 * to fill than an empty bucket does. Time is in 1/64 ns.
 */
#ifndef GXDP_BPF_LIMIT_H
#define GXDP_BPF_LIMIT_H

#include "key.h"

/* CPUs that change a bucket at the same time start over; not without end */
#define GXDP_LIMIT_TRIES	8
/* One second, as buckets have it: no two CPUs' looks at the clock are so far apart */
#define GXDP_LIMIT_LAG		(1000000000ULL << 6)

static __always_inline __u64 gxdp_now(void)
{
	return bpf_ktime_get_ns() << 6;
}

static __always_inline bool gxdp_take(struct gxdp_bucket *bucket, __u64 now,
				      __u64 cost, __u64 burst)
{
	bool within, foreign;
	__u64 old, full_at;
	int i;

	for (i = 0; i < GXDP_LIMIT_TRIES; i++) {
		old = *(volatile __u64 *)&bucket->full_at;
		full_at = old > now ? old : now;
		/*
		 * More than empty by more than CPUs are apart: another limit was here
		 * before. Empty, then.
		 */
		foreign = full_at - now > burst + GXDP_LIMIT_LAG;
		if (foreign)
			full_at = now + burst;
		within = full_at - now + cost <= burst;
		if (within)
			full_at += cost;
		else if (!foreign)
			return false;
		if (__sync_val_compare_and_swap(&bucket->full_at, old,
						full_at) == old)
			return within;
	}
	/* Others have just been let through; so is this one. */
	return true;
}

/* Of an address, the first @prefix bits, 1 to 128; all that it has, if these are fewer */
static __always_inline void gxdp_limit_key_fill(struct gxdp_limit_key *lk,
						const struct gxdp_key *key,
						__u32 how, __u32 family, __u32 prefix)
{
	bool src = how != GXDP_LIMIT_DST, dst = how != GXDP_LIMIT_SRC;
	const __u64 *word = key->word;

	lk->family = family;
	if (family == GXDP_FAMILY_IPV4) {
		__u32 rest = prefix < 32 ? 32 - prefix : 0;

		lk->src[0] = src ? word[GXDP_W_ADDR4] >> 32 >> rest << rest : 0;
		lk->dst[0] = dst ? (__u32)word[GXDP_W_ADDR4] >> rest << rest : 0;
	} else if (family == GXDP_FAMILY_IPV6) {
		__u32 rest = prefix < 64 ? 64 - prefix : 0;

		lk->src[0] = src ? word[GXDP_W_SRC6_HI] >> rest << rest : 0;
		lk->dst[0] = dst ? word[GXDP_W_DST6_HI] >> rest << rest : 0;
		if (prefix > 64) {
			rest = 128 - prefix;
			lk->src[1] = src ? word[GXDP_W_SRC6_LO] >> rest << rest : 0;
			lk->dst[1] = dst ? word[GXDP_W_DST6_LO] >> rest << rest : 0;
		}
	}
	if (how == GXDP_LIMIT_FLOW)
		lk->l4 = gxdp_flow_l4(key);
}

/*
 * Does the bucket of rule @id, of the packet's own if the rule's limit is by
 * something, let through what costs @cost? It pays if so. @by: enum
 * gxdp_limit_by | family << 8 | bits of the address << 16.
 */
__attribute__((noinline))
int gxdp_within_limit(struct gxdp_key *key, __u32 id, __u32 by, __u64 cost,
		      __u64 burst)
{
	struct gxdp_bucket *bucket, fresh;
	struct gxdp_limit_key lk = {};
	__u64 now = gxdp_now();

	if (!key)
		return 1;
	lk.rule_id = id;
	if ((by & 0xff) == GXDP_LIMIT_RULE) {
		bucket = bpf_map_lookup_elem(&rule_limits, &lk.rule_id);
		return !bucket || gxdp_take(bucket, now, cost, burst);
	}
	gxdp_limit_key_fill(&lk, key, by & 0xff, by >> 8 & 0xff, by >> 16);
	bucket = bpf_map_lookup_elem(&key_limits, &lk);
	if (bucket)
		return gxdp_take(bucket, now, cost, burst);
	if (cost > burst)
		return 0;
	fresh.full_at = now + cost;
	bpf_map_update_elem(&key_limits, &lk, &fresh, BPF_NOEXIST);
	return 1;
}

/* @act in tables: what a packet of @len bytes costs */
static __always_inline bool gxdp_limit(struct gxdp_key *key,
				       const struct gxdp_action *act, __u64 len,
				       __u32 family)
{
	__u64 cost = act->limit_mul;

	if (act->flags & GXDP_ACT_LIMIT_BYTES)
		cost *= len;
	cost >>= act->limit_shift & 63;
	return gxdp_within_limit(key, act->id, act->limit_key | family << 8 |
					       (__u32)act->limit_prefix << 16,
				 cost, act->limit_burst);
}

#endif /* GXDP_BPF_LIMIT_H */
