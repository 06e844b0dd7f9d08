// SPDX-License-Identifier: GPL-2.0
/* Opening a datapath: loading its programs once, pinning, finding pins again. */
#include <bpf/btf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dp.h"
#include "error.h"

#define DEFAULT_REJECTS	1000	/* answers a second, on each CPU */

const char *const gx_dp_map_name[GX_MAP_MAX] = {
	[GX_MAP_TABLES] = "tables",
	[GX_MAP_CURRENT] = "current",
	[GX_MAP_RULE_COUNTERS] = "rule_counters",
	[GX_MAP_REASONS] = "reasons",
	[GX_MAP_SETTINGS] = "settings",
	[GX_MAP_SAMPLES] = "samples",
	[GX_MAP_RULE_LIMITS] = "rule_limits",
	[GX_MAP_KEY_LIMITS] = "key_limits",
	[GX_MAP_DEVICES] = "devices",
	[GX_MAP_CPUS] = "cpus",
	[GX_MAP_CPUS_FRAGS] = "cpus_frags",
	[GX_MAP_XSKS] = "xsks",
};

static const char *const prog_name[2] = { "gxdp", "gxdp_frags" };
static const char *const prog_pin[2] = { "prog", "prog_frags" };

static struct gx_dp *new_dp(const char *pin_dir)
{
	struct gx_dp *dp = calloc(1, sizeof(*dp));
	int i;

	if (!dp)
		return NULL;
	for (i = 0; i < GX_MAP_MAX; i++)
		dp->map[i] = -1;
	dp->prog[0] = -1;
	dp->prog[1] = -1;
	dp->btf_fd = -1;
	dp->cpus = libbpf_num_possible_cpus();
	if (pin_dir)
		snprintf(dp->pin_dir, sizeof(dp->pin_dir), "%s", pin_dir);
	return dp;
}

void gx_dp_close(struct gx_dp *dp)
{
	int i;

	if (!dp)
		return;
	gx_dp_forget(dp);
	ring_buffer__free(dp->ring);
	/* an object that was loaded here owns its fds */
	for (i = 0; !dp->obj && i < GX_MAP_MAX; i++)
		if (dp->map[i] >= 0)
			close(dp->map[i]);
	for (i = 0; !dp->obj && i < 2; i++)
		if (dp->prog[i] >= 0)
			close(dp->prog[i]);
	if (!dp->obj && dp->btf_fd >= 0)
		close(dp->btf_fd);
	bpf_object__close(dp->obj);
	free(dp);
}

/* --- loading ---------------------------------------------------------------------- */

/* The inner maps' types, from the object they are defined in */
static void find_types(struct gx_dp *dp, const struct btf *btf, int fd)
{
	int key, chunk;

	key = btf__find_by_name_kind(btf, "unsigned int", BTF_KIND_INT);
	chunk = btf__find_by_name_kind(btf, "gxdp_chunk", BTF_KIND_STRUCT);
	if (fd < 0 || key < 0 || chunk < 0)
		return;
	dp->btf_fd = fd;
	dp->btf_key = key;
	dp->btf_chunk = chunk;
	dp->chunk_size = btf__type_by_id(btf, chunk)->size;
}

static int start_settings(struct gx_dp *dp)
{
	struct gxdp_settings settings = { .reject_per_second = DEFAULT_REJECTS };
	uint32_t zero = 0;

	return bpf_map_update_elem(dp->map[GX_MAP_SETTINGS], &zero, &settings, 0);
}

static int size_maps(struct gx_dp *dp, struct bpf_object *obj)
{
	static const int cpumap[] = { GX_MAP_CPUS, GX_MAP_CPUS_FRAGS };
	struct bpf_map *map;
	int i, err = 0;

	/* The kernel takes no more than it was built for. */
	for (i = 0; i < 2 && !err; i++) {
		map = bpf_object__find_map_by_name(obj,
						   gx_dp_map_name[cpumap[i]]);
		if (map)
			err = bpf_map__set_max_entries(map, dp->cpus);
	}
	return err;
}

static int load(struct gx_dp *dp, const char *object, struct gx_error *err)
{
	struct bpf_program *prog;
	struct bpf_map *map;
	int i, ret;

	dp->obj = bpf_object__open_file(object, NULL);
	if (!dp->obj) {
		ret = -errno;
		gx_error_set(err, ret, "%s is no BPF object that can be read",
			     object);
		gx_error_reason(err, "%s", strerror(-ret));
		return ret;
	}
	if (size_maps(dp, dp->obj) || bpf_object__load(dp->obj)) {
		ret = -errno;
		gx_error_set(err, ret, "the kernel refuses to load %s", object);
		gx_error_reason(err, "%s", strerror(-ret));
		gx_error_hint(err, ret == -EPERM ? "run it as root" :
			      "-v shows what the verifier says");
		return ret;
	}
	for (i = 0; i < GX_MAP_MAX; i++) {
		map = bpf_object__find_map_by_name(dp->obj, gx_dp_map_name[i]);
		if (!map)
			return gx_error_set(err, -EINVAL, "%s has no map %s",
					    object, gx_dp_map_name[i]);
		dp->map[i] = bpf_map__fd(map);
	}
	for (i = 0; i < 2; i++) {
		prog = bpf_object__find_program_by_name(dp->obj, prog_name[i]);
		if (prog)
			dp->prog[i] = bpf_program__fd(prog);
	}
	find_types(dp, bpf_object__btf(dp->obj), bpf_object__btf_fd(dp->obj));
	if (start_settings(dp))
		return gx_error_set(err, -errno, "cannot write the settings");
	return 0;
}

/* --- pins ------------------------------------------------------------------------- */

int gx_pin_open(const char *path, bool read_only)
{
	LIBBPF_OPTS(bpf_obj_get_opts, opts,
		    .file_flags = read_only ? BPF_F_RDONLY : 0);
	int fd = bpf_obj_get_opts(path, &opts);

	return fd < 0 ? -errno : fd;
}

static void pin_path(char *path, size_t size, const char *dir, const char *sub,
		     const char *name)
{
	snprintf(path, size, "%s/%s%s", dir, sub, name);
}

void gx_dp_unpin(const char *pin_dir)
{
	char path[PATH_MAX];
	int i;

	for (i = 0; i < 2; i++) {
		pin_path(path, sizeof(path), pin_dir, "", prog_pin[i]);
		unlink(path);
	}
	/* "current" first: without it the rest is known to be nothing whole */
	pin_path(path, sizeof(path), pin_dir, "maps/", "current");
	unlink(path);
	for (i = 0; i < GX_MAP_MAX; i++) {
		pin_path(path, sizeof(path), pin_dir, "maps/",
			 gx_dp_map_name[i]);
		unlink(path);
	}
	pin_path(path, sizeof(path), pin_dir, "", "maps");
	rmdir(path);
	rmdir(pin_dir);
}

static int pin_all(struct gx_dp *dp, struct gx_error *err)
{
	char path[PATH_MAX];
	int i, fd, ret = 0;

	mkdir(dp->pin_dir, 0700);
	pin_path(path, sizeof(path), dp->pin_dir, "", "maps");
	if (mkdir(path, 0700) && errno != EEXIST)
		ret = -errno;
	for (i = 0; i < 2 && !ret; i++) {
		pin_path(path, sizeof(path), dp->pin_dir, "", prog_pin[i]);
		if (dp->prog[i] >= 0 && bpf_obj_pin(dp->prog[i], path))
			ret = -errno;
	}
	/* "current" last, whose pin says that all others are there */
	for (i = 0; i <= GX_MAP_MAX && !ret; i++) {
		if (i == GX_MAP_CURRENT)
			continue;
		fd = i == GX_MAP_MAX ? GX_MAP_CURRENT : i;
		pin_path(path, sizeof(path), dp->pin_dir, "maps/",
			 gx_dp_map_name[fd]);
		if (bpf_obj_pin(dp->map[fd], path))
			ret = -errno;
	}
	if (!ret)
		return 0;
	gx_dp_unpin(dp->pin_dir);
	gx_error_set(err, ret, "cannot pin the maps below %s", dp->pin_dir);
	gx_error_reason(err, "%s", strerror(-ret));
	gx_error_hint(err, "is bpffs mounted there? mount -t bpf bpf /sys/fs/bpf");
	return ret;
}

static int other_version(const struct gx_dp *dp, struct gx_error *err)
{
	gx_error_set(err, -EPROTO, "the maps below %s are another version's",
		     dp->pin_dir);
	gx_error_hint(err, "gxdp detach, and apply the rules again");
	return -EPROTO;
}

/* What this version of the engine takes a map to look like */
static int check_layout(struct gx_dp *dp, enum gx_dp_map i, size_t value_size,
			size_t entries, struct gx_error *err)
{
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);

	if (!bpf_obj_get_info_by_fd(dp->map[i], &info, &len) &&
	    info.value_size == value_size && info.max_entries == entries)
		return 0;
	other_version(dp, err);
	gx_error_reason(err, "%s has %u entries of %u bytes, not %zu of %zu",
			gx_dp_map_name[i], info.max_entries, info.value_size,
			entries, value_size);
	return -EPROTO;
}

static void find_types_of(struct gx_dp *dp)
{
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);
	struct btf *btf;
	int fd;

	if (dp->prog[0] < 0 ||
	    bpf_obj_get_info_by_fd(dp->prog[0], &info, &len) || !info.btf_id)
		return;
	btf = btf__load_from_kernel_by_id(info.btf_id);
	fd = bpf_btf_get_fd_by_id(info.btf_id);
	if (btf)
		find_types(dp, btf, fd);
	if (dp->btf_fd < 0 && fd >= 0)
		close(fd);
	btf__free(btf);
}

/* "current" is pinned last, and is the first pin to go */
static bool is_whole(const struct gx_dp *dp)
{
	char path[PATH_MAX];

	pin_path(path, sizeof(path), dp->pin_dir, "maps/",
		 gx_dp_map_name[GX_MAP_CURRENT]);
	return !access(path, F_OK);
}

static int open_pins(struct gx_dp *dp, struct gx_error *err)
{
	char path[PATH_MAX];
	int i, ret;

	for (i = 0; i < GX_MAP_MAX; i++) {
		pin_path(path, sizeof(path), dp->pin_dir, "maps/",
			 gx_dp_map_name[i]);
		dp->map[i] = gx_pin_open(path, dp->read_only);
		if (dp->map[i] >= 0)
			continue;
		ret = dp->map[i];
		if (ret == -ENOENT && is_whole(dp)) {
			other_version(dp, err);
			gx_error_reason(err, "there is no map %s",
					gx_dp_map_name[i]);
			return -EPROTO;
		}
		gx_error_set(err, ret, "there are no rules here yet: no map %s",
			     path);
		gx_error_reason(err, "%s", strerror(-ret));
		return ret;
	}
	for (i = 0; i < 2; i++) {
		pin_path(path, sizeof(path), dp->pin_dir, "", prog_pin[i]);
		dp->prog[i] = gx_pin_open(path, dp->read_only);
	}
	find_types_of(dp);
	if (dp->chunk_size && dp->chunk_size != sizeof(struct gxdp_chunk)) {
		other_version(dp, err);
		gx_error_reason(err, "its program takes chunks of %u bytes, not %zu",
				dp->chunk_size, sizeof(struct gxdp_chunk));
		return -EPROTO;
	}
	ret = check_layout(dp, GX_MAP_RULE_COUNTERS,
			   sizeof(struct gxdp_rule_counters),
			   GXDP_MAX_IDS / GXDP_COUNTER_BLOCK, err);
	if (!ret)
		ret = check_layout(dp, GX_MAP_RULE_LIMITS,
				   sizeof(struct gxdp_bucket), GXDP_MAX_IDS, err);
	if (!ret)
		ret = check_layout(dp, GX_MAP_REASONS,
				   sizeof(struct gxdp_reasons), 1, err);
	if (!ret)
		ret = check_layout(dp, GX_MAP_SETTINGS,
				   sizeof(struct gxdp_settings), 1, err);
	return ret;
}

int gx_dp_open(const char *object, const char *pin_dir, unsigned int flags,
	       struct gx_dp **out, struct gx_error *err)
{
	struct gx_dp *dp = new_dp(pin_dir);
	int ret = -ENOENT;

	if (!dp)
		return gx_error_set(err, -ENOMEM, "not enough memory");
	dp->read_only = flags & GX_DP_READ_ONLY;
	if (pin_dir)
		ret = open_pins(dp, err);
	if (ret == -ENOENT && (flags & GX_DP_CREATE)) {
		gx_dp_close(dp);
		dp = new_dp(pin_dir);
		if (!dp)
			return gx_error_set(err, -ENOMEM, "not enough memory");
		if (pin_dir)
			gx_dp_unpin(pin_dir);	/* what is not whole */
		ret = load(dp, object, err);
		if (!ret && pin_dir)
			ret = pin_all(dp, err);
	}
	if (ret) {
		gx_dp_close(dp);
		return ret;
	}
	*out = dp;
	return 0;
}

int gx_dp_prog_fd(const struct gx_dp *dp, bool frags)
{
	return dp->prog[frags] >= 0 ? dp->prog[frags] : -ENOENT;
}

int gx_dp_adopt(struct gx_dp *dp, struct bpf_object *obj, struct gx_error *err)
{
	struct bpf_map *map;
	int i;

	for (i = 0; i < GX_MAP_MAX; i++) {
		map = bpf_object__find_map_by_name(obj, gx_dp_map_name[i]);
		if (!map)
			return gx_error_set(err, -EINVAL, "the object has no map %s",
					    gx_dp_map_name[i]);
		if (bpf_map__reuse_fd(map, dp->map[i]))
			return gx_error_set(err, -errno, "cannot use map %s again",
					    gx_dp_map_name[i]);
	}
	return 0;
}

int gx_dp_map_fd(struct gx_dp *dp, const char *name)
{
	int i;

	for (i = 0; i < GX_MAP_MAX; i++)
		if (!strcmp(gx_dp_map_name[i], name))
			return dp->map[i];
	return -ENOENT;
}

/* "memlock:	4096" of the fd's info in /proc: what the kernel accounts for */
static uint64_t map_bytes(int fd)
{
	unsigned long long bytes = 0;
	char line[128];
	FILE *f;

	snprintf(line, sizeof(line), "/proc/self/fdinfo/%d", fd);
	f = fopen(line, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "memlock: %llu", &bytes) == 1)
			break;
	if (f)
		fclose(f);
	return bytes;
}

int gx_dp_each_map(struct gx_dp *dp,
		   int (*fn)(const struct gx_map_info *info, void *arg),
		   void *arg)
{
	int i, ret;

	for (i = 0; i < GX_MAP_MAX; i++) {
		struct bpf_map_info kernel = {};
		uint32_t len = sizeof(kernel);
		struct gx_map_info info = {
			.name = gx_dp_map_name[i],
			.fd = dp->map[i],
		};

		if (bpf_obj_get_info_by_fd(dp->map[i], &kernel, &len))
			return -errno;
		info.id = kernel.id;
		info.type = kernel.type;
		info.value_size = kernel.value_size;
		info.max_entries = kernel.max_entries;
		info.bytes = map_bytes(dp->map[i]);
		ret = fn(&info, arg);
		if (ret)
			return ret;
	}
	return 0;
}
