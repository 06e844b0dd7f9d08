#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# AF_XDP applications are killed in mid-transmit, FAULT_KILLS times, where there are two
# queues beside one that receives on the other; the frames of all others go on.
# lab: dut=family timeout=240 kernels=6.12,7.3,debug named
# named: make faults runs it

. tests/faults/lib.sh

KILLS=${FAULT_KILLS:-20}
queue=$((PAIRS > 1))

sent()
{
	stat dut gx0 "tx${queue}_xsk"
}

sending()
{
	[ "$(sent)" -gt $((before + 20)) ]
}

live
check_flows "before"
[ "$queue" -gt 0 ] || stop_socket
for ((i = 1; i <= KILLS; i++)); do
	before=$(sent)
	background dut xsk tx -i gx0 -q "$queue" -z -d "$(peer_mac)" >"$TMP/k" 2>&1
	victim=$child
	wait_for 20 sending || { fail "kill $i: the application does not send: $(cat "$TMP/k")"; break; }
	kill -9 "$victim"
	wait "$victim" 2>/dev/null
done
check_eq "applications killed in mid-transmit" $((i - 1)) "$KILLS"
[ "$queue" -gt 0 ] || start_socket
check_flows "after them"
check_eq "nothing hung" "$(stat dut gx0 tx_hangs)" 0
check_intact
check_adds_up
end
