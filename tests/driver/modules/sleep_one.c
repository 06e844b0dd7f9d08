// SPDX-License-Identifier: GPL-2.0
/*
 * insmod sleep_one.ko device=PCI-ADDRESS seconds=N, and then, as often as wanted,
 * echo 1 >/sys/module/sleep_one/parameters/sleep: puts one PCI device to sleep, and
 * wakes it, as the suspend of a whole machine does. The lab cannot sleep as a whole:
 * its files come over virtio-9p, which does not wake up again.
 *
 * The writing succeeds if each step did. hibernate=1 (may be written, too): as hibernation
 * does it, which is three times asleep. wakes=1: the device is taken for one that can
 * signal PME, which no NIC of QEMU's says it can; before its driver looks. show=OFFSET,...:
 * registers in its first BAR, to the log once the driver is through with it. set=OFFSET,VALUE:
 * what one of them says before, as a chip may that has read its NVM.
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

static bool hibernate;
module_param(hibernate, bool, 0600);
MODULE_PARM_DESC(hibernate, "As the machine's hibernation does it, instead of its suspend");
static bool wakes;
module_param(wakes, bool, 0);
MODULE_PARM_DESC(wakes, "Have it say that it can wake the machine");
static uint show[4];
static uint nshow;
module_param_array(show, uint, &nshow, 0);
MODULE_PARM_DESC(show, "Registers to show when it is about to sleep");
static uint set[2];
static uint nset;
module_param_array(set, uint, &nset, 0600);
MODULE_PARM_DESC(set, "A register, and what to write to it before");

/* Both to be called while it is in D0. */
static void set_register(struct pci_dev *pdev)
{
	void __iomem *bar;

	if (nset != 2 || set[0] + sizeof(u32) > pci_resource_len(pdev, 0))
		return;
	bar = pci_ioremap_bar(pdev, 0);
	if (!bar)
		return;
	writel(set[1], bar + set[0]);
	iounmap(bar);
}

static void show_registers(struct pci_dev *pdev)
{
	resource_size_t len = pci_resource_len(pdev, 0);
	void __iomem *bar;
	uint i;

	bar = nshow ? pci_ioremap_bar(pdev, 0) : NULL;
	for (i = 0; bar && i < nshow; i++)
		if (show[i] + sizeof(u32) <= len)
			dev_info(&pdev->dev, "register %#x: %08x\n", show[i],
				 readl(bar + show[i]));
	if (bar)
		iounmap(bar);
}

/* One of a bus's dev_pm_ops */
struct phase {
	const char *name;
	size_t at;
};

#define PHASE(op) { #op, offsetof(struct dev_pm_ops, op) }
#define PHASES 3
#define DOWN(op) { PHASE(op), PHASE(op##_late), PHASE(op##_noirq) }
#define UP(op) { PHASE(op##_noirq), PHASE(op##_early), PHASE(op) }

static const struct phase suspend[] = DOWN(suspend), resume[] = UP(resume);
static const struct phase freeze[] = DOWN(freeze), thaw[] = UP(thaw);
static const struct phase poweroff[] = DOWN(poweroff), restore[] = UP(restore);

/*
 * Hibernation makes an image of a memory in which the devices are frozen, and writes it
 * while they are thawed. What comes alive later is that image: the frozen ones are
 * restored. Where the power cannot be turned off, they are restored as they were then.
 */
static const struct nap {
	const struct phase *down, *up;
} naps_suspend[] = {
	{ suspend, resume }, { }
}, naps_hibernate[] = {
	{ freeze, thaw }, { poweroff, restore }, { freeze, restore }, { }
};

static int step(struct device *dev, const struct phase *phase)
{
	int (*op)(struct device *dev);
	int err;

	memcpy(&op, (const u8 *)dev->bus->pm + phase->at, sizeof(op));
	err = op ? op(dev) : 0;
	if (err < 0)
		dev_err(dev, "%s: %d\n", phase->name, err);
	return err;
}

static int nap(struct device *dev, const struct nap *nap)
{
	int i, err = 0;

	set_register(to_pci_dev(dev));
	for (i = 0; i < PHASES; i++) {
		err = step(dev, &nap->down[i]);
		if (err)
			break;
		if (!i)
			show_registers(to_pci_dev(dev));
	}
	if (!err) {
		dev_info(dev, "asleep, in %s\n",
			 pci_power_name(to_pci_dev(dev)->current_state));
		ssleep(seconds);
	}
	while (i--)
		err = step(dev, &nap->up[PHASES - 1 - i]) ?: err;
	return err;
}

static int sleep_and_wake(struct device *dev, const struct nap *naps)
{
	const struct dev_pm_ops *pm = dev->bus->pm;
	int err;

	pm_runtime_get_noresume(dev);	/* nobody puts it to sleep meanwhile */
	/* what it returns only says whether a sleeping device may be left alone */
	err = pm->prepare ? pm->prepare(dev) : 0;
	if (err < 0) {
		dev_err(dev, "prepare: %d\n", err);
		goto put;
	}
	for (err = 0; !err && naps->down; naps++)
		err = nap(dev, naps);
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
		err = sleep_and_wake(dev, hibernate ? naps_hibernate : naps_suspend);
	device_unlock(dev);
	put_device(dev);
	return err;
}

static const struct kernel_param_ops sleep_ops = { .set = sleep_one };
module_param_cb(sleep, &sleep_ops, NULL, 0200);
MODULE_PARM_DESC(sleep, "Write anything to have it sleep and wake");

/* It stays one that wakes when this module goes. */
static int __init sleep_one_init(void)
{
	struct device *dev;

	if (!wakes)
		return 0;
	dev = bus_find_device_by_name(&pci_bus_type, NULL, device);
	if (!dev)
		return -ENODEV;
	to_pci_dev(dev)->pme_support = BIT(PCI_D0) | BIT(PCI_D3hot) | BIT(PCI_D3cold);
	device_set_wakeup_capable(dev, true);
	put_device(dev);
	return 0;
}

static void __exit sleep_one_exit(void)
{
}

module_init(sleep_one_init);
module_exit(sleep_one_exit);
MODULE_DESCRIPTION("Suspend and resume one PCI device");
MODULE_LICENSE("GPL");
