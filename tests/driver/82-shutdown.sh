#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The machine goes down in the middle of everything: the lab sees to it that it does
# get there, and says nothing on its way. So nothing is taken down here.
# lab: dut=family once timeout=120

. tests/driver/lib.sh

begin
use_programs
ip_to 1
attach to_xsk
start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks"
start_peer_sends "$TMP/s" -r 1000
start_dut_sends "$TMP/s2" -S 2 -r 1000
came()
{
	[ "$(stat dut gx0 rx0_xsk_frames)" -gt 1000 ]
}
check "traffic flows while the machine is switched off" wait_for 30 came
finish
