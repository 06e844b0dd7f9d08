#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Names of devices are given anew: to one that was renamed, to the next one when the
# first has gone into another network namespace, in a container. Rules stay with the
# device they were applied to, and nobody takes them off by a name.
# lab: host timeout=120

. tests/lib.sh
. tests/loader/json-lib.sh
. tests/loader/rules-lib.sh

PIN=/sys/fs/bpf/gxdp
printf 'first: drop udp dport 1\ndefault pass\n' >/tmp/first.rules
printf 'second: drop tcp dport 22\ndefault drop\n' >/tmp/second.rules

peers=0
# pair NAME: a device, whose peer has a name of its own
pair()
{
	peers=$((peers + 1))
	ip link add "$1" type veth peer name peer$peers && ip link set "$1" up && ip link set peer$peers up
}
rename() { ip link set "$1" down && ip link set "$1" name "$2" && ip link set "$2" up; }
# swap A B: each has the other's name
swap() { rename "$1" tmp0 && rename "$2" "$1" && rename tmp0 "$2"; }
# rules_of DEV: the names of its rules, or "none"; "unattached" if they do not run
rules_of()
{
	gxdp -j show rules dev "$1" >/tmp/rules 2>/dev/null || { echo none; return; }
	jq -r 'if .rules.attached then [.rules.rules[].name] | join(" ") else "unattached" end' /tmp/rules
}
# prog_of DEV: what is in its hook, as the kernel says
prog_of() { ip -j -d link show "$1" | jq '.[0].xdp.prog.id // 0'; }

mount -t bpf bpf /sys/fs/bpf 2>/dev/null
for how in --exclusive ""; do
	# --- two names exchanged, one device with rules
	pair v0 && pair v1 || die_test "no veth pair"
	# shellcheck disable=SC2086 # no word where there is none
	expect "apply $how" 0 gxdp apply /tmp/first.rules dev v0 $how
	prog=$(prog_of v0)
	swap v0 v1
	check_eq "the device has its rules by its new name" "$(rules_of v1)" first
	check_eq "the other has none, though it has the name" "$(rules_of v0)" none
	expect "nor counters" 4 gxdp counters dev v0
	expect "nor sets" 4 gxdp set add x 10.0.0.1 dev v0
	expect "apply --dry-run there" 0 gxdp apply /tmp/second.rules dev v0 --dry-run
	prints '1 new, 0 changed, 0 gone'
	# shellcheck disable=SC2086
	expect "apply there" 0 gxdp apply /tmp/second.rules dev v0 $how
	check_eq "gives it its own" "$(rules_of v0)" second
	check_eq "and leaves the other's" "$(rules_of v1)" first
	check_eq "  and its program" "$(prog_of v1)" "$prog"
	# --- both have rules
	swap v0 v1
	check_eq "exchanged again: rules go with the devices" "$(rules_of v0) $(rules_of v1)" "first second"
	# shellcheck disable=SC2086
	expect "apply" 0 gxdp -j apply /tmp/first.rules dev v0 $how
	json "goes on from its own" '.apply.changes.kept == 1'
	check_eq "and not from the other's" "$(rules_of v0) $(rules_of v1)" "first second"
	expect "attach --replace knows them too" 5 gxdp attach pass dev v1 --replace
	expect "detach" 0 gxdp detach dev v0
	check_eq "takes off its own" "$(prog_of v0)" 0
	check_eq "and no other" "$(rules_of v1)" second
	expect "detach again" 0 gxdp detach dev v0
	check_eq "does nothing to the other" "$(rules_of v1)" second
	expect "detach of the other" 0 gxdp detach dev v1
	check_eq "both are empty" "$(prog_of v0) $(prog_of v1)" "0 0"
	check "nothing is pinned" [ -z "$(ls $PIN)" ]

	# --- a name that is free again, since its device is in another namespace
	ip netns add c
	# shellcheck disable=SC2086
	expect "apply $how" 0 gxdp apply /tmp/first.rules dev v0 $how
	ip link set v0 netns c
	pair v0 || die_test "no veth pair"
	check_eq "a new device of the name has no rules" "$(rules_of v0)" none
	# shellcheck disable=SC2086
	expect "until there are some" 0 gxdp apply /tmp/second.rules dev v0 $how
	check_eq "which are its own" "$(rules_of v0)" second
	check_eq "the moved one has kept what it had" "$(ip netns exec c bash -c "$(declare -f rules_of); rules_of v0")" first
	expect "detach here" 0 gxdp detach dev v0
	check_eq "is here only" "$(ip netns exec c bash -c "$(declare -f rules_of); rules_of v0")" first
	expect "gxdp attach takes no name either" 0 gxdp attach drop dev v0
	check_eq "from what is elsewhere" "$(ip netns exec c bash -c "$(declare -f rules_of); rules_of v0")" first
	expect "detach" 0 gxdp detach dev v0
	expect "detach there" 0 ip netns exec c gxdp detach dev v0
	check "nothing is pinned" [ -z "$(ls $PIN)" ]
	ip netns del c
	ip link del v0
	ip link del v1

	# --- a device made anew goes on with what the old one had
	pair v0 || die_test "no veth pair"
	# shellcheck disable=SC2086
	expect "apply $how" 0 gxdp apply /tmp/first.rules dev v0 $how
	ip link del v0
	wait_for 10 eval '! ip link show v0'
	pair v0
	# shellcheck disable=SC2086
	expect "a device made anew" 0 gxdp -j apply /tmp/first.rules dev v0 $how
	json "goes on with them" '.apply.changes.kept == 1 and .apply.attached'
	expect "detach" 0 gxdp detach dev v0
	check "nothing is pinned" [ -z "$(ls $PIN)" ]
	ip link del v0
done

# --- a container: processes, network, mounts of its own, and the machine's bpffs

pair v0 || die_test "no veth pair"
expect "apply" 0 gxdp apply /tmp/first.rules dev v0 --exclusive
prog=$(prog_of v0)
cat >/tmp/inside <<'E2'
mount -t tmpfs t /run
ip link add v0 type veth peer name v0p && ip link set v0 up && ip link set v0p up
gxdp show rules dev v0 2>/dev/null && echo "has the machine's"
gxdp apply /tmp/second.rules dev v0 --exclusive || exit
gxdp -j show rules dev v0 | jq -r .rules.rules[].name
gxdp detach dev v0
E2
expect "apply in a container" 0 unshare --pid --fork --net --mount --mount-proc bash /tmp/inside
prints '^second$'
check_not "it does not see the machine's rules" grep -q "has the machine's" /tmp/out
check_eq "nor touches them" "$(rules_of v0) $(prog_of v0)" "first $prog"
expect "detach" 0 gxdp detach dev v0
finish
