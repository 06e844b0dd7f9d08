#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A machine where every buffer of the chip's lies in bounce buffers, of which there
# are few (the kernel's own swiotlb, forced): all is copied at the right moments, and
# what finds no memory is refused, with the old rings going on as if nobody had asked.
# (The stack, XDP and AF_XDP work as in 20-stack, 30-xdp and 40-xsk; here they are
# looked at once each.)
# lab: dut=family timeout=240 mem=1280 once
# append: swiotlb=16384,force

. tests/driver/lib.sh
. tests/driver/xdp-lib.sh

N=600
RATE=1000
SLOT=2048	# a bounce buffer's; a page takes two
LEAVE=300	# of them: less than any ring needs
SHORT_MS=500	# how long all of them may be taken, in a few refusals

used()
{
	cat /sys/kernel/debug/swiotlb/io_tlb_used
}

free_slots()
{
	echo $(($(cat /sys/kernel/debug/swiotlb/io_tlb_nslabs) - $(used)))
}

# refused_for_memory "what" WHERE-IT-SAYS-SO COMMAND...: a file, or "log"
refused_for_memory()
{
	local what=$1 where=$2
	shift 2

	dmesg -C
	"$@" >"$TMP/said" 2>&1 && { fail "$what: it succeeded"; return; }
	[ "$where" = log ] && dmesg >"$TMP/said"
	check "$what: refused, and says that memory is short" grep -q 'not enough memory for the new rings' "$TMP/said" ||
		cat "$TMP/said"
}

ring_sizes()
{
	dut ethtool -g gx0 | awk '/^(RX|TX):/ { print $2 }' | tail -n 2 | xargs
}

# end_refusals "what": the end of streams (start_streams()) under which changes were
# refused. What is refused has first taken all that is left, and whoever wants to send
# in that moment finds nothing: the peer's driver too. (That a refusal itself loses
# nothing takes a kernel where one allocation can fail.)
end_refusals()
{
	end_streams "$1" $((RATE * SHORT_MS / 1000))
}

begin
ip_to 1
# the peer's buffers are bounced, too: fewer of them
peer ethtool -G peer0 rx 1024 tx 1024
wait_for 30 carrier_up peer peer0
check "buffers are bounced ($(used) slots in use)" [ "$(used)" -gt 2000 ]

# --- copied at the right moments ------------------------------------------------------
check "TCP from it" tcp_transfer dut peer $PEER_IP 2M
check "TCP to it" tcp_transfer peer dut $DUT_IP 2M
for len in 200 1400; do
	start_receiver "$TMP/r" dut stream recv -i gx0
	peer_sends -n $N -r 1500 -s $len >"$TMP/s"
	wait "$receiver"
	check_stream "$len bytes, to it" "$TMP/r" $N
done
use_programs
all=$((N + ENDS))
for len in 200 1400; do
	attach tx
	check_returned "$len bytes, XDP_TX" 'rx*_xdp_tx' peer0 peer0 $len
	map_set devs 0 "$(dut cat /sys/class/net/gx0/ifindex)"
	attach to_dev
	check_returned "$len bytes, XDP_REDIRECT" 'rx*_xdp_redirect' peer0 peer0 $len
done
attach to_xsk
start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks"
peer_sends -n $((3 * N)) -r 1500 -s 1400 >"$TMP/s"
wait "$receiver"
check_stream "AF_XDP zero-copy receives" "$TMP/x" $((3 * N))
start_receiver "$TMP/r" peer stream recv -i peer0
check "AF_XDP sends" dut xsk tx -i gx0 -z -d "$(peer_mac)" -n $N -r 1500 -s 1400
wait "$receiver"
check_stream "AF_XDP zero-copy sends" "$TMP/r" $N 10
detach
ip -n dut link set gx0 mtu 9000
ip -n peer link set peer0 mtu 9000
wait_for 30 carrier_up peer peer0
use_programs frags
attach tx
len=8800 N=300 all=$((300 + ENDS))
check_returned "jumbo, XDP_TX" 'rx*_xdp_tx' peer0 peer0 8800
detach
ip -n dut link set gx0 mtu 1500
ip -n peer link set peer0 mtu 1500
wait_for 30 carrier_up peer peer0

# --- and when there are none left -----------------------------------------------------
before=$(carrier_changes dut gx0) sizes=$(ring_sizes)
start_streams $RATE
# (one pair's would fit)
[ "$PAIRS" -lt 2 ] || refused_for_memory "larger rings" said dut ethtool -G gx0 rx 4096
check_eq "the rings are what they were" "$(ring_sizes)" "$sizes"
check_not "a umem larger than there is room for is refused" dut xsk bind -i gx0 -z -F 16384 -n 1
end_refusals "refused rings and umem"
check_eq "nothing was reset" "$(stat dut gx0 resets)" 0

# A socket takes all but a few, and then goes: there is no memory for the queue's own
# ring of pages until its umem has been let go.
if has shared-enable "no memory at a socket's close"; then
	if [ "$PAIRS" -gt 1 ]; then
		dut ethtool -X gx0 default
		dut ethtool -L gx0 combined 1	# a second pair's pages will not fit
	fi
	start_receiver "$TMP/x" dut xsk rx -i gx0 -z -g -F $((($(free_slots) - LEAVE) * SLOT / 4096)) -T 600
	socket=$receiver
	check_eq "a socket with almost all bounce buffers" "$(value "$TMP/x" zerocopy)" 1
	check "few are left ($(free_slots))" [ "$(free_slots)" -lt $((2 * LEAVE)) ]
	start_streams $RATE
	refused_for_memory "larger rings, with a socket" said dut ethtool -G gx0 rx 1024
	refused_for_memory "another MTU, with a socket" log ip -n dut link set gx0 mtu 9000
	[ "$PAIRS" -lt 2 ] || refused_for_memory "another queue, with a socket" log dut ethtool -L gx0 combined 2
	end_refusals "refused rings and MTU, with a socket"
	dmesg -C
	kill -KILL "$socket"
	wait "$socket" 2>/dev/null
	check "the socket's close finds no memory, which the log says" \
		wait_for 10 sh -c "dmesg | grep -q 'no memory to take queue 0 back from AF_XDP'"
	check "it goes on when there is some again" wait_for 30 dut ping -q -c 1 -W 1 $PEER_IP
	check "devlink's reporter of the receiver has been told, and has mended it" \
		wait_for 10 reported rx "healthy 1 1 true"
	start_receiver "$TMP/r" dut stream recv -i gx0
	peer_sends -n $N -r 1500 >"$TMP/s"
	wait "$receiver"
	check_stream "queue 0 receives as before" "$TMP/r" $N
fi
check_eq "the carrier did not change" "$(carrier_changes dut gx0)" "$before"
check_adds_up
end
