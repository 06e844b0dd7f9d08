#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The bus reports an error that is not fatal, FAULT_ROUNDS times, and once to a device that
# sleeps: told once, the driver recovers, and program, socket and settings are there
# afterwards.
# lab: dut=family timeout=240 kernels=6.12,7.3,debug once
# append: iomem=relaxed
# expect: AER: 
# expect: pcieport 

. tests/faults/lib.sh

ROUNDS=${FAULT_ROUNDS:-3}

recovered()
{
	log_since | grep -q 'works again after a bus error'
}

asleep()
{
	grep -qx suspended "/sys/bus/pci/devices/$(dut_pci)/power/runtime_status"
}

live_with_settings
has_aer || { check_intact; end; }
for ((i = 1; i <= ROUNDS; i++)); do
	log_mark
	check "round $i: an error that is not fatal" aer_error nonfatal
	check "round $i: the driver recovers" wait_for 30 recovered
	check "round $i: the link" wait_for 60 carrier_up dut gx0
	check_flows "round $i"
	check_eq "round $i: it is reported once" "$(log_since | grep -c 'gx0: bus error')" 1
done
check_settings
stop_traffic
echo auto >"/sys/bus/pci/devices/$(dut_pci)/power/control"
ip -n dut link set gx0 down
check "down, it sleeps" wait_for 20 asleep
log_mark
check "an error that is not fatal finds it asleep" aer_error nonfatal
check "and the driver recovers" wait_for 30 recovered
check "it sleeps again" wait_for 20 asleep
check "up" ip -n dut link set gx0 up
ip -n dut addr replace $DUT_IP6/64 dev gx0 nodad	# it went with the interface
check "the link" wait_for 60 carrier_up dut gx0
start_traffic
check_flows "after an error while it slept"
check_settings
check_intact
check_adds_up
end
