"""The files of the jobs of this API: what came with a job, and what it made."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from direct_access.simulator.http import FileBody
from direct_access.simulator.jobs.objects import LOCAL_FILE
from direct_access.simulator.qiskit_runtime.job import Submission
from direct_access.simulator.secret_files import write_private


class JobFiles:
    """A directory for each job: submission, params, results and log."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def load(self) -> Iterator[Submission]:
        """Yield what was submitted before the simulator stopped."""
        for path in self._directory.glob("*/submission.json"):
            yield Submission(**json.loads(path.read_bytes()))

    def save(self, submission: Submission) -> None:
        """Write or replace a submission."""
        path = self._of(submission.id, "submission.json")
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_private(path.with_suffix(".new"), json.dumps(asdict(submission))).replace(path)

    def write_params(self, job_id: str, params: Mapping[str, Any]) -> None:
        """Keep the params of a job that is saved."""
        write_private(self._of(job_id, "params.json"), json.dumps(params, separators=(",", ":")))

    def params(self, job_id: str) -> Any:
        """Return the params, None where they were removed."""
        path = self._of(job_id, "params.json")
        return json.loads(path.read_bytes()) if path.exists() else None

    def remove_params(self, job_id: str) -> None:
        """Forget the params of a job."""
        self._of(job_id, "params.json").unlink(missing_ok=True)

    def storage(self, job_id: str) -> dict[str, dict[str, str]]:
        """Return the storage block with which the simulator executes the job."""
        names = {"input": "params.json", "results": "results.json", "logs": "logs.txt"}
        return {
            role: {"type": LOCAL_FILE, "path": str(self._of(job_id, name).absolute())}
            for role, name in names.items()
        }

    def log(self, job_id: str) -> bytes | None:
        """Return the log, None before there is one."""
        path = self._of(job_id, "logs.txt")
        return path.read_bytes() if path.exists() else None

    def results(self, job_id: str) -> FileBody | None:
        """Return the results, None before there are any."""
        path = self._of(job_id, "results.json")
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return None
        return FileBody(path, 0, os.fstat(file.fileno()).st_size, file)

    def take_results(self, job_id: str) -> FileBody | None:
        """Return the results and remove them: only who holds this answer can still read them."""
        body = self.results(job_id)
        self._of(job_id, "results.json").unlink(missing_ok=True)
        return body

    def remove(self, job_id: str) -> None:
        """Forget everything about a job."""
        shutil.rmtree(self._directory / job_id, ignore_errors=True)

    def _of(self, job_id: str, name: str) -> Path:
        return self._directory / job_id / name
