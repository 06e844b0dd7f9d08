/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames to test the BPF programs with, and checksums worked out from scratch.
 * Written without the programs' own headers, so as not to share their mistakes.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include <gxdp/maps.h>

#define FRAME_MAX 9200

/* What reflect has to do with it */
enum reflection {
	BACK,		/* sent back, addresses and ports exchanged */
	BACK_ECHO,	/* sent back as an echo reply */
	STAY_NEIGHBOUR,
	STAY_MULTICAST,
	STAY_UNREADABLE,
};

struct frame {
	const char *name;
	enum gxdp_class class;
	enum reflection reflection;
	uint8_t data[FRAME_MAX];
	int len;
	int headers;	/* up to where it has to reach to be understood */
	int ip;		/* offset of the IP header, 0: none */
	int l4;		/* offset of the transport header, 0: none */
	uint8_t proto;
	bool swaps_ports;
	uint16_t dport;
};

extern struct frame frames[];
extern int nr_frames;

void frames_build(void);

/* Whether the checksums in @f's headers are right */
bool checksums_right(const struct frame *f, const uint8_t *data, int len);

#endif /* FRAMES_H */
