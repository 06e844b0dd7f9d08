/* SPDX-License-Identifier: GPL-2.0 */
/*
 * In place of libbpf's header of this name, for the filter's source compiled as a
 * part of a program: maps are variables that nobody reads, helpers are functions of
 * filter.c, and a packet's place is a pointer of the machine's own size.
 */
#ifndef TEST_HOST_BPF_HELPERS_H
#define TEST_HOST_BPF_HELPERS_H

#include <stddef.h>

/* The kernel's has 32 bits for a pointer. */
#define xdp_md xdp_md_of_the_kernel
#include <linux/bpf.h>
#undef xdp_md

struct xdp_md {
	unsigned long data;
	unsigned long data_end;
	unsigned long data_meta;
	__u32 ingress_ifindex;
	__u32 rx_queue_index;
	/* ours: the bytes behind the linear part */
	__u8 *frags;
	size_t frags_len;
};

#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define SEC(name)
#define __weak __attribute__((weak))
#define __ksym		/* not there: as on a kernel that has none */
#define __uint(name, value) int (*name)[value]
#define __type(name, value) __typeof__(value) *name
#define __array(name, value) __typeof__(value) *name[]

void *bpf_map_lookup_elem(void *map, const void *key);
long bpf_map_update_elem(void *map, const void *key, const void *value,
			 __u64 flags);
long bpf_redirect_map(void *map, __u64 key, __u64 flags);
__u64 bpf_ktime_get_ns(void);
__u32 bpf_get_prandom_u32(void);
__s64 bpf_csum_diff(const __be32 *from, __u32 from_size, const __be32 *to,
		    __u32 to_size, __wsum seed);
void *bpf_ringbuf_reserve(void *ringbuf, __u64 size, __u64 flags);
void bpf_ringbuf_submit(void *data, __u64 flags);
long bpf_xdp_adjust_meta(struct xdp_md *ctx, int delta);
long bpf_xdp_adjust_tail(struct xdp_md *ctx, int delta);
__u64 bpf_xdp_get_buff_len(struct xdp_md *ctx);
long bpf_xdp_load_bytes(struct xdp_md *ctx, __u32 offset, void *buf, __u32 len);

#endif /* TEST_HOST_BPF_HELPERS_H */
