// SPDX-License-Identifier: GPL-2.0
/* Ruleset to boxes. See boxes.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boxes.h"
#include "error.h"
#include "prefixes.h"

/* Parts that a rule is taken apart into before lists become sets or bitmaps */
#define SPLIT_ADDRS	16	/* prefixes of one address */
#define SPLIT_PORTS	8	/* ranges of one port */
#define SPLIT_PROTOS	4
#define SPLIT_MACS	4096
#define SPLIT_RULE	64	/* of the whole rule, lists of addresses apart */
#define MAX_BOXES	(4u << 20)

/* Where a field is in the key, and what a packet must have for it to be there */
struct field {
	uint8_t word, shift, bits;
	uint16_t present;
	bool ip;		/* IP packets only */
	const char *name;
};

static const struct field fields[GX_F_MAX] = {
	[GX_F_ETH_SRC] = { GXDP_W_ETH_SRC, 0, 48, 0, false, "eth src" },
	[GX_F_ETH_DST] = { GXDP_W_ETH_DST, 0, 48, 0, false, "eth dst" },
	[GX_F_ETH_TYPE] = { GXDP_W_LINK, GXDP_LINK_ETH_TYPE, 16,
			    GXDP_HAS_ETH_TYPE, false, "eth type" },
	[GX_F_VLAN_ID] = { GXDP_W_LINK, GXDP_LINK_VLAN, 13, GXDP_HAS_VLAN,
			   false, "vlan" },
	[GX_F_VLAN_PCP] = { GXDP_W_LINK, GXDP_LINK_PCP, 3, GXDP_HAS_TAG, false,
			    "vlan priority" },
	[GX_F_VLAN2_ID] = { GXDP_W_LINK, GXDP_LINK_VLAN2, 13, GXDP_HAS_VLAN2,
			    false, "inner vlan" },
	[GX_F_VLAN2_PCP] = { GXDP_W_LINK, GXDP_LINK_PCP2, 3, GXDP_HAS_TAG2,
			     false, "inner vlan priority" },
	[GX_F_LEN] = { GXDP_W_MISC, GXDP_MISC_LEN, 20, 0, false, "length" },
	[GX_F_RXQ] = { GXDP_W_MISC, GXDP_MISC_RXQ, 16, 0, false, "rx queue" },
	[GX_F_STATE] = { GXDP_W_MISC, GXDP_MISC_STATE, 2, 0, false, "state" },
	[GX_F_IPVER] = { 0, 0, 4, GXDP_HAS_IP, true, "ip version" },
	[GX_F_PROTO] = { GXDP_W_L4, GXDP_L4_PROTO, 8, GXDP_HAS_PROTO, true,
			 "protocol" },
	[GX_F_DSCP] = { GXDP_W_LINK, GXDP_LINK_DSCP, 6, GXDP_HAS_IP, true,
			"dscp" },
	[GX_F_TTL] = { GXDP_W_LINK, GXDP_LINK_TTL, 8, GXDP_HAS_IP, true, "ttl" },
	[GX_F_FRAG] = { GXDP_W_LINK, GXDP_LINK_FRAG, 2, GXDP_HAS_FRAG, true,
			"fragment" },
	[GX_F_SPORT] = { GXDP_W_L4, GXDP_L4_SPORT, 16, GXDP_HAS_PORTS, true,
			 "source port" },
	[GX_F_DPORT] = { GXDP_W_L4, GXDP_L4_DPORT, 16, GXDP_HAS_PORTS, true,
			 "destination port" },
	[GX_F_TCP_FLAGS] = { GXDP_W_L4, GXDP_L4_TCP_FLAGS, 8,
			     GXDP_HAS_TCP_FLAGS, true, "tcp flags" },
	[GX_F_ICMP_TYPE] = { GXDP_W_L4, GXDP_L4_DPORT + 8, 8, GXDP_HAS_ICMP,
			     true, "icmp type" },
	[GX_F_ICMP_CODE] = { GXDP_W_L4, GXDP_L4_DPORT, 8, GXDP_HAS_ICMP, true,
			     "icmp code" },
};

static const struct gx_range port_any = { 0, 65535 };

/* One rule while it is taken apart, in one family */
struct work {
	struct gx_boxes *boxes;
	const struct gx_ruleset *rs;
	const struct gx_rule *rule;
	struct gx_arena *arena;
	struct gx_error *err;
	enum gxdp_family family;
	struct gx_box_list *list;
	struct gx_box box;		/* what all parts have in common */
	uint32_t first_cond;
	const struct gx_range *sport, *dport;
	size_t nsports, ndports;
	struct gx_range icmp[512];
	uint16_t proto[SPLIT_PROTOS];
	size_t nprotos;			/* 0: any */
	const struct gx_ranges *mac[2];	/* more than one range in it */
	/* source, destination: prefixes, and a mask of sets of which one must hold */
	const struct gx_prefixes *prefix[2];
	struct gx_prefixes merged[2];
	uint64_t any_set[2];
	bool has_addr[2];
};

const char *gx_rule_where(const struct gx_ruleset *rs, size_t i)
{
	static _Thread_local char text[256];
	const struct gx_rule *rule = &rs->rule[i];

	if (rule->file)
		snprintf(text, sizeof(text), "%s:%u", rule->file, rule->line);
	else
		snprintf(text, sizeof(text), "rule %zu", i + 1);
	return text;
}

static const char *where(const struct work *w)
{
	return gx_rule_where(w->rs, w->rule - w->rs->rule);
}

static int no_memory(struct work *w)
{
	return gx_error_set(w->err, -ENOMEM, "not enough memory for the rules");
}

/* @v with room for one more than @n; NULL: out of memory, @v as it was */
static void *grow(void *v, size_t n, size_t *room, size_t size)
{
	size_t want = *room ? *room * 2 : 64;
	void *more;

	if (n < *room)
		return v;
	more = realloc(v, want * size);
	if (more)
		*room = want;
	return more;
}

static int add_cond(struct work *w, const struct gxdp_extra *extra,
		    const struct gx_range *v, size_t n)
{
	struct gx_boxes *b = w->boxes;
	struct gx_cond *more;

	more = grow(b->cond, b->nconds, &b->room_conds, sizeof(*more));
	if (!more)
		return no_memory(w);
	b->cond = more;
	b->cond[b->nconds++] = (struct gx_cond){ *extra, v, n };
	w->box.nconds++;
	switch (extra->word) {
	case GXDP_W_L4:
		break;
	/* which sets an address is in is found out for all packets, also on the short way */
	case GXDP_W_SRC_SETS:
		b->flags |= GXDP_ROOT_SRC_SETS;
		break;
	case GXDP_W_DST_SETS:
		b->flags |= GXDP_ROOT_DST_SETS;
		break;
	default:
		b->flags |= GXDP_ROOT_RARE;
	}
	return 0;
}

static bool same_ranges(const struct gx_range *a, size_t na,
			const struct gx_range *b, size_t nb)
{
	return na == nb && !memcmp(a, b, na * sizeof(*a));
}

/* Set bits @lo to @hi of the bitmap at @addr */
static void bitmap_fill(struct gx_arena *arena, uint32_t addr, uint64_t lo,
			uint64_t hi)
{
	uint64_t at;

	for (at = lo; at <= hi; at++)
		*gx_arena_at(arena, addr + at / 64) |= 1ULL << at % 64;
}

/* Where the bitmap of these values is; 0: no room */
static uint32_t bitmap_of(struct work *w, const struct gx_range *v, size_t n,
			  uint8_t bits)
{
	uint32_t hash = gx_slots_hash(bits, v, n * sizeof(*v)), addr;
	struct gx_boxes *b = w->boxes;
	size_t pos = 0, i;
	void *more;

	while (gx_slots_next(&b->bitmap_slots, hash, &pos, &i))
		if (b->bitmap[i].bits == bits &&
		    same_ranges(b->bitmap[i].v, b->bitmap[i].n, v, n))
			return b->bitmap[i].addr;

	more = grow(b->bitmap, b->nbitmaps, &b->room_bitmaps,
		    sizeof(*b->bitmap));
	if (!more)
		return 0;
	b->bitmap = more;
	addr = gx_arena_alloc(w->arena, bits > 6 ? 1u << (bits - 6) : 1, false);
	if (!addr || !gx_slots_add(&b->bitmap_slots, hash, b->nbitmaps))
		return 0;
	for (i = 0; i < n; i++)
		bitmap_fill(w->arena, addr, v[i].lo, v[i].hi);
	i = b->nbitmaps++;
	b->bitmap[i].v = v;
	b->bitmap[i].n = n;
	b->bitmap[i].bits = bits;
	b->bitmap[i].addr = addr;
	return addr;
}

/* The field, as a condition to check in leaves */
static int add_field_cond(struct work *w, const struct field *f,
			  const struct gx_range *v, size_t n)
{
	struct gxdp_extra extra = {
		.type = GXDP_EXTRA_RANGE,
		.word = f->word,
		.shift = f->shift,
		.bits = f->bits,
		.lo = v[0].lo,
		.hi = v[0].hi,
	};

	if (n == 1 && !v->lo && v->hi == (1ULL << f->bits) - 1)
		return 0;
	if (n > 1) {
		extra.type = GXDP_EXTRA_BITMAP;
		extra.lo = bitmap_of(w, v, n, f->bits);
		extra.hi = 0;
		if (!extra.lo)
			return gx_error_set(w->err, -E2BIG,
					    "%s: no room for the list of values of %s",
					    where(w), f->name);
	}
	return add_cond(w, &extra, v, n);
}

/* The packet must have what @present says */
static int require(struct work *w, uint16_t present)
{
	struct gxdp_extra extra = {
		.type = GXDP_EXTRA_MASK,
		.word = GXDP_W_MISC,
		.lo = present & 0xff00,
		.hi = present & 0xff00,
	};

	w->box.value |= present & 0xff;
	w->box.mask |= present & 0xff;
	return extra.lo ? add_cond(w, &extra, NULL, 0) : 0;
}

/* Ranges of ours, that live as long as the boxes */
static struct gx_range *keep_ranges(struct gx_boxes *b, size_t n)
{
	struct gx_ranges *more;

	more = grow(b->kept, b->nkept, &b->room_kept, sizeof(*more));
	if (!more)
		return NULL;
	b->kept = more;
	more[b->nkept].v = calloc(n, sizeof(struct gx_range));
	more[b->nkept].n = n;
	return more[b->nkept++].v;
}

/*
 * The condition on @f cut down to values that there are. *n = 0: none of them.
 * NULL: out of memory.
 */
static const struct gx_range *clip(struct work *w, enum gx_field f, size_t *n)
{
	const struct gx_ranges *cond = &w->rule->cond[f];
	uint64_t max = (1ULL << fields[f].bits) - 1;
	struct gx_range *v;

	*n = cond->n;
	while (*n && cond->v[*n - 1].lo > max)
		--*n;
	if (!*n || cond->v[*n - 1].hi <= max)
		return cond->v;
	v = keep_ranges(w->boxes, *n);
	if (!v)
		return NULL;
	memcpy(v, cond->v, *n * sizeof(*v));
	v[*n - 1].hi = max;
	return v;
}

/* --- fields of the 5-tuple --------------------------------------------------- */

static bool asks(const struct work *w, enum gx_field f)
{
	return w->rule->cond[f].n;
}

static int split_protocol(struct work *w, const struct gx_range *v, size_t n)
{
	size_t values = 0, i;
	uint64_t p;

	if (n == 1 && !v->lo && v->hi == 255)
		return 0;
	for (i = 0; i < n; i++)
		values += v[i].hi - v[i].lo + 1;
	if (values > SPLIT_PROTOS)
		return add_field_cond(w, &fields[GX_F_PROTO], v, n);
	for (i = 0; i < n; i++)
		for (p = v[i].lo; p <= v[i].hi; p++)
			w->proto[w->nprotos++] = p;
	return 0;
}

static int split_port(struct work *w, enum gx_field f, const struct gx_range *v,
		      size_t n)
{
	const struct gx_range **port = f == GX_F_SPORT ? &w->sport : &w->dport;
	size_t *nports = f == GX_F_SPORT ? &w->nsports : &w->ndports;

	if (n > SPLIT_PORTS)
		return add_field_cond(w, &fields[f], v, n);
	*port = v;
	*nports = n;
	return 0;
}

/* ICMP type and code, as ranges of what stands in dport's place */
static int split_icmp(struct work *w)
{
	static const struct gx_range all = { 0, 255 };
	const struct gx_range *type = &all, *code = &all;
	size_t ntypes = 1, ncodes = 1, i, n = 0;
	uint64_t t;

	if (asks(w, GX_F_ICMP_TYPE))
		type = clip(w, GX_F_ICMP_TYPE, &ntypes);
	if (asks(w, GX_F_ICMP_CODE))
		code = clip(w, GX_F_ICMP_CODE, &ncodes);
	if (!type || !code)
		return no_memory(w);
	if (!ntypes || !ncodes)
		return 1;
	if (ncodes > 1 || code->lo || code->hi != 255) {
		if (ncodes == 1 && ntypes == 1 && type->lo == type->hi) {
			t = type->lo << 8;
			w->icmp[n++] = (struct gx_range){ t | code->lo,
							  t | code->hi };
			goto out;
		}
		if (add_field_cond(w, &fields[GX_F_ICMP_CODE], code, ncodes))
			return -ENOMEM;
	}
	for (i = 0; i < ntypes; i++)
		w->icmp[n++] = (struct gx_range){ type[i].lo << 8,
						  type[i].hi << 8 | 255 };
out:
	w->dport = w->icmp;
	w->ndports = n;
	return require(w, GXDP_HAS_ICMP);
}

/* --- addresses --------------------------------------------------------------- */

static bool same_prefixes(const struct gx_prefixes *a,
			  const struct gx_prefixes *b)
{
	return a->n == b->n &&
	       (!a->n || !memcmp(a->v, b->v, a->n * sizeof(*a->v)));
}

/* A set for a list of a rule's: its number, or -1 when there are too many */
static int own_set(struct work *w, const struct gx_prefixes *v4,
		   const struct gx_prefixes *v6)
{
	struct gx_boxes *b = w->boxes;
	unsigned int i;

	for (i = w->rs->nsets; i < b->nsets; i++)
		if (same_prefixes(b->set[i].v4, v4) &&
		    same_prefixes(b->set[i].v6, v6))
			return i;
	if (b->nsets == GXDP_MAX_SETS)
		return -1;
	b->set[i] = (struct gx_box_set){ .v4 = v4, .v6 = v6 };
	return b->nsets++;
}

static int too_many_lists(struct work *w)
{
	gx_error_set(w->err, -E2BIG, "%s: too many long lists of addresses",
		     where(w));
	gx_error_reason(w->err,
			"named sets, and different lists of more than %d addresses, can be %d together",
			SPLIT_ADDRS, GXDP_MAX_SETS);
	gx_error_hint(w->err, "put lists into fewer sets, or split the rule");
	return -E2BIG;
}

static int negated(struct work *w, const struct gx_addr_match *m, int side)
{
	struct gxdp_extra extra = {
		.type = GXDP_EXTRA_MASK,
		.word = side ? GXDP_W_DST_SETS : GXDP_W_SRC_SETS,
	};
	size_t i;
	int set;

	for (i = 0; i < m->nsets; i++)
		extra.lo |= 1ULL << m->set[i];
	if (m->v4.n || m->v6.n) {
		set = own_set(w, &m->v4, &m->v6);
		if (set < 0)
			return too_many_lists(w);
		extra.lo |= 1ULL << set;
	}
	return add_cond(w, &extra, NULL, 0);
}

/* 1: the rule cannot match in this family */
static int split_addr(struct work *w, const struct gx_addr_match *m, int side)
{
	bool v6 = w->family == GXDP_FAMILY_IPV6;
	const struct gx_prefixes *prefixes = v6 ? &m->v6 : &m->v4;
	size_t i;
	int set;

	if (!m->present)
		return 0;
	if (w->family == GXDP_FAMILY_OTHER)
		return 1;
	if (m->negate) {
		if (m->family && m->family != (v6 ? 6 : 4))
			return 1;
		return negated(w, m, side);
	}
	if (!prefixes->n && !m->nsets)
		return 1;
	w->has_addr[side] = true;
	w->prefix[side] = prefixes;
	if (prefixes->n > 1) {
		if (gx_prefixes_merge(&w->merged[side], prefixes))
			return no_memory(w);
		w->prefix[side] = &w->merged[side];
	}
	for (i = 0; i < m->nsets; i++)
		w->any_set[side] |= 1ULL << m->set[i];
	/* A long list is a set, while there are sets left. */
	if (w->prefix[side]->n > SPLIT_ADDRS) {
		set = own_set(w, &m->v4, &m->v6);
		if (set >= 0) {
			w->any_set[side] |= 1ULL << set;
			w->merged[side].n = 0;
			w->prefix[side] = &w->merged[side];
		} else if (w->prefix[side]->n > 1024) {
			return too_many_lists(w);
		}
	}
	return 0;
}

static void put_prefix(struct gx_box *box, enum gxdp_family family, int side,
		       const struct gx_prefix *p)
{
	uint64_t word[2] = {}, mask[2] = {};
	int i, at;

	for (i = 0; i < 16; i++)
		word[i / 8] = word[i / 8] << 8 | p->addr[i];
	for (i = 0; i < 2; i++) {
		at = p->len - 64 * i;
		mask[i] = at <= 0 ? 0 : at >= 64 ? ~0ULL : ~0ULL << (64 - at);
	}
	if (family == GXDP_FAMILY_IPV6) {
		for (i = 0; i < 2; i++) {
			box->addr[2 * side + i] = word[i] & mask[i];
			box->addr_mask[2 * side + i] = mask[i];
		}
		return;
	}
	word[0] = (word[0] & mask[0]) >> 32;
	mask[0] >>= 32;
	box->addr[0] |= side ? word[0] : word[0] << 32;
	box->addr_mask[0] |= side ? mask[0] : mask[0] << 32;
}

/* --- putting the parts together -------------------------------------------------- */

static int too_many_parts(struct work *w)
{
	gx_error_set(w->err, -E2BIG, "%s: the lists of this rule multiply to too many combinations",
		     where(w));
	gx_error_hint(w->err, "put addresses into named sets, or split the rule");
	return -E2BIG;
}

static int put_box(struct work *w, const struct gx_box *box)
{
	struct gx_box_list *list = w->list;
	struct gx_box *more;

	if (list->n >= MAX_BOXES)
		return too_many_parts(w);
	more = grow(list->v, list->n, &list->room, sizeof(*more));
	if (!more)
		return no_memory(w);
	list->v = more;
	list->v[list->n++] = *box;
	w->boxes->possible[box->index] = true;
	return 0;
}

static int put_l4(struct work *w, const struct gx_box *part)
{
	size_t i, j, k, nprotos = w->nprotos ?: 1;
	struct gx_box box = *part;
	int err;

	for (i = 0; i < w->nsports; i++)
		for (j = 0; j < w->ndports; j++)
			for (k = 0; k < nprotos; k++) {
				box.l4.sport_lo = w->sport[i].lo;
				box.l4.sport_hi = w->sport[i].hi;
				box.l4.dport_lo = w->dport[j].lo;
				box.l4.dport_hi = w->dport[j].hi;
				if (w->nprotos) {
					box.value = (part->value & 0xff) |
						    w->proto[k] << 8;
					box.mask = part->mask | 0xff00;
				}
				err = put_box(w, &box);
				if (err)
					return err;
			}
	return 0;
}

static int put_macs(struct work *w, struct gx_box *part)
{
	size_t n[2] = { 1, 1 }, i, j, first = w->boxes->nconds;
	uint32_t nconds = part->nconds;
	int side, err;

	for (side = 0; side < 2; side++)
		if (w->mac[side])
			n[side] = w->mac[side]->n;
	if (n[0] * n[1] == 1)
		return put_l4(w, part);
	if (n[0] > SPLIT_MACS / n[1])
		return too_many_parts(w);
	for (i = 0; i < n[0]; i++)
		for (j = 0; j < n[1]; j++) {
			/* conditions of a box are in a row: once more for each */
			first = w->boxes->nconds;
			w->box.nconds = 0;
			for (size_t c = 0; c < nconds; c++) {
				struct gx_cond cond =
					w->boxes->cond[part->cond + c];

				err = add_cond(w, &cond.extra, cond.v, cond.n);
				if (err)
					return err;
			}
			for (side = 0; side < 2; side++) {
				if (!w->mac[side])
					continue;
				err = add_field_cond(w,
						     &fields[GX_F_ETH_SRC + side],
						     &w->mac[side]->v[side ? j : i],
						     1);
				if (err)
					return err;
			}
			struct gx_box box = *part;

			box.cond = first;
			box.nconds = w->box.nconds;
			err = put_l4(w, &box);
			if (err)
				return err;
		}
	return 0;
}

/* With the sets of @side for a condition, where @part has no prefix */
static int with_sets(struct work *w, struct gx_box *part, const bool set[2])
{
	uint32_t first = w->boxes->nconds, i;
	struct gx_box box = *part;
	int side, err;

	if (!set[0] && !set[1])
		return put_macs(w, part);
	w->box.nconds = 0;
	for (i = 0; i < part->nconds; i++) {
		struct gx_cond cond = w->boxes->cond[part->cond + i];

		err = add_cond(w, &cond.extra, cond.v, cond.n);
		if (err)
			return err;
	}
	for (side = 0; side < 2; side++) {
		struct gxdp_extra extra = {
			.type = GXDP_EXTRA_ANY,
			.word = side ? GXDP_W_DST_SETS : GXDP_W_SRC_SETS,
			.lo = w->any_set[side],
		};

		if (!set[side])
			continue;
		err = add_cond(w, &extra, NULL, 0);
		if (err)
			return err;
	}
	box.cond = first;
	box.nconds = w->box.nconds;
	return put_macs(w, &box);
}

static int put_addrs(struct work *w)
{
	size_t n[2], i, j;
	int side, err;

	for (side = 0; side < 2; side++) {
		n[side] = 1;
		if (w->has_addr[side])
			n[side] = w->prefix[side]->n + !!w->any_set[side];
	}
	if (n[0] > MAX_BOXES / n[1])
		return too_many_parts(w);
	for (i = 0; i < n[0]; i++)
		for (j = 0; j < n[1]; j++) {
			bool set[2] = { w->has_addr[0] && i >= w->prefix[0]->n,
					w->has_addr[1] && j >= w->prefix[1]->n };
			struct gx_box part = w->box;

			if (w->has_addr[0] && !set[0])
				put_prefix(&part, w->family, 0,
					   &w->prefix[0]->v[i]);
			if (w->has_addr[1] && !set[1])
				put_prefix(&part, w->family, 1,
					   &w->prefix[1]->v[j]);
			w->box.nconds = part.nconds;
			err = with_sets(w, &part, set);
			w->box.nconds = part.nconds;
			if (err)
				return err;
		}
	return 0;
}

/* --- a rule in a family ---------------------------------------------------------- */

static bool in_ranges(const struct gx_ranges *r, uint64_t value)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (value >= r->v[i].lo && value <= r->v[i].hi)
			return true;
	return false;
}

/* 1: the rule cannot match in this family */
static int one_field(struct work *w, enum gx_field f)
{
	const struct field *field = &fields[f];
	const struct gx_range *v;
	size_t n;
	int err;

	if (!asks(w, f))
		return 0;
	if (field->ip && w->family == GXDP_FAMILY_OTHER)
		return 1;
	if (f == GX_F_IPVER)
		return !in_ranges(&w->rule->cond[f],
				  w->family == GXDP_FAMILY_IPV6 ? 6 : 4);
	if (f == GX_F_ICMP_TYPE || f == GX_F_ICMP_CODE)
		return 0;	/* together: split_icmp() */
	v = clip(w, f, &n);
	if (!v)
		return no_memory(w);
	if (!n)
		return 1;
	err = require(w, field->present);
	if (err)
		return err;
	switch (f) {
	case GX_F_PROTO:
		return split_protocol(w, v, n);
	case GX_F_SPORT:
	case GX_F_DPORT:
		return split_port(w, f, v, n);
	case GX_F_ETH_SRC:
	case GX_F_ETH_DST:
		if (n > 1) {
			w->mac[f - GX_F_ETH_SRC] = &w->rule->cond[f];
			return 0;
		}
		return add_field_cond(w, field, v, n);
	default:
		return add_field_cond(w, field, v, n);
	}
}

/* Too many combinations of short lists: ports become bitmaps */
static int limit_parts(struct work *w)
{
	size_t parts = w->nsports * w->ndports * (w->nprotos ?: 1);
	int err;

	if (parts <= SPLIT_RULE || w->dport == w->icmp)
		return 0;
	err = add_field_cond(w, &fields[GX_F_SPORT], w->sport, w->nsports);
	w->sport = &port_any;
	w->nsports = 1;
	return err;
}

static int rule_in_family(struct work *w)
{
	enum gx_field f;
	int ret;

	w->boxes->possible[w->box.index] |= false;
	w->box.cond = w->boxes->nconds;
	w->sport = &port_any;
	w->dport = &port_any;
	w->nsports = 1;
	w->ndports = 1;
	for (f = 0; f < GX_F_MAX; f++) {
		ret = one_field(w, f);
		if (ret)
			return ret;
	}
	if (asks(w, GX_F_ICMP_TYPE) || asks(w, GX_F_ICMP_CODE)) {
		if (asks(w, GX_F_SPORT) || asks(w, GX_F_DPORT))
			return 1;
		ret = split_icmp(w);
		if (ret)
			return ret;
	}
	ret = split_addr(w, &w->rule->src, 0);
	if (!ret)
		ret = split_addr(w, &w->rule->dst, 1);
	if (!ret)
		ret = limit_parts(w);
	return ret ?: put_addrs(w);
}

static int one_rule(struct gx_boxes *boxes, const struct gx_ruleset *rs,
		    size_t i, struct gx_arena *arena, struct gx_error *err)
{
	bool counts = rs->rule[i].act.verdict == GX_COUNT;
	enum gxdp_family family;
	int ret;

	for (family = GXDP_FAMILY_OTHER; family <= GXDP_FAMILY_IPV6; family++) {
		struct work w = {
			.boxes = boxes,
			.rs = rs,
			.rule = &rs->rule[i],
			.arena = arena,
			.err = err,
			.family = family,
			.list = counts ? &boxes->counts[family] :
					 &boxes->list[family],
			.box.index = i,
		};

		ret = rule_in_family(&w);
		free(w.merged[0].v);
		free(w.merged[1].v);
		if (ret < 0)
			return ret;
	}
	if (counts)
		boxes->flags |= GXDP_ROOT_COUNTS;
	return 0;
}

static int check_rule(const struct gx_ruleset *rs, size_t i,
		      const struct gx_compile_opts *opts, struct gx_error *err)
{
	const struct gx_rule *rule = &rs->rule[i];
	enum gx_field f;
	size_t j;

	if (rule->id == GXDP_ID_DEFAULT || rule->id >= GXDP_MAX_IDS) {
		gx_error_set(err, -E2BIG, "%s: no counter left for this rule",
			     gx_rule_where(rs, i));
		gx_error_reason(err, "its number is %u, and counters are there for 1 to %u",
				rule->id, GXDP_MAX_IDS - 1);
		return -E2BIG;
	}
	for (j = 0; j < rule->src.nsets + rule->dst.nsets; j++)
		if ((j < rule->src.nsets ? rule->src.set[j] :
		     rule->dst.set[j - rule->src.nsets]) >= rs->nsets)
			return gx_error_set(err, -EINVAL, "%s: no such set",
					    gx_rule_where(rs, i));
	if (!opts || !opts->vlan_stripped)
		return 0;
	for (f = GX_F_VLAN_ID; f <= GX_F_VLAN2_PCP; f++) {
		if (!rule->cond[f].n)
			continue;
		gx_error_set(err, -EINVAL, "%s: this rule asks for VLAN tags, and the device takes them off",
			     gx_rule_where(rs, i));
		gx_error_reason(err, "with VLAN stripping on, programs do not see the tag in the frame");
		gx_error_hint(err, "ethtool -K DEV rxvlan off");
		return -EINVAL;
	}
	return 0;
}

int gx_boxes_make(struct gx_boxes *boxes, const struct gx_ruleset *rs,
		  const struct gx_compile_opts *opts, struct gx_arena *arena,
		  struct gx_error *err)
{
	size_t i;
	int ret;

	memset(boxes, 0, sizeof(*boxes));
	if (rs->nsets > GXDP_MAX_SETS) {
		gx_error_set(err, -E2BIG, "too many sets: %zu", rs->nsets);
		gx_error_reason(err, "there can be %d", GXDP_MAX_SETS);
		gx_error_hint(err, "make one set of those that no rule tells apart; addresses that never change can stand in a rule, up to %d without taking a set",
			      SPLIT_ADDRS);
		return -E2BIG;
	}
	if (rs->nrules >= GXDP_MAX_RULES) {
		gx_error_set(err, -E2BIG, "too many rules: %zu", rs->nrules);
		gx_error_reason(err, "there can be %u", GXDP_MAX_RULES - 1);
		gx_error_hint(err, "rules that differ in an address only are one rule with a set");
		return -E2BIG;
	}
	boxes->possible = calloc(rs->nrules + 1, sizeof(*boxes->possible));
	if (!boxes->possible)
		return gx_error_set(err, -ENOMEM, "not enough memory");
	for (i = 0; i < rs->nsets; i++)
		boxes->set[i] = (struct gx_box_set){ .v4 = &rs->set[i].v4,
						     .v6 = &rs->set[i].v6 };
	boxes->nsets = rs->nsets;
	for (i = 0; i < rs->nrules; i++) {
		ret = check_rule(rs, i, opts, err);
		if (!ret)
			ret = one_rule(boxes, rs, i, arena, err);
		if (ret)
			return ret;
	}
	return 0;
}

void gx_boxes_free(struct gx_boxes *boxes)
{
	size_t i;

	for (i = 0; i < GXDP_FAMILIES; i++) {
		free(boxes->list[i].v);
		free(boxes->counts[i].v);
	}
	for (i = 0; i < boxes->nkept; i++)
		free(boxes->kept[i].v);
	free(boxes->kept);
	free(boxes->cond);
	free(boxes->bitmap);
	gx_slots_free(&boxes->bitmap_slots);
	free(boxes->possible);
	memset(boxes, 0, sizeof(*boxes));
}
