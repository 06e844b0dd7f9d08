/* SPDX-License-Identifier: GPL-2.0 */
/* The filter's maps. Layouts and member names: include/gxdp/filter.h, tables.h */
#ifndef GXDP_BPF_FILTER_MAPS_H
#define GXDP_BPF_FILTER_MAPS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include <gxdp/filter.h>
#include <gxdp/tables.h>

/*
 * Equal inner maps of one entry: the kernel turns look-ups in both levels into
 * a few instructions (none is a call), and the whole value is then one pointer.
 */
struct gxdp_chunk_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct gxdp_chunk);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2 * GXDP_CHUNKS);
	__type(key, __u32);
	__array(values, struct gxdp_chunk_map);
} tables SEC(".maps");

/* Its one entry is the first chunk of what all packets are looked up in. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct gxdp_chunk_map);
} current SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, GXDP_MAX_IDS / GXDP_COUNTER_BLOCK);
	__type(key, __u32);
	__type(value, struct gxdp_rule_counters);
} rule_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct gxdp_reasons);
} reasons SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct gxdp_settings);
} settings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, GXDP_SAMPLES_SIZE);
} samples SEC(".maps");

/* Buckets of rules with a limit of their own, by rule id; see limit.h */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, GXDP_MAX_IDS);
	__type(key, __u32);
	__type(value, struct gxdp_bucket);
} rule_limits SEC(".maps");

/* Buckets by source, destination or flow: the least recently used makes room */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, GXDP_KEY_LIMITS);
	__type(key, struct gxdp_limit_key);
	__type(value, struct gxdp_bucket);
} key_limits SEC(".maps");

/* Devices that rules redirect to, by interface index */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, GXDP_MAX_DEVICES);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct bpf_devmap_val));
} devices SEC(".maps");

/* By CPU. The loader makes it as large as the machine; iproute2 has this. */
struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct bpf_cpumap_val));
} cpus SEC(".maps");

/* The kernel lets programs with frags and those without not share a cpumap. */
struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct bpf_cpumap_val));
} cpus_frags SEC(".maps");

/*
 * AF_XDP sockets, by the keys that rules name: the queue that they are bound to, unless
 * there are several on one queue
 */
struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, GXDP_MAX_SOCKETS);
	__type(key, __u32);
	__type(value, __u32);
} xsks SEC(".maps");

/*
 * What only an inner map's definition names is left out of the BTF, and libbpf
 * then does not know its size; arguments of a function are not. Nobody calls
 * this, so it is never loaded.
 */
__attribute__((noinline))
int gxdp_inner_types(struct gxdp_chunk *chunk)
{
	return !!chunk;
}

#endif /* GXDP_BPF_FILTER_MAPS_H */
