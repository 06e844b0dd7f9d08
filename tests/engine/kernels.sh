#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The filter on the kernels of the lab: it loads, and does there what it does here.
# lab: dut=none peer=none timeout=400
# Hundreds of changes of rules wait for a grace period each, which emulation makes long:
# append: rcupdate.rcu_expedited=1

. tests/lib.sh

tools=$GXDP_LAB_BUILD/engine-tests
if "$tools/engine" "$GXDP_BPF/gxdp.bpf.o" >/tmp/engine.log 2>&1; then
	pass "$(tail -n 1 /tmp/engine.log), $(grep -o ': verified .*' /tmp/engine.log | xargs)"
else
	tail -n 20 /tmp/engine.log
	fail "$(grep -m 1 FAIL /tmp/engine.log)"
fi
if "$tools/match" "$GXDP_BPF/gxdp.bpf.o" --bulk "$tools/match.bpf.o" --frames 20000 \
	--seconds 10 --seed 3 >/tmp/match.log 2>&1; then
	pass "$(tail -n 1 /tmp/match.log)"
else
	tail -n 20 /tmp/match.log
	fail "$(grep -m 1 FAIL /tmp/match.log)"
fi

# On veth, attached by iproute2 without the loader: everything passes, and is counted.
ip link add fv0 type veth peer name fv1
ip netns add far
ip link set fv1 netns far
ip addr add 10.77.0.1/24 dev fv0
ip link set fv0 up
ip -n far addr add 10.77.0.2/24 dev fv1
ip -n far link set fv1 up
check "attached by iproute2" ip link set dev fv0 xdp obj "$GXDP_BPF/gxdp.bpf.o" sec xdp
check "everything passes" ping -c 3 -i 0.2 -W 5 10.77.0.2
check "and is counted" sh -c 'bpftool -j map dump name reasons |
	jq -e "[.[].formatted.values[].value.passed_no_rules.packets] | add >= 3"'
check "with frags, too" sh -c "ip link set dev fv0 xdp off &&
	ip link set dev fv0 xdp obj $GXDP_BPF/gxdp.bpf.o sec xdp.frags &&
	ping -c 1 -W 5 10.77.0.2"
finish
