/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers of the e1000 model, as far as the driver uses them: byte
 * offsets into the register BAR, then the fields of each. All registers
 * are 32 bits wide, little endian.
 *
 * Sources: 82574 GbE Controller Family Datasheet, chapter 10; PCI/PCI-X
 * Family of Gigabit Ethernet Controllers Software Developer's Manual.
 */
#ifndef GXDP_HW_REGS_H
#define GXDP_HW_REGS_H

#include <linux/bits.h>

/* Device control and status */
#define GX_CTRL			0x0000
#define GX_CTRL_FD		BIT(0)		/* full duplex, when forced */
#define GX_CTRL_MASTER_DIS	BIT(2)		/* start no more bus requests */
#define GX_CTRL_ASDE		BIT(5)		/* detect speed by the clock */
#define GX_CTRL_SLU		BIT(6)		/* take the link the PHY reports */
#define GX_CTRL_SPEED		GENMASK(9, 8)	/* 0: 10, 1: 100, 2: 1000, when forced */
#define GX_CTRL_SPEED_10	0U
#define GX_CTRL_SPEED_100	BIT(8)
#define GX_CTRL_SPEED_1000	BIT(9)
#define GX_CTRL_FRCSPD		BIT(11)		/* speed from here, not from the PHY */
#define GX_CTRL_FRCDPX		BIT(12)		/* duplex likewise */
#define GX_CTRL_ADVD3WUC	BIT(20)		/* wake from D3 without auxiliary power signalled */
#define GX_CTRL_RST		BIT(26)		/* reset the MAC; clears itself */
#define GX_CTRL_RFCE		BIT(27)		/* obey pause frames */
#define GX_CTRL_TFCE		BIT(28)		/* send pause frames */
#define GX_CTRL_82574_CLEAR	BIT(29)		/* reserved, must be 0 on 82574 */
#define GX_CTRL_VME		BIT(30)		/* strip tags; insert where asked to */

#define GX_STATUS		0x0008
#define GX_STATUS_LU		BIT(1)		/* link up */
#define GX_STATUS_TXOFF		BIT(4)		/* held back by pause frames */
#define GX_STATUS_MASTER_EN	BIT(19)		/* bus requests outstanding or allowed */

#define GX_CTRL_EXT		0x0018
#define GX_CTRL_EXT_EE_RST	BIT(13)		/* read the NVM again; clears itself */
#define GX_CTRL_EXT_82574_SET	BIT(22)		/* reserved, must be 1 on 82574 */
#define GX_CTRL_EXT_82574_CLEAR	BIT(23)		/* reserved, must be 0 on 82574 */
#define GX_CTRL_EXT_EIAME	BIT(24)		/* an MSI-X message masks its causes (IAM) */
#define GX_CTRL_EXT_IAME	BIT(27)		/* reading ICR masks the causes in IAM */
#define GX_CTRL_EXT_DRV_LOAD	BIT(28)		/* tells the firmware a driver is in charge */
#define GX_CTRL_EXT_PBA_CLR	BIT(31)		/* unmasking clears MSI-X pending bits */

#define GX_LEDCTL		0x0e00
#define GX_LEDCTL_LED_BITS	8		/* one LED's field */
#define GX_LEDCTL_ON		0x0e
#define GX_LEDCTL_OFF		0x0f
#define GX_LEDCTL_INVERT	BIT(6)
#define GX_LEDCTL_LEDS		3

#define GX_VET			0x0038		/* EtherType of a VLAN tag */

/* PCI Express */
#define GX_GCR			0x5b00
#define GX_GCR_82574_SET	BIT(22)		/* reserved, must be 1 on 82574 */
#define GX_GCR_L1_WITHOUT_L0S	BIT(27)		/* L1 though the partner is not in L0s */
#define GX_GCR2			0x5b64
#define GX_GCR2_COMPLETION_FIX	BIT(0)		/* erratum: unreliable completions */

/* NVM */
#define GX_EECD			0x0010
#define GX_EECD_SK		BIT(0)		/* the EEPROM's pins (8254x): clock */
#define GX_EECD_CS		BIT(1)		/* chip select */
#define GX_EECD_DI		BIT(2)		/* data to it */
#define GX_EECD_DO		BIT(3)		/* data from it */
#define GX_EECD_REQ		BIT(6)		/* the driver wants the pins */
#define GX_EECD_GNT		BIT(7)		/* and has them */
#define GX_EECD_SIZE		BIT(9)		/* 8254x: 256 words, not 64 */
#define GX_EECD_AUTO_RD		BIT(9)		/* the chip has read its settings */
#define GX_EECD_FLASH		GENMASK(16, 15)	/* both: NVM is a flash behind the chip */
#define GX_EERD			0x0014
#define GX_EERD_START		BIT(0)
#define GX_EERD_DONE		BIT(1)
#define GX_EERD_ADDR_SHIFT	2		/* in words */
#define GX_EERD_DATA_SHIFT	16
#define GX_EERD_8254X_DONE	BIT(4)
#define GX_EERD_8254X_ADDR_SHIFT 8

/* PHY access */
#define GX_MDIC			0x0020
#define GX_MDIC_DATA		GENMASK(15, 0)
#define GX_MDIC_REG_SHIFT	16
#define GX_MDIC_REG		GENMASK(20, 16)
#define GX_MDIC_PHY_SHIFT	21
#define GX_MDIC_WRITE		BIT(26)
#define GX_MDIC_READ		BIT(27)
#define GX_MDIC_READY		BIT(28)
#define GX_MDIC_ERROR		BIT(30)
#define GX_EXTCNF		0x0f00
#define GX_EXTCNF_MDIO_SW	BIT(5)		/* the driver owns MDIO (82574) */

/* Interrupts. Causes are the same bits in ICR, ICS, IMS, IMC, IAM, EIAC. */
#define GX_ICR			0x00c0		/* cause; cleared when read */
#define GX_ITR			0x00c4		/* spacing, 256 ns, without MSI-X */
#define GX_ICS			0x00c8		/* raise */
#define GX_IMS			0x00d0		/* unmask */
#define GX_IMC			0x00d8		/* mask */
#define GX_EIAC			0x00dc		/* cleared by their MSI-X message */
#define GX_IAM			0x00e0		/* masked by message or ICR read */
#define GX_IVAR			0x00e4		/* cause to MSI-X vector (82574) */
#define GX_EITR(v)		(0x00e8 + 4 * (v))	/* spacing of a vector, 256 ns */
#define GX_ITR_NSEC		256U
#define GX_ITR_MAX		0xffffU

#define GX_INT_TXDW		BIT(0)		/* transmit descriptor written back */
#define GX_INT_LSC		BIT(2)		/* link status changed */
#define GX_INT_RXDMT0		BIT(4)		/* few receive descriptors left */
#define GX_INT_RXO		BIT(6)		/* receiver overrun */
#define GX_INT_RXT0		BIT(7)		/* frames received */
#define GX_INT_MDAC		BIT(9)		/* a PHY register has been read or written */
#define GX_INT_SRPD		BIT(16)		/* a small frame received */
#define GX_INT_ACK		BIT(17)		/* a TCP ACK received */
#define GX_INT_MNG		BIT(18)		/* of the firmware */
#define GX_INT_RXQ(n)		BIT(20 + (n))	/* MSI-X only */
#define GX_INT_TXQ(n)		BIT(22 + (n))
#define GX_INT_OTHER		BIT(24)
#define GX_INT_ASSERTED		BIT(31)		/* ICR: the chip raised its line */
#define GX_INT_ALL		(~0U)

#define GX_IVAR_VALID		BIT(3)		/* in each 4-bit field */
#define GX_IVAR_RX_SHIFT(q)	(4 * (q))
#define GX_IVAR_TX_SHIFT(q)	(8 + 4 * (q))
#define GX_IVAR_OTHER_SHIFT	16

/* Receive */
#define GX_RCTL			0x0100
#define GX_RCTL_EN		BIT(1)
#define GX_RCTL_UPE		BIT(3)		/* all unicast */
#define GX_RCTL_MPE		BIT(4)		/* all multicast */
#define GX_RCTL_LPE		BIT(5)		/* frames over 1522 bytes */
#define GX_RCTL_BAM		BIT(15)		/* broadcast */
#define GX_RCTL_VFE		BIT(18)		/* filter by VLAN */
#define GX_RCTL_SECRC		BIT(26)		/* leave the FCS out */
/* BSIZE 0 with BSEX 0 is 2048 bytes; RDMTS 0 is half a ring; MO 0 is 47:36 */

#define GX_RXCSUM		0x5000
#define GX_RXCSUM_IPOFL		BIT(8)		/* check IPv4 headers */
#define GX_RXCSUM_TUOFL		BIT(9)		/* check TCP and UDP */
#define GX_RXCSUM_PCSD		BIT(13)		/* RSS hash, no packet checksum */

#define GX_RFCTL		0x5008
#define GX_RFCTL_ACK_DIS	BIT(12)		/* no interrupt of their own for ACKs */
#define GX_RFCTL_EXTEN		BIT(15)		/* extended descriptors */

#define GX_RDTR			0x2820		/* interrupt delay, 1.024 us */
#define GX_RADV			0x282c		/* its limit, 1.024 us */
#define GX_RDBAL(q)		(0x2800 + 0x100 * (q))
#define GX_RDBAH(q)		(0x2804 + 0x100 * (q))
#define GX_RDLEN(q)		(0x2808 + 0x100 * (q))	/* bytes */
#define GX_RDH(q)		(0x2810 + 0x100 * (q))
#define GX_RDT(q)		(0x2818 + 0x100 * (q))
#define GX_RXDCTL(q)		(0x2828 + 0x100 * (q))

/* TXDCTL and RXDCTL thresholds count descriptors when GRAN is set */
#define GX_DCTL_PTHRESH(n)	((n) << 0)	/* prefetch below this many on the chip */
#define GX_DCTL_HTHRESH(n)	((n) << 8)	/* if the host has at least this many */
#define GX_DCTL_WTHRESH(n)	((n) << 16)	/* write back this many at once */
#define GX_TXDCTL_COUNT_DESC	BIT(22)
#define GX_DCTL_GRAN		BIT(24)

/* Receive filters */
#define GX_MTA(i)		(0x5200 + 4 * (i))
#define GX_MTA_LEN		128
#define GX_RAL(i)		(0x5400 + 8 * (i))
#define GX_RAH(i)		(0x5404 + 8 * (i))
#define GX_RAH_AV		BIT(31)		/* address valid */
/* Entry 15 belongs to the management firmware. */
#define GX_RAR_LEN		15
#define GX_VFTA(i)		(0x5600 + 4 * (i))
#define GX_VFTA_LEN		128

/* RSS */
#define GX_MRQC			0x5818
#define GX_MRQC_RSS		BIT(0)
#define GX_MRQC_IPV4_TCP	BIT(16)
#define GX_MRQC_IPV4		BIT(17)
#define GX_MRQC_IPV6_TCP	BIT(18)
#define GX_MRQC_IPV6		BIT(20)
#define GX_RETA(i)		(0x5c00 + 4 * (i))	/* four buckets each */
#define GX_RETA_QUEUE_SHIFT	7		/* of each bucket's byte (82574) */
#define GX_RSSRK(i)		(0x5c80 + 4 * (i))

/* Transmit */
#define GX_TCTL			0x0400
#define GX_TCTL_EN		BIT(1)
#define GX_TCTL_PSP		BIT(3)		/* pad short frames */
#define GX_TCTL_CT		GENMASK(11, 4)	/* collisions before giving up */
#define GX_TCTL_CT_SHIFT	4
#define GX_TCTL_COLD		GENMASK(21, 12)	/* collision distance, byte times */
#define GX_TCTL_COLD_SHIFT	12
#define GX_TCTL_RTLC		BIT(24)		/* resend after a late collision */
#define GX_TIPG			0x0410		/* gaps between frames, byte times */
#define GX_TIPG_COPPER		(8U | 8U << 10 | 6U << 20)
#define GX_TIDV			0x3820		/* interrupt delay, 1.024 us */
#define GX_TADV			0x382c		/* its limit, 1.024 us */
#define GX_TDBAL(q)		(0x3800 + 0x100 * (q))
#define GX_TDBAH(q)		(0x3804 + 0x100 * (q))
#define GX_TDLEN(q)		(0x3808 + 0x100 * (q))	/* bytes */
#define GX_TDH(q)		(0x3810 + 0x100 * (q))
#define GX_TDT(q)		(0x3818 + 0x100 * (q))
#define GX_TXDCTL(q)		(0x3828 + 0x100 * (q))
#define GX_TARC(q)		(0x3840 + 0x100 * (q))
#define GX_TARC_COMPENSATE	BIT(7)		/* what follows: errata, 82574 */
#define GX_TARC_MULTI_QUEUE	GENMASK(25, 23)
#define GX_TARC_ERRATUM		BIT(26)
#define GX_TARC_CLEAR		GENMASK(30, 27)

/* Packet buffer and flow control */
#define GX_PBA			0x1000		/* 15:0 receive part, KiB */
#define GX_FCAL			0x0028		/* address, type of pause frames */
#define GX_FCAH			0x002c
#define GX_FCT			0x0030
#define GX_FCTTV		0x0170		/* pause asked for, 512 bit times */
#define GX_FCRTL		0x2160		/* send XON below, bytes */
#define GX_FCRTL_XONE		BIT(31)		/* do send XON */
#define GX_FCRTH		0x2168		/* send XOFF above, bytes */
#define GX_FC_STEP		8U		/* thresholds are multiples */

/* Wake-up */
#define GX_WUC			0x5800
#define GX_WUC_PME_EN		BIT(1)
#define GX_WUFC			0x5808		/* what wakes */
#define GX_WUFC_LINK		BIT(0)
#define GX_WUFC_MAGIC		BIT(1)
#define GX_WUFC_UNICAST		BIT(2)
#define GX_WUFC_MULTICAST	BIT(3)
#define GX_WUFC_BROADCAST	BIT(4)
#define GX_WUS			0x5810		/* what woke; cleared by ones */
#define GX_WUS_ALL		(~0U)

/* Management */
#define GX_MANC			0x5820
#define GX_MANC_SMBUS		BIT(0)		/* by pass-through */
#define GX_MANC_ASF		BIT(1)		/* by alert format firmware */
#define GX_MANC_ARP		BIT(13)		/* ARP is answered by the chip */
#define GX_MANC_RCV_TCO		BIT(17)		/* it gets frames */
#define GX_MANC_KEEP_PHY	BIT(18)		/* 82574L, 82576: it needs the link as it is */

/* Statistics; cleared when read, 64-bit pairs when the upper half is */
#define GX_CRCERRS		0x4000
#define GX_ALGNERRC		0x4004
#define GX_RXERRC		0x400c
#define GX_MPC			0x4010
#define GX_SCC			0x4014
#define GX_ECOL			0x4018
#define GX_MCC			0x401c
#define GX_LATECOL		0x4020
#define GX_COLC			0x4028
#define GX_DC			0x4030
#define GX_SEC			0x4038
#define GX_CEXTERR		0x403c
#define GX_RLEC			0x4040
#define GX_XONRXC		0x4048
#define GX_XONTXC		0x404c
#define GX_XOFFRXC		0x4050
#define GX_XOFFTXC		0x4054
#define GX_FCRUC		0x4058
#define GX_PRC(i)		(0x405c + 4 * (i))	/* by size: 64 .. 1522, six */
#define GX_GPRC			0x4074
#define GX_BPRC			0x4078
#define GX_MPRC			0x407c
#define GX_GPTC			0x4080
#define GX_GORCL		0x4088
#define GX_GOTCL		0x4090
#define GX_RNBC			0x40a0
#define GX_RUC			0x40a4
#define GX_RFC			0x40a8
#define GX_ROC			0x40ac
#define GX_RJC			0x40b0
#define GX_MGTPRC		0x40b4
#define GX_MGTPDC		0x40b8
#define GX_MGTPTC		0x40bc
#define GX_PTC(i)		(0x40d8 + 4 * (i))	/* by size, six */
#define GX_MPTC			0x40f0
#define GX_BPTC			0x40f4
#define GX_TSCTC		0x40f8
#define GX_TSCTFC		0x40fc

/*
 * 82576. Sources: 82576 Gigabit Ethernet Controller Datasheet, chapters 7
 * and 8.
 */
#define GX_STATUS_FD		BIT(0)		/* full duplex */
#define GX_STATUS_FUNC		GENMASK(3, 2)	/* which port of the package */
#define GX_STATUS_SPEED		GENMASK(7, 6)	/* 0: 10, 1: 100, else 1000 */

#define GX_EEMNGCTL		0x1010
#define GX_EEMNGCTL_CFG_DONE(port) BIT(18 + (port))	/* PHY set up from the NVM */

/* Who may use the PHY: drivers of all ports, and the firmware */
#define GX_SWSM			0x5b50
#define GX_SWSM_SMBI		BIT(0)		/* set by reading it clear */
#define GX_SWSM_SWESMBI		BIT(1)		/* stays set when the firmware allows */
#define GX_SW_FW_SYNC		0x5b5c		/* 15:0 drivers, 31:16 the firmware */
#define GX_SW_FW_SYNC_FW_SHIFT	16

#define GX_GCR_TIMEOUT		GENMASK(15, 12)	/* completion timeout, 0: default */
#define GX_GCR_TIMEOUT_10MS	BIT(12)
#define GX_GCR_TIMEOUT_RESEND	BIT(16)
#define GX_GCR_CAP_VER2		BIT(18)		/* the timeout is in DEVCTL2 */

#define GX_CTRL_EXT_PFRSTD	BIT(14)		/* the physical function is reset */

/* Causes by vector, and which queue raises which */
#define GX_GPIE			0x1514
#define GX_GPIE_NSICR		BIT(0)		/* reading ICR clears all of it */
#define GX_GPIE_MSIX		BIT(4)		/* a message for each vector */
#define GX_GPIE_EIAME		BIT(30)		/* a message masks its vector (EIAM) */
#define GX_GPIE_PBA		BIT(31)		/* unmasking clears pending bits */
#define GX_EICS			0x1520
#define GX_EIMS			0x1524
#define GX_EIMC			0x1528
#define GX_EXT_EIAC		0x152c
#define GX_EIAM			0x1530
#define GX_EICR			0x1580
#define GX_EXT_EITR(v)		(0x1680 + 4 * (v))
#define GX_EXT_EITR_SHIFT	2		/* 14:2, microseconds */
#define GX_EXT_EITR_KEEP	BIT(31)		/* leave the running count alone */
#define GX_EXT_IVAR(q)		(0x1700 + 4 * ((q) & 7))
#define GX_EXT_IVAR_RX_SHIFT(q)	(2 * ((q) & 8))
#define GX_EXT_IVAR_TX_SHIFT(q)	(2 * ((q) & 8) + 8)
#define GX_EXT_IVAR_VALID	BIT(7)
#define GX_EXT_IVAR_MISC	0x1740
#define GX_EXT_IVAR_OTHER_SHIFT	8

/* Queues: sixteen of each */
#define GX_Q_RDBAL(q)		(0xc000 + 0x40 * (q))
#define GX_Q_RDBAH(q)		(0xc004 + 0x40 * (q))
#define GX_Q_RDLEN(q)		(0xc008 + 0x40 * (q))
#define GX_Q_SRRCTL(q)		(0xc00c + 0x40 * (q))
#define GX_SRRCTL_KIB		GENMASK(6, 0)	/* buffer */
#define GX_SRRCTL_HDR_SHIFT	8		/* header buffer, 64 bytes */
#define GX_SRRCTL_ONE_BUFFER	BIT(25)		/* advanced descriptors, one buffer */
#define GX_SRRCTL_HDR_SPLIT	(2U << 25)	/* the same, and one for the header */
#define GX_SRRCTL_DROP_EN	BIT(31)		/* no descriptor: drop, wait for nobody */
#define GX_Q_RDH(q)		(0xc010 + 0x40 * (q))
#define GX_Q_RDT(q)		(0xc018 + 0x40 * (q))
#define GX_Q_RXDCTL(q)		(0xc028 + 0x40 * (q))
#define GX_Q_RQDPC(q)		(0xc030 + 0x40 * (q))	/* dropped for want of descriptors */
#define GX_Q_RQDPC_COUNT	GENMASK(11, 0)
#define GX_Q_TDBAL(q)		(0xe000 + 0x40 * (q))
#define GX_Q_TDBAH(q)		(0xe004 + 0x40 * (q))
#define GX_Q_TDLEN(q)		(0xe008 + 0x40 * (q))
#define GX_Q_TDH(q)		(0xe010 + 0x40 * (q))
#define GX_Q_TDT(q)		(0xe018 + 0x40 * (q))
#define GX_Q_TXDCTL(q)		(0xe028 + 0x40 * (q))
#define GX_Q_DCTL_ENABLE	BIT(25)

#define GX_RLPML		0x5004		/* longest frame with LPE, FCS included */
#define GX_RFCTL_NFS_DIS	(BIT(6) | BIT(7)) /* NFS is data, and no header */
#define GX_RFCTL_IPV6_EX_DIS	BIT(16)		/* erratum: leave IPv6 options alone */
#define GX_PSRTYPE(pool)	(0x5480 + 4 * (pool))	/* whose headers are split off: */
#define GX_PSRTYPE_IPV4_TCP	BIT(2)
#define GX_PSRTYPE_IPV4_UDP	BIT(3)
#define GX_PSRTYPE_IPV4_IPV6_TCP BIT(5)		/* IPv6 in IPv4 */
#define GX_PSRTYPE_IPV4_IPV6_UDP BIT(6)
#define GX_PSRTYPE_IPV6_TCP	BIT(8)
#define GX_PSRTYPE_IPV6_UDP	BIT(9)
#define GX_RXCSUM_CRCOFL	BIT(11)		/* check SCTP */
#define GX_RAH_POOL_0		BIT(18)
#define GX_RXPBS		0x2404		/* 6:0 receive packet buffer, KiB */
#define GX_RXPBS_KIB		GENMASK(6, 0)
#define GX_VMOLR(pool)		(0x5ad0 + 4 * (pool))
#define GX_VMOLR_RSSE		BIT(17)		/* RSS within the pool */
#define GX_VMOLR_AUPE		BIT(24)		/* frames without a tag */
#define GX_VMOLR_BAM		BIT(27)		/* broadcast */

#define GX_MRQC_RSS16		2U		/* RSS over 16 queues */
#define GX_MRQC_IPV6_TCP_EX	BIT(18)
#define GX_MRQC_EXT_IPV6_TCP	BIT(21)
#define GX_MRQC_IPV4_UDP	BIT(22)
#define GX_MRQC_IPV6_UDP	BIT(23)

/*
 * IEEE 1588 (82576; of 82574L the clock is used). Reading the upper word of a latch
 * frees it.
 */
#define GX_SYSTIML		0xb600		/* counter; latches the upper word */
#define GX_SYSTIMH		0xb604
#define GX_TIMINCA		0xb608
#define GX_TIMINCA_VALUE	GENMASK(23, 0)	/* added ... */
#define GX_TIMINCA_EACH		BIT(24)		/* ... each tick of the chip's */
#define GX_TSYNCTXCTL		0xb614
#define GX_TXSTMPL		0xb618
#define GX_TXSTMPH		0xb61c
#define GX_TSYNCRXCTL		0xb620
#define GX_TSYNC_VALID		BIT(0)		/* the latch holds a stamp */
#define GX_TSYNC_ENABLED	BIT(4)
#define GX_TSYNCRX_L4_V1	BIT(1)		/* version 1 over UDP */
#define GX_TSYNCRX_EVENT_V2	(BIT(1) | BIT(3))	/* version 2, event messages */
#define GX_RXSTMPL		0xb624
#define GX_RXSTMPH		0xb628
#define GX_RXSATRH		0xb630
#define GX_TSYNCRXCFG		0x5f50		/* which message */
#define GX_ETQF(i)		(0x5cb0 + 4 * (i))
#define GX_ETQF_ENABLE		BIT(26)
#define GX_ETQF_1588		BIT(30)
#define GX_IMIR(i)		(0x5a80 + 4 * (i))	/* destination port */
#define GX_IMIREXT(i)		(0x5aa0 + 4 * (i))
#define GX_IMIREXT_ANY_SIZE	BIT(12)
#define GX_IMIREXT_ANY_FLAGS	BIT(19)
#define GX_SPQF(i)		(0x59c0 + 4 * (i))	/* source port */
#define GX_FTQF(i)		(0x59e0 + 4 * (i))	/* protocol, and what is compared */
#define GX_FTQF_ANY_POOL	BIT(15)
#define GX_FTQF_1588		BIT(27)
#define GX_FTQF_ANY_ADDRESSES	GENMASK(30, 29)
#define GX_FTQF_NOTHING		GENMASK(31, 28)

#endif /* GXDP_HW_REGS_H */
