#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who only looks holds no lock: rules that are applied meanwhile neither lose their
# text nor their members to it, and nothing is written by it.
# lab: host timeout=240

. tests/lib.sh
. tests/loader/rules-lib.sh

rules_setup || die_test "no veth pair"
tables() { bpftool map dump pinned "$(echo /sys/fs/bpf/gxdp/va*/maps/tables)" 2>/dev/null | grep -c inner_map_id; }

# stopped N MS COMMAND...: run it, stopped for so long in front of its N-th bpf() call
stopped()
{
	local n=$1 ms=$2
	shift 2

	strace -o /tmp/calls -e trace=bpf -e inject=bpf:delay_enter=${ms}000:when="$n" "$@" >/tmp/reader 2>/tmp/reader.err
}
# at_call N: it is there, with those before it done
at_call() { [ "$(grep -c "^bpf(" /tmp/calls)" -ge $(($1 - 1)) ]; }
# changed_at N TIMES RULES COMMAND...: RULES are applied while it is stopped there: its half
# of the tables is empty when that is done once, and written anew when twice. Where it went
# on before that was done, once more, with more time, and as it was before.
changed_at()
{
	local n=$1 times=$2 rules=$3 pid ms i
	shift 3

	for ms in 1500 6000 24000; do
		[ $ms -eq 1500 ] || gxdp apply "$applied" dev va >/dev/null || return
		: >/tmp/calls
		stopped "$n" $ms "$@" &
		pid=$!
		wait_for 10 at_call "$n" || return
		for ((i = 0; i < times; i++)); do
			gxdp apply "$rules" dev va >/dev/null || return
		done
		if kill -0 $pid 2>/dev/null; then
			applied=$rules
			wait $pid
			return
		fi
		wait $pid
	done
	echo "rules were never applied in time"
	return 1
}
# calls COMMAND...: in /tmp/all, those it makes
calls() { strace -o /tmp/all -e trace=bpf "$@" >/dev/null; }

# --- the text

printf 'one: drop tcp dport 1\ntwo: drop tcp dport 2\ndefault pass\n' >/tmp/t.rules
gxdp apply /tmp/t.rules dev va --exclusive >/dev/null || die_test "cannot apply"
applied=/tmp/t.rules
calls gxdp show rules dev va
read_at=$(grep '^bpf(' /tmp/all | grep -n '/rules"' | head -n 1 | cut -d: -f1)
check "show reads the text by a call" [ "${read_at:-0}" -gt 1 ]
for n in $((read_at - 1)) "$read_at" $((read_at + 1)) $((read_at + 8)); do
	changed_at "$n" 2 /tmp/t.rules gxdp -j show rules dev va
	check_eq "rules are applied in front of call $n: show succeeds" $? 0
	check_eq "  and has the rules" "$(jq -c '[.rules.rules[].name]' /tmp/reader)" '["one","two"]'
done
# --- the members

for i in $(seq 200); do echo "10.1.$i.$((i * 7 % 256))"; done >/tmp/list
printf 'set bad from "/tmp/list"\ndrop src @bad\ndrop icmp\ndefault pass\n' >/tmp/s.rules
printf 'drop icmp\ndefault pass\n' >/tmp/none.rules
gxdp apply /tmp/s.rules dev va >/dev/null || die_test "cannot apply"
applied=/tmp/s.rules
calls gxdp set list bad dev va
all=$(grep -c '^bpf(' /tmp/all)
was=$(tables)
for n in $(seq $((all - 12)) $((all - 1))); do
	changed_at "$n" $((n % 2 + 1)) /tmp/s.rules gxdp set list bad dev va
	check_eq "rules are applied $((n % 2 + 1)) times in front of call $n of $all: set list succeeds" $? 0
	check_eq "  and lists all members" "$(wc -l </tmp/reader)" 200
	check_eq "  and puts nothing into the tables" "$(tables)" "$was"
	check_not "  whose rules are at work" pings
done
changed_at $((all - 6)) 1 /tmp/none.rules gxdp set list bad dev va
check_eq "a set that goes meanwhile is not found" $? 4
gxdp apply /tmp/s.rules dev va >/dev/null
applied=/tmp/s.rules
changed_at $((all - 6)) 2 /tmp/s.rules gxdp -j show sets dev va
check_eq "show sets succeeds too" $? 0
check_eq "  with all members" "$(jq '.sets.sets[0].ipv4' /tmp/reader)" 200
gxdp apply /tmp/t.rules dev va >/dev/null

# --- no text

rm "$(echo /sys/fs/bpf/gxdp/va*/rules)"
expect "text that is lost is an error" 1 gxdp show rules dev va
says 'cannot be read'
expect "which apply mends" 0 gxdp apply /tmp/t.rules dev va
check_eq "so that there are rules" "$(gxdp -j show rules dev va | jq '.rules.rules | length')" 2
finish
