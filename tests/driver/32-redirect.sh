#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Frames from one gxdp NIC to another by XDP_REDIRECT, both ways at once; the
# target goes down in the middle, and what is lost is counted.
# lab: dut=e1000e peer=igb nic=e1000e timeout=240

. tests/driver/lib.sh

N=2000

ifindex()
{
	dut cat "/sys/class/net/$1/ifindex"
}

attach_other()
{
	ip -force -n dut link set dev gx1 xdpdrv pinned "$PINS/other/to_dev"
}

# The second NIC's program has maps of its own: it redirects the other way.
other_program()
{
	mkdir -p $PINS/other/maps
	bpftool prog loadall "$TOOLS/verdicts.bpf.o" $PINS/other pinmaps $PINS/other/maps
}

forwarded()
{
	counts "$TMP/$1-in" "${2:-0}"
	counts "$TMP/$1-out" "${3:-1}"
}

begin
setup_pair 1 || die_test "no second pair"
calm_peer 1
use_programs
check "the other way's program loads" other_program
map_set devs 0 "$(ifindex gx1)"
MAPS=$PINS/other/maps map_set devs 0 "$(ifindex gx0)"
attach to_dev
check "both attached" attach_other
# One address everywhere: the programs send a frame to where it came from, as seen
# from its other end.
peer ip link set peer1 promisc on
peer ip link set peer0 promisc on

forwarded a
start_receiver "$TMP/r1" peer stream recv -i peer1
r1=$receiver
start_receiver "$TMP/r0" peer stream recv -i peer0
r0=$receiver
start_peer_sends "$TMP/s0" -n $N -r 1500
s0=$sender
peer stream send -i peer1 -d "$(dut_mac 1)" -S 2 -n $N -r 1500 >"$TMP/s1"
wait $s0 $r0 $r1
check_stream "from the first NIC out of the second" "$TMP/r1" $N 1
check_stream "and the other way, at the same time" "$TMP/r0" $N 2
forwarded b
check_moved "the first's frames are counted as redirected" "$TMP/a-in" "$TMP/b-in" 'rx*_xdp_redirect' $((N + ENDS))
check_moved "and sent by the second" "$TMP/a-out" "$TMP/b-out" 'tx*_xdp_xmit' $((N + ENDS))
check_moved "the second's, too" "$TMP/a-out" "$TMP/b-out" 'rx*_xdp_redirect' $((N + ENDS))
check_moved "and sent by the first" "$TMP/a-in" "$TMP/b-in" 'tx*_xdp_xmit' $((N + ENDS))
check "many frames share a doorbell" \
	[ "$(moved "$TMP/a-out" "$TMP/b-out" 'tx*_doorbells')" -le $((N + ENDS + 50)) ]

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
received_before=$(stat dut gx1 tx0_xdp_xmit)
goes_on()
{
	[ $(($(stat dut gx1 tx0_xdp_xmit) + $(stat dut gx1 tx1_xdp_xmit) - received_before)) -gt 200 ]
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
