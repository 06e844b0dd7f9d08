#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each example of rules is right, all its rules can be reached, and the one in
# the README is one of them. Packets that a machine meets come to the rules that
# are there for them: what keeps it on the net, what answers it, what is to be kept out.
# lab: host timeout=120

. tests/lib.sh

n=0
for f in loader/examples/*.rules; do
	check "$f" gxdp -j check "$f"
	check_eq "  without warnings" "$(gxdp -j check "$f" 2>/dev/null | jq -c '[.check.diagnostics, .check.notes]')" '[[],[]]'
	gxdp check --print "$f" >/tmp/again.rules 2>/dev/null
	check "  reads again as it is printed" gxdp check --print /tmp/again.rules
	check_eq "  and is the same" "$(gxdp check --print /tmp/again.rules | md5sum)" "$(md5sum </tmp/again.rules)"
	n=$((n + 1))
done
check "there are some" [ $n -ge 4 ]
sed -n '/^```rules$/,/^```$/p' README.md | grep -v '^```' >/tmp/readme.rules
check "the README has one" [ -s /tmp/readme.rules ]
check "and it is right" gxdp check /tmp/readme.rules

check "packets" python3 tests/lang/life.py /tmp/life.pcap /tmp/names
# life FILE: name, reason and rule of each packet, a line each, to /tmp/life
life()
{
	gxdp -j test "$1" --pcap /tmp/life.pcap |
		jq -r '.test.packets[] | .reason + " " + (.rule.name // "-")' |
		paste -d ' ' /tmp/names - >/tmp/life
	check_eq "$1: a decision for each packet" "$(grep -c ' .* ' /tmp/life)" "$(wc -l </tmp/names)"
}
# becomes "REASON [RULE]" NAME...: of these packets
becomes()
{
	local name reason=$1
	shift

	for name; do
		check "  $name: $reason" grep -q "^$name $reason" /tmp/life || grep "^$name " /tmp/life
	done
}
for f in /tmp/readme.rules loader/examples/server.rules; do
	life $f
	becomes passed_by_rule arp neighbour router too-big frag-needed dhcp-ack dhcp6-reply
	becomes passed_by_rule echo-reply echo-reply6 dns-answer dns-answer-rest ntp-answer syn-ack
	becomes passed_by_rule web web6 web-data
	becomes dropped_by_default ssh telnet smb udp
done
becomes "passed_by_rule ssh" admin-ssh
becomes dropped_by_rule tiny
life loader/examples/ddos.rules
becomes "dropped_by_rule syn-fin" syn-fin
becomes "dropped_by_rule null-scan" null
becomes "dropped_by_rule tiny-fragments" tiny tiny-udp
becomes "dropped_by_rule amplified" monlist
becomes "passed_by_rule syn-all" web web6
becomes passed_by_default ssh syn-ack arp
finish
