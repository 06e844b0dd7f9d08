#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The rest of the control path: standard statistics, counters that never run
# backwards, self-tests that find what is broken, NVM, resets, loopback, wake-up,
# reasons for no link, interrupt affinity.
# lab: dut=family timeout=360 once
# append: iomem=relaxed
# expect: had frames and no interrupt

. tests/driver/lib.sh

MAC_PARTS="irq dma filter offload mac"
FRAME=218	# of a numbered frame's bytes: header, 200, FCS

# write_checksum WORD: into the NVM, by EEWR: QEMU's 82574L lets it, as the chip does
write_checksum()
{
	poke "$(dut_pci)" 0x102c $(($1 << 16 | 0x3f << 2 | 1))
}

group()
{
	dut ethtool -S gx0 --groups "$1" | sed -nE "s/^ *$1-$2: ([0-9]+)\$/\1/p"
}

# Everything that counts, a name and a number a line.
everything()
{
	dut python3 tests/driver/tools/genl.py gx0 2>/dev/null |
		awk '$1 == "sum" { print "sum_" $2 "_packets", $3; print "sum_" $2 "_bytes", $4 }'
	dut ethtool -S gx0 | sed -nE 's/^ *([a-z0-9_]+): ([0-9]+)$/\1 \2/p'
	dut ethtool -S gx0 --groups eth-mac eth-ctrl rmon | sed -nE 's/^ *([A-Za-z0-9_-]+): ([0-9]+)$/\1 \2/p'
	ip -n dut -s -j link show gx0 | jq -r '.[0].stats64 | to_entries[] | .key as $k
		| .value | to_entries[] | "\($k)_\(.key) \(.value)"'
}

# Counters of queues come and go with -L; no other goes.
ran_backwards()
{
	awk '
		FNR == NR { a[$1] = $2; next }
		$1 in a && $2 < a[$1] { print $1 ": " a[$1] " to " $2 }
		{ delete a[$1] }
		END { for (n in a) if (n !~ /^[rt]x[0-9]+_/) print n ": gone" }' "$1" "$2"
}

# self_test offline|online: its result by name in $TMP/t
self_test()
{
	dut ethtool -t gx0 "$1" >"$TMP/t" 2>&1
}

result()
{
	sed -nE "s/^$1 .*[^0-9]([0-9]+)\$/\1/p" "$TMP/t"
}

# interrupts on|off: whether any of the chip's reaches a CPU
interrupts()
{
	local bit=0

	[ "$1" = on ] || bit=4
	if family_lacks "$FAMILY" msi; then
		setpci -s "$(dut_pci)" COMMAND=${bit}00:400
	else
		setpci -s "$(dut_pci)" CAP_MSIX+2.w=${bit}000:4000
	fi
}

reaches_peer()
{
	dut ping -q -c 1 -W 1 $PEER_IP
}

link_and_traffic()
{
	check "$1: the link comes back" wait_for 60 carrier_up dut gx0
	check "$1: traffic goes on" wait_for 30 reaches_peer
}

begin
use_programs

# --- standard statistics -----------------------------------------------------------
before=$(group eth-mac FramesReceivedOK)
start_receiver "$TMP/r" dut stream recv -i gx0
peer_sends -n 500 -r 1500 >"$TMP/s"
wait "$receiver"
check "eth-mac: frames received are counted" [ $(($(group eth-mac FramesReceivedOK) - before)) -ge 500 ]
check "eth-mac: octets too" [ "$(group eth-mac OctetsReceivedOK)" -gt 30000 ]
frames_before=$(group eth-mac FramesTransmittedOK) octets_before=$(group eth-mac OctetsTransmittedOK)
frames=0 octets=0
transmitted()
{
	octets=$(($(group eth-mac OctetsTransmittedOK) - octets_before))
	frames=$(($(group eth-mac FramesTransmittedOK) - frames_before))
	[ "$octets" -ge $(((500 + ENDS) * FRAME)) ]
}
dut_sends -n 500 -r 1500 >"$TMP/s"
wait_for 10 transmitted
# what the stack has to say in the meantime comes on top
check "eth-mac: frames transmitted, each once ($frames)" \
	[ "$frames" -ge $((500 + ENDS)) -a "$frames" -lt $((520 + ENDS)) ]
check "eth-mac: their octets, with the FCS ($octets)" \
	[ "$octets" -ge $(((500 + ENDS) * FRAME)) -a "$octets" -lt $(((520 + ENDS) * FRAME)) ]
dut ethtool -S gx0 --groups rmon >"$TMP/rmon"
check "rmon: frames by size" grep -qE '^rx-rmon-etherStatsPkts[0-9]+to[0-9]+Octets: [1-9]' "$TMP/rmon"
check "eth-ctrl: there" [ -n "$(group eth-ctrl MACControlFramesReceived)" ]
check "pause frames, by -I -a" sh -c "ip netns exec dut ethtool -I -a gx0 | grep -q 'rx_pause_frames: [0-9]'"

# --- never backwards -----------------------------------------------------------------
everything >"$TMP/1"
case $LAB_KERNEL in
6.1) skip "the device's sum by netlink: Linux 6.10 has it first" ;;
*) check "netdev-genl: the device's sum" grep -q '^sum_rx_packets [1-9]' "$TMP/1" ;;
esac
for change in "ethtool -L gx0 combined 1" "ethtool -L gx0 combined 2" "ethtool -G gx0 rx 256" \
	"ip link set gx0 down" "ip link set gx0 up" "ethtool --reset gx0 $MAC_PARTS" "ethtool --reset gx0 dedicated"; do
	[[ $change != *" -L "* ]] || [ "$PAIRS" -ge 2 ] || continue
	check "$change" dut $change
	everything >"$TMP/2"
	check_eq "$change: nothing runs backwards" "$(ran_backwards "$TMP/1" "$TMP/2")" ""
	cp "$TMP/2" "$TMP/1"
done
link_and_traffic "after that"

# --- resets ---------------------------------------------------------------------------
attach to_xsk
start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks" -T 250
x=$receiver
resets=$(stat dut gx0 resets) before=$(carrier_changes dut gx0)
# shellcheck disable=SC2086
check "ethtool --reset of the MAC" dut ethtool --reset gx0 $MAC_PARTS
check_eq "is counted" $(($(stat dut gx0 resets) - resets)) 1
! has phy-kept "a reset of the MAC moves no carrier" ||
	check_eq "and moves no carrier" "$(carrier_changes dut gx0)" "$before"
link_and_traffic "reset of the MAC"
if [ -e "/sys/bus/pci/devices/$(dut_pci)/reset" ]; then
	check "a function reset by sysfs" sh -c "echo 1 >/sys/bus/pci/devices/$(dut_pci)/reset"
	link_and_traffic "function reset"
	check_eq "is counted" $(($(stat dut gx0 resets) - resets)) 2
else
	skip "function reset: the emulation of $FAMILY has none"
fi

# --- self-tests ------------------------------------------------------------------------
before=$(carrier_changes dut gx0)
check "online self-test" self_test online
check_eq "it disturbs no link" "$(carrier_changes dut gx0) $(carrier_up dut gx0 && echo up)" "$before up"
check "offline self-test, program and socket in place" self_test offline
check_eq "no failure in any" "$(grep -cE '[^0-9]0$' "$TMP/t")" 5
grep -qE '[^0-9]0$' "$TMP/t" || cat "$TMP/t"
link_and_traffic "offline self-test"
peer_sends -n 1000 -r 1500 >"$TMP/s"
wait "$x"
check_stream "the socket has lived through all of that" "$TMP/x" 1000

if [ "$FAMILY" = 82574L ]; then
	word=$(dut ethtool -e gx0 offset 126 length 2 raw on | od -An -tu2 | tr -d ' ')
	write_checksum $((word ^ 0xffff))
	check_not "a broken NVM is found" self_test online
	check_eq "as a wrong checksum" "$(result NVM)" 2
	check_eq "and nothing else" "$(result Interrupts)" 0
	write_checksum "$word"
	check "the NVM put right" self_test online
else
	skip "a broken NVM: the emulation of $FAMILY cannot write it"
fi

# A bit that stays 0: modules/stuck_reg.c
MTA=0x5200
registers_at()
{
	sysctl -qw kernel.kptr_restrict=1
	awk -v bar="$(awk '{ sub("0x", "", $1); print $1; exit }' "/sys/bus/pci/devices/$(dut_pci)/resource")" \
		'$0 ~ "phys=0x" bar " " { sub("-.*", "", $1); print $1; exit }' /proc/vmallocinfo
}
if insmod "$GXDP_BUILD/stuck_reg.ko" device="$(dut_pci)" at="$(registers_at)" offset=$MTA bits=1; then
	dmesg -C
	check_not "a register with a bit that is stuck is found" self_test offline
	check_eq "it is named" "$(result Registers)" $((MTA + 1))
	check "and told in the log" grep -q "register $MTA does not hold" <(dmesg)
	rmmod stuck_reg
	wait_for 30 carrier_up dut gx0	# the test looks at the link first
	check "once it is sound: no failure" self_test offline
	link_and_traffic "after a broken register"
else
	fail "stuck_reg.ko does not load"
fi

interrupts off
check_not "interrupts that do not come are found" self_test online
check_eq "every pair's and the others'" "$(result Interrupts)" $(((1 << PAIRS) - 1 | 1 << 16))
check_not "offline: too" self_test offline
# the look for lost interrupts, once a second, may help frames that wait in the loopback
loopback_fails()
{
	! self_test offline && [ "$(result Loopback)" -gt 0 ]
}
check "and that nothing comes back from the loopback" wait_for 60 loopback_fails
interrupts on
link_and_traffic "after a failed test"
check "interrupts put right" self_test online
ip -n dut link set gx0 down
check "offline self-test of an interface that is down" self_test offline
check_eq "leaves it down" "$(ip -n dut link show gx0 | grep -c 'LOWER_UP')" 0
check_not "reset of one is refused" dut ethtool --reset gx0 dedicated
ip -n dut link set gx0 up
link_and_traffic "after a test while down"

# --- NVM, wake-up, EEE, link reasons -----------------------------------------------------
check_eq "the NVM begins with the address" "$(dut ethtool -e gx0 offset 0 length 6 raw on | od -An -tx1 | tr -d ' ')" \
	"$(dut_mac | tr -d :)"
if dut ethtool gx0 | grep -q 'Supports Wake-on: .*g'; then
	check "wake by magic packet" dut ethtool -s gx0 wol g
	check "is shown" sh -c "ip netns exec dut ethtool gx0 | grep -q 'Wake-on: g'"
	check_not "SecureOn is refused" dut ethtool -s gx0 wol s
	dut ethtool -s gx0 wol d
else
	skip "no wake-up: the port does not signal PME"
fi
check_not "EEE, which the chip has not, is refused" dut ethtool --show-eee gx0
monitor 'set_link dut0 off'
check "the carrier goes" wait_for 30 carrier_down dut gx0
check "and ethtool says why" sh -c "ip netns exec dut ethtool gx0 | grep -q 'Link detected: no (Autoneg, No partner detected)'"
check "a forced mode" dut ethtool -s gx0 autoneg off speed 100 duplex full
check "has its own reason" sh -c "ip netns exec dut ethtool gx0 | grep -q 'Link detected: no (Autoneg, No partner detected during force mode)'"
check "negotiation again" dut ethtool -s gx0 autoneg on
monitor 'set_link dut0 on'
link_and_traffic "cable"

# --- loopback ---------------------------------------------------------------------------
detach
check "-K loopback on" dut ethtool -K gx0 loopback on
check "the carrier is on" wait_for 30 carrier_up dut gx0
# What the emulated 8254x gets in its receiver's first second is lost: by loopback nobody
# keeps it.
loop_closes()
{
	dut stream send -i gx0 -d "$(dut_mac)" -n 1 -r 100 >/dev/null
	frames_came 1
}
counts "$TMP/a"
check "and what is sent comes back" wait_for 10 loop_closes
start_receiver "$TMP/r" dut stream recv -i gx0
dut stream send -i gx0 -d "$(dut_mac)" -n 200 -r 1500 >"$TMP/s"
wait "$receiver"
check_stream "all of it" "$TMP/r" 200
check "the peer hears nothing" sh -c '! ip netns exec dut ping -q -c 1 -W 1 '$PEER_IP
check "-K loopback off" dut ethtool -K gx0 loopback off
link_and_traffic "loopback off"

# --- long frames and when XOFF goes out -----------------------------------------------------
# what still fits into the packet buffer then; wants iomem=relaxed
room_at_xoff()
{
	echo $((($(poke "$(dut_pci)" 0x2404) & 0x7f) * 1024 - $(poke "$(dut_pci)" 0x2168)))
}

if [ "$FAMILY" = 82576 ]; then
	longest=$((9000 + 22))	# header, tag and FCS
	dut ethtool -A gx0 autoneg off rx on tx on
	wait_for 60 carrier_up dut gx0
	room=$(room_at_xoff)
	check "XOFF: what comes while a long frame is sent fits, and another ($room bytes)" \
		[ "$room" -ge $((1500 + 22 + longest)) -a "$room" -lt 65536 ]
	ip -n dut link set gx0 mtu 9000
	room=$(room_at_xoff)
	check "MTU 9000: the other is as long ($room bytes)" [ "$room" -ge $((2 * longest)) ]
	ip -n dut link set gx0 mtu 1500
	check "MTU 1500: no longer kept free" [ "$(room_at_xoff)" -lt "$room" ]
	dut ethtool -A gx0 autoneg on
	link_and_traffic "pause negotiated again"
fi

# --- long frames and how fast a CPU wakes up ------------------------------------------------
latency()
{
	od -An -td4 -N4 /dev/cpu_dma_latency | tr -d ' '
}

if [ "$FAMILY" = 82574L ] && [ "$LAB_KERNEL" = debug ]; then
	skip "CPUs that wake up late: the debug kernel's never sleep"
elif [ "$FAMILY" = 82574L ]; then
	any=$(latency)
	ip -n dut link set gx0 mtu 9000
	check_eq "MTU 9000: a CPU is to wake up before the packet buffer overflows" "$(latency)" 108
	ip -n dut link set gx0 down
	check_eq "not while it is down" "$(latency)" "$any"
	ip -n dut link set gx0 up
	check_eq "up: again" "$(latency)" 108
	ip -n dut link set gx0 mtu 1500
	check_eq "MTU 1500: as it likes" "$(latency)" "$any"
	link_and_traffic "after that"
else
	skip "CPUs that wake up late: the packet buffer of $FAMILY has room"
fi

# --- devlink and tracepoints -------------------------------------------------------------
dl=pci/$(dut_pci)
check_eq "devlink names the chip" "$(devlink -j dev info "$dl" | jq -r '.[][].versions.fixed."asic.id"')" "$FAMILY"
devlink -j health diagnose "$dl" reporter tx >"$TMP/dx"
check_eq "the transmitter diagnosed: every ring" "$(jq '[.. | .rings? // empty | .[]] | length' "$TMP/dx")" "$PAIRS"
check "and the receiver" sh -c "devlink health diagnose $dl reporter rx | grep -q slots_with_pages"
trace=/sys/kernel/tracing/instances/gxdp
mkdir -p $trace
echo 1 >$trace/events/gxdp/enable
# shellcheck disable=SC2086
dut ethtool --reset gx0 $MAC_PARTS
check "a dump is taken on demand" sh -c "devlink health dump show $dl reporter tx | grep -q TDH0"
check "and one of the receiver" sh -c "devlink health dump show $dl reporter rx | grep -q RDH0"
# what trouble makes of it: 80-hang
resets=$(stat dut gx0 resets)
check "devlink is told to have a healthy one recover" devlink health recover "$dl" reporter rx
check_eq "it is left alone" "$(stat dut gx0 resets)" "$resets"
# traced PATTERN: what is traced, of one change alone
traced()
{
	grep -qE "$1" $trace/trace && : >$trace/trace
}
dut ethtool -G gx0 rx 512 tx 256
check "tracepoint gxdp_reset" grep -q "gxdp_reset: gx0" $trace/trace
check "gxdp_config: other rings, and how long the chip stood still" \
	traced 'gxdp_config: gx0 up=1 .* rx=512 tx=256 .* still_us=[1-9][0-9]* af_xdp=0'
attach to_xsk
start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks"
check "gxdp_config: a bind, that stops a queue or nothing" traced \
	"gxdp_config: gx0 .* still_us=$(family_lacks "$FAMILY" shared-enable && echo '[1-9][0-9]*' || echo 0) af_xdp=0x1"
stop_receiver
closed() { traced 'gxdp_config: gx0 .* af_xdp=0'; }
check "gxdp_config: a close" wait_for 20 closed
detach
check "tracepoint gxdp_xdp" traced "gxdp_xdp: gx0"
ip -n dut link set gx0 down
check "gxdp_config: down" traced 'gxdp_config: gx0 up=0'
dut ethtool -G gx0 rx 1024
check "gxdp_config: a change while down" traced 'gxdp_config: gx0 up=0 .* rx=1024'
ip -n dut link set gx0 up
check "gxdp_config: up" traced 'gxdp_config: gx0 up=1 .* rx=1024'
rmdir $trace
link_and_traffic "after that"

# --- interrupts and their CPUs ---------------------------------------------------------
vector()
{
	awk -v n="gx0-TxRx-$1" '$NF == n || $NF == "gx0" { sub(":", "", $1); print $1 }' /proc/interrupts
}
affinity()
{
	cat "/proc/irq/$(vector "$1")/smp_affinity_list"
}
# named after the interface it was at open
if has msi "one CPU per vector"; then
	ip -n dut link set gx0 down
	ip -n dut link set gx0 up
	link_and_traffic "named anew"
	check_eq "one CPU per vector" "$(for q in $(queues); do affinity $q; done | xargs)" "$(queues | xargs)"
	echo 1 >"/proc/irq/$(vector 0)/smp_affinity_list"
	ip -n dut link set gx0 down
	ip -n dut link set gx0 up
	dut ethtool -L gx0 combined 1
	dut ethtool -L gx0 combined 2
	link_and_traffic "down, up, -L"
	check_eq "the user's choice stays" "$(affinity 0)" 1
fi
check_adds_up

# --- a damaged NVM at probe --------------------------------------------------------------
if [ "$FAMILY" = 82574L ]; then
	write_checksum $((word ^ 0xffff))
	check "the device is given up, its NVM damaged" unbind_driver "$(dut_pci)"
	dmesg -C
	check_not "it is not taken again" bind_driver "$(dut_pci)" gxdp
	check "and the log says why" grep -q 'NVM checksum is .* its content is damaged' <(dmesg)
	write_checksum "$word"
	check "restored, it is" bind_driver "$(dut_pci)" gxdp
	check "and comes up" setup_dut
	link_and_traffic "restored"
else
	skip "a damaged NVM at probe: the emulation of $FAMILY cannot write it"
fi
end
