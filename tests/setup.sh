#!/bin/sh
# Install the system packages that tests need, where we may; elsewhere say what will be skipped.
set -eu

# a command, and the Debian package that brings it
wanted="chromium:chromium curl:curl strace:strace gcc:gcc lua5.1:lua5.1 prometheus:prometheus
    slurmctld:slurmctld slurmd:slurmd scontrol:slurm-client munged:munge /usr/include/slurm/spank.h:libslurm-dev"

missing=""
for pair in $wanted; do
    have="${pair%%:*}"
    [ -e "$have" ] || command -v "$have" >/dev/null || missing="$missing ${pair#*:}"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "not installed:$missing; the tests that need them will be skipped" >&2
    exit 0
fi

# Debian starts daemons on installation where nothing forbids it (invoke-rc.d(8)); the tests start their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
fi

export DEBIAN_FRONTEND=noninteractive
install() {
    # shellcheck disable=SC2086 # a list of names
    apt-get install -qq -y --no-install-recommends $missing >/dev/null
}
install 2>/dev/null || { apt-get update -qq && install; } ||
    echo "could not install:$missing; the tests that need them will be skipped" >&2
