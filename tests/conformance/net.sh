#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lab: dut=family mem=1536 timeout=900 kernels=6.12,7.3 once=7.3
#
# Of the kernel's suite for network drivers: ping.py, queues.py, xdp.py; the remote
# end is the peer in its namespace.

. tests/conformance/lib.sh

PATIENT=/tmp/patient

# run_py TREE SUITE [-t TEST]...: with TREE's drivers/net/SUITE.py
run_py()
{
	local tree=$1 suite=$2
	shift 2

	# the one before may have taken the link down, and the IPv6 address with it
	setup_end dut gx0 $DUT_IP $DUT_IP6
	wait_for 20 carrier_up dut gx0
	dut env -C "$tree/drivers/net" PYTHONDONTWRITEBYTECODE=1 NETIF=gx0 \
		LOCAL_V4=$DUT_IP REMOTE_V4=$PEER_IP LOCAL_V6=$DUT_IP6 REMOTE_V6=$PEER_IP6 \
		REMOTE_TYPE=netns REMOTE_ARGS=peer python3 "$suite.py" "$@" 2>&1
}

# xdp.py has its receiver leave after two seconds of silence, and starts the sender in
# that time; a busy host may take longer for it. A longer silence each time would make
# it last half an hour, so only what failed gets it, in a second attempt.
second_attempt()
{
	local suite=$1 log=$2 name only=()

	while read -r name; do
		only+=(-t "${name#"$suite".}")
	done < <(sed -nE 's/^not ok [0-9]+ //p' "$log")
	[ ${#only[@]} -gt 0 ] || return
	mkdir -p $PATIENT
	cp -r "${SELFTESTS%/tools/*}"/. $PATIENT
	sed -i 's/ -T 2 / -T 12 /' "$PATIENT/tools/testing/selftests/drivers/net/xdp.py"
	run_py "$PATIENT/tools/testing/selftests" "$suite" "${only[@]}" >"$log.again"
	while read -r name; do
		grep -qE "^ok [0-9]+ ${name//./\\.}\$" "$log.again" || continue
		echo "note: $name needed a second attempt, with longer waits"
		sed -i -E "s/^not (ok [0-9]+ ${name//./\\.})\$/\1/" "$log"
	done < <(sed -nE 's/^not ok [0-9]+ //p' "$log")
}

load_gxdp || die_test "gxdp does not load"
setup_pair || die_test "no carrier"
suites="ping queues xdp"
if ! grep -qw bpf_xdp_pull_data /proc/kallsyms; then
	skip "xdp.py: its program calls bpf_xdp_pull_data, which this kernel does not have"
	suites="ping queues"
fi
for suite in $suites; do
	run_py "$SELFTESTS" "$suite" >"/tmp/$suite.tap"
	second_attempt "$suite" "/tmp/$suite.tap"
	judge_tap "$suite" "/tmp/$suite.tap"
done
check "gxdp unloads and no page stays out" unload_gxdp
finish
