#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gxdp bind and unbind with the real driver: name, addresses, routes stay, and
# packets flow afterwards.
# lab: dut=e1000e peer=igb timeout=240

. tests/lib.sh
. tests/loader/bind-lib.sh
. tests/loader/json-lib.sh

[ -e "$GXDP_BUILD/gxdp.ko" ] || die_test "there is no $GXDP_BUILD/gxdp.ko"

# The module by itself takes no card, not even one that nobody has.
modprobe e1000e
unbind_driver "$PCI"
check "the module loads" insert_gxdp
check_eq "and takes no card unasked" "$(driver_now)" ""
rmmod gxdp
check "mainline's driver takes it again" bind_driver "$PCI" e1000e
echo >"/sys/bus/pci/devices/$PCI/driver_override"

setup_pair || die_test "the two ends do not come up"
configure_dut
before=$(picture)
mac=$(ip -n dut -j link show gx0 | jq -r '.[0].address')
ping_peer() { dut ping -c 1 -W 1 $PEER_IP && dut ping -c 1 -W 1 $PEER_IP6; }

check_eq "e1000e has neither native XDP nor zero-copy, whether the kernel says so or not" \
	"$(dut gxdp -j features dev gx0 | jq -c '[.features[0].features[:2][].answer]')" '["no","no"]'
check "bind by name, in the device's namespace" dut gxdp bind gx0 --module "$GXDP_BUILD/gxdp.ko"
check_eq "gxdp has it" "$(driver_now)" gxdp
check_unchanged "after bind"
check_eq "the MAC address is the same" "$(ip -n dut -j link show gx0 | jq -r '.[0].address')" "$mac"
check "packets flow" wait_for 20 ping_peer

out=$(dut gxdp -j bind gx0)
check "bind again changes nothing" jq -e '.bound.changed == false' <<<"$out"
schema bind <(echo "$out")
out=$(dut gxdp -j status dev gx0)
schema status <(echo "$out")
check "status names the driver and the PCI address" \
	jq -e --arg pci "$PCI" '.devices[0] | .driver == "gxdp" and .pci == $pci' <<<"$out"

check "attach in native mode" dut gxdp attach pass dev gx0
check "detach" dut gxdp detach dev gx0

printf 'drop udp dport 9\ndefault pass\n' >/tmp/bind.rules
check "apply rules" dut gxdp apply /tmp/bind.rules dev gx0
dut gxdp unbind gx0 2>/tmp/err
check_eq "unbind by name" $? 0
check "says what becomes of the rules" grep -q 'the rules on gx0 do not come along: apply' /tmp/err
check "which leave nothing pinned" [ -z "$(ls /sys/fs/bpf/gxdp)" ]
check_eq "e1000e has it" "$(driver_now)" e1000e
check_eq "no override is left" "$(override_now)" "(null)"
check_unchanged "after unbind"
check "packets flow" wait_for 20 ping_peer

out=$(dut gxdp -j unbind gx0)
check "unbind again changes nothing" jq -e '.unbound.changed == false' <<<"$out"
schema unbind <(echo "$out")

out=$(gxdp -j bind "$PCI")
check_eq "bind by PCI address, from another namespace" $? 0
schema bind <(echo "$out")
check_eq "gxdp has it" "$(driver_now)" gxdp
check_unchanged "after bind by address"
out=$(gxdp -j unbind "$PCI")
check_eq "unbind by PCI address, from another namespace" $? 0
schema unbind <(echo "$out")
check_unchanged "after unbind by address"

# the default route, of IPv6 here (bind-rollback has IPv4's)
ip -n dut -6 route add default via fd09::2
check_status "the default route is in the way" 5 dut gxdp bind gx0
check "unless forced" dut gxdp bind --force gx0
check "then it is there again" grep -q '^default via fd09::2' <(ip -n dut -6 route show)
check_status "and in unbind's" 5 dut gxdp unbind gx0
check "which is forced, too" dut gxdp unbind --force gx0
check "and still there" grep -q '^default via fd09::2' <(ip -n dut -6 route show)
ip -n dut -6 route del default via fd09::2

# in a bridge, with a MAC address of the administrator's
ip -n dut link add name br0 type bridge
ip -n dut link set gx0 address 02:00:00:00:12:34 master br0
dut gxdp bind gx0 2>/tmp/err
check_eq "a bridge is in the way" $? 5
check "which is said" grep -q 'br0' /tmp/err
check "unless forced" dut gxdp bind --force gx0
check_eq "it is back in the bridge" "$(ip -n dut -j link show gx0 | jq -r '.[0].master')" br0
check_eq "with that MAC address" "$(ip -n dut -j link show gx0 | jq -r '.[0].address')" 02:00:00:00:12:34
check "and forced back" dut gxdp unbind --force gx0
check_eq "still in the bridge" "$(ip -n dut -j link show gx0 | jq -r '.[0].master')" br0
ip -n dut link del br0

dut gxdp attach drop -m generic dev gx0
out=$(dut gxdp attach pass dev gx0 --replace 2>&1)
check_eq "native XDP on mainline's driver is refused" $? 3
check "and bind is offered" grep -q 'gxdp bind gx0' <<<"$out"
out=$(dut gxdp -j status dev gx0)
check "the old program is still there" \
	jq -e '.devices[0].program | .name == "drop" and .mode == "generic"' <<<"$out"
dut gxdp detach dev gx0

rmmod gxdp
finish
