/* SPDX-License-Identifier: GPL-2.0 */
/* What was decided about a packet, for test and trace. */
#ifndef GXDP_PACKET_H
#define GXDP_PACKET_H

#include <stdio.h>

#include "engine/engine.h"
#include "jsontext.h"

/* "10.9.0.2:4711 > 10.9.0.1:22 tcp SYN, 74 bytes" */
void packet_describe(const struct gxdp_sample *rec, char *out, size_t size);
/* "drop by bad-guys (web.rules:3)"; @rs may be NULL, or of another generation */
void packet_decision(const struct gxdp_sample *rec, const struct gx_ruleset *rs,
		     char *out, size_t size);
/* Both as members of an object */
json_t *packet_json(const struct gxdp_sample *rec, const struct gx_ruleset *rs);
void packet_hex(const void *data, size_t len, FILE *out);

#endif /* GXDP_PACKET_H */
