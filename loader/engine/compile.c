// SPDX-License-Identifier: GPL-2.0
/* gx_compile(): from a ruleset to tables, by way of boxes and trees. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "boxes.h"
#include "error.h"
#include "notes.h"
#include "settrie.h"
#include "tables.h"
#include "tree.h"

#define MAX_WORDS	(GXDP_CHUNKS * GXDP_CHUNK_WORDS)
/* What trees may take: more where there are few rules, so that they can be flat */
#define BUDGET_BASE	(96u << 10)	/* words */
#define BUDGET_BOX	36		/* words for each box */
#define TRIAL_BOXES	2048		/* boxes that plans are compared with */

struct compiler {
	const struct gx_ruleset *rs;
	const struct gx_compile_opts *opts;
	struct gx_tables *tables;
	struct gx_boxes boxes;
	uint32_t *action;		/* by rule: gxdp_leaf*.rule */
	struct gx_report *report;
	struct gx_error *err;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int no_memory(struct compiler *c)
{
	return gx_error_set(c->err, -ENOMEM, "not enough memory for the tables");
}

/* --- actions --------------------------------------------------------------------- */

/* 2.3 years: it is added to the time since boot, and the sum must fit a word. */
#define BURST_MAX		(1ull << 62)

/* What one unit takes, in 1/64 ns */
static long double limit_cost(const struct gx_limit *limit)
{
	return 64e9L * limit->per / limit->rate;
}

static int check_limit(struct compiler *c, size_t i, const struct gx_limit *limit)
{
	uint32_t longest = limit->bytes ? GX_LONGEST_PER_BYTE : GX_LONGEST_PER_PACKET;

	/* Of a byte, times 2^20, which no frame has, it fits a word. */
	_Static_assert(64000000000ull * GX_LONGEST_PER_BYTE < 1ull << 44 &&
		       64000000000ull * GX_LONGEST_PER_PACKET < BURST_MAX,
		       "the slowest of rates");
	if (!limit->rate || !limit->per || !limit->burst)
		return gx_error_set(c->err, -EINVAL, "%s: a limit needs a rate and a burst above 0",
				    gx_rule_where(c->rs, i));
	if (limit_cost(limit) > 64e9L * longest)
		return gx_error_set(c->err, -EINVAL, "%s: a limit needs a rate of one in %u s or more",
				    gx_rule_where(c->rs, i), longest);
	return 0;
}

static void fill_limit(const struct gx_limit *limit, struct gxdp_action *act)
{
	/* with as many bits behind the point as fit */
	long double cost = limit_cost(limit), burst = cost * limit->burst;

	act->flags |= GXDP_ACT_LIMIT | (limit->bytes ? GXDP_ACT_LIMIT_BYTES : 0);
	act->limit_key = limit->key;
	act->limit_prefix = limit->prefix ?: 128;
	while (cost < (1ull << 32) && act->limit_shift < 32) {
		cost *= 2;
		act->limit_shift++;
	}
	act->limit_mul = cost;
	act->limit_burst = burst < BURST_MAX ? burst : BURST_MAX;
}

static int add_number(uint32_t **v, size_t *n, uint32_t value)
{
	uint32_t *more;
	size_t i;

	for (i = 0; i < *n; i++)
		if ((*v)[i] == value)
			return 0;
	more = realloc(*v, (*n + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	more[(*n)++] = value;
	*v = more;
	return 0;
}

static int fill_device(struct compiler *c, size_t i, struct gxdp_action *act)
{
	const char *name = c->rs->rule[i].act.ifname;

	act->ifindex = name ? if_nametoindex(name) : 0;
	if (act->ifindex)
		return add_number((uint32_t **)&c->tables->ifindex,
				  &c->tables->nifindexes, act->ifindex);
	gx_error_set(c->err, -ENODEV, "%s: there is no device %s",
		     gx_rule_where(c->rs, i), name ?: "");
	gx_error_hint(c->err, "create it first, or correct the name");
	return -ENODEV;
}

static int check_cpu(struct compiler *c, size_t i, uint32_t cpu)
{
	uint32_t cpus = c->opts ? c->opts->cpus : 0;

	if (!cpus || cpu < cpus)
		return 0;
	gx_error_set(c->err, -EINVAL, "%s: there is no CPU %u",
		     gx_rule_where(c->rs, i), cpu);
	if (cpus > 1)
		gx_error_hint(c->err, "this machine has CPUs 0 to %u", cpus - 1);
	else
		gx_error_hint(c->err, "this machine has CPU 0 only");
	return -EINVAL;
}

static int fill_list(struct compiler *c, size_t i, struct gxdp_action *act)
{
	const struct gx_action *from = &c->rs->rule[i].act;
	size_t sockets = from->verdict == GX_XSK ? GXDP_SOCKET_WORDS : 0, j;
	struct gx_arena *arena = &c->tables->arena;
	uint32_t bitmap;
	int ret;

	if (!from->nlist)
		return gx_error_set(c->err, -EINVAL, "%s: steer to what? The list is empty",
				    gx_rule_where(c->rs, i));
	act->nlist = from->nlist;
	act->list = gx_arena_alloc(arena, from->nlist + sockets, false);
	if (!act->list)
		return gx_error_set(c->err, -E2BIG, "no room for the actions");
	bitmap = act->list + act->nlist;
	for (j = 0; j < from->nlist; j++) {
		*gx_arena_at(arena, act->list + j) = from->list[j];
		if (from->list[j] / 64 < sockets)
			*gx_arena_at(arena, bitmap + from->list[j] / 64) |=
				1ull << from->list[j] % 64;
		if (from->verdict != GX_CPU)
			continue;
		ret = check_cpu(c, i, from->list[j]);
		if (ret)
			return ret;
		if (add_number(&c->tables->cpu, &c->tables->ncpus, from->list[j]))
			return no_memory(c);
	}
	return 0;
}

static bool is_plain(const struct gx_action *act)
{
	return !act->limit.present && !act->mark_present && !act->sample_every &&
	       act->verdict != GX_REDIRECT && act->verdict != GX_CPU &&
	       act->verdict != GX_XSK;
}

static int fill_action(struct compiler *c, size_t i, struct gxdp_action *act)
{
	const struct gx_rule *rule = &c->rs->rule[i];
	const struct gx_action *from = &rule->act;
	int ret;

	*act = (struct gxdp_action){
		.id = rule->id,
		.verdict = from->verdict,
		.mark = from->mark,
		.sample_every = from->sample_every,
		.sample_bytes = from->sample_bytes,
	};
	if (from->mark_present)
		act->flags |= GXDP_ACT_MARK;
	if (from->limit.present) {
		ret = check_limit(c, i, &from->limit);
		if (ret)
			return ret;
		fill_limit(&from->limit, act);
	}
	if (from->verdict == GX_REDIRECT)
		return fill_device(c, i, act);
	if (from->verdict == GX_CPU || from->verdict == GX_XSK)
		return fill_list(c, i, act);
	return 0;
}

static int make_actions(struct compiler *c)
{
	size_t words = sizeof(struct gxdp_action) / 8, i, n = 0;
	struct gx_arena *arena = &c->tables->arena;
	struct gxdp_action act;
	uint32_t addr;
	int err;

	c->action = calloc(c->rs->nrules + 1, sizeof(*c->action));
	if (!c->action)
		return no_memory(c);
	for (i = 0; i < c->rs->nrules; i++)
		n += !is_plain(&c->rs->rule[i].act);
	addr = gx_arena_alloc(arena, n * words + words, false);
	if (!addr)
		return gx_error_set(c->err, -E2BIG, "no room for the actions");
	/* In a row from a multiple of their size: none lies across two chunks. */
	addr = (addr + words - 1) & ~(words - 1);
	c->tables->root.actions = addr;
	for (i = 0, n = 0; i < c->rs->nrules; i++) {
		const struct gx_rule *rule = &c->rs->rule[i];

		if (is_plain(&rule->act)) {
			c->action[i] = rule->id | rule->act.verdict << 24;
			continue;
		}
		err = fill_action(c, i, &act);
		if (err)
			return err;
		memcpy(gx_arena_at(arena, addr + n * words), &act, sizeof(act));
		c->action[i] = n++ | rule->act.verdict << 24 | GXDP_RULE_ACTION;
		if (rule->act.sample_every)
			c->action[i] |= GXDP_RULE_SAMPLE;
		/* Samples have all fields; so must the key when it is counted by. */
		if (rule->act.sample_every && rule->act.verdict == GX_COUNT)
			c->boxes.flags |= GXDP_ROOT_RARE;
	}
	return 0;
}

/* --- which boxes go into which tree --------------------------------------------------- */

/*
 * A rule for all sources belongs into every child of a node that takes source
 * bits. So that few rules do, boxes can be spread over trees by which of their
 * addresses are wide: bit 0 of a class is the source, bit 1 the destination.
 */
#define CLASSES 4

static const uint8_t plans[][CLASSES] = {
	/* tree of each class: neither wide, source, destination, both */
	{ 0, 0, 0, 0 },
	{ 0, 0, 0, 1 },
	{ 0, 0, 1, 1 },
	{ 0, 1, 0, 1 },
	{ 0, 0, 1, 2 },
	{ 0, 1, 0, 2 },
	{ 0, 1, 2, 3 },
};

#define PLANS (sizeof(plans) / sizeof(plans[0]))

static int box_class(const struct gx_box *box, enum gxdp_family family)
{
	if (family == GXDP_FAMILY_IPV6)
		return (~box->addr_mask[0] >> 48 & 1) |
		       (~box->addr_mask[2] >> 48 & 1) << 1;
	return (~box->addr_mask[0] >> 56 & 1) |
	       (~box->addr_mask[0] >> 24 & 1) << 1;
}

struct plan {
	uint64_t tree[GXDP_MAX_TREES];
	uint32_t lowest[GXDP_MAX_TREES];
	unsigned int trees, depth, leaf_max;
	double cost, depth_sum, leaves;
	uint32_t words;
};

/*
 * What is known of trees by the classes that are in them, so that no plan builds what
 * another has found too large. A tree with more classes in it is no smaller.
 */
struct misfits {
	/* by a bit for each class: does not fit into so many words; 0: nothing known */
	uint32_t words[1 << CLASSES];
};

static void remember_misfit(struct misfits *known, unsigned int classes,
			    uint32_t words)
{
	unsigned int more;

	for (more = classes; more < 1 << CLASSES; more++)
		if ((more & classes) == classes && words > known->words[more])
			known->words[more] = words;
}

/* What one read that another waits for costs, in a table of this size */
static double read_cost(double bytes)
{
	return bytes < 24e3 ? 2 : bytes < 384e3 ? 5 : bytes < 8e6 ? 14 : 20;
}

/* @known: what other plans have shown, and what this one shows; or NULL */
static int build_plan(struct compiler *c, enum gxdp_family family,
		      const struct gx_box_list *list, bool counts, size_t step,
		      const uint8_t *tree_of, uint32_t budget,
		      struct misfits *known, struct plan *plan,
		      struct gx_error *err)
{
	struct gx_arena *arena = &c->tables->arena;
	uint32_t start = arena->used, *member;
	unsigned int classes[GXDP_MAX_TREES];
	int ret = 0, t;
	size_t i, n;

	memset(classes, 0, sizeof(classes));
	for (t = 0; t < CLASSES; t++)
		classes[tree_of[t]] |= 1u << t;
	for (t = 0; known && t < GXDP_MAX_TREES; t++)
		if (known->words[classes[t]] >= budget)
			return -E2BIG;

	memset(plan, 0, sizeof(*plan));
	member = malloc(list->n * sizeof(*member) + 1);
	if (!member)
		return no_memory(c);
	for (t = 0; t < GXDP_MAX_TREES && !ret; t++) {
		struct gx_tree tree = {
			.rs = c->rs, .boxes = &c->boxes, .list = list,
			.family = family, .counts = counts,
			.action = c->action, .arena = arena,
			.max_words = budget - (arena->used - start),
		};

		for (i = 0, n = 0; i < list->n; i += step)
			if (tree_of[box_class(&list->v[i], family)] == t)
				member[n++] = i;
		if (!n)
			continue;
		ret = gx_tree_build(&tree, member, n, err);
		if (ret && known)
			remember_misfit(known, classes[t], tree.max_words);
		plan->tree[plan->trees++] = tree.ref;
		plan->cost += tree.cost + 6;
		plan->depth_sum += tree.depth_sum;
		plan->leaves += tree.leaves;
		if (tree.depth > plan->depth)
			plan->depth = tree.depth;
		if (tree.leaf_max > plan->leaf_max)
			plan->leaf_max = tree.leaf_max;
	}
	free(member);
	plan->words = arena->used - start;
	plan->cost += plan->depth_sum * read_cost(plan->words * 8.0);
	return ret;
}

static bool same_plan(const struct gx_box_list *list, enum gxdp_family family,
		      const uint8_t *a, const uint8_t *b)
{
	bool have[CLASSES] = {};
	int i, j;
	size_t k;

	for (k = 0; k < list->n; k++)
		have[box_class(&list->v[k], family)] = true;
	for (i = 0; i < CLASSES; i++)
		for (j = 0; j < CLASSES; j++)
			if (have[i] && have[j] &&
			    (a[i] == a[j]) != (b[i] == b[j]))
				return false;
	return true;
}

/*
 * The plans, best first, by what a part of the boxes costs in them. Returns how
 * many: those that come to the same are left out.
 */
static int rank_plans(struct compiler *c, enum gxdp_family family,
		      const struct gx_box_list *list, int *rank)
{
	size_t step = (list->n + TRIAL_BOXES - 1) / TRIAL_BOXES;
	struct gx_arena *arena = &c->tables->arena;
	uint32_t start = arena->used, budget;
	double cost[PLANS], scale = step;
	struct misfits known = {};
	int p, q, n = 0, i, ret;
	struct plan plan;

	budget = BUDGET_BASE + BUDGET_BOX * (list->n / step + 1);
	if (budget > arena->limit - start)
		budget = arena->limit - start;
	/* from the most trees to the fewest: if none fits, those are tried first */
	for (p = PLANS - 1; p >= 0; p--) {
		for (q = PLANS - 1; q > p; q--)
			if (same_plan(list, family, plans[p], plans[q]))
				break;
		if (q > p)
			continue;
		ret = build_plan(c, family, list, false, step, plans[p], budget,
				 &known, &plan, NULL);
		arena->used = start;
		if (ret == -ENOMEM)
			return ret;
		/* the whole is larger, and its reads slower */
		cost[p] = ret ? 1e9 : plan.cost + plan.depth_sum *
			  (read_cost(plan.words * 8.0 * scale) -
			   read_cost(plan.words * 8.0));
		for (i = n++; i > 0 && cost[rank[i - 1]] > cost[p]; i--)
			rank[i] = rank[i - 1];
		rank[i] = p;
	}
	return n;
}

static int find_plan(struct compiler *c, enum gxdp_family family,
		     const struct gx_box_list *list, bool counts,
		     struct plan *plan)
{
	uint64_t budget = BUDGET_BASE + (uint64_t)BUDGET_BOX * list->n;
	struct gx_arena *arena = &c->tables->arena;
	int rank[PLANS] = {}, n = 1, i, ret = -E2BIG;
	struct misfits known = {};
	uint32_t start = arena->used;

	if (!counts)
		n = rank_plans(c, family, list, rank);
	if (n < 0)
		return no_memory(c);
	if (budget > arena->limit - start)
		budget = arena->limit - start;
	for (i = 0; i < n && ret; i++) {
		arena->used = start;
		ret = build_plan(c, family, list, counts, 1, plans[rank[i]],
				 budget, &known, plan, NULL);
		if (ret == -ENOMEM)
			return no_memory(c);
	}
	if (!ret)
		return 0;
	/* Then as large as it must be, or a reason why not. */
	arena->used = start;
	return build_plan(c, family, list, counts, 1,
			  plans[counts ? 0 : PLANS - 1], arena->limit - start,
			  NULL, plan, c->err);
}

static void report_plan(struct gx_report *report, const struct plan *plan)
{
	if (!report)
		return;
	if (plan->trees > report->trees)
		report->trees = plan->trees;
	if (plan->depth > report->depth)
		report->depth = plan->depth;
	if (plan->leaf_max > report->leaf_max)
		report->leaf_max = plan->leaf_max;
	if (plan->leaves && plan->depth_sum / plan->leaves > report->depth_avg)
		report->depth_avg = plan->depth_sum / plan->leaves;
}

static int make_trees(struct compiler *c)
{
	struct gxdp_root *root = &c->tables->root;
	enum gxdp_family f;
	struct plan plan;
	unsigned int i;
	int err;

	for (f = GXDP_FAMILY_OTHER; f <= GXDP_FAMILY_IPV6; f++) {
		for (i = 0; i < GXDP_MAX_TREES; i++)
			root->tree[f][i] = GXDP_REF_EMPTY;
		root->count_tree[f] = GXDP_REF_EMPTY;
		if (c->boxes.list[f].n) {
			err = find_plan(c, f, &c->boxes.list[f], false, &plan);
			if (err)
				return err;
			memcpy(root->tree[f], plan.tree,
			       plan.trees * sizeof(plan.tree[0]));
			root->trees[f] = plan.trees;
			report_plan(c->report, &plan);
		}
		if (c->boxes.counts[f].n) {
			err = find_plan(c, f, &c->boxes.counts[f], true, &plan);
			if (err)
				return err;
			root->count_tree[f] = plan.tree[0];
		}
	}
	return 0;
}

/* --- all of it ------------------------------------------------------------------------ */

static int make_sets(struct compiler *c)
{
	struct gxdp_root *root = &c->tables->root;
	struct gx_arena *arena = &c->tables->arena;
	uint32_t before = arena->used;
	int err;

	if (!c->boxes.nsets)
		return 0;
	err = gx_sets_build(arena, &c->boxes, root, c->err);
	if (c->report)
		c->report->set_bytes = (arena->used - before) * 8ul;
	return err;
}

static int compile(struct compiler *c)
{
	struct gxdp_root *root = &c->tables->root;
	int err;

	if (c->rs->dflt != GX_PASS && c->rs->dflt != GX_DROP)
		return gx_error_set(c->err, -EINVAL, "the default can be pass or drop only");
	err = gx_boxes_make(&c->boxes, c->rs, c->opts, &c->tables->arena,
			    c->err);
	if (!err)
		err = make_actions(c);
	if (!err)
		err = make_trees(c);
	/* last: what is behind is what members that come later have for room */
	if (!err)
		err = make_sets(c);
	if (err)
		return err;
	root->flags = c->boxes.flags;
	root->rules = c->rs->nrules;
	root->sets = c->boxes.nsets;
	root->default_verdict = c->rs->dflt;
	root->default_hit = (uint64_t)GXDP_NO_RULE << 32 |
			    (uint64_t)c->rs->dflt << 24;
	root->words = c->tables->arena.used;
	return 0;
}

int gx_compile(const struct gx_ruleset *rs, const struct gx_compile_opts *opts,
	       struct gx_tables **tables, struct gx_report *report,
	       struct gx_error *err)
{
	struct compiler c = {
		.rs = rs, .opts = opts, .report = report, .err = err,
	};
	uint64_t limit = MAX_WORDS;
	double start = now();
	int ret;

	if (report)
		memset(report, 0, sizeof(*report));
	if (opts && opts->max_bytes && opts->max_bytes / 8 < limit)
		limit = opts->max_bytes / 8;
	c.tables = calloc(1, sizeof(*c.tables));
	if (!c.tables)
		return no_memory(&c);
	gx_arena_init(&c.tables->arena, limit);
	ret = compile(&c);
	if (!ret && report) {
		report->bytes = c.tables->arena.used * 8ul;
		if (!opts || !opts->no_notes)
			ret = gx_notes_make(report, rs, &c.boxes);
		report->seconds = now() - start;
	}
	gx_boxes_free(&c.boxes);
	free(c.action);
	if (ret || !tables)
		gx_tables_free(c.tables);
	else
		*tables = c.tables;
	return ret;
}

void gx_tables_free(struct gx_tables *tables)
{
	if (!tables)
		return;
	gx_arena_free(&tables->arena);
	free(tables->ifindex);
	free(tables->cpu);
	free(tables);
}

void gx_report_free(struct gx_report *report)
{
	free(report->note);
	report->note = NULL;
	report->nnotes = 0;
}
