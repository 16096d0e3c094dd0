"""The run directories below a directory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from direct_access import journal as journals
from direct_access.errors import OutputError
from direct_access.journal import Journal
from direct_access.light_dataclass import dataclass
from direct_access.runner.output_dir import absolute

DEEPEST = 8


@dataclass(frozen=True)
class LocalRun:
    """A run directory of ours."""

    directory: Path
    journal: Journal


def find_runs(root: Path) -> Iterator[LocalRun | OutputError]:
    """Yield every run below a directory that belongs to this user, in the order of names.

    A directory that cannot be read as a run, or not at all, is yielded as the error that says why. Symbolic
    links, hidden directories and those of other users are passed over, and what is deeper than
    :data:`DEEPEST` levels.
    """
    yield from _find(absolute(root).resolve(), DEEPEST)


def _find(directory: Path, levels: int) -> Iterator[LocalRun | OutputError]:
    try:
        journal = journals.load(directory) if _is_a_run(directory) else None
        if journal is not None:
            yield LocalRun(directory, journal)
            return
    except OutputError as error:
        yield error
    except OSError as error:
        yield _unreadable(directory, error)
        return
    try:
        with os.scandir(directory) as entries:
            below = sorted(entry.name for entry in entries if _is_ours(entry))
    except OSError as error:
        yield _unreadable(directory, error)
        return
    for name in below if levels else ():
        yield from _find(directory / name, levels - 1)


def _is_a_run(directory: Path) -> bool:
    """Whether a directory of ours holds a journal; into one like /tmp anybody may have put one."""
    status = directory.stat()
    is_shared = bool(status.st_mode & stat.S_ISVTX and status.st_mode & stat.S_IWOTH)
    is_ours = status.st_uid == os.geteuid() and not is_shared
    return is_ours and os.path.lexists(directory / journals.FILE_NAME)


def _unreadable(directory: Path, error: OSError) -> OutputError:
    return OutputError(f"cannot look into {directory}: {error.strerror}", subject=str(directory))


def _is_ours(entry: os.DirEntry[str]) -> bool:
    try:
        return (
            not entry.name.startswith(".")
            and entry.is_dir(follow_symlinks=False)
            and entry.stat(follow_symlinks=False).st_uid == os.geteuid()
        )
    except FileNotFoundError:
        return False
