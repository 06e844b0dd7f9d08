#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The device is pulled out, under traffic, in the midst of dumps of its registers, NVM and
# counters and of questions to its PHY, FAULT_ROUNDS times, and another is plugged in.
# lab: dut=family timeout=240 kernels=6.12,7.3,debug once

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

# look_phy: the same of the PHY. With a link "ethtool gx0" does not ask it, and ethtool's
# netlink passes nothing on that is so already; the ioctl does, and the driver asks the PHY
# whether it is so.
look_phy()
{
	exec python3 - >"$TMP/look_phy" <<'PYTHON'
import ctypes, fcntl, socket, struct, time
SIOCETHTOOL, ETHTOOL_GSET, ETHTOOL_SSET = 0x8946, 1, 2
settings = ctypes.create_string_buffer(44)	# struct ethtool_cmd
request = struct.pack("16sP16x", b"gx0", ctypes.addressof(settings))
sock = socket.socket()
while True:
    try:
        for command in ETHTOOL_GSET, ETHTOOL_SSET:
            struct.pack_into("I", settings, 0, command)
            fcntl.ioctl(sock, SIOCETHTOOL, request)
        print(flush=True)
    except OSError:
        time.sleep(0.01)	# it is gone
PYTHON
}
export -f look_phy

LOOKS=("look -d" "look -S" "look -e" look_phy)	# each answers in a file called so

all_looked()
{
	local what

	for what in "${LOOKS[@]}"; do
		[ -s "$TMP/${what// /}" ] || return
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
		: >"$TMP/${what// /}"
		background dut bash -c "$what"
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
