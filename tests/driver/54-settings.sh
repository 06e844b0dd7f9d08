#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the chip has been told, register by register, is the same after the interface has
# been down and up, and after sleep. (After a hang: 80-hang.) And what the user wants of the
# link is negotiated again after a sleep in which the PHY has lost it.
# lab: dut=family once timeout=200
# append: iomem=relaxed

. tests/driver/lib.sh

# QEMU's PHY is set back with the MAC (an 8254x's is not). So it comes out of a sleep as one
# does that has been without power: with a link, and with the modes it has from the start.
negotiated()
{
	[ "$(carrier_changes dut gx0)" -ge $((changes + 2)) ] && carrier_up dut gx0
}

begin
dut ethtool -C gx0 adaptive-rx off rx-usecs 300
dut ethtool -K gx0 rxvlan on
ip_to 1
set_filters
ip -n dut link set gx0 mtu 1400
dut ethtool -G gx0 rx 128 tx 256
OTHER_EITR=0xf0	# 82574L: the spacing of its third vector
[ "$FAMILY" != 82574L ] ||
	check_eq "overruns interrupt once in a millisecond, whatever rx-usecs is" \
		$(($(poke "$(dut_pci)" $OTHER_EITR))) 4000
told=$(chip_settings)
ip -n dut link set gx0 down
ip -n dut link set gx0 up
wait_for 60 carrier_up dut gx0
# IPv6 addresses, each with a multicast group, go with the interface, and come back
# when they like.
ip -n dut addr replace $DUT_IP6/64 dev gx0 nodad
wait_for 10 as_told "$told"
check_chip_settings "down and up" "$told"

told=$(chip_settings)
if insmod "$GXDP_BUILD/sleep_one.ko" device="$(dut_pci)" seconds=1; then
	check "asleep and awake" sh -c 'echo 1 >/sys/module/sleep_one/parameters/sleep'
	check "the link is back" wait_for 60 carrier_up dut gx0
	wait_for 10 as_told "$told"
	check_chip_settings "sleep" "$told"
	changes=$(carrier_changes dut gx0)
	dut ethtool -A gx0 rx off tx off
	check "no pause: negotiated" wait_for 60 negotiated
	changes=$(carrier_changes dut gx0)
	check "asleep and awake without it" \
		sh -c 'echo 1 >/sys/module/sleep_one/parameters/sleep'
	! has pm "no pause: negotiated again" ||
		check "no pause: negotiated again" wait_for 60 negotiated
	rmmod sleep_one
else
	fail "sleep_one.ko does not load"
fi
end
