#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rules on gxdp's own NIC: ping blocked and counted, an update, a set, a trace.
# lab: dut=e1000e peer=igb timeout=240 once

. tests/lib.sh

load_gxdp && setup_pair || die_test "no pair of NICs"
g() { dut gxdp "$@"; }
pings() { peer ping -q -c 1 -W 2 $DUT_IP; }
packets() { g -j show rules dev gx0 | jq --arg r "$1" '.rules.rules[] | select(.name == $r).packets'; }

check "the link works" wait_for 10 pings
cat >/tmp/1.rules <<'E'
set bad timeouts { }
bad: drop src @bad
noping: drop icmp type echo-request
default pass
E
check "features knows native XDP" eval "g -j features dev gx0 | jq -e '.features[0].features[] | select(.name == \"native XDP\").answer == \"yes\"'"
check "apply" g apply /tmp/1.rules dev gx0
check_not "ping is blocked" pings
check "and counted" [ "$(packets noping)" -ge 1 ]
check "IPv6 is not" peer ping -q -c 1 -W 2 $DUT_IP6
n=$(packets noping)
changes=$(carrier_changes dut gx0)
sed '/^noping/s/.*/noping: pass icmp type echo-request/' /tmp/1.rules >/tmp/2.rules
check "an update" g apply /tmp/2.rules dev gx0
check "ping goes through" pings
check "the counter went on" [ "$(packets noping)" -gt "$n" ]
check_eq "the link has not moved" "$(carrier_changes dut gx0)" "$changes"
check "a member of a set" g set add bad $PEER_IP dev gx0
check_not "drops the peer" pings
check "is taken out again" g set del bad $PEER_IP dev gx0
check "ping goes through" pings
check "show queues" eval "g -j show queues dev gx0 | jq -e '.queues.rx | length >= 1'"
check "VLAN rules while tags stay" eval "echo 'drop vlan 5
default pass' >/tmp/v.rules; g apply /tmp/v.rules dev gx0"
dut ethtool -K gx0 rxvlan on
check_not "and not when they are stripped" g apply /tmp/v.rules dev gx0
dut ethtool -K gx0 rxvlan off
check "detach" g detach dev gx0
check "ping goes through" pings
check "the module goes" unload_gxdp
finish
