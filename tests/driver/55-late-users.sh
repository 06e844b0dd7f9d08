#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Those who still use a queue when it goes: pktgen, which asks nobody whether its queue
# is still one, and AF_XDP applications that close their socket because the device went
# down while it is being taken away.
# lab: dut=family timeout=180
# append: iomem=relaxed

. tests/driver/lib.sh

PKTGEN=/proc/net/pktgen

pktgen()
{
	# shellcheck disable=SC2016 # expanded by the inner shell
	dut sh -c 'echo "$1" >'"$PKTGEN/$2" sh "$1"
}

# start_pktgen CLONES: without end, on queue 1
start_pktgen()
{
	local word

	pktgen "rem_device_all" kpktgend_0
	pktgen "add_device gx0@1" kpktgend_0 || return 1
	for word in "queue_map_min 1" "queue_map_max 1" "count 0" "pkt_size 60" "delay 0" \
		"clone_skb $1" "dst_mac $(peer_mac)"; do
		pktgen "$word" gx0@1 || return 1
	done
	pktgen start pgctrl &
	generator=$!
	wait_for 30 sent_on 1 1000
}

stop_pktgen()
{
	pktgen stop pgctrl
	wait "$generator"
}

# sent_on QUEUE MORE: so many more frames than at the last mark
sent_on()
{
	[ "$(stat dut gx0 "tx$1_packets")" -gt $((mark + $2)) ]
}

mark_queue()
{
	mark=$(stat dut gx0 "tx$1_packets")
}

begin
if has queues "a queue goes that pktgen sends on"; then
	modprobe pktgen
	for clones in 0 100000; do
		mark_queue 1
		check "pktgen sends on queue 1 (clone_skb $clones)" start_pktgen $clones
		for i in 1 2 3 4 5; do
			dut ethtool -L gx0 combined 1 || fail "-L combined 1, round $i"
			dut ethtool -L gx0 combined 2 || fail "-L combined 2, round $i"
		done
		mark_queue 1
		check "and still does, with clone_skb $clones" wait_for 30 sent_on 1 100
		check "pktgen ends" stop_pktgen
	done
	rmmod pktgen
	check "the stack sends on" dut ping -q -c 3 -i 0.2 -W 10 $PEER_IP
fi

# The socket is closed when the device has gone down, which is while it goes.
rounds=5
for ((i = 1; i <= rounds; i++)); do
	start_receiver "$TMP/x" dut xsk tx -i gx0 -z -L -d "$(peer_mac)" -r 100000
	unbind_driver "$(dut_pci)"
	wait "$receiver" || { fail "round $i: the application: $(cat "$TMP/x")"; break; }
	bind_driver "$(dut_pci)" gxdp && setup_dut || { fail "round $i: it does not come back"; break; }
	wait_for 30 carrier_up dut gx0 || fail "round $i: no link"
done
check_eq "unbound under an application that leaves with the device" $((i - 1)) $rounds
check "and it works" dut ping -q -c 3 -i 0.2 -W 10 $PEER_IP
end
