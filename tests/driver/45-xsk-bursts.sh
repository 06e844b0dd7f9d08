#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# AF_XDP: bursts of more than a poll sends, across the ring's end, each when all is quiet:
# only the wake-up that was asked for sends it at once. (The watchdog would, a second
# later.) What a poll sends has one doorbell.
# lab: dut=family once timeout=120

. tests/driver/lib.sh

BURSTS=30
BURST=140
POLLS=2		# for a burst: GXDP_XSK_TX_BUDGET is 128; one more may see a part of it
MOST_MS=15000

begin
start_receiver "$TMP/r" peer stream recv -i peer0
counts "$TMP/a"
began=$(_uptime_ms)
check "everything completes" dut xsk tx -i gx0 -q 0 -z -d "$(peer_mac)" -n $((BURSTS * BURST)) -b $BURST
took=$(($(_uptime_ms) - began))
wait "$receiver"
counts "$TMP/b"
bells=$(moved "$TMP/a" "$TMP/b" 'tx*_doorbells')
check_moved "bursts: all counted" "$TMP/a" "$TMP/b" 'tx*_xsk' $((BURSTS * BURST + ENDS))
check "one doorbell for a poll ($bells, $((BURSTS * POLLS + ENDS)) polls)" \
	[ "$bells" -gt 0 -a "$bells" -le $((BURSTS * (POLLS + 1) + ENDS)) ]
check_stream "bursts: all sent, intact" "$TMP/r" $((BURSTS * BURST)) 10
check "each sent when it asks for it ($took ms)" [ $took -lt $MOST_MS ]
end
