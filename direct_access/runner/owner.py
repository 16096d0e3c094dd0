"""Who owns a run directory: one process at a time, on any node that shares the file system.

Each ownership is a numbered record, ``.owner/1``, ``.owner/2``, …, taken by link(2) of a unique file, which
is atomic on NFS and Lustre alike (open(2), O_EXCL); flock(2) is absent on Lustre without a mount option. The
highest number is the owner; a process that finds a higher one than its own has been superseded.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

from direct_access.clock import boot_id
from direct_access.errors import OutputError
from direct_access.slurm_env import SlurmEnv

DIRECTORY_NAME = ".owner"


@dataclass(frozen=True)
class OwnerRecord:
    """One process, told apart from every other one, also after a reboot or when its pid comes back.

    :param start_ticks: field 22 of /proc/pid/stat (proc(5)): start time since boot in clock ticks
    """

    cluster: str | None
    slurm_job: int | None
    restart_count: int
    step: int | None
    host: str
    boot_id: str
    pid: int
    start_ticks: int
    token: str

    @property
    def place(self) -> str:
        """Host and pid, for messages."""
        return f"pid {self.pid} on {self.host}"


def this_process(slurm: SlurmEnv) -> OwnerRecord:
    """Return a new record of this process."""
    return OwnerRecord(
        cluster=slurm.cluster,
        slurm_job=slurm.job_id,
        restart_count=slurm.restart_count,
        step=slurm.step_id,
        host=socket.gethostname(),
        boot_id=boot_id(),
        pid=os.getpid(),
        start_ticks=_start_ticks(os.getpid()) or 0,
        token=secrets.token_hex(8),
    )


def _start_ticks(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *rest = stat.rpartition(")")[2].split()
    return None if state in "ZX" else int(rest[18])


def is_alive(record: OwnerRecord) -> bool:
    """Return whether the process of a record may still run; on another node we cannot see, so it may."""
    if record.host != socket.gethostname():
        return True
    if record.boot_id != boot_id():
        return False
    return _start_ticks(record.pid) == record.start_ticks


def current(directory: Path) -> OwnerRecord | None:
    """Return the owner of a run directory, None where nobody ever was.

    :raises OutputError: if the record cannot be read
    """
    latest = _latest(directory)
    return _read(directory, latest) if latest else None


def _latest(directory: Path) -> int:
    try:
        names = os.listdir(directory / DIRECTORY_NAME)
    except FileNotFoundError:
        return 0
    return max((int(name) for name in names if name.isdigit()), default=0)


def _read(directory: Path, number: int) -> OwnerRecord:
    path = directory / DIRECTORY_NAME / str(number)
    try:
        return OwnerRecord(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise OutputError(f"cannot read the owner record {path}: {error}", subject=str(path)) from error


def take(directory: Path, record: OwnerRecord, instead_of: OwnerRecord | None) -> bool:
    """Become the owner after ``instead_of``; return False if somebody else was faster.

    :raises OSError: if the directory cannot be written
    """
    owners = directory / DIRECTORY_NAME
    owners.mkdir(mode=0o700, exist_ok=True)
    latest = _latest(directory)
    before = _read(directory, latest) if latest else None
    if (before and before.token) != (instead_of and instead_of.token):
        return False
    unique = owners / f"new.{record.token}"
    unique.write_text(json.dumps(asdict(record)), encoding="utf-8")
    try:
        os.link(unique, owners / str(latest + 1))
    except FileExistsError:
        return False
    finally:
        unique.unlink()
    return True


def still_mine(directory: Path, record: OwnerRecord) -> bool:
    """Return whether a record is still the latest; asked before whatever cannot be undone."""
    owner = current(directory)
    return owner is not None and owner.token == record.token


def release(directory: Path) -> None:
    """Remove all records of a run that is finished."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(directory / DIRECTORY_NAME)
