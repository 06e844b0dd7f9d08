/* SPDX-License-Identifier: GPL-2.0 */
/* Network devices that are built on another one, wherever they are. */
#ifndef GXDP_UPPERS_H
#define GXDP_UPPERS_H

#include <stddef.h>

#include "link.h"

/*
 * The names of those built on @link (VLANs, macvlans, ...) or holding it (a bridge, a
 * bond), in @link's namespace, which is the caller's, and in each other that can be
 * entered: "" if there are none. 0, or -errno if some namespace could not be asked.
 */
int uppers_find(const struct link *link, char *names, size_t size);

#endif /* GXDP_UPPERS_H */
