// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer on the packet parser: any bytes as a frame, whole or in fragments. It
 * reads nothing behind the frame, says what the oracle says, and so does the
 * short way; and a rule that answers them writes nothing outside either, and
 * answers in packets that can be read.
 *
 * Input: the queue, two bytes of where the linear part ends, the frame.
 */
#include <assert.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gxdp/tables.h>

#include "../../loader/engine/engine.h"
#include "framegen.h"
#include "host/filter.h"
#include "keyread.h"
#include "rulegen.h"

#define HEAD	3	/* bytes in front of the frame */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* What generated frames are for */
static struct gx_ruleset *about;

/* One rule, which answers everything */
static void answer_all(void)
{
	struct gx_rule rule = { .id = 1, .act.verdict = GX_REJECT };
	struct gx_ruleset rs = { .rule = &rule, .nrules = 1 };
	struct gx_tables *tables;
	struct gx_error err = {};

	assert(!gx_compile(&rs, NULL, &tables, NULL, &err));
	host_filter_rules(tables, true);
	gx_tables_free(tables);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct rng r = { 7 };

	(void)argc;
	(void)argv;
	about = rules_random(&r, 200);
	answer_all();
	return 0;
}

static void complain(const char *who, const char *what)
{
	fprintf(stderr, "%s and the oracle read the frame differently: its %s\n",
		who, what);
	abort();
}

/* What each way of reading makes of a frame */
struct reading {
	uint32_t family;
	__u64 lanes;
	__u64 word[GXDP_WORDS_USED];
};

static void check_parser(const struct host_frame *frame, const char *who,
			 const struct oracle_packet *want, struct reading *r)
{
	struct oracle_packet got;
	const char *what;

	r->family = host_filter_parse(frame, r->word, &r->lanes);
	key_read(&got, r->word, r->family);
	what = packets_differ(&got, want);
	if (!what && !key_lanes_right(r->word, r->lanes))
		what = "key's lanes";
	if (what)
		complain(who, what);
}

/* Where the short way takes a frame, it has the words that the parser has. */
static void check_short(const struct host_frame *frame,
			const struct reading *parsed)
{
	struct reading r;
	int i;

	r.family = host_filter_short(frame, r.word, &r.lanes);
	if (r.family == GXDP_FAMILY_OTHER)
		return;
	if (r.family != parsed->family || r.lanes != parsed->lanes)
		complain("the short way", "family or lanes");
	for (i = 0; i <= GXDP_W_DST6_LO; i++)
		if (i != GXDP_W_SRC_SETS && i != GXDP_W_DST_SETS &&
		    r.word[i] != parsed->word[i])
			complain("the short way", "words");
}

static void check_answer(const struct host_frame *frame,
			 const struct oracle_packet *asked)
{
	struct host_decision d;
	struct oracle_packet p;

	host_filter_run(frame, &d);
	assert(d.rule_id == 1);
	assert(d.action == XDP_TX || d.action == XDP_DROP);
	if (d.action == XDP_TX) {
		oracle_read(&p, d.out, d.out_len, frame->rxq);
		assert(p.value[GX_F_STATE] == GX_STATE_OK);
		assert(p.ipver && p.ipver == asked->ipver);
		assert(!memcmp(p.src, asked->dst, sizeof(p.src)) &&
		       !memcmp(p.dst, asked->src, sizeof(p.dst)));
		assert(p.has[GX_F_ICMP_TYPE] ||
		       (p.has[GX_F_TCP_FLAGS] && p.value[GX_F_TCP_FLAGS] & 4));
	}
	host_decision_free(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct host_frame whole, frags;
	struct oracle_packet want;
	struct reading r;

	if (size < HEAD + 14)
		return 0;
	whole = (struct host_frame){
		.data = data + HEAD,
		.len = size - HEAD,
		.linear = size - HEAD,
		.rxq = data[0],
	};
	frags = whole;
	frags.linear = 14 + (data[1] << 8 | data[2]) % (whole.len - 13);
	oracle_read(&want, whole.data, whole.len, whole.rxq);

	check_parser(&frags, "the parser, with fragments,", &want, &r);
	check_short(&frags, &r);
	check_parser(&whole, "the parser", &want, &r);
	check_short(&whole, &r);
	check_answer(&frags, &want);
	check_answer(&whole, &want);
	return 0;
}

/* Now and then a sound frame to go on from, which bytes at random seldom are */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed)
{
	struct rng r = { seed };
	struct frame f;

	if (!rng_chance(&r, 10) || max < HEAD + FRAME_MAX)
		return LLVMFuzzerMutate(data, size, max);
	frame_for_rules(&r, about, 1, 50, &f);
	data[0] = rng_next(&r);
	data[1] = 0;
	data[2] = rng_next(&r);
	memcpy(data + HEAD, f.data, f.len);
	return HEAD + f.len;
}
