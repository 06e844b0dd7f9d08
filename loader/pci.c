// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gxdp/devices.h>
#include "gxdp.h"
#include "pci.h"
#include "run.h"

#define PCI_BUS		"/sys/bus/pci"
#define PROBE_SECONDS	60	/* a driver may wait for firmware or link */
#define MODPROBE_SECONDS 60

#define KNOWN(v, d, n, m) { .vendor = v, .device = d, .name = n, .mainline = m },

static const struct pci_known known[] = { GXDP_DEVICES(KNOWN) };

bool pci_parse_address(const char *text, char address[PCI_ADDRESS_LEN])
{
	unsigned int domain = 0, bus, slot, function;
	int used = 0;

	if (sscanf(text, "%x:%x:%x.%x%n", &domain, &bus, &slot, &function,
		   &used) != 4 || text[used]) {
		domain = 0;
		used = 0;
		if (sscanf(text, "%x:%x.%x%n", &bus, &slot, &function,
			   &used) != 3 || text[used])
			return false;
	}
	if (domain > 0xffff || bus > 0xff || slot > 0x1f || function > 7)
		return false;
	snprintf(address, PCI_ADDRESS_LEN, "%04x:%02x:%02x.%x", domain, bus,
		 slot, function);
	return true;
}

static int read_text(const char *address, const char *file, char *text,
		     size_t size)
{
	char path[PATH_MAX];
	FILE *f;
	int err = 0;

	snprintf(path, sizeof(path), PCI_BUS "/devices/%s/%s", address, file);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	if (!fgets(text, size, f))
		err = -EIO;
	else
		text[strcspn(text, "\n")] = '\0';
	fclose(f);
	return err;
}

static int read_hex(const char *address, const char *file, unsigned int *value)
{
	char text[32];
	int err = read_text(address, file, text, sizeof(text));

	if (!err)
		*value = strtoul(text, NULL, 16);
	return err;
}

static void read_driver(struct pci_dev *dev)
{
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t len;
	char *base;

	snprintf(path, sizeof(path), PCI_BUS "/devices/%s/driver",
		 dev->address);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return;
	target[len] = '\0';
	base = strrchr(target, '/');
	snprintf(dev->driver, sizeof(dev->driver), "%.31s",
		 base ? base + 1 : target);
}

int pci_read(const char *address, struct pci_dev *dev)
{
	int err;

	memset(dev, 0, sizeof(*dev));
	snprintf(dev->address, sizeof(dev->address), "%s", address);
	err = read_hex(address, "vendor", &dev->vendor);
	if (!err)
		err = read_hex(address, "device", &dev->device);
	if (err)
		return err == -ENOENT ? -ENODEV : err;
	read_driver(dev);
	err = read_text(address, "driver_override", dev->override,
			sizeof(dev->override));
	if (err || !strcmp(dev->override, "(null)"))
		dev->override[0] = '\0';
	return 0;
}

const struct pci_known *pci_known(const struct pci_dev *dev)
{
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].vendor == dev->vendor &&
		    known[i].device == dev->device)
			return &known[i];
	return NULL;
}

unsigned int pci_virtual_functions(const char *address)
{
	char text[32];

	if (read_text(address, "sriov_numvfs", text, sizeof(text)))
		return 0;
	return strtoul(text, NULL, 10);
}

bool pci_may_choose(const char *address)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), PCI_BUS "/devices/%s/driver_override",
		 address);
	return !access(path, W_OK);
}

bool pci_driver_present(const char *driver)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), PCI_BUS "/drivers/%s", driver);
	return !access(path, F_OK);
}

void pci_load_mainline(const struct pci_dev *dev)
{
	char alias[256], output[256];
	char *argv[] = { "modprobe", "-q", alias, NULL };

	if (read_text(dev->address, "modalias", alias, sizeof(alias)))
		return;
	if (run_command(argv, MODPROBE_SECONDS, output, sizeof(output)))
		debug("modprobe %s: %s", alias, output);
}

int pci_set_override(const char *address, const char *driver)
{
	char path[PATH_MAX], line[64];

	snprintf(path, sizeof(path), PCI_BUS "/devices/%s/driver_override",
		 address);
	snprintf(line, sizeof(line), "%s\n", driver);
	return run_write(path, line, PROBE_SECONDS);
}

int pci_release(const struct pci_dev *dev)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), PCI_BUS "/drivers/%s/unbind", dev->driver);
	debug("taking %s from %s", dev->address, dev->driver);
	return run_write(path, dev->address, PROBE_SECONDS);
}

int pci_probe(const char *address)
{
	debug("offering %s to the drivers", address);
	return run_write(PCI_BUS "/drivers_probe", address, PROBE_SECONDS);
}
