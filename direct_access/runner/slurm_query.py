"""The one question we ask Slurm when it ends us: ``scontrol -o show job``, 3 s at most."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from datetime import datetime

from direct_access.runner.end_reason import UNKNOWN, EndReason, Fate, end_reason, parse_record
from direct_access.slurm_env import SlurmEnv

ANSWER_SECS = 3.0


def why_ended(slurm: SlurmEnv, on_time_limit: Fate = Fate.LEAVE) -> EndReason:
    """Return why Slurm ends the job that we are part of; unknown if it does not say in time."""
    if slurm.job_id is None:
        return UNKNOWN
    return end_reason(_record(slurm.job_id), slurm.restart_count, on_time_limit, datetime.now())


def _record(job_id: int) -> Mapping[str, str] | None:
    # A time limit sends TERM twice, and the second one must not kill the question. The shell says so, since
    # Python code between fork and exec may hang in a process with threads (subprocess, "preexec_fn").
    command = ["/bin/sh", "-c", 'trap "" TERM; exec scontrol -o show job "$1"', "sh", str(job_id)]
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=ANSWER_SECS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return parse_record(answer.stdout, job_id) if answer.returncode == 0 else None
