// SPDX-License-Identifier: GPL-2.0
/*
 * insmod forge.ko device=PCI-ADDRESS poll=FUNCTION, and then, as often as wanted,
 * echo COUNT PRESENT OFFSET MASK VALUE >/sys/module/forge/parameters/forge: change
 * what a chip has written into the next COUNT receive descriptors of its queue 0,
 * right before its driver looks at them: in the 32-bit word at OFFSET (8 or 12: what
 * the chip is told is left alone) the bits of MASK become those of VALUE. That
 * begins as soon as PRESENT frames wait at once. Read, the file says how many are
 * still to be changed.
 *
 * FUNCTION is the driver's poll: a kprobe at its beginning does the work. The machine
 * must have one processor, or another could be polling the same ring.
 *
 * All chips of the family have queue 0 at the same registers; their descriptors are of
 * 16 bytes, and have DD in the lowest bit of the word at offset @done: 8, or 12 with
 * the legacy format.
 */
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pci.h>

#define RDBAL		0x2800
#define RDBAH		0x2804
#define RDLEN		0x2808
#define RDH		0x2810
#define DESC_SIZE	16
#define DD		1

static char *device = "";
module_param(device, charp, 0);
MODULE_PARM_DESC(device, "PCI address, as 0000:01:00.0");
static char *poll = "";
module_param(poll, charp, 0);
MODULE_PARM_DESC(poll, "The driver's poll function");
static uint done = 8;
module_param(done, uint, 0);
MODULE_PARM_DESC(done, "Offset of the word with DD: 8, or 12 (legacy format)");

/* One processor: the poll and the writing to the parameter do not overlap. */
static struct {
	u32 left, present, offset, mask, value;
} what;

static struct pci_dev *pdev;
static void __iomem *bar;
static struct iommu_domain *domain;	/* NULL: the chip sees memory as it is */
static dma_addr_t ring;
static u32 descs;

/* Behind an IOMMU the ring's pages may lie apart; no descriptor is in two of them. */
static u32 *word_of(u32 i, u32 offset)
{
	dma_addr_t at = ring + i % descs * DESC_SIZE;

	return phys_to_virt(domain ? iommu_iova_to_phys(domain, at) : at) + offset;
}

/* Descriptors that the chip has written and nobody has looked at, before @head. */
static u32 waiting(u32 head)
{
	u32 n = 0;

	while (n < descs - 1 && READ_ONCE(*word_of(head + descs - 1 - n, done)) & DD)
		n++;
	return n;
}

static int before_poll(struct kprobe *probe, struct pt_regs *regs)
{
	u32 head, i, n;

	if (!what.left)
		return 0;
	head = readl(bar + RDH);
	n = waiting(head);
	if (n < what.present)
		return 0;
	for (i = head + descs - n; n && what.left; i++, n--, what.left--) {
		u32 *word = word_of(i, what.offset);

		*word = (*word & ~what.mask) | what.value;
	}
	what.present = 0;
	return 0;
}

static struct kprobe probe = { .pre_handler = before_poll };

static int forge(const char *value, const struct kernel_param *kp)
{
	u32 left, present, offset, mask, bits;

	if (sscanf(value, "%u %u %u %x %x", &left, &present, &offset, &mask, &bits) != 5 ||
	    (offset != 8 && offset != 12))
		return -EINVAL;
	what.left = 0;
	barrier();
	what.present = present;
	what.offset = offset;
	what.mask = mask;
	what.value = bits;
	barrier();
	what.left = left;
	return 0;
}

static int left(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%u\n", what.left);
}

static const struct kernel_param_ops forge_ops = { .set = forge, .get = left };
module_param_cb(forge, &forge_ops, NULL, 0600);
MODULE_PARM_DESC(forge, "COUNT PRESENT OFFSET MASK VALUE, the last two in hexadecimal");

static int __init forge_init(void)
{
	struct device *dev;
	u32 i;
	int err;

	if ((done != 8 && done != 12) || num_online_cpus() != 1)
		return -EINVAL;
	dev = bus_find_device_by_name(&pci_bus_type, NULL, device);
	if (!dev)
		return -ENODEV;
	pdev = to_pci_dev(dev);
	err = -ENOMEM;
	bar = pci_ioremap_bar(pdev, 0);
	if (!bar)
		goto put;
	ring = readl(bar + RDBAL) | (u64)readl(bar + RDBAH) << 32;
	descs = readl(bar + RDLEN) / DESC_SIZE;
	domain = iommu_get_domain_for_dev(dev);
	err = -ENXIO;
	if (!descs)
		goto unmap_bar;
	/* what an IOMMU does not map is at 0 */
	for (i = 0; domain && i < descs; i++)
		if (!iommu_iova_to_phys(domain, ring + i * DESC_SIZE))
			goto unmap_bar;
	probe.symbol_name = poll;
	err = register_kprobe(&probe);
	if (err)
		goto unmap_bar;
	return 0;

unmap_bar:
	iounmap(bar);
put:
	pci_dev_put(pdev);
	return err;
}

static void __exit forge_exit(void)
{
	unregister_kprobe(&probe);
	iounmap(bar);
	pci_dev_put(pdev);
}

module_init(forge_init);
module_exit(forge_exit);
MODULE_DESCRIPTION("Received descriptors as a broken chip would write them");
MODULE_LICENSE("GPL");
