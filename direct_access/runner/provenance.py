"""What a journal records of where and with which software a run was made."""

from __future__ import annotations

import platform
from dataclasses import asdict
from typing import Any

from direct_access._version import __version__
from direct_access.slurm.environment import SlurmEnv

_OF_SLURM = ("cluster", "job_id", "array_job_id", "array_task_id", "restart_count", "step_id", "proc_id")


def versions() -> dict[str, Any]:
    """Return which software runs the job, and on what."""
    return {
        "direct_access": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
    }


def slurm_job(slurm: SlurmEnv) -> dict[str, Any]:
    """Return the Slurm job that a run belongs to."""
    values = asdict(slurm)
    return {name: values[name] for name in _OF_SLURM if values[name] is not None}
