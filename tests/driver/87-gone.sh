#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A device that is pulled out answers each read with ones, until its driver lets go of it:
# with traffic, sockets and dumps at work, all that is asked of it ends soon, nothing
# complains, and it is said once.
#
# QEMU answers reads of what is not there with zeroes, and asks the guest before it takes
# a device out. So a ROM full of ones is put in the place of the NIC, and that forgets
# where it is in a reset of its bus: it answers to nothing any more, and does not master
# the bus.
# lab: dut=family once timeout=240
# expect: does not answer any more
# append: iomem=relaxed
# qemu: -device pci-testdev,id=ones,bus=pcie.0,addr=0xb,romfile=/repo/build/lab/driver-tests/ones.rom

. tests/driver/lib.sh

ONES=0000:00:0b.0
STATUS=8

# Where the NIC's registers are
bar()
{
	awk 'NR == 1 { print $1 }' "/sys/bus/pci/devices/$(dut_pci)/resource"
}

# The ROM lies over the NIC before that goes: of what overlaps, QEMU takes the last.
pull_out()
{
	local port=0000:00:03.0	# see dut_pci

	setpci -s $ONES ROM_ADDRESS="$(printf %x $(($(bar) | 1)))" COMMAND=2:2 &&
		setpci -s $port BRIDGE_CONTROL=40:40 && setpci -s $port BRIDGE_CONTROL=0:40 &&
		[ $(($(poke "$(dut_pci)" $STATUS))) -eq $((0xffffffff)) ] &&
		[ $((0x$(setpci -s "$(dut_pci)" COMMAND))) -eq 0 ]
}

take_rom_away()
{
	setpci -s $ONES COMMAND=0:2 ROM_ADDRESS=0
}

# ends COMMAND...: soon; its status does not matter
ends()
{
	background dut timeout -s KILL 60 "$@" >/dev/null 2>&1
	wait_for 20 has_ended $child
}

said()
{
	dmesg | grep -cE "gxdp $(dut_pci).*: $1"
}

# look WHAT: ask ethtool, over and over
look()
{
	while :; do
		ethtool $1 gx0 >/dev/null 2>&1
	done
}
export -f look

# in_use: program, zero-copy sockets that receive and send, streams both ways, dumps
in_use()
{
	local what

	use_programs
	ip_to 1
	attach to_xsk
	start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks"
	receives=$receiver
	users=("$receiver")
	start_peer_sends "$TMP/s" -r 500
	users+=("$sender")
	start_dut_sends "$TMP/s2" -S 2 -r 500
	users+=("$sender")
	if [ "$PAIRS" -gt 1 ]; then
		start_receiver "$TMP/y" dut xsk tx -i gx0 -q 1 -z -d "$(peer_mac)" -r 300
		users+=("$receiver")
	fi
	for what in -S -d -e ''; do
		background dut bash -c "look $what"
		users+=("$child")
	done
	counts "$TMP/a"
	check "$1: frames come" wait_for 20 frames_came 200
}

stop_users()
{
	kill "${users[@]}"
	wait "${users[@]}" 2>/dev/null
}

begin

# --- it is seen to be gone, and lives on as an interface without a link ----------------------
in_use "in use"
dmesg -C
check "it answers with ones" pull_out
check "which is noticed" wait_for 10 said "the device does not answer"
check "its link is taken for gone, lest the stack wait for frames to leave" \
	wait_for 10 carrier_down dut gx0
for what in -S -d -e -t -m; do
	check "ethtool $what ends" ends ethtool $what gx0
	check_not "and does not pretend" dut ethtool $what gx0
done
check "ethtool -G ends" ends ethtool -G gx0 rx 256
check "ethtool --reset ends" ends ethtool --reset gx0 mac
check "another MTU ends" ends ip link set gx0 mtu 1400
check "so do filters" ends ip maddr add 01:00:5e:01:02:03 dev gx0
check "and VLANs" ends ip link add link gx0 name gx0.7 type vlan id 7
check "a program is replaced" ends ip -force link set gx0 xdpdrv pinned "$PROGS/verdict"
check "it is detached" ends ip link set gx0 xdpdrv off
check "and attached" ends ip link set gx0 xdpdrv pinned "$PROGS/to_xsk"
kill "$receives"
check "a socket closes" wait_for 20 has_ended "$receives"
check "another comes and goes" ends timeout 2 xsk rx -i gx0 -z -m "$MAPS/xsks"
check "it goes down" ends ip link set gx0 down
check "and is asked to come up" ends ip link set gx0 up
check_not "which it cannot" ip -n dut link set gx0 up
check "its driver lets go of it" unbind_driver "$(dut_pci)"
stop_users 2>/dev/null
check_not "no driver takes what does not answer" bind_driver "$(dut_pci)" gxdp
check_eq "that it does not answer is said once, and once more of the other attempt" \
	"$(said 'the device does not answer')" 2
check_eq "and nothing else that is an error" \
	"$(dmesg -l err,crit,alert,emerg | grep -v 'does not answer' | grep -c gxdp)" 0
take_rom_away
unplug_and_back "after it" true
check "and works" dut ping -q -c 3 -i 0.2 -W 10 $PEER_IP

# --- gone, and taken away from its driver before that has noticed ------------------------------
in_use "in use again"
dmesg -C
check "it answers with ones again" pull_out
check "and its driver lets go of it" unbind_driver "$(dut_pci)"
stop_users 2>/dev/null
check "that it does not answer is said once at most" [ "$(said 'the device does not answer')" -le 1 ]
take_rom_away
unplug_and_back "after it, too" true
check "and it works" dut ping -q -c 3 -i 0.2 -W 10 $PEER_IP
check_drops 1000
check_adds_up
end
