#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What CI makes of a run (.ci/run): which failures get a second chance, and what it says.
# make, tests/run and tests/check are stand-ins.
# lab: host

. tests/lib.sh

dir=/tmp/ci
mkdir -p $dir/.ci $dir/tests $dir/build/test/{host,6.12/82574L} $dir/build/lab/run/test-6.12-82574L-driver-lost
cp .ci/run $dir/.ci/
printf 'test:\n\t@cat out; exit $(STATUS)\ndemo:\n\t@eval "$(DEMO)"\n' >$dir/Makefile
cat >$dir/tests/run <<'RUN'
#!/bin/sh
echo "again: $*"
case $* in *twice*) exit 1 ;; esac
RUN
printf '#!/bin/sh\nexit ${CHECK-0}\n' >$dir/tests/check
chmod +x $dir/tests/{run,check}
printf 'ok: this\nFAIL: frames got lost\n' >$dir/build/test/6.12/82574L/driver-lost.log
cp $dir/build/test/6.12/82574L/driver-{lost,twice}.log
cp $dir/build/test/{6.12/82574L/driver-lost,host/loader-late}.log
echo boot >$dir/build/lab/run/test-6.12-82574L-driver-lost/console.log

LOST='FAIL 6.12  82574L  driver/lost     3.0s  3 passed, 1 failed, 0 skipped'
LATE='FAIL host  -       loader/late     3.0s  3 passed, 1 failed, 0 skipped (time ran out)'
TWICE='FAIL 6.12  82574L  driver/twice    3.0s  3 passed, 1 failed, 0 skipped'
END='9 passed, 1 failed, 0 skipped, 0 guests started twice, 0 second attempts'

# ci STATUS LINE...: the run's status, after make test has said these lines.
ci()
{
	local status=$1
	shift

	printf '%s\n' "$@" >$dir/out
	STATUS=$status $dir/.ci/run >/tmp/said 2>&1
}

check "what passed has passed" ci 0 "$END"
CHECK=1 check_not "not if a static judge finds something" ci 0 "$END"
DEMO='exit 1' check_not "nor if the demo fails" ci 0 "$END"
mount -t tmpfs apt /etc/apt
DEMO='echo >/etc/apt/ours.list' check_not "nor if a package source came about" ci 0 "$END"
check "which is said" grep -q "package sources have changed" /tmp/said
umount /etc/apt

check "checks that failed run again" ci 1 "$LOST" "$END"
check "that test and no other" grep -qx 'again: -j 1 -k 6.12 -F 82574L =driver/lost' /tmp/said
check "it is called flaky" grep -q '^FLAKY 6.12 82574L driver/lost ' /tmp/said
check "with what failed" grep -qx '    FAIL: frames got lost' /tmp/said
check "and its first console is kept" grep -q boot $dir/build/ci-first/6.12-82574L-driver-lost/console.log
check_not "more than a few of them are too many" ci 1 "$LOST" "$LOST" "$LOST" "$LOST" "$END"
check_not "what fails twice has failed" ci 1 "$TWICE" "$END"

check "what was late runs again" ci 1 "$LATE" "$END"
check "on no chip, if it is about none" grep -qx 'again: -j 1 =loader/late' /tmp/said
check_not "and is not flaky for that" grep -q FLAKY /tmp/said
check "what was late with checks that had failed" ci 1 "${LOST/1 failed/2 failed} (time ran out)" "$END"
check "is" grep -q FLAKY /tmp/said
check "a guest that never came up, twice" ci 1 \
	"$LATE" "${LATE/(time ran out)/(guest started twice: console.first.log) (the lab failed)}" "$END"

for why in "the kernel complained" "status 137" "it never came to its 'finish'"; do
	check_not "no second chance: $why" ci 1 "$LATE" "$LOST ($why)" "$END"
	check_not "nor for others then: $why" grep -q again: /tmp/said
done
check_not "a suite that was not built has failed" ci 1 "FAIL 6.12  -  net/all  tests/net/build failed, see above" "$END"
check_not "a run that did not come to its end, too" ci 1 "$LOST"
check_not "and a lab that is not well" ci 1 "more than 3 guests had to be started twice: it is" "$LOST" "$END"
finish
