# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# What a run amounts to: the command's own status, unless the guest died on the
# way or the kernel complained.

# Lines that a healthy kernel does not write, nor gxdp on a healthy device. One alternative
# a line.
trouble_patterns()
{
	cat <<'EOF'
\bWARNING: 
\bBUG: 
kernel BUG at
\bOops: 
\bKASAN: 
UBSAN: 
general protection fault
Unable to handle kernel
[Cc]all [Tt]race:
Kernel panic
INFO: (task .* blocked|rcu.*stall|possible|trying to register)
possible (circular|recursive) locking
inconsistent lock state
suspicious RCU usage
sleeping function called from invalid
held lock freed
DMAR: .*[Ff]ault
DMA-API: 
page_pool.*(stalled|inflight|leak)
unregister_netdevice: waiting for
kmemleak: 
refcount_t: 
list_(add|del) corruption
NETDEV WATCHDOG
[Uu]nit [Hh]ang
soft lockup
detected stall
irq .*: nobody cared
scheduling while atomic
Object already free|Poison overwritten|Redzone overwritten
gxdp .*(transmit hang on|still hangs|does not (come out of reset|come back|wake up|answer any more)|had frames and no interrupt)
: loading out-of-tree module.*error|disagrees about version of symbol|Unknown symbol
EOF
}

# What the kernel says at any boot and means no harm by.
harmless_patterns()
{
	cat <<'EOF'
kmemleak: Kernel memory leak detector (initialized|disabled)
kmemleak: Automatic memory scanning thread started
DMA-API: (preallocated|debugging enabled)
EOF
}

# without_pciehp LOG: it, but for what lockdep has against a slot's hot unplug itself (6.12's
# pciehp takes its reset_lock and the lock of all rescans in either order), in a report
# that has nothing of gxdp's in it.
without_pciehp()
{
	awk '
		/WARNING: possible circular locking dependency/ { report = 1; known = ours = 0; text = "" }
		!report { print; next }
		{ text = text $0 "\n" }
		/trying to acquire lock/ { next_is_lock = 1; next }
		next_is_lock { known = /&ctrl->reset_lock.*pciehp_unconfigure_device/; next_is_lock = 0 }
		/\[gxdp\]/ { ours = 1 }
		/<\/TASK>/ { if (!known || ours) printf "%s", text; report = 0 }
		END { if (report) printf "%s", text }' "$1"
}

# without_full_depot: standard input, but for the debug kernel's warning that its store of
# stack traces is full: a matter of how many different ones a test has brought about.
without_full_depot()
{
	awk '
		/WARNING: .* at lib\/stackdepot\.c:/ { full = 1 }
		!full { print }
		/---\[ end trace / { full = 0 }'
}

# Prints the log lines that count as trouble; fails if there are none.
log_trouble()
{
	local log=$1 allowed pattern

	allowed=$(harmless_patterns)
	for pattern in "${expect[@]}"; do
		allowed+=$'\n'$pattern
	done
	without_pciehp "$log" | without_full_depot | grep -aE -f <(trouble_patterns) | grep -avE -f <(printf '%s\n' "$allowed")
}

show_log_tail()
{
	say "the last lines of the console ($run_dir/console.log):"
	tail -n "${1:-25}" "$run_dir/console.log" | sed 's/^/    /' >&2
}

# show_complaint LINE: the console from there on, with the trace that follows it.
show_complaint()
{
	say "the first of it, and what came after ($run_dir/console.log):"
	grep -aFx -A 40 -m 1 -e "$1" "$run_dir/console.log" | sed 's/^/    /' >&2
}

lab_failed()
{
	say "$@"
	[ -s "$run_dir/qemu.log" ] && sed 's/^/    qemu: /' "$run_dir/qemu.log" >&2
	[ -s "$run_dir/console.log" ] && show_log_tail
	exit 125
}

# timer_lost LOG TROUBLE: is all of the trouble that a processor which was idle, in its
# halt with interrupts on, did not get its timer's? QEMU's software emulation loses one now
# and then on a busy machine, also at boot, with nothing of ours loaded; no driver can.
timer_lost()
{
	grep -aqE 'rcu: .* kthread timer wakeup didn.t happen' "$1" &&
		grep -aqE 'NMI backtrace for cpu [0-9]+ skipped: idling' "$1" &&
		! grep -qvE 'rcu: INFO: rcu_[a-z]+ detected stalls on CPUs/tasks:|Call Trace:' <<<"$2"
}

# judge QEMU-STATUS: ends the program with the run's verdict. A complaint of the kernel
# comes before whatever else went wrong.
judge()
{
	local qemu_status=$1 status trouble share=$run_dir/share

	[ "$qemu_status" != 123 ] || lab_failed "the guest did not come up within $boot s."
	[ -e "$share/ready" ] || lab_failed "the guest did not come up."
	trouble=$(log_trouble "$run_dir/console.log") || trouble=
	if [ -n "$trouble" ] && timer_lost "$run_dir/console.log" "$trouble"; then
		lab_failed "an idle processor's timer did not come: the emulator lost it."
	fi
	if [ -n "$trouble" ]; then
		say "the kernel complained:"
		sed 's/^/    /' <<<"$trouble" >&2
		show_complaint "$(head -n 1 <<<"$trouble")"
	fi
	if [ "$qemu_status" = 124 ]; then
		say "time ran out: the guest was stopped after $timeout s."
		show_log_tail
		exit $((${#trouble} ? 126 : 124))
	fi
	if [ ! -s "$share/status" ]; then
		say "the guest died under the command (QEMU's status: $qemu_status)."
		show_log_tail 40
		exit 126
	fi
	[ -z "$trouble" ] || exit 126
	status=$(cat "$share/status")
	if [ "$status" -ne 0 ]; then
		[ -n "${interactive-}" ] || show_log_tail
		exit "$status"
	fi
	[ -n "$keep$name" ] || rm -rf --one-file-system "$run_dir"
	exit 0
}
