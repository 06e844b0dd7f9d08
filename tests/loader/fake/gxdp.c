// SPDX-License-Identifier: GPL-2.0
/*
 * A driver called gxdp that can be told how to fail, to see gxdp bind put all
 * back. Told nothing, it makes a network device that sends and receives nothing.
 */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/pci.h>

static bool probe_fails;
module_param(probe_fails, bool, 0644);
MODULE_PARM_DESC(probe_fails, "probe returns an error");

static bool no_netdev;
module_param(no_netdev, bool, 0644);
MODULE_PARM_DESC(no_netdev, "probe succeeds without making a network device");

static bool no_carrier;
module_param(no_carrier, bool, 0644);
MODULE_PARM_DESC(no_carrier, "the link never comes up");

static unsigned int max_mtu = ETH_DATA_LEN;
module_param(max_mtu, uint, 0644);
MODULE_PARM_DESC(max_mtu, "largest MTU of the device");

static netdev_tx_t fake_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops fake_ops = {
	.ndo_start_xmit		= fake_xmit,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_validate_addr	= eth_validate_addr,
};

static int fake_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	static const u8 mac[ETH_ALEN] = { 0x52, 0x54, 0, 0xfa, 0xce, 0x01 };
	struct net_device *dev;
	int err;

	if (probe_fails)
		return -EIO;
	if (no_netdev)
		return 0;
	dev = alloc_etherdev(0);
	if (!dev)
		return -ENOMEM;
	SET_NETDEV_DEV(dev, &pdev->dev);
	dev->netdev_ops = &fake_ops;
	dev->max_mtu = max_mtu;
	eth_hw_addr_set(dev, mac);
	if (no_carrier)
		netif_carrier_off(dev);
	err = register_netdev(dev);
	if (err) {
		free_netdev(dev);
		return err;
	}
	pci_set_drvdata(pdev, dev);
	return 0;
}

static void fake_remove(struct pci_dev *pdev)
{
	struct net_device *dev = pci_get_drvdata(pdev);

	if (!dev)
		return;
	unregister_netdev(dev);
	free_netdev(dev);
}

static const struct pci_device_id fake_ids[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(PCI_VENDOR_ID_INTEL, 0x10d3) },
	{ }
};

static struct pci_driver fake_driver = {
	.name		= "gxdp",
	.id_table	= fake_ids,
	.probe		= fake_probe,
	.remove		= fake_remove,
};
module_pci_driver(fake_driver);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("stand-in for gxdp, for the loader's tests");
