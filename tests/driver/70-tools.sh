#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Programs nobody here wrote: xdp-loader, xdp-filter, xdp-bench, xdpdump and libxdp's
# dispatcher do their work on the device.
# lab: dut=family timeout=300

. tests/driver/lib.sh

N=1000

# libxdp keeps what it knows in bpffs, which 'ip netns exec' would hide.
tool()
{
	nsenter --net=/run/netns/dut "$@"
}

program_on()
{
	ip -n dut link show gx0 | grep -q prog/xdp
}

program_off()
{
	! program_on
}

# udp_stream [lost]: the stream may be expected not to arrive
udp_stream()
{
	start_receiver "$TMP/r" dut stream recv -u :7777
	peer stream send -u $DUT_IP:7777 -n $N -r 1500 >"$TMP/s"
	if [ "${1-}" = lost ]; then
		stop_receiver
	else
		wait $receiver
	fi
}

# bench "what" COUNTER BENCH-COMMAND...: while it runs, N frames come
bench()
{
	local what=$1 counter=$2 pid
	shift 2

	nsenter --net=/run/netns/dut xdp-bench "$@" >"$TMP/bench" 2>&1 &
	pid=$!
	check "xdp-bench $what: it attaches, natively" wait_for 60 program_on || {
		kill $pid 2>/dev/null
		wait $pid
		sed 's/^/    /' "$TMP/bench"
		return
	}
	counts "$TMP/a"
	peer_sends -n $N -r 1500 >"$TMP/s"
	check "xdp-bench $what: frames counted as $counter" wait_for 20 counted "$counter" $N
	kill $pid
	wait $pid
	check "xdp-bench $what: nothing stays behind" wait_for 20 program_off
}

begin
know_dut

# The dispatcher, with two programs at once.
check "xdp-loader loads" tool xdp-loader load -m native -s xdp gx0 "$GXDP_BPF/pass.bpf.o"
check "and another beside it" tool xdp-loader load -m native -s xdp -p /sys/fs/bpf/two gx0 "$GXDP_BPF/pass.bpf.o"
check_eq "its status shows both" "$(tool xdp-loader status gx0 | grep -c '=>.*pass')" 2
check "natively" grep -q native <(tool xdp-loader status gx0)
udp_stream
check_stream "frames pass both" "$TMP/r" $N
check "they are unloaded" tool xdp-loader unload gx0 --all
check "and gone" wait_for 20 program_off

check "xdp-filter loads" tool xdp-filter load -m native gx0
check "takes a rule" tool xdp-filter port -p udp -m dst 7777
counts "$TMP/a"
udp_stream lost
wait_for 20 frames_came $((N + ENDS))
check_moved "xdp-filter drops what the rule says" "$TMP/a" "$TMP/b" 'rx*_xdp_drop' $((N + ENDS))
check "and passes the rest" dut ping -q -c 2 -i 0.2 -W 10 $PEER_IP
check "its status tells" grep -q 7777 <(tool xdp-filter status)
check "the rule goes" tool xdp-filter port -r -p udp -m dst 7777
udp_stream
check_stream "and frames pass again" "$TMP/r" $N
check "xdp-filter unloads" tool xdp-filter unload gx0
check "and is gone" wait_for 20 program_off

if [ -e /sys/kernel/tracing/events/xdp/xdp_redirect_map_err ]; then
	bench drop 'rx*_xdp_drop' drop gx0
	bench pass 'rx*_pass' pass gx0
	bench tx 'rx*_xdp_tx' tx gx0
	bench redirect 'tx*_xdp_xmit' redirect gx0 gx0
	bench redirect-cpu 'rx*_xdp_redirect' redirect-cpu -c 1 gx0
else
	skip "xdp-bench: Debian's wants a tracepoint (xdp_redirect_map_err) this kernel has no more"
fi

# xdpdump, while TCP runs through a program.
check "xdp-loader loads for xdpdump" tool xdp-loader load -m native -s xdp gx0 "$GXDP_BPF/pass.bpf.o"
nsenter --net=/run/netns/dut xdpdump -i gx0 -w "$TMP/pcap" --rx-capture entry,exit >"$TMP/dump.log" 2>&1 &
dump=$!
check "xdpdump listens" wait_for 60 grep -qi listening "$TMP/dump.log"
check "TCP runs under xdpdump" tcp_transfer peer dut $DUT_IP 1M
kill $dump
wait $dump
check "xdpdump saw it come and go" [ "$(tcpdump -r "$TMP/pcap" 2>/dev/null | wc -l)" -gt 300 ]
check "unloaded" tool xdp-loader unload gx0 --all
check_adds_up
end
