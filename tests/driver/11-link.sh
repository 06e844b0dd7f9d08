#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The cable is pulled and put back: one event each time, and traffic goes on.
# lab: dut=family timeout=150 once

. tests/driver/lib.sh

ROUNDS=3

# Events that a listener gets, each said once: how often the state changed.
events()
{
	awk -v d=gx0 '$2 ~ "^" d { s = /LOWER_UP/ ? "up" : "down"; if (s != last) n++; last = s } END { print n + 0 }' "$TMP/monitor"
}

begin
dmesg -C
background dut ip monitor link dev gx0 >"$TMP/monitor"
listener=$child
start_receiver "$TMP/r" dut stream recv -i gx0
start_peer_sends "$TMP/s" -r 500

before=$(carrier_changes dut gx0)
link_before=$(stat dut gx0 link_changes)
for ((i = 1; i <= ROUNDS; i++)); do
	monitor 'set_link dut0 off'
	check "round $i: the carrier goes" wait_for 30 carrier_down dut gx0
	if [ $i -eq 1 ]; then
		check_eq "ethtool says so" "$(dut ethtool gx0 | awk '/Link detected/ { print $3 }')" no
		check_not "nothing goes out" dut ping -q -c 1 -W 1 $PEER_IP
	fi
	monitor 'set_link dut0 on'
	check "round $i: the carrier comes back" wait_for 30 carrier_up dut gx0
	# what found no neighbour meanwhile may say so once more
	check "round $i: ping" wait_for 20 dut ping -q -c 2 -i 0.2 -W 10 $PEER_IP
done
check_eq "two carrier changes a round" $(($(carrier_changes dut gx0) - before)) $((2 * ROUNDS))
check_eq "the driver saw as many" $(($(stat dut gx0 link_changes) - link_before)) $((2 * ROUNDS))
check_eq "and the log has a line for each" \
	"$(dmesg | grep -cE 'gx0: link (down|up, 1000 Mb/s full)')" $((2 * ROUNDS))
kill $listener
check "listeners heard of each" [ "$(events)" -ge $((2 * ROUNDS)) ]
check_eq "the speed is told" "$(dut cat /sys/class/net/gx0/speed)" 1000

kill $sender
wait $sender $receiver
check "the stream went on after the last cut" [ "$(value "$TMP/r" ended)" = 1 ]
check "with what was sent while the cable was out lost, and no more than that twice or corrupt" \
	[ "$(value "$TMP/r" twice) $(value "$TMP/r" corrupt)" = "0 0" ]
check_eq "no reset was needed" "$(stat dut gx0 resets)" 0
end
