# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For tests that run libFuzzer: . tests/fuzz.sh, behind tests/lib.sh.
#
# In a test, each fuzzer runs for a short while, from the same seed and inputs, so
# that a green main stays green. FUZZ_SECONDS makes it longer (make fuzz): then the
# seed is a new one, and inputs that were found to be of use are kept for the next
# time, in build/fuzz/FUZZER. What makes one fail is in build/fuzz/ either way.

FUZZ_KEPT=/repo/build/fuzz

# The fuzzer's last words are what matters when it fails.
_fuzz_run()
{
	local log=/tmp/fuzz.log

	"$@" >$log 2>&1 && return
	grep -vE '^#[0-9]+|NEW_FUNC' $log | tail -n 50
	return 1
}

# fuzz "what it is on" SECONDS PROGRAM INPUTS [LIBFUZZER-OPTION...]: INPUTS is a
# directory, of inputs to start from.
fuzz()
{
	local what=$1 seconds=${FUZZ_SECONDS:-$2} program=$3 inputs=$4 kept
	local seed=1
	shift 4

	kept=/tmp/kept-${program##*/}
	if [ -n "${FUZZ_SECONDS-}" ]; then
		kept=$FUZZ_KEPT/${program##*/}
		seed=0			# another one each time
	fi
	mkdir -p "$kept" "$FUZZ_KEPT"
	check "$what, $seconds s" _fuzz_run "$program" -seed=$seed -max_total_time="$seconds" \
		-artifact_prefix="$FUZZ_KEPT/" "$@" "$kept" "$inputs"
}
