# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the tests of gxdp bind and unbind, after tests/lib.sh: a much configured
# device, and a picture of its configuration to compare.

PCI=$(dut_pci)

driver_now()
{
	basename "$(readlink /sys/bus/pci/devices/"$PCI"/driver)"
}

override_now()
{
	cat /sys/bus/pci/devices/"$PCI"/driver_override
}

# Something of each kind that an administrator may have set.
configure_dut()
{
	dut sysctl -qw net.ipv4.conf.gx0.rp_filter=2 net.ipv6.conf.gx0.accept_ra=0
	ip -n dut link set gx0 mtu 1400 txqueuelen 777 alias "uplink of the lab"
	ip -n dut link property add dev gx0 altname lab-uplink-with-a-long-name
	ip -n dut link set gx0 promisc on
	ip -n dut addr add 10.77.0.1/24 brd + label gx0:x dev gx0
	ip -n dut addr add 10.78.0.1/16 dev gx0 valid_lft 5000 preferred_lft 4000 metric 77
	ip -n dut addr add fd77::1/64 dev gx0
	ip -n dut addr add fd78::1/128 dev gx0 noprefixroute
	ip -n dut route add 192.0.2.0/24 via 10.9.0.2 metric 5
	# its gateway is itself behind a route
	ip -n dut route add 198.51.100.9/32 dev gx0
	ip -n dut route add 198.51.100.0/24 via 198.51.100.9 src 10.77.0.1
	ip -n dut route add 203.0.113.0/24 dev gx0 table 100 mtu 1280
	ip -n dut route add 192.0.2.128/25 nexthop via 10.9.0.2 weight 2 nexthop via 10.77.0.9
	ip -n dut route add 2001:db8::/32 via fd09::2 metric 9
	ip -n dut route add 2001:db8:1::/48 dev gx0 src fd77::1
	# the new MTU made the link go down and up, which takes next hops along
	wait_for 20 carrier_up dut gx0
	wait_for 20 ip -n dut nexthop add id 7 via 10.9.0.2 dev gx0
	ip -n dut nexthop add id 8 group 7
	ip -n dut route add 192.88.99.0/24 nhid 7
	ip -n dut route add 192.88.100.0/24 nhid 8
	ip -n dut neigh add 10.9.0.77 lladdr 02:00:00:00:00:77 dev gx0 nud permanent
}

# What has to be the same before and after. Left out is what is the kernel's own
# (numbers, states, link-local addresses) and what passes with time.
picture()
{
	ip -n dut -d -j link show gx0 | jq -S '.[0] | {ifname, mtu, txqlen, ifalias,
		altnames, promiscuity, up: (.flags | index("UP") != null)}'
	ip -n dut -j addr show gx0 | jq -S '[.[0].addr_info[]
		| select(.scope != "link") | {local, prefixlen, label, broadcast,
		metric, noprefixroute, mortal: (.valid_life_time < 4294967295)}]'
	for f in -4 -6; do
		ip -n dut $f route show table all | grep -vE 'fe80|ff00' |
			sed -E 's/ (linkdown|expires [0-9]+sec|dead)//g; s/ pref medium//; s/ +$//' | sort
	done
	ip -n dut nexthop show | sed 's/ linkdown//'
	ip -n dut neigh show nud permanent
	dut sysctl net.ipv4.conf.gx0.rp_filter net.ipv6.conf.gx0.accept_ra
}

# check_unchanged "when"
check_unchanged()
{
	local now

	now=$(picture)
	if [ "$now" = "$before" ]; then
		pass "$1: the configuration is what it was"
	else
		fail "$1: the configuration differs"
		diff <(echo "$before") <(echo "$now") | sed 's/^/    /'
	fi
}


# check_status "what" WANTED COMMAND...
check_status()
{
	local what=$1 wanted=$2 got
	shift 2

	out=$("$@" 2>&1)
	got=$?
	if [ $got = "$wanted" ]; then
		pass "$what (status $got)"
	else
		fail "$what: status $got, wanted $wanted"
		echo "$out" | sed 's/^/    /'
	fi
}

build_fake()
{
	local dir=/tmp/fake

	[ -e $dir/gxdp.ko ] && return
	cp -r tests/loader/fake $dir
	make -s -C "/usr/src/linux-headers-$(uname -r)" M=$dir modules >$dir/log 2>&1 || {
		cat $dir/log
		return 1
	}
}
