#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The lab itself: mainline's driver on the NIC under test talks to the peer, QEMU's
# monitor answers, the NIC can be unplugged and plugged.
# lab: dut=e1000e peer=igb timeout=120

. tests/lib.sh

no_dut_netdev()
{
	! ip -n dut link show gx0
}

check "a test may write anywhere" touch /usr/written /etc/written
check "what is written stays in an overlay" grep -qE "^[^ ]+ / overlay .*lowerdir=" /proc/mounts

modprobe e1000e
check "both ends come up" setup_pair
check "IPv4 goes through the cable" dut ping -c 3 -i 0.2 -W 5 $PEER_IP
check "IPv6 goes through the cable" dut ping -c 3 -i 0.2 -W 5 $PEER_IP6
check "the counters are there" stat dut gx0 rx_packets
check_not "a counter that is not there is missed" stat dut gx0 no_such_counter

check "the monitor answers" monitor 'info network'
check_not "the monitor's errors are errors" monitor 'device_del nobody'
monitor 'set_link dut0 off'
check "the cable can be cut" wait_for 20 carrier_down dut gx0
monitor 'set_link dut0 on'
check "and mended" wait_for 20 carrier_up dut gx0

monitor 'device_del dut0'
check "the NIC can be unplugged" wait_for 20 no_dut_netdev
finish
