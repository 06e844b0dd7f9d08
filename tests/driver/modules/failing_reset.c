// SPDX-License-Identifier: GPL-2.0
/*
 * insmod failing_reset.ko: a chip (82574L) whose reset fails so many times as are written
 * to /sys/module/failing_reset/parameters/times: it does not say that it has read its NVM.
 * No emulated one does that.
 */
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/module.h>

static int times;
module_param(times, int, 0600);
MODULE_PARM_DESC(times, "How many resets are to fail from now on; counts down");

/* Of the driver's int gx_mac_wait_autoload(nic), under its lock */
static int after_wait(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (times > 0) {
		times--;
		regs_set_return_value(regs, -ETIMEDOUT);
	}
	return 0;
}

static struct kretprobe wait_probe = {
	.kp.symbol_name = "gx_mac_wait_autoload",
	.handler = after_wait,
};

static int __init failing_reset_init(void)
{
	return register_kretprobe(&wait_probe);
}

static void __exit failing_reset_exit(void)
{
	unregister_kretprobe(&wait_probe);
}

module_init(failing_reset_init);
module_exit(failing_reset_exit);
MODULE_DESCRIPTION("Have resets of a chip fail");
MODULE_LICENSE("GPL");
