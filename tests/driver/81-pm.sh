#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suspend and resume, and hibernation: program, socket and settings are there afterwards,
# and traffic goes on.
# lab: dut=family timeout=300

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
SLEEP=/sys/module/sleep_one/parameters
sleep_and_wake()
{
	echo 1 >$SLEEP/sleep
}

# rounds "how" ASLEEP...: where it is, each time that it is asleep
rounds()
{
	local how=$1 i asleep
	shift

	dmesg -C
	asleep=$(for ((i = 1; i <= ROUNDS; i++)); do printf 'asleep, in %s\n' "$@"; done)
	for ((i = 1; i <= ROUNDS; i++)); do
		check "$how $i: asleep and awake" sleep_and_wake
		check "$how $i: the link is back" wait_for 60 carrier_up dut gx0
		check "$how $i: the peer's, too" wait_for 60 carrier_up peer peer0
		check "$how $i: traffic goes on" wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP
		check_eq "$how $i: settings as before" "$(settings)" "$settings"
	done
	check_eq "$how: the device was asleep each time" "$(dmesg | grep -o 'asleep, in .*')" "$asleep"
}

begin
insmod "$GXDP_BUILD/sleep_one.ko" device="$(dut_pci)" seconds=1 || die_test "sleep_one.ko does not load"
use_programs
attach to_xsk
dut ethtool -G gx0 rx 256 tx 128
dut ethtool -C gx0 adaptive-rx off rx-usecs 200
settings=$(settings)
start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks" -T 900
x=$receiver
background dut ping -i 0.05 $PEER_IP >/dev/null 2>&1
ping=$child
# One without power management stays where it is, which the kernel does not call D0.
asleep=D3hot off=D3hot
family_lacks "$FAMILY" pm && asleep=unknown off=D0
rounds "suspend" $asleep
echo 1 >$SLEEP/hibernate
rounds "hibernation" unknown $off unknown
check_eq "no hang was seen" "$(stat dut gx0 tx_hangs)" 0
kill $ping
wait $ping 2>/dev/null
peer_sends -n 1000 -r 1500 >"$TMP/s"
wait $x
check_stream "the socket receives as before" "$TMP/x" 1000
detach
ip -n dut link set gx0 down
check "hibernated while down" sleep_and_wake
echo 0 >$SLEEP/hibernate
check "asleep and awake while down" sleep_and_wake
ip -n dut link set gx0 up
check "up again" wait_for 60 carrier_up dut gx0
check "and works" wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP
check_adds_up
end
