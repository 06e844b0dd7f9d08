// SPDX-License-Identifier: GPL-2.0
/*
 * insmod restart_queue.ko device=NAME, and then, as often as wanted,
 * echo QUEUE >/sys/module/restart_queue/parameters/restart: have the core replace a
 * receive queue's memory, as it does for those who bind some of their own to it.
 *
 * The device is looked up in the network namespace of whoever loads the module. Where
 * the core has no such thing, or not under the device's lock: -EOPNOTSUPP.
 */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <net/net_namespace.h>

static char *device = "";
module_param(device, charp, 0);
MODULE_PARM_DESC(device, "Network interface");

static struct net_device *netdev;

#ifdef HAVE_NETDEV_LOCK
#include <net/netdev_lock.h>
#include <net/netdev_rx_queue.h>

static int restart_queue(unsigned int queue)
{
	int err = -ENOENT;

	netdev_lock(netdev);
	if (queue < netdev->real_num_rx_queues)
		err = netdev_rx_queue_restart(netdev, queue);
	netdev_unlock(netdev);
	return err;
}

MODULE_IMPORT_NS("NETDEV_INTERNAL");
#else
static int restart_queue(unsigned int queue)
{
	return -EOPNOTSUPP;
}
#endif

static int restart(const char *value, const struct kernel_param *kp)
{
	unsigned int queue;
	int err = kstrtouint(value, 0, &queue);

	if (!netdev)
		return -EAGAIN;
	return err ?: restart_queue(queue);
}

static const struct kernel_param_ops restart_ops = { .set = restart };
module_param_cb(restart, &restart_ops, NULL, 0200);
MODULE_PARM_DESC(restart, "Number of a receive queue");

static int __init restart_init(void)
{
	netdev = dev_get_by_name(current->nsproxy->net_ns, device);
	return netdev ? 0 : -ENODEV;
}
module_init(restart_init);

static void __exit restart_exit(void)
{
	dev_put(netdev);
}
module_exit(restart_exit);

MODULE_DESCRIPTION("Have the core replace a receive queue's memory, for tests");
MODULE_LICENSE("GPL");
