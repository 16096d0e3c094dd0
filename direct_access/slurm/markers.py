"""What the EpilogSlurmctld script leaves of each Slurm job that has ended: a small file of ``name=value``."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from direct_access.errors import ConfigurationError
from direct_access.light_dataclass import dataclass
from direct_access.slurm.owner_name import Owner

KEPT_SECS = 7 * 86400.0
"""How long a marker is kept: its job is looked at within minutes, but the reaper may be switched off."""

_LONGEST_BYTES = 4096


@dataclass(frozen=True)
class Marker:
    """The end of one life of a Slurm job.

    :param end_time: when the script ran, whole seconds since the epoch on the controller's clock
    """

    cluster: str
    job_id: int
    restart_count: int
    end_time: float
    array_job_id: int | None = None
    array_task_id: int | None = None

    def tells_the_end_of(self, owner: Owner, created: float) -> bool:
        """Whether the Slurm job that made a quantum job at that time has ended by it.

        One from before the quantum job was made is about an earlier job of the same id.
        """
        ids = (self.job_id, None) if self.array_task_id is None else (self.array_job_id, self.array_task_id)
        return (
            (self.cluster, *ids) == (owner.cluster, owner.job_id, owner.task_id)
            and self.restart_count >= owner.restart
            and self.end_time >= int(created)
        )


def find_marker(markers: Iterable[Marker], owner: Owner, created: float) -> Marker | None:
    """Return the marker that tells the end of an owner's Slurm job."""
    return next((marker for marker in markers if marker.tells_the_end_of(owner, created)), None)


def read_markers(directory: Path) -> Sequence[Marker]:
    """Return all markers of a directory, none if it does not exist; what is not a marker is left out.

    :raises ConfigurationError: if others may write there: they could have any job taken for ended
    """
    try:
        found = directory.stat()
    except FileNotFoundError:
        return []
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ConfigurationError(
            f"{directory} is writable for others than its owner, who could have any job taken for ended",
            subject=str(directory),
            advice=f"chmod 0700 {directory}",
        )
    paths = (path for path in sorted(directory.iterdir()) if not path.name.startswith("."))
    return [marker for path in paths if (marker := _marker(path))]


def _marker(path: Path) -> Marker | None:
    try:
        with path.open(encoding="ascii") as file:
            fields = dict(line.split("=", 1) for line in file.read(_LONGEST_BYTES).splitlines())
        array, task = fields.get("array_job_id"), fields.get("array_task_id")
        return Marker(
            cluster=fields["cluster"],
            job_id=int(fields["job_id"]),
            restart_count=int(fields["restart_count"]),
            end_time=float(fields["end_time"]),
            array_job_id=int(array) if array else None,
            array_task_id=int(task) if task else None,
        )
    except (OSError, ValueError, KeyError):
        return None


def remove_old_markers(directory: Path, now: float) -> None:
    """Remove markers that nobody needs any more, and what a killed script left; it need not succeed."""
    try:
        with os.scandir(directory) as found:
            entries = list(found)
    except OSError:
        return
    for entry in entries:
        try:
            if entry.is_file(follow_symlinks=False) and entry.stat().st_mtime < now - KEPT_SECS:
                Path(entry.path).unlink()
        except OSError:
            continue
