// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupt spacing that follows the traffic: each pair's vector by itself,
 * as the kernel's net DIM decides. A poll that ends reports what the pair has
 * moved; the decision is carried out by a work, in process context.
 */
#include <linux/dim.h>

#include "gxdp.h"
#include "hw/family.h"

#define GXDP_DIM_FIRST_PROFILE	2	/* of five; 64 us */

static void gxdp_moderation_work(struct work_struct *work)
{
	struct dim *dim = container_of(work, struct dim, work);
	struct gxdp_pair *pair = container_of(dim, struct gxdp_pair, dim);
	struct gxdp_nic *nic = pair->nic;

	mutex_lock(&nic->hw_lock);
	if (nic->adaptive && test_bit(GXDP_UP, &nic->flags))
		nic->family->itr_pair(nic, pair, gxdp_dim_usecs(dim));
	mutex_unlock(&nic->hw_lock);
	dim->state = DIM_START_MEASURE;
}

/**
 * gxdp_moderation_init - prepare a pair
 * @pair: pair, at probe
 */
void gxdp_moderation_init(struct gxdp_pair *pair)
{
	INIT_WORK(&pair->dim.work, gxdp_moderation_work);
	pair->dim.mode = DIM_CQ_PERIOD_MODE_START_FROM_EQE;
	pair->dim.profile_ix = GXDP_DIM_FIRST_PROFILE;
}

/**
 * gxdp_moderation_write - tell the chip the spacing of each pair's interrupts
 * @nic: device
 *
 * Control path, hw_lock held.
 */
void gxdp_moderation_write(struct gxdp_nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->max_pairs; i++) {
		struct gxdp_pair *pair = nic->pair[i];

		nic->family->itr_pair(nic, pair, nic->adaptive ? gxdp_dim_usecs(&pair->dim) :
								 nic->itr_usecs);
	}
}

/**
 * gxdp_moderation_poll_end - a poll of this pair is over
 * @pair: pair; nic->adaptive is set
 *
 * NAPI context, before the vector is unmasked.
 */
void gxdp_moderation_poll_end(struct gxdp_pair *pair)
{
	const struct gxdp_rx_counts *rx = &pair->rx_counts;
	const struct gxdp_tx_counts *tx = &pair->tx_counts;
	struct dim_sample sample = {};

	dim_update_sample(++pair->dim_events, rx->packets + tx->packets + tx->xsk,
			  rx->bytes + tx->bytes + tx->xsk_bytes, &sample);
	gxdp_net_dim(&pair->dim, &sample);
}

/**
 * gxdp_moderation_stop - no decision is under way any more
 * @nic: device; its NAPIs disabled; hw_lock not held
 */
void gxdp_moderation_stop(struct gxdp_nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->max_pairs; i++) {
		cancel_work_sync(&nic->pair[i]->dim.work);
		/* one that had been decided upon will not be carried out */
		nic->pair[i]->dim.state = DIM_START_MEASURE;
	}
}
