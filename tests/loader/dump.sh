#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Without gxdp: bpftool map dump shows the pinned maps with the names of their members.
# lab: host timeout=120

. tests/lib.sh
. tests/loader/rules-lib.sh

rules_setup || die_test "no veth pair"
# a rule of each kind of limit, so that each map has something in it
cat >/tmp/t.rules <<'E'
first: pass icmp limit 1000/s burst 100 per src
second: pass udp limit 1000/s burst 100
default pass
E
expect "rules with limits" 0 gxdp apply /tmp/t.rules dev va --exclusive
check "a packet" pings
pins=$(echo /sys/fs/bpf/gxdp/va*/maps)
readable=0
for map in "$pins"/*; do
	type=$(bpftool -j map show pinned "$map" | jq -r .type)
	case $type in
	# what bpftool has no types for: maps, records, and what only the kernel can fill in
	array_of_maps | ringbuf | devmap_hash | cpumap | xskmap) continue ;;
	esac
	readable=$((readable + 1))
	bpftool -j map dump pinned "$map" | jq '.[0].formatted' >/tmp/dump
	# of a map for each CPU the first one's
	check "${map##*/}: its value has names" \
		jq -e '(.value // .values[0].value) | type == "object" and length > 0' /tmp/dump || cat /tmp/dump
	case $type in
	*hash) check "  its key too" jq -e '.key | type == "object" and length > 0' /tmp/dump || cat /tmp/dump ;;
	esac
done
check_eq "maps that read well" $readable 5
check "reasons are counted by name" jq -e '[.[0].formatted.values[].value.passed_by_rule.packets] | add >= 1' \
	<<<"$(bpftool -j map dump pinned "$pins/reasons")"
# of what packets are looked up in, the first chunk
chunk=$(bpftool -j map dump pinned "$pins/current" | jq '.[0] | .inner_map_id // .formatted.inner_map_id')
check "the tables that are current have a head with names" \
	eval 'bpftool map dump id $chunk | grep -q "\"generation\": 1,"'
expect "detach" 0 gxdp detach dev va
finish
