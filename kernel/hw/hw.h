/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the family files share: mac.c, phy.c and nvm.c speak to registers
 * that are the same in every chip of the e1000 model.
 */
#ifndef GXDP_HW_HW_H
#define GXDP_HW_HW_H

#include "family.h"
#include "regs.h"

/* mac.c */
int gx_mac_quiesce(struct gxdp_nic *nic);
u32 gx_mac_irq_ack_line(struct gxdp_nic *nic, u32 icr, u32 queues, bool ours);
void gx_mac_irq_raise(struct gxdp_nic *nic, const struct gxdp_pair *pair);
void gx_mac_irq_mask(struct gxdp_nic *nic);
void gx_mac_irq_unmask(struct gxdp_nic *nic);
u32 gx_mac_itr(unsigned int usecs);
int gx_mac_wait_autoload(struct gxdp_nic *nic);
void gx_mac_rctl(struct gxdp_nic *nic, u32 clear, u32 set);
void gx_mac_rx_filters(struct gxdp_nic *nic, const struct netdev_hw_addr_list *uc,
		       const struct netdev_hw_addr_list *mc);
void gx_mac_vlan_filter(struct gxdp_nic *nic, u16 vid);
void gx_mac_vlan_table(struct gxdp_nic *nic);
void gx_mac_vlan_mode(struct gxdp_nic *nic);
void gx_mac_rx_on(struct gxdp_nic *nic);
void gx_mac_rx_off(struct gxdp_nic *nic);
void gx_mac_rx_ring(struct gxdp_nic *nic, struct gxdp_rx *rx, unsigned int queue);
void gx_mac_tx_ring(struct gxdp_nic *nic, struct gxdp_tx *tx, unsigned int queue);
void gx_mac_tx_setup(struct gxdp_nic *nic);
void gx_mac_tx_on(struct gxdp_nic *nic);
void gx_mac_link_mode(struct gxdp_nic *nic, const struct gxdp_link *link);
void gx_mac_flow_control(struct gxdp_nic *nic, const struct gxdp_link *link,
			 unsigned int buffer, unsigned int late);
u64 gx_mac_clock_read(const struct gxdp_nic *nic, struct ptp_system_timestamp *sts);
void gx_mac_own(struct gxdp_nic *nic, bool driver_loaded);
void gx_mac_rss_tables(struct gxdp_nic *nic, u8 queues, unsigned int shift);
void gx_mac_led(struct gxdp_nic *nic, bool on);
void gx_mac_led_restore(struct gxdp_nic *nic);
void gx_mac_stats_read(struct gxdp_nic *nic);
u32 *gx_mac_dump(struct gxdp_nic *nic, const u16 *regs, unsigned int n, u32 *out);

/**
 * struct gx_phy_ops - a family's PHY
 * @setup: settings of its own, or NULL: make them, and set what is pointed to if they
 *	need a reset of the PHY to take effect. MDIO is acquired. 0 or an errno
 * @acquire: take MDIO, which the firmware uses too; 0 or an errno, having
 *	waited a bounded time
 * @release: give it back
 * @speed: speed and duplex of the link that was negotiated; down while they
 *	are not settled. MDIO is acquired. 0 or an errno
 */
struct gx_phy_ops {
	int (*setup)(struct gxdp_nic *nic, bool *reset);
	int (*acquire)(struct gxdp_nic *nic);
	void (*release)(struct gxdp_nic *nic);
	int (*speed)(struct gxdp_nic *nic, struct gxdp_link *link);
};

/* phy.c */
void gx_phy_wait_ready(struct gxdp_nic *nic);
int gx_phy_identify(struct gxdp_nic *nic);
bool gx_phy_kept(struct gxdp_nic *nic);
int gx_phy_start(struct gxdp_nic *nic);
int gx_phy_restart(struct gxdp_nic *nic);
int gx_phy_link(struct gxdp_nic *nic, struct gxdp_link *link);
int gx_phy_loopback(struct gxdp_nic *nic, bool on);
bool gx_phy_unsettled(struct gxdp_nic *nic);
bool gx_phy_awaits_link(struct gxdp_nic *nic);
int gx_phy_why_down(struct gxdp_nic *nic, enum ethtool_link_ext_substate_autoneg *why);
int gx_phy_setup_bm(struct gxdp_nic *nic, bool *reset);
int gx_phy_setup_igp(struct gxdp_nic *nic, bool *reset);
void gx_phy_watch_bm(struct gxdp_nic *nic);
int gx_phy_setup_m88(struct gxdp_nic *nic, bool *changed);
int gx_phy_m88_speed(struct gxdp_nic *nic, struct gxdp_link *link);
int gx_phy_marvell_speed(struct gxdp_nic *nic, struct gxdp_link *link);

/* wake.c */
#define GX_NVM_CONTROL_PORT_A	0x24	/* a port's settings in the NVM */
#define GX_NVM_CONTROL_PORT_B	0x14

bool gx_wake_in_nvm(struct gxdp_nic *nic, u16 word);
void gx_wake_default(struct gxdp_nic *nic, bool magic);
void gx_mac_wake_arm(struct gxdp_nic *nic);
void gx_mac_wake_disarm(struct gxdp_nic *nic);

/* nvm.c */
#define GX_NVM_WORDS		0x40	/* covered by the checksum, its word included */
#define GX_NVM_SUM		0xbaba

/**
 * struct gx_nvm_ops - how a family reads its NVM
 * @read: one word; 0 or an errno, having waited a bounded time
 * @may_be_flash: it can be a flash whose checksum is brought up to date later
 */
struct gx_nvm_ops {
	int (*read)(struct gxdp_nic *nic, u16 word, u16 *value);
	bool may_be_flash;
};

extern const struct gx_nvm_ops gx_nvm_eerd_ops;	/* 82574, 82576 */
int gx_nvm_eerd(struct gxdp_nic *nic, u16 word, u16 *value, unsigned int addr_shift, u32 done);
int gx_nvm_read(struct gxdp_nic *nic, u16 word, u16 *value);
int gx_nvm_sum(struct gxdp_nic *nic,
	       int (*read)(struct gxdp_nic *nic, u16 word, u16 *value), u16 *sum);
int gx_nvm_check(struct gxdp_nic *nic, const struct gx_nvm_ops *ops);
int gx_nvm_addr(struct gxdp_nic *nic, const struct gx_nvm_ops *ops, u16 word, u8 *addr);
int gx_nvm_identify(struct gxdp_nic *nic, const struct gx_nvm_ops *ops);

/* microwire.c */
int gx_microwire_read(struct gxdp_nic *nic, u16 word, u16 *value);

#endif /* GXDP_HW_HW_H */
