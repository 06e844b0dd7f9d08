#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Threaded NAPI, on and off at any time, with fewer queues and down. To turn it off, Linux
# 7.3 waits for each NAPI on the device's list to be idle, holding its lock; one that is
# disabled never is. So there are none while it is down, and then the kernel refuses.
# lab: dut=family timeout=180 once

. tests/driver/lib.sh

# turn "what" 0|1: what waits for ever cannot be killed, and holds the lock: then nothing
# else can be shown.
turn()
{
	local status

	try_turn "$@"
	status=$?
	check_eq "$1" "$status" 0
}

# turn_down: the same while the interface is down.
turn_down()
{
	if [ "$LAB_KERNEL" != 7.3 ]; then
		turn "$@"
	elif try_turn "$@" 2>/dev/null; then
		fail "$1: not refused"
	else
		pass "$1: refused, at once"
	fi
}

try_turn()
{
	# shellcheck disable=SC2016 # expanded by the inner shell
	background dut sh -c 'echo "$0" >/sys/class/net/gx0/threaded' "$2"
	wait_for 30 ended "$child" || die_test "$1: does not return"
	wait "$child"
}

ended()
{
	[[ "$(cat "/proc/$1/stat" 2>/dev/null)" != *") "[!Z]* ]]
}

threads()
{
	grep -lsx 'napi/gx0-.*' /proc/[0-9]*/comm | wc -l
}

# check_threads "what" NUMBER: older kernels keep the threads they have no use for.
check_threads()
{
	if [ "$LAB_KERNEL" = 7.3 ]; then
		check_eq "$1" "$(threads)" "$2"
	else
		check "$1, or more" [ "$(threads)" -ge "$2" ]
	fi
}

# check_traffic "where we are": both ways, to every queue there is.
check_traffic()
{
	wait_for 30 carrier_up dut gx0
	check "$1: ping" peer ping -q -c 20 -i 0.01 -W 5 $DUT_IP
	check "$1: TCP" tcp_transfer peer dut $DUT_IP 2M -P 4
}

queues_are()
{
	has queues "$1 queues: nothing to change" && dut ethtool -L gx0 combined "$1"
}

# napis: the NAPI of each queue, as netlink links them.
napis()
{
	dut python3 tests/driver/tools/genl.py gx0 | awk '$1 == "queue" { print $2, $3, $4 }'
}

begin
[ "$LAB_KERNEL" = 6.1 ] || linked=$(napis)
turn "turned on" 1
check_threads "a thread for each queue" "$PAIRS"
check_traffic "threaded"

queues_are 1
turn "fewer queues: turned off" 0
check_traffic "fewer queues, not threaded"
turn "and on again" 1
check_threads "a thread for the one queue" 1
queues_are "$PAIRS"
check_threads "all queues again: a thread for each" "$PAIRS"
check_traffic "all queues again, threaded"

ip -n dut link set gx0 down
turn_down "down: off" 0
turn_down "down: on" 1
turn_down "down: off again" 0
ip -n dut link set gx0 up
check_traffic "up again"
turn "up: off" 0
check_threads "no thread" 0
turn "up: on" 1
ip -n dut link set gx0 down
queues_are 1
turn_down "down, fewer queues: off" 0
turn_down "down, fewer queues: on" 1
queues_are "$PAIRS"
ip -n dut link set gx0 up
check_threads "up: a thread for each queue" "$PAIRS"
check_traffic "up, threaded"
[ "$LAB_KERNEL" = 6.1 ] || check_eq "each queue has its NAPI, and that its interrupt" "$(napis)" "$linked"

# The memory of a queue changes hands; its NAPI stays.
use_programs
attach to_xsk
start_receiver "$TMP/r" dut xsk rx -i gx0 -q 0 -m "$MAPS/xsks" -z
ip_to $((PAIRS - 1))
peer_sends -n 500 -r 1000 >"$TMP/s"
wait "$receiver"
check_stream "an AF_XDP socket, threaded" "$TMP/r" 500
detach
ip_to 0
turn "turned off with a program and a socket gone" 0
check_traffic "not threaded"
check_eq "no reset was needed" "$(stat dut gx0 resets)" 0
end
