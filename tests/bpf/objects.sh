#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The stand-alone objects as a user has them, without gxdp's loader: attached by
# ip link, read and set by bpftool, doing what they say on a veth pair.
# lab: dut=none peer=none timeout=180

. tests/lib.sh

a() { ip netns exec a "$@"; }
b() { ip netns exec b "$@"; }
attach() { ip -n a link set dev va xdpdrv obj "$GXDP_BPF/$1.bpf.o" sec "$2"; }
detach() { ip -n a link set dev va xdpdrv off; }
attached() { ip -n a -j -d link show va | jq -re '.[0].xdp.prog.name'; }

# count MAP MEMBER: its packets, over all processors
count()
{
	bpftool -j map dump name "$1" |
		jq "[.[0].formatted.values[].value.$2.packets] | add"
}

setup()
{
	ip netns add a && ip netns add b
	ip link add va netns a type veth peer name vb netns b
	# frames that a program sends back get no checksum on their way
	b ethtool -K vb tx off
	for n in a b; do
		ip netns exec $n sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.v$n.accept_dad=0
		ip -n $n link set lo up
		ip -n $n link set v$n up
	done
	ip -n a addr add 10.1.0.1/24 dev va && ip -n a addr add fd01::1/64 dev va nodad
	ip -n b addr add 10.1.0.2/24 dev vb && ip -n b addr add fd01::2/64 dev vb nodad
}

check "the veth pair comes up" setup
# without a program of its own, vb drops what va's program sends back
check "a program on the other end" ip -n b link set dev vb xdpdrv obj "$GXDP_BPF/pass.bpf.o" sec xdp
check "it carries packets" wait_for 10 b ping -c 1 -W 1 10.1.0.1

for object in pass drop reflect xsk_steer; do
	for section in xdp xdp.frags; do
		check "ip link attaches $object, section $section" attach $object $section
		wanted=$object
		[ $section = xdp ] || wanted=${object}_frags
		check_eq "and it is the right program" "$(attached)" $wanted
		detach
	done
done

attach pass xdp
check "pass lets through" b ping -c 1 -W 5 10.1.0.1
detach

attach drop xdp
b ping -c 3 -i 0.2 -W 1 10.1.0.1 >/dev/null && fail "drop lets through" || pass "drop drops"
check "and counts the pings" [ "$(count drop_counters ipv4_icmp)" -ge 3 ]
check_eq "and no SCTP" "$(count drop_counters ipv4_sctp)" 0
detach

# With no address of its own there, only the program can be answering.
attach reflect xdp
ip -n b neigh replace 10.1.0.99 lladdr "$(ip -n a -j link show va | jq -r '.[0].address')" dev vb
ip -n b -6 neigh replace fd01::99 lladdr "$(ip -n a -j link show va | jq -r '.[0].address')" dev vb
check "reflect answers an IPv4 ping to an address nobody has" b ping -c 3 -i 0.2 -W 5 10.1.0.99
check "and an IPv6 ping" b ping -c 3 -i 0.2 -W 5 fd01::99
check_eq "six were counted as echo replies" "$(count reflect_stats echo_reply)" 6
ip -n b neigh flush dev vb
check "address resolution still reaches the stack" b arping -c 1 -w 5 -I vb 10.1.0.1
check "UDP comes back to its sender" [ "$(echo hello | b timeout 10 socat -t 2 - UDP4-DATAGRAM:10.1.0.1:7777,bind=10.1.0.2:7778)" = hello ]
detach

attach xsk_steer xdp.frags
check "xsk_steer without a socket leaves all to the stack" b ping -c 1 -W 5 10.1.0.1
check "which is counted" [ "$(count steer_counters no_socket)" -ge 1 ]
# not below /sys: ip netns exec has one of its own
mkdir /run/bpf && mount -t bpf bpf /run/bpf
bpftool map pin name xsks_map /run/bpf/xsks_map
port() { bpftool map update name steer_config key 0 0 0 0 value hex 02 00 00 00 b8 22 00 00 01 00 00 00; }
check "bpftool asks for UDP port 8888" port
check_eq "and reads it back by name" \
	"$(bpftool -j map dump name steer_config | jq -c '.[0].formatted.value | [.what, .port_first, .udp, .tcp]')" \
	'["STEER_PORTS",8888,1,0]'
a "$GXDP_LAB_BUILD/bpf-tests/xsk_receive" va 0 /run/bpf/xsks_map 3 30 >/tmp/xsk.log 2>&1 &
receiver=$!
check "a socket is opened" wait_for 20 grep -q ready /tmp/xsk.log || cat /tmp/xsk.log
check "ping still reaches the stack" b ping -c 1 -W 5 10.1.0.1
for port in 8887 8888 8889 8888 8888; do
	echo datagram | b socat - UDP4-SENDTO:10.1.0.1:$port
done
wait $receiver
check_eq "the socket got three frames" $? 0
check_eq "all of that port" "$(grep -c '^port 8888$' /tmp/xsk.log)" 3
check_eq "counted as redirected" "$(count steer_counters to_socket)" 3
umount /run/bpf
detach
finish
