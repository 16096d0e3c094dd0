#!/bin/sh
# Download what the packages bring along, for every Python and machine that we support:
# fetch.sh PYTHON DIRECTORY [LISTS]
set -eu
python="$1" directory="$2"
here="$(dirname "$0")"
lists="${3:-$here}"

# pip asks for a digest of each file where the list has one
download() {
    "$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: "$@"
}

rm -f "$directory"/*.whl "$directory"/pip/*.whl # of an earlier list

for machine in x86_64 aarch64; do
    for version in 3.10 3.11 3.12 3.13 3.14; do
        download --python-version $version --platform manylinux2014_$machine --platform manylinux_2_28_$machine \
            --dest "$directory" --requirement "$lists/requirements.txt"
    done
done
# What comes as sources alone becomes wheels here, which are pure and, for the fixed time, the same each time.
SOURCE_DATE_EPOCH=315532800 "$python" -m pip wheel --quiet --disable-pip-version-check --no-deps \
    --no-binary :all: --no-build-isolation --wheel-dir "$directory" --requirement "$lists/sources.txt"
download --dest "$directory/pip" --requirement "$here/pip.txt"
