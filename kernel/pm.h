/* SPDX-License-Identifier: GPL-2.0 */
/* A device's absences: what pci.c hands to the PCI core, and who keeps it awake; see pm.c. */
#ifndef GXDP_PM_H
#define GXDP_PM_H

#include <linux/pm.h>

struct gxdp_nic;
struct pci_dev;
struct pci_error_handlers;

extern const struct dev_pm_ops gxdp_pm;
extern const struct pci_error_handlers gxdp_error_handlers;
void gxdp_shutdown(struct pci_dev *pdev);
void gxdp_pm_init(struct pci_dev *pdev);
void gxdp_pm_exit(struct pci_dev *pdev);
int gxdp_wake(struct gxdp_nic *nic);
void gxdp_may_sleep(struct gxdp_nic *nic);
void gxdp_back(struct gxdp_nic *nic);

#endif /* GXDP_PM_H */
