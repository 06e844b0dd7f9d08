#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# AF_XDP applications that close their socket because the device went down, while it is
# being taken away: its queues may have gone from the stack by then.
# lab: dut=family timeout=180 once

. tests/driver/lib.sh

begin
# The socket is closed when the device has gone down, which is while it goes.
rounds=5
for ((i = 1; i <= rounds; i++)); do
	start_receiver "$TMP/x" dut xsk tx -i gx0 -z -W -L -d "$(peer_mac)" -r 100000
	unbind_driver "$(dut_pci)"
	wait "$receiver" || { fail "round $i: the application: $(cat "$TMP/x")"; break; }
	bind_driver "$(dut_pci)" gxdp && setup_dut || { fail "round $i: it does not come back"; break; }
	wait_for 30 carrier_up dut gx0 || fail "round $i: no link"
done
check_eq "unbound under an application that leaves with the device" $((i - 1)) $rounds
check "and it works" dut ping -q -c 3 -i 0.2 -W 10 $PEER_IP
end
