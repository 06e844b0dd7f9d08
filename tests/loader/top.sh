#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gxdp top on a terminal: what a user sees and what keys do, at several sizes, with 3
# rules and with 3,000; what it says where there is no screen; how it ends.
# lab: host timeout=240

. tests/lib.sh
. tests/loader/rules-lib.sh

rules_setup || die_test "no veth pair"
cat >/tmp/3.rules <<'R'
noping: drop icmp type echo-request len >= 500
web: pass tcp dport { 22, 80 }
count udp
default pass
R
{
	echo 'noping: drop icmp type echo-request len >= 500'
	seq -f 'r%.0f: drop udp dport 9 ip src 10.9.0.0/16' 2 3000
	echo 'default pass'
} >/tmp/3000.rules
check "the rules are applied" gxdp apply /tmp/3.rules dev va --exclusive
p ping -q -i 0.02 -s 800 10.7.0.1 >/dev/null 2>&1 &
p ping -q -i 0.05 10.7.0.1 >/dev/null 2>&1 &

# one line for each thing seen: "ok: ..." or "FAIL: ..."
python3 tests/loader/top.py >/tmp/top.out 2>&1
status=$?
while IFS= read -r line; do
	case $line in
	ok:*) pass "${line#ok: }" ;;
	FAIL:*) fail "${line#FAIL: }" ;;
	*) echo "    $line" ;;
	esac
done </tmp/top.out
check_eq "all of it was seen" $status 0

# --- where there is no screen

check "rules of before" gxdp apply /tmp/3.rules dev va
expect "a first table has rates" 0 gxdp -j top -n 1 -d 0.5 dev va
schema top_line
json "of half a second or so" '.seconds >= 0.4 and .seconds < 100'
json "with packets in it" '.rules[] | select(.what | startswith("noping")).packets_per_second > 0'
json "and bits: a ping of 800 bytes is a frame of 842" '.rules[] | select(.what | startswith("noping")) |
	.bits_per_second / .packets_per_second - 8 * 842 | fabs < 1'
expect "-n nonsense" 2 gxdp top -b -n 1x dev va
expect "-d nonsense" 2 gxdp top -b -d 1x dev va
gxdp top -b -d 0.1 dev va | head -n 1 >/dev/null
check_eq "a reader that goes ends it" "${PIPESTATUS[0]}" 0
finish
