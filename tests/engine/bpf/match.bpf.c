// SPDX-License-Identifier: GPL-2.0
/*
 * For comparing: the filter's source over many frames in one BPF_PROG_TEST_RUN,
 * which repeats one frame. Each run puts the next frame of the queue's batch in its
 * place, whole and of its own length, and writes down what became of it.
 */
#include "note.h"

#include "../batch.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BATCH_QUEUES);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct batch);
} batches SEC(".maps");

/* The next frame is in @ctx; where to write what becomes of it, or NULL */
static __always_inline struct batch_frame *next_frame(struct xdp_md *ctx)
{
	__u32 queue = ctx->rx_queue_index;
	struct batch_frame *f;
	struct batch *batch;
	__u64 i, at, len;

	batch = bpf_map_lookup_elem(&batches, &queue);
	if (!batch)
		return NULL;
	i = batch->next++;
	GXDP_BOUND(i, BATCH_FRAMES - 1);
	f = &batch->frame[i];
	at = f->at;
	GXDP_BOUND(at, BATCH_BYTES - 1);
	len = f->len;
	GXDP_BOUND(len, BATCH_FRAME_MAX);
	if (len < ETH_HLEN ||
	    bpf_xdp_adjust_tail(ctx, (int)len -
				     (int)bpf_xdp_get_buff_len(ctx)) ||
	    bpf_xdp_store_bytes(ctx, 0, &batch->data[at], len)) {
		batch->failed++;
		return NULL;
	}
	return f;
}

SEC("xdp")
int match_filter(struct xdp_md *ctx)
{
	struct batch_frame *f = next_frame(ctx);

	if (!f)
		return XDP_ABORTED;
	noted_rule = NOTED_NONE;
	f->action = filter(ctx, false);
	f->rule_id = noted_rule;
	return XDP_PASS;
}

/* What the short ways say of the frame, beside what the parser has said */
static __always_inline int short_way(struct xdp_md *ctx,
				     const struct batch_frame *f)
{
	struct gxdp_key key = {};
	__u64 differs;

	if (gxdp_read_usual4(ctx, &key)) {
		differs = f->word[GXDP_W_ADDR4] ^ key.word[GXDP_W_ADDR4];
		differs |= f->family ^ GXDP_FAMILY_IPV4;
	} else if (gxdp_read_usual6(ctx, &key) == GXDP_FAMILY_IPV6) {
		differs = f->word[GXDP_W_SRC6_HI] ^ key.word[GXDP_W_SRC6_HI];
		differs |= f->word[GXDP_W_SRC6_LO] ^ key.word[GXDP_W_SRC6_LO];
		differs |= f->word[GXDP_W_DST6_HI] ^ key.word[GXDP_W_DST6_HI];
		differs |= f->word[GXDP_W_DST6_LO] ^ key.word[GXDP_W_DST6_LO];
		differs |= f->family ^ GXDP_FAMILY_IPV6;
	} else {
		return BATCH_NOT_SHORT;
	}
	differs |= f->word[GXDP_W_L4] ^ key.word[GXDP_W_L4];
	differs |= f->lanes ^ key.lanes;
	return differs ? BATCH_SHORT_DIFFERS : BATCH_SHORT_SAME;
}

SEC("xdp")
int match_parse(struct xdp_md *ctx)
{
	struct batch_frame *f = next_frame(ctx);
	struct gxdp_key key = {};
	int i;

	if (!f)
		return XDP_ABORTED;
	f->family = gxdp_read_linear(ctx, &key, GXDP_ROOT_RARE);
#pragma unroll
	for (i = 0; i < GXDP_WORDS_USED; i++)
		f->word[i] = key.word[i];
	f->lanes = key.lanes;
	f->short_way = short_way(ctx, f);
	return XDP_PASS;
}
