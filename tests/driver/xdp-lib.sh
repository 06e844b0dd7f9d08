# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Everything a program can want done to a frame, for 30-xdp and 34-xdp-frags:
# . tests/driver/xdp-lib.sh after tests/driver/lib.sh

N=700	# frames a stream
DROP=1 PASS=2 ABORTED=0 NO_VERDICT=77

# One stream through an attached program: counters before in a, after in b.
through()
{
	clear_seen
	counts "$TMP/a"
	"$@" >"$TMP/s" || return 1
	wait_for 5 has_seen $all
	counts "$TMP/b"
	[ "$(seen)" = $all ] || { echo "the program saw $(seen) of $all frames"; return 1; }
}

# check_verdict NAME NUMBER COUNTER REACHES-STACK
check_verdict()
{
	local name=$1 counter=$3 wanted=$4 got

	map_set config 0 "$2"
	start_receiver "$TMP/r" dut stream recv -i gx0
	check "$name: the program sees each frame" through peer_sends -n $N -r 1500 -s "$len"
	if [ "$wanted" -gt 0 ]; then
		wait $receiver
	else
		stop_receiver
	fi
	check_moved "$name: each is counted as $counter" "$TMP/a" "$TMP/b" "rx*_$counter" $all
	got=$(value "$TMP/r" received)
	check_eq "$name: so many reach the stack" "${got:-0}" "$wanted"
	[ "$wanted" -eq 0 ] || check_whole "$name" "$len"
}

# check_whole "what" LEN: what was received has all of its bytes.
check_whole()
{
	check_eq "$1: each with all of its bytes" \
		"$(value "$TMP/r" min_len) $(value "$TMP/r" max_len) $(value "$TMP/r" corrupt)" "$2 $2 0"
}

# check_returned "what" COUNTER: what the peer sends comes back to it, changed as
# the stream's options after these say.
check_returned()
{
	local what=$1 counter=$2 via=${3:-peer0} back=${4:-peer0} wanted=$5
	shift 5

	start_receiver "$TMP/r" peer stream recv -i "$back" "$@"
	check "$what: the program sees each frame" through \
		peer stream send -i "$via" -d "$(dut_mac)" -n $N -r 1500 -s "$len"
	wait $receiver
	check_moved "$what: each is counted as $counter" "$TMP/a" "$TMP/b" "$counter" $all
	check_stream "$what: each comes back, intact" "$TMP/r" $N
	check_whole "$what" "$wanted"
}

# Frames of $len bytes of payload, all verdicts.
every_verdict()
{
	local what=$1 all=$((N + ENDS))

	attach verdict
	check_verdict "$what, XDP_PASS" $PASS pass $N
	check_verdict "$what, XDP_DROP" $DROP xdp_drop 0
	trace_exceptions
	check_verdict "$what, XDP_ABORTED" $ABORTED xdp_aborted 0
	check_eq "$what, XDP_ABORTED: the tracepoint fires each time" "$(exceptions ABORTED)" $all
	check_verdict "$what, a verdict that is none" $NO_VERDICT xdp_invalid 0
	check_eq "$what, a verdict that is none: the tracepoint fires" "$(exceptions 0x4d)" $all

	attach tx
	check_returned "$what, XDP_TX" 'rx*_xdp_tx' peer0 peer0 "$len"
	check_moved "$what, XDP_TX: each is counted as sent" "$TMP/a" "$TMP/b" 'tx*_xdp_tx' $all
	check_moved "$what, XDP_TX: none found the ring full" "$TMP/a" "$TMP/b" 'rx*_xdp_tx_full' 0

	map_set devs 0 "$(dut cat /sys/class/net/gx0/ifindex)"
	attach to_dev
	if [ "$LAB_KERNEL" = 6.1 ] && [ "$len" -gt 2000 ]; then
		skip "$what, XDP_REDIRECT to a device: 6.1's core takes frames of several buffers to CPUs only"
		check "$what, XDP_REDIRECT to a device: seen" through peer_sends -n $N -r 1500 -s "$len"
		check_moved "$what, XDP_REDIRECT to a device: each is counted as refused" \
			"$TMP/a" "$TMP/b" 'rx*_xdp_redirect_fail' $all
	else
		check_returned "$what, XDP_REDIRECT to a device" 'rx*_xdp_redirect' peer0 peer0 "$len"
		check_moved "$what, ndo_xdp_xmit: each is counted" "$TMP/a" "$TMP/b" 'tx*_xdp_xmit' $all
	fi

	map_set cpus 0 192
	attach to_cpu
	start_receiver "$TMP/r" dut stream recv -i gx0
	check "$what, XDP_REDIRECT to a CPU: seen" through peer_sends -n $N -r 1500 -s "$len"
	wait $receiver
	check_moved "$what, XDP_REDIRECT to a CPU: counted" "$TMP/a" "$TMP/b" 'rx*_xdp_redirect' $all
	check_stream "$what, XDP_REDIRECT to a CPU: all reach the stack from there" "$TMP/r" $N
	check_whole "$what, XDP_REDIRECT to a CPU" "$len"

	attach cut_tail
	check_returned "$what, adjust_tail, shorter" 'rx*_xdp_tx' peer0 peer0 $((len - 32))
	attach grow_tail
	check_returned "$what, adjust_tail, longer" 'rx*_xdp_tx' peer0 peer0 $((len + 32)) -v "$len"
	attach grow_head
	check_returned "$what, adjust_head, longer (a tag pushed)" 'rx*_xdp_tx' peer0 peer0.5 "$len"
	attach cut_head
	check_returned "$what, adjust_head, shorter (the tag popped)" 'rx*_xdp_tx' peer0.5 peer0 "$len"

	attach metadata
	tc -n dut filter add dev gx0 ingress bpf da object-pinned "$PROGS/check_metadata"
	check "$what, metadata: seen" through peer_sends -n $N -r 1500 -s "$len"
	check_eq "$what, metadata: right with each frame in the stack" "$(seen 2) $(seen 3)" "$all 0"
	tc -n dut filter del dev gx0 ingress
	detach
	check_adds_up
}

exception_trace=/sys/kernel/tracing/instances/xdp-exceptions
trace_exceptions()
{
	mkdir -p $exception_trace
	echo 1 >$exception_trace/events/xdp/xdp_exception/enable
	echo >$exception_trace/trace
}

exceptions()
{
	grep -c "xdp_exception:.*action=$1" $exception_trace/trace
	echo >$exception_trace/trace
}

# What every_verdict needs: VLAN 5 at the peer, no filter against it.
prepare_verdicts()
{
	tc -n dut qdisc add dev gx0 clsact
	ip -n peer link add link peer0 name peer0.5 type vlan id 5
	ip -n peer link set peer0.5 up
	dut ethtool -K gx0 rx-vlan-filter off
}
