// SPDX-License-Identifier: GPL-2.0
/*
 * devlink: what the device is ("devlink dev info"), and two health reporters,
 * tx and rx ("devlink health"). A hung transmitter is reported to tx, and a ring
 * without memory to rx; recovering is a reset of the chip, which keeps program,
 * AF_XDP sockets and settings. "diagnose" shows the rings now, "dump" what they
 * were, with the registers, when the trouble was found.
 *
 * Locks: the devlink instance's, then those of the control path, then hw_lock.
 * So nothing here is called with the latter held.
 */
#include "gxdp.h"
#include "compat/devlink.h"
#include "health.h"
#include "hw/family.h"
#include "hw/regs.h"

struct gxdp_devlink {
	struct gxdp_nic *nic;
};

static struct gxdp_nic *gxdp_reporter_nic(struct devlink_health_reporter *reporter)
{
	return devlink_health_reporter_priv(reporter);
}

static int gxdp_info_get(struct devlink *devlink, struct devlink_info_req *req,
			 struct netlink_ext_ack *extack)
{
	struct gxdp_devlink *priv = devlink_priv(devlink);
	char text[16];
	int err;

	snprintf(text, sizeof(text), "%08x", priv->nic->phy_id);
	err = devlink_info_version_fixed_put(req, "phy.id", text);
	if (!err)
		err = devlink_info_version_fixed_put(req, "asic.id", priv->nic->family->name);
	if (!err)
		err = devlink_info_version_running_put(req, "driver", GXDP_VERSION);
	return err;
}

static const struct devlink_ops gxdp_devlink_ops = {
	.info_get = gxdp_info_get,
};

static void gxdp_health_tx_ring(struct devlink_fmsg *fmsg, struct gxdp_nic *nic, unsigned int i)
{
	struct gxdp_tx *tx = nic->pair[i]->tx;

	devlink_fmsg_u32_pair_put(fmsg, "queue", i);
	devlink_fmsg_u32_pair_put(fmsg, "size", tx->count);
	devlink_fmsg_u32_pair_put(fmsg, "next_to_use", tx->ntu);
	devlink_fmsg_u32_pair_put(fmsg, "next_to_clean", READ_ONCE(tx->ntc));
	devlink_fmsg_u32_pair_put(fmsg, "told", tx->rung);
	devlink_fmsg_bool_pair_put(fmsg, "open", tx->open);
	devlink_fmsg_bool_pair_put(fmsg, "af_xdp", READ_ONCE(tx->pool));
}

static void gxdp_health_rx_ring(struct devlink_fmsg *fmsg, struct gxdp_nic *nic, unsigned int i)
{
	struct gxdp_rx *rx = nic->pair[i]->rx;

	devlink_fmsg_u32_pair_put(fmsg, "queue", i);
	devlink_fmsg_u32_pair_put(fmsg, "size", rx->count);
	devlink_fmsg_u32_pair_put(fmsg, "next_to_clean", READ_ONCE(rx->ntc));
	devlink_fmsg_u32_pair_put(fmsg, "slots_with_pages", READ_ONCE(rx->page_slots));
	devlink_fmsg_bool_pair_put(fmsg, "af_xdp", READ_ONCE(rx->pool));
}

/* A ring may be missing: the interface is down, or there was no memory for it */
static void gxdp_health_rings(struct devlink_fmsg *fmsg, struct gxdp_nic *nic, bool tx)
{
	unsigned int i;

	devlink_fmsg_arr_pair_nest_start(fmsg, "rings");
	for (i = 0; i < nic->cfg.pairs; i++) {
		if (tx ? !nic->pair[i]->tx : !nic->pair[i]->rx)
			continue;
		devlink_fmsg_obj_nest_start(fmsg);
		if (tx)
			gxdp_health_tx_ring(fmsg, nic, i);
		else
			gxdp_health_rx_ring(fmsg, nic, i);
		devlink_fmsg_obj_nest_end(fmsg);
	}
	devlink_fmsg_arr_pair_nest_end(fmsg);
}

static void gxdp_health_show(struct devlink_fmsg *fmsg, struct gxdp_nic *nic, bool tx)
{
	gxdp_lock(nic);
	devlink_fmsg_bool_pair_put(fmsg, "up", test_bit(GXDP_UP, &nic->flags));
	devlink_fmsg_bool_pair_put(fmsg, "asleep", test_bit(GXDP_ASLEEP, &nic->flags));
	devlink_fmsg_bool_pair_put(fmsg, "carrier", netif_carrier_ok(nic->netdev));
	devlink_fmsg_u32_pair_put(fmsg, "resets", nic->resets);
	if (tx)
		devlink_fmsg_u32_pair_put(fmsg, "hangs", nic->tx_hangs);
	gxdp_health_rings(fmsg, nic, tx);
	gxdp_unlock(nic);
}

/* One that sleeps is not woken for it: its registers hold nothing. */
static void gxdp_health_registers(struct devlink_fmsg *fmsg, struct gxdp_nic *nic)
{
	static const struct {
		const char *name;
		u16 reg;
	} regs[] = {
		{ "CTRL", GX_CTRL }, { "STATUS", GX_STATUS }, { "CTRL_EXT", GX_CTRL_EXT },
		{ "RCTL", GX_RCTL }, { "TCTL", GX_TCTL }, { "IMS", GX_IMS },
		{ "RDH0", GX_RDH(0) }, { "RDT0", GX_RDT(0) },
		{ "TDH0", GX_TDH(0) }, { "TDT0", GX_TDT(0) },
	};
	unsigned int i;

	mutex_lock(&nic->hw_lock);
	for (i = 0; i < ARRAY_SIZE(regs) && !test_bit(GXDP_ASLEEP, &nic->flags); i++)
		devlink_fmsg_u32_pair_put(fmsg, regs[i].name, rd32(nic, regs[i].reg));
	mutex_unlock(&nic->hw_lock);
}

static int gxdp_tx_diagnose(struct devlink_health_reporter *reporter, struct devlink_fmsg *fmsg,
			    struct netlink_ext_ack *extack)
{
	gxdp_health_show(fmsg, gxdp_reporter_nic(reporter), true);
	return 0;
}

static int gxdp_rx_diagnose(struct devlink_health_reporter *reporter, struct devlink_fmsg *fmsg,
			    struct netlink_ext_ack *extack)
{
	gxdp_health_show(fmsg, gxdp_reporter_nic(reporter), false);
	return 0;
}

static int gxdp_tx_dump(struct devlink_health_reporter *reporter, struct devlink_fmsg *fmsg,
			void *context, struct netlink_ext_ack *extack)
{
	gxdp_health_show(fmsg, gxdp_reporter_nic(reporter), true);
	gxdp_health_registers(fmsg, gxdp_reporter_nic(reporter));
	return 0;
}

static int gxdp_rx_dump(struct devlink_health_reporter *reporter, struct devlink_fmsg *fmsg,
			void *context, struct netlink_ext_ack *extack)
{
	gxdp_health_show(fmsg, gxdp_reporter_nic(reporter), false);
	gxdp_health_registers(fmsg, gxdp_reporter_nic(reporter));
	return 0;
}

static void gxdp_reporter_healthy(struct devlink_health_reporter *reporter)
{
	devlink_health_reporter_state_update(reporter, DEVLINK_HEALTH_REPORTER_STATE_HEALTHY);
}

/**
 * gxdp_health_mended - a reset has succeeded that was none of a reporter's own
 * @nic: device, registered with devlink
 *
 * Process context. A reporter whose recovery failed before is well again. devlink has to
 * be told: it takes no dump, nor recovers, of one that it believes ill.
 */
void gxdp_health_mended(struct gxdp_nic *nic)
{
	if (test_and_clear_bit(GXDP_TX_ILL, &nic->flags))
		gxdp_reporter_healthy(nic->tx_reporter);
	if (test_and_clear_bit(GXDP_RX_ILL, &nic->flags))
		gxdp_reporter_healthy(nic->rx_reporter);
}

static int gxdp_health_recover(struct devlink_health_reporter *reporter, void *context,
			       struct netlink_ext_ack *extack)
{
	struct gxdp_nic *nic = gxdp_reporter_nic(reporter);
	const int ill = reporter == nic->tx_reporter ? GXDP_TX_ILL : GXDP_RX_ILL;
	int err;

	/* beforehand: the work that tries again what failed does not wait for us */
	set_bit(ill, &nic->flags);
	err = gxdp_reset_now(nic);
	if (err)
		return err;
	clear_bit(ill, &nic->flags);	/* which devlink sees to */
	gxdp_health_mended(nic);
	return 0;
}

static const struct devlink_health_reporter_ops gxdp_tx_reporter = {
	.name		= "tx",
	.recover	= gxdp_health_recover,
	.diagnose	= gxdp_tx_diagnose,
	.dump		= gxdp_tx_dump,
};

static const struct devlink_health_reporter_ops gxdp_rx_reporter = {
	.name		= "rx",
	.recover	= gxdp_health_recover,
	.diagnose	= gxdp_rx_diagnose,
	.dump		= gxdp_rx_dump,
};

/**
 * gxdp_health_report - tell of trouble, and have it mended
 * @nic: device
 * @tx: of the transmitter, else of the receiver
 * @what: in words
 *
 * Process context, no locks held. Without a reporter the chip is reset.
 *
 * Return: 0 or what the reset returned.
 */
int gxdp_health_report(struct gxdp_nic *nic, bool tx, const char *what)
{
	struct devlink_health_reporter *reporter = tx ? nic->tx_reporter : nic->rx_reporter;
	int err;

	if (!reporter)
		return gxdp_reset_now(nic);
	err = devlink_health_report(reporter, what, NULL);
	if (err != -ECANCELED)
		return err;
	/* devlink gives up on one that failed to recover; we do not */
	err = gxdp_health_recover(reporter, NULL, NULL);
	if (!err)
		gxdp_reporter_healthy(reporter);
	return err;
}

static struct devlink_health_reporter *
gxdp_reporter_make(struct gxdp_nic *nic, const struct devlink_health_reporter_ops *ops)
{
	struct devlink_health_reporter *reporter;

	/* no grace: a transmitter that hangs again is reset again */
	reporter = gxdp_reporter_create(nic->devlink, ops, nic);
	if (!IS_ERR(reporter))
		return reporter;
	dev_warn(&nic->pdev->dev, "no devlink health reporter %s: %pe\n", ops->name, reporter);
	return NULL;
}

/**
 * gxdp_health_init - devlink instance and reporters
 * @nic: device, identified
 *
 * What cannot be had is done without. Undone by gxdp_health_exit().
 */
void gxdp_health_init(struct gxdp_nic *nic)
{
	struct gxdp_devlink *priv;

	nic->devlink = devlink_alloc(&gxdp_devlink_ops, sizeof(*priv), &nic->pdev->dev);
	if (!nic->devlink)
		return;
	priv = devlink_priv(nic->devlink);
	priv->nic = nic;
	nic->tx_reporter = gxdp_reporter_make(nic, &gxdp_tx_reporter);
	nic->rx_reporter = gxdp_reporter_make(nic, &gxdp_rx_reporter);
	devlink_register(nic->devlink);
}

/**
 * gxdp_health_exit - undo gxdp_health_init()
 * @nic: device; nothing is reported any more
 */
void gxdp_health_exit(struct gxdp_nic *nic)
{
	if (!nic->devlink)
		return;
	devlink_unregister(nic->devlink);
	if (nic->tx_reporter)
		devlink_health_reporter_destroy(nic->tx_reporter);
	if (nic->rx_reporter)
		devlink_health_reporter_destroy(nic->rx_reporter);
	nic->tx_reporter = NULL;
	nic->rx_reporter = NULL;
	devlink_free(nic->devlink);
	nic->devlink = NULL;
}
