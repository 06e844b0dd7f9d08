// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lock.h"
#include "persist.h"

#define RULES_DIR	"/etc/udev/rules.d"
#define RULES_NEW	RULES_DIR "/.70-gxdp.rules.new"

static const char header[] =
	"# Written by \"gxdp bind --persist\"; \"gxdp unbind\" removes a card's line.\n";

/* One line is one card; whoever edits the file by hand may add others. */
static const char rule[] =
	"ACTION==\"add\", SUBSYSTEM==\"pci\", KERNEL==\"%s\", ATTR{vendor}==\"0x%04x\", "
	"ATTR{device}==\"0x%04x\", TAG+=\"systemd\", ENV{SYSTEMD_WANTS}+=\"" PERSIST_UNIT "\"\n";

static bool parse(const char *line, struct persist *entry)
{
	return sscanf(line, "ACTION==\"add\", SUBSYSTEM==\"pci\", KERNEL==\"%15[0-9a-f:.]\", ATTR{vendor}==\"0x%x\", ATTR{device}==\"0x%x\"",
		      entry->address, &entry->vendor, &entry->device) == 3 &&
	       strstr(line, PERSIST_UNIT);
}

int persist_list(struct persist *list, int max)
{
	FILE *f = fopen(PERSIST_RULES, "re");
	char *line = NULL;
	size_t size = 0;
	int n = 0;

	if (!f)
		return errno == ENOENT ? 0 : -errno;
	while (n < max && getline(&line, &size, f) > 0)
		if (parse(line, &list[n]))
			n++;
	free(line);
	fclose(f);
	return n;
}

bool persist_has(const char *address)
{
	struct persist list[64];
	int i, n = persist_list(list, 64);

	for (i = 0; i < n; i++)
		if (!strcmp(list[i].address, address))
			return true;
	return false;
}

/* All lines but @address's; *left says how many are more than our own heading */
static int copy_others(FILE *to, const char *address, int *left)
{
	FILE *from = fopen(PERSIST_RULES, "re");
	struct persist entry;
	char *line = NULL;
	size_t size = 0;

	*left = 0;
	if (!from) {
		if (errno != ENOENT)
			return -errno;
		fputs(header, to);
		return 0;
	}
	while (getline(&line, &size, from) > 0) {
		if (parse(line, &entry) && !strcmp(entry.address, address))
			continue;
		fputs(line, to);
		if (line[strlen(line) - 1] != '\n')
			fputc('\n', to);
		if (strcmp(line, header) && line[0] != '\n')
			++*left;
	}
	free(line);
	fclose(from);
	return 0;
}

/* Replace the file; a crash leaves the old or the new one, never half of it. */
static int rewrite(const char *address, const struct pci_dev *add)
{
	int left, err;
	FILE *f;

	if (mkdir("/etc/udev", 0755) && errno != EEXIST)
		return -errno;
	if (mkdir(RULES_DIR, 0755) && errno != EEXIST)
		return -errno;
	f = fopen(RULES_NEW, "we");
	if (!f)
		return -errno;
	err = copy_others(f, address, &left);
	if (!err && add)
		fprintf(f, rule, add->address, add->vendor, add->device);
	if (!err && (fflush(f) || fsync(fileno(f))))
		err = -errno;
	if (fclose(f) && !err)
		err = -errno;
	if (!err && !add && !left)
		err = unlink(PERSIST_RULES) && errno != ENOENT ? -errno : 1;
	if (!err && rename(RULES_NEW, PERSIST_RULES))
		err = -errno;
	if (err)
		unlink(RULES_NEW);
	return err < 0 ? err : 0;
}

/* What another gxdp writes at the same time, for another card, is there as well. */
static int rewrite_locked(const char *address, const struct pci_dev *add)
{
	int lock = lock_wait_machine("persist"), err;

	if (lock < 0)
		return lock;
	err = rewrite(address, add);
	close(lock);
	return err;
}

int persist_add(const struct pci_dev *dev)
{
	return rewrite_locked(dev->address, dev);
}

int persist_remove(const char *address)
{
	if (!persist_has(address))
		return 0;
	return rewrite_locked(address, NULL);
}
