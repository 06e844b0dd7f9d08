// SPDX-License-Identifier: GPL-2.0
/*
 * The device leaves for a while and comes back: sleep and hibernation, function
 * resets, bus errors, shutdown. All of them park it and unpark it again; rings,
 * program, AF_XDP sockets and settings stay.
 *
 * And it sleeps by itself (D3hot) while its interface is down and nobody asks
 * anything of it, where the administrator lets it: power/control in sysfs. What
 * an interface that is down has is the driver's memory, and what it writes to the
 * chip when it comes up; so there is nothing to park. Whoever needs registers
 * while it may be asleep is between gxdp_wake() and gxdp_may_sleep().
 */
#include <linux/pci.h>
#include <linux/pm_runtime.h>

#include "gxdp.h"
#include "hw/family.h"
#include "hw/hw.h"
#include "pm.h"

/* How long it stays awake after it was needed last */
#define GXDP_AUTOSUSPEND_MSECS	1000

/*
 * Nothing of the device is used any more until gxdp_unpark(), and the firmware
 * is told that no driver is in charge. Works on a device that does not answer.
 */
static void gxdp_park(struct gxdp_nic *nic)
{
	gxdp_lock(nic);
	clear_bit(GXDP_AWAY, &nic->flags);
	netif_device_detach(nic->netdev);
	if (netif_running(nic->netdev)) {
		cancel_delayed_work_sync(&nic->watchdog);
		gxdp_config_pause(nic);
		nic->family->own(nic, false);
	}
	gxdp_unlock(nic);
}

/**
 * gxdp_back - the device is there again, for the stack
 * @nic: device, parked; running as before, or down
 *
 * Control path.
 */
void gxdp_back(struct gxdp_nic *nic)
{
	clear_bit(GXDP_AWAY, &nic->flags);
	netif_device_attach(nic->netdev);
}

/*
 * Reset the chip and go on, if the interface was up; an errno if that fails. One that
 * answers is then tried again, by the reset work and by who takes the interface down and
 * up again; one that does not is gone.
 */
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
	if (!err) {
		gxdp_back(nic);
	} else if (test_bit(GXDP_GONE, &nic->flags)) {
		netdev_err(nic->netdev, "does not answer any more\n");
	} else {
		netdev_err(nic->netdev, "does not come back: %d; tried again every second\n", err);
		set_bit(GXDP_AWAY, &nic->flags);
		gxdp_schedule_reset(nic);
	}
	gxdp_unlock(nic);
	return err;
}

/* No register is read from then on. Nothing of the chip is in use, or it is parked. */
static void gxdp_fall_asleep(struct gxdp_nic *nic)
{
	mutex_lock(&nic->hw_lock);
	if (!test_bit(GXDP_ASLEEP, &nic->flags)) {
		gxdp_stats_update_hw(nic);
		gxdp_ptp_sleep(nic);
		set_bit(GXDP_ASLEEP, &nic->flags);
	}
	mutex_unlock(&nic->hw_lock);
}

/*
 * The chip has its power-on settings: it has had no power, or was reset from outside. An
 * errno if it does not answer.
 */
static int gxdp_wake_up(struct gxdp_nic *nic)
{
	int err;

	pci_save_state(nic->pdev);	/* for gxdp_slot_reset(): waking used it up */
	mutex_lock(&nic->hw_lock);
	err = nic->family->reset(nic);
	clear_bit(GXDP_ASLEEP, &nic->flags);
	/* the PHY may have lost what it was told: then the link it has is not the one wanted */
	memset(&nic->told, 0, sizeof(nic->told));
	mutex_unlock(&nic->hw_lock);
	return err;
}

/* Is it to wake the machine? power/wakeup in sysfs may say that it is not. */
static bool gxdp_wakes(const struct gxdp_nic *nic)
{
	return nic->wol && device_may_wakeup(&nic->pdev->dev);
}

/* The machine goes down, or another kernel takes over: no DMA may go on. */
void gxdp_shutdown(struct pci_dev *pdev)
{
	struct gxdp_nic *nic = pci_get_drvdata(pdev);

	gxdp_park(nic);
	if (system_state == SYSTEM_POWER_OFF && gxdp_wakes(nic)) {
		gx_mac_wake_arm(nic);
		pci_wake_from_d3(pdev, true);
		pci_set_power_state(pdev, PCI_D3hot);
	} else {
		gx_mac_wake_disarm(nic);
	}
	pci_clear_master(pdev);
}

static int gxdp_suspend(struct device *dev)
{
	struct gxdp_nic *nic = dev_get_drvdata(dev);

	gxdp_park(nic);
	if (gxdp_wakes(nic))
		gx_mac_wake_arm(nic);
	else
		gx_mac_wake_disarm(nic);
	gxdp_fall_asleep(nic);
	return 0;
}

static int gxdp_resume(struct device *dev)
{
	struct gxdp_nic *nic = dev_get_drvdata(dev);

	clear_bit(GXDP_GONE, &nic->flags);	/* reads of one that sleeps look like it */
	gx_mac_wake_disarm(nic);
	gxdp_wake_up(nic);	/* if it does not, unparking says so */
	return gxdp_unpark(nic);
}

/*
 * The last user is gone, and gxdp_stop() or probe has left the chip quiet. Called
 * without the control path's locks: those who hold them wait for gxdp_wake().
 */
static int gxdp_runtime_suspend(struct device *dev)
{
	gxdp_fall_asleep(dev_get_drvdata(dev));
	return 0;
}

/*
 * One that does not wake up now may do so the next time: up to 6.12 the core would keep
 * the error and never try again. Who woke it looks whether it answers (gxdp_gone()), and
 * coming up resets it once more.
 */
static int gxdp_runtime_resume(struct device *dev)
{
	struct gxdp_nic *nic = dev_get_drvdata(dev);
	int err = gxdp_wake_up(nic);

	if (err)
		netdev_err(nic->netdev, "does not wake up: %d\n", err);
	return 0;
}

/*
 * Hibernation too: its image is made, and restored, between the same two. A device
 * that sleeps by itself is woken before (gxdp_pm_init()), or the settings for
 * wake-up would not reach it.
 */
const struct dev_pm_ops gxdp_pm = {
	SYSTEM_SLEEP_PM_OPS(gxdp_suspend, gxdp_resume)
	RUNTIME_PM_OPS(gxdp_runtime_suspend, gxdp_runtime_resume, NULL)
};

/**
 * gxdp_wake - have the chip awake
 * @nic: device
 *
 * Process context, without hw_lock; the control path's locks may be held. Until
 * gxdp_may_sleep() it stays awake. To wake it takes the 10 ms that PCI asks for,
 * and a reset of the chip.
 *
 * Return: 0, or an errno: it stays asleep, and nothing has to be undone.
 */
int gxdp_wake(struct gxdp_nic *nic)
{
	return pm_runtime_resume_and_get(&nic->pdev->dev);
}

/**
 * gxdp_may_sleep - undo gxdp_wake()
 * @nic: device
 *
 * After power/autosuspend_delay_ms, if nobody else needs it. Any context.
 */
void gxdp_may_sleep(struct gxdp_nic *nic)
{
	pm_runtime_mark_last_busy(&nic->pdev->dev);
	pm_runtime_put_autosuspend(&nic->pdev->dev);
}

/* Of a bus error nothing is waited for any more (see gxdp_error_detected()). */
static void gxdp_error_over(struct gxdp_nic *nic)
{
	if (test_and_clear_bit(GXDP_RECOVERING, &nic->flags))
		gxdp_may_sleep(nic);
}

/**
 * gxdp_pm_init - let the device sleep when it is not needed
 * @pdev: device, probed
 *
 * It does once power/control says "auto". Without the capability there is nothing
 * to be gained. Undone by gxdp_pm_exit().
 */
void gxdp_pm_init(struct pci_dev *pdev)
{
	dev_pm_set_driver_flags(&pdev->dev, DPM_FLAG_NO_DIRECT_COMPLETE);
	if (!pdev->pm_cap)
		return;
	pm_runtime_set_autosuspend_delay(&pdev->dev, GXDP_AUTOSUSPEND_MSECS);
	pm_runtime_use_autosuspend(&pdev->dev);
	pm_runtime_put_noidle(&pdev->dev);	/* the PCI core's, taken for probe */
}

/**
 * gxdp_pm_exit - undo gxdp_pm_init()
 * @pdev: device, about to be removed: the PCI core has woken it
 */
void gxdp_pm_exit(struct pci_dev *pdev)
{
	gxdp_error_over(pci_get_drvdata(pdev));
	if (!pdev->pm_cap)
		return;
	pm_runtime_get_noresume(&pdev->dev);
	pm_runtime_dont_use_autosuspend(&pdev->dev);
}

/* A function reset: "echo 1 >/sys/bus/pci/devices/.../reset" */
static void gxdp_reset_prepare(struct pci_dev *pdev)
{
	struct gxdp_nic *nic = pci_get_drvdata(pdev);

	gxdp_park(nic);
	gxdp_fall_asleep(nic);
}

static void gxdp_reset_done(struct pci_dev *pdev)
{
	struct gxdp_nic *nic = pci_get_drvdata(pdev);

	/* reads during the reset may have looked as if it had left */
	clear_bit(GXDP_GONE, &nic->flags);
	if (gxdp_gone(nic))
		return;
	nic->resets++;
	gxdp_wake_up(nic);
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
	if (!test_and_set_bit(GXDP_RECOVERING, &nic->flags))
		pm_runtime_get_noresume(&pdev->dev);	/* it does not fall asleep meanwhile */
	if (state != pci_channel_io_normal)
		set_bit(GXDP_GONE, &nic->flags);	/* until gxdp_slot_reset() */
	gxdp_park(nic);
	gxdp_fall_asleep(nic);
	if (state == pci_channel_io_perm_failure)
		return PCI_ERS_RESULT_DISCONNECT;
	return PCI_ERS_RESULT_NEED_RESET;
}

/* The bus works again; the device has its power-on settings. */
static pci_ers_result_t gxdp_slot_reset(struct pci_dev *pdev)
{
	struct gxdp_nic *nic = pci_get_drvdata(pdev);

	clear_bit(GXDP_GONE, &nic->flags);
	if (pm_runtime_resume(&pdev->dev) < 0)	/* the error may have found it asleep */
		return PCI_ERS_RESULT_DISCONNECT;
	pci_restore_state(pdev);
	pci_save_state(pdev);	/* restoring it used it up */
	if (gxdp_gone(nic))
		return PCI_ERS_RESULT_DISCONNECT;
	pci_set_master(pdev);
	return PCI_ERS_RESULT_RECOVERED;
}

static void gxdp_error_resume(struct pci_dev *pdev)
{
	struct gxdp_nic *nic = pci_get_drvdata(pdev);

	nic->resets++;
	gxdp_wake_up(nic);
	if (!gxdp_unpark(nic))
		netdev_info(nic->netdev, "works again after a bus error\n");
	gxdp_error_over(nic);
}

const struct pci_error_handlers gxdp_error_handlers = {
	.error_detected	= gxdp_error_detected,
	.slot_reset	= gxdp_slot_reset,
	.resume		= gxdp_error_resume,
	.reset_prepare	= gxdp_reset_prepare,
	.reset_done	= gxdp_reset_done,
};
