#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each counter the driver has is explained in gxdp(4), and each name explained there is
# one the driver has; so is each module parameter.
# lab: host

. tests/lib.sh

page=packaging/man/gxdp.4.scd

# Names in the tables of stats.c, as users see them but for the queue's number
shown()
{
	sed -nE 's/^[[:space:]]*GXDP_(RX|TX|HW|HW_WIDE)\(([a-z0-9_]+)[,)].*/\2/p' kernel/stats.c
	sed -n '/gxdp_nic_counters\[\]/,/};/p' kernel/stats.c | grep -oE '"[a-z_]+"' | tr -d '"'
}

# Lines of the section COUNTERS that consist of names
explained()
{
	sed -n '/^# COUNTERS/,/^# NOT KNOWN/p' $page |
		grep -E '^\*[a-z0-9_]+\*(, \*[a-z0-9_]+\*)*$' | grep -oE '[a-z0-9_]+'
}

check "there are counters" [ "$(shown | wc -l)" -gt 80 ]
check_eq "every counter is explained" "$(comm -23 <(shown | sort -u) <(explained | sort -u) | xargs)" ""
check_eq "and nothing else is" "$(comm -13 <(shown | sort -u) <(explained | sort -u) | xargs)" ""
check_eq "every module parameter is explained" \
	"$(sed -nE 's/^module_param\(([a-z_]+),.*/\1/p' kernel/*.c | while read -r p; do grep -q "^\*$p\*$" $page || echo "$p"; done)" ""
check "the page is well formed" sh -c "scdoc <$page | man -l --warnings - >/dev/null"
finish
