#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suspend and resume: program, socket and settings are there afterwards, and
# traffic goes on.
# lab: dut=family timeout=200 once

. tests/driver/lib.sh

ROUNDS=3

settings()
{
	dut ethtool -g gx0
	dut ethtool -c gx0
	dut ethtool -l gx0
	ip -n dut link show gx0 | grep -oE 'mtu [0-9]+|prog/xdp id [0-9]+'
}

# The device alone, as in the sleep of the whole machine: see modules/sleep_one.c.
sleep_and_wake()
{
	echo 1 >/sys/module/sleep_one/parameters/sleep
}

begin
insmod "$GXDP_BUILD/sleep_one.ko" device="$(dut_pci)" seconds=1 || die_test "sleep_one.ko does not load"
use_programs
attach to_xsk
dut ethtool -G gx0 rx 256 tx 128
dut ethtool -C gx0 adaptive-rx off rx-usecs 200
settings=$(settings)
start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks" -T 200
x=$receiver
background dut ping -i 0.05 $PEER_IP >/dev/null 2>&1
ping=$child
dmesg -C
for ((i = 1; i <= ROUNDS; i++)); do
	check "round $i: asleep and awake" sleep_and_wake
	check "round $i: the link is back" wait_for 60 carrier_up dut gx0
	check "round $i: the peer's, too" wait_for 60 carrier_up peer peer0
	check "round $i: traffic goes on" wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP
	check_eq "round $i: settings as before" "$(settings)" "$settings"
done
check_eq "the device was asleep each time" "$(dmesg | grep -c 'asleep, in D3hot')" $ROUNDS
check_eq "no hang was seen" "$(stat dut gx0 tx_hangs)" 0
kill $ping
wait $ping 2>/dev/null
peer_sends -n 1000 -r 1500 >"$TMP/s"
wait $x
check_stream "the socket receives as before" "$TMP/x" 1000
detach
ip -n dut link set gx0 down
check "asleep and awake while down" sleep_and_wake
ip -n dut link set gx0 up
check "up again" wait_for 60 carrier_up dut gx0
check "and works" wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP
check_adds_up
end
