/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptor formats, as constants for the always-inline loops in rx.c,
 * tx.c, xdp.c and xsk.c: each loop is compiled once per format, so what
 * reads here like a call through a pointer is straight code in the module.
 * path.h says which formats make a family's data path.
 *
 * Sources: 82574 GbE Controller Family Datasheet, sections 7.1 (receive)
 * and 7.2 (transmit); PCI/PCI-X Family of Gigabit Ethernet Controllers
 * Software Developer's Manual, sections 3.2 and 3.3.
 */
#ifndef GXDP_HW_DESC_H
#define GXDP_HW_DESC_H

#include <linux/bits.h>
#include <linux/types.h>

/**
 * union gxdp_rx_desc - a receive descriptor
 * @addr: for the chip: where the frame goes
 * @zero: for the chip: must be 0; what the driver's poll looks at
 * @header: for the chip, if it splits headers off: where they go (82576); an even
 *	address, so that here, too, what the poll looks at is 0
 * @ext: written back by the chip, extended format (82574)
 * @legacy: written back by the chip, legacy format (8254x)
 *
 * A stripped tag is in the same place in all formats.
 */
union gxdp_rx_desc {
	struct {
		__le64 addr;
		union {
			__le64 zero;
			__le64 header;
		};
	};
	struct {
		__le32 mrq;	/* 3:0 RSS type, 12:8 queue; 82576: 30:21 header, 31 SPH */
		__le32 rss;	/* hash (RXCSUM.PCSD set) */
		__le32 staterr;	/* 19:0 status, 31:20 errors */
		__le16 len;	/* bytes in this buffer */
		__le16 vlan;	/* stripped tag */
	} ext;
	struct {
		__le64 addr;
		__le16 len;	/* bytes in this buffer */
		__le16 csum;
		__le32 sta_err_vlan;	/* 7:0 status, 15:8 errors, 31:16 tag */
	} legacy;
};

/* Extended status and errors (7.1.5.2) */
#define RXD_DD			BIT(0)	/* descriptor done */
#define RXD_EOP			BIT(1)	/* end of packet */
#define RXD_IXSM		BIT(2)	/* ignore the checksum bits */
#define RXD_VP			BIT(3)	/* a tag was stripped */
#define RXD_UDPCS		BIT(4)
#define RXD_TCPCS		BIT(5)
#define RXD_IPCS		BIT(6)
#define RXD_TS			BIT(16)	/* the latch has its time (82576) */
#define RXD_ERR_CE		BIT(24)	/* CRC or alignment */
#define RXD_ERR_SE		BIT(25)	/* symbol */
#define RXD_ERR_SEQ		BIT(26)
#define RXD_ERR_CXE		BIT(28)	/* carrier extension */
#define RXD_ERR_TCPE		BIT(29)	/* TCP/UDP checksum */
#define RXD_ERR_IPE		BIT(30)
#define RXD_ERR_RXE		BIT(31)
/* The frame itself is broken; checksum errors are the stack's to judge. */
#define RXD_ERR_FRAME		(RXD_ERR_CE | RXD_ERR_SE | RXD_ERR_SEQ | \
				 RXD_ERR_CXE | RXD_ERR_RXE)

/*
 * 82576, with headers split off: whether there is a header, and how long (MRQ field, in
 * a frame's first descriptor only). One longer than its buffer is left where it is.
 */
#define RXD_HEADER_LEN		GENMASK(30, 21)
#define RXD_SPH			BIT(31)

/* RSS types (7.1.5.2, MRQ field) */
#define RXD_RSS_TYPE_MASK	0xf
enum gxdp_rss_type {
	RXD_RSS_NONE	= 0,
	RXD_RSS_IPV4_TCP = 1,
	RXD_RSS_IPV4	= 2,
	RXD_RSS_IPV6_TCP = 3,
	RXD_RSS_IPV6_EX	= 4,
	RXD_RSS_IPV6	= 5,
	/* 82576 */
	RXD_RSS_IPV6_TCP_EX = 6,
	RXD_RSS_IPV4_UDP = 7,
	RXD_RSS_IPV6_UDP = 8,
	RXD_RSS_IPV6_UDP_EX = 9,
};

/* Those that cover ports */
#define RXD_RSS_L4	(BIT(RXD_RSS_IPV4_TCP) | BIT(RXD_RSS_IPV6_TCP) | \
			 BIT(RXD_RSS_IPV6_TCP_EX) | BIT(RXD_RSS_IPV4_UDP) | \
			 BIT(RXD_RSS_IPV6_UDP) | BIT(RXD_RSS_IPV6_UDP_EX))

/**
 * struct gxdp_rx_format - what the receive loop needs of a format
 * @word: the word with status and errors, as it is; 0 while the chip has not
 *	written it
 * @sound_mask: bits of @word that tell a sound frame in one buffer
 * @sound: what they are for one
 * @staterr: @word's status and errors as RXD_* bits
 * @len: bytes the chip claims to have written; check before use
 */
struct gxdp_rx_format {
	u32 (*word)(const union gxdp_rx_desc *desc);
	u32 sound_mask;
	u32 sound;
	u32 (*staterr)(u32 word);
	u32 (*len)(const union gxdp_rx_desc *desc);
};

static __always_inline u32 gxdp_rx_ext_word(const union gxdp_rx_desc *desc)
{
	return le32_to_cpu(READ_ONCE(desc->ext.staterr));
}

static __always_inline u32 gxdp_rx_ext_staterr(u32 word)
{
	return word;
}

static __always_inline u32 gxdp_rx_ext_len(const union gxdp_rx_desc *desc)
{
	return le16_to_cpu(desc->ext.len);
}

static const struct gxdp_rx_format __maybe_unused gxdp_rx_ext = {
	.word		= gxdp_rx_ext_word,
	.sound_mask	= RXD_DD | RXD_EOP | RXD_ERR_FRAME,
	.sound		= RXD_DD | RXD_EOP,
	.staterr	= gxdp_rx_ext_staterr,
	.len		= gxdp_rx_ext_len,
};

/* Legacy: a byte of each, the bits in the order they have above. */
#define RXD_LEGACY_STATUS	GENMASK(7, 0)
#define RXD_LEGACY_RESERVED	BIT(4)	/* no UDPCS: TCPCS serves both */
#define RXD_LEGACY_ERRORS	GENMASK(15, 8)
#define RXD_LEGACY_ERR_SHIFT	16	/* from there to RXD_ERR_* */

static __always_inline u32 gxdp_rx_legacy_word(const union gxdp_rx_desc *desc)
{
	return le32_to_cpu(READ_ONCE(desc->legacy.sta_err_vlan));
}

static __always_inline u32 gxdp_rx_legacy_staterr(u32 word)
{
	return (word & (RXD_LEGACY_STATUS & ~RXD_LEGACY_RESERVED)) |
	       (word & RXD_LEGACY_ERRORS) << RXD_LEGACY_ERR_SHIFT;
}

static __always_inline u32 gxdp_rx_legacy_len(const union gxdp_rx_desc *desc)
{
	return le16_to_cpu(desc->legacy.len);
}

static const struct gxdp_rx_format __maybe_unused gxdp_rx_legacy = {
	.word		= gxdp_rx_legacy_word,
	.sound_mask	= RXD_DD | RXD_EOP | RXD_ERR_FRAME >> RXD_LEGACY_ERR_SHIFT,
	.sound		= RXD_DD | RXD_EOP,
	.staterr	= gxdp_rx_legacy_staterr,
	.len		= gxdp_rx_legacy_len,
};

/**
 * union gxdp_tx_desc - a transmit descriptor
 * @data: data descriptor: extended (8254x, 82574: 7.2.6), advanced (82576)
 * @ctx: TCP/IP context descriptor of the extended format (7.2.5)
 * @adv_ctx: context descriptor of the advanced format (82576: 7.2.2.2)
 * @lo: the first half, to be written at once
 * @hi: the second half
 */
union gxdp_tx_desc {
	struct {
		__le64 addr;
		__le32 cmd_len;	/* 19:0 length, 23:20 type, 31:24 command */
		__le32 opts_sta;	/* 31:16 VLAN, 15:8 POPTS, 3:0 status */
	} data;
	struct {
		u8 ipcss, ipcso;
		__le16 ipcse;
		u8 tucss, tucso;
		__le16 tucse;
		__le32 cmd_paylen;
		u8 status, hdr_len;
		__le16 mss;
	} ctx;
	struct {
		__le32 lens;		/* 31:16 VLAN, 15:9 MAC, 8:0 IP header */
		__le32 reserved;
		__le32 type;		/* 12:11 layer 4, 10 IPv4, 23:20 type */
		__le32 mss_l4len;	/* 31:16 MSS, 15:8 layer 4 header */
	} adv_ctx;
	struct {
		__le64 lo;
		__le64 hi;
	};
};

#define TXD_CMD_EOP		BIT(24)
#define TXD_CMD_IFCS		BIT(25)	/* append the FCS */
#define TXD_CMD_TSE		BIT(26)	/* segment */
#define TXD_CMD_RS		BIT(27)	/* report status */
#define TXD_CMD_DEXT		BIT(29)
#define TXD_CMD_VLE		BIT(30)	/* insert the tag */
#define TXD_CMD_IDE		BIT(31)	/* delay the interrupt */
#define TXD_TYPE_DATA		BIT(20)
#define TXD_STA_DD		BIT(0)
#define TXD_POPTS_IXSM		BIT(8)	/* insert the IP checksum */
#define TXD_POPTS_TXSM		BIT(9)	/* insert the TCP/UDP checksum */
#define TXD_VLAN_SHIFT		16

/* Context: in cmd_paylen */
#define TXD_CTX_TCP		BIT(24)
#define TXD_CTX_IP		BIT(25)	/* IPv4 (else IPv6) */
#define TXD_CTX_TSE		BIT(26)

#define TXD_DATA		(TXD_TYPE_DATA | TXD_CMD_DEXT | TXD_CMD_IFCS)

/* Advanced: EOP, IFCS, RS, DEXT, VLE and POPTS are where they are above. */
#define TXD_ADV_TYPE_CTX	BIT(21)
#define TXD_ADV_TYPE_DATA	(BIT(20) | BIT(21))
#define TXD_ADV_CMD_STAMP	BIT(19)	/* remember when it left */
#define TXD_ADV_CMD_TSE		BIT(31)
#define TXD_ADV_PAYLEN_SHIFT	14
#define TXD_ADV_CTX_MACLEN_SHIFT 9
#define TXD_ADV_CTX_MACLEN_MAX	127U
#define TXD_ADV_CTX_IPLEN_MAX	511U
#define TXD_ADV_CTX_IPV4	BIT(10)
#define TXD_ADV_CTX_UDP		0U
#define TXD_ADV_CTX_TCP		BIT(11)
#define TXD_ADV_CTX_SCTP	BIT(12)
#define TXD_ADV_CTX_L4LEN_SHIFT	8
#define TXD_ADV_CTX_MSS_SHIFT	16

#define TXD_ADV_DATA		(TXD_ADV_TYPE_DATA | TXD_CMD_DEXT | TXD_CMD_IFCS)

/*
 * 8254x, errata:
 * - padding by the chip can corrupt the frame: short ones come padded;
 * - a descriptor whose data is to be segmented is written back when the first
 *   part of it has been fetched, and so may the descriptor of a frame that
 *   follows: the last four bytes of either get a descriptor of their own;
 * - on PCI-X, the first descriptor of a frame must be shorter than 2,016 bytes.
 */
#define TXD_CAREFUL_TAIL	4U
#define TXD_CAREFUL_FIRST	2015U
#define TXD_CAREFUL_EXTRA	2	/* so a frame may take so many more */

struct sk_buff;
struct gxdp_tx;
struct gxdp_tx_offload;

/**
 * struct gxdp_tx_format - what queueing a frame needs of a format
 * @data: what every data descriptor's first word says beside the length
 * @nothing: a descriptor that sends nothing: a context nobody uses, or data of no length
 * @paylen_shift: where each data descriptor's second word says how long the
 *	whole frame is; 0: nowhere
 * @careful: some frames need descriptors cut in a certain way (below)
 * @max_chunk: a data descriptor is given at most this much
 * @max_per_skb: the most descriptors one skb can need, and the gap that keeps
 *	tail from meeting head
 * @offload: fill in what the chip shall do for an skb (tx.h); 0 or an errno
 * @csum: fill in that the chip shall sum a frame from byte @start to its end and
 *	write that to @offset behind @start, both in the frame; false, and nothing
 *	filled in, if it cannot
 *
 * All formats have EOP, RS and the length in one place of the first word, DD
 * in one place of the second.
 */
struct gxdp_tx_format {
	u32 data;
	u32 nothing;
	unsigned int paylen_shift;
	bool careful;
	u32 max_chunk;
	unsigned int max_per_skb;
	int (*offload)(struct sk_buff *skb, struct gxdp_tx *tx, struct gxdp_tx_offload *o);
	bool (*csum)(struct gxdp_tx_offload *o, unsigned int start, unsigned int offset);
};

#endif /* GXDP_HW_DESC_H */
