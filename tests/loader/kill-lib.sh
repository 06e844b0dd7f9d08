# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For tests of commands that are killed at a system call, after tests/loader/rules-lib.sh.
# With ALL_CALLS=1 every one of the calls is tried, otherwise the first FIRST_CALLS of each
# kind and steps through the rest; or, if ONLY_AT is set, those that strace writes so.

: "${ALL_CALLS:=0}" "${FIRST_CALLS:=12}" "${ONLY_AT:=}"

# killed_at CALL N COMMAND...: the shell does not tell of it
killed_at() { { strace -f -o /dev/null -e trace="$1" -e inject="$1:signal=KILL:when=$2" "${@:3}" >/dev/null 2>&1; } 2>/dev/null; }

# killed_at_path CALL PATH COMMAND...: at the first such call that is about PATH
killed_at_path() { { strace -f -o /dev/null -P "$2" -e trace="$1" -e inject="$1:signal=KILL:when=1" "${@:3}" >/dev/null 2>&1; } 2>/dev/null; [ $? -eq 137 ]; }

# libxdp_tidy DEV: libxdp has pinned the dispatcher in the device's hook, if one is, and no more
libxdp_tidy()
{
	local id there

	id=$(ip -j link show "$1" | jq '.[0].xdp.prog.id // empty')
	there=$(ls /sys/fs/bpf/xdp 2>/dev/null)
	[ "$there" = "${id:+dispatch-$(cat "/sys/class/net/$1/ifindex")-$id}" ] && return
	echo "in the hook: ${id:-none}; pinned:" "$there"
	return 1
}

# count_if_bad "what" COMMAND...: one more if it fails
count_if_bad()
{
	"${@:2}" >/tmp/bad 2>&1 && return
	bad=$((bad + 1))
	echo "$1"
	cat /tmp/bad
}

# by_pattern: whether the calls to try are those that ONLY_AT says
by_pattern() { [ -n "$ONLY_AT" ] && [ "$ALL_CALLS" = 0 ]; }

# next_call CALL N: the number, among its like, of the one to try after the Nth; none: nothing
next_call()
{
	if by_pattern; then
		grep -E "^[0-9]+ +$1\(" /tmp/calls-made | grep -nE "$ONLY_AT" | cut -d: -f1 |
			awk -v n="$2" '$1 > n { print; exit }'
	else
		echo $(($2 + 1 + (ALL_CALLS ? 0 : $2 / FIRST_CALLS)))
	fi
}

# kill_everywhere "CALLS" IS MEND COMMAND...: run COMMAND, killed at the first of its calls
# of a kind, at the second, ... until a run is not. Each time IS prints "old" or "new", by
# what was before and what is to be, and fails where it is neither; MEND makes it old again,
# or fails. Counts in killed, was_old, was_new and bad.
kill_everywhere()
{
	local calls=$1 is=$2 mend=$3 call n what status
	shift 3

	killed=0 was_old=0 was_new=0 bad=0
	if by_pattern; then
		strace -f -o /tmp/calls-made -e trace="${calls// /,}" "$@" >/dev/null
		count_if_bad "when it was only looked at" "$mend"
	fi
	for call in $calls; do
		n=$(next_call "$call" 0)
		while [ -n "$n" ] && { killed_at "$call" "$n" "$@"; status=$?; [ $status -eq 137 ]; }; do
			killed=$((killed + 1))
			if ! what=$($is); then
				bad=$((bad + 1))
				echo "$call $n: ${what:-neither old nor new}"
			elif [ "$what" = old ]; then
				was_old=$((was_old + 1))
			else
				was_new=$((was_new + 1))
			fi
			count_if_bad "$call $n: the next command" "$mend"
			n=$(next_call "$call" "$n")
		done
		# the last of those that were to be tried, not the last of all
		[ -n "$n" ] || continue
		count_if_bad "$call $n: it ends by itself" [ $status -eq 0 ]
		count_if_bad "$call: when it is done" "$mend"
	done
	echo "killed $killed times: old $was_old times, new $was_new"
}

# watch_pings ADDRESS...: the peer pings from each all the time, until watched_pings
watch_pings()
{
	local from

	watchers=()
	for from; do
		# what a shell runs in the background does not hear SIGINT
		ip netns exec p env --default-signal=INT ping -q -i 0.02 -W 1 -I "$from" 10.7.0.1 >"/tmp/pings-$from" 2>&1 &
		watchers+=($!)
	done
}
# watched_pings: end them; answered FROM and sent FROM say how many there were
watched_pings() { kill -INT "${watchers[@]}"; wait "${watchers[@]}"; }
answered() { sed -n 's/.* \([0-9]*\) received.*/\1/p' "/tmp/pings-$1"; }
sent() { sed -n 's/^\([0-9]*\) packets transmitted.*/\1/p' "/tmp/pings-$1"; }
