// SPDX-License-Identifier: GPL-2.0
/* The helpers and maps of the filter's source, as far as it knows of them */
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf_helpers.h>	/* ours, and first: it has a struct xdp_md of its own */

#include "../bpf/note.h"
#include "../../../loader/engine/tables.h"
#include "filter.h"

#define TAIL_ROOM	256	/* bytes that a frame may grow by */
#define BLOCKS		(GXDP_MAX_IDS / GXDP_COUNTER_BLOCK)

static struct gxdp_chunk *chunks[GXDP_CHUNKS];
static struct gxdp_rule_counters counted[BLOCKS];
static struct gxdp_reasons reason_counters;
static struct gxdp_settings host_settings;
static struct gxdp_rejects host_rejects;

/* --- maps ------------------------------------------------------------------------- */

static void *lookup_chunk(__u32 key)
{
	return key < GXDP_CHUNKS ? chunks[key] : NULL;
}

void *bpf_map_lookup_elem(void *map, const void *key)
{
	__u32 at = *(const __u32 *)key;

	if (map == &tables)
		return lookup_chunk(at);
	if (map == &current)
		return lookup_chunk(0);
	if (map == &rule_counters)
		return at < BLOCKS ? &counted[at] : NULL;
	if (map == &reasons)
		return &reason_counters;
	if (map == &settings)
		return &host_settings;
	if (map == &rejects)
		return &host_rejects;
	/* no buckets: everything is within its limit */
	if (map == &rule_limits || map == &key_limits)
		return NULL;
	/* an inner map is its one entry */
	return map;
}

long bpf_map_update_elem(void *map, const void *key, const void *value,
			 __u64 flags)
{
	(void)map;
	(void)key;
	(void)value;
	(void)flags;
	return 0;
}

/* There is nobody at all to send to. */
long bpf_redirect_map(void *map, __u64 key, __u64 flags)
{
	(void)map;
	(void)key;
	return flags & 3;
}

void *bpf_ringbuf_reserve(void *ringbuf, __u64 size, __u64 flags)
{
	(void)ringbuf;
	(void)flags;
	return malloc(size);
}

void bpf_ringbuf_submit(void *data, __u64 flags)
{
	(void)flags;
	free(data);
}

/* --- numbers ---------------------------------------------------------------------- */

static __u64 now;

__u64 bpf_ktime_get_ns(void)
{
	return now += 1000000;
}

__u32 bpf_get_prandom_u32(void)
{
	static __u32 number;

	return number++;
}

/* Of what is added only: the filter takes nothing away. */
__s64 bpf_csum_diff(const __be32 *from, __u32 from_size, const __be32 *to,
		    __u32 to_size, __wsum seed)
{
	__u64 sum = seed;
	__u32 word, i;

	(void)from;
	if (from_size || to_size % 4)
		abort();
	for (i = 0; i < to_size; i += 4) {
		memcpy(&word, (const __u8 *)to + i, 4);
		sum += word;
		sum = (sum & 0xffffffff) + (sum >> 32);
	}
	return sum;
}

/* --- the packet ------------------------------------------------------------------- */

static size_t linear_len(const struct xdp_md *ctx)
{
	return ctx->data_end - ctx->data;
}

__u64 bpf_xdp_get_buff_len(struct xdp_md *ctx)
{
	return linear_len(ctx) + ctx->frags_len;
}

long bpf_xdp_load_bytes(struct xdp_md *ctx, __u32 offset, void *buf, __u32 len)
{
	size_t linear = linear_len(ctx);
	const __u8 *data = (void *)ctx->data;
	__u8 *to = buf;

	if ((__u64)offset + len > linear + ctx->frags_len)
		return -1;
	for (; len; len--, offset++)
		*to++ = offset < linear ? data[offset] :
					  ctx->frags[offset - linear];
	return 0;
}

long bpf_xdp_adjust_meta(struct xdp_md *ctx, int delta)
{
	(void)ctx;
	(void)delta;
	return -1;
}

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

/* The linear part with room for @len bytes, elsewhere: old pointers to it are stale. */
static void move_linear(struct xdp_md *ctx, size_t len)
{
	size_t have = linear_len(ctx);
	__u8 *old = (void *)ctx->data, *data = must(calloc(1, len));

	memcpy(data, old, have < len ? have : len);
	free(old);
	ctx->data = (unsigned long)data;
	ctx->data_end = ctx->data + len;
	ctx->data_meta = ctx->data;
}

long bpf_xdp_adjust_tail(struct xdp_md *ctx, int delta)
{
	size_t linear = linear_len(ctx), cut;

	if (delta >= 0) {
		if (ctx->frags_len || delta > TAIL_ROOM)
			return -1;
		move_linear(ctx, linear + delta);
		return 0;
	}
	cut = -(long)delta;
	if (cut + ETH_HLEN > linear + ctx->frags_len)
		return -1;
	if (cut <= ctx->frags_len) {
		ctx->frags_len -= cut;
		move_linear(ctx, linear);
		return 0;
	}
	move_linear(ctx, linear - (cut - ctx->frags_len));
	ctx->frags_len = 0;
	return 0;
}

static void open_packet(const struct host_frame *frame, struct xdp_md *ctx)
{
	__u8 *data = must(malloc(frame->linear));

	memcpy(data, frame->data, frame->linear);
	*ctx = (struct xdp_md){
		.data = (unsigned long)data,
		.data_end = (unsigned long)data + frame->linear,
		.data_meta = (unsigned long)data,
		.ingress_ifindex = 1,
		.rx_queue_index = frame->rxq,
		.frags_len = frame->len - frame->linear,
	};
	ctx->frags = must(malloc(ctx->frags_len + !ctx->frags_len));
	memcpy(ctx->frags, frame->data + frame->linear, ctx->frags_len);
}

static void close_packet(struct xdp_md *ctx)
{
	free((void *)ctx->data);
	free(ctx->frags);
}

/* --- for the fuzzers -------------------------------------------------------------- */

void host_filter_free(void)
{
	size_t i;

	for (i = 0; i < GXDP_CHUNKS; i++)
		free(chunks[i]);
	memset(chunks, 0, sizeof(chunks));
}

/* The last chunk ends where the program may read no further. */
static struct gxdp_chunk *new_chunk(const uint64_t *word, size_t words)
{
	size_t size = offsetof(struct gxdp_chunk, word) +
		      (words + GXDP_CHUNK_PAD) * sizeof(*word);
	struct gxdp_chunk *chunk = must(calloc(1, size));

	memcpy(chunk->word, word, words * sizeof(*word));
	return chunk;
}

void host_filter_rules(const struct gx_tables *tables, bool traced)
{
	uint32_t n = gx_arena_chunks(&tables->arena), i, words;

	host_filter_free();
	for (i = 0; i < n; i++) {
		words = GXDP_CHUNK_WORDS;
		if (i == n - 1)
			words = tables->arena.used - i * GXDP_CHUNK_WORDS;
		chunks[i] = new_chunk(tables->arena.chunk[i], words);
	}
	chunks[0]->root = tables->root;
	chunks[0]->root.first_chunk = 0;
	if (traced)
		chunks[0]->root.flags |= GXDP_ROOT_TRACED;
	host_settings = (struct gxdp_settings){
		.trace_every = traced,
		.trace_bytes = GXDP_SAMPLE_BYTES,
		.reject_per_second = ~0u,
	};
	/* ids are few and low */
	memset(counted, 0, (tables->root.rules / GXDP_COUNTER_BLOCK + 1) *
			   sizeof(counted[0]));
}

uint64_t host_filter_counted(uint32_t id)
{
	return counted[id / GXDP_COUNTER_BLOCK].rule[id % GXDP_COUNTER_BLOCK].packets;
}

void host_filter_run(const struct host_frame *frame, struct host_decision *d)
{
	struct xdp_md ctx;

	open_packet(frame, &ctx);
	noted_rule = NOTED_NONE;
	d->action = frame->linear < frame->len ? gxdp_frags(&ctx) : gxdp(&ctx);
	d->rule_id = noted_rule;
	d->out_len = bpf_xdp_get_buff_len(&ctx);
	d->out = must(malloc(d->out_len));
	bpf_xdp_load_bytes(&ctx, 0, d->out, d->out_len);
	close_packet(&ctx);
}

void host_decision_free(struct host_decision *d)
{
	free(d->out);
}

static void give_key(const struct gxdp_key *key, __u64 *word, __u64 *lanes)
{
	memcpy(word, key->word, GXDP_WORDS_USED * sizeof(*word));
	*lanes = key->lanes;
}

uint32_t host_filter_parse(const struct host_frame *frame, __u64 *word,
			   __u64 *lanes)
{
	struct gxdp_key key = {};
	struct xdp_md ctx;
	uint32_t family;

	open_packet(frame, &ctx);
	if (frame->linear < frame->len)
		family = gxdp_read_frags(&ctx, &key, GXDP_ROOT_RARE);
	else
		family = gxdp_read_linear(&ctx, &key, GXDP_ROOT_RARE);
	give_key(&key, word, lanes);
	close_packet(&ctx);
	return family;
}

uint32_t host_filter_short(const struct host_frame *frame, __u64 *word,
			   __u64 *lanes)
{
	struct gxdp_key key = {};
	struct xdp_md ctx;
	uint32_t family = GXDP_FAMILY_IPV4;

	open_packet(frame, &ctx);
	if (!gxdp_read_usual4(&ctx, &key)) {
		memset(&key, 0, sizeof(key));
		family = gxdp_read_usual6(&ctx, &key);
	}
	give_key(&key, word, lanes);
	close_packet(&ctx);
	return family;
}

uint64_t host_filter_sets(bool v6, const uint64_t addr[2], uint32_t second)
{
	struct gxdp_space space = { .head = chunks[0], .first = 0 };

	now = second * GXDP_NS_PER_S;
	return v6 ? gxdp_sets(&space, true, addr[0], addr[1]) :
		    gxdp_sets(&space, false, addr[0], 0);
}
