// SPDX-License-Identifier: GPL-2.0
/*
 * insmod stuck_reg.ko device=PCI-ADDRESS at=ADDRESS offset=OFFSET bits=BITS: a register of
 * the device's first BAR of which BITS stay 0, whatever its driver writes. ADDRESS is where
 * the driver has the BAR mapped, as /proc/vmallocinfo shows it where kptr_restrict is 1:
 * the processor is told to trap what is written there, and takes the bits away at once.
 */
#include <linux/hw_breakpoint.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/perf_event.h>
#include <linux/uaccess.h>

#define RAL0	0x5400

static char *device = "";
module_param(device, charp, 0);
MODULE_PARM_DESC(device, "PCI address, as 0000:01:00.0");
static ulong at;
module_param(at, ulong, 0);
MODULE_PARM_DESC(at, "Where the driver has the device's first BAR mapped");
static uint offset;
module_param(offset, uint, 0);
MODULE_PARM_DESC(offset, "The register's");
static uint bits;
module_param(bits, uint, 0);
MODULE_PARM_DESC(bits, "Those that stay 0");

static struct pci_dev *pdev;
static void __iomem *bar;	/* a mapping of our own: what we write is not trapped */
static struct perf_event * __percpu *traps;

/* After the write, in the trap */
static void written(struct perf_event *trap, struct perf_sample_data *data,
		    struct pt_regs *regs)
{
	writel(readl(bar + offset) & ~bits, bar + offset);
}

/*
 * By the card's address, which stands in the same register on all of these chips. (By page
 * frames this takes a kernel whose memory map has an entry for each of them.)
 */
static bool maps_bar(const void *addr)
{
	u32 there;

	return is_vmalloc_addr(addr) && IS_ALIGNED((ulong)addr, PAGE_SIZE) &&
	       !get_kernel_nofault(there, (const u32 *)(addr + RAL0)) && there == readl(bar + RAL0);
}

static int __init stuck_reg_init(void)
{
	struct perf_event_attr attr;
	struct device *dev;
	int err;

	dev = bus_find_device_by_name(&pci_bus_type, NULL, device);
	if (!dev)
		return -ENODEV;
	pdev = to_pci_dev(dev);
	err = -ENOMEM;
	bar = pci_ioremap_bar(pdev, 0);
	if (!bar)
		goto put;
	err = -EINVAL;
	if (!maps_bar((void *)at) || offset % 4 || offset >= pci_resource_len(pdev, 0))
		goto unmap;
	hw_breakpoint_init(&attr);
	attr.bp_addr = at + offset;
	attr.bp_len = HW_BREAKPOINT_LEN_4;
	attr.bp_type = HW_BREAKPOINT_W;
	traps = register_wide_hw_breakpoint(&attr, written, NULL);
	/* a number: the pointers of some kernels are of an address space of their own */
	if (!IS_ERR_VALUE((unsigned long __force)traps))
		return 0;
	err = (long __force)traps;
unmap:
	iounmap(bar);
put:
	pci_dev_put(pdev);
	return err;
}

static void __exit stuck_reg_exit(void)
{
	unregister_wide_hw_breakpoint(traps);
	iounmap(bar);
	pci_dev_put(pdev);
}

module_init(stuck_reg_init);
module_exit(stuck_reg_exit);
MODULE_DESCRIPTION("A register with bits that are stuck");
MODULE_LICENSE("GPL");
