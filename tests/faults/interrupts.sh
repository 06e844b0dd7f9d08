#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Interrupts get lost: masked behind the driver's back, under a stream that it only
# receives, then one that it only sends. Found and mended within 5 s, told once. (The socket's application stands
# still meanwhile: when it waits for frames, the driver looks for some.)
# lab: dut=e1000e peer=igb timeout=240 kernels=6.12,7.3,debug named
# named: make faults runs it
# append: iomem=relaxed
# expect: had frames and no interrupt

. tests/faults/lib.sh

ROUNDS=${FAULT_ROUNDS:-4}
IMC=0xd8

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

check_arrives "frames arrive" 10
for ((i = 1; i <= ROUNDS; i++)); do
	was=$(stat dut gx0 irq_lost)
	kill -STOP "$socket"
	# a poll under way would let them come again: until one is lost
	for ((try = 1; try <= 20; try++)); do
		poke "$(dut_pci)" $IMC 0xffffffff
		wait_for 4 lost && break
	done
	check "round $i: a lost interrupt is found" lost
	kill -CONT "$socket"
	check_arrives "round $i: and mended within 5 s" 5
done

# Frames that it sends, and next to none that come: nobody takes back those that have left.
kill "$peer_sender"
wait "$peer_sender" 2>/dev/null
start_dut_sends "$TMP/sd" -r 1000
dut_sender=$sender
leave() { [ "$(tx_count)" -gt $((_tx + 20)) ]; }
check_leaves()
{
	_tx=$(tx_count)
	check "$1" wait_for "$2" leave
}
check_leaves "frames leave" 10
for ((i = 1; i <= ROUNDS; i++)); do
	was=$(stat dut gx0 irq_lost)
	for ((try = 1; try <= 20; try++)); do
		poke "$(dut_pci)" $IMC 0xffffffff
		wait_for 5 lost && break
	done
	check "sending, round $i: a lost interrupt is found" lost
	check_leaves "sending, round $i: and mended" 5
done
check_eq "it is told once" "$(dmesg | grep -c 'had frames and no interrupt')" 1
check_eq "nothing was reset for it" "$(stat dut gx0 resets) $(stat dut gx0 tx_hangs)" "0 0"
check_intact
check_adds_up
end
