// SPDX-License-Identifier: GPL-2.0
/* Members of sets that run: adding, taking out, listing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dp.h"
#include "error.h"
#include "prefixes.h"
#include "settrie.h"

/* The current tables, mapped as far as they are looked at */
struct live {
	struct gx_arena arena;
	struct gxdp_chunk *chunk[GXDP_CHUNKS];
	struct gx_settrie trie;
	struct gxdp_root root;
	struct gx_dp *dp;
};

static uint32_t seconds_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static bool still_current(struct live *live)
{
	struct gxdp_root now;

	return !gx_dp_root(live->dp, &now) &&
	       now.generation == live->root.generation;
}

/* fd of the map at @key of map tables, made and put there by who may; -1 and errno */
static int chunk_fd(struct live *live, uint32_t key)
{
	int tables = live->dp->map[GX_MAP_TABLES], fd;
	uint32_t id;

	if (!bpf_map_lookup_elem(tables, &key, &id))
		return bpf_map_get_fd_by_id(id);
	if (live->dp->read_only)
		return -1;
	fd = gx_dp_new_chunk(live->dp);
	if (fd >= 0 && bpf_map_update_elem(tables, &key, &fd, 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * Chunk @i of the current tables, mapped; a new one where there is none yet. Writers
 * hold the device's lock. For a reader the tables may stop being the current ones at
 * any time, and their half be written anew; but not before others are current: a chunk
 * that was taken out before the same head was read again is of those tables.
 */
static uint64_t *map_chunk(struct gx_arena *arena, uint32_t i)
{
	struct live *live = arena->priv;
	int fd = chunk_fd(live, live->root.first_chunk + i);
	struct gxdp_chunk *chunk;

	if (fd < 0)
		return NULL;
	chunk = gx_dp_map_chunk(fd);
	close(fd);
	if (!chunk)
		return NULL;
	if (live->dp->read_only && !still_current(live)) {
		gx_dp_unmap_chunk(chunk);
		return NULL;
	}
	live->chunk[i] = chunk;
	arena->chunk[i] = (void *)chunk->word;
	return arena->chunk[i];
}

/*
 * An update of a map of maps returns after a grace period: putting a chunk where
 * it is anyway changes nothing, and waits.
 */
static int wait_grace(struct gx_settrie *trie)
{
	struct live *live = trie->priv;
	int tables = live->dp->map[GX_MAP_TABLES], fd, ret;
	uint32_t key = live->root.first_chunk, id;

	if (bpf_map_lookup_elem(tables, &key, &id))
		return -errno;
	fd = bpf_map_get_fd_by_id(id);
	if (fd < 0)
		return -errno;
	ret = bpf_map_update_elem(tables, &key, &fd, 0) ? -errno : 0;
	close(fd);
	return ret;
}

static void close_live(struct live *live)
{
	uint32_t i;

	for (i = 0; i < GXDP_CHUNKS; i++)
		if (live->chunk[i])
			gx_dp_unmap_chunk(live->chunk[i]);
	free(live);
}

void gx_dp_forget(struct gx_dp *dp)
{
	if (dp->live)
		close_live(dp->live);
	dp->live = NULL;
}

static int open_live(struct gx_dp *dp, struct live **out, struct gx_error *err)
{
	struct gxdp_root root;
	struct live *live;
	int ret;

	ret = gx_dp_root(dp, &root);
	if (ret == -ENOENT || (!ret && !root.set_heap)) {
		gx_error_set(err, -ENOENT, "the rules that are installed have no sets");
		return -ENOENT;
	}
	if (ret)
		return gx_error_set(err, ret, "cannot read the current tables: %s",
				    strerror(-ret));
	if (dp->live && dp->live->root.generation == root.generation) {
		*out = dp->live;
		return 0;
	}
	gx_dp_forget(dp);
	live = calloc(1, sizeof(*live));
	if (!live)
		return gx_error_set(err, -ENOMEM, "not enough memory");
	live->dp = dp;
	live->root = root;
	live->arena.get = map_chunk;
	live->arena.priv = live;
	live->arena.limit = GXDP_CHUNKS * GXDP_CHUNK_WORDS;
	live->trie = (struct gx_settrie){
		.arena = &live->arena,
		.heap = (void *)gx_arena_at(&live->arena, root.set_heap),
		.root4 = root.set_ipv4,
		.root6 = root.set_ipv6,
		.grace = wait_grace,
		.priv = live,
	};
	if (gx_arena_at(&live->arena, 0))
		live->trie.head = &live->chunk[0]->root;
	if (!live->trie.heap || !live->trie.head) {
		ret = -errno;
		if (dp->read_only && !still_current(live))
			ret = -ESTALE;
		close_live(live);
		return gx_error_set(err, ret, "cannot map the tables: %s",
				    strerror(-ret));
	}
	dp->live = live;
	*out = live;
	return 0;
}

static int check_member(const struct gx_member *m, struct gx_error *err)
{
	uint8_t max = m->family == 4 ? 32 : 128;

	if ((m->family == 4 || m->family == 6) && m->prefix.len <= max)
		return 0;
	return gx_error_set(err, -EINVAL, "a member must be an IPv4 or IPv6 prefix");
}

static void to_entry(struct gx_entry *e, const struct gx_member *m,
		     unsigned int set)
{
	int i;

	*e = (struct gx_entry){ .len = m->prefix.len, .sets = 1ull << set };
	for (i = 0; i < (m->family == 6 ? 16 : 4); i++)
		e->addr[i / 8] |= (uint64_t)m->prefix.addr[i] <<
				  (56 - i % 8 * 8);
}

static int check_set(struct live *live, unsigned int set, struct gx_error *err)
{
	if (set < live->root.sets)
		return 0;
	return gx_error_set(err, -ENOENT, "there is no set number %u", set);
}

static int cannot_add(int code, struct gx_error *err)
{
	gx_error_set(err, code, "cannot add a member");
	switch (code) {
	case -ELOOP:
		gx_error_reason(err, "too many prefixes lie one inside the other there");
		gx_error_hint(err, "delete those that a shorter one covers");
		break;
	case -EOVERFLOW:
		gx_error_reason(err, "it cannot be told from more than %d others in %d steps",
				GXDP_BUCKET_MAX, GXDP_SET_DEPTH);
		gx_error_hint(err, "apply the rules again: tables made anew have the members in fewer steps");
		break;
	case -ENOSPC:
		gx_error_reason(err, "the tables are full");
		break;
	default:
		gx_error_reason(err, "%s", strerror(-code));
	}
	return code;
}

/* The second in which a member goes, since the machine started, has 26 bits. */
static int check_timeout(const struct gx_member *m, uint32_t now, struct gx_error *err)
{
	const unsigned int day = 86400, last = GXDP_SET_EXPIRY_MAX / day;

	if (!m->timeout || (uint64_t)now + 1 + m->timeout <= GXDP_SET_EXPIRY_MAX)
		return 0;
	gx_error_set(err, -ERANGE, "no member can leave %u seconds from now", m->timeout);
	gx_error_reason(err, "times end %u days after the machine was started, which was %u days ago",
			last, now / day);
	gx_error_hint(err, now / day < last ?
		      "give it less time, or none (0), and delete it when it is to go" :
		      "give it no time (0) and delete it when it is to go, or restart the machine");
	return -ERANGE;
}

/* The member as it is to be in the trie: rounded up, it lives as long as it was told */
static void to_timed_entry(struct gx_entry *e, const struct gx_member *m,
			   unsigned int set, uint32_t now)
{
	to_entry(e, m, set);
	if (m->timeout)
		e->expiry = now + 1 + m->timeout;
}

/* What one of the members was before it was added */
struct before {
	bool missing;
	uint32_t expiry;
};

/* The last one first: a member may be among them twice. */
static void take_back(struct live *live, unsigned int set,
		      const struct gx_member *m, const struct before *was, size_t n)
{
	struct gx_entry e;
	bool v6;

	while (n--) {
		v6 = m[n].family == 6;
		to_entry(&e, &m[n], set);
		e.expiry = was[n].expiry;
		if (!was[n].missing && e.expiry)
			gx_settrie_add(&live->trie, v6, &e);
		else if (was[n].missing && m[n].timeout)
			gx_settrie_del_timed(&live->trie, v6, &e);
		else if (was[n].missing)
			gx_settrie_del_untimed(&live->trie, v6, &e);
	}
}

/* All of them or, with the error returned, none */
static int add_all(struct live *live, unsigned int set, const struct gx_member *m,
		   size_t n, uint32_t now, struct before *was)
{
	struct gx_entry e;
	int ret = 0;
	size_t i;
	bool v6;

	for (i = 0; i < n && ret >= 0; i++) {
		v6 = m[i].family == 6;
		to_timed_entry(&e, &m[i], set, now);
		was[i].expiry = m[i].timeout ? gx_settrie_expiry(&live->trie, v6, &e) : 0;
		ret = gx_settrie_add(&live->trie, v6, &e);
		was[i].missing = !ret;
	}
	if (ret < 0)
		take_back(live, set, m, was, i - 1);
	return ret;
}

/*
 * A member that expires stands by itself, so that its time is its own; one that
 * does not shares an entry with other sets. To go from the one to the other, the
 * new one is there before the old one goes; and all new ones are, so that if one of
 * them finds no room, the set is what it was. Expired ones make room first.
 */
int gx_dp_set_add(struct gx_dp *dp, unsigned int set, const struct gx_member *m,
		  size_t n, struct gx_error *err)
{
	uint32_t now = seconds_now();
	struct live *live;
	struct gx_entry e;
	struct before *was;
	size_t i, gone;
	int ret;

	ret = open_live(dp, &live, err);
	if (!ret)
		ret = check_set(live, set, err);
	for (i = 0; i < n && !ret; i++)
		ret = check_member(&m[i], err) ?: check_timeout(&m[i], now, err);
	if (ret)
		return ret;
	was = calloc(n + 1, sizeof(*was));
	if (!was)
		return gx_error_set(err, -ENOMEM, "not enough memory");
	ret = add_all(live, set, m, n, now, was);
	if ((ret == -ENOSPC || ret == -ELOOP || ret == -EOVERFLOW) &&
	    !gx_settrie_expire(&live->trie, now, &gone))
		ret = add_all(live, set, m, n, now, was);
	free(was);
	for (i = 0; i < n && ret >= 0; i++) {
		to_entry(&e, &m[i], set);
		ret = m[i].timeout ?
		      gx_settrie_del_untimed(&live->trie, m[i].family == 6, &e) :
		      gx_settrie_del_timed(&live->trie, m[i].family == 6, &e);
	}
	return ret < 0 ? cannot_add(ret, err) : 0;
}

int gx_dp_set_del(struct gx_dp *dp, unsigned int set, const struct gx_member *m,
		  size_t n, size_t *missing, struct gx_error *err)
{
	struct gx_entry e;
	struct live *live;
	size_t i;
	int ret;

	if (missing)
		*missing = 0;
	ret = open_live(dp, &live, err);
	if (!ret)
		ret = check_set(live, set, err);
	for (i = 0; i < n && !ret; i++)
		ret = check_member(&m[i], err);
	for (i = 0; i < n && ret >= 0; i++) {
		to_entry(&e, &m[i], set);
		ret = gx_settrie_del(&live->trie, m[i].family == 6, &e);
		if (ret < 0)
			return gx_error_set(err, ret, "cannot take a member out: %s",
					    strerror(-ret));
		if (ret && missing)
			++*missing;
	}
	return ret < 0 ? ret : 0;
}

/* --- listing ---------------------------------------------------------------------- */

struct listing {
	struct gx_member *v;
	size_t n, room;
	uint64_t set;
	uint32_t now;
};

/* As to_timed_entry() was told; in its last second, too, it has a time-out */
static uint32_t time_left(uint32_t expiry, uint32_t now)
{
	return expiry - now > 1 ? expiry - now - 1 : 1;
}

static int list_entry(bool v6, const struct gx_entry *e, void *arg)
{
	struct listing *l = arg;
	struct gx_member *m;
	int i;

	if (!(e->sets & l->set) || (e->expiry && e->expiry <= l->now))
		return 0;
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 256;
		m = realloc(l->v, l->room * sizeof(*m));
		if (!m)
			return -ENOMEM;
		l->v = m;
	}
	m = &l->v[l->n++];
	*m = (struct gx_member){
		.family = v6 ? 6 : 4,
		.prefix.len = e->len,
		.timeout = e->expiry ? time_left(e->expiry, l->now) : 0,
	};
	for (i = 0; i < (v6 ? 16 : 4); i++)
		m->prefix.addr[i] = e->addr[i / 8] >> (56 - i % 8 * 8);
	return 0;
}

int gx_member_compare(const void *a, const void *b)
{
	const struct gx_member *p = a, *q = b;

	if (p->family != q->family)
		return p->family - q->family;
	return gx_prefix_compare(&p->prefix, &q->prefix);
}

int gx_dp_set_list(struct gx_dp *dp, unsigned int set, struct gx_member **m,
		   size_t *n, struct gx_error *err)
{
	struct listing l = { .set = 1ull << set, .now = seconds_now() };
	struct live *live;
	size_t i, kept = 0;
	int ret;

	ret = open_live(dp, &live, err);
	if (!ret)
		ret = check_set(live, set, err);
	if (ret)
		return ret;
	ret = gx_settrie_walk(&live->trie, list_entry, &l);
	if (dp->read_only && !still_current(live)) {
		free(l.v);
		return gx_error_set(err, -ESTALE, "other rules have been applied meanwhile");
	}
	if (ret) {
		free(l.v);
		return gx_error_set(err, ret, "cannot list the set: %s",
				    strerror(-ret));
	}
	/* one that hangs in several places came several times */
	if (l.n)
		qsort(l.v, l.n, sizeof(*l.v), gx_member_compare);
	for (i = 0; i < l.n; i++)
		if (!kept || gx_member_compare(&l.v[kept - 1], &l.v[i]))
			l.v[kept++] = l.v[i];
	*m = l.v;
	*n = kept;
	return 0;
}

/* --- expiry ----------------------------------------------------------------------- */

int gx_dp_set_expire(struct gx_dp *dp, size_t *gone, struct gx_error *err)
{
	struct live *live;
	int ret;

	*gone = 0;
	ret = open_live(dp, &live, err);
	if (ret)
		return ret;
	ret = gx_settrie_expire(&live->trie, seconds_now(), gone);
	return ret ? gx_error_set(err, ret, "cannot take expired members out: %s",
				  strerror(-ret)) : 0;
}
