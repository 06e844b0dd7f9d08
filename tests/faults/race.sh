#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two programs race to attach, FAULT_ROUNDS times, under traffic: one of them wins.
# lab: dut=family timeout=240 kernels=6.12,7.3,debug named
# named: make faults runs it

. tests/faults/lib.sh

ROUNDS=${FAULT_ROUNDS:-10}

live
check_flows "before"
for ((i = 1; i <= ROUNDS; i++)); do
	ip -n dut link set gx0 xdpdrv off
	ip -n dut link set gx0 xdpdrv pinned "$PROGS/to_xsk" 2>/dev/null & one=$!
	ip -n dut link set gx0 xdpdrv pinned "$PROGS/all_to_xsk" 2>/dev/null & two=$!
	wins=0
	wait $one && wins=$((wins + 1))
	wait $two && wins=$((wins + 1))
	[ $wins -eq 1 ] || break
done
check_eq "of two programs that race to attach one wins, $ROUNDS times" "$wins $((i - 1))" "1 $ROUNDS"
attach to_xsk
check_flows "at the end"
check_intact
check_adds_up
end
