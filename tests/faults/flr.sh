#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The PCI function is reset under its driver, FAULT_ROUNDS times: program, socket and
# settings are there afterwards, and frames go on.
# lab: dut=family timeout=240 kernels=6.12,7.3,debug named
# named: make faults runs it
# append: iomem=relaxed

. tests/faults/lib.sh

ROUNDS=${FAULT_ROUNDS:-3}

live_with_settings
reset=/sys/bus/pci/devices/$(dut_pci)/reset
if [ -e "$reset" ]; then
	for ((i = 1; i <= ROUNDS; i++)); do
		check "round $i: function reset" sh -c "echo 1 >$reset"
		check "round $i: the link" wait_for 60 carrier_up dut gx0
		check_flows "round $i"
	done
	check_settings
else
	skip "$FAMILY: its emulation cannot be reset as a function"
fi
check_intact
check_adds_up
end
