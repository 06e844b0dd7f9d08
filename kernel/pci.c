// SPDX-License-Identifier: GPL-2.0
/*
 * A device's lifetime: probe, remove, suspend, resume, shutdown.
 *
 * Each set-up step has its undo, in reverse order, on the way out of a
 * failed probe and in remove.
 */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "gxdp.h"
#include "health.h"
#include "hw/family.h"
#include "hw/regs.h"
#include "path.h"
#include "pm.h"

/*
 * Override-only: gxdp takes a device only when the administrator has
 * written its name to driver_override ("gxdp bind" does), and never races
 * mainline's driver at boot. For the same reason there are no module
 * aliases: nothing loads this module by itself.
 */
#define GXDP_DEVICE(id, table_entry) \
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, id), \
	  .driver_data = (kernel_ulong_t)&(table_entry), .override_only = 1 }

static const struct pci_device_id gxdp_devices[] = {
	GXDP_DEVICE(0x100e, gxdp_82540em),	/* 82540EM */
	GXDP_DEVICE(0x100f, gxdp_82545em),	/* 82545EM, copper */
	GXDP_DEVICE(0x10d3, gxdp_82574),	/* 82574L */
	GXDP_DEVICE(0x10c9, gxdp_82576),	/* 82576 */
	/* The same registers, and copper ports; nobody has run them with gxdp. */
	GXDP_DEVICE(0x10e8, gxdp_82576),	/* 82576, quad port */
	GXDP_DEVICE(0x1526, gxdp_82576),	/* 82576, quad port, ET2 */
	GXDP_DEVICE(0x150a, gxdp_82576),	/* 82576NS */
	{ }
};

/**
 * gxdp_gone - has the device left the bus?
 * @nic: device
 *
 * Any context. A device that is gone reads as all-ones, which STATUS never
 * does. Remembered, until a reset from outside has brought it back (pm.c).
 */
bool gxdp_gone(struct gxdp_nic *nic)
{
	if (test_bit(GXDP_GONE, &nic->flags))
		return true;
	if (likely(rd32(nic, GX_STATUS) != ~0U))
		return false;
	if (!test_and_set_bit(GXDP_GONE, &nic->flags))
		dev_err(&nic->pdev->dev, "the device does not answer any more\n");
	return true;
}

static void gxdp_pairs_free(struct gxdp_nic *nic)
{
	unsigned int i;

	for (i = 0; i < GXDP_MAX_PAIRS; i++) {
		if (!nic->pair[i])
			continue;
		if (test_bit(NAPI_STATE_LISTED, &nic->pair[i]->napi.state))
			netif_napi_del(&nic->pair[i]->napi);
		if (xdp_rxq_info_is_reg(&nic->pair[i]->rxq_xsk))
			xdp_rxq_info_unreg(&nic->pair[i]->rxq_xsk);
		kfree(nic->pair[i]);
		nic->pair[i] = NULL;
	}
}

static int gxdp_pairs_alloc(struct gxdp_nic *nic)
{
	unsigned int i;
	int err;

	for (i = 0; i < GXDP_MAX_XDP_RINGS; i++)
		u64_stats_init(&nic->xdp_sync[i]);
	for (i = 0; i < nic->max_pairs; i++) {
		struct gxdp_pair *pair = kzalloc(sizeof(*pair), GFP_KERNEL);

		if (!pair) {
			err = -ENOMEM;
			goto err_pairs;
		}
		nic->pair[i] = pair;
		pair->nic = nic;
		pair->index = i;
		pair->vector = i;
		pair->pending_end = pair->pending;
		u64_stats_init(&pair->rx_sync);
		u64_stats_init(&pair->tx_sync);
		gxdp_moderation_init(pair);
		/* a stray interrupt finds it disabled until gxdp_napi_start() */
		set_bit(NAPI_STATE_SCHED, &pair->napi.state);
		err = xdp_rxq_info_reg(&pair->rxq_xsk, nic->netdev, i, 0);
		if (err)
			goto err_pairs;
		err = xdp_rxq_info_reg_mem_model(&pair->rxq_xsk, MEM_TYPE_XSK_BUFF_POOL, NULL);
		if (err)
			goto err_pairs;
	}
	return 0;

err_pairs:
	gxdp_pairs_free(nic);
	return err;
}

/* A machine may have no I/O ports left for the device; memory has to be had. */
static int gxdp_pci_enable_windows(struct pci_dev *pdev, const struct gxdp_family *family)
{
	if (family->flags & GXDP_F_IO && !pci_enable_device(pdev))
		return 0;
	return pci_enable_device_mem(pdev);
}

/* Memory BAR, DMA mask, bus mastering. */
static int gxdp_pci_enable(struct pci_dev *pdev, const struct gxdp_family *family)
{
	const u64 mask = DMA_BIT_MASK(family->flags & GXDP_F_DMA32 ? 32 : 64);
	int err;

	err = gxdp_pci_enable_windows(pdev, family);
	if (err)
		return err;
	err = dma_set_mask_and_coherent(&pdev->dev, mask);
	if (err) {
		dev_err(&pdev->dev, "no usable DMA addressing: %d\n", err);
		goto err_disable;
	}
	err = pci_request_mem_regions(pdev, GXDP_NAME);
	if (err)
		goto err_disable;
	pci_set_master(pdev);
	return 0;

err_disable:
	pci_disable_device(pdev);
	return err;
}

static void gxdp_pci_disable(struct pci_dev *pdev)
{
	pci_release_mem_regions(pdev);
	pci_disable_device(pdev);
}

static void gxdp_nic_init(struct gxdp_nic *nic, struct pci_dev *pdev,
			  const struct gxdp_family *family, struct net_device *netdev)
{
	nic->pdev = pdev;
	nic->netdev = netdev;
	nic->family = family;
	nic->max_pairs = family->max_pairs;
	mutex_init(&nic->hw_lock);
	spin_lock_init(&nic->rctl_lock);
	INIT_WORK(&nic->link_work, gxdp_link_work);
	INIT_DELAYED_WORK(&nic->watchdog, gxdp_watchdog);
	INIT_DELAYED_WORK(&nic->reset_work, gxdp_reset_work);
	SET_NETDEV_DEV(netdev, &pdev->dev);
	pci_set_drvdata(pdev, nic);
}

/* Reset the chip and find out who it is. */
static int gxdp_identify(struct gxdp_nic *nic)
{
	int err;

	mutex_lock(&nic->hw_lock);
	err = nic->family->reset(nic);
	if (!err)
		err = nic->family->identify(nic);
	mutex_unlock(&nic->hw_lock);
	return err;
}

static int gxdp_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	const struct gxdp_family *family = (const struct gxdp_family *)id->driver_data;
	struct net_device *netdev;
	struct gxdp_nic *nic;
	int err;

	err = gxdp_pci_enable(pdev, family);
	if (err)
		return err;
	err = -ENOMEM;
	netdev = alloc_etherdev_mq(sizeof(*nic), family->max_pairs);
	if (!netdev)
		goto err_pci;
	nic = netdev_priv(netdev);
	gxdp_nic_init(nic, pdev, family, netdev);
	nic->regs = pci_ioremap_bar(pdev, family->bar);
	if (!nic->regs)
		goto err_netdev;
	err = gxdp_stats_alloc(nic);
	if (err)
		goto err_unmap;
	err = gxdp_identify(nic);
	if (err)
		goto err_stats;
	err = gxdp_irq_setup(nic);
	if (err)
		goto err_stats;
	err = gxdp_pairs_alloc(nic);
	if (err)
		goto err_irq;
	nic->family->irq_route(nic);
	err = gxdp_netdev_init(nic);
	if (err)
		goto err_pairs;
	pci_save_state(pdev);	/* for gxdp_slot_reset() */
	gxdp_ptp_init(nic);
	err = register_netdev(netdev);
	if (err)
		goto err_ptp;
	gxdp_health_init(nic);
	gxdp_pm_init(pdev);
	netdev_info(netdev, "%s at %s, %pM, %u queue pair(s)\n", family->name, pci_name(pdev),
		    netdev->dev_addr, nic->cfg.pairs);
	return 0;

err_ptp:
	gxdp_ptp_free(nic);
err_pairs:
	gxdp_pairs_free(nic);
err_irq:
	gxdp_irq_teardown(nic);
err_stats:
	gxdp_stats_free(nic);
err_unmap:
	iounmap(nic->regs);
err_netdev:
	pci_set_drvdata(pdev, NULL);
	free_netdev(netdev);
err_pci:
	gxdp_pci_disable(pdev);
	return err;
}

static void gxdp_remove(struct pci_dev *pdev)
{
	struct gxdp_nic *nic = pci_get_drvdata(pdev);
	struct net_device *netdev = nic->netdev;

	gxdp_pm_exit(pdev);
	set_bit(GXDP_STOPPING, &nic->flags);
	cancel_delayed_work_sync(&nic->reset_work);
	gxdp_health_exit(nic);
	unregister_netdev(netdev);	/* stops it; sockets and program are gone after */
	/* a stop that raced with the flag may have asked for another reset */
	cancel_delayed_work_sync(&nic->reset_work);
	gxdp_ptp_free(nic);
	gxdp_pairs_free(nic);
	gxdp_irq_teardown(nic);
	gxdp_stats_free(nic);
	iounmap(nic->regs);
	pci_set_drvdata(pdev, NULL);
	free_netdev(netdev);
	gxdp_pci_disable(pdev);
}

static struct pci_driver gxdp_driver = {
	.name		= GXDP_NAME,
	.id_table	= gxdp_devices,
	.probe		= gxdp_probe,
	.remove		= gxdp_remove,
	.shutdown	= gxdp_shutdown,
	.err_handler	= &gxdp_error_handlers,
	.driver.pm	= pm_ptr(&gxdp_pm),
};
module_pci_driver(gxdp_driver);

MODULE_DESCRIPTION("Native XDP and AF_XDP zero-copy for Intel gigabit controllers");
MODULE_VERSION(GXDP_VERSION);
MODULE_LICENSE("GPL");
