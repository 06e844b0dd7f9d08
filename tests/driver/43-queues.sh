#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A chip whose queues have an enable each: binding and closing an AF_XDP socket, with
# a stream on every queue, costs the other queues nothing; neither does what touches
# no ring. Sockets on all queues at once, as many as the chip has, get every frame of
# theirs, and send every one, without a copy. On 7.3
# the core replaces a queue's memory, too, here at a module's word: who wants that from
# user space binds memory of a kind that gxdp does not take.
# lab: dut=family needs=queue-stop short timeout=300 mem=1280

. tests/driver/lib.sh

MOST=$(family_field "$FAMILY" pairs)
QUEUES=4	# but where it is about all
RATE=400

# An address of ours whose UDP lands on each of the chip's queues, whatever its ports: in
# $address, by queue. With half as many queues the first half have theirs still.
find_addresses()
{
	local n q

	dut ethtool -L gx0 combined "$MOST"
	dut ethtool -N gx0 rx-flow-hash udp4 sd
	address=()
	for ((n = 10; n < 150 && ${#address[@]} < MOST; n++)); do
		ip -n dut addr add "10.9.0.$n/24" dev gx0
		peer ping -c 1 -W 5 "10.9.0.$n" >/dev/null || continue	# and ARP is done
		counts "$TMP/a"
		peer stream send -u "10.9.0.$n:7777" -n 20 -r 2000 >/dev/null
		counts "$TMP/b"
		for ((q = 0; q < MOST; q++)); do
			[ "$(moved "$TMP/a" "$TMP/b" "rx${q}_packets")" -lt 20 ] || address[q]=10.9.0.$n
		done
	done
	dut ethtool -L gx0 combined $QUEUES
	[ ${#address[@]} -eq "$MOST" ]
}

# One stream to each queue, numbered 1 + queue; the processes are in $senders.
start_streams()
{
	local q

	senders=
	for ((q = 0; q < QUEUES; q++)); do
		background peer stream send -u "${address[q]}:7777" -S $((1 + q)) -r $RATE "$@" >"$TMP/sent$q"
		senders+=" $child"
	done
}

# each queue has had some frames since counts "$TMP/before"
all_run()
{
	local q

	counts "$TMP/now"
	for ((q = 0; q < QUEUES; q++)); do
		[ "$(moved "$TMP/before" "$TMP/now" "rx${q}_packets")" -gt 50 ] || return
	done
}

# under_streams "what" "QUEUES THAT LOSE NOTHING" COMMAND...
under_streams()
{
	local what=$1 spared=$2 q
	shift 2

	start_receiver "$TMP/r" dut stream recv -u :7777 -N $QUEUES
	counts "$TMP/before"
	start_streams
	wait_for 20 all_run
	check "$what: done" "$@"
	# shellcheck disable=SC2086
	kill $senders
	# shellcheck disable=SC2086
	wait $senders $receiver
	for q in $spared; do
		check_stream "$what: queue $q" "$TMP/r" "$(value "$TMP/sent$q" sent)" $((1 + q))
	done
}

begin
dut ethtool -L gx0 combined $QUEUES
# Or one queue without buffers would stop them all (SRRCTL.DROP_EN).
drop=$(dut ethtool -d gx0 raw on | od -An -v -tx4 -w8 | awk '$1 ~ /^0000c0[048c]c$/ { print $2 }' | xargs)
check "queues drop what they have no buffer for ($drop)" grep -qE '^[89a-f][0-9a-f]{7}( [89a-f][0-9a-f]{7})*$' <<<"$drop"
find_addresses || die_test "no address for each queue: ${address[*]}"
before=$(carrier_changes dut gx0)

under_streams "ten sockets on queue 2, one after the other" "0 1 3" \
	dut xsk bind -i gx0 -q 2 -z -n 10
check "queue 2 did not lose all" [ "$(value "$TMP/r" received "stream=3 ")" -gt 50 ]

mtus()
{
	ip -n dut link set gx0 mtu 1400 && ip -n dut link set gx0 mtu 9000 &&
		ip -n dut link set gx0 mtu 1500
}
under_streams "changes of the MTU" "0 1 2 3" mtus

more_queues()
{
	dut ethtool -L gx0 combined 8 && dut ethtool -L gx0 combined $QUEUES
}
under_streams "queues come and go" "0 1 2 3" more_queues

# On all queues, each with a socket and a stream of its own.
sockets_receive()
{
	local q receivers=()

	attach to_xsk
	for ((q = 0; q < QUEUES; q++)); do
		start_receiver "$TMP/x$q" dut xsk rx -i gx0 -q $q -m "$MAPS/xsks" -z
		receivers[q]=$receiver
		check_eq "a socket on queue $q: zero-copy" "$(value "$TMP/x$q" zerocopy)" 1
	done
	counts "$TMP/a"
	start_streams -n 500
	# shellcheck disable=SC2086
	wait $senders
	for ((q = 0; q < QUEUES; q++)); do
		wait "${receivers[q]}"
	done
	counts "$TMP/b"
	for ((q = 0; q < QUEUES; q++)); do
		check_stream "sockets on all queues at once: queue $q" "$TMP/x$q" 500 $((1 + q))
		# and of those that end a stream as many as come before the socket goes
		check "queue $q: every frame without a copy" [ "$(moved "$TMP/a" "$TMP/b" "rx${q}_xsk_frames")" -ge 500 ]
	done
	detach
}

# each queue has sent some frames of its socket since counts "$TMP/a"
all_send()
{
	local q

	counts "$TMP/now"
	for ((q = 0; q < QUEUES; q++)); do
		[ "$(moved "$TMP/a" "$TMP/now" "tx${q}_xsk")" -gt 100 ] || return
	done
}

sockets_send()
{
	local q peer_receiver sockets=

	start_receiver "$TMP/r" peer stream recv -i peer0 -N $QUEUES
	peer_receiver=$receiver
	for ((q = 0; q < QUEUES; q++)); do
		start_receiver "$TMP/x$q" dut xsk tx -i gx0 -q $q -z -d "$(peer_mac)" -r $RATE
		sockets+=" $receiver"
		check_eq "a socket that sends on queue $q: zero-copy" "$(value "$TMP/x$q" zerocopy)" 1
	done
	counts "$TMP/a"
	check "sockets on all queues send at once" wait_for 20 all_send
	# shellcheck disable=SC2086
	kill $sockets
	# shellcheck disable=SC2086
	wait $sockets $peer_receiver
	for ((q = 0; q < QUEUES; q++)); do
		check_eq "queue $q: all complete" "$(value "$TMP/x$q" never_completed)" 0
		check_stream "sent from all queues at once: queue $q" "$TMP/r" "$(value "$TMP/x$q" sent)" $((10 + q))
	done
}

sockets_everywhere()
{
	local QUEUES=$MOST RATE=150

	dut ethtool -L gx0 combined $QUEUES
	sockets_receive
	sockets_send
}

use_programs
sockets_everywhere
# until the kernel has let go of the last socket, its queue cannot go
check "half of the queues again" wait_for 20 dut ethtool -L gx0 combined $QUEUES

# restarts QUEUE TIMES: by the core (netdev_rx_queue_restart())
restarts()
{
	local i

	for ((i = 0; i < $2; i++)); do
		echo "$1" >/sys/module/restart_queue/parameters/restart || return 1
	done
}

core_restarts()
{
	ip -n dut link set gx0 mtu 1500
	dut ethtool -L gx0 combined $QUEUES
	dut insmod "$GXDP_BUILD/restart_queue.ko" device=gx0 || { fail "restart_queue.ko does not load"; return; }
	under_streams "queue 2 restarted ten times by the core" "0 1 3" restarts 2 10
	check "queue 2 did not lose all" [ "$(value "$TMP/r" received "stream=3 ")" -gt 50 ]
	attach to_xsk
	start_receiver "$TMP/x" dut xsk rx -i gx0 -q 1 -m "$MAPS/xsks" -z
	check "restarted with a socket bound" restarts 1 3
	peer stream send -u "${address[1]}:7777" -n 500 -r 1000 >"$TMP/s"
	wait "$receiver"
	check_stream "it gets its frames" "$TMP/x" 500
	detach
	dut ethtool -G gx0 tcp-data-split on
	under_streams "queue 0 restarted with headers split off" "1 2 3" restarts 0 5
	dut ethtool -G gx0 tcp-data-split off
	check_eq "the carrier did not change then either" "$(carrier_changes dut gx0)" "$before"
	ip -n dut link set gx0 down
	check "restarted while down" restarts 3 2
	ip -n dut link set gx0 up
	wait_for 60 carrier_up dut gx0
	check "frames after that" peer ping -q -c 3 -i 0.2 -W 10 $DUT_IP
	rmmod restart_queue
}
# irqs_of rx|tx: of each queue, by its NAPI
irqs_of()
{
	dut python3 tests/driver/tools/genl.py gx0 | awk -v w="$1" '$1 == "queue" && $2 == w { print $3, $4 }'
}

# Each queue has an interrupt and a NAPI of its own, whatever their number.
each_count()
{
	local n irqs

	for n in 1 2 3 4 5 6 7 8; do
		dut ethtool -L gx0 combined $n || { fail "$n queues cannot be had"; continue; }
		irqs=$(awk '$NF ~ /^gx0-TxRx-/ { sub(":", "", $1); sub(".*-", "", $NF); print $NF, $1 }' /proc/interrupts |
			sort -n | head -n $n)	# there is one for each that there may be
		check_eq "$n queues: so many different interrupts" "$(awk '{ print $2 }' <<<"$irqs" | sort -u | wc -l)" $n
		[ "$LAB_KERNEL" != 6.1 ] || continue	# which does not tell
		check_eq "$n queues: each receiver's NAPI has its own" "$(irqs_of rx | sort -n)" "$irqs"
		check_eq "$n queues: each transmitter's the same" "$(irqs_of tx | sort -n)" "$irqs"
	done
	dut ethtool -L gx0 combined $QUEUES
}
each_count

check "rings made larger and smaller" dut ethtool -G gx0 rx 1024 tx 256
check "and the MTU" ip -n dut link set gx0 mtu 9000
check "and one queue" dut ethtool -L gx0 combined 1
check_eq "the carrier did not change" "$(carrier_changes dut gx0)" "$before"
[ "$LAB_KERNEL" != 7.3 ] || core_restarts
check_eq "nothing was reset" "$(stat dut gx0 resets)" 0
end
