#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Frames as no sound sender makes them: counted, never believed, never the end.
# (The emulated cable carries no frame with a bad FCS and none below 60 bytes that
# the receiving chip has not padded: those two are not shown here.)
# lab: dut=family timeout=200 once

. tests/driver/lib.sh

N=200

malformed()
{
	peer python3 tests/driver/tools/malformed.py peer0 "$(dut_mac)" $PEER_IP $DUT_IP "$@"
}

# snmp NAME: one of the receiving stack's own counters
snmp()
{
	dut nstat -asz "$1" 2>/dev/null | awk -v n="$1" '$1 == n { print $2 }'
}

sent_by_peer()
{
	peer ethtool -S peer0 | awk '$1 == "tx_packets:" { print $2 }'
}

# sends KIND: N of them, as far as the peer's own stack lets them out, and wait until
# the ring has had them.
sends()
{
	local before

	counts "$TMP/a"
	before=$(sent_by_peer)
	malformed "$1" $N >/dev/null || return 1
	sent=$(($(sent_by_peer) - before))
	[ "$sent" -le $N ] || sent=$N	# the peer has counted some of its own, too
	[ "$sent" -ge $((N / 3)) ] && wait_for 20 frames_came "$sent"
}

# check_csum "what" KIND SNMP-COUNTER CHIP-COUNTER CHIP-MOVES: the stack's counter
# moves by N
check_csum()
{
	local before moves=$5

	# where the emulation verifies nothing, nothing is counted by the chip either
	family_lacks "$FAMILY" rxcsum-shown && moves=0
	before=$(snmp "$3")
	check "$1: they arrive" sends "$2"
	check_eq "$1: the stack counts each as $3" $(($(snmp "$3") - before)) $N
	check_moved "$1: the driver's $4" "$TMP/a" "$TMP/b" "rx*_$4" "$moves"
}

begin
watch_pools
# Somebody who listens, so that good ones count as delivered.
start_receiver "$TMP/r" dut stream recv -u :7777 -T 600
listener=$receiver

check_csum "sound UDP" good UdpInDatagrams csum_ok $N
check_csum "UDP without checksum" no_checksum UdpInDatagrams csum_bad 0
check_csum "wrong UDP checksum" bad_udp UdpInCsumErrors csum_bad $N
check_csum "wrong TCP checksum" bad_tcp TcpInCsumErrors csum_bad $N
check_csum "wrong IP checksum" bad_ip IpExtInCsumErrors csum_bad $N
dut ethtool -K gx0 rx off
check_csum "wrong UDP checksum, the chip not asked" bad_udp UdpInCsumErrors csum_bad 0
dut ethtool -K gx0 rx on

# Some carry tags; none shall stay outside for that.
dut ethtool -K gx0 rx-vlan-filter off
kinds="short truncated garbage"
for kind in $kinds; do
	check "$kind frames: they arrive" sends $kind
	check "$kind frames: the device works on" dut ping -q -c 2 -i 0.2 -W 10 $PEER_IP
done

# The same under programs that look at them, and with tags taken out by the chip.
use_programs
dut ethtool -K gx0 rxvlan on
for program in tx cut_head metadata; do
	attach $program
	for kind in $kinds; do
		check "$kind frames under the program $program" sends $kind
	done
done
detach
for object in drop reflect xsk_steer; do
	ip -n dut link set dev gx0 xdpdrv obj "$GXDP_BPF/$object.bpf.o" sec xdp
	check "garbage under $object" sends garbage
	ip -n dut link set dev gx0 xdpdrv off
done
dut ethtool -K gx0 rxvlan off

interface_errors()
{
	ip -n dut -s -j link show gx0 | jq '.[0].stats64.rx.errors'
}

# Giants: at MTU 1500 the chip drops and counts them, none gets through.
ip -n peer link set peer0 mtu 9000
wait_for 30 carrier_up peer peer0
counts "$TMP/a"
errors=$(interface_errors)
start_receiver "$TMP/g" dut stream recv -i gx0
malformed giant $N >/dev/null
giants()
{
	counts "$TMP/b"
	echo $(($(moved "$TMP/a" "$TMP/b" rx_oversize) + $(moved "$TMP/a" "$TMP/b" 'rx*_length_error')))
}
giants_counted() { [ "$(giants)" -ge $N ]; }
if has giants "giants: each is counted"; then
	wait_for 10 giants_counted
	check_eq "giants: each is counted" "$(giants)" $N
	check_eq "giants: as errors of the interface" $(($(interface_errors) - errors)) $N
fi
stop_receiver
check_not "giants: none reaches the stack" grep -q stream= "$TMP/g"
check "giants: the device works on" dut ping -q -c 2 -i 0.2 -W 10 $PEER_IP

# At MTU 9000 a frame of a program without frags cannot come: it was refused. One
# with frags takes them all.
ip -n dut link set gx0 mtu 9000
settle
use_programs frags
attach tx
check "long frames at MTU 9000 under a program for fragments" sends giant
check "garbage, too" sends garbage
check_eq "no reset was needed" "$(stat dut gx0 resets)" 0
kill $listener
wait $listener
check_adds_up
end
