# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# What the fault tests share: . tests/faults/lib.sh
#
# In each, a program is attached, an AF_XDP socket is open for zero-copy receive on
# queue 0, numbered frames go both ways, and something is done to the device. Then it
# has to work, and nothing may be left behind.

. tests/driver/lib.sh

# live: the device is up, program attached, socket open, streams running. The peer's
# frames reach the socket.
live()
{
	begin "$@"
	use_programs
	start_traffic
}

start_traffic()
{
	attach to_xsk
	ip_to 0	# with all else, so that another queue may go
	start_socket
	start_receiver "$TMP/p" peer stream recv -i peer0
	peer_receiver=$receiver
	start_peer_sends "$TMP/sp" -r 1000
	peer_sender=$sender
	start_dut_sends "$TMP/sd" -r 1000
	dut_sender=$sender
}

# start_socket, stop_socket: the one that receives, on queue 0
start_socket()
{
	start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks" -T 3000
	socket=$receiver socket_open=1
}

stop_socket()
{
	kill "$socket" 2>/dev/null
	wait "$socket" 2>/dev/null
	socket_open=
}

stop_traffic()
{
	kill "$peer_sender" "$dut_sender" "$peer_receiver" 2>/dev/null
	wait "$peer_sender" "$dut_sender" "$peer_receiver" 2>/dev/null
	stop_socket
}

# One frame on its own each way proves little: these wait until new ones have come.
rx_count()
{
	dut ethtool -S gx0 2>/dev/null | awk '/rx[0-9]+_packets:/ { s += $2 } END { print s + 0 }'
}

tx_count()
{
	peer cat /sys/class/net/peer0/statistics/rx_packets
}

# What the socket has had: without one the program lets its frames pass to the stack.
socket_count()
{
	stat dut gx0 rx0_xsk_frames 2>/dev/null || echo 0
}

_moved_on()
{
	[ "$(rx_count)" -ge $((_rx + 50)) ] && [ "$(tx_count)" -ge $((_tx + 50)) ] &&
		[ -z "$socket_open" -o "$(socket_count)" -ge $((_xsk + 50)) ]
}

# check_flows "when": frames arrive again, in both directions, and at the socket if it is
# open.
check_flows()
{
	_rx=$(rx_count) _tx=$(tx_count) _xsk=$(socket_count)
	check "$1: frames flow both ways${socket_open:+, and to the socket}" \
		wait_for 30 _moved_on && return
	echo "    received $_rx then $(rx_count), sent $_tx then $(tx_count), socket $_xsk then $(socket_count)"
}

# check_intact: whatever came through came once, in one piece; told by both receivers.
check_intact()
{
	stop_traffic
	check_eq "no frame the socket had was corrupt or came twice" \
		"$(value "$TMP/x" twice) $(value "$TMP/x" corrupt)" "0 0"
	check_eq "nor any the peer had" "$(value "$TMP/p" twice) $(value "$TMP/p" corrupt)" "0 0"
}

program_id()
{
	ip -n dut -j link show gx0 | jq '.[0].xdp.prog.id // empty'
}

settings()
{
	dut ethtool -g gx0
	dut ethtool -c gx0
	dut ethtool -x gx0
	dut ethtool -l gx0
	ip -n dut link show gx0 | grep -oE 'mtu [0-9]+|prog/xdp id [0-9]+'
}

# live_with_settings, then check_settings: settings that are not the default ones, and
# that they are still there, with the program; and that the chip has been told them, a
# VLAN, a second address and a group. Wants iomem=relaxed.
live_with_settings()
{
	live
	dut ethtool -G gx0 rx 256 tx 128
	dut ethtool -C gx0 adaptive-rx off rx-usecs 100
	set_filters
	_settings=$(settings) _told=$(chip_settings)
	check_flows "before"
}

# (What IPv6 joins when a link comes back it joins when it likes.)
check_settings()
{
	check_eq "settings and program as before" "$(settings)" "$_settings"
	wait_for 10 as_told "$_told"
	check_chip_settings "filters, and all the rest" "$_told"
}

check_iommu()
{
	check "the device is behind the IOMMU" behind_iommu
}

# has_aer: false, having said so, where no bus error can be had.
has_aer()
{
	modprobe aer_inject 2>/dev/null
	if [ ! -e /dev/aer_inject ]; then
		skip "no aer_inject in this kernel"
	elif [ ! -e "/sys/bus/pci/devices/$(dut_pci)/aer_dev_fatal" ]; then
		skip "$FAMILY: its emulation reports no bus errors"
	else
		return 0
	fi
	return 1
}

# aer_error KIND: have the kernel believe that the device reported an error.
aer_error()
{
	python3 - "$1" "$(dut_pci)" <<'PYTHON'
import re, struct, sys
kind, where = sys.argv[1:]
domain, bus, dev, fn = (int(x, 16) for x in re.split("[:.]", where))
# struct aer_error_inj: bus, dev, fn, pad, uncor_status, cor_status, header log, domain
uncor = {"nonfatal": 0x00004000, "fatal": 0x00040000}[kind]	# completion time-out; malformed TLP
with open("/dev/aer_inject", "wb", buffering=0) as f:
    f.write(struct.pack("=BBBxIIIIIIH", bus, dev, fn, uncor, 0, 0, 1, 2, 3, domain) + b"\0\0")
PYTHON
}
