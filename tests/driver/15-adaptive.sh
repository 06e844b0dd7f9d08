#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Interrupt spacing that follows the traffic: the vector's register moves with it, and no
# other's; it stands still when it is told to, and what contradicts itself is refused.
# lab: dut=family short timeout=120 once

. tests/driver/lib.sh

# The first pair's, and the second's: 82576 EITR, 82574L EITR, 8254x ITR
case $FAMILY in
82576) reg=00001680 other=00001684 ;;
82540EM | 82545EM) reg=000000c4 other= ;;
*) reg=000000e8 other=000000ec ;;
esac

# spacing [REGISTER]
spacing()
{
	dut ethtool -d gx0 raw on | od -An -v -tx4 -w8 | awk -v r="${1:-$reg}" '$1 "" == r "" { print $2 }'
}

differs_from()
{
	[ "$(spacing)" != "$1" ]
}

adaptive()
{
	dut ethtool -c gx0 | awk '/^Adaptive RX:/ { print $3 }'
}

begin
ip_to 0	# with the stream, so that a second pair has nothing to do
if [ "$FAMILY" = 82576 ]; then
	check_eq "on from the start" "$(adaptive)" on
else
	check_eq "off from the start" "$(adaptive)" off
fi
check "a fixed spacing" dut ethtool -C gx0 adaptive-rx off rx-usecs 300
fixed=$(spacing)
start_peer_sends "$TMP/sent" -r 3000
check_not "stands still under traffic" wait_for 2 differs_from "$fixed"
check_not "adaptive with a value is refused" dut ethtool -C gx0 adaptive-rx on rx-usecs 20
check_eq "and changes nothing" "$(adaptive) $(spacing)" "off $fixed"
check "adaptive" dut ethtool -C gx0 adaptive-rx on
first=$(spacing)
check "is another spacing ($fixed, $first)" [ "$first" != "$fixed" ]
second=$(spacing "$other")
# net DIM's first decision under traffic is to try another one
check "moves with the traffic" wait_for 30 differs_from "$first"
if has queues "the spacing of another vector"; then
	check "the second vector has it, too ($second)" [ "$second" != "$fixed" ]
	check_eq "and no traffic: its own stands still" "$(spacing "$other")" "$second"
fi
check_not "a value alone is refused" dut ethtool -C gx0 rx-usecs 20
check_eq "and adaptive goes on" "$(adaptive)" on
check "off again" dut ethtool -C gx0 adaptive-rx off
check_eq "is the fixed spacing" "$(spacing)" "$fixed"
check_not "and stays" wait_for 2 differs_from "$fixed"
kill "$sender"
wait "$sender"
end
