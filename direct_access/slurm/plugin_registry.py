"""Tell the SPANK plugin of this Slurm job that a run is under way.

Under proctrack/cgroup Slurm signals only the task that it started itself: a command below a plain batch shell
would be killed without a warning. The plugin names a directory of the user's in ``DIRECT_ACCESS_REGISTRY``. A
run writes ``<pid>`` there, with the start time of its process (proc(5), field 22 of ``/proc/<pid>/stat``).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from direct_access.clock import start_ticks
from direct_access.slurm.environment import SlurmEnv

VARIABLE = "DIRECT_ACCESS_REGISTRY"


@contextlib.contextmanager
def registered(environment: Mapping[str, str], slurm: SlurmEnv) -> Iterator[None]:
    """Be registered inside the ``with`` block, where there is a registry; no run fails for want of it."""
    entry = _enter(registry_of(environment, slurm))
    try:
        yield
    finally:
        if entry is not None:
            with contextlib.suppress(OSError):
                entry.unlink()


def registry_of(environment: Mapping[str, str], slurm: SlurmEnv) -> Path | None:
    """Return the directory of this Slurm job's plugin; one submitted by another inherits that one's."""
    path = Path(environment.get(VARIABLE, ""))
    return path if path.name == f"{slurm.job_id}.runs" and os.access(path, os.W_OK) else None


def _enter(registry: Path | None) -> Path | None:
    if registry is None:
        return None
    pid = os.getpid()
    entry, draft = registry / f"{pid}", registry / f".{pid}"
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600), "w") as file:
            file.write(f"{start_ticks(pid) or 0}\n")
        draft.replace(entry)
    except OSError:
        return None
    return entry
