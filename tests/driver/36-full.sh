#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What has no room or no right length: the transmitter stands still until its ring is
# full, frames are too short to be sent, an application does not give buffers back. Each
# such frame is in its counter, nothing else is lost, and all goes on afterwards.
# lab: dut=family timeout=180 once
# append: iomem=relaxed
# expect: transmit hang on
# expect: still hangs

. tests/driver/lib.sh

N=400	# several times what the rings hold

# check_full "what" COUNTER DONE: of all numbered frames, those that find the ring full are
# in COUNTER, and the others in DONE, while nothing is sent.
check_full()
{
	local what=$1 full=$2 done=$3 all=$((N + ENDS)) other

	clear_seen
	counts "$TMP/a"
	check "$what: the transmitter stands still" transmitter off
	peer_sends -n $N -r 1500 -s "$len" >"$TMP/s"
	check "$what: all frames came" wait_for 20 has_seen $all
	counts "$TMP/b"
	transmitter on
	# QEMU looks at a ring when its tail moves, which that of a full one does not
	reset_mac >/dev/null
	other=$(moved "$TMP/a" "$TMP/b" "$full")
	check "$what: the ring was full, which is counted ($other)" [ "$other" -gt $((N / 4)) ]
	check_moved "$what: all others were taken" "$TMP/a" "$TMP/b" "$done" $((all - other))
	check "$what: it goes on" wait_for 60 dut ping -q -c 1 -W 2 $PEER_IP
}

begin
know_dut
use_programs
watch_pools
# one that stands still for seconds, on a slow machine, is to be left alone
devlink health set "pci/$(dut_pci)" reporter tx auto_recover false
least=$(family_field "$FAMILY" ring)
dut ethtool -G gx0 rx 128 tx "$least"
map_set devs 0 "$(dut cat /sys/class/net/gx0/ifindex)"

# Frames of up to 128 bytes are copied into the ring, longer ones are not.
for len in 60 200; do
	attach tx
	check_full "XDP_TX, $len bytes" 'rx*_xdp_tx_full' 'rx*_xdp_tx'
	attach to_dev
	check_full "XDP_REDIRECT, $len bytes" 'tx*_xdp_xmit_full' 'tx*_xdp_xmit'
done
check_adds_up

# Cut to fewer bytes than the chip can make a frame of.
attach cut_short
counts "$TMP/a"
peer_sends -n $N -r 1500 >"$TMP/s"
check "frames too short to be sent" wait_for 20 frames_came $((N + ENDS))
check_moved "are counted, each" "$TMP/a" "$TMP/b" 'rx*_xdp_tx_runt' $((N + ENDS))
check_moved "and none as sent" "$TMP/a" "$TMP/b" 'rx*_xdp_tx' 0
check_adds_up

# A socket sends such, too: each is counted, its chunk comes back, the others go out.
detach
start_receiver "$TMP/r" peer stream recv -i peer0
counts "$TMP/a"
check "AF_XDP: 100 too short, which complete" dut xsk tx -i gx0 -q 0 -z -d "$(peer_mac)" -n $N -r 1000 -x 100
wait "$receiver"
counts "$TMP/b"
check_moved "AF_XDP: counted" "$TMP/a" "$TMP/b" tx0_xsk_invalid 100
check_stream "AF_XDP: the others are sent" "$TMP/r" $N 10

# A socket of few chunks stops reading: the fill ring runs empty.
settle
ip_to 1
attach to_xsk
start_receiver "$TMP/x" dut xsk rx -i gx0 -m "$MAPS/xsks" -z -K -T 600 -F 300
kill -STOP "$receiver"
counts "$TMP/a"
peer_sends -n 600 -r 1500 >"$TMP/s"
check "more frames than a socket has chunks" wait_for 20 frames_came $((600 + ENDS))
check "an empty fill ring is counted" [ "$(moved "$TMP/a" "$TMP/b" rx0_xsk_empty)" -gt 0 ]
check "what it had no chunk for is refused" [ "$(moved "$TMP/a" "$TMP/b" rx0_xdp_redirect_fail)" -ge $((600 + ENDS - 300)) ]
check_moved "and the rest is its" "$TMP/a" "$TMP/b" rx0_xdp_redirect \
	$((600 + ENDS - $(moved "$TMP/a" "$TMP/b" rx0_xdp_redirect_fail)))
kill -CONT "$receiver"
wait_for 20 reads_on
stop_receiver
check_eq "none twice, none corrupt" "$(value "$TMP/x" twice) $(value "$TMP/x" corrupt)" "0 0"
check_adds_up
end
