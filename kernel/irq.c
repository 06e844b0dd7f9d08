// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts and NAPI: MSI-X with a vector per pair and one for the rest;
 * failing that MSI, then INTx, with one vector and one pair.
 */
#include <linux/interrupt.h>
#include <linux/module.h>

#include "gxdp.h"
#include "hw/family.h"
#include "hw/regs.h"
#include "path.h"
#include "tx.h"

static unsigned int irq_mode = GXDP_IRQ_MSIX;

static int gxdp_set_irq_mode(const char *value, const struct kernel_param *param)
{
	return param_set_uint_minmax(value, param, GXDP_IRQ_INTX, GXDP_IRQ_MSIX);
}

static const struct kernel_param_ops gxdp_irq_mode_ops = {
	.set	= gxdp_set_irq_mode,
	.get	= param_get_uint,
};

module_param_cb(irq_mode, &gxdp_irq_mode_ops, &irq_mode, 0444);
__MODULE_PARM_TYPE(irq_mode, "uint");
MODULE_PARM_DESC(irq_mode, "Most capable interrupt mode to use: 0 INTx, 1 MSI, 2 MSI-X (default)");

/* MSI-X: this pair has work. The chip masked its causes with the message. */
static irqreturn_t gxdp_irq_pair(int irq, void *data)
{
	struct gxdp_pair *pair = data;

	WRITE_ONCE(pair->irqs, pair->irqs + 1);
	napi_schedule_irqoff(&pair->napi);
	return IRQ_HANDLED;
}

/* MSI-X: link and everything else that is no queue's. */
static irqreturn_t gxdp_irq_other(int irq, void *data)
{
	struct gxdp_nic *nic = data;

	WRITE_ONCE(nic->other_irqs, nic->other_irqs + 1);
	if (nic->family->irq_ack(nic) & GXDP_CAUSE_LINK)
		schedule_work(&nic->link_work);
	return IRQ_HANDLED;
}

/*
 * INTx: one line for all, which other devices may share. The kernel turns off a line
 * that storms and that no handler claims: so we claim what was ours, and no more,
 * whatever there is to be done on the occasion.
 */
static irqreturn_t gxdp_irq_line(int irq, void *data)
{
	struct gxdp_nic *nic = data;
	u32 causes;

	/* another device's, on a shared line */
	if (unlikely(test_bit(GXDP_ASLEEP, &nic->flags)))
		return IRQ_NONE;
	causes = nic->family->irq_ack(nic);
	if (causes & GXDP_CAUSE_LINK) {
		WRITE_ONCE(nic->other_irqs, nic->other_irqs + 1);
		schedule_work(&nic->link_work);
	}
	if (causes & GXDP_CAUSE_QUEUES) {
		WRITE_ONCE(nic->pair[0]->irqs, nic->pair[0]->irqs + 1);
		napi_schedule_irqoff(&nic->pair[0]->napi);
	}
	return causes & GXDP_CAUSE_OURS ? IRQ_HANDLED : IRQ_NONE;
}

/* MSI: one message for all, and nobody else's; its causes may have been seen to by then. */
static irqreturn_t gxdp_irq_msi(int irq, void *data)
{
	gxdp_irq_line(irq, data);
	return IRQ_HANDLED;
}

/*
 * One poll serves everything the pair has: transmit completions, receive,
 * XDP, and AF_XDP both ways. @rx_poll, @xsk_xmit and @own (the chip may have
 * rings for XDP alone) are constants: compiled once for each path.
 */
static __always_inline int gxdp_poll(struct napi_struct *napi, int budget,
				     int (*const rx_poll)(struct gxdp_pair *, int),
				     bool (*const xsk_xmit)(struct gxdp_tx *,
							    struct xsk_buff_pool *),
				     const bool own)
{
	struct gxdp_pair *pair = container_of(napi, struct gxdp_pair, napi);
	struct gxdp_tx *tx = pair->tx, *xdp_tx;
	bool more = !gxdp_tx_poll(tx, budget);
	struct xsk_buff_pool *pool;
	int frames;

	/* netpoll may come with interrupts off, where XDP's buffers cannot go back */
	if (unlikely(!budget))
		return 0;
	if (own) {
		xdp_tx = smp_load_acquire(&pair->xdp_tx);	/* see gxdp_xdp_rings_start() */
		for (; xdp_tx; xdp_tx = xdp_tx->next)
			more |= !gxdp_tx_poll(xdp_tx, budget);
	}

	frames = rx_poll(pair, budget);
	pool = READ_ONCE(tx->pool);
	if (pool)
		more |= xsk_xmit(tx, pool);
	if (frames == budget || more)
		return budget;
	if (likely(napi_complete_done(napi, frames))) {
		if (pair->nic->adaptive)
			gxdp_moderation_poll_end(pair);
		writel(pair->ims, pair->unmask);
	}
	return frames;
}

/**
 * gxdp_poll_8254x - NAPI poll
 * @napi: a pair's
 * @budget: most frames to receive; 0 from netpoll: clean transmit only
 */
int gxdp_poll_8254x(struct napi_struct *napi, int budget)
{
	return gxdp_poll(napi, budget, gxdp_rx_poll_8254x, gxdp_xsk_xmit_8254x, false);
}

/**
 * gxdp_poll_82574 - NAPI poll
 * @napi: a pair's
 * @budget: most frames to receive; 0 from netpoll: clean transmit only
 */
int gxdp_poll_82574(struct napi_struct *napi, int budget)
{
	return gxdp_poll(napi, budget, gxdp_rx_poll_82574, gxdp_xsk_xmit_82574, false);
}

/**
 * gxdp_poll_82576 - NAPI poll
 * @napi: a pair's
 * @budget: most frames to receive; 0 from netpoll: clean transmit only
 */
int gxdp_poll_82576(struct napi_struct *napi, int budget)
{
	return gxdp_poll(napi, budget, gxdp_rx_poll_82576, gxdp_xsk_xmit_82576, true);
}

/**
 * gxdp_napi_add - put a pair's NAPI on the device's list, if it is not there
 * @pair: pair that is about to run
 *
 * Control path. The NAPI is disabled. Undone by gxdp_napi_del().
 */
void gxdp_napi_add(struct gxdp_pair *pair)
{
	struct gxdp_nic *nic = pair->nic;

	if (test_bit(NAPI_STATE_LISTED, &pair->napi.state))
		return;
	netif_napi_add_config_locked(nic->netdev, &pair->napi, nic->family->path->poll,
				     pair->index);
	netif_napi_set_irq_locked(&pair->napi, gxdp_pair_irq(pair));
}

/**
 * gxdp_napi_start - enable a pair's NAPI
 * @pair: pair with both rings, after gxdp_napi_add()
 *
 * Control path. Undone by napi_disable_locked().
 */
void gxdp_napi_start(struct gxdp_pair *pair)
{
	struct net_device *netdev = pair->nic->netdev;

	napi_enable_locked(&pair->napi);
	/* when the ring was made, it may not have had one */
	gxdp_rxq_set_napi_id(&pair->rx->rxq, pair->napi.napi_id);
	gxdp_rxq_set_napi_id(&pair->rxq_xsk, pair->napi.napi_id);
	netif_queue_set_napi(netdev, pair->index, NETDEV_QUEUE_TYPE_RX, &pair->napi);
	netif_queue_set_napi(netdev, pair->index, NETDEV_QUEUE_TYPE_TX, &pair->napi);
}

/**
 * gxdp_napi_del - take NAPIs that stay disabled off the device's list
 * @nic: device
 * @first: the first pair that does not run; none after it does
 *
 * Control path; sleeps. When its locks are let go, the NAPIs on the list must be
 * running: to turn threaded NAPI off, the core waits for each of them to be idle.
 */
void gxdp_napi_del(struct gxdp_nic *nic, unsigned int first)
{
	bool gone = false;
	unsigned int i;

	for (i = first; i < nic->max_pairs; i++) {
		struct napi_struct *napi = &nic->pair[i]->napi;

		netif_queue_set_napi(nic->netdev, i, NETDEV_QUEUE_TYPE_RX, NULL);
		netif_queue_set_napi(nic->netdev, i, NETDEV_QUEUE_TYPE_TX, NULL);
		if (GXDP_NAPI_COMES_BACK && test_bit(NAPI_STATE_LISTED, &napi->state)) {
			__netif_napi_del_locked(napi);
			gone = true;
		}
	}
	if (gone)
		synchronize_net();	/* no reader is left: they may be added again */
}

/**
 * gxdp_irq_setup - get interrupt vectors
 * @nic: device, at probe; sets irq_mode, max_pairs, and each pair's vector
 *
 * Fewer vectors than hoped for mean fewer pairs, not failure. Returns 0 or
 * an errno. Undone by gxdp_irq_teardown().
 */
int gxdp_irq_setup(struct gxdp_nic *nic)
{
	struct pci_dev *pdev = nic->pdev;
	int n = -ENOSPC;

	if (irq_mode >= GXDP_IRQ_MSIX && nic->family->flags & GXDP_F_MSIX) {
		n = pci_alloc_irq_vectors(pdev, 2, nic->max_pairs + 1, PCI_IRQ_MSIX);
		if (n > 0) {
			nic->irq_mode = GXDP_IRQ_MSIX;
			if (n - 1 < nic->max_pairs) {
				nic->max_pairs = n - 1;
				dev_info(&pdev->dev, "%d MSI-X vectors to be had: %u queue pair(s)\n",
					 n, nic->max_pairs);
			}
			nic->other_vector = nic->max_pairs;
			return 0;
		}
	}
	nic->max_pairs = 1;
	if (irq_mode >= GXDP_IRQ_MSI && nic->family->flags & GXDP_F_MSI) {
		n = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI);
		if (n > 0)
			nic->irq_mode = GXDP_IRQ_MSI;
	}
	if (n < 0) {
		n = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_INTX);
		nic->irq_mode = GXDP_IRQ_INTX;
	}
	if (n < 0) {
		dev_err(&pdev->dev, "no interrupt to be had: %d\n", n);
		return n;
	}
	dev_info(&pdev->dev, "one queue pair, by %s\n",
		 nic->irq_mode == GXDP_IRQ_MSI ? "MSI" : "INTx");
	return 0;
}

/**
 * gxdp_irq_teardown - undo gxdp_irq_setup()
 * @nic: device
 */
void gxdp_irq_teardown(struct gxdp_nic *nic)
{
	pci_free_irq_vectors(nic->pdev);
}

/**
 * gxdp_pair_irq - Linux interrupt number of a pair
 * @pair: pair
 */
int gxdp_pair_irq(struct gxdp_pair *pair)
{
	return pci_irq_vector(pair->nic->pdev, pair->vector);
}

/*
 * Each pair's interrupt to a CPU of its own, near the device. Done once: what
 * the user (or irqbalance) has set since then stays when the interface goes
 * down and up.
 */
static void gxdp_irq_spread(struct gxdp_nic *nic, unsigned int i)
{
	unsigned int cpu = cpumask_local_spread(i, dev_to_node(&nic->pdev->dev));
	int irq = gxdp_pair_irq(nic->pair[i]);

	if (nic->irqs_spread & BIT(i))
		irq_update_affinity_hint(irq, cpumask_of(cpu));
	else
		irq_set_affinity_and_hint(irq, cpumask_of(cpu));
	nic->irqs_spread |= BIT(i);
}

/* The core wants the hint gone before the handler. */
static void gxdp_irq_free_pair(struct gxdp_nic *nic, unsigned int i)
{
	irq_update_affinity_hint(gxdp_pair_irq(nic->pair[i]), NULL);
	free_irq(gxdp_pair_irq(nic->pair[i]), nic->pair[i]);
}

static int gxdp_irq_request_msix(struct gxdp_nic *nic)
{
	struct pci_dev *pdev = nic->pdev;
	unsigned int i;
	int err;

	for (i = 0; i < nic->max_pairs; i++) {
		struct gxdp_pair *pair = nic->pair[i];

		snprintf(pair->irq_name, sizeof(pair->irq_name), "%s-TxRx-%u",
			 nic->netdev->name, i);
		err = request_irq(gxdp_pair_irq(pair), gxdp_irq_pair, 0, pair->irq_name, pair);
		if (err)
			goto err_pairs;
		gxdp_irq_spread(nic, i);
	}
	snprintf(nic->other_name, sizeof(nic->other_name), "%s-other", nic->netdev->name);
	err = request_irq(pci_irq_vector(pdev, nic->other_vector), gxdp_irq_other, 0,
			  nic->other_name, nic);
	if (err)
		goto err_pairs;
	return 0;

err_pairs:
	while (i--)
		gxdp_irq_free_pair(nic, i);
	return err;
}

/**
 * gxdp_irq_request - attach the handlers
 * @nic: device, being opened; its interrupts masked
 *
 * Returns 0 or an errno. Undone by gxdp_irq_free().
 */
int gxdp_irq_request(struct gxdp_nic *nic)
{
	if (nic->irq_mode == GXDP_IRQ_MSIX)
		return gxdp_irq_request_msix(nic);
	if (nic->irq_mode == GXDP_IRQ_MSI)
		return request_irq(pci_irq_vector(nic->pdev, 0), gxdp_irq_msi, 0,
				   nic->netdev->name, nic);
	return request_irq(pci_irq_vector(nic->pdev, 0), gxdp_irq_line, IRQF_SHARED,
			   nic->netdev->name, nic);
}

/**
 * gxdp_irq_free - undo gxdp_irq_request()
 * @nic: device; its interrupts masked
 */
void gxdp_irq_free(struct gxdp_nic *nic)
{
	unsigned int i;

	if (nic->irq_mode != GXDP_IRQ_MSIX) {
		free_irq(pci_irq_vector(nic->pdev, 0), nic);
		return;
	}
	free_irq(pci_irq_vector(nic->pdev, nic->other_vector), nic);
	for (i = 0; i < nic->max_pairs; i++)
		gxdp_irq_free_pair(nic, i);
}

/**
 * gxdp_irq_enable - unmask the causes of all pairs in use, and the others
 * @nic: device, started
 */
void gxdp_irq_enable(struct gxdp_nic *nic)
{
	nic->family->irq_unmask(nic);
}

/**
 * gxdp_irq_disable - mask everything and wait for running handlers
 * @nic: device, open
 */
void gxdp_irq_disable(struct gxdp_nic *nic)
{
	unsigned int i;

	nic->family->irq_mask(nic);
	rd32(nic, GX_STATUS);	/* the write has arrived when this returns */
	if (nic->irq_mode != GXDP_IRQ_MSIX) {
		synchronize_irq(pci_irq_vector(nic->pdev, 0));
		return;
	}
	for (i = 0; i < nic->max_pairs; i++)
		synchronize_irq(gxdp_pair_irq(nic->pair[i]));
	synchronize_irq(pci_irq_vector(nic->pdev, nic->other_vector));
}

/**
 * gxdp_irq_enable_pair - unmask one pair's causes
 * @pair: pair, started
 */
void gxdp_irq_enable_pair(struct gxdp_pair *pair)
{
	writel(pair->ims, pair->unmask);
}

/**
 * gxdp_irq_disable_pair - mask one pair's causes and wait for its handler
 * @pair: pair of a device whose queues can be stopped alone, open
 */
void gxdp_irq_disable_pair(struct gxdp_pair *pair)
{
	struct gxdp_nic *nic = pair->nic;

	nic->family->irq_mask_pair(nic, pair);
	rd32(nic, GX_STATUS);	/* the write has arrived when this returns */
	synchronize_irq(gxdp_pair_irq(pair));
}
