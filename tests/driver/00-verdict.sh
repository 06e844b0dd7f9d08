#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The lab's own verdict: what a kernel writes when it is unwell fails a test whatever
# the test says; what it writes at any boot does not; what a test expects does not.
# lab: host

. tests/lib.sh
. tests/vm/verdict.sh

expect=()

# counts LINE: it is found among lines that mean nothing.
counts()
{
	cat >/tmp/console.log <<LOG
[    0.000000] Linux version 6.12.118+deb13-amd64
[    5.1] e1000e 0000:01:00.0 eth0: (PCI Express:2.5GT/s:Width x1) 52:54:00:67:78:00
$1
[    9.9] gxdp 0000:01:00.0 gx0: link up, 1000 Mb/s full duplex
LOG
	log_trouble /tmp/console.log >/tmp/trouble
}

trouble=(
	'[   12.3] WARNING: CPU: 0 PID: 12 at kernel/irq/msi.c:1 msi_domain_free+0x1/0x2'
	'[   12.3] BUG: unable to handle page fault for address: ffff888000000000'
	'[   12.3] kernel BUG at drivers/pci/msi/msi.c:353!'
	'[   12.3] Oops: 0000 [#1] PREEMPT SMP NOPTI'
	'[   12.3] BUG: KASAN: slab-use-after-free in gxdp_poll+0x1/0x2 [gxdp]'
	'[   12.3] UBSAN: array-index-out-of-bounds in kernel/rx.c:1:2'
	'[   12.3] Call Trace:'
	'[   12.3] Kernel panic - not syncing: Fatal exception'
	'[   12.3] INFO: task ip:123 blocked for more than 120 seconds.'
	'[   12.3] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:'
	'[   12.3] WARNING: possible circular locking dependency detected'
	'[   12.3] WARNING: suspicious RCU usage'
	'[   12.3] BUG: sleeping function called from invalid context at kernel/locking/mutex.c:1'
	'[   12.3] DMAR: [DMA Write NO_PASID] Request device [01:00.0] fault addr 0x1000 [fault reason 0x05]'
	'[   12.3] DMA-API: gxdp 0000:01:00.0: device driver has pending DMA allocations while released'
	'[   12.3] page_pool_release_retry() stalled pool shutdown: id 3, 1 inflight 60 sec'
	'[   12.3] lab: page_pool 00000000e7b2c8f1: 3 pages inflight, and gxdp is gone'
	'[   12.3] unregister_netdevice: waiting for gx0 to become free. Usage count = 2'
	'[   12.3] kmemleak: unreferenced object 0xffff888001234567 (size 64):'
	'[   12.3] refcount_t: underflow; use-after-free.'
	'[   12.3] list_del corruption. prev->next should be ffff888, but was ffff889'
	'[   12.3] gxdp 0000:01:00.0 gx0: NETDEV WATCHDOG: CPU: 0: transmit queue 0 timed out 5000 ms'
	'[   12.3] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [ksoftirqd/0:14]'
	'[   12.3] irq 11: nobody cared (try booting with the "irqpoll" option)'
	'[   12.3] BUG: scheduling while atomic: ip/123/0x00000200'
	'[   12.3] BUG kmalloc-512 (Tainted: G OE): Right Redzone overwritten'
	'[   12.3] gxdp 0000:01:00.0 gx0: transmit hang on queue 0: clean 2, next 1; resetting'
	'[   12.3] gxdp 0000:01:00.0 gx0: queue 0 had frames and no interrupt: looked, from now on counted as irq_lost'
	'[   12.3] gxdp: Unknown symbol page_pool_create (err -2)'
)
for line in "${trouble[@]}"; do
	check "counts: ${line#*] }" counts "$line"
done

harmless=(
	'[    0.1] kmemleak: Kernel memory leak detector initialized (mem pool available: 15000)'
	'[    0.1] DMA-API: preallocated 65536 debug entries'
	'[    0.1] gxdp: loading out-of-tree module taints kernel.'
	'[    0.1] gxdp: module verification failed: signature and/or required key missing - tainting kernel'
	'[    0.1] DMAR: Host address width 39'
	'[    0.1] rcu: Hierarchical RCU implementation.'
)
for line in "${harmless[@]}"; do
	check_not "does not count: ${line#*] }" counts "$line"
done

expect=('NETDEV WATCHDOG')
check_not "what the test expects does not" counts "${trouble[21]}"
check "what it does not expect still does" counts "${trouble[0]}"

# The store of stack traces is full: one warning, to its end
depot="[   12.3] WARNING: CPU: 1 PID: 230 at lib/stackdepot.c:252 stack_depot_save_flags+0x9b3/0xa90
[   12.3] Call Trace:
[   12.3]  dma_map_page_attrs+0x417/0xd80
[   12.3] ---[ end trace 0000000000000000 ]---"
check_not "a full store of stack traces does not count" counts "$depot"
check "what comes behind it does" counts "$depot"$'\n'"${trouble[4]}"

# One report of lockdep's is of the kernel's hot unplug, and of nothing of ours.
# unplug_report LOCK FUNCTION: what counts of such a report
unplug_report()
{
	cat >/tmp/console.log <<LOG
[  502.4] WARNING: possible circular locking dependency detected
[  502.4] irq/24-pciehp/47 is trying to acquire lock:
[  502.4] ffff88800b361b00 ($1){.+.+}-{3:3}, at: pciehp_unconfigure_device+0x206/0x3e0
[  502.4] but task is already holding lock:
[  502.4] Call Trace:
[  502.4]  $2
[  502.4]  </TASK>
LOG
	log_trouble /tmp/console.log
}
check_not "lockdep on a slot's hot unplug does not count" unplug_report '&ctrl->reset_lock' pciehp_ist+0x22b/0x290
check "with gxdp in it it does" unplug_report '&ctrl->reset_lock' 'gxdp_remove+0x22/0x290 [gxdp]'
check "of another lock too" unplug_report '&nic->lock' pciehp_ist+0x22b/0x290
echo '[  503.0] BUG: KASAN: slab-use-after-free in gxdp_poll+0x1/0x2 [gxdp]' >/tmp/later
check_eq "nor does it hide what comes after" "$(unplug_report '&ctrl->reset_lock' pciehp_ist+0x22b/0x290 >/dev/null; cat /tmp/later >>/tmp/console.log; log_trouble /tmp/console.log | wc -l)" 1

# Pages that are still out: the latest word on each pool counts.
. tests/vm/guest/page-pools
_pools=/tmp/pools
mkdir -p $_pools
# pools_say TRACE-LINES: what is found in these
pools_say()
{
	printf '%s\n' "$@" >$_pools/trace
	pools_with_pages_out
}
out='k-1 [0] 5.1: page_pool_release: page_pool=00000000e7b2c8f1 inflight=3 hold=5 release=2 cnt=1'
all_in='k-1 [0] 6.1: page_pool_release: page_pool=00000000e7b2c8f1 inflight=0 hold=5 release=5 cnt=2'
check_eq "a pool whose pages are out is found" "$(pools_say "$out")" "page_pool 00000000e7b2c8f1: 3 pages inflight"
check_eq "and no more when they have come back" "$(pools_say "$out" "$all_in")" ""
check_eq "not by another pool's" "$(pools_say "$out" "${all_in/e7b2c8f1/0badcafe}" | wc -l)" 1

# What becomes of the run: the test's own status, unless the kernel complained.
say() { echo "$@"; }
run_dir=/tmp/run keep=1 name=x boot=1 timeout=1
mkdir -p $run_dir/share
verdict()
{
	cp /tmp/console.log $run_dir/console.log
	: >$run_dir/share/ready
	rm -f $run_dir/share/status
	[ -z "$1" ] || echo "$1" >$run_dir/share/status
	(judge "${2:-0}") >/tmp/said 2>&1
	echo $?
}
expect=()
counts "${harmless[0]}"
check_eq "a test that passed has passed" "$(verdict 0)" 0
check_eq "one that failed has failed" "$(verdict 1)" 1
check_eq "one whose guest died has not passed" "$(verdict '')" 126
check_eq "nor one whose time ran out" "$(verdict '' 124)" 124
check_eq "one that never began is the lab's failure" "$(verdict '' 123)" 125
counts "${trouble[0]}"
check_eq "nor one that passed while the kernel complained" "$(verdict 0)" 126
check "and the complaint is shown" grep -q 'WARNING: CPU' /tmp/said
check "with what comes after it" grep -q 'link up' /tmp/said
check_not "and nothing before it" grep -q 'e1000e' /tmp/said
check_eq "nor one that failed" "$(verdict 1)" 126
check_eq "nor one whose time ran out" "$(verdict '' 124)" 126
lost_timer=$'[  164.2] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
[  164.2] NMI backtrace for cpu 0 skipped: idling at native_safe_halt+0xb/0x10
[  164.2] rcu: rcu_preempt kthread timer wakeup didn\'t happen for 30001 jiffies! g9833 f0x0
[  164.2] Call Trace:'
counts "$lost_timer"
check_eq "an idle processor whose timer was lost is the lab's failure" "$(verdict '' 124)" 125
counts "$lost_timer"$'\n'"${trouble[0]}"
check_eq "unless there is more" "$(verdict '' 124)" 126
counts "${lost_timer/skipped: idling/}"
check_eq "or it was not idle" "$(verdict '' 124)" 126
counts "${harmless[0]}"
check_eq "of one that failed" "$(verdict 1)" 1
check "the end of the console is shown" grep -q 'link up' /tmp/said

# How long a guest may live: so long to get to its command, and so long from then on.
# Here and not in the machine: the run's directory is not mounted.
mount -t tmpfs run /lab/run && mkdir /lab/run/share
life()
{
	tests/vm/qemu-life "$@" </dev/null
	echo $?
}
check_eq "a guest that does not get to its command is ended" "$(life 1 100 sleep 100)" 123
check_eq "one that ends by itself has its own status" "$(life 100 100 sh -c 'exit 7')" 7
: >/lab/run/share/ready
check_eq "one that got there and does not end is ended" "$(life 100 1 sleep 100)" 124
check_eq "even when it does not listen" "$(life 100 1 sh -c 'trap "" TERM; while :; do sleep 0.2; done')" 124

# A test's header: a word that nobody knows ends tests/run before anything has run.
mkdir -p /tmp/repo/tests/some
cp -r tests/run tests/families.sh tests/vm /tmp/repo/tests
listed()
{
	printf '#!/bin/bash\n# lab: %s\n' "$1" >/tmp/repo/tests/some/test.sh
	/tmp/repo/tests/run -l -k 6.12 >/tmp/said 2>&1
}
check "a header of known words is one" listed "dut=e1000e smp=1 once"
check_eq "and its test is listed" "$(cat /tmp/said)" "6.12 - some/test"
check_not "another is none" listed "dut=e1000e spm=1"
check "and the word is named" grep -q "'spm=1'" /tmp/said
finish
