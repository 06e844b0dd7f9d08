#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lab: dut=none peer=none smp=1 mem=1536 timeout=300 kernels=6.12,7.3 named
# named: what it shows depends on the kernel alone
#
# What the copy mode of 6.12 fails in expected.txt, over veth, with no driver of ours: it
# fails there as well, and passes on 7.3.

. tests/conformance/xsk-lib.sh

ip link add xsk0 type veth peer name xsk1
for dev in xsk0 xsk1; do
	sysctl -qw net.ipv6.conf.$dev.disable_ipv6=1
	ip link set $dev up
done
echo $HUGE_PAGES >/proc/sys/vm/nr_hugepages
want=ok
[ "$LAB_KERNEL" != 6.12 ] || want='not ok'

xskxceiver -l | sed -nE 's/^([0-9]+): (.*)/\1 \2/p' >/tmp/tests
check "the suite tells its tests" [ -s /tmp/tests ]
judged=0
while read -r name; do
	nr=$(awk -v name="$name" '$2 == name { print $1 }' /tmp/tests)
	check_eq "$name" "$(xskxceiver -m drv -t "$nr" | sed -nE 's/^((not )?ok) 1 (PASS|FAIL).*/\1/p')" "$want"
	judged=$((judged + 1))
done < <(sed -nE 's/^xskxceiver \| 6\.12 \| fail \| DRV (\S+) .*/\1/p' tests/conformance/expected.txt)
check "expected.txt has some ($judged)" [ "$judged" -gt 0 ]
finish
