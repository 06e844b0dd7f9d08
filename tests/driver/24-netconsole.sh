#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# netconsole: each of the kernel's messages arrives, also with a program attached whose
# frames share the transmit ring, and with zero-copy sockets, and under load with a queue
# that is stopped most of the time: then netpoll calls the driver's poll with interrupts
# off, for which no buffer of XDP's may be given back.
# lab: dut=family timeout=240 once

. tests/driver/lib.sh

LINES=60

# say_lines WORD: so many messages of the kernel's
say_lines()
{
	local i

	for ((i = 1; i <= LINES; i++)); do
		echo "<4>$1 number $i of $LINES" >/dev/kmsg
	done
}

arrived()
{
	grep -oE "$1 number [0-9]+ of $LINES" "$TMP/heard"
}

all_arrived()
{
	[ "$(arrived "$1" | sort -u | wc -l)" -eq $LINES ]
}

check_lines()
{
	say_lines "$2"
	check "$1: $LINES messages arrive" wait_for 30 all_arrived "$2"
	check_eq "$1: each once" "$(arrived "$2" | wc -l)" "$(arrived "$2" | sort -u | wc -l)"
}

hears()
{
	peer ss -Hlun "sport = :6666" | grep -q .
}

# Polls for nothing but transmit are netpoll's.
count_netpolls()
{
	local trace=/sys/kernel/tracing/instances/netpoll

	case $1 in
	start)
		mkdir $trace
		echo "p:netpoll/poll gxdp_poll_${FAMILY_PATH} budget=\$arg2:s32" >>/sys/kernel/tracing/kprobe_events
		echo 'budget == 0' >$trace/events/netpoll/poll/filter
		echo 1 >$trace/events/netpoll/poll/enable
		;;
	stop)
		grep -c 'poll: (gxdp_poll' $trace/trace
		echo 0 >$trace/events/netpoll/poll/enable
		rmdir $trace
		echo -:netpoll/poll >>/sys/kernel/tracing/kprobe_events
		;;
	esac
}

# check_lines_under_load "what" WORD
check_lines_under_load()
{
	local polls

	count_netpolls start
	check_lines "$1, under load" "$2"
	polls=$(count_netpolls stop)
	# where the senders get little of the processor, the queue is never found stopped
	if [ "$polls" -gt 0 ]; then
		pass "$1: netpoll had the driver look after its ring ($polls times)"
	else
		skip "$1: netpoll's polls: it had no need of one"
	fi
}

case $FAMILY in
8254*) FAMILY_PATH=8254x ;;
82574L) FAMILY_PATH=82574 ;;
*) FAMILY_PATH=$FAMILY ;;
esac

begin
background peer socat -u UDP-RECV:6666,rcvbuf=4000000 "OPEN:$TMP/heard,creat,append"
listener=$child
check "somebody listens" wait_for 20 hears
# it looks for its interface where it is loaded
check "netconsole takes the interface" \
	dut modprobe netconsole netconsole="6665@$DUT_IP/gx0,6666@$PEER_IP/$(peer_mac)"
check_lines "no program" plain

use_programs
attach tx
check_lines "a program" program

# Little room for the stack's bytes: its queue is stopped until the chip is done.
for i in $(queues); do
	dut sh -c "echo 100 >/sys/class/net/gx0/queues/tx-$i/byte_queue_limits/limit_max"
done
dut ethtool -G gx0 tx 80
ip_to 1
start_peer_sends "$TMP/in" -r 3000	# the program sends them back
senders=$sender
start_dut_sends "$TMP/out" -S 2 -r 3000
senders+=" $sender"
check_lines_under_load "a program" load

# The same with a socket that receives, and where there are two queues another that sends.
attach to_xsk
start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks"
sockets=$receiver
if [ "$PAIRS" -gt 1 ]; then
	start_receiver "$TMP/y" dut xsk tx -i gx0 -q 1 -z -d "$(peer_mac)" -r 1000
	sockets+=" $receiver"
fi
counts "$TMP/a"
check_lines_under_load "zero-copy sockets" sockets
counts "$TMP/b"
check "the one received meanwhile" [ "$(moved "$TMP/a" "$TMP/b" rx0_xsk_frames)" -gt 100 ]
[ "$PAIRS" -lt 2 ] || check "the other sent" [ "$(moved "$TMP/a" "$TMP/b" tx1_xsk)" -gt 100 ]
# shellcheck disable=SC2086
kill $sockets
# shellcheck disable=SC2086
wait $sockets
check_eq "no frame was corrupt or came twice" "$(value "$TMP/x" twice) $(value "$TMP/x" corrupt)" "0 0"
# shellcheck disable=SC2086
kill $senders
# shellcheck disable=SC2086
wait $senders 2>/dev/null
detach

ip -n dut link set gx0 down
ip -n dut link set gx0 up
check "down and up: the link" wait_for 60 carrier_up dut gx0
wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP
check_lines "down and up" anew
check_eq "nothing hung" "$(stat dut gx0 tx_hangs)" 0
check "netconsole goes" rmmod netconsole
kill $listener
check_adds_up
end
