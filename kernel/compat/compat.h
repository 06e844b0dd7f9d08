/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only place that knows kernels differ. compat/probe.sh looks the
 * needed interfaces up in the headers being built against and writes
 * HAVE_* to config.h; here each missing one gets its stand-in. The rest of
 * the driver is written for the newest kernel.
 */
#ifndef GXDP_COMPAT_H
#define GXDP_COMPAT_H

#include "config.h"

#include <linux/dim.h>
#include <linux/dma-mapping.h>
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/xdp_sock_drv.h>

#ifdef HAVE_PAGE_POOL_HELPERS
#include <net/page_pool/helpers.h>
#else
#include <net/page_pool.h>
#endif
#ifdef HAVE_NETDEV_LOCK
#include <net/netdev_lock.h>
#endif
#ifdef HAVE_NETDEV_STAT_OPS
#include <net/netdev_queues.h>
#endif
#include <net/xsk_buff_pool.h>

/*
 * 6.10: pages freed in the pool's own NAPI context go straight back to it, from
 * when the driver has said which NAPI that is (6.17 has a function for it) until it
 * says that the NAPI is done with the pool.
 */
#ifndef HAVE_PAGE_POOL_DIRECT
static inline void page_pool_disable_direct_recycling(struct page_pool *pool) { }
#endif
#ifndef HAVE_PAGE_POOL_ENABLE_DIRECT
static inline void page_pool_enable_direct_recycling(struct page_pool *pool,
						     struct napi_struct *napi)
{
#ifdef HAVE_PAGE_POOL_DIRECT
	WRITE_ONCE(pool->p.napi, napi);
#endif
}
#endif

/* 6.17: the queue of schedule_work() has another name; 7.3 complains of the old one. */
#ifdef HAVE_SYSTEM_PERCPU_WQ
#define gxdp_system_wq	system_percpu_wq
#else
#define gxdp_system_wq	system_wq
#endif

/* Whose page pool it is, for those who list them. */
static inline void gxdp_page_pool_netdev(struct page_pool_params *params,
					 struct net_device *netdev)
{
#ifdef HAVE_PAGE_POOL_NETDEV
	params->netdev = netdev;
#endif
}

/* 6.10: does this device need DMA syncs at all? Before: ask for an address. */
#ifdef HAVE_DMA_DEV_NEED_SYNC
static inline bool gxdp_dma_need_sync(struct device *dev, dma_addr_t addr)
{
	return dma_dev_need_sync(dev);
}

static inline bool gxdp_dma_need_sync_now(struct device *dev)
{
	return dma_dev_need_sync(dev);
}

static inline bool gxdp_xsk_needs_sync(const struct xsk_buff_pool *pool)
{
	return false;		/* if it did, the device would */
}

static inline void gxdp_xsk_unmapped(struct xsk_buff_pool *pool)
{
}
#else
static inline bool gxdp_dma_need_sync(struct device *dev, dma_addr_t addr)
{
	return dma_need_sync(dev, addr);
}

static inline bool gxdp_dma_need_sync_now(struct device *dev)
{
	return false;
}

static inline bool gxdp_xsk_needs_sync(const struct xsk_buff_pool *pool)
{
	return pool->dma_need_sync;
}

/* Before 6.10 a pool that is unmapped, and goes on with copies, would be synced all the same */
static inline void gxdp_xsk_unmapped(struct xsk_buff_pool *pool)
{
	pool->dma_need_sync = false;
}
#endif

/* 6.18: memory in the kernel's direct mapping is mapped without its struct page. */
static inline dma_addr_t gxdp_dma_map(struct device *dev, void *data, size_t len,
				      enum dma_data_direction dir)
{
#ifdef HAVE_DMA_MAP_PHYS
	return dma_map_phys(dev, virt_to_phys(data), len, dir, 0);
#else
	return dma_map_page(dev, virt_to_page(data), offset_in_page(data), len, dir);
#endif
}

/* 6.16: may unmapping be left out? Before, nobody can tell. */
#ifndef HAVE_DMA_NEED_UNMAP
static inline bool dma_need_unmap(struct device *dev)
{
	return true;
}
#endif

/* 6.15: configuration is guarded by a lock of the device's own. */
static inline void gxdp_request_ops_lock(struct net_device *netdev)
{
#ifdef HAVE_REQUEST_OPS_LOCK
	netdev->request_ops_lock = true;
#endif
}

#ifndef HAVE_NETDEV_LOCK
static inline void netdev_lock_ops(struct net_device *dev) { }
static inline void netdev_unlock_ops(struct net_device *dev) { }
#endif

/*
 * 6.14: NAPI functions for callers that hold that lock, which the core takes for us
 * from 6.15 on.
 */
#if !defined(HAVE_NAPI_LOCKED) || !defined(HAVE_REQUEST_OPS_LOCK)
#define napi_enable_locked		napi_enable
#define napi_disable_locked		napi_disable
#define netif_napi_add_config_locked	netif_napi_add_config
#define netif_napi_set_irq_locked	netif_napi_set_irq
#define __netif_napi_del_locked		__netif_napi_del
#endif

/* 6.8: which NAPI serves which queue, and by which interrupt. */
#ifndef HAVE_NETIF_QUEUE_SET_NAPI
enum netdev_queue_type {
	NETDEV_QUEUE_TYPE_RX,
	NETDEV_QUEUE_TYPE_TX,
};

static inline void netif_queue_set_napi(struct net_device *dev, unsigned int queue,
					enum netdev_queue_type type, struct napi_struct *napi)
{
}

static inline void netif_napi_set_irq(struct napi_struct *napi, int irq) { }
#endif

/*
 * 6.13: a NAPI's id and settings outlive it. Before, its id would change under the
 * sockets that busy-poll by it: there NAPIs stay on the device's list, disabled.
 */
#ifdef HAVE_NETIF_NAPI_ADD_CONFIG
#define GXDP_NAPI_COMES_BACK		true
#else
#define GXDP_NAPI_COMES_BACK		false

static inline void netif_napi_add_config(struct net_device *dev, struct napi_struct *napi,
					 int (*poll)(struct napi_struct *, int), int index)
{
	netif_napi_add(dev, napi, poll);
}
#endif

/*
 * The NAPI that an AF_XDP socket busy-polls: its queue's. Before, the one that was
 * registered with the memory that it receives into.
 */
static inline void gxdp_rxq_set_napi_id(struct xdp_rxq_info *rxq, unsigned int napi_id)
{
#ifdef HAVE_XDP_RXQ_NAPI_ID
	rxq->napi_id = napi_id;
#endif
}

/* 6.8: PCI_IRQ_LEGACY got its proper name. */
#ifndef HAVE_PCI_IRQ_INTX
#define PCI_IRQ_INTX			PCI_IRQ_LEGACY
#endif

/* 6.19: the skb frags helper takes the buffer's flags. */
#ifndef HAVE_XDP_FRAGS_INFO
#define xdp_update_skb_frags_info(skb, nr, size, truesize, flags)	\
	xdp_update_skb_shared_info(skb, nr, size, truesize,		\
				   !!((flags) & XDP_FLAGS_FRAGS_PF_MEMALLOC))
#define xdp_buff_get_skb_flags(xdp)	((xdp)->flags)
#endif

#ifndef HAVE_XSK_SYNC_ONE_ARG
static inline void gxdp_xsk_sync_for_cpu(struct xdp_buff *xdp, struct xsk_buff_pool *pool)
{
	xsk_buff_dma_sync_for_cpu(xdp, pool);
}
#else
static inline void gxdp_xsk_sync_for_cpu(struct xdp_buff *xdp, struct xsk_buff_pool *pool)
{
	xsk_buff_dma_sync_for_cpu(xdp);
}
#endif

/* 6.3: a umem buffer has room for the driver's word, right behind its xdp_buff. */
static __always_inline void gxdp_xsk_set_cb(struct xdp_buff *xdp, const void *word)
{
#ifdef HAVE_XSK_CB
	BUILD_BUG_ON(offsetof(struct xdp_buff_xsk, cb) != sizeof(struct xdp_buff));
	*(const void **)container_of(xdp, struct xdp_buff_xsk, xdp)->cb = word;
#endif
}

/*
 * 6.6: umem frames of several buffers. At first the driver filled the
 * shared info itself, later the core does. Without any of it a frame that
 * needs a second umem buffer cannot be had, and configuration refuses what
 * could lead there (gxdp_xsk_check()).
 */
#ifdef HAVE_XSK_FRAGS
#define GXDP_XSK_FRAGS			true
#define gxdp_xsk_takes_frags(pool)	((pool)->umem->flags & XDP_UMEM_SG_FLAG)
#else
#define GXDP_XSK_FRAGS			false
#define gxdp_xsk_takes_frags(pool)	((void)(pool), false)
#endif

#if defined(HAVE_XSK_FRAG_HEAD)
static inline bool gxdp_xsk_add_frag(struct xdp_buff *head, struct xdp_buff *xdp)
{
	return xsk_buff_add_frag(head, xdp);
}
#elif defined(HAVE_XSK_FRAGS)
/*
 * The core maps a umem by vmap(). The page by arithmetic, as the core makes it later,
 * is good for one thing alone, which is all that is asked of it: to get back to the
 * address. Where pages are looked up in a table of sections, it has to be the true one.
 */
static inline struct page *gxdp_xsk_page(const void *data)
{
	if (IS_ENABLED(CONFIG_SPARSEMEM) && !IS_ENABLED(CONFIG_SPARSEMEM_VMEMMAP))
		return vmalloc_to_page(data);
	return virt_to_page(data);
}

static inline bool gxdp_xsk_add_frag(struct xdp_buff *head, struct xdp_buff *xdp)
{
	struct skb_shared_info *sinfo = xdp_get_shared_info_from_buff(head);

	if (!xdp_buff_has_frags(head)) {
		sinfo->nr_frags = 0;
		sinfo->xdp_frags_size = 0;
		xdp_buff_set_frags_flag(head);
	}
	if (sinfo->nr_frags == MAX_SKB_FRAGS)
		return false;
	__skb_fill_page_desc_noacc(sinfo, sinfo->nr_frags++, gxdp_xsk_page(xdp->data),
				   offset_in_page(xdp->data), xdp->data_end - xdp->data);
	sinfo->xdp_frags_size += xdp->data_end - xdp->data;
	xsk_buff_add_frag(xdp);
	return true;
}
#else
static inline bool gxdp_xsk_add_frag(struct xdp_buff *head, struct xdp_buff *xdp)
{
	return false;
}

static inline struct xdp_buff *xsk_buff_get_frag(struct xdp_buff *first)
{
	return NULL;
}
#endif

#ifndef HAVE_XSK_EOP_DESC
static inline bool xsk_is_eop_desc(const struct xdp_desc *desc)
{
	return true;
}
#endif

/* 6.8: transmit metadata. */
#ifdef HAVE_XSK_TX_METADATA
#define gxdp_xsk_has_meta(pool)		((pool)->tx_metadata_len > 0)
#else
#define gxdp_xsk_has_meta(pool)		((void)(pool), false)
#define XDP_TX_METADATA			0
struct xsk_tx_metadata_compl {
	__u64 *tx_timestamp;
};
#endif

/*
 * Newer kernels: the core minds how many descriptors it has
 * room for, and hands out whole frames only. Before, with several sockets on
 * one pool, it wrote as many as it was asked for, into an array as long as
 * the first socket's ring: ask for one at a time.
 */
static __always_inline u32 gxdp_xsk_tx_step(const struct xsk_buff_pool *pool, u32 want)
{
#ifndef HAVE_XSK_TX_DESCS_NENTRIES
	if (unlikely(!list_is_singular(&pool->xsk_tx_list)))
		return 1;
#endif
	return want;
}

/* How far the program may grow a frame's last umem fragment. */
#ifdef HAVE_XSK_FRAG_STEP
static inline u32 gxdp_xsk_frag_step(struct xsk_buff_pool *pool)
{
	return xsk_pool_get_rx_frag_step(pool);
}
#else
static inline u32 gxdp_xsk_frag_step(struct xsk_buff_pool *pool)
{
	return 0;
}
#endif

/*
 * Net DIM is only there if another driver of the kernel's has asked for it.
 * 6.13: the sample goes by reference.
 */
#if IS_ENABLED(CONFIG_DIMLIB)
#define GXDP_HAS_DIM		true

static inline unsigned int gxdp_dim_usecs(const struct dim *dim)
{
	return net_dim_get_rx_moderation(dim->mode, dim->profile_ix).usec;
}

static inline void gxdp_net_dim(struct dim *dim, const struct dim_sample *sample)
{
#ifdef HAVE_NET_DIM_POINTER
	net_dim(dim, sample);
#else
	net_dim(dim, *sample);
#endif
}
#else
#define GXDP_HAS_DIM		false

static inline unsigned int gxdp_dim_usecs(const struct dim *dim)
{
	return 0;
}

static inline void gxdp_net_dim(struct dim *dim, const struct dim_sample *sample)
{
}
#endif

#endif /* GXDP_COMPAT_H */
