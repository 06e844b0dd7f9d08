#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A set-up is looked at: gxdp doctor names what stands in the way, gxdp bind says
# before it tries that a module would be refused, a choice lasts over a boot, and a
# bug report has no addresses in it.
# lab: dut=e1000e peer=igb timeout=240 once
# append: rd.iscsi.password=lab-secret-word
# expect: Lockdown: 

. tests/lib.sh
. tests/loader/bind-lib.sh
. tests/loader/json-lib.sh

[ -e "$GXDP_BUILD/gxdp.ko" ] || die_test "there is no $GXDP_BUILD/gxdp.ko"
RULES=/etc/udev/rules.d/70-gxdp.rules
TMP=$(mktemp -d)

# doctor FILTER: does what doctor says satisfy jq?
doctor()
{
	gxdp -j doctor 2>/dev/null | jq -e --arg pci "$PCI" ".doctor | $1"
}

card='.cards[] | select(.pci == $pci)'
problem() { doctor ".problems[] | select(.severity == \"problem\") | .what | test(\"$1\")"; }

modprobe e1000e
setup_pair || die_test "the two ends do not come up"

# --- doctor, with mainline's driver ---------------------------------------------
check "the kernel is new enough" doctor '.kernel.new_enough and .kernel.af_xdp == "yes"'
check "the card, its chip and its driver" doctor "$card | .drives_it and .driver == \"e1000e\" and (.why | test(\"own driver\"))"
check "no module is installed: a problem" problem "no gxdp.ko"
check_status "and the status says so" 1 gxdp doctor
check "for people, with the way out" grep -q "to mend it: " <<<"$out"
# a tool that is not there: what lies in its place cannot be run
tool=$(type -P bpftool)
: >"$TMP/none" && mount --bind "$TMP/none" "$tool"
check "a missing tool is a note, with its package" doctor '(.tools | .bpftool == false and .ip)
	and (.problems[] | select(.what | test("^bpftool is not installed: ")) | .severity == "note" and (.mend | test("package bpftool$")))'
umount "$tool"
check "and is not missed once it is there" doctor '.tools.bpftool and ([.problems[].what | select(test("bpftool"))] == [])'
# in the device's own namespace, what it can do
dut gxdp -j doctor >"$TMP/d" 2>/dev/null
check "generic XDP only, MTU and rings" jq -e --arg pci "$PCI" ".doctor | $card | .netdev
	| .dev == \"gx0\" and .mtu == 1500 and .mtu_max > 9000 and .rings.rx_max == 4096
	and (.xdp != \"native\")" "$TMP/d"

check "a card with e1000e: what that lacks" jq -e --arg pci "$PCI" '.doctor.problems[]
	| select(.severity == "note" and (.what | contains($pci)))
	| .what | test("is with e1000e, which has no native XDP and no AF_XDP zero-copy; gxdp has")' "$TMP/d"
# igb has native XDP, and zero-copy from Linux 6.14 on
peer gxdp -j doctor >"$TMP/p" 2>/dev/null
answers() { jq -r ".doctor.interfaces[] | select(.dev == \"peer0\").features[] | select(.name == \"$1\").answer" "$TMP/p"; }
check_eq "igb: native XDP" "$(answers "native XDP")" yes
said=$(jq -r '.doctor.problems[] | select(.what | contains("82576")).what' "$TMP/p")
if [ "$(answers "AF_XDP zero-copy")" = yes ]; then
	check_eq "and zero-copy: nothing that gxdp has and it has not" "$said" ""
else
	check "and no zero-copy, which is all that is said to be lacking" grep -q 'is with igb, which has no AF_XDP zero-copy; gxdp has' <<<"$said"
fi

# of what is no card
ip link add v0 type veth peer name v1
check "an interface that is no card: native XDP, no zero-copy" doctor '.interfaces[] | select(.dev == "v0")
	| .driver == "veth" and (.features | map({(.name): .answer}) | add
	| .["native XDP"] == "yes" and .["AF_XDP zero-copy"] == "no")'
check_status "and for people" 1 gxdp doctor
check "  in two lines" grep -q '^    native XDP: yes' <<<"$out"
ip link del v0

# --- a choice that lasts ----------------------------------------------------------
check "bind --persist" dut gxdp bind --persist gx0 --module "$GXDP_BUILD/gxdp.ko"
check_eq "gxdp has it" "$(driver_now)" gxdp
check "a udev rule names the card" grep -q "KERNEL==\"$PCI\".*gxdp-bind.service" $RULES
if command -v udevadm >/dev/null && udevadm verify --help >/dev/null 2>&1; then
	check "udev understands it" udevadm verify --no-summary $RULES
fi
dut gxdp -j doctor >"$TMP/d" 2>/dev/null
check "doctor: native XDP, zero-copy, and why" jq -e --arg pci "$PCI" ".doctor | $card
	| .persistent and (.why | test(\"persist\")) and .netdev.xdp == \"native\"
	and .netdev.zerocopy == \"yes\" and .netdev.frags and .netdev.mtu_max == 9000" "$TMP/d"
schema doctor "$TMP/d"
check "and no problem with the card" jq -e --arg pci "$PCI" \
	'[.doctor.problems[] | select(.severity == "problem") | .what | select(contains($pci))] == []' "$TMP/d"

# the next boot: e1000e had it first
echo "$PCI" >/sys/bus/pci/drivers/gxdp/unbind
echo >/sys/bus/pci/devices/"$PCI"/driver_override
echo "$PCI" >/sys/bus/pci/drivers_probe
check_eq "after a boot e1000e has it" "$(driver_now)" e1000e
check "doctor notices" problem "was to be gxdp's at boot"
echo '# of an administrator' >>$RULES
ip link add br0 type bridge
ip link set "$(ls /sys/bus/pci/devices/"$PCI"/net)" master br0
gxdp -j bind --chosen >"$TMP/d" 2>/dev/null
check_eq "bind --chosen does not break a bridge" $? 5
check "and prints one object, which says why" jq -e -s 'length == 1 and (.[0].chosen[0] | .result == "failed" and (.message | test("br0")))' "$TMP/d"
schema bind "$TMP/d"
ip link del br0
out=$(gxdp -j bind --chosen)
check "bind --chosen binds it" jq -e --arg pci "$PCI" '.chosen == [{pci: $pci, result: "bound", message: null}]' <<<"$out"
schema bind <(echo "$out")
check_eq "gxdp has it" "$(driver_now)" gxdp
check "once more changes nothing" jq -e '.chosen[0].result == "bound already"' <<<"$(gxdp -j bind --chosen)"
# another card in that slot is not taken
sed -i 's/ATTR{device}=="0x10d3"/ATTR{device}=="0x10d4"/' $RULES
check "another card in its slot is left" jq -e '.chosen[0].result == "another card"' <<<"$(gxdp -j bind --chosen)"
sed -i 's/ATTR{device}=="0x10d4"/ATTR{device}=="0x10d3"/' $RULES

# --- what a maintainer is sent ------------------------------------------------------
to_netns "$PCI" dut gx0
setup_end dut gx0 $DUT_IP $DUT_IP6
hostname lab-secret-name
check "a bug report" dut gxdp bugreport "$TMP/report"
check_eq "for nobody else to read" "$(command stat -c %a "$TMP/report")" 600
check "has the device's counters" grep -q 'rx0_xdp_drop' "$TMP/report"
check "asks devlink's reporters" grep -q "devlink health diagnose pci/$PCI reporter tx" "$TMP/report"
check "has the doctor's words" grep -q 'native' "$TMP/report"
check "says where addresses were" grep -q 'inet <ip-[0-9]*>\|link/ether <mac-[0-9]*>' "$TMP/report"
for secret in 52:54:00 10.9.0.1 fd09:: lab-secret-name lab-secret-word; do
	check_not "does not have $secret" grep -qi -- "$secret" "$TMP/report"
done
check_not "an existing file is not overwritten" gxdp bugreport "$TMP/report"

check "unbind" dut gxdp unbind gx0
check_eq "e1000e has it" "$(driver_now)" e1000e
check_not "and no rule names the card any more" grep -q "$PCI" $RULES
check "what an administrator wrote stays" grep -q 'of an administrator' $RULES
check "doctor has no problem with that" doctor "[.problems[] | .what | select(test(\"at boot\"))] == []"
rmmod gxdp

# --- a machine that takes signed modules only ----------------------------------------
# Secure Boot, by what the firmware's variables say: QEMU's BIOS has none
mount -t tmpfs none /sys/firmware
mkdir -p /sys/firmware/efi/efivars
secure_boot() { printf "\6\0\0\0\\$1" >/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c; }
secure_boot 1
check_status "Secure Boot: refused before a load is tried" 3 gxdp bind "$PCI" --module "$GXDP_BUILD/gxdp.ko"
check "with the reason" grep -q "Secure Boot is on, and .*gxdp.ko is not signed" <<<"$out"
check "and the steps to a machine owner key" grep -q "mokutil --import" <<<"$out"
check_eq "the card was not touched" "$(driver_now)" e1000e
check_not "nor the module loaded" [ -e /sys/module/gxdp ]
check "doctor shows it" doctor '.signing | .secure_boot and .signature_required'

# A module that is signed. What modinfo and mokutil say of it is made up: there are neither
# keys nor a firmware here that asks for one.
mkdir -p /tmp/fake /var/lib/dkms
cat >/tmp/fake/modinfo <<-'FAKE'
	#!/bin/sh
	case $2 in signer) echo "a key of DKMS" ;; sig_key) echo 5A:00:C3:7E ;; filename) echo "$3" ;; esac
FAKE
printf '#!/bin/sh\ncat /tmp/fake/said\n' >/tmp/fake/mokutil
chmod +x /tmp/fake/*
printf '0\202\3\17\132\0\303\176more' >/var/lib/dkms/mok.pub	# DER, with that number in it
# bind_signed "what" STATUS
bind_signed()
{
	PATH=/tmp/fake:$PATH check_status "$1" $2 gxdp bind "$PCI" --module "$GXDP_BUILD/gxdp.ko"
	[ $2 -ne 0 ] || { gxdp unbind "$PCI" 2>/dev/null; rmmod gxdp; }
}
echo "/var/lib/dkms/mok.pub is not enrolled" >/tmp/fake/said
bind_signed "signed, and its key not enrolled: refused" 3
check "with the key's name" grep -q "signed with a key (a key of DKMS) that has not been enrolled" <<<"$out"
check "and how to enroll it" grep -q "mokutil --import /var/lib/dkms/mok.pub" <<<"$out"
check_not "which is not by signing" grep -q "dkms install" <<<"$out"
echo "/var/lib/dkms/mok.pub is already enrolled" >/tmp/fake/said
bind_signed "its key enrolled: it binds" 0
echo "another key" >/var/lib/dkms/mok.pub
echo "/var/lib/dkms/mok.pub is not enrolled" >/tmp/fake/said
bind_signed "signed with another key than DKMS's: the kernel is asked" 0
rm /tmp/fake/mokutil
bind_signed "no mokutil: the kernel is asked" 0
secure_boot 0
check "Secure Boot off: it binds" gxdp bind "$PCI" --module "$GXDP_BUILD/gxdp.ko"
gxdp unbind "$PCI" 2>/dev/null
rmmod gxdp
umount /sys/firmware

# lockdown, the kernel's own
mountpoint -q /sys/kernel/security || mount -t securityfs securityfs /sys/kernel/security
if [ -w /sys/kernel/security/lockdown ]; then
	echo integrity >/sys/kernel/security/lockdown
	check_not "the kernel refuses it now" insmod "$GXDP_BUILD/gxdp.ko"
	check_status "lockdown: refused before a load is tried" 3 gxdp bind "$PCI" --module "$GXDP_BUILD/gxdp.ko"
	check "with the reason" grep -q "the kernel is locked down" <<<"$out"
	check_eq "the card was not touched" "$(driver_now)" e1000e
else
	skip "this kernel has no lockdown"
fi
finish
