#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gxdp test and trace: which rule decided, over a capture and live.
# lab: host timeout=120

. tests/lib.sh
. tests/loader/rules-lib.sh

rules_setup || die_test "no veth pair"
python3 - <<'PY'
from scapy.all import *
e = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
conf.verb = 0
wrpcap("/tmp/in.pcap", [
    e/IP(src="192.0.2.1", dst="10.0.0.1")/TCP(dport=22, flags="S"),
    e/IP(src="192.0.2.9", dst="10.0.0.1")/TCP(dport=23, flags="S"),
    e/IP(src="192.0.2.9", dst="10.0.0.1")/UDP(dport=53)/b"x",
    e/IPv6(src="2001:db8::1", dst="2001:db8::2")/ICMPv6EchoRequest(),
    e/Dot1Q(vlan=7)/IP(src="192.0.2.3", dst="10.0.0.1")/ICMP(),
    e/ARP(psrc="10.0.0.2", pdst="10.0.0.1", hwsrc="02:00:00:00:00:01"),
    e/IP(src="192.0.2.9", dst="10.0.0.1")/TCP(dport=99, flags="S"),
])
PY
cat >/tmp/t.rules <<'E'
ssh: pass tcp dport 22
telnet: drop tcp dport 23
v6: drop icmpv6
vlan: drop vlan 7
rst: reject tcp dport 99
count udp
default pass
E
expect "test" 0 gxdp test /tmp/t.rules --pcap /tmp/in.pcap --pcap-out /tmp/out.pcap
cp /tmp/out /tmp/text
prints '^1: 192.0.2.1:20 > 10.0.0.1:22 tcp syn, 54 bytes: passed by rule: ssh (/tmp/t.rules:1)'
prints '^2: .*dropped by rule: telnet'
prints '^3: .*udp.*: passed by default'
prints '^4: 2001:db8::1 > 2001:db8::2 icmpv6 echo-request.*v6'
prints '^5: vlan 7 .*dropped by rule: vlan'
prints '^6: .*type 0x0806.*passed by default'
prints '^7: .*rejected: rst'
check_eq "what went on is in the new capture" "$(tcpdump -r /tmp/out.pcap 2>/dev/null | wc -l)" 4
check "the reject as a reset" sh -c 'tcpdump -nr /tmp/out.pcap 2>/dev/null | grep -q "10.0.0.1.99 > 192.0.2.9.20: Flags \[R"'
expect "test --quiet" 0 gxdp test /tmp/t.rules --pcap /tmp/in.pcap --quiet
check_eq "  prints what test does, but for the packets" "$(cat /tmp/out)" "$(grep -v '^[0-9]*: ' /tmp/text | grep -v 'written to')"
prints '^7 packets:'
expect "test --quiet in JSON" 0 gxdp -j test /tmp/t.rules --pcap /tmp/in.pcap -q
schema test
json "no packets, and their number" '.test | .packets == [] and .count == 7'
expect "test in JSON" 0 gxdp -j test /tmp/t.rules --pcap /tmp/in.pcap
schema test
json "counts by rule" '.test.rules | map(.packets) == [1,1,1,1,1,0]'
json "each packet has its rule" '.test.packets[1].rule.name == "telnet" and .test.packets[2].rule == null'
expect "a device, which test has none of" 2 gxdp test /tmp/t.rules dev lo --pcap /tmp/in.pcap
says 'unexpected "dev"'
expect "nor has check" 2 gxdp check /tmp/t.rules dev lo
says 'unexpected "dev"'
expect "no capture" 4 gxdp test /tmp/t.rules --pcap /tmp/none.pcap
expect "a file that is none" 4 gxdp test /tmp/t.rules --pcap /tmp/t.rules
printf '\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\x65\0\0\0' >/tmp/raw.pcap
expect "a capture of no Ethernet" 1 gxdp test /tmp/t.rules --pcap /tmp/raw.pcap
says 'Ethernet'
cp /tmp/in.pcap /tmp/same.pcap
ln -s same.pcap /tmp/link.pcap
for out in /tmp/same.pcap /tmp/link.pcap; do
	expect "one capture to read and to write" 2 gxdp test /tmp/t.rules --pcap /tmp/same.pcap --pcap-out $out
	says 'is the capture that is read'
	check "is not written" cmp /tmp/in.pcap /tmp/same.pcap
done
head -c -3 /tmp/in.pcap >/tmp/cut.pcap
expect "a capture that is cut off" 1 gxdp -j test /tmp/t.rules --pcap /tmp/cut.pcap
schema test
json "says so beside what was read" '.test | .count == 6 and (.error | .exit == 1 and (.message | test("cut.pcap")))'
expect "frames to where the result goes" 2 gxdp test /tmp/t.rules --pcap /tmp/in.pcap --pcap-out -
says 'needs a file'
for verb in trace top; do
	expect "$verb of no device" 4 gxdp -j $verb dev nosuch
	schema error
	check_eq "  an object a line" "$(wc -l </tmp/out)" 1
done
check "nothing is pinned by it" [ ! -e /sys/fs/bpf/gxdp ] || [ -z "$(ls /sys/fs/bpf/gxdp)" ]

# --- live

cat >/tmp/1.rules <<'E'
noping: drop icmp
default pass
E
cp /tmp/1.rules /tmp/t.rules
gxdp apply /tmp/t.rules dev va --exclusive >/dev/null
trace_held() { lock_held "$(cat /sys/class/net/va/ifindex):trace"; }
# trace_of ARGUMENTS...: what it says of a few pings; ends by --count
trace_of()
{
	gxdp "$@" >/tmp/trace 2>/tmp/err &
	tracer=$!
	wait_for 10 trace_held
	wait_for 10 eval 'pings; ! kill -0 $tracer 2>/dev/null'
	wait $tracer
}
trace_of trace -c 2 dev va
check_eq "trace ends by itself" $? 0
check "says which rule decided" grep -q '10.7.0.2 > 10.7.0.1 icmp echo-request.*noping' /tmp/trace || cat /tmp/trace /tmp/err
trace_of -j trace -c 2 dev va
schema trace_line /tmp/trace
every() { bpftool -j map dump pinned "$(echo /sys/fs/bpf/gxdp/va*/maps/settings)" | jq '.[0].formatted.value.trace_every'; }
check_eq "tracing is off afterwards" "$(every)" 0
gxdp trace dev va >/dev/null 2>&1 &
tracer=$!
check "another trace" wait_for 10 eval '[ "$(every)" = 1 ]'
expect "is the only one" 5 gxdp trace dev va
kill -9 $tracer
wait $tracer 2>/dev/null
check_eq "killed, it leaves tracing on" "$(every)" 1
gxdp apply /tmp/t.rules dev va >/dev/null
check_eq "the next command turns it off" "$(every)" 0

# --- what trace prints, and of which packets

cat >/tmp/t.rules <<'E'
taken: drop icmp sample 1/1 bytes 40
default pass
E
gxdp apply /tmp/t.rules dev va >/dev/null
trace_of -j trace -c 4 dev va
check_eq "both the trace and the sample of a packet" "$(jq -r .kind /tmp/trace | sort | uniq -c | xargs)" "2 sample 2 trace" || cat /tmp/trace
trace_of -j trace -c 2 --samples dev va
schema trace_line /tmp/trace
check_eq "--samples: these alone" "$(jq -r '.kind + " " + .rule.name' /tmp/trace | sort -u)" "sample taken"
trace_of trace -c 2 --samples --hex --bytes 20 dev va
# IPv4, 84 bytes of ICMP
check_eq "--hex: as many bytes as the rule asks for" \
	"$(sed -n 's/^    00[0-9a-f]0 //p' /tmp/trace | head -n 3 | wc -w)" 40 || cat /tmp/trace
check "  which are the frame's" grep -q '^    0000 .* 08 00 45 00' /tmp/trace
gxdp apply /tmp/1.rules dev va >/dev/null
trace_of trace -c 1 --hex --bytes 20 dev va
check_eq "--bytes: so many" "$(sed -n 's/^    00[0-9a-f]0 //p' /tmp/trace | wc -w)" 20 || cat /tmp/trace
trace_of trace -c 1 dev va
check_not "no bytes unasked" grep -q '^    0000' /tmp/trace
expect "more than there are" 2 gxdp trace --bytes 257 dev va
expect "none in N" 2 gxdp trace --every 0 dev va

gxdp -j trace --every 10 dev va >/tmp/trace 2>/tmp/err &
tracer=$!
check "--every" wait_for 10 eval '[ "$(every)" = 10 ]'
p python3 - <<'PY'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(3000):
    s.sendto(b"x", ("10.7.0.1", 9))
PY
check "  one packet in ten" wait_for 10 eval '[ "$(wc -l </tmp/trace)" -ge 200 ]'
kill -TERM $tracer
wait $tracer
check_eq "  ended by a signal, well" $? 0
# 300, give or take six times the standard deviation
check "  and no more" [ "$(wc -l </tmp/trace)" -le 400 ]

# --- other rules, another name

cp /tmp/1.rules /tmp/t.rules
gxdp trace dev va >/tmp/trace 2>/tmp/err &
tracer=$!
check "a trace" wait_for 10 eval '[ "$(every)" = 1 ]'
# whose look each second does not fall into the gap; if it does, it says so and ends
gxdp detach dev va >/dev/null && gxdp apply /tmp/t.rules dev va --exclusive >/dev/null
: >/tmp/trace
if kill -0 $tracer 2>/dev/null; then
	check "goes on with rules that take the others' place" wait_for 20 eval 'pings; grep -q noping /tmp/trace'
else
	check "ends when there are no rules" grep -q 'no rules are applied' /tmp/err
	gxdp trace dev va >/tmp/trace 2>/tmp/err &
	tracer=$!
	wait_for 10 eval '[ "$(every)" = 1 ]'
fi
ip link set va down && ip link set va name vnew && ip link set vnew up
expect "a command by another name of the device" 0 gxdp counters --reset dev vnew
every_new() { bpftool -j map dump pinned "$(echo /sys/fs/bpf/gxdp/vnew*/maps/settings)" | jq '.[0].formatted.value.trace_every'; }
check_eq "does not turn its trace off" "$(every_new)" 1
expect "nor does another trace" 5 gxdp trace dev vnew
expect "detach" 0 gxdp detach dev vnew
check "takes its rules away" wait_for 10 eval '! kill -0 $tracer 2>/dev/null'
wait $tracer
check_eq "which the trace says" "$? $(grep -c 'no rules are applied on vnew' /tmp/err)" "4 1"
finish
