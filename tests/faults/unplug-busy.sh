#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The device is pulled out, under traffic, in the midst of dumps of its registers, NVM and
# counters and of questions to its PHY, FAULT_ROUNDS times, and another is plugged in.
# lab: dut=family timeout=240 kernels=6.12,7.3,debug

. tests/faults/lib.sh

ROUNDS=${FAULT_ROUNDS:-3}

# look WHAT: over and over, all the time; a line for each answer
look()
{
	while :; do
		ethtool $1 gx0 >/dev/null 2>&1 && echo
	done >"$TMP/look$1"
}
export -f look
export TMP

# the PHY is asked for the link's settings, and by the watchdog
LOOKS=(-d -S -e '')

all_looked()
{
	local what

	for what in "${LOOKS[@]}"; do
		[ -s "$TMP/look$what" ] || return
	done
}

stop_all()
{
	kill "${lookers[@]}"
	wait "${lookers[@]}" 2>/dev/null
	stop_traffic
}

live
for ((i = 1; i <= ROUNDS; i++)); do
	[ $i -eq 1 ] || start_traffic
	lookers=()
	for what in "${LOOKS[@]}"; do
		: >"$TMP/look$what"
		background dut bash -c "look $what"
		lookers+=("$child")
	done
	check_flows "round $i"
	check "round $i: it is being looked at" wait_for 20 all_looked
	unplug_and_back "round $i" stop_all
done
start_traffic
check_flows "at the end"
check_intact
check_adds_up
end
