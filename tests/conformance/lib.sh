# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the tests that run the kernel's own selftests: . tests/conformance/lib.sh
#
# What they print (TAP) is held against expected.txt, which lists the results that
# are not a pass, each with its reason. Anything else than what it says is a failure
# here, a pass where it promises none included.

. tests/lib.sh

# shellcheck disable=SC2034 # for those that source this
SELFTESTS=/repo/build/lab/selftests/tools/testing/selftests
EXPECTED=tests/conformance/expected.txt

# exception SUITE TEST: "RESULT REASON" from expected.txt for this kernel and chip.
exception()
{
	awk -F ' *[|] *' -v suite="$1" -v name="$2" -v kernel="$LAB_KERNEL" -v family="${FAMILY-}" '
		function here(where,   n, i, word, kernels, families, k, f) {
			n = split(where, word, ",")
			for (i = 1; i <= n; i++) {
				if (word[i] ~ /^[0-9]+[.][0-9]+$/) { kernels++; k += word[i] == kernel }
				else if (word[i] != "all") { families++; f += word[i] == family }
			}
			return (!kernels || k) && (!families || f)
		}
		/^#/ || NF < 5 { next }
		$1 == suite && $4 == name && here($2) {
			print $3, $5
			exit
		}' "$EXPECTED"
}

# tap_results < TAP: "RESULT TEST" for each result line; the rest as "- TEXT".
tap_results()
{
	sed -E -e 's/^ok [0-9]+ # SKIP (SKIP: )?(.*)/skip \2/; t' \
		-e 's/^ok [0-9]+ (- )?(.*) # (SKIP|XFAIL).*/skip \2/; t' \
		-e 's/^ok [0-9]+ (- )?(PASS: )?(.*)/pass \3/; t' \
		-e 's/^not ok [0-9]+ (- )?(FAIL: )?(.*)/fail \3/; t' \
		-e 's/^/- /'
}

# judge SUITE TEST RESULT
judge()
{
	local suite=$1 name=$2 got=$3 wanted reason

	# busy polling makes no exceptions of its own
	read -r wanted reason < <(exception "$suite" "${name/BUSY-POLL /}")
	case $got/${wanted:-pass} in
	pass/pass) pass "$suite: $name" ;;
	fail/fail | skip/skip) skip "$suite: $name, as expected ($got): $reason" ;;
	pass/*) fail "$suite: $name passes: take it out of $EXPECTED" ;;
	*)
		fail "$suite: $name: ${got}s, should ${wanted:-pass}"
		return 1
		;;
	esac
}

# judge_tap SUITE FILE: judge each result in FILE. What the suite said about a failure
# is shown; a suite that ended early is a failure, too.
judge_tap()
{
	local suite=$1 log=$2 result rest plan count=0 notes=

	while read -r result rest; do
		if [ "$result" = - ]; then
			notes+="    ${rest:0:200}"$'\n'
			continue
		fi
		count=$((count + 1))
		judge "$suite" "$rest" "$result" || tail -n 25 <<<"$notes"
		notes=
	done < <(tap_results <"$log")
	plan=$(sed -nE 's/^1\.\.([0-9]+).*/\1/p' "$log" | head -n 1)
	check_eq "$suite: all of its tests ran" "$count" "${plan:-a plan}" ||
		cut -c1-200 "$log" | tail -n 40
}
