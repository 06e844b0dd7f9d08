#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The firmware that manages the machine through the same port is told that a driver is in
# charge while the interface is up, and that none is as soon as it is down, asleep or no
# driver's: 82574L and 82576 have a bit for that (CTRL_EXT.DRV_LOAD). With 8254x it is
# whether the firmware answers ARP for the host, where it manages anything at all; that a
# module of the tests says (modules/managed.c).
# And while it keeps the link as it is (MANC again, of 82574L and 82576), so does the driver.
# lab: dut=family short timeout=240 once
# append: iomem=relaxed

. tests/driver/lib.sh

CTRL_EXT=0x18
CTRL_EXT_DRV_LOAD=$((1 << 28))
MANC_SMBUS=$((1 << 0))
MANC_ASF=$((1 << 1))
MANC_ARP=$((1 << 13))
MANC_RCV_TCO=$((1 << 17))
MANC_KEEP_PHY=$((1 << 18))
MANC_REG=0x5820
ICS=0xc8
ICS_LSC=4
MDIC=0x20
MDIC_PHY=$((1 << 21))
MDIC_WRITE=$((1 << 26))
MDIC_READ=$((2 << 26))
MDIC_READY=$((1 << 28))
ADVERTISE=4
MANC=/sys/module/managed/parameters/manc
SLEEP=/sys/module/sleep_one/parameters/sleep

has_manc()
{
	[[ $FAMILY == 8254* ]]
}

# told [CTRL_EXT]: driver or none, by the register as it is, or was
told()
{
	if has_manc; then
		(($(cat $MANC) & MANC_ARP)) && echo none || echo driver
	else
		((${1:-$(poke "$(dut_pci)" $CTRL_EXT)} & CTRL_EXT_DRV_LOAD)) && echo driver || echo none
	fi
}

# manc_down_and_up VALUE: what that has become when the interface is down, and then up
manc_down_and_up()
{
	echo "$1" >$MANC
	ip -n dut link set gx0 up
	ip -n dut link set gx0 down
	cat $MANC
	ip -n dut link set gx0 up
	cat $MANC
}

# phy REGISTER [VALUE]: of the PHY, behind the driver's back; again, as long as the driver
# comes in between
phy()
{
	local mdic=0

	if [ $# -eq 2 ]; then
		poke "$(dut_pci)" $MDIC $((MDIC_WRITE | MDIC_PHY | $1 << 16 | $2))
		return
	fi
	while ((!(mdic & MDIC_READY) || (mdic >> 16 & 0x1f) != $1)); do
		poke "$(dut_pci)" $MDIC $((MDIC_READ | MDIC_PHY | $1 << 16))
		mdic=$(poke "$(dut_pci)" $MDIC)
	done
	echo $((mdic & 0xffff))
}

advertises()
{
	[ "$(phy $ADVERTISE)" -eq "$1" ]
}

# The driver looks at the PHY, and would put it right, when the link comes and goes.
cable_out_and_in()
{
	monitor 'set_link dut0 off'
	wait_for 30 carrier_down dut gx0
	monitor 'set_link dut0 on'
	wait_for 30 carrier_up dut gx0
}

# check_refused "what" COMMAND...: and the log has the reason
check_refused()
{
	local what=$1
	shift

	dmesg -C
	check_not "$what is refused" "$@"
	check "$what: with a reason" grep -q 'refused: the firmware keeps the link as it is' <(dmesg)
}

link_is_kept()
{
	local manc before other

	manc=$(poke "$(dut_pci)" $MANC_REG)
	poke "$(dut_pci)" $MANC_REG $((manc | MANC_KEEP_PHY))
	before=$(phy $ADVERTISE)
	other=$((before ^ 0x20))	# 10 Mb/s at half duplex, or not
	check_refused "a speed" dut ethtool -s gx0 advertise 0x20
	check_refused "no pause" dut ethtool -A gx0 rx off tx off
	check_refused "a new negotiation" dut ethtool -r gx0
	check_refused "a reset of the PHY" dut ethtool --reset gx0 phy
	check_refused "loopback" dut ethtool -K gx0 loopback on
	check_eq "nothing has reached the PHY" "$(phy $ADVERTISE)" "$before"
	phy $ADVERTISE $other
	check "the link goes, and comes" cable_out_and_in
	check_eq "and the PHY stays as somebody has set it" "$(phy $ADVERTISE)" $other
	poke "$(dut_pci)" $MANC_REG $((manc))
	poke "$(dut_pci)" $ICS $ICS_LSC
	check "until the firmware is through" wait_for 10 advertises "$before"
	check "and the link's settings may be changed" dut ethtool -A gx0 rx off tx off
	dut ethtool -A gx0 rx on tx on
	check "the link is there" wait_for 60 carrier_up dut gx0
}

begin
insmod "$GXDP_BUILD/sleep_one.ko" device="$(dut_pci)" seconds=0 show=$CTRL_EXT ||
	die_test "sleep_one.ko does not load"
if has_manc; then
	insmod "$GXDP_BUILD/managed.ko" || die_test "managed.ko does not load"
	managed=$((MANC_SMBUS | MANC_RCV_TCO | 1 << 31))
	for left in 0 $MANC_ARP $((managed & ~MANC_SMBUS)) $((managed & ~MANC_RCV_TCO | MANC_ARP)) \
		$((managed | MANC_ASF | MANC_ARP)); do
		check_eq "firmware that answers no ARP by itself (MANC $left): left as it is" \
			"$(manc_down_and_up "$left" | xargs)" "$left $left"
	done
	check_eq "firmware that does: the one bit, and no other" "$(manc_down_and_up $managed | xargs)" \
		"$((managed | MANC_ARP)) $managed"
fi
has_manc || link_is_kept
check_eq "up" "$(told)" driver
ip -n dut link set gx0 down
check_eq "down" "$(told)" none
ip -n dut link set gx0 up
check_eq "up again" "$(told)" driver
reset_mac
check_eq "reset" "$(told)" driver
dmesg -C
check "asleep and awake" sh -c "echo 1 >$SLEEP"
has_manc || check_eq "asleep" \
	"$(told 0x"$(dmesg | sed -n 's/.*register 0x18: //p')")" none
check_eq "awake" "$(told)" driver
ip -n dut link set gx0 down
check "down, asleep and awake" sh -c "echo 1 >$SLEEP"
check_eq "still down" "$(told)" none
ip -n dut link set gx0 up
check "the link" wait_for 60 carrier_up dut gx0
check "and traffic" wait_for 30 dut ping -q -c 1 -W 3 $PEER_IP
check "its driver lets go of it" unbind_driver "$(dut_pci)"
check_eq "without one" "$(told)" none
rmmod sleep_one
has_manc && rmmod managed
end
