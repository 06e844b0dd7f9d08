/* SPDX-License-Identifier: GPL-2.0 */
/*
 * gxdp: native XDP and AF_XDP zero-copy for Intel gigabit controllers.
 *
 * The structures every file shares. How they hang together:
 *
 *   gxdp_nic ──┬─ gxdp_family   const; what this chip is (hw/family.h)
 *              │   └─ gxdp_path  const; the data path for it (path.h)
 *              ├─ gxdp_config   the value that shapes the rings (config.c)
 *              └─ gxdp_pair[]   one NAPI, one vector, one Rx and one Tx ring
 *                   ├─ gxdp_rx  replaced as a whole when the configuration
 *                   └─ gxdp_tx  changes; counters stay with the pair
 *
 * Locks. "Control path" means: rtnl held, or on kernels that have it the
 * netdev instance lock (gxdp_lock()). The data path is the pair's NAPI
 * poll, and for transmit rings also whoever holds the matching stack
 * queue's _xmit_lock: the chip has one tail register per ring, so senders
 * must take turns.
 */
#ifndef GXDP_H
#define GXDP_H

#include <linux/bpf.h>
#include <linux/dim.h>
#include <linux/if_vlan.h>
#include <linux/io.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/pm_qos.h>
#include <linux/workqueue.h>
#include <net/xdp.h>
#include <net/xdp_sock_drv.h>

#include "../include/gxdp/version.h"
#include "compat/compat.h"
#include "compat/ptp.h"

#define GXDP_NAME		"gxdp"

#define GXDP_MAX_PAIRS		8	/* the largest family's (82576) pairs */
#define GXDP_MAX_XDP_RINGS	15	/* and the queues that one pair leaves */

/*
 * One page per receive slot: headroom for XDP and for an xdp_frame, what
 * the chip may write, and room behind it for skb_shared_info.
 */
#define GXDP_RX_HEADROOM	XDP_PACKET_HEADROOM
#define GXDP_RX_BUF_LEN		2048U
#define GXDP_MAX_FRAME_STD	(ETH_FRAME_LEN + VLAN_HLEN)	/* no FCS */
/* the most a chip with sizes of its own for each queue is told of a buffer */
#define GXDP_RX_BUF_MAX		3072U
/*
 * With headers split off, a payload has a page to itself, from its beginning: what
 * fills a page can be mapped to user space. A header's buffer takes the longest that
 * the chip knows, and some.
 */
#define GXDP_RX_PAYLOAD_MAX	4096U
#define GXDP_RX_HEADER_MAX	256U
/* the largest MTU whose frames, two tags included, fit one buffer */
#define GXDP_MAX_MTU_ONE_BUF	(GXDP_RX_BUF_LEN - ETH_HLEN - 2 * VLAN_HLEN)

/* After so many descriptors a sender of single frames asks for a write-back. */
#define GXDP_TX_REPORT_EVERY	32

struct gxdp_nic;
struct gxdp_family;
struct gxdp_path;
union gxdp_rx_desc;
union gxdp_tx_desc;

/**
 * struct gxdp_config - everything that shapes the rings, as one value
 * @pairs: receive/transmit queue pairs in use (ethtool -L)
 * @rx_count: descriptors per receive ring (ethtool -G)
 * @tx_count: descriptors per transmit ring
 * @mtu: payload bytes
 * @split: the chip puts headers into buffers of their own (ethtool -G tcp-data-split);
 *	not on queues that have a pool
 * @pool: AF_XDP pool of each queue, NULL where none is bound
 *
 * A change is: copy the current value, edit the copy, gxdp_apply() it.
 */
struct gxdp_config {
	unsigned int pairs;
	unsigned int rx_count;
	unsigned int tx_count;
	unsigned int mtu;
	bool split;
	struct xsk_buff_pool *pool[GXDP_MAX_PAIRS];
};

/* The longest frame of a configuration: two tags, no FCS. */
static inline u32 gxdp_frame_limit(const struct gxdp_config *cfg)
{
	return cfg->mtu + ETH_HLEN + 2 * VLAN_HLEN;
}

/**
 * struct gxdp_rx_slot - the buffer behind one receive descriptor
 * @va: start of the page, or NULL: the buffer belongs to an AF_XDP umem
 * @page: page_pool page (when @va)
 * @xsk: umem buffer (when !@va)
 * @dma: what the descriptor's buffer address must be (when @va)
 */
struct gxdp_rx_slot {
	void *va;
	union {
		struct page *page;
		struct xdp_buff *xsk;
	};
	dma_addr_t dma;
};

/**
 * struct gxdp_xdp_buff - an xdp_buff and where the metadata hints read from
 * @xdp: what the program sees; must be first
 * @desc: the written-back descriptor; valid until its slot is re-armed
 *
 * The layout matches struct xdp_buff_xsk (xdp_buff, then driver bytes), so
 * that the hints serve page and umem buffers alike.
 */
struct gxdp_xdp_buff {
	struct xdp_buff xdp;
	const union gxdp_rx_desc *desc;
};

#define GXDP_XSK_STASH		64
#define GXDP_RX_SPARES		128
#define GXDP_RX_HEAD_PAGES	8
/* one umem buffer is left in the pool for so many slots that have a page */
#define GXDP_XSK_KEEP_SHARE	8

/**
 * struct gxdp_rx - one receive ring
 *
 * Every slot always holds a buffer: a slot is re-armed, with the same
 * buffer or a new one, before the poll moves on. So the ring cannot run
 * empty (82574L would stall both queues), and one index describes it.
 *
 * @desc: descriptors, DMA-coherent
 * @slot: the buffers, same index
 * @tail: tail register
 * @page_pool: where pages come from
 * @pool: AF_XDP pool to take new buffers from; set with smp_store_release()
 *	while the ring runs, cleared only while it is stopped
 * @ntc: next descriptor to clean
 * @count: descriptors
 * @max_len: the most bytes one descriptor may claim
 * @buf_len: how large the chip takes each buffer to be
 * @gfp: how the poll allocates pages
 * @dma_sync: the device needs DMA syncs for its buffers
 * @pad_frames: frames below 60 bytes are to be padded before XDP_TX sends them
 * @in_frame: the next descriptor continues a frame: one being assembled in
 *	@head or @xsk_head, or, when neither holds anything, discarded
 * @stash_next: the next umem buffer in @stash, or the NULL behind the last one
 * @stash_end: where that NULL is
 * @page_slots: slots that hold a page
 * @xsk_head: first umem buffer of a frame that spans descriptors, or NULL
 * @head: the same for pages; its data is NULL while there is none
 * @early: umem buffers for frames that still come in pages after a bind, a ringful
 *	at most; see gxdp_rx_reserve()
 * @early_next: the next of them
 * @early_end: behind the last of them
 * @pair: the pair it serves
 * @poller: who runs the pair's poll, or ran it last; see gxdp_rx_polled_here()
 * @rxq: what the XDP core knows of it: memory in pages
 * @desc_dma: the chip's address of @desc
 * @stash: umem buffers allocated ahead, in one batch per poll, and used in the
 *	order in which the application filled them in; see gxdp_rx_stock_up()
 * @spare: pages that XDP_TX is done with (rx.h)
 * @spare_end: behind the last page in @spare
 * @head_next: the next buffer for a short frame's copy (rx.h)
 * @heads_left: buffers left from there on
 * @heads: pages they are cut from, in turn
 * @heads_at: the one that is being cut
 * @headers: where the chip puts headers, GXDP_RX_HEADER_MAX bytes for each descriptor,
 *	DMA-coherent; NULL: it leaves frames whole (rx_split.c)
 * @headers_dma: the chip's address of @headers
 */
struct gxdp_rx {
	union gxdp_rx_desc *desc;
	struct gxdp_rx_slot *slot;
	void __iomem *tail;
	struct page_pool *page_pool;
	struct xsk_buff_pool *pool;
	u16 ntc;
	u16 count;
	u32 max_len;
	u32 buf_len;
	gfp_t gfp;
	bool dma_sync;
	bool pad_frames;
	bool in_frame;
	u16 page_slots;
	u32 heads_left;
	void *head_next;
	struct page **spare_end;
	struct xdp_buff **stash_next;
	struct xdp_buff **stash_end;
	struct xdp_buff *xsk_head;
	struct gxdp_xdp_buff head;
	struct xdp_buff **early;
	u32 early_next;
	u32 early_end;
	struct gxdp_pair *pair;
	struct task_struct *poller;
	struct xdp_rxq_info rxq;
	dma_addr_t desc_dma;
	struct xdp_buff *stash[1 + 2 * GXDP_XSK_STASH + 1];
	struct page *spare[GXDP_RX_SPARES];
	struct page *heads[GXDP_RX_HEAD_PAGES];
	unsigned int heads_at;
	void *headers;
	dma_addr_t headers_dma;
};

/**
 * enum gxdp_tx_kind - what a transmit slot gives back when it is done
 * @GXDP_TX_NONE: at most a DMA mapping (context, middle of a frame)
 * @GXDP_TX_SKB: last descriptor of an skb
 * @GXDP_TX_FRAME: xdp_frame from ndo_xdp_xmit, mapped by us
 * @GXDP_TX_PAGE: XDP_TX of one of the pair's own receive pages
 * @GXDP_TX_PAGES: the same; the whole report batch is of this kind, and ends where the
 *	ring does
 * @GXDP_TX_COPIES: frames from ndo_xdp_xmit, copied; the whole report batch is
 *	of this kind, and gives nothing back
 * @GXDP_TX_FRAMES: xdp_frames from ndo_xdp_xmit, each in one descriptor; the whole
 *	report batch is of this kind, and ends where the ring does
 * @GXDP_TX_FRAMES_MAPPED: the same, and each is to be unmapped: as long as the frame is
 * @GXDP_TX_UMEM: XDP_TX of a umem buffer
 * @GXDP_TX_XSK: AF_XDP transmit; the whole report batch is of this kind
 * @GXDP_TX_XSK_STAMP: the same, and the chip is to remember when one of its frames
 *	left (ptp.c)
 */
enum gxdp_tx_kind {
	GXDP_TX_NONE = 0,
	GXDP_TX_SKB,
	GXDP_TX_FRAME,
	GXDP_TX_PAGE,
	GXDP_TX_PAGES,
	GXDP_TX_COPIES,
	GXDP_TX_FRAMES,
	GXDP_TX_FRAMES_MAPPED,
	GXDP_TX_UMEM,
	GXDP_TX_XSK,
	GXDP_TX_XSK_STAMP,
};

/**
 * struct gxdp_tx_slot - what lies behind one transmit descriptor
 * @skb: what to give back, if @kind says so; likewise the next three
 * @frame: xdp_frame of another device's
 * @page: page of the pair's own receive ring
 * @xsk: umem buffer
 * @dma: address to unmap, when @len or the batch's kind says so
 * @len: bytes to unmap; 0: nothing
 * @bytes: bytes on the wire, for BQL (last slot of an skb); in the first slot
 *	of a batch of AF_XDP frames: descriptors that are none of theirs
 * @report: first slot of a report batch: index of the batch's last
 *	descriptor, the one the chip writes back
 * @kind: enum gxdp_tx_kind; where that covers a batch, only the batch's
 *	first slot has it
 */
struct gxdp_tx_slot {
	union {
		struct sk_buff *skb;
		struct xdp_frame *frame;
		struct page *page;
		struct xdp_buff *xsk;
	};
	dma_addr_t dma;
	u32 len;
	u32 bytes;
	u16 report;
	u8 kind;
};

/**
 * struct gxdp_tx - one transmit ring
 *
 * Producers hold the stack queue's _xmit_lock and move @ntu and @batch (the
 * processor that owns one of XDP's rings holds nothing: xdp_rings.c); the
 * pair's NAPI alone moves @ntc. Descriptors are handed to the chip,
 * and come back, in report batches: only the last of a batch asks for a
 * write-back.
 *
 * @desc: descriptors, DMA-coherent
 * @slot: what lies behind them, same index
 * @tail: tail register, written once per batch of frames
 * @count: descriptors
 * @ntu: next to use (producers)
 * @batch: first slot not yet reported on (producers); released to the
 *	cleaner with smp_store_release()
 * @ntc: next to clean (NAPI)
 * @cleaned: descriptors cleaned since the ring was made (NAPI)
 * @rung: tail last written (producers)
 * @open: frames may be queued; cleared before the ring is stopped
 * @after_tso: the last frame queued is to be segmented (producers; 8254x)
 * @unmaps: mappings of its device are to be unmapped in any case (gxdp_tx_unmaps())
 * @copies: room for a short frame behind each descriptor; or NULL
 * @copies_dma: the chip's address of @copies
 * @pad_dma: zeroes to pad AF_XDP frames with, where the chip cannot (8254x)
 * @pool: AF_XDP pool to send from, under the same rules as in gxdp_rx
 * @txq: the stack's queue that shares the ring, whose lock guards the producers'
 *	fields; NULL: XDP has it for itself
 * @counts: the pair's, or those of XDP's own ring
 * @sync: guards readers of the latter
 * @next: the next of XDP's rings that the pair cleans
 * @stuck_cleaned: @cleaned when the watchdog last looked
 * @stuck: how often it had not moved since, with frames waiting
 * @hung: the chip was reset for it, and no frame of it has come back since
 * @owed: free descriptors that are the stack's, which waits for room or has just been
 *	woken (NAPI); as a rule none
 * @pair: the pair it serves
 * @dev: for DMA
 * @desc_dma: the chip's address of @desc
 */
struct gxdp_tx {
	union gxdp_tx_desc *desc;
	struct gxdp_tx_slot *slot;
	void __iomem *tail;
	struct netdev_queue *txq;
	struct xsk_buff_pool *pool;
	void *copies;
	dma_addr_t copies_dma;
	u16 count;
	u16 ntu;
	u16 batch;
	u16 rung;
	bool open;
	bool after_tso;
	bool unmaps;
	u16 ntc ____cacheline_aligned_in_smp;
	u16 owed;
	u32 cleaned;
	struct gxdp_pair *pair;
	struct gxdp_tx_counts *counts;
	struct gxdp_tx *next;
	struct device *dev;
	dma_addr_t desc_dma;
	dma_addr_t pad_dma;
	struct u64_stats_sync *sync;
	u32 stuck_cleaned;
	u8 stuck;
	bool hung;
};

/**
 * struct gxdp_rx_counts - what happened to each frame a ring received
 * @packets: frames the chip handed over
 * @bytes: their bytes, without FCS
 * @pass: to the stack
 * @xdp_drop: the program said XDP_DROP
 * @xdp_tx: sent back by XDP_TX
 * @xdp_tx_full: XDP_TX, and no room in the transmit ring
 * @xdp_tx_runt: XDP_TX, and too short to be sent
 * @xdp_redirect: taken by a map's target
 * @xdp_redirect_fail: not taken
 * @xdp_aborted: the program said XDP_ABORTED, or failed
 * @xdp_invalid: the program said what is no verdict
 * @error: the chip marked the frame as broken
 * @length_error: empty, or longer than the MTU allows
 * @alloc_fail: no memory for a buffer in its place
 * @skb_fail: no memory for an skb
 * @frags_full: in more buffers than an xdp_buff can hold
 * @frags_refused: in several buffers, and the program takes one only
 * @mixed: in pages and umem buffers, and no memory to bring them together
 * @xsk_frames: no verdict: of the redirected ones, in umem buffers
 * @xsk_empty: no verdict: the umem had no buffer, a page took its slot
 * @csum_ok: no verdict: checksum verified by the chip
 * @csum_bad: no verdict: found wrong by the chip; the stack decides
 * @frags: no verdict: frames in several buffers
 * @hds: no verdict: frames whose header the chip split off
 * @polls: no verdict: polls that found a frame
 *
 * Written by the NAPI poll alone, at its end. Every frame the chip handed
 * over is in exactly one of the verdict counters (from @pass on).
 */
struct gxdp_rx_counts {
	u64 packets, bytes;
	u64 pass, xdp_drop, xdp_tx, xdp_tx_full, xdp_tx_runt, xdp_redirect;
	u64 xdp_redirect_fail, xdp_aborted, xdp_invalid;
	u64 error, length_error, alloc_fail, skb_fail, frags_full, frags_refused, mixed;
	/* not verdicts */
	u64 xsk_frames, xsk_empty, csum_ok, csum_bad, frags, hds, polls;
};

/**
 * struct gxdp_tx_counts - what was sent on a ring, and by whom
 * @packets: the stack's frames, segments of TSO each
 * @bytes: their bytes on the wire, without FCS
 * @xdp_tx: frames of XDP_TX
 * @xdp_tx_bytes: their bytes
 * @xdp_xmit: frames redirected here
 * @xdp_xmit_bytes: their bytes
 * @xdp_xmit_full: redirected here, and no room
 * @xsk: frames of AF_XDP sockets
 * @xsk_bytes: their bytes
 * @xsk_invalid: of those, too short or too long to be sent; completed all the same
 * @xsk_csum: frames of AF_XDP sockets whose checksum the chip wrote
 * @xsk_csum_refused: those that asked for one it cannot write: sent as they were
 * @dropped: the stack's frames that could not be queued, or were in the ring at a reset
 * @runt: redirected here, and too short to be sent
 * @map_fail: no DMA mapping to be had
 * @busy: the stack came while there was no room
 * @stop: the stack's queue was stopped
 * @wake: and woken
 * @doorbells: writes of the tail
 * @lost_in_reset: frames queued, and never sent
 * @csum: the stack's frames whose checksum the chip wrote
 * @tso: those the chip segmented
 *
 * @packets and @bytes: the stack's, counted when the chip is done with
 * them. The others: under the queue's lock when queued, or by NAPI.
 */
struct gxdp_tx_counts {
	u64 packets, bytes;
	u64 xdp_tx, xdp_tx_bytes, xdp_xmit, xdp_xmit_bytes, xdp_xmit_full;
	u64 xsk, xsk_bytes, xsk_invalid, xsk_csum, xsk_csum_refused;
	u64 dropped, runt, map_fail, busy, stop, wake, doorbells;
	u64 lost_in_reset, csum, tso;
};

#define GXDP_TX_PENDING		64

/**
 * struct gxdp_pending - a buffer the program wants back out (XDP_TX)
 * @buf: struct page or struct xdp_buff, by @kind
 * @dma: first byte to send
 * @len: bytes to send
 * @kind: GXDP_TX_PAGE or GXDP_TX_UMEM
 * @more: the frame continues in the next entry
 *
 * Collected during a poll and queued at its end, so that the transmit lock
 * is taken once and never around the program or the stack.
 */
struct gxdp_pending {
	void *buf;
	dma_addr_t dma;
	u32 len;
	u8 kind;
	bool more;
};

/**
 * struct gxdp_pair - a receive and a transmit ring that share one NAPI
 * @napi: its poll
 * @nic: device
 * @rx: receive ring, or NULL
 * @tx: transmit ring, or NULL
 * @xdp_tx: the first of XDP's own rings that its poll cleans
 * @rxq_xsk: what the core knows of the receive queue's frames in a umem
 * @ims: its interrupt causes
 * @unmask: register that lets them interrupt again
 * @index: number of the queues
 * @vector: MSI-X entry
 * @pending_end: behind the last entry in @pending
 * @pending_mixed: not only single pages among them
 * @pending: what this poll's XDP_TX verdicts collected
 * @dim: decides on the vector's interrupt spacing (moderation.c)
 * @dim_events: polls it was told of
 * @rx_sync: guards readers of @rx_counts
 * @tx_sync: guards readers of what NAPI writes in @tx_counts; of the rest, the
 *	queue's _xmit_lock
 * @rx_counts: of the receive queue, since probe
 * @tx_counts: of the transmit queue, since probe
 * @irqs: interrupts taken; the handler's
 * @irqs_seen: as the watchdog saw it last
 * @packets_seen: received frames, likewise
 * @cleaned_seen: what had been taken back from the transmit rings, likewise
 * @waits_seen: there were frames that the poll had not taken, likewise
 * @irq_name: in /proc/interrupts
 *
 * Lives as long as the device; the rings inside come and go.
 */
struct gxdp_pair {
	struct napi_struct napi;
	struct gxdp_nic *nic;
	struct gxdp_rx *rx;
	struct gxdp_tx *tx;
	struct gxdp_tx *xdp_tx;
	struct xdp_rxq_info rxq_xsk;
	u32 ims;
	void __iomem *unmask;
	u16 index;
	u16 vector;
	bool pending_mixed;
	struct gxdp_pending *pending_end;
	struct gxdp_pending pending[GXDP_TX_PENDING];
	struct dim dim;
	u16 dim_events;
	struct u64_stats_sync rx_sync;
	struct u64_stats_sync tx_sync;
	struct gxdp_rx_counts rx_counts;
	struct gxdp_tx_counts tx_counts;
	u32 irqs;
	u32 irqs_seen;
	u64 packets_seen;
	u32 cleaned_seen;
	bool waits_seen;
	char irq_name[IFNAMSIZ + 16];
};

/**
 * struct gxdp_link - what the PHY says
 * @up: link established
 * @speed: Mb/s (SPEED_10, 100, 1000)
 * @full_duplex: duplex
 * @rx_pause: we honour pause frames
 * @tx_pause: we send pause frames
 */
struct gxdp_link {
	bool up;
	u16 speed;
	bool full_duplex;
	bool rx_pause, tx_pause;
};

/**
 * struct gxdp_link_want - what the user asked the link to be (ethtool -s, -A)
 * @autoneg: negotiate (else force @speed and @full_duplex; never at 1000)
 * @advertise: ADVERTISED_* bits for 10/100/1000
 * @speed: forced speed
 * @full_duplex: forced duplex
 * @pause_autoneg: take pause from negotiation
 * @rx_pause: honour pause frames (when not negotiated, or as advertised)
 * @tx_pause: send them
 */
struct gxdp_link_want {
	bool autoneg;
	u32 advertise;
	u16 speed;
	bool full_duplex;
	bool pause_autoneg, rx_pause, tx_pause;
};

#define GXDP_DEFAULT_RING	512
#define GXDP_DEFAULT_ITR_USECS	50

#define GXDP_RSS_KEY_LEN	40
#define GXDP_RSS_TABLE_LEN	128

#define GXDP_RSS_TCP4		BIT(0)
#define GXDP_RSS_TCP6		BIT(1)
#define GXDP_RSS_UDP4		BIT(2)
#define GXDP_RSS_UDP6		BIT(3)

/* Which of XDP's own rings is whose; NULL: none */
struct gxdp_xdp_map {
	DECLARE_FLEX_ARRAY(struct gxdp_tx *, of_cpu);
};

/**
 * struct gxdp_xdp_rings - XDP's own transmit rings (xdp_rings.c)
 * @count: rings
 * @tx: the rings; ring i is on the chip's queue i from the last
 * @map: to be put up as nic->xdp_map
 */
struct gxdp_xdp_rings {
	unsigned int count;
	struct gxdp_tx *tx[GXDP_MAX_XDP_RINGS];
	struct gxdp_xdp_map *map;
};

/* The chip's own statistics, accumulated from clear-on-read registers. */
struct gxdp_hw_stats;

/**
 * struct gxdp_ptp - clock and stamps (ptp.c)
 * @clock: NULL: none
 * @info: its callbacks
 * @lock: guards @tc
 * @cc: the chip's counter
 * @tc: what time it is
 * @inc: what the counter gains with each tick of the chip's; hw_lock
 * @offset: of @tc from the time since boot, while the chip is reset; never older
 *	than GXDP_PTP_READ_EVERY
 * @config: what is stamped; control path
 * @rx_held: the receive latch's low word, if it held a stamp a second ago, and bit 32
 * @tx_taken: bit 0: the chip is to remember when a frame leaves
 * @tx_skb: that frame, if it is the stack's, or NULL
 * @tx_pair: whose poll completes it, if it is an AF_XDP socket's, or NULL
 * @tx_compl: where that socket wants the time
 * @tx_since: jiffies when it was queued
 * @tx_work: looks whether it has left
 * @tx_busy: frames that asked in vain, another being on its way
 * @tx_lost: frames that asked and never left
 */
struct gxdp_ptp {
	struct ptp_clock *clock;
	struct ptp_clock_info info;
	spinlock_t lock;	/* the timecounter */
	struct cyclecounter cc;
	struct timecounter tc;
	u32 inc;
	s64 offset;
	struct kernel_hwtstamp_config config;
	u64 rx_held;
	unsigned long tx_taken;
	struct sk_buff *tx_skb;
	struct gxdp_pair *tx_pair;
	struct xsk_tx_metadata_compl tx_compl;
	unsigned long tx_since;
	struct delayed_work tx_work;
	u64 tx_busy, tx_lost;
};

enum gxdp_irq_mode { GXDP_IRQ_INTX, GXDP_IRQ_MSI, GXDP_IRQ_MSIX };

enum gxdp_flag {
	GXDP_UP,		/* opened, rings carry traffic */
	GXDP_RESETTING,		/* gxdp_reset_now() is at it */
	GXDP_GONE,		/* registers read all-ones: device left */
	GXDP_HUNG,		/* the transmitter hangs: to be reported */
	GXDP_STARVED,		/* a ring could not be made: to be reported */
	GXDP_TX_ILL,		/* a recovery of devlink's has not succeeded yet (health.c) */
	GXDP_RX_ILL,		/* so, the receiver's */
	GXDP_STOPPING,		/* no more work may be queued (remove) */
	GXDP_ASLEEP,		/* suspended: its registers are not to be read (pm.c) */
	GXDP_RECOVERING,	/* from a bus error: is to stay awake */
	GXDP_AWAY,		/* parked, and did not come back: tried again (pm.c) */
};

/**
 * struct gxdp_nic - one device
 * @regs: registers
 * @netdev: its net_device
 * @pdev: its PCI device
 * @family: what this chip is
 * @pair: queue pairs, @max_pairs of them
 * @max_pairs: what chip, vectors and CPUs allow
 * @cfg: current configuration; control path
 * @still_since: when the receiver, or that of one queue, was stopped; 0: it was not; @hw_lock
 * @still_us: for how long the last change stopped one, the longest of its queues
 * @xdp_map: whose ring of XDP's own is whose; RCU; NULL: all share the pairs'
 * @xdp_rings: those rings, in use or stopped; control path
 * @xdp_counts: what was sent on each, by its owner
 * @xdp_sync: guards readers of these
 * @irq_mode: enum gxdp_irq_mode
 * @other_vector: MSI-X entry of link and errors
 * @ims_other: their interrupt causes
 * @other_name: theirs in /proc/interrupts
 * @prog: XDP program, RCU; the poll reads it once
 * @flags: enum gxdp_flag, atomic bit operations
 * @itr_usecs: interrupt spacing; control path
 * @ptp: clock and stamps
 * @adaptive: it follows the traffic, each pair's by itself
 * @rss_key: key of the hash
 * @rss_table: queue of each hash bucket
 * @rss_ports: GXDP_RSS_*: whose ports the hash covers, beside the addresses
 * @stats_lock: guards @hw_stats and the registers they come from
 * @hw_stats: the chip's own counters, since probe
 * @vlans: VLANs the filter lets in; rtnl
 * @hw_lock: mutex; PHY, NVM and semaphore access (process context)
 * @rctl_lock: guards RCTL, read and written from several contexts
 * @perm_addr: address in the NVM
 * @phy_addr: the PHY's on its bus
 * @phy_id: its OUI and model
 * @phy_ready: jiffies; not to be talked to before: the reset loads it
 * @link: what the PHY said last; @hw_lock
 * @want: what the user asked the link to be
 * @told: what the PHY was last set to; zeroes: it may know nothing of that
 * @latency: how long a CPU may take to wake up; control path
 * @msg_enable: NETIF_MSG_*
 * @wol: WAKE_*
 * @led_ctl: LEDCTL to restore after identify
 * @link_work: looks at the link, on its interrupt
 * @watchdog: every second while up
 * @reset_work: resets the chip and goes on
 * @resets: how often that was done
 * @tx_hangs: transmit hangs found
 * @hang_streak: resets for one, and no frame has left after them; up to
 *	GXDP_HANG_STREAK_MAX
 * @hang_retry: jiffies; another is not to come before
 * @irq_lost: interrupts found not to have come
 * @phy_hangs: times that the PHY was reset since it hung
 * @phy_suspect: it seemed to hang when it was looked at last
 * @link_changes: how often the link came or went
 * @irqs_spread: pairs whose vector had its CPU chosen; control path
 * @devlink: information and health reporters (health.c), or NULL
 * @tx_reporter: health of the transmitter, or NULL
 * @rx_reporter: health of the receiver, or NULL
 * @loopback: the PHY sends back what we send; @hw_lock
 * @other_irqs: interrupts that were no queue's
 */
struct gxdp_nic {
	void __iomem *regs;
	struct bpf_prog __rcu *prog;
	unsigned long flags;
	struct net_device *netdev;
	struct pci_dev *pdev;
	const struct gxdp_family *family;
	struct gxdp_pair *pair[GXDP_MAX_PAIRS];
	unsigned int max_pairs;

	struct gxdp_config cfg;
	ktime_t still_since;
	u32 still_us;
	struct gxdp_xdp_map __rcu *xdp_map;
	struct gxdp_xdp_rings xdp_rings;
	struct gxdp_tx_counts xdp_counts[GXDP_MAX_XDP_RINGS];
	struct u64_stats_sync xdp_sync[GXDP_MAX_XDP_RINGS];
	enum gxdp_irq_mode irq_mode;
	u16 other_vector;
	u32 ims_other;
	char other_name[IFNAMSIZ + 16];
	u16 itr_usecs;
	bool adaptive;
	struct gxdp_ptp ptp;

	struct mutex hw_lock;		/* the chip: registers, PHY, NVM */
	spinlock_t rctl_lock;		/* RCTL, which ndo_set_rx_mode writes too */
	u8 perm_addr[ETH_ALEN];
	u16 phy_addr;
	u32 phy_id;
	unsigned long phy_ready;
	struct gxdp_link link;
	struct gxdp_link_want want;
	struct gxdp_link_want told;
	struct pm_qos_request latency;
	u32 msg_enable;
	u32 wol;
	u32 led_ctl;

	u8 rss_key[GXDP_RSS_KEY_LEN];
	u8 rss_table[GXDP_RSS_TABLE_LEN];
	u8 rss_ports;

	spinlock_t stats_lock;		/* hw_stats and their registers */
	struct gxdp_hw_stats *hw_stats;
	unsigned long vlans[BITS_TO_LONGS(VLAN_N_VID)];

	struct work_struct link_work;
	struct delayed_work watchdog;
	struct delayed_work reset_work;
	unsigned long irqs_spread;
	struct devlink *devlink;
	struct devlink_health_reporter *tx_reporter, *rx_reporter;
	bool loopback;
	u32 other_irqs;
	u64 resets, tx_hangs, irq_lost, phy_hangs;
	bool phy_suspect;
	unsigned int hang_streak;
	unsigned long hang_retry;
	u64 link_changes;
};

/*
 * Registers. A read of all-ones from a register that cannot hold it means
 * the device has left the bus; gxdp_gone() finds out and remembers.
 */
static inline u32 rd32(const struct gxdp_nic *nic, u32 reg)
{
	return readl(nic->regs + reg);
}

static inline void wr32(const struct gxdp_nic *nic, u32 reg, u32 value)
{
	writel(value, nic->regs + reg);
}

/* pci.c */
bool gxdp_gone(struct gxdp_nic *nic);

/* netdev.c */
int gxdp_open(struct net_device *netdev);
int gxdp_stop(struct net_device *netdev);
int gxdp_netdev_init(struct gxdp_nic *nic);
void gxdp_lock(struct gxdp_nic *nic);
void gxdp_unlock(struct gxdp_nic *nic);
int gxdp_reset_now(struct gxdp_nic *nic);
int gxdp_set_loopback(struct gxdp_nic *nic, bool on);
void gxdp_schedule_reset(struct gxdp_nic *nic);
void gxdp_link_work(struct work_struct *work);
void gxdp_watchdog(struct work_struct *work);
void gxdp_reset_work(struct work_struct *work);

/* Have the pair polled here and now, unless it is being polled. Process context, BHs on. */
static inline void gxdp_poll_now(struct gxdp_pair *pair)
{
	local_bh_disable();
	napi_schedule(&pair->napi);
	local_bh_enable();
}

/* config.c */
void gxdp_poll_pairs(struct gxdp_nic *nic, unsigned int first, unsigned int end);
int gxdp_apply(struct gxdp_nic *nic, const struct gxdp_config *next,
	       struct netlink_ext_ack *extack);
int gxdp_config_up(struct gxdp_nic *nic);
void gxdp_config_down(struct gxdp_nic *nic);
void gxdp_config_pause(struct gxdp_nic *nic);
int gxdp_config_restart(struct gxdp_nic *nic);
void gxdp_config_evict(struct gxdp_nic *nic, unsigned int queue);
int gxdp_config_check(struct gxdp_nic *nic, const struct gxdp_config *cfg,
		      const struct bpf_prog *prog, struct netlink_ext_ack *extack);
struct gxdp_rx *gxdp_config_stop_queue(struct gxdp_nic *nic, unsigned int queue);
void gxdp_config_start_queue(struct gxdp_nic *nic, unsigned int queue, struct gxdp_rx *rx);

/* queue.c */
void gxdp_queue_init(struct net_device *netdev);

/* irq.c */
int gxdp_irq_setup(struct gxdp_nic *nic);
void gxdp_irq_teardown(struct gxdp_nic *nic);
int gxdp_irq_request(struct gxdp_nic *nic);
void gxdp_irq_free(struct gxdp_nic *nic);
void gxdp_irq_enable(struct gxdp_nic *nic);
void gxdp_irq_disable(struct gxdp_nic *nic);
void gxdp_irq_enable_pair(struct gxdp_pair *pair);
void gxdp_irq_disable_pair(struct gxdp_pair *pair);
int gxdp_pair_irq(struct gxdp_pair *pair);
void gxdp_napi_add(struct gxdp_pair *pair);
void gxdp_napi_start(struct gxdp_pair *pair);
void gxdp_napi_del(struct gxdp_nic *nic, unsigned int first);

/* rx.c */
struct gxdp_rx *gxdp_rx_alloc(struct gxdp_pair *pair, const struct gxdp_config *cfg);
void gxdp_rx_free(struct gxdp_rx *rx);
void gxdp_rx_rewind(struct gxdp_rx *rx);
void gxdp_rx_enlist(struct gxdp_rx *rx);
void gxdp_rx_retire(struct gxdp_rx *rx);
int gxdp_rx_expect_pool(struct gxdp_rx *rx);
void gxdp_rx_adopt(struct gxdp_rx *rx);
u32 gxdp_rx_buf_len(const struct gxdp_nic *nic, const struct gxdp_config *cfg,
		    unsigned int queue);

/* Does a queue's ring have headers split off? */
static inline bool gxdp_rx_splits(const struct gxdp_config *cfg, unsigned int queue)
{
	return cfg->split && !cfg->pool[queue];
}

/* tx.c */
struct gxdp_tx *gxdp_tx_alloc(struct gxdp_pair *pair, const struct gxdp_config *cfg);
struct gxdp_tx *gxdp_tx_alloc_xdp(struct gxdp_nic *nic, const struct gxdp_config *cfg,
				  unsigned int i);
void gxdp_tx_free(struct gxdp_tx *tx);
void gxdp_tx_rewind(struct gxdp_tx *tx);
netdev_features_t gxdp_features_check(struct sk_buff *skb, struct net_device *netdev,
				      netdev_features_t features);
bool gxdp_tx_clean(struct gxdp_tx *tx, int budget);
void gxdp_tx_abandon(struct gxdp_tx *tx);
bool gxdp_tx_waits(const struct gxdp_tx *tx);
bool gxdp_tx_drained(struct gxdp_tx *tx);

/* moderation.c */
void gxdp_moderation_init(struct gxdp_pair *pair);
void gxdp_moderation_write(struct gxdp_nic *nic);
void gxdp_moderation_poll_end(struct gxdp_pair *pair);
void gxdp_moderation_stop(struct gxdp_nic *nic);

/* ptp.c */
void gxdp_ptp_init(struct gxdp_nic *nic);
void gxdp_ptp_free(struct gxdp_nic *nic);
void gxdp_ptp_start(struct gxdp_nic *nic);
void gxdp_ptp_stop(struct gxdp_nic *nic);
void gxdp_ptp_remember(struct gxdp_nic *nic);
void gxdp_ptp_sleep(struct gxdp_nic *nic);
void gxdp_ptp_check(struct gxdp_nic *nic);
void gxdp_ptp_rx(struct gxdp_nic *nic, struct sk_buff *skb);
bool gxdp_ptp_tx_claim(struct gxdp_nic *nic, struct sk_buff *skb);
void gxdp_ptp_tx_unclaim(struct gxdp_nic *nic, struct sk_buff *skb);
bool gxdp_ptp_tx_claim_xsk(struct gxdp_pair *pair, const struct xsk_tx_metadata_compl *compl);
bool gxdp_ptp_tx_xsk_done(struct gxdp_nic *nic, bool lost);
int gxdp_hwtstamp_get(struct net_device *netdev, struct kernel_hwtstamp_config *config);
int gxdp_hwtstamp_set(struct net_device *netdev, struct kernel_hwtstamp_config *config,
		      struct netlink_ext_ack *extack);
int gxdp_get_ts_info(struct net_device *netdev, gxdp_ts_info *info);

/* xdp.c */
int gxdp_bpf(struct net_device *netdev, struct netdev_bpf *bpf);
void gxdp_xdp_init(struct gxdp_nic *nic);

/* xsk.c */
int gxdp_xsk_setup(struct gxdp_nic *nic, struct xsk_buff_pool *pool, u16 queue);
int gxdp_xsk_wakeup(struct net_device *netdev, u32 queue, u32 flags);
const char *gxdp_xsk_check(const struct gxdp_nic *nic, const struct gxdp_config *cfg,
			   struct xsk_buff_pool *pool);
void gxdp_xsk_start(struct gxdp_pair *pair, struct xsk_buff_pool *pool);

/* xsk_meta.c */
void gxdp_xsk_meta_init(struct gxdp_nic *nic);
void gxdp_xsk_stamp(const struct net_device *netdev, struct xsk_tx_metadata_compl *compl, u64 ns);

/* ethtool.c */
void gxdp_ethtool_init(struct net_device *netdev);
int gxdp_refuse(struct net_device *netdev, struct netlink_ext_ack *extack, int err,
		const char *what, const char *why);
int gxdp_refuse_kept(struct gxdp_nic *nic, const char *what);
void gxdp_rss_default(struct gxdp_nic *nic, unsigned int pairs);
void gxdp_rss_follow(struct gxdp_nic *nic, unsigned int pairs);

/* stats.c */
int gxdp_stats_alloc(struct gxdp_nic *nic);
void gxdp_stats_free(struct gxdp_nic *nic);
void gxdp_stats_update_hw(struct gxdp_nic *nic);
void gxdp_stats64(struct net_device *netdev, struct rtnl_link_stats64 *s);
void gxdp_stats_init(struct net_device *netdev);
int gxdp_stats_count(struct gxdp_nic *nic);
void gxdp_stats_strings(struct gxdp_nic *nic, u8 *data);
void gxdp_stats_values(struct gxdp_nic *nic, u64 *data);

#endif /* GXDP_H */
