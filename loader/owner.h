/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose pins are those of a device's name? Names go from one device to another: by
 * renaming, when a device is deleted and made anew, or when one goes into another
 * network namespace and the next one here gets its name. A program at work says which
 * maps it looks into; pins say whom they were made for, and their link whose hook it
 * holds.
 */
#ifndef GXDP_OWNER_H
#define GXDP_OWNER_H

#include "link.h"
#include "pins.h"

/* The device of this namespace, in @name, that runs what is pinned; false if none does */
bool owner_find(const struct pins *pins, char name[IFNAMSIZ]);

/*
 * Whether what is pinned there is another device's than @link. Of a device that is gone
 * everywhere it is not: the next of its name goes on with it.
 */
bool owner_is_other(const struct link *link, const struct pins *pins);

/*
 * Let @link have the directory @pins, if owner_is_other(): what is there is moved aside,
 * where the other one finds it by its program. A gx_exit code, with fail() done.
 */
int owner_make_way(const struct link *link, const struct pins *pins);

#endif /* GXDP_OWNER_H */
