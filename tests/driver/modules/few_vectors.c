// SPDX-License-Identifier: GPL-2.0
/*
 * insmod few_vectors.ko device=PCI-ADDRESS most=N: a machine that has no more than N
 * MSI-X vectors left for one device. /sys/module/few_vectors/parameters/most may be
 * written. Emulated machines never run short of them.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pci.h>

static char *device = "";
module_param(device, charp, 0);
MODULE_PARM_DESC(device, "PCI address, as 0000:01:00.0");
static int most = 1;
module_param(most, int, 0600);
MODULE_PARM_DESC(most, "MSI-X vectors that it can have");

/* Of int pci_alloc_irq_vectors_affinity(dev, least, most, flags, affinity) */
static int before_alloc(struct kprobe *kp, struct pt_regs *regs)
{
	struct pci_dev *pdev = (struct pci_dev *)regs->di;

	if (regs->cx & PCI_IRQ_MSIX && !strcmp(pci_name(pdev), device))
		regs->dx = min_t(int, regs->dx, most);
	return 0;
}

static struct kprobe alloc_probe = {
	.symbol_name = "pci_alloc_irq_vectors_affinity",
	.pre_handler = before_alloc,
};

static int __init few_vectors_init(void)
{
	return register_kprobe(&alloc_probe);
}

static void __exit few_vectors_exit(void)
{
	unregister_kprobe(&alloc_probe);
}

module_init(few_vectors_init);
module_exit(few_vectors_exit);
MODULE_DESCRIPTION("Let one PCI device have few interrupt vectors");
MODULE_LICENSE("GPL");
