/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The steps of queueing a frame, shared by the stack's transmit (tx.c),
 * XDP (xdp.c) and AF_XDP (xsk.c). Those that queue: the queue's _xmit_lock held, or on a
 * ring of XDP's own, BHs off on its processor.
 */
#ifndef GXDP_TX_H
#define GXDP_TX_H

#include "gxdp.h"
#include "hw/desc.h"

/* A data descriptor is given at most this much (82574L: DTALEN, TSO limits) */
#define GXDP_TX_MAX_CHUNK	16384U

/* The chip needs this much to pad a frame to 60 bytes itself (TCTL.PSP). */
#define GXDP_TX_MIN_LEN		17

/*
 * Redirected frames up to this length are copied into the ring's own memory: a
 * copy costs less than to map a page, to unmap it (much, with an IOMMU), and to
 * give it back later from another poll, perhaps another processor's.
 */
#define GXDP_TX_COPY_MAX	128U

/**
 * struct gxdp_tx_offload - what the chip shall do for a frame
 * @ctx: context descriptor, if @need_ctx
 * @need_ctx: one has to precede the data
 * @cmd: for the first word of each data descriptor
 * @opts: for the second
 * @segs: frames it makes of it
 * @bytes: bytes on the wire
 */
struct gxdp_tx_offload {
	union gxdp_tx_desc ctx;
	bool need_ctx;
	u32 cmd;
	u32 opts;
	unsigned int segs;
	unsigned int bytes;
};

/* tx.c */
int gxdp_tx_offload_ext(struct sk_buff *skb, struct gxdp_tx *tx, struct gxdp_tx_offload *o);
int gxdp_tx_offload_adv(struct sk_buff *skb, struct gxdp_tx *tx, struct gxdp_tx_offload *o);
bool gxdp_tx_csum_ext(struct gxdp_tx_offload *o, unsigned int start, unsigned int offset);
bool gxdp_tx_csum_adv(struct gxdp_tx_offload *o, unsigned int start, unsigned int offset);

/* xsk_meta.c */
u32 gxdp_xsk_put_meta(struct gxdp_tx *tx, struct xsk_buff_pool *pool, struct gxdp_tx_slot *head,
		      const struct xdp_desc *xd, const struct xdp_desc *end,
		      const struct gxdp_tx_format *format);

/* A context, each of head and frags, what the largest skb is cut into, the gap */
#define GXDP_TX_MAX_PER_SKB(chunk)	(1 + MAX_SKB_FRAGS + 1 + 65536 / (chunk) + 1)

/* 82574: extended descriptors */
static const struct gxdp_tx_format __maybe_unused gxdp_tx_ext = {
	.data		= TXD_DATA,
	.nothing	= TXD_CMD_DEXT,
	.max_chunk	= GXDP_TX_MAX_CHUNK,
	.max_per_skb	= GXDP_TX_MAX_PER_SKB(GXDP_TX_MAX_CHUNK),
	.offload	= gxdp_tx_offload_ext,
	.csum		= gxdp_tx_csum_ext,
};

/*
 * 8254x: the same descriptors. Before it fetches one, the chip makes sure its
 * buffer has room for four segments of the data; larger pieces could get stuck.
 */
#define GXDP_TX_8254X_CHUNK	4096U
#define GXDP_TX_8254X_SEGS	4
static const struct gxdp_tx_format __maybe_unused gxdp_tx_8254x = {
	.data		= TXD_DATA,
	.nothing	= TXD_CMD_DEXT,
	.careful	= true,
	.max_chunk	= GXDP_TX_8254X_CHUNK,
	.max_per_skb	= GXDP_TX_MAX_PER_SKB(GXDP_TX_8254X_CHUNK) + TXD_CAREFUL_EXTRA,
	.offload	= gxdp_tx_offload_ext,
	.csum		= gxdp_tx_csum_ext,
};

/* 82576: advanced descriptors */
static const struct gxdp_tx_format __maybe_unused gxdp_tx_adv = {
	.data		= TXD_ADV_DATA,
	/* of no length: a context would not report here */
	.nothing	= TXD_ADV_DATA | TXD_CMD_EOP,
	.paylen_shift	= TXD_ADV_PAYLEN_SHIFT,
	.max_chunk	= GXDP_TX_MAX_CHUNK,
	.max_per_skb	= GXDP_TX_MAX_PER_SKB(GXDP_TX_MAX_CHUNK),
	.offload	= gxdp_tx_offload_adv,
	.csum		= gxdp_tx_csum_adv,
};

/* The second word of each data descriptor of a frame so long. */
static __always_inline u32 gxdp_tx_opts(const struct gxdp_tx_format *format, u32 frame_len)
{
	return format->paylen_shift ? frame_len << format->paylen_shift : 0;
}

/* Descriptors free now; one stays unused so that tail never meets head. */
static __always_inline unsigned int gxdp_tx_unused(const struct gxdp_tx *tx)
{
	/* pairs with the cleaner's release: it is done with these slots */
	u16 ntc = smp_load_acquire(&tx->ntc);

	return (ntc > tx->ntu ? 0 : tx->count) + ntc - tx->ntu - 1;
}

/* Those that XDP and AF_XDP may have of them: the stack is not to wait for ever. */
static __always_inline unsigned int gxdp_tx_spare(const struct gxdp_tx *tx)
{
	unsigned int unused = gxdp_tx_unused(tx), owed = READ_ONCE(tx->owed);

	return likely(!owed) ? unused : unused - min(unused, owed);
}

static __always_inline void gxdp_tx_write(union gxdp_tx_desc *desc, dma_addr_t dma, u32 cmd_len,
					  u32 opts)
{
	desc->lo = cpu_to_le64(dma);
	desc->hi = cpu_to_le64((u64)opts << 32 | cmd_len);
}

/* Write a data descriptor into the next slot and return the slot, empty. */
static __always_inline struct gxdp_tx_slot *
gxdp_tx_put(struct gxdp_tx *tx, dma_addr_t dma, u32 cmd_len, u32 opts)
{
	struct gxdp_tx_slot *slot = &tx->slot[tx->ntu];

	gxdp_tx_write(&tx->desc[tx->ntu], dma, cmd_len, opts);
	if (unlikely(++tx->ntu == tx->count))
		tx->ntu = 0;
	return slot;
}

/* Write a context descriptor into the next slot. */
static inline void gxdp_tx_put_ctx(struct gxdp_tx *tx, const struct gxdp_tx_offload *o)
{
	struct gxdp_tx_slot *slot = &tx->slot[tx->ntu];

	tx->desc[tx->ntu] = o->ctx;
	slot->kind = GXDP_TX_NONE;
	slot->len = 0;
	if (++tx->ntu == tx->count)
		tx->ntu = 0;
}

/* Descriptors written since the next to use was @ntu. */
static __always_inline u32 gxdp_tx_since(const struct gxdp_tx *tx, u16 ntu)
{
	return tx->ntu - ntu + (tx->ntu < ntu ? tx->count : 0);
}

/* Can a frame with such a first piece go out in one descriptor for each piece? */
static __always_inline bool gxdp_tx_plain(const struct gxdp_tx *tx,
					  const struct gxdp_tx_format *format, u32 first_len)
{
	return !format->careful || (!tx->after_tso && first_len <= TXD_CAREFUL_FIRST);
}

/*
 * Write the descriptors of one piece of a frame; more than one where the format
 * is careful. The slot returned is the last one's; those before it own nothing.
 */
static __always_inline struct gxdp_tx_slot *
gxdp_tx_put_piece(struct gxdp_tx *tx, const struct gxdp_tx_format *format, dma_addr_t dma,
		  u32 cmd, u32 len, u32 opts, bool first)
{
	struct gxdp_tx_slot *slot;
	u32 cut;

	while (format->careful) {
		if (first && len > TXD_CAREFUL_FIRST)
			cut = TXD_CAREFUL_FIRST;
		else if (cmd & TXD_CMD_EOP && tx->after_tso && len > TXD_CAREFUL_TAIL)
			cut = len - TXD_CAREFUL_TAIL;
		else
			break;
		slot = gxdp_tx_put(tx, dma, (cmd & ~TXD_CMD_EOP) | cut, opts);
		slot->kind = GXDP_TX_NONE;
		slot->len = 0;
		dma += cut;
		len -= cut;
		first = false;
	}
	if (format->careful && cmd & TXD_CMD_EOP)
		tx->after_tso = false;
	return gxdp_tx_put(tx, dma, cmd | len, opts);
}

/*
 * The same for a piece of an AF_XDP frame, which, where the chip does not pad, gets
 * its zeroes from a second descriptor.
 */
static __always_inline void gxdp_tx_put_xsk(struct gxdp_tx *tx,
					    const struct gxdp_tx_format *format, dma_addr_t dma,
					    u32 cmd, u32 len, u32 opts, bool first)
{
	if (format->careful && first && cmd & TXD_CMD_EOP && len < ETH_ZLEN) {
		gxdp_tx_put(tx, dma, (cmd & ~TXD_CMD_EOP) | len, opts);
		gxdp_tx_put(tx, tx->pad_dma, cmd | (ETH_ZLEN - len), opts);
		tx->after_tso = false;
	} else {
		gxdp_tx_put_piece(tx, format, dma, cmd, len, opts, first);
	}
}

/* Bytes of the AF_XDP frame that begins at @xd. */
static inline u32 gxdp_xsk_frame_len(const struct xdp_desc *xd, const struct xdp_desc *end)
{
	u32 len = xd->len;

	while (!xsk_is_eop_desc(xd) && ++xd < end)
		len += xd->len;
	return len;
}

/*
 * End the report batch: its last descriptor, which must end a frame, asks
 * for a write-back, and the cleaner may look for it. The chip has not seen
 * that descriptor yet: the tail was not moved past it.
 */
static __always_inline void gxdp_tx_report(struct gxdp_tx *tx)
{
	u16 last = (tx->ntu ?: tx->count) - 1;

	if (tx->batch == tx->ntu)
		return;
	tx->desc[last].data.cmd_len |= cpu_to_le32(TXD_CMD_RS);
	tx->slot[tx->batch].report = last;
	/* pairs with the acquire in gxdp_tx_clean() */
	smp_store_release(&tx->batch, tx->ntu);
}

/* A frame is complete: ask for a report now and then, not each time. */
static __always_inline void gxdp_tx_frame_end(struct gxdp_tx *tx)
{
	if (unlikely(gxdp_tx_since(tx, tx->batch) >= GXDP_TX_REPORT_EVERY))
		gxdp_tx_report(tx);
}

/* gxdp_tx_clean(), for a ring on which often nothing waits. */
static __always_inline bool gxdp_tx_poll(struct gxdp_tx *tx, int budget)
{
	return tx->ntc == READ_ONCE(tx->batch) || gxdp_tx_clean(tx, budget);
}

/* Tell the chip. One MMIO write for all frames queued since the last. */
static __always_inline void gxdp_tx_doorbell(struct gxdp_tx *tx)
{
	if (tx->rung == tx->ntu)
		return;
	gxdp_tx_report(tx);
	tx->rung = tx->ntu;
	tx->counts->doorbells++;
	writel(tx->ntu, tx->tail);
}

/* @n descriptors have been written, from @first on and none beyond the ring's end. */
static __always_inline void gxdp_tx_queued(struct gxdp_tx *tx, u32 first, u32 n)
{
	tx->ntu = first + n == tx->count ? 0 : first + n;
}

/*
 * Is what has just been mapped to be unmapped later? Where it was not when the ring was
 * made, it is from the first bounce buffer on, which also is when syncs begin to matter.
 */
static __always_inline bool gxdp_tx_unmaps(const struct gxdp_tx *tx)
{
	return tx->unmaps || gxdp_dma_need_sync_now(tx->dev);
}

/* How much of a mapping just made there is to unmap later. */
static __always_inline u32 gxdp_tx_unmap_len(const struct gxdp_tx *tx, u32 len)
{
	return gxdp_tx_unmaps(tx) ? len : 0;
}

static inline void gxdp_tx_unmap(struct gxdp_tx *tx, struct gxdp_tx_slot *slot)
{
	if (slot->len)
		dma_unmap_page(tx->dev, slot->dma, slot->len, DMA_TO_DEVICE);
	slot->len = 0;
}

/* Take back everything queued from @first on; the chip has not seen it. */
static inline void gxdp_tx_unwind(struct gxdp_tx *tx, u16 first)
{
	while (tx->ntu != first) {
		tx->ntu = (tx->ntu ?: tx->count) - 1;
		gxdp_tx_unmap(tx, &tx->slot[tx->ntu]);
	}
}

#endif /* GXDP_TX_H */
