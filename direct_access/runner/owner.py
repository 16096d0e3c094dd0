"""Who owns a run directory: one process at a time, on any node that shares the file system.

Each ownership is a numbered record, ``.owner/1``, ``.owner/2``, …, taken by link(2) of a unique file, which
is atomic on NFS and Lustre alike (open(2), O_EXCL); flock(2) is absent on Lustre without a mount option. The
highest number is the owner; a process that finds a higher one than its own has been superseded. A record gets
its name when it is complete and on disk, so none of ours is ever half written.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from direct_access import atomic, run_files
from direct_access.clock import boot_id, start_ticks
from direct_access.errors import OutputError
from direct_access.light_dataclass import dataclass
from direct_access.slurm.environment import SlurmEnv

DIRECTORY_NAME = ".owner"
ASKED = "asked"
ANSWERED = "answered"
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_LONGEST_TEXT = 1000
_LARGEST_NUMBER = (1 << 64) - 1


@dataclass(frozen=True)
class OwnerRecord:
    """One process, told apart from every other one, also after a reboot or when its pid comes back.

    :param pid_namespace: inode of /proc/self/ns/pid (namespaces(7)): elsewhere its pid is another process
    :param start_ticks: when it started, see :func:`direct_access.clock.start_ticks`
    """

    cluster: str | None
    slurm_job: int | None
    restart_count: int
    step: int | None
    host: str
    boot_id: str
    pid_namespace: int
    pid: int
    start_ticks: int
    token: str

    @property
    def place(self) -> str:
        """Host and pid, for messages."""
        return f"pid {self.pid} on {self.host}"

    @property
    def node(self) -> tuple[str, str, int]:
        """Where its pid means something: host, boot and pid namespace."""
        return self.host, self.boot_id, self.pid_namespace

    def is_of(self, slurm: SlurmEnv) -> bool:
        """Whether the process belongs, or belonged, to this Slurm job."""
        return slurm.in_job and (self.cluster, self.slurm_job) == (slurm.cluster, slurm.job_id)


def this_process(slurm: SlurmEnv) -> OwnerRecord:
    """Return a new record of this process."""
    return OwnerRecord(
        cluster=slurm.cluster,
        slurm_job=slurm.job_id,
        restart_count=slurm.restart_count,
        step=slurm.step_id,
        host=socket.gethostname(),
        boot_id=boot_id(),
        pid_namespace=Path("/proc/self/ns/pid").stat().st_ino,
        pid=os.getpid(),
        start_ticks=start_ticks(os.getpid()) or 0,
        token=secrets.token_hex(8),
    )


def _from_json(document: object) -> OwnerRecord:
    """Read a record.

    :raises ValueError: if a field is missing, or is not text or a number of a reasonable size
    """
    if not isinstance(document, dict):
        raise ValueError("it is not a JSON object")
    values: dict[str, Any] = {}
    for field in fields(OwnerRecord):
        value = document.get(field.name)
        if "str" in str(field.type):
            fits = isinstance(value, str) and len(value) <= _LONGEST_TEXT
        else:
            fits = isinstance(value, int) and 0 <= value <= _LARGEST_NUMBER
        if not fits and not (value is None and "None" in str(field.type)):
            raise ValueError(f"{field.name} is missing or wrong")
        values[field.name] = value
    return OwnerRecord(**values)


def current(directory: Path) -> OwnerRecord | None:
    """Return the owner of a run directory, None where nobody ever was.

    :raises OutputError: if the record cannot be read
    """
    latest = _latest(directory)
    return _read(directory, latest) if latest else None


def _latest(directory: Path) -> int:
    try:
        names = run_files.names(directory, DIRECTORY_NAME)
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise OutputError(
            f"cannot read the owner records in {directory}: {error.strerror}", subject=str(directory)
        ) from error
    return max((int(name) for name in names if _NUMBER.fullmatch(name)), default=0)


def _read(directory: Path, number: int) -> OwnerRecord | None:
    """Return a record, None if it was released since its name was listed."""
    name = f"{DIRECTORY_NAME}/{number}"
    path = directory / name
    try:
        return _from_json(json.loads(run_files.read(directory, name)))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise OutputError(
            f"cannot read the owner record {path}: {error}",
            subject=str(path),
            advice=f"if no process runs it any more, remove {directory / DIRECTORY_NAME} and try again",
        ) from error


def take(directory: Path, record: OwnerRecord, instead_of: OwnerRecord | None) -> bool:
    """Become the owner after ``instead_of``; return False if somebody else was faster.

    :raises OSError: if the directory cannot be written
    :raises OutputError: if the records in it cannot be read
    """
    unique = f"{DIRECTORY_NAME}/new.{record.token}"
    try:
        _prepare(directory)
        latest = _latest(directory)
        before = _read(directory, latest) if latest else None
        released = latest and not before
        if released or (before and before.token) != (instead_of and instead_of.token):
            remove_leftovers(directory)  # of a run that finished while we looked
            return False
        with open(run_files.create(directory, unique), "wb") as file:
            file.write(json.dumps(asdict(record)).encode())
            file.flush()
            os.fsync(file.fileno())
        is_ours = _linked(directory, f"new.{record.token}", str(latest + 1))
        if is_ours:
            _make_ping_files(directory)  # again: who took the directory for a leftover may have removed them
        return is_ours
    except FileNotFoundError:
        return False  # released meanwhile
    finally:
        run_files.remove(directory, unique)


def _prepare(directory: Path) -> None:
    with run_files.opened(directory) as descriptor, contextlib.suppress(FileExistsError):
        os.mkdir(DIRECTORY_NAME, 0o700, dir_fd=descriptor)
    _make_ping_files(directory)


def _make_ping_files(directory: Path) -> None:
    for name in (ASKED, ANSWERED):  # there from the start: a client may remember for long what is absent
        os.close(run_files.open_or_create(directory, f"{DIRECTORY_NAME}/{name}"))


def _linked(directory: Path, unique: str, number: str) -> bool:
    """Link a file that is ours alone to a number; return whether it has it (open(2), O_EXCL)."""
    with run_files.below(directory, DIRECTORY_NAME) as owners:
        try:
            os.link(unique, number, src_dir_fd=owners, dst_dir_fd=owners, follow_symlinks=False)
        except FileExistsError:
            return os.stat(unique, dir_fd=owners).st_nlink == 2  # NFS may lose the answer and repeat the call
        atomic.sync_names(owners)
    return True


def is_owner(directory: Path, record: OwnerRecord) -> bool:
    """Return whether a record is still the latest; asked before whatever cannot be undone."""
    owner = current(directory)
    return owner is not None and owner.token == record.token


def require_owner(directory: Path, record: OwnerRecord) -> None:
    """Stop a process that was superseded: from then on it only exits.

    Nobody takes over a run whose directory was deleted.

    :raises OutputError: if another process has taken over
    """
    if directory.exists() and not is_owner(directory, record):
        raise OutputError(f"another process has taken over the run in {directory}", subject=str(directory))


def release(directory: Path) -> None:
    """Remove all records at once: a process that looks meanwhile finds all of them or none."""
    released = f"{DIRECTORY_NAME}.{secrets.token_hex(4)}"
    with contextlib.suppress(FileNotFoundError):
        with run_files.opened(directory) as descriptor:
            os.rename(DIRECTORY_NAME, released, src_dir_fd=descriptor, dst_dir_fd=descriptor)
        _remove(directory, released)


def remove_leftovers(directory: Path, is_dead: Callable[[OwnerRecord], bool] = lambda _: False) -> None:
    """Remove what is left of owners: records of one that died while it released, files of none at all."""
    with contextlib.suppress(OutputError, OSError):
        for name in run_files.names(directory):
            if name.startswith(f"{DIRECTORY_NAME}."):
                _remove(directory, name)
        left = current(directory)
        if left is not None and is_dead(left):
            release(directory)
        elif left is None and set(run_files.names(directory, DIRECTORY_NAME)) <= {ASKED, ANSWERED}:
            _remove(directory, DIRECTORY_NAME, (ASKED, ANSWERED))  # and no record that was made since


def _remove(directory: Path, released: str, names: Sequence[str] | None = None) -> None:
    """Remove the records of an owner that has released the directory; what cannot be removed stays.

    :param names: remove these alone, and the directory if nothing else is in it
    """
    with contextlib.suppress(OutputError, OSError):
        for name in run_files.names(directory, released) if names is None else names:
            run_files.remove(directory, f"{released}/{name}")
        with run_files.opened(directory) as descriptor:
            os.rmdir(released, dir_fd=descriptor)


def give_up(directory: Path, record: OwnerRecord) -> None:
    """Release a run directory, unless another process has it; failing to leaves a dead owner."""
    with contextlib.suppress(OutputError, OSError):
        if is_owner(directory, record):
            release(directory)
