"""Jobs and steps as ``squeue`` prints them, in fields that no user writes (squeue(1), ``--Format``).

``scontrol show job`` prints a job's name, account and comment among its own fields, with all their blanks and
line breaks: there any user can make a job look like another one. Here Slurm itself writes every field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

SEPARATOR = "|"
ABSENT = ("", "None", "NONE", "Unknown", "N/A")
"""How Slurm's commands print that there is no such number or time."""

JOB = {
    "JobID": "JobId",
    "ArrayJobID": "ArrayJobId",
    "ArrayTaskID": "ArrayTaskId",
    "HetJobID": "HetJobId",
    "State": "JobState",
    "RestartCnt": "Restarts",
    "exit_code": "ExitCode",
    "SubmitTime": "SubmitTime",
    "StartTime": "StartTime",
    "EndTime": "EndTime",
    "TimeLimit": "TimeLimit",
    "PreemptTime": "PreemptTime",
    "Reason": "Reason",
}
"""The fields of a job that are asked for, in this order, and their names in a record: scontrol's."""

_ALL = ("squeue", "--noheader", "--all", "--local", "--states=all")


def job_command(job_id: int) -> list[str]:
    """Return the command that prints one job; of an array's last task all tasks."""
    return [*_ALL, f"--jobs={job_id}", f"--Format={_format(JOB)}"]


def jobs_command() -> list[str]:
    """Return the command that prints all jobs."""
    return [*_ALL, f"--Format={_format(JOB)}"]


def steps_command() -> list[str]:
    """Return the command that prints the steps that run, batch steps too, one a line."""
    return ["squeue", "--noheader", "--all", "--local", "--steps", "--Format=StepID:"]


def _format(names: Mapping[str, str]) -> str:
    return ",".join(f"{name}:{SEPARATOR}" for name in names)


def records(output: str) -> Sequence[Mapping[str, str]]:
    """Return the jobs of an answer.

    :raises ValueError: if there is anything that is not a job: then jobs may be missing, too
    """
    return [_record(line) for line in output.splitlines() if line.strip()]


def parse_time(text: str) -> float | None:
    """Return a time that Slurm prints, local or as a number, in seconds since the epoch, else None."""
    try:
        return float(text) if text.isdecimal() else datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        return None


def _record(line: str) -> Mapping[str, str]:
    values = line.split(SEPARATOR)
    if len(values) != len(JOB) + 1 or values[-1].strip() or not values[0].isdecimal():
        raise ValueError(f"squeue printed a line that is not a job: {line[:60]}")
    return dict(zip(JOB.values(), values, strict=False))
