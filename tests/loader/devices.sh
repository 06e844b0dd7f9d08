#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The loader's list of chips is the module's own, and each is named with the
# driver the kernel has for it.
# lab: host

. tests/lib.sh

in_loader() { sed -nE 's/^[[:space:]]*X\(0x8086, 0x([0-9a-f]{4}),.*/\1/p' include/gxdp/devices.h | sort; }
in_module() { sed -nE 's/^[[:space:]]*GXDP_DEVICE\(0x([0-9a-f]{4}),.*/\1/p' kernel/pci.c | sort; }
mainline() { sed -nE "s/^[[:space:]]*X\(0x8086, 0x$1, .*\"([a-z0-9]+)\"\).*/\1/p" include/gxdp/devices.h; }

check "the module's table is found" [ -n "$(in_module)" ]
check_eq "loader and module know the same chips" "$(in_loader | tr '\n' ' ')" "$(in_module | tr '\n' ' ')"
# any kernel's aliases will do: the lab's are in its root
aliases=$(echo /lib/modules/*/modules.alias /lab/kernel*/lib/modules/*/modules.alias)
for chip in $(in_loader); do
	found=$(grep -hi "pci:v00008086d0000${chip}sv" $aliases 2>/dev/null | awk '{ print $NF }' | sort -u)
	if [ -z "$found" ]; then
		skip "no kernel's aliases here to see whose $chip is"
	else
		check_eq "$chip is otherwise with" "$(mainline "$chip")" "$found"
	fi
done
finish
