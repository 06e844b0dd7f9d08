# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the tests that boot with gxdp's units, after tests/lib.sh and bind-lib.sh: what the
# machine had before that boot, and what became of it.

# With a dash, for which a unit's name has another word.
DEV=wan-0
RULES_UNIT=gxdp@$(systemd-escape $DEV).service

# Where "make install" puts these (loader/install looks at that); its build directory is
# read-only here.
install_gxdp()
{
	local unit

	install -D -m 755 "$GXDP_LAB_BUILD/loader/gxdp" /usr/local/sbin/gxdp
	install -D -m 644 -t /usr/local/lib/gxdp/bpf "$GXDP_BPF"/*.bpf.o
	for unit in gxdp@ gxdp-bind; do
		install -d /usr/local/lib/systemd/system
		sed 's|@SBINDIR@|/usr/local/sbin|' packaging/systemd/$unit.service.in \
			>/usr/local/lib/systemd/system/$unit.service
	done
}

# install_module: as "make install" does, but into a tree of modules that has those of the
# two cards alone beside it: depmod reads all there are, which takes minutes here. That udev
# finds no others makes the boot shorter, too.
install_module()
{
	local release tree=/run/modules

	release=$(uname -r)
	mkdir -p $tree
	# shellcheck disable=SC2046 # words
	for module in e1000e igb $(modinfo -F depends "$GXDP_BUILD/gxdp.ko" | tr ',' ' '); do
		modprobe --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | xargs cp --parents -t $tree
	cp "/lib/modules/$release"/modules.{order,builtin,builtin.modinfo} "$tree/lib/modules/$release/"
	install -D -m 644 -t "$tree/lib/modules/$release/updates" "$GXDP_BUILD/gxdp.ko"
	mount --bind "$tree/lib/modules/$release" "/lib/modules/$release"
	depmod
}

# The card is chosen by the command itself, and is nobody's again at the end, as at a boot.
choose_card()
{
	# systemd is not there yet, and is about to be: the command enables its unit
	mkdir -p /run/systemd/system
	gxdp bind --persist "$PCI"
	echo "$PCI" >/sys/bus/pci/drivers/gxdp/unbind
	echo >/sys/bus/pci/devices/"$PCI"/driver_override
	rmmod gxdp
}

# The card's interface gets its name from udev, as they do nowadays, and mainline's driver
# has the card first, as where an initramfs loads it.
name_card()
{
	mkdir -p /etc/systemd/network
	printf '[Match]\nPath=pci-%s\n[Link]\nName=%s\n' "$PCI" $DEV >/etc/systemd/network/10-lab.link
	echo "$MAINLINE" >/etc/modules-load.d/lab.conf
}

# What configures the network, and notes how the interface was when its turn came.
SEEN=/run/seen
install_network()
{
	cat >/etc/systemd/system/lab-network.service <<-E
		[Unit]
		Description=The lab's network
		After=network-pre.target
		Wants=network-pre.target
		Before=network.target
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		ExecStart=/bin/bash -ec 'readlink /sys/bus/pci/devices/$PCI/driver >$SEEN.driver; \\
			ip -j link show $DEV >$SEEN; \\
			ip address add $DUT_IP/24 dev $DEV; ip address add $DUT_IP6/64 dev $DEV nodad; \\
			ip link set $DEV up'
		[Install]
		WantedBy=multi-user.target
	E
	systemctl enable lab-network.service
}

# prepare_boot: all of it, before systemd starts.
prepare_boot()
{
	set -e
	# systemctl works on files: nobody is there to be asked
	export SYSTEMD_OFFLINE=1
	install_gxdp
	install_module
	choose_card
	name_card
	install_network
	mkdir -p /etc/gxdp
	printf 'noping: drop icmp\ndefault pass\n' >/etc/gxdp/$DEV.rules
	systemctl enable "$RULES_UNIT"
}

# starts RESULT: the units whose start has ended so (done, failed), in that order, a line
# each time. What "systemctl show" says is the last attempt's, and udev may begin another.
starts()
{
	journalctl -b -o json --output-fields=UNIT _PID=1 JOB_TYPE=start JOB_RESULT="$1" | jq -r .UNIT
}

# before UNIT UNIT: whether the start of the first was done, and that of the second after it
before()
{
	# not by -v, which takes the backslash of an escaped name for its own
	starts "done" | first=$1 second=$2 awk '$0 == ENVIRON["first"] { seen = 1 }
		$0 == ENVIRON["second"] { found = 1; exit } END { exit !(seen && found) }'
}

# property UNIT NAME
property()
{
	systemctl show -P "$2" "$1"
}
