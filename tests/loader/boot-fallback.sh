#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A boot with systemd and udev, as loader/boot's, but the module has gone meanwhile, as with
# a new kernel that has none: the card stays with mainline's driver, and the network comes up.
# lab: systemd dut=e1000e peer=igb timeout=240 once

. tests/lib.sh
. tests/loader/bind-lib.sh
. tests/loader/boot-lib.sh

if [ "${1-}" = prepare ]; then
	prepare_boot
	rm "/lib/modules/$(uname -r)/updates/gxdp.ko"
	depmod
	exit
fi
journalctl -b -o short-monotonic >/results/journal

check_eq "systemd is the init" "$(cat /proc/1/comm)" systemd
check_eq "the card is with mainline's driver" "$(driver_now)" "$MAINLINE"
check_eq "and nothing keeps others from it" "$(override_now)" "(null)"
check "gxdp-bind.service has failed" grep -x gxdp-bind.service <(starts failed)
check "it says why" grep -q "$PCI stays with its driver: the module gxdp does not load" <(journalctl -b -u gxdp-bind.service)
check "and so has gxdp@.service: that driver has no native XDP" grep -xF "$RULES_UNIT" <(starts failed)
check_eq "the interface has udev's name" "$(pci_netdev "$PCI")" $DEV
check "the network was configured" before network-pre.target lab-network.service
setup_peer || die_test "the peer does not come up"
check "and frames arrive" wait_for 20 peer ping -6 -c 1 -W 1 $DUT_IP6
check "doctor says what is wrong" grep -q "$PCI .* was to be gxdp's at boot, and is with $MAINLINE" <(gxdp doctor 2>&1)
finish
