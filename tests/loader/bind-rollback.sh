#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gxdp bind and unbind around a driver that fails in every way it can: the old
# driver and the whole configuration come back. Also what bind refuses to do.
# lab: dut=e1000e peer=igb timeout=480 not=debug once

. tests/lib.sh
. tests/loader/bind-lib.sh
. tests/loader/json-lib.sh

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

# A message longer than a page, 8 bytes a member. ip has no room for such a group.
big_group()
{
	local id

	for id in $(seq 1000 1599); do
		echo "nexthop add id $id via 10.9.0.2 dev gx0"
	done | ip -n dut -batch - && dut python3 - <<-'PY'
		import socket, struct
		def attr(type, data):
		    return struct.pack("HH", 4 + len(data), type) + data
		members = b"".join(struct.pack("IBBH", id, 0, 0, 0) for id in range(1000, 1600))
		body = struct.pack("BBBBI", 0, 0, 0, 0, 0) + attr(1, struct.pack("I", 9)) + attr(2, members)
		s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
		RTM_NEWNEXTHOP, REQUEST_ACK_CREATE = 104, 0x405
		s.sendto(struct.pack("IHHII", 16 + len(body), RTM_NEWNEXTHOP, REQUEST_ACK_CREATE, 1, 0) + body, (0, 0))
		assert struct.unpack_from("i", s.recv(65536), 16)[0] == 0
	PY
}
# members ID: how many a group has. (iproute2 does not read large ones.)
members()
{
	dut python3 - "$1" <<-'PY'
		import socket, struct, sys
		s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
		s.settimeout(20)
		# how much the kernel puts into an answer goes by what was read before
		NOOP, REQUEST_ACK = 1, 0x5
		s.sendto(struct.pack("IHHII", 16, NOOP, REQUEST_ACK, 1, 0), (0, 0))
		s.recv(1 << 16)
		RTM_GETNEXTHOP, REQUEST_DUMP, DONE = 106, 0x301, 3
		s.sendto(struct.pack("IHHIIBBBBI", 24, RTM_GETNEXTHOP, REQUEST_DUMP, 1, 0, 0, 0, 0, 0, 0), (0, 0))
		kind = 0
		while kind != DONE:
		    data = s.recv(1 << 16)
		    while data and kind != DONE:
		        size, kind = struct.unpack_from("IH", data)
		        attrs, at = {}, 24
		        while kind != DONE and at < size:
		            length, name = struct.unpack_from("HH", data, at)
		            attrs[name] = data[at + 4:at + length]
		            at += (length + 3) & ~3
		        if attrs.get(1) == struct.pack("I", int(sys.argv[1])):
		            print(len(attrs.get(2, b"")) // 8)
		        data = data[(size + 3) & ~3:]
	PY
}
check "a group of 600 next-hop objects" big_group
fake no_netdev=1
check_status "bind, which fails" 1 dut gxdp bind gx0
check_eq "the group has its members" "$(members 9)" 600
ip -n dut nexthop del id 9
for id in $(seq 1000 1599); do
	echo "nexthop del id $id"
done | ip -n dut -batch -
check_unchanged "after a group of 600 that is gone again"

fake no_carrier=1
check_status "bind, when the link does not come up again" 1 dut gxdp bind gx0
check "which is said" grep -q 'does not come up' <<<"$out" || echo "$out"
check_eq "its old driver has it" "$(driver_now)" e1000e
check_unchanged "after a link that stayed down"

# the rules cannot be put back: that is no "all is as it was"
echo 'default pass' >/tmp/pass.rules
check "rules" dut gxdp apply /tmp/pass.rules dev gx0 --mode generic
fake no_netdev=1
dut gxdp -j bind gx0 >/tmp/out 2>/tmp/stderr
check_eq "bind, which fails, of a device with rules" $? 6
check "the error says that they are gone" \
	jq -e '.error | .xdp_lost == "rules" and (.message | test("the rules of gx0 are gone"))' /tmp/out || cat /tmp/out
schema error
check "and which is to be done" grep -q 'gxdp apply' /tmp/stderr
check_unchanged "after rules that are gone"
check "a program" dut gxdp attach pass dev gx0 --mode generic
dut gxdp -j bind gx0 >/tmp/out 2>/tmp/stderr
check_eq "bind, which fails, of a device with a program" $? 6
check "the error says so" jq -e '.error | .xdp_lost == "program"' /tmp/out || cat /tmp/out
check_unchanged "after a program that is gone"

fake probe_fails=1
dut gxdp -j bind gx0 >/tmp/out 2>/dev/null
check "with no program none is lost" jq -e '.error | .exit == 1 and .xdp_lost == null' /tmp/out || cat /tmp/out
schema error

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
# what happens while the module is loaded counts, too: rules, and a route
mkdir -p /tmp/late
cat >/tmp/late/insmod <<'LATE'
#!/bin/sh
gxdp apply /tmp/pass.rules dev gx0 --mode generic && ip route add 192.0.2.64/26 dev gx0
exec /sbin/insmod "$@"
LATE
chmod +x /tmp/late/insmod
out=$(PATH=/tmp/late:$PATH dut gxdp -j bind gx0 --module /tmp/fake/gxdp.ko)
check "bind loads the module it is given" jq -e '.bound.driver == "gxdp"' <<<"$out"
check "rules of that time are told of" jq -e '.bound.xdp_lost == "rules"' <<<"$out" || echo "$out"
check "a route of that time is kept" ip -n dut route del 192.0.2.64/26 dev gx0
check_eq "gxdp has it" "$(driver_now)" gxdp
check_unchanged "after bind"
check "rules" dut gxdp apply /tmp/pass.rules dev gx0 --mode generic
dut gxdp -j unbind gx0 >/tmp/out 2>/dev/null
check "unbind tells of the rules that go" jq -e '.unbound.xdp_lost == "rules"' /tmp/out || cat /tmp/out
schema unbind
check "bind again" dut gxdp bind gx0
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

# lines of the file for the boot, taken out all at once: one gxdp does not write back what
# another has taken out
RULES=/etc/udev/rules.d/70-gxdp.rules
mapfile -t cards < <(lspci -Dn | awk -v dut="$PCI" '$1 != dut { print $1 }')
one_round()
{
	local card

	mkdir -p ${RULES%/*}
	for card in "${cards[@]}"; do
		echo "ACTION==\"add\", SUBSYSTEM==\"pci\", KERNEL==\"$card\", ATTR{vendor}==\"0x8086\", ATTR{device}==\"0x10d3\", TAG+=\"systemd\", ENV{SYSTEMD_WANTS}+=\"gxdp-bind.service\""
	done >$RULES
	for card in "${cards[@]}"; do
		gxdp unbind "$card" &
	done >/dev/null
	wait
	[ ! -e $RULES ] || { cat $RULES; return 1; }
}
ten_rounds()
{
	for _ in {1..10}; do
		one_round || return
	done
}
check "several at once, each a line of the file" ten_rounds

rmmod gxdp
check_eq "with the module gone no driver has it" "$(driver_now)" ""
check "unbind clears up after a module that is gone" gxdp unbind "$PCI"
check_eq "mainline's driver has it" "$(driver_now)" e1000e
check_eq "no override is left" "$(override_now)" "(null)"
finish
