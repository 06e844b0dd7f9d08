/* SPDX-License-Identifier: GPL-2.0 */
/* What XDP a device can do, and why not: of gxdp features, and for gxdp doctor. */
#ifndef GXDP_XDP_FEATURES_H
#define GXDP_XDP_FEATURES_H

#include <jansson.h>
#include <stdbool.h>

#include "link.h"

/*
 * "device_features" of docs/gxdp.schema.json: the device, its driver, and a list of features
 * by name, each with "yes", "no" or "unknown", and why. Asks in the caller's namespace, and
 * needs no capability. Native XDP comes first, then zero-copy.
 */
json_t *features_json(const struct link *link);

/* For link_for_each(): into the array @arg, unless it is the loopback device */
bool features_collect(const struct link *link, void *arg);

#endif /* GXDP_XDP_FEATURES_H */
