// SPDX-License-Identifier: GPL-2.0
/* Numbered frames: see track.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "track.h"

#define TRACK_MAGIC	0x67786470
#define TRACK_MAX_SEQ	(1ULL << 24)

static uint64_t slower_by(void)
{
	const char *slower = getenv("TRACK_SLOWER");
	uint64_t by = slower ? strtoull(slower, NULL, 10) : 1;

	return by ? by : 1;
}

uint64_t track_rate(uint64_t wanted)
{
	uint64_t by = slower_by();

	return wanted >= by ? wanted / by : wanted;
}

uint64_t track_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ULL + ts.tv_nsec / 1000;
}

static uint8_t pattern(uint64_t seq, size_t at)
{
	return seq * 31 + (seq >> 8) * 17 + at * 7 + (at >> 8) * 13;
}

void track_fill(void *payload, size_t len, uint32_t stream, uint64_t seq, uint64_t total)
{
	struct track_head head = { TRACK_MAGIC, stream, seq, total };
	uint8_t *byte = payload;
	size_t i;

	memcpy(payload, &head, sizeof(head));
	for (i = sizeof(head); i < len; i++)
		byte[i] = pattern(seq, i);
}

static bool intact(const struct tracker *t, const void *payload, size_t len, uint64_t seq)
{
	const uint8_t *byte = payload;
	size_t i;

	if (t->valid && t->valid < len)
		len = t->valid;
	for (i = sizeof(struct track_head); i < len; i++)
		if (byte[i] != pattern(seq, i))
			return false;
	return true;
}

static struct track *track_of(struct tracker *t, uint32_t stream)
{
	unsigned int i;

	for (i = 0; i < TRACK_STREAMS; i++) {
		struct track *track = &t->track[i];

		if (track->used && track->stream == stream)
			return track;
		if (track->used)
			continue;
		track->seen = calloc(TRACK_MAX_SEQ / 64, sizeof(uint64_t));
		if (!track->seen)
			return NULL;
		track->used = true;
		track->stream = stream;
		track->min_len = SIZE_MAX;
		return track;
	}
	return NULL;
}

static void note_time(struct track *track)
{
	uint64_t now = track_now_us();

	uint64_t pause = track->last_us ? now - track->last_us : 0;

	if (pause > track->pause_us)
		track->pause_us = pause;
	if (pause >= TRACK_GAP_US && pause >= TRACK_GAP_US * slower_by())
		track->gaps++;
	track->last_us = now;
}

static void note_seq(struct track *track, uint64_t seq)
{
	uint64_t *word = &track->seen[seq / 64], bit = 1ULL << seq % 64;

	if (*word & bit) {
		track->twice++;
		return;
	}
	*word |= bit;
	track->received++;
	if (seq >= track->next)
		track->next = seq + 1;
	else
		track->late++;
}

bool track_take(struct tracker *t, const void *payload, size_t len)
{
	struct track_head head;
	struct track *track;

	if (len < sizeof(head))
		goto foreign;
	memcpy(&head, payload, sizeof(head));
	if (head.magic != TRACK_MAGIC || head.seq >= TRACK_MAX_SEQ)
		goto foreign;
	track = track_of(t, head.stream);
	if (!track)
		goto foreign;
	if (head.total) {
		track->ended = true;
		track->total = head.total;
		return true;
	}
	note_time(track);
	if (len < track->min_len)
		track->min_len = len;
	if (len > track->max_len)
		track->max_len = len;
	if (!intact(t, payload, len, head.seq))
		track->corrupt++;
	note_seq(track, head.seq);
	return true;

foreign:
	t->foreign++;
	return false;
}

unsigned int track_ended(const struct tracker *t)
{
	unsigned int i, n = 0;

	for (i = 0; i < TRACK_STREAMS; i++)
		n += t->track[i].ended;
	return n;
}

uint64_t track_received(const struct tracker *t)
{
	uint64_t n = 0;
	unsigned int i;

	for (i = 0; i < TRACK_STREAMS; i++)
		n += t->track[i].received;
	return n;
}

int track_print(const struct tracker *t)
{
	unsigned int i;

	for (i = 0; i < TRACK_STREAMS && t->track[i].used; i++) {
		const struct track *track = &t->track[i];
		uint64_t sent = track->ended ? track->total : track->next;

		printf("stream=%u received=%" PRIu64 " lost=%" PRIu64 " late=%" PRIu64
		       " twice=%" PRIu64 " corrupt=%" PRIu64 " ended=%d pause_ms=%" PRIu64
		       " gaps=%" PRIu64 " min_len=%zu max_len=%zu foreign=%" PRIu64 "\n",
		       track->stream, track->received, sent - track->received, track->late,
		       track->twice, track->corrupt, track->ended, track->pause_us / 1000,
		       track->gaps, track->received ? track->min_len : 0, track->max_len, t->foreign);
	}
	fflush(stdout);
	return i ? 0 : 1;
}
