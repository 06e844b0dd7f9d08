// SPDX-License-Identifier: GPL-2.0
/* A device's receive queues: what its driver counts for each. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "datapath.h"
#include "devinfo.h"
#include "gxdp.h"
#include "queues.h"
#include "table.h"

#define SEPARATORS	"_-.: "

/*
 * Drivers put the queue's number somewhere behind "rx": rx_queue_0_packets,
 * rx0_bytes, rx-0.drops. Returns it, and what the counter is called without it;
 * -1: this is no counter of a receive queue. rx_64b_frames counts by size, and so does
 * rx_8192_to_10239_bytes_phy, which only the number gives away.
 */
static int split_name(const char *name, char *rest, size_t size)
{
	const char *pos = name;
	int queue = 0;

	if (strncmp(pos, "rx", 2))
		return -1;
	pos += 2;
	while (*pos == '_' || *pos == '-')
		pos++;
	if (!strncmp(pos, "queue", 5))
		pos += 5;
	while (*pos == '_' || *pos == '-')
		pos++;
	if (!isdigit(*pos))
		return -1;
	while (isdigit(*pos) && queue < 4096)
		queue = queue * 10 + (*pos++ - '0');
	if (!strspn(pos, SEPARATORS))
		return -1;
	pos += strspn(pos, SEPARATORS);
	if (!*pos)
		return -1;
	snprintf(rest, size, "%s", pos);
	return queue;
}

struct queues {
	json_t *list;
	unsigned int max;	/* of this device */
};

static void add_queue(json_t *list)
{
	json_array_append_new(list, json_pack("{s:i, s:{}}", "queue",
					      (int)json_array_size(list), "stats"));
}

static void add_stat(const char *name, uint64_t value, void *arg)
{
	struct queues *queues = arg;
	json_t *queue;
	char rest[64];
	int n = split_name(name, rest, sizeof(rest));

	if (n < 0 || (unsigned int)n >= queues->max)
		return;
	while ((int)json_array_size(queues->list) <= n)
		add_queue(queues->list);
	queue = json_array_get(queues->list, n);
	set_by_text(json_object_get(queue, "stats"), rest, json_integer(value));
}

json_t *queues_json(const struct link *link)
{
	struct queues queues = { .list = json_array() };
	struct channels ch;
	unsigned int n;

	devinfo_channels(link->name, &ch);
	/* without "channels" a driver does not say how many it uses, but how many it made */
	queues.max = ch.known ? ch.rx + ch.combined : link->rx_queues;
	/* queues that count nothing are there all the same */
	for (n = 0; ch.known && n < queues.max; n++)
		add_queue(queues.list);
	devinfo_each_stat(link->name, add_stat, &queues);
	return queues.list;
}

static void print_queues(const json_t *list)
{
	const json_t *queue, *value;
	const char *name;
	size_t i;
	bool any;

	json_array_foreach(list, i, queue) {
		printf("rx %zu:", i);
		any = false;
		json_object_foreach(json_object_get(queue, "stats"), name, value) {
			if (!json_integer_value(value))
				continue;
			printf(" %s %lld", name,
			       (long long)json_integer_value(value));
			any = true;
		}
		puts(any ? "" : " nothing counted");
	}
	if (!json_array_size(list))
		puts("the driver counts nothing by queue");
}

int show_queues(const char *dev)
{
	struct driver_info info;
	struct link link;
	json_t *list;
	struct nl nl;
	int ret;

	ret = link_open(&nl, dev, &link);
	if (ret)
		return ret;
	nl_close(&nl);
	devinfo_driver(link.name, &info);
	list = queues_json(&link);
	if (!gx_options.json)
		print_queues(list);
	print_json(json_pack("{s:{s:o, s:o, s:o}}", "queues", "dev",
			     text_json(link.name), "driver",
			     text_json(info.driver), "rx", list));
	return GX_OK;
}
