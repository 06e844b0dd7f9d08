# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# tests/vm/run's options turned into QEMU's arguments. The paths are those inside
# the private root, where QEMU runs (see enter).

qemu_binds=()
qemu_command=()
FIRST_SOCKET=20		# of a --wire stream: the descriptor

args()
{
	qemu_command+=("$@")
}

# nic_device MODEL[,P=V] REST: "-device MODEL,REST,P=V", so that what the caller
# asked for comes last and wins.
nic_device()
{
	local model=${1%%,*} props=

	[[ $1 == *,* ]] && props=,${1#*,}
	args -device "$model,$2$props"
}

# A NIC under test sits behind a root port, so that it can be unplugged.
dut_device()
{
	local model=$1 n=$2 bus

	args -device "pcie-root-port,id=rp$n,chassis=$((n + 1)),slot=$((n + 1)),addr=$(printf '%x' $((3 + 2 * n)))"
	nic_device "$model" "id=dut$n,bus=rp$n,netdev=dut$n-net,mac=52:54:00:67:78:$(printf '%02x' "$n")"
}

# The peer sits on the root bus, low and in an even slot: QEMU's igb takes the
# slots 16 and 17 above its own for its virtual functions.
peer_device()
{
	local model=$1 n=$2

	nic_device "$model" "id=peer$n,bus=pcie.0,addr=$(printf '%x' $((2 + 2 * n))),netdev=peer$n-net,mac=52:54:00:67:78:$(printf '%02x' $((128 + n)))"
}

# cable_end NAME N END: one end (0 or 1) of cable N. A hub hands frames over at once, but
# out of order where the receiving NIC has been full: what waits before the hub overtakes
# what waits behind it. A stream keeps their order, by way of QEMU's main loop. Both of
# its ends are in one process, so neither may block, which QEMU sees to for sockets it is
# given (not for the client of its own "stream").
cable_end()
{
	local name=$1 n=$2 end=$3

	if [ "$wire" = hub ]; then
		args -netdev "hubport,id=$name,hubid=$n"
	else
		args -netdev "socket,id=$name,fd=$((FIRST_SOCKET + 2 * n + end))"
	fi
}

# Pair number N: DUT and peer on a cable of their own.
cable()
{
	local dut_model=$1 peer_model=$2 n=$3

	if [ "$dut_model" != none ]; then
		cable_end "dut$n-net" "$n" 0
		dut_device "$dut_model" "$n"
	fi
	if [ "$peer_model" != none ]; then
		cable_end "peer$n-net" "$n" 1
		peer_device "$peer_model" "$n"
	fi
}

# A UDP port nobody has, asked of the kernel, which does not soon hand out the
# same one again.
free_udp_port()
{
	in_root "$root" -- python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# What is sent comes back: a datagram socket that is its own peer.
loop_cable()
{
	local port end

	port=$(free_udp_port)
	end=type=inet,%s.host=127.0.0.1,%s.port=$port
	args -netdev "dgram,id=dut0-net,local.${end//%s/local},remote.${end//%s/remote}"
	dut_device "$dut" 0
}

network_args()
{
	local n=1 nic

	if [ -n "$loop" ]; then
		loop_cable
	else
		cable "$dut" "$peer" 0
	fi
	for nic in "${nics[@]}"; do
		[ "$n" -le 5 ] || die 2 "at most five --nic."
		cable "$nic" "${peer/none/igb}" "$n"
		n=$((n + 1))
	done
}

# No virtio device here gets MSI-X: on rare occasions QEMU 10.0 ends in an
# assertion when their tables are placed while the guest boots.
share_args()
{
	local tag=$1 path=$2 readonly=$3

	args -fsdev "local,id=fs-$tag,path=$path,security_model=none,multidevs=remap$readonly" \
		-device "virtio-9p-pci,fsdev=fs-$tag,mount_tag=$tag,vectors=0"
}

# The guest's output and QEMU's monitor each have a virtio port, so that neither
# mixes with the kernel log on the serial line.
channel_args()
{
	args -chardev file,id=console,path=/lab/run/console.log -serial chardev:console
	args -device virtio-serial-pci,vectors=0
	if [ -n "$interactive" ]; then
		args -chardev stdio,id=output,signal=off -device virtconsole,chardev=output
	else
		# Not stdio: the end of standard input would shut the port.
		args -chardev file,id=output,path=/proc/self/fd/1 \
			-device virtserialport,chardev=output,name=output
	fi
	# The guest's port is a client of the monitor's own socket.
	args -chardev socket,id=monitor,path=/run/monitor,server=on,wait=off \
		-mon chardev=monitor,mode=control \
		-chardev socket,id=monitor-port,path=/run/monitor \
		-device virtserialport,chardev=monitor-port,name=monitor
}

accel_args()
{
	case $accel in
	kvm) args -accel kvm -cpu host ;;
	tcg)
		if [ -n "$icount" ]; then
			args -accel tcg,thread=single -icount shift=0,sleep=off -seed 1
		else
			args -accel tcg,thread=multi
		fi
		args -cpu max
		;;
	*) die 2 "--accel knows auto, tcg and kvm, not '$accel'." ;;
	esac
}

plugin_args()
{
	local so options=

	[ -n "$plugin" ] || return 0
	so=${plugin%%,*}
	[[ $plugin == *,* ]] && options=,${plugin#*,}
	[ -e "$so" ] || die 2 "there is no plugin '$so'."
	qemu_binds+=(--bind "$(dirname "$(realpath "$so")")" /lab/plugin)
	args -plugin "/lab/plugin/$(basename "$so")$options"
}

kernel_args()
{
	local line

	# no_timer_check: 6.12 panics at boot on a busy machine without it.
	# The watchdogs' limits: a busy host is slow, that is no fault of the kernel.
	line="console=ttyS0,115200 panic=-1 no_timer_check mitigations=off net.ifnames=0"
	line+=" watchdog_thresh=60 workqueue.watchdog_thresh=0 rcupdate.rcu_cpu_stall_timeout=120"
	line+=" printk.devkmsg=on"
	# The guest's own measurement of its clock is not to be trusted, see tsc-khz.
	# All its processors read the same counter, the host's.
	if [ -n "$icount" ]; then
		line+=" tsc_early_khz=1000000"
	elif [ "$accel" = tcg ]; then
		line+=" tsc=reliable tsc_early_khz=$("$VM_DIR/tsc-khz")"
	fi
	qemu_binds+=(--bind "$kernel_dir" /lab/kernel)
	args -kernel /lab/kernel/vmlinuz -append "$line $append" \
		-initrd "/lab/kernel/$(basename "$("$VM_DIR/initramfs" "$kernel_dir" "$root")")"
	if [ -d "$kernel_dir/lib" ]; then
		share_args kernel "/lab/kernel/lib/modules/$(cat "$kernel_dir/release")" ,readonly=on
	fi
}

qemu_arguments()
{
	qemu_command=(qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot
		-machine q35 -smp "$smp" -m "$mem")
	# Stock kernels take ACPI's way of hot-plug; the debug kernel has PCIe's own alone.
	[ "$kernel" != debug ] || args -global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off
	# Plugin and counting need TCG.
	[ -z "$icount$plugin" ] || accel=tcg
	accel_args
	plugin_args
	kernel_args
	network_args
	channel_args
	args -device virtio-rng-pci,vectors=0
	share_args root /lab/root ,readonly=on
	share_args repo /repo ,readonly=on
	share_args run /lab/run/share ''
	share_args results /results ''
	# shellcheck disable=SC2206 # the user's own words, to be split
	args $extra
}
