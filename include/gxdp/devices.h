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
	X(0x8086, 0x100e, "Intel 82540EM", "e1000")	\
	X(0x8086, 0x100f, "Intel 82545EM", "e1000")	\
	X(0x8086, 0x10d3, "Intel 82574L", "e1000e")	\
	X(0x8086, 0x10c9, "Intel 82576", "igb")		\
	X(0x8086, 0x10e8, "Intel 82576 quad port", "igb") \
	X(0x8086, 0x1526, "Intel 82576 quad port ET2", "igb") \
	X(0x8086, 0x150a, "Intel 82576NS", "igb")

#endif /* GXDP_DEVICES_H */
