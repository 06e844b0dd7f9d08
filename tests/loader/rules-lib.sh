# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the tests of rules: a veth pair va (here, under test) and vb (in "p"),
# with addresses; and the words that several of them use.

. tests/loader/json-lib.sh

# rules_setup [MTU]: va with 10.7.0.1 and fd07::1, vb in p with .2
rules_setup()
{
	[ -e /sys/fs/bpf ] && ! mountpoint -q /sys/fs/bpf && mount -t bpf bpf /sys/fs/bpf
	ip netns add p
	ip link add va mtu "${1:-1500}" type veth peer name vb mtu "${1:-1500}" netns p
	sysctl -qw net.ipv6.conf.va.accept_dad=0 net.ipv6.conf.va.router_solicitations=0
	ip netns exec p sysctl -qw net.ipv6.conf.vb.accept_dad=0 net.ipv6.conf.vb.router_solicitations=0
	ip addr add 10.7.0.1/24 dev va && ip addr add fd07::1/64 dev va nodad
	ip -n p addr add 10.7.0.2/24 dev vb && ip -n p addr add fd07::2/64 dev vb nodad
	ip link set va up && ip -n p link set vb up && ip -n p link set lo up
	wait_for 10 pings
}

# Whether this is a guest: a second there is worth a tenth of one here, or less
slow() { [ "${LAB_KERNEL:-}" != host ]; }
# What is printed is the same there, and python3 takes its time
! slow || schema() { :; }

p() { ip netns exec p "$@"; }
pings() { p ping -q -c 1 -W 1 10.7.0.1; }
pings6() { p ping -q -c 1 -W 1 fd07::1; }

# expect "what" STATUS COMMAND...: its exit status; stdout and stderr are kept
expect()
{
	local what=$1 wanted=$2
	shift 2

	"$@" >/tmp/out 2>/tmp/err
	check_eq "$what" $? "$wanted" || cat /tmp/out /tmp/err
}

says() { check "  and says \"$1\"" grep -q -- "$1" /tmp/err || cat /tmp/err; }
prints() { check "  and prints \"$1\"" grep -q -- "$1" /tmp/out || cat /tmp/out; }
json() { check "  $1" jq -e "$2" /tmp/out || cat /tmp/out; }

# packets RULE: what a rule (its name, or "default") has counted
packets()
{
	gxdp -j show rules dev va | jq -r --arg r "$1" \
		'.rules | if $r == "default" then .default.packets else (.rules[] | select(.name == $r).packets) end'
}
