#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each verb works with the capabilities that gxdp(8) says it keeps; it, and what it
# runs, has these when it ends, and no others since before its first word to the kernel.
# lab: host timeout=240

. tests/lib.sh
. tests/loader/rules-lib.sh

rules_setup || die_test "no veth pair"
cat >/tmp/1.rules <<'E'
set bad timeouts { 192.0.2.1 }
noping: drop icmp type echo-request ip src @bad
default pass
E
python3 - <<'E'
import struct
open("/tmp/in.pcap", "wb").write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1) +
                                 struct.pack("<IIII", 0, 0, 60, 60) + bytes(60))
E
mine=$((16#$(awk '/^CapPrm/ { print $2 }' /proc/self/status)))

# mask NAME...: of capabilities, by the numbers of linux/capability.h
mask()
{
	local name number all=0

	for name; do
		case $name in
		CAP_DAC_OVERRIDE) number=1 ;; CAP_DAC_READ_SEARCH) number=2 ;; CAP_NET_ADMIN) number=12 ;;
		CAP_NET_RAW) number=13 ;; CAP_SYS_MODULE) number=16 ;; CAP_SYS_CHROOT) number=18 ;;
		CAP_SYS_PTRACE) number=19 ;; CAP_SYS_ADMIN) number=21 ;; CAP_SYSLOG) number=34 ;;
		*) die_test "gxdp(8) names $name, which is not known here" ;;
		esac
		all=$((all | 1 << number))
	done
	printf '%x\n' $((all & mine))
}
# documented VERB-AS-IN-THE-MANUAL: what its table says
documented()
{
	awk -v v="$1" '/^\[\[ \*Verb\*/ { table = 1 } table && /^$/ { exit }
		table && /^\|/ { sub(/^\| */, ""); gsub(/\*/, ""); n = split($0, verb, ", *") }
		table && /^: / { for (i = 1; i <= n; i++) if (verb[i] == v) { sub(/^: */, ""); gsub(/[*,]/, ""); print; exit } }' \
		packaging/man/gxdp.8.scd
}

# within MASK: whether what the processes had is that or less
within()
{
	local caps

	for caps in $(grep -o 'Cap[A-Z][a-z]*=[0-9a-f]*' /tmp/caps | cut -d= -f2); do
		[ $((16#$caps & ~16#$1)) -eq 0 ] || { cat /tmp/caps; return 1; }
	done
}
# keeps AS-IN-THE-MANUAL STATUS COMMAND...: it ends so, with those capabilities
keeps()
{
	local as=$1 wanted=$2 names has
	shift 2

	names=$(documented "$as")
	check "gxdp(8) has a line for $as" [ -n "$names" ] || return
	[ "$names" != none ] || names=
	# shellcheck disable=SC2086 # words
	has=$(mask $names)
	expect "gxdp $*" "$wanted" python3 tests/loader/caps.py /tmp/caps gxdp "$@"
	# it is the last to end
	check_eq "  keeps what it needs" "$(tail -n 1 /tmp/caps)" \
		"gxdp CapInh=0 CapPrm=$has CapEff=$has CapBnd=$has CapAmb=0"
	check "  and what it runs has no more" within "$has"
}
# early COMMAND...: it gives the rest up before anything else
early()
{
	strace -o /tmp/calls -e trace=capset,bpf,socket,mkdir,unlink,clone,clone3,fork,vfork,mount,setns,pipe2 gxdp "$@" >/dev/null 2>&1
	check_eq "gxdp $* gives the rest up first of all" "$(sed -n '1s/(.*//p' /tmp/calls)" capset
}
both() { early "${@:3}"; keeps "$@"; }

# --- each verb

both check 0 check /tmp/1.rules
both test 0 test /tmp/1.rules --pcap /tmp/in.pcap
keeps "test --pcap-out" 0 test /tmp/1.rules --pcap /tmp/in.pcap --pcap-out /tmp/out.pcap
early apply /tmp/1.rules dev va
gxdp detach dev va >/dev/null
keeps apply 0 apply /tmp/1.rules dev va
keeps apply 0 apply /tmp/1.rules dev va
both "apply --dry-run" 0 apply /tmp/1.rules dev va --dry-run
for what in rules sets queues programs; do
	both show 0 show $what dev va
done
both counters 0 counters dev va
both "counters --reset" 0 counters --reset dev va
both "set list" 0 set list bad dev va
both "set add" 0 set add bad 192.0.2.9 dev va
both "set del" 0 set del bad 192.0.2.9 dev va
both top 0 top --batch -n 1 -d 0.1 dev va
both metrics 0 metrics
keeps "metrics --output" 0 metrics -o /tmp/metrics
both status 0 status
both features 0 features
(wait_for 20 lock_held "$(cat /sys/class/net/va/ifindex):trace" && pings) &
keeps trace 0 trace -c 1 dev va
wait
early detach dev va
keeps detach 0 detach dev va
gxdp apply /tmp/1.rules dev va >/dev/null
keeps detach 0 detach dev va
early attach drop dev va
gxdp detach dev va
keeps attach 0 attach drop dev va
keeps attach 0 attach pass dev va --replace
keeps detach 0 detach dev va
both bind 4 bind nonsense0
both unbind 4 unbind nonsense0
gxdp doctor >/dev/null 2>&1
both doctor $? doctor
check "  and runs others" [ "$(wc -l </tmp/caps)" -gt 1 ]
check "  and can tell that there is AF_XDP" grep -q 'AF_XDP: yes' /tmp/out || cat /tmp/out
both bugreport 0 bugreport
check "  and runs others" [ "$(wc -l </tmp/caps)" -gt 20 ]
check "  the kernel's log among them" sed -n '/^=== dmesg/,/^===/p' /tmp/out
keeps "bugreport FILE" 0 bugreport /tmp/report

# --- files and pins of others

install -d -m 700 -o nobody /tmp/theirs
install -m 600 -o nobody /tmp/1.rules /tmp/in.pcap "$GXDP_BPF/drop.bpf.o" /tmp/theirs
expect "check of somebody's file" 0 gxdp check /tmp/theirs/1.rules
expect "test" 0 gxdp test /tmp/theirs/1.rules --pcap /tmp/theirs/in.pcap --pcap-out /tmp/theirs/out.pcap
expect "attach" 0 gxdp attach /tmp/theirs/drop.bpf.o dev va
expect "detach" 0 gxdp detach dev va
expect "apply" 0 gxdp apply /tmp/theirs/1.rules dev va --exclusive
expect "apply --dry-run" 0 gxdp apply /tmp/theirs/1.rules dev va --dry-run
expect "metrics" 0 gxdp metrics -o /tmp/theirs/metrics
expect "bugreport" 0 gxdp bugreport /tmp/theirs/report
pins=$(echo /sys/fs/bpf/gxdp/va*)
chown -R nobody "$pins" && chmod 600 "$pins"/prog* "$pins"/rules "$pins"/link "$pins"/maps/* && chmod 700 "$pins" "$pins"/maps
for what in "show rules" "show sets" "show programs" counters "counters --reset" "set list bad" "set add bad 192.0.2.9" \
	"set del bad 192.0.2.9" status "apply /tmp/1.rules" detach; do
	# shellcheck disable=SC2086 # words
	expect "$what, where pins are somebody's" 0 gxdp $what dev va
done
check "nothing is left" [ -z "$(ls /sys/fs/bpf/gxdp)" ]

# --- in another network namespace, where /sys is another

in_p() { p gxdp "$@" dev vb; }
expect "apply in a namespace" 0 in_p apply /tmp/1.rules --exclusive
for what in "show rules" "show sets" counters "counters --reset" "set list bad" "set add bad 192.0.2.9" status; do
	# shellcheck disable=SC2086 # words
	expect "$what there" 0 in_p $what
done
expect "detach there" 0 in_p detach
check "nothing is left" [ -z "$(ls /sys/fs/bpf/gxdp)" ]
finish
