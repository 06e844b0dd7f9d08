#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# libFuzzer on the grammar, on files that include each other and on the members' parser;
# see tests/fuzz.sh.
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
printf '192.0.2.0/24 ; SBL1\nadd x 10.0.0.1-10.0.0.9 timeout 3\n"2001:db8::1",x\n192.0.2.1 timeout 1h30m # x\n' >/tmp/members/1
fuzz "the grammar" 15 "$FUZZ/fuzz-rules" /tmp/rules -dict=/tmp/dict -max_len=2048 -timeout=10
# itself by another name, a pattern, one from a directory whose name looks like a pattern
mkdir -p /tmp/includes
printf 'include "./f0"\ninclude ".//f0"\ninclude "f*"\ninclude "d/f2"\ninclude "d[1]/*"\ndefault pass\n\1drop udp\n\1include "../f1"\n\1set s from "f3" { }\n' \
	>/tmp/includes/all
printf 'define a = { 1, 2 }\ninclude "f1"\ninclude "f1"\ndefault pass\n\1include "d/f2"\ninclude "d/f2"\n\1include "f?"\n\1' \
	>/tmp/includes/again
printf '"include \\""\n"from \\""\n"f0\\""\n"f1\\""\n"d/f2\\""\n"d[1]/f3\\""\n"../"\n"./"\n"*"\n"?"\n"\\x01"\n"\\x0a"\n' >>/tmp/dict
fuzz "files that include files" 10 "$FUZZ/fuzz-includes" /tmp/includes -dict=/tmp/dict -max_len=1024 \
	-timeout=10
fuzz "lists of members" 15 "$FUZZ/fuzz-members" /tmp/members -max_len=2048 -timeout=10
finish
