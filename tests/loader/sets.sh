#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gxdp set: members come and go at run time, with time-outs; sets from files.
# lab: host guest=named dut=none peer=none timeout=600
# append: rcupdate.rcu_expedited=1

. tests/lib.sh
. tests/loader/rules-lib.sh

rules_setup || die_test "no veth pair"
members() { gxdp -j set list "$1" dev va | jq -c '[.set.members[].prefix]'; }

cat >/tmp/list <<'E'
; Spamhaus style
198.51.100.0/24 ; SBL1
198.51.100.7 ; SBL2
2001:db8:5::/48
E
cat >/tmp/s.rules <<'E'
set bad timeouts { 192.0.2.1 }
set fixed from "/tmp/list"
bad: drop src @bad
fixed: drop src @fixed
default pass
E
expect "apply" 0 gxdp apply /tmp/s.rules dev va --exclusive
check_eq "members from a file, what others cover left out" "$(members fixed)" '["198.51.100.0/24","2001:db8:5::/48"]'
check "the peer is not in the set" pings
programs() { gxdp -j show programs dev va | jq -c '[.programs.programs[].id]'; }
prog=$(programs)

expect "add" 0 gxdp -j set add bad 10.7.0.2 dev va
schema set
check_not "the peer is dropped" pings
check_eq "by the program of before" "$(programs)" "$prog"
check_eq "and counted" "$([ "$(packets bad)" -ge 1 ] && echo yes)" yes
check "IPv6 is not" pings6
expect "add for IPv6" 0 gxdp set add bad fd07::/64 dev va
check_not "now it is" pings6
expect "list" 0 gxdp -j set list bad dev va
schema set
check_eq "has all" "$(members bad)" '["10.7.0.2","192.0.2.1","fd07::/64"]'
expect "del" 0 gxdp set del bad 10.7.0.2 fd07::/64 dev va
check "the peer is back" pings
check "for IPv6 too" pings6
expect "del of what is not there" 0 gxdp -j set del bad 10.7.0.2 dev va
json "says so" '.set.missing == 1'

# each word for a time that a rules file knows
expect "a time-out" 0 gxdp set add bad 10.7.0.99 --timeout 1hour30min dev va
expect "which is deleted" 0 gxdp set del bad 10.7.0.99 dev va
for what in "del bad 10.7.0.2" "list bad"; do
	# shellcheck disable=SC2086 # words
	expect "$what with a time-out" 2 gxdp set $what --timeout 2s dev va
	says 'goes with add'
done
slow && seconds=20 || seconds=2
expect "add with a time-out" 0 gxdp set add bad 10.7.0.2 --timeout ${seconds}s dev va
check_not "it is in" pings
json_expires() { gxdp -j set list bad dev va | jq -e '[.set.members[] | select(.prefix == "10.7.0.2").expires | numbers] | length == 1 and .[0] <= '$seconds; }
check "list says how long" json_expires
check "it leaves by itself" wait_for $((5 * seconds)) pings
check_eq "and is not listed" "$(members bad)" '["192.0.2.1"]'
expect "the next one to come clears it up" 0 gxdp -v set add bad 192.0.2.1 dev va
says '1 expired'

# A clock in which the machine has been up for 800 days
uptime() { unshare --time --monotonic 69120000 --fork "$@"; }
if uptime true 2>/tmp/err; then
	expect "no time-out after 776 days" 1 uptime gxdp set add bad 10.7.0.2 -t 5s dev va
	says '776 days'
	says 'restart'
	expect "a member that stays is added" 0 uptime gxdp set add bad 10.7.0.9 -t 0 dev va
else
	skip "no time-out after 776 days" "$(cat /tmp/err)"
fi

expect "a range from the command line" 0 gxdp set add bad 10.7.0.0-10.7.0.3 dev va
check_not "covers the peer" pings
expect "members from a file" 0 gxdp set add bad --file /tmp/list dev va
expect "gone with the rules" 0 gxdp apply /tmp/s.rules dev va
check_eq "which bring the file's members back" "$(members bad)" '["192.0.2.1"]'

# --- a time-out that the set has

printf 'set hour timeout 1h { 192.0.2.1 }\ndrop src @hour\ndefault pass\n' >/tmp/hour.rules
expect "a set whose members time out" 0 gxdp apply /tmp/hour.rules dev va
expect "one more" 0 gxdp set add hour 192.0.2.7 dev va
expect "and one with its own time" 0 gxdp set add hour 192.0.2.9 -t 60s dev va
expect "list" 0 gxdp -j set list hour dev va
json "by default it is the set's, and of the file's members none" \
	'[.set.members[] | (.expires // 0) / 60 | round] == [0, 60, 1]'
expect "back to the others" 0 gxdp apply /tmp/s.rules dev va

# --- what was added is what can be deleted

expect "neighbours, together" 0 gxdp set add bad 10.0.0.0 10.0.0.1 10.0.0.1 fd08::/64 fd08:0:0:1::/64 dev va
check_eq "stay apart" "$(members bad)" '["10.0.0.0","10.0.0.1","192.0.2.1","fd08::/64","fd08:0:0:1::/64"]'
expect "so one can be deleted" 0 gxdp -j set del bad 10.0.0.0 fd08::/64 dev va
schema set
json "both were there, and nothing holds them" '.set.prefixes == 2 and .set.missing == 0 and .set.covered == []'
check_eq "and the other stays" "$(members bad)" '["10.0.0.1","192.0.2.1","fd08:0:0:1::/64"]'
expect "a range" 0 gxdp set add bad 10.9.0.0-10.9.0.7 10.9.0.1 dev va
expect "one of its addresses" 0 gxdp set del bad 10.9.0.1 10.9.0.2 dev va
prints '^va: 1 prefixes deleted from bad, the others were not in it'
prints '10.9.0.1 is still covered by 10.9.0.0/29'
prints '10.9.0.2 is still covered by 10.9.0.0/29'
expect "in JSON" 0 gxdp -j set del bad 10.9.0.1 dev va
schema set
json "too" '.set.missing == 1 and .set.covered == [{"prefix": "10.9.0.1", "by": "10.9.0.0/29"}]'
expect "a range, deleted as it was added" 0 gxdp set del bad 10.9.0.0-10.9.0.7 dev va
check_not "nothing is left to cover" grep -q covered /tmp/out
expect "back to the file's" 0 gxdp apply /tmp/s.rules dev va

# --- is it in there?

expect "an address that a member is" 0 gxdp set test bad 192.0.2.1 dev va
prints '^192.0.2.1 is in bad, by 192.0.2.1$'
expect "one of a prefix" 0 gxdp -j set test fixed 198.51.100.9 dev va
schema set
json "by the prefix" '.set | .member and .by == "198.51.100.0/24" and .expires == null'
expect "one in no member" 8 gxdp -j set test fixed 198.51.101.0 dev va
schema set
json "says so" '.set | .member == false and .by == null'
check "and no error" [ ! -s /tmp/err ]
expect "of IPv6" 0 gxdp set test fixed 2001:db8:5:ffff::1 dev va
expect "the longest member counts" 0 gxdp set add bad 198.51.100.0/24 198.51.0.0/16 dev va
expect "with its time-out" 0 gxdp set add bad 198.51.100.9 -t 100s dev va
expect "of the three" 0 gxdp -j set test bad 198.51.100.9 dev va
schema set
json "it is that" '.set | .by == "198.51.100.9" and .expires > 0 and .expires <= 100'
for what in 198.51.100.0/24 198.51.100.1-198.51.100.2 "192.0.2.1 192.0.2.2" ""; do
	# shellcheck disable=SC2086 # words
	expect "test of \"$what\"" 2 gxdp set test bad $what dev va
done
expect "in no set" 4 gxdp set test nope 192.0.2.1 dev va

# --- what list prints, add reads: members that stay, and the time that is left to others

sed 's/timeouts {/timeout 1h {/' /tmp/s.rules >/tmp/h.rules
expect "a set whose members time out by themselves" 0 gxdp apply /tmp/h.rules dev va
expect "one that stays" 0 gxdp set add bad 10.1.0.1 2001:db8::/32 -t 0 dev va
expect "one that does not" 0 gxdp set add bad 10.1.0.2 2001:db8:1::1 dev va
expect "list" 0 gxdp set list bad dev va
cp /tmp/out /tmp/saved
members bad >/tmp/before
prints '^10.1.0.1 timeout 0$'
prints '^10.1.0.2 timeout 3[0-9]*s$'
expect "flush" 0 gxdp set flush bad dev va
prints 'all 5 prefixes deleted from bad'
check_eq "nothing is left" "$(members bad)" '[]'
check_not "nor in the set at work" gxdp set test bad 192.0.2.1 dev va
expect "flush of nothing" 0 gxdp -j set flush bad dev va
schema set
json "is none" '.set.prefixes == 0'
expect "what was saved" 0 gxdp set add bad --file /tmp/saved dev va
check_eq "is all of it" "$(members bad)" "$(cat /tmp/before)"
times() { gxdp -j set list bad dev va | jq -c '[.set.members[] | .prefix + (if .expires then (if .expires > 3000 and .expires <= 3600 then " 1h" else " \(.expires)" end) else "" end)]'; }
check_eq "with its times" "$(times)" \
	'["10.1.0.1","10.1.0.2 1h","192.0.2.1","2001:db8::/32","2001:db8:1::1 1h"]'
printf '%s\n' '10.2.0.1 timeout 50s # why' '10.2.0.2' 'add bad 10.2.0.3 timeout 60' >/tmp/timed
expect "its own time goes before --timeout" 0 gxdp set add bad --file /tmp/timed -t 20s dev va
check_eq "for each" "$(gxdp -j set list bad dev va | jq -c '[.set.members[] | select(.prefix | startswith("10.2")).expires / 10 | ceil]')" '[5,2,6]'
check_not "and nothing is said of it" grep -q time-out /tmp/err
expect "in a set without" 0 gxdp set add fixed --file /tmp/timed dev va
says '2 members have a time-out'
expect "del by a file" 0 gxdp -j set del bad --file /tmp/timed dev va
json "finds them" '.set.prefixes == 3 and .set.missing == 0'
expect "no time" 7 sh -c 'echo "10.2.0.1 timeout soon" >/tmp/timed; gxdp set add bad --file /tmp/timed dev va'
says 'stands no time'
expect "back to the file's" 0 gxdp apply /tmp/s.rules dev va

expect "a time-out where there are none" 5 gxdp set add fixed 10.0.0.1 -t 5s dev va
says 'timeouts'
expect "no such set" 4 gxdp set add nope 10.0.0.1 dev va
expect "no address" 2 gxdp set add bad 10.0.0.300 dev va
says '0 to 255'
expect "a prefix with host bits" 2 gxdp set add bad 10.0.0.1/8 dev va
expect "a hosts file" 7 sh -c 'echo "0.0.0.0 ads.example" >/tmp/hosts; gxdp set add bad --file /tmp/hosts dev va'
says 'hosts file'

# --- as many members as a set is promised; in a guest, as in time to make them

slow && n=100000 || n=2000000
python3 - $n >/tmp/big <<'EOF'
import socket, struct, sys
# every second address: none are neighbours
for i in range(int(sys.argv[1])):
    print(socket.inet_ntoa(struct.pack("!I", 0x0b000000 + 2 * i)))
EOF
cat >/tmp/big.rules <<'E'
set big from "/tmp/big"
big: drop src @big
default pass
E
expect "a set of $n" 0 gxdp apply /tmp/big.rules dev va
expect "show it" 0 gxdp -j show sets dev va
json "has them all" ".sets.sets[0].ipv4 == $n"
check "the peer is not in it" pings
member=$(tail -n 1 /tmp/big)
check "its last member, for the peer" p ip addr add "$member/32" dev vb
ip route add "$member" dev va
check_not "is dropped" p ping -q -c 1 -W 1 -I "$member" 10.7.0.1
check_eq "and counted" "$(packets big)" 1
expect "one more" 0 gxdp set add big 10.7.0.2 dev va
check_not "is dropped, too" pings
check "IPv6 is not" pings6

python3 - $n >/tmp/big6 <<'EOF'
import sys
for i in range(int(sys.argv[1])):
    print("2001:db8::%x:%x" % (i >> 15, 2 * i & 0xffff))
EOF
sed 's/big/big6/g' /tmp/big.rules >/tmp/big6.rules
expect "one of IPv6" 0 gxdp apply /tmp/big6.rules dev va
expect "show it" 0 gxdp -j show sets dev va
json "has them all" ".sets.sets[0].ipv6 == $n"
check "the peer is not in it" pings6
member=$(tail -n 1 /tmp/big6)
beside=${member%?}f
check_not "its last member and one beside it" [ "$member" = "$beside" ]
for addr in "$member" "$beside"; do
	p ip addr add "$addr/128" dev vb nodad
done
ip route add 2001:db8::/32 dev va
check_not "the member is dropped" p ping -q -c 1 -W 1 -I "$member" fd07::1
check "and counted" [ "$(packets big6)" -ge 1 ]
check "the other is not" p ping -q -c 1 -W 5 -I "$beside" fd07::1
gxdp detach dev va
finish
