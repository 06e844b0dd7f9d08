#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The device as the stack's: both families, both ways, small and jumbo; addresses
# and filters; and the counters agree with each other and with the chip's. What the stack
# is through with is received into anew.
# lab: dut=family timeout=240

. tests/driver/lib.sh

STRANGER=02:00:00:00:00:99
GROUP=01:00:5e:01:02:03

# check_hears "what" MAC WANTED: so many of ten frames to MAC come in
check_hears()
{
	local got

	start_receiver "$TMP/r" dut stream recv -i gx0
	peer stream send -i peer0 -d "$2" -n 10 >"$TMP/s"
	if [ "$3" -gt 0 ]; then
		wait $receiver
	else
		stop_receiver
	fi
	got=$(value "$TMP/r" received)
	check_eq "$1" "${got:-0}" "$3"
}

both_streams()
{
	local what=$1 len=$2 n=1500

	start_receiver "$TMP/r" dut stream recv -i gx0
	peer_sends -n $n -r 1500 -s "$len" >"$TMP/s"
	wait $receiver
	check_stream "$what: to it, whole" "$TMP/r" $n
	start_receiver "$TMP/r" peer stream recv -i peer0
	dut_sends -n $n -r 1500 -s "$len" >"$TMP/s"
	wait $receiver
	check_stream "$what: from it, whole" "$TMP/r" $n
}

set_mtus()
{
	ip -n dut link set gx0 mtu "$1" && ip -n peer link set peer0 mtu "$1" &&
		wait_for 30 carrier_up peer peer0
}

# The sum of the queues is what the chip has counted. It counts four bytes of
# checksum more per frame, and what it pads short ones with (at most 18 bytes).
chip_agrees()
{
	local c=$TMP/chip

	counts "$c"
	awk -v way="$1" '
		$1 ~ "^" way "[0-9]_(packets|bytes)$" { sum[substr($1, 5)] += $2 }
		$1 == way "_good_packets" { packets = $2 }
		$1 == way "_good_bytes" { bytes = $2 }
		END {
			print "queues: " sum["packets"] " frames, " sum["bytes"] " bytes; chip: " packets ", " bytes
			more = bytes - sum["bytes"] - 4 * packets
			exit !(packets > 0 && packets == sum["packets"] && more >= 0 && more <= 18 * packets / 4)
		}' "$c"
}

# Pages that page pools take from the kernel, as the kernel traces them: one a frame, if
# the stack does not give them back to their pool.
pages=/sys/kernel/tracing/instances/pages
pages_taken()
{
	grep -c page_pool_state_hold: $pages/trace
}

# check_recycled "what": that of $TMP/a
check_recycled()
{
	local frames taken

	counts "$TMP/b"
	frames=$(moved "$TMP/a" "$TMP/b" 'rx*_packets') taken=$(pages_taken)
	check "$1: pages are used again and again ($taken taken for $frames frames)" \
		[ "$frames" -gt 2000 -a $((8 * taken)) -lt "$frames" ]
}

mkdir $pages && echo 1 >$pages/events/page_pool/page_pool_state_hold/enable
begin
check "the pages of the rings are seen to be taken ($(pages_taken))" [ "$(pages_taken)" -ge 256 ]
# QEMU's chip counts what it segments as one frame; 21-offloads is about that.
dut ethtool -K gx0 tso off
check "IPv4" dut ping -q -c 3 -i 0.2 -W 10 $PEER_IP
check "IPv6" dut ping -q -c 3 -i 0.2 -W 10 $PEER_IP6
check "sizes around the minimum frame" dut ping -q -c 2 -i 0.2 -W 10 -s 0 $PEER_IP
check "TCP over IPv4, from it" tcp_transfer dut peer $PEER_IP 6M
counts "$TMP/a"
: >$pages/trace
check "TCP over IPv4, to it" tcp_transfer peer dut $DUT_IP 6M
check_recycled "TCP over IPv4, to it"
rmdir $pages
check "TCP over IPv6, from it" tcp_transfer dut peer $PEER_IP6 4M
check "TCP over IPv6, to it" tcp_transfer peer dut $DUT_IP6 4M
check "BQL has found a limit" [ "$(dut sh -c 'cat /sys/class/net/gx0/queues/tx-*/byte_queue_limits/limit' | sort -n | tail -n 1)" -gt 0 ]
check_eq "and nothing is in flight any more" \
	"$(dut sh -c 'cat /sys/class/net/gx0/queues/tx-*/byte_queue_limits/inflight' | sort -u)" 0
both_streams "MTU 1500" 1400

# Filters. A frame to somebody else is heard only by who listens to all.
check_hears "frames to its own address are heard" "$(dut_mac)" 10
check_hears "a stranger's are not" $STRANGER 0
ip -n dut link set gx0 promisc on
check_hears "but in promiscuous mode they are" $STRANGER 10
ip -n dut link set gx0 promisc off
check_hears "and after it no more" $STRANGER 0
check_hears "a group nobody joined is not heard" $GROUP 0
ip -n dut maddr add $GROUP dev gx0
check_hears "a group it joined is" $GROUP 10
ip -n dut maddr del $GROUP dev gx0
check_hears "and no more when it left" $GROUP 0
ip -n dut link set gx0 allmulticast on
check_hears "allmulticast hears any group" $GROUP 10
ip -n dut link set gx0 allmulticast off
ip -n dut link add link gx0 name mv0 address $STRANGER type macvlan mode bridge
ip -n dut link set mv0 up
check_hears "a second address of its own (macvlan) is heard" $STRANGER 10
ip -n dut link del mv0
old=$(dut_mac)
ip -n dut link set gx0 address 02:00:00:00:00:42
check_hears "a new address is heard" 02:00:00:00:00:42 10
# Not the first address: QEMU takes for it any frame whose last bytes are those of
# a group joined, and IPv6 has joined one that ends like it.
ip -n dut link set gx0 address 02:00:00:00:90:43
check_hears "the one before no more" 02:00:00:00:00:42 0
ip -n dut link set gx0 address "$old"

before=$(carrier_changes dut gx0)
check "MTU 9000 can be set" set_mtus 9000
check "ping with 8972 bytes, unfragmented" dut ping -q -c 3 -i 0.2 -W 10 -s 8972 -M do $PEER_IP
check "and to it" peer ping -q -c 3 -i 0.2 -W 10 -s 8972 -M do $DUT_IP
both_streams "MTU 9000" 8900
check "TCP with jumbo frames, to it" tcp_transfer peer dut $DUT_IP 6M
check "TCP with jumbo frames, from it" tcp_transfer dut peer $PEER_IP 6M
check "back to 1500" set_mtus 1500
check_eq "the link stayed up through it" "$(carrier_changes dut gx0)" "$before"
both_streams "MTU 1500 again" 1400
most=$(family_field "$FAMILY" mtu)
check_not "an MTU of $((most + 1)) is refused" ip -n dut link set gx0 mtu $((most + 1))

wait_for 20 chip_agrees rx
check "the chip's receive counters agree with the queues'" chip_agrees rx
wait_for 20 chip_agrees tx
check "and its transmit counters" chip_agrees tx
check_adds_up
# QEMU counts any frame of the least length as undersized.
errors=$(ip -n dut -s -j link show gx0 | jq '.[0].stats64.rx.errors')
check_eq "no error was counted" $((errors - $(stat dut gx0 rx_undersize))) 0 ||
	grep -E 'error|size|missed|lost|dropped' "$TMP/chip" | grep -v ' 0$'
check_eq "nothing was dropped" \
	"$(ip -n dut -s -j link show gx0 | jq -c '.[0].stats64 | [.rx.dropped, .tx.errors, .tx.dropped]')" '[0,0,0]'
end
