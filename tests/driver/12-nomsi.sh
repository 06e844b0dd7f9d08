#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A machine without MSI: one pair, by INTx, and everything works.
# lab: dut=family needs=msi timeout=120 once
# append: pci=nomsi

. tests/driver/lib.sh

begin
check_eq "one vector" "$(grep -c 'gx0' /proc/interrupts)" 1
check "a pin of the IO-APIC" grep -qE 'IO-APIC.* gx0' /proc/interrupts
check_eq "one queue pair" "$(dut ethtool -l gx0 | awk '/Combined/ { print $2 }' | tr '\n' ' ')" "1 1 "
check "TCP from it" tcp_transfer dut peer $PEER_IP 4M
check "TCP to it" tcp_transfer peer dut $DUT_IP 4M
check_drops 2000
check_eq "no interrupt was missed" "$(stat dut gx0 irq_lost)" 0
check_adds_up
end
