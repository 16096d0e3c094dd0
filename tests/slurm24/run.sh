#!/bin/sh
# `make test-slurm-24`: tests/slurm and tests/plugin against the Slurm 24.11 of Debian 13.
# Arguments are pytest's: `run.sh -x tests/slurm/test_cluster.py`.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=/var/cache/direct-access-tests/debian-13
tests="tests/slurm/test_*.py tests/slurm/since_24_11.py tests/plugin"

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "skipped: needs root on Debian" >&2
    exit 0
fi
# Nobody makes it anew while others test in it.
mkdir -p "${root%/*}"
exec 9>$root.lock
flock 9
sh "$here/setup.sh" $root 9>&-
flock --shared 9

case "$*" in *tests/*) ;; *) set -- "$@" $tests ;; esac
# shellcheck disable=SC2016 # expanded inside
exec sh "$here/enter.sh" $root sh -euc '
    PATH=/opt/tests/bin:$PATH
    pip install -qq --no-deps --no-index --no-build-isolation --editable .
    echo "$(slurmctld -V), $(python --version), $(gcc --version | head -n 1)"
    exec python -m pytest -p no:cacheprovider "$@"' pytest "$@"
