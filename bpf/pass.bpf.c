// SPDX-License-Identifier: GPL-2.0
/*
 * pass: every frame to the stack. The program to attach to see what XDP itself
 * costs, or to make a driver set up its XDP resources in advance.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int pass(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_PASS;
}

SEC("xdp.frags")
int pass_frags(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
