"""Where the processes of a user on a node share tokens: in memory, readable by this user only.

``$XDG_RUNTIME_DIR`` is that by definition (XDG Base Directory Specification). A Slurm job may inherit one
that does not exist on its node, and su(1) leaves another user's; then it is a directory of ours in
``/dev/shm``.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  shared memory, see shm_overview(7)
NAME = "direct-access"


def token_directory(environment: Mapping[str, str], shared_memory: Path = SHARED_MEMORY) -> Path:
    """Return the directory to use, which may not exist yet: see :func:`make_private`."""
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    if runtime.startswith("/") and why_not_private(Path(runtime)) is None:
        return Path(runtime) / NAME
    return shared_memory / f"{NAME}-{os.geteuid()}"


def make_private(directory: Path) -> str | None:
    """Make a directory that only this user can use, unless it exists.

    :returns: why the directory cannot be trusted or made, None if all is well
    """
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError as error:
        return f"{directory}: {error.strerror}"
    return why_not_private(directory)


def why_not_private(directory: Path) -> str | None:
    """Return why others could read or change what is in a directory, None if they cannot."""
    try:
        status = directory.lstat()
    except OSError as error:
        return f"{directory}: {error.strerror}"
    if not stat.S_ISDIR(status.st_mode):
        return f"{directory} is not a directory"
    return why_not_ours(directory, status)


def why_not_ours(path: Path, status: os.stat_result) -> str | None:
    """Return why others can use a file or directory of this user, None if they cannot."""
    if status.st_uid != os.geteuid():
        return f"{path} belongs to user {status.st_uid}"
    if status.st_mode & 0o077:
        return f"{path} is open to others (mode {stat.S_IMODE(status.st_mode):04o})"
    return None
