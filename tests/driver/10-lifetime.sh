#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module comes and goes, and so does the device, fifty times, while the peer
# keeps sending. Each kind of interrupt serves.
# lab: dut=family timeout=400

. tests/driver/lib.sh

CYCLES=50
[ "$LAB_KERNEL" != debug ] || CYCLES=10	# of 20 s and more
MOST_KIB=40000	# one leaked pair of rings is 4 MiB; fifty would be 200

memory()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^MemAvailable:/ { print $2 }' /proc/meminfo
}

receives()
{
	[ "$(cat "/sys/class/net/$1/statistics/rx_packets")" -gt 0 ]
}

# One life: bound, up, something received; the end comes in the middle of traffic.
live_once()
{
	local dev

	load_gxdp && wait_for 20 pci_netdev "$pci" || return 1
	dev=$(pci_netdev "$pci")
	ip link set "$dev" up && wait_for 60 receives "$dev"
}

# die_once [stays]: the module may stay for the next
die_once()
{
	unbind_driver "$pci" && { [ -n "${1-}" ] || rmmod gxdp; }
}

# How often its registers are mapped: by where they are, as the list has no module's name.
mappings()
{
	local start

	read -r start _ <"/sys/bus/pci/devices/$pci/resource"
	grep -c "phys=$start ioremap" /proc/vmallocinfo
}

vectors()
{
	awk -v d="$1" '$NF ~ "^" d { print }' /proc/interrupts
}

check_irq_mode()
{
	local mode=$1 lines=$2 kind=$3 wires

	load_gxdp irq_mode="$mode" && setup_dut && wait_for 60 carrier_up dut gx0 ||
		{ fail "irq_mode=$mode: the device does not come up"; return; }
	wires=$(vectors gx0)
	check_eq "irq_mode=$mode: so many vectors" "$(wc -l <<<"$wires")" "$lines"
	check_eq "irq_mode=$mode: all of the kind $kind" "$(grep -cE "$kind" <<<"$wires")" "$lines"
	check "irq_mode=$mode: ping" dut ping -q -c 3 -i 0.2 -W 10 $PEER_IP
	start_receiver "$TMP/r" dut stream recv -i gx0
	peer_sends -n 2000 -r 1500 >"$TMP/s"
	wait $receiver
	check_stream "irq_mode=$mode: a stream arrives whole" "$TMP/r" 2000
	# or the watchdog would have fetched the frames, second after second
	check_eq "irq_mode=$mode: no interrupt was missed" "$(stat dut gx0 irq_lost)" 0
	check "irq_mode=$mode: the module goes" unload_gxdp
}

setup_peer || die_test "no peer"
# from memory, not over 9p fifty times
mkdir "$TMP/module"
cp "$GXDP_BUILD/gxdp.ko" "$TMP/module"
GXDP_BUILD=$TMP/module
pci=$(dut_pci)
wait_for 20 carrier_up peer peer0
background peer stream send -i peer0 -d ff:ff:ff:ff:ff:ff -r 1500 >"$TMP/sent"
sender=$child

# The first lives load what stays (slabs, modules it needs).
for i in 1 2 3 4; do
	check "life $i" live_once
	check_eq "its registers are mapped" "$(mappings)" 1
	check "and its end" die_once $([ $((i % 2)) -eq 0 ] || echo stays)
done
before=$(memory)
ends=0
for ((i = 1; i <= CYCLES; i++)); do
	live_once || { fail "cycle $i: the device does not come up and receive"; break; }
	die_once || { fail "cycle $i: the device does not go"; break; }
	ends=$((ends + 1))
done
check_eq "the device and the module came and went" $ends $CYCLES
rmmod gxdp 2>/dev/null
kill $sender
wait $sender
check "no page is left behind" check_no_pages_out
check_eq "no interrupt is left behind" "$(grep -c TxRx /proc/interrupts)" 0
check_eq "no mapping is left behind" "$(mappings)" 0
lost=$((before - $(memory)))
check "no memory is left behind ($lost KiB less available, noise up to $MOST_KIB)" [ $lost -lt $MOST_KIB ]
# The lab's module is not signed, which the kernel remarks on.
check_eq "nothing of it in the log but what it says by itself" \
	"$(dmesg | grep -iE 'gxdp.*(fail|error|timed out|does not)' | grep -v 'module verification failed')" ""

ip netns add dut
if has msi "MSI-X and MSI"; then
	# one for each pair there may be: -L cannot fail for want of one
	check_irq_mode 2 $(($(family_field "$FAMILY" pairs) + 1)) 'MSI-?X|PCI-MSI'
	check_irq_mode 1 1 'PCI-MSI'
fi
check_irq_mode 0 1 'IO-APIC'
for mode in 3 -1 x; do
	check_not "irq_mode=$mode is refused" load_gxdp irq_mode=$mode
done
rm -rf "$TMP"
finish
