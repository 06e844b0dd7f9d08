// SPDX-License-Identifier: GPL-2.0
/*
 * insmod managed.ko manc=VALUE: an 8254x with firmware that manages the machine, as its
 * register MANC would say. /sys/module/managed/parameters/manc is that register, for the
 * one function of the driver's that knows it. The emulated chips' cannot be written.
 */
#include <linux/io.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/vmalloc.h>

#define MANC	0x5820

static uint manc;
module_param(manc, uint, 0600);
MODULE_PARM_DESC(manc, "What MANC holds");

static u8 *registers;

struct instance {
	void __iomem **regs;
	void __iomem *real;
};

/*
 * Of the driver's void i8254x_own(nic, driver_loaded), whose first member is where the
 * registers are. Nobody else uses them: the chip is about to run, or has just been stopped.
 */
static int before_own(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct instance *it = (struct instance *)ri->data;

	it->regs = (void __iomem **)regs->di;
	it->real = *it->regs;
	*(u32 *)(registers + MANC) = manc;
	*it->regs = (void __iomem __force *)registers;
	return 0;
}

static int after_own(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct instance *it = (struct instance *)ri->data;

	*it->regs = it->real;
	manc = *(u32 *)(registers + MANC);
	return 0;
}

static struct kretprobe own_probe = {
	.kp.symbol_name = "i8254x_own",
	.entry_handler = before_own,
	.handler = after_own,
	.data_size = sizeof(struct instance),
};

static int __init managed_init(void)
{
	int err;

	registers = vzalloc(MANC + sizeof(u32));
	if (!registers)
		return -ENOMEM;
	err = register_kretprobe(&own_probe);
	if (err)
		vfree(registers);
	return err;
}

static void __exit managed_exit(void)
{
	unregister_kretprobe(&own_probe);
	vfree(registers);
}

module_init(managed_init);
module_exit(managed_exit);
MODULE_DESCRIPTION("Have an 8254x be managed by firmware");
MODULE_LICENSE("GPL");
