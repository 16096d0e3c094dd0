"""How a job's end reads as an error, or as none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from direct_access.errors import DirectAccessError, JobCancelledError, JobFailedError
from direct_access.errors import from_json as error_from_json
from direct_access.journal import Journal
from direct_access.model.jobs import JobState, JobStatus
from direct_access.runner.context import LOGS


def reason_of(state: JobState) -> dict[str, Any]:
    """Return ``code``, ``message`` and ``solution`` as far as the service gives them."""
    reason = {
        "code": state.reason_code,
        "message": state.reason_message,
        "solution": state.reason_solution,
    }
    return {name: value for name, value in reason.items() if value is not None}


def job_error(
    job_id: str, status: str | None, reason: Mapping[str, Any], directory: Path | None = None
) -> DirectAccessError | None:
    """Return the error that the end of a job stands for; None for a job that Completed or has not ended."""
    if status not in (JobStatus.FAILED.value, JobStatus.CANCELLED.value):
        return None
    failed = status == JobStatus.FAILED.value
    log = directory / LOGS if directory else None
    where = f" (log: {log})" if log and log.exists() else ""
    message = reason.get("message") or "the server gives no reason"
    code = reason.get("code")
    return (JobFailedError if failed else JobCancelledError)(
        f"job {job_id} {'' if failed else 'was '}{status}: {message}{where}",
        subject=job_id,
        code=None if code is None else str(code),
        advice=reason.get("solution"),
    )


def run_error(journal: Journal, directory: Path) -> DirectAccessError | None:
    """Return how a run ended so far: by its job, else by what its journal says."""
    if journal.error is not None:
        return error_from_json(journal.error)
    return job_error(journal.job_id, journal.job_status, journal.reason, directory)
