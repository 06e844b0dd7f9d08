#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Buffers come and go behind a strict IOMMU: whatever swaps rings or gives memory back is
# done under streams both ways, FAULT_ROUNDS times, and the IOMMU finds no access too late.
# lab: dut=family timeout=240 kernels=6.12,7.3,debug iommu

. tests/faults/lib.sh

ROUNDS=${FAULT_ROUNDS:-2}
least=$(family_field "$FAMILY" ring)

ring_sizes()
{
	dut ethtool -G gx0 rx "$least" tx "$least" && dut ethtool -G gx0 rx 512 tx 512
}

queue_counts()
{
	dut ethtool -L gx0 combined 1 && dut ethtool -L gx0 combined 2
}

mtus()
{
	ip -n dut link set gx0 mtu 1400 && ip -n dut link set gx0 mtu 1500
}

down_and_up()
{
	ip -n dut link set gx0 down && ip -n dut link set gx0 up
}

live
check_iommu
for ((i = 1; i <= ROUNDS; i++)); do
	check "round $i: rings change their size" ring_sizes
	check_flows "round $i, ring sizes"
	[ "$PAIRS" -lt 2 ] || check "round $i: queues go and come" queue_counts
	check "round $i: the MTU changes" mtus
	check_flows "round $i, queues and MTU"
	stop_socket
	check "round $i: sockets come and go" dut xsk bind -i gx0 -z -n 5
	start_socket
	check_flows "round $i, sockets"
	check "round $i: down and up" down_and_up
	check "round $i: the link" wait_for 60 carrier_up dut gx0
	check_flows "round $i, down and up"
done
check_eq "nothing hung" "$(stat dut gx0 tx_hangs)" 0
check_intact
check_adds_up
end
