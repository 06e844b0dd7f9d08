# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# The sender: pktgen on the peer NIC, in bursts with one doorbell each.

BURST=1984		# 31 full polls; the most that a 4096 ring takes with one doorbell
PKTGEN=/proc/net/pktgen

# wait_until SECONDS COMMAND...: until it succeeds, looking every 10 ms.
wait_until()
{
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.01
	done
}

# The peer stays in the first network namespace, where pktgen's thread is.
setup_peer()
{
	local driver=$1 dir

	modprobe "$driver" || die "cannot load $driver"
	modprobe pktgen || die "cannot load pktgen"
	sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	# the first is the peer; a second one is that of a second device
	for dir in "/sys/bus/pci/drivers/$driver"/*/net/*; do
		[ -e "$dir" ] || continue
		[ -n "${peer:-}" ] && second_peer=${dir##*/} || peer=${dir##*/}
	done
	[ -n "${peer:-}" ] || die "$driver made no interface for the peer"
	ethtool -G "$peer" rx 4096 tx 4096
	ethtool -L "$peer" combined 1 2>/dev/null
	tc qdisc add dev "$peer" clsact
	tc filter add dev "$peer" ingress matchall action drop
	ip link set "$peer" up
	peer_mac=$(<"/sys/class/net/$peer/address")
	ksoftirqd=$(pgrep -x ksoftirqd/0)
}

pg()
{
	echo "$2" >"$PKTGEN/$1" || die "pktgen does not take '$2'"
}

configure_pktgen()
{
	pg kpktgend_0 rem_device_all
	pg kpktgend_0 "add_device $peer"
	pg "$peer" "count $BURST"
	pg "$peer" "burst $BURST"
	pg "$peer" "clone_skb 1000000"
	pg "$peer" "pkt_size $((${SIZE:-64} - 4))"
	pg "$peer" "delay 0"
	pg "$peer" "dst 10.9.0.1"
	pg "$peer" "dst_mac $1"
}

peer_received()
{
	echo "$(<"/sys/class/net/$peer/statistics/rx_packets")"
}

softirqs_done()
{
	local stat

	stat=$(<"/proc/$ksoftirqd/stat")
	[[ $stat == *") S "* ]]
}

# Until nothing is left to poll: with one CPU and this script running, softirqs
# are done unless ksoftirqd has them; a throttled interrupt comes within 2 ms.
settle()
{
	local quiet=0 end=$((SECONDS + 20))

	while [ $quiet -lt 3 ] && [ $SECONDS -lt $end ]; do
		sleep 0.002
		if softirqs_done; then
			quiet=$((quiet + 1))
		else
			quiet=0
		fi
	done
}

# inject N [COUNTER]: N bursts; with a counter, each burst is done when the
# counter has moved by a burst (or no longer moves).
inject()
{
	local n=$1 counter=${2:-} i before

	for ((i = 0; i < n; i++)); do
		[ -n "$counter" ] && before=$($counter)
		pg pgctrl start
		settle
		[ -z "$counter" ] && continue
		wait_until 5 counted "$counter" $((before + BURST)) || {
			warn "of a burst of $BURST frames only $(($($counter) - before)) arrived"
			return 1
		}
		settle
	done
}

counted()
{
	[ "$($1)" -ge "$2" ]
}
