# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For test scripts that run in the lab's guest: . tests/lib.sh
#
# A test says what it found with pass, fail, check and skip, a line each, and ends
# with finish. Failures do not end it, so that one run tells all it can.
#
# The NIC under test goes into the namespace "dut" as gx0, its peer into the
# namespace "peer" as peer0. Further pairs (lab: nic=...) are gx1 and peer1, ...

. tests/families.sh
. tests/vm/guest/page-pools

GXDP_BUILD=/repo/build/${LAB_KERNEL:-6.12}
GXDP_LAB_BUILD=/repo/build/lab
GXDP_BPF=$GXDP_LAB_BUILD/bpf
PATH=$GXDP_LAB_BUILD/loader:$PATH

# The chip under test, mainline's driver for it, and how many queue pairs it has here
# (one for each processor at the most).
FAMILY=$(family_of_device "${LAB_DUT:-e1000e}")
MAINLINE=$(family_field "$FAMILY" driver)
PAIRS=$(family_field "$FAMILY" pairs)
[ "${PAIRS:-0}" -le "$(nproc)" ] || PAIRS=$(nproc)

DUT_IP=10.9.0.1
PEER_IP=10.9.0.2
DUT_IP6=fd09::1
PEER_IP6=fd09::2

_passed=0 _failed=0 _skipped=0

# --- saying what was found ---------------------------------------------------

pass()
{
	_passed=$((_passed + 1))
	echo "ok: $*"
}

fail()
{
	_failed=$((_failed + 1))
	echo "FAIL: $*"
}

skip()
{
	_skipped=$((_skipped + 1))
	echo "skip: $*"
}

# has WORD "what": false, having said so, when the chip lacks it (tests/families.sh).
has()
{
	family_lacks "$FAMILY" "$1" || return 0
	skip "$2: $FAMILY: $(lack_reason "$1")"
	return 1
}

# check "what should hold" COMMAND...: its output is shown only if it fails.
check()
{
	local what=$1 out status
	shift

	out=$("$@" 2>&1) && status=0 || status=$?
	if [ $status -eq 0 ]; then
		pass "$what"
		return 0
	fi
	fail "$what (status $status: $*)"
	[ -z "$out" ] || sed 's/^/    /' <<<"$out"
	return 1
}

# check_not "what should hold" COMMAND...: the command has to fail.
check_not()
{
	local what=$1 out
	shift

	if out=$("$@" 2>&1); then
		fail "$what (succeeded, and should not have: $*)"
		[ -z "$out" ] || sed 's/^/    /' <<<"$out"
		return 1
	fi
	pass "$what"
}

# check_eq "what" GOT WANTED
check_eq()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1: got '$2', wanted '$3'"
		return 1
	fi
}

# die_test SENTENCE: when going on makes no sense.
die_test()
{
	fail "$*"
	finish
}

# finish: the line tests/run counts by, and the exit status.
finish()
{
	echo "checks: $_passed passed, $_failed failed, $_skipped skipped"
	[ $_failed -eq 0 ] && [ $((_passed + _skipped)) -gt 0 ]
	exit
}

# lock_held DEV|IFINDEX:trace [NETNS]: whether a gxdp has the lock of a device, of the network
# namespace with the inode number NETNS (default: of this one).
lock_held()
{
	local file=/run/gxdp/lock/${2:-$(command stat -Lc %i /proc/self/ns/net)}-$1 id

	[ -e "$file" ] || return
	# shellcheck disable=SC2046 # three numbers
	printf -v id '%02x:%02x:%d' $(command stat -c '%Hd %Ld %i' "$file")
	grep -q "OFDLCK .* $id 0 EOF" /proc/locks
}

# --- waiting -----------------------------------------------------------------

# The checkers of the debug kernel slow everything down several times.
_patience=1
[ "${LAB_KERNEL:-}" != debug ] || _patience=4

# wait_for SECONDS COMMAND...: until it succeeds, at most so long.
wait_for()
{
	local limit=$(($1 * _patience)) end
	shift

	end=$(($(_uptime_ms) + limit * 1000))
	until "$@" >/dev/null 2>&1; do
		[ "$(_uptime_ms)" -lt $end ] || return 1
		sleep 0.05
	done
}

_uptime_ms()
{
	local up

	read -r up _ </proc/uptime
	up=${up/./}
	echo $((10#$up * 10))
}

# --- the two ends of the cable -----------------------------------------------

dut()
{
	ip netns exec dut "$@"
}

peer()
{
	ip netns exec peer "$@"
}

# The PCI addresses of the lab's NICs, by where tests/vm/qemu.sh puts them: those
# under test behind a root port each, their peers on the root bus.
dut_pci()
{
	local port

	port=0000:00:$(printf '%02x' $((3 + 2 * ${1:-0}))).0
	basename "$(echo /sys/bus/pci/devices/"$port"/0000:*)"
}

peer_pci()
{
	printf '0000:00:%02x.0\n' $((2 + 2 * ${1:-0}))
}

# The interface a PCI device has now; fails if it has none.
pci_netdev()
{
	local d

	for d in /sys/bus/pci/devices/"$1"/net/*; do
		[ -e "$d" ] && basename "$d" && return
	done
	return 1
}

# bind_driver PCI DRIVER: give a device to a driver, whoever has it now.
bind_driver()
{
	local pci=$1 driver=$2 dev=/sys/bus/pci/devices/$1

	[ "$(basename "$(readlink "$dev/driver")")" = "$driver" ] && return
	[ -e "$dev/driver" ] && echo "$pci" >"$dev/driver/unbind"
	echo "$driver" >"$dev/driver_override"
	echo "$pci" >/sys/bus/pci/drivers_probe
	[ "$(basename "$(readlink "$dev/driver")")" = "$driver" ]
}

unbind_driver()
{
	local dev=/sys/bus/pci/devices/$1

	[ -e "$dev/driver" ] && echo "$1" >"$dev/driver/unbind"
	echo >"$dev/driver_override"
}

# to_netns PCI NETNS NAME: the device's interface, moved and renamed.
to_netns()
{
	local now

	wait_for 10 pci_netdev "$1" || return 1
	now=$(pci_netdev "$1")
	ip link set "$now" netns "$2" name "$3"
}

carrier_up()
{
	ip netns exec "$1" cat /sys/class/net/"$2"/carrier 2>/dev/null | grep -qx 1
}

carrier_down()
{
	ip netns exec "$1" cat /sys/class/net/"$2"/carrier 2>/dev/null | grep -qx 0
}

# setup_end NETNS NAME IPV4 IPV6: addresses, up; IPv6 without the wait for DAD.
setup_end()
{
	ip -n "$1" link set lo up
	ip netns exec "$1" sysctl -qw net.ipv6.conf."$2".accept_dad=0 net.ipv6.conf."$2".router_solicitations=0
	ip -n "$1" addr replace "$3/24" dev "$2"
	ip -n "$1" addr replace "$4/64" dev "$2" nodad
	ip -n "$1" link set "$2" up
}

# setup_peer [N]: the peer NIC, on mainline's driver, into its namespace.
setup_peer()
{
	local n=${1:-0} pci

	pci=$(peer_pci "$n")
	ip netns add peer 2>/dev/null
	modprobe "$(driver_of "$LAB_PEER")" || return 1
	to_netns "$pci" peer "peer$n" || return 1
	setup_end peer "peer$n" "10.9.$n.2" "fd09:$n::2"
}

# setup_dut [N]: the NIC under test, whichever driver has it.
setup_dut()
{
	local n=${1:-0}

	ip netns add dut 2>/dev/null
	to_netns "$(dut_pci "$n")" dut "gx$n" || return 1
	setup_end dut "gx$n" "10.9.$n.1" "fd09:$n::1"
}

# driver_of MODEL: mainline's driver for an emulated NIC.
driver_of()
{
	case ${1%%,*} in
	igb) echo igb ;;
	e1000e) echo e1000e ;;
	e1000*) echo e1000 ;;
	virtio*) echo virtio_net ;;
	*) echo "${1%%,*}" ;;
	esac
}

# setup_pair [N]: both ends, up, with carrier. The driver of the NIC under test
# has to be loaded already (load_gxdp, or modprobe for mainline's).
setup_pair()
{
	local n=${1:-0}

	setup_dut "$n" && setup_peer "$n" &&
		wait_for 20 carrier_up dut "gx$n" && wait_for 20 carrier_up peer "peer$n"
}

# --- gxdp --------------------------------------------------------------------

# load_gxdp [MODULE-PARAMETER...]: load the module and give it every NIC under test.
load_gxdp()
{
	insert_gxdp "$@" || return 1
	bind_all_duts gxdp
}

insert_gxdp()
{
	local dep

	[ -e "$GXDP_BUILD/gxdp.ko" ] ||
		die_test "there is no $GXDP_BUILD/gxdp.ko: run tests/vm/build ${LAB_KERNEL:-6.12}"
	for dep in $(modinfo -F depends "$GXDP_BUILD/gxdp.ko" | tr ',' ' '); do
		modprobe "$dep" || return 1
	done
	[ -e /sys/module/gxdp ] || insmod "$GXDP_BUILD/gxdp.ko" "$@"
}

bind_all_duts()
{
	local n=0

	while [ "$n" -lt "${LAB_DUTS:-1}" ]; do
		bind_driver "$(dut_pci $n)" "$1" || return 1
		n=$((n + 1))
	done
}

# unload_gxdp: give the NICs up and remove the module; then nothing may be left
# of its pages.
unload_gxdp()
{
	local n=0

	while [ "$n" -lt "${LAB_DUTS:-1}" ]; do
		unbind_driver "$(dut_pci $n)" 2>/dev/null
		n=$((n + 1))
	done
	rmmod gxdp && check_no_pages_out
}

_no_pages_out()
{
	[ -z "$(pools_with_pages_out)" ]
}

# check_no_pages_out: a pool tries again every second; ten are enough for sockets
# and the like to give back what they hold. Some pool has to have gone since the guest
# started, or nothing was looked at.
check_no_pages_out()
{
	grep -q page_pool_release: $_pools/trace || {
		echo "no page pool was seen to go" >&2
		return 1
	}
	wait_for 10 _no_pages_out && return
	pools_with_pages_out >&2
	return 1
}

# carrier_changes NETNS DEV
carrier_changes()
{
	ip netns exec "$1" cat /sys/class/net/"$2"/carrier_changes
}

# stat NETNS DEV NAME: one of ethtool -S's counters; fails if there is none such.
stat()
{
	ip netns exec "$1" ethtool -S "$2" |
		awk -v n="$3:" '$1 == n { print $2; found = 1 } END { exit !found }'
}

# --- QEMU's monitor ----------------------------------------------------------

# monitor COMMAND: a line for QEMU's human monitor ("set_link dut0 off"); prints
# its reply.
monitor()
{
	/repo/tests/vm/guest/monitor "$1"
}

# --- the kernel log ----------------------------------------------------------

# log_mark: remember where the kernel log is now; log_since: what came after.
log_mark()
{
	_mark=lab-mark-$RANDOM$RANDOM
	echo "$_mark" >/dev/kmsg
}

log_since()
{
	dmesg | sed -n "/$_mark/,\$p" | tail -n +2
}
