#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# AF_XDP: an application that stops reading, while frames and buffers go on coming. What
# its ring has no room for is lost and counted; each buffer has one owner all the same,
# so that nothing arrives twice or changed, then and after.
# lab: dut=family timeout=150 once

. tests/driver/lib.sh

HAS=2048	# frames in the socket's ring (tools/xsk.c)
MORE=2000	# more than that
SOME=1500	# fewer: there is room for them
N=3000

# send STREAM FRAMES: and wait until they are there
send()
{
	counts "$TMP/a"
	peer_sends -S "$1" -n "$2" -r 2000 >"$TMP/s"
	wait_for 20 frames_came $(($2 + ENDS))
}

begin
know_dut
use_programs
ip_to 1
attach to_xsk
start_receiver "$TMP/r" dut xsk rx -i gx0 -m "$MAPS/xsks" -z -K -T 600 -F 6000 || die_test "no socket"
send 1 $N	# by then the slots have umem buffers, and the fill ring is full again
wait_for 20 reads_on
kill -STOP $receiver
send 2 $((HAS + MORE))
check "no room for many of them" [ "$(moved "$TMP/a" "$TMP/b" 'rx*_xdp_redirect_fail')" -ge $((MORE / 2)) ]
kill -CONT $receiver
wait_for 20 reads_on
# A buffer with two owners would be written to again while it waits to be read.
kill -STOP $receiver
send 3 $SOME
kill -CONT $receiver
wait_for 20 reads_on
stop_receiver
check_stream "all before" "$TMP/r" $N 1
check_lossy_stream "what there was room for is intact" "$TMP/r" $((HAS + MORE)) $((MORE + ENDS)) 2
check_stream "it reads again, and all that waited for it" "$TMP/r" $SOME 3
check_adds_up
end
