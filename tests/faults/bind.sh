#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The driver is taken from the device and given back, under traffic, FAULT_ROUNDS times,
# behind a strict IOMMU, which reports every access to memory that has been given back.
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
	check "round $i: unbound" unbind_driver "$pci"
	stop_traffic
	check "round $i: no page is left" check_no_pages_out
	check_comes_back "round $i" "$pci"
done
start_traffic
check_flows "at the end"
check_intact
end
