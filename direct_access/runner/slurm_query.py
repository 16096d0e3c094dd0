"""The one question we ask Slurm when it ends us: ``scontrol -o show job``, 3 s at most."""

from __future__ import annotations

import signal
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
    command = ["scontrol", "-o", "show", "job", str(job_id)]
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command
            command,
            capture_output=True,
            text=True,
            timeout=ANSWER_SECS,
            check=False,
            preexec_fn=_ignore_term,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return parse_record(answer.stdout, job_id) if answer.returncode == 0 else None


def _ignore_term() -> None:
    """A time limit sends TERM twice, and the second one must not kill the question."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
