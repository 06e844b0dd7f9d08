/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What gxdp leaves in bpffs for a device: DIR/prog and DIR/maps/NAME below
 * /sys/fs/bpf/gxdp. DIR is the device's name; a dot, which bpffs does not take,
 * is written "::", and for a device outside the first network namespace ":ns"
 * and the namespace's inode number follow. ":was" and a number follow the name of a
 * device that has another by now: see owner.h. No device name has a colon.
 *
 * A new set is first pinned aside, and takes the old one's place when its
 * program is attached.
 */
#ifndef GXDP_PINS_H
#define GXDP_PINS_H

#include <limits.h>
#include <linux/types.h>
#include <stdbool.h>

#include "object.h"

struct pins {
	char dir[PATH_MAX / 4];
	char staged[PATH_MAX / 4];
};

/* Name the directories for @dev; mounts bpffs if need be. gx_exit code. */
int pins_locate(struct pins *pins, const char *dev);
/* The same for those who only look: false if there is no bpffs */
bool pins_locate_existing(struct pins *pins, const char *dev);

/* The BPF file system to use, mounted if need be; NULL if there is none */
const char *pins_bpffs(void);

/* @path below the machine's /sys, as the user finds it, whatever way we went */
const char *pins_shown(const char *path);

/* The directory that those of devices are in; gx_exit code */
int pins_make_root(const struct pins *pins);

/* Pin @obj's program and maps aside; gx_exit code */
int pins_stage(struct pins *pins, const struct object *obj);
void pins_drop_staged(struct pins *pins);
/* The staged set takes the place of what was there */
int pins_commit(struct pins *pins);
/*
 * What a gxdp staged that was killed before it could commit it, if it is of the program
 * @running: commit it now, before the next set is staged in its place.
 */
void pins_recover(struct pins *pins, __u32 running);
void pins_remove(struct pins *pins);
/* All files in a directory, which stays */
void pins_remove_files(const char *path);

/* Id of the pinned program, 0 if none; *frags if it was an xdp.frags one */
__u32 pins_prog_id(const struct pins *pins, bool *frags);

/*
 * A device may have been renamed since: search all directories for the
 * program @id and put the directory that has it into @pins.
 */
bool pins_find(struct pins *pins, __u32 id);

/*
 * The same by a map: the directory whose maps/@map @is_it says yes to. False if
 * there is none; @pins is then as it was.
 */
bool pins_find_map(struct pins *pins, const char *map,
		   bool (*is_it)(int fd, void *arg), void *arg);
/* The @n-th name, from 1, for @pins when another device has theirs; false: too long */
bool pins_aside(const struct pins *pins, unsigned int n, struct pins *aside);
/* Let @pins' set be under the name that @to has; 0 or -errno */
int pins_move(struct pins *pins, const struct pins *to);

/* Call @each with name and path of every pinned map */
void pins_each_map(const struct pins *pins,
		   void (*each)(const char *name, const char *path, void *arg),
		   void *arg);

#endif /* GXDP_PINS_H */
