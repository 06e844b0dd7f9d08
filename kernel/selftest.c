// SPDX-License-Identifier: GPL-2.0
/*
 * "ethtool -t": is the hardware sound?
 *
 * Online tests disturb nothing. Offline ones take the device out of service
 * for about a second: its rings, program, AF_XDP sockets and settings stay,
 * frames that come meanwhile are lost, and the link goes down and comes back,
 * for the loopback is the PHY's.
 *
 * A result is 0 when all is well, else a number that says what is not.
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/delay.h>

#include "gxdp.h"
#include "hw/family.h"
#include "hw/hw.h"
#include "hw/regs.h"
#include "selftest.h"

#define GXDP_TEST_IRQ_MSECS	500
#define GXDP_TEST_LOOP_MSECS	500
#define GXDP_TEST_LINK_MSECS	1500	/* for the PHY to go into loopback */
#define GXDP_TEST_FRAMES	32
#define GXDP_TEST_FRAME_LEN	512
#define GXDP_TEST_PROBE_LEN	64
#define GXDP_TEST_BYTE		0xa5

enum gxdp_test {
	GXDP_TEST_REGISTERS,	/* offset of the first bad one, plus 1 */
	GXDP_TEST_NVM,		/* 1 unreadable, 2 checksum */
	GXDP_TEST_INTERRUPT,	/* bit per pair, and bit 16: other causes */
	GXDP_TEST_LOOPBACK,	/* frames missing, or 1000: not to be tried */
	GXDP_TEST_LINK,		/* 1: no link */
	GXDP_TESTS,
};

static const char gxdp_test_names[GXDP_TESTS][ETH_GSTRING_LEN] = {
	[GXDP_TEST_REGISTERS]	= "Registers  (offline)",
	[GXDP_TEST_NVM]		= "NVM        (online)",
	[GXDP_TEST_INTERRUPT]	= "Interrupts (online)",
	[GXDP_TEST_LOOPBACK]	= "Loopback   (offline)",
	[GXDP_TEST_LINK]	= "Link       (online)",
};

/**
 * gxdp_selftest_count - number of results
 */
int gxdp_selftest_count(void)
{
	return GXDP_TESTS;
}

/**
 * gxdp_selftest_strings - their names
 * @data: ETH_GSTRING_LEN bytes each
 */
void gxdp_selftest_strings(u8 *data)
{
	memcpy(data, gxdp_test_names, sizeof(gxdp_test_names));
}

/*
 * Registers that hold what is written, and which bits of them; receiver off. Not those of
 * flow control: QEMU's 8254x has none, and is no broken chip.
 */
static const struct {
	u16 reg;
	u32 bits;
} gxdp_test_regs[] = {
	{ GX_VET, GENMASK(15, 0) },
	{ GX_RDBAL(0), GENMASK(31, 7) },	/* of 82576; others have bits 6:4, too */
	{ GX_RDBAH(0), GENMASK(31, 0) },
	{ GX_RDLEN(0), GENMASK(19, 7) },
	{ GX_TDBAL(0), GENMASK(31, 7) },
	{ GX_TDBAH(0), GENMASK(31, 0) },
	{ GX_TDLEN(0), GENMASK(19, 7) },
	{ GX_MTA(0), GENMASK(31, 0) },
	{ GX_MTA(GX_MTA_LEN - 1), GENMASK(31, 0) },
	{ GX_VFTA(0), GENMASK(31, 0) },
	{ GX_VFTA(GX_VFTA_LEN - 1), GENMASK(31, 0) },
	{ GX_RAL(1), GENMASK(31, 0) },
};

static bool gxdp_reg_holds(struct gxdp_nic *nic, u16 reg, u32 bits)
{
	static const u32 patterns[] = { 0x5a5a5a5a, 0xa5a5a5a5, 0x00000000, 0xffffffff };
	u32 before = rd32(nic, reg);
	unsigned int i;
	u32 got = 0;

	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		wr32(nic, reg, patterns[i] & bits);
		got = rd32(nic, reg) & bits;
		if (got != (patterns[i] & bits))
			break;
	}
	wr32(nic, reg, before);
	if (i == ARRAY_SIZE(patterns))
		return true;
	netdev_err(nic->netdev, "self-test: register %#06x does not hold %#010x, but %#010x\n",
		   reg, patterns[i] & bits, got);
	return false;
}

/* The chip has been reset and nothing runs. */
static u64 gxdp_test_registers(struct gxdp_nic *nic)
{
	unsigned int i;
	u64 bad = 0;

	mutex_lock(&nic->hw_lock);
	for (i = 0; i < ARRAY_SIZE(gxdp_test_regs) && !bad; i++)
		if (!gxdp_reg_holds(nic, gxdp_test_regs[i].reg, gxdp_test_regs[i].bits))
			bad = gxdp_test_regs[i].reg + 1;
	mutex_unlock(&nic->hw_lock);
	return bad;
}

static u64 gxdp_test_nvm(struct gxdp_nic *nic)
{
	u16 sum;
	int err;

	if (!nic->family->nvm_read)
		return 0;

	mutex_lock(&nic->hw_lock);
	err = gx_nvm_sum(nic, nic->family->nvm_read, &sum);
	mutex_unlock(&nic->hw_lock);
	if (err)
		return 1;
	if (sum == GX_NVM_SUM)
		return 0;
	netdev_err(nic->netdev, "self-test: NVM checksum is %#06x, not %#06x\n",
		   sum, GX_NVM_SUM);
	return 2;
}

/* Interrupts taken, by pair, and those of other causes behind them */
static void gxdp_irq_counts(struct gxdp_nic *nic, u32 *count)
{
	unsigned int i;

	for (i = 0; i < nic->cfg.pairs; i++)
		count[i] = READ_ONCE(nic->pair[i]->irqs);
	count[i] = READ_ONCE(nic->other_irqs);
}

/* Raise each cause by hand, as the chip does, and see the handlers run. */
static u64 gxdp_test_interrupts(struct gxdp_nic *nic)
{
	u32 before[GXDP_MAX_PAIRS + 1], now[GXDP_MAX_PAIRS + 1];
	unsigned long until = jiffies + msecs_to_jiffies(GXDP_TEST_IRQ_MSECS);
	unsigned int i, pairs = nic->cfg.pairs;
	u64 missing;

	if (!nic->family->irq_raise)
		return 0;
	gxdp_irq_counts(nic, before);
	mutex_lock(&nic->hw_lock);
	for (i = 0; i < pairs; i++)
		nic->family->irq_raise(nic, nic->pair[i]);
	nic->family->irq_raise(nic, NULL);
	mutex_unlock(&nic->hw_lock);
	for (;;) {
		gxdp_irq_counts(nic, now);
		missing = 0;
		for (i = 0; i <= pairs; i++)
			if (now[i] == before[i])
				missing |= i < pairs ? BIT(i) : BIT(16);
		if (!missing || time_after(jiffies, until))
			break;
		usleep_range(500, 1000);
	}
	if (missing)
		netdev_err(nic->netdev, "self-test: raised, and not come: %#llx\n", missing);
	return missing;
}

static struct sk_buff *gxdp_test_frame(struct net_device *netdev, unsigned int len)
{
	struct sk_buff *skb = netdev_alloc_skb(netdev, len);
	struct ethhdr *eth;

	if (!skb)
		return NULL;
	eth = skb_put(skb, sizeof(*eth));
	ether_addr_copy(eth->h_dest, netdev->dev_addr);
	ether_addr_copy(eth->h_source, netdev->dev_addr);
	eth->h_proto = htons(ETH_P_LOOPBACK);
	memset(skb_put(skb, len - sizeof(*eth)), GXDP_TEST_BYTE, len - sizeof(*eth));
	return skb;
}

/*
 * Past the qdisc, which is not there while the carrier is not. False when the
 * queue has no room yet.
 */
static bool gxdp_test_send(struct net_device *netdev, unsigned int len)
{
	struct netdev_queue *txq = netdev_get_tx_queue(netdev, 0);
	struct sk_buff *skb = gxdp_test_frame(netdev, len);
	netdev_tx_t ret = NETDEV_TX_BUSY;

	if (!skb)
		return false;
	__netif_tx_lock_bh(txq);
	if (!netif_xmit_frozen_or_stopped(txq))
		ret = netdev_start_xmit(skb, netdev, txq, false);
	__netif_tx_unlock_bh(txq);
	if (!dev_xmit_complete(ret)) {
		kfree_skb(skb);
		return false;
	}
	return true;
}

static u64 gxdp_rx_total(struct gxdp_nic *nic, u64 *bytes)
{
	u64 packets = 0;
	unsigned int i;

	*bytes = 0;
	for (i = 0; i < nic->cfg.pairs; i++) {
		packets += READ_ONCE(nic->pair[i]->rx_counts.packets);
		*bytes += READ_ONCE(nic->pair[i]->rx_counts.bytes);
	}
	return packets;
}

/*
 * The PHY takes its time to go into loopback, and may be negotiating yet; a probe
 * that comes back says that it is there. Those still on their way are waited for:
 * what is counted next has to be the test's own. (Should one come later, it is too
 * short to stand for a frame of the test that is missing.)
 */
static bool gxdp_test_loop_closes(struct gxdp_nic *nic)
{
	unsigned long until = jiffies + msecs_to_jiffies(GXDP_TEST_LINK_MSECS);
	u64 start, before, now, bytes;

	start = gxdp_rx_total(nic, &bytes);
	now = start;
	do {
		before = now;
		if (now == start)
			gxdp_test_send(nic->netdev, GXDP_TEST_PROBE_LEN);
		usleep_range(5000, 10000);
		now = gxdp_rx_total(nic, &bytes);
	} while ((now == start || now != before) && time_before(jiffies, until));
	return now != start;
}

/*
 * What leaves comes back, whole: counted by the rings, since a program or a
 * socket may be what sees the frames. Runs with the PHY in loopback.
 */
static u64 gxdp_test_frames(struct gxdp_nic *nic)
{
	unsigned long until = jiffies + msecs_to_jiffies(GXDP_TEST_LOOP_MSECS);
	u64 bytes, start, packets, byte_start;
	unsigned int sent = 0;

	start = gxdp_rx_total(nic, &byte_start);
	do {
		while (sent < GXDP_TEST_FRAMES && gxdp_test_send(nic->netdev, GXDP_TEST_FRAME_LEN))
			sent++;
		usleep_range(500, 1000);
		packets = gxdp_rx_total(nic, &bytes) - start;
		bytes -= byte_start;
	} while ((sent < GXDP_TEST_FRAMES || packets < sent ||
		  bytes < (u64)sent * GXDP_TEST_FRAME_LEN) && time_before(jiffies, until));
	if (sent == GXDP_TEST_FRAMES && packets >= sent &&
	    bytes >= (u64)sent * GXDP_TEST_FRAME_LEN)
		return 0;
	netdev_err(nic->netdev, "self-test: of %u frames to itself %u went and %llu came back\n",
		   GXDP_TEST_FRAMES, sent, packets);
	return GXDP_TEST_FRAMES - min_t(u64, packets, GXDP_TEST_FRAMES - 1);
}

static u64 gxdp_test_loopback(struct gxdp_nic *nic)
{
	bool was = nic->loopback;
	u64 result = 1000;
	int err;

	if (!nic->family->loopback)
		return 0;
	err = gxdp_set_loopback(nic, true);
	if (err) {
		netdev_err(nic->netdev, "self-test: the PHY does not go into loopback: %d\n", err);
	} else if (!gxdp_test_loop_closes(nic)) {
		netdev_err(nic->netdev, "self-test: nothing sent to itself came back\n");
		result = GXDP_TEST_FRAMES;
	} else {
		result = gxdp_test_frames(nic);
	}
	if (!was)
		gxdp_set_loopback(nic, false);
	return result;
}

/* Rings that were not there are made for the test, and go afterwards. */
static void gxdp_selftest_offline(struct gxdp_nic *nic, u64 *data)
{
	bool up = netif_running(nic->netdev);
	int err;

	if (up)
		gxdp_config_pause(nic);
	data[GXDP_TEST_REGISTERS] = gxdp_test_registers(nic);
	err = up ? gxdp_config_restart(nic) : gxdp_config_up(nic);
	if (err) {
		netdev_err(nic->netdev, "self-test: does not start again: %d\n", err);
		if (up)
			gxdp_schedule_reset(nic);
		data[GXDP_TEST_INTERRUPT] = 1;
		data[GXDP_TEST_LOOPBACK] = 1000;
		return;
	}
	data[GXDP_TEST_INTERRUPT] = gxdp_test_interrupts(nic);
	data[GXDP_TEST_LOOPBACK] = gxdp_test_loopback(nic);
	if (!up) {
		gxdp_config_down(nic);
		cancel_work_sync(&nic->link_work);
		netif_carrier_off(nic->netdev);
		nic->link.up = false;
	}
}

/**
 * gxdp_self_test - ethtool -t
 * @netdev: device
 * @test: which; says whether any failed
 * @data: a result each
 *
 * Control path; sleeps, up to some 3 seconds offline.
 */
void gxdp_self_test(struct net_device *netdev, struct ethtool_test *test, u64 *data)
{
	struct gxdp_nic *nic = netdev_priv(netdev);
	bool offline = test->flags & ETH_TEST_FL_OFFLINE;
	unsigned int i;

	memset(data, 0, GXDP_TESTS * sizeof(*data));
	/* before the offline tests take the link away */
	data[GXDP_TEST_LINK] = netif_running(netdev) && !netif_carrier_ok(netdev);
	data[GXDP_TEST_NVM] = gxdp_test_nvm(nic);
	if (offline)
		gxdp_selftest_offline(nic, data);
	else if (netif_running(netdev))
		data[GXDP_TEST_INTERRUPT] = gxdp_test_interrupts(nic);
	for (i = 0; i < GXDP_TESTS; i++)
		if (data[i])
			test->flags |= ETH_TEST_FL_FAILED;
}
