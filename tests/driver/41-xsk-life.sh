#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# AF_XDP sockets come and go, in every bad way, and the traffic beside them stays.
# lab: dut=family timeout=400
# append: iomem=relaxed

. tests/driver/lib.sh

# The chip has one receive enable: a close pauses it for some milliseconds.
PAUSE_MS=20
RATE=1000

bound()
{
	grep -q '^bound=' "$1"
}

begin
use_programs
watch_pools
ip_to 1	# IP to queue 1, the numbered frames to queue 0
before=$(carrier_changes dut gx0)

# frames_had N: more than so many have come since count_frames
count_frames()
{
	rx_before=$(stream_frames dut gx0)
}

frames_had()
{
	[ "$(stream_frames dut gx0)" -gt $((rx_before + $1)) ]
}

# A refused bind: the chunks are too small for the MTU. Nothing else happens. (For a
# socket that takes single buffers the newer kernels' core refuses before the driver.
# To one that takes several, a chip with a size for each queue gives them.)
small_chunks="-z -k 2048"
[ "$LAB_KERNEL" = 6.1 ] || ! family_lacks "$FAMILY" queue-buf || small_chunks+=" -g"
ip -n dut link set gx0 mtu 9000
settle
dmesg -C
start_receiver "$TMP/r" dut stream recv -i gx0
count_frames
start_peer_sends "$TMP/s" -r $RATE
wait_for 20 frames_had 100
for i in 1 2 3 4 5; do
	# shellcheck disable=SC2086 # options
	dut xsk bind -i gx0 $small_chunks -n 1 2>/dev/null && fail "bind $i of 2048-byte chunks at MTU 9000 succeeded"
done
if [ "$LAB_KERNEL" = 6.1 ] || [[ $small_chunks == *-g* ]]; then
	check "chunks of 2048 at MTU 9000 are refused, with the reason" \
		grep -qE 'refused: .*umem chunks (of 4096|are too small)' <(dmesg)
fi
check_not "a queue that is not there is refused" dut xsk bind -i gx0 -q 7 -z -n 1
kill $sender
wait $sender $receiver
check_stream "a failed bind loses nothing" "$TMP/r" "$(value "$TMP/s" sent)"
if [ "$LAB_KERNEL" != 6.1 ] && has queue-buf "chunks of 2048 at MTU 9000, for frames in pieces"; then
	check "chunks of 2048 at MTU 9000, for frames in pieces" dut xsk bind -i gx0 -z -k 2048 -g -n 1
fi
ip -n dut link set gx0 mtu 1500

# Opened and closed over and over, with a stream on each queue. Binding stops
# nothing; each close pauses the chip, which is where the loss comes from.
cycles=200 rate=$RATE
# Here QEMU holds frames back for a second after each close, and so all the time; then the
# ring has to take them at once.
if family_lacks "$FAMILY" prompt-rx; then
	cycles=20 rate=200
	dut ethtool -G gx0 rx 4096
	settle
fi
[ "$LAB_KERNEL" != debug ] || cycles=15	# of some 4 s each
loss=$((cycles * PAUSE_MS * rate / 1000)) gaps=$((cycles / 2))
count_frames
start_receiver "$TMP/q0" dut stream recv -i gx0
r0=$receiver
start_receiver "$TMP/q1" dut stream recv -u :7777
r1=$receiver
start_peer_sends "$TMP/s0" -r $rate
s0=$sender
background peer stream send -u $DUT_IP:7777 -S 3 -r $rate >"$TMP/s1"
s1=$child
wait_for 20 frames_had 200
check "$cycles times bound and closed, at once again" dut xsk bind -i gx0 -z -n $cycles
check "and the last pool is gone" wait_for 20 no_pool
wait_for 60 frames_had $((2 * 4 * loss))	# of both streams
kill $s0 $s1
wait $s0 $s1 $r0 $r1
check_lossy_stream "bind and close: the same queue's traffic" "$TMP/q0" \
	"$(value "$TMP/s0" sent)" $loss 1 $gaps
check_lossy_stream "bind and close: the other queue's, or UDP on the only one" "$TMP/q1" \
	"$(value "$TMP/s1" sent)" $loss 3 $gaps

! family_lacks "$FAMILY" prompt-rx || { dut ethtool -G gx0 rx 256; settle; }

# Binding alone: a hundred binds that are never closed in between are not to be
# had on two queues, so count across one bind at a time while the stream runs,
# the receiver reading only until the socket is there.
lost=0 sent=0
for ((i = 0; i < 5; i++)); do
	start_receiver "$TMP/q1" dut stream recv -u :7777
	r1=$receiver
	background peer stream send -u $DUT_IP:7777 -S 3 -r $RATE >"$TMP/s1"
	s1=$child
	start_receiver "$TMP/x" dut xsk rx -i gx0 -z
	x=$receiver
	kill $s1
	wait $s1 $r1
	now_sent=$(value "$TMP/s1" sent)
	lost=$((lost + now_sent - $(value "$TMP/q1" received)))
	sent=$((sent + now_sent))
	kill $x
	wait $x
	wait_for 20 no_pool || fail "bind $i: its pool does not go"
done
check_eq "binding loses nothing ($sent frames across five binds)" $lost 0
if has shared-enable "a bind that stops nothing"; then
	into_ring
	start_receiver "$TMP/x" dut xsk rx -i gx0 -z
	check_ring_goes_on "a bind"
	kill "$receiver"
	wait "$receiver"
fi

# Killed in the middle of receiving and sending, and bound again at once.
attach to_xsk
start_peer_sends "$TMP/s0" -r $RATE
s0=$sender
kills=0
for ((i = 0; i < 20; i++)); do
	seen_before=$(stat dut gx0 rx0_xsk_frames)
	if [ $((i % 2)) -eq 0 ]; then
		start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks" || break
		wait_for 20 socket_has "$seen_before" || { fail "round $i: no frame reaches the socket"; break; }
	else
		start_receiver "$TMP/x" dut xsk tx -i gx0 -z -r 100000 -d "$(peer_mac)" || break
	fi
	kill -KILL $receiver
	wait $receiver 2>/dev/null
	kills=$((kills + 1))
done
check_eq "killed in the middle and bound again at once" $kills 20
# the last close has QEMU hold back more than the ring can then take, pings among it
! family_lacks "$FAMILY" prompt-rx || wait_for 20 dut ping -q -c 1 -W 2 $PEER_IP
check "the stack works on beside it" dut ping -q -c 3 -i 0.2 -W 10 $PEER_IP
kill $s0
wait $s0

# Nothing in the fill ring: what the program passes gets through all the same, and
# frames come as soon as there are buffers.
start_receiver "$TMP/x" dut xsk rx -i gx0 -z -E -m "$MAPS/xsks"
x=$receiver
check "an empty fill ring: ping works" dut ping -q -c 5 -i 0.2 -W 10 $PEER_IP
check "the same queue's ARP works" dut sh -c 'ip neigh flush dev gx0; ping -q -c 1 -W 10 10.9.0.2'
peer_sends -n 1200 -r 1500 >"$TMP/s0"
check "more frames than the ring has slots, and still ping works" dut ping -q -c 3 -i 0.2 -W 10 $PEER_IP
kill -USR1 $x
seen_before=$(stat dut gx0 rx0_xsk_frames)
start_peer_sends "$TMP/s0" -S 9 -n 3000 -r 1500
s0=$sender
check "filled, frames come" wait_for 20 socket_has $((seen_before + 1500))
wait $s0
kill $x
wait $x
check_eq "none twice, none corrupt" "$(value "$TMP/x" twice 'stream=9 ') $(value "$TMP/x" corrupt 'stream=9 ')" "0 0"

# What a bound socket needs cannot be taken away, and the reason is told.
detach
ip_to default	# or that alone would keep the queue
last=$((PAIRS - 1))
start_receiver "$TMP/x" dut xsk rx -i gx0 -q $last -z -k 2048
dmesg -C
if has queues "a socket's queue switched off"; then
	check_not "the socket's queue cannot be switched off" dut ethtool -L gx0 combined 1
fi
check_not "nor its frames be made too long for its chunks" ip -n dut link set gx0 mtu 9000
check "the reason is told" grep 'MTU 9000 refused: .*chunks' <(dmesg)
check "a second socket on its queue is refused" [ "$(dut timeout $((3 * _patience)) xsk bind -i gx0 -q $last -z -n 1 >/dev/null 2>&1; echo $?)" != 0 ]
kill $receiver
wait $receiver
if [ "$PAIRS" -gt 1 ]; then
	check "once it is closed, the queue can be switched off" wait_for 10 dut ethtool -L gx0 combined 1
fi

check_eq "the carrier did not change" "$(carrier_changes dut gx0)" "$before"
check_adds_up
end
