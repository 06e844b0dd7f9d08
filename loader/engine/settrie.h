/* SPDX-License-Identifier: GPL-2.0 */
/* Sets as tries of tables (gxdp/tables.h): built whole, or changed as they run. */
#ifndef GXDP_ENGINE_SETTRIE_H
#define GXDP_ENGINE_SETTRIE_H

#include "arena.h"
#include "boxes.h"

/* A member, in the form tries have: bits behind @len are zero */
struct gx_entry {
	uint64_t addr[2];	/* IPv4: upper half of the first */
	uint64_t sets;
	uint32_t expiry;	/* 0: never */
	uint8_t len;
};

/* The tries in an arena, and what changes them */
struct gx_settrie {
	struct gx_arena *arena;
	struct gxdp_set_heap *heap;
	struct gxdp_set_root root4, root6;
	struct gxdp_root *head;		/* that packets go by */
	/* waits until no packet reads what it could read when called; 0 or -errno */
	int (*grace)(struct gx_settrie *trie);
	void *priv;
	bool unseen;	/* packets under way may not know of what was added last */
};

/* Put all of @boxes' sets into @arena; fills the set_* members of @root */
int gx_sets_build(struct gx_arena *arena, const struct gx_boxes *boxes,
		  struct gxdp_root *root, struct gx_error *err);

/*
 * Add one member to the set in @entry, one only, or change its expiry there. In place:
 * a packet meets the member or does not. Of the roots only one that was empty changes. 1: it was there. -ENOSPC:
 * no room; -ELOOP: too many members one inside the other; -EOVERFLOW: too many steps
 * to tell it from others; in no such case is anything changed. One that expires and one that does not stand beside each other.
 */
int gx_settrie_add(struct gx_settrie *trie, bool v6, const struct gx_entry *entry);
/* When the one that expires goes, if it is there; else 0 */
uint32_t gx_settrie_expiry(struct gx_settrie *trie, bool v6, const struct gx_entry *entry);
/* Take it out of the sets in @entry. 1: it was in none of them. */
int gx_settrie_del(struct gx_settrie *trie, bool v6, const struct gx_entry *entry);
/*
 * The same for members that expire, or that do not: to be called when the other kind
 * has been added in their place, for which packets under way are waited for.
 */
int gx_settrie_del_timed(struct gx_settrie *trie, bool v6,
			 const struct gx_entry *entry);
int gx_settrie_del_untimed(struct gx_settrie *trie, bool v6,
			   const struct gx_entry *entry);

/*
 * Take out all members that have expired by @now, and give back what has nothing alive
 * any more, after a grace period if there is any. *@gone: how many; one in several
 * slots counts several times. 0 or -errno
 */
int gx_settrie_expire(struct gx_settrie *trie, uint32_t now, size_t *gone);

/* Call @fn for each member; the same one may come more than once */
typedef int (*gx_entry_fn)(bool v6, const struct gx_entry *entry, void *arg);
int gx_settrie_walk(struct gx_settrie *trie, gx_entry_fn fn, void *arg);

/* For tests: which sets an address is in, at time @now */
uint64_t gx_settrie_lookup(struct gx_settrie *trie, bool v6,
			   const uint64_t addr[2], uint32_t now);

#endif /* GXDP_ENGINE_SETTRIE_H */
