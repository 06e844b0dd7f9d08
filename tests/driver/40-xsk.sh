#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# AF_XDP: numbered frames, verified byte for byte, in and out, on each queue, in
# every kind of umem the kernel has.
# (Streams are slow on purpose: when a ring overflows, QEMU's hub delivers out of
# order what it has queued in two places, to mainline's driver as well.)
# append: slub_debug=FZ,kmalloc-512
# lab: dut=family short timeout=400 mem=1280

. tests/driver/lib.sh

N=600
RING=256	# any umem here has chunks for it twice: for the pages it has, and for itself

# check_rx "what" MODE XSK-OPTIONS...: a stream to queue 0. A bind stops nothing: each
# slot takes a umem buffer when the page in it has been used, so that the first
# ringful is still copied, into buffers put aside for it.
check_rx()
{
	local what=$1 mode=$2 backwards most=0
	shift 2

	settle
	start_receiver "$TMP/r" dut xsk rx -i gx0 -m "$MAPS/xsks" "$@" || return
	check_eq "$what: as asked" "$(value "$TMP/r" zerocopy)" "$mode"
	counts "$TMP/a"
	peer_sends -n $N -r 1000 -s "$len" >"$TMP/s"
	wait $receiver
	counts "$TMP/b"
	check_stream "$what: all received, intact" "$TMP/r" $N
	# those that end the stream may come when the receiver has gone, and go to the stack
	[ "$mode" = 0 ] || check "$what: all in umem buffers" \
		[ "$(moved "$TMP/a" "$TMP/b" 'rx*_xsk_frames')" -ge $N ]
	# A frame for the stack leaves its buffer in its slot, behind others offered since. With
	# one queue some come beside the stream.
	[ "$PAIRS" -ge 2 ] || most=$(moved "$TMP/a" "$TMP/b" rx0_pass)
	backwards=$(value "$TMP/r" backwards)
	check "$what: buffers are used in the order of the fill ring ($backwards not, may be $most)" \
		[ "$backwards" -le "$most" ]
}

check_tx()
{
	local what=$1 mode=$2 queue=$3
	shift 3

	start_receiver "$TMP/r" peer stream recv -i peer0
	counts "$TMP/a"
	check "$what: everything completes" dut xsk tx -i gx0 -q "$queue" -d "$(peer_mac)" \
		-n $N -r 1000 -s "$len" "$@"
	wait $receiver
	counts "$TMP/b"
	check_stream "$what: all sent, intact" "$TMP/r" $N $((10 + queue))
	[ "$mode" = 0 ] || check_moved "$what: straight from the umem" "$TMP/a" "$TMP/b" "tx${queue}_xsk" $((N + ENDS))
}

# Frames that a socket was to have and for which there was no chunk.
refused_frames()
{
	echo $(($(moved "$TMP/a" "$TMP/b" rx0_xdp_redirect_fail) + $(moved "$TMP/a" "$TMP/b" rx0_mixed)))
}

begin
echo 4 >/proc/sys/vm/nr_hugepages
watch_pools
dut ethtool -G gx0 rx $RING
use_programs
# Frames go to queue 0 with an EtherType no RSS knows; IP goes to queue 1.
ip_to 1
attach to_xsk
len=1400
# A kernel that checks DMA knows a umem by its pages: of a chunk across two it knows
# nothing, says so once, and looks for it long enough to stop the transmitter.
unaligned=(-u -H -k 2048 -F 690)
# Behind an IOMMU the pages lie apart, and the core refuses such a chunk.
{ [ "$LAB_KERNEL" != debug ] && ! behind_iommu; } || unaligned+=(-p)

check_rx "zero-copy" 1 -z
check_rx "copies" 0 -c
check_rx "zero-copy without need_wakeup" 1 -z -W
check_rx "chunks of 2048" 1 -z -k 2048
check_rx "huge pages" 1 -z -H -F 512
check_rx "unaligned chunks" 1 -z "${unaligned[@]}"
check_rx "copies into unaligned chunks" 0 -c "${unaligned[@]}"

last=$((PAIRS - 1))
for q in $(queues); do
	check_tx "zero-copy from queue $q" 1 "$q" -z
done
check_tx "copies" 0 0 -c
check_tx "without need_wakeup" 1 0 -z -W
check_tx "unaligned chunks" 1 $last -z "${unaligned[@]}"

# The other queue, and both from one umem.
two_queues()
{
	know_dut
	start_receiver "$TMP/r" dut xsk rx -i gx0 -q 1 -m "$MAPS/xsks" -z
	peer stream send -u $DUT_IP:7777 -S 3 -n $N -r 1000 -s $len >"$TMP/s"
	wait $receiver
	check_stream "zero-copy on queue 1" "$TMP/r" $N 3
	start_receiver "$TMP/r" dut xsk rx -i gx0 -q 0 -Q 1 -m "$MAPS/xsks" -z
	background peer stream send -u $DUT_IP:7777 -S 3 -n $N -r 500 -s $len >"$TMP/s3"
	sender=$child
	peer_sends -n $N -r 500 -s $len >"$TMP/s"
	wait $sender $receiver
	check_stream "a umem shared by two queues: queue 0" "$TMP/r" $N 1
	check_stream "a umem shared by two queues: queue 1" "$TMP/r" $N 3
	start_receiver "$TMP/r" peer stream recv -i peer0 -N 2
	check "sending from a umem shared by two queues" \
		dut xsk tx -i gx0 -q 0 -Q 1 -z -d "$(peer_mac)" -n $N -r 1000
	wait $receiver
	check_stream "shared umem: from queue 0" "$TMP/r" $N 10
	check_stream "shared umem: from queue 1" "$TMP/r" $N 11
}
! has queues "two queues at once, and from one umem" || two_queues

# Two sockets on one queue. The first one's ring is short: older kernels' core takes its
# length for that of both, which the driver has to know (the red zone shows it).
start_receiver "$TMP/r" peer stream recv -i peer0 -N 2
check "sending from two sockets on one queue" \
	dut xsk tx -i gx0 -q 0 -Q 0 -t 32 -z -d "$(peer_mac)" -n $N -r 20000
wait $receiver
check_stream "two sockets: from the first" "$TMP/r" $N 10
check_stream "two sockets: from the second" "$TMP/r" $N 12

# Rings that change under a socket: the old one's umem buffers go to the pool from which
# the new one's poll takes its own, whose list has no lock: before that poll runs. They all
# come home in the end, and each once.
CHUNKS=2048	# of a umem (tools/xsk.c)

# watch_buffers 1|0: note where buffers go back to their pool
watch_buffers()
{
	[ "$1" = 0 ] || echo 'p:gxdptest/xp_free xp_free' >>/sys/kernel/tracing/kprobe_events
	echo "$1" >$config_trace/events/gxdptest/xp_free/enable
	[ "$1" = 1 ] || echo '-:gxdptest/xp_free' >>/sys/kernel/tracing/kprobe_events
}

# change_rings SIZE
change_rings()
{
	echo change >$config_trace/trace_marker
	dut ethtool -G gx0 rx "$1"
}

# Of the buffers that changes of the rings gave back, outside of polls: how many before
# the new ring was there, and how many after.
given_back()
{
	awk '/tracing_mark_write: change/ { late = 0; on = 1 } / gxdp_config: / { late = 1 }
		on && / xp_free: / && $1 ~ /^ethtool-/ && substr($3, 3, 1) == "." { n[late]++ }
		END { print n[0] + 0, n[1] + 0 }' $config_trace/trace
}

changes_under_socket()
{
	local n changes=10 senders=

	start_receiver "$TMP/r" dut xsk rx -i gx0 -m "$MAPS/xsks" -z -K -T 600 || return
	for n in 1 2 3; do
		start_peer_sends "$TMP/s$n" -S $n -r 2000
		senders+=" $sender"
	done
	watch_buffers 1
	for ((n = 0; n < changes; n++)); do
		counts "$TMP/a"
		change_rings $((n % 2 ? RING : 2 * RING)) || break
		# until the new ring is in use
		wait_for 20 frames_came $((2 * RING)) || break
	done
	check_eq "rings made larger and smaller under a socket" $n $changes
	given_back >"$TMP/given-back"
	watch_buffers 0
	check "umem buffers go back (before and after the new ring runs: $(cat "$TMP/given-back"))" \
		grep -qE '^[1-9][0-9]* 0$' "$TMP/given-back"
	# shellcheck disable=SC2086
	kill $senders
	# shellcheck disable=SC2086
	wait $senders
	kill -USR2 "$receiver"	# no more buffers for the kernel: it uses up what it has
	counts "$TMP/a"
	peer_sends -S 4 -n $((2 * CHUNKS)) -r 2000 >"$TMP/s"
	wait_for 30 frames_came $((CHUNKS + 4 * RING))
	stop_receiver
	for n in 1 2 3; do
		# 8254x: QEMU's takes nothing for a second after a change, and loses the most of it
		if [[ $FAMILY == 8254* ]]; then
			check_eq "sender $n: nothing twice, nothing corrupt" \
				"$(value "$TMP/r" twice "stream=$n ") $(value "$TMP/r" corrupt "stream=$n ")" "0 0"
		else
			check_lossy_stream "sender $n: nothing twice, nothing corrupt" "$TMP/r" \
				"$(value "$TMP/s$n" sent)" $((changes * 20)) $n
		fi
	done
	check_eq "each umem buffer came home, once" \
		"$(value "$TMP/r" home) $(value "$TMP/r" strange)" "$CHUNKS 0"
	dut ethtool -G gx0 rx $RING
}
changes_under_socket

# Busy polling: interrupts put off for longer than the test lasts.
dut sh -c 'echo 100 >/sys/class/net/gx0/napi_defer_hard_irqs; echo 20000000 >/sys/class/net/gx0/gro_flush_timeout'
before=$(irqs)
check_rx "busy polling" 1 -z -B
! has auto-mask "busy polling: no interrupts" ||
	check "busy polling: by the application, not by interrupts ($(($(irqs) - before)))" [ $(($(irqs) - before)) -lt $((N / 10)) ]
check_tx "busy polling" 1 0 -z -B
dut sh -c 'echo 0 >/sys/class/net/gx0/napi_defer_hard_irqs; echo 0 >/sys/class/net/gx0/gro_flush_timeout'

# Multi-buffer.
detach
ip -n peer link set peer0 mtu 9000
ip -n dut link set gx0 mtu 9000
wait_for 30 carrier_up peer peer0
use_programs frags
attach to_xsk
len=8800 N=400
if [ "$LAB_KERNEL" = 6.1 ]; then
	dmesg -C
	check_not "MTU 9000 without multi-buffer AF_XDP is refused" dut xsk bind -i gx0 -z -n 1
	check "with the reason" grep -q 'lacks multi-buffer AF_XDP' <(dmesg)
	skip "multi-buffer AF_XDP: Linux 6.6 has it first"
else
	check_rx_jumbo()
	{
		settle
		start_receiver "$TMP/r" dut xsk rx -i gx0 -m "$MAPS/xsks" -z -g
		peer_sends -n $N -r 500 -s $len >"$TMP/s"
		wait $receiver
		check_stream "multi-buffer: jumbo frames received, intact" "$TMP/r" $N
	}
	check_rx_jumbo
	check_tx "multi-buffer: jumbo frames" 1 0 -z -g -r 500

	# A socket of few chunks stops reading, and the fill ring runs empty within a frame.
	settle
	start_receiver "$TMP/x" dut xsk rx -i gx0 -m "$MAPS/xsks" -z -g -K -T 600 -F $((RING + 300))
	kill -STOP "$receiver"
	counts "$TMP/a"
	peer_sends -n $N -r 500 -s $len >"$TMP/s"
	check "multi-buffer: more frames than there are chunks for" wait_for 20 frames_came $((N + ENDS))
	check "multi-buffer: an empty fill ring is counted" [ "$(moved "$TMP/a" "$TMP/b" rx0_xsk_empty)" -gt 0 ]
	check "multi-buffer: what there was no chunk for, too" [ "$(refused_frames)" -gt 0 ]
	check_moved "multi-buffer: and the rest is the socket's" "$TMP/a" "$TMP/b" rx0_xdp_redirect \
		$((N + ENDS - $(refused_frames)))
	kill -CONT "$receiver"
	wait_for 20 reads_on
	stop_receiver
	check_eq "multi-buffer: none twice, none corrupt" "$(value "$TMP/x" twice) $(value "$TMP/x" corrupt)" "0 0"
fi
check_adds_up
check_eq "no reset was needed" "$(stat dut gx0 resets)" 0
end
