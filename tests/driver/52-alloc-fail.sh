#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Memory runs out at each allocation, one after the other: of open, attach, an
# AF_XDP socket's bind and close, -G, -L, MTU and resume, and probe (of what that can do
# without, one in FAULT_PROBE_STEP). Each time there is an error,
# and everything is as it was, and carries traffic. Then in the middle of receiving.
# lab: dut=family timeout=300 kernels=debug
# (A checker of the kernel finds no memory either, and says so.)
# expect: DMA-API: cacheline tracking ENOMEM, dma-debug disabled

. tests/driver/lib.sh

FAULTS=/sys/kernel/debug
TIMES=30	# failures under a stream
PROBE_STEP=${FAULT_PROBE_STEP:-15}	# there are some thousand, a second each

# All kinds of memory, sleeping or not, and without a stack trace in the log each time.
# But for what the kernel itself cannot do without (6.12, and 7.3 has not changed it):
# page_pool sleeps with soft interrupts off when it finds no radix_tree_node, and ACPI's
# interpreter, asked for an interrupt's routing, frees an object that is in use.
prepare_faults()
{
	local f

	for f in /sys/kernel/slab/*/failslab; do
		[[ $f == */radix_tree_node/* || $f == */Acpi-* ]] || echo 1 >$f
	done
	echo Y >$FAULTS/failslab/cache-filter
	for f in $FAULTS/fail{slab,_page_alloc,_usercopy}; do
		echo 0 >$f/verbose
		[ ! -e $f/ignore-gfp-wait ] || echo N >$f/ignore-gfp-wait
		[ ! -e $f/ignore-gfp-highmem ] || echo N >$f/ignore-gfp-highmem
		[ ! -e $f/min-order ] || echo 0 >$f/min-order
	done
}

# check_walk "what" LEAST WHERE ARGUMENTS-OF-NTH...: at least so many failures are told
# of, or, if it is met=LEAST, were met, by what can do without. WHERE is dut, or env for no
# namespace ('ip netns exec' would hide debugfs).
check_walk()
{
	local what=$1 least=${2#met=} count=failed where=$3

	[ "$least" = "$2" ] || count=met
	shift 3

	[ "$where" = env ] || where="nsenter --net=/run/netns/$where"
	# shellcheck disable=SC2086 # words
	$where python3 tests/driver/tools/nth.py "$@" >"$TMP/walk" 2>&1
	check_eq "$what: nothing but errors, and all as before" \
		"$(grep -v '^tried=' "$TMP/walk" | head -n 3)" ""
	check "$what: failures were met ($(tail -n 1 "$TMP/walk"))" \
		[ "$(value "$TMP/walk" $count | grep . || echo 0)" -ge "$least" ]
}

# The same, and then a stream that failures cost nothing.
check_walk_under_traffic()
{
	local what=$1

	check_walk "$what" 10 dut gx0 "${@:2}"
	start_receiver "$TMP/r" dut stream recv -i gx0
	start_peer_sends "$TMP/s" -r 300
	check_walk "$what, $TIMES times under a stream" $TIMES dut -t $TIMES gx0 "${@:2}"
	kill "$sender"
	wait "$sender" "$receiver"
	# a slow guest lets QEMU's hub queue frames, and those overtake each other
	check_lossy_stream "$what: a failure costs the traffic nothing" "$TMP/r" "$(value "$TMP/s" sent)" 0
}

receives()
{
	check "$1: traffic goes on" wait_for 60 dut ping -q -c 2 -i 0.2 -W 5 $PEER_IP
}

# refuse_polls FAULT PROBABILITY: to those who may not sleep, as a poll, so many in a
# hundred are refused; 0 ends it.
refuse_polls()
{
	local f=$FAULTS/$1

	echo 0 >$f/probability
	echo N >$f/task-filter
	echo $(($2 > 0)) >$f/ignore-gfp-wait
	echo 0 >$f/space
	echo -1 >$f/times
	echo $2 >$f/probability
}

# Half of the pages that the poll asks for are refused, while a reader who does not read
# keeps what it has received from coming back.
starve_receiver()
{
	sysctl -qw net.core.rmem_default=$((16 << 20)) net.core.rmem_max=$((16 << 20))
	start_receiver "$TMP/r" dut stream recv -u :7777
	kill -STOP $receiver
	counts "$TMP/a"
	refuse_polls fail_page_alloc 50
	peer stream send -u $DUT_IP:7777 -n 2000 -r 1000 -s 1000 >"$TMP/s"
	refuse_polls fail_page_alloc 0
	kill -KILL $receiver
	wait $receiver 2>/dev/null
	counts "$TMP/b"
}

# interrupts_to CPU PCI-ADDRESS: all of a device's
interrupts_to()
{
	local irq

	for irq in $(ls "/sys/bus/pci/devices/$2/msi_irqs" 2>/dev/null || cat "/sys/bus/pci/devices/$2/irq"); do
		echo "$1" >"/proc/irq/$irq/smp_affinity_list"
	done
}

# Half of the times that a processor's store of skb heads, for polls, wants to be filled, it
# is not, and a frame that has a buffer gets no skb. What the sender's driver gives back
# would fill the store of its processor: that is another one.
starve_of_skbs()
{
	local f len

	for f in /sys/kernel/slab/*/failslab; do
		[[ $f == */skbuff_head_cache/* ]] || echo 0 >$f
	done
	echo 1 >/sys/kernel/slab/skbuff_head_cache/failslab
	interrupts_to 0 "$(dut_pci)"
	interrupts_to 1 "$(peer_pci)"
	refuse_polls failslab 50
	for len in 60 1000; do	# copied; built around its page
		counts "$TMP/a$len"
		peer_sends -n 1000 -r 1000 -s $len >"$TMP/s"
		counts "$TMP/b$len"
	done
	refuse_polls failslab 0
	prepare_faults
}

begin
prepare_faults
least=$(family_field "$FAMILY" ring)
dut ethtool -G gx0 rx "$least" tx "$least"	# few pages, few steps
before=$(carrier_changes dut gx0)
check_walk_under_traffic "ethtool -G" rings $((least + 16)) "$least"
dut ethtool -G gx0 rx "$least" tx "$least"
check_walk_under_traffic "MTU" mtu 3000
ip -n dut link set gx0 mtu 1500
if has queues "ethtool -L"; then
	dut ethtool -L gx0 combined 1
	check_walk_under_traffic "ethtool -L" channels 2
fi

use_programs
check_walk "attach" 3 dut gx0 attach "$PROGS/verdict"
receives "attach"
check_walk "bind of a socket" 5 dut gx0 bind-xsk 0
receives "bind of a socket"
dmesg -C
check_walk "close of a socket" 20 dut gx0 close-xsk 0
check "close of a socket: without a ring for the stack the device waits, and says so" \
	grep -q 'no memory to take queue 0 back' <(dmesg)
receives "close of a socket"
check_eq "the carrier did not change" "$(carrier_changes dut gx0)" "$before"

starve_receiver
check "memory short in the poll: frames were refused, and counted" \
	[ "$(moved "$TMP/a" "$TMP/b" 'rx*_alloc_fail')" -gt 0 ]
receives "memory short in the poll"

starve_of_skbs
for len in 60 1000; do
	check "no memory for skbs of $len bytes in the poll: frames were dropped, and counted" \
		[ "$(moved "$TMP/a$len" "$TMP/b$len" 'rx*_skb_fail')" -gt 0 ]
done
receives "no memory for skbs in the poll"

insmod "$GXDP_BUILD/sleep_one.ko" device="$(dut_pci)" seconds=0
check_walk "sleep and resume" met=5 env "$(dut_pci)" sleep
check "the link is back" wait_for 60 carrier_up dut gx0
receives "sleep and resume"
check_adds_up

ip -n dut link set gx0 down
check_walk "open" 10 dut gx0 up
check "it is up, and works" wait_for 60 dut ping -q -c 1 -W 5 $PEER_IP
pci=$(dut_pci)
ip -n dut link set gx0 down
echo "$pci" >/sys/bus/pci/drivers/gxdp/unbind
check_walk "probe" 5 env -s "$PROBE_STEP" "$pci" bind
check "it comes up once more" setup_dut
check "and works" wait_for 60 dut ping -q -c 1 -W 5 $PEER_IP
end
