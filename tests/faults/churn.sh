#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# All at once, twice FAULT_SECONDS, under streams both ways: zero-copy sockets come and
# go, first such as have frames, then, as fast as may be, such as have none; the number of
# queues changes, programs take each other's place, the interface goes down and comes up.
# Each kind has to have been done, also one in the midst of another.
# lab: dut=family timeout=240 kernels=6.12,7.3,debug named
# named: make faults runs it

. tests/faults/lib.sh

SECONDS_OF_CHURN=${FAULT_SECONDS:-20}
# So many binds in ten seconds, at least; what has been seen is in docs/TRUST.md. All else
# that is done here takes the same lock, and keeps it while the chip is set up.
LEAST_BINDS=5
[ "$LAB_KERNEL" != debug ] || LEAST_BINDS=1

# churn KIND COMMAND...: over and over, in the device's namespace. A line in $TMP/KIND
# for each success; what it said last otherwise is in $TMP/KIND.why.
churn()
{
	local kind=$1
	shift

	while :; do
		if "$@" >"$TMP/$kind.out" 2>&1; then
			echo >>"$TMP/$kind"
		else
			cp "$TMP/$kind.out" "$TMP/$kind.why"
		fi
	done
}

# A socket that has a few frames, if it gets them within a second, and goes.
bind_and_close()
{
	timeout -s KILL 5 xsk rx -i gx0 -z -m "$MAPS/xsks" -F 512 -n 20 -T 1 >"$TMP/socket" 2>&1
	cat "$TMP/socket"
	if grep -qE '(twice|corrupt)=[1-9]' "$TMP/socket"; then
		cat "$TMP/socket" >>"$TMP/wrong"
	fi
	grep -q '^ready zerocopy=1' "$TMP/socket"
}

bind_often()
{
	timeout -s KILL 15 xsk bind -i gx0 -z -F 512 -n 10
}

one_queue_and_two()
{
	ethtool -L gx0 combined 1 && ethtool -L gx0 combined 2
}

replace_program()
{
	ip -force link set gx0 xdpdrv pinned "$PROGS/all_to_xsk" &&
		ip -force link set gx0 xdpdrv pinned "$PROGS/to_xsk"
}

# Down and up, and, for up to 5 s, until frames may flow again.
down_and_up()
{
	local i up=

	ip link set gx0 down && ip link set gx0 up || return
	for ((i = 0; i < 100; i++)); do
		read -r up </sys/class/net/gx0/carrier && [ "$up" = 1 ] && return
		sleep 0.05
	done
	echo "no carrier"
	return 1
}

export -f churn bind_and_close bind_often one_queue_and_two replace_program down_and_up
export TMP MAPS PROGS

# tenths A B: A / B to a tenth
tenths()
{
	echo $(($1 / $2)).$((10 * $1 / $2 % 10))
}

# binds: how often a pool came to a queue that had none, as is traced
binds()
{
	awk '/gxdp_config: gx0 / { on = $NF !~ /=(0x)?0$/; n += on && !was; was = on } END { print n + 0 }' \
		$config_trace/trace
}

# check_done KIND "what": at least once
check_done()
{
	local times=0

	[ ! -e "$TMP/$1" ] || times=$(wc -l <"$TMP/$1")
	check "$2: $times times" [ "$times" -gt 0 ] || cat "$TMP/$1.why"
}

live
watch_pools
check_flows "before"
stop_socket
: >"$TMP/wrong"
echo 8192 >$config_trace/buffer_size_kb	# for twenty minutes of it
: >$config_trace/trace
socket_frames=$(stat dut gx0 rx0_xsk_frames) rx=$(rx_count) tx=$(tx_count)
churns=()
background dut bash -c 'churn bind bind_and_close'
churn_bind=$child
if has queues "the number of queues changes"; then
	background dut bash -c 'churn queues one_queue_and_two'; churns+=("$child")
fi
background dut bash -c 'churn replace replace_program'; churns+=("$child")
background dut bash -c 'churn down down_and_up'; churns+=("$child")
sleep "$SECONDS_OF_CHURN"	# that long is what is being tested
kill "$churn_bind"
wait "$churn_bind" 2>/dev/null
bound=$(binds)
background dut bash -c 'churn often bind_often'; churns+=("$child")
sleep "$SECONDS_OF_CHURN"
bound=$(($(binds) - bound))
kill "${churns[@]}"
wait "${churns[@]}" 2>/dev/null
quiet() { ! ip netns pids dut | xargs -r ps -o comm= -p | grep -qE '^(xsk|ip|ethtool|timeout)$'; }
check "all that was begun ends" wait_for 20 quiet
check_done bind "zero-copy sockets that have frames came and went"
check "and then they were bound $bound times, $(tenths "$bound" "$SECONDS_OF_CHURN") in a second" \
	[ $((10 * bound)) -ge $((LEAST_BINDS * SECONDS_OF_CHURN)) ]
if [ "$PAIRS" -gt 1 ]; then
	check_done queues "queues went and came"
	check "also with a socket there" \
		grep -qE 'gxdp_config: gx0 up=1 pairs=1 .*af_xdp=(0x)?1$' $config_trace/trace
fi
check_done replace "programs were replaced"
check_done down "the interface went down and came up"
check "sockets had frames ($(($(stat dut gx0 rx0_xsk_frames) - socket_frames)))" \
	[ "$(stat dut gx0 rx0_xsk_frames)" -gt "$socket_frames" ]
check "frames went both ways meanwhile ($(($(rx_count) - rx)) in, $(($(tx_count) - tx)) out)" \
	[ "$(rx_count)" -gt "$rx" -a "$(tx_count)" -gt "$tx" ]
check_eq "no socket had a frame twice, or a corrupt one" "$(cat "$TMP/wrong")" ""

ip -n dut link set gx0 up
[ "$PAIRS" -lt 2 ] || dut ethtool -L gx0 combined 2
check "the link is there after $((2 * SECONDS_OF_CHURN)) s of that" wait_for 60 carrier_up dut gx0
attach to_xsk
start_socket
check_flows "at the end"
check_eq "nothing hung" "$(stat dut gx0 tx_hangs)" 0
check_intact
check_adds_up
end
