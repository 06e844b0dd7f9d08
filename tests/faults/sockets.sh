#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# AF_XDP applications die in mid-transmit, come and go ten times a second while the
# number of queues, the program and the interface's state change under them, and two
# programs race to attach.
# lab: dut=e1000e peer=igb timeout=240 kernels=6.12,7.3,debug named

. tests/faults/lib.sh

KILLS=${FAULT_KILLS:-20}
SECONDS_OF_CHURN=${FAULT_SECONDS:-20}

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

# --- everything at once -----------------------------------------------------------------
stop_traffic
start_peer_sends "$TMP/sp" -r 1000
peer_sender=$sender
churn()
{
	while :; do
		"$@"
	done >/dev/null 2>&1
}
export -f churn
binds()
{
	while :; do
		timeout -s KILL 0.1 xsk rx -i gx0 -z -m "$MAPS/xsks"
	done >/dev/null 2>&1
}
export -f binds
export MAPS PROGS
background dut bash -c binds; a=$child
background dut bash -c 'churn eval "ethtool -L gx0 combined 1; ethtool -L gx0 combined 2"'; b=$child
background dut bash -c 'churn eval "ip -force link set gx0 xdpdrv pinned $PROGS/to_xsk; ip -force link set gx0 xdpdrv pinned $PROGS/verdict"'; c=$child
background dut bash -c 'churn eval "ip link set gx0 down; ip link set gx0 up"'; d=$child
sleep "$SECONDS_OF_CHURN"	# that long is what is being tested
kill "$a" "$b" "$c" "$d" "$peer_sender"
wait "$a" "$b" "$c" "$d" "$peer_sender" 2>/dev/null
quiet() { ! ip netns pids dut | xargs -r ps -o comm= -p | grep -qE '^(xsk|ip|ethtool|timeout)$'; }
wait_for 20 quiet
ip -n dut link set gx0 up
dut ethtool -L gx0 combined 2
check "the link is there after $SECONDS_OF_CHURN s of everything at once" wait_for 60 carrier_up dut gx0
start_traffic
check_flows "after that"

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
