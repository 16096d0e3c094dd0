#!/bin/sh
# Install the system packages that tests need, and make a clean Debian to install ours on, where we may;
# elsewhere say what will be skipped. `setup.sh slurm` installs only what `make slurm-demo` uses.
set -eu

# a command, and the Debian package that brings it
for_slurm="slurmctld:slurmctld slurmd:slurmd scontrol:slurm-client munged:munge
    gcc:gcc make:make /usr/include/stdio.h:libc6-dev /usr/include/slurm/spank.h:libslurm-dev"
for_the_rest="chromium:chromium curl:curl strace:strace lua5.1:lua5.1 prometheus:prometheus
    debootstrap:debootstrap rpmbuild:rpm mandoc:mandoc groff:groff-base zsh:zsh logrotate:logrotate tclsh:tcl
    systemd-analyze:systemd"

# A root file system for tests/support/clean_root.py: these packages and what Debian installs everywhere.
clean=/var/cache/direct-access-tests/debian-12
clean_packages=python3,ca-certificates,slurmctld,slurmd,slurm-client,munge

main() {
    part=${1:-}
    wanted=$for_slurm
    [ "$part" = slurm ] || wanted="$for_slurm $for_the_rest"
    missing="$(missing_packages)"
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        [ -z "$missing" ] || echo "not installed:$missing; what needs them will be skipped" >&2
        exit 0
    fi
    [ -z "$missing" ] || install_missing
    [ "$part" = slurm ] || make_clean_system
}

missing_packages() {
    for pair in $wanted; do
        have="${pair%%:*}"
        [ -e "$have" ] || command -v "$have" >/dev/null || printf ' %s' "${pair#*:}"
    done
}

install_missing() {
    # Debian starts daemons on installation where nothing forbids it (invoke-rc.d(8)); the tests start their own.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        trap 'rm -f $policy' EXIT
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod 755 $policy
    fi
    export DEBIAN_FRONTEND=noninteractive
    install 2>/dev/null || { apt-get update -qq && install; } ||
        echo "could not install:$missing; what needs them will be skipped" >&2
    for package in $missing; do
        systemctl disable --quiet "$package.service" 2>/dev/null || true # nor do they start at the next boot
    done
}

install() {
    # shellcheck disable=SC2086 # a list of names
    apt-get install -qq -y --no-install-recommends $missing >/dev/null
}

make_clean_system() {
    [ "$(cat $clean.packages 2>/dev/null)" != "$clean_packages" ] || return 0
    mkdir -p "${clean%/*}/mounts"
    rm -rf $clean $clean.packages $clean.part
    if ! debootstrap --variant=minbase --include=$clean_packages bookworm $clean.part >/dev/null; then
        echo "could not make a clean Debian; the tests that need it will be skipped" >&2
        return 0
    fi
    rm -rf $clean.part/var/cache/apt/archives/*.deb $clean.part/var/lib/apt/lists/*
    mv $clean.part $clean
    echo $clean_packages >$clean.packages
}

main "$@"
