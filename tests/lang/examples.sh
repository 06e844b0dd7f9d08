#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each example of rules is right, all its rules can be reached, and the one in
# the README is one of them.
# lab: host timeout=60

. tests/lib.sh

n=0
for f in loader/examples/*.rules; do
	check "$f" gxdp -j check "$f"
	check_eq "  without warnings" "$(gxdp -j check "$f" 2>/dev/null | jq -c '[.check.diagnostics, .check.notes]')" '[[],[]]'
	gxdp check --print "$f" >/tmp/again.rules 2>/dev/null
	check "  reads again as it is printed" gxdp check --print /tmp/again.rules
	check_eq "  and is the same" "$(gxdp check --print /tmp/again.rules | md5sum)" "$(md5sum </tmp/again.rules)"
	n=$((n + 1))
done
check "there are some" [ $n -ge 4 ]
sed -n '/^```rules$/,/^```$/p' README.md | grep -v '^```' >/tmp/readme.rules
check "the README has one" [ -s /tmp/readme.rules ]
check "and it is right" gxdp check /tmp/readme.rules
finish
