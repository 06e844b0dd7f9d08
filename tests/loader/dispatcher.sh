#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rules beside other programs behind libxdp's dispatcher: joining, updating,
# leaving; what would take frags from all of them; the hook for one alone.
# On 6.1: 6.12 has a check that libxdp 1.5.4's dispatchers do not stand (xdp-tools
# issue 503); rules-nic shows what gxdp does there.
# lab: dut=none peer=none timeout=300 kernels=6.1
# append: rcupdate.rcu_expedited=1

. tests/lib.sh
. tests/loader/rules-lib.sh
. tests/loader/kill-lib.sh

rules_setup || die_test "no veth pair"
hook() { gxdp -j show programs dev va | jq -r "$1"; }

cat >/tmp/1.rules <<'E'
noping: drop icmp type echo-request
default pass
E
expect "apply" 0 gxdp apply /tmp/1.rules dev va
prints "behind libxdp's dispatcher"
prints 'takes no frames of several buffers: at a jumbo MTU rules need --exclusive'
check_eq "the hook is a dispatcher" "$(hook .programs.hook)" dispatcher
check_eq "in native mode" "$(hook .programs.native)" true
check_not "ping is blocked" pings
check "show rules counts it" [ "$(packets noping)" -ge 1 ]
check "what is pinned is below the device's name" bpftool map show pinned "$(echo /sys/fs/bpf/gxdp/va*/maps/current)"

# --- somebody looks on

xdpdump -i va -w /tmp/pcap --rx-capture entry,exit >/tmp/dump.log 2>&1 &
dump=$!
check "xdpdump listens beside the rules" wait_for 60 grep -qi listening /tmp/dump.log
check_not "ping is blocked" pings
kill $dump
wait $dump
check "xdpdump saw it come and go" \
	[ "$(tcpdump -nr /tmp/pcap icmp 2>/dev/null | grep -c 'echo request')" -ge 2 ] || cat /tmp/dump.log

# --- another program joins, and leaves

check "xdp-loader puts a program beside it" xdp-loader load -m native va "$GXDP_BPF/pass.bpf.o"
check_eq "two programs" "$(hook '.programs.programs | length')" 2
check_eq "gxdp's runs first" "$(hook '.programs.programs | min_by(.priority).gxdp')" true
check_not "ping is still blocked" pings
sed 's/drop icmp/pass icmp/' /tmp/1.rules >/tmp/2.rules
expect "an update beside it" 0 gxdp apply /tmp/2.rules dev va
check "lets ping through" pings
check_eq "still two programs" "$(hook '.programs.programs | length')" 2
expect "--exclusive does not displace them" 5 gxdp apply /tmp/1.rules dev va --exclusive
says 'attached behind a dispatcher, not alone'
check_eq "and both stay" "$(hook '.programs.programs | length')" 2
expect "detach" 0 gxdp detach dev va
check_eq "leaves the other" "$(hook '.programs.programs[0].name')" pass
check "ping goes through" pings
expect "--exclusive beside it" 5 gxdp apply /tmp/1.rules dev va --exclusive
check "ping goes through" pings
check "nothing is pinned" [ -z "$(ls /sys/fs/bpf/gxdp)" ]
expect "joining it" 0 gxdp apply /tmp/1.rules dev va
check_not "ping is blocked" pings

# --- killed, beside it: kill-dispatcher tries more

check "what libxdp has pinned is the dispatcher that runs" libxdp_tidy va
PIN=$(echo /sys/fs/bpf/gxdp/va*)
check "detach is killed when half of what is pinned is gone" \
	killed_at_path unlink "$PIN/maps/settings" gxdp detach dev va
check_eq "leaves the other" "$(hook '[.programs.programs[].name] | join(" ")')" pass
expect "detach again" 0 gxdp detach dev va
prints 'left pinned'
check "leaves nothing pinned" [ -z "$(ls /sys/fs/bpf/gxdp)" ]
check_eq "and leaves the other" "$(hook '[.programs.programs[].name] | join(" ")')" pass
expect "and once more, where nothing is" 5 gxdp detach dev va
old=$(echo /sys/fs/bpf/xdp/dispatch-*)
check "apply is killed before the old dispatcher's directory goes" \
	killed_at_path rmdir "$old" gxdp apply /tmp/1.rules dev va
check_not "the rules are at work" pings
check "the empty directory is there" [ -d "$old" ]
expect "detach" 0 gxdp detach dev va
check "takes it away" libxdp_tidy va
check_eq "and leaves the other" "$(hook '[.programs.programs[].name] | join(" ")')" pass
check "xdp-loader takes its program off" xdp-loader unload va --all
check_eq "the hook is empty" "$(hook .programs.hook)" empty

# --- one that is attached without a dispatcher

ip link set dev va xdpdrv obj "$GXDP_BPF/pass.bpf.o" sec xdp
expect "beside a program without a dispatcher" 5 gxdp apply /tmp/1.rules dev va
says 'nothing can stand beside it'
ip link set dev va xdpdrv off

# --- frags

ip link set va mtu 9000
ip -n p link set vb mtu 9000
# 6.1 takes no program of a dispatcher with frags for one with frags (maps of CPUs)
expect "at MTU 9000, where the kernel has no frags behind dispatchers" 3 \
	gxdp apply /tmp/1.rules dev va
says "--exclusive"
expect "which helps" 0 gxdp apply /tmp/1.rules dev va --exclusive
check_eq "the program takes frags" "$(hook .programs.frags)" true
check "a large frame arrives" sh -c 'sed s/drop/pass/ /tmp/1.rules >/tmp/3.rules; gxdp apply /tmp/3.rules dev va && ip netns exec p ping -q -c 1 -W 2 -M do -s 8000 10.7.0.1'
gxdp detach dev va >/dev/null
ip link set va mtu 1500
ip -n p link set vb mtu 1500
xdp-loader load -m native va "$GXDP_BPF/pass.bpf.o" -s xdp
ip link set va mtu 3000 2>/dev/null
if [ "$(ip -j link show va | jq '.[0].mtu')" = 3000 ]; then
	expect "at a jumbo MTU beside one without frags" 5 gxdp apply /tmp/1.rules dev va
	says 'all together or not at all'
	says 'pass'
else
	skip "veth takes no MTU of 3000 with a program without frags"
fi
xdp-loader unload va --all
ip link set va mtu 1500

# --- alone

expect "apply --exclusive" 0 gxdp apply /tmp/1.rules dev va --exclusive
check_eq "the hook is one program's" "$(hook .programs.hook)" single
check_not "ping is blocked" pings
check_not "nobody else gets in" xdp-loader load -m native va "$GXDP_BPF/pass.bpf.o"
check_not "ping is still blocked" pings
check_eq "the program takes frags, at an MTU that needs none" "$(hook .programs.frags)" true
check "so that it may be raised" ip -n p link set vb mtu 9000
ip -n p link set vb mtu 1500
expect "detach" 0 gxdp detach dev va
check "ping goes through" pings
expect "generic mode when asked for" 0 gxdp apply /tmp/1.rules dev va --mode generic
check_eq "is generic" "$(hook .programs.native)" false
gxdp detach dev va >/dev/null
ip link add br0 type bridge 2>/dev/null && {
	expect "no fall-back where there is no native mode" 3 gxdp apply /tmp/1.rules dev br0
	says 'generic'
	check "and nothing is left" [ -z "$(ls /sys/fs/bpf/gxdp)" ]
}
finish
