#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What only a broken chip writes: lengths of 0, above the buffer's and of 65,535, error
# bits, frames without an end. Dropped, counted, never read past, and the next frames
# are as good as ever. A module of the tests (modules/forge.c) changes the descriptors
# between the chip and the driver. (One processor, so that nobody else polls then.)
# lab: dut=family timeout=300 smp=1 once
# append: iomem=relaxed

. tests/driver/lib.sh
. tests/driver/xdp-lib.sh

FEW=6
MANY=40		# more than a frame can have pieces

case $FAMILY in
8254*)	poll=gxdp_poll_8254x done_at=12 len_at=8 status_at=12 err_shift=16 ;;
82576)	poll=gxdp_poll_82576 done_at=8 len_at=12 status_at=8 err_shift=0 ;;
*)	poll=gxdp_poll_82574 done_at=8 len_at=12 status_at=8 err_shift=0 ;;
esac
EOP=2
RCTL=0x100
RCTL_EN=2
# one more than the chip may have written
over=1519
family_lacks "$FAMILY" queue-buf || over=2049

# The ring is looked up once: anew when it may be another.
forger_in()
{
	insmod "$GXDP_BUILD/forge.ko" device="$(dut_pci)" poll=$poll done=$done_at ||
		die_test "forge.ko does not load"
}

forge()
{
	echo "$@" >/sys/module/forge/parameters/forge
}

left_to_forge()
{
	cat /sys/module/forge/parameters/forge
}

# check_forged "what" COUNTER BY OFFSET MASK VALUE: BY frames, each counted as COUNTER
check_forged()
{
	local what=$1 counter=$2 by=$3
	shift 3

	counts "$TMP/a"
	forge "$by" 1 "$@"
	peer_sends -n "$by" >"$TMP/s"
	wait_for 10 frames_came $((by + ENDS))
	check_eq "$what: all forged" "$(left_to_forge)" 0
	check_moved "$what: counted as $counter" "$TMP/a" "$TMP/b" "rx*_$counter" "$by"
}

# check_endless "what" COUNTER FRAMES: so many and the stream's end markers, of which
# only the last one ends. They have to be there all at once: the receiver is off, behind
# the driver's back, until all have been sent, and QEMU keeps them.
check_endless()
{
	local what=$1 counter=$2 all=$(($3 + ENDS)) on

	on=$(poke "$(dut_pci)" $RCTL)
	counts "$TMP/a"
	poke "$(dut_pci)" $RCTL $((on & ~RCTL_EN))
	peer_sends -n "$3" >"$TMP/s"
	forge $((all - 1)) $all $status_at $EOP 0
	poke "$(dut_pci)" $RCTL "$on"
	wait_for 20 all_forged
	check_eq "$what, $all frames without an end: forged" "$(left_to_forge)" 0
	wait_for 5 frames_came 1
	check_moved "$what, $all frames without an end: counted as $counter" "$TMP/a" "$TMP/b" "rx*_$counter" 1
	check_moved "$what, $all frames without an end: one in all" "$TMP/a" "$TMP/b" 'rx*_packets' 1
}

check_lengths()
{
	local len

	for len in 0 65535 9000 $1; do
		check_forged "$2, a length of $len" length_error $FEW $len_at ffff "$(printf %x "$len")"
	done
}

# check_errors "what" BIT...: of the extended format; the legacy one has the same ones
check_errors()
{
	local what=$1 bit
	shift

	for bit in "$@"; do
		check_forged "$what, error bit $bit" error $FEW $status_at 0 "$(printf %x $((1 << bit >> err_shift)))"
	done
}

# The ring goes in the middle of a frame: what has come of that is given back.
check_half()
{
	forge $((FEW + ENDS)) 1 $status_at $EOP 0
	peer_sends -n $FEW >"$TMP/s"
	wait_for 20 all_forged
	check_eq "$1, half a frame, and down: forged" "$(left_to_forge)" 0
	rmmod forge
	ip -n dut link set gx0 down && ip -n dut link set gx0 up
	wait_for 30 carrier_up dut gx0
	settle
	check_sound "$1, half a frame, and down"
	forger_in
}

all_forged()
{
	[ "$(left_to_forge)" -eq 0 ]
}

check_sound()
{
	start_receiver "$TMP/r" dut stream recv -i gx0
	peer_sends -n $N -r 1500 >"$TMP/s"
	wait "$receiver"
	check_stream "$1: sound frames after it" "$TMP/r" $N
}

begin
watch_pools
ip_to 1
forger_in

check_lengths $over "no program"
check_errors "no program" 24 25 26 28 31
check_endless "no program" pass $FEW
check_endless "no program" frags_full $MANY
check_sound "no program"
check_half "no program"

use_programs
attach verdict
map_set config 0 $PASS
check_lengths $over "a program"
check_errors "a program" 24 31
check_endless "a program" frags_refused $FEW
check_endless "a program" frags_full $MANY
check_sound "a program"
detach

attach to_xsk
rmmod forge
start_receiver "$TMP/x" dut xsk rx -i gx0 -m "$MAPS/xsks" -z -K -T 600
socket=$receiver
forger_in
peer_sends -n 600 -r 1500 >"$TMP/s"	# all slots have umem buffers
check_lengths $over "a socket"
check_errors "a socket" 24 31
few=frags_refused
[ "$LAB_KERNEL" != 6.1 ] || few=frags_full	# its AF_XDP has no frames of several buffers
check_endless "a socket" $few $FEW
check_endless "a socket" frags_full $MANY
rmmod forge
kill -TERM "$socket"
wait "$socket"
check_eq "a socket: it saw nothing but sound frames" "$(value "$TMP/x" corrupt)" 0
detach
settle
check_sound "the socket closed"

check_eq "no reset was needed" "$(stat dut gx0 resets) $(stat dut gx0 tx_hangs)" "0 0"
check_adds_up
end
