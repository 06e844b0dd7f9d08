#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where rules send frames, they arrive: at AF_XDP sockets of a device with several
# queues, on CPUs by flow, out of another device, and with a mark in the stack.
# lab: host guest dut=none peer=none timeout=300
# append: rcupdate.rcu_expedited=1

. tests/lib.sh
. tests/loader/json-lib.sh

p() { ip netns exec p "$@"; }
q() { ip netns exec q "$@"; }

setup()
{
	[ -e /sys/fs/bpf ] && ! mountpoint -q /sys/fs/bpf && mount -t bpf bpf /sys/fs/bpf
	ip netns add p && ip netns add q
	ip link add va numrxqueues 2 numtxqueues 2 type veth \
		peer name vb numrxqueues 2 numtxqueues 2 netns p
	ip link add vc type veth peer name vd netns q
	ip addr add 10.7.0.1/24 dev va && ip addr add fd07::1/64 dev va nodad
	ip -n p addr add 10.7.0.2/24 dev vb && ip -n p addr add fd07::2/64 dev vb nodad
	ip link set va up && ip -n p link set vb up && ip link set vc up && ip -n q link set vd up
	# who takes frames from another CPU looks at their checksum
	p ethtool -K vb tx off
	# a veth takes redirected frames while its other end has a program of its own
	ip -n q link set dev vd xdpdrv obj "$GXDP_BPF/pass.bpf.o" sec xdp
	ip link set lo up
	wait_for 60 p ping -q -c 1 -W 1 10.7.0.1
}

# send PORT FLOWS: a datagram of each of so many flows, that differ in the source port
send()
{
	p python3 - "$@" <<'EOF'
import socket, sys
for i in range(int(sys.argv[2])):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("10.7.0.2", 20000 + i))
    s.sendto(b"x", ("10.7.0.1", int(sys.argv[1])))
EOF
}

counted() { gxdp -j counters dev va | jq ".counters.reasons.$1.packets"; }

check "veth pairs come up" setup || die_test "no veth pairs"
cat >/tmp/steer.rules <<'E'
sockets: xsk { 0-1 } udp dport 4789
several: xsk { 100-101 } udp dport 4790
cpus: cpu { 0-1 } udp dport 6000
out: redirect vc udp dport 7000
count udp dport 5004 mark 0x2
voice: pass udp dport 5004 mark 0x1
default pass
E
check "rules" gxdp apply /tmp/steer.rules dev va --exclusive

# --- sockets: one on each of two queues

xsks=$(echo /sys/fs/bpf/gxdp/va*/maps/xsks)
for queue in 0 1; do
	"$GXDP_LAB_BUILD/bpf-tests/xsk_receive" va $queue "$xsks" 1000 180 >/tmp/xsk$queue.log 2>&1 &
	receivers+=($!)
done
check "a socket on each queue" wait_for 60 eval 'grep -q ready /tmp/xsk0.log && grep -q ready /tmp/xsk1.log' ||
	cat /tmp/xsk?.log
send 4789 40
got() { cat /tmp/xsk0.log /tmp/xsk1.log | grep -c '^port 4789$'; }
wait_for 60 eval '[ "$(got)" = 40 ]'
check_eq "frames of 40 flows that arrived at the two" "$(got)" 40
for queue in 0 1; do
	check "some at that of queue $queue" grep -q '^port 4789$' /tmp/xsk$queue.log
done
check_eq "counted as steered" "$(counted steered_to_socket)" 40
kill "${receivers[@]}"
wait "${receivers[@]}" 2>/dev/null

# --- several sockets of one queue, by flow

check "all frames come to one queue" p ethtool -L vb tx 1
"$GXDP_LAB_BUILD/bpf-tests/xsk_receive" va 0 "$xsks" 120 180 100 101 >/tmp/xsks.log 2>&1 &
receiver=$!
check "two sockets of one queue" wait_for 60 grep -q ready /tmp/xsks.log || cat /tmp/xsks.log
for turn in 1 2 3; do
	send 4790 40
	wait_for 60 eval '[ "$(grep -c "port 4790$" /tmp/xsks.log)" -ge $((40 * turn)) ]'
done
wait $receiver
check_eq "frames that arrived at the two, three of each flow" "$(grep -c 'port 4790$' /tmp/xsks.log)" 120
for key in 100 101; do
	check "some at socket $key" grep -q "^socket $key from .* port 4790$" /tmp/xsks.log
done
check_eq "flows, each at one of them" \
	"$(sed -n 's/ port 4790$//p' /tmp/xsks.log | sort | uniq -c | awk '$1 == 3' | wc -l)" 40
check_eq "counted as steered" "$(counted steered_to_socket)" 160
check "and to two again" p ethtool -L vb tx 2

# --- CPUs: a flow always on the same, and flows on both

if [ "$(nproc)" -lt 2 ]; then
	skip "flows on two CPUs" "there is one"
else
	# by IPv4 and by IPv6, whose flows are other words of the key
	for ends in "10.7.0.1 10.7.0.2" "fd07::1 fd07::2"; do
		# shellcheck disable=SC2086 # two words
		check "three datagrams of each of 16 flows to ${ends% *} come to one CPU each, and to both" python3 - $ends <<'EOF'
import socket, subprocess, sys
INCOMING_CPU = 49
here, there = sys.argv[1:]
family = socket.AF_INET6 if ":" in here else socket.AF_INET
socks, cpus = [], {}
for i in range(16):
    # connected: the kernel notes the CPU of these alone
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.settimeout(60)
    s.bind((here, 6000))
    s.connect((there, 20000 + i))
    socks.append(s)
sender = """
import socket, sys
here, there, family = sys.argv[1], sys.argv[2], int(sys.argv[3])
for i in range(16):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.bind((there, 20000 + i))
    s.sendto(b"x", (here, 6000))
"""
for turn in range(3):
    subprocess.run(["ip", "netns", "exec", "p", "python3", "-c", sender, here, there, str(int(family))], check=True)
    for i, s in enumerate(socks):
        assert s.recv(16) == b"x"
        cpus.setdefault(i, set()).add(s.getsockopt(socket.SOL_SOCKET, INCOMING_CPU))
assert all(len(c) == 1 for c in cpus.values()), cpus
assert set.union(*cpus.values()) == {0, 1}, cpus
EOF
	done
	check_eq "counted as steered" "$(counted steered_to_cpu)" 96
fi

# --- another device

q timeout 90 tcpdump -i vd -c 5 -nn --immediate-mode udp port 7000 >/tmp/out.log 2>/tmp/dump.log &
dump=$!
check "a listener behind the other device" wait_for 60 grep -q listening /tmp/dump.log
send 7000 5
wait $dump
check_eq "frames that came out of it" "$(grep -c '> 10.7.0.1.7000:' /tmp/out.log)" 5 || cat /tmp/out.log /tmp/dump.log
check_eq "counted as redirected" "$(counted redirected)" 5

# --- marks: of a count rule and then of the one that passes, the last

check "gxdp_mark in tc" eval 'tc qdisc add dev va clsact &&
	tc filter add dev va ingress bpf da obj $GXDP_BPF/gxdp_mark.bpf.o sec tc'
# mark_of PORT: the mark that the stack sees
mark_of()
{
	local reader

	rm -f /tmp/bound
	python3 tests/loader/marks.py 10.7.0.1 "$1" /tmp/bound >/tmp/mark &
	reader=$!
	wait_for 60 test -e /tmp/bound
	send "$1" 1
	wait $reader
	cat /tmp/mark
}
check_eq "the stack sees the mark" "$(mark_of 5004)" 1
check_eq "and of other packets none" "$(mark_of 5005)" 0
gxdp detach dev va >/dev/null
finish
