#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module is unloaded and loaded again, from under traffic, FAULT_ROUNDS times, behind a
# strict IOMMU. (A program and a socket hold no module: both are let go with the device.)
# lab: dut=family timeout=240 kernels=6.12,7.3,debug named iommu
# named: make faults runs it

. tests/faults/lib.sh

ROUNDS=${FAULT_ROUNDS:-4}

live
pci=$(dut_pci)
check_iommu
for ((i = 1; i <= ROUNDS; i++)); do
	[ $i -eq 1 ] || start_traffic
	check_flows "round $i"
	check "round $i: unloaded" rmmod gxdp
	stop_traffic
	check "round $i: no page is left" check_no_pages_out
	check "round $i: loaded" insmod "$GXDP_BUILD/gxdp.ko"
	check_comes_back "round $i" "$pci"
done
start_traffic
check_flows "at the end"
check_intact
end
