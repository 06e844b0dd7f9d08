#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lab: dut=family peer=family wire=stream smp=1 mem=1536 timeout=600 kernels=6.12,7.3
#
# The kernel's AF_XDP suite, xskxceiver, in native copy mode.

. tests/conformance/xsk-lib.sh

setup_xsk_pair || die_test "no pair of NICs"
run_both_ways drv
finish_xsk_pair
