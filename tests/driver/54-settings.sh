#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the chip has been told, register by register, is the same after the interface has
# been down and up, and after sleep. (After a hang: 80-hang.)
# lab: dut=family once timeout=200
# append: iomem=relaxed

. tests/driver/lib.sh

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
	rmmod sleep_one
	check "the link is back" wait_for 60 carrier_up dut gx0
	wait_for 10 as_told "$told"
	check_chip_settings "sleep" "$told"
else
	fail "sleep_one.ko does not load"
fi
end
