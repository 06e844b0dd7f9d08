#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gxdp attach, attach --replace and detach killed at one system call after the other: the
# device has the old program or the new one, whole, and the next command cleans up.
# lab: host timeout=240

. tests/lib.sh
. tests/loader/rules-lib.sh
FIRST_CALLS=100
. tests/loader/kill-lib.sh

rules_setup || die_test "no veth pair"
PIN=/sys/fs/bpf/gxdp
pings() { p ping -q -c 1 -W 0.3 10.7.0.1; }
CALLS="bpf mkdir unlink unlinkat rmdir rename sendto"
program() { gxdp -j status dev va | jq -r '.devices[0].program | if . then (if .by_gxdp and .pinned_maps then .name else "not ours" end) else "none" end'; }
nothing_pinned() { [ -z "$(ls $PIN 2>/dev/null)" ] || { ls -R $PIN; false; }; }
# is OLD NEW: by the program, and by what becomes of pings
is()
{
	case $(program) in
	"$1") echo old ;;
	"$2") echo new ;;
	*) program; return 1 ;;
	esac
}
drops() { ! pings >/dev/null; }

attached() { is none drop && case $(program) in none) pings >/dev/null ;; *) drops ;; esac; }
detach() { gxdp detach dev va && nothing_pinned; }
kill_everywhere "$CALLS" attached detach gxdp attach drop dev va
check_eq "attach: each time there is none or all of it, and detach leaves nothing" $bad 0
check "some were killed before" [ $was_old -ge 10 ]
check "some behind it" [ $was_new -ge 1 ]

# One that drops takes the place of one that does: nothing is let through
replaced() { is drop drop_frags; }
back() { gxdp attach drop --sec xdp dev va --replace && [ "$(program)" = drop ] && [ "$(echo $PIN/*)" = "$(echo $PIN/va*)" ]; }
gxdp attach drop --sec xdp dev va >/dev/null
watch_pings 10.7.0.2
kill_everywhere "$CALLS" replaced back gxdp attach drop --sec xdp.frags dev va --replace
check_eq "attach --replace: each time it is one or the other, with its maps" $bad 0
check "some were killed before" [ $was_old -ge 10 ]
check "some behind it" [ $was_new -ge 1 ]
watched_pings
check "the peer was there" [ "$(sent 10.7.0.2)" -gt 0 ]
check_eq "and nothing came through" "$(answered 10.7.0.2)" 0

detached()
{
	local what

	what=$(gxdp -j status dev va | jq -r '.devices[0].program.name // "none"')
	case $what in
	drop) drops && echo old ;;
	none) pings >/dev/null && echo new ;;
	*) echo "$what"; return 1 ;;
	esac
}
attach_again() { gxdp detach dev va && nothing_pinned && gxdp attach drop dev va && [ "$(program)" = drop ]; }
gxdp detach dev va >/dev/null
gxdp attach drop dev va >/dev/null
kill_everywhere "$CALLS" detached attach_again gxdp detach dev va
check_eq "detach: each time it is there or not, and detach again leaves nothing" $bad 0
check "some were killed before" [ $was_old -ge 3 ]
check "some behind it" [ $was_new -ge 3 ]
gxdp detach dev va >/dev/null

# Pins of a program that runs are not lost to an attempt that is refused
ip link set va mtu 9000 && ip -n p link set vb mtu 9000
killed_at rename 1 gxdp attach drop dev va --mode generic
check_eq "attach was killed in the middle" "$(program)" drop_frags
expect "one that is refused" 3 gxdp attach drop dev va --replace --sec xdp
check_eq "leaves its program" "$(program)" drop_frags
check "  and its maps where they belong" [ -e "$(echo $PIN/va*/maps/drop_counters)" ]
gxdp detach dev va >/dev/null
check "nothing is pinned" nothing_pinned
finish
