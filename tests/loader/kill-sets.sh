#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gxdp set add and del killed at each of their calls of bpf(): the members are in or they
# are not, packets see the same, those of other members are never let through and none of
# who is no member is dropped; and the next command goes on from there.
# lab: host timeout=240

. tests/lib.sh
. tests/loader/rules-lib.sh
FIRST_CALLS=100
. tests/loader/kill-lib.sh

rules_setup || die_test "no veth pair"
for i in 3 4 5 6; do
	p ip addr add 10.7.0.$i/24 dev vb
done
pings_from() { p ping -q -c 1 -W 0.3 -I "$1" 10.7.0.1; }
members() { gxdp -j set list bad dev va | jq -c '[.set.members[] | select(.prefix | startswith("10.7.0.")).prefix]'; }

# .2 is a member all the time, .3 never, .4 now and then; enough others for several tables
for i in $(seq 0 199); do echo "10.7.$((i + 1)).$((i * 7 % 256))"; done >/tmp/list
printf 'set bad timeouts from "/tmp/list"\nbad: drop src @bad\ndefault pass\n' >/tmp/s.rules
gxdp apply /tmp/s.rules dev va --exclusive >/dev/null || die_test "cannot apply"
gxdp set add bad 10.7.0.2 dev va >/dev/null || die_test "cannot add"

# is_in OLD NEW: "new" or "old", if list and packets agree: .4 is no member, or it is
is_in()
{
	case $(members) in
	'["10.7.0.2"]') pings_from 10.7.0.4 >/dev/null && echo "$1" ;;
	'["10.7.0.2","10.7.0.4"]') ! pings_from 10.7.0.4 >/dev/null && echo "$2" ;;
	*) return 1 ;;
	esac
}
added() { is_in old new; }
deleted() { is_in new old; }
add() { gxdp set add bad 10.7.0.4 dev va && [ "$(added)" = new ]; }
del() { gxdp set del bad 10.7.0.4 dev va && [ "$(added)" = old ]; }
again() { del && add; }

watch_pings 10.7.0.2 10.7.0.3
kill_everywhere "bpf write" added del gxdp set add bad 10.7.0.4 dev va
check_eq "set add: each time it is in or not, and can be taken out" $bad 0
check "some were killed before" [ $was_old -ge 10 ]
add >/dev/null
kill_everywhere "bpf write" deleted again gxdp set del bad 10.7.0.4 dev va
check_eq "set del: each time it is in or not, and can be put in" $bad 0
check "some were killed before" [ $was_old -ge 10 ]

# What does not time out is to, and the other way round: it is in all the time
never_out() { [ "$(added)" = new ] && echo old; }
timed() { gxdp set add bad 10.7.0.4 --timeout 1h dev va; }
untimed() { gxdp set add bad 10.7.0.4 --timeout 0 dev va; }
timeouts() { gxdp -j set list bad dev va | jq '[.set.members[] | select(.expires)] | length'; }
add >/dev/null
kill_everywhere "bpf write" never_out untimed gxdp set add bad 10.7.0.4 --timeout 1h dev va
check_eq "set add --timeout of a member: it is in all the time" $bad 0
check_eq "  and has no time when it is told so" "$(timeouts)" 0
timed >/dev/null
kill_everywhere "bpf write" never_out timed gxdp set add bad 10.7.0.4 --timeout 0 dev va
check_eq "set add of one with a time: it is in all the time" $bad 0
check_eq "  and has a time when it is told so" "$(timeouts)" 1
check "  and one deletion takes it out" del

# Several, and after them all are as before
kill_everywhere bpf true true gxdp set add bad --file /tmp/list 10.7.0.4 dev va
check_eq "several are added: each time but the last it is killed" $bad 0
expect "set del of what was added" 0 gxdp set del bad 10.7.0.4 dev va
check_eq "leaves the others" "$(gxdp set list bad dev va | wc -l)" 201
watched_pings
check "who is no member got all the time through ($(answered 10.7.0.3))" \
	[ "$(answered 10.7.0.3)" -gt 0 ] && check_eq "  without a loss" "$(answered 10.7.0.3)" "$(sent 10.7.0.3)"
check "who is one was there" [ "$(sent 10.7.0.2)" -gt 0 ]
check_eq "  and never got through" "$(answered 10.7.0.2)" 0
gxdp detach dev va >/dev/null
finish
