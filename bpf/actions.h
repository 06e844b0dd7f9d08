/* SPDX-License-Identifier: GPL-2.0 */
/* What rules do beyond passing and dropping. */
#ifndef GXDP_BPF_ACTIONS_H
#define GXDP_BPF_ACTIONS_H

#include "decision.h"
#include "limit.h"
#include "reject.h"

/* A number that packets of a flow have in common */
static __always_inline __u32 gxdp_flow_hash(const struct gxdp_key *key)
{
	const __u64 *word = key->word;
	__u64 l4 = gxdp_flow_l4(key);
	__u64 h;

	h = word[GXDP_W_ADDR4] ^ word[GXDP_W_SRC6_HI] * 3 ^
	    word[GXDP_W_SRC6_LO] * 5 ^ word[GXDP_W_DST6_HI] * 7 ^
	    word[GXDP_W_DST6_LO] * 11;
	h *= 0xff51afd7ed558ccdULL;
	h ^= h >> 33;
	h ^= l4 >> 32 << 8 | (l4 & 0xff);
	h *= 0xc4ceb9fe1a85ec53ULL;
	/* or ports in a row would stay together */
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdULL;
	return h >> 32;
}

static __always_inline __u64 gxdp_word_at(const struct gxdp_key *key, __u32 addr)
{
	struct gxdp_chunk *chunk = gxdp_chunk(key->first_chunk, addr);

	return chunk ? *(const __u64 *)gxdp_in(chunk, addr) : 0;
}

/* The member for this flow of the @n at address @list */
static __always_inline __u32 gxdp_by_flow(const struct gxdp_key *key, __u32 list,
					  __u32 n)
{
	return gxdp_word_at(key, list + (((__u64)gxdp_flow_hash(key) * n) >> 32));
}

/*
 * The socket's key: the queue that the frame came in on, if the list has it, since the
 * kernel gives a socket nothing from any other queue than its own. Else by flow.
 */
__attribute__((noinline))
int gxdp_xsk_key(struct xdp_md *ctx, struct gxdp_key *key, __u32 list, __u32 n)
{
	__u32 queue;

	if (!ctx || !key)
		return 0;
	queue = ctx->rx_queue_index;
	if (queue < GXDP_MAX_SOCKETS &&
	    gxdp_word_at(key, list + n + queue / 64) >> (queue & 63) & 1)
		return queue;
	return gxdp_by_flow(key, list, n);
}

/* The action that @rule of a leaf speaks of, in the tables that @key is for */
static __always_inline const struct gxdp_action *
gxdp_action_of(const struct gxdp_key *key, __u32 rule)
{
	struct gxdp_chunk *chunk = gxdp_chunk(key->first_chunk, 0);
	__u64 addr;

	if (!chunk)
		return NULL;
	addr = chunk->root.actions + (rule & GXDP_RULE_ID_MASK) *
	       (sizeof(struct gxdp_action) / 8);
	chunk = gxdp_chunk(key->first_chunk, addr);
	return chunk ? gxdp_in(chunk, addr) : NULL;
}

/* Not what is for a group or says to come from one: that must never be a sender. */
static __always_inline int gxdp_reflect(struct xdp_md *ctx,
					struct gxdp_decision *d)
{
	struct ethhdr *eth = gxdp_linear(ctx, 0, sizeof(*eth));

	if (!eth || (eth->h_dest[0] | eth->h_source[0]) & 1) {
		d->reason = GXDP_REASON_dropped_by_rule;
		return XDP_DROP;
	}
	gxdp_swap_macs(eth);
	d->reason = GXDP_REASON_reflected;
	return XDP_TX;
}

static __always_inline int gxdp_send(struct gxdp_decision *d, long ret,
				     __u32 sent, __u32 not_sent)
{
	d->reason = ret == XDP_REDIRECT ? sent : not_sent;
	return ret;
}

/*
 * The frame's mark, in its metadata: for gxdp_mark, a program in tc, and for AF_XDP.
 * Drivers without metadata leave it out.
 */
static __always_inline void gxdp_mark(struct xdp_md *ctx, __u32 value)
{
	struct gxdp_meta *meta = (void *)(long)ctx->data_meta;

	/* an earlier rule's gives way: there is room for a few only */
	if ((void *)(meta + 1) > (void *)(long)ctx->data ||
	    meta->magic != GXDP_META_MAGIC) {
		if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*meta)))
			return;
		meta = (void *)(long)ctx->data_meta;
		if ((void *)(meta + 1) > (void *)(long)ctx->data)
			return;
		meta->magic = GXDP_META_MAGIC;
	}
	meta->mark = value;
}

static __always_inline bool gxdp_one_in(__u32 every)
{
	return every && (every == 1 || bpf_get_prandom_u32() % every == 0);
}

/*
 * What @act asks for in front of its verdict. false: over its limit. d->action says until
 * then whether a record is to be made when it is known what becomes of the frame: a
 * variable of its own would be 8 bytes of stack, which 6.1 has not, and its verifier
 * cannot follow a record held open for so long.
 */
static __always_inline bool gxdp_extras(struct xdp_md *ctx, struct gxdp_key *key,
					struct gxdp_decision *d,
					const struct gxdp_action *act)
{
	if (act->flags & GXDP_ACT_LIMIT &&
	    !gxdp_limit(key, act, d->len, key->family)) {
		d->reason = GXDP_REASON_dropped_over_limit;
		return false;
	}
	d->action = gxdp_one_in(act->sample_every);
	if (act->flags & GXDP_ACT_MARK)
		gxdp_mark(ctx, act->mark);
	return true;
}

static __always_inline long gxdp_to_cpu(__u32 cpu, bool frags)
{
	return frags ? bpf_redirect_map(&cpus_frags, cpu, XDP_PASS) :
		       bpf_redirect_map(&cpus, cpu, XDP_PASS);
}

/*
 * Carry out @d->verdict; @act has its particulars, if it has any. Sets @d->reason.
 * @frags is a constant.
 */
static __always_inline int gxdp_verdict(struct xdp_md *ctx, struct gxdp_key *key,
					struct gxdp_decision *d,
					const struct gxdp_action *act,
					bool frags)
{
	switch (d->verdict) {
	case GXDP_V_PASS:
		return XDP_PASS;
	case GXDP_V_REJECT:
		return gxdp_reject(ctx, d);
	case GXDP_V_REFLECT:
		return gxdp_reflect(ctx, d);
	}
	if (!act)
		return XDP_DROP;
	switch (d->verdict) {
	case GXDP_V_REDIRECT:
		return gxdp_send(d, bpf_redirect_map(&devices, act->ifindex,
						     XDP_DROP),
				 GXDP_REASON_redirected,
				 GXDP_REASON_dropped_no_device);
	case GXDP_V_CPU:
		return gxdp_send(d, gxdp_to_cpu(gxdp_by_flow(key, act->list,
							     act->nlist), frags),
				 GXDP_REASON_steered_to_cpu,
				 GXDP_REASON_passed_no_cpu);
	case GXDP_V_XSK:
		return gxdp_send(d, bpf_redirect_map(&xsks,
						     gxdp_xsk_key(ctx, key,
								  act->list,
								  act->nlist),
						     XDP_PASS),
				 GXDP_REASON_steered_to_socket,
				 GXDP_REASON_passed_no_socket);
	default:
		return XDP_DROP;
	}
}

#endif /* GXDP_BPF_ACTIONS_H */
