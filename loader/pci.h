/* SPDX-License-Identifier: GPL-2.0 */
/* PCI functions in sysfs, and which driver has them. */
#ifndef GXDP_PCI_H
#define GXDP_PCI_H

#include <stdbool.h>

#define PCI_ADDRESS_LEN 16	/* 0000:00:00.0 */

struct pci_known {
	unsigned int vendor, device;
	const char *name;
	const char *mainline;	/* the kernel's own driver */
};

struct pci_dev {
	char address[PCI_ADDRESS_LEN];
	unsigned int vendor, device;
	char driver[32];	/* "" when no driver has it */
	char override[32];	/* "" when not set */
};

/* "3:0.1", "03:00.1" and "0000:03:00.1" are addresses; false: it is none */
bool pci_parse_address(const char *text, char address[PCI_ADDRESS_LEN]);

/* 0 or -errno */
int pci_read(const char *address, struct pci_dev *dev);

/* Entry of the table of chips gxdp drives, or NULL */
const struct pci_known *pci_known(const struct pci_dev *dev);

/* How many SR-IOV virtual functions the device has made; 0 also where it can make none */
unsigned int pci_virtual_functions(const char *address);

/* Whether we are permitted to choose a driver for the device */
bool pci_may_choose(const char *address);
bool pci_driver_present(const char *driver);
/* Loads what the device's own modalias asks for; its failure shows at probe */
void pci_load_mainline(const struct pci_dev *dev);

/* @driver "": none. All return 0 or -errno and wait a bounded time. */
int pci_set_override(const char *address, const char *driver);
int pci_release(const struct pci_dev *dev);
int pci_probe(const char *address);

#endif /* GXDP_PCI_H */
