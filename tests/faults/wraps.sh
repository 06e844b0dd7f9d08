#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The smallest rings wrap FAULT_WRAPS times, both ways, with every path in use: of the
# peer's frames some go back by XDP_TX, some by redirection, some to a zero-copy socket and
# some to the stack; the stack sends, and, from another queue, a zero-copy socket.
# lab: dut=family timeout=300 kernels=6.12,7.3,debug named
# named: make faults runs it

. tests/faults/lib.sh

WRAPS=${FAULT_WRAPS:-100}
RING=$(family_field "$FAMILY" ring)
SLOWEST=200	# frames a second that any of this machine's rings sees

# Streams by what becomes of them: bpf/verdicts.bpf.c, by_stream.
TX=1 REDIRECT=2 SOCKET=3 STACK=4
OURS=5

start_all()
{
	local stream

	map_set devs 0 "$(dut cat /sys/class/net/gx0/ifindex)"
	attach by_stream
	ip_to 0
	start_socket
	start_receiver "$TMP/p" peer stream recv -i peer0 -N 8
	peer_receiver=$receiver
	start_receiver "$TMP/d" dut stream recv -i gx0 -N 8
	dut_receiver=$receiver
	senders=()
	for stream in $TX $REDIRECT; do
		start_peer_sends "$TMP/s$stream" -r 2000 -S $stream
		senders+=("$sender")
	done
	for stream in $SOCKET $STACK; do
		start_peer_sends "$TMP/s$stream" -r 300 -S $stream
		senders+=("$sender")
	done
	start_dut_sends "$TMP/s$OURS" -r 300 -S $OURS
	senders+=("$sender")
	if [ "$PAIRS" -gt 1 ]; then
		start_receiver "$TMP/sx" dut xsk tx -i gx0 -q 1 -z -d "$(peer_mac)" -r 300
		senders+=("$receiver")
	fi
}

# What queue 0's transmit ring has had. (Where XDP has rings of its own, they are as long,
# and their frames are counted here, by processor.)
SENT='tx0_(packets|xdp_tx|xdp_xmit|xsk)'

begin
use_programs
check "the smallest rings" dut ethtool -G gx0 rx "$RING" tx "$RING"
start_all
counts "$TMP/a"
limit=$((60 + WRAPS * RING / SLOWEST))
check "the receive ring wraps $WRAPS times" wait_for $limit counted rx0_packets $((WRAPS * RING))
check "the transmit ring, too" wait_for $limit counted "$SENT" $((WRAPS * RING))
counts "$TMP/b"
for name in xdp_tx xdp_redirect xsk_frames pass; do
	check "received meanwhile: $name ($(moved "$TMP/a" "$TMP/b" "rx0_$name"))" \
		[ "$(moved "$TMP/a" "$TMP/b" "rx0_$name")" -gt "$WRAPS" ]
done
for name in packets xdp_tx xdp_xmit; do
	check "sent meanwhile: $name ($(moved "$TMP/a" "$TMP/b" "tx*_$name"))" \
		[ "$(moved "$TMP/a" "$TMP/b" "tx*_$name")" -gt "$WRAPS" ]
done
[ "$PAIRS" -lt 2 ] || check "sent meanwhile: xsk ($(moved "$TMP/a" "$TMP/b" 'tx1_xsk'))" \
	[ "$(moved "$TMP/a" "$TMP/b" 'tx1_xsk')" -gt "$WRAPS" ]
echo "    $(moved "$TMP/a" "$TMP/b" rx0_packets) frames in, $(moved "$TMP/a" "$TMP/b" "$SENT") out"

kill "${senders[@]}" "$peer_receiver" "$dut_receiver"
wait "${senders[@]}" "$peer_receiver" "$dut_receiver"
stop_socket
for end in x p d; do
	check_eq "$end: no frame was corrupt or came twice" \
		"$(grep -oE '(twice|corrupt)=[1-9][0-9]*' "$TMP/$end")" ""
	check "$end: some came" grep -qE 'received=[1-9]' "$TMP/$end"
done
check_eq "nothing hung, nothing was reset" "$(stat dut gx0 tx_hangs) $(stat dut gx0 resets)" "0 0"
check_adds_up
end
