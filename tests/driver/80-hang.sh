#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The transmitter stops: found, reported once, mended by a reset that keeps program,
# socket and settings; one that no reset mends is reset ever less often. The device is
# pulled out under traffic, and comes back. (QEMU answers reads of a device that is not
# there with zeroes, real buses with ones: see 87-gone.)
# lab: dut=family timeout=360 once
# append: iomem=relaxed
# expect: transmit hang on
# expect: still hangs

. tests/driver/lib.sh

# What keeps its value through a reset.
settings()
{
	dut ethtool -g gx0
	dut ethtool -c gx0
	dut ethtool -x gx0
	dut ethtool -k gx0
	ip -n dut link show gx0 | grep -oE 'mtu [0-9]+|prog/xdp id [0-9]+'
}

hangs()
{
	stat dut gx0 tx_hangs
}

resets()
{
	[ "$(stat dut gx0 resets)" -gt "$1" ]
}

# stamp TEXT: when the log's last line with it was written, in ms
stamp()
{
	dmesg | sed -nE "s/^\\[ *([0-9]+)\\.([0-9]{3}).*$1.*/\\1\\2/p" | tail -n 1
}

# Found and mended: told by the kernel's clock, not by when this script looks.
check_found_in()
{
	local ms=$(($(stamp 'transmit hang') - $(stamp "$_mark")))

	check "$1: found within $2 s ($ms ms)" [ "$ms" -ge 0 -a "$ms" -le $(($2 * 1000 * _patience)) ]
}

hang_once()
{
	local what=$1 resets_before hangs_before

	resets_before=$(stat dut gx0 resets) hangs_before=$(hangs)
	dmesg -C
	log_mark
	check "$what: the transmitter can be stopped behind the driver's back" transmitter off
	# something has to be waiting to be sent
	dut ping -q -c 3 -i 0.2 -W 1 $PEER_IP >/dev/null
	check "$what: found and reset" wait_for 60 resets "$resets_before"
	check_eq "$what: counted once" $(($(hangs) - hangs_before)) 1
	check_eq "$what: reported once" "$(dmesg | grep -c 'transmit hang')" 1
	check_found_in "$what" 5
	check "$what: traffic goes on" wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP
	check_eq "$what: settings as before" "$(settings)" "$settings"
	check_chip_settings "$what" "$told"
}

begin
use_programs
attach to_xsk
dut ethtool -G gx0 rx 1024 tx 256
dut ethtool -C gx0 adaptive-rx off rx-usecs 100
ip_to 1
dut ethtool -K gx0 rxvlan on
set_filters
settings=$(settings) told=$(chip_settings)
before=$(carrier_changes dut gx0)
start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks" -T 600
x=$receiver
# Another sends all the time: what the chip never sent comes back to it all the same.
if [ "$PAIRS" -gt 1 ]; then
	start_receiver "$TMP/y" dut xsk tx -i gx0 -q 1 -z -d "$(peer_mac)" -r 300
	sends=$receiver
fi

hang_once "first hang"
check_eq "devlink has been told, and has a dump" "$(reporter tx)" "healthy 1 1 true"
check "with the transmitter's registers" sh -c "devlink health dump show pci/$(dut_pci) reporter tx | grep -q TDH0"
hang_once "second hang"
check_eq "devlink has been told again" "$(reporter tx)" "healthy 2 2 true"
! has phy-kept "a reset of the MAC moves no carrier" ||
	check_eq "the carrier did not change" "$(carrier_changes dut gx0)" "$before"
if [ "$PAIRS" -gt 1 ]; then
	kill "$sends"
	wait "$sends"
	check_eq "every frame of the socket that sends has completed" $? 0 || cat "$TMP/y"
	check "some of them in the reset ($(value "$TMP/y" sent) sent)" \
		[ "$(stat dut gx0 tx1_lost_in_reset)" -gt 0 ]
fi
counts "$TMP/a"
peer_sends -n 1000 -r 1500 >"$TMP/s"
wait $x
counts "$TMP/b"
check_stream "the socket goes on receiving" "$TMP/x" 1000
check "without a copy" [ "$(moved "$TMP/a" "$TMP/b" 'rx*_xsk_frames')" -ge 1000 ]
check_adds_up

# Told not to recover by itself, it waits for the administrator.
devlink health set "pci/$(dut_pci)" reporter tx auto_recover false
before=$(stat dut gx0 resets)
transmitter off
dut ping -q -c 3 -i 0.2 -W 1 $PEER_IP >/dev/null
ill()
{
	[[ $(reporter tx) == "error "* ]]
}
check "by hand: devlink is told" wait_for 60 ill
check_eq "by hand: and nothing is reset" "$(stat dut gx0 resets)" "$before"
check "by hand: devlink health recover" devlink health recover "pci/$(dut_pci)" reporter tx
check_eq "by hand: is one reset" $(($(stat dut gx0 resets) - before)) 1
check "by hand: traffic goes on" wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP
devlink health set "pci/$(dut_pci)" reporter tx auto_recover true

# Where it may not master the bus, nothing that it is given ever completes, however often
# it is reset.
bus_master()
{
	setpci -s "$(dut_pci)" COMMAND="$1":4
}
dmesg -C
before=$(stat dut gx0 resets) hangs_before=$(hangs)
bus_master 0
background dut ping -i 0.5 $PEER_IP >/dev/null 2>&1
ping=$child
check "no cure: reset" wait_for 60 resets "$before"
uptime=$(_uptime_ms)
check "and thrice more" wait_for 60 resets $((before + 3))
uptime=$(($(_uptime_ms) - uptime))
check "ever less often: 2, 4, then 8 s apart ($uptime ms)" [ $uptime -ge 13000 ]
check_eq "each is counted" $(($(hangs) - hangs_before)) 4
check_eq "the first is told" "$(dmesg | grep -c 'transmit hang')" 1
check_eq "and that it has not helped, once" "$(dmesg | grep -c 'still hangs')" 1
bus_master 4
check "once it may, the next one helps" wait_for 60 dut ping -q -c 1 -W 3 $PEER_IP
# It has helped when the queue that hung sends, whichever that is.
for cpu in 0 1; do
	dut taskset -c $cpu ping -q -c 1 -W 3 $PEER_IP >/dev/null
done
kill $ping
wait $ping 2>/dev/null
check_eq "no cure: settings as before" "$(settings)" "$settings"
hang_once "another hang"

# Out it goes, with a program, a socket, and traffic both ways.
start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks" -T 600
x=$receiver
start_peer_sends "$TMP/s" -r 1000
background dut ping -i 0.01 $PEER_IP >/dev/null 2>&1
ping=$child
stop_users()
{
	kill "$x" "$ping" "$sender"
	wait "$x" "$ping" "$sender" 2>/dev/null
}
dmesg -C
unplug_and_back "pulled out" stop_users
check "and works" dut ping -q -c 3 -i 0.2 -W 10 $PEER_IP
check_adds_up

end
