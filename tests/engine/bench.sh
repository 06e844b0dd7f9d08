#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What make bench-filter measures with, in short: rows for the filter and for the kernel's own
# maps, and a drawing of them. Of the figures it says nothing: this machine is not quiet.
# lab: host timeout=240

. tests/lib.sh

tools=$GXDP_LAB_BUILD/engine-tests

# measured ONLY SIZE: its rows are /tmp/ONLY.csv
measured()
{
	"$tools/bench" "$tools/bench.bpf.o" --filter "$GXDP_BPF/gxdp.bpf.o" --quick --rounds 1 --repeat 1 \
		--only "$1" --size "$2" --csv "/tmp/$1.csv" >"/tmp/$1.log" 2>&1
}
# shapes ONLY: of its rows, in the second column; names have commas
shapes() { python3 -c 'import csv, sys; print(*sorted({r[1] for r in csv.reader(sys.stdin)}))' <"/tmp/$1.csv"; }

check "rules are measured" measured rules 10 || tail -n 20 /tmp/rules.log
check_eq "a row for each kind" "$(shapes rules)" "acl few fw ipc"
check "sets are measured" measured sets 100000 || tail -n 20 /tmp/sets.log
check_eq "a row for the filter, for LPM tries and for a hash" "$(shapes sets)" "hash4 lpm4 lpm6 set4 set6"
cat /tmp/rules.csv /tmp/sets.csv >/tmp/both.csv
check "each row has a size and a cost" python3 - <<'EOF'
import csv
for row in csv.reader(open("/tmp/both.csv")):
    assert len(row) == 6 and int(row[2]) in (10, 100000) and float(row[3]) < 1e6, row
EOF
check "they are drawn" python3 tests/engine/plot.py /tmp/both.csv /tmp/both.svg
check "a line for each, within the drawing" python3 - <<'EOF'
import xml.etree.ElementTree as xml
root = xml.parse("/tmp/both.svg").getroot()
width, height = map(float, root.get("viewBox").split()[2:])
lines = [l.get("points").split() for l in root.iter("{http://www.w3.org/2000/svg}polyline")]
assert len(lines) == 9, lines
for x, y in (map(float, point.split(",")) for line in lines for point in line):
    assert 0 < x < width and 0 < y < height, (x, y)
EOF
finish
