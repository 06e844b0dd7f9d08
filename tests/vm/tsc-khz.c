// SPDX-License-Identifier: GPL-2.0
/* Prints the rate of this machine's time stamp counter in kHz, measured. */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

struct reading {
	uint64_t ns;
	uint64_t tsc;
};

/*
 * One clock read between two of the counter. Of many attempts the tightest
 * counts, since a busy machine takes the processor away in between at times.
 */
static struct reading read_both(void)
{
	uint64_t best = UINT64_MAX;
	struct reading r = { 0 };

	for (int i = 0; i < 1000; i++) {
		struct timespec ts;
		uint64_t before, after;

		before = __rdtsc();
		clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
		after = __rdtsc();
		if (after - before >= best)
			continue;
		best = after - before;
		r.tsc = before + best / 2;
		r.ns = ts.tv_sec * 1000000000ull + ts.tv_nsec;
	}
	return r;
}

int main(void)
{
	struct timespec pause = { .tv_nsec = 200000000 };
	struct reading a, b;

	a = read_both();
	nanosleep(&pause, NULL);
	b = read_both();
	if (b.ns <= a.ns || b.tsc <= a.tsc)
		return 1;
	printf("%llu\n", (unsigned long long)((b.tsc - a.tsc) * 1000000.0 / (b.ns - a.ns)));
	return 0;
}
