#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gxdp attach, detach and status on a veth pair: modes, refusals with their
# reasons, pins, the choice of program, JSON, exit codes.
# lab: dut=none peer=none timeout=240

. tests/lib.sh

a() { ip netns exec a "$@"; }
PINS=/sys/fs/bpf/gxdp

# status PATH: a member of what status says of va
status() { a gxdp -j status dev va | jq -r ".devices[0]$1"; }
attached() { ip -n a -j -d link show va | jq -r '.[0].xdp | .prog.name // "none"'; }

# expect "what" STATUS COMMAND...: its exit status; stdout and stderr are kept
expect()
{
	local what=$1 wanted=$2
	shift 2

	"$@" >/tmp/out 2>/tmp/err
	check_eq "$what" $? "$wanted" || cat /tmp/out /tmp/err
}

says() { check "  and says \"$1\"" grep -q -- "$1" /tmp/err || cat /tmp/err; }
json() { check "  $1" jq -e "$2" /tmp/out || cat /tmp/out; }

[ -e /sys/fs/bpf ] && ! mountpoint -q /sys/fs/bpf && mount -t bpf bpf /sys/fs/bpf
ip netns add a
ip link add va netns a type veth peer name vb netns a
ip -n a link set va up
ip -n a link set vb up

# --- the command line

expect "--help" 0 gxdp --help
expect "--version" 0 gxdp --version
expect "no verb" 2 gxdp
expect "an unknown verb" 2 gxdp frobnicate
for verb in attach detach status bind unbind; do
	expect "$verb --help" 0 gxdp $verb --help
	check "  names its manual" grep -q "gxdp-$verb(8)" /tmp/out
done
expect "attach without a device" 2 a gxdp attach drop
expect "the same with -j" 2 a gxdp -j attach drop
json "is an error in JSON too" '.error | .code == "usage" and .exit == 2'
expect "an unknown mode" 2 a gxdp attach drop dev va --mode fast
expect "no such device" 4 a gxdp attach drop dev nonsense0
expect "no such object" 4 a gxdp attach nonsense dev va
expect "no such section" 4 a gxdp attach drop dev va --sec nonsense
says 'drop (xdp)'
expect "a file that is no object" 1 a gxdp attach /etc/passwd dev va
check_eq "nothing is attached after all that" "$(attached)" none
check "nor pinned" [ -z "$(ls $PINS 2>/dev/null)" ]

# --- attach, status, detach

expect "attach by short name" 0 a gxdp attach drop dev va
check_eq "the kernel has it" "$(attached)" drop
check_eq "in native mode" "$(status .program.mode)" native
check_eq "status knows it for gxdp's" "$(status .program.by_gxdp)" true
map=$(status '.program.pinned_maps[0].path')
check "its map is pinned where status says" bpftool map dump pinned "$map"
check_eq "and is named" "$(status '.program.pinned_maps[0].name')" drop_counters
expect "a second attach" 5 a gxdp attach pass dev va
says '--replace'
check_eq "the first program is still there" "$(attached)" drop
check "and its pins" [ -e "$map" ]
changes=$(status .carrier_changes)
expect "attach --replace" 0 a gxdp -j attach pass dev va --replace
json "tells what it replaced" '.attached | .prog.name == "pass" and .replaced > 0 and .mode == "native"'
check_eq "the kernel has the new one" "$(attached)" pass
check "the old map is no longer pinned" [ ! -e "$map" ]
check_eq "the link has not moved" "$(status .carrier_changes)" "$changes"
expect "replace by another mode" 0 a gxdp attach drop dev va --replace --mode generic
check_eq "it is generic" "$(status .program.mode)" generic
expect "detach" 0 a gxdp -j detach dev va
json "tells what it took off" '.detached | .prog_id > 0 and .mode == "generic"'
check_eq "nothing is attached" "$(attached)" none
check "nothing is pinned" [ -z "$(ls $PINS)" ]
expect "detach again" 0 a gxdp -j detach dev va
json "had nothing to do" '.detached.prog_id == null'

# --- somebody else's program

ip -n a link set dev va xdpdrv obj "$GXDP_BPF/pass.bpf.o" sec xdp
check_eq "status knows another's program" "$(status .program.by_gxdp)" false
expect "detach leaves it" 5 a gxdp detach dev va
check_eq "it is still there" "$(attached)" pass
expect "attach leaves it" 5 a gxdp attach drop dev va
expect "detach --force" 0 a gxdp detach dev va --force
check_eq "nothing is attached" "$(attached)" none

# --- refusals

ip -n a link set va mtu 9000
ip -n a link set vb mtu 9000
expect "a program without frags at MTU 9000" 3 a gxdp attach drop dev va --sec xdp
says 'reason: .*MTU'
says 'xdp.frags'
check_eq "no fall-back to another mode" "$(attached)" none
check "nothing is pinned" [ -z "$(ls $PINS)" ]
expect "without --sec it takes the one with frags" 0 a gxdp attach drop dev va
check_eq "that is it" "$(attached)" drop_frags
check_eq "status says so" "$(status .program.frags)" true
# the new one cannot be native; the old generic one has to come back
expect "back to generic" 0 a gxdp attach drop dev va --replace --mode generic
expect "a refused change of mode" 3 a gxdp attach drop dev va --replace --sec xdp
check_eq "leaves the old program" "$(attached)" drop_frags
check_eq "in the old mode" "$(status .program.mode)" generic
a gxdp detach dev va
ip -n a link add name br0 type bridge
expect "a device without native XDP" 3 a gxdp -j attach pass dev br0
json "the error has code, reason and hint" \
	'.error | .code == "refused" and .exit == 3 and (.reason | length > 0) and (.hint | test("generic"))'
says '--mode generic'

# --- two at once

# the first is held, by a FIFO for an object, in the middle of its work
mkfifo /tmp/object.o
ip netns exec a gxdp attach /tmp/object.o dev va 2>/dev/null &
first=$!
is_locked() { lock_held va "$(a stat -Lc %i /proc/self/ns/net)"; }
check "the first takes the lock" wait_for 10 is_locked
expect "a second gxdp on the same device" 5 a gxdp attach drop dev va
says 'another gxdp'
expect "one on another device" 0 a gxdp attach drop dev vb
a gxdp detach dev vb
kill -9 $first
check "the lock goes with its holder" wait_for 10 eval '! is_locked'

# --- names

ip -n a link add va.100 link va type vlan id 100
ip -n a link set va.100 up
expect "a name with a dot" 0 a gxdp attach drop dev va.100 --mode generic
check "is pinned with colons" [ -e "$(echo $PINS/va::100*/prog*)" ]
a gxdp detach dev va.100
a gxdp attach drop dev va
ip -n a link set va down
ip -n a link set va name vc
expect "detach after the device was renamed" 0 a gxdp detach dev vc
check "clears up under the old name" [ -z "$(ls $PINS)" ]
expect "status without a name" 0 a gxdp status
check "lists both ends" grep -q '^vb: driver veth' /tmp/out

# --- no bpffs yet: `ip netns exec` has a mount namespace of its own, which ends with it

umount /sys/fs/bpf
printf 'default pass\n' >/tmp/p.rules
expect "apply" 0 a gxdp apply /tmp/p.rules dev vb --exclusive
check "bpffs is mounted where it lasts" [ -e "$(echo $PINS/vb*/link)" ]
expect "so that the next command finds the rules" 0 a gxdp show rules dev vb
a gxdp detach dev vb
finish
