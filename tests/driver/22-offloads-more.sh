#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Beside 21-offloads and others: GRO merges what comes in, frames of one burst share a
# doorbell, a program is told the VLAN tag that the chip took out, changes of the link
# come by interrupt, tcpdump sees what it should, and the stand-alone objects' sections
# for fragments work at an MTU of 9000.
# lab: dut=family once timeout=240

. tests/driver/lib.sh

# check_gro on|off: how many of the TCP frames that come in the stack sees as one
check_gro()
{
	local before seen frames

	dut ethtool -K gx0 gro "$1"
	before=$(dut nstat -asz TcpInSegs | awk '$1 == "TcpInSegs" { print $2 }')
	counts "$TMP/a"
	check "GRO $1: a transfer" tcp_transfer peer dut $DUT_IP 4M
	counts "$TMP/b"
	seen=$(($(dut nstat -asz TcpInSegs | awk '$1 == "TcpInSegs" { print $2 }') - before))
	frames=$(moved "$TMP/a" "$TMP/b" 'rx*_pass')
	if [ "$1" = on ]; then
		check "GRO $1: frames are merged ($frames to $seen)" [ $((seen * 10)) -lt $((frames * 9)) ]
	else
		check "GRO $1: none is ($frames, $seen)" [ $((seen * 100)) -gt $((frames * 95)) ]
	fi
}

# check_tag_hint: what a program is told of the tags that the chip takes out
check_tag_hint()
{
	mkdir -p $PINS/tag-maps
	check "a program that reads the tag loads" dut bpftool prog load "$TOOLS/hint_vlan.bpf.o" \
		$PINS/read_tag xdpmeta_dev gx0 pinmaps $PINS/tag-maps || return
	check "and attaches" ip -force -n dut link set dev gx0 xdpdrv pinned $PINS/read_tag
	peer stream send -i peer0.100 -d "$(dut_mac)" -n $((20 - ENDS)) >"$TMP/s"
	told()
	{
		[ "$(map_get $PINS/tag-maps/tags "$1")" -ge 20 ]
	}
	wait_for 5 told 0
	check_eq "it is told the tag of each frame, the VLAN, and of none that has none" \
		"$(for i in 0 1 2; do map_get $PINS/tag-maps/tags $i; done | xargs)" "20 100 0"
	peer_sends -n $((20 - ENDS)) >"$TMP/s"
	wait_for 5 told 2
	check_eq "and of frames without one that they have none" \
		"$(for i in 0 2; do map_get $PINS/tag-maps/tags $i; done | xargs)" "20 20"
	rm -f $PINS/read_tag
}

# The vector for all that is no queue's; with a single one, nobody can tell.
link_irqs()
{
	awk '$NF == "gx0-other" { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i } END { print n + 0 }' /proc/interrupts
}

begin
peer ethtool -K peer0 gro off lro off tso off rxvlan off txvlan off 2>/dev/null
check_gro on
check_gro off
dut ethtool -K gx0 gro on

dut ethtool -K gx0 tso off
counts "$TMP/a"
check "without TSO: a transfer" tcp_transfer dut peer $PEER_IP 2M
counts "$TMP/b"
bells=$(moved "$TMP/a" "$TMP/b" 'tx*_doorbells') frames=$(moved "$TMP/a" "$TMP/b" 'tx*_packets')
check "without TSO: frames share a doorbell ($bells for $frames)" [ $((bells * 10)) -lt $((frames * 8)) ]
dut ethtool -K gx0 tso on

if [ "$LAB_KERNEL" = 6.1 ]; then
	skip "tags as hints: Linux 6.8 has them first"
else
	setup_vlan
	dut ethtool -K gx0 rxvlan on
	mount_pins
	check_tag_hint
	ip -n dut link set dev gx0 xdpdrv off
	dut ethtool -K gx0 rxvlan off
fi

if has msi "link changes by interrupt"; then
	irqs=$(link_irqs)
	for i in 1 2 3; do
		monitor 'set_link dut0 off'
		wait_for 30 carrier_down dut gx0
		monitor 'set_link dut0 on'
		wait_for 30 carrier_up dut gx0
	done
	check "six changes of the link, each by interrupt" [ $(($(link_irqs) - irqs)) -ge 6 ]
fi
# tcpdump, which also listens to frames for others.
background dut tcpdump -Z root --immediate-mode -i gx0 -B 16384 -U -w "$TMP/pcap" >"$TMP/tcpdump.log" 2>&1
dump=$child
check "tcpdump listens" wait_for 60 grep -q listening "$TMP/tcpdump.log"
check "TCP runs under tcpdump" tcp_transfer peer dut $DUT_IP 1M
peer stream send -i peer0 -d 02:00:00:00:00:99 -n 10 >"$TMP/s"
kill $dump
wait $dump
# captured FILTER: so many frames
captured()
{
	tcpdump -r "$TMP/pcap" "$1" 2>/dev/null | wc -l
}
check "tcpdump saw it in both directions ($(captured "tcp and src $PEER_IP"), $(captured "tcp and src $DUT_IP"))" \
	[ "$(captured "tcp and src $PEER_IP")" -gt 20 -a "$(captured "tcp and src $DUT_IP")" -gt 10 ]
check "and frames for another" [ "$(captured "ether dst 02:00:00:00:00:99")" -ge 10 ]

ip -n dut link set gx0 mtu 9000
ip -n peer link set peer0 mtu 9000
wait_for 30 carrier_up peer peer0
for object in pass drop reflect xsk_steer; do
	check "$object for fragments attaches, natively" \
		ip -n dut link set dev gx0 xdpdrv obj "$GXDP_BPF/$object.bpf.o" sec xdp.frags
	counts "$TMP/a"
	peer_sends -n 100 -r 1000 -s 8800 >"$TMP/s"
	sees()
	{
		counts "$TMP/b"
		[ "$(moved "$TMP/a" "$TMP/b" 'rx*_frags')" -ge 100 ]
	}
	check "long frames under $object" wait_for 10 sees
	ip -n dut link set dev gx0 xdpdrv off
done
check_adds_up
end
