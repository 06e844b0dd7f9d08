#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An INTx line shared with another device, which storms, under a program, a zero-copy socket
# and streams both ways: with a driver of its own that claims its interrupts, traffic goes
# on and nothing is missed. With none the kernel
# finds that nobody claims them, since gxdp does not claim what is not its chip's, and
# turns the line off. (It asks the handlers now and then, so that frames go on, slowly.)
# It is on again when the interface comes up anew.
# lab: dut=family timeout=200 once
# qemu: -device e1000,id=noisy,bus=pcie.0,addr=0xb
# append: iomem=relaxed
# expect: irq [0-9]+: nobody cared
# expect: Call Trace:

. tests/driver/lib.sh

NOISY=0000:00:0b.0
ICR=0xc0 ICS=0xc8 IMS=0xd0 IMC=0xd8
RXDMT0=0x10 TXDW=0x1
TIMES=3000

line_of()
{
	awk -F '[: ]+' -v name="$1\$" '$0 ~ name { print $2 }' /proc/interrupts
}

taken()
{
	awk -v line="$line:" '$1 == line { for (i = 2; i <= 1 + cpus; i++) n += $i; print n }' cpus="$(nproc)" /proc/interrupts
}

# open_socket: one that receives until the stream ends
open_socket()
{
	start_receiver "$TMP/x" dut xsk rx -i gx0 -z -m "$MAPS/xsks" -T 600
	socket=$receiver
}

# check_socket_goes_on "when"
check_socket_goes_on()
{
	local now

	now=$(stat dut gx0 rx0_xsk_frames)
	check "$1: the socket has frames" wait_for 30 socket_has $((now + 50))
}

begin irq_mode=0
use_programs
attach to_xsk
line=$(line_of gx0)
modprobe e1000
noise=$(pci_netdev $NOISY) || die_test "there is no second device"
ip link set "$noise" up
check "both are on one line ($line)" grep -qE "^ *$line:.* gx0.*$noise|^ *$line:.*$noise.*gx0" /proc/interrupts

# --- claimed by its driver ---------------------------------------------------------
before=$(taken)
poke $NOISY $ICS $RXDMT0 $TIMES &
noisy=$!
open_socket
start_receiver "$TMP/r" peer stream recv -i peer0
start_dut_sends "$TMP/s" -n 3000 -r 1500
peer_sends -n 3000 -r 1500 >"$TMP/s2"
wait "$socket" "$receiver"
check_stream "frames arrive at the socket beside the noise" "$TMP/x" 3000
check_stream "and at the peer" "$TMP/r" 3000
check "without a copy" socket_has 3000
open_socket
check "TCP from it" tcp_transfer dut peer $PEER_IP 2M
check "TCP to it" tcp_transfer peer dut $DUT_IP 2M
wait $noisy
check "the other device did interrupt ($(($(taken) - before)) interrupts in all)" \
	[ $(($(taken) - before)) -gt $((TIMES / 2)) ]
check_eq "no interrupt was missed" "$(stat dut gx0 irq_lost)" 0
check_eq "nothing hung" "$(stat dut gx0 tx_hangs)" 0

# --- claimed by nobody -------------------------------------------------------------
turned_off()
{
	dmesg | grep -q "Disabling IRQ #$line"
}

start_peer_sends "$TMP/s" -r 300
senders=$sender
start_dut_sends "$TMP/s2" -S 2 -r 300
senders+=" $sender"
ip link set "$noise" down
echo $NOISY >/sys/bus/pci/drivers/e1000/unbind
echo 1 >/sys/bus/pci/devices/$NOISY/enable
poke $NOISY $IMS 0xffffffff
poke $NOISY $ICS $TXDW
check "a storm that nobody claims is found" wait_for 240 turned_off
poke $NOISY $IMC 0xffffffff
poke $NOISY $ICR >/dev/null
check "frames go on" wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP
check_socket_goes_on "by the kernel's looks alone"
ip -n dut link set gx0 down
ip -n dut link set gx0 up
check "up anew: the link" wait_for 60 carrier_up dut gx0
wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP
check_socket_goes_on "up anew"
before=$(taken)
was=$(stat dut gx0 irq_lost)
check "TCP to it" tcp_transfer peer dut $DUT_IP 1M
check "by interrupts ($(($(taken) - before)))" [ "$(taken)" -gt "$before" ]
check_eq "and none missed" "$(stat dut gx0 irq_lost)" "$was"
# shellcheck disable=SC2086
kill $senders
# shellcheck disable=SC2086
wait $senders "$socket"
check_eq "no frame the socket had was corrupt or came twice" \
	"$(value "$TMP/x" twice) $(value "$TMP/x" corrupt)" "0 0"
check_adds_up
end
