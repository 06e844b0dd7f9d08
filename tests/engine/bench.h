/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TEST_BENCH_H
#define TEST_BENCH_H

#include <linux/types.h>

#define BENCH_HEADERS	65536
/*
 * IPv6 and TCP: from byte 14 on, in words, so that no field that the parser reads
 * lies in two of them, but IPv4's addresses: see bpf/bench.bpf.c.
 */
#define BENCH_WORDS	8

struct bench_headers {
	__u64 header[BENCH_HEADERS][BENCH_WORDS];
};

#endif /* TEST_BENCH_H */
