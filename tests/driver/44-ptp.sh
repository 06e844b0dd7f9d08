#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The clock of a chip that has one, and the stamps of PTP frames it sends and receives:
# each lies where the clock says it was. The emulation stamps version 2 over Ethernet
# only, one message type; two-way synchronization cannot be shown. The clock has to run,
# and never backwards; how fast, not every emulation shows.
# lab: dut=family needs=ptp short timeout=180

. tests/driver/lib.sh
. tests/driver/xdp-lib.sh

EVENT_V2=12 ALL=1 NONE=0

clock_runs()
{
	local a b

	a=$(dut python3 tests/driver/tools/ptp.py now "$phc")
	sleep 0.5
	b=$(dut python3 tests/driver/tools/ptp.py now "$phc")
	[ $((b - a)) -gt 400000000 ]
}

peer_sends_event()
{
	peer python3 - "$(dut_mac)" <<-'PY'
		import socket, struct, sys
		s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
		s.bind(("peer0", 0))
		s.send(bytes.fromhex(sys.argv[1].replace(":", "")) + s.getsockname()[4] +
		       struct.pack("!HBBHBBHqI8sHHBb10s", 0x88f7, 0, 2, 44, 0, 0, 0, 0, 0, b"peerpeer", 1, 1, 0, 0, b""))
	PY
}

now()
{
	dut python3 tests/driver/tools/ptp.py now "$phc"
}

# check_runs_on "what": it runs, and has not gone back since the last time.
last=0
check_runs_on()
{
	local ns

	ns=$(now)
	check "$1: the clock has not gone back" [ "$ns" -ge "$last" ]
	check "$1: it runs" clock_runs
	last=$(now)
}

# A frame that a program keeps for itself takes the latch, and nobody comes for it.
stamped_again()
{
	start_receiver "$TMP/r" dut python3 tests/driver/tools/ptp.py recv gx0 "$phc" 1
	peer_sends_event
	wait $receiver
}

stamps()
{
	check "ethtool -T tells of hardware stamps" grep -q hardware-transmit <(dut ethtool -T gx0)
	check_not "to stamp all frames is refused" dut python3 tests/driver/tools/ptp.py set gx0 $ALL
	check_eq "PTP event messages it can" "$(dut python3 tests/driver/tools/ptp.py set gx0 $EVENT_V2)" "filter=$EVENT_V2"
	check "five frames sent, each with its stamp" dut python3 tests/driver/tools/ptp.py send gx0 "$(peer_mac)" "$phc" 5
	start_receiver "$TMP/r" dut python3 tests/driver/tools/ptp.py recv gx0 "$phc" 5
	for i in 1 2 3 4 5; do
		peer_sends_event
	done
	wait $receiver
	check_eq "five frames received, each with its stamp" "$?" 0
	grep -v ready "$TMP/r" | sed 's/^/    /'
}

stamps_stay()
{
	check "five more sent after it" dut python3 tests/driver/tools/ptp.py send gx0 "$(peer_mac)" "$phc" 5
	use_programs
	attach verdict
	map_set config 0 $DROP
	peer_sends_event
	detach
	check "after one that a program has dropped, stamps come again" wait_for 20 stamped_again
}

begin
phc=$(dut ethtool -T gx0 | sed -nE 's/.*(PTP Hardware Clock|[Hh]ardware timestamp provider index): ([0-9]+)/\2/p')
check "ethtool -T tells of a clock (number $phc)" [ -n "$phc" ]
check_runs_on "at first"
if has stamps "stamps of frames"; then
	stamps
else
	check_not "to stamp frames is refused" dut python3 tests/driver/tools/ptp.py set gx0 $EVENT_V2
fi

# A reset must not turn the clock back.
ip -n dut link set gx0 down && ip -n dut link set gx0 up
wait_for 30 carrier_up dut gx0
check_runs_on "down and up"
check "a reset of the chip" reset_mac
check_runs_on "a reset of the chip"
family_lacks "$FAMILY" stamps || stamps_stay

# Nor must a reset of the function, which sets the counter back without the driver.
before=$(now)
uptime=$(_uptime_ms)
echo 1 >"/sys/bus/pci/devices/$(dut_pci)/reset"
after=$(now)
passed=$((($(_uptime_ms) - uptime) * 1000000))
check "a function reset: the clock goes on from where it was" [ $((after - before)) -ge 0 ]
! has clock-rate "how far it goes on" ||
	check "and no further" [ $((after - before)) -le $((passed + 1000000000)) ]
check_runs_on "a function reset"
ip -n dut link set gx0 down
last=$(now)
echo 1 >"/sys/bus/pci/devices/$(dut_pci)/reset"
check_runs_on "one while the interface is down"
ip -n dut link set gx0 up
wait_for 30 carrier_up dut gx0
if ! family_lacks "$FAMILY" stamps; then
	check_eq "stamps off again" "$(dut python3 tests/driver/tools/ptp.py set gx0 $NONE)" "filter=$NONE"
fi
end
