#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tests' own judgement of a stream that may lose some: an outage counts as loss also
# when it lasts to the stream's end, so that nothing tells the receiver what it missed; a
# bound that the stream is too short for, and long pauses, are found.
# lab: host

. tests/driver/lib.sh

# Both ends of a veth, for the NIC and its peer
connect()
{
	ip netns add dut && ip netns add peer &&
		ip -n dut link add gx0 type veth peer name peer0 netns peer &&
		setup_end dut gx0 $DUT_IP $DUT_IP6 && setup_end peer peer0 $PEER_IP $PEER_IP6
}

# judged COMMAND...: a judgement on trial: what it says goes to "$TMP/said", and is not
# this test's.
judged()
{
	local passed=$_passed failed=$_failed status

	"$@" >"$TMP/said"
	status=$((_failed > failed))
	_passed=$passed _failed=$failed
	return $status
}

receives()
{
	[ "$(stream_frames dut gx0)" -gt $((rx_before + $1)) ]
}

# begin_stream [OPTIONS...]: from the peer, until it is ended, once some have come
begin_stream()
{
	start_receiver "$TMP/r" dut stream recv -i gx0 -T 1
	rx_before=$(stream_frames dut gx0)
	start_peer_sends "$TMP/s" -r 1000 "$@"
	wait_for 20 receives 200
}

end_stream()
{
	kill "$sender"
	wait "$sender" "$receiver"
	sent=$(value "$TMP/s" sent)
}

check "a veth" connect || finish

start_streams 1000
judged end_streams "whole" 100	# not by check, whose subshell could not wait for them
check_eq "streams both ways, nothing lost" $? 0 || cat "$TMP/said"
check_eq "which is said" "$(grep -c '(lost 0 of [0-9]*, allowed 100;' "$TMP/said")" 2

begin_stream
end_stream
check "none of a whole stream is lost" judged check_lossy_stream x "$TMP/r" "$sent" 0
check_not "half of it is no bound" judged check_lossy_stream x "$TMP/r" "$sent" $(((sent + 1) / 2))
check_not "a stream that is not there" judged check_lossy_stream x "$TMP/r" "$sent" 0 7
check_not "none sent" judged check_lossy_stream x "$TMP/r" 0 0

begin_stream
check "an outage" ip -n dut link set gx0 xdpgeneric obj "$GXDP_BPF/drop.bpf.o" sec xdp
wait_for 20 receives 600	# also what the program drops
end_stream
ip -n dut link set gx0 xdpgeneric off
check_eq "that lasts to the end is not known to the receiver" \
	"$(value "$TMP/r" lost) $(value "$TMP/r" ended)" "0 0"
check_not "and is loss all the same" judged check_lossy_stream x "$TMP/r" "$sent" 100
check "which is said" grep -q "received '[2-9][0-9][0-9]' of $sent, lost may be 100" "$TMP/said"

begin_stream
for i in 1 2 3; do
	kill -STOP "$sender"
	sleep 0.3	# longer than a pause may be
	kill -CONT "$sender"
	rx_before=$(stream_frames dut gx0)
	wait_for 20 receives 50
done
end_stream
check_not "three long pauses are found" judged check_lossy_stream x "$TMP/r" "$sent" 10 1 2
check "unless so many are allowed" judged check_lossy_stream x "$TMP/r" "$sent" 10 1 "$(value "$TMP/r" gaps)"
rm -rf "$TMP"
finish
