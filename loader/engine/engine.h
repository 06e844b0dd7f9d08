/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The engine: turns a ruleset into tables, and puts tables in front of packets.
 *
 *	gx_compile()		ruleset -> tables, in user space, nothing touched
 *	gx_dp_open()		the datapath: programs and maps of one device
 *	gx_dp_install()		tables -> datapath, current by one update
 *
 * The functions print nothing and do not exit. They return 0 or -errno, and on
 * failure fill a struct gx_error, whose three sentences are meant for the user
 * as they stand. Callers serialise what changes one datapath (the loader's
 * device lock); readers need no lock.
 */
#ifndef GXDP_ENGINE_H
#define GXDP_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gxdp/filter.h>

#include "../ruleset.h"

struct bpf_object;
struct gx_dp;
struct gx_tables;

struct gx_error {
	char what[512];		/* what did not work */
	char reason[1024];	/* why; may be empty */
	char hint[512];		/* the way out; may be empty */
};

/* --- compiling --------------------------------------------------------------- */

enum gx_note_kind {
	GX_NOTE_SHADOWED,	/* one earlier rule takes all its packets */
	GX_NOTE_REDUNDANT,	/* the same, and does the same with them */
	GX_NOTE_COVERED,	/* several earlier rules together take all its packets */
	GX_NOTE_IMPOSSIBLE,	/* its conditions exclude each other */
};

/* Something about a rule that its author would want to know */
struct gx_note {
	enum gx_note_kind kind;
	size_t rule;		/* index into gx_ruleset.rule */
	size_t by;		/* the earlier rule; = rule where there is none */
};

struct gx_report {
	size_t bytes;		/* of tables, without counters; sets included */
	size_t set_bytes;	/* of these: members of sets */
	unsigned int trees;	/* searched one after the other, at most */
	unsigned int depth;	/* array reads per packet, at most, in one tree */
	unsigned int leaf_max;	/* rules compared in one leaf, at most */
	double depth_avg;	/* over the leaves */
	double seconds;		/* the compiler took */
	struct gx_note *note;	/* by rule */
	size_t nnotes;
	bool notes_complete;	/* false: too many rules to compare them all */
};

struct gx_compile_opts {
	size_t max_bytes;	/* 0: as much as the datapath takes */
	uint32_t cpus;		/* CPUs to steer to are below this; 0: any, of any machine */
	bool vlan_stripped;	/* the NIC takes tags off: refuse VLAN rules */
	bool no_notes;		/* do not look for shadowed rules */
};

/**
 * gx_compile() - turn a ruleset into tables
 * @rs: the ruleset; not kept
 * @opts: NULL for the defaults
 * @tables: the result, for gx_dp_install(); NULL to learn the report only
 * @report: NULL, or what the result is like; free with gx_report_free()
 * @err: on failure, why, naming file and line of the rule
 *
 * Return: 0; -E2BIG when it does not fit, -ELOOP when too many rules overlap in one
 * place; -EINVAL for what the ruleset may not
 * ask; -ENODEV for a device that does not exist; -ENOMEM.
 */
int gx_compile(const struct gx_ruleset *rs, const struct gx_compile_opts *opts,
	       struct gx_tables **tables, struct gx_report *report,
	       struct gx_error *err);
void gx_tables_free(struct gx_tables *tables);
void gx_report_free(struct gx_report *report);

/* --- the datapath --------------------------------------------------------------- */

enum gx_dp_flags {
	GX_DP_CREATE = 1,	/* load and pin when there is none yet */
	GX_DP_READ_ONLY = 2,	/* only look: nothing is made, repaired or written */
};

/*
 * The fd of a map or a program that is pinned at @path, or -errno. @read_only: of a map,
 * the kernel lets nothing be written by it, and asks for no right to write to the file. A
 * link cannot be had so.
 */
int gx_pin_open(const char *path, bool read_only);

/**
 * gx_dp_open() - open a device's datapath, or make it
 * @object: path of gxdp.bpf.o; may be NULL without GX_DP_CREATE
 * @pin_dir: directory in bpffs, /sys/fs/bpf/gxdp/DEV, that holds maps/NAME,
 *	prog and prog_frags; NULL: a datapath of the process's own, unpinned, for
 *	test and measurement
 * @flags: enum gx_dp_flags
 * @dp: the result
 * @err: on failure, why
 *
 * A new datapath passes everything until gx_dp_install(). What an interrupted
 * command left behind is put in order unless GX_DP_READ_ONLY.
 *
 * Return: 0; -ENOENT when there is none and none may be made; -EPROTO when what is
 * pinned is another version's, which is left as it is; -errno.
 */
int gx_dp_open(const char *object, const char *pin_dir, unsigned int flags,
	       struct gx_dp **dp, struct gx_error *err);
void gx_dp_close(struct gx_dp *dp);
/* Take the pins away, the directory too; what is attached goes on running */
void gx_dp_unpin(const char *pin_dir);

/* The loaded program for a hook that takes frags, or not; -ENOENT if absent */
int gx_dp_prog_fd(const struct gx_dp *dp, bool frags);

/**
 * gx_dp_adopt() - let an object that is not loaded yet use @dp's maps
 * @dp: the datapath
 * @obj: gxdp.bpf.o, opened by libxdp or libbpf
 * @err: on failure, why
 *
 * For libxdp, which has to load a program itself to put it behind its dispatcher.
 *
 * Return: 0 or -errno.
 */
int gx_dp_adopt(struct gx_dp *dp, struct bpf_object *obj, struct gx_error *err);

/**
 * gx_dp_install() - make tables current
 * @dp: the datapath
 * @tables: what gx_compile() made; may be installed into several datapaths
 * @err: on failure, why; the old tables are then current as before
 *
 * The new tables are written beside the old, and one update makes them current.
 * When this returns, no packet is being looked up in the old ones. Counters
 * live by rule id and are not touched.
 *
 * Return: 0 or -errno.
 */
int gx_dp_install(struct gx_dp *dp, const struct gx_tables *tables,
		  struct gx_error *err);

/* What is current */
struct gx_dp_info {
	bool installed;		/* false: passes everything */
	struct gxdp_root root;	/* the current tables' head: see gxdp/filter.h */
	size_t bytes;		/* taken by tables, old and new */
	uint32_t prog_id, prog_frags_id;	/* 0: not loaded */
};

int gx_dp_info(struct gx_dp *dp, struct gx_dp_info *info, struct gx_error *err);

/* --- sets ----------------------------------------------------------------------- */

/* A member of a set, as it goes in and comes out */
struct gx_member {
	uint8_t family;			/* 4 or 6 */
	struct gx_prefix prefix;
	uint32_t timeout;		/* at least so many seconds from now; 0: for ever. See gx_dp_set_add() */
};

/*
 * Sets are known by the index they have in the ruleset that is installed; names
 * are the loader's. Members go into the running tables, at once; packets meet
 * a member wholly or not at all. If one of them finds no room, none is added. A
 * member that is there already gets the new time-out; one that is to be deleted
 * and is not there is counted in @missing. -ERANGE: one would leave later than
 * GXDP_SET_EXPIRY_MAX seconds, 776 days, after the machine was started.
 */
int gx_dp_set_add(struct gx_dp *dp, unsigned int set, const struct gx_member *m,
		  size_t n, struct gx_error *err);
int gx_dp_set_del(struct gx_dp *dp, unsigned int set, const struct gx_member *m,
		  size_t n, size_t *missing, struct gx_error *err);
/* By family and address, shorter ones first; for qsort() and bsearch() */
int gx_member_compare(const void *a, const void *b);
/*
 * All members, so sorted; free(*m). Expired ones are left out. With GX_DP_READ_ONLY,
 * -ESTALE: other tables have become current meanwhile.
 */
int gx_dp_set_list(struct gx_dp *dp, unsigned int set, struct gx_member **m,
		   size_t *n, struct gx_error *err);
/*
 * Take expired members out of all sets; *gone says how many, a short prefix several
 * times. Looks at every member: 40 ms for a million. gx_dp_set_add() does it by itself
 * if it would find no room otherwise.
 */
int gx_dp_set_expire(struct gx_dp *dp, size_t *gone, struct gx_error *err);

/* --- counters ------------------------------------------------------------------- */

/*
 * Sums over the CPUs, for the @n rules in @id. The default's counters have the
 * id GXDP_ID_DEFAULT.
 */
int gx_dp_counters(struct gx_dp *dp, const uint32_t *id, size_t n,
		   struct gxdp_count *count, struct gx_error *err);
int gx_dp_counters_reset(struct gx_dp *dp, const uint32_t *id, size_t n,
			 struct gx_error *err);
/*
 * Fill the buckets of rules that have a limit of their own: for ids that go to new
 * rules. Buckets by source, destination or flow are left to be found wrong, or least
 * recently used.
 */
int gx_dp_limits_reset(struct gx_dp *dp, const uint32_t *id, size_t n,
		       struct gx_error *err);
/* Packets by reason and verdict; enum gxdp_reason, gxdp_reason_name[] */
int gx_dp_reasons(struct gx_dp *dp, struct gxdp_count count[GXDP_REASON_MAX],
		  struct gx_error *err);
int gx_dp_reasons_reset(struct gx_dp *dp, struct gx_error *err);
/* "passed", "dropped_by_rule" ...; NULL if there is no such reason */
const char *gx_reason_name(unsigned int reason);

/* --- samples and traces --------------------------------------------------------- */

/*
 * gx_dp_trace(): every @every-th packet (0: none) leaves a record, with up to
 * @bytes of the frame. Persists, like all of the datapath: turn it off.
 */
int gx_dp_trace(struct gx_dp *dp, uint32_t every, uint32_t bytes,
		struct gx_error *err);

/* @len: of @rec with its bytes. Return 0 to go on, or a value to stop with. */
typedef int (*gx_sample_fn)(const struct gxdp_sample *rec, size_t len, void *arg);

/*
 * Wait @timeout_ms (-1: for ever, 0: not at all) for records and call @fn for
 * each. Return: how many, 0 after the time, or what @fn stopped with; -errno.
 * One process at a time can read a datapath's records.
 */
int gx_dp_samples(struct gx_dp *dp, int timeout_ms, gx_sample_fn fn, void *arg);
/* For poll(): readable when there are records; -errno */
int gx_dp_samples_fd(struct gx_dp *dp);

/* --- one packet, no NIC ----------------------------------------------------------- */

struct gx_run {
	const void *frame;	/* as on the wire, no FCS; at least 14 bytes */
	size_t len;
	size_t linear;		/* 14 to len: the rest are fragments, Linux 6.18; 0: as it comes */
	uint32_t rxq;		/* receive queue it is said to come from; see gx_dp_run() */
	int ifindex;		/* device, for rxq; 0: none */
	/* out */
	uint32_t xdp_action;	/* XDP_PASS ... */
	struct gxdp_sample rec;	/* which rule decided, and the key fields */
	void *out;		/* the frame afterwards; room for len + 256 bytes, or NULL */
	size_t out_len;
};

/*
 * Run the real program on @run->frame by BPF_PROG_TEST_RUN. The counters count.
 * The kernel takes a receive queue other than 0 only for a device that has it.
 */
int gx_dp_run(struct gx_dp *dp, struct gx_run *run, struct gx_error *err);

/* --- where frames may be sent ----------------------------------------------------- */

/*
 * fds of the maps that other programs put things into: "xsks" for AF_XDP
 * sockets, by the keys that rules name. The fd stays the datapath's.
 */
int gx_dp_map_fd(struct gx_dp *dp, const char *name);

/* Call @fn for each map: for show. Stops when it returns non-zero. */
struct gx_map_info {
	const char *name;
	int fd;
	uint32_t id, type, value_size, max_entries;
	uint64_t bytes;		/* it takes, as far as the kernel says */
};

int gx_dp_each_map(struct gx_dp *dp,
		   int (*fn)(const struct gx_map_info *info, void *arg),
		   void *arg);

#endif /* GXDP_ENGINE_H */
