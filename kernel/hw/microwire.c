// SPDX-License-Identifier: GPL-2.0
/*
 * The EEPROM of the 8254x, by its pins: what every chip and every emulation of
 * one has. A Microwire part takes a start bit, a two-bit command and an
 * address, and answers with 16 bits, the highest first.
 */
#include <linux/delay.h>
#include <linux/iopoll.h>

#include "hw.h"

#define GX_MW_EDGE_US		20	/* half a clock; the slowest parts do 250 kHz */
#define GX_MW_READ		0x6U	/* start bit and command */
#define GX_MW_READ_BITS		3
#define GX_MW_DATA_BITS		16
#define GX_MW_GRANT_POLL_US	50
#define GX_MW_GRANT_WAIT_US	5000

static void gx_mw_pins(struct gxdp_nic *nic, u32 clear, u32 set)
{
	wr32(nic, GX_EECD, (rd32(nic, GX_EECD) & ~clear) | set);
	rd32(nic, GX_STATUS);
	udelay(GX_MW_EDGE_US);
}

/* One clock: @bit goes out, what comes in is returned. */
static u32 gx_mw_clock(struct gxdp_nic *nic, bool bit)
{
	u32 in;

	gx_mw_pins(nic, GX_EECD_DI, bit ? GX_EECD_DI : 0);
	gx_mw_pins(nic, 0, GX_EECD_SK);
	in = rd32(nic, GX_EECD) & GX_EECD_DO;
	gx_mw_pins(nic, GX_EECD_SK, 0);
	return !!in;
}

static int gx_mw_acquire(struct gxdp_nic *nic)
{
	u32 eecd;
	int err;

	wr32(nic, GX_EECD, rd32(nic, GX_EECD) | GX_EECD_REQ);
	err = read_poll_timeout(rd32, eecd, eecd & GX_EECD_GNT, GX_MW_GRANT_POLL_US,
				GX_MW_GRANT_WAIT_US, false, nic, GX_EECD);
	if (err)
		wr32(nic, GX_EECD, rd32(nic, GX_EECD) & ~GX_EECD_REQ);
	return err ? -EIO : 0;
}

/**
 * gx_microwire_read - read one word of a Microwire EEPROM
 * @nic: device
 * @word: which
 * @value: where to
 *
 * Process context; takes 2 ms, after at most 5 ms until the chip grants it.
 *
 * Return: 0, -ENODEV when the device has left, -EIO when the chip does not
 * let us.
 */
int gx_microwire_read(struct gxdp_nic *nic, u16 word, u16 *value)
{
	unsigned int addr_bits = rd32(nic, GX_EECD) & GX_EECD_SIZE ? 8 : 6;
	u32 out = GX_MW_READ << addr_bits | word;
	u16 in = 0;
	int i, err;

	err = gx_mw_acquire(nic);
	if (gxdp_gone(nic))
		return -ENODEV;
	if (err)
		return err;
	gx_mw_pins(nic, GX_EECD_DI | GX_EECD_SK, GX_EECD_CS);
	for (i = GX_MW_READ_BITS + addr_bits - 1; i >= 0; i--)
		gx_mw_clock(nic, out & BIT(i));
	for (i = 0; i < GX_MW_DATA_BITS; i++)
		in = in << 1 | gx_mw_clock(nic, false);
	gx_mw_pins(nic, GX_EECD_CS | GX_EECD_DI, 0);
	wr32(nic, GX_EECD, rd32(nic, GX_EECD) & ~GX_EECD_REQ);
	*value = in;
	return 0;
}
