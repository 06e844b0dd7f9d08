#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The device is pulled out, under traffic, and another is plugged in, FAULT_ROUNDS times.
# lab: dut=family timeout=240 kernels=6.12,7.3,debug named
# named: make faults runs it

. tests/faults/lib.sh

ROUNDS=${FAULT_ROUNDS:-3}

live
for ((i = 1; i <= ROUNDS; i++)); do
	[ $i -eq 1 ] || start_traffic
	check_flows "round $i"
	unplug_and_back "round $i" stop_traffic
done
start_traffic
check_flows "at the end"
check_intact
check_adds_up
end
