#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lab: dut=e1000e peer=igb mem=1536 timeout=900 kernels=6.12,7.3
#
# Of the kernel's suite for network drivers: ping.py, queues.py, xdp.py; the remote
# end is the peer in its namespace.

. tests/conformance/lib.sh

load_gxdp || die_test "gxdp does not load"
setup_pair || die_test "no carrier"
export PYTHONDONTWRITEBYTECODE=1

for suite in ping queues xdp; do
	# the one before may have taken the link down, and the IPv6 address with it
	setup_end dut gx0 $DUT_IP $DUT_IP6
	wait_for 20 carrier_up dut gx0
	run_suite $suite dut env -C "$SELFTESTS/drivers/net" NETIF=gx0 \
		LOCAL_V4=$DUT_IP REMOTE_V4=$PEER_IP LOCAL_V6=$DUT_IP6 REMOTE_V6=$PEER_IP6 \
		REMOTE_TYPE=netns REMOTE_ARGS=peer python3 $suite.py
done
check "gxdp unloads and no page stays out" unload_gxdp
finish
