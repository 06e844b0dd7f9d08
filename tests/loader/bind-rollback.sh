#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gxdp bind and unbind around a driver that fails in every way it can: the old
# driver and the whole configuration come back. Also what bind refuses to do.
# lab: dut=e1000e peer=igb timeout=300 not=debug

. tests/lib.sh
. tests/loader/bind-lib.sh

# fake PARAMETER=VALUE...: the stand-in driver, loaded so
fake()
{
	[ ! -e /sys/module/gxdp ] || rmmod gxdp
	insmod /tmp/fake/gxdp.ko "$@"
}

# Mainline's driver unloaded, and not to be had. (Its peer is another's.)
NO_MAINLINE=/etc/modprobe.d/no-mainline.conf
no_mainline()
{
	mkdir -p /etc/modprobe.d
	echo 'install e1000e /bin/false' >$NO_MAINLINE
	rmmod e1000e
}

modprobe e1000e
setup_pair || die_test "the two ends do not come up"
configure_dut
before=$(picture)
check "the stand-in driver builds" build_fake || finish

# --- what is refused, and changes nothing

check_status "no such device" 4 dut gxdp bind nonsense0
check_status "no such PCI device" 4 gxdp bind 0000:7f:1f.7
check_status "a PCI device that is no network card" 4 gxdp bind 0000:00:00.0
check_status "no device at all" 2 gxdp bind
check_status "a module that is none" 1 dut gxdp bind gx0 --module /etc/passwd
ip -n dut route add default via 10.9.0.2
check_status "the default route is in the way" 5 dut gxdp bind gx0
grep -q 'default route' <<<"$out" || fail "the refusal does not say why: $out"
ip -n dut route del default
ip -n dut route add default table 77 nexthop via 10.9.0.2 nexthop via 10.77.0.9
check_status "also as one of several next hops in another table" 5 dut gxdp bind gx0
ip -n dut route del default table 77
ip -n dut route add default nhid 8
dut sysctl -qw net.ipv4.nexthop_compat_mode=0
check_status "also by a group of next-hop objects, which alone is shown" 5 dut gxdp bind gx0
dut sysctl -qw net.ipv4.nexthop_compat_mode=1
ip -n dut route del default nhid 8
ip -n dut link add link gx0 name gx0.5 type vlan id 5
check_status "a VLAN is in the way" 5 dut gxdp bind gx0
grep -q 'gx0\.5' <<<"$out" || fail "the refusal does not name it: $out"
ip -n dut link del gx0.5
ip netns add third
ip -n dut link add link gx0 name mv0 type macvlan mode bridge
ip -n dut link set mv0 netns third
check_status "a macvlan in a third namespace is in the way" 5 dut gxdp bind gx0
grep -q 'mv0 (in another' <<<"$out" || fail "the refusal does not name it: $out"
ip netns del third
check_eq "the refused device stayed with its driver" "$(driver_now)" e1000e
check_unchanged "after refusals"

# the peer is an 82576, which can make virtual functions
SRIOV=/sys/bus/pci/devices/$(peer_pci)/sriov_numvfs
check "virtual functions are made" eval "echo 2 >$SRIOV"
check_status "they are in the way" 5 gxdp bind "$(peer_pci)"
grep -q '2 virtual functions' <<<"$out" || fail "the refusal does not name them: $out"
check_eq "and stay" "$(cat "$SRIOV")" 2
echo 0 >"$SRIOV"
check "the cable works again" wait_for 20 dut ping -c 1 -W 1 $PEER_IP

# --- what fails, and is undone

fake probe_fails=1
check_status "bind, when probe fails" 1 dut gxdp bind gx0
check_eq "its old driver has it" "$(driver_now)" e1000e
check_eq "no override is left" "$(override_now)" "(null)"
check_unchanged "after a failed probe"

dut sysctl -qw net.ipv4.nexthop_compat_mode=0
fake no_netdev=1
check_status "bind, when no network device appears" 1 dut gxdp bind gx0
check_eq "its old driver has it" "$(driver_now)" e1000e
dut sysctl -qw net.ipv4.nexthop_compat_mode=1
check_unchanged "after no network device, with routes that show next-hop objects alone"

fake no_carrier=1
check_status "bind, when the link does not come up again" 1 dut gxdp bind gx0
check "which is said" grep -q 'does not come up' <<<"$out" || echo "$out"
check_eq "its old driver has it" "$(driver_now)" e1000e
check_unchanged "after a link that stayed down"

fake max_mtu=1300
out=$(dut gxdp -j bind gx0 2>/tmp/stderr)
check_eq "bind, when the MTU is too large for the new driver" $? 1
check "the error is JSON and names the MTU" \
	jq -e '.error | .exit == 1 and (.message | test("MTU"))' <<<"$out" || echo "$out"
check "and is on stderr as text" grep -q MTU /tmp/stderr
check_eq "its old driver has it" "$(driver_now)" e1000e
check_unchanged "after a refused MTU"
check "the cable still works" wait_for 20 dut ping -c 1 -W 1 $PEER_IP

# --- and what works

rmmod gxdp
check "bind loads the module it is given" dut gxdp bind gx0 --module /tmp/fake/gxdp.ko
check_eq "gxdp has it" "$(driver_now)" gxdp
check_unchanged "after bind"
out=$(dut gxdp -j bind gx0)
check "a second bind succeeds, and says it changed nothing" jq -e '.bound.changed == false' <<<"$out"

ip -n dut route add default via 10.9.0.2
check_status "the default route is in unbind's way, too" 5 dut gxdp unbind gx0
ip -n dut route del default
check "mainline's driver goes, and cannot be loaded" no_mainline
check_status "unbind, when there is no other driver" 1 dut gxdp unbind gx0
check "which is said" grep -q "the kernel's own driver did not take $PCI" <<<"$out" || echo "$out"
check_eq "gxdp has it" "$(driver_now)" gxdp
check_eq "and the override is left" "$(override_now)" gxdp
check_unchanged "after a failed unbind"
rm $NO_MAINLINE

rmmod gxdp
check_eq "with the module gone no driver has it" "$(driver_now)" ""
check "unbind clears up after a module that is gone" gxdp unbind "$PCI"
check_eq "mainline's driver has it" "$(driver_now)" e1000e
check_eq "no override is left" "$(override_now)" "(null)"
finish
