// SPDX-License-Identifier: GPL-2.0
/*
 * Transmit: rings, the stack's frames, and cleaning up after every kind.
 *
 * Cleaning happens in the pair's own poll, never in the sender: one
 * consumer, no lock. Frames come back in report batches (struct gxdp_tx).
 */
#include <linux/ip.h>
#include <linux/sctp.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip6_checksum.h>

#include "gxdp.h"
#include "hw/desc.h"
#include "hw/family.h"
#include "path.h"
#include "rx.h"
#include "tx.h"

/* Descriptors cleaned per poll before somebody else gets a turn. */
#define GXDP_TX_CLEAN_MAX	256
/* Descriptors that must be free for a stopped queue to go on; some skbs' worth. */
#define GXDP_TX_WAKE		48
/* Those that XDP and AF_XDP leave for it: what it is woken at, and an skb's worth. */
#define GXDP_TX_OWED		(2 * GXDP_TX_WAKE)

static void gxdp_tx_ctx_csum(struct gxdp_tx_offload *o, unsigned int start, unsigned int at)
{
	o->ctx.ctx.tucss = start;
	o->ctx.ctx.tucso = at;
	o->opts |= TXD_POPTS_TXSM;
	o->need_ctx = true;
}

static int gxdp_tx_tso(struct sk_buff *skb, struct gxdp_tx_offload *o)
{
	unsigned int l3 = skb_network_offset(skb), l4 = skb_transport_offset(skb);
	unsigned int hdr_len = skb_tcp_all_headers(skb);
	u32 cmd = TXD_CTX_TSE | TXD_CTX_TCP | TXD_CMD_DEXT;
	int err;

	err = skb_cow_head(skb, 0);
	if (err)
		return err;

	/* The chip adds length and checksum of each segment to what we leave. */
	if (skb->protocol == htons(ETH_P_IP) || vlan_get_protocol(skb) == htons(ETH_P_IP)) {
		struct iphdr *iph = ip_hdr(skb);

		iph->tot_len = 0;
		iph->check = 0;
		tcp_hdr(skb)->check = ~csum_tcpudp_magic(iph->saddr, iph->daddr, 0,
							 IPPROTO_TCP, 0);
		cmd |= TXD_CTX_IP;
		o->ctx.ctx.ipcse = cpu_to_le16(l4 - 1);
		o->opts |= TXD_POPTS_IXSM;
	} else {
		tcp_v6_gso_csum_prep(skb);
	}
	o->ctx.ctx.ipcss = l3;
	o->ctx.ctx.ipcso = l3 + offsetof(struct iphdr, check);
	gxdp_tx_ctx_csum(o, l4, l4 + offsetof(struct tcphdr, check));
	o->ctx.ctx.cmd_paylen = cpu_to_le32(cmd | (skb->len - hdr_len));
	o->ctx.ctx.hdr_len = hdr_len;
	o->ctx.ctx.mss = cpu_to_le16(skb_shinfo(skb)->gso_size);
	o->cmd |= TXD_CMD_TSE;
	o->segs = skb_shinfo(skb)->gso_segs;
	o->bytes = skb->len + (o->segs - 1) * hdr_len;
	return 0;
}

/**
 * gxdp_tx_csum_ext - have the chip write a frame's checksum
 * @o: filled in
 * @start: the first byte to be summed
 * @offset: where the sum goes, from there; in the frame
 *
 * For extended descriptors; any protocol's. Returns false if it cannot.
 */
bool gxdp_tx_csum_ext(struct gxdp_tx_offload *o, unsigned int start, unsigned int offset)
{
	u32 cmd = TXD_CMD_DEXT;

	/* the context's offsets are bytes */
	if (unlikely(start + offset > 255))
		return false;
	if (offset == offsetof(struct tcphdr, check))
		cmd |= TXD_CTX_TCP;
	gxdp_tx_ctx_csum(o, start, start + offset);
	o->ctx.ctx.cmd_paylen = cpu_to_le32(cmd);
	return true;
}

/**
 * gxdp_tx_offload_ext - work out what the chip shall do for this skb
 * @skb: frame; TSO changes its headers
 * @tx: ring
 * @o: zeroed; filled in
 *
 * For extended descriptors; under the queue's _xmit_lock. Returns 0 or an
 * errno: the frame cannot be sent.
 */
int gxdp_tx_offload_ext(struct sk_buff *skb, struct gxdp_tx *tx, struct gxdp_tx_offload *o)
{
	int err = 0;

	o->cmd = TXD_DATA;
	o->segs = 1;
	o->bytes = skb->len;
	if (skb_is_gso(skb)) {
		tx->counts->tso++;
		err = gxdp_tx_tso(skb, o);
	} else if (skb->ip_summed == CHECKSUM_PARTIAL) {
		tx->counts->csum++;
		if (!gxdp_tx_csum_ext(o, skb_checksum_start_offset(skb), skb->csum_offset))
			err = skb_checksum_help(skb);
	}
	if (skb_vlan_tag_present(skb)) {
		o->cmd |= TXD_CMD_VLE;
		o->opts |= (u32)skb_vlan_tag_get(skb) << TXD_VLAN_SHIFT;
	}
	return err;
}

static void gxdp_tx_ctx_adv(struct gxdp_tx_offload *o, u32 type, unsigned int mac_len,
			    unsigned int ip_len)
{
	o->ctx.adv_ctx.lens = cpu_to_le32(mac_len << TXD_ADV_CTX_MACLEN_SHIFT | ip_len);
	o->ctx.adv_ctx.type = cpu_to_le32(TXD_ADV_TYPE_CTX | TXD_CMD_DEXT | type);
	o->need_ctx = true;
}

static int gxdp_tx_tso_adv(struct sk_buff *skb, struct gxdp_tx_offload *o)
{
	unsigned int hdr_len = skb_tcp_all_headers(skb);
	u32 type = TXD_ADV_CTX_TCP;
	int err;

	err = skb_cow_head(skb, 0);
	if (err)
		return err;

	/* The chip adds length and checksum of each segment to what we leave. */
	if (ip_hdr(skb)->version == 4) {
		struct iphdr *iph = ip_hdr(skb);

		iph->tot_len = 0;
		iph->check = 0;
		tcp_hdr(skb)->check = ~csum_tcpudp_magic(iph->saddr, iph->daddr, 0,
							 IPPROTO_TCP, 0);
		type |= TXD_ADV_CTX_IPV4;
		o->opts |= TXD_POPTS_IXSM;
	} else {
		tcp_v6_gso_csum_prep(skb);
	}
	gxdp_tx_ctx_adv(o, type, skb_network_offset(skb), skb_network_header_len(skb));
	o->ctx.adv_ctx.mss_l4len = cpu_to_le32(tcp_hdrlen(skb) << TXD_ADV_CTX_L4LEN_SHIFT |
					       skb_shinfo(skb)->gso_size << TXD_ADV_CTX_MSS_SHIFT);
	o->opts |= TXD_POPTS_TXSM | (skb->len - hdr_len) << TXD_ADV_PAYLEN_SHIFT;
	o->cmd |= TXD_ADV_CMD_TSE;
	o->segs = skb_shinfo(skb)->gso_segs;
	o->bytes = skb->len + (o->segs - 1) * hdr_len;
	return 0;
}

/* False, and nothing filled in, if the context has no room for such lengths. */
static bool gxdp_tx_ctx_csum_adv(struct gxdp_tx_offload *o, u32 type, unsigned int mac_len,
				 unsigned int ip_len)
{
	if (unlikely(mac_len > TXD_ADV_CTX_MACLEN_MAX || ip_len > TXD_ADV_CTX_IPLEN_MAX))
		return false;
	gxdp_tx_ctx_adv(o, type, mac_len, ip_len);
	o->opts |= TXD_POPTS_TXSM;
	return true;
}

/*
 * The protocol with a checksum of 16 bits there. False: the chip knows where each
 * has its checksum, and none has it there.
 */
static bool gxdp_tx_csum_adv_type(unsigned int offset, u32 *type)
{
	if (offset == offsetof(struct tcphdr, check))
		*type = TXD_ADV_CTX_TCP;
	else if (offset == offsetof(struct udphdr, check))
		*type = TXD_ADV_CTX_UDP;
	else
		return false;
	return true;
}

static int gxdp_tx_csum_adv_skb(struct sk_buff *skb, struct gxdp_tx_offload *o)
{
	unsigned int mac_len = skb_network_offset(skb);
	bool sctp = skb_csum_is_sctp(skb);
	u32 type = TXD_ADV_CTX_SCTP;

	if ((sctp || gxdp_tx_csum_adv_type(skb->csum_offset, &type)) &&
	    gxdp_tx_ctx_csum_adv(o, type, mac_len, skb_checksum_start_offset(skb) - mac_len))
		return 0;
	return sctp ? skb_crc32c_csum_help(skb) : skb_checksum_help(skb);
}

/**
 * gxdp_tx_csum_adv - have the chip write a frame's checksum
 * @o: filled in
 * @start: the first byte to be summed, behind the Ethernet header
 * @offset: where the sum goes, from there; in the frame
 *
 * For advanced descriptors. Where the IP header begins is not said: to find a
 * TCP or UDP header, the chip adds the lengths of what is before it. Returns
 * false if it cannot.
 */
bool gxdp_tx_csum_adv(struct gxdp_tx_offload *o, unsigned int start, unsigned int offset)
{
	u32 type;

	return gxdp_tx_csum_adv_type(offset, &type) &&
	       gxdp_tx_ctx_csum_adv(o, type, ETH_HLEN, start - ETH_HLEN);
}

/**
 * gxdp_tx_offload_adv - work out what the chip shall do for this skb
 * @skb: frame; TSO changes its headers
 * @tx: ring
 * @o: zeroed; filled in
 *
 * For advanced descriptors; under the queue's _xmit_lock. Returns 0 or an
 * errno: the frame cannot be sent.
 */
int gxdp_tx_offload_adv(struct sk_buff *skb, struct gxdp_tx *tx, struct gxdp_tx_offload *o)
{
	int err = 0;

	o->cmd = TXD_ADV_DATA;
	o->segs = 1;
	o->bytes = skb->len;
	if (skb_is_gso(skb)) {
		tx->counts->tso++;
		err = gxdp_tx_tso_adv(skb, o);
	} else {
		o->opts = skb->len << TXD_ADV_PAYLEN_SHIFT;
		if (skb->ip_summed == CHECKSUM_PARTIAL) {
			tx->counts->csum++;
			err = gxdp_tx_csum_adv_skb(skb, o);
		}
	}
	if (unlikely(skb_shinfo(skb)->tx_flags & SKBTX_HW_TSTAMP) && !err &&
	    gxdp_ptp_tx_claim(tx->pair->nic, skb))
		o->cmd |= TXD_ADV_CMD_STAMP;
	if (skb_vlan_tag_present(skb)) {
		o->cmd |= TXD_CMD_VLE;
		if (!o->need_ctx)	/* what follows is nobody's business */
			gxdp_tx_ctx_adv(o, 0, ETH_HLEN, 0);
		o->ctx.adv_ctx.lens |= cpu_to_le32((u32)skb_vlan_tag_get(skb) << TXD_VLAN_SHIFT);
	}
	return err;
}

/* How much of a piece the next descriptor takes; @tail goes into the last alone. */
static __always_inline u32 gxdp_tx_chunk(const struct gxdp_tx_format *format, u32 len, u32 tail,
					 bool first)
{
	u32 most = format->max_chunk;

	if (format->careful && first)
		most = TXD_CAREFUL_FIRST;
	if (len > most)
		return most;
	return len > tail ? len - tail : len;
}

/*
 * Descriptors for one mapped piece of an skb. The first slot unmaps it. @first:
 * it is the skb's first piece; @tail: bytes at its end to be kept apart.
 */
static __always_inline struct gxdp_tx_slot *
gxdp_tx_put_chunks(struct gxdp_tx *tx, const struct gxdp_tx_format *format, dma_addr_t dma,
		   u32 len, const struct gxdp_tx_offload *o, bool first, u32 tail)
{
	struct gxdp_tx_slot *slot;
	u32 unmap = gxdp_tx_unmap_len(tx, len);
	u32 chunk;

	do {
		chunk = gxdp_tx_chunk(format, len, tail, first);
		first = false;
		slot = gxdp_tx_put(tx, dma, o->cmd | chunk, o->opts);
		slot->kind = GXDP_TX_NONE;
		slot->dma = dma;
		slot->len = unmap;
		unmap = 0;
		dma += chunk;
		len -= chunk;
	} while (len);
	return slot;
}

/* Map and queue the whole skb. NULL: out of mappings, nothing queued. */
static __always_inline struct gxdp_tx_slot *
gxdp_tx_put_skb(struct gxdp_tx *tx, const struct gxdp_tx_format *format, struct sk_buff *skb,
		const struct gxdp_tx_offload *o)
{
	unsigned int i, len = skb_headlen(skb), nr_frags = skb_shinfo(skb)->nr_frags;
	struct gxdp_tx_slot *slot;
	u16 first = tx->ntu;
	dma_addr_t dma;
	u32 tail = 0;

	if (format->careful && (tx->after_tso || skb_is_gso(skb)))
		tail = TXD_CAREFUL_TAIL;

	if (o->need_ctx)
		gxdp_tx_put_ctx(tx, o);
	dma = gxdp_dma_map(tx->dev, skb->data, len, DMA_TO_DEVICE);
	for (i = 0;; i++) {
		const skb_frag_t *frag;

		if (unlikely(dma_mapping_error(tx->dev, dma))) {
			gxdp_tx_unwind(tx, first);
			return NULL;
		}
		slot = gxdp_tx_put_chunks(tx, format, dma, len, o, i == 0,
					  i == nr_frags ? tail : 0);
		if (i == nr_frags) {
			if (format->careful)
				tx->after_tso = skb_is_gso(skb);
			return slot;
		}
		frag = &skb_shinfo(skb)->frags[i];
		len = skb_frag_size(frag);
		dma = skb_frag_dma_map(tx->dev, frag, 0, len, DMA_TO_DEVICE);
	}
}

static __always_inline void gxdp_tx_maybe_stop(struct gxdp_tx *tx,
					       const struct gxdp_tx_format *format)
{
	if (likely(gxdp_tx_unused(tx) >= format->max_per_skb))
		return;
	netif_tx_stop_queue(tx->txq);
	tx->counts->stop++;
	/* the cleaner may have made room before it could see us stopped */
	smp_mb();
	if (gxdp_tx_unused(tx) >= format->max_per_skb)
		netif_tx_start_queue(tx->txq);
}

static __always_inline netdev_tx_t gxdp_start_xmit(struct sk_buff *skb,
						   struct net_device *netdev,
						   const struct gxdp_tx_format *format)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	struct gxdp_tx *tx = nic->pair[skb_get_queue_mapping(skb)]->tx;
	struct gxdp_tx_offload o = {};
	struct gxdp_tx_counts *counts;
	struct gxdp_tx_slot *slot;

	/* pktgen goes on with a queue that has been taken away meanwhile */
	if (unlikely(!tx)) {
		dev_kfree_skb_any(skb);
		return NETDEV_TX_OK;
	}
	counts = tx->counts;
	if (unlikely(gxdp_tx_unused(tx) < format->max_per_skb)) {
		/* XDP or AF_XDP took what was free when we last looked */
		counts->busy++;
		gxdp_tx_maybe_stop(tx, format);
		if (netif_xmit_stopped(tx->txq)) {
			gxdp_tx_doorbell(tx);
			return NETDEV_TX_BUSY;
		}
	}
	if (unlikely(skb_put_padto(skb, format->careful ? ETH_ZLEN : GXDP_TX_MIN_LEN))) {
		counts->dropped++;	/* padto freed it */
		goto out;
	}
	if (unlikely(format->offload(skb, tx, &o)))
		goto drop;
	slot = gxdp_tx_put_skb(tx, format, skb, &o);
	if (unlikely(!slot)) {
		counts->map_fail++;
		goto drop;
	}
	slot->kind = GXDP_TX_SKB;
	slot->skb = skb;
	slot->bytes = o.bytes;
	tx->desc[(tx->ntu ?: tx->count) - 1].data.cmd_len |= cpu_to_le32(TXD_CMD_EOP);
	skb_tx_timestamp(skb);
	gxdp_tx_frame_end(tx);
	gxdp_tx_maybe_stop(tx, format);
	if (__netdev_tx_sent_queue(tx->txq, o.bytes, netdev_xmit_more()))
		gxdp_tx_doorbell(tx);
	return NETDEV_TX_OK;

drop:
	counts->dropped++;
	if (skb_shinfo(skb)->tx_flags & SKBTX_IN_PROGRESS)
		gxdp_ptp_tx_unclaim(tx->pair->nic, skb);
	dev_kfree_skb_any(skb);
out:
	/* frames before this one may have relied on its doorbell */
	if (!netdev_xmit_more())
		gxdp_tx_doorbell(tx);
	return NETDEV_TX_OK;
}

/**
 * gxdp_start_xmit_8254x - ndo_start_xmit
 * @skb: frame, up to 64 KiB with TSO
 * @netdev: device
 *
 * Under the queue's _xmit_lock, BHs off.
 */
netdev_tx_t gxdp_start_xmit_8254x(struct sk_buff *skb, struct net_device *netdev)
{
	return gxdp_start_xmit(skb, netdev, &gxdp_tx_8254x);
}

/**
 * gxdp_start_xmit_82574 - ndo_start_xmit
 * @skb: frame, up to 64 KiB with TSO
 * @netdev: device
 *
 * Under the queue's _xmit_lock, BHs off.
 */
netdev_tx_t gxdp_start_xmit_82574(struct sk_buff *skb, struct net_device *netdev)
{
	return gxdp_start_xmit(skb, netdev, &gxdp_tx_ext);
}

/**
 * gxdp_start_xmit_82576 - ndo_start_xmit
 * @skb: frame, up to 64 KiB with TSO
 * @netdev: device
 *
 * Under the queue's _xmit_lock, BHs off.
 */
netdev_tx_t gxdp_start_xmit_82576(struct sk_buff *skb, struct net_device *netdev)
{
	return gxdp_start_xmit(skb, netdev, &gxdp_tx_adv);
}

/**
 * gxdp_features_check - what the chip cannot do for this skb
 * @skb: frame
 * @netdev: device
 * @features: what the stack would like to leave to us
 *
 * The context descriptor holds header offsets in single bytes; small segments
 * would need more descriptors than a frame can have (gxdp_tx_8254x).
 */
netdev_features_t gxdp_features_check(struct sk_buff *skb, struct net_device *netdev,
				      netdev_features_t features)
{
	const struct gxdp_nic *nic = netdev_priv(netdev);

	features = vlan_features_check(skb, features);
	if (!skb_is_gso(skb))
		return features;
	if (skb_tcp_all_headers(skb) > 240 || skb_shinfo(skb)->gso_size < nic->family->tso_min_mss)
		features &= ~NETIF_F_GSO_MASK;
	return features;
}

/* What a poll's cleaning adds up to. */
struct gxdp_tx_done {
	unsigned int packets, bytes;	/* skbs, for BQL */
	u64 segs;
	unsigned int xsk;
};

/*
 * A page that XDP_TX sent. One of XDP's own rings may have sent pages of
 * another pair, whose poll runs elsewhere: those go back by way of their pool. So do all
 * where it is not the pair's poll that cleans, but the control path.
 */
static __always_inline void gxdp_tx_give_back(struct gxdp_rx *rx, struct page *page, int budget)
{
	if (likely(budget > 0 && page->pp == rx->page_pool))
		gxdp_rx_give_back(rx, page, true);
	else
		page_pool_put_full_page(page->pp, page, false);
}

static __always_inline void gxdp_tx_release(struct gxdp_tx *tx, struct gxdp_tx_slot *slot,
					    int budget, struct gxdp_tx_done *done)
{
	switch (slot->kind) {
	case GXDP_TX_PAGE:
		gxdp_tx_give_back(tx->pair->rx, slot->page, budget);
		break;
	case GXDP_TX_SKB:
		gxdp_tx_unmap(tx, slot);
		done->packets++;
		done->bytes += slot->bytes;
		done->segs += skb_shinfo(slot->skb)->gso_segs ?: 1;
		napi_consume_skb(slot->skb, budget);
		break;
	case GXDP_TX_FRAME:
		gxdp_tx_unmap(tx, slot);
		/* its page may belong to a poll on another processor */
		xdp_return_frame(slot->frame);
		break;
	case GXDP_TX_UMEM:
		xsk_buff_free(slot->xsk);
		break;
	default:
		gxdp_tx_unmap(tx, slot);
	}
}

/* One that cannot be kept at once. */
static noinline void gxdp_tx_give_back_other(struct gxdp_rx *rx, struct page *page, int budget)
{
	gxdp_tx_give_back(rx, page, budget);
}

/* Those of a whole batch, as a rule from the pair's own ring, which then has spare ones. */
static __always_inline void gxdp_tx_release_pages(struct gxdp_tx *tx, u16 first, u16 last,
						  int budget)
{
	const struct gxdp_tx_slot *slot = &tx->slot[first], *const end = &tx->slot[last + 1];
	struct gxdp_rx *rx = tx->pair->rx;
	const struct page_pool *pool = gxdp_rx_pool_polled(budget > 0 ? rx : NULL);

	for (; slot < end; slot++) {
		struct page *page = slot->page;

		if (unlikely(page->pp != pool || !gxdp_rx_keep(rx, page)))
			gxdp_tx_give_back_other(rx, page, budget);
	}
}

/*
 * Their pages may belong to a poll on another processor; what they come from takes them
 * back some at a time.
 */
static void gxdp_tx_release_frames(struct gxdp_tx *tx, u16 first, u16 last)
{
	const struct gxdp_tx_slot *slot = &tx->slot[first], *end = &tx->slot[last + 1];
	const bool mapped = slot->kind == GXDP_TX_FRAMES_MAPPED;
	struct xdp_frame_bulk bulk;

	xdp_frame_bulk_init(&bulk);
	rcu_read_lock();
	for (; slot < end; slot++) {
		if (mapped)
			dma_unmap_page(tx->dev, slot->dma, slot->frame->len, DMA_TO_DEVICE);
		xdp_return_frame_bulk(slot->frame, &bulk);
	}
	xdp_flush_frame_bulk(&bulk);
	rcu_read_unlock();
}

/*
 * Has this report batch nothing but skbs? Only those may be released in netpoll,
 * which comes with interrupts off: page_pool and AF_XDP are not to be called then.
 */
static bool gxdp_tx_batch_is_stack(const struct gxdp_tx *tx, u16 first, u16 last)
{
	u16 i;

	for (i = first;; i = i + 1 == tx->count ? 0 : i + 1) {
		if (tx->slot[i].kind != GXDP_TX_SKB && tx->slot[i].kind != GXDP_TX_NONE)
			return false;
		if (i == last)
			return true;
	}
}

/* Release one report batch; returns how many slots it had. */
static __always_inline unsigned int gxdp_tx_release_batch(struct gxdp_tx *tx, u16 first, u16 last,
							  int budget, struct gxdp_tx_done *done)
{
	unsigned int n = last - first + 1 + (last < first ? tx->count : 0);
	unsigned int i;

	switch (tx->slot[first].kind) {
	case GXDP_TX_XSK:
	case GXDP_TX_XSK_STAMP:
		done->xsk += n - tx->slot[first].bytes;
		return n;
	case GXDP_TX_PAGES:
		gxdp_tx_release_pages(tx, first, last, budget);
		return n;
	case GXDP_TX_FRAMES:
	case GXDP_TX_FRAMES_MAPPED:
		gxdp_tx_release_frames(tx, first, last);
		return n;
	case GXDP_TX_COPIES:
		return n;
	}
	for (i = first;; i++) {
		if (unlikely(i == tx->count))
			i = 0;
		gxdp_tx_release(tx, &tx->slot[i], budget, done);
		if (i == last)
			return n;
	}
}

static void gxdp_tx_done(struct gxdp_tx *tx, const struct gxdp_tx_done *done)
{
	struct gxdp_pair *pair = tx->pair;

	if (done->xsk)
		xsk_tx_completed(tx->pool, done->xsk);
	if (!done->packets)
		return;
	netdev_tx_completed_queue(tx->txq, done->packets, done->bytes);
	u64_stats_update_begin(&pair->tx_sync);
	pair->tx_counts.packets += done->segs;
	pair->tx_counts.bytes += done->bytes;
	u64_stats_update_end(&pair->tx_sync);
}

/*
 * Of what comes free while the stack waits some is kept for it, also in the poll that wakes
 * it: it sends when that is over. Else who always has more to send would leave it nothing.
 */
static void gxdp_tx_maybe_wake(struct gxdp_tx *tx)
{
	bool waits;
	u16 owed;

	if (!tx->txq)
		return;		/* XDP's own: nobody waits for room */
	/* pairs with gxdp_tx_maybe_stop(): our ntc first, then its state */
	smp_mb();
	waits = netif_tx_queue_stopped(tx->txq);
	owed = waits ? min(GXDP_TX_OWED, tx->count / 2) : 0;
	if (unlikely(tx->owed != owed))
		WRITE_ONCE(tx->owed, owed);
	if (waits && READ_ONCE(tx->open) &&
	    gxdp_tx_unused(tx) >= min_t(unsigned int, GXDP_TX_WAKE, tx->count / 2)) {
		u64_stats_update_begin(&tx->pair->tx_sync);
		tx->counts->wake++;
		u64_stats_update_end(&tx->pair->tx_sync);
		netif_tx_wake_queue(tx->txq);
	}
}

/**
 * gxdp_tx_clean - release what the chip has sent
 * @tx: ring
 * @budget: the poll's budget; 0 from netpoll: the stack's frames alone, and none
 *	that come after another's
 *
 * NAPI context of the ring's pair. Returns false if more is waiting.
 */
bool gxdp_tx_clean(struct gxdp_tx *tx, int budget)
{
	/* pairs with the release in gxdp_tx_report() */
	u16 end = smp_load_acquire(&tx->batch);
	int left = GXDP_TX_CLEAN_MAX;
	struct gxdp_tx_done done = {};
	u16 ntc = tx->ntc;

	if (ntc == end)
		return true;
	while (ntc != end && left > 0) {
		u16 last = tx->slot[ntc].report;

		if (!(READ_ONCE(tx->desc[last].data.opts_sta) & cpu_to_le32(TXD_STA_DD)))
			break;
		dma_rmb();
		if (unlikely(!budget) && !gxdp_tx_batch_is_stack(tx, ntc, last))
			break;
		if (unlikely(tx->slot[ntc].kind == GXDP_TX_XSK_STAMP) &&
		    !gxdp_ptp_tx_xsk_done(tx->pair->nic, false))
			break;
		left -= gxdp_tx_release_batch(tx, ntc, last, budget, &done);
		ntc = last + 1 == tx->count ? 0 : last + 1;
	}
	if (ntc == tx->ntc)
		return true;
	WRITE_ONCE(tx->cleaned, tx->cleaned + GXDP_TX_CLEAN_MAX - left);
	/* pairs with the acquire in gxdp_tx_unused() */
	smp_store_release(&tx->ntc, ntc);
	gxdp_tx_done(tx, &done);
	gxdp_tx_maybe_wake(tx);
	return left > 0;
}

/**
 * gxdp_tx_waits - has the chip sent something that no poll has taken back?
 * @tx: ring; its poll may run, and then that is a guess
 *
 * What waits for its stamp waits for no poll.
 */
bool gxdp_tx_waits(const struct gxdp_tx *tx)
{
	const u16 ntc = READ_ONCE(tx->ntc);
	const struct gxdp_tx_slot *slot = &tx->slot[ntc];

	/* pairs with the release in gxdp_tx_report() */
	if (ntc == smp_load_acquire(&tx->batch) || READ_ONCE(slot->kind) == GXDP_TX_XSK_STAMP)
		return false;
	return READ_ONCE(tx->desc[READ_ONCE(slot->report)].data.opts_sta) &
	       cpu_to_le32(TXD_STA_DD);
}

/**
 * gxdp_tx_drained - has everything queued been sent and cleaned?
 * @tx: ring
 */
bool gxdp_tx_drained(struct gxdp_tx *tx)
{
	return READ_ONCE(tx->ntc) == READ_ONCE(tx->ntu);
}

/* Frames that end in the slots from @first to @last. */
static unsigned int gxdp_tx_ends(const struct gxdp_tx *tx, u16 first, u16 last)
{
	unsigned int n = 0;
	u16 i;

	for (i = first;; i = i + 1 == tx->count ? 0 : i + 1) {
		u32 cmd = le32_to_cpu(tx->desc[i].data.cmd_len);

		/* contexts have other bits there; only data is of an odd type */
		n += (cmd & (TXD_TYPE_DATA | TXD_CMD_EOP)) == (TXD_TYPE_DATA | TXD_CMD_EOP) &&
		     (u16)cmd;
		if (i == last)
			return n;
	}
}

/* Under what guards its counts, though nobody queues any more: they may be read. */
static void gxdp_tx_count_lost(struct gxdp_tx *tx, unsigned int lost, unsigned int dropped)
{
	local_bh_disable();
	if (tx->txq)
		__netif_tx_lock(tx->txq, smp_processor_id());
	else
		u64_stats_update_begin(tx->sync);
	tx->counts->lost_in_reset += lost;
	tx->counts->dropped += dropped;
	if (tx->txq)
		__netif_tx_unlock(tx->txq);
	else
		u64_stats_update_end(tx->sync);
	local_bh_enable();
}

/**
 * gxdp_tx_abandon - release what the chip never sent
 * @tx: ring; closed, the chip reset and the poll disabled
 *
 * AF_XDP frames among them are completed: the application gets its buffers
 * back. What is lost is counted.
 */
void gxdp_tx_abandon(struct gxdp_tx *tx)
{
	struct gxdp_tx_done done = {};
	unsigned int lost = 0;
	u16 ntc = tx->ntc;

	gxdp_tx_report(tx);
	while (ntc != tx->batch) {
		u16 last = tx->slot[ntc].report;

		if (tx->slot[ntc].kind == GXDP_TX_XSK_STAMP)
			gxdp_ptp_tx_xsk_done(tx->pair->nic, true);
		lost += gxdp_tx_ends(tx, ntc, last);
		gxdp_tx_release_batch(tx, ntc, last, 0, &done);
		ntc = last + 1 == tx->count ? 0 : last + 1;
	}
	if (done.xsk)
		xsk_tx_completed(tx->pool, done.xsk);
	/* the others were counted as sent when they were queued */
	gxdp_tx_count_lost(tx, lost, done.packets);
	tx->ntc = ntc;
	if (tx->txq)
		netdev_tx_reset_queue(tx->txq);
}

/**
 * gxdp_tx_rewind - start at the ring's beginning
 * @tx: ring, empty; the transmitter is off
 */
void gxdp_tx_rewind(struct gxdp_tx *tx)
{
	memset(tx->desc, 0, tx->count * sizeof(*tx->desc));
	tx->ntu = 0;
	tx->batch = 0;
	tx->rung = 0;
	tx->after_tso = false;
	tx->ntc = 0;
	tx->owed = 0;
	tx->stuck_cleaned = tx->cleaned;
	tx->stuck = 0;		/* if it hangs again, that is another hang */
}

/* Zeroes for the chip to read, where short AF_XDP frames need them. */
static bool gxdp_tx_map_pad(struct gxdp_tx *tx, const struct gxdp_family *family)
{
	dma_addr_t dma;

	if (!(family->flags & GXDP_F_PAD_FRAMES))
		return true;
	dma = dma_map_page(tx->dev, ZERO_PAGE(0), 0, ETH_ZLEN, DMA_TO_DEVICE);
	if (dma_mapping_error(tx->dev, dma))
		return false;
	tx->pad_dma = dma;
	return true;
}

/* Where short frames are copied to. Without it they are mapped like long ones. */
static void gxdp_tx_alloc_copies(struct gxdp_tx *tx)
{
	tx->copies = dma_alloc_coherent(tx->dev, tx->count * GXDP_TX_COPY_MAX, &tx->copies_dma,
					GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY);
}

static struct gxdp_tx *__gxdp_tx_alloc(struct gxdp_nic *nic, const struct gxdp_config *cfg)
{
	struct device *dev = &nic->pdev->dev;
	struct gxdp_tx *tx;

	tx = kzalloc(sizeof(*tx), GFP_KERNEL);
	if (!tx)
		return ERR_PTR(-ENOMEM);
	tx->dev = dev;
	tx->count = cfg->tx_count;
	tx->slot = kvcalloc(tx->count, sizeof(*tx->slot), GFP_KERNEL);
	if (!tx->slot)
		goto err_free;
	tx->desc = dma_alloc_coherent(dev, tx->count * sizeof(*tx->desc), &tx->desc_dma,
				      GFP_KERNEL | __GFP_NOWARN);
	if (!tx->desc)
		goto err_free;
	if (!gxdp_tx_map_pad(tx, nic->family))
		goto err_free;
	gxdp_tx_alloc_copies(tx);
	tx->unmaps = dma_need_unmap(dev);
	return tx;

err_free:
	gxdp_tx_free(tx);
	return ERR_PTR(-ENOMEM);
}

/**
 * gxdp_tx_alloc - an empty transmit ring
 * @pair: where it will serve
 * @cfg: ring size and AF_XDP pool it is for
 *
 * Process context; does not touch the chip. Returns the ring or an
 * ERR_PTR().
 */
struct gxdp_tx *gxdp_tx_alloc(struct gxdp_pair *pair, const struct gxdp_config *cfg)
{
	struct gxdp_tx *tx = __gxdp_tx_alloc(pair->nic, cfg);

	if (IS_ERR(tx))
		return tx;
	tx->pair = pair;
	tx->counts = &pair->tx_counts;
	tx->txq = netdev_get_tx_queue(pair->nic->netdev, pair->index);
	tx->pool = cfg->pool[pair->index];
	return tx;
}

/**
 * gxdp_tx_alloc_xdp - an empty transmit ring of XDP's own
 * @nic: device
 * @cfg: ring size
 * @i: which of them
 *
 * As gxdp_tx_alloc().
 */
struct gxdp_tx *gxdp_tx_alloc_xdp(struct gxdp_nic *nic, const struct gxdp_config *cfg,
				  unsigned int i)
{
	struct gxdp_tx *tx = __gxdp_tx_alloc(nic, cfg);

	if (IS_ERR(tx))
		return tx;
	tx->counts = &nic->xdp_counts[i];
	tx->sync = &nic->xdp_sync[i];
	return tx;
}

/**
 * gxdp_tx_free - give back a transmit ring
 * @tx: ring, also a half-built one; emptied before (gxdp_tx_abandon())
 */
void gxdp_tx_free(struct gxdp_tx *tx)
{
	if (tx->desc)
		dma_free_coherent(tx->dev, tx->count * sizeof(*tx->desc), tx->desc, tx->desc_dma);
	if (tx->copies)
		dma_free_coherent(tx->dev, tx->count * GXDP_TX_COPY_MAX, tx->copies,
				  tx->copies_dma);
	if (tx->pad_dma)
		dma_unmap_page(tx->dev, tx->pad_dma, ETH_ZLEN, DMA_TO_DEVICE);
	kvfree(tx->slot);
	kfree(tx);
}
