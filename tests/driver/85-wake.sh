#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Wake-on-LAN: what is asked for, and nothing else, is in the chip's registers when it
# falls asleep. QEMU's NICs do not say that they can signal PME, and do not: a module of
# the tests has this one say so (modules/sleep_one.c). That a frame wakes a machine is not
# shown here.
# lab: dut=family short needs=pm timeout=150 once

. tests/driver/lib.sh

WUC=0x5800
WUFC=0x5808

# asleep: the chip sleeps and wakes
asleep()
{
	dmesg -C
	echo 1 >/sys/module/sleep_one/parameters/sleep
}

# was REGISTER: when it fell asleep last
was()
{
	dmesg | sed -n "s/.*register $1: //p"
}

# check_wakes "what" WUFC: by that, and only with something to wake for signals it PME.
check_wakes()
{
	check "$1: asleep and awake" asleep
	[ -n "${cut-}" ] || check "$1: the link is back" wait_for 60 carrier_up dut gx0
	check_eq "$1: what wakes it" "$(was $WUFC)" "$2"
	check_eq "$1: PME is signalled, or not" "$((0x$(was $WUC) >> 1 & 1))" "$((0x$2 != 0))"
}

wakes_on()
{
	dut ethtool gx0 | sed -nE 's/^[[:space:]]*Wake-on: //p'
}

# in_nvm: d or g, as word 24h has it by its bit 10; 82576's first port wakes always.
in_nvm()
{
	local word

	[ "$FAMILY" != 82576 ] || { echo g; return; }
	word=$(dut ethtool -e gx0 offset 72 length 2 raw on | od -An -tu2 | tr -d ' ')
	[ $((word >> 10 & 1)) -eq 1 ] && echo g || echo d
}

insmod "$GXDP_BUILD/sleep_one.ko" device="$(dut_pci)" seconds=0 wakes=1 show=$WUC,$WUFC ||
	die_test "sleep_one.ko does not load"
begin
first=$(wakes_on)
check_eq "what wakes it at first is what its NVM says" "$first" "$(in_nvm)"
check_eq "sysfs says whether" "$(cat "/sys/bus/pci/devices/$(dut_pci)/power/wakeup")" \
	"$([ "$first" = g ] && echo enabled || echo disabled)"
check_wakes "at first" "$([ "$first" = g ] && echo 00000002 || echo 00000000)"

check "wake it by magic packet, and by a link" dut ethtool -s gx0 wol pg
check_wakes "a link that is there is none that comes" 00000002
check "by all that it can" dut ethtool -s gx0 wol pumbg
check_eq "is shown" "$(wakes_on)" pumbg
check_wakes "all but the link" 0000001e
echo disabled >"/sys/bus/pci/devices/$(dut_pci)/power/wakeup"
check_wakes "sysfs may forbid it" 00000000
check "asked for again" dut ethtool -s gx0 wol g
check_wakes "as asked for" 00000002
check "not any more" dut ethtool -s gx0 wol d
check_wakes "nothing does" 00000000

check "by a link" dut ethtool -s gx0 wol p
cut=yes
monitor 'set_link dut0 off'
wait_for 30 carrier_down dut gx0
check_wakes "without a link, one that comes" 00000001
monitor 'set_link dut0 on'
check "the link is back" wait_for 60 carrier_up dut gx0
check "traffic goes on" wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP
ip -n dut link set gx0 down
check "by magic packet, while it is down" dut ethtool -s gx0 wol g
check_wakes "down" 00000002
# As the chip has it whose NVM says so: a magic packet, whatever the driver's filters are.
check "not any more, while it is down" dut ethtool -s gx0 wol d
echo $WUC,1 >/sys/module/sleep_one/parameters/set
check "what its NVM says counts no more: asleep and awake" asleep
check_eq "what its NVM says counts no more" "$((0x$(was $WUC)))" 0
ip -n dut link set gx0 up
check "up again" wait_for 60 carrier_up dut gx0
rmmod sleep_one
end
