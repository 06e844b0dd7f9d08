#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The device is reset under its driver: by ethtool, by a function reset, by a bus
# error that is not fatal, also while it sleeps. Each time program, socket and settings
# are there afterwards, and frames go on. A fatal error is survived, whether the bus comes back
# or not.
# lab: dut=e1000e peer=igb timeout=300 kernels=6.12,7.3,debug
# expect: AER: 
# expect: pcieport 

. tests/faults/lib.sh

ROUNDS=${FAULT_ROUNDS:-3}

# aer_error KIND: have the kernel believe that the device reported an error.
aer_error()
{
	python3 - "$1" "$(dut_pci)" <<'PYTHON'
import re, struct, sys
kind, where = sys.argv[1:]
domain, bus, dev, fn = (int(x, 16) for x in re.split("[:.]", where))
# struct aer_error_inj: bus, dev, fn, pad, uncor_status, cor_status, header log, domain
uncor = {"nonfatal": 0x00004000, "fatal": 0x00040000}[kind]	# completion time-out; malformed TLP
with open("/dev/aer_inject", "wb", buffering=0) as f:
    f.write(struct.pack("=BBBxIIIIIIH", bus, dev, fn, uncor, 0, 0, 1, 2, 3, domain) + b"\0\0")
PYTHON
}

live
dut ethtool -G gx0 rx 256 tx 128
dut ethtool -C gx0 rx-usecs 100
settings=$(settings)
check_flows "before"

for ((i = 1; i <= ROUNDS; i++)); do
	before=$(carrier_changes dut gx0)
	check "round $i: ethtool --reset" dut ethtool --reset gx0 irq dma filter offload mac
	check_flows "round $i, ethtool --reset"
	check_eq "round $i: the carrier did not move" "$(carrier_changes dut gx0)" "$before"
	check "round $i: function reset" sh -c "echo 1 >/sys/bus/pci/devices/$(dut_pci)/reset"
	check "round $i: the link" wait_for 60 carrier_up dut gx0
	check_flows "round $i, function reset"
done
check_eq "settings and program as before" "$(settings)" "$settings"

if modprobe aer_inject 2>/dev/null && [ -e /dev/aer_inject ]; then
	for ((i = 1; i <= ROUNDS; i++)); do
		resets=$(stat dut gx0 resets)
		log_mark
		check "round $i: an error that is not fatal" aer_error nonfatal
		has_reset() { [ "$(stat dut gx0 resets)" -gt "$resets" ]; }
		check "round $i: the driver recovers" wait_for 30 has_reset
		check "round $i: the link" wait_for 60 carrier_up dut gx0
		check_flows "round $i, AER"
		check_eq "round $i: it is reported once" "$(log_since | grep -c 'gx0: bus error')" 1
	done
	check_eq "settings and program as before" "$(settings)" "$settings"
	stop_traffic
	echo auto >"/sys/bus/pci/devices/$(dut_pci)/power/control"
	ip -n dut link set gx0 down
	asleep() { grep -qx suspended "/sys/bus/pci/devices/$(dut_pci)/power/runtime_status"; }
	check "down, it sleeps" wait_for 20 asleep
	log_mark
	recovered() { log_since | grep -q 'works again after a bus error'; }
	check "an error that is not fatal finds it asleep" aer_error nonfatal
	check "and the driver recovers" wait_for 30 recovered
	check "it sleeps again" wait_for 20 asleep
	check "up" ip -n dut link set gx0 up
	check "the link" wait_for 60 carrier_up dut gx0
	start_traffic
	check_flows "AER while asleep"
	check_eq "settings and program as before" "$(settings)" "$settings"
	# QEMU's root port does not train its link again: what can be asked is survival
	log_mark
	check "a fatal error" aer_error fatal
	reported() { log_since | grep -q 'bus error, fatal'; }
	check "reaches the driver" wait_for 30 reported
else
	skip "no aer_inject in this kernel"
fi
check_intact
end
