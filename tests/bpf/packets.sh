#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The BPF programs over crafted frames: every protocol, cut off at every length.
# lab: dut=none peer=none timeout=120

. tests/lib.sh

log=/tmp/packets.log
if "$GXDP_LAB_BUILD/bpf-tests/packets" "$GXDP_BPF" >$log; then
	pass "$(tail -n 1 $log)"
else
	tail -n 30 $log
	fail "$(tail -n 1 $log)"
fi
grep '^skip' $log | sort -u
finish
