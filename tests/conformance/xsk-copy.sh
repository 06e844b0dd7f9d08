#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lab: dut=family peer=family wire=stream smp=1 mem=1536 timeout=600 kernels=6.12,7.3
# lab: needs=rx-room
#
# The kernel's AF_XDP suite, xskxceiver, in native copy mode.
# (Not on 8254x: QEMU's e1000 drops a long frame that finds some free
# descriptors, but too few, and a ring of 64, which the suite asks for, is none of its.)

. tests/conformance/xsk-lib.sh

setup_xsk_pair || die_test "no pair of NICs"
run_both_ways drv
finish_xsk_pair
