#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Under traffic, with a program attached and a zero-copy socket open, the machine goes
# over to another kernel by kexec, with no firmware in between to reset a chip: gxdp has
# to leave it quiet, and the new kernel's gxdp has to take it as it is.
# lab: dut=family timeout=240 named not=debug
# named: seen to pass on 82574L alone
# qemu: -fsdev local,id=fs-boot,path=/lab/kernel,security_model=none,readonly=on
# qemu: -device virtio-9p-pci,fsdev=fs-boot,mount_tag=boot,vectors=0

. tests/driver/lib.sh

# The running kernel again, told that it is the second.
go_over()
{
	mkdir -p /tmp/boot
	mount -t 9p -o trans=virtio,version=9p2000.L,ro boot /tmp/boot || return 1
	# shellcheck disable=SC2012 # our own names
	python3 - /tmp/boot/vmlinuz "$(ls -t /tmp/boot/initramfs-* | head -n 1)" <<-'PYTHON'
		import ctypes, os, sys
		KEXEC_FILE_LOAD, REBOOT_KEXEC = 320, 0x45584543
		libc = ctypes.CDLL(None, use_errno=True)
		kernel, initrd = (os.open(name, os.O_RDONLY) for name in sys.argv[1:])
		line = open("/proc/cmdline").read().strip().encode() + b" gxdp.second\0"
		if libc.syscall(ctypes.c_long(KEXEC_FILE_LOAD), ctypes.c_long(kernel),
		                ctypes.c_long(initrd), ctypes.c_long(len(line)), line,
		                ctypes.c_long(0)):
		    sys.exit("kexec_file_load: " + os.strerror(ctypes.get_errno()))
		libc.reboot(REBOOT_KEXEC)
		sys.exit("reboot: " + os.strerror(ctypes.get_errno()))
	PYTHON
}

if grep -q gxdp.second /proc/cmdline; then
	begin
	check "the new kernel: ping" wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP
	check "TCP from it" tcp_transfer dut peer $PEER_IP 2M
	check "TCP to it" tcp_transfer peer dut $DUT_IP 2M
	use_programs
	attach to_xsk
	start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks"
	ip_to 1
	peer_sends -n 1000 -r 1500 >"$TMP/s"
	wait "$receiver"
	check_stream "a zero-copy socket" "$TMP/x" 1000
	check_eq "nothing hung" "$(stat dut gx0 tx_hangs) $(stat dut gx0 irq_lost)" "0 0"
	check_adds_up
	end
fi

begin
use_all
check "traffic flows while the kernels change" wait_for 30 socket_has 500
go_over
fail "this kernel is still here"
finish
