#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What 30-xdp does to small frames, done to frames of many buffers.
# lab: dut=family timeout=240

. tests/driver/lib.sh
. tests/driver/xdp-lib.sh

begin
prepare_verdicts
ip -n dut link set gx0 mtu 9000
ip -n peer link set peer0 mtu 9000
ip -n peer link set peer0.5 mtu 9000
wait_for 30 carrier_up peer peer0
use_programs frags
counts "$TMP/before"
N=400 len=8800 every_verdict "jumbo"
counts "$TMP/after"
check "they came in several buffers each" [ "$(moved "$TMP/before" "$TMP/after" 'rx*_frags')" -gt 4000 ]

# A small frame between them is one of one buffer.
attach tx
N=400 len=200 all=$((400 + ENDS))
check_returned "small among jumbo, XDP_TX" 'rx*_xdp_tx' peer0 peer0 200
end
