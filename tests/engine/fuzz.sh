#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# libFuzzer on the compiler, the packet parser and sets that change; see tests/fuzz.sh.
# lab: host timeout=240

. tests/lib.sh
. tests/fuzz.sh

FUZZ=$GXDP_LAB_BUILD/engine-tests

mkdir -p /tmp/rulesets /tmp/frames /tmp/members
# One rule, then others, each a step further than the last (fuzz-compile.c reads them):
# all overlap in ports, and source prefixes get longer as those of the destination
# get shorter;
printf '\1\0\xc2\x0f\0\0\x80\0\x10\0\0\x80\0\x08\0\x08\x20\x0a\1\2\3\xdf\x0f\1\1\1\1\3' \
	>/tmp/rulesets/overlap
# ranges that each end within the next, of TTL and length, for IPv6;
printf '\1\0\xc2\x0d\0\x80\x07\0\0\1\xff\x28\x80\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0\x28\x40\x20\1\x0d\xb8\0\0\0\0\xdf\x0d\1\1\0\0\5' \
	>/tmp/rulesets/ranges
# and a set, asked for by every rule, in tables of 64 KiB.
printf '\x0c\x02\x20\x18\x0a\0\0\x20\x0a\0\0\1\x10\xc0\xa8\x41\x10\0\x50\0\x50\x40\0\xdf\x10\1\2\0\0\0' \
	>/tmp/rulesets/set
# An IPv4 TCP frame
printf '\0\0\x16\2\0\0\0\0\1\2\0\0\0\0\2\x08\0\x45\0\0\x28\0\0\x40\0\x40\6\0\0\x0a\0\0\1\x0a\0\0\2\x12\x34\0\x50\0\0\0\1\0\0\0\2\x50\2\0\0\0\0\0\0' \
	>/tmp/frames/tcp
fuzz "the compiler" 20 "$FUZZ/fuzz-compile" /tmp/rulesets -max_len=1024
fuzz "the packet parser" 10 "$FUZZ/fuzz-packet" /tmp/frames -max_len=4096
# Two members, and a third that comes, goes, comes with a time-out, and goes on from there
printf '\7\2\0\x20\0\1\0\x18\0\1\0\0\x20\0\2\0\4\0\x20\0\2\0\1\0\x20\0\2\0\x18\0\x20\0\2\x40\0\x08\1\x80\0\1\x20' \
	>/tmp/members/some
# 15 addresses that differ in one bit each and 70 that differ in the last few: built as one
# set, and added one by one to an empty one
python3 - /tmp/members <<'EOF'
import sys
one = [bytes([0x21, 128, 0, 40 + 5 * k]) for k in range(15)]
many = [bytes([0x01, 128, 0, 2 * i + 1]) for i in range(70)]
open(sys.argv[1] + "/apart", "wb").write(bytes([7, 85]) + b"".join(one + many))
open(sys.argv[1] + "/apart-added", "wb").write(
    bytes([7, 0]) + b"".join(b"\0" + m + b"\0" for m in one + many))
EOF
fuzz "sets that change" 10 "$FUZZ/fuzz-sets" /tmp/members -max_len=2048
finish
