#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Large rules files: processor time grows with them, not with their square.
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
PY

expect "120,000 rules with different lists" 0 seconds 20 gxdp check /tmp/lists.rules
expect "60,000 definitions" 0 seconds 3 gxdp check /tmp/defines.rules

finish
