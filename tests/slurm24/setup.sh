#!/bin/sh
# Make a Debian 13 with Slurm 24.11, a compiler and a Python environment for the tests: `setup.sh ROOT`, as root.
# It is made once, and anew after a change of this script or of what the product needs.
set -eu

root=$1
checkout=$(cd "$(dirname "$0")/../.." && pwd)
packages=slurmctld,slurmd,slurm-client,munge,libslurm-dev,gcc,make,libc6-dev,python3,python3-venv,lua5.1,strace,procps
part=$root.part

needs=$(sed -n '/^install_requires/,/^$/p; /^simulator =/,/^[a-z]* =$/p' "$checkout/setup.cfg")
made_of=$( (cat "$0" && echo "$needs") | cksum)

[ "$made_of" != "$(cat "$root/made-of" 2>/dev/null)" ] || exit 0
if ! command -v debootstrap >/dev/null; then
    apt-get install -qq -y --no-install-recommends debootstrap >/dev/null ||
        { apt-get update -qq && apt-get install -qq -y --no-install-recommends debootstrap >/dev/null; }
fi

rm -rf "$part"
mkdir -p "${root%/*}"
debootstrap --variant=minbase --include=$packages trixie "$part" >"$part.log" 2>&1 || { tail "$part.log" >&2; exit 1; }
rm -rf "$part.log" "$part"/var/cache/apt/archives/*.deb "$part"/var/lib/apt/lists/*

# pip finds its index as it does on this machine, also behind a proxy with an authority of its own
cp /etc/resolv.conf "$part/etc/"
[ ! -e /etc/ssl/certs/ca-certificates.crt ] || cp /etc/ssl/certs/ca-certificates.crt "$part/etc/ssl/certs/"

mkdir "$part/src"
(cd "$checkout" && tar c --exclude=__pycache__ direct_access setup.cfg pyproject.toml README.md LICENSE) | tar x -C "$part/src"
chroot "$part" python3 -m venv /opt/tests
chroot "$part" /opt/tests/bin/pip install -qq '/src[simulator]' setuptools pytest pytest-timeout pytest-xdist
rm -rf "$part/src" "$part/root"/.cache "$root"
echo "$made_of" >"$part/made-of"
mv "$part" "$root"
