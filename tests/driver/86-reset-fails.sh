#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A chip that does not come out of a reset at the first attempt: the next one counts. It
# works again by itself, without a link, too, which devlink is told; and it is not given up
# when that happens to one that is being woken. A module of the tests has resets of 82574L
# fail (modules/failing_reset.c).
# lab: dut=family needs=failed-reset timeout=200
# append: iomem=relaxed
# expect: does not (come out of reset|come back|wake up)
# expect: transmit hang on

. tests/driver/lib.sh

POWER=/sys/bus/pci/devices/$(dut_pci)/power
TIMES=/sys/module/failing_reset/parameters/times

all_failed()
{
	[ "$(cat $TIMES)" -eq 0 ]
}

link_and_traffic()
{
	check "$1: the link comes back" wait_for 60 carrier_up dut gx0
	check "$1: traffic goes on" wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP
	check "$1: the firmware is told that there is a driver" driver_is_told
}

# CTRL_EXT.DRV_LOAD
driver_is_told()
{
	dut ethtool -d gx0 raw on | od -An -v -tx4 -w8 |
		awk '$1 == "00000018" { told = substr($2, 1, 1) ~ /[13579bdf]/ } END { exit !told }'
}

# hang: the transmitter stands still, and has something to send
hang()
{
	transmitter off
	dut ping -q -c 3 -i 0.2 -W 1 $PEER_IP >/dev/null
}

asleep()
{
	[ "$(cat "$POWER/runtime_status")" = suspended ]
}

begin
check "the firmware is told that there is a driver" driver_is_told
insmod "$GXDP_BUILD/failing_reset.ko" || die_test "failing_reset.ko does not load"
use_programs
attach verdict
map_set config 0 2	# XDP_PASS

# A change resets the chip, and once more if that fails.
echo 4 >$TIMES
check_not "a reset that fails is no success" reset_mac
check "another is tried, and fails" wait_for 20 all_failed
link_and_traffic "with a link"

monitor 'set_link dut0 off'
check "the cable is out" wait_for 30 carrier_down dut gx0
echo 2 >$TIMES
check_not "a reset that fails is no success" reset_mac
monitor 'set_link dut0 on'
link_and_traffic "without a link"

echo 2 >$TIMES
dut ethtool -t gx0 offline >"$TMP/t"
check "a self-test that cannot start again says so" grep -qE '[^0-9][1-9][0-9]*$' "$TMP/t"
link_and_traffic "after a self-test"

# --- what devlink makes of it ---------------------------------------------------------------
dl=pci/$(dut_pci)
echo 2 >$TIMES
hang
check "a hang: its first reset fails" wait_for 20 all_failed
link_and_traffic "a hang"
check "devlink knows that a later one has mended it" wait_for 10 reported tx "healthy 1 0 true"
devlink health dump clear "$dl" reporter tx
hang
check "the next is recovered from at once, and has its dump" wait_for 20 reported tx "healthy 2 1 true"
link_and_traffic "another hang"
devlink health set "$dl" reporter tx auto_recover false
hang
check "not to recover by itself, it waits" wait_for 20 reported tx "error 3 1 true"
echo 2 >$TIMES
check_not "by hand: a recovery that fails says so" devlink health recover "$dl" reporter tx
check "by hand: and is made up for" wait_for 10 reported tx "healthy 3 1 true"
devlink health set "$dl" reporter tx auto_recover true
link_and_traffic "by hand"

# --- asleep ------------------------------------------------------------------------------
echo auto >"$POWER/control"
ip -n dut link set gx0 down
check "it sleeps" wait_for 20 asleep
echo 1 >$TIMES
dut ethtool -d gx0 raw on >"$TMP/d"
check "its reset fails when it is woken" all_failed
check "it sleeps again" wait_for 20 asleep
check "it comes up all the same" ip -n dut link set gx0 up
link_and_traffic "woken"
check "the program is there" sh -c 'ip -n dut link show dev gx0 | grep -q prog/xdp'
detach
rmmod failing_reset
end
