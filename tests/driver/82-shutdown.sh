#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The machine goes down in the middle of everything: the lab sees to it that it does
# get there, and says nothing on its way. So nothing is taken down here.
# lab: dut=family once timeout=120

. tests/driver/lib.sh

begin
use_all
check "traffic flows while the machine is switched off" wait_for 30 socket_has 1000
finish
