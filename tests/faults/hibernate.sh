#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The whole machine hibernates, FAULT_HIBERNATIONS times: its memory goes to a disk, QEMU
# resets the machine, chips and all, another kernel boots, finds the image (guest/init)
# and gives way to it. Each time what faults/sleep looks at is there afterwards. Once more
# with the interface down.
# lab: dut=family mem=1536 timeout=600 kernels=6.12,7.3,debug named
# named: make faults runs it
# append: iomem=relaxed
# qemu: -device virtio-9p-pci,fsdev=fs-run,mount_tag=again,vectors=0
#
# The disk: zeroes, and what is written goes to a file of QEMU's that goes with it.
# qemu: -drive if=none,id=swap,format=raw,file.driver=null-co,file.size=2147483648,file.read-zeroes=on,snapshot=on
# qemu: -device virtio-blk-pci,drive=swap,num-queues=1,vectors=0

. tests/faults/lib.sh
. tests/faults/sleep-lib.sh

DISK=/dev/vda

# One whose image is not restored would come here again, and again.
hibernate_once()
{
	[ ! -e /results/begun ] || die_test "the machine booted, and not its image"
	: >/results/begun
}

# The lab starts QEMU such that a reset ends it (-no-reboot).
allow_resets()
{
	/repo/tests/vm/guest/monitor --qmp '{"execute": "set-action", "arguments": {"reboot": "reset"}}' >/dev/null
}

if [ -z "${IN_MEMORY-}" ]; then
	hibernate_once
	allow_resets || die_test "QEMU resets nothing"
	{ mkswap $DISK && swapon $DISK; } >/dev/null || die_test "no swap"
	move_into_memory
fi

ROUNDS=${FAULT_HIBERNATIONS:-2}

end_guest()
{
	busybox poweroff -f
}

# hibernate: true if this is the memory of the image. The kernel says so (one of its debug
# messages) where its log ended when the image was made.
hibernate()
{
	dmesg -C
	echo disk >/sys/power/state && dmesg | grep -q 'Hibernation image restored successfully'
}

echo 1 >/sys/power/pm_debug_messages
echo reboot >/sys/power/disk
live_with_all
check_rounds hibernation hibernate
check_intact
check_eq "no hang was seen" "$(stat dut gx0 tx_hangs)" 0
take_down
check "down: hibernation" hibernate
falls_asleep "after it, it sleeps again"
check_up_again
check_adds_up
end
