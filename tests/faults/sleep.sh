#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The whole machine sleeps (S3) and wakes, FAULT_SLEEPS times, woken by its clock: each
# time program, zero-copy socket, VLAN, addresses, RSS, rings and coalescing are there
# afterwards, and frames go on. So do they when it hibernates, as often, but for the image:
# devices are frozen, processors and system stopped, and from there on restored
# (/sys/power/pm_test). Once more of each with the interface down.
#
# The lab's file systems come over virtio-9p, which does not wake up again. So the test
# moves into memory before (stage 1), and only a share that nobody has used is bound
# anew at the end, to leave the verdict there.
# lab: dut=family mem=1536 timeout=420 kernels=6.12,7.3,debug named
# named: make faults runs it
# qemu: -device virtio-9p-pci,fsdev=fs-run,mount_tag=again,vectors=0

RAM=/ram

# --- stage 1: into memory --------------------------------------------------------------

# copy_program PROGRAM...: with the libraries it wants, to the same places
copy_program()
{
	local file lib

	for file; do
		file=$(type -P "$file") || { echo "no $file to copy" >&2; return 1; }
		cp --parents -Lt $RAM "$file"
		for lib in $(ldd "$file" 2>/dev/null | grep -oE '/[^ ]+'); do
			[ -e "$RAM$lib" ] || cp --parents -Lt $RAM "$lib"
		done
	done
}

into_memory()
{
	local dir

	mkdir -p $RAM
	mount -t tmpfs -o mode=755,size=400m ram $RAM
	mkdir -p $RAM/{proc,sys,dev,run,tmp,repo,etc,mnt}
	for dir in bin sbin lib lib64; do
		[ ! -L /$dir ] || cp -a /$dir $RAM/
		mkdir -p "$RAM/usr/$dir"
	done
	copy_program bash busybox sed grep awk jq ip ethtool bpftool ping timeout \
		basename cat date dirname env head mkdir mktemp mount mountpoint nproc readlink rm \
		rmmod seq sleep sort sysctl tail tr umount uniq wc dmesg xsk stream rss || return 1
	cp -r --parents -t $RAM /repo/tests/lib.sh /repo/tests/families.sh /repo/tests/vm/guest/{page-pools,leaks} \
		/repo/tests/driver/lib.sh /repo/tests/driver/tools /repo/tests/faults
	for dir in proc sys dev run; do
		mount --rbind /$dir $RAM/$dir
	done
}

if [ -z "${IN_MEMORY-}" ]; then
	. tests/faults/lib.sh
	insert_gxdp || die_test "gxdp.ko does not load"
	modprobe -a "$(driver_of "$LAB_PEER")" 8021q macvlan
	into_memory || die_test "there is no moving into memory"
	cd /
	IN_MEMORY=1 exec chroot $RAM /bin/bash -c 'cd /repo; exec bash tests/faults/sleep.sh'
fi

# --- stage 2: in memory ----------------------------------------------------------------

. tests/faults/lib.sh
. tests/vm/guest/leaks

ROUNDS=${FAULT_SLEEPS:-3}
CLOCK=/sys/class/rtc/rtc0

# What is to be loaded has been, in stage 1.
insert_gxdp()
{
	watch_page_pools
}

modprobe()
{
	:
}

# finish, without the way back: what would have been looked at there, the verdict to the
# fresh share, and an end.
finish()
{
	local status=0 dev

	echo "checks: $_passed passed, $_failed failed, $_skipped skipped"
	[ $_failed -eq 0 ] && [ $_passed -gt 0 ] || status=1
	scan_for_leaks
	for dev in /sys/bus/virtio/drivers/9pnet_virtio/virtio*; do
		[ "$(tr -d '\0' <"$dev/mount_tag")" = again ] || continue
		basename "$dev" >/sys/bus/virtio/drivers/9pnet_virtio/unbind
		basename "$dev" >/sys/bus/virtio/drivers/9pnet_virtio/bind
	done
	mount -t 9p -o trans=virtio,version=9p2000.L,cache=none again /mnt
	echo $status >/mnt/status
	umount /mnt
	busybox reboot -f	# ends QEMU, which no power-off does any more after S3
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

# times_in_log TEXT
times_in_log()
{
	dmesg | grep -c "$1"
}

settings_and_addresses()
{
	settings
	ip -n dut link show gx0 | grep -oE 'link/ether [^ ]+'
	ip -n dut -br link show gx0.100 | awk '{ print $1, $3 }'
}

# check_rounds HOW COMMAND: each time everything is there afterwards
check_rounds()
{
	local i

	for ((i = 1; i <= ROUNDS; i++)); do
		check "$1 $i: asleep and awake" "$2"
		check "$1 $i: the link" wait_for 60 carrier_up dut gx0
		check "$1 $i: the peer's" wait_for 60 carrier_up peer peer0
		check_flows "$1 $i"
		check "$1 $i: the VLAN" wait_for 30 dut ping -q -c 1 -W 3 10.9.100.2
		check_eq "$1 $i: settings as before" "$(settings_and_addresses)" "$settings"
		check_eq "$1 $i: program as before" "$(program_id)" "$program"
	done
}

live
ip -n dut link set gx0 down	# addresses change so
ip -n dut link set gx0 address 02:00:00:00:00:77
ip -n dut link set gx0 up
dut ethtool -G gx0 rx 256 tx 128
dut ethtool -C gx0 adaptive-rx off rx-usecs 100
set_filters
ip -n dut addr add 10.9.100.1/24 dev gx0.100
ip -n peer link add link peer0 name peer0.100 type vlan id 100
ip -n peer addr add 10.9.100.2/24 dev peer0.100
ip -n peer link set peer0.100 up
check "the link" wait_for 60 carrier_up dut gx0
stop_traffic
start_traffic
check_flows "before"
check "the VLAN before" wait_for 30 dut ping -q -c 1 -W 3 10.9.100.2
settings=$(settings_and_addresses)
program=$(program_id)
check_rounds suspend sleep_and_wake
check_rounds hibernation hibernate_without_image
check_intact
check_eq "no hang was seen" "$(stat dut gx0 tx_hangs)" 0

echo auto >"/sys/bus/pci/devices/$(dut_pci)/power/control"
ip -n dut link set gx0 down
asleep()
{
	grep -qx suspended "/sys/bus/pci/devices/$(dut_pci)/power/runtime_status"
}
check "down, it sleeps by itself" wait_for 20 asleep
check "down: asleep and awake" sleep_and_wake
check "after it, it sleeps again" wait_for 20 asleep
check "down: hibernation" hibernate_without_image
check "after that, too" wait_for 20 asleep
ip -n dut link set gx0 up
check "up: the link" wait_for 60 carrier_up dut gx0
start_traffic
check_flows "at the end"
check_intact
check_eq "the machine slept each time" "$(times_in_log 'PM: suspend exit')" $((ROUNDS + 1))
check_eq "and hibernated" "$(times_in_log 'PM: hibernation: hibernation exit')" $((ROUNDS + 1))
check_adds_up
end
