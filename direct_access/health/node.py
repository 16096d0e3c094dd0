"""What is broken on this node itself: the only thing that may take it out of service.

A file system that other nodes share is none of it: when it is full or hangs, it is so everywhere; to drain
every node at once helps nobody.
"""

from __future__ import annotations

import os
from pathlib import Path

from direct_access.errors import UnavailableError
from direct_access.health.check import CheckReport, Result
from direct_access.health.finding import CheckLevel

MOUNTS = Path("/proc/self/mountinfo")
OF_ONE_NODE = frozenset({"btrfs", "ext2", "ext3", "ext4", "overlay", "ramfs", "tmpfs", "xfs", "zfs"})
"""File systems that no other node can have mounted; of any other it is assumed."""


def own_fault(report: CheckReport, mounts: Path = MOUNTS) -> Result | None:
    """Return the first finding that is this node's own fault, None if there is none or it is in doubt."""
    return next((result for result in report.results if _is_its_own(result, mounts)), None)


def _is_its_own(result: Result, mounts: Path) -> bool:
    if result.because is not None or result.finding.level is not CheckLevel.CRITICAL:
        return False
    if isinstance(result.error, UnavailableError):  # it did not end in time: what it waited for may be remote
        return False
    return result.finding.check != "disk" or file_system_of(result.finding.subject, mounts) in OF_ONE_NODE


def file_system_of(path: str, mounts: Path = MOUNTS) -> str | None:
    """Return the type of the file system that holds a path (proc_pid_mountinfo(5)), None if not known."""
    place, longest, found = os.path.realpath(path), "", None
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    for line in lines:
        before, _, after = line.partition(" - ")
        words = before.split(" ")
        if len(words) < 5 or not after:
            continue
        mounted_at = _unescaped(words[4])
        if _is_below(place, mounted_at) and len(mounted_at) >= len(longest):
            longest, found = mounted_at, after.split(" ")[0]
    return found


def _is_below(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def _unescaped(text: str) -> str:
    for octal, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(octal, character)
    return text
