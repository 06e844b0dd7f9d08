/* SPDX-License-Identifier: GPL-2.0 */
/* 6.8: AF_XDP transmit metadata; included by xsk_meta.c alone. */
#ifndef GXDP_COMPAT_XSK_META_H
#define GXDP_COMPAT_XSK_META_H

#include "compat.h"

#ifdef HAVE_XSK_TX_METADATA
static inline void gxdp_set_xsk_tx_metadata_ops(struct net_device *netdev,
						const struct xsk_tx_metadata_ops *ops)
{
	netdev->xsk_tx_metadata_ops = ops;
}

static inline const struct xsk_tx_metadata_ops *
gxdp_xsk_tx_metadata_ops(const struct net_device *netdev)
{
	return netdev->xsk_tx_metadata_ops;
}

/*
 * Have the core read what was asked for, and call @ops. Returns the metadata, if it is
 * well-formed. 6.12: whether there is any is looked up in @options here, too; since
 * launch time came, what is well-formed depends on the pool.
 */
static inline struct xsk_tx_metadata *
gxdp_xsk_meta_request(struct xsk_buff_pool *pool, u64 addr, u32 options,
		      const struct xsk_tx_metadata_ops *ops, void *priv)
{
	struct xsk_tx_metadata *meta;

#ifdef HAVE_XSK_META_OPTIONS
	meta = xsk_buff_get_metadata(pool, addr, options);
#else
	meta = xsk_buff_get_metadata(pool, addr);
#endif
#ifdef HAVE_XSK_META_REQUEST_POOL
	xsk_tx_metadata_request(pool, &meta, ops, priv);
#else
	xsk_tx_metadata_request(meta, ops, priv);
#endif
	return meta;
}
#else
/* Nobody asks: what xsk_meta.c fills in, for the compiler to throw away. */
struct xsk_tx_metadata;

struct xsk_tx_metadata_ops {
	void (*tmo_request_timestamp)(void *priv);
	u64 (*tmo_fill_timestamp)(void *priv);
	void (*tmo_request_checksum)(u16 csum_start, u16 csum_offset, void *priv);
};

static inline void gxdp_set_xsk_tx_metadata_ops(struct net_device *netdev,
						const struct xsk_tx_metadata_ops *ops)
{
}

static inline const struct xsk_tx_metadata_ops *
gxdp_xsk_tx_metadata_ops(const struct net_device *netdev)
{
	return NULL;
}

static inline struct xsk_tx_metadata *
gxdp_xsk_meta_request(struct xsk_buff_pool *pool, u64 addr, u32 options,
		      const struct xsk_tx_metadata_ops *ops, void *priv)
{
	return NULL;
}

static inline void xsk_tx_metadata_to_compl(struct xsk_tx_metadata *meta,
					    struct xsk_tx_metadata_compl *compl)
{
}

static inline void xsk_tx_metadata_complete(struct xsk_tx_metadata_compl *compl,
					    const struct xsk_tx_metadata_ops *ops, void *priv)
{
}
#endif

#endif /* GXDP_COMPAT_XSK_META_H */
