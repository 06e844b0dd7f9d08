/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How compiled tables are laid out, for the compiler that writes them and the
 * program that reads them. docs/ENGINE.md says why they are as they are.
 *
 * Tables are one space of 64-bit words, cut into chunks of equal size that are
 * the entries of map tables. An address is the number of a word. Arrays that
 * are read one word at a time may go on from one chunk into the next; leaves,
 * buckets and actions do not.
 */
#ifndef GXDP_TABLES_H
#define GXDP_TABLES_H

#include <linux/types.h>

#define GXDP_CHUNK_BITS		17
#define GXDP_CHUNK_WORDS	(1u << GXDP_CHUNK_BITS)	/* 1 MiB */
#define GXDP_CHUNK_MASK		(GXDP_CHUNK_WORDS - 1)
/* Behind the last word: what an entry read there could reach. Never written. */
#define GXDP_CHUNK_PAD		16
#define GXDP_ADDR_BITS		26
#define GXDP_ADDR_MASK		((1u << GXDP_ADDR_BITS) - 1)
/* Of one generation. Map tables has two halves, one of them current. */
#define GXDP_CHUNKS		(1u << (GXDP_ADDR_BITS - GXDP_CHUNK_BITS))

/* map tables: an array of these maps, each of one entry */
struct gxdp_chunk {
	__u64 word[GXDP_CHUNK_WORDS + GXDP_CHUNK_PAD];
};

/* --- what is looked up ------------------------------------------------------- */

/* The packet, as words that nodes take bits from */
enum gxdp_key_word {
	GXDP_W_ADDR4,		/* IPv4: source << 32 | destination */
	GXDP_W_L4,
	GXDP_W_LINK,
	GXDP_W_MISC,
	GXDP_W_ETH_SRC,
	GXDP_W_ETH_DST,
	GXDP_W_SRC_SETS,	/* bit n: the source is in set n */
	GXDP_W_DST_SETS,
	GXDP_W_SRC6_HI,
	GXDP_W_SRC6_LO,
	GXDP_W_DST6_HI,
	GXDP_W_DST6_LO,
	GXDP_WORDS = 16,
};

/* GXDP_W_L4, always there. ICMP: the place of dport has type << 8 | code. */
#define GXDP_L4_PRESENT		0	/* 8 bits, the first of enum gxdp_present */
#define GXDP_L4_PROTO		8	/* 8 */
#define GXDP_L4_TCP_FLAGS	16	/* 8 */
#define GXDP_L4_DPORT		32	/* 16 */
#define GXDP_L4_SPORT		48	/* 16 */

/* GXDP_W_LINK, with GXDP_ROOT_RARE */
#define GXDP_LINK_VLAN		0	/* 13 */
#define GXDP_LINK_PCP		13	/* 3 */
#define GXDP_LINK_VLAN2		16	/* 13 */
#define GXDP_LINK_PCP2		29	/* 3 */
#define GXDP_LINK_ETH_TYPE	32	/* 16 */
#define GXDP_LINK_DSCP		48	/* 6 */
#define GXDP_LINK_FRAG		54	/* 2 */
#define GXDP_LINK_TTL		56	/* 8 */

/* GXDP_W_MISC, with GXDP_ROOT_RARE */
#define GXDP_MISC_PRESENT	0	/* 16, enum gxdp_present */
#define GXDP_MISC_LEN		16	/* 20 */
#define GXDP_MISC_RXQ		36	/* 16 */
#define GXDP_MISC_STATE		52	/* 2 */

/* --- trees -------------------------------------------------------------------- */

/*
 * A reference, to a node or a leaf, is one word:
 *
 *	63..44	lowest index of a rule below: no use to look if a better one is found
 *	43..42	enum gxdp_ref_type
 *	node:	41..38 word of the key, 37..32 shift, 31..27 bits
 *	leaf:	37..27 slots
 *	25..0	address
 *
 * A node is 1 << bits references, one for each value of the bits it takes. Bits
 * that no node looked at are compared in the leaf, where the whole rule stands.
 */
enum gxdp_ref_type {
	GXDP_REF_NONE,
	GXDP_REF_NODE,
	GXDP_REF_LEAF,
};

#define GXDP_REF_ADDR(ref)	((__u32)(ref) & GXDP_ADDR_MASK)
#define GXDP_REF_BITS(ref)	(((__u32)(ref) >> 27) & 31)
#define GXDP_REF_SHIFT(ref)	(((ref) >> 32) & 63)
#define GXDP_REF_WORD(ref)	(((ref) >> 38) & 15)
#define GXDP_REF_TYPE(ref)	(((ref) >> 42) & 3)
#define GXDP_REF_SLOTS(ref)	(((ref) >> 27) & 2047)
#define GXDP_REF_RULE(ref)	((ref) >> 44)

#define GXDP_NO_RULE		0xfffffu
#define GXDP_REF_EMPTY		((__u64)GXDP_NO_RULE << 44)

#define GXDP_MAX_DEPTH		16	/* nodes on the way to a leaf */
#define GXDP_NODE_MAX_BITS	16
#define GXDP_LEAF_SLOTS		64	/* in one leaf, of 32 bytes each */
#define GXDP_MAX_EXTRAS		28	/* of one rule */

/* Leaves are rules in order. One takes one slot, in IPv6 two, and extras. */
#define GXDP_SLOT_WORDS		4

/* struct gxdp_leaf*.rule: the rule's id and verdict, or where its action is */
#define GXDP_RULE_ID_MASK	0xffffffu
#define GXDP_RULE_VERDICT(rule)	(((rule) >> 24) & 7)
#define GXDP_RULE_ACTION	(1u << 27)	/* index of a gxdp_action, not id */
#define GXDP_RULE_SAMPLE	(1u << 28)	/* which takes samples */

/* The part that all rules have: ports, and bits of GXDP_W_L4 from the present up */
struct gxdp_leaf_l4 {
	__u16 sport_lo;
	__u16 sport_hi;
	__u16 dport_lo;
	__u16 dport_hi;
};

struct gxdp_leaf4 {
	__u64 addr;		/* source << 32 | destination */
	struct gxdp_leaf_l4 l4;
	__u16 value;		/* of GXDP_W_L4, low 16 bits */
	__u16 mask;
	__u8 src_shift;		/* bits of the address that do not count */
	__u8 dst_shift;
	__u16 extras;		/* slots that follow */
	__u32 rule;
	__u32 index;
};

struct gxdp_leaf6 {
	__u64 src[2];
	__u64 dst[2];
	struct gxdp_leaf_l4 l4;
	__u16 value;
	__u16 mask;
	__u16 reserved;
	__u16 extras;
	/* bits of each word of the address that do not count, in two halves */
	__u8 shift[4][2];
	__u32 rule;
	__u32 index;
};

enum gxdp_extra_type {
	GXDP_EXTRA_RANGE,	/* lo <= field <= hi */
	GXDP_EXTRA_BITMAP,	/* bit number field of the bitmap at address lo */
	GXDP_EXTRA_MASK,	/* (word & lo) == hi */
	GXDP_EXTRA_ANY,		/* word & lo */
};

/* A condition that few rules have: one slot */
struct gxdp_extra {
	__u8 type;
	__u8 word;
	__u8 shift;		/* the field: so many bits down ... */
	__u8 bits;		/* ... and so many wide */
	__u32 reserved;
	__u64 lo;
	__u64 hi;
	__u64 reserved2;
};

/* --- actions ------------------------------------------------------------------ */

enum gxdp_action_flags {
	GXDP_ACT_MARK = 1 << 0,
	GXDP_ACT_LIMIT = 1 << 1,
	GXDP_ACT_LIMIT_BYTES = 1 << 2,
};

/* For rules that do more than pass, drop, reject, reflect and count */
struct gxdp_action {
	__u32 id;
	__u8 verdict;		/* enum gxdp_verdict */
	__u8 flags;
	__u8 limit_key;		/* enum gx_limit_key */
	__u8 reserved;
	__u32 mark;
	__u32 ifindex;
	__u32 list;		/* address of nlist words */
	__u32 nlist;
	__u32 sample_every;
	__u32 sample_bytes;
	/* One packet or byte takes mul >> shift units of 1/64 ns. */
	__u64 limit_mul;
	__u32 limit_shift;
	__u32 reserved2;
	__u64 limit_burst;	/* units the bucket holds */
	__u64 reserved3;
};

/* --- sets --------------------------------------------------------------------- */

/*
 * Members of all sets hang in two tries a family: near has those long enough for
 * its wide root, wide the others. Addresses are 128 bits, in two words; those of
 * IPv4 are the upper half of the first. A slot is a word:
 *
 *	43..42	enum gxdp_ref_type: GXDP_REF_LEAF is a bucket of members
 *	node:	41..38 word (0, 1), 37..32 shift, 31..27 bits
 *	bucket:	37..27 members
 *	25..0	address
 *
 * and a node is 1 << bits slots. Bits may be skipped on the way down: members are
 * compared whole. One shorter than the bits of a node is in several slots.
 */
#define GXDP_SET_DEPTH		16	/* nodes on the way to a bucket */
#define GXDP_BUCKET_MAX		64	/* members in one bucket */

/* Expiry is in seconds of CLOCK_MONOTONIC, rounded up; 0 is never. */
#define GXDP_SET_EXPIRY_MAX	((1u << 26) - 1)

/* Readers look at sets first: it is written last, and made 0 first. */
struct gxdp_member4 {
	__u32 addr;
	__u32 shift_expiry;	/* 5..0 bits that do not count, 31..6 expiry */
	__u64 sets;		/* bit n: a member of set n; 0: no longer */
};

struct gxdp_member6 {
	__u64 addr[2];
	__u8 shift[2][2];	/* as in gxdp_leaf6 */
	__u32 expiry;
	__u64 sets;
};

/*
 * What those who change sets at run time must know of the space behind the
 * tables. Blocks are powers of two. One that is no longer used may still be read
 * by a packet under way; it waits in limbo for a grace period.
 */
#define GXDP_HEAP_SIZES		20
#define GXDP_HEAP_LIMBO		256

struct gxdp_set_heap {
	__u64 used;			/* words of the space, all in all */
	__u64 members4, members6;	/* entries in buckets, dead ones too */
	__u64 free[GXDP_HEAP_SIZES];	/* by log2 of words: the first; then its first word */
	__u64 limbo_used;
	__u64 limbo[GXDP_HEAP_LIMBO];	/* log2 of words << 32 | address */
};

#endif /* GXDP_TABLES_H */
