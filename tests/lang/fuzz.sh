#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# libFuzzer on the grammar and on the members' parser, for a short while each,
# from the same seed, so that a green main stays green. FUZZ_SECONDS makes it
# longer and takes a new seed; what it finds is in /tmp of the lab then.
# lab: host timeout=180

. tests/lib.sh

SECONDS_EACH=${FUZZ_SECONDS:-15}
SEED=${FUZZ_SECONDS:+0}
SEED=${SEED:-1}		# 0: another one each time
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
cd /tmp || exit
check "the grammar, $SECONDS_EACH s" "$FUZZ/fuzz-rules" -dict=/tmp/dict \
	-seed="$SEED" -max_total_time="$SECONDS_EACH" -max_len=2048 -timeout=10 rules
check "lists of members, $SECONDS_EACH s" "$FUZZ/fuzz-members" \
	-seed="$SEED" -max_total_time="$SECONDS_EACH" -max_len=2048 -timeout=10 members
finish
