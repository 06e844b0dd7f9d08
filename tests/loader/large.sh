#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Large rules files and lists: processor time grows with them, not with their square;
# memory with what is in a set, not with how often it is written.
# lab: host timeout=240

. tests/lib.sh
. tests/loader/rules-lib.sh

# seconds SECONDS COMMAND...: with no more processor time than that, which is many times
# what it takes, and less than half of it if each is compared with all others
seconds() { (ulimit -t "$1" && exec "${@:2}"); }

python3 - <<'PY'
import itertools
# lists of values of a field that are all different
with open("/tmp/lists.rules", "w") as f:
    for i, (a, b, c) in enumerate(itertools.islice(itertools.combinations(range(2, 250, 2), 3), 120000)):
        f.write(f"drop ip ttl {{ {a}, {b}, {c} }} udp dport {i % 60000 + 1}\n")
    f.write("default pass\n")
with open("/tmp/defines.rules", "w") as f:
    for i in range(60000):
        f.write(f"define port-number-{i} = {i + 1}\n")
    for i in range(0, 60000, 60):
        f.write(f"drop udp dport $port-number-{i}\n")
    f.write("default pass\n")
# each line hundreds of prefixes, and all of them the same
with open("/tmp/ranges", "w") as f:
    for i in range(40000):
        f.write("2001:db8::1-2001:db8:ffff:ffff:ffff:ffff:ffff:fffe\n")
PY
echo 'set big from "/tmp/ranges" ; drop src @big ; default pass' | tr ';' '\n' >/tmp/ranges.rules

expect "120,000 rules with different lists" 0 seconds 20 gxdp check /tmp/lists.rules
expect "60,000 definitions" 0 seconds 3 gxdp check /tmp/defines.rules
# as they stand in the file they are 130 MB
expect "40,000 ranges of 190 prefixes" 0 sh -c 'ulimit -v 100000; exec gxdp check /tmp/ranges.rules'

# --- a set that blocks all there is

for members in "0.0.0.0-255.255.255.255" "0.0.0.0/1, 128.0.0.0/1" "0.0.0.0/0" "::/1, 8000::/1"; do
	printf 'set all { %s }\ndrop src @all\ndefault pass\n' "$members" >/tmp/all.rules
	expect "a set of $members" 0 gxdp check /tmp/all.rules
	says 'the whole Internet'
done
printf '0.0.0.0/1\n128.0.0.0-255.255.255.255\n' >/tmp/halves
printf 'set all from "/tmp/halves"\ndrop src @all\ndefault pass\n' >/tmp/all.rules
expect "a list of two halves" 0 gxdp check /tmp/all.rules
says 'the whole Internet'
printf 'set half { 0.0.0.0/1, 128.0.0.0/2 }\ndrop src @half\ndefault pass\n' >/tmp/half.rules
expect "three quarters" 0 gxdp check /tmp/half.rules
check_not "are not all" grep -q Internet /tmp/err
finish
