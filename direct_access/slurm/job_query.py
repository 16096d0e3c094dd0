"""The questions we ask Slurm about jobs: seldom, and never waiting long for an answer."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from direct_access.events import Event, Text, tell
from direct_access.slurm import environment as slurm_env
from direct_access.slurm import squeue
from direct_access.slurm.end_reason import UNKNOWN, EndReason, Fate, end_reason
from direct_access.slurm.environment import SlurmEnv

ANSWER_SECS = 3.0
_UNKNOWN_JOB = "Invalid job id specified"
_CLUSTER_NAME = re.compile(r"^ClusterName\s*=\s*(\S+)", re.MULTILINE)
_SENT_TWICE = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


@dataclass(frozen=True)
class Answer:
    """What Slurm says of a job.

    :param record: its fields, see :data:`.squeue.JOB`; None if there was no answer in time or it
        knows no such job
    :param unknown_job: it answered that it knows no such job: one that never was, one purged ``MinJobAge``
        after its end, and somebody else's under ``PrivateData=jobs`` all read alike
    """

    record: Mapping[str, str] | None = None
    unknown_job: bool = False


def show_job(job_id: int, answer_secs: float = ANSWER_SECS) -> Answer:
    """Ask Slurm about a job, once."""
    told = _ask(answer_secs, squeue.job_command(job_id), f"squeue --jobs={job_id}")
    if told is None:
        return Answer()
    if told.returncode != 0:
        return Answer(unknown_job=_UNKNOWN_JOB in told.stderr)
    return Answer(_record_of(job_id, told.stdout))


def _record_of(job_id: int, output: str) -> Mapping[str, str] | None:
    """Return the record of our job; that of an array's last task comes with those of all tasks."""
    try:
        found = squeue.records(output)
    except ValueError:
        return None
    return next((record for record in found if record["JobId"] == str(job_id)), None)


def cluster_name(answer_secs: float = ANSWER_SECS) -> str | None:
    """Ask Slurm which cluster it is; None if it gives no answer."""
    told = _ask(answer_secs, ["scontrol", "show", "config"], "scontrol show config")
    found = _CLUSTER_NAME.search(told.stdout) if told is not None else None
    return found.group(1) if found else None


def _ask(
    answer_secs: float, command: Sequence[str], question: str
) -> subprocess.CompletedProcess[str] | None:
    began = time.monotonic()
    told: subprocess.CompletedProcess[str] | None = None
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        told = _run(command, answer_secs)
    status = None if told is None else told.returncode
    tell(Event.SLURM, question=Text(question), exit_status=status, ms=1000 * (time.monotonic() - began))
    return told


def _run(command: Sequence[str], answer_secs: float) -> subprocess.CompletedProcess[str]:
    with _shielded_children():
        process = subprocess.Popen(  # noqa: S603 - fixed commands
            command,
            env=slurm_env.for_commands(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    with process:
        try:
            output, said = process.communicate(timeout=answer_secs)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(command, process.returncode, output, said)


@contextlib.contextmanager
def _shielded_children() -> Iterator[None]:
    """Start children that the second signal does not end: at a time limit Slurm sends TERM twice.

    They inherit which signals this thread blocks (signal(7)), from their first instruction on; a session of
    their own keeps them out of what a process group gets. To us a signal comes when the block ends.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SENT_TWICE)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def why_ended(slurm: SlurmEnv, on_time_limit: Fate = Fate.LEAVE) -> EndReason:
    """Return why Slurm ends the job that we are part of; unknown if it does not say in time."""
    if slurm.job_id is None:
        return UNKNOWN
    return end_reason(show_job(slurm.job_id).record, slurm.restart_count, on_time_limit, time.time())
