#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# libFuzzer on the grammar and on the members' parser; see tests/fuzz.sh.
# lab: host timeout=180

. tests/lib.sh
. tests/fuzz.sh

FUZZ=$GXDP_LAB_BUILD/lang-tests

# words that the fuzzer need not find by itself
cat >/tmp/words <<'E'
"drop" "pass" "tcp" "udp" "icmp" "src" "dst" "sport" "dport" "flags" "syn" "vlan"
E
tr ' ' '\n' </tmp/words | sed '/^$/d' >/tmp/dict
for w in set define default limit burst per flow sample bytes mark cpu xsk redirect \
	proto dscp ttl frag len queue state type code ether timeout '10.0.0.0/8' \
	'2001:db8::/32' '1000/s' '!=' '{' '}' '@' '\x24'; do
	echo "\"$w\""
done >>/tmp/dict
mkdir -p /tmp/rules /tmp/members
cp loader/examples/*.rules /tmp/rules/
printf '192.0.2.0/24 ; SBL1\nadd x 10.0.0.1-10.0.0.9 timeout 3\n"2001:db8::1",x\n' >/tmp/members/1
fuzz "the grammar" 15 "$FUZZ/fuzz-rules" /tmp/rules -dict=/tmp/dict -max_len=2048 -timeout=10
fuzz "lists of members" 15 "$FUZZ/fuzz-members" /tmp/members -max_len=2048 -timeout=10
finish
