"""The questions we ask Slurm: ``scontrol -o show job``, seldom, and never waiting long for an answer."""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass

from direct_access.events import Event, Text, tell
from direct_access.runner.end_reason import UNKNOWN, EndReason, Fate, end_reason, parse_record
from direct_access.slurm_env import TIMES_AS_SECONDS, SlurmEnv

ANSWER_SECS = 3.0
_UNKNOWN_JOB = "Invalid job id specified"
_CLUSTER_NAME = re.compile(r"^ClusterName\s*=\s*(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """What Slurm says of a job.

    :param record: its fields, None if there was no answer in time or it knows no such job
    :param unknown_job: it answered that it knows no such job: one that never was, one purged ``MinJobAge``
        after its end, and somebody else's under ``PrivateData=jobs`` all read alike
    """

    record: Mapping[str, str] | None = None
    unknown_job: bool = False


def show_job(job_id: int, answer_secs: float = ANSWER_SECS) -> Answer:
    """Ask Slurm about a job, once."""
    told = _scontrol(answer_secs, "job", str(job_id))
    if told is None:
        return Answer()
    if told.returncode != 0:
        return Answer(unknown_job=_UNKNOWN_JOB in told.stderr)
    return Answer(parse_record(told.stdout, job_id))


def cluster_name(answer_secs: float = ANSWER_SECS) -> str | None:
    """Ask Slurm which cluster it is; None if it gives no answer."""
    told = _scontrol(answer_secs, "config")
    found = _CLUSTER_NAME.search(told.stdout) if told is not None else None
    return found.group(1) if found else None


def _scontrol(answer_secs: float, *what: str) -> subprocess.CompletedProcess[str] | None:
    # A time limit sends TERM twice, and the second one must not kill the question. The shell says so, since
    # Python code between fork and exec may hang in a process with threads (subprocess, "preexec_fn").
    # And a user may have told Slurm's commands to print times like 12:30.
    times = [f"{name}={value}" for name, value in TIMES_AS_SECONDS.items()]
    command = ["/bin/sh", "-c", 'trap "" TERM; exec env "$@"', "sh", *times, "scontrol", "-o", "show", *what]
    began = time.monotonic()
    told: subprocess.CompletedProcess[str] | None = None
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        told = subprocess.run(  # noqa: S603 - a fixed command
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=answer_secs, check=False
        )
    question = Text(f"scontrol show {' '.join(what)}")
    status = None if told is None else told.returncode
    tell(Event.SLURM, question=question, exit_status=status, ms=1000 * (time.monotonic() - began))
    return told


def why_ended(slurm: SlurmEnv, on_time_limit: Fate = Fate.LEAVE) -> EndReason:
    """Return why Slurm ends the job that we are part of; unknown if it does not say in time."""
    if slurm.job_id is None:
        return UNKNOWN
    return end_reason(show_job(slurm.job_id).record, slurm.restart_count, on_time_limit, time.time())
