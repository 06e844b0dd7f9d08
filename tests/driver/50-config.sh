#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Changes of the rings under numbered streams: the link stays up, the loss is
# bounded and told, the settings hold; queues tell their interrupts and counters.
# (What each ethtool command shows and refuses is 10-ethtool's.)
# lab: dut=family timeout=480

. tests/driver/lib.sh

RATE=1000
least=$(family_field "$FAMILY" ring)
ROUNDS=50	# of four changes each
case $LAB_KERNEL in
6.1) ROUNDS=10 ;;
debug) ROUNDS=3 ;;
esac
# What a change may cost, on the average: the chip's reset and the drain before it. More
# than half of them long would be the driver's doing.
PAUSE_MS=20
GAPS=$((2 * ROUNDS))
# Here each of them makes QEMU hold frames back, for longer than it takes to the next.
if family_lacks "$FAMILY" prompt-rx; then
	ROUNDS=3 PAUSE_MS=100 GAPS=
fi

CHANGES=$((4 * ROUNDS))

# check_change "what" COMMAND...: ROUNDS times, under streams both ways
check_change()
{
	local what=$1
	shift

	start_streams $RATE
	check "$what: $CHANGES changes" rounds "$@"
	end_streams "$what" $((CHANGES * PAUSE_MS * RATE / 1000)) $GAPS
}

rounds()
{
	local i

	for ((i = 0; i < ROUNDS; i++)); do
		"$@" || return
	done
}

ring_sizes()
{
	dut ethtool -G gx0 rx $least tx $least && dut ethtool -G gx0 rx 4096 tx 4096 &&
		dut ethtool -G gx0 rx 512 && dut ethtool -G gx0 tx 1024
}

queue_counts()
{
	dut ethtool -L gx0 combined 1 && dut ethtool -L gx0 combined 2 &&
		dut ethtool -L gx0 combined 1 && dut ethtool -L gx0 combined 2
}

mtus()
{
	ip -n dut link set gx0 mtu 9000 && ip -n dut link set gx0 mtu 1500 &&
		ip -n dut link set gx0 mtu 2026 && ip -n dut link set gx0 mtu 1500
}

down_and_up()
{
	ip -n dut link set gx0 down && ip -n dut link set gx0 up
}

begin
before=$(carrier_changes dut gx0)
check_change "ethtool -G" ring_sizes
if has queues "ethtool -L"; then
	check_change "ethtool -L" queue_counts
fi
check_change "MTU" mtus
check_eq "the carrier did not change" "$(carrier_changes dut gx0)" "$before"

# Whatever is set stays set through the others, and through down and up.
use_programs
attach verdict
map_set config 0 1
dut ethtool -C gx0 adaptive-rx off rx-usecs 300
ip_to 1
table=$(dut ethtool -x gx0)
ip -n dut link set gx0 mtu 1400
dut ethtool -G gx0 rx 128 tx 256
check "down and up" down_and_up
wait_for 60 carrier_up dut gx0
check_eq "the ring sizes hold" "$(dut ethtool -g gx0 | awk '/^(RX|TX):/ { print $2 }' | tr '\n' ' ')" "4096 4096 128 256 "
check_eq "the interrupt spacing holds" "$(dut ethtool -c gx0 | awk '/^rx-usecs:/ { print $2 }')" 300
check_eq "the RSS table and key hold" "$(dut ethtool -x gx0)" "$table"
check_eq "the MTU holds" "$(dut cat /sys/class/net/gx0/mtu)" 1400
clear_seen
peer_sends -n 500 -s 1000 >"$TMP/s"
wait_for 5 has_seen $((500 + ENDS))
check_eq "the program holds" "$(seen)" $((500 + ENDS))
detach
ip -n dut link set gx0 mtu 1500

check_adds_up
sum_before=$(dut cat /sys/class/net/gx0/statistics/rx_packets)
# a table of the user's keeps a queue that it names
[ "$PAIRS" -lt 2 ] || dut rss gx0 default
[ "$PAIRS" -lt 2 ] || check "a queue goes" dut ethtool -L gx0 combined 1
check "counters never go back when a queue goes" \
	[ "$(dut cat /sys/class/net/gx0/statistics/rx_packets)" -ge "$sum_before" ]
[ "$PAIRS" -lt 2 ] || dut ethtool -L gx0 combined 2

# queues_hashed_to: of the RSS table
queues_hashed_to()
{
	dut ethtool -x gx0 | awk '/^ *[0-9]+:/ { for (i = 2; i <= NF; i++) q[$i] } END { for (i = 0; i < 16; i++) if (i in q) printf "%d ", i }'
}

# Queues that come and go while the interface is down: the table follows.
if [ "$PAIRS" -ge 2 ] && ! family_lacks "$FAMILY" rss; then
	ip -n dut link set gx0 down
	dut ethtool -L gx0 combined 1
	check_eq "one queue while it is down: all buckets are its own" "$(queues_hashed_to)" "0 "
	ip -n dut link set gx0 up
	wait_for 60 carrier_up dut gx0
	check "and frames of many flows arrive" tcp_transfer peer dut $DUT_IP 1M -P 4
	ip -n dut link set gx0 down
	dut ethtool -L gx0 combined 2
	check_eq "two again: both have buckets" "$(queues_hashed_to)" "0 1 "
	ip -n dut link set gx0 up
	wait_for 60 carrier_up dut gx0

	# A table of the user's stays, even if it is what the driver would have chosen then.
	dut ethtool -L gx0 combined 1
	check "a table for one queue" dut rss gx0 0
	dut ethtool -L gx0 combined 2
	check_eq "stays with two" "$(queues_hashed_to)" "0 "
	check "the default table" dut rss gx0 default
	check_eq "has both" "$(queues_hashed_to)" "0 1 "
	dut ethtool -L gx0 combined 1
	dut ethtool -L gx0 combined 2
	check_eq "and follows" "$(queues_hashed_to)" "0 1 "
fi

# netdev-genl: which interrupt serves which queue, and what each has counted.
case $LAB_KERNEL in
6.1)
	skip "queue, NAPI and interrupt links: Linux 6.8 has them first"
	;;
*)
	tcp_transfer peer dut $DUT_IP 2M -P 12	# so that each queue has one
	dut python3 tests/driver/tools/genl.py gx0 >"$TMP/genl" || fail "netdev-genl: $(cat "$TMP/genl")"
	for q in $(queues); do
		irq=$(awk -v n="gx0-TxRx-$q" '$NF == n || $NF == "gx0" { sub(":", "", $1); print $1 }' /proc/interrupts)
		check_eq "queue $q: both rings' NAPI has the vector /proc/interrupts shows" \
			"$(awk -v q=$q '$1 == "queue" && $3 == q { print $2, $4 }' "$TMP/genl" | sort | tr '\n' ' ')" "rx $irq tx $irq "
		for way in rx tx; do
			counted=$(awk -v q=$q -v w=$way '$1 == "stats" && $2 == w && $3 == q { print $4 }' "$TMP/genl")
			check "queue $q, $way: counted as ethtool -S counts ($counted)" \
				[ "${counted:-0}" -gt 0 -a "${counted:-0}" -le "$(stat dut gx0 $way${q}_packets)" ]
		done
	done
	;;
esac

# What is set of a NAPI is the queue's, and stays, as its id does, whatever becomes of the
# NAPI meanwhile.
napis()
{
	dut python3 tests/driver/tools/genl.py gx0 | grep '^napi'
}

set_napi()
{
	dut python3 tests/driver/tools/genl.py gx0 napi "$1" $((2 + $1)) $((20000 + $1)) $((3000000 + $1))
}

napis_stay()
{
	local q change before

	for q in $(queues); do
		check "queue $q: its NAPI is told" set_napi "$q"
	done
	before=$(napis)
	check_eq "the NAPIs have it" "$(cut -d' ' -f4- <<<"$before" | tr '\n' ' ')" \
		"$(for q in $(queues); do echo $((2 + q)) $((20000 + q)) $((3000000 + q)); done | tr '\n' ' ')"
	for change in down_and_up ring_sizes queue_counts reset_mac; do
		[ "$change" != queue_counts ] || [ "$PAIRS" -ge 2 ] || continue
		check "$change" $change
		check_eq "$change: they have it still" "$(napis)" "$before"
	done
	wait_for 60 carrier_up dut gx0
	check "and frames go" dut ping -q -c 1 -W 10 $PEER_IP
}

case $LAB_KERNEL in
7.*) napis_stay ;;
*) skip "settings of a NAPI: Linux 6.13 has them first" ;;
esac
end
