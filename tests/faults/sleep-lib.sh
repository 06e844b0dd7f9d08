# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# For the tests in which the whole machine is away for a while: . tests/faults/sleep-lib.sh,
# behind faults/lib.sh.
#
# The lab's file systems come over virtio-9p, which does not wake up again. So such a test
# moves into memory before (stage 1: IN_MEMORY is not set, and it ends in move_into_memory),
# and only a share that nobody has used is bound anew at the end, to leave the verdict there:
#
#   # qemu: -device virtio-9p-pci,fsdev=fs-run,mount_tag=again,vectors=0

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

copy_into_memory()
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
		basename cat date diff dirname env head mkdir mktemp mount mountpoint nproc od readlink rm \
		rmmod seq sleep sort sysctl tail tr umount uniq wc dmesg xsk stream rss || return 1
	cp -r --parents -t $RAM /repo/tests/lib.sh /repo/tests/families.sh /repo/tests/vm/guest/{page-pools,leaks} \
		/repo/tests/driver/lib.sh /repo/tests/driver/tools /repo/tests/faults
	for dir in proc sys dev run; do
		mount --rbind /$dir $RAM/$dir
	done
}

# move_into_memory: start the test again there
move_into_memory()
{
	insert_gxdp || die_test "gxdp.ko does not load"
	modprobe -a "$(driver_of "$LAB_PEER")" 8021q macvlan
	copy_into_memory || die_test "there is no moving into memory"
	cd /
	IN_MEMORY=1 exec chroot $RAM /bin/bash -c 'cd /repo; exec bash "$0"' "$0"
}

[ -n "${IN_MEMORY-}" ] || return 0

# --- stage 2: in memory ----------------------------------------------------------------

. tests/vm/guest/leaks

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
	end_guest
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

# check_rounds HOW COMMAND: ROUNDS times, and each time everything is there afterwards
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
		# (What IPv6 joins when a link comes back it joins when it likes.)
		wait_for 10 as_told "$told"
		check_chip_settings "$1 $i" "$told"
	done
}

# live_with_all: live, with settings that are not the default ones, another address, and a VLAN
live_with_all()
{
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
	told=$(chip_settings)
}

asleep()
{
	grep -qx suspended "/sys/bus/pci/devices/$(dut_pci)/power/runtime_status"
}

# falls_asleep "when": by itself, with the interface down
falls_asleep()
{
	! has pm "$1" || check "$1" wait_for 20 asleep
}

# take_down: the interface, and the device may sleep
take_down()
{
	echo auto >"/sys/bus/pci/devices/$(dut_pci)/power/control"
	ip -n dut link set gx0 down
	falls_asleep "down, it sleeps by itself"
}

# check_up_again: with all there was before
check_up_again()
{
	ip -n dut link set gx0 up
	check "up: the link" wait_for 60 carrier_up dut gx0
	start_traffic
	check_flows "at the end"
	check_intact
}
