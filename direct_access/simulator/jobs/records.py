"""Jobs on disk, so that they survive the simulator: one small file each, replaced as a whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from direct_access.simulator.jobs.ending import Ending
from direct_access.simulator.jobs.job import Job, JobRequest
from direct_access.simulator.jobs.scenario import Pace, Scenario
from direct_access.simulator.secret_files import write_private


class JobRecords:
    """The records in a directory. They hold presigned URLs, so nobody else may read them.

    No fsync(2): they outlive the process, not the machine.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def save(self, job: Job) -> None:
        """Write or replace the record of a job."""
        path = self._path(job)
        write_private(path.with_suffix(".new"), json.dumps(_document(job))).replace(path)

    def remove(self, job: Job) -> None:
        """Remove the record of a job."""
        self._path(job).unlink(missing_ok=True)

    def load(self) -> list[Job]:
        """Return all jobs in the order of their acceptance."""
        found = [_job(json.loads(path.read_bytes())) for path in self._directory.glob("*.json")]
        return sorted(found, key=lambda job: job.number)

    def _path(self, job: Job) -> Path:
        return self._directory / f"{job.number}.json"


def _document(job: Job) -> dict[str, Any]:
    return {
        "number": job.number,
        "created": job.created,
        "end_time": job.end_time,
        "quantum_nanoseconds": job.quantum_nanoseconds,
        "request": asdict(job.request),
        "queued": job.queued,
        "running_since": job.running_since,
        "ending": asdict(job.ending) if job.ending else None,
        "scenario": asdict(job.scenario) if job.scenario else None,
    }


def _job(document: Mapping[str, Any]) -> Job:
    ending = document["ending"]
    job = Job(
        JobRequest(**document["request"]),
        document["number"],
        document["created"],
        Ending(**ending) if ending else None,
        document["end_time"],
        document["quantum_nanoseconds"],
        queued=document.get("queued", False),
        running_since=document.get("running_since"),
    )
    if played := document["scenario"]:
        played_ending = Ending(**played["ending"]) if played["ending"] else None
        job.scenario = Scenario(**{**played, "pace": Pace(**played["pace"]), "ending": played_ending})
    if job.ending:
        job.ended.set()
    return job
