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

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

# Site and code name of this machine's own release, as apt is configured.
release() {
	# shellcheck disable=SC2016 # apt's variables
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(SITE) $(CODENAME)' \
		'Created-By: Packages' | sed -n 's/^Debian|Debian|//p' | head -n 1 |
		grep . || die "apt's configuration names no Debian mirror"
}

# Make DIR/conf, with which apt knows other sources and nothing else: of the mirror
# SITE those of the lines "deb SUITE" or "deb-src SUITE" that stand in the input.
# Further options of apt may follow.
apt_conf() (
	own=$1 site=$2
	shift 2
	mkdir -p "$own/lists/partial" "$own/cache/archives/partial" "$own/parts"
	key=/usr/share/keyrings/debian-archive-keyring.gpg
	while read -r type suite; do
		echo "$type [signed-by=$key] $site $suite main"
	done >"$own/sources"
	cat >"$own/conf" <<-END
	Dir::Etc::SourceList "$own/sources";
	Dir::Etc::SourceParts "$own/parts";
	Dir::State::Lists "$own/lists";
	Dir::Cache "$own/cache";
	Acquire::Languages "none";
	APT::Sandbox::User "root";
	$*
	END
	APT_CONFIG=$own/conf apt-get -qq update >&2
)
