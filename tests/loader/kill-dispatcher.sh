#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gxdp apply and detach killed at one system call after the other, where libxdp's
# dispatcher has the hook: alone there, then beside a program of somebody else's. Each time
# the rules are all at work or none is, the other program is, nothing is passed that one of
# the two drops; and the next command leaves neither pins nor dispatchers behind.
# lab: host guest=named named timeout=1500
# named: has not yet been seen to run to its end

. tests/lib.sh
. tests/loader/rules-lib.sh
# What changes something in the hook, or below libxdp's directory; and what takes away the
# last by which the rules are known, and one behind that
ONLY_AT='(OBJ_PIN|unlink|rmdir|mkdir)\(?.*/xdp/|RTM_SETLINK|unlink.*/maps/(current|settings)"|OBJ_PIN.*rules_new'
. tests/loader/kill-lib.sh
. tests/loader/kill-rules-lib.sh

# 6.1 takes libxdp's own dispatcher
[ "${LAB_KERNEL:-}" = 6.1 ] || export LIBXDP_OBJECT_PATH=$GXDP_LAB_BUILD/bpf-tests/libxdp

rules_setup || die_test "no veth pair"
BPFFS=/sys/fs/bpf
CALLS="bpf mkdir unlink unlinkat rmdir rename sendto"
# programs: the names of those in the hook, the first to run first
programs() { gxdp -j show programs dev va | jq -r '.programs | [.hook] + [.programs | sort_by(.priority)[].name] | join(" ")'; }
gone() { [ -z "$(ls $BPFFS/gxdp 2>/dev/null)" ] || { ls -R $BPFFS/gxdp; false; } && libxdp_tidy va; }
there() { [ "$(ls $BPFFS/gxdp)" = "$(basename "$(echo $BPFFS/gxdp/va*)")" ] && libxdp_tidy va; }

other=		# behind the dispatcher, and not gxdp's
# state: "on" or "off", by what is in the hook and what becomes of packets; the other is there
state()
{
	local now

	now=$(programs)
	case $now in
	"dispatcher gxdp"*"${other:+ $other}") [ "$(who)" = old ] && counted old && { [ -n "$other" ] || ! pings >/dev/null; } && echo on ;;
	"${other:+dispatcher $other}" | "${other:-empty}"*) { [ -n "$other" ] || pings >/dev/null; } && echo off ;;
	*) echo "$now"; return 1 ;;
	esac
}
is() { [ "$(state)" = "$1" ] || { echo "wanted $1: $(state)"; false; }; }
# comes, goes: old or new, for a command after which the rules are on, or off
comes() { local now; now=$(state) && case $now in off) echo old ;; on) echo new ;; esac || { echo "$now"; false; }; }
goes() { local now; now=$(state) && case $now in on) echo old ;; off) echo new ;; esac || { echo "$now"; false; }; }

apply() { gxdp apply /tmp/old.rules dev va; }
# To detach what is off already is refused where there are others only
detach()
{
	local was

	was=$(state)
	gxdp detach dev va
	case $? in
	0) ;;
	5) [ "$was,${other:+others}" = off,others ] ;;
	*) false ;;
	esac && is off && gone
}
# Every other time the next command is apply, to be done again; otherwise detach is
off_again() { [ $((killed % 2)) = 0 ] || { apply && is on && there; } && detach; }
on_again() { [ $((killed % 2)) = 0 ] || detach && apply && is on && there; }
old_again() { apply && there; }
updated() { local rules; rules=$(who) && [ "$rules" != neither ] && counted "$rules" && echo "$rules"; }

# all_of_it "where": a first apply, an update and a detach
all_of_it()
{
	kill_everywhere "$CALLS" comes off_again gxdp apply /tmp/old.rules dev va
	check_eq "$1, a first apply: each time none or all, which can be undone and done again" $bad 0
	check "  some were killed before" [ $was_old -ge 10 ]
	check "  some behind it" [ $was_new -ge 1 ]
	apply >/dev/null
	kill_everywhere "bpf unlink rename" updated old_again gxdp apply /tmp/new.rules dev va
	check_eq "$1, an update: each time old or new, never none nor half" $bad 0
	check "  some were killed before" [ $was_old -ge 5 ]
	check "  some behind it" [ $was_new -ge 1 ]
	kill_everywhere "$CALLS" goes on_again gxdp detach dev va
	check_eq "$1, detach: each time they are there or not, and detach again leaves nothing" $bad 0
	check "  some were killed before" [ $was_old -ge 3 ]
	check "  some behind it" [ $was_new -ge 3 ]
	detach >/dev/null
	check "  nothing is left" gone
}

apply >/dev/null || die_test "cannot apply"
if [ "${LAB_KERNEL:-}" = host ] && [[ $(programs) == single* ]]; then
	skip "this machine's kernel lets no program take the place of a function (BPF_PROG_TYPE_EXT)"
	gxdp detach dev va >/dev/null
	finish
fi
check_eq "the rules are behind a dispatcher" "$(programs | cut -d' ' -f1)" dispatcher
detach >/dev/null
check "which goes with them" gone
all_of_it "alone"

# A program that drops all: with it, or the rules, no ping is ever answered. It drops ARP, too.
ip -n p neigh replace 10.7.0.1 dev vb lladdr "$(cat /sys/class/net/va/address)" nud permanent
xdp-loader load -m native -s xdp va "$GXDP_BPF/drop.bpf.o" || die_test "xdp-loader cannot load"
other=drop
check "somebody else's program is there" is off
watch_pings 10.7.0.2
all_of_it "beside another program"
watched_pings
check "the peer was there" [ "$(sent 10.7.0.2)" -gt 0 ]
check_eq "and nothing came through" "$(answered 10.7.0.2)" 0
check "that program can be taken off" xdp-loader unload va --all
other=
check "and nothing of it is left" gone
finish
