#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What has to wait: AF_XDP frames for a link, frames in the ring for a reset, which loses
# and counts them, short frames for a socket that does not read, which keep no more memory
# than they should. And a socket for frames in pieces, of small chunks, is in nobody's way.
# lab: dut=family timeout=200
# append: iomem=relaxed
# expect: transmit hang on
# (Of the peer, which is held up while the debug kernel makes the NIC under test slow:)
# expect: Detected Tx Unit Hang

. tests/driver/lib.sh

begin
use_programs

# Without a link nothing is queued, and what has gathered leaves when it comes.
N=300
start_receiver "$TMP/r" peer stream recv -i peer0
monitor 'set_link dut0 off'
check "no link" wait_for 20 carrier_down dut gx0
counts "$TMP/a"
background dut xsk tx -i gx0 -q 0 -z -d "$(peer_mac)" -n $N -r 1000 -T 120 >"$TMP/tx"
sender=$child
check "the socket is there" wait_for 20 grep -q '^ready zerocopy=1' "$TMP/tx"
check_not "without a link nothing of AF_XDP's is queued" wait_for 2 counted tx0_xsk 1
monitor 'set_link dut0 on'
check "the link is back" wait_for 20 carrier_up dut gx0
wait $sender
check_eq "all completes" $? 0 || cat "$TMP/tx"
wait $receiver
check_stream "AF_XDP frames that waited for the link" "$TMP/r" $N 10

# At an MTU that one buffer serves, chunks of 2,048 bytes do, also for a socket that would
# take frames in pieces; and while it is there, all other things can be changed.
if [ "$LAB_KERNEL" != 6.1 ]; then
	use_programs frags	# where buffers are as large as chunks, a frame may take two
	attach to_xsk
	start_receiver "$TMP/x" dut xsk rx -i gx0 -q 0 -m "$MAPS/xsks" -z -k 2048 -g -K -T 600
	x=$receiver
	check_eq "chunks of 2048, for frames in pieces: zero-copy" "$(value "$TMP/x" zerocopy)" 1
	check "a program can be replaced meanwhile" attach to_xsk
	check "rings can be changed" dut ethtool -G gx0 rx 256
	[ "$PAIRS" -eq 1 ] || check "a socket comes and goes on the other queue" dut xsk bind -i gx0 -q 1 -z -n 1
	check_not "  without a reset" grep -q 'no memory to take' <(dmesg)
	counts "$TMP/a"
	peer_sends -n $N -r 1000 -s 1400 >"$TMP/s"
	check "it receives" wait_for 20 counted 'rx*_xsk_frames' $((N / 2))
	check "the program can be taken away" detach
	check_not "and is away" grep -q xdp <(ip -n dut link show gx0)
	stop_receiver
	check_eq "all frames were whole" "$(value "$TMP/x" corrupt)" 0
fi

# Frames that a reset finds in the ring are counted, as frames: these take several
# descriptors each. No limit of the stack's keeps them from it.
ip -n dut link set gx0 mtu 9000
ip -n peer link set peer0 mtu 9000
wait_for 30 carrier_up peer peer0
dut sh -c 'for l in /sys/class/net/gx0/queues/tx-*/byte_queue_limits/limit_min; do echo 1000000 >$l; done'
# ten_frames: of one flow, and so on one queue
ten_frames()
{
	dut taskset -c 0 python3 -c "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 4999))
for i in range(10):
	s.sendto(bytes(8000), ('$PEER_IP', 5001))"
}
none_in_flight() { dut sh -c 'cat /sys/class/net/gx0/queues/tx-*/byte_queue_limits/inflight' | awk '{ n += $1 } END { exit n != 0 }'; }
dut ping -q -c 1 -W 10 $PEER_IP >/dev/null
ten_frames	# the limit counts from the first that completes
wait_for 20 none_in_flight
dropped() { ip -n dut -s -j link show gx0 | jq '.[0].stats64.tx.dropped'; }
devlink health set "pci/$(dut_pci)" reporter tx auto_recover false	# nobody else resets it
was=$(dropped)
counts "$TMP/a"
transmitter off
ten_frames
reset_mac
counts "$TMP/b"
lost=$(moved "$TMP/a" "$TMP/b" 'tx[0-9]_lost_in_reset')
check "ten frames are lost in a reset, and counted as so many ($lost)" [ "$lost" -ge 10 -a "$lost" -le 15 ]
check "and as dropped" [ $(($(dropped) - was)) -ge "$lost" -a $(($(dropped) - was)) -le 15 ]
ip -n dut link set gx0 mtu 1500
ip -n peer link set peer0 mtu 1500
wait_for 30 carrier_up peer peer0
check "traffic goes on" wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP

# One short frame in fifty is kept by a socket that does not read.
KEPT=3000
cat >"$TMP/keeps.py" <<'P'
import signal, socket
SO_RCVBUFFORCE = 33  # Python does not name it
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
s.bind(("", 5000))
print("ready", flush=True)
signal.pause()
P
cat >"$TMP/sends.py" <<'P'
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(int(sys.argv[2])):
    for port in [5001] * 49 + [5000]:
        s.sendto(b"x" * 64, (sys.argv[1], port))
P
kept() { echo $((16#$(dut awk '$2 ~ /:1388$/ { sub(/.*:/, "", $5); print $5 }' /proc/net/udp))); }
available() { awk '/^MemAvailable/ { print $2 * 1024 }' /proc/meminfo; }
background dut python3 "$TMP/keeps.py" >"$TMP/keeps"
holder=$child
check "a socket that does not read" wait_for 30 grep -q ready "$TMP/keeps"
peer python3 "$TMP/sends.py" $DUT_IP 20	# what is allocated once
had=$(kept) room=$(available)
peer python3 "$TMP/sends.py" $DUT_IP $KEPT
charged=$(($(kept) - had)) used=$((room - $(available)))
check "it keeps frames, and is charged for them ($charged bytes)" [ $charged -gt $((KEPT / 2 * 512)) ]
if [ "$LAB_KERNEL" = debug ]; then
	skip "a page each, and not eight: the debug kernel's checkers take more for each ($used bytes)"
else
	# one, and what else the machine took meanwhile
	check "they take a page each, and not eight ($used bytes)" [ $used -lt $((KEPT * 5 * 4096)) ]
fi
kill $holder
wait $holder 2>/dev/null
check_adds_up
end
