#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lab: dut=family peer=family wire=stream smp=1 mem=1536 timeout=600 kernels=6.12,7.3
# lab: needs=rx-room
#
# The kernel's AF_XDP suite, xskxceiver, in zero-copy mode. (Each close of a socket starts the
# receiver again; QEMU's e1000 keeps what comes in the second after that, and then delivers
# it at once, whether or not there is room in the ring.)

. tests/conformance/xsk-lib.sh

setup_xsk_pair || die_test "no pair of NICs"
run_both_ways zc
finish_xsk_pair
