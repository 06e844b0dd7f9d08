/* SPDX-License-Identifier: GPL-2.0 */
/* The rules of a device, for the verbs: its maps, its rules, its hook. */
#ifndef GXDP_DATAPATH_H
#define GXDP_DATAPATH_H

#include "engine/engine.h"
#include "link.h"
#include "pins.h"
#include "store.h"

enum datapath_use {
	DATAPATH_LOOK,		/* there must be one; nothing is changed */
	DATAPATH_TRACE,		/* as LOOK, but its settings can be written */
	DATAPATH_CHANGE,	/* there must be one; the device is locked */
	DATAPATH_PEEK,		/* as LOOK, but .dp may be NULL afterwards */
	DATAPATH_PLAN,		/* as PEEK, with the device locked */
	DATAPATH_DETACH,	/* as PLAN, but .stale instead of some errors */
};

struct datapath {
	enum datapath_use use;		/* that it was opened for */
	struct nl nl;
	struct link link;
	struct pins pins;
	struct gx_dp *dp;
	struct gx_dp_info info;
	struct store store;		/* .rs NULL: no rules applied yet */
	bool stale;			/* rules of another version; .dp is NULL */
	bool made;			/* by datapath_make(), .dp and its pins */
	unsigned long inode;		/* of the directory of pins, when it was opened */
};

/* A gx_exit code, with fail() done; datapath_close() is always safe */
int datapath_open(struct datapath *d, const char *dev, enum datapath_use use);
/* After DATAPATH_PLAN: make the datapath if there is none, mend it if there is */
int datapath_make(struct datapath *d);
void datapath_close(struct datapath *d);

/* Where the program of @d is in the hook */
enum datapath_place {
	DATAPATH_DETACHED,
	DATAPATH_BEHIND_DISPATCHER,
	DATAPATH_EXCLUSIVE,
};

/* *@id: the program that runs, 0 if none */
enum datapath_place datapath_place(struct datapath *d, __u32 *id, bool *native);
/* Whether it gets frames of several buffers there */
bool datapath_frags(struct datapath *d);
/* Whether it is known that the program is not in the hook, so that nothing counts */
bool datapath_idle(struct datapath *d);

struct attach_wish {
	bool exclusive;
	bool generic;
};

/* Put the program into the hook; a gx_exit code */
int datapath_attach(struct datapath *d, const struct attach_wish *wish);
/* Rules that are alone in the hook and take no frags though the driver would, as versions
 * before had them: the program that does takes the place of theirs, at once */
void datapath_renew(struct datapath *d);
/* All pins away; what runs goes on without them */
void datapath_unpin(struct datapath *d);
/* Take it out, and all pins away; a gx_exit code. *@was for the report */
int datapath_remove(struct datapath *d, __u32 *was);

/* The pins of the rules whose program is in @link's hook; false if there are none */
bool datapath_pins_of(const struct link *link, struct pins *pins);

/* Is what is pinned there, a program or rules, in @link's hook, alone or not? -errno: unknown */
int datapath_runs_pinned(const struct link *link, const struct pins *pins);

/*
 * Whether a link is pinned; and in @ifindex the number, in its own network namespace, of
 * the device whose hook it holds, or 0: it holds none any more.
 */
bool datapath_link_ifindex(const struct pins *pins, __u32 *ifindex);

/*
 * Read again what is current, and the rules' text if it is another's: for who looks
 * without the lock, since an update may come between two looks. A gx_exit code; *@changed:
 * what was read before is of other rules.
 */
int datapath_reread(struct datapath *d, bool *changed);

/*
 * For who looks for long: a device may be renamed, and its rules taken away, perhaps to
 * put others there, while their maps stay ours as long as we hold them. Opens what is
 * there now; *@anew says so. GX_NOT_FOUND: the device or its rules are gone.
 */
int datapath_follow(struct datapath *d, bool *anew);

/* Index of the set called @name, or -1 with fail() done */
int datapath_set(const struct datapath *d, const char *name);

#endif /* GXDP_DATAPATH_H */
