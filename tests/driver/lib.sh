# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the driver's tests share beyond tests/lib.sh: . tests/driver/lib.sh

. tests/lib.sh

# In memory: to start a program from the share costs more than to run it.
TOOLS=/run/driver-tests
[ -d $TOOLS ] || cp -r "$GXDP_LAB_BUILD/driver-tests" $TOOLS
PATH=$TOOLS:$PATH
[ "$LAB_KERNEL" != debug ] || export TRACK_SLOWER=4

# bpffs where a network namespace does not hide it: ip remounts /sys.
PINS=/run/bpf
PROGS=
MAPS=

TMP=$(mktemp -d)

# --- streams of numbered frames -------------------------------------------------

# A stream ends with so many frames that say it is over, which count wherever
# frames are counted.
ENDS=10

# value FILE NAME [LINE-PATTERN]: NAME=VALUE from what stream or xsk printed.
value()
{
	sed -nE "/${3:-.}/s/(.* )?$2=([^ ]+).*/\2/p" "$1" | head -n 1
}

started()
{
	grep -q '^ready' "$1"
}

# background NETNS COMMAND...: its process id is in $child. (A function in the
# background would be a shell, and a signal to it would not reach the command.)
background()
{
	ip netns exec "$@" &
	child=$!
}

# has_ended PID: a process of ours
has_ended()
{
	! kill -0 "$1"
}

# start_receiver FILE NETNS COMMAND...: in the background, its output in FILE;
# returns when it listens. Its process id is in $receiver.
start_receiver()
{
	local out=$1
	shift

	: >"$out"
	background "$@" >"$out" 2>&1
	receiver=$child
	wait_for 60 started "$out" && return
	fail "'$*' does not come up: $(cat "$out")"
	return 1
}

# start_streams RATE: numbered frames both ways, RATE in a second each. Returns once
# frames of both have arrived.
start_streams()
{
	start_receiver "$TMP/in" dut stream recv -i gx0
	stream_ends=$receiver
	start_receiver "$TMP/out" peer stream recv -i peer0
	stream_ends+=" $receiver"
	rx_before=$(stream_frames dut gx0) tx_before=$(stream_frames peer peer0)
	start_peer_sends "$TMP/sent-in" -r "$1"
	stream_senders=$sender
	start_dut_sends "$TMP/sent-out" -S 2 -r "$1"
	stream_senders+=" $sender"
	wait_for 20 streams_had 100
}

stream_frames()
{
	"$1" cat "/sys/class/net/$2/statistics/rx_packets"
}

# streams_had N: more than so many frames have arrived of each
streams_had()
{
	[ "$(stream_frames dut gx0)" -gt $((rx_before + $1)) ] &&
		[ "$(stream_frames peer peer0)" -gt $((tx_before + $1)) ]
}

# end_streams "what" LOSS [GAPS]: of each stream LOSS frames may be missing, and GAPS
# times nothing may have come for long (check_lossy_stream). They run until the loss
# allowed is a small part of them.
end_streams()
{
	wait_for 60 streams_had $((4 * $2))
	# shellcheck disable=SC2086
	kill $stream_senders
	# shellcheck disable=SC2086
	wait $stream_senders $stream_ends
	check_lossy_stream "$1: frames to it" "$TMP/in" "$(value "$TMP/sent-in" sent)" "$2" 1 "${3-}"
	check_lossy_stream "$1: frames from it" "$TMP/out" "$(value "$TMP/sent-out" sent)" "$2" 2 "${3-}"
}

# start_peer_sends FILE OPTIONS..., start_dut_sends: raw frames as peer_sends and
# dut_sends, in the background until killed; the process id is in $sender.
start_peer_sends()
{
	local out=$1
	shift

	background peer stream send -i peer0 -d "$(dut_mac)" "$@" >"$out"
	sender=$child
}

start_dut_sends()
{
	local out=$1
	shift

	background dut stream send -i gx0 -d "$(peer_mac)" "$@" >"$out"
	sender=$child
}

# stop_receiver: it tells what it has had so far.
stop_receiver()
{
	kill "$receiver"
	wait "$receiver"
}

# check_stream "what" FILE SENT [STREAM]: each of SENT frames came, once, in order, intact.
check_stream()
{
	local what=$1 file=$2 sent=$3 line="stream=${4:-1} "
	local got

	got="$(value "$file" received "$line") $(value "$file" lost "$line") $(value "$file" late "$line") $(value "$file" twice "$line") $(value "$file" corrupt "$line")"
	if [ "$got" = "$sent 0 0 0 0" ]; then
		pass "$what ($sent frames)"
	else
		fail "$what: received, lost, late, twice, corrupt: '$got', wanted '$sent 0 0 0 0'"
		sed 's/^/    /' "$file"
	fi
}

# check_lossy_stream "what" FILE SENT MOST [STREAM [GAPS]]: of SENT frames at most MOST
# are lost, none twice, the rest intact; the loss is told. What the receiver makes of it
# is not asked: an outage that lasts is the end of the stream to it. A bound of half of
# the stream and more says nothing, and fails. GAPS times at most nothing came for a
# quarter of a second (tools/track.h): what stops a transmitter for long loses nothing,
# since the stack keeps its frames. On a machine that is busy some such times happen.
# Order is not asked for: while the chip pauses, QEMU's hub queues frames in two places,
# and lets later ones overtake (mainline's driver sees that too).
check_lossy_stream()
{
	local what=$1 file=$2 sent=$3 most=$4 line="stream=${5:-1} " gaps_allowed=${6-}
	local received gaps others trouble=

	received=$(value "$file" received "$line") gaps=$(value "$file" gaps "$line")
	others="$(value "$file" twice "$line") $(value "$file" corrupt "$line")"
	if [ $((2 * most)) -ge "${sent:-0}" ]; then
		trouble="$most lost of '$sent' are no bound"
	elif [ -z "$received" ] || [ $((sent - received)) -gt "$most" ]; then
		trouble="received '$received' of $sent, lost may be $most"
	elif [ "$others" != "0 0" ]; then
		trouble="twice, corrupt '$others'"
	elif [ -n "$gaps_allowed" ] && [ "$gaps" -gt "$gaps_allowed" ]; then
		trouble="nothing came for long $gaps times, may be $gaps_allowed"
	fi
	if [ -z "$trouble" ]; then
		pass "$what (lost $((sent - received)) of $sent, allowed $most; longest pause $(value "$file" pause_ms "$line") ms)"
	else
		fail "$what: $trouble"
		sed 's/^/    /' "$file"
	fi
}

dut_mac()
{
	dut cat "/sys/class/net/gx${1:-0}/address"
}

peer_mac()
{
	peer cat "/sys/class/net/peer${1:-0}/address"
}

# Raw frames from the peer to the NIC under test, and back: stream's options follow.
peer_sends()
{
	peer stream send -i peer0 -d "$(dut_mac)" "$@"
}

dut_sends()
{
	dut stream send -i gx0 -d "$(peer_mac)" "$@"
}

# burst FRAMES [N]: by pktgen on the peer, frames that the programs take for numbered,
# 256 with each of its doorbells, so that a poll finds many. Returns when all are sent.
burst()
{
	local n=${2:-0}

	modprobe pktgen && peer bash -e -c '
		tell()
		{
			for word in "${@:2}"; do echo "$word" >"/proc/net/pktgen/$1"; done
		}
		tell kpktgend_0 rem_device_all "add_device $1"
		tell "$1" "count $2" "burst 256" "clone_skb 1000000" "pkt_size 60" "delay 0" \
			"dst_mac $3" "dst $4" "udp_dst_min 7777" "udp_dst_max 7777"
		tell pgctrl start
		tell kpktgend_0 rem_device_all
	' burst "peer$n" "$1" "$(dut_mac "$n")" "10.9.$n.1"
}

# check_doorbells "what" POLLS-BEFORE POLLS-AFTER [BEFORE AFTER]: counts of a NIC that
# receives a burst, and of the one that sends it (default: the same): it rings once for a
# poll, and a poll has many frames.
check_doorbells()
{
	local what=$1 polls frames bells

	frames=$(moved "$2" "$3" 'rx*_packets') polls=$(moved "$2" "$3" 'rx*_polls')
	bells=$(moved "${4:-$2}" "${5:-$3}" 'tx*_doorbells')
	check "$what: a poll has many frames ($frames in $polls)" [ $((4 * polls)) -le "$frames" ]
	# some for what else is sent in the meantime
	check "$what: and one doorbell ($bells)" [ "$bells" -gt 0 -a "$bells" -le $((polls + 5)) ]
}

# calm_peer [N]: the emulated igb drops silently what does not fit its rings, and
# with several queues a sender that moves to another CPU overtakes itself.
calm_peer()
{
	peer ethtool -L "peer${1:-0}" combined 1
	peer ethtool -G "peer${1:-0}" rx 4096 tx 4096
	# it takes its link down for each
	wait_for 30 carrier_up peer "peer${1:-0}"
}

# know_dut: the peer has the address of the NIC under test. Else the first frames of an
# IP stream wait for ARP, and are overtaken by those that need not wait any more.
know_dut()
{
	peer ping -q -c 1 -W 10 $DUT_IP >/dev/null
}

# A pool outlives its last socket until a work of the kernel's lets it go, which on a chip
# with one receive enable resets that: no_pool is true after it. Wants watch_pools before,
# and a change since: of nothing seen it says nothing.
config_trace=/sys/kernel/tracing/instances/gxdp-config
watch_pools()
{
	mkdir -p $config_trace
	echo 1 >$config_trace/events/gxdp/gxdp_config/enable
}

no_pool()
{
	grep gxdp_config: $config_trace/trace | tail -n 1 | grep -qE 'af_xdp=(0x)?0$'
}

# settle: QEMU's 8254x holds back what comes in the second after its receiver was enabled,
# as when a pool has gone, and then delivers all of it at once, which may be more than the
# ring has room for. Returns when that is over. No socket may be bound.
settle()
{
	family_lacks "$FAMILY" prompt-rx || return 0
	wait_for 20 no_pool && dut ping -q -c 1 -W 10 $PEER_IP >/dev/null
}

# ip_to QUEUE: where there are several, what the chip hashes (IP) goes to this one,
# and other frames to the first.
ip_to()
{
	[ "$PAIRS" -lt 2 ] || dut rss gx0 "$1"
}

# Registers that say where the chip is and not what it was told: STATUS, EECD, IMS,
# EIMS, the owner of the PHY, and of the rings where they lie, heads and tails; and IAM,
# in which QEMU notes what it has masked.
_PASSING='^ *0000(0008|0010|00d0|00e0|1524|0f00|[23][89](0[04]|1[08])|[ce][0-3]([048c][04]|[159d][08])) '

# chip_settings: what the chip has been told: ethtool -d's registers, and all filters
# (multicast, addresses, VLANs, RSS table and key). Wants iomem=relaxed.
chip_settings()
{
	dut ethtool -d gx0 raw on | od -An -v -tx4 -w8 | grep -vE "$_PASSING"
	poke "$(dut_pci)" 0x5200 +128
	poke "$(dut_pci)" 0x5400 +32
	poke "$(dut_pci)" 0x5600 +128
	poke "$(dut_pci)" 0x5c00 +42
}

# as_told SETTINGS: it has been told them, and nothing else
as_told()
{
	[ "$(chip_settings)" = "$1" ]
}

# into_ring, then check_ring_goes_on "what": of chips with one enable, whether something
# has stopped the receiver is seen by its head, which then begins anew. (The stream
# would not tell: QEMU keeps what a stopped chip would lose.) Wants iomem=relaxed and
# rings of 512.
into_ring()
{
	_head=0
	while [ "$_head" -lt 50 ] || [ "$_head" -gt 400 ]; do
		peer_sends -n 100 -r 1500 >/dev/null
		_head=$(head_of_ring)
	done
}

head_of_ring()
{
	echo $(($(poke "$(dut_pci)" 0x2810)))
}

check_ring_goes_on()
{
	local head

	head=$(head_of_ring)
	check "$1 stops nothing (the head was at $_head, is at $head)" \
		[ "$head" -ge "$_head" -a "$head" -lt $((_head + 100)) ]
}

# set_filters: something in each of those.
set_filters()
{
	ip -n dut link add link gx0 name gx0.100 type vlan id 100
	ip -n dut link set gx0.100 up
	ip -n dut link add link gx0 name mv0 address 02:00:00:00:00:98 type macvlan mode bridge
	ip -n dut link set mv0 up
	ip -n dut maddr add 01:00:5e:01:02:03 dev gx0
}

# check_chip_settings "what" SETTINGS: they are so again.
check_chip_settings()
{
	local now

	now=$(chip_settings)
	if [ "$(wc -l <<<"$now")" -le 300 ]; then
		fail "$1: so few registers say nothing: $now"
	elif [ "$now" = "$2" ]; then
		pass "$1: the chip is set up as before ($(wc -l <<<"$now") registers)"
	else
		fail "$1: the chip is set up differently"
		diff <(echo "$2") <(echo "$now") | sed 's/^/    /'
	fi
}

# behind_iommu: whether the NIC under test is (tests/run, GXDP_IOMMU)
behind_iommu()
{
	[ -e "/sys/bus/pci/devices/$(dut_pci)/iommu_group" ]
}

# queues: the numbers of those in use
queues()
{
	seq 0 $((PAIRS - 1))
}

# --- programs -------------------------------------------------------------------

mount_pins()
{
	mountpoint -q $PINS && return
	mkdir -p $PINS
	mount -t bpf bpf $PINS
}

# use_programs [frags]: load all of bpf/verdicts.bpf.c, for frames of one buffer
# or of many, pinned by name; the functions below then use these.
use_programs()
{
	local object=verdicts${1:+_$1}

	mount_pins
	PROGS=$PINS/$object MAPS=$PINS/$object/maps
	[ -d "$PROGS" ] && return
	mkdir -p "$MAPS"
	bpftool prog loadall "$TOOLS/$object.bpf.o" "$PROGS" pinmaps "$MAPS" ||
		die_test "the test's own programs do not load"
}

# attach PROGRAM [N]: in place of any other
attach()
{
	ip -force -n dut link set dev "gx${2:-0}" xdpdrv pinned "$PROGS/$1"
}

detach()
{
	ip -n dut link set dev "gx${1:-0}" xdpdrv off
}

# little_endian BYTES NUMBER: as bpftool wants keys and values.
little_endian()
{
	local i

	for ((i = 0; i < $1; i++)); do
		printf '%d ' $((($2 >> 8 * i) & 255))
	done
}

# map_set MAP KEY VALUE [BYTES]: the value has four unless said. Where the devices
# are, for the maps that hold some.
map_set()
{
	# shellcheck disable=SC2046 # a word per byte
	dut bpftool map update pinned "$MAPS/$1" key $(little_endian 4 "$2") value $(little_endian "${4:-4}" "$3")
}

# map_get PATH KEY: a number
map_get()
{
	# shellcheck disable=SC2046
	bpftool -j map lookup pinned "$1" key $(little_endian 4 "$2") | jq .formatted.value
}

# seen: numbered frames the programs saw since clear_seen.
seen()
{
	map_get "$MAPS/counters" "${1:-0}"
}

has_seen()
{
	[ "$(seen)" -ge "$1" ]
}

clear_seen()
{
	local i

	for i in 0 1 2 3; do
		map_set counters $i 0 8
	done
}

# --- talking over TCP -----------------------------------------------------------

listens()
{
	ip netns exec "$1" ss -Htln "sport = :$2" | grep -q .
}

# setup_vlan: VLAN 100 at both ends, as 10.100.0.1 and, the peer, 10.100.0.2
setup_vlan()
{
	local ns dev

	for ns in dut peer; do
		dev=$([ $ns = dut ] && echo gx0 || echo peer0)
		ip -n $ns link add link $dev name $dev.100 type vlan id 100
		ip -n $ns link set $dev.100 up
	done
	ip -n dut addr add 10.100.0.1/24 dev gx0.100
	ip -n peer addr add 10.100.0.2/24 dev peer0.100
}

# socket_has FRAMES: AF_XDP sockets on queue 0 have had more than so many.
socket_has()
{
	[ "$(stat dut gx0 rx0_xsk_frames)" -gt "$1" ]
}

# irqs: how many interrupts of gx0's queues there have been, on two CPUs
irqs()
{
	awk '$NF ~ /^gx0(-TxRx-[0-9])?$/ { for (i = 2; i <= 3; i++) n += $i } END { print n }' /proc/interrupts
}

# reads_on: the receiver has read all there is, offered its buffers again, and waits.
reads_on()
{
	[ "$(awk '{ print $3 }' "/proc/$receiver/stat")" = S ]
}

# check_comes_back "when" PCI: gxdp takes the device, and it comes up with its link.
check_comes_back()
{
	check "$1: gxdp takes it" bind_driver "$2" gxdp
	check "$1: it comes up" setup_dut
	check "$1: with its link" wait_for 60 carrier_up dut gx0
}

# unplug_and_back "when" COMMAND...: the device is pulled out from under those who use it,
# whom COMMAND ends then, and another is plugged in, and comes up.
unplug_and_back()
{
	local when=$1 pci
	shift

	pci=$(dut_pci)
	gone() { [ ! -e "/sys/bus/pci/devices/$pci" ]; }
	back() { [ -e "/sys/bus/pci/devices/$pci" ]; }
	monitor 'device_del dut0'
	check "$when: the device goes" wait_for 60 gone
	check_not "$when: and its interface" ip -n dut link show gx0
	"$@"
	check_eq "$when: nothing of it is left in /proc/interrupts" "$(grep -c gx0 /proc/interrupts)" 0
	check "$when: no page is left" check_no_pages_out
	monitor "device_add $(family_field "$FAMILY" device),id=dut0,bus=rp0,netdev=dut0-net,mac=52:54:00:67:78:00"
	check "$when: another is plugged in" wait_for 60 back
	check_comes_back "$when" "$pci"
}

# transmitter on|off: behind the driver's back. Only where the guest has iomem=relaxed.
TCTL=0x400
TCTL_EN=2
transmitter()
{
	local now

	now=$(poke "$(dut_pci)" $TCTL) || return 1
	case $1 in
	off) poke "$(dut_pci)" $TCTL $((now & ~TCTL_EN)) ;;
	on) poke "$(dut_pci)" $TCTL $((now | TCTL_EN)) ;;
	esac
}

# check_drops N: a program drops so many frames of the peer's, and those that end the
# stream, and each is counted. It stays.
check_drops()
{
	use_programs
	attach verdict
	map_set config 0 1	# XDP_DROP
	counts "$TMP/a"
	clear_seen
	peer_sends -n "$1" -r 1500 >"$TMP/s"
	wait_for 5 has_seen $(($1 + ENDS))
	counts "$TMP/b"
	check_moved "XDP drops what it should" "$TMP/a" "$TMP/b" 'rx*_xdp_drop' $(($1 + ENDS))
}

# reset_mac: the chip, without its PHY
reset_mac()
{
	dut ethtool --reset gx0 irq dma filter offload mac
}

# reporter NAME: what devlink's (tx or rx) has been told: state, errors, recoveries, and
# whether a dump of the first was kept.
reporter()
{
	devlink -j health show "pci/$(dut_pci)" reporter "$1" |
		jq -r '.health[][] | "\(.state) \(.error) \(.recover) \(has("last_dump_date"))"'
}

# reported NAME WHAT: it says so
reported()
{
	[ "$(reporter "$1")" = "$2" ]
}

# use_all: a program attached, a zero-copy socket on queue 0, streams both ways
use_all()
{
	use_programs
	ip_to 1
	attach to_xsk
	start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks"
	start_peer_sends "$TMP/s" -r 1000
	start_dut_sends "$TMP/s2" -S 2 -r 1000
}

# tcp_transfer FROM TO ADDRESS BYTES [IPERF3-OPTIONS...]: all of it arrives. iperf3's
# receiver counts what it has read when the sender is through, so all that a flow's two
# sockets can hold goes uncounted, which is much of a short transfer where receiving is
# slow. Hence the sockets are small: 64 KiB asked for are 128 KiB at each end, and the
# receiver's may be overrun by one 64 KiB frame of GRO's.
TCP_SOCKET=64K
UNCOUNTED=$((5 * 64 * 1024))
tcp_transfer()
{
	local from=$1 to=$2 address=$3 bytes=$4 got flows least
	shift 4

	background "$to" iperf3 -s -1 >/dev/null 2>&1
	local server=$child
	wait_for 60 listens "$to" 5201 || { kill $server; return 1; }
	ip netns exec "$from" timeout $((120 * _patience)) iperf3 -J -c "$address" -n "$bytes" -w $TCP_SOCKET "$@" >"$TMP/iperf" 2>&1 || {
		kill $server
		cat "$TMP/iperf"
		return 1
	}
	wait $server
	got=$(jq .end.sum_received.bytes "$TMP/iperf")
	flows=$(jq '.end.streams | length' "$TMP/iperf")
	least=$(($(numfmt --from=iec "$bytes") - flows * UNCOUNTED))
	[ "$got" -gt 0 ] && [ "$got" -ge "$least" ] && return
	echo "$got bytes of $bytes received"
	return 1
}

# --- counters -------------------------------------------------------------------

# Where a received frame can end up, each counted in one place: gxdp_rx_counts.
VERDICTS="pass xdp_drop xdp_tx xdp_tx_full xdp_tx_runt xdp_redirect xdp_redirect_fail xdp_aborted xdp_invalid error length_error alloc_fail skb_fail frags_full frags_refused mixed"

# counts FILE [N]: remember all counters.
counts()
{
	dut ethtool -S "gx${2:-0}" | tr -d ' ' | tr ':' ' ' >"$1"
}

# moved BEFORE AFTER NAME: by how much, added up over the queues if NAME is a queue
# counter's with * for the queue ("rx*_pass"), and over all that match if it is a regular
# expression. Of a counter that is in neither, it says so.
moved()
{
	awk -v n="^${3/\*/[0-9]}\$" '
		$1 ~ n { sum += FNR == NR ? -$2 : $2; found = 1 }
		END { print found ? sum : "no counter " n }' "$1" "$2"
}

# counted NAME N: so many, as moved counts them, since counts "$TMP/a"; the counters now
# are in $TMP/b.
counted()
{
	counts "$TMP/b"
	[ "$(moved "$TMP/a" "$TMP/b" "$1")" -ge "$2" ]
}

# frames_came N: so many frames received
frames_came()
{
	counted 'rx*_packets' "$1"
}

# check_moved "what" BEFORE AFTER NAME BY
check_moved()
{
	check_eq "$1" "$(moved "$2" "$3" "$4")" "$5"
}

# check_adds_up [N]: on each queue, packets is the sum of the verdicts.
check_adds_up()
{
	local wrong

	counts "$TMP/sum" "${1:-0}"
	wrong=$(awk -v names="$VERDICTS" '
		BEGIN { n = split(names, v, " "); for (i = 1; i <= n; i++) verdict[v[i]] = 1 }
		/^rx[0-9]+_/ { q = $1; sub(/_.*/, "", q); name = $1; sub(/^rx[0-9]+_/, "", name)
			if (name == "packets") packets[q] = $2
			if (name in verdict) sum[q] += $2 }
		END { for (q in packets) { total += packets[q]
			if (packets[q] != sum[q]) print q ": packets " packets[q] ", verdicts " sum[q] }
			if (!total) print "no packets at all" }' "$TMP/sum")
	check_eq "every frame received is in exactly one verdict counter" "$wrong" ""
}

# --- the usual beginning and end --------------------------------------------------

# begin [MODULE-PARAMETER...]: NICs up and talking, or no point in going on.
begin()
{
	load_gxdp "$@" || die_test "gxdp.ko does not load and bind"
	setup_pair || die_test "no link between gx0 and peer0"
	calm_peer
}

# end: everything given back.
end()
{
	detach 2>/dev/null
	check "the module goes and leaves nothing behind" unload_gxdp
	[ ! -d $config_trace ] || rmdir $config_trace
	rm -rf "$TMP"
	finish
}
