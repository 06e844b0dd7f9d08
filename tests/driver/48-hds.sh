#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Headers split off by the chip: where it cuts, that all kinds of frames arrive whole, with
# and without a program, that pages of data can be mapped; what it goes together with
# and what not; and that turning it on and off costs the link nothing.
# lab: dut=family short needs=hds kernels=6.12,7.3 timeout=400 mem=1280

. tests/driver/lib.sh
. tests/driver/xdp-lib.sh

RATE=1000
CHANGES=4
PAUSE_MS=250	# what a change may cost: as in 50-config

data_split()
{
	dut ethtool -g gx0 | awk '/^TCP data split:/ { print $4 }'
}

split()
{
	dut ethtool -G gx0 tcp-data-split "$1"
}

toggle()
{
	split on && split off && split on && split off
}

# cuts WHICH: hds.bpf.c's counters
cuts()
{
	map_get $PINS/hds/maps/cuts "$1"
}

# check_arrives "what" LEN SPLIT SEND-OPTIONS...: N numbered frames, each with all of its
# bytes; the chip has split SPLIT of them.
check_arrives()
{
	local what=$1 bytes=$2 split=$3
	shift 3

	start_receiver "$TMP/r" dut stream recv "$@"
	counts "$TMP/a"
	if [ "$1" = -i ]; then
		peer_sends -n $N -r 1500 -s "$bytes" >"$TMP/s"
	else
		peer stream send "$@" -n $N -r 1500 -s "$bytes" >"$TMP/s"
	fi
	wait $receiver
	counts "$TMP/b"
	check_stream "$what, $bytes bytes: they arrive" "$TMP/r" $N
	check_whole "$what, $bytes bytes" "$bytes"
	if [ "$split" = 0 ]; then
		check_moved "$what, $bytes bytes: left whole" "$TMP/a" "$TMP/b" 'rx*_hds' 0
	else
		check "$what, $bytes bytes: split" [ "$(moved "$TMP/a" "$TMP/b" 'rx*_hds')" -ge "$split" ]
	fi
}

# check_tcp "what" ADDRESS: a transfer, most of whose frames the chip has split
check_tcp()
{
	counts "$TMP/a"
	check "$1: a transfer" tcp_transfer peer dut "$2" 2M
	counts "$TMP/b"
	check "$1: headers split off" [ "$(moved "$TMP/a" "$TMP/b" 'rx*_hds')" -gt 1000 ]
	! has rxcsum-shown "$1: checksums" ||
		check "$1: checksums by the chip" [ "$(moved "$TMP/a" "$TMP/b" 'rx*_csum_ok')" -gt 1000 ]
}

begin
before=$(carrier_changes dut gx0)
check_eq "off by default" "$(data_split)" off
counts "$TMP/a"
tcp_transfer peer dut $DUT_IP 1M
counts "$TMP/b"
check_moved "off: no header is split off" "$TMP/a" "$TMP/b" 'rx*_hds' 0

start_streams $RATE
check "turned on and off, twice" toggle
end_streams "on and off" $((CHANGES * PAUSE_MS * RATE / 1000))
check "turned on" split on
check_eq "it says so" "$(data_split)" on

# All kinds of frames, to the stack
check_tcp "IPv4" $DUT_IP
check_tcp "IPv6" $DUT_IP6
N=300
for len in 46 241 242 243 1400; do
	check_arrives "another EtherType" $len 0 -i gx0
done
for len in 64 200 228 256 1472; do
	check_arrives "UDP" $len $N -u $DUT_IP:7777
done
check "fragments" peer ping -q -c 5 -i 0.1 -s 4000 -W 10 $DUT_IP
check "IPv6 fragments" peer ping -q -c 5 -i 0.1 -s 4000 -W 10 $DUT_IP6
setup_vlan
check_tcp "in a VLAN" 10.100.0.1
dut ethtool -K gx0 rxvlan on
check_tcp "in a VLAN, tag stripped" 10.100.0.1
dut ethtool -K gx0 rxvlan off

background dut tcpdump -Z root --immediate-mode -nn -e -i gx0 "dst $DUT_IP and tcp" >"$TMP/dump" 2>"$TMP/tcpdump.log"
dump=$child
wait_for 60 grep -q listening "$TMP/tcpdump.log"
tcp_transfer peer dut $DUT_IP 2M
kill $dump
wait $dump
check "GRO merges them" \
	[ "$(sed -nE 's/.*, length ([0-9]+): .* > .*/\1/p' "$TMP/dump" | awk '$1 > 3000' | wc -l)" -gt 20 ]

# What fills pages can be mapped.
for ns in dut peer; do
	ip -n $ns link set $([ $ns = dut ] && echo gx0 || echo peer0) mtu 4148
done
wait_for 30 carrier_up peer peer0
background dut python3 tests/driver/tools/zerocopy.py $DUT_IP 9000 >"$TMP/zc" 2>&1
zc=$child
wait_for 60 listens dut 9000
peer python3 -c "
import socket
s = socket.create_connection(('$DUT_IP', 9000))
s.sendall(bytes(i % 251 for i in range(251)) * 16384)"
wait_for 60 has_ended $zc || kill $zc
wait $zc
check_eq "TCP_ZEROCOPY_RECEIVE: all bytes are right" "$(awk '{ print $2 + $4, $6 }' "$TMP/zc")" "$((251 * 16384)) 0"
check "most of them by mapping ($(cat "$TMP/zc"))" [ "$(awk '{ print $2 }' "$TMP/zc")" -gt $((251 * 16384 / 2)) ]

# Several pages of data
ip -n dut link set gx0 mtu 9000
ip -n peer link set peer0 mtu 9000
wait_for 30 carrier_up peer peer0
check_arrives "jumbo, UDP" 8800 $N -u $DUT_IP:7777
check_arrives "jumbo, another EtherType" 8800 0 -i gx0
check "jumbo, TCP" tcp_transfer peer dut $DUT_IP 2M

# Programs: those that take fragments see the header, and the rest behind it.
check_not "a program for one buffer is refused" \
	ip -force -n dut link set dev gx0 xdpdrv obj "$TOOLS/verdicts.bpf.o" sec xdp
mount_pins
mkdir -p $PINS/hds/maps
bpftool prog loadall "$TOOLS/hds.bpf.o" $PINS/hds pinmaps $PINS/hds/maps || die_test "hds.bpf.o does not load"
for mtu in 9000 1500; do
	ip -n dut link set gx0 mtu $mtu
	ip -n peer link set peer0 mtu $mtu
	wait_for 30 carrier_up peer peer0
	ip -force -n dut link set dev gx0 xdpdrv pinned $PINS/hds/see_cuts
	cut=$(cuts 0) miscut=$(cuts 1)
	check "MTU $mtu, with a program: IPv4" tcp_transfer peer dut $DUT_IP 2M
	check "MTU $mtu, with a program: IPv6" tcp_transfer peer dut $DUT_IP6 2M
	check "MTU $mtu, with a program: in a VLAN" tcp_transfer peer dut 10.100.0.1 1M
	check "MTU $mtu: a program sees headers and nothing else ($(($(cuts 0) - cut)) frames)" [ $(($(cuts 0) - cut)) -gt 500 ]
	check_eq "MTU $mtu: of all TCP and UDP" "$(cuts 1)" "$miscut"
done
detach

prepare_verdicts
use_programs frags
N=200 len=1400 every_verdict "split off"
attach tx
background peer tcpdump -Z root --immediate-mode -i peer0 -Q in -w "$TMP/pcap" -U "udp port 7777" >"$TMP/tcpdump.log" 2>&1
dump=$child
wait_for 60 grep -q listening "$TMP/tcpdump.log"
clear_seen
peer stream send -u $DUT_IP:7777 -n 100 -r 1000 -s 1000 >"$TMP/s"
wait_for 10 has_seen $((100 + ENDS))
back()
{
	[ "$(tcpdump -r "$TMP/pcap" -nn -vv 2>/dev/null | grep -c 'udp sum ok')" -ge $((100 + ENDS)) ]
}
check "XDP_TX of split frames: all come back, their checksums right" wait_for 10 back
kill $dump
wait $dump

# AF_XDP has its own buffers: on its queue, and there alone, frames stay whole.
attach to_xsk
ip_to 1
start_receiver "$TMP/x" dut xsk rx -i gx0 -q 0 -m "$MAPS/xsks" -z
check_eq "a socket on queue 0: zero-copy" "$(value "$TMP/x" zerocopy)" 1
counts "$TMP/a"
check "the other queue goes on" tcp_transfer peer dut $DUT_IP 1M
peer_sends -n 500 -r 1000 -s 1000 >"$TMP/s"
wait $receiver
counts "$TMP/b"
check_stream "the socket gets its frames" "$TMP/x" 500
check "whole, from the umem" [ "$(moved "$TMP/a" "$TMP/b" rx0_xsk_frames)" -ge 500 ]
check_moved "none is split there" "$TMP/a" "$TMP/b" rx0_hds 0
check "they are on the other queue" [ "$(moved "$TMP/a" "$TMP/b" rx1_hds)" -gt 500 ]
detach
ip_to 0
check_tcp "the socket gone" $DUT_IP

# It holds through all else.
dut ethtool -G gx0 rx 128 tx 256
dut ethtool -L gx0 combined 1
dut ethtool -L gx0 combined "$PAIRS"
check_tcp "other rings" $DUT_IP
check_eq "the carrier did not change" "$(carrier_changes dut gx0)" "$before"
check_eq "and nothing was reset" "$(stat dut gx0 resets)" 0
check "a reset" dut ethtool --reset gx0 mac
check_tcp "after a reset" $DUT_IP
ip -n dut link set gx0 down
ip -n dut link set gx0 up
setup_end dut gx0 $DUT_IP $DUT_IP6
wait_for 60 carrier_up dut gx0
check_tcp "down and up" $DUT_IP
check "turned off while down" sh -c 'ip -n dut link set gx0 down && ip netns exec dut ethtool -G gx0 tcp-data-split off && ip -n dut link set gx0 up'
check_eq "off" "$(data_split)" off
use_programs
attach verdict
check_not "with a program for one buffer it cannot be turned on" split on
check_eq "and stays off" "$(data_split)" off
detach
check_adds_up
end
