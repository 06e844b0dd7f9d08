#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The bus reports a fatal error, under traffic: it is survived, whether the bus comes back
# or not. (QEMU's root port does not train its link again, so once is all.)
# lab: dut=family timeout=240 kernels=6.12,7.3,debug named
# named: make faults runs it
# expect: AER: 
# expect: pcieport 
# expect: does not (answer any more|come back)

. tests/faults/lib.sh

live
check_flows "before"
has_aer || { check_intact; end; }
log_mark
reported() { log_since | grep -q 'bus error, fatal'; }
check "a fatal error" aer_error fatal
check "reaches the driver" wait_for 30 reported
check_intact
end
