# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the lab's scripts share: where things are, and how to speak of errors.
#
# Exit codes of the lab's own scripts: 2 wrong usage, 125 the lab itself failed.

set -euo pipefail
shopt -s inherit_errexit

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPO=$(cd "$VM_DIR/../.." && pwd)
# Other scripts are started from other directories.
GXDP_CACHE=$(realpath -m -- "${GXDP_CACHE:-/var/cache/gxdp}")
export GXDP_CACHE
CACHE=$GXDP_CACHE
LAB_BUILD=$REPO/build/lab

# What is made here is for everybody to read, whatever the caller's own files are.
umask 022

# What of the caller's environment the tests get to see: how much of something.
# shellcheck disable=SC2046,SC2116 # a word per name
KNOBS=$(echo ALL_CALLS GXDP_MATCH_SECONDS GXDP_SEED $(compgen -e FAULT_ || :))

# knobs: those that are set, as NAME=VALUE.
knobs()
{
	local name

	for name in $KNOBS; do
		[[ ! ${!name-} =~ ^[0-9]+$ ]] || echo "$name=${!name}"
	done
}

say()
{
	printf 'lab: %s\n' "$@" >&2
}

# die CODE SENTENCE...: what went wrong, and how to mend it, one sentence a line.
die()
{
	local code=$1
	shift
	printf 'lab: %s\n' "$@" >&2
	exit "$code"
}

# Everything here mounts and unshares, so it runs as root, by sudo if need be.
become_root()
{
	[ "$(id -u)" -eq 0 ] && return
	command -v sudo >/dev/null ||
		die 125 "the lab needs root (private mounts, chroot) and there is no sudo." \
			"Run it as root, or install sudo."
	# What is built outside the lab goes there too, and belongs to the user.
	mkdir -p "$REPO/build" 2>/dev/null || :
	exec sudo --preserve-env="GXDP_CACHE,GXDP_ACCEL,GXDP_TIMEOUT_SCALE,GXDP_IOMMU,KBUILD_OPTIONS,NO_COLOR,CI,TERM,${KNOBS// /,}" "$@"
}

need_host_commands()
{
	local c missing=()

	for c in "$@"; do
		command -v "$c" >/dev/null || missing+=("$c")
	done
	[ ${#missing[@]} -eq 0 ] && return
	die 125 "this machine lacks: ${missing[*]}." "Run 'make deps' to install what the lab needs."
}

# root_dir: the private root's path; made first if it is missing.
root_dir()
{
	"$VM_DIR/root"
}

# once_a_boot NAME COMMAND...: what COMMAND prints; kept until the machine boots again, and
# made by one at a time.
once_a_boot()
{
	local name=$1 kept
	shift

	kept=$CACHE/$name-$(cat /proc/sys/kernel/random/boot_id)
	if [ ! -s "$kept" ]; then
		mkdir -p "$CACHE"
		exec 9>"$CACHE/$name.lock"
		flock 9
		if [ ! -s "$kept" ]; then
			rm -f "$CACHE/$name"-*
			"$@" >"$kept.$$"
			mv "$kept.$$" "$kept"
		fi
	fi
	cat "$kept"
}

# kernels_here KERNEL...: those of Debian's kernels that the lab has, a line each; of the
# others it says that they are missing: a mirror keeps only its newest backport.
kernels_here()
{
	local k have

	have=$(awk '{ print $1 }' "$(root_dir)/lab/kernels")
	for k; do
		if grep -qxF "$k" <<<"$have"; then
			echo "$k"
		else
			say "there is no kernel $k here (the mirror had none); going on without it."
		fi
	done
}

# in_root [ENTER-OPTIONS] -- COMMAND...: run a command in the private root.
# The command dies with this shell, and so does whatever it started.
in_root()
{
	setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child \
		--propagation private "$VM_DIR/enter" "$@"
}
