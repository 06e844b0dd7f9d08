#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The device is pulled out, under traffic, while ethtool dumps it and the watchdog
# polls its PHY; and another is plugged in. FAULT_ROUNDS says how often.
# lab: dut=e1000e peer=igb timeout=240 kernels=6.12,7.3,debug

. tests/faults/lib.sh

ROUNDS=${FAULT_ROUNDS:-3}

gone()
{
	[ ! -e "/sys/bus/pci/devices/$pci" ]
}

back()
{
	[ -e "/sys/bus/pci/devices/$pci" ]
}

# Somebody looks at everything, all the time.
look()
{
	while :; do
		ethtool -d gx0
		ethtool -S gx0
		ethtool -e gx0
		ethtool gx0
	done >/dev/null 2>&1
}
export -f look

live
pci=$(dut_pci)
for ((i = 1; i <= ROUNDS; i++)); do
	[ $i -eq 1 ] || start_traffic
	background dut bash -c look
	looker=$child
	check_flows "round $i"
	monitor 'device_del dut0'
	check "round $i: the device goes" wait_for 60 gone
	check_not "round $i: and its interface" ip -n dut link show gx0
	kill "$looker"
	wait "$looker" 2>/dev/null
	stop_traffic
	check_eq "round $i: nothing of it is left in /proc/interrupts" "$(grep -c gx0 /proc/interrupts)" 0
	check "round $i: no page is left" check_no_pages_out
	monitor 'device_add e1000e,id=dut0,bus=rp0,netdev=dut0-net,mac=52:54:00:67:78:00'
	check "round $i: another is plugged in" wait_for 60 back
	check "round $i: gxdp takes it" bind_driver "$pci" gxdp
	check "round $i: it comes up" setup_dut
	check "round $i: with its link" wait_for 60 carrier_up dut gx0
done
check "and works" dut ping -q -c 3 -i 0.2 -W 10 $PEER_IP
check_adds_up
end
