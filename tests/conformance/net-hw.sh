#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lab: dut=family needs=queue-stop mem=1536 timeout=900 kernels=7.3
#
# Of the kernel's suite for network drivers, what a chip with many queues can be asked,
# 82576 above all: queues and rings reconfigured, statistics, interrupts, RSS, threaded NAPI,
# hints. (ping, queues and xdp are net.sh's.)

. tests/conformance/lib.sh

# run_py SUITE: one of drivers/net/*.py or drivers/net/hw/*.py
run_py()
{
	local suite=$1 dir

	for dir in "$SELFTESTS/drivers/net/hw" "$SELFTESTS/drivers/net"; do
		[ -e "$dir/$suite.py" ] && break
	done
	# the one before may have taken the link down, and the IPv6 address with it
	setup_end dut gx0 $DUT_IP $DUT_IP6
	wait_for 20 carrier_up dut gx0
	# ip hides bpffs in a namespace, and the suites pin there
	dut env -C "$dir" PYTHONDONTWRITEBYTECODE=1 NETIF=gx0 PATH="$PWD/tests/conformance/bin:$PATH" \
		LOCAL_V4=$DUT_IP REMOTE_V4=$PEER_IP LOCAL_V6=$DUT_IP6 REMOTE_V6=$PEER_IP6 \
		REMOTE_TYPE=netns REMOTE_ARGS=peer \
		bash -c 'mount -t bpf bpf /sys/fs/bpf && exec python3 "$0.py"' "$suite" 2>&1
}

load_gxdp || die_test "gxdp does not load"
setup_pair || die_test "no carrier"
before=$(carrier_changes dut gx0)
for suite in ring_reconfig stats napi_threaded irq rss_api rss_drv xsk_reconfig hds xdp_metadata; do
	run_py $suite >"/tmp/$suite.tap"
	judge_tap $suite "/tmp/$suite.tap"
done
echo "carrier changes: $(($(carrier_changes dut gx0) - before))"
check "gxdp unloads and no page stays out" unload_gxdp
finish
