#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each thing a program can want done to a frame is done, counted, and nothing else
# happens. What cannot run is refused, with the reason.
# lab: dut=family short every timeout=240

. tests/driver/lib.sh
. tests/driver/xdp-lib.sh

# ip's own words when it is refused
refusal()
{
	"$@" 2>&1 && echo "(not refused)"
}

# features_are_told "when": what XDP can do here does not depend on what is there now
features_are_told()
{
	[ "$LAB_KERNEL" != 6.1 ] || { skip "$1: xdp_features: Linux 6.3 has them first"; return; }
	check_eq "$1: the features are told" \
		"$(dut gxdp status -j dev gx0 | jq -c '[.. | objects | .xdp? | arrays] | first | sort')" \
		'["basic","ndo-xmit","ndo-xmit-sg","redirect","rx-sg","xsk-zerocopy"]'
}

begin
before=$(carrier_changes dut gx0)
features_are_told "nothing attached"
prepare_verdicts
use_programs
len=200 every_verdict "small"

# A burst, of which each poll's frames go back with one doorbell.
attach tx
counts "$TMP/a"
check "a burst" burst 2048
wait_for 10 frames_came 2048	# or what was not lost of it
check_doorbells "XDP_TX" "$TMP/a" "$TMP/b"
detach

# Refusals: each with its reason, and nothing changes.
dmesg -C
attach verdict
check_not "an MTU of 9000 is refused while a program without frags is there" \
	ip -n dut link set gx0 mtu 9000
check_eq "the MTU stays" "$(dut cat /sys/class/net/gx0/mtu)" 1500
features_are_told "a program attached"
check "the log says what to do" grep -q 'MTU 9000 refused: .*xdp.frags' <(dmesg)
check "an MTU of one buffer is not refused" ip -n dut link set gx0 mtu 2026
detach
check "MTU 9000 without a program" ip -n dut link set gx0 mtu 9000
features_are_told "at MTU 9000"
said=$(refusal attach verdict)
check "at 9000 a program without frags is refused, with the reason" grep -q 'xdp.frags, or lower the MTU' <<<"$said"
check_not "and not attached" grep -q xdp <(ip -n dut link show gx0)

ip -n dut link set gx0 mtu 1500
check "MTU 1500 again, and it attaches" attach verdict

check_eq "the carrier did not change for any of it" "$(carrier_changes dut gx0)" "$before"
ip -n dut link set gx0 down
features_are_told "down"
end
