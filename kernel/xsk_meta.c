// SPDX-License-Identifier: GPL-2.0
/*
 * AF_XDP transmit metadata (Linux 6.8 and later): an application asks, with a
 * frame, for a checksum that the chip makes, or for the time when it left.
 *
 * The loop in xsk.c looks whether a frame has any; one that has is queued
 * here, whole, with a context descriptor of its own before it.
 *
 * The application may write to its umem at any time. So each value is read
 * once, by the core's helpers, which hand it to the functions here, and held
 * against the frame's length before the chip is told. There is no way to tell
 * the application that something could not be done: the frame is sent without,
 * and counted.
 */
#include "gxdp.h"
#include "compat/xsk_meta.h"
#include "hw/desc.h"
#include "hw/family.h"
#include "tx.h"

/* What a frame's metadata asks for. */
struct gxdp_xsk_want {
	u16 csum_start, csum_offset;
	bool csum, stamp;
};

static void gxdp_xsk_request_checksum(u16 csum_start, u16 csum_offset, void *priv)
{
	struct gxdp_xsk_want *want = priv;

	want->csum_start = csum_start;
	want->csum_offset = csum_offset;
	want->csum = true;
}

static void gxdp_xsk_request_timestamp(void *priv)
{
	struct gxdp_xsk_want *want = priv;

	want->stamp = true;
}

static u64 gxdp_xsk_fill_timestamp(void *priv)
{
	const u64 *ns = priv;

	return *ns;
}

static const struct xsk_tx_metadata_ops gxdp_xsk_meta_csum = {
	.tmo_request_checksum	= gxdp_xsk_request_checksum,
};

static const struct xsk_tx_metadata_ops gxdp_xsk_meta_csum_stamp = {
	.tmo_request_checksum	= gxdp_xsk_request_checksum,
	.tmo_request_timestamp	= gxdp_xsk_request_timestamp,
	.tmo_fill_timestamp	= gxdp_xsk_fill_timestamp,
};

/**
 * gxdp_xsk_meta_init - say what may be asked for with an AF_XDP frame
 * @nic: device, before it is registered
 */
void gxdp_xsk_meta_init(struct gxdp_nic *nic)
{
	gxdp_set_xsk_tx_metadata_ops(nic->netdev, nic->family->flags & GXDP_F_STAMPS ?
				     &gxdp_xsk_meta_csum_stamp : &gxdp_xsk_meta_csum);
}

/**
 * gxdp_xsk_stamp - give an application its frame's time
 * @netdev: device
 * @compl: where it wants it
 * @ns: time; 0: not known
 *
 * Before the frame is completed.
 */
void gxdp_xsk_stamp(const struct net_device *netdev, struct xsk_tx_metadata_compl *compl, u64 ns)
{
	xsk_tx_metadata_complete(compl, gxdp_xsk_tx_metadata_ops(netdev), &ns);
}

/* Both the bytes summed and the sum lie in the frame, behind the Ethernet header. */
static bool gxdp_xsk_csum_inside(const struct gxdp_xsk_want *want, u32 len)
{
	return want->csum_start >= ETH_HLEN &&
	       (u32)want->csum_start + want->csum_offset + sizeof(__sum16) <= len;
}

/*
 * What the chip shall do for the frame of @len bytes that begins at @xd, into @o.
 * Returns true if it is to remember when the frame leaves.
 */
static bool gxdp_xsk_meta_read(struct gxdp_tx *tx, struct xsk_buff_pool *pool,
			       const struct xdp_desc *xd, u32 len,
			       const struct gxdp_tx_format *format, struct gxdp_tx_offload *o)
{
	const struct net_device *netdev = tx->pair->nic->netdev;
	struct xsk_tx_metadata_compl compl = {};
	struct gxdp_xsk_want want = {};
	struct xsk_tx_metadata *meta;

	meta = gxdp_xsk_meta_request(pool, xd->addr, xd->options,
				     gxdp_xsk_tx_metadata_ops(netdev), &want);
	if (want.csum) {
		if (gxdp_xsk_csum_inside(&want, len) &&
		    format->csum(o, want.csum_start, want.csum_offset))
			tx->counts->xsk_csum++;
		else
			tx->counts->xsk_csum_refused++;
	}
	if (!want.stamp)
		return false;
	xsk_tx_metadata_to_compl(meta, &compl);
	if (gxdp_ptp_tx_claim_xsk(tx->pair, &compl))
		return true;
	gxdp_xsk_stamp(netdev, &compl, 0);
	return false;
}

/**
 * gxdp_xsk_put_meta - queue an AF_XDP frame that has metadata
 * @tx: ring, with room for one descriptor more than a frame without would take
 * @pool: pool bound to it
 * @head: first slot of the batch that is being queued
 * @xd: the frame's first descriptor
 * @end: behind the last that is to be queued
 * @format: the ring's
 *
 * Under the queue's _xmit_lock. Returns how many of the descriptors from @xd
 * on were the frame's.
 */
u32 gxdp_xsk_put_meta(struct gxdp_tx *tx, struct xsk_buff_pool *pool, struct gxdp_tx_slot *head,
		      const struct xdp_desc *xd, const struct xdp_desc *end,
		      const struct gxdp_tx_format *format)
{
	u32 len = gxdp_xsk_frame_len(xd, end), extra = head->bytes, pieces = 0;
	struct gxdp_tx_offload o = {
		.cmd = format->data,
		.opts = gxdp_tx_opts(format, len),
	};
	u16 ntu = tx->ntu;
	u8 kind = head->kind;
	bool last;

	if (gxdp_xsk_meta_read(tx, pool, xd, len, format, &o)) {
		o.cmd |= TXD_ADV_CMD_STAMP;
		kind = GXDP_TX_XSK_STAMP;
	}
	if (o.need_ctx)
		gxdp_tx_put_ctx(tx, &o);
	do {
		dma_addr_t dma = xsk_buff_raw_get_dma(pool, xd->addr);

		last = xsk_is_eop_desc(xd);
		xsk_buff_raw_dma_sync_for_device(pool, dma, xd->len);
		gxdp_tx_put_xsk(tx, format, dma, o.cmd | (last ? TXD_CMD_EOP : 0), xd->len, o.opts,
				!pieces);
		pieces++;
	} while (!last && ++xd < end);
	/* writing descriptors writes to slots */
	head->kind = kind;
	head->bytes = extra + gxdp_tx_since(tx, ntu) - pieces;
	return pieces;
}
