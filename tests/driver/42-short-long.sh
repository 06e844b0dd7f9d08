#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Frames of lengths that some chips have trouble with, from everybody who sends: below
# the least length (they come out padded, with zeroes), and so long that one piece
# fills a buffer; and frames right behind those that the chip segments.
# lab: dut=family once timeout=240

. tests/driver/lib.sh
. tests/driver/xdp-lib.sh

N=600
HEAD=24		# what a numbered frame needs of its payload
LEAST=46	# payload of the shortest frame on the wire

# xsk_sends "what" LEN: everything completes, and arrives as it was
xsk_sends()
{
	start_receiver "$TMP/r" peer stream recv -i peer0 -v $HEAD
	counts "$TMP/a"
	check "$1: everything completes" dut xsk tx -i gx0 -q 0 -z -d "$(peer_mac)" -n $N -r 1500 -s "$2"
	counts "$TMP/b"
	wait $receiver
	check_stream "$1: all sent, intact" "$TMP/r" $N 10
	check_moved "$1: each counted once" "$TMP/a" "$TMP/b" 'tx0_xsk' $((N + ENDS))
}

# The bytes behind a payload of HEAD, of one frame as the peer gets it.
padding()
{
	tcpdump -r "$TMP/pcap" -c 1 -xx 2>/dev/null | sed -nE 's/^\s*0x[0-9a-f]+:\s*//p' | tr -d ' \n' |
		cut -c $((2 * (14 + HEAD) + 1))-$((2 * 60))
}

begin
background peer tcpdump -Z root --immediate-mode -i peer0 -w "$TMP/pcap" -c 1 \
	ether proto 0x88b5 >"$TMP/tcpdump.log" 2>&1
dump=$child
wait_for 60 grep -q listening "$TMP/tcpdump.log"
xsk_sends "AF_XDP, 38 bytes" $HEAD
wait_for 60 has_ended $dump || kill $dump
wait $dump
check_eq "AF_XDP, 38 bytes: padded to 60" "$(value "$TMP/r" min_len) $(value "$TMP/r" max_len)" "$LEAST $LEAST"
check "AF_XDP, 38 bytes: with zeroes" grep -qxE '0{44}' <(padding)
xsk_sends "AF_XDP, 59 bytes" $((LEAST - 1))
xsk_sends "AF_XDP, 60 bytes" $LEAST

# The same ring has the stack's frames, which the chip segments.
tcp_transfer dut peer $PEER_IP $((24 / _patience))M >"$TMP/tcp" 2>&1 &
tcp=$!
wait_for 60 listens peer 5201
xsk_sends "AF_XDP beside TCP" 1000
wait $tcp
check_eq "TCP beside AF_XDP" $? 0
check "some of it was segmented by the chip" [ "$(dut ethtool -S gx0 | awk '/tx[0-9]_tso:/ { n += $2 } END { print n }')" -gt 10 ]

# XDP_TX of what a program has cut.
use_programs
attach cut_tail
all=$((N + ENDS)) len=60
check_returned "XDP_TX, 42 bytes" 'rx*_xdp_tx' peer0 peer0 $LEAST -v $HEAD
detach

# (AF_XDP does not ask for the MTU of who sends.)
ip -n peer link set peer0 mtu 9000
wait_for 30 carrier_up peer peer0
xsk_sends "AF_XDP, 3,000 bytes in one piece" 3000
check_adds_up
check_eq "no reset was needed" "$(stat dut gx0 resets)" 0
end
