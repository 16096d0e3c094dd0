#!/bin/sh
# Install direct-access without a network: install.sh [DIRECTORY [PYTHON]]
# DIRECTORY becomes a virtual environment of its own; `rm -r DIRECTORY` uninstalls.
set -eu
directory="${1:-/opt/direct-access}"
python="${2:-python3}"
case "$directory" in
    /*) ;;
    *) directory="$PWD/$directory" ;;
esac
cd "$(dirname "$0")"
umask 022 # for everybody who may enter the directory

sha256sum --check --strict --quiet SHA256SUMS
if [ -e "$directory" ]; then
    echo "$directory exists already" >&2
    exit 73
fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {
    echo "$python is older than 3.10; name another one: install.sh DIRECTORY PYTHON" >&2
    exit 78
}
trap 'rm -rf "$directory"' EXIT
"$python" -m venv --without-pip "$directory"
"$directory/bin/python" -I "$(echo wheels/pip-*.whl)/pip" --isolated install --quiet --disable-pip-version-check \
    --no-cache-dir --no-index --find-links wheels --require-hashes --requirement requirements.txt
trap - EXIT
echo "$directory/bin/direct-access"
