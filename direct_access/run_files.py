"""Files of a run directory, opened so that nobody else chooses what is read or written.

The name of a run directory can often be guessed, and the directory above it is often shared: another user may
have made it first, or put a link or a pipe into it. So whatever belongs to another user, is a symbolic link,
or may be written by everyone is refused before anything is read. Files are opened through the descriptor of
their directory and never through a link (openat(2), O_NOFOLLOW), and new ones are made with O_EXCL. A
directory of the user's own that its group may write is accepted: so it is made where the umask is 002, which
is usual on the file systems of projects.

A file is named relative to the run directory: ``job.json``, ``.owner/asked``.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from direct_access import atomic
from direct_access.errors import OutputError

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # without O_NONBLOCK, open(2) of a pipe waits


def chosen(path: Path) -> Path:
    """Return the directory that a user names, where a symbolic link of their own leads.

    :raises OutputError: if another user made the link
    """
    with contextlib.suppress(FileNotFoundError):
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode) and status.st_uid not in (os.geteuid(), 0):
            raise _refused(path, _LINK)
    return path.resolve()


@contextmanager
def opened(directory: Path) -> Iterator[int]:
    """Yield the descriptor of a run directory.

    :raises OSError: as open(2) does
    :raises OutputError: if others may choose what is in it
    """
    with _opened(directory, None, directory) as descriptor:
        yield descriptor


@contextmanager
def below(directory: Path, name: str) -> Iterator[int]:
    """Yield the descriptor of a directory in a run directory; see :func:`opened`."""
    with opened(directory) as above, _opened(Path(name), above, directory / name) as descriptor:
        yield descriptor


def names(directory: Path, name: str = "") -> list[str]:
    """Return the names in a run directory, or in a directory below it.

    :raises OSError: as open(2) does
    :raises OutputError: if others may choose what is in it
    """
    with below(directory, name) if name else opened(directory) as descriptor:
        return os.listdir(descriptor)


def exists(directory: Path, name: str) -> bool:
    """Return whether there is anything of this name; whether it is ours shows when it is opened."""
    try:
        with _parent(directory, name) as (descriptor, last):
            os.stat(last, dir_fd=descriptor, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def check(directory: Path, used: Collection[str], gone_on_with: Collection[str] = ()) -> None:
    """Make sure that nobody else can choose what we read from or write to a run directory.

    :param used: names in it that we shall use
    :param gone_on_with: those of files into which we shall write more, and which have no other name therefore
    :raises OSError: as open(2) does
    :raises OutputError: if somebody can
    """
    with opened(directory) as descriptor:
        for name in used:
            with contextlib.suppress(FileNotFoundError):
                status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                _require_ours(directory / name, status, directory=stat.S_ISDIR(status.st_mode))
                if name in gone_on_with:
                    _require_one_name(directory / name, status)


def open_file(directory: Path, name: str, flags: int = os.O_RDONLY) -> int:
    """Open a file that is there; one to be written must have no other name.

    :param flags: O_RDONLY, O_WRONLY or O_RDWR
    :raises OSError: as open(2) does
    :raises OutputError: if it is not a file of ours
    """
    path = directory / name
    with _parent(directory, name) as (parent, last):
        status = os.stat(last, dir_fd=parent, follow_symlinks=False)
        _require_ours(path, status, directory=False)  # before open(2), which may act on a device
        descriptor = os.open(last, flags | _FILE, dir_fd=parent)
    try:
        status = os.fstat(descriptor)
        _require_ours(path, status, directory=False)
        if flags != os.O_RDONLY:
            _require_one_name(path, status)
        os.set_blocking(descriptor, True)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def create(directory: Path, name: str) -> int:
    """Make a new file that its owner alone may read, and open it for reading and writing.

    :raises OSError: as open(2) does
    :raises OutputError: if others may choose what is in the directory
    """
    with _parent(directory, name) as (parent, last):
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(last, flags, 0o600, dir_fd=parent)


def open_or_create(directory: Path, name: str) -> int:
    """Open a file for reading and writing that may be there already; see :func:`open_file`."""
    with contextlib.suppress(FileNotFoundError):
        return open_file(directory, name, os.O_RDWR)
    with contextlib.suppress(FileExistsError):
        return create(directory, name)
    return open_file(directory, name, os.O_RDWR)  # another process was faster


def read(directory: Path, name: str) -> bytes:
    """Return what is in a file; see :func:`open_file`."""
    with open(open_file(directory, name), "rb") as file:
        return file.read()


@contextmanager
def replacing(directory: Path, name: str, confirm: Callable[[], None] | None = None) -> Iterator[BinaryIO]:
    """Yield a file that takes its name when the block ends well; see :func:`direct_access.atomic.replacing`.

    :param confirm: called when all is written and only the rename is left; what it raises prevents that
    """
    with opened(directory) as descriptor, atomic.replacing_in(descriptor, name, confirm=confirm) as file:
        yield file


def publish(directory: Path, temporary: str, name: str) -> None:
    """Give a complete, fsynced file its name, and make that durable."""
    with opened(directory) as descriptor:
        os.rename(temporary, name, src_dir_fd=descriptor, dst_dir_fd=descriptor)
        atomic.sync_names(descriptor)


def remove(directory: Path, name: str) -> None:
    """Remove a file, a link or a pipe, itself; none is there afterwards."""
    with contextlib.suppress(FileNotFoundError), _parent(directory, name) as (parent, last):
        os.unlink(last, dir_fd=parent)


@contextmanager
def _parent(directory: Path, name: str) -> Iterator[tuple[int, str]]:
    """Yield the descriptor of the directory that holds a file, and the last part of the file's name."""
    above, _, last = name.rpartition("/")
    with below(directory, above) if above else opened(directory) as descriptor:
        yield descriptor, last


@contextmanager
def _opened(name: Path, above: int | None, path: Path) -> Iterator[int]:
    """Yield the descriptor of a directory that is ours.

    :param path: what it is called in messages
    """
    status = os.stat(name, dir_fd=above, follow_symlinks=False)
    if stat.S_ISLNK(status.st_mode):
        raise _refused(path, _LINK)
    descriptor = os.open(name, _DIRECTORY, dir_fd=above)
    try:
        _require_ours(path, os.fstat(descriptor), directory=True)
        yield descriptor
    finally:
        os.close(descriptor)


_LINK = "it is a symbolic link"


def _require_one_name(path: Path, status: os.stat_result) -> None:
    if status.st_nlink > 1:
        raise _refused(path, "it has another name, perhaps elsewhere")


def _require_ours(path: Path, status: os.stat_result, *, directory: bool) -> None:
    mode = status.st_mode
    if stat.S_ISLNK(mode):
        raise _refused(path, _LINK)
    if status.st_uid != os.geteuid():
        raise _refused(path, f"it belongs to user {status.st_uid}")
    if not directory and not stat.S_ISREG(mode):
        raise _refused(path, "it is not a regular file")
    if mode & stat.S_IWOTH:
        raise _refused(
            path,
            f"everybody may write it (mode {stat.S_IMODE(mode):04o})",
            f"chmod o-w {path}, if all is yours",
        )


def _refused(path: Path, why: str, advice: str | None = None) -> OutputError:
    return OutputError(
        f"{path} is not used: {why}",
        subject=str(path),
        advice=advice or "choose another directory, or look at what this is and move it away",
    )
