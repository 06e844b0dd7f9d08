#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# XDP's own transmit rings: what a CPU sends by XDP_TX and XDP_REDIRECT leaves by a queue
# of the chip that is this CPU's alone. One that was away when the rings were made has none,
# and shares its pair's. While the rings are changed for others, no frame is lost.
# lab: dut=family needs=xdp-rings short timeout=150

. tests/driver/lib.sh
. tests/driver/xdp-lib.sh

CPU1=/sys/devices/system/cpu/cpu1
CHANGES=10
# The rings take the chip's queues from the last one down, one for each CPU; what each has
# sent is counted with the pair of its number, of the eight that there could be.
QUEUE_OF_CPU1=14
all=$((N + ENDS)) len=200

# tail_of QUEUE: where a transmit queue is to be written next
tail_of()
{
	dut ethtool -d gx0 raw on | od -An -v -tx4 -w8 |
		awk -v r="$(printf '%08x' $((0xe018 + 0x40 * $1)))" '$1 "" == r "" { print $2 }'
}

# on_cpu1: the pair is polled there, which the first interrupt from now on brings about
on_cpu1()
{
	local irq

	irq=$(awk '$NF == "gx0-TxRx-0" { sub(":", "", $1); print $1 }' /proc/interrupts)
	echo 1 >"/proc/irq/$irq/smp_affinity_list"
	know_dut && grep -qx 1 "/proc/irq/$irq/effective_affinity_list"
}

# each_way "what" RING MOVES: frames that a program sends back, by either action, are all
# counted with that ring; and the queue of CPU 1 has sent some (yes) or not (no).
each_way()
{
	local what=$1 ring=$2 tail moves=no

	tail=$(tail_of $QUEUE_OF_CPU1)
	attach tx
	check_returned "$what, XDP_TX" "tx${ring}_xdp_tx" peer0 peer0 $len
	attach to_dev
	check_returned "$what, XDP_REDIRECT" "tx${ring}_xdp_xmit" peer0 peer0 $len
	[ "$(tail_of $QUEUE_OF_CPU1)" = "$tail" ] || moves=yes
	check_eq "$what: the queue of its own has sent some" "$moves" "$3"
}

# both_sent: with the ring of CPU 1, some frames by each action since counts "$TMP/a"
both_sent()
{
	counted tx1_xdp_tx 50 && [ "$(moved "$TMP/a" "$TMP/b" tx1_xdp_xmit)" -ge 50 ]
}

begin
use_programs
map_set devs 0 "$(dut cat /sys/class/net/gx0/ifindex)"
dut ethtool -L gx0 combined 1
wait_for 20 on_cpu1 || die_test "the pair's interrupt does not go to CPU 1"
each_way "CPU 1" 1 yes

check "CPU 1 goes" sh -c "echo 0 >$CPU1/online"
check "new rings" dut ethtool -G gx0 tx 256
check "CPU 1 comes back" sh -c "echo 1 >$CPU1/online"
wait_for 20 on_cpu1 || die_test "the pair's interrupt does not go to CPU 1 again"
each_way "CPU 1 without a ring" 0 no

# Both actions, without a pause; each change takes away a ring that frames leave by.
attach by_stream
start_receiver "$TMP/r" peer stream recv -i peer0 -N 2
start_peer_sends "$TMP/s1" -S 1 -r 700
senders=$sender
start_peer_sends "$TMP/s2" -S 2 -r 700
senders+=" $sender"
for ((i = 1; i <= CHANGES; i++)); do
	dut ethtool -L gx0 combined $((1 + i % 2)) || break
	counts "$TMP/a"
	wait_for 20 both_sent || break
done
check_eq "so many changes of the rings, and frames by the new one after each" $((i - 1)) $CHANGES
# shellcheck disable=SC2086
kill $senders
# shellcheck disable=SC2086
wait $senders $receiver
check_lossy_stream "XDP_TX while the rings change" "$TMP/r" "$(value "$TMP/s1" sent)" 0 1
check_lossy_stream "XDP_REDIRECT while the rings change" "$TMP/r" "$(value "$TMP/s2" sent)" 0 2
check_adds_up
end
