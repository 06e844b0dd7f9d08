/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What has to be said in BPF's own assembly: bounds in the one form in which the
 * verifier sees them, shifts that take the lowest six bits of what they shift by
 * (RFC 9669, section 4.1), and a value of 32 bits that stays one, since what the
 * compiler knows to be half of a longer one it makes of that by two shifts. The tests'
 * fuzzers run the same source on the machine itself, where C says it.
 */
#ifndef GXDP_BPF_ASM_H
#define GXDP_BPF_ASM_H

#ifdef __bpf__
#define GXDP_BOUND(value, mask) \
	asm volatile("%0 &= %1" : "+r"(value) : "i"(mask))
#define GXDP_SHIFT_LEFT(value, by) \
	asm volatile("%0 <<= %1" : "+r"(value) : "r"(by))
#define GXDP_SHIFT_RIGHT(value, by) \
	asm volatile("%0 >>= %1" : "+r"(value) : "r"(by))
#define GXDP_HALF(value)	asm volatile("" : "+w"(value))
#else
#define GXDP_BOUND(value, mask)		((value) &= (mask))
#define GXDP_SHIFT_LEFT(value, by)	((value) <<= ((by) & 63))
#define GXDP_SHIFT_RIGHT(value, by)	((value) >>= ((by) & 63))
#define GXDP_HALF(value)		((void)(value))
#endif

#endif /* GXDP_BPF_ASM_H */
