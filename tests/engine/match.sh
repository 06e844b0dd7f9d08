#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The filter against the plain meaning of its rules: random and structured
# rulesets, frames at their edges, through the real program.
# lab: host timeout=240

. tests/lib.sh

tools=$GXDP_LAB_BUILD/engine-tests
log=/tmp/match.log

ip link add mq0 numrxqueues 4 type veth peer name mq1 numrxqueues 4
ip link set mq0 up

# Rules may ask for the Rx queue, so there has to be a device that has some.
if "$tools/match" "$GXDP_BPF/gxdp.bpf.o" --bulk "$tools/match.bpf.o" --dev mq0 --queues 4 \
	--seconds "${GXDP_MATCH_SECONDS:-40}" --seed "${GXDP_SEED:-1}" >$log 2>&1; then
	pass "$(tail -n 1 $log)"
else
	tail -n 40 $log
	fail "$(grep -m 1 FAIL $log)"
fi
finish
