# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The chip families the driver has, for tests/run, tests/lib.sh and tests/bench/run:
# the one list that says on what the driver's tests run, and what a chip lacks. A
# test skips what its family's row names, with the reason below, and nothing else.

# family      what users call the chip; "make test FAMILY=..."
# pci-id      of the emulated device
# device      QEMU's name for it; the tests' NIC under test
# peer        QEMU device at the other end of the cable, with another driver
# driver      mainline's
# pairs       queue pairs
# ring        fewest descriptors of a ring
# mtu         largest
# lacks       words of lack_reason() below, or -
families()
{
	cat <<'TABLE'
82574L	8086:10d3	e1000e		igb	e1000e	2	64	9000	queue-stop,queue-buf,stamps,clock-rate,hds,rss-udp,sctp,xdp-rings
82576	8086:10c9	igb		e1000e	igb	8	64	9000	auto-mask,giants,phy-kept,shared-enable,failed-reset
82540EM	8086:100e	e1000		igb	e1000	1	80	16110	msi,pm,queues,rss,rss-udp,tso6,rxcsum-shown,queue-stop,queue-buf,ptp,stamps,hds,prompt-rx,rx-room,sctp,xdp-rings,failed-reset
82545EM	8086:100f	e1000-82545em	igb	e1000	1	80	16110	msi,pm,queues,rss,rss-udp,tso6,rxcsum-shown,queue-stop,queue-buf,ptp,stamps,hds,prompt-rx,rx-room,sctp,xdp-rings,failed-reset
TABLE
}

# What a word in the column "lacks" means, to be printed with what is skipped.
lack_reason()
{
	case $1 in
	auto-mask) echo "its emulation leaves a vector unmasked when it interrupts" ;;
	clock-rate) echo "its emulation's clock runs 2.5 times too fast" ;;
	failed-reset) echo "nothing in it tells that a reset failed" ;;
	giants) echo "its emulation drops them without counting" ;;
	hds) echo "gxdp splits no headers off on it" ;;
	msi) echo "it interrupts by INTx only" ;;
	prompt-rx) echo "its emulation holds back what comes in the second after its receiver was enabled" ;;
	phy-kept) echo "its emulation resets the PHY with the MAC" ;;
	pm) echo "its emulation has no power management" ;;
	ptp) echo "it has no PTP clock" ;;
	queue-buf) echo "its receive buffers have one size for all queues" ;;
	queue-stop) echo "it has one enable for all its queues" ;;
	queues) echo "it has one queue pair" ;;
	sctp) echo "it makes no CRC32c" ;;
	rss) echo "it has no RSS" ;;
	rx-room) echo "its emulation drops what the ring has too little room for, long frames and what it held back" ;;
	rss-udp) echo "it hashes no UDP ports" ;;
	tso6) echo "it segments TCP over IPv4 only" ;;
	stamps) echo "gxdp stamps no frames on it" ;;
	shared-enable) echo "its queues have an enable each" ;;
	rxcsum-shown) echo "its emulation verifies no checksums" ;;
	xdp-rings) echo "XDP has no transmit rings of its own on it" ;;
	*) echo "it has no $1" ;;
	esac
}

# family_field FAMILY FIELD: a column of its row; nothing if there is no such family.
family_field()
{
	families | awk -v f="$1" -v want="$2" '
		BEGIN { split("family pci-id device peer driver pairs ring mtu lacks", n); for (i in n) col[n[i]] = i }
		$1 == f { print $col[want] }'
}

family_names()
{
	families | awk '{ print $1 }'
}

# family_of_device DEVICE: which family QEMU's device is.
family_of_device()
{
	families | awk -v d="${1%%,*}" '$3 == d { print $1; exit }'
}

# other_family FAMILY: one with another data path, to share a machine with it: one after
# the other, so that each two of the three data paths meet.
other_family()
{
	case $1 in
	82574L) echo 82540EM ;;
	82576) echo 82574L ;;
	*) echo 82576 ;;
	esac
}

# family_lacks FAMILY WORD
family_lacks()
{
	[[ ,$(family_field "$1" lacks), == *,$2,* ]]
}
