// SPDX-License-Identifier: GPL-2.0
/*
 * The device leaves for a while and comes back: sleep and hibernation, function
 * resets, bus errors, shutdown. All of them park it and unpark it again; rings,
 * program, AF_XDP sockets and settings stay.
 */
#include <linux/pci.h>

#include "gxdp.h"
#include "hw/family.h"
#include "hw/hw.h"
#include "pm.h"

/*
 * Nothing of the device is used any more until gxdp_unpark(), and the firmware
 * is told that no driver is in charge. Works on a device that does not answer.
 */
static void gxdp_park(struct gxdp_nic *nic)
{
	gxdp_lock(nic);
	netif_device_detach(nic->netdev);
	if (netif_running(nic->netdev)) {
		cancel_delayed_work_sync(&nic->watchdog);
		gxdp_config_pause(nic);
		nic->family->own(nic, false);
	}
	gxdp_unlock(nic);
}

/* Reset the chip and go on, if the interface was up; an errno if that fails. */
static int gxdp_unpark(struct gxdp_nic *nic)
{
	int err = 0;

	gxdp_lock(nic);
	pci_set_master(nic->pdev);
	if (netif_running(nic->netdev)) {
		nic->family->own(nic, true);
		err = gxdp_config_restart(nic);
		schedule_delayed_work(&nic->watchdog, 0);
	}
	if (!err)
		netif_device_attach(nic->netdev);
	else
		netdev_err(nic->netdev, "does not come back: %d; take it down and up again\n", err);
	gxdp_unlock(nic);
	return err;
}

/* The machine goes down, or another kernel takes over: no DMA may go on. */
void gxdp_shutdown(struct pci_dev *pdev)
{
	struct gxdp_nic *nic = pci_get_drvdata(pdev);

	gxdp_park(nic);
	if (system_state == SYSTEM_POWER_OFF && nic->wol) {
		gx_mac_wake_arm(nic);
		pci_wake_from_d3(pdev, true);
		pci_set_power_state(pdev, PCI_D3hot);
	}
	pci_clear_master(pdev);
}

static int gxdp_suspend(struct device *dev)
{
	struct gxdp_nic *nic = dev_get_drvdata(dev);

	gxdp_park(nic);
	if (nic->wol)
		gx_mac_wake_arm(nic);
	set_bit(GXDP_ASLEEP, &nic->flags);
	return 0;
}

static int gxdp_resume(struct device *dev)
{
	struct gxdp_nic *nic = dev_get_drvdata(dev);

	clear_bit(GXDP_ASLEEP, &nic->flags);
	gx_mac_wake_disarm(nic);
	return gxdp_unpark(nic);
}

/* Hibernation too: its image is made, and restored, between the same two. */
DEFINE_SIMPLE_DEV_PM_OPS(gxdp_pm, gxdp_suspend, gxdp_resume);

/* A function reset: "echo 1 >/sys/bus/pci/devices/.../reset" */
static void gxdp_reset_prepare(struct pci_dev *pdev)
{
	gxdp_park(pci_get_drvdata(pdev));
}

static void gxdp_reset_done(struct pci_dev *pdev)
{
	struct gxdp_nic *nic = pci_get_drvdata(pdev);

	/* reads during the reset may have looked as if it had left */
	clear_bit(GXDP_GONE, &nic->flags);
	if (gxdp_gone(nic))
		return;
	nic->resets++;
	gxdp_unpark(nic);
}

/* The bus reports an error of ours or of a bridge above us. */
static pci_ers_result_t gxdp_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct gxdp_nic *nic = pci_get_drvdata(pdev);

	netdev_err(nic->netdev, "bus error, %s\n",
		   state == pci_channel_io_normal ? "not fatal: resetting" :
		   state == pci_channel_io_frozen ? "fatal: waiting for the bus" :
						    "for good: the device is lost");
	if (state != pci_channel_io_normal)
		set_bit(GXDP_GONE, &nic->flags);	/* until gxdp_slot_reset() */
	gxdp_park(nic);
	if (state == pci_channel_io_perm_failure)
		return PCI_ERS_RESULT_DISCONNECT;
	return PCI_ERS_RESULT_NEED_RESET;
}

/* The bus works again; the device has its power-on settings. */
static pci_ers_result_t gxdp_slot_reset(struct pci_dev *pdev)
{
	struct gxdp_nic *nic = pci_get_drvdata(pdev);

	pci_restore_state(pdev);
	pci_save_state(pdev);	/* restoring it used it up */
	clear_bit(GXDP_GONE, &nic->flags);
	if (gxdp_gone(nic))
		return PCI_ERS_RESULT_DISCONNECT;
	pci_set_master(pdev);
	return PCI_ERS_RESULT_RECOVERED;
}

static void gxdp_error_resume(struct pci_dev *pdev)
{
	struct gxdp_nic *nic = pci_get_drvdata(pdev);

	nic->resets++;
	if (!gxdp_unpark(nic))
		netdev_info(nic->netdev, "works again after a bus error\n");
}

const struct pci_error_handlers gxdp_error_handlers = {
	.error_detected	= gxdp_error_detected,
	.slot_reset	= gxdp_slot_reset,
	.resume		= gxdp_error_resume,
	.reset_prepare	= gxdp_reset_prepare,
	.reset_done	= gxdp_reset_done,
};
