/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbered frames: what the test programs send, and how the receiving end
 * finds out which were lost, late, twice there, or not what was sent.
 */
#ifndef TRACK_H
#define TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Local experimental EtherType: no stack answers it, no RSS hashes it. */
#define TRACK_ETHERTYPE	0x88b5
#define TRACK_MAX_LEN	9216
#define TRACK_STREAMS	8
#define TRACK_GAP_US	250000	/* long for a pause; TRACK_SLOWER times it where that is set */

/**
 * struct track_head - what a numbered frame's payload begins with
 * @magic: TRACK_MAGIC
 * @stream: which of several streams
 * @seq: number, from 0
 * @total: 0, or, in the frames that end a stream, how many went before
 *
 * Host byte order: both ends are on one machine. Each byte that follows
 * depends on its place and on @seq.
 */
struct track_head {
	uint32_t magic;
	uint32_t stream;
	uint64_t seq;
	uint64_t total;
};

/**
 * struct track - what is known of one received stream
 * @seen: a bit for each number
 * @next: one more than the highest number received
 * @late: frames that came after one with a higher number
 * @total: as its sender said at its end
 * @pause_us: the longest time between two frames
 * @gaps: how often that was TRACK_GAP_US and more
 */
struct track {
	bool used, ended;
	uint32_t stream;
	uint64_t *seen;
	uint64_t next, received, late, twice, corrupt, total;
	uint64_t last_us, pause_us, gaps;
	size_t min_len, max_len;
};

/**
 * struct tracker - all the streams a program receives
 * @valid: verify only so many bytes of each payload (0: all)
 * @foreign: frames that are none of ours
 */
struct tracker {
	struct track track[TRACK_STREAMS];
	size_t valid;
	uint64_t foreign;
};

/* Write a payload. @len is at least sizeof(struct track_head). */
void track_fill(void *payload, size_t len, uint32_t stream, uint64_t seq, uint64_t total);

/* Take note of a payload received. False: not a numbered frame. */
bool track_take(struct tracker *t, const void *payload, size_t len);

/* How many streams have come to their end. */
unsigned int track_ended(const struct tracker *t);

/* Frames received in all streams. */
uint64_t track_received(const struct tracker *t);

/* A line of NAME=VALUE for each stream; 0 if there was any, else 1. */
int track_print(const struct tracker *t);

/*
 * How many frames a second to send where @wanted are asked for. On a kernel that is
 * several times slower, with TRACK_SLOWER=N in the environment, only one N-th: at full
 * rate a stream would leave nothing to what is done beside it.
 */
uint64_t track_rate(uint64_t wanted);

/* Microseconds of a clock that only goes forward. */
uint64_t track_now_us(void);

#endif /* TRACK_H */
