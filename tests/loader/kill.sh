#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gxdp apply killed at one system call after the other: each time the old rules
# are at work or the new ones, show has the text of those that are, and the next
# command goes on from there; so too with a first apply, and with detach. Then: two at
# once.
# lab: host timeout=300

. tests/lib.sh
. tests/loader/rules-lib.sh
. tests/loader/kill-lib.sh
. tests/loader/kill-rules-lib.sh

rules_setup || die_test "no veth pair"
PIN=/sys/fs/bpf/gxdp
gxdp apply /tmp/old.rules dev va --exclusive >/dev/null || die_test "cannot apply"

# is: the same, if the right rules count and none lets ping through
is()
{
	local rules

	rules=$(who) && [ "$rules" != neither ] && counted "$rules" && ! pings >/dev/null && echo "$rules"
}
old_again() { gxdp apply /tmp/old.rules dev va; }

# Every system call that changes something, one run each, until a run is not killed
kill_everywhere "bpf unlink rename mkdir" is old_again gxdp apply /tmp/new.rules dev va
check_eq "each time old or new, never none nor half" $bad 0
check "some were killed before the switch" [ $was_old -ge 10 ]
check "some behind it" [ $was_new -ge 1 ]
check_not "nothing is left staged" ls "$PIN"/va*/rules_new

# --- the first apply, killed: no rules, or all of them

gxdp detach dev va >/dev/null
nothing_pinned() { [ -z "$(ls $PIN)" ] || { ls -R $PIN; false; }; }
none_or_all()
{
	if pings >/dev/null; then
		echo old
	else
		[ "$(who)" = old ] && echo new
	fi
}
apply_first() { gxdp apply /tmp/old.rules dev va --exclusive; }
# Every other time the next command is apply, to be done again; otherwise detach is, to
# which there may be nothing to take off
detach_all()
{
	[ $((killed % 2)) = 0 ] || { apply_first && ! pings; } || return
	gxdp detach dev va
	case $? in
	0 | 4) nothing_pinned && pings ;;
	*) false ;;
	esac
}
FIRST_CALLS=5
kill_everywhere "bpf mkdir unlink rename write" none_or_all detach_all gxdp apply /tmp/old.rules dev va --exclusive
check_eq "a first apply: each time none or all, and it can be done again, and undone" $bad 0
check "some were killed before the device had them" [ $was_old -ge 10 ]
check "some behind it" [ $was_new -ge 1 ]

# --- rules that are taken off

off_or_on()
{
	case $(gxdp -j status dev va | jq -r '.devices[0].program.name // "none"') in
	gxdp*) ! pings >/dev/null && echo old ;;
	none) pings >/dev/null && echo new ;;
	*) return 1 ;;
	esac
}
on_again() { gxdp detach dev va && nothing_pinned && apply_first && ! pings; }
apply_first >/dev/null
kill_everywhere "bpf unlink unlinkat rmdir rename sendto" off_or_on on_again gxdp detach dev va
check_eq "detach: each time they are there or not, and detach again leaves nothing" $bad 0
check "some were killed before" [ $was_old -ge 3 ]
check "some behind it" [ $was_new -ge 3 ]

# --- two at once

mkfifo /tmp/fifo.rules
gxdp apply /tmp/old.rules dev va --exclusive >/dev/null
strace -o /dev/null -e trace=bpf -e inject=bpf:delay_enter=3000000:when=5 gxdp apply /tmp/new.rules dev va >/dev/null 2>&1 &
first=$!
check "one holds the lock" wait_for 10 lock_held va
expect "the other is told" 5 gxdp apply /tmp/old.rules dev va
says 'another gxdp is at work'
expect "one who only looks is not stopped" 0 gxdp show rules dev va
wait $first
check_eq "the first has done its work" "$(who)" new
check_not "it has let go of the lock" lock_held va
check_eq "which is where nobody else comes" "$(command stat -c '%u %a' /run/gxdp/lock)" '0 700'

# --- who may not change anything keeps nobody from it

python3 -c '
import os, socket, sys, time
os.setuid(65534)
for name in "va", "va/trace":
    s = socket.socket(socket.AF_UNIX)
    s.bind("\0gxdp/" + name)
    globals()["keep_" + name[2:]] = s
try:
    open(sys.argv[1] + "x", "w")
    print("may make a lock")
except PermissionError:
    print("ready", flush=True)
time.sleep(60)' /run/gxdp/lock/ >/tmp/squatter &
squatter=$!
check "somebody without rights is there" wait_for 20 grep -q ready /tmp/squatter
expect "and is not in the way" 0 gxdp apply /tmp/old.rules dev va
kill $squatter

# A command that mends asks whether a trace runs; to ask must not be to take
strace -o /tmp/calls -e trace=fcntl gxdp counters --reset dev va >/dev/null
check_eq "a command takes one lock" "$(grep -c F_OFD_SETLK /tmp/calls)" 1
gxdp trace dev va >/dev/null 2>&1 &
tracer=$!
check "a trace holds its lock" wait_for 20 lock_held "$(cat /sys/class/net/va/ifindex):trace"
strace -o /tmp/calls -e trace=fcntl gxdp counters --reset dev va >/dev/null
check "others see it" grep -q 'F_OFD_GETLK.*l_type=F_WRLCK' /tmp/calls || cat /tmp/calls
expect "a second trace is refused" 5 gxdp trace dev va
says 'another gxdp traces va already'
kill $tracer
wait $tracer
strace -o /tmp/calls -e trace=fcntl gxdp counters --reset dev va >/dev/null
check "and that it is gone" grep -q 'F_OFD_GETLK.*l_type=F_UNLCK' /tmp/calls || cat /tmp/calls

# --- no place for locks

chmod 755 /run/gxdp/lock && chown 65534 /run/gxdp/lock
expect "a directory of somebody else's is not used" 1 gxdp counters --reset dev va
says 'cannot lock va'
says "root's alone"
chown 0 /run/gxdp/lock && chmod 700 /run/gxdp/lock
expect "without /run" 1 unshare -m bash -c 'mount -t tmpfs -o ro none /run && exec gxdp counters --reset dev va'
says '/run/gxdp/lock: Read-only file system'
says '/run has to be'
gxdp detach dev va >/dev/null
finish
