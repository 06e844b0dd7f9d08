#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Frames from one gxdp NIC to another by XDP_REDIRECT, both ways at once; the
# target goes down in the middle, and what is lost is counted.
# lab: dut=family nic=family timeout=240

. tests/driver/lib.sh
. tests/driver/redirect-lib.sh

begin_redirect
check_both_ways
check_redirect_doorbells

# Frames of up to 128 bytes are copied into the ring, longer ones are not: both in
# turn, beside the stack's.
start_receiver "$TMP/r1" peer stream recv -i peer1 -N 2
start_peer_sends "$TMP/s0" -n $N -r 1500 -s 114
s0=$sender
background dut ping -q -c 200 -i 0.01 -W 30 10.9.1.2 >"$TMP/ping"
ping=$child
peer_sends -n $N -r 1500 -s 115 -S 2 >"$TMP/s1"
wait $s0 $receiver
check_stream "the longest that are copied" "$TMP/r1" $N 1
check_stream "the shortest that are not" "$TMP/r1" $N 2
check "the stack sends beside them" wait $ping

# Jumbo frames, redirected whole.
ip -n dut link set gx1 xdpdrv off
detach
for dev in gx0 gx1; do ip -n dut link set $dev mtu 9000; done
for dev in peer0 peer1; do ip -n peer link set $dev mtu 9000; done
wait_for 30 carrier_up peer peer0 && wait_for 30 carrier_up peer peer1
use_programs frags
map_set devs 0 "$(ifindex gx1)"
check "a program for fragments attaches" attach to_dev
if [ "$LAB_KERNEL" = 6.1 ]; then
	skip "jumbo frames from one to the other: 6.1's core takes frames of several buffers to CPUs only"
else
	start_receiver "$TMP/r1" peer stream recv -i peer1
	peer_sends -n 500 -r 500 -s 8800 >"$TMP/s0"
	wait $receiver
	check_stream "jumbo frames from the first out of the second" "$TMP/r1" 500
fi

# The target goes down, and comes back.
forwarded a
start_receiver "$TMP/r1" peer stream recv -i peer1
start_peer_sends "$TMP/s0" -r 1000
s0=$sender
for ((i = 0; i < 3; i++)); do
	check "round $i: the target goes down" ip -n dut link set gx1 down
	check "round $i: and comes back" ip -n dut link set gx1 up
	check "round $i: with its link" wait_for 60 carrier_up dut gx1
done
sent_by_target()
{
	dut ethtool -S gx1 | awk '/tx[0-9]_xdp_xmit:/ { n += $2 } END { print n }'
}
received_before=$(sent_by_target)
goes_on()
{
	[ $(($(sent_by_target) - received_before)) -gt 200 ]
}
check "frames flow again" wait_for 30 goes_on
# The module's other device goes altogether while frames are on their way to it.
unbind_driver "$(dut_pci 1)"
check "the first NIC works on" dut ping -q -c 3 -i 0.2 -W 10 $PEER_IP
kill $s0
wait $s0
kill $receiver
wait $receiver
check_eq "what came through was intact" "$(value "$TMP/r1" corrupt) $(value "$TMP/r1" twice)" "0 0"
check_adds_up
end
