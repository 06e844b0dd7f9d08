// SPDX-License-Identifier: GPL-2.0
/*
 * insmod sleep_one.ko device=PCI-ADDRESS seconds=N, and then, as often as wanted,
 * echo 1 >/sys/module/sleep_one/parameters/sleep: puts one PCI device to sleep, and
 * wakes it, as the suspend of a whole machine does. The lab cannot sleep as a whole:
 * its files come over virtio-9p, which does not wake up again.
 *
 * The writing succeeds if each step did.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm.h>
#include <linux/pm_runtime.h>

static char *device = "";
module_param(device, charp, 0);
MODULE_PARM_DESC(device, "PCI address, as 0000:01:00.0");
static uint seconds = 1;
module_param(seconds, uint, 0);
MODULE_PARM_DESC(seconds, "How long to sleep");

static int step(struct device *dev, int (*op)(struct device *dev), const char *name)
{
	int err = op ? op(dev) : 0;

	if (err < 0)
		dev_err(dev, "%s: %d\n", name, err);
	return err;
}

static int sleep_and_wake(struct device *dev, const struct dev_pm_ops *pm)
{
	int err;

	pm_runtime_get_noresume(dev);	/* nobody puts it to sleep meanwhile */
	/* what it returns only says whether a sleeping device may be left alone */
	err = step(dev, pm->prepare, "prepare");
	if (err < 0)
		goto put;
	err = step(dev, pm->suspend, "suspend");
	if (err)
		goto complete;
	err = step(dev, pm->suspend_late, "suspend_late");
	if (err)
		goto resume;
	err = step(dev, pm->suspend_noirq, "suspend_noirq");
	if (err)
		goto resume_early;
	dev_info(dev, "asleep, in %s\n", pci_power_name(to_pci_dev(dev)->current_state));
	ssleep(seconds);
	err = step(dev, pm->resume_noirq, "resume_noirq");
resume_early:
	err = step(dev, pm->resume_early, "resume_early") ?: err;
resume:
	err = step(dev, pm->resume, "resume") ?: err;
complete:
	if (pm->complete)
		pm->complete(dev);
put:
	pm_runtime_put(dev);
	return err;
}

static int sleep_one(const char *value, const struct kernel_param *kp)
{
	struct device *dev = bus_find_device_by_name(&pci_bus_type, NULL, device);
	int err = -ENODEV;

	if (!dev)
		return -ENODEV;
	device_lock(dev);
	if (dev->driver && dev->bus->pm)
		err = sleep_and_wake(dev, dev->bus->pm);
	device_unlock(dev);
	put_device(dev);
	return err;
}

static const struct kernel_param_ops sleep_ops = { .set = sleep_one };
module_param_cb(sleep, &sleep_ops, NULL, 0200);
MODULE_PARM_DESC(sleep, "Write anything to have it sleep and wake");

static int __init sleep_one_init(void)
{
	return 0;
}

static void __exit sleep_one_exit(void)
{
}

module_init(sleep_one_init);
module_exit(sleep_one_exit);
MODULE_DESCRIPTION("Suspend and resume one PCI device");
MODULE_LICENSE("GPL");
