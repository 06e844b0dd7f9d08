#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A machine that is short of interrupt vectors: fewer queue pairs, which is said once,
# and everything works. A module of the tests makes it so (modules/few_vectors.c).
# lab: dut=family needs=queues short smp=4 timeout=150 once

. tests/driver/lib.sh

pci=$(dut_pci)
hoped=$((PAIRS + 1))	# a vector for each pair, and one for the rest

# has_pairs N: that many can be had, which is shown, and no more
has_pairs()
{
	check_eq "most pairs" "$(dut ethtool -l gx0 | awk '/^Combined:/ { print $2; exit }')" "$1"
	check_not "$(($1 + 1)) pairs are refused" dut ethtool -L gx0 combined $(($1 + 1))
	check "$1 can be had" pairs_are "$1"
}

# pairs_are N: after -L, which refuses what is already
pairs_are()
{
	dut ethtool -L gx0 combined "$1" 2>/dev/null
	[ "$(dut ethtool -l gx0 | awk '/^Combined:/ { print $2 }' | tail -n 1)" = "$1" ]
}

# said REGEX: how often
said()
{
	dmesg | grep -cE "gxdp $pci.*: $1"
}

works()
{
	check "$1: TCP from it" tcp_transfer dut peer $PEER_IP 4M
	check "$1: TCP to it" tcp_transfer peer dut $DUT_IP 4M
}

insmod "$GXDP_BUILD/few_vectors.ko" device="$pci" most=$((hoped - 1)) || die_test "few_vectors.ko does not load"
dmesg -C
begin
has_pairs $((hoped - 2))
check_eq "which is said once" "$(said "$((hoped - 1)) MSI-X vectors to be had: $((hoped - 2)) queue pair")" 1
check_eq "by MSI-X" "$(grep -cE 'PCI-MSI.* gx0-TxRx-' /proc/interrupts)" $((hoped - 2))
works "one vector too few"
check_drops 2000
detach
check_adds_up
check "the module goes and leaves nothing behind" unload_gxdp

# Two would be a pair's and that of the rest.
echo 1 >/sys/module/few_vectors/parameters/most
dmesg -C
check "loaded again" load_gxdp
check "it comes up" setup_dut
check "with its link" wait_for 60 carrier_up dut gx0
has_pairs 1
check_eq "that it has MSI is said once" "$(said "one queue pair, by MSI")" 1
check_eq "one vector" "$(grep -c 'gx0' /proc/interrupts)" 1
works "one vector"
check_adds_up
rmmod few_vectors
end
