#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The rules language by itself: meaning, errors with their places, canonical
# text that reads as what it was printed from, lists, ids. With sanitizers.
# lab: host timeout=120

. tests/lib.sh

out=$("$GXDP_LAB_BUILD/lang-tests/unit" 2>&1)
status=$?
while read -r line; do
	case $line in
	*'[       OK ] '*) pass "${line##*] }" ;;
	*'[  FAILED  ] test_'*) ;;
	esac
done <<<"$out"
check_eq "the unit tests pass" $status 0 || echo "$out"
finish
