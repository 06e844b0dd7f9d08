#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Interrupts get lost: masked behind the driver's back, under a stream that it only
# receives, then one that it only sends. Each time it is found within 5 s, and mended; it is
# told once. (The socket's application stands still meanwhile: when it waits for frames, the
# driver looks for some.)
# lab: dut=family timeout=240 kernels=6.12,7.3,debug named
# named: make faults runs it
# append: iomem=relaxed
# expect: had frames and no interrupt

. tests/faults/lib.sh

ROUNDS=${FAULT_ROUNDS:-4}
# The registers that allow and mask, and the queues' own bits in them
case $FAMILY in
82574L) allowed=0xd0 mask=0xd8 queues=0x00f00000 ;;	# IMS, IMC: both pairs, each way
82576) allowed=0x1524 mask=0x1528 queues=0xff ;;	# EIMS, EIMC: a vector each
*) allowed=0xd0 mask=0xd8 queues=0xd1 ;;		# IMS, IMC: RXT0, RXO, RXDMT0, TXDW
esac

live
check_flows "before"
kill "$dut_sender"
wait "$dut_sender" 2>/dev/null
arrive() { [ "$(rx_count)" -gt $((_rx + 20)) ]; }
check_arrives()
{
	_rx=$(rx_count)
	check "$1" wait_for "$2" arrive
}
lost() { [ "$(stat dut gx0 irq_lost)" -gt "$was" ]; }

# mask_interrupts: for good. A poll that was under way lets them come again as it ends: a mask
# that does not hold while some hundred frames come is none, and put on once more.
mask_interrupts()
{
	local try

	for ((try = 1; try <= 50; try++)); do
		poke "$(dut_pci)" $mask 0xffffffff
		sleep 0.1
		[ $(($(poke "$(dut_pci)" $allowed) & queues)) -ne 0 ] || return 0
	done
	echo "50 times a poll was under way"
	return 1
}

# check_loses "when": an interrupt, and finds it. When one came after the mask was seen to
# hold, a poll had been under way for longer than that, and none was lost: once more.
check_loses()
{
	local try before

	kill -STOP "$socket" 2>/dev/null	# if it has not ended with its stream
	for ((try = 1; try <= 3; try++)); do
		was=$(stat dut gx0 irq_lost)
		check "$1: interrupts are masked" mask_interrupts
		before=$(irqs)
		! wait_for 5 lost && [ "$(irqs)" -ne "$before" ] || break
		echo "$1: one came all the same"
	done
	check "$1: a lost interrupt is found within 5 s" lost
	kill -CONT "$socket" 2>/dev/null
}

check_arrives "frames arrive" 10
for ((i = 1; i <= ROUNDS; i++)); do
	check_loses "round $i"
	check_arrives "round $i: and mended within 5 s" 5
done

# Frames that it sends, and next to none that come: nobody takes back those that have left.
kill "$peer_sender"
wait "$peer_sender" 2>/dev/null
start_dut_sends "$TMP/sd" -r 100	# few, so that seldom one is being seen to
dut_sender=$sender
leave() { [ "$(tx_count)" -gt $((_tx + 20)) ]; }
check_leaves()
{
	_tx=$(tx_count)
	check "$1" wait_for "$2" leave
}
check_leaves "frames leave" 10
for ((i = 1; i <= ROUNDS; i++)); do
	check_loses "sending, round $i"
	check_leaves "sending, round $i: and mended" 5
done
# Polled by a thread, which the look only wakes.
dut sh -c 'echo 1 >/sys/class/net/gx0/threaded'
for ((i = 1; i <= 2; i++)); do
	check_leaves "threaded: frames leave" 10
	check_loses "sending, threaded, round $i"
	check_leaves "sending, threaded, round $i: and mended" 5
done
check_eq "it is told once" "$(dmesg | grep -c 'had frames and no interrupt')" 1
check_eq "nothing was reset for it" "$(stat dut gx0 resets) $(stat dut gx0 tx_hangs)" "0 0"
check_intact
check_adds_up
end
