#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What tests/run takes: by chip, each test of the driver or a reason why not; by default,
# what README's table of chips and kernels says.
# lab: host timeout=240

. tests/lib.sh

list=/tmp/selection
mkdir -p $list

# --- by chip: each test is listed or has a reason

ids()
{
	grep -l '^# lab:' "tests/$1"/*.sh | sed -E 's|^tests/(.*)\.sh$|\1|' | sort
}

for chip in $(family_names); do
	tests/run -l -F "$chip" >"$list/$chip"
	check_eq "$chip: each test of the driver is there, or why not" \
		"$(comm -23 <(ids driver) <(sed -E 's/^skip ([^ ]+): .+$/x x \1/' "$list/$chip" | awk '{ print $3 }' | sort -u) | xargs)" ""
	check_eq "$chip: none is both" "$(sed -nE 's/^skip ([^ ]+): .*/\1/p' "$list/$chip" | grep -Fx -f <(awk '$1 != "skip" { print $3 }' "$list/$chip") | xargs)" ""
done
check_eq "what needs its name has a reason" "$(grep -hE ': runs by name only: *$' $list/* | xargs)" ""

# The reasons, in a tree of one test
mkdir -p /tmp/repo/tests/some
cp -r tests/run tests/families.sh tests/vm /tmp/repo/tests
# one HEADER OPTIONS...: what is listed of it
one()
{
	printf '#!/bin/bash\n%b\n' "$1" >/tmp/repo/tests/some/test.sh
	shift
	/tmp/repo/tests/run -l -k 6.12 "$@"
}
check_eq "a family's test" "$(one '# lab: dut=family' -F 82576)" "6.12 82576 some/test"
check_eq "one for another chip" "$(one '# lab: dut=e1000e' -F 82576)" "skip some/test: only on 82574L"
check_eq "one for that chip" "$(one '# lab: dut=e1000e' -F 82574L)" "6.12 82574L some/test"
check_eq "one about no chip" "$(one '# lab: host' -F 82576)" "skip some/test: about no chip"
check_eq "one on the host" "$(one '# lab: host')" "host - some/test"
check_eq "one there and in guests" "$(one '# lab: host guest dut=none peer=none' | xargs)" "host - some/test 6.12 - some/test"
named='# lab: host guest=named dut=none peer=none'
check_eq "one there by name" "$(one "$named" some/test | xargs)" "host - some/test 6.12 - some/test"
check_eq "and without on the host" "$(one "$named")" "host - some/test"
check_eq "one without a NIC" "$(one '# lab: dut=none peer=none' -F 82576)" "skip some/test: about no chip"
named='# lab: dut=family named\n# named: too long'
check_eq "one that runs by name" "$(one "$named" -F 82576)" "skip some/test: runs by name only: too long"
check_eq "named" "$(one "$named" -F 82576 some/test)" "6.12 82576 some/test"
check_eq "where no chip is asked for, nothing is said" "$(one "$named")" ""

# --- by default: README's table

tests/run -l | sort >$list/default
tests/run -l -F all -k 6.1 -k 6.12 -k 7.3 | grep -v '^skip ' | sort >$list/all

# having WORDS: of the tests named on standard input those with one of these header words
having()
{
	local id

	while read -r id; do
		! sed -n 's/^# lab: */ /p' "tests/$id.sh" | grep -qE " ($1)( |$)" || echo "$id"
	done
}

# elsewhere KERNEL: of them those that by default run on another kernel alone
elsewhere()
{
	local id once

	while read -r id; do
		once=$(sed -nE 's/^# lab: (.* )?once=([^ ]+).*/\2/p' "tests/$id.sh")
		[ -z "$once" ] || [ "$once" = "$1" ] || echo "$id"
	done
}

# runs CHIP KERNEL: what "make test" runs of what is for each family
runs()
{
	local default all missing

	default=$(awk -v c="$1" -v k="$2" '$1 == k && $2 == c { print $3 }' $list/default)
	all=$(awk -v c="$1" -v k="$2" '$1 == k && $2 == c { print $3 }' $list/all | having dut=family)
	missing=$(grep -vxF -f <(echo "$default"; elsewhere "$2" <<<"$all") <<<"$all" || :)
	if [ -z "$default" ]; then
		echo "by name"
	elif [ -z "$missing" ]; then
		echo "full set"
	elif [ -z "$(comm -23 <(echo "$missing") <(having once <<<"$missing"))" ]; then
		echo "what depends on the kernel"
	elif [ "$default" = "$(having short <<<"$all")" ]; then
		echo "short selection"
	elif [ "$default" = "$(having "once=$2" <<<"$all")" ]; then
		echo "what needs it"
	elif [ "$default" = "$(having every <<<"$all")" ]; then
		xargs <<<"$default"
	else
		echo "something else"
	fi
}

# said CHIP KERNEL: README's cell
said()
{
	awk -F ' *[|] *' -v c="$1" -v k="$2" '
		/^\| .make test. runs/ { for (i = 3; i <= NF; i++) if ($i == k) col = i }
		/^$/ { col = 0 }
		col && $2 == c { print $col }' README.md
}

for chip in $(family_names); do
	for kernel in 6.1 6.12 7.3; do
		check_eq "README on $chip and $kernel" "$(said "$chip" $kernel)" "$(runs "$chip" $kernel)"
	done
done
finish
