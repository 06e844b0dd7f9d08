#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 82576: an address that the machine's maker has put into the NVM goes before the
# card's own, if it is one.
# lab: dut=igb peer=e1000e timeout=120 once
# append: iomem=relaxed

. tests/driver/lib.sh

EEWR=0x102c	# QEMU lets the NVM be written through it, as the chip does
SUM=0x3f	# the word that makes the checksum right
POINTER=0x37	# where the addresses are
PLACE=0x40	# where nothing is, and the checksum does not look

# nvm_word NUMBER; nvm_write NUMBER VALUE
nvm_word()
{
	dut ethtool -e gx0 offset $((2 * $1)) length 2 raw on | od -An -tu2 | tr -d ' '
}
nvm_write()
{
	poke "$pci" $EEWR $((($2 & 0xffff) << 16 | $1 << 2 | 1))
}

# address_with WORD WORD WORD: the port's, when it is probed with that in the NVM
address_with()
{
	local i

	for i in 0 1 2; do
		nvm_write $((PLACE + i)) "$1"
		shift
	done
	unbind_driver "$pci" && bind_driver "$pci" gxdp && cat "/sys/class/net/$(pci_netdev "$pci")/address"
}

begin
pci=$(dut_pci) own=$(dut_mac)
pointer=$(nvm_word $POINTER) sum=$(nvm_word $SUM)
nvm_write $POINTER $PLACE
nvm_write $SUM $((sum + pointer - PLACE))
check_eq "the maker's address" "$(address_with 0x1102 0x3322 0x5544)" 02:11:22:33:44:55
check_eq "a group's is none" "$(address_with 0x1101 0x3322 0x5544)" "$own"
check_eq "nor are ones" "$(address_with 0xffff 0xffff 0xffff)" "$own"
nvm_write $SUM "$sum"
nvm_write $POINTER "$pointer"
check_eq "and without the pointer nobody looks" "$(address_with 0x1102 0x3322 0x5544)" "$own"
end
