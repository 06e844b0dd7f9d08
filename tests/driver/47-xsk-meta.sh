#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What an AF_XDP application may ask for with a frame: a checksum that the chip makes, of
# any protocol and place the chip knows, and the time when the frame left. What it cannot
# have costs nothing but that.
# lab: dut=family short timeout=300 once

. tests/driver/lib.sh

[ "$LAB_KERNEL" != 6.1 ] || {
	skip "AF_XDP transmit metadata: Linux 6.8 has it first"
	finish
}

META=tests/driver/tools/checksums.py
STAMP=1 CSUM=2

# send_cases BATCH CASE...: what the peer saw in $TMP/v, what the socket in $TMP/m, the
# counters before and after in $TMP/a and $TMP/b.
send_cases()
{
	local batch=$1
	shift

	start_receiver "$TMP/v" peer python3 $META verify peer0 $# || return
	counts "$TMP/a"
	python3 $META frames "$(peer_mac)" "$@" |
		dut xsk_meta -i gx0 -q "$queue" -b "$batch" >"$TMP/m" 2>&1 ||
		fail "sending does not complete: $(cat "$TMP/m")"
	wait "$receiver"
	counts "$TMP/b"
}

# check_cases "what" right|wrong CSUM REFUSED BATCH CASE...: all checksums are so, and so
# many were made or refused.
check_cases()
{
	local what=$1 want=$2 csum=$3 refused=$4
	shift 4

	send_cases "$@"
	shift
	check_eq "$what: $# frames, all $want" "$(grep -c "^frame=.* $want" "$TMP/v")" $#
	check_moved "$what: made by the chip" "$TMP/a" "$TMP/b" "tx${queue}_xsk_csum" "$csum"
	check_moved "$what: refused" "$TMP/a" "$TMP/b" "tx${queue}_xsk_csum_refused" "$refused"
}

stamp_of()
{
	value "$TMP/m" stamp "frame=$1 "
}

# times N CASE...: the cases, so many times over, a line each
times()
{
	local n=$1
	shift

	for ((; n > 0; n--)); do
		printf '%s\n' "$@"
	done
}

begin
peer ethtool -K peer0 gro off
ip -n peer link set peer0 promisc on	# no filter for VLANs
dut ethtool -G gx0 tx "$(family_field "$FAMILY" ring)"
queue=$((PAIRS - 1))

flags=$CSUM
has stamps "stamps" && flags=$((CSUM | STAMP))
check_eq "netlink says what may be asked for" \
	"$(dut python3 tests/driver/tools/genl.py gx0 | awk '$1 == "xsk" { print $2 }')" "$flags"

all=(udp4 tcp4 udp6 tcp6 vlan hop runt udp4+pieces tcp6+pieces)
check_cases "one by one" right ${#all[@]} 0 1 "${all[@]}"
check_cases "together" right ${#all[@]} 0 32 "${all[@]}"
mixed=(udp4+plain udp4 tcp6+plain tcp6 tcp4 udp4+plain+pieces udp6 tcp4+plain)
check_cases "between frames without" right 4 0 32 "${mixed[@]}"
# often round the ring, which is as small as can be, with descriptors left over for contexts
mapfile -t many < <(times 60 "${mixed[@]}")
check_cases "round and round" right 240 0 31 "${many[@]}"

# What lies outside of the frame, or where the chip cannot: sent as it was.
bad=(udp4+start=0 udp4+start=13 udp4+start=65535 udp4+start=-1 udp4+offset=65535
	udp4+offset=-1 tcp6+start=-8 tcp6+start=65535+offset=65535 runt+offset=-1)
check_cases "bad requests" wrong 0 ${#bad[@]} 32 "${bad[@]}"
if [ "$FAMILY" = 82576 ]; then
	check_cases "a checksum where no protocol has one" wrong 0 1 1 udp4+offset=2
else
	check_cases "a checksum farther in than a byte says" wrong 0 1 1 udp4+start=250
fi
check_cases "flags that there are not" wrong 0 0 1 udp4+flags=0x82 tcp4+flags=0x8000000000000002
check_cases "metadata that ask for nothing" wrong 0 0 1 udp4+flags=0

# The stack's frames go their way beside them, with contexts of their own. (The peer's
# emulation drops what does not fit its ring.)
background dut iperf3 -s -1 >/dev/null 2>&1
server=$child
wait_for 60 listens dut 5201
background peer iperf3 -R -t 600 -c $DUT_IP >/dev/null 2>&1
client=$child
send_cases 31 "${many[@]}"
check_eq "beside TCP, segmented by the chip: none is wrong" "$(grep -c '^frame=.* wrong' "$TMP/v")" 0
check "and many came" [ "$(grep -c '^frame=.* right' "$TMP/v")" -gt 100 ]
check_moved "made by the chip" "$TMP/a" "$TMP/b" "tx${queue}_xsk_csum" 240
kill "$client" "$server" 2>/dev/null
wait "$client" "$server"

stamps()
{
	local phc before after

	phc=$(dut ethtool -T gx0 | sed -nE 's/.*(PTP Hardware Clock|[Hh]ardware timestamp provider index): ([0-9]+)/\2/p')
	check_cases "a stamp while stamping is off" right 1 0 1 udp4+flags=$((STAMP | CSUM))
	check_eq "is none" "$(stamp_of 0)" 0
	dut python3 tests/driver/tools/ptp.py set gx0 0 >/dev/null
	before=$(dut python3 tests/driver/tools/ptp.py now "$phc")
	# shellcheck disable=SC2046 # a case per word
	check_cases "five stamps, one by one" right 5 0 1 $(times 5 udp4+flags=$((STAMP | CSUM)))
	after=$(dut python3 tests/driver/tools/ptp.py now "$phc")
	check "each when its frame left" awk -F '[ =]' -v a="$before" -v b="$after" '
		{ if ($4 <= a || $4 >= b) bad = 1; a = $4 } END { exit bad || NR != 5 }' "$TMP/m"
	check_cases "three at once, and one without" right 3 0 4 \
		udp4+plain udp4+flags=$((STAMP | CSUM)) tcp4+flags=$((STAMP | CSUM)) udp6+flags=$((STAMP | CSUM))
	check_moved "the chip remembers one: two went without" "$TMP/a" "$TMP/b" ptp_tx_busy 2
	check "the first has its time" [ "$(stamp_of 1)" -gt "$after" ]
	check_eq "the others none" "$(stamp_of 2) $(stamp_of 3)" "0 0"
	check "the stack's stamps work after that" dut python3 tests/driver/tools/ptp.py send gx0 "$(peer_mac)" "$phc" 2
	check_eq "no stamp was lost" "$(stat dut gx0 ptp_tx_lost)" 0
}
! has stamps "stamps of AF_XDP frames" || stamps

check_eq "no reset was needed" "$(stat dut gx0 resets)" 0
end
