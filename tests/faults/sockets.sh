#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# AF_XDP applications die in mid-transmit, and two programs race to attach.
# lab: dut=e1000e peer=igb timeout=240 kernels=6.12,7.3,debug named

. tests/faults/lib.sh

KILLS=${FAULT_KILLS:-20}

live
check_flows "before"

# --- killed in mid-transmit -----------------------------------------------------------
stop_traffic
for ((i = 1; i <= KILLS; i++)); do
	background dut xsk tx -i gx0 -z -d "$(peer_mac)" -n 100000000 >"$TMP/k" 2>&1
	victim=$child
	_tx=$(tx_count)
	sending() { [ "$(tx_count)" -gt $((_tx + 20)) ]; }
	wait_for 20 sending || { fail "kill $i: the application does not send: $(cat "$TMP/k")"; break; }
	kill -9 "$victim"
	wait "$victim" 2>/dev/null
done
check_eq "applications killed in mid-transmit" $((i - 1)) "$KILLS"
start_traffic
check_flows "after $KILLS killed applications"

# --- two race to attach ----------------------------------------------------------------
ip -n dut link set gx0 xdpdrv off
for ((i = 1; i <= 10; i++)); do
	ip -n dut link set gx0 xdpdrv off
	ip -n dut link set gx0 xdpdrv pinned "$PROGS/to_xsk" 2>/dev/null & one=$!
	ip -n dut link set gx0 xdpdrv pinned "$PROGS/verdict" 2>/dev/null & two=$!
	wins=0
	wait $one && wins=$((wins + 1))
	wait $two && wins=$((wins + 1))
	[ $wins -eq 1 ] || break
done
check_eq "of two programs that race to attach one wins, ten times" "$wins $((i - 1))" "1 10"
attach to_xsk
check_flows "at the end"
check_intact
check_adds_up
end
