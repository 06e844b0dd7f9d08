/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_QUEUES_H
#define GXDP_QUEUES_H

#include "jsontext.h"

#include "link.h"

/* gxdp show queues; a gx_exit code */
int show_queues(const char *dev);

/* For each receive queue: its counters as the driver names them; new reference */
json_t *queues_json(const struct link *link);

#endif /* GXDP_QUEUES_H */
