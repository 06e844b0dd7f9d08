/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PCI functions that gxdp.ko drives, and whose they are otherwise. The module
 * has no alias for them (it never takes a device by itself), so the loader
 * cannot ask modprobe; tests/loader/devices.sh holds this list against the
 * module's.
 */
#ifndef GXDP_DEVICES_H
#define GXDP_DEVICES_H

/* X(vendor, device, name, mainline driver) */
#define GXDP_DEVICES(X)					\
	X(0x8086, 0x10d3, "Intel 82574L", "e1000e")

#endif /* GXDP_DEVICES_H */
