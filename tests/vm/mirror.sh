# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Which Debian mirror this machine uses, for tests/vm/root. Apart from it, since what the
# lab's root is made of does not depend on where it came from.

# "URI RELEASE ORIGIN" of all package sources, as apt itself reads them, whatever format
# they are in. Where no package list has been fetched yet, apt names no source without
# being told to, and no origin.
package_sources()
{
	local known

	known=$(apt-get indextargets "$@" 'Created-By: Packages' \
		--format '$(REPO_URI) $(RELEASE) $(ORIGIN)')
	if [ -n "$known" ] || [ $# -gt 0 ]; then
		printf '%s\n' "$known"
	else
		package_sources --no-release-info
	fi
}

# plain_uri URI: the same; or the first mirror of a list (Debian's cloud images have
# mirror+file:/etc/apt/mirrors/debian.list), since the list is not in the lab's root.
plain_uri()
{
	local list

	if [[ $1 =~ ^mirror\+file:(//)?(/.*[^/])/?$ ]]; then
		list=${BASH_REMATCH[2]}
		awk 'NF && !/^#/ { print $1; exit }' "$list"
	else
		printf '%s\n' "$1"
	fi
}

# mirror_of REGEX: the URI the host has configured for a Debian suite whose name matches.
mirror_of()
{
	local uri release origin found=

	while read -r uri release origin; do
		[[ $release =~ ^($1)$ ]] || continue
		uri=$(plain_uri "$uri")
		case $origin in
		Debian)
			found=$uri
			break
			;;
		# No package lists fetched yet: go by the usual shape of a mirror.
		*)
			[[ -z $found && $uri =~ /debian(-security)?/?$ ]] && found=$uri
			;;
		esac
	done < <(package_sources)
	printf '%s' "${found%/}"
}
