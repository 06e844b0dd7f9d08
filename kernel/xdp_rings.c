// SPDX-License-Identifier: GPL-2.0
/*
 * XDP's own transmit rings: the queues of the chip that are no pair's, one
 * for each processor while they last. What a processor sends by XDP_TX and
 * ndo_xdp_xmit it queues on its own ring, without a lock: both run with BHs
 * off, so nobody gets in between. A processor without one (and every one on
 * chips without spare queues) shares a pair's ring with the stack, under the
 * queue's lock. So does every one with PREEMPT_RT, where others do get in between.
 *
 * The cleaner is a pair's poll, as with any ring, wherever that runs.
 *
 * Changing over: the map is taken away, which puts everybody on the shared
 * rings; then the old rings drain; then the new map is put up. No frame is
 * lost for it.
 */
#include <linux/delay.h>

#include "gxdp.h"
#include "hw/family.h"
#include "tx.h"
#include "xdp_rings.h"

#define GXDP_XDP_DRAIN_MSECS	100

/* Devices that have a map up: where there is none, XDP takes no look for it. */
DEFINE_STATIC_KEY_FALSE(gxdp_xdp_own_rings);

/**
 * gxdp_xdp_rings_alloc - rings for a configuration, not in use
 * @nic: device
 * @cfg: configuration: queue pairs, ring size
 * @set: empty; filled in
 *
 * Process context. Returns 0 or -ENOMEM with nothing left behind.
 */
int gxdp_xdp_rings_alloc(struct gxdp_nic *nic, const struct gxdp_config *cfg,
			 struct gxdp_xdp_rings *set)
{
	unsigned int queues = nic->family->tx_queues, cpu;

	if (IS_ENABLED(CONFIG_PREEMPT_RT) || queues <= cfg->pairs)
		return 0;
	set->map = kzalloc(struct_size(set->map, of_cpu, nr_cpu_ids), GFP_KERNEL);
	if (!set->map)
		return -ENOMEM;
	queues = min(queues - cfg->pairs, ARRAY_SIZE(set->tx));
	for_each_online_cpu(cpu) {
		struct gxdp_tx *tx;

		if (set->count == queues)
			break;
		tx = gxdp_tx_alloc_xdp(nic, cfg, set->count);
		if (IS_ERR(tx)) {
			gxdp_xdp_rings_free(set);
			return PTR_ERR(tx);
		}
		set->tx[set->count++] = tx;
		set->map->of_cpu[cpu] = tx;
	}
	return 0;
}

/**
 * gxdp_xdp_rings_free - give back rings that are not in use
 * @set: the rings; empty afterwards
 */
void gxdp_xdp_rings_free(struct gxdp_xdp_rings *set)
{
	while (set->count)
		gxdp_tx_free(set->tx[--set->count]);
	kfree(set->map);
	set->map = NULL;
}

static bool gxdp_xdp_rings_drained(const struct gxdp_xdp_rings *set)
{
	unsigned int i;

	for (i = 0; i < set->count; i++)
		if (!gxdp_tx_drained(set->tx[i]))
			return false;
	return true;
}

static void gxdp_xdp_rings_drain(struct gxdp_nic *nic)
{
	unsigned long until = jiffies + msecs_to_jiffies(GXDP_XDP_DRAIN_MSECS);
	struct gxdp_xdp_rings *set = &nic->xdp_rings;
	unsigned int i;

	if (!netif_carrier_ok(nic->netdev) || test_bit(GXDP_RESETTING, &nic->flags))
		return;		/* they will not leave */
	while (!gxdp_xdp_rings_drained(set) && time_before(jiffies, until) && !gxdp_gone(nic)) {
		for (i = 0; i < set->count; i++)
			gxdp_poll_now(set->tx[i]->pair);
		usleep_range(50, 200);
	}
}

/**
 * gxdp_xdp_rings_abandon - release what the chip has not sent of nic->xdp_rings
 * @nic: device; the chip uses the rings no more, and nobody else does
 *
 * Control path, hw_lock held.
 */
void gxdp_xdp_rings_abandon(struct gxdp_nic *nic)
{
	struct gxdp_xdp_rings *set = &nic->xdp_rings;
	unsigned int i;

	for (i = 0; i < set->count; i++)
		gxdp_tx_abandon(set->tx[i]);
}

/**
 * gxdp_xdp_rings_stop - take nic->xdp_rings out of use
 * @nic: device, its pairs' NAPIs enabled
 *
 * Control path, hw_lock held. Waits for what is queued, 100 ms at the most.
 * Afterwards XDP uses the pairs' rings. The rings are empty, and kept.
 *
 * Return: 0, or an errno: the chip may go on sending from them, until a reset that
 * gxdp_xdp_rings_abandon() is to follow.
 */
int gxdp_xdp_rings_stop(struct gxdp_nic *nic)
{
	struct gxdp_xdp_rings *set = &nic->xdp_rings;
	unsigned int i;
	int err = 0;

	if (!rcu_access_pointer(nic->xdp_map))
		return 0;
	RCU_INIT_POINTER(nic->xdp_map, NULL);
	synchronize_net();	/* nobody queues any more */
	static_branch_dec(&gxdp_xdp_own_rings);
	gxdp_xdp_rings_drain(nic);
	for (i = 0; i < nic->max_pairs; i++)
		WRITE_ONCE(nic->pair[i]->xdp_tx, NULL);
	synchronize_net();	/* nor cleans */
	for (i = 0; i < set->count; i++)
		err = nic->family->tx_stop(nic, nic->family->tx_queues - 1 - i) ?: err;
	if (!err)
		gxdp_xdp_rings_abandon(nic);
	return err;
}

/**
 * gxdp_xdp_rings_start - put nic->xdp_rings to use
 * @nic: device, its pairs started
 *
 * Control path, hw_lock held.
 */
void gxdp_xdp_rings_start(struct gxdp_nic *nic)
{
	struct gxdp_xdp_rings *set = &nic->xdp_rings;
	unsigned int i;

	if (!set->count)
		return;
	for (i = 0; i < set->count; i++) {
		struct gxdp_pair *pair = nic->pair[i % nic->cfg.pairs];
		unsigned int queue = nic->family->tx_queues - 1 - i;
		struct gxdp_tx *tx = set->tx[i];

		tx->pair = pair;
		gxdp_tx_rewind(tx);
		nic->family->tx_ring(nic, tx, queue);
		nic->family->tx_start(nic, queue);
		tx->next = pair->xdp_tx;
		/* pairs with the acquire in the poll: a whole ring, or none */
		smp_store_release(&pair->xdp_tx, tx);
	}
	static_branch_inc(&gxdp_xdp_own_rings);
	rcu_assign_pointer(nic->xdp_map, set->map);
}
