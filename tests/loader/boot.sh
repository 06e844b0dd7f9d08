#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A boot with systemd and udev: the card that was chosen is gxdp's, under the name that udev
# gave it, and its rules are at work, before anything configures the network.
# lab: systemd dut=e1000e peer=igb timeout=240 once

. tests/lib.sh
. tests/loader/bind-lib.sh
. tests/loader/boot-lib.sh

if [ "${1-}" = prepare ]; then
	prepare_boot
	exit
fi
journalctl -b -o short-monotonic >/results/journal

prog_id()
{
	jq -r '.[0].xdp.prog.id'
}

ping_dut()
{
	peer ping -c 1 -W 1 $DUT_IP
}

check_eq "systemd is the init" "$(cat /proc/1/comm)" systemd
check "udev finds no fault with what bind --persist wrote" udevadm verify --no-summary /etc/udev/rules.d/70-gxdp.rules

# --- the card
check_eq "the card is gxdp's" "$(driver_now)" gxdp
check_eq "and was so when the network was configured" "$(basename "$(cat $SEEN.driver)")" gxdp
check_eq "it has udev's name" "$(pci_netdev "$PCI")" $DEV
check "mainline's driver had it first" grep -q "$MAINLINE $PCI .*: (PCI Express" <(dmesg)
check_not "gxdp-bind.service needed no second attempt" grep -x gxdp-bind.service <(starts failed)
check "and was through before the network's turn" before gxdp-bind.service network-pre.target

# --- the rules
check_eq "gxdp@.service is active" "$(property "$RULES_UNIT" ActiveState)" active
check "since before the network's turn" before "$RULES_UNIT" network-pre.target
seen=$(prog_id <$SEEN)
check "the rules' program was there then" [ "$seen" -gt 0 ]
check_eq "it is there now" "$(ip -j link show $DEV | prog_id)" "$seen"
setup_peer || die_test "the peer does not come up"
wait_for 20 carrier_up peer peer0
check "what the rules say nothing of arrives" wait_for 20 peer ping -6 -c 1 -W 1 $DUT_IP6
check_not "what they drop does not" ping_dut

# --- while it runs
printf 'ping: pass icmp\ndefault pass\n' >/etc/gxdp/$DEV.rules
check "reload" systemctl reload "$RULES_UNIT"
check_eq "is one switch: the program stays" "$(ip -j link show $DEV | prog_id)" "$seen"
check "and the new rules are at work" ping_dut
echo 'no rule' >/etc/gxdp/$DEV.rules
check_not "a reload of rules with errors fails" systemctl reload "$RULES_UNIT"
check_eq "and leaves the unit active" "$(property "$RULES_UNIT" ActiveState)" active
check "and the rules at work" ping_dut
check "stop" systemctl stop "$RULES_UNIT"
check_eq "takes them off" "$(ip -j link show $DEV | prog_id)" null
check_eq "no unit has failed" "$(systemctl list-units --failed --plain --no-legend)" ""
finish
