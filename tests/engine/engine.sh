#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What rules do beyond pass and drop, sets that change as they run, changes of rules;
# rules that overlap as badly as rules can.
# lab: host timeout=240

. tests/lib.sh

log=/tmp/engine.log
if "$GXDP_LAB_BUILD/engine-tests/engine" "$GXDP_BPF/gxdp.bpf.o" --all >$log 2>&1; then
	pass "$(tail -n 1 $log)"
else
	tail -n 40 $log
	fail "$(grep -m 1 FAIL $log)"
fi
finish
