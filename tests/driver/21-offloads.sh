#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the chip does for the stack: checksums, segmentation, VLAN tags; seen on
# the wire at the peer, and switched off and on.
# lab: dut=family short timeout=240

. tests/driver/lib.sh

# capture FILTER COMMAND...: what the peer sees on the wire while it runs.
capture()
{
	local filter=$1
	shift

	# not as its own user, who may not write here
	background peer tcpdump -Z root --immediate-mode -i peer0 -w "$TMP/pcap" -B 16384 -U "$filter" >"$TMP/tcpdump.log" 2>&1
	receiver=$child
	wait_for 60 grep -q listening "$TMP/tcpdump.log" || return 1
	"$@" || { stop_receiver; return 1; }
	wait_for 20 reads_on	# what it has not read when it is killed is lost
	stop_receiver
	tcpdump -r "$TMP/pcap" -nn -e -vv >"$TMP/dump" 2>/dev/null
}

# from dut: TCP frames seen, the longest, wrong checksums
wire()
{
	tcpdump -r "$TMP/pcap" -nn -vv "src $1 and tcp" 2>/dev/null >"$TMP/tcp"
	frames=$(tcpdump -r "$TMP/pcap" -nn "src $1 and tcp" 2>/dev/null | wc -l)
	longest=$(tcpdump -r "$TMP/pcap" -nn -e "src $1 and tcp" 2>/dev/null |
		sed -nE 's/.*, length ([0-9]+): .* > .*/\1/p' | sort -n | tail -n 1)
	wrong=$(grep -c 'incorrect\|bad cksum' "$TMP/tcp")
	right=$(grep -c 'cksum 0x[0-9a-f]* (correct)' "$TMP/tcp")
}

# check_offload WHAT ADDRESS SOURCE TSO CSUM: the counters move (1) or not (0)
check_offload()
{
	local what=$1 to=$2 from=$3 tso=$4 csum=$5

	counts "$TMP/a"
	check "$what: a transfer" capture "host $to" tcp_transfer dut peer "$to" 1M
	counts "$TMP/b"
	wire "$from"
	check "$what: frames on the wire have at most 1514 bytes ($frames frames, longest $longest)" \
		[ "${longest:-9999}" -le 1514 -a "$frames" -gt 300 ]
	check_eq "$what: no wrong checksum among $right on the wire" "$wrong" 0
	check "$what: they were looked at" [ "$right" -gt 300 ]
	check_eq "$what: segmented by the chip" $(($(moved "$TMP/a" "$TMP/b" 'tx*_tso') > 0)) "$tso"
	check_eq "$what: checksums by the chip" \
		$(($(moved "$TMP/a" "$TMP/b" 'tx*_csum') > 0)) "$csum"
}

# sctp "what" FROM TO ADDRESS: a transfer, all of it right; counters before in a, after in b
SCTP_BYTES=400000
sctp()
{
	local what=$1 from=$2 to=$3 address=$4 server

	background "$to" python3 tests/driver/tools/sctp.py receive "$address" 5202 >"$TMP/sctp" 2>&1
	server=$child
	wait_for 60 grep -q listening "$TMP/sctp"
	counts "$TMP/a"
	check "$what: a transfer" "$from" timeout 120 python3 tests/driver/tools/sctp.py send "$address" 5202 $SCTP_BYTES
	wait_for 60 has_ended $server || kill $server
	wait $server
	counts "$TMP/b"
	check_eq "$what: all of it is right" "$(grep bytes= "$TMP/sctp")" "bytes=$SCTP_BYTES wrong=0"
}

# check_sctp "what" ADDRESS CSUM: a transfer, whose CRC32c the chip makes (1) or not (0),
# and the peer's software verifies
check_sctp()
{
	local what=$1 csum=$3

	sctp "$what" dut peer "$2"
	if [ "$csum" = 1 ]; then
		check "$what: checksums by the chip" [ "$(moved "$TMP/a" "$TMP/b" 'tx*_csum')" -gt 200 ]
	else
		check_moved "$what: none by the chip" "$TMP/a" "$TMP/b" 'tx*_csum' 0
	fi
}

# told_to_verify_sctp: bit CRCOFL of RXCSUM, which QEMU's does not ask for
told_to_verify_sctp()
{
	dut ethtool -d gx0 raw on | od -An -v -tx4 -w8 | grep -qE '^ *00005000 .{5}[89a-f]..$'
}

# check_sctp_in "what" ADDRESS PADDED: a transfer whose CRC32c the peer's software makes,
# and the chip verifies; of frames that the wire pads, as many as there are, QEMU's finds
# none right, for it takes the padding in. What it says of those the stack does not believe.
check_sctp_in()
{
	local what=$1 bad

	sctp "$what" peer dut "$2"
	bad=$(moved "$TMP/a" "$TMP/b" 'rx*_csum_bad')
	check "$what: the chip verifies what it receives" [ "$(moved "$TMP/a" "$TMP/b" 'rx*_csum_ok')" -gt 200 ]
	check "$what: and finds no more wrong than are padded ($bad)" [ "$bad" -le "$3" ]
}

sctp_errors()
{
	"$1" awk '/^SctpChecksumErrors/ { print $2 }' /proc/net/sctp/snmp
}

sctp_transfers()
{
	modprobe sctp || { skip "SCTP: this kernel has none"; return; }
	peer ethtool -K peer0 rx off
	check_sctp "SCTP, IPv4" $PEER_IP 1
	check_sctp "SCTP, IPv6" $PEER_IP6 1
	check "its checksum can be switched off" dut ethtool -K gx0 tx-checksum-sctp off
	check_sctp "SCTP without" $PEER_IP 0
	check "and on" dut ethtool -K gx0 tx-checksum-sctp on
	check_eq "the peer found every checksum right" "$(sctp_errors peer)" 0
	peer ethtool -K peer0 rx on
	check "the chip is told to verify it, too" told_to_verify_sctp
	# SHUTDOWN, and that it is complete
	check_sctp_in "SCTP to it, IPv4" $DUT_IP 2
	check_sctp_in "SCTP to it, IPv6" $DUT_IP6 0
	check_eq "the stack found none of them wrong" "$(sctp_errors dut)" 0
}

tagged_on_wire()
{
	grep -c 'vlan 100,' "$TMP/dump"
}

# vlan_offload rx|tx: on or off
vlan_offload()
{
	dut ethtool -k gx0 | awk -v f="$1-vlan-offload:" '$1 == f { print $2 }'
}

check_vlan()
{
	local what=$1

	check "$what: ping" capture 'vlan 100' dut ping -q -c 3 -i 0.2 -W 10 10.100.0.2
	check "$what: tags on the wire, both ways" [ "$(tagged_on_wire)" -ge 6 ] || cat "$TMP/dump"
}

# hears_vlan ID: of twenty tagged frames, how many a program sees
hears_vlan()
{
	clear_seen
	peer stream send -i "peer0.$1" -d "$(dut_mac)" -n $((20 - ENDS)) >"$TMP/s"
	wait_for 1 has_seen 20
	seen
}

begin
# The peer shows what is on the wire: nothing merged, no tag removed.
peer ethtool -K peer0 gro off lro off tso off rxvlan off txvlan off 2>/dev/null

check_offload "TSO, IPv4" $PEER_IP $DUT_IP 1 1
if has tso6 "TSO, IPv6"; then
	check_offload "TSO, IPv6" $PEER_IP6 $DUT_IP6 1 1
else
	check_offload "checksums, IPv6" $PEER_IP6 $DUT_IP6 0 1
fi
check "TSO can be switched off" dut ethtool -K gx0 tso off
check_offload "without TSO" $PEER_IP $DUT_IP 0 1
check "checksums too" dut ethtool -K gx0 tx off
check_offload "without either" $PEER_IP $DUT_IP 0 0
check "and on again" dut ethtool -K gx0 tx on tso on
check_offload "on again" $PEER_IP $DUT_IP 1 1

! has sctp "SCTP's checksum by the chip" || sctp_transfers

if has rxcsum-shown "checksums verified by the chip"; then
	counts "$TMP/a"
	tcp_transfer peer dut $DUT_IP 1M
	counts "$TMP/b"
	check "the chip verifies what it receives" [ "$(moved "$TMP/a" "$TMP/b" 'rx*_csum_ok')" -gt 300 ]
fi
dut ethtool -K gx0 rx off
counts "$TMP/a"
check "switched off: transfers work" tcp_transfer peer dut $DUT_IP 1M
counts "$TMP/b"
check_moved "and nothing is taken from the chip" "$TMP/a" "$TMP/b" 'rx*_csum_ok' 0
dut ethtool -K gx0 rx on

# VLANs
setup_vlan
check_eq "stripping is off by default, and with it insertion" "$(vlan_offload rx) $(vlan_offload tx)" "off off"
check_vlan "tags written by the stack, and left in by the chip"
check "TCP within a VLAN" tcp_transfer dut peer 10.100.0.2 1M
check "stripping can be switched on" dut ethtool -K gx0 rxvlan on txvlan on
check_eq "insertion comes with it, and is shown" "$(vlan_offload rx) $(vlan_offload tx)" "on on"
check_vlan "tags taken out and put in by the chip"
check "TCP with both" tcp_transfer dut peer 10.100.0.2 1M
check "TCP to it with both" tcp_transfer peer dut 10.100.0.1 1M

# What a program sees: the tag, unless stripping is on. cut_head counts tagged ones.
use_programs
attach cut_head
check_eq "stripped, a program sees no tag" "$(hears_vlan 100)" 0
dut ethtool -K gx0 rxvlan off
check_eq "not stripped, it sees the tag" "$(hears_vlan 100)" 20

# The filter. VLAN 200 is nobody's here.
ip -n peer link add link peer0 name peer0.200 type vlan id 200
ip -n peer link set peer0.200 up
check_eq "a VLAN nobody has is filtered out" "$(hears_vlan 200)" 0
dut ethtool -K gx0 rx-vlan-filter off
check_eq "without the filter it comes in" "$(hears_vlan 200)" 20
dut ethtool -K gx0 rx-vlan-filter on
check_eq "with it again it does not" "$(hears_vlan 200)" 0
ip -n dut link set gx0 promisc on
check_eq "in promiscuous mode it does" "$(hears_vlan 200)" 20
ip -n dut link set gx0 promisc off
ip -n dut link del gx0.100
check_eq "the filter forgets a VLAN that goes" "$(hears_vlan 100)" 0
check_adds_up
end
