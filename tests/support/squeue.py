"""Answers of ``squeue`` about jobs, as Slurm 22.05 prints them."""

from __future__ import annotations

from direct_access.slurm.squeue import JOB, SEPARATOR

_USUAL = {
    "ArrayTaskId": "N/A",
    "HetJobId": "N/A",
    "JobState": "RUNNING",
    "Restarts": "0",
    "ExitCode": "0",
    "SubmitTime": "1771152600",
    "StartTime": "N/A",
    "EndTime": "N/A",
    "TimeLimit": "UNLIMITED",
    "PreemptTime": "N/A",
    "Reason": "None",
}


def job_line(fields: str = "", job_id: int = 5) -> str:
    """Return the line of a job.

    :param fields: what differs from a job that runs, ``JobState=COMPLETING Restarts=1``
    """
    given = dict(field.split("=", 1) for field in fields.split())
    assert given.keys() <= set(JOB.values()), f"not asked for: {given.keys() - set(JOB.values())}"
    record = {**_USUAL, "JobId": str(job_id), "ArrayJobId": str(job_id), **given}
    return SEPARATOR.join([*(record[name] for name in JOB.values()), "\n"])
