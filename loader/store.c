// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/engine.h"
#include "gxdp.h"
#include "lang/lang.h"
#include "store.h"

#define PIN		"rules"
#define STAGED_PIN	"rules_new"
#define MAGIC		"gxdp-rules-1"
#define HEAD_MAX	128	/* bytes that the first line fits into */

/* Either may have the rules that are current */
static const char *const names[] = { PIN, STAGED_PIN };

#define NAMES		(sizeof(names) / sizeof(names[0]))

/*
 * A line each, words separated by tabs: the magic, generation, default, and the
 * owner's ifindex and network namespace, which earlier versions did not write; then
 * "f FILE", "s NAME TIMEOUTS DEFAULT", "r ID FILE-INDEX LINE NAME TEXT", where an
 * empty name is no name. No tab or newline can be in a name or in canonical
 * text; in a file's name they are replaced.
 */
static void put_file(FILE *out, const char *file)
{
	fputs("f\t", out);
	for (; *file; file++)
		fputc(*file == '\t' || *file == '\n' ? '?' : *file, out);
	fputc('\n', out);
}

static size_t file_index(const struct gx_ruleset *rs, const char *file)
{
	size_t i;

	for (i = 0; i < rs->nfiles; i++)
		if (rs->file[i] == file)
			return i;
	return 0;
}

static char *encode(const struct gx_ruleset *rs, uint32_t generation,
		    const struct store_owner *owner, size_t *size)
{
	char *text = NULL;
	FILE *out;
	size_t i;

	out = open_memstream(&text, size);
	if (!out)
		return NULL;
	fprintf(out, MAGIC "\t%u\t%u\t%d\t%lu\n", generation, rs->dflt,
		owner->ifindex, owner->netns);
	for (i = 0; i < rs->nfiles; i++)
		put_file(out, rs->file[i]);
	for (i = 0; i < rs->nsets; i++)
		fprintf(out, "s\t%s\t%d\t%u\n", rs->set[i].name,
			rs->set[i].timeouts, rs->set[i].default_timeout);
	for (i = 0; i < rs->nrules; i++)
		fprintf(out, "r\t%u\t%zu\t%u\t%s\t%s\n", rs->rule[i].id,
			file_index(rs, rs->rule[i].file), rs->rule[i].line,
			rs->rule[i].name ?: "", rs->rule[i].text);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static void pin_path(const struct pins *pins, const char *name, char *path,
		     size_t size)
{
	snprintf(path, size, "%s/%s", pins->dir, name);
}

/* A map of one value that processes map and read like a file */
static int make_map(const char *text, size_t size)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	void *mem;
	int fd, err;

	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "gxdp_rules", sizeof(__u32),
			    size, 1, &opts);
	if (fd < 0)
		return -errno;
	mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mem == MAP_FAILED) {
		err = -errno;
		close(fd);
		return err;
	}
	memcpy(mem, text, size);
	munmap(mem, size);
	return fd;
}

int store_stage(const struct pins *pins, const struct gx_ruleset *rs,
		uint32_t generation, const struct store_owner *owner)
{
	char path[PATH_MAX];
	size_t size;
	char *text;
	int fd, err = 0;

	text = encode(rs, generation, owner, &size);
	if (!text)
		return -ENOMEM;
	/* with the NUL behind it */
	fd = make_map(text, size + 1);
	free(text);
	if (fd < 0)
		return fd;
	pin_path(pins, STAGED_PIN, path, sizeof(path));
	unlink(path);
	if (bpf_obj_pin(fd, path))
		err = -errno;
	close(fd);
	return err;
}

/* bpffs renames only onto what is not there */
int store_commit(const struct pins *pins)
{
	char from[PATH_MAX], to[PATH_MAX];

	pin_path(pins, STAGED_PIN, from, sizeof(from));
	pin_path(pins, PIN, to, sizeof(to));
	unlink(to);
	return rename(from, to) ? -errno : 0;
}

void store_drop_staged(const struct pins *pins)
{
	char path[PATH_MAX];

	pin_path(pins, STAGED_PIN, path, sizeof(path));
	unlink(path);
}

void store_remove(const struct pins *pins)
{
	char path[PATH_MAX];

	store_drop_staged(pins);
	pin_path(pins, PIN, path, sizeof(path));
	unlink(path);
}

/* --- reading ---------------------------------------------------------------------- */

/* The next word of a line, ended in place; NULL behind the last */
static char *word(char **pos)
{
	return *pos ? strsep(pos, "\t") : NULL;
}

static bool number(char **pos, unsigned long max, unsigned long *value)
{
	char *text = word(pos), *end;

	if (!text || !*text)
		return false;
	*value = strtoul(text, &end, 10);
	return !*end && *value <= max;
}

static bool grow(void **array, size_t n, size_t size)
{
	void *more;

	/* at each power of two */
	if (n & (n - 1))
		return true;
	more = realloc(*array, (n ? 2 * n : 1) * size);
	if (!more)
		return false;
	*array = more;
	return true;
}

static bool take_file(struct gx_ruleset *rs, char *pos)
{
	if (!grow((void **)&rs->file, rs->nfiles, sizeof(*rs->file)))
		return false;
	rs->file[rs->nfiles] = strdup(pos);
	return rs->file[rs->nfiles++];
}

static bool take_set(struct gx_ruleset *rs, char *pos)
{
	char *name = word(&pos);
	unsigned long timeouts, dflt;
	struct gx_set *set;

	if (!name || !number(&pos, 1, &timeouts) ||
	    !number(&pos, UINT32_MAX, &dflt) ||
	    !grow((void **)&rs->set, rs->nsets, sizeof(*rs->set)))
		return false;
	set = memset(&rs->set[rs->nsets], 0, sizeof(*set));
	set->name = strdup(name);
	set->timeouts = timeouts;
	set->default_timeout = dflt;
	rs->nsets++;
	return set->name;
}

/* Canonical text begins with it */
static enum gx_verdict verdict_of(const char *text)
{
	size_t len = strcspn(text, " ");
	enum gx_verdict v;
	const char *name;

	for (v = 0; v < GX_COUNT; v++) {
		name = gx_verdict_name(v);
		if (strlen(name) == len && !memcmp(name, text, len))
			break;
	}
	return v;
}

static bool take_rule(struct gx_ruleset *rs, char *pos)
{
	unsigned long id, file, line;
	struct gx_rule *rule;
	char *name, *text;

	if (!number(&pos, UINT32_MAX, &id) || !number(&pos, UINT32_MAX, &file) ||
	    !number(&pos, UINT32_MAX, &line))
		return false;
	name = word(&pos);
	text = word(&pos);
	if (!text || !grow((void **)&rs->rule, rs->nrules, sizeof(*rs->rule)))
		return false;
	rule = memset(&rs->rule[rs->nrules++], 0, sizeof(*rule));
	rule->id = id;
	rule->line = line;
	rule->file = file < rs->nfiles ? rs->file[file] : NULL;
	rule->text = strdup(text);
	rule->act.verdict = verdict_of(text);
	if (*name)
		rule->name = strdup(name);
	return rule->text && (!*name || rule->name);
}

static bool decode(char *text, struct store *store)
{
	struct gx_ruleset *rs = store->rs;
	unsigned long generation, dflt;
	char *line, *kind;

	line = strsep(&text, "\n");
	kind = word(&line);
	if (!kind || strcmp(kind, MAGIC) ||
	    !number(&line, UINT32_MAX, &generation) ||
	    !number(&line, GX_DROP, &dflt))
		return false;
	store->generation = generation;
	rs->dflt = dflt;
	while ((line = strsep(&text, "\n"))) {
		if (!*line)
			continue;
		kind = word(&line);
		if (!line)
			return false;
		if (!strcmp(kind, "f") ? !take_file(rs, line) :
		    !strcmp(kind, "s") ? !take_set(rs, line) :
		    !strcmp(kind, "r") ? !take_rule(rs, line) : true)
			return false;
	}
	return true;
}

/* A copy of the value's first @max bytes, which is decoded in place */
static char *copy_value(const struct bpf_map_info *info, size_t max)
{
	int fd = bpf_map_get_fd_by_id(info->id);
	char *text;
	void *mem;

	if (fd < 0)
		return NULL;
	mem = mmap(NULL, info->value_size, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (mem == MAP_FAILED)
		return NULL;
	text = strndup(mem, info->value_size < max ? info->value_size : max);
	munmap(mem, info->value_size);
	return text;
}

/* Who may only read the file gets a fd that cannot be mapped, but tells the map's id */
static char *read_map(const char *path, size_t max)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	char *text = NULL;
	int fd;

	fd = gx_pin_open(path, true);
	if (fd < 0)
		return NULL;
	if (!bpf_obj_get_info_by_fd(fd, &info, &len) && info.value_size)
		text = copy_value(&info, max);
	close(fd);
	return text;
}

static int load_one(const char *path, struct store *store)
{
	char *text = read_map(path, SIZE_MAX);
	int err = 0;

	if (!text)
		return -ENOENT;
	store->rs = calloc(1, sizeof(*store->rs));
	if (!store->rs)
		err = -ENOMEM;
	else if (!decode(text, store))
		err = -EBADMSG;
	free(text);
	if (err)
		store_free(store);
	return err;
}

/* What the first line says */
struct head {
	uint32_t generation;
	struct store_owner owner;	/* .ifindex 0: it does not say */
};

static bool read_head(const struct pins *pins, const char *name, struct head *head)
{
	char path[PATH_MAX], *text;
	unsigned int dflt;
	int n;

	pin_path(pins, name, path, sizeof(path));
	text = read_map(path, HEAD_MAX);
	*head = (struct head){};
	if (!text)
		return false;
	n = sscanf(text, MAGIC "\t%" SCNu32 "\t%u\t%d\t%lu", &head->generation, &dflt,
		   &head->owner.ifindex, &head->owner.netns);
	free(text);
	return n >= 2;
}

int store_owner(const struct pins *pins, struct store_owner *owner)
{
	struct head head;
	size_t i;

	for (i = 0; i < NAMES; i++)
		if (read_head(pins, names[i], &head) && head.owner.ifindex) {
			*owner = head.owner;
			return 0;
		}
	return -ENOENT;
}

int store_load(const struct pins *pins, uint32_t generation, struct store *store)
{
	int err, ret = -ENOENT;
	char path[PATH_MAX];
	struct head head;
	size_t i;

	memset(store, 0, sizeof(*store));
	for (i = 0; i < NAMES; i++) {
		/* there may be 100,000 of them: not for nothing */
		if (!read_head(pins, names[i], &head) || head.generation != generation)
			continue;
		pin_path(pins, names[i], path, sizeof(path));
		err = load_one(path, store);
		if (!err && store->generation == generation)
			return 0;
		store_free(store);
		ret = err ?: ret;
	}
	return ret;
}

static bool staged_is(const struct pins *pins, uint32_t generation)
{
	struct head head;

	return read_head(pins, STAGED_PIN, &head) && head.generation == generation;
}

void store_recover(const struct pins *pins, uint32_t generation)
{
	char path[PATH_MAX];

	pin_path(pins, STAGED_PIN, path, sizeof(path));
	if (access(path, F_OK))
		return;
	if (staged_is(pins, generation))
		store_commit(pins);
	else
		store_drop_staged(pins);
}

void store_free(struct store *store)
{
	gx_ruleset_free(store->rs);
	store->rs = NULL;
}
