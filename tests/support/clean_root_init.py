"""Process 1 of a clean root file system: see ``clean_root.py``.

A program: ``clean_root_init.py SYSTEM``, started by unshare(1). It prints its process id as seen outside, and
lives until standard input is closed, as it is when its owner dies; the kernel then kills whatever else is in
there (pid_namespaces(7)) and drops the copy, which is in memory.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

SIOCSIFFLAGS = 0x8914
SIOCSIFADDR = 0x8916
IFF_UP = 0x1
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


def main(system: Path) -> None:
    """Make the copy, then take in orphans."""
    outer_pid = Path("/proc/self").readlink()
    socket.sethostname("clean")
    _raise_loopback()
    root = _overlay(system)
    _mount("-t", "proc", "proc", root / "proc")
    _make_devices(root / "dev")
    _mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", root / "dev/shm")
    os.chroot(root)
    os.chdir("/")
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    threading.Thread(target=_end_with_owner).start()
    print(outer_pid, flush=True)
    while True:
        signal.sigwait({signal.SIGCHLD})
        _reap()


def _overlay(system: Path) -> Path:
    """Mount a writable copy of the system beside it, where only we see it."""
    place = system.parent / "mounts"
    _mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", place)
    root, upper, work = (place / name for name in ("root", "upper", "work"))
    for directory in (root, upper, work):
        directory.mkdir()
    _mount("-t", "overlay", "-o", f"lowerdir={system},upperdir={upper},workdir={work}", "overlay", root)
    return root


def _make_devices(directory: Path) -> None:
    _mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", directory)
    for name in DEVICES:
        (directory / name).touch()
        _mount("--bind", f"/dev/{name}", directory / name)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        (directory / name).symlink_to(f"/proc/self/fd/{number}")
    (directory / "fd").symlink_to("/proc/self/fd")
    (directory / "shm").mkdir()


def _raise_loopback() -> None:
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))
        # getaddrinfo(3), AI_ADDRCONFIG, finds nothing where 127.0.0.1 is the only address.
        address = struct.pack("=16sH2x4s16x", b"lo:1", socket.AF_INET, socket.inet_aton("192.0.2.1"))
        fcntl.ioctl(any_socket, SIOCSIFADDR, address)


def _end_with_owner() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *arguments], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
