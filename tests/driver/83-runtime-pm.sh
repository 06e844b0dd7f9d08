#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Allowed to (power/control), the device sleeps in D3hot while its interface is down.
# What needs registers wakes it, what does not lets it sleep; up again it is set up as
# before. It may be unbound, put through the machine's sleep and reset while asleep.
# (One processor: QEMU 10.0 may end in an assertion when a device's registers go from
# and come to the address space while another processor uses some.)
# lab: dut=family needs=pm smp=1 timeout=240
# append: iomem=relaxed

. tests/driver/lib.sh

POWER=/sys/bus/pci/devices/$(dut_pci)/power

status_is()
{
	[ "$(cat "$POWER/runtime_status")" = "$1" ]
}

check_asleep()
{
	check "$1" wait_for 20 status_is suspended
}

go_down()
{
	ip -n dut link set gx0 down
	check_asleep "$1: asleep"
}

# check_up "when": it comes up, and frames come and go.
check_up()
{
	check "$1: up" ip -n dut link set gx0 up
	check "$1: the link" wait_for 60 carrier_up dut gx0
	check "$1: awake while it is up" status_is active
	check "$1: and works" wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP
}

settings()
{
	dut ethtool -g gx0
	dut ethtool -c gx0
	dut ethtool -l gx0
	dut ethtool -x gx0 2>/dev/null
	dut ethtool gx0 | grep Wake-on
	ip -n dut link show gx0 | grep -oE 'mtu [0-9]+|prog/xdp id [0-9]+|link/ether [^ ]+'
}

# The registers as pairs of offset and value: STATUS is the second, and never 0.
registers_there()
{
	dut ethtool -d gx0 raw on | od -An -v -tx4 -w8 |
		awk '$1 == "00000008" { there = $2 != "00000000" } END { exit !there }'
}

# by how many milliseconds it is ahead of the system's
clock_offset()
{
	dut python3 tests/driver/tools/ptp.py offset "$phc"
}

DATE_STEP=3600

read_clock()
{
	ns=$(dut python3 tests/driver/tools/ptp.py now "$phc")
}

gained()
{
	[ $(($(clock_offset) - offset)) -gt 4000 ]
}

# A clock that gains tells whether what it says is remembered when it falls asleep: else it
# would wake up with what it said when the interface went down, and have lost that.
check_kept_time()
{
	echo on >"$POWER/control"
	offset=$(clock_offset)
	check "awake, the clock gains" wait_for 30 gained
	read_clock
	off=$ns
	echo auto >"$POWER/control"
	check_asleep "asleep with what it gained"
	read_clock
	check "it goes on from there" [ "$ns" -gt "$off" ]
}

begin
use_programs
attach verdict
map_set config 0 2	# XDP_PASS
dut ethtool -G gx0 rx 256 tx 128
dut ethtool -C gx0 adaptive-rx off rx-usecs 200
dut ethtool -s gx0 wol p 2>/dev/null
ip_to 1
set_filters
ip -n dut link set gx0 mtu 1400
before=$(settings)
nvm=$(dut ethtool -e gx0)
check "the NVM has words" [ "$(wc -l <<<"$nvm")" -gt 4 ]
told=$(chip_settings)
dmesg -C

check_eq "it is not allowed to sleep unless told so" "$(cat "$POWER/control")" on
ip -n dut link set gx0 down
ip -n dut link set gx0 up
wait_for 60 carrier_up dut gx0
check "not allowed to, it never slept" [ "$(cat "$POWER/runtime_suspended_time")" -eq 0 ]
echo auto >"$POWER/control"
echo 100 >"$POWER/autosuspend_delay_ms"
received=$(stat dut gx0 rx_good_packets)
go_down "down"
check_eq "it is in D3hot" "$(cat "$POWER/../power_state")" D3hot

# --- what lets it sleep ------------------------------------------------------------
check "ip -s link" ip -n dut -s link show gx0
check "another MTU" ip -n dut link set gx0 mtu 1500
check "another address" ip -n dut link set gx0 address 02:00:00:00:00:77
check "promiscuous" ip -n dut link set gx0 promisc on
check "another program" attach to_xsk
check "a filter less" ip -n dut link del mv0
check "devlink's diagnosis" devlink health diagnose "pci/$(dut_pci)" reporter tx
check "it slept on through all of that" status_is suspended
check_eq "and tells of that" "$(devlink -j health diagnose "pci/$(dut_pci)" reporter tx | jq .asleep)" true
ip -n dut link set gx0 promisc off
ip -n dut link set gx0 mtu 1400
ip -n dut link set gx0 address 52:54:00:67:78:00
attach verdict

# --- what wakes it -----------------------------------------------------------------
check "ethtool -i" dut ethtool -i gx0
check_eq "ethtool -e shows the NVM" "$(dut ethtool -e gx0)" "$nvm"
check_asleep "asleep again after it"
check "ethtool -d shows registers" registers_there
check "ethtool -S, which goes back by nothing" [ "$(stat dut gx0 rx_good_packets)" -ge "$received" ]
check "ethtool -p" dut timeout 5 ethtool -p gx0 1
check_asleep "asleep again"
check "ethtool -t online" dut ethtool -t gx0 online
check "ethtool -t offline" dut ethtool -t gx0 offline
check_asleep "asleep again after the self-tests"
check "other rings" dut ethtool -G gx0 rx 512
check "and back" dut ethtool -G gx0 rx 256
if has ptp "the clock while asleep"; then
	phc=$(dut ethtool -T gx0 | sed -nE 's/.*(PTP Hardware Clock|[Hh]ardware timestamp provider index): ([0-9]+)/\2/p')
	offset=$(clock_offset)
	check_asleep "the clock has been read, and it sleeps"
	off=$(($(clock_offset) - offset))
	if ! family_lacks "$FAMILY" clock-rate; then
		check "the clock goes on (it is off by $off ms)" [ "${off#-}" -lt 300 ]
	else
		check_kept_time
	fi
	read_clock
	off=$ns
	check_asleep "asleep, and the system's clock is about to be set"
	date -s "@$(($(date +%s) + DATE_STEP))" >/dev/null
	read_clock
	date -s "@$(($(date +%s) - DATE_STEP))" >/dev/null
	check "the clock takes no notice of it" [ $(((ns - off) / 1000000000)) -lt $((DATE_STEP / 2)) ]
fi
check_asleep "asleep again"
check "turning it off wakes it" sh -c "echo on >$POWER/control; grep -qx active $POWER/runtime_status"
echo auto >"$POWER/control"
check_asleep "and on lets it sleep"

# --- up ----------------------------------------------------------------------------
ip -n dut link add link gx0 name mv0 address 02:00:00:00:00:98 type macvlan mode bridge
check_up "after all that"
ip -n dut link set mv0 up
ip -n dut link set gx0.100 up
ip -n dut addr replace $DUT_IP6/64 dev gx0 nodad
check_eq "settings as before" "$(settings)" "$before"
wait_for 10 as_told "$told"
check_chip_settings "sleep" "$told"
counts "$TMP/a"
peer_sends -n 500 -r 1500 >"$TMP/s"
passed()
{
	counts "$TMP/b"
	[ "$(moved "$TMP/a" "$TMP/b" 'rx*_pass')" -ge 500 ]
}
check "the program is at work" wait_for 10 passed

# --- with a zero-copy socket open --------------------------------------------------
attach to_xsk
start_receiver "$TMP/x" dut xsk rx -i gx0 -z -K -m "$MAPS/xsks" -T 600
go_down "with a socket"
check_up "with a socket"
counts "$TMP/a"
peer_sends -n 500 -r 1500 >"$TMP/s"
check "the socket receives as before" wait_for 10 counted rx0_xsk_frames $((500 + ENDS))
go_down "with a socket again"
stop_receiver
check_stream "each frame once" "$TMP/x" 500
check "it slept on through the close" status_is suspended
check_up "without the socket"
attach verdict

# --- what may come while it sleeps -------------------------------------------------
insmod "$GXDP_BUILD/sleep_one.ko" device="$(dut_pci)" seconds=1 || die_test "sleep_one.ko does not load"
go_down "before the machine's sleep"
check "put to sleep as with the machine, and woken" sh -c 'echo 1 >/sys/module/sleep_one/parameters/sleep'
check_asleep "after it"
check_up "after the machine's sleep"
go_down "before a function reset"
if [ -e "$POWER/../reset" ]; then
	check "a function reset" sh -c "echo 1 >$POWER/../reset"
else
	skip "function reset: the emulated chip has none"
fi
check_up "after it"
go_down "before it is unbound"
check "unbound" unbind_driver "$(dut_pci)"
check "bound" bind_driver "$(dut_pci)" gxdp
check_eq "still allowed to sleep" "$(cat "$POWER/control")" auto
check_asleep "bound, and never up"
setup_dut
check_up "bound anew"
check_adds_up
check_eq "nothing was found missing" "$(dmesg | grep -E 'gx0|gxdp' | grep -E 'does not|hang on|no interrupt')" ""
go_down "before the module goes"
end
