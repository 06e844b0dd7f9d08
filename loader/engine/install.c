// SPDX-License-Identifier: GPL-2.0
/*
 * Making tables current.
 *
 * Map tables has two halves. The current tables are in one; new ones are written
 * into the other, chunk by chunk, and then one update of map current puts their
 * first chunk, which has the head, in the old one's place. That update returns
 * after a grace period, as every update of a map of maps does: no program is still
 * in the old tables, and their chunks can go. Killed anywhere on the way, this
 * leaves the old tables or the new, and in the other half chunks that nobody reads,
 * which the next one clears.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dp.h"
#include "error.h"

#define CPU_QUEUE	2048	/* packets waiting for a CPU: the kernel's default for veth */

int gx_dp_new_chunk(struct gx_dp *dp)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	int fd;

	if (dp->btf_fd >= 0) {
		opts.btf_fd = dp->btf_fd;
		opts.btf_key_type_id = dp->btf_key;
		opts.btf_value_type_id = dp->btf_chunk;
	}
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "chunk", sizeof(uint32_t),
			    sizeof(struct gxdp_chunk), 1, &opts);
	return fd < 0 ? -errno : fd;
}

struct gxdp_chunk *gx_dp_map_chunk(int fd)
{
	void *map = mmap(NULL, sizeof(struct gxdp_chunk), PROT_READ | PROT_WRITE,
			 MAP_SHARED, fd, 0);

	return map == MAP_FAILED ? NULL : map;
}

void gx_dp_unmap_chunk(struct gxdp_chunk *chunk)
{
	munmap(chunk, sizeof(*chunk));
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
	struct gxdp_chunk *chunk;

	if (fd < 0)
		return fd;
	chunk = gx_dp_map_chunk(fd);
	if (chunk)
		*root = chunk->root;
	else
		ret = -errno;
	if (chunk)
		gx_dp_unmap_chunk(chunk);
	close(fd);
	return ret;
}

/*
 * Programs look at the settings only if the head says that something is traced. Who
 * changes the settings and who puts another head in place both call this afterwards:
 * so whichever comes last has seen what the other did.
 */
int gx_dp_mark_traced(struct gx_dp *dp)
{
	int fd = inner_fd(dp->map[GX_MAP_CURRENT], 0), ret = 0;
	struct gxdp_settings set;
	struct gxdp_chunk *chunk;
	uint32_t zero = 0;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	chunk = gx_dp_map_chunk(fd);
	if (!chunk || bpf_map_lookup_elem(dp->map[GX_MAP_SETTINGS], &zero, &set))
		ret = -errno;
	else if (set.trace_every)
		__atomic_fetch_or(&chunk->root.flags, GXDP_ROOT_TRACED,
				  __ATOMIC_SEQ_CST);
	else
		__atomic_fetch_and(&chunk->root.flags, ~GXDP_ROOT_TRACED,
				   __ATOMIC_SEQ_CST);
	if (chunk)
		gx_dp_unmap_chunk(chunk);
	close(fd);
	return ret;
}

/*
 * Every single update or deletion in a map of maps waits for a grace period, tens
 * of milliseconds each. Deletions by several threads wait together.
 */
#define DELETERS	32

struct deleter {
	struct gx_dp *dp;
	uint32_t first, end, step;
};

static void *delete_chunks(void *arg)
{
	struct deleter *d = arg;
	uint32_t key;

	for (key = d->first; key < d->end; key += d->step)
		bpf_map_delete_elem(d->dp->map[GX_MAP_TABLES], &key);
	return NULL;
}

/* Take all chunks out of a half that is not current */
static void clear_half(struct gx_dp *dp, uint32_t first)
{
	uint32_t key, id, last = first, i, n = 0;
	struct deleter d[DELETERS];
	pthread_t thread[DELETERS];

	/* If one of us was killed here, they need not be in a row. */
	for (key = first; key < first + GXDP_CHUNKS; key++)
		if (!bpf_map_lookup_elem(dp->map[GX_MAP_TABLES], &key, &id))
			last = key + 1;
	for (i = 0; i < DELETERS && first + i < last; i++) {
		d[i] = (struct deleter){ dp, first + i, last, DELETERS };
		if (pthread_create(&thread[n], NULL, delete_chunks, &d[i]))
			delete_chunks(&d[i]);
		else
			n++;
	}
	while (n)
		pthread_join(thread[--n], NULL);
}

/* fd of a new chunk with these words, and the head if it is the first, or -errno */
static int write_chunk(struct gx_dp *dp, const struct gxdp_root *root,
		       const uint64_t *word, size_t words)
{
	int fd = gx_dp_new_chunk(dp), ret;
	struct gxdp_chunk *chunk;

	if (fd < 0)
		return fd;
	chunk = gx_dp_map_chunk(fd);
	if (!chunk) {
		ret = -errno;
		close(fd);
		return ret;
	}
	if (root)
		chunk->root = *root;
	memcpy(chunk->word, word, words * sizeof(*word));
	gx_dp_unmap_chunk(chunk);
	return fd;
}

/* In one call, which waits once; where the kernel has none, one by one */
static int put_chunks(struct gx_dp *dp, uint32_t first, const int *fd, uint32_t n)
{
	int tables = dp->map[GX_MAP_TABLES];
	uint32_t key[GXDP_CHUNKS] = { 0 }, done = n, i;

	for (i = 0; i < n; i++)
		key[i] = first + i;
	if (!bpf_map_update_batch(tables, key, fd, &done, NULL))
		return 0;
	for (i = 0; i < n; i++)
		if (bpf_map_update_elem(tables, &key[i], &fd[i], 0))
			return -errno;
	return 0;
}

/* Put them into the half that @root is for. fd of the first chunk, or -errno */
static int write_tables(struct gx_dp *dp, const struct gx_tables *tables,
			const struct gxdp_root *root)
{
	uint32_t n = gx_arena_chunks(&tables->arena), i, words;
	int fd[GXDP_CHUNKS] = { -EINVAL }, ret = 0;

	for (i = 0; i < n; i++) {
		words = GXDP_CHUNK_WORDS;
		if (i == n - 1)
			words = tables->arena.used - i * GXDP_CHUNK_WORDS;
		fd[i] = write_chunk(dp, i ? NULL : root,
				    tables->arena.chunk[i], words);
		if (fd[i] < 0) {
			ret = fd[i];
			break;
		}
	}
	if (!ret)
		ret = put_chunks(dp, root->first_chunk, fd, n);
	while (i > 1)
		close(fd[--i]);
	if (ret && i)
		close(fd[0]);
	return ret ?: fd[0];
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
	fd = write_tables(dp, tables, &root);
	ret = fd;
	if (fd < 0)
		goto failed;
	ret = bpf_map_update_elem(dp->map[GX_MAP_CURRENT], &zero, &fd, 0);
	if (ret)
		ret = -errno;
	close(fd);
	if (ret)
		goto failed;
	gx_dp_mark_traced(dp);
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
