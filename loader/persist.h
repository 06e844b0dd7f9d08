/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Choices that last: a udev rule for each card, in PERSIST_RULES. The rule has
 * systemd start gxdp-bind.service when the card is there; that loads the module
 * and, only if it loads, moves the card. So a kernel the module was not built for
 * leaves the machine its network.
 */
#ifndef GXDP_PERSIST_H
#define GXDP_PERSIST_H

#include "pci.h"

#define PERSIST_RULES	"/etc/udev/rules.d/70-gxdp.rules"
#define PERSIST_UNIT	"gxdp-bind.service"

/* A card that was chosen: what is at @address must be this chip */
struct persist {
	char address[PCI_ADDRESS_LEN];
	unsigned int vendor, device;
};

/*
 * Note or forget the card; the file is replaced as a whole, and lines in it that
 * are not gxdp's stay. 0 or -errno; forgetting what is not there is no error.
 */
int persist_add(const struct pci_dev *dev);
int persist_remove(const char *address);

bool persist_has(const char *address);

/* Chosen cards, up to @max, into @list: how many, or -errno */
int persist_list(struct persist *list, int max);

#endif /* GXDP_PERSIST_H */
