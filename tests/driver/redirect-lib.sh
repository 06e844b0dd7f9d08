# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Two gxdp NICs that send each other what they receive, for 32-redirect and
# 35-redirect-families: . tests/driver/redirect-lib.sh after tests/driver/lib.sh

N=2000	# frames a stream

ifindex()
{
	dut cat "/sys/class/net/$1/ifindex"
}

attach_other()
{
	ip -force -n dut link set dev gx1 xdpdrv pinned "$PINS/other/to_dev"
}

# The second NIC's program has maps of its own: it redirects the other way.
other_program()
{
	mkdir -p $PINS/other/maps
	bpftool prog loadall "$TOOLS/verdicts.bpf.o" $PINS/other pinmaps $PINS/other/maps
}

forwarded()
{
	counts "$TMP/$1-in" "${2:-0}"
	counts "$TMP/$1-out" "${3:-1}"
}

# Both NICs up, each with a program that redirects to the other.
begin_redirect()
{
	begin
	setup_pair 1 || die_test "no second pair"
	calm_peer 1
	use_programs
	check "the other way's program loads" other_program
	map_set devs 0 "$(ifindex gx1)"
	MAPS=$PINS/other/maps map_set devs 0 "$(ifindex gx0)"
	attach to_dev
	check "both attached" attach_other
	# One address everywhere: the programs send a frame to where it came from, as seen
	# from its other end.
	peer ip link set peer1 promisc on
	peer ip link set peer0 promisc on
}

# Streams both ways at once, whole and in order, and the counters agree.
check_both_ways()
{
	forwarded a
	start_receiver "$TMP/r1" peer stream recv -i peer1
	r1=$receiver
	start_receiver "$TMP/r0" peer stream recv -i peer0
	r0=$receiver
	start_peer_sends "$TMP/s0" -n $N -r 1500
	s0=$sender
	peer stream send -i peer1 -d "$(dut_mac 1)" -S 2 -n $N -r 1500 >"$TMP/s1"
	wait $s0 $r0 $r1
	check_stream "from the first NIC out of the second" "$TMP/r1" $N 1
	check_stream "and the other way, at the same time" "$TMP/r0" $N 2
	forwarded b
	check_moved "the first's frames are counted as redirected" "$TMP/a-in" "$TMP/b-in" 'rx*_xdp_redirect' $((N + ENDS))
	check_moved "and sent by the second" "$TMP/a-out" "$TMP/b-out" 'tx*_xdp_xmit' $((N + ENDS))
	check_moved "the second's, too" "$TMP/a-out" "$TMP/b-out" 'rx*_xdp_redirect' $((N + ENDS))
	check_moved "and sent by the first" "$TMP/a-in" "$TMP/b-in" 'tx*_xdp_xmit' $((N + ENDS))
}

# A burst: frames that one poll redirects share a doorbell.
check_redirect_doorbells()
{
	forwarded a
	cp "$TMP/a-in" "$TMP/a"
	check "a burst for the second NIC" burst 2048
	wait_for 10 frames_came 2048	# or what was not lost of it
	forwarded b
	check_doorbells "redirected" "$TMP/a-in" "$TMP/b-in" "$TMP/a-out" "$TMP/b-out"
}
