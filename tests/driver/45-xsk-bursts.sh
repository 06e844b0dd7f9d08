#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# AF_XDP: bursts of more than a poll sends, across the ring's end, each when all is quiet:
# only the wake-up that was asked for sends it at once. (The watchdog would, a second
# later.)
# lab: dut=family once timeout=120

. tests/driver/lib.sh

BURSTS=30
BURST=140
MOST_MS=15000

begin
start_receiver "$TMP/r" peer stream recv -i peer0
began=$(_uptime_ms)
check "everything completes" dut xsk tx -i gx0 -q 0 -z -d "$(peer_mac)" -n $((BURSTS * BURST)) -b $BURST
took=$(($(_uptime_ms) - began))
wait "$receiver"
check_stream "bursts: all sent, intact" "$TMP/r" $((BURSTS * BURST)) 10
check "each sent when it asks for it ($took ms)" [ $took -lt $MOST_MS ]
end
