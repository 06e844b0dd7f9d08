/* SPDX-License-Identifier: GPL-2.0 */
/* What pci.c hands to the PCI core for a device's absences; see pm.c. */
#ifndef GXDP_PM_H
#define GXDP_PM_H

#include <linux/pm.h>

struct pci_dev;
struct pci_error_handlers;

extern const struct dev_pm_ops gxdp_pm;
extern const struct pci_error_handlers gxdp_error_handlers;
void gxdp_shutdown(struct pci_dev *pdev);

#endif /* GXDP_PM_H */
