// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer on sets that change as they run: any bytes as members to begin with, and
 * as members that come and go, some with a time-out, in little room. After each step
 * addresses are in the sets that a plain list has them in, by the loader's look-up and
 * by the filter's own source; what is refused has changed nothing; and a packet that
 * was under way meanwhile, with any slot of its way already read, meets a member of
 * before or of after the step, never anything else.
 *
 * Input: room; members; steps.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../loader/engine/boxes.h"
#include "../../loader/engine/settrie.h"
#include "../../loader/engine/tables.h"
#include "host/filter.h"
#include "rulegen.h"

#define SETS		3
#define MEMBERS_MAX	1024
#define PROBES		6
#define PATH_MAX	(2 * (GXDP_SET_DEPTH + 2))
#define NOW		1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *pos, *end;
};

static uint8_t take(struct input *in)
{
	return in->pos < in->end ? *in->pos++ : 0;
}

/* --- the plain list ---------------------------------------------------------------- */

struct member {
	struct gx_entry e;	/* in one set */
	bool v6;
};

static struct member list[MEMBERS_MAX];
static size_t nlist;

static void mask_of(unsigned int len, uint64_t mask[2])
{
	mask[0] = !len ? 0 : len >= 64 ? ~0ull : ~0ull << (64 - len);
	mask[1] = len <= 64 ? 0 : len >= 128 ? ~0ull : ~0ull << (128 - len);
}

/* The sets an address is in now */
static uint64_t listed(bool v6, const uint64_t addr[2])
{
	uint64_t sets = 0, mask[2];
	const struct gx_entry *e;
	size_t i;

	for (i = 0; i < nlist; i++) {
		e = &list[i].e;
		mask_of(e->len, mask);
		if (list[i].v6 == v6 && !((addr[0] ^ e->addr[0]) & mask[0]) &&
		    !((addr[1] ^ e->addr[1]) & mask[1]) &&
		    (!e->expiry || e->expiry > NOW))
			sets |= e->sets;
	}
	return sets;
}

/* Where the list has the member, of the kind that expires or the other; nlist: nowhere */
static size_t find(const struct member *m, bool timed)
{
	size_t i;

	for (i = 0; i < nlist; i++)
		if (list[i].v6 == m->v6 && list[i].e.len == m->e.len &&
		    list[i].e.addr[0] == m->e.addr[0] &&
		    list[i].e.addr[1] == m->e.addr[1] &&
		    list[i].e.sets == m->e.sets && !list[i].e.expiry == !timed)
			break;
	return i;
}

static bool drop(const struct member *m, bool timed)
{
	size_t i = find(m, timed);

	if (i == nlist)
		return false;
	list[i] = list[--nlist];
	return true;
}

/* --- bytes into members -------------------------------------------------------------- */

/*
 * Few bits of an address come from the input, so that members meet: a length, and two
 * bytes that go where it ends, or say where in IPv6 a single bit is.
 */
static void read_member(struct input *in, struct member *m)
{
	uint8_t how = take(in), len = take(in);
	uint64_t mask[2], bits;

	*m = (struct member){ .v6 = how & 1 };
	m->e.len = len % (m->v6 ? 129 : 33);
	m->e.sets = 1ull << ((how >> 1) % SETS);
	bits = take(in);
	bits = bits << 8 | take(in);
	if (m->v6 && how & 0x20) {
		m->e.addr[0] = 0x20010db8ull << 32;
		m->e.addr[bits / 64 % 2] |= 1ull << (63 - bits % 64);
	} else if (m->v6) {
		m->e.addr[0] = 0x20010db8ull << 32 | (how & 0x80 ? bits : 0);
		m->e.addr[1] = bits << (how & 0x40 ? 48 : 0);
	} else {
		m->e.addr[0] = (how & 0x80 ? bits << 16 : 0xc0000200 ^ bits) << 32;
	}
	mask_of(m->e.len, mask);
	m->e.addr[0] &= mask[0];
	m->e.addr[1] &= mask[1];
}

/* Members from the input go to the list and to what gx_sets_build() is given. */
static void read_members(struct input *in, struct gx_prefixes v4[SETS],
			 struct gx_prefixes v6[SETS])
{
	unsigned int n = take(in), set, i;
	struct gx_prefix p;
	struct member m;

	while (n--) {
		read_member(in, &m);
		if (find(&m, false) < nlist)
			continue;
		list[nlist++] = m;
		set = __builtin_ctzll(m.e.sets);
		p = (struct gx_prefix){ .len = m.e.len };
		for (i = 0; i < 16; i++)
			p.addr[i] = m.e.addr[i / 8] >> (56 - i % 8 * 8);
		prefix_add(m.v6 ? &v6[set] : &v4[set], &p);
	}
}

/* --- packets under way ---------------------------------------------------------------- */

struct probe {
	bool v6;
	uint64_t addr[2];
	uint64_t before;		/* sets it was in */
	uint64_t slot[PATH_MAX];	/* read before the step */
	bool wide[PATH_MAX];
	unsigned int n;
};

static unsigned int graces;

static int count_grace(struct gx_settrie *trie)
{
	(void)trie;
	graces++;
	return 0;
}

static void read_path(struct gx_settrie *t, struct probe *p, uint64_t slot, bool wide)
{
	for (;;) {
		assert(p->n < PATH_MAX);
		p->wide[p->n] = wide;
		p->slot[p->n++] = slot;
		if (GXDP_REF_TYPE(slot) != GXDP_REF_NODE)
			return;
		slot = *gx_arena_at(t->arena, GXDP_REF_ADDR(slot) +
			((p->addr[GXDP_REF_WORD(slot) & 1] >> GXDP_REF_SHIFT(slot)) &
			 ((1u << GXDP_REF_BITS(slot)) - 1)));
	}
}

static void set_off(struct gx_settrie *t, struct probe *p)
{
	const struct gxdp_set_root *root = p->v6 ? &t->root6 : &t->root4;

	p->before = listed(p->v6, p->addr);
	p->n = 0;
	read_path(t, p, root->near, false);
	read_path(t, p, root->wide, true);
}

/* What it comes to if it goes on from the slot it has read, the other trie aside */
static uint64_t go_on(struct gx_settrie *t, const struct probe *p, uint64_t slot)
{
	struct gx_settrie from = *t;

	from.root4 = from.root6 = (struct gxdp_set_root){ .near = slot };
	return gx_settrie_lookup(&from, p->v6, p->addr, NOW);
}

static void fail_at(const char *what, const struct probe *p, uint64_t got, uint64_t want)
{
	fprintf(stderr, "%s: IPv%d %016llx%016llx is in sets %llx, should be in %llx\n",
		what, p->v6 ? 6 : 4, (unsigned long long)p->addr[0],
		(unsigned long long)p->addr[1], (unsigned long long)got,
		(unsigned long long)want);
	abort();
}

/* Both tries together: a slot of one, and what the other says now or said before */
static void arrive(struct gx_settrie *t, const struct probe *p)
{
	const struct gxdp_set_root *root = p->v6 ? &t->root6 : &t->root4;
	uint64_t after = listed(p->v6, p->addr), got;
	unsigned int i;

	got = gx_settrie_lookup(t, p->v6, p->addr, NOW);
	if (got != after)
		fail_at("looked up", p, got, after);
	for (i = 0; i < p->n; i++) {
		got = go_on(t, p, p->slot[i]);
		got |= go_on(t, p, p->wide[i] ? root->near : root->wide);
		if (got & ~(p->before | after) || (p->before & after) & ~got)
			fail_at("a packet under way", p, got, after);
	}
}

/* --- steps ------------------------------------------------------------------------------ */

static void choose_probes(struct input *in, const struct member *m, struct probe *p)
{
	const struct gx_entry *e = &m->e;
	uint64_t mask[2];
	unsigned int i;

	mask_of(e->len, mask);
	for (i = 0; i < PROBES; i++) {
		p[i] = (struct probe){ .v6 = m->v6 };
		memcpy(p[i].addr, e->addr, sizeof(e->addr));
	}
	/* its last address, one of it, and those around it */
	p[1].addr[0] |= ~mask[0];
	p[1].addr[1] |= ~mask[1];
	p[2].addr[0] |= ~mask[0] & 0x5a5a5a5a5a5a5a5aull;
	p[2].addr[1] |= ~mask[1] & 0xa5a5a5a5a5a5a5a5ull;
	p[3].addr[0] ^= 1ull << (32 + take(in) % 32);
	p[4].addr[!!m->v6] -= m->v6 ? 1 : 1ull << 32;
	p[5].addr[!!m->v6] = m->v6 ? p[1].addr[1] + 1 : p[1].addr[0] + (1ull << 32);
	for (i = 0; i < PROBES && !m->v6; i++) {
		p[i].addr[0] &= ~0xffffffffull;
		p[i].addr[1] = 0;
	}
}

/* Does one of them hold the other? */
static bool nested(const struct member *a, const struct member *b)
{
	uint64_t mask[2];

	mask_of(a->e.len < b->e.len ? a->e.len : b->e.len, mask);
	return a->v6 == b->v6 && !((a->e.addr[0] ^ b->e.addr[0]) & mask[0]) &&
	       !((a->e.addr[1] ^ b->e.addr[1]) & mask[1]);
}

/* -ELOOP says that there are too many around or in the member: are there? */
static void check_loop(const struct member *m)
{
	size_t i, n = 0;

	for (i = 0; i < nlist; i++)
		n += nested(&list[i], m);
	assert(n >= GXDP_BUCKET_MAX);
}

/* As sets.c does it: the new one is there before the old one, of the other kind, goes. */
static void add(struct gx_settrie *t, const struct member *m)
{
	bool timed = m->e.expiry;
	size_t at = find(m, timed);
	int ret;

	if (nlist == MEMBERS_MAX)
		return;
	ret = gx_settrie_add(t, m->v6, &m->e);
	assert(ret == -ENOSPC || ret == -ELOOP || ret == -EOVERFLOW || ret == (at < nlist));
	if (ret == -ELOOP)
		check_loop(m);
	if (ret < 0)
		return;
	list[at] = *m;
	nlist += at == nlist;
	ret = timed ? gx_settrie_del_untimed(t, m->v6, &m->e) :
		      gx_settrie_del_timed(t, m->v6, &m->e);
	assert(ret == !drop(m, !timed));
}

static void del(struct gx_settrie *t, const struct member *m)
{
	bool was = drop(m, false);

	was |= drop(m, true);
	assert(gx_settrie_del(t, m->v6, &m->e) == !was);
}

static void expire(struct gx_settrie *t)
{
	size_t i, n = nlist, gone;

	for (i = 0; i < nlist;)
		if (list[i].e.expiry && list[i].e.expiry <= NOW)
			list[i] = list[--nlist];
		else
			i++;
	assert(!gx_settrie_expire(t, NOW, &gone));
	assert(!gone == (n == nlist));
}

static void step(struct gx_settrie *t, struct input *in, struct probe *p)
{
	uint8_t what = take(in);
	unsigned int before = graces, i, n;
	struct member m;

	read_member(in, &m);
	if (what & 1)
		m.e.expiry = what & 2 ? NOW : NOW + 1 + (what >> 4);
	/* the same again, a little further each time */
	for (n = what & 8 ? 1 + take(in) % 80 : 1; n; n--) {
		choose_probes(in, &m, p);
		for (i = 0; i < PROBES; i++)
			set_off(t, &p[i]);
		/* what has been given back is used again while packets are under way */
		if ((what & 0x34) == 0x34)
			expire(t);
		if (what & 4 && (what & 0x34) != 0x34)
			del(t, &m);
		else
			add(t, &m);
		for (i = 0; i < PROBES; i++) {
			/* it has arrived before anything it could read is used again */
			if (graces != before)
				p[i].n = 0;
			arrive(t, &p[i]);
		}
		if (m.e.len)
			m.e.addr[(m.e.len - 1) / 64] += 1ull << (63 - (m.e.len - 1) % 64);
	}
}

/* --- all of it -------------------------------------------------------------------------- */

/* Each member walked is in the list; one in several slots comes several times. */
static int in_list(bool v6, const struct gx_entry *e, void *arg)
{
	struct member m = { .e = *e, .v6 = v6 };
	unsigned int set;

	(void)arg;
	for (set = 0; set < SETS; set++) {
		m.e.sets = 1ull << set;
		if (e->sets & m.e.sets)
			assert(find(&m, e->expiry) < nlist);
	}
	return 0;
}

static void check_all(struct gx_tables *tables, struct gx_settrie *t)
{
	struct probe p;
	uint64_t got;
	size_t i;

	assert(!gx_settrie_walk(t, in_list, NULL));
	host_filter_rules(tables, false);
	for (i = 0; i < nlist; i++) {
		p = (struct probe){ .v6 = list[i].v6 };
		memcpy(p.addr, list[i].e.addr, sizeof(p.addr));
		got = host_filter_sets(p.v6, p.addr, NOW);
		if (got != listed(p.v6, p.addr))
			fail_at("the filter", &p, got, listed(p.v6, p.addr));
	}
	host_filter_free();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gx_prefixes v4[SETS] = {}, v6[SETS] = {};
	struct input in = { data, data + size };
	static struct gx_boxes boxes;
	static struct gx_tables tables;
	struct probe probe[PROBES];
	struct gx_error err = {};
	struct gx_settrie t;
	unsigned int i, room;

	nlist = 0;
	room = 64u << (take(&in) % 8);
	read_members(&in, v4, v6);
	memset(&boxes, 0, sizeof(boxes));
	boxes.nsets = SETS;
	for (i = 0; i < SETS; i++) {
		boxes.set[i].v4 = &v4[i];
		boxes.set[i].v6 = &v6[i];
	}
	memset(&tables, 0, sizeof(tables));
	gx_arena_init(&tables.arena, GXDP_CHUNK_WORDS);
	if (!gx_sets_build(&tables.arena, &boxes, &tables.root, &err)) {
		tables.arena.limit = tables.arena.used + room;
		t = (struct gx_settrie){
			.arena = &tables.arena,
			.heap = (void *)gx_arena_at(&tables.arena, tables.root.set_heap),
			.root4 = tables.root.set_ipv4,
			.root6 = tables.root.set_ipv6,
			.head = &tables.root,
			.grace = count_grace,
		};
		while (in.pos < in.end)
			step(&t, &in, probe);
		tables.arena.used = t.heap->used;
		check_all(&tables, &t);
	}
	gx_arena_free(&tables.arena);
	for (i = 0; i < SETS; i++) {
		free(v4[i].v);
		free(v6[i].v);
	}
	return 0;
}
