// SPDX-License-Identifier: GPL-2.0
/*
 * poke PCI-ADDRESS OFFSET [VALUE [TIMES] | +COUNT]: read, or write, a 32-bit register
 * in a device's first BAR, behind its driver's back; or write it so many times, a
 * millisecond apart; or read COUNT of them, a line each. The kernel allows that only
 * with iomem=relaxed.
 *
 * Exit codes: 0 done, 1 failed, 2 wrong usage.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BAR_SIZE	0x20000

static void write_often(volatile uint32_t *reg, uint32_t value, unsigned long times)
{
	*reg = value;
	while (--times) {
		usleep(1000);
		*reg = value;
	}
}

int main(int argc, char **argv)
{
	unsigned long offset, count = 1, times = 1;
	volatile uint32_t *bar;
	char path[128];
	int fd;

	if (argc == 4 && argv[3][0] == '+')
		count = strtoul(argv[3] + 1, NULL, 0);
	if (argc == 5)
		times = strtoul(argv[4], NULL, 0);
	if (argc < 3 || argc > 5 || !times || (offset = strtoul(argv[2], NULL, 0)) % 4 ||
	    offset >= BAR_SIZE || !count || count > (BAR_SIZE - offset) / 4) {
		fputs("usage: poke PCI-ADDRESS OFFSET [VALUE [TIMES] | +COUNT]\n", stderr);
		return 2;
	}
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource0", argv[1]);
	fd = open(path, O_RDWR | O_SYNC);
	if (fd < 0) {
		fprintf(stderr, "poke: %s: %s\n", path, strerror(errno));
		return 1;
	}
	bar = mmap(NULL, BAR_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (bar == MAP_FAILED) {
		fprintf(stderr, "poke: %s: %s (booted with iomem=relaxed?)\n", path, strerror(errno));
		return 1;
	}
	if (argc > 3 && argv[3][0] != '+') {
		write_often(&bar[offset / 4], strtoul(argv[3], NULL, 0), times);
		return 0;
	}
	for (; count; count--, offset += 4)
		printf("0x%08x\n", bar[offset / 4]);
	return 0;
}
