// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gxdp.h"
#include "sysctls.h"

static void conf_path(char *path, size_t size, const char *family,
		      const char *ifname, const char *name)
{
	snprintf(path, size, "/proc/sys/net/%s/conf/%s/%s", family, ifname,
		 name);
}

static bool read_value(const char *path, char *value, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return false;
	len = read(fd, value, size - 1);
	close(fd);
	if (len <= 0)
		return false;
	value[len] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return true;
}

static void save_family(struct sysctl **list, const char *family,
			const char *ifname)
{
	struct dirent *entry;
	char path[PATH_MAX];
	struct sysctl *item;
	DIR *dir;

	conf_path(path, sizeof(path), family, ifname, "");
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		item = calloc(1, sizeof(*item));
		if (!item)
			break;
		snprintf(item->family, sizeof(item->family), "%s", family);
		snprintf(item->name, sizeof(item->name), "%.63s",
			 entry->d_name);
		conf_path(path, sizeof(path), family, ifname, item->name);
		if (!read_value(path, item->value, sizeof(item->value))) {
			free(item);
			continue;
		}
		item->next = *list;
		*list = item;
	}
	closedir(dir);
}

struct sysctl *sysctls_save(const char *ifname)
{
	struct sysctl *list = NULL;

	save_family(&list, "ipv4", ifname);
	save_family(&list, "ipv6", ifname);
	return list;
}

static void set_if_different(const struct sysctl *item, const char *ifname)
{
	char path[PATH_MAX], now[sizeof(item->value)];
	int fd;

	conf_path(path, sizeof(path), item->family, ifname, item->name);
	if (!read_value(path, now, sizeof(now)) || !strcmp(now, item->value))
		return;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	debug("%s = %s (was %s)", path, item->value, now);
	if (write(fd, item->value, strlen(item->value)) < 0)
		debug("%s cannot be set", path);
	close(fd);
}

void sysctls_restore(const struct sysctl *list, const char *ifname)
{
	const struct sysctl *item;
	int pass;

	/* Twice, for some set others: forwarding does. */
	for (pass = 0; pass < 2; pass++)
		for (item = list; item; item = item->next)
			set_if_different(item, ifname);
}

void sysctls_free(struct sysctl *list)
{
	struct sysctl *next;

	for (; list; list = next) {
		next = list->next;
		free(list);
	}
}
