#!/bin/sh
# Install the system packages that tests need, where we may; elsewhere say what will be skipped.
set -eu

missing=""
for name in chromium curl; do
    command -v "$name" >/dev/null || missing="$missing $name"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "not installed:$missing; the tests that need them will be skipped" >&2
    exit 0
fi

export DEBIAN_FRONTEND=noninteractive
install() {
    # shellcheck disable=SC2086 # a list of names
    apt-get install -qq -y --no-install-recommends $missing >/dev/null
}
install 2>/dev/null || { apt-get update -qq && install; } ||
    echo "could not install:$missing; the tests that need them will be skipped" >&2
