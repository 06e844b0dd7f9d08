#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who only looks holds no lock: rules that are applied meanwhile neither lose their
# text nor their members to it, and nothing is written by it.
# lab: host timeout=120

. tests/lib.sh
. tests/loader/rules-lib.sh

rules_setup || die_test "no veth pair"
tables() { bpftool map dump pinned "$(echo /sys/fs/bpf/gxdp/va*/maps/tables)" 2>/dev/null | grep -c inner_map_id; }

# stopped N COMMAND...: run it, stopped for two seconds in front of its N-th bpf() call
stopped()
{
	local n=$1
	shift

	strace -o /tmp/calls -e trace=bpf -e inject=bpf:delay_enter=2000000:when="$n" "$@" >/tmp/reader 2>/tmp/reader.err
}
# at_call N: it is there, with those before it done
at_call() { [ "$(grep -c "^bpf(" /tmp/calls)" -ge $(($1 - 1)) ]; }
# changed_at N RULES COMMAND...: RULES are applied twice while it is stopped there, so
# that its half of the tables is written anew
changed_at()
{
	local n=$1 rules=$2 pid
	shift 2

	: >/tmp/calls
	stopped "$n" "$@" &
	pid=$!
	wait_for 10 at_call "$n" || return
	gxdp apply "$rules" dev va >/dev/null && gxdp apply "$rules" dev va >/dev/null || return
	wait $pid
}
# calls COMMAND...: in /tmp/all, those it makes
calls() { strace -o /tmp/all -e trace=bpf "$@" >/dev/null; }

# --- the text

printf 'one: drop tcp dport 1\ntwo: drop tcp dport 2\ndefault pass\n' >/tmp/t.rules
gxdp apply /tmp/t.rules dev va --exclusive >/dev/null || die_test "cannot apply"
calls gxdp show rules dev va
read_at=$(grep '^bpf(' /tmp/all | grep -n '/rules"' | head -n 1 | cut -d: -f1)
check "show reads the text by a call" [ "${read_at:-0}" -gt 1 ]
bad=0
for n in $((read_at - 1)) "$read_at" $((read_at + 1)) $((read_at + 8)); do
	changed_at "$n" /tmp/t.rules gxdp -j show rules dev va
	check_eq "rules are applied in front of call $n: show succeeds" $? 0
	check_eq "  and has the rules" "$(jq -c '[.rules.rules[].name]' /tmp/reader)" '["one","two"]'
done
rm "$(echo /sys/fs/bpf/gxdp/va*/rules)"
expect "text that is lost is an error" 1 gxdp show rules dev va
says 'cannot be read'
expect "which apply mends" 0 gxdp apply /tmp/t.rules dev va
check_eq "so that there are rules" "$(gxdp -j show rules dev va | jq '.rules.rules | length')" 2
finish
