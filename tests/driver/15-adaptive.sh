#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Interrupt spacing that follows the traffic: the vector's register moves with it, stands
# still when it is told to, and what contradicts itself is refused.
# lab: dut=family timeout=120

. tests/driver/lib.sh

# The first pair's: 82576 EITR, 82574L EITR, 8254x ITR
case $FAMILY in
82576) reg=00001680 ;;
82540EM | 82545EM) reg=000000c4 ;;
*) reg=000000e8 ;;
esac

spacing()
{
	dut ethtool -d gx0 raw on | od -An -v -tx4 -w8 | awk -v r=$reg '$1 "" == r "" { print $2 }'
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
[ "$PAIRS" -lt 2 ] || dut ethtool -L gx0 combined 1
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
# net DIM's first decision under traffic is to try another one
check "moves with the traffic" wait_for 30 differs_from "$first"
check_not "a value alone is refused" dut ethtool -C gx0 rx-usecs 20
check_eq "and adaptive goes on" "$(adaptive)" on
check "off again" dut ethtool -C gx0 adaptive-rx off
check_eq "is the fixed spacing" "$(spacing)" "$fixed"
check_not "and stays" wait_for 2 differs_from "$fixed"
kill "$sender"
wait "$sender"
end
