#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What make install installs: a manual page for every verb, completion, the
# systemd unit, the schema; what make says when a library is missing; what

# lab: host timeout=180

. tests/lib.sh

X=/tmp/x
# in a copy: for another PREFIX it is built anew, and other tests run what is there
mkdir /tmp/b
cp -a "$GXDP_LAB_BUILD"/{bpf,loader} /tmp/b
check "make install" make -s -C loader install B=/tmp/b DESTDIR=$X PREFIX=/usr
verbs=$(gxdp --help | awk '/^  [a-z]/ { print $1 }')
check "there are verbs" [ "$(wc -w <<<"$verbs")" -ge 15 ]
for v in $verbs; do
	case $v in counters) page=show ;; trace) page=test ;; *) page=$v ;; esac
	check "$v has a manual page" [ -s $X/usr/share/man/man8/gxdp-$page.8 ]
	check "  that its help names" sh -c "gxdp $v --help | tr '\n' ' ' | grep -Eq 'gxdp-$page\(8\)'"
	check "  and which gxdp(8) names" grep -q "gxdp-$page" $X/usr/share/man/man8/gxdp.8
done
for page in "$X"/usr/share/man/man?/*; do
	# narrow columns of a table cannot always be filled evenly
	check_eq "${page##*/} is well-formed" \
		"$(man -l --warnings -Tutf8 -E UTF-8 "$page" 2>&1 >/dev/null | grep -v 'cannot adjust line')" ""
done
for object in /tmp/b/bpf/*.bpf.o; do
	object=$(basename "$object" .bpf.o)
	check "gxdp(8) lists the object $object" grep -Eq "[*]$object[*]" packaging/man/gxdp.8.scd
done
check "the schema is one" python3 -c '
import json, jsonschema
jsonschema.Draft202012Validator.check_schema(json.load(open("/tmp/x/usr/share/gxdp/gxdp.schema.json")))'

# --- completion

# complete_words WORD...: what completion makes of the last one; <filenames> if readline is
# to take the words for names of files
complete_words()
{
	bash -c '. /tmp/x/usr/share/bash-completion/completions/gxdp
		compopt() { files=" <$2>"; }
		COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gxdp; echo "${COMPREPLY[*]}$files"' bash "$@"
}
check_eq "completion of a verb" "$(complete_words gxdp app)" apply
for v in $verbs; do
	check "completion knows $v" grep -qw -- "$v" <<<"$(complete_words gxdp '')"
	case $v in counters) page=show ;; trace) page=test ;; *) page=$v ;; esac
	gxdp "$v" --help >/tmp/help
	check "and its --help" grep -q -- '--usage' /tmp/help
	# from each word, and from behind a global option
	offered=" $(complete_words gxdp "$v" --) $(complete_words gxdp -j "$v" --) "
	for option in $(grep -o -- '^ .\{,6\}--[a-z-]*' /tmp/help | grep -o -- '--.*'); do
		case $option in --usage) continue ;; --json | --verbose | --help) on=gxdp ;; *) on=gxdp-$page ;; esac
		check "$v: $option is offered, twice" [ "$(grep -ow -- "$option" <<<"${offered// /$'\n'}" | wc -l)" -ge 2 ]
		check "  and in $on(8)" grep -Eq -- "${option//-/(\\\\?-)}([^a-z-]|\$)" "$X/usr/share/man/man8/$on.8"
	done
	for option in $offered; do
		check "$v: $option is one" grep -Eq -- "$option([^a-z-]|$)" /tmp/help
	done
done
check_eq "of an option" "$(complete_words gxdp apply --dry)" --dry-run
check_eq "of a word" "$(complete_words gxdp show ru)" rules
check_eq "of the first word, behind an option" "$(complete_words gxdp -j show '')" "rules sets queues programs"
check_eq "of set's first" "$(complete_words gxdp -j -v set '')" "add del flush list test"
names="dev $(cd /sys/class/net && echo *)"
check_eq "then of the device, with dev or without" "$(complete_words gxdp -j show rules '')" "$names"
check_eq "which is one" "$(complete_words gxdp show rules dev lo '')" ""
mkdir /tmp/files && touch /tmp/files/{one,two}.rules
for command in check apply test bugreport "set --file" "test --pcap" "test f --pcap-out" "metrics -o" "bind --module"; do
	# shellcheck disable=SC2086 # words
	check_eq "$command takes a file" "$(complete_words gxdp $command /tmp/files/o)" "/tmp/files/one.rules <filenames>"
done
check_eq "and no word else" "$(cd /tmp/files && complete_words gxdp apply '' | tr ' ' '\n' | sort | xargs)" \
	"<filenames> one.rules two.rules"
check_eq "attach a file or an object" "$(GXDP_BPF_DIR=$GXDP_BPF; export GXDP_BPF_DIR; cd /tmp/files || exit
	complete_words gxdp attach '' | tr ' ' '\n' | grep -cx -e one.rules -e drop -e dev)" 2
for command in "set add --timeout" "set add s 192.0.2.1 -t" "top -d" "top --count" "trace dev lo --every" "attach f --prog"; do
	# shellcheck disable=SC2086 # words
	check_eq "nothing is known of $command's value" "$(complete_words gxdp $command '')" ""
done
check_eq "of an option's value" "$(complete_words gxdp apply f --mode '')" "native generic"
check_eq "behind an equals sign" "$(complete_words gxdp apply f --mode = n)" native
check_eq "which ends nothing" "$(complete_words gxdp apply --mode = native f '')" "$names"
check_eq "no name without dev among members" "$(complete_words gxdp set add bad 192.0.2.1 '')" dev
check_eq "help takes a verb" "$(complete_words gxdp help unb)" unbind
check_not "no device where none is taken" grep -qw dev <<<"$(complete_words gxdp check ''
	complete_words gxdp test ''; complete_words gxdp check f ''; complete_words gxdp doctor '')"
check_eq "of a device" "$(complete_words gxdp apply f dev l)" lo
check_eq "which is the last word" "$(complete_words gxdp apply f lo '')" ""
pci=$(cd /sys/bus/pci/devices && grep -l 0x0200 -- */class 2>/dev/null | head -n 1)
if [ -n "$pci" ]; then
	pci=${pci%/class}
	IFS=: read -r domain bus slot <<<"$pci"
	check_eq "of an address, from where bash splits it" \
		"$(complete_words gxdp bind "$domain" : "$bus" : "${slot%?}")" "$slot"
else
	skip "completion of a PCI address: no card here"
fi
# a name is a word, whatever is in it
# shellcheck disable=SC2016 # that is the name
ip link add '$(>ran)' type veth peer name other
check_eq "of a device with a name of that kind" "$(cd /tmp && complete_words gxdp status dev '$')" '\$\(\>ran\)'
check_not "which is not run" [ -e /tmp/ran ]

# --- the unit

unit=$X/usr/lib/systemd/system
mkdir -p /tmp/units
sed "s|/usr/sbin/gxdp|$(command -v gxdp)|; /^Documentation=/d" $unit/gxdp@.service >/tmp/units/gxdp@eth0.service
check_eq "systemd-analyze verify finds nothing" "$(systemd-analyze verify /tmp/units/gxdp@eth0.service 2>&1)" ""
sed -i 's/^Type=oneshot/Type=onesot/' /tmp/units/gxdp@eth0.service
check "and would" sh -c 'systemd-analyze verify /tmp/units/gxdp@eth0.service 2>&1 | grep -q onesot'
# The instance is the name as systemd escapes it: of br-lan, br\x2dlan. %i is that, %I the
# name, for what becomes of each in the unit's own words.
name=va-lan instance=$(systemd-escape va-lan)
exec_of()
{
	sed -n "s|^$1=-\?/usr/sbin/gxdp ||p" $unit/gxdp@.service |
		sed "s/%I/$name/g; s/%i/${instance//\\/\\\\}/g; s|/etc/gxdp|/tmp/etc|"
}
check_eq "a dash is escaped" "$instance" 'va\x2dlan'
mkdir -p /tmp/etc
ip link add $name type veth peer name vb && ip link set $name up && ip link set vb up
printf 'noping: drop icmp\ndefault pass\n' >/tmp/etc/$name.rules
for what in ExecStart ExecReload ExecStop; do
	# shellcheck disable=SC2046 # words
	check "$what works" gxdp $(exec_of $what)
done
# A device that comes within a minute is not too late, and a file with errors is given up
setting() { sed -n "s/^$1=//p" $unit/gxdp@.service; }
check_eq "a start that fails is tried again" "$(setting Restart)" on-failure
check "for a minute" [ $(($(setting RestartSec) * $(setting StartLimitBurst))) -ge 60 ]
check "and no longer" [ "$(setting StartLimitIntervalSec)" -gt $(($(setting RestartSec) * $(setting StartLimitBurst))) ]
check_eq "a device that is gone is no failure of stop" "$(grep -c '^ExecStop=-' $unit/gxdp@.service)" 1
check_eq "it is there before the network is set up" "$(setting Before | tr ' ' '\n' | grep -cx network-pre.target)" 1
check_eq "what it waits for has the escaped name" \
	"$(grep -c '^[A-Za-z]*=.*sys-subsystem-net-devices-%i\.device' $unit/gxdp@.service)" 3
check_eq "a chosen card is gxdp's by then" "$(setting After | tr ' ' '\n' | grep -cx gxdp-bind.service)" 1
check_eq "and the file the name, without which it fails" "$(setting AssertPathExists)" /etc/gxdp/%I.rules
check_eq "and is not passed over" "$(grep -c '^Condition' $unit/gxdp@.service)" 0
systemctl --root=$X enable "gxdp@$instance.service" 2>/dev/null
check "enabled, it starts with its device" \
	test -L "$X/etc/systemd/system/sys-subsystem-net-devices-$instance.device.wants/gxdp@$instance.service"

# --- a library that is missing

cat >/tmp/pkg-config <<'E'
#!/bin/sh
case "$*" in *--exists*libxdp* | *--exists*smartcols*) exit 1 ;; esac
exec pkg-config "$@"
E
chmod +x /tmp/pkg-config
out=$(make -C loader B=/tmp/b PKG_CONFIG=/tmp/pkg-config 2>&1)
check "make fails without two libraries" [ $? -ne 0 ]
check "and names their packages" grep -q 'apt install libxdp-dev libsmartcols-dev' <<<"$out"
out=$(make -C loader B=/tmp/b FLEX=noflex 2>&1)
check "and flex" grep -q 'apt install flex' <<<"$out"
out=$(make -C loader man B=/tmp/b SCDOC=noscdoc 2>&1)
check "what writes the pages is named, too" grep -q 'apt install scdoc' <<<"$out"
# one that breaks off in the middle of a page
printf '#!/bin/sh\nhead -c 100\nexit 1\n' >/tmp/breaks && chmod +x /tmp/breaks
rm /tmp/b/loader/gxdp.8
check_not "a page that is not finished is an error" make -C loader man B=/tmp/b SCDOC=/tmp/breaks
check_not "and is not there the next time" [ -e /tmp/b/loader/gxdp.8 ]
out=$(make -C bpf B=/tmp/b CLANG=noclang PKG_CONFIG=false 2>&1)
check "the objects name theirs" grep -q 'apt install clang libbpf-dev' <<<"$out"
out=$(make B=/tmp/b2 PKG_CONFIG=/tmp/pkg-config 2>&1)
check "'make' names all" grep -q 'apt install libxdp-dev libsmartcols-dev' <<<"$out"
check_not "before it builds an object" [ -e /tmp/b2/bpf ]
# What the unit leaves the command is what the command keeps
check_eq "the unit has the capabilities of apply" "$(setting CapabilityBoundingSet | tr ' ' '\n' | sort)" \
	"$(sed -n '/^|.*\*apply\*/{n;s/^: *//;s/, /\n/g;p}' packaging/man/gxdp.8.scd | sort)"
finish
