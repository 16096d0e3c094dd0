#!/bin/sh
# Run a command at the checkout, inside a copy of a root file system: `enter.sh ROOT COMMAND...`, as root.
#
# The copies of both are in memory, and in namespaces of mounts and processes that end with the command: it changes
# nothing outside. The root is pivoted, not only changed: a process that enters these namespaces arrives in it.
set -eu

inside() {
    root=$1 checkout=$2
    shift 2
    copies=${root%/*}/mounts
    mkdir -p "$copies"
    mount -t tmpfs tmpfs "$copies"
    new=$copies/root
    overlay "$root" "$new"
    mkdir -p "$new$checkout"
    overlay "$checkout" "$new$checkout"
    for directory in dev sys; do mount --rbind /$directory "$new/$directory"; done
    mount -t proc proc "$new/proc"
    cd "$new"
    mkdir outside
    pivot_root . outside
    umount --lazy /outside
    cd "$checkout"
    exec "$@"
}

overlay() {
    changes=$(mktemp -d "$copies/XXXXXX")
    mkdir -p "$2" "$changes/upper" "$changes/work"
    chmod 755 "$changes/upper"
    mount -t overlay -o "lowerdir=$1,upperdir=$changes/upper,workdir=$changes/work" overlay "$2"
}

if [ "$1" = --inside ]; then
    shift
    inside "$@"
fi
root=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
exec unshare --mount --propagation private --pid --fork --kill-child \
    sh "$here/enter.sh" --inside "$root" "${here%/tests/slurm24}" "$@"
