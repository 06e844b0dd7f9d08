#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# docs/TRUST.md: each test proves one of its promises, and each test named there is one.
# lab: host

. tests/lib.sh

ids()
{
	grep -l '^# lab:' "$1"/*/*.sh | sed -E 's|.*/([^/]+/[^/]+)\.sh$|\1|' | sort
}

# named FILE: SUITE/NAME of each test in the column "Test" of its table: "driver/30-xdp",
# "engine/*", and a name alone behind another of its suite, if there is such a test or it
# looks like one of the driver's.
named()
{
	awk -F ' *[|] *' '/^\| Promise / { table = 1 } /^$/ { table = 0 } table { print $3 }' "$1" |
		awk -v ids="$(ids tests)" '
			BEGIN { n = split(ids, list, "\n"); for (i = 1; i <= n; i++) known[list[i]] }
			{ suite = ""; gsub(/\\\*/, "*"); gsub(/[,;:()]|\.$/, " ") }
			{ for (i = 1; i <= NF; i++) {
				if ($i ~ /^[a-z]+\/[^\/.]+$/) { suite = $i; sub(/\/.*/, "", suite); print $i }
				else if ((suite "/" $i) in known || $i ~ /^[0-9][0-9]-[a-z]/) print suite "/" $i
			} }' | sort -u
}

# expanded: a suite's tests for its pattern
expanded()
{
	local id

	while read -r id; do
		case $id in
		*/\*) ids tests | grep "^${id%\*}" || echo "$id" ;;
		*) echo "$id" ;;
		esac
	done | sort -u
}

check "tests are named" [ "$(named docs/TRUST.md | wc -l)" -gt 60 ]
check_eq "each test proves a promise" "$(comm -23 <(ids tests) <(named docs/TRUST.md | expanded) | paste -sd " ")" ""
check_eq "each that is named is there" "$(comm -13 <(ids tests) <(named docs/TRUST.md | expanded) | paste -sd " ")" ""
finish
