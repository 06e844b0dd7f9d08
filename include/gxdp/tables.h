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

#include <gxdp/filter.h>

#define GXDP_CHUNK_BITS		18
#define GXDP_CHUNK_WORDS	(1u << GXDP_CHUNK_BITS)	/* 2 MiB */
#define GXDP_CHUNK_MASK		(GXDP_CHUNK_WORDS - 1)
/*
 * Behind the last word: what a leaf that began there could reach (128). Never written.
 * A chunk's size is by what the loader knows pins of a version that lays out tables in
 * another way: where the layout changes and its size does not, so does this.
 */
#define GXDP_CHUNK_PAD		144
/* In front of the first word, a multiple of cache lines */
#define GXDP_ROOT_ROOM		64
#define GXDP_ADDR_BITS		26
#define GXDP_ADDR_MASK		((1u << GXDP_ADDR_BITS) - 1)
/* Of one generation. Map tables has two halves, one of them current. */
#define GXDP_CHUNKS		(1u << (GXDP_ADDR_BITS - GXDP_CHUNK_BITS))

/*
 * Maps tables and current: arrays of these maps, each of one entry. The head is in
 * the first chunk of a generation, so that what is read first is at hand with it.
 */
struct gxdp_chunk {
	union {
		struct gxdp_root root;
		__u64 root_room[GXDP_ROOT_ROOM];
	};
	__u64 word[GXDP_CHUNK_WORDS + GXDP_CHUNK_PAD];
};

/* --- what is looked up ------------------------------------------------------- */

/*
 * The packet, as words that nodes take bits from. In front what is enough for most
 * IPv4 packets.
 */
enum gxdp_key_word {
	GXDP_W_ADDR4,		/* IPv4: source << 32 | destination */
	GXDP_W_L4,
	GXDP_W_SRC_SETS,	/* bit n: the source is in set n */
	GXDP_W_DST_SETS,
	GXDP_WORDS4,		/* power of two */
	GXDP_W_SRC6_HI = GXDP_WORDS4,
	GXDP_W_SRC6_LO,
	GXDP_W_DST6_HI,
	GXDP_W_DST6_LO,
	/* with GXDP_ROOT_RARE */
	GXDP_W_LINK,
	GXDP_W_MISC,
	GXDP_W_ETH_SRC,
	GXDP_W_ETH_DST,
	GXDP_WORDS_USED,
	GXDP_WORDS = 16,	/* a power of two */
};

/* GXDP_W_L4, always there. ICMP: the place of dport has type << 8 | code. */
#define GXDP_L4_PRESENT		0	/* 8 bits, the first of enum gxdp_present */
#define GXDP_L4_PROTO		8	/* 8 */
#define GXDP_L4_TCP_FLAGS	16	/* 8 */
#define GXDP_L4_FRAGMENT	24	/* 1: first or later; for flows, not for trees */
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
 * A reference, to a node or a leaf, is one word, laid out so that going down a level
 * takes few instructions:
 *
 *	63..38	address
 *	37..18	lowest index of a rule below: no use to look if a better one is found
 *	17..16	enum gxdp_ref_type
 *	node:	15..12 word of the key; of that, the field that is left after a shift
 *		to the left by bits 11..6 and then to the right by bits 5..0
 *	leaf:	12 GXDP_REF_FULL, 10..0 slots
 *
 * A node is a reference for each value of its field. Bits that no node looked at are
 * compared in the leaf, where the whole rule stands.
 */
enum gxdp_ref_type {
	GXDP_REF_NONE,
	GXDP_REF_NODE,
	GXDP_REF_LEAF,
	GXDP_REF_MEMBER,	/* of sets only */
};

#define GXDP_REF_ADDR_SHIFT	38
#define GXDP_REF_RULE_SHIFT	18
#define GXDP_REF_TYPE_SHIFT	16
#define GXDP_REF_WORD_SHIFT	12
#define GXDP_REF_LEFT_SHIFT	6
/* Leaves: entries have extras, or are more than GXDP_LEAF_ENTRIES */
#define GXDP_REF_FULL		(1u << 12)

#define GXDP_REF_ADDR(ref)	((__u32)((ref) >> GXDP_REF_ADDR_SHIFT))
#define GXDP_REF_RULE(ref)	((__u32)((ref) >> GXDP_REF_RULE_SHIFT) & GXDP_NO_RULE)
#define GXDP_REF_TYPE(ref)	(((__u32)(ref) >> GXDP_REF_TYPE_SHIFT) & 3)
#define GXDP_REF_WORD(ref)	(((__u32)(ref) >> GXDP_REF_WORD_SHIFT) & 15)
#define GXDP_REF_LEFT(ref)	(((__u32)(ref) >> GXDP_REF_LEFT_SHIFT) & 63)
#define GXDP_REF_RIGHT(ref)	((__u32)(ref) & 63)
#define GXDP_REF_BITS(ref)	(64 - GXDP_REF_RIGHT(ref))
#define GXDP_REF_SHIFT(ref)	(GXDP_REF_RIGHT(ref) - GXDP_REF_LEFT(ref))
#define GXDP_REF_SLOTS(ref)	((__u32)(ref) & 2047)

/* A rule's index, and the one that stands for none */
#define GXDP_RULE_BITS		20
#define GXDP_NO_RULE		((1u << GXDP_RULE_BITS) - 1)
#define GXDP_REF_EMPTY		((__u64)GXDP_NO_RULE << GXDP_REF_RULE_SHIFT)

#define GXDP_MAX_DEPTH		16	/* nodes on the way to a leaf */
#define GXDP_NODE_MAX_BITS	16
#define GXDP_LEAF_SLOTS		64	/* in one full leaf, of 32 bytes each */
#define GXDP_LEAF_ENTRIES	16	/* in one leaf */
/*
 * Entries of a leaf that is not full are read so many at a time. There are an even
 * number, of which the last may be none.
 */
#define GXDP_LEAF_STEP(v6)	((v6) ? 2 : 4)
#define GXDP_MAX_EXTRAS		28	/* of one rule */

/* Leaves are rules in order. One takes one slot, in IPv6 two, and extras. */
#define GXDP_SLOT_WORDS		4

/*
 * What each rule asks of ports, protocol and GXDP_L4_PRESENT: a lowest and a highest
 * value of each. Fields are lanes of one word with a bit of zero above each, the
 * guard: if the packet's lanes are below the lowest in one, or above the highest, a
 * guard of the difference is set, and one subtraction compares them all.
 */
#define GXDP_LANE_DPORT		0	/* 16 bits */
#define GXDP_LANE_SPORT		17	/* 16 */
#define GXDP_LANE_PROTO		34	/* 8 */
#define GXDP_LANE_PRESENT	43	/* 1, and so on: one for each bit */
#define GXDP_LANE_PRESENT_STEP	2
#define GXDP_LANE_GUARDS	(1ULL << 16 | 1ULL << 33 | 1ULL << 42 | \
				 0x5555ULL << 44)

/*
 * Which rule an entry is: the lowest is the first. Entries have it in the upper bits of
 * a word; IPv4's have below it how many bits of source and destination do not count.
 */
#define GXDP_HIT_INDEX(hit)	((__u32)((hit) >> 32) & GXDP_NO_RULE)
#define GXDP_HIT_SHIFT		12
#define GXDP_HIT_SRC_SHIFT	6	/* 6 bits; those of the destination are the lowest */
/* in its low half: the rule's id and verdict, or where its action is */
#define GXDP_RULE_ID_MASK	0x3ffffu
#define GXDP_RULE_EXTRAS(rule)	(((__u32)(rule) >> 18) & 31)	/* slots that follow */
#define GXDP_RULE_EXTRAS_SHIFT	18
#define GXDP_RULE_VERDICT(rule)	(((__u32)(rule) >> 24) & 7)
#define GXDP_RULE_ACTION	(1u << 27)	/* index of a gxdp_action, not id */
#define GXDP_RULE_SAMPLE	(1u << 28)	/* which takes samples */

struct gxdp_leaf4 {
	__u64 addr;		/* source << 32 | destination */
	__u64 lo;		/* GXDP_LANE_... */
	__u64 hi;
	__u64 hit;		/* hit << GXDP_HIT_SHIFT | source bits << 6 | destination bits */
};

struct gxdp_leaf6 {
	__u64 src[2];
	__u64 dst[2];
	__u64 lo;
	__u64 hi;
	/* bits of each word of the address that do not count, in two halves */
	__u8 shift[4][2];
	__u64 hit;		/* hit << GXDP_HIT_SHIFT */
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

/* A bit for each key that a socket may have */
#define GXDP_SOCKET_WORDS	(GXDP_MAX_SOCKETS / 64)

/* For rules that do more than pass, drop, reject, reflect and count */
struct gxdp_action {
	__u32 id;
	__u8 verdict;		/* enum gxdp_verdict */
	__u8 flags;
	__u8 limit_key;		/* enum gx_limit_key */
	__u8 limit_prefix;	/* bits of the address it goes by, 1 to 128 */
	__u32 mark;
	__u32 ifindex;
	/* address of nlist words; for sockets a bitmap of them follows, GXDP_SOCKET_WORDS */
	__u32 list;
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
 *	63..38	address
 *	17..16	enum gxdp_ref_type: GXDP_REF_LEAF is a bucket of members
 *	node:	12 word (0, 1), 11..6 and 5..0 shifts, as in trees
 *	bucket:	12 GXDP_SET_PACKED, 10..0 members
 *	member:	63..32 IPv4 address, 11..6 number of the set, 5..0 bits that do not
 *		count: one that is alone in its slot, in one set, without a time-out
 *
 * and a node has a slot for each value. Bits may be skipped on the way down: members are
 * compared whole. One shorter than the bits of a node is in several slots.
 *
 * A bucket is packed if all its members could be a slot: then they are such words, up
 * to GXDP_BUCKET_USUAL of them. Its room is GXDP_PACKED_STEP words or twice as many, with
 * zeroes where no member is, and is read whole.
 */
#define GXDP_SET_DEPTH		16	/* nodes on the way to a bucket */
#define GXDP_SET_SHIFT		6	/* in a slot that is a member */
#define GXDP_BUCKET_MAX		64	/* members in one bucket */
#define GXDP_BUCKET_USUAL	8	/* more are looked at by a call */
#define GXDP_SET_PACKED		(1u << 12)
#define GXDP_PACKED_STEP	4

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
