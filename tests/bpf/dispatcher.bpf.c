// SPDX-License-Identifier: GPL-2.0
/*
 * A dispatcher that libxdp loads in place of its own (LIBXDP_OBJECT_PATH). Kernels of
 * today take behind it what may change packets, which they do not behind those of libxdp
 * up to 1.5.4: a function that such a program takes the place of must be seen to change
 * them, too.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <xdp/prog_dispatcher.h>

/* libxdp fills it in, and it has to be all of .rodata */
static volatile const struct xdp_dispatcher_config conf = {};

/* The verdict is not to be guessed at compile time: another program gives it */
#define PLACE(n)							\
__attribute__((noinline)) int prog##n(struct xdp_md *ctx)		\
{									\
	volatile int verdict = XDP_DISPATCHER_RETVAL;			\
									\
	if (ctx)							\
		bpf_xdp_adjust_tail(ctx, 0);				\
	return verdict;							\
}

#define CALL(n)								\
	if (n < conf.num_progs_enabled) {				\
		int verdict = prog##n(ctx);				\
									\
		if (!(1U << verdict & conf.chain_call_actions[n]))	\
			return verdict;					\
	}

#define FOR_EACH_PLACE(what)						\
	what(0) what(1) what(2) what(3) what(4)				\
	what(5) what(6) what(7) what(8) what(9)

FOR_EACH_PLACE(PLACE)

SEC("xdp")
int xdp_dispatcher(struct xdp_md *ctx)
{
	FOR_EACH_PLACE(CALL)
	return XDP_PASS;
}

/* What libxdp tries the kernel with */
SEC("xdp")
int xdp_pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
__uint(dispatcher_version, XDP_DISPATCHER_VERSION) SEC(XDP_METADATA_SECTION);
