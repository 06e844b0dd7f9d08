#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# -j: every verb prints one object, as docs/gxdp.schema.json has it, and nothing else
# on standard output; an error too. (bind.sh and doctor.sh: with a card.)
# lab: host timeout=180

. tests/lib.sh
. tests/loader/rules-lib.sh

rules_setup || die_test "no veth pair"
printf 'set bad { 192.0.2.1 }\nnoping: drop icmp type echo-request ip src @bad\ndefault pass\n' >/tmp/1.rules
printf 'drop tcp dport htpp\n' >/tmp/bad.rules

# --- each verb has a schema

verbs=$(gxdp help | sed -n 's/^  \([a-z]*\) .*/\1/p')
check "there are verbs" [ "$(wc -w <<<"$verbs")" -ge 17 ]
check "each verb has a schema" python3 - $verbs <<'PY'
import json, sys
names = json.load(open("/repo/docs/gxdp.schema.json"))["$defs"]
missing = [v for v in sys.argv[1:] if not any(n == v or n.startswith(v + "_") for n in names)]
assert not missing, missing
PY

check "which names them all" python3 - $verbs <<'PY'
import json, re, sys
says = re.split("[^a-z_]+", json.load(open("/repo/docs/gxdp.schema.json"))["description"].split(";")[0])
missing = [v for v in sys.argv[1:] if not any(n == v or n.startswith(v + "_") for n in says)]
assert not missing, missing
PY
check_not "none is closed to members of later versions" grep -n '"additionalProperties": false' /repo/docs/gxdp.schema.json
echo '{ "error": { "code": "failed", "exit": 1, "message": "no", "later": 1 } }' >/tmp/later
check_not "where this one has such a member, it is a mistake" as_schema error /tmp/later

# --- and prints what it says

# prints_as SCHEMA COMMAND...: it works
prints_as()
{
	local name=$1
	shift

	expect "gxdp $*" 0 gxdp -j "$@"
	schema "$name"
}

prints_as status status
json "of both ends, with no program" '.devices | length >= 1 and all(.program == null)'
prints_as attach attach pass dev va
prints_as status status dev va
json "knows the program" '.devices[0].program | .by_gxdp and .name == "pass" and .mode == "native"'
prints_as attach attach drop dev va --replace --mode generic
json "in place of the first" '.attached | .replaced > 0 and .mode == "generic"'
prints_as detach detach dev va
prints_as detach detach dev va
json "of nothing" '.detached | .prog_id == null and .mode == "none"'
ip link set dev va xdpdrv obj "$GXDP_BPF/pass.bpf.o" sec xdp
prints_as status status dev va
json "another's program" '.devices[0].program.by_gxdp == false'
expect "status of one who may not look" 0 setpriv --reuid=65534 --clear-groups gxdp -j status dev va
schema status
ip link set dev va xdp off

prints_as apply apply /tmp/1.rules dev va --exclusive
prints_as status status dev va
json "knows the rules" '.devices[0].program.rules == 1'
prints_as features features
prints_as features features dev va
expect "gxdp -j doctor" "$(gxdp doctor >/dev/null 2>&1; echo $?)" gxdp -j doctor
schema doctor
users=${PATH%%:*}:/usr/local/bin:/usr/bin:/bin
check_not "modprobe is not in a user's PATH" env PATH="$users" which modprobe
check "and found all the same" eval 'PATH=$users gxdp -j doctor | jq -e .doctor.tools.modprobe'
json "with each interface" '.doctor.interfaces | map(.dev) == ["va"] and (.[0].features[0] | .name == "native XDP" and .answer == "yes")'
prints_as check check /tmp/1.rules
prints_as set set list bad dev va
prints_as set set flush bad dev va
expect "gxdp set test" 8 gxdp -j set test bad 192.0.2.1 dev va
schema set
prints_as counters counters dev va
prints_as counters counters dev va --reset
pings >/dev/null
prints_as metrics metrics
gxdp metrics >/tmp/text
check "metrics are those of the text" python3 - <<'PY'
import json, re
one, = json.load(open("/tmp/out"))["metrics"]
text = dict(l.rsplit(" ", 1) for l in open("/tmp/text") if l[0] != "#")
for unit in "packets", "bytes":
    counted = {r.get("name") or str(i + 1): r[unit] for i, r in enumerate(one["rules"])}
    counted["default"] = one["default"][unit]
    for name, value in counted.items():
        assert int(text.pop('gxdp_rule_%s_total{device="va",rule="%s"}' % (unit, name))) == value, name
    for name, count in one["reasons"].items():
        assert int(text.pop('gxdp_%s_total{device="va",outcome="%s"}' % (unit, name))) == count[unit], name
assert int(text.pop('gxdp_rules{device="va"}')) == len(one["rules"])
assert int(text.pop('gxdp_table_bytes{device="va"}')) == one["table_bytes"] > 0
assert not text, text
assert one["reasons"]["passed_by_default"]["packets"] > 0
PY
prints_as metrics metrics dev va
json "of one device" '.metrics | length == 1 and .[0].dev == "va"'
prints_as top_line top -n 2 -d 0.1 dev va
gxdp -j top -d 0.1 dev va >/tmp/lines 2>/dev/null &
top=$!
check "top prints lines" wait_for 20 [ -s /tmp/lines ]
prints_as detach detach dev va
json "of rules" '.detached.rules and .detached.prog_id > 0'

wait $top
check_eq "top ends with them" $? 4
head -n -1 /tmp/lines >/tmp/head
schema top_line /tmp/head
tail -n 1 /tmp/lines >/tmp/out
schema error

gxdp -j doctor >/tmp/out 2>/tmp/err
status=$?
check "doctor says 0 or 1" [ $status -le 1 ]
schema doctor
check_eq "as its problems are" "$(jq '[.doctor.problems[] | select(.severity == "problem")] | length > 0 | if . then 1 else 0 end' /tmp/out)" $status
prints_as bugreport bugreport
prints_as bugreport bugreport /tmp/report
prints_as bind bind --chosen

# --- errors

# refuses STATUS COMMAND...
refuses()
{
	local status=$1
	shift

	expect "gxdp $*" "$status" gxdp -j "$@"
	schema error
	json "with the exit status" ".error.exit == $status"
}

refuses 4 status dev nonsense0
refuses 4 attach pass dev nonsense0
refuses 4 attach nonsense dev va
refuses 4 bind nonsense0
refuses 4 unbind nonsense0
refuses 4 features dev nonsense0
refuses 4 top dev va
refuses 7 check /tmp/bad.rules
refuses 2 metrics -o /tmp/metrics
refuses 4 metrics dev vb
for verb in $verbs; do
	refuses 2 "$verb" --nonsense
done

# --- output that cannot be written

full() { "$@" >/dev/full; }
printf 'default pass\n' >/tmp/t.rules
for command in "status" "-j status" "check /tmp/t.rules" "-j check /tmp/t.rules" "metrics" \
	"bugreport" "--help" "--version"; do
	# shellcheck disable=SC2086 # words
	expect "gxdp $command >/dev/full" 1 full gxdp $command
	says 'cannot write the result'
	says 'No space left'
done

# --- bytes that are not UTF-8: a name is shown, and what was asked for done

check_not "strings of JSON are made in one place" grep -nE '"\{[^"]*: ?s[^:]' /repo/loader/*.c
# overlong, half of a pair of UTF-16, too high, cut short; and such as are UTF-8
bad=$'x\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82'
good=$'\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80'
shown=$(printf 'x'; printf '\xef\xbf\xbd%.0s' {1..12}; printf '%s' "$good")
name=/tmp/$bad$good.rules
cp /tmp/t.rules "$name"
expect "a name that is not UTF-8" 0 gxdp check "$name"
prints_as check check "$name"
check_eq "  shown" "$(jq -r .check.file /tmp/out)" "/tmp/$shown.rules"
prints_as apply apply "$name" dev va --exclusive
check_eq "  shown" "$(jq -r .apply.file /tmp/out)" "/tmp/$shown.rules"
gxdp detach dev va >/dev/null
refuses 7 check /tmp/$'y\xff.rules'
check_eq "  named" "$(jq -r .error.message /tmp/out)" $'/tmp/y\xef\xbf\xbd.rules has 1 error'
printf 'a\xff: drop\ndefault pass\n' >/tmp/u.rules
refuses 7 check /tmp/u.rules
check_eq "  with the line" "$(jq -r '.error.diagnostics[0].source' /tmp/out)" $'a\xef\xbf\xbd: drop'

# the kernel takes such a name for a device
dev=$'v\xff'
shown=$'v\xef\xbf\xbd'
printf 'set some { 192.0.2.1 }\none: drop src @some\ndefault pass\n' >/tmp/v.rules
ip link add "$dev" type veth peer name vc && ip link set "$dev" up
# of_device SCHEMA PATH COMMAND...: it works, and its JSON has the device's name there
of_device()
{
	prints_as "$1" "${@:3}" dev "$dev"
	check_eq "  of the device" "$(jq -r "$2" /tmp/out)" "$shown"
}
of_device status '.devices[0].dev' status
of_device features '.features[0].dev' features
of_device attach .attached.dev attach pass
of_device detach .detached.dev detach
of_device apply .apply.dev apply /tmp/v.rules --exclusive
of_device status '.devices[0].dev' status
for what in rules sets queues programs; do
	of_device show_$what .$what.dev show $what
done
of_device set .set.dev set add some 192.0.2.2
of_device set .set.dev set list some
of_device counters .counters.dev counters --reset
of_device top_line .dev top -n 1 -d 0.1
expect "metrics" 0 gxdp metrics dev "$dev"
check "  are UTF-8" iconv -f UTF-8 -t UTF-16 -o /dev/null /tmp/out
refuses 5 apply /tmp/v.rules dev "$dev" --mode generic
refuses 4 set add nonsense 192.0.2.3 dev "$dev"
of_device detach .detached.dev detach
ip link del "$dev"

# --- what stands in front of the verb

for option in '-?' -h --help -jv? ; do
	expect "gxdp $option" 0 gxdp "$option"
	prints '^Usage: gxdp'
done
expect "gxdp -jv status" 0 gxdp -jv status
schema status
expect "gxdp -vx" 2 gxdp -vx status
expect "gxdp -" 2 gxdp - status

# --- help, of each verb in each way

for verb in $verbs; do
	gxdp "$verb" --help >/tmp/help
	for how in "$verb -h" "$verb -?" "help $verb" "-j help $verb"; do
		# shellcheck disable=SC2086 # words
		expect "gxdp $how" 0 gxdp $how
		check "  is its help" cmp /tmp/help /tmp/out
	done
done
expect "gxdp help nonsense" 2 gxdp help nonsense
says 'no verb "nonsense"'

# --- "dev" may be left out of each that has a device, but for set

gxdp attach pass va --mode generic >/dev/null
expect "attach" 0 gxdp -j status va
json "without dev" '.devices[0].program.name == "pass"'
expect "detach without dev" 0 gxdp detach va
expect "apply without dev" 0 gxdp apply /tmp/1.rules va --exclusive
for command in "show rules" "show sets" counters "counters --reset" "top -b -n 1 -d 0.1" features \
	metrics status; do
	for dev in va "dev va"; do
		# shellcheck disable=SC2086 # words
		expect "$command $dev" 0 gxdp $command $dev
	done
	# shellcheck disable=SC2086 # words
	expect "$command, of two" 2 gxdp $command va va
done
gxdp trace -c 1 va >/tmp/out 2>/tmp/err &
tracer=$!
check "trace" wait_for 20 eval 'pings6; ! kill -0 $tracer'
kill $tracer 2>/dev/null
wait $tracer
check_eq "  of one packet ends" $? 0 || cat /tmp/err
expect "set without dev" 2 gxdp set list bad va
ip link add name dev type veth peer name vd
expect "a device called dev" 0 gxdp -j status dev dev
json "is one" '.devices[0].dev == "dev"'
expect "for which dev has to stand there" 2 gxdp status dev
ip link del dev dev
gxdp detach va >/dev/null

# --- addresses in a bug report, as bridges write them too

ip link add v0 address 00:1b:21:0a:0b:0c type veth peer name p0
if ip link add br0 type bridge; then
	ip link set v0 master br0
	ip link set br0 up && ip link set v0 up && ip link set p0 up
	expect "bugreport" 0 gxdp bugreport
	check "has the bridge's number, masked" grep -Eq '8000\.<mac-[0-9]+>' /tmp/out
	check_not "and no address" grep -Eqi '0?0:1b:21' /tmp/out
	ip link del br0
else
	skip "no bridges here"
fi
ip link del v0

# a name that is an address
ip link add enx020000c0ffee address 02:00:00:c0:ff:ee type veth peer name enx020000c0ffe
expect "bugreport with a name of systemd's" 0 gxdp bugreport
check "has the name, masked" grep -Eq 'enx<mac-[0-9]+>' /tmp/out
check_not "and no address" grep -Eqi '02:?00:?00:?c0:?ff:?ee' /tmp/out
check "a name that is none stays" grep -Eq "enx020000c0ffe[:@ ]" /tmp/out
ip link del enx020000c0ffee
finish
