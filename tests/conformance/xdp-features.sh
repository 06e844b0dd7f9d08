#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lab: dut=family named timeout=400 kernels=6.12,7.3
# named: long: two chips in one guest
#
# The kernel's xdp_features (test_xdp_features.sh), between two gxdp NICs of different
# families: what the device says it can do, a tester at the other end finds it doing.

. tests/conformance/lib.sh

PROGRAM=$SELFTESTS/bpf/xdp_features

# The tester wants a native program on its side, too.
setup_tester()
{
	ip netns add peer
	bind_driver "$(peer_pci)" gxdp && to_netns "$(peer_pci)" peer peer0 || return 1
	setup_end peer peer0 $PEER_IP $PEER_IP6
}

serves()
{
	dut ss -Htln 'sport = :12345' | grep -q .
}

# check_feature NAME DUT-ADDRESS TESTER-ADDRESS
check_feature()
{
	local server

	ip netns exec dut "$PROGRAM" -f "$1" -D "$2" -T "$3" gx0 >"/tmp/dut-$1" 2>&1 &
	server=$!
	wait_for 60 serves || fail "$1: the device's side does not come up"
	peer timeout 120 "$PROGRAM" -t -f "$1" -D "$2" -C "$2" -T "$3" peer0 >"/tmp/tester-$1" 2>&1
	kill $server 2>/dev/null
	wait $server
	# the words are coloured
	sed -E 's/\x1b\[[0-9;]*m//g' "/tmp/tester-$1" | grep '^Feature' >"/tmp/result-$1"
	check_eq "$1 is advertised and works" "$(cat "/tmp/result-$1")" "Feature $1: [DETECTED][ADVERTISED]" ||
		sed 's/^/    /' "/tmp/dut-$1" "/tmp/tester-$1"
}

load_gxdp || die_test "gxdp does not load"
setup_dut && setup_tester || die_test "no pair of NICs"
wait_for 20 carrier_up dut gx0 && wait_for 20 carrier_up peer peer0 || die_test "no carrier"
for feature in XDP_PASS XDP_ABORTED XDP_REDIRECT; do
	check_feature $feature $DUT_IP6 $PEER_IP6
done
for feature in XDP_DROP XDP_TX XDP_NDO_XMIT; do
	check_feature $feature ::ffff:$DUT_IP ::ffff:$PEER_IP
done
unbind_driver "$(peer_pci)"
check "gxdp unloads and no page stays out" unload_gxdp
finish
