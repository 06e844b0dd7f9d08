#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The demo's half inside the guest; started by tests/demo.sh. A line per step.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh

DEV=gx0
BPF=$GXDP_LAB_BUILD/bpf
export GXDP_BPF_DIR=$BPF
log=/results/demo.log

step()
{
	printf '  %-58s ' "$1"
}

# The step's own words, then on; or what went wrong, and the end.
ok()
{
	printf '%s\n' "${1:-ok}"
}

wrong()
{
	printf 'FAILED\n' ; printf 'demo: %s\n' "$1" >&2
	[ -s $log ] && tail -n 15 $log >&2
	exit 1
}

gxdp_dut()
{
	ip netns exec dut gxdp "$@"
}

demo_bind()
{
	modprobe e1000e 2>$log
	setup_pair || wrong "the two interfaces do not come up"
	before=$(readlink "/sys/bus/pci/devices/$(dut_pci)/driver")
	insert_gxdp || wrong "gxdp.ko does not load"
	step "gxdp bind $DEV (82574L, from ${before##*/})"
	gxdp_dut bind $DEV >>$log 2>&1 || wrong "gxdp bind failed"
	wait_for 20 carrier_up dut $DEV || wrong "no link under gxdp"
	ok "$(gxdp_dut status dev $DEV -j | python3 -c '
import json, sys
d = json.load(sys.stdin)
d = d[0] if isinstance(d, list) else d.get("devices", [d])[0]
print(d["driver"], "at", d.get("pci") or d.get("pci_address") or "")')"
	start_carrier=$(carrier_changes dut $DEV)
}

demo_stack()
{
	step "ping through it"
	dut ping -q -c 5 -i 0.2 -W 10 $PEER_IP >$log 2>&1 && grep -q ' 0% packet loss' $log ||
		wrong "not every ping was answered"
	ok "$(grep -o '[0-9]*% packet loss' $log)"
	step "iperf3 through it"
	peer iperf3 -s -D -1 >/dev/null
	wait_for 10 peer_listens 5201 || wrong "iperf3's server does not start"
	dut iperf3 -J -t 2 -c $PEER_IP >$log 2>&1 || wrong "iperf3 failed"
	ok "$(python3 -c '
import json
end = json.load(open("/results/demo.log"))["end"]
print("%.0f Mbit/s, emulated" % (end["sum_received"]["bits_per_second"] / 1e6))')"
}

peer_listens()
{
	peer ss -Hltn "sport = :$1" | grep -q .
}

# The sum of the packets fields of drop's counters, by bpftool alone.
dropped()
{
	bpftool -j map dump name drop_counters | python3 -c '
import json, sys
def count(x):
    if isinstance(x, dict):
        return sum(v if k == "packets" else count(v) for k, v in x.items())
    return sum(map(count, x)) if isinstance(x, list) else 0
print(count([e["formatted"] for e in json.load(sys.stdin)]))'
}

demo_drop()
{
	local frames=50000 n rx

	step "ip link set dev $DEV xdpdrv obj drop.bpf.o sec xdp"
	dut ip link set dev $DEV xdpdrv obj "$BPF/drop.bpf.o" sec xdp >>$log 2>&1 ||
		wrong "the program does not attach"
	ok "$(dut ip link show $DEV | grep -o 'prog/xdp id [0-9]*')"
	step "a flood of $frames frames (pktgen)"
	flood $frames || wrong "pktgen does not run"
	wait_for 20 all_dropped $frames || wrong "XDP dropped $(dropped) frames of $frames"
	n=$(dropped)
	rx=$(all_queues rx xdp_drop)
	ok "$n in bpftool map dump, $rx in ethtool -S"
	[ "$rx" = "$n" ] || wrong "the driver's counter says $rx"
	dut ip link set dev $DEV xdpdrv off || wrong "the program does not detach"
}

# all_queues rx|tx NAME: a counter of ethtool -S, summed over the queues.
all_queues()
{
	dut ethtool -S $DEV | awk -v n="^$1[0-9]+_$2:\$" '$1 ~ n { sum += $2 } END { print sum + 0 }'
}

all_dropped()
{
	[ "$(dropped)" -ge "$1" ]
}

flood()
{
	local mac

	mac=$(dut cat /sys/class/net/$DEV/address)
	modprobe pktgen && peer python3 - "$1" "$mac" <<'PY'
import sys
count, mac = sys.argv[1:]
def pg(name, *lines):
    for line in lines:
        with open("/proc/net/pktgen/" + name, "w") as f:
            f.write(line + "\n")
pg("kpktgend_0", "rem_device_all", "add_device peer0")
pg("peer0", "count " + count, "clone_skb 1000", "burst 32", "pkt_size 60", "delay 0",
   "dst 10.9.0.1", "dst_mac " + mac)
pg("pgctrl", "start")
PY
}

# What the peer has acknowledged of the transfer; the control connection's few bytes count
# along.
tcp_bytes()
{
	dut ss -Htin "dport = :5202" | grep -o 'bytes_acked:[0-9]*' |
		awk -F: '{ n += $2 } END { print n + 0 }'
}

tcp_flows()
{
	[ "$(tcp_bytes)" -gt 100000 ]
}

# Numbered datagrams to the echo socket and back, while TCP runs beside.
demo_xsk()
{
	local echo_pid tcp_pid queues pins before after

	step "gxdp attach xsk_steer dev $DEV: UDP port 7777 to AF_XDP"
	gxdp_dut attach xsk_steer dev $DEV >$log 2>&1 || wrong "the program does not attach"
	pins=$(sed -n 's/^maps: //p' $log)
	bpftool map update pinned "$pins/steer_config" key 0 0 0 0 \
		value hex 02 00 00 00 61 1e 00 00 01 00 00 00 || wrong "steer_config"
	ok
	step "zero-copy sockets bound to every queue"
	queues=$(dut ethtool -l $DEV | awk '/^Combined:/ { n = $2 } END { print n }')
	# "ip netns exec" would hide the bpffs that the map is pinned in
	nsenter --net=/run/netns/dut "$GXDP_LAB_BUILD/demo/xsk_echo" $DEV "$pins/xsks_map" "$queues" >/results/echo 2>>$log &
	echo_pid=$!
	wait_for 10 grep -q ready /results/echo || wrong "the sockets do not bind"
	ok "$queues"
	step "2000 datagrams echoed by AF_XDP, a TCP transfer beside"
	peer iperf3 -s -D -1 -p 5202 >/dev/null
	wait_for 10 peer_listens 5202 || wrong "iperf3's server does not start"
	# Longer than the datagrams can take: it is ended when they are back. Its window keeps
	# the peer's ring, where QEMU's igb drops what finds it full, free for them.
	ip netns exec dut iperf3 -t 600 -w 64K -p 5202 -c $PEER_IP >/results/tcp 2>&1 &
	tcp_pid=$!
	wait_for 60 tcp_flows || wrong "the TCP transfer does not start"
	before=$(tcp_bytes)
	peer python3 tests/demo/datagrams.py $DUT_IP 7777 2000 >$log 2>&1 || wrong "datagrams were lost"
	after=$(tcp_bytes)
	kill -0 $tcp_pid && [ "$after" -gt "$before" ] || wrong "TCP did not go on beside them"
	kill $tcp_pid
	wait $tcp_pid
	kill -TERM $echo_pid && wait $echo_pid
	ok "$(tail -n 1 $log), $(((after - before) >> 10)) KiB of TCP meanwhile"
	grep -q 'echoed [1-9]' /results/echo || wrong "the socket saw nothing"
	[ "$(all_queues tx xsk)" -ge 2000 ] ||
		wrong "the driver's AF_XDP counters saw nothing"
	gxdp_dut detach dev $DEV >>$log 2>&1 || wrong "gxdp detach failed"
}

demo_end()
{
	step "link changes in all of this"
	[ "$(carrier_changes dut $DEV)" = "$start_carrier" ] ||
		wrong "the link went down: $start_carrier to $(carrier_changes dut $DEV)"
	ok none
	step "gxdp unbind $DEV"
	gxdp_dut unbind $DEV >>$log 2>&1 || wrong "gxdp unbind failed"
	wait_for 20 carrier_up dut $DEV || wrong "no link under e1000e"
	dut ping -q -c 2 -i 0.2 -W 2 $PEER_IP >$log 2>&1 || wrong "no answer to ping under e1000e"
	ok "$(basename "$(readlink "/sys/bus/pci/devices/$(dut_pci)/driver")") again, same name, same address"
	step "module unloaded, no page left out"
	rmmod gxdp && check_no_pages_out >>$log 2>&1 || wrong "something is left"
	ok
}

step "boot: Linux $(uname -r) under QEMU"
ok "$(cut -d' ' -f1 /proc/uptime) s"
demo_bind
demo_stack
demo_drop
demo_xsk
demo_end
