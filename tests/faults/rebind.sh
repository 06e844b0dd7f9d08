#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Driver and module come and go under traffic, with a strict IOMMU that reports every
# access to memory that has been given back.
# lab: dut=e1000e peer=igb timeout=240 kernels=6.12,7.3,debug named
# qemu: -device intel-iommu,intremap=off
# append: intel_iommu=on iommu.strict=1

. tests/faults/lib.sh

ROUNDS=${FAULT_ROUNDS:-4}

live
pci=$(dut_pci)
check "the device is behind the IOMMU" [ -e "/sys/bus/pci/devices/$pci/iommu_group" ]
for ((i = 1; i <= ROUNDS; i++)); do
	[ $i -eq 1 ] || start_traffic
	check_flows "round $i"
	check "round $i: unbound" unbind_driver "$pci"
	stop_traffic
	if [ $((i % 2)) -eq 0 ]; then
		check "round $i: unloaded" rmmod gxdp
		check "round $i: no page is left" check_no_pages_out
		check "round $i: loaded" insmod "$GXDP_BUILD/gxdp.ko"
	fi
	check "round $i: bound" bind_driver "$pci" gxdp
	setup_dut
	check "round $i: the link" wait_for 60 carrier_up dut gx0
done
start_traffic
check_flows "at the end"
check_intact
end
