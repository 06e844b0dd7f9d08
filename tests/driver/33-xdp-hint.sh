#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The chip's hash: spreads flows over the queues, and is the same for a program
# (hint), for the stack and by the book (Toeplitz over the key ethtool shows).
# lab: dut=family needs=rss timeout=150 once

. tests/driver/lib.sh

# toeplitz KEY HEX: by the definition, a bit at a time
toeplitz()
{
	python3 - "$1" "$2" <<'PY'
import sys
key = int(sys.argv[1].replace(":", ""), 16)
data = bytes.fromhex(sys.argv[2])
bits, result = len(sys.argv[1].replace(":", "")) * 4, 0
for i in range(len(data) * 8):
    if data[i // 8] >> (7 - i % 8) & 1:
        result ^= key >> (bits - 32 - i) & 0xffffffff
print(result)
PY
}

key()
{
	dut ethtool -x gx0 | grep -A1 'RSS hash key' | tail -n 1
}

queue_of()
{
	dut ethtool -x gx0 | awk -v n=$(($1 % 128)) '/^ *[0-9]+:/ { k = $1 + 0; for (i = 2; i <= NF; i++) if (k + i - 2 == n) print $i }'
}

hint()
{
	map_get $PINS/hash-maps/hints "$1"
}

begin
mount_pins
mkdir -p $PINS/stack $PINS/hash-maps
bpftool prog loadall "$TOOLS/hint_tc.bpf.o" $PINS/stack pinmaps $PINS/hash-maps || die_test "the test's program does not load"
tc -n dut qdisc add dev gx0 clsact

counts "$TMP/a"
check "eight TCP flows" tcp_transfer peer dut $DUT_IP 4M -P 8
counts "$TMP/b"
for q in 0 1; do
	check "queue $q gets its share of TCP" [ "$(moved "$TMP/a" "$TMP/b" rx${q}_packets)" -gt 50 ]
done

# Without their ports all of them have one hash.
dut ethtool -N gx0 rx-flow-hash tcp4 sd
counts "$TMP/a"
check "eight TCP flows hashed by address" tcp_transfer peer dut $DUT_IP 4M -P 8
counts "$TMP/b"
lesser=$(printf '%s\n' "$(moved "$TMP/a" "$TMP/b" rx0_packets)" "$(moved "$TMP/a" "$TMP/b" rx1_packets)" | sort -n | head -n 1)
check "share one queue" [ "$lesser" -lt 50 ]
dut ethtool -N gx0 rx-flow-hash tcp4 sdfn

# So has UDP, where the chip can.
if has rss-udp "UDP flows spread"; then
	counts "$TMP/a"
	for port in $(seq 7001 7016); do
		peer stream send -u $DUT_IP:$port -n 10 >/dev/null
	done
	counts "$TMP/b"
	spread=0
	for q in $(queues); do
		[ "$(moved "$TMP/a" "$TMP/b" rx${q}_packets)" -lt 10 ] || spread=$((spread + 1))
	done
	check "sixteen UDP flows share the queues ($spread)" [ "$spread" -gt 1 ]
fi

# By addresses only: 10.9.0.2 to 10.9.0.1, whatever the ports.
dut ethtool -N gx0 rx-flow-hash udp4 sd
want=$(toeplitz "$(key)" 0a0900020a090001)
tc -n dut filter add dev gx0 ingress bpf da object-pinned $PINS/stack/compare_hash
start_receiver "$TMP/r" dut stream recv -u :7777
counts "$TMP/a"
peer stream send -u $DUT_IP:7777 -n 500 >"$TMP/s"
counts "$TMP/b"
wait $receiver
check_stream "a UDP stream" "$TMP/r" 500
check_eq "the stack has the hash by the book" "$(hint 4)" "$want"
check "and it came by the queue the table says" \
	[ "$(moved "$TMP/a" "$TMP/b" "rx$(queue_of "$want")_packets")" -ge 500 ]

if [ "$LAB_KERNEL" = 6.1 ]; then
	skip "another key: kernels before 6.8 refuse how newer ethtools ask for it"
else
	new_key=$(printf '%02x:' {101..140})
	check "another key" dut ethtool -X gx0 hkey "${new_key%:}"
	peer stream send -u $DUT_IP:7777 -n 20 >"$TMP/s"
	check_eq "gives another hash, by the book" "$(hint 4)" "$(toeplitz "$(key)" 0a0900020a090001)"
fi

dut ethtool -K gx0 rxhash off
hash_before=$(hint 4)
# something that only a frame without a hash makes 0
bpftool map update pinned $PINS/hash-maps/hints key 4 0 0 0 value 1 0 0 0 0 0 0 0
peer stream send -u $DUT_IP:7777 -n 20 >"$TMP/s"
check_eq "switched off, the stack has none" "$(hint 4)" 0
check "there was one before" [ "$hash_before" != 0 ]
dut ethtool -K gx0 rxhash on

if [ "$LAB_KERNEL" = 6.1 ]; then
	skip "hints for programs: Linux 6.3 has them first"
	end
fi
ip netns exec dut mount -t bpf bpf /sys/fs/bpf 2>/dev/null
load_hint()
{
	# in the device's namespace, where its name means something
	dut bpftool prog load "$TOOLS/hint.bpf.o" $PINS/read_hash xdpmeta_dev gx0 map name hints pinned $PINS/hash-maps/hints
}
check "a program that reads the hash loads" load_hint
check "and attaches" ip -n dut link set dev gx0 xdpdrv pinned $PINS/read_hash
before=$(hint 0)
peer stream send -u $DUT_IP:7777 -n 300 >"$TMP/s"
check "it gets the hash of each frame" [ $(($(hint 0) - before)) -ge 300 ]
check "the stack gets the same" [ "$(hint 2)" -ge 300 ]
check_eq "and never another" "$(hint 3)" 0
rm -f $PINS/read_hash
ip -n dut link set dev gx0 xdpdrv off
end
