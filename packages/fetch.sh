#!/bin/sh
# Download what the packages bring along, for every Python and machine that we support:
# fetch.sh PYTHON DIRECTORY [REQUIREMENTS]
set -eu
python="$1" directory="$2"
here="$(dirname "$0")"
requirements="${3:-$here/requirements.txt}"

# pip asks for a digest of each file where the list has one
download() {
    "$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: "$@"
}

rm -f "$directory"/*.whl "$directory"/pip/*.whl # of an earlier list

for machine in x86_64 aarch64; do
    for version in 3.10 3.11 3.12 3.13 3.14; do
        download --python-version $version --platform manylinux2014_$machine --platform manylinux_2_28_$machine \
            --dest "$directory" --requirement "$requirements"
    done
done
download --dest "$directory/pip" --requirement "$here/pip.txt"
