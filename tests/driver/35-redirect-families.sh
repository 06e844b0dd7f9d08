#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# One module, two chips of different families in one machine: XDP_REDIRECT between
# them both ways, and one of them is pulled out in the middle.
# lab: dut=family nic=other short once timeout=240

. tests/driver/lib.sh
. tests/driver/redirect-lib.sh

driver_info()
{
	dmesg | grep -oE "gxdp .*: [0-9]+[A-Z]* at $1" | grep -oE '[0-9]+[A-Z]* at' | tail -n 1
}

second_gone()
{
	! ip -n dut link show gx1 >/dev/null 2>&1
}

received_by_first()
{
	[ "$(moved "$TMP/before" "$TMP/after" 'rx*_packets')" -gt 500 ]
}

first_goes_on()
{
	counts "$TMP/after"
	received_by_first
}

begin_redirect
check_eq "the first is a $FAMILY" "$(driver_info "$(dut_pci)")" "$FAMILY at"
check_eq "the second is of another family" "$(driver_info "$(dut_pci 1)")" "$(other_family "$FAMILY") at"
check_both_ways

# Traffic both ways while the second goes, in the middle of it.
start_peer_sends "$TMP/s0" -r 1500
s0=$sender
background peer stream send -i peer1 -d "$(dut_mac 1)" -S 2 -r 1500 >"$TMP/s1"
s1=$child
start_dut_sends "$TMP/s2" -S 3 -r 500
s2=$sender
forwarded c
moving()
{
	forwarded d
	[ "$(moved "$TMP/c-out" "$TMP/d-out" 'tx*_xdp_xmit')" -gt 300 ] &&
		[ "$(moved "$TMP/c-in" "$TMP/d-in" 'tx*_xdp_xmit')" -gt 300 ]
}
check "frames flow both ways" wait_for 30 moving
log_mark
monitor 'device_del dut1'
check "the second goes in the middle of it" wait_for 60 second_gone
counts "$TMP/before"
check "the first goes on receiving, with nowhere to redirect to" wait_for 30 first_goes_on
check_not "nothing hung" grep -qE 'hang|does not come out' <(log_since)
kill $s0 $s1 $s2
wait $s0 $s1 $s2
detach
check "and works for the stack" dut ping -q -c 3 -i 0.2 -W 10 $PEER_IP
check_adds_up

# It comes back, and so does all the rest.
monitor "device_add $(family_field "$(other_family "$FAMILY")" device),id=dut1,bus=rp1,netdev=dut1-net,mac=52:54:00:67:78:01"
check "another is plugged in" wait_for 60 dut_pci 1
check "gxdp takes it" wait_for 30 bind_driver "$(dut_pci 1)" gxdp
check "it comes up" setup_dut 1
check "with its link" wait_for 60 carrier_up dut gx1
map_set devs 0 "$(ifindex gx1)"
MAPS=$PINS/other/maps map_set devs 0 "$(ifindex gx0)"
attach to_dev
check "both attached again" attach_other
check_both_ways
dut ip link set dev gx1 xdpdrv off
end
