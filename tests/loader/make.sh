#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make, for those who only have the sources: which kernel it builds for, what it does
# where there are no headers, and that make uninstall leaves nothing of make install.
# lab: host timeout=240

. tests/lib.sh

B=$GXDP_LAB_BUILD
X=/tmp/x
# what the command was built for, so that it is not built anew here
PREFIX=$(sed -nE "s|.*GXDP_BPF_DIR='\"?(.*)/lib/gxdp/bpf\"?'.*|\1|p" "$B/loader/flags")
release=$(basename "$(echo /lib/modules/6.12*-amd64)")
headers=/usr/src/linux-headers-$release

# says "what" WORDS: in what make said last
says()
{
	check "$1" grep -qF -- "$2" /tmp/said || sed 's/^/    /' /tmp/said
}

# only_says ARGUMENTS...: for what it would build, without building
only_says()
{
	timeout 60 make -s module B=/tmp/b MAKE=true "$@" >/tmp/said 2>&1
}

# --- which headers

only_says KDIR="$headers"
says "KDIR names the headers" "building for $headers (KDIR)"
only_says KVER="$release"
says "KVER names the release" "building for /lib/modules/$release/build (KVER)"
only_says KDIR="$headers" KVER=none
says "KDIR goes before KVER" "(KDIR)"
running=/lib/modules/$(uname -r)
if [ -e "$running/build/Makefile" ]; then
	only_says
	says "by itself it builds for the running kernel" "$running/build (the running kernel)"
else
	only_says
	says "without the running kernel's it takes the newest headers, and says so" \
		"/build (the newest headers here; the running kernel $(uname -r) has none)"
fi

# --- and where there are none

without="KVER=5.4.0-none B=$B PREFIX=$PREFIX"
check_not "make module fails without headers" make -s module $without
make -s module $without >/tmp/said 2>&1
says "it says where it looked" 'no kernel headers in /lib/modules/5.4.0-none/build'
says "and what to do" 'apt-get install linux-headers'
check "make goes on without the module" sh -c "make -s $without >/tmp/said 2>&1"
says "and says so" 'Going on without the module'
check "make install too" sh -c "make -s install $without DESTDIR=$X-without >/tmp/said 2>&1"
says "and says so" 'no gxdp.ko built; not installing it'
check "the command is installed" [ -x "$X-without$PREFIX/sbin/gxdp" ]

# --- make help

make -s help >/tmp/help
for target in all demo test test-debug check bench bench-filter shell faults deb install uninstall clean; do
	check "make help tells of $target" grep -qE "^  $target +[^ ]" /tmp/help
done

# --- install and uninstall

if [ -e build/6.12/gxdp.ko ]; then
	cp build/6.12/gxdp.ko "$B"
else
	skip "no gxdp.ko was built for 6.12: where it is installed"
fi
install="B=$B DESTDIR=$X PREFIX=$PREFIX"
check "make install" sh -c "make -s install $install >/tmp/said 2>&1" || cat /tmp/said
check "the command runs from there" "$X$PREFIX/sbin/gxdp" --version
check "the objects are there" [ "$(find "$X$PREFIX" -name '*.bpf.o' | wc -l)" -ge 4 ]
[ ! -e "$B/gxdp.ko" ] || check "the module is below the kernel it is for" \
	[ -e "$X/lib/modules/$(modinfo -F vermagic "$B/gxdp.ko" | cut -d' ' -f1)/updates/gxdp.ko" ]
check_eq "nothing lies outside PREFIX but the module" \
	"$(find $X ! -type d | grep -vE "^$X($PREFIX|/lib/modules)/")" ""
check "make uninstall" sh -c "make -s uninstall $install >/tmp/said 2>&1" || cat /tmp/said
check_eq "leaves no file, nor a directory of its own" \
	"$(find $X ! -type d; find $X -type d -name '*gxdp*')" ""
rm -f "$B/gxdp.ko"

# sbin is in no user's PATH on some systems: it may be put elsewhere
install="$without DESTDIR=$X-bin SBINDIR=/usr/bin"
check "make install with SBINDIR" sh -c "make -s install $install >/tmp/said 2>&1" || cat /tmp/said
check "the command is there" "$X-bin/usr/bin/gxdp" --version
check "and its units know" grep -q '^ExecStart=/usr/bin/gxdp apply' "$X-bin$PREFIX/lib/systemd/system/gxdp@.service"
check "make uninstall" sh -c "make -s uninstall $install >/tmp/said 2>&1" || cat /tmp/said
check_not "takes it away" [ -e "$X-bin/usr/bin/gxdp" ]
finish
