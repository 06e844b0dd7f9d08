#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Programs are attached, replaced and detached, two hundred times each, under numbered
# streams in both directions: not one frame is lost or out of order.
# lab: dut=family timeout=240

. tests/driver/lib.sh

ROUNDS=200	# of three changes each

# ip's batch mode, since a process each would take longer than the change.
changes()
{
	local i

	for ((i = 0; i < ROUNDS; i++)); do
		echo "link set dev gx0 xdpdrv pinned $PROGS/verdict"
		echo "link set dev gx0 xdpdrv pinned $PROGS/metadata"
		echo "link set dev gx0 xdpdrv off"
	done
}

begin
know_dut
use_programs
map_set config 0 2
before=$(carrier_changes dut gx0)

start_receiver "$TMP/in" dut stream recv -i gx0
in=$receiver
start_receiver "$TMP/udp" dut stream recv -u :7777
udp=$receiver
start_receiver "$TMP/out" peer stream recv -i peer0
out=$receiver
start_peer_sends "$TMP/sent-in" -r 1500
senders=$sender
background peer stream send -u $DUT_IP:7777 -S 3 -r 1000 >"$TMP/sent-udp"
senders+=" $child"
start_dut_sends "$TMP/sent-out" -S 2 -r 1000
senders+=" $sender"
wait_for 20 dut sh -c 'test $(cat /sys/class/net/gx0/statistics/rx_packets) -gt 500'

changes >"$TMP/changes"
clear_seen
check "$((3 * ROUNDS)) changes of the program" ip -force -n dut -batch "$TMP/changes"
check "frames met programs in between" [ "$(seen)" -gt 0 ]
# shellcheck disable=SC2086
kill $senders
# shellcheck disable=SC2086
wait $senders $in $udp $out

sent=$(value "$TMP/sent-in" sent)
check "the stream ran all the time ($sent frames)" [ "$sent" -gt 1000 ]
check_stream "frames of no protocol, to it" "$TMP/in" "$sent" 1
check_stream "UDP, to it" "$TMP/udp" "$(value "$TMP/sent-udp" sent)" 3
check_stream "frames from it" "$TMP/out" "$(value "$TMP/sent-out" sent)" 2
counts "$TMP/c"
check_eq "every frame received passed" \
	"$(awk '/^rx[0-9]_/ && $1 !~ /_(packets|bytes|pass|csum_ok|polls)$/ && $2' "$TMP/c" | tr '\n' ' ')" ""
check_eq "the carrier did not change" "$(carrier_changes dut gx0)" "$before"
check_eq "and nothing was reset" "$(stat dut gx0 resets)" 0
check_adds_up
end
