#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The whole machine sleeps (S3) and wakes, FAULT_SLEEPS times, woken by its clock: each
# time program, zero-copy socket, VLAN, addresses, RSS, rings and coalescing are there
# afterwards, and frames go on. So do they when it hibernates, as often, but for the image:
# devices are frozen, processors and system stopped, and from there on restored
# (/sys/power/pm_test). Once more of each with the interface down.
# lab: dut=family mem=1536 timeout=420 kernels=6.12,7.3,debug named
# named: make faults runs it
# append: iomem=relaxed
# qemu: -device virtio-9p-pci,fsdev=fs-run,mount_tag=again,vectors=0

. tests/faults/lib.sh
. tests/faults/sleep-lib.sh
[ -n "${IN_MEMORY-}" ] || move_into_memory

ROUNDS=${FAULT_SLEEPS:-3}
CLOCK=/sys/class/rtc/rtc0

# No power-off ends QEMU any more after S3.
end_guest()
{
	busybox reboot -f
}

sleep_and_wake()
{
	echo 0 >$CLOCK/wakealarm
	echo +4 >$CLOCK/wakealarm
	echo mem >/sys/power/state
}

hibernate_without_image()
{
	local status=0

	echo core >/sys/power/pm_test
	echo disk >/sys/power/state || status=1
	echo none >/sys/power/pm_test
	return $status
}

live_with_all
check_rounds suspend sleep_and_wake
check_rounds hibernation hibernate_without_image
check_intact
check_eq "no hang was seen" "$(stat dut gx0 tx_hangs)" 0

take_down
check "down: asleep and awake" sleep_and_wake
falls_asleep "after it, it sleeps again"
check "down: hibernation" hibernate_without_image
falls_asleep "after that, too"
check_up_again
check_eq "the machine slept each time" "$(times_in_log 'PM: suspend exit')" $((ROUNDS + 1))
check_eq "and hibernated" "$(times_in_log 'PM: hibernation: hibernation exit')" $((ROUNDS + 1))
check_adds_up
end
