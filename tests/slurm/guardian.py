"""Runs a little world of processes that leaves nothing behind, whatever happens to its owner.

A program, started by ``world.py``: ``guardian.py SPECIFICATION OWNER``, the latter a descriptor of
pidfd_open(2). It forks process 1 of new PID, mount and UTS namespaces, and waits until the owner has gone or
closes standard input. Then it kills process 1, and the kernel with it everything in there
(pid_namespaces(7)); last go the control groups and the directory.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
SIOCSIFFLAGS = 0x8914
SIOCSIFADDR = 0x8916
IFF_UP = 0x1
CGROUP_SECS = 5.0


def main(specification: dict[str, Any], owner: int) -> None:
    """Live as long as the owner does."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _unshare(CLONE_NEWPID)
    init = os.fork()
    if init == 0:
        _live(specification)
    print(init, flush=True)
    _wait_for_end(owner)
    os.kill(init, signal.SIGKILL)
    os.waitpid(init, 0)
    _remove_cgroups(specification["token"])
    shutil.rmtree(specification["directory"], ignore_errors=True)


def _wait_for_end(owner: int) -> None:
    poll = select.poll()
    for descriptor in (owner, sys.stdin.fileno()):
        poll.register(descriptor, select.POLLIN)
    poll.poll()


def _live(specification: dict[str, Any]) -> None:
    """Be process 1: make the namespaces, then take in orphans for ever."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    own_network = specification["own_network"]
    _unshare(CLONE_NEWNS | CLONE_NEWUTS | (CLONE_NEWNET if own_network else 0))
    socket.sethostname(specification["hostname"])
    if own_network:
        _raise_loopback()
    _mount("--make-rprivate", "/")
    _mount("-t", "proc", "proc", "/proc")
    _open_up([Path(path) for path in specification["readable"]], Path(specification["directory"]))
    for source, target in specification["binds"]:
        _mount("--bind", source, target)
    print("ready", flush=True)
    while True:
        signal.sigwait({signal.SIGCHLD})
        _reap()


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _open_up(paths: Sequence[Path], directory: Path) -> None:
    """Let ordinary users reach these trees, under the same names, without touching what is on the disk.

    The topmost directory on the way that is closed to others is covered by an empty one, which shows nothing
    but these trees. One of them that is closed itself is opened likewise, entry by entry.
    """
    for number, (closed, needed) in enumerate(_closed(paths).items()):
        trees = [entry for tree in needed for entry in (tree.iterdir() if tree == closed else [tree])]
        kept = directory / f"kept-{number}"
        kept.mkdir()
        _mount("--rbind", str(closed), str(kept))
        _mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", str(closed))
        for tree in trees:
            _show(kept / tree.relative_to(closed), tree)
        subprocess.run(["umount", "--lazy", kept], check=True)


def _closed(paths: Sequence[Path]) -> dict[Path, list[Path]]:
    """Return the directories that keep others out, each with the outermost of the trees below it."""
    closed: dict[Path, list[Path]] = {}
    for path in sorted({path.resolve() for path in paths}):
        for ancestor in [*reversed(path.parents), path]:
            if not ancestor.stat().st_mode & 0o001:
                trees = closed.setdefault(ancestor, [])
                if not any(path.is_relative_to(tree) for tree in trees):
                    trees.append(path)
                break
    return closed


def _show(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.symlink_to(source.readlink())
        return
    target.mkdir() if source.is_dir() else target.touch()
    _mount("--rbind", str(source), str(target))


def _remove_cgroups(token: str) -> None:
    """Remove what Slurm leaves: directories with the name of a node in theirs (``slurm_<node>``)."""
    for mount in _cgroup_mounts():
        for top in [*mount.glob(f"*{token}*"), *mount.glob(f"*/*{token}*")]:
            directories = [*(Path(found) for found, _, _ in os.walk(top, topdown=False))]
            for directory in directories:
                _remove_cgroup(directory)


def _remove_cgroup(directory: Path) -> None:
    deadline = time.monotonic() + CGROUP_SECS
    while directory.exists():
        try:
            directory.rmdir()
        except OSError:  # busy until the last of its dead is reaped
            if time.monotonic() > deadline:
                return
            time.sleep(0.01)


def _cgroup_mounts() -> Iterator[Path]:
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, target, kind, *_ = line.split()
        if kind in ("cgroup", "cgroup2"):
            yield Path(target)


def _raise_loopback() -> None:
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))
        # getaddrinfo(3), AI_ADDRCONFIG, finds nothing where 127.0.0.1 is the only address.
        address = struct.pack("=16sH2x4s16x", b"lo:1", socket.AF_INET, socket.inet_aton("192.0.2.1"))
        fcntl.ioctl(any_socket, SIOCSIFADDR, address)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


_LIBC = ctypes.CDLL(None, use_errno=True)


def _unshare(flags: int) -> None:
    _checked(_LIBC.unshare(flags))


def _prctl(option: int, value: int) -> None:
    _checked(_LIBC.prctl(option, value, 0, 0, 0))


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), int(sys.argv[2]))
