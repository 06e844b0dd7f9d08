#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What ethtool shows and sets: every change takes effect and traffic goes on; none
# but a renegotiation moves carrier_changes; what cannot be had is refused with a
# reason and changes nothing.
# lab: dut=family short timeout=180

. tests/driver/lib.sh

e()
{
	dut ethtool "$@"
}

# shows ARGUMENTS... -- REGEX: a line of ethtool's output matches.
shows()
{
	local args=()

	while [ "$1" != -- ]; do
		args+=("$1")
		shift
	done
	e "${args[@]}" | grep -Eq -- "$2"
}

reaches_peer()
{
	dut ping -q -c 2 -i 0.2 -W 3 $PEER_IP
}

# keeps_link "what" ARGUMENTS...: the change succeeds, frames go both ways after it,
# and the link has not moved.
keeps_link()
{
	local what=$1 before
	shift

	before=$(carrier_changes dut gx0)
	check "$what" e "$@" || return
	check "$what: traffic goes on" reaches_peer
	check_eq "$what: the link stays" "$(carrier_changes dut gx0)" "$before"
}

# refused "what" REASON ARGUMENTS...: it fails, and says why, there or in the log.
refused()
{
	local what=$1 reason=$2 out
	shift 2

	log_mark
	if out=$(e "$@" 2>&1); then
		fail "$what is refused"
		return
	fi
	if grep -q -- "$reason" <<<"$out" || wait_for 2 logged "$reason"; then
		pass "$what is refused, with a reason"
	else
		fail "$what is refused without '$reason': $out"
	fi
}

logged()
{
	log_since | grep -q -- "$1"
}

# Renegotiation takes the emulation half a second; the driver has to see both ends.
link_is()
{
	carrier_up dut gx0 && shows gx0 -- "Speed: $1"
}

link_went()
{
	[ "$(carrier_changes dut gx0)" -ge $(($1 + 2)) ] && carrier_up dut gx0
}

table_is()
{
	[ "$(e -x gx0 | awk '/^ *[0-9]+:/ { for (i = 2; i <= NF; i++) if ($i ~ /^[0-9]+$/) q[$i] }
		END { for (i in q) printf "%s ", i }' | tr ' ' '\n' | sort | xargs)" = "$1" ]
}

# register OFFSET: of the dump's, both in hex
register()
{
	e -d gx0 raw on | od -An -v -tx4 -w8 | awk -v at="$1" '$1 "" == at { print $2 }'
}

# leds ON|OFF: all three (LEDCTL's mode of each is e or f)
leds()
{
	local mode=e

	[ "$1" = ON ] || mode=f
	[[ $(register 00000e00) =~ ^..(.$mode){3}$ ]]
}

# obeys_and_sends N: pause frames: CTRL.RFCE counts 1, TFCE 2
obeys_and_sends()
{
	[ $((0x$(register 00000000) >> 27 & 3)) -eq "$1" ]
}

# ask_for_stamps: what SIOCSHWTSTAMP answers, of each frame sent and received
ask_for_stamps()
{
	dut python3 - <<'PY'
import ctypes, errno, fcntl, socket, struct
config = ctypes.create_string_buffer(struct.pack("iii", 0, 1, 1))
request = struct.pack("16sP16x", b"gx0", ctypes.addressof(config))
try:
    fcntl.ioctl(socket.socket(), 0x89b0, request)
    print("granted")
except OSError as e:	# 95 has two names
    print("refused" if e.errno == errno.EOPNOTSUPP else errno.errorcode[e.errno])
PY
}

check "gxdp drives the NIC" load_gxdp
check "both ends come up" setup_pair
check "driver and bus address" shows -i gx0 -- "^driver: gxdp$"
check "bus address" shows -i gx0 -- "^bus-info: $(dut_pci)$"
check "1 Gb/s, full duplex" link_is 1000Mb/s
check "negotiated" shows gx0 -- "Auto-negotiation: on"

# rings
keeps_link "other ring sizes" -G gx0 rx 1024 tx 256
check "the receive ring has its size" shows -g gx0 -- "^RX:[[:space:]]+1024$"
check "the transmit ring has its size" shows -g gx0 -- "^TX:[[:space:]]+256$"
least=$(family_field "$FAMILY" ring)
keeps_link "the smallest rings" -G gx0 rx "$least" tx "$least"
keeps_link "the largest rings" -G gx0 rx 4096 tx 4096
refused "a ring size between the steps" "multiple of 8" -G gx0 rx 100
refused "a ring too small" "at least 64" -G gx0 tx 32
check "refusals change nothing" shows -g gx0 -- "^RX:[[:space:]]+4096$"

# queues and RSS
queue_settings()
{
	check "both queues are in the hash table" table_is "0 1"
	keeps_link "one queue pair" -L gx0 combined 1
	check "one queue is left in the table" table_is "0"
	check "one queue is left" shows -x gx0 -- "with 1 RX ring"
	keeps_link "two queue pairs" -L gx0 combined 2
	check "the table follows" table_is "0 1"
}

# An ethtool from 6.8 on says "leave the input transformation alone" in a byte that
# kernels before insist be zero; no driver gets to see the request then.
rss_settings()
{
	keeps_link "a table of one's own" -X gx0 weight 0 1
	check "it is in force" table_is "1"
	before=$(stat dut gx0 rx1_packets)
	check "and receives" reaches_peer
	check "on the queue it names" [ "$(stat dut gx0 rx1_packets)" -gt "$before" ]
	refused "fewer queues than the table names" "indirection table" -L gx0 combined 1
	keeps_link "the default table" -X gx0 default
	check "is back" table_is "0 1"
	key=$(seq 1 40 | xargs printf '%02x:' | sed 's/:$//')
	keeps_link "a hash key" -X gx0 hkey "$key"
	check "the key is in force" shows -x gx0 -- "$key"
	refused "another hash function" "by Toeplitz only" -X gx0 hfunc xor
}

udp_ports()
{
	if family_lacks "$FAMILY" rss-udp; then
		check_not "UDP without" shows -n gx0 rx-flow-hash udp4 -- "L4 bytes 0 & 1"
		refused "UDP with them" "the chip hashes addresses" -N gx0 rx-flow-hash udp4 sdfn
		check "without them it is already" e -N gx0 rx-flow-hash udp4 sd
		return
	fi
	for flow in udp4 udp6; do
		check "so is $flow" shows -n gx0 rx-flow-hash $flow -- "L4 bytes 0 & 1"
		keeps_link "$flow without ports" -N gx0 rx-flow-hash $flow sd
		check_not "is shown" shows -n gx0 rx-flow-hash $flow -- "L4 bytes 0 & 1"
		keeps_link "$flow with ports" -N gx0 rx-flow-hash $flow sdfn
	done
}

if has rss "queues and RSS settings"; then
	queue_settings
	if peer ethtool -X peer0 default >/dev/null 2>&1; then
		rss_settings
	else
		skip "RSS settings: this ethtool cannot set them on this kernel, for igb neither"
	fi
	check "TCP is hashed with ports" shows -n gx0 rx-flow-hash tcp4 -- "L4 bytes 0 & 1"
	udp_ports
	keeps_link "TCP without ports" -N gx0 rx-flow-hash tcp4 sd
	check_not "is shown" shows -n gx0 rx-flow-hash tcp4 -- "L4 bytes 0 & 1"
	keeps_link "TCP with ports" -N gx0 rx-flow-hash tcp4 sdfn
	check "is shown" shows -n gx0 rx-flow-hash tcp4 -- "L4 bytes 0 & 1"
	refused "the source address alone" "the chip hashes addresses" -N gx0 rx-flow-hash tcp4 s
else
	check "one queue pair is shown" shows -l gx0 -- "^Combined:[[:space:]]+1$"
	refused "a second" "exceeds maximum" -L gx0 combined 2
	check_eq "nor are there" "$(e -l gx0 | awk '/^Combined:/ { print $2 }' | xargs)" "1 1"
	check_not "there is no RSS table" shows -x gx0 -- "^[[:space:]]+0:"
	check_not "and none can be set" e -X gx0 equal 1
	check "the hash is shown as off, for good" shows -k gx0 -- "^receive-hashing: off .fixed.$"
fi
if family_lacks "$FAMILY" ptp; then
	check "no hardware clock" shows -T gx0 -- "PTP Hardware Clock: none"
else
	check "there is a hardware clock" shows -T gx0 -- "(PTP Hardware Clock|Hardware timestamp provider index): [0-9]"
fi
if family_lacks "$FAMILY" stamps; then
	check_not "hardware stamps are not claimed" shows -T gx0 -- "hardware-(transmit|receive)"
	log_mark
	check_eq "asked for, they are refused as not supported" "$(ask_for_stamps)" refused
	reason="this chip stamps no frames"
	! family_lacks "$FAMILY" ptp || reason="there is no PTP clock"
	check "with the reason in the log, for an ioctl has none" logged "gx0: time stamps refused: .*$reason"
else
	check "and hardware stamps" shows -T gx0 -- "hardware-transmit"
fi

# what is not there is off for good, and cannot be had
fixed()
{
	! family_lacks "$FAMILY" "$1" || check "$2 is shown as off, for good" shows -k gx0 -- "^[[:space:]]*$2: off .fixed.$"
}
check "tx-udp-segmentation is shown as off, for good" shows -k gx0 -- "^[[:space:]]*tx-udp-segmentation: off .fixed.$"
fixed tso6 tx-tcp6-segmentation
fixed sctp tx-checksum-sctp
if family_lacks "$FAMILY" hds; then
	check_not "headers are not split off" shows -g gx0 -- "^TCP data split:[[:space:]]+on$"
	refused "splitting them off" "not supported\|nsupported attribute" -G gx0 tcp-data-split on
fi

# interrupt spacing
keeps_link "no interrupt spacing" -C gx0 adaptive-rx off rx-usecs 0
keeps_link "200 us" -C gx0 rx-usecs 200
check "it is in force" shows -c gx0 -- "^rx-usecs:[[:space:]]+200$"
# The vector's register. 200 us are 781 steps of 256 ns; on 82576, bits 14:2 count
# microseconds.
case $FAMILY in
82576) itr="80 16 00 00 20 03 00 00" ;;
82540EM | 82545EM) itr="c4 00 00 00 0d 03 00 00" ;;
*) itr="e8 00 00 00 0d 03 00 00" ;;
esac
check "in the chip too" shows -d gx0 hex on -- "$itr"
refused "a spacing the chip has no room for" "longest" -C gx0 rx-usecs 20000
check "refusals change nothing" shows -c gx0 -- "^rx-usecs:[[:space:]]+200$"

# offloads
for feature in rx rxvlan rxhash tso tx sg gro; do
	[ $feature != rxhash ] || has rss "rxhash off and on" || continue
	keeps_link "$feature off" -K gx0 $feature off
	keeps_link "$feature on" -K gx0 $feature on
done
keeps_link "tag stripping off again" -K gx0 rxvlan off

# LEDs, message level
led=$(register 00000e00)
background dut ethtool -p gx0 60
check "the LEDs blink: on" wait_for 10 leds ON
check "and off" wait_for 10 leds OFF
kill "$child"
wait "$child" 2>/dev/null
check_eq "then they are what they were" "$(register 00000e00)" "$led"
check "for as long as asked" e -p gx0 1
check "the message level is set" e -s gx0 msglvl 3
check "and shown" shows gx0 -- "Current message level: 0x00000003"

# link settings
before=$(carrier_changes dut gx0)
check "setting what is set already" e -s gx0 autoneg on
check_eq "does not touch the link" "$(carrier_changes dut gx0)" "$before"
check "renegotiation on demand" e -r gx0
check "takes the link down and up" wait_for 20 link_went "$before"
check "100 Mb/s, forced" e -s gx0 autoneg off speed 100 duplex full
check "comes up" wait_for 20 link_is 100Mb/s
check "and carries traffic" reaches_peer
refused "1000 Mb/s by force" "by negotiation only" -s gx0 autoneg off speed 1000 duplex full
refused "a mode the port does not have" "does not have" -s gx0 autoneg on advertise 0x10
refused "Pause without Asym_Pause" "Asym_Pause" -s gx0 autoneg on advertise 0x202f
refused "MDI by hand" "mdix auto" -s gx0 mdix off
refused "another PHY" "phyad" -s gx0 phyad 3
refused "another port" "port tp" -s gx0 port fibre
refused "renegotiation of a forced link" "autonegotiation is off" -r gx0
keeps_link "new rings on a forced link" -G gx0 rx 512 tx 512
check "it is forced still" shows gx0 -- "Speed: 100Mb/s"
check "negotiation again" e -s gx0 autoneg on
check "comes up" wait_for 20 link_is 1000Mb/s
before=$(carrier_changes dut gx0)
check "no pause frames" e -A gx0 rx off tx off
check "takes a negotiation" wait_for 20 link_went "$before"
check "pause is off" shows -a gx0 -- "^RX:[[:space:]]+off$"
keeps_link "new rings with settings of one's own" -G gx0 rx 256 tx 256
before=$(carrier_changes dut gx0)
check "pause among what is advertised" e -s gx0 autoneg on advertise 0x602f
check "takes a negotiation" wait_for 20 link_went "$before"
check "and means both ways" sh -c 'ip netns exec dut ethtool -a gx0 | grep -cE "^[RT]X:.*on$" | grep -qx 2'
before=$(carrier_changes dut gx0)
check "none of it among them" e -s gx0 autoneg on advertise 0x2f
check "takes another" wait_for 20 link_went "$before"
check "and means no pause" shows -a gx0 -- "^RX:[[:space:]]+off$"
# by hand: whatever the partner says
for pause in "on on 3" "on off 1" "off on 2" "off off 0"; do
	read -r rx tx bits <<<"$pause"
	check "pause by hand, rx $rx tx $tx" e -A gx0 autoneg off rx $rx tx $tx
	check "is what the chip does" wait_for 20 obeys_and_sends "$bits"
done
check "the link" wait_for 20 link_is 1000Mb/s

# counters
# the larger one is read behind the other: a frame may come in between
stack_had=$(dut cat /sys/class/net/gx0/statistics/rx_packets)
check "ethtool -S adds up with ip -s" [ "$(stat dut gx0 rx_good_packets)" -ge "$stack_had" ]
check_adds_up

# the cable
monitor 'set_link dut0 off'
check "a cut cable is noticed" wait_for 20 carrier_down dut gx0
check "and reported" shows gx0 -- "Link detected: no"
monitor 'set_link dut0 on'
check "a mended one too" wait_for 20 carrier_up dut gx0
check "traffic goes on" wait_for 20 reaches_peer

check "the module goes, with all its pages" unload_gxdp
rm -rf "$TMP"
finish
