#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The cable is pulled and put back, FAULT_ROUNDS times: one event each way, and
# frames flow, through the smallest rings.
# lab: dut=family timeout=240 kernels=6.12,7.3,debug named
# named: make faults runs it

. tests/faults/lib.sh

ROUNDS=${FAULT_ROUNDS:-5}
RING=$(family_field "$FAMILY" ring)

live
check "the smallest rings" dut ethtool -G gx0 rx "$RING" tx "$RING"
check_flows "small rings"
before=$(carrier_changes dut gx0)
for ((i = 1; i <= ROUNDS; i++)); do
	monitor 'set_link dut0 off'
	check "round $i: the carrier goes" wait_for 30 carrier_down dut gx0
	monitor 'set_link dut0 on'
	check "round $i: and comes" wait_for 30 carrier_up dut gx0
	check_flows "round $i"
done
check_eq "one event each way" $(($(carrier_changes dut gx0) - before)) $((2 * ROUNDS))
check_intact
check_adds_up
end
