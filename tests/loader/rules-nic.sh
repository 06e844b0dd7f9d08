#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rules on gxdp's own NIC, each action seen in its counter and at the other end: ping
# dropped and passed over an update, a set, a trace, a limit, a reset, a mark, VLAN tags;
# frames to a zero-copy socket, to a CPU, out of a second NIC, back; and at a jumbo MTU the
# program for frames of several buffers.
# lab: dut=family nic=family timeout=300

. tests/driver/lib.sh

N=300	# frames a stream

g() { dut gxdp "$@"; }
pings() { peer ping -q -c 1 -W 2 "$@" $DUT_IP; }
packets() { g -j show rules dev gx0 | jq --arg r "$1" '.rules.rules[] | select(.name == $r).packets'; }
reason() { g -j counters dev gx0 | jq ".counters.reasons.$1.packets"; }
hook() { g -j show programs dev gx0 | jq -r ".programs.$1"; }

# rules NAME: its rules are standard input
rules()
{
	cat >"/tmp/$1.rules"
	echo 'default pass' >>"/tmp/$1.rules"
}

# connects PORT: from the peer; the shell says why not
connects()
{
	peer timeout 10 bash -c "exec 3<>/dev/tcp/$DUT_IP/$1"
}

# sends LEN: numbered frames, whose EtherType no RSS knows: they come in on queue 0
sends()
{
	counts "$TMP/a"
	peer_sends -n $N -r 1000 -s "$1" >"$TMP/s"
	wait "$receiver"
	counts "$TMP/b"
}

load_gxdp && setup_pair && setup_pair 1 || die_test "no two pairs of NICs"
calm_peer
calm_peer 1
watch_pools
know_dut

# --- the hook, an update, a set

g -j features dev gx0 >/tmp/features
# feature NAME: its answer; why NAME: and why
feature() { jq -r --arg n "$1" '.features[0].features[] | select(.name == $n).answer' /tmp/features; }
why() { jq -r --arg n "$1" '.features[0].features[] | select(.name == $n).why' /tmp/features; }
check_eq "features knows native XDP" "$(feature "native XDP")" yes
check_eq "and zero-copy" "$(feature "AF_XDP zero-copy")" yes
check_eq "no hint of a time" "$(feature "hint: timestamp")" no
if [ "$LAB_KERNEL" = 6.1 ]; then
	check_eq "  since this kernel has none" "$(why "hint: timestamp")" "hints came with Linux 6.3"
	check_eq "nor of RSS" "$(feature "hint: RX hash")" no
	check_eq "of frags it does not say" "$(feature "frags (several buffers)")" unknown
	check "  nor does the kernel" grep -q 'does not say; 6.3 and later do' <<<"$(why "frags (several buffers)")"
else
	check_eq "  since the driver has none" "$(why "hint: timestamp")" "the driver gxdp does not offer it"
	family_lacks "$FAMILY" rss && hash=no || hash=yes
	check_eq "the hash where there is RSS" "$(feature "hint: RX hash")" $hash
	check_eq "and frags" "$(feature "frags (several buffers)")" yes
	check_eq "  for which programs" "$(why "frags (several buffers)")" "programs in xdp.frags get packets of several buffers"
fi
rules 1 <<'E'
set bad timeouts { }
bad: drop src @bad
noping: drop icmp type echo-request
E
check "apply" eval 'g apply /tmp/1.rules dev gx0 2>/tmp/err'
# 6.12 and 7.3 let no such program behind a dispatcher of libxdp 1.5.4's
if [ "$LAB_KERNEL" = 6.1 ]; then
	check_eq "the hook is a dispatcher" "$(hook hook)" dispatcher
else
	check_eq "the rules have the hook to themselves" "$(hook hook)" single
	check "and apply has said so" grep -q 'too old for this kernel to share gx0' /tmp/err
	check_eq "and take frags, at an MTU that needs none" "$(hook frags)" true
fi
check_eq "natively" "$(hook native)" true
check_not "ping is blocked" pings
check "and counted" [ "$(packets noping)" -ge 1 ]
check "IPv6 is not" peer ping -q -c 1 -W 2 $DUT_IP6
n=$(packets noping)
changes=$(carrier_changes dut gx0)
sed '/^noping/s/.*/noping: pass icmp type echo-request/' /tmp/1.rules >/tmp/2.rules
check "an update" g apply /tmp/2.rules dev gx0
check "ping goes through" pings
check "the counter went on" [ "$(packets noping)" -gt "$n" ]
check "a member of a set" g set add bad $PEER_IP dev gx0
check_not "drops the peer" pings
check "is taken out again" g set del bad $PEER_IP dev gx0
check "ping goes through" pings
check_eq "show queues has them all" "$(g -j show queues dev gx0 | jq '.queues.rx | length')" "$PAIRS"

# --- a trace of two packets

background peer ping -q -i 0.2 $DUT_IP >/dev/null
pinger=$child
check "a trace of two packets ends" eval 'dut timeout 60 gxdp trace -c 2 dev gx0 >/tmp/trace'
kill "$pinger"
check_eq "it has two lines" "$(wc -l </tmp/trace)" 2
check "and says which rule decided on a ping" grep -q 'passed by rule: noping (/tmp/2.rules:3)' /tmp/trace ||
	cat /tmp/trace

# --- limit, reject, mark

rules 3 <<'E'
slow: pass icmp type echo-request limit 1/s burst 5
closed: reject tcp dport 99
voice: pass udp dport 5004 mark 0x7
E
check "a limit, a reject and a mark" g apply /tmp/3.rules dev gx0
# the burst, and one more for each second that this takes
began=$(_uptime_ms)
got=$(peer ping -q -c 100 -i 0.002 -W 1 $DUT_IP | sed -n 's/.* \([0-9]*\) received.*/\1/p')
most=$((5 + ($(_uptime_ms) - began) / 1000 + 1))
check "of 100 pings so many go through as may (5 to $most: $got)" [ "$got" -ge 5 -a "$got" -le $most -a $most -lt 100 ]
check_eq "the rest is counted as over the limit" "$(reason dropped_over_limit)" $((100 - got))

background dut iperf3 -s -p 99 >/dev/null 2>&1
server=$child
check "a listener" wait_for 30 listens dut 99
counts "$TMP/a"
check_not "cannot be reached" eval 'connects 99 2>/tmp/refusal'
check "the peer has had a reset" grep -q 'Connection refused' /tmp/refusal || cat /tmp/refusal
counts "$TMP/b"
check "sent by XDP" [ "$(moved "$TMP/a" "$TMP/b" 'tx*_xdp_tx')" -ge 1 ]
check "and counted" [ "$(reason rejected)" -ge 1 -a "$(packets closed)" -ge 1 ]

check "gxdp_mark in tc" eval 'tc -n dut qdisc add dev gx0 clsact &&
	tc -n dut filter add dev gx0 ingress bpf da obj $GXDP_BPF/gxdp_mark.bpf.o sec tc'
background dut python3 tests/loader/marks.py $DUT_IP 5004 /tmp/bound >/tmp/mark
reader=$child
wait_for 20 test -e /tmp/bound
peer bash -c "echo x >/dev/udp/$DUT_IP/5004"
wait "$reader"
check_eq "the stack sees the mark" "$(cat /tmp/mark)" 7
check_eq "of the packet that was counted" "$(packets voice)" 1
tc -n dut qdisc del dev gx0 clsact

# --- a socket, a CPU, another NIC: by the length of a numbered frame

rules 4 <<'E'
sock: xsk { 0 } ether type 0x88b5 len 200-299
cpus: cpu { 1 } ether type 0x88b5 len 400-499
out: redirect gx1 ether type 0x88b5 len 600-699
back: reflect ether type 0x88b5 len 800-899
E
check "rules that send frames away" g apply /tmp/4.rules dev gx0
check "what was rejected gets through" connects 99
kill "$server"
wait "$server"

# where ip netns exec does not hide it
mkdir -p $PINS && mount --bind /sys/fs/bpf $PINS
start_receiver "$TMP/r" dut xsk rx -i gx0 -z -m "$(echo $PINS/gxdp/gx0*/maps/xsks)"
check_eq "a socket takes frames without a copy" "$(value "$TMP/r" zerocopy)" 1
check "what is not for it goes to the stack" pings -c 3 -i 0.2
sends 220
check_stream "what is for it, it gets" "$TMP/r" $N
check_eq "each counted by the rule" "$(packets sock)" $((N + ENDS))
# those that end the stream may come when the socket has gone
check "and as steered" [ "$(reason steered_to_socket)" -ge $N ]
check "and by the driver" [ "$(moved "$TMP/a" "$TMP/b" 'rx*_xdp_redirect')" -ge $N ]
settle
check "the stack goes on without it" wait_for 20 pings

enqueued=/sys/kernel/tracing/instances/cpus
mkdir $enqueued && echo 1 >$enqueued/events/xdp/xdp_cpumap_kthread/enable
start_receiver "$TMP/r" dut stream recv -i gx0
sends 420
check_stream "frames for CPU 1 reach the stack" "$TMP/r" $N
check_eq "from there" "$(sed -nE 's/.*xdp_cpumap_kthread:.* cpu=([0-9]+) .*/\1/p' $enqueued/trace | sort -u)" 1
check_eq "each counted as steered" "$(reason steered_to_cpu)" $((N + ENDS))
check_moved "and as redirected by the driver" "$TMP/a" "$TMP/b" 'rx*_xdp_redirect' $((N + ENDS))
echo 0 >$enqueued/events/enable && rmdir $enqueued

peer ip link set peer1 promisc on
start_receiver "$TMP/r" peer stream recv -i peer1
counts "$TMP/a1" 1
sends 620
counts "$TMP/b1" 1
check_stream "frames for the second NIC come out of it" "$TMP/r" $N
check_eq "each counted as redirected" "$(reason redirected)" $((N + ENDS))
check_moved "and as sent by the second NIC's driver" "$TMP/a1" "$TMP/b1" 'tx*_xdp_xmit' $((N + ENDS))

start_receiver "$TMP/r" peer stream recv -i peer0
sends 820
check_stream "frames that are reflected come back to who sent them" "$TMP/r" $N
check_eq "each counted as reflected" "$(reason reflected)" $((N + ENDS))
check_moved "and as sent by XDP" "$TMP/a" "$TMP/b" 'tx*_xdp_tx' $((N + ENDS))
check_eq "the link has not moved" "$(carrier_changes dut gx0)" "$changes"

# --- VLAN tags

check "VLAN rules while tags stay" eval "echo 'drop vlan 5
default pass' >/tmp/v.rules; g apply /tmp/v.rules dev gx0"
dut ethtool -K gx0 rxvlan on >/dev/null
check_not "and not when they are stripped" g apply /tmp/v.rules dev gx0
dut ethtool -K gx0 rxvlan off >/dev/null

# --- frames of several buffers

check "detach" g detach dev gx0
check_adds_up
rules 5 <<'E'
large: drop icmp len > 5000
E
# At an MTU of 1500, as at boot. 6.1 has no frags behind dispatchers.
check "apply" g apply /tmp/5.rules dev gx0 --exclusive
check_eq "is of a program for frags" "$(hook frags)" true
for end in "dut gx0" "peer peer0"; do
	check "an MTU of 9000" ip -n ${end% *} link set ${end#* } mtu 9000
done
wait_for 30 carrier_up peer peer0
check "a ping of 3000 bytes passes" wait_for 20 pings -s 3000 -M do
check_not "one of 8000 does not" pings -s 8000 -M do
check_eq "and is counted, once" "$(packets large)" 1
check_eq "with all of its bytes" "$(g -j show rules dev gx0 | jq '.rules.rules[0].bytes')" $((14 + 20 + 8 + 8000))
rules 6 <<'E'
large: pass icmp len > 5000
E
check "passed, it" g apply /tmp/6.rules dev gx0
counts "$TMP/a"
check "is answered" pings -s 8000 -M do
counts "$TMP/b"
check "having come in several buffers" [ "$(moved "$TMP/a" "$TMP/b" 'rx*_frags')" -ge 1 ]
check "detach" g detach dev gx0
check "ping goes through" pings
umount $PINS
end
