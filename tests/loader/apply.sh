#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gxdp apply and show: rules take effect, an update keeps what stays, what is
# refused changes nothing, the hook is left as it was found.
# lab: host guest=named dut=none peer=none timeout=600
# append: rcupdate.rcu_expedited=1

. tests/lib.sh
. tests/loader/rules-lib.sh

rules_setup || die_test "no veth pair"
carrier_of() { grep -qx 1 /sys/class/net/$1/carrier; }
attached() { ip -j -d link show va | jq -r '.[0].xdp | .prog.name // "none"'; }
pins_of() { echo /sys/fs/bpf/gxdp/"$1"*; }

cat >/tmp/1.rules <<'E'
noping: drop icmp type echo-request
web: pass tcp dport { 22, 80 }
count udp
default pass
E

# --- the thinnest thread

expect "check" 0 gxdp check /tmp/1.rules
prints "3 rules"
prints "no rule was found whose every packet earlier rules take"
check_eq "nothing is attached by it" "$(attached)" none
expect "apply" 0 gxdp apply /tmp/1.rules dev va --exclusive
check_not "ping is blocked" pings
check "other traffic is not" pings6
n=$(packets noping)
check "show rules counts it" [ "$n" -ge 1 ]
expect "show rules" 0 gxdp show rules dev va
prints 'noping *drop icmp type echo-request'
check "maps are pinned" bpftool map dump pinned "$(echo /sys/fs/bpf/gxdp/va*/maps/reasons)"

# --- what check says of rules that decide nothing

printf '%s\n' 'a: drop tcp dport 80' 'b: pass tcp dport 80' 'c: drop tcp dport 80' 'd: drop tcp dport 200' \
	'e: drop tcp dport { 80, 200 }' 'f: drop tcp dport { 80, 201 }' 'g: drop tcp dport { 100, 200 }' 'default pass' >/tmp/n.rules
expect "check of rules that decide nothing" 0 gxdp -j check /tmp/n.rules
schema check
json "each with its kind" '[.check.notes[] | [.rule.name, .kind, .by.name]] ==
	[["b", "shadowed", "a"], ["c", "redundant", "a"], ["e", "covered", null]]'
expect "for people" 0 gxdp check /tmp/n.rules
says 'b is never reached: a takes all'
says 'c changes nothing: a takes'
says 'e is never reached: earlier rules together'
check_not "  and does not say that there are none" grep -q 'no rule was found' /tmp/out

# --- updates

prog=$(gxdp -j show programs dev va | jq '.programs.programs[0].id')
cat >/tmp/2.rules <<'E'
drop tcp dport 23
noping: drop icmp type { echo-request, timestamp-request }
count udp
default pass
E
expect "apply --dry-run" 0 gxdp apply /tmp/2.rules dev va --dry-run
prints '^+ drop tcp dport 23'
prints '^- web: pass tcp dport'
prints '1 new, 1 changed, 1 gone, 1 as they are'
check_eq "changes nothing" "$(gxdp -j show rules dev va | jq '.rules.rules | length')" 3
expect "apply again" 0 gxdp -j apply /tmp/2.rules dev va
schema apply
json "says what changed" '.apply.changes | (.added|length) == 1 and (.removed|length) == 1 and (.changed|length) == 1 and .kept == 1'
check_eq "a named rule keeps its counter" "$(packets noping)" "$n"
check_not "ping is still blocked" pings
check "and counted on" [ "$(packets noping)" -gt "$n" ]
check_eq "the program is the same" "$(gxdp -j show programs dev va | jq '.programs.programs[0].id')" "$prog"
ids=$(gxdp -j show rules dev va | jq -c '[.rules.rules[].id]')
gxdp apply /tmp/2.rules dev va >/dev/null
check_eq "ids stay" "$(gxdp -j show rules dev va | jq -c '[.rules.rules[].id]')" "$ids"

# --- what a dry run says of order and sets

cat >/tmp/order.rules <<'E'
set bad timeouts { 192.0.2.1 }
set gone { 192.0.2.7 }
set wide { 198.51.100.0/24, 198.51.100.7, 10.1.0.0/24, 10.1.1.0/24, 2001:db8:5::/48, 2001:db8:5:1::/64, 192.0.2.1 }
a: drop src @bad
b: drop tcp dport 1
c: drop tcp dport 2
d: drop tcp dport 3
drop icmp type echo-request
default pass
E
gxdp apply /tmp/order.rules dev va >/dev/null
expect "the same again, as a dry run" 0 gxdp -j apply /tmp/order.rules dev va --dry-run
schema apply
json "changes nothing" '.apply.changes | .kept == 5 and .moved == [] and .sets == []'
sed '/^b:/d; s/^d:.*/&\nb: drop tcp dport 1/' /tmp/order.rules >/tmp/order2.rules
expect "another order" 0 gxdp apply /tmp/order2.rules dev va --dry-run
prints '^~ b: drop tcp dport 1 (from place 2 to 4)'
check_eq "is one rule that moves" "$(grep -c '^~' /tmp/out)" 1
prints '0 new, 0 changed, 0 gone, 4 as they are, 1 moved'
expect "in JSON" 0 gxdp -j apply /tmp/order2.rules dev va --dry-run
schema apply
json "too" '.apply.changes | .kept == 4 and [.moved[] | .from.name, .to.index - .from.index] == ["b", 2]'
sed 's/{ 192.0.2.1 }/{ 192.0.2.2, 192.0.2.9 }/; s/^set bad timeouts/set bad timeout 60s/
	s/^set gone.*/set new { 10.9.9.0\/24 }/' /tmp/order.rules >/tmp/order3.rules
gxdp set add bad 10.9.0.1 dev va >/dev/null
expect "other sets" 0 gxdp apply /tmp/order3.rules dev va --dry-run
prints '^~ set bad: 2 members new, 2 gone'
prints '^- set bad: members may time out'
prints '^+ set bad: members time out after 60s'
prints '^- set gone: 1 members'
prints '^+ set new: 1 members'
prints 'and 3 of its sets would change'
expect "in JSON" 0 gxdp -j apply /tmp/order3.rules dev va --dry-run
schema apply
json "too" '[.apply.changes.sets[] | [.name, .change, .members_added, .members_removed]] == [["bad", "changed", 2, 2], ["new", "added", 1, 0], ["gone", "removed", 0, 1]]'
expect "a device with no rules" 0 gxdp -j apply /tmp/order3.rules dev lo --dry-run
schema apply
json "gets them all" '.apply.changes | (.added | length) == 5 and (.sets | length) == 3'
expect "apply of another order" 0 gxdp apply /tmp/order2.rules dev va
prints '4 as they were, 1 moved; default'
gxdp apply /tmp/2.rules dev va >/dev/null
ids=$(gxdp -j show rules dev va | jq -c '[.rules.rules[].id]')

# --- what is refused

printf 'drop tcp dport htpp\nfrob\ndefault pass\n' >/tmp/bad.rules
expect "a file with errors" 7 gxdp apply /tmp/bad.rules dev va
says 'bad.rules:1:16: error: there is no service'
says 'bad.rules:2:1: error: unexpected'
says '\^~~~'
says 'expected: a port (0-65535)'
says 'expected: a rule'
# on a terminal: script prints what is written to one
screen() { script -qec "gxdp check /tmp/bad.rules" /dev/null </dev/null; }
coloured() { grep -q $'\e\\[[0-9;]*m'; }
check "in colour on a terminal" eval 'screen | coloured'
check_not "but not with NO_COLOR" eval 'NO_COLOR=1 screen | coloured'
check_not "and not in a file" coloured </tmp/err
expect "the same with -j" 7 gxdp -j apply /tmp/bad.rules dev va
schema error
json "has the places" '.error.diagnostics | length == 2 and .[0].line == 1 and .[0].column == 16'
expect "no such file" 7 gxdp apply /tmp/none.rules dev va
expect "no such device" 4 gxdp apply /tmp/1.rules dev nonsense0
printf 'redirect nonsense0 tcp\ndefault pass\n' >/tmp/bad.rules
expect "a redirect to no device" 7 gxdp apply /tmp/bad.rules dev va
printf 'cpu 1000 tcp\ndefault pass\n' >/tmp/bad.rules
expect "a CPU that is not there" 7 gxdp apply /tmp/bad.rules dev va
says 'bad.rules:1: there is no CPU 1000'
says 'this machine has CPU'
check_eq "all of that left the rules" "$(gxdp -j show rules dev va | jq -c '[.rules.rules[].id]')" "$ids"
check_not "and their effect" pings

# --- what is attached stays as it is attached

expect "--mode generic on rules in native mode" 5 gxdp apply /tmp/2.rules dev va --mode generic
says 'attached in native mode'
says 'gxdp detach dev va first'
expect "the same as a dry run" 5 gxdp apply /tmp/2.rules dev va --mode generic --dry-run
expect "--mode native" 0 gxdp apply /tmp/2.rules dev va --mode native
expect "--exclusive on rules that are alone" 0 gxdp apply /tmp/2.rules dev va --exclusive
ip link add wa type veth peer name wb && ip link set wa up && ip link set wb up
expect "another device, in generic mode" 0 gxdp apply /tmp/2.rules dev wa --exclusive --mode generic
expect "with no mode, that of the first time is kept" 0 gxdp -j apply /tmp/2.rules dev wa
json "which is generic" '.apply.mode == "generic"'
expect "--mode native" 5 gxdp apply /tmp/2.rules dev wa --mode native
expect "detach" 0 gxdp detach dev wa
expect "then it is so" 0 gxdp -j apply /tmp/2.rules dev wa --exclusive --mode native
json "native" '.apply.mode == "native"'
gxdp detach dev wa >/dev/null
ip link del wa

# --- the MTU comes after the rules: at boot those are there before the network

frags() { gxdp -j show programs dev va | jq .programs.frags; }
large() { p ping -q -c 1 -W 1 -M do -s "$1" 10.7.0.1; }
# mtu N: of both ends; a program is asked about that of the other one
mtu() { ip -n p link set vb mtu "$1" && ip link set va mtu "$1"; }

gxdp detach dev va >/dev/null
printf 'large: drop icmp len > 5000\ndefault pass\n' >/tmp/5.rules
expect "apply at an MTU of 1500" 0 gxdp -j apply /tmp/5.rules dev va --exclusive
schema apply
json "the program takes frags" '.apply.frags'
check "a jumbo MTU is not refused" mtu 9000
check "a ping of 3000 bytes passes" large 3000
check_not "one of 8000 does not" large 8000
check_eq "and is counted, once" "$(packets large)" 1
gxdp detach dev va >/dev/null
mtu 1500

# as versions before had attached them
gxdp apply /tmp/5.rules dev va --no-attach >/dev/null
pins=$(pins_of va)
check "a program without frags" python3 tests/loader/link.py va "$pins/prog" "$pins/link"
check_eq "takes none" "$(frags)" false
check_not "so that a jumbo MTU is refused" mtu 9000
expect "a dry run" 0 gxdp apply /tmp/5.rules dev va --dry-run
check_eq "changes nothing" "$(frags)" false
expect "apply" 0 gxdp -j apply /tmp/5.rules dev va
json "has it exchanged" '.apply.frags'
check_eq "for one that does" "$(frags)" true
gxdp apply /tmp/2.rules dev va >/dev/null
check_not "ping is blocked" pings

# --- VLAN rules and stripping

ethtool -K va rxvlan on 2>/dev/null
printf 'drop vlan 100\ndefault pass\n' >/tmp/vlan.rules
expect "VLAN rules on a device that strips tags" 7 gxdp apply /tmp/vlan.rules dev va
says 'ethtool -K va rxvlan off'
if ethtool -K va rxvlan off 2>/dev/null; then
	expect "without stripping" 0 gxdp apply /tmp/vlan.rules dev va
else
	skip "rxvlan is fixed on veth here"
fi

# --- show, in JSON too

gxdp apply /tmp/2.rules dev va >/dev/null
for what in rules sets queues programs; do
	expect "show $what" 0 gxdp show $what dev va
	expect "show $what in JSON" 0 gxdp -j show $what dev va
	schema show_$what
done
expect "show nonsense" 2 gxdp show nonsense dev va
expect "check in JSON" 0 gxdp -j check /tmp/2.rules
schema check
expect "counters" 0 gxdp -j counters dev va
schema counters
json "count what was dropped" '.counters.reasons.dropped_by_rule.packets > 0'
expect "counters --reset" 0 gxdp counters --reset dev va
check_eq "they are 0" "$(packets noping)" 0
check_eq "those by reason too" "$(gxdp -j counters dev va | jq '.counters.reasons.dropped_by_rule.packets')" 0
expect "features" 0 gxdp -j features dev va
schema features
json "know veth's native XDP" '.features[0].features[] | select(.name == "native XDP").answer == "yes"'
expect "top" 0 gxdp -j top -n 2 -d 0.1 dev va
schema top_line
expect "top in a pipe" 2 gxdp top dev va
says 'no terminal'
expect "top --batch" 0 gxdp top --batch -n 1 dev va
prints 'noping: drop icmp'

# --- metrics

pings
expect "metrics" 0 gxdp metrics dev va
check "are OpenMetrics" python3 - <<'PY'
import re
lines = open("/tmp/out").read().splitlines()
assert lines[-1] == "# EOF"
types, seen = {}, []
for l in lines[:-1]:
    m = re.fullmatch(r'# (TYPE|UNIT|HELP) ([a-z_]+) (.+)', l)
    if m:
        if m[1] == "TYPE": types[m[2]] = m[3]; seen.append(m[2])
        continue
    m = re.fullmatch(r'([a-z_]+)\{([a-z]+="(\\.|[^"\\])*",?)+\} [0-9]+', l)
    assert m, l
    name = m[1]
    family = name[:-6] if name.endswith("_total") else name
    assert types[family] == ("counter" if name.endswith("_total") else "gauge"), l
    assert family == seen[-1], "samples of a metric stand together: " + l
assert len(seen) == len(set(seen)) and len(seen) >= 6
PY
check "with the rule's packets" grep -q 'gxdp_rule_packets_total{device="va",rule="noping"} [1-9]' /tmp/out
expect "metrics to a file" 0 gxdp metrics -o /tmp/gxdp.prom
check "the file is whole" grep -q '^# EOF' /tmp/gxdp.prom
check_eq "and nothing is beside it" "$(ls /tmp/gxdp.prom*)" /tmp/gxdp.prom

# --- a number that another rule had

burst_of() { p ping -q -c "$1" -i 0.002 -W 1 10.7.0.1 | sed -n 's/.* \([0-9]*\) received.*/\1/p'; }
printf 'old: pass icmp limit 1/s burst 100\ndefault pass\n' >/tmp/old.rules
printf 'new: pass icmp limit 1/s burst 100\ndefault pass\n' >/tmp/new.rules
printf 'default pass\n' >/tmp/empty.rules
gxdp apply /tmp/empty.rules dev va >/dev/null
expect "a limit" 0 gxdp apply /tmp/old.rules dev va
id=$(gxdp -j show rules dev va | jq '.rules.rules[0].id')
check "is used up" [ "$(burst_of 300)" -lt 300 ]
expect "no rules" 0 gxdp apply /tmp/empty.rules dev va
expect "a limit of another rule" 0 gxdp apply /tmp/new.rules dev va
check_eq "has its number" "$(gxdp -j show rules dev va | jq '.rules.rules[0].id')" "$id"
check_eq "and all of its burst" "$(burst_of 60)" 60
gxdp apply /tmp/2.rules dev va >/dev/null

# --- another name

expect "status" 0 gxdp -j status dev va
json "knows the rules" '.devices[0].program | .by_gxdp and .rules == 3'
n=$(packets noping)
ip link set va down && ip link set va name vnew && ip link set vnew up
wait_for 10 carrier_of vnew
expect "show after the device was renamed" 0 gxdp -j show rules dev vnew
json "has the rules and their counters" ".rules.rules[] | select(.name == \"noping\").packets == $n"
expect "apply" 0 gxdp -j apply /tmp/2.rules dev vnew
json "goes on from them" '.apply.changes.kept == 3 and .apply.attached'
check_eq "under the new name only" "$(ls /sys/fs/bpf/gxdp | cut -d: -f1)" vnew
ip link set vnew down && ip link set vnew name va && ip link set va up

# --- off again

expect "attach --replace does not displace rules" 5 gxdp attach pass dev va --replace
says 'rules are applied'
check_not "they are at work" pings

expect "detach" 0 gxdp -j detach dev va
schema detach
check_eq "nothing is attached" "$(attached)" none
check "nothing is pinned" [ -z "$(ls /sys/fs/bpf/gxdp)" ]
check "ping goes through" pings
expect "show without rules" 4 gxdp show rules dev va
says 'no rules are applied'

# --- what is left behind

nothing_pinned() { [ -z "$(ls /sys/fs/bpf/gxdp)" ]; }
# an unpinned link lets go some time later: by then, detach has to be through
slow && turns=2 || turns=8
for n in $(seq $turns); do
	gxdp apply /tmp/2.rules dev va --exclusive >/dev/null
	gxdp detach dev va >/dev/null
	attached
done | sort | uniq -c >/tmp/after
check_eq "detached means that nothing runs any more" "$(awk '{ print $1, $2 }' /tmp/after)" "$turns none"

gxdp apply /tmp/2.rules dev va --exclusive >/dev/null
expect "show" 0 gxdp -j show rules dev va
json "has them attached" '.rules.attached'
check_not "and says no more" sh -c 'gxdp show rules dev va | grep NOT'
rm "$(pins_of va)/link"
check "their link goes" wait_for 10 eval '[ "$(attached)" = none ]'
expect "show" 0 gxdp show rules dev va
prints 'rules are NOT attached to va'
expect "counters" 0 gxdp counters dev va
prints 'rules are NOT attached to va'
expect "counters in JSON" 0 gxdp -j counters dev va
schema counters
json "have it too" '.counters.attached == false'
check "somebody else's program" ip link set va xdp obj "$GXDP_BPF/pass.bpf.o" sec xdp
expect "detach" 0 gxdp detach dev va
prints "is not gxdp's, and stays"
check "takes the rules away" nothing_pinned
check_not "and leaves the program" [ "$(attached)" = none ]
gxdp apply /tmp/2.rules dev va --no-attach >/dev/null
expect "detach --force" 0 gxdp -j detach --force dev va
schema detach
json "takes off the program" '.detached.prog_id > 0'
check_eq "so that nothing is attached" "$(attached)" none
check "and the rules" nothing_pinned

# as another version of gxdp would have left it
ip link add wa type veth peer name wb && ip link set wa up && ip link set wb up
gxdp apply /tmp/2.rules dev wa --exclusive >/dev/null
gxdp apply /tmp/2.rules dev va --exclusive >/dev/null
rm "$(pins_of va)/maps/settings"
bpftool map create "$(pins_of va)/maps/settings" type array key 4 value 8 entries 1 name settings
expect "rules of another version cannot be read" 1 gxdp show rules dev va
says 'another version'
says 'settings has 1 entries of 8 bytes, not 1 of '
expect "metrics of all" 0 gxdp metrics
prints 'device="wa"'
says 'va is left out: .*another version'
expect "metrics of that one" 1 gxdp metrics dev va
expect "detach of what another version applied" 0 gxdp -j detach dev va
schema detach
json "says what ran" '.detached | .rules and .prog_id > 0'
check_eq "takes it off" "$(attached)" none
check_eq "and its pins" "$(ls /sys/fs/bpf/gxdp | cut -c1-2)" wa

# as one that had a map less
hooked() { ip -j -d link show va | jq '.[0].xdp.prog.id // 0'; }
for how in "" --exclusive; do
	gxdp apply /tmp/2.rules dev va --exclusive >/dev/null
	prog=$(hooked)
	rm "$(pins_of va)/maps/cpus_frags"
	# shellcheck disable=SC2086 # no word where there is none
	expect "apply $how over pins that lack a map" 1 gxdp apply /tmp/2.rules dev va $how
	says "another version's"
	says 'no map cpus_frags'
	says 'gxdp detach'
	check_eq "leaves the program at work" "$(hooked)" "$prog"
	check "and its pins" [ -e "$(pins_of va)/link" ]
	expect "attach --replace does too" 1 gxdp attach pass dev va --replace
	check_eq "and the program" "$(hooked)" "$prog"
	expect "detach" 0 gxdp detach dev va
	check_eq "takes it off" "$(hooked)" 0
	check_eq "with its pins" "$(ls /sys/fs/bpf/gxdp | cut -c1-2)" wa
done

# as one whose numbers for rules were half as many
gxdp apply /tmp/2.rules dev va --exclusive >/dev/null
limits=$(pins_of va)/maps/rule_limits
rm "$limits"
bpftool map create "$limits" type array key 4 value 8 entries 131072 name rule_limits
expect "apply over pins with fewer numbers" 1 gxdp apply /tmp/2.rules dev va
says 'rule_limits has 131072 entries of 8 bytes, not 262144 of 8'
expect "detach" 0 gxdp detach dev va

# a first apply that fails at the last: no tables, and no pins that look like rules
strace -o /tmp/calls -e trace=bpf gxdp apply /tmp/2.rules dev va --exclusive >/dev/null
gxdp detach dev va >/dev/null
switch=$(grep '^bpf(' /tmp/calls | grep -n BPF_MAP_UPDATE_ELEM | tail -n 1 | cut -d: -f1)
expect "a first apply that fails in the switch" 1 strace -o /dev/null -e trace=bpf \
	-e inject=bpf:error=ENOMEM:when="$switch" gxdp apply /tmp/2.rules dev va --exclusive
says 'cannot put the tables into the kernel'
check_eq "leaves nothing pinned" "$(ls /sys/fs/bpf/gxdp | cut -c1-2)" wa
expect "nor what looks like rules" 4 gxdp show rules dev va

# An update that fails in the kernel: in the switch, and before it at the reset of limits,
# with a pin of the text, and with a map of tables. (What fails in the last batch is done
# one by one.)
ids_and_text() { gxdp -j show rules dev va | jq -c '[.rules.rules[] | [.id, .text]]'; }
# fails_at CALL: an update, whose CALL-th call of bpf() is refused, fails
fails_at()
{
	! strace -o /dev/null -e trace=bpf -e inject=bpf:error=ENOMEM:when="$1" \
		gxdp apply /tmp/1.rules dev va >/tmp/out 2>/tmp/err
}
# as_before: nothing has changed, and the rules are at work
as_before()
{
	[ "$(ids_and_text)" = "$before" ] && [ "$(packets noping)" -ge "$n" ] && ! pings &&
		! ls "$(pins_of va)/rules_new"
}
gxdp apply /tmp/2.rules dev va --exclusive >/dev/null
strace -o /tmp/calls -e trace=bpf gxdp apply /tmp/1.rules dev va >/dev/null
switch=$(grep '^bpf(' /tmp/calls | grep -n BPF_MAP_UPDATE_ELEM | tail -n 1 | cut -d: -f1)
gxdp apply /tmp/2.rules dev va >/dev/null
check_not "an update, and pings are dropped" pings
before=$(ids_and_text)
for kind in "first BPF_MAP_UPDATE_BATCH" "last BPF_OBJ_PIN" "last BPF_MAP_CREATE" "last BPF_MAP_UPDATE_ELEM"; do
	[ "${kind% *}" = first ] && end=head || end=tail
	call=$(grep '^bpf(' /tmp/calls | head -n "$switch" | grep -n "${kind#* }" | $end -n 1 | cut -d: -f1)
	n=$(packets noping)
	check "an update fails with its $kind (call $call of $switch)" fails_at "$call"
	check "  and changes nothing" as_before
done
says 'cannot put the tables into the kernel'
expect "with no failure" 0 gxdp apply /tmp/1.rules dev va
check_eq "there are the new rules" "$(gxdp -j show rules dev va | jq -c '[.rules.rules[].name]')" '["noping","web",null]'
gxdp detach dev va >/dev/null

# its device has another name, is elsewhere, or is gone
ip link set wa down && ip link set wa name wc
expect "detach by the old name" 4 gxdp detach dev wa
says 'what was pinned for it is at work on wc'
expect "by no name" 4 gxdp detach dev ""
ip link set wc netns p
expect "from another namespace" 5 gxdp detach dev wa
says 'of another network namespace'
p ip link del wc
expect "detach of a device that is gone" 0 gxdp -j detach dev wa
schema detach
json "says so" '.detached.ifindex == 0'
check "takes away what was pinned" nothing_pinned
expect "once only" 4 gxdp detach dev wa
says 'there is no device wa'

# Behind a dispatcher, or without one, there is no link to ask.
ip link add wa type veth peer name wb
expect "attach" 0 gxdp attach drop dev wa
ip link set wa down && ip link set wa name wc
expect "detach by the old name" 4 gxdp detach dev wa
says 'is at work on wc'
expect "by the new one" 0 gxdp detach dev wc
ip link set wc name wa
expect "attach again" 0 gxdp attach drop dev wa
ip link del wa
expect "a device that is gone, or elsewhere" 5 gxdp detach dev wa
says 'if it is in another network namespace'
expect "--force" 0 gxdp detach dev wa --force
check "takes away what was pinned" nothing_pinned

! slow || finish

# --- a mount namespace of its own, and no bpffs. The lab's root is none of a mount
# namespace, so that what is mounted in the first one is not seen here.

umount /sys/fs/bpf
expect "pins that would go with the command" 1 unshare -m \
	strace -f -o /tmp/calls -e trace=setns,mount gxdp apply /tmp/2.rules dev va
says 'cannot be mounted'
says 'outside of this mount namespace'
check "what is mounted is so in the first one" grep -q 'setns(.*CLONE_NEWNS) *= 0' /tmp/calls || cat /tmp/calls
check_eq "and nowhere else" "$(grep -c 'mount("bpf"' /tmp/calls)" 1
check_eq "nothing is attached" "$(attached)" none
finish
