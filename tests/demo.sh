#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tests/demo.sh [KERNEL]: what gxdp does, on real traffic, in an emulated
# machine with a real kernel. A line per step; stops at the first that is not
# what it should be, with a status other than 0. How long it took is said, and no
# failure: that is the machine's. "make demo" runs it.

. "$(dirname "$0")/vm/lib.sh"
become_root "$0" "$@"
cd "$REPO"
kernel=${1:-6.12}
work=$(mktemp -d)
bench_pid=
TWO_MINUTES=120	# s, for all but set-up
trap finish EXIT

# The bench has a machine of its own, and with it a process group.
finish()
{
	[ -z "$bench_pid" ] || kill -- "-$bench_pid" 2>/dev/null || :
	rm -rf "$work"
}

setup()
{
	tests/vm/build "$kernel"
}

# Beside the demo's own machine: it counts instructions, which another guest on the same
# processors does not change.
start_figures()
{
	set -m
	tests/bench/run --kernel "$kernel" --device 82574L --check drop >"$work/figures" 2>"$work/log" </dev/null &
	bench_pid=$!
	set +m
}

figures()
{
	local status=0

	wait "$bench_pid" || status=$?
	bench_pid=
	[ $status -eq 0 ] || cat "$work/log" >&2
	echo "  instructions per dropped packet, same device, mainline (generic) and gxdp:"
	cat "$work/figures"
	return $status
}

how_long()
{
	if [ "$1" -le $TWO_MINUTES ]; then
		echo "  all of it took $1 s after set-up"
	else
		echo "  all of it took $1 s after set-up, $(($1 - TWO_MINUTES)) s longer than the two minutes that it is to take"
	fi
}

real_machine()
{
	cat <<'TEXT'

On a real machine with an 82574L (lspci -nn shows 8086:10d3), not the interface
you are logged in by:

  make && sudo make install          the module, the command, the programs
  sudo gxdp bind eth1                give the card to gxdp; gxdp unbind gives it back
  sudo gxdp attach drop dev eth1     or: ip link set dev eth1 xdpdrv obj FILE sec xdp
  sudo gxdp status dev eth1          what runs there
  sudo gxdp detach dev eth1

AF_XDP applications need no change: they find zero-copy there.
TEXT
}

echo "gxdp demo"
setup || { echo "demo: the lab could not be set up" >&2; exit 1; }
SECONDS=0
start_figures
tests/vm/run --kernel "$kernel" --name demo --timeout 300 -- bash tests/demo/guest.sh
figures
took=$SECONDS
real_machine
echo
how_long $took
