#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ethtool --reset, FAULT_ROUNDS times: program, socket and settings are there afterwards,
# the carrier did not move, and frames go on.
# lab: dut=family timeout=240 kernels=6.12,7.3,debug named
# named: make faults runs it
# append: iomem=relaxed

. tests/faults/lib.sh

ROUNDS=${FAULT_ROUNDS:-3}

live_with_settings
before=$(carrier_changes dut gx0)
for ((i = 1; i <= ROUNDS; i++)); do
	check "round $i: ethtool --reset" reset_mac
	check_flows "round $i"
done
! has phy-kept "a reset of the MAC moves no carrier" ||
	check_eq "the carrier did not move" "$(carrier_changes dut gx0)" "$before"
check_settings
check_intact
check_adds_up
end
