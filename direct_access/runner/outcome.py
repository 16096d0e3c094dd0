"""The error that the end of a job stands for, if it did not end well."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from direct_access import run_files
from direct_access.errors import DirectAccessError, JobCancelledError, JobFailedError, OutputError
from direct_access.errors import from_json as error_from_json
from direct_access.journal import Journal
from direct_access.model.jobs import JobState, JobStatus
from direct_access.model.server_text import one_line
from direct_access.runner.context import LOGS

LOG_END_BYTES = 64 * 1024
_ERROR = re.compile(r"\b(?:ERROR|CRITICAL|FATAL|Error|Exception)\b|\w(?:Error|Exception):")


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
    message = reason.get("message") or _without_reason(directory)
    code = reason.get("code")
    return (JobFailedError if failed else JobCancelledError)(
        f"job {job_id} {'' if failed else 'was '}{status}: {message}{where}",
        subject=job_id,
        code=None if code is None else str(code),
        advice=reason.get("solution"),
    )


def _without_reason(directory: Path | None) -> str:
    """Return what stands for the reason of a job whose server gives none: what its log says last."""
    said = _last_error(directory) if directory else None
    return f"the server gives no reason; the log says: {said}" if said else "the server gives no reason"


def _last_error(directory: Path) -> str | None:
    """Return the last line of the log that tells of an error, else its last line; None without a log."""
    try:
        with open(run_files.open_file(directory, LOGS), "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_END_BYTES))
            lines = file.read(LOG_END_BYTES).decode("utf-8", "replace").splitlines()
    except (OSError, OutputError):  # a log that cannot be read is no reason to hide how the job ended
        return None
    told = [line for line in lines if line.strip()]
    errors = [line for line in told if _ERROR.search(line)]
    return one_line((errors or told)[-1]) if told else None


def run_error(journal: Journal, directory: Path) -> DirectAccessError | None:
    """Return how a run ended so far: by its job, else by what its journal says."""
    if journal.error is not None:
        return error_from_json(journal.error)
    return job_error(journal.job_id, journal.job_status, journal.reason, directory)
