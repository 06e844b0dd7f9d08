// SPDX-License-Identifier: GPL-2.0
/* The NVM: settings the chip and the driver start from. Read only. */
#include <linux/etherdevice.h>
#include <linux/iopoll.h>

#include "hw.h"

#define GX_NVM_POLL_US		10
#define GX_NVM_WAIT_US		20000
#define GX_NVM_ROUNDS		3

#define GX_NVM_MAC		0x00	/* three words */
#define GX_NVM_UPDATE		0x10
#define GX_NVM_UPDATE_BUSY	BIT(4)	/* 0: the firmware has rewritten words */
#define GX_NVM_FIXED		0x23
#define GX_NVM_FIXED_DONE	BIT(15)	/* ... and the checksum followed */

/**
 * gx_nvm_eerd - read one word through EERD
 * @nic: device
 * @word: which
 * @value: where to
 * @addr_shift: where EERD has the word's number
 * @done: its bit that says so
 *
 * Return: 0, -ENODEV when the device has left, -EIO when the NVM does not
 * answer within 20 ms.
 */
int gx_nvm_eerd(struct gxdp_nic *nic, u16 word, u16 *value, unsigned int addr_shift, u32 done)
{
	u32 eerd;
	int err;

	wr32(nic, GX_EERD, (u32)word << addr_shift | GX_EERD_START);
	err = read_poll_timeout(rd32, eerd, eerd & done,
				GX_NVM_POLL_US, GX_NVM_WAIT_US, false, nic, GX_EERD);
	if (eerd == ~0U && gxdp_gone(nic))
		return -ENODEV;
	if (err)
		return -EIO;

	*value = eerd >> GX_EERD_DATA_SHIFT;
	return 0;
}

/**
 * gx_nvm_read - the same, where 82574 and 82576 have it
 * @nic: device
 * @word: which
 * @value: where to
 *
 * Return: as gx_nvm_eerd()
 */
int gx_nvm_read(struct gxdp_nic *nic, u16 word, u16 *value)
{
	return gx_nvm_eerd(nic, word, value, GX_EERD_ADDR_SHIFT, GX_EERD_DONE);
}

const struct gx_nvm_ops gx_nvm_eerd_ops = {
	.read		= gx_nvm_read,
	.may_be_flash	= true,
};

/* Flash parts: the firmware may have left it to a driver to mend the sum. */
static bool gx_nvm_sum_pending(struct gxdp_nic *nic, const struct gx_nvm_ops *ops)
{
	u16 update, fixed;

	if (!ops->may_be_flash || (rd32(nic, GX_EECD) & GX_EECD_FLASH) != GX_EECD_FLASH)
		return false;
	if (ops->read(nic, GX_NVM_UPDATE, &update) ||
	    ops->read(nic, GX_NVM_FIXED, &fixed))
		return false;
	return !(update & GX_NVM_UPDATE_BUSY) && !(fixed & GX_NVM_FIXED_DONE);
}

/**
 * gx_nvm_sum - add up what the checksum covers
 * @nic: device
 * @read: reads one word; as gx_nvm_ops
 * @sum: where to; GX_NVM_SUM, if the content is sound
 *
 * Waits until the chip has read the NVM itself after a reset, 25 ms at the most; then a
 * word takes 20 ms at the most, and as a rule much less. Up to
 * three attempts: e1000e makes as many, for with ASPM on the first may fail.
 *
 * Return: 0, or the errno of a word that cannot be read.
 */
int gx_nvm_sum(struct gxdp_nic *nic,
	       int (*read)(struct gxdp_nic *nic, u16 word, u16 *value), u16 *sum)
{
	u16 word, value = 0;
	unsigned int round;
	int err = 0;

	gx_phy_wait_ready(nic);
	for (round = 0; round < GX_NVM_ROUNDS; round++) {
		*sum = 0;
		for (word = 0; word < GX_NVM_WORDS; word++) {
			err = read(nic, word, &value);
			if (err)
				break;
			*sum += value;
		}
		if (err == -ENODEV || (!err && *sum == GX_NVM_SUM))
			break;
	}
	return err;
}

/**
 * gx_nvm_check - is the content sound?
 * @nic: device
 * @ops: how to read it
 *
 * Return: 0, or an errno with the reason in the log.
 */
int gx_nvm_check(struct gxdp_nic *nic, const struct gx_nvm_ops *ops)
{
	u16 sum;
	int err;

	err = gx_nvm_sum(nic, ops->read, &sum);
	if (err) {
		dev_err(&nic->pdev->dev, "the NVM cannot be read: %d\n", err);
		return err;
	}
	if (sum == GX_NVM_SUM)
		return 0;
	if (gx_nvm_sum_pending(nic, ops)) {
		dev_warn(&nic->pdev->dev,
			 "NVM checksum not yet brought up to date by the firmware's tools\n");
		return 0;
	}
	dev_err(&nic->pdev->dev,
		"NVM checksum is %#06x, not %#06x: its content is damaged; restore it with the vendor's tools\n",
		sum, GX_NVM_SUM);
	return -EIO;
}

/**
 * gx_nvm_addr - read a MAC address
 * @nic: device
 * @ops: how to read it
 * @word: the first of three words
 * @addr: where to; what is there need not be an address
 *
 * Return: 0 or an errno
 */
int gx_nvm_addr(struct gxdp_nic *nic, const struct gx_nvm_ops *ops, u16 word, u8 *addr)
{
	unsigned int i;
	u16 value;
	int err;

	for (i = 0; i < ETH_ALEN; i += 2) {
		err = ops->read(nic, word + i / 2, &value);
		if (err)
			return err;
		addr[i] = value & 0xff;
		addr[i + 1] = value >> 8;
	}
	return 0;
}

/**
 * gx_nvm_identify - check the NVM and take the MAC address from it
 * @nic: device
 * @ops: how to read it
 *
 * Return: 0, or an errno with the reason in the log.
 */
int gx_nvm_identify(struct gxdp_nic *nic, const struct gx_nvm_ops *ops)
{
	int err;

	err = gx_nvm_check(nic, ops);
	if (!err)
		err = gx_nvm_addr(nic, ops, GX_NVM_MAC, nic->perm_addr);
	if (err)
		return err;
	if (!is_valid_ether_addr(nic->perm_addr)) {
		dev_err(&nic->pdev->dev, "%pM in the NVM is no usable MAC address\n",
			nic->perm_addr);
		return -EADDRNOTAVAIL;
	}
	return 0;
}
