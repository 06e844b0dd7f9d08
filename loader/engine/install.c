// SPDX-License-Identifier: GPL-2.0
/*
 * Making tables current.
 *
 * Map tables has two halves. The current tables are in one; new ones are written
 * into the other, chunk by chunk, and then one update of map current puts their
 * head in the old one's place. That update returns after a grace period, as
 * every update of a map of maps does: no program is still in the old tables, and
 * their chunks can go. Killed anywhere on the way, this leaves the old tables or the
 * new, and in the other half chunks that nobody reads, which the next one clears.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dp.h"
#include "error.h"

#define CPU_QUEUE	2048	/* packets waiting for a CPU: the kernel's default for veth */

static int new_inner(struct gx_dp *dp, const char *name, size_t size,
		     uint32_t type, uint32_t flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);
	int fd;

	if (dp->btf_fd >= 0) {
		opts.btf_fd = dp->btf_fd;
		opts.btf_key_type_id = dp->btf_key;
		opts.btf_value_type_id = type;
	}
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(uint32_t), size, 1,
			    &opts);
	return fd < 0 ? -errno : fd;
}

int gx_dp_new_chunk(struct gx_dp *dp)
{
	return new_inner(dp, "chunk", sizeof(struct gxdp_chunk), dp->btf_chunk,
			 BPF_F_MMAPABLE);
}

int gx_dp_new_root(struct gx_dp *dp, const struct gxdp_root *root)
{
	int fd = new_inner(dp, "root", sizeof(*root), dp->btf_root, 0);
	uint32_t zero = 0;

	if (fd >= 0 && bpf_map_update_elem(fd, &zero, root, 0)) {
		close(fd);
		return -errno;
	}
	return fd;
}

/* fd of the map at @key of a map of maps */
static int inner_fd(int outer, uint32_t key)
{
	uint32_t id;
	int fd;

	if (bpf_map_lookup_elem(outer, &key, &id))
		return -errno;
	fd = bpf_map_get_fd_by_id(id);
	return fd < 0 ? -errno : fd;
}

int gx_dp_root(struct gx_dp *dp, struct gxdp_root *root)
{
	int fd = inner_fd(dp->map[GX_MAP_CURRENT], 0), ret = 0;
	uint32_t zero = 0;

	if (fd < 0)
		return fd;
	if (bpf_map_lookup_elem(fd, &zero, root))
		ret = -errno;
	close(fd);
	return ret;
}

/* Take all chunks out of a half that is not current */
static void clear_half(struct gx_dp *dp, uint32_t first)
{
	uint32_t i, id, key;

	for (i = 0; i < GXDP_CHUNKS; i++) {
		key = first + i;
		if (bpf_map_lookup_elem(dp->map[GX_MAP_TABLES], &key, &id))
			break;	/* they are in a row */
	}
	/* The last first, so that what is left is in a row if we are killed. */
	while (i--) {
		key = first + i;
		bpf_map_delete_elem(dp->map[GX_MAP_TABLES], &key);
	}
}

static int write_chunk(struct gx_dp *dp, uint32_t key, const uint64_t *word,
		       size_t words)
{
	size_t size = sizeof(struct gxdp_chunk);
	int fd = gx_dp_new_chunk(dp), ret = 0;
	void *map;

	if (fd < 0)
		return fd;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		ret = -errno;
		goto out;
	}
	memcpy(map, word, words * sizeof(*word));
	munmap(map, size);
	if (bpf_map_update_elem(dp->map[GX_MAP_TABLES], &key, &fd, 0))
		ret = -errno;
out:
	close(fd);
	return ret;
}

static int write_tables(struct gx_dp *dp, const struct gx_tables *tables,
			uint32_t first)
{
	uint32_t n = gx_arena_chunks(&tables->arena), i, words;
	int ret;

	for (i = 0; i < n; i++) {
		words = GXDP_CHUNK_WORDS;
		if (i == n - 1)
			words = tables->arena.used - i * GXDP_CHUNK_WORDS;
		ret = write_chunk(dp, first + i, tables->arena.chunk[i], words);
		if (ret)
			return ret;
	}
	return 0;
}

/* Devices and CPUs must be there before a packet is sent to them. */
static int write_targets(struct gx_dp *dp, const struct gx_tables *tables,
			 struct gx_error *err)
{
	struct bpf_cpumap_val cpu = { .qsize = CPU_QUEUE };
	size_t i;

	for (i = 0; i < tables->nifindexes; i++) {
		struct bpf_devmap_val dev = { .ifindex = tables->ifindex[i] };

		if (!bpf_map_update_elem(dp->map[GX_MAP_DEVICES], &dev.ifindex,
					 &dev, 0))
			continue;
		gx_error_set(err, -errno, "cannot redirect to device number %d",
			     tables->ifindex[i]);
		gx_error_reason(err, "%s", strerror(errno));
		return -errno;
	}
	for (i = 0; i < tables->ncpus; i++) {
		if (!bpf_map_update_elem(dp->map[GX_MAP_CPUS], &tables->cpu[i],
					 &cpu, 0) &&
		    !bpf_map_update_elem(dp->map[GX_MAP_CPUS_FRAGS],
					 &tables->cpu[i], &cpu, 0))
			continue;
		gx_error_set(err, -errno, "cannot steer to CPU %u",
			     tables->cpu[i]);
		gx_error_reason(err, "%s", errno == E2BIG || errno == ENODEV ?
				"there is no such CPU" : strerror(errno));
		return -errno;
	}
	return 0;
}

int gx_dp_install(struct gx_dp *dp, const struct gx_tables *tables,
		  struct gx_error *err)
{
	struct gxdp_root root = tables->root, old;
	uint32_t zero = 0;
	int fd, ret;

	ret = gx_dp_root(dp, &old);
	if (ret && ret != -ENOENT)
		return gx_error_set(err, ret, "cannot read the current tables: %s",
				    strerror(-ret));
	if (ret)
		old = (struct gxdp_root){ .first_chunk = GXDP_CHUNKS };
	root.generation = old.generation + 1;
	root.first_chunk = old.first_chunk ? 0 : GXDP_CHUNKS;

	ret = write_targets(dp, tables, err);
	if (ret)
		return ret;
	clear_half(dp, root.first_chunk);
	ret = write_tables(dp, tables, root.first_chunk);
	if (ret)
		goto failed;
	fd = gx_dp_new_root(dp, &root);
	ret = fd;
	if (fd < 0)
		goto failed;
	ret = bpf_map_update_elem(dp->map[GX_MAP_CURRENT], &zero, &fd, 0);
	if (ret)
		ret = -errno;
	close(fd);
	if (ret)
		goto failed;
	gx_dp_forget(dp);
	clear_half(dp, old.first_chunk);
	return 0;

failed:
	clear_half(dp, root.first_chunk);
	gx_error_set(err, ret, "cannot put the tables into the kernel");
	gx_error_reason(err, "%s", strerror(-ret));
	if (ret == -ENOMEM)
		gx_error_hint(err, "old and new tables are in memory together for a moment: free some");
	return ret;
}
