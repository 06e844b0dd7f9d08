#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Looks the interfaces the driver would like up in the headers being built
# against, and writes what is there to config.h. Versions are not asked:
# distributions backport.
#
# usage: probe.sh KERNEL-SOURCE-DIR OUTPUT
# One line per need: NAME, header below include/, extended regular expression.
set -eu

src=$1
out=$2

needs() {
	cat <<'LIST'
PAGE_POOL_HELPERS	net/page_pool/helpers.h	page_pool_dev_alloc_pages
PAGE_POOL_DIRECT	net/page_pool/types.h	page_pool_disable_direct_recycling\(
PAGE_POOL_ENABLE_DIRECT	net/page_pool/types.h	page_pool_enable_direct_recycling\(
SYSTEM_PERCPU_WQ	linux/workqueue.h	\*system_percpu_wq;
NETDEV_LOCK		net/netdev_lock.h	netdev_lock_ops\(
REQUEST_OPS_LOCK	linux/netdevice.h	request_ops_lock;
NAPI_LOCKED		linux/netdevice.h	napi_enable_locked\(
NETIF_NAPI_ADD_CONFIG	linux/netdevice.h	netif_napi_add_config\(
NETIF_QUEUE_SET_NAPI	linux/netdevice.h	netif_queue_set_napi\(
NDO_SET_RX_MODE_ASYNC	linux/netdevice.h	\(\*ndo_set_rx_mode_async\)
PCI_IRQ_INTX		linux/pci.h		define PCI_IRQ_INTX
NETDEV_STAT_OPS		net/netdev_queues.h	struct netdev_stat_ops
QUEUE_MGMT_QCFG		net/netdev_queues.h	struct netdev_queue_config \*qcfg,
DMA_DEV_NEED_SYNC	linux/dma-mapping.h	dma_dev_need_sync\(
DMA_MAP_PHYS		linux/dma-mapping.h	dma_addr_t dma_map_phys\(
DMA_NEED_UNMAP		linux/dma-mapping.h	dma_need_unmap\(
XDP_FEATURES		net/xdp.h		xdp_set_features_flag\(
XDP_METADATA_OPS	net/xdp.h		struct xdp_metadata_ops
XMO_RX_VLAN_TAG		net/xdp.h		xmo_rx_vlan_tag\)
XDP_RXQ_NAPI_ID		net/xdp.h		unsigned int napi_id;
XDP_FRAGS_INFO		net/xdp.h		xdp_update_skb_frags_info\(
XSK_CB			net/xsk_buff_pool.h	u8 cb\[XSK_PRIV_MAX\]
XSK_FRAGS		net/xdp_sock_drv.h	xsk_buff_add_frag\(
XSK_FRAG_HEAD		net/xdp_sock_drv.h	xsk_buff_add_frag\(struct xdp_buff \*head
XSK_TX_DESCS_NENTRIES	net/xsk_buff_pool.h	u32 tx_descs_nentries;
XSK_SYNC_ONE_ARG	net/xdp_sock_drv.h	xsk_buff_dma_sync_for_cpu\(struct xdp_buff \*xdp\)
XSK_FRAG_STEP		net/xdp_sock_drv.h	xsk_pool_get_rx_frag_step\(
PAGE_POOL_NETDEV	net/page_pool/types.h	struct net_device[[:space:]]*\*netdev;
XSK_EOP_DESC		net/xdp_sock_drv.h	xsk_is_eop_desc\(
XSK_TX_METADATA		net/xdp_sock.h		struct xsk_tx_metadata_ops \{
XSK_META_OPTIONS	net/xdp_sock_drv.h	xsk_buff_get_metadata\(struct xsk_buff_pool \*pool, u64 addr, u32 options\)
XSK_META_REQUEST_POOL	net/xdp_sock_drv.h	struct xsk_tx_metadata \*\*pmeta
XDP_ZC_MAX_SEGS		linux/netdevice.h	xdp_zc_max_segs;
DEVLINK_REPORTER_PERIODS	net/devlink.h	default_graceful_period;
CYCLECOUNTER_READ_CONST	linux/timecounter.h	\(\*read\)\(const struct cyclecounter
KERNEL_ETHTOOL_TS_INFO	linux/ethtool.h		struct kernel_ethtool_ts_info \{
ADJUST_BY_SCALED_PPM	linux/ptp_clock_kernel.h	u64 adjust_by_scaled_ppm\(
NDO_HWTSTAMP		linux/netdevice.h	\(\*ndo_hwtstamp_set\)
KERNEL_HWTSTAMP_CONFIG	linux/net_tstamp.h	struct kernel_hwtstamp_config \{
NET_DIM_POINTER		linux/dim.h		net_dim\(struct dim \*dim, const struct
ETHTOOL_RXFH_PARAM	linux/ethtool.h		struct ethtool_rxfh_param \{
ETHTOOL_RXFH_FIELDS	linux/ethtool.h		get_rxfh_fields\)
ETHTOOL_RX_RING_COUNT	linux/ethtool.h		get_rx_ring_count\)
ETHTOOL_SET_DATA_SPLIT	linux/ethtool.h		ETHTOOL_RING_USE_TCP_DATA_SPLIT
ETHTOOL_SET_HDS_THRESH	linux/ethtool.h		ETHTOOL_RING_USE_HDS_THRS
ETHTOOL_OP_NEEDS_RTNL	linux/ethtool.h		op_needs_rtnl;
LIST
}

tmp=$out.$$
trap 'rm -f "$tmp"' EXIT
{
	echo "/* Written by compat/probe.sh from the headers in use. */"
	needs | while read -r name header regex; do
		if grep -Eqs -- "$regex" "$src/include/$header"; then
			echo "#define HAVE_$name 1"
		else
			echo "/* HAVE_$name: not in $header */"
		fi
	done
} >"$tmp"
# Left alone when nothing changed, so that make has nothing to do.
cmp -s "$tmp" "$out" 2>/dev/null || cp "$tmp" "$out"
