# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the scripts of tests/vm share. To be sourced, with $0 the script.

# Nothing of the caller's tool chain or Python may leak into a build.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
unset LIBRARY_PATH LD_LIBRARY_PATH CPATH C_INCLUDE_PATH PYTHONPATH PYTHONHOME
unset MAKEFLAGS MFLAGS MAKELEVEL KDIR KVER
umask 022

# shellcheck disable=SC2034 # for the scripts that source this
{
top=$(cd "$(dirname "$0")/../.." && pwd -P)
vm=$top/tests/vm
cache=${XDG_CACHE_HOME:-$HOME/.cache}/knetctl
jobs=$(nproc)
}

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

say() {
	echo "${0##*/}: $*" >&2
}

# Hold an exclusive lock on FILE until this process ends.
lock() {
	mkdir -p "$(dirname "$1")"
	exec 9>>"$1"
	flock -n 9 || {
		say "waiting for another ${0##*/}"
		flock 9
	}
}
