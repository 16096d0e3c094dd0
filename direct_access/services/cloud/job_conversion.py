"""Jobs of the cloud in the words that all services share, and job files in those of the cloud."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from direct_access import run_files
from direct_access.clock import parse_rfc3339, rfc3339
from direct_access.errors import LocalStorageError, StoreError
from direct_access.model.cloud_options import LONGEST_SECS
from direct_access.model.jobs import JobSpec, JobState, parse_job
from direct_access.qiskit_runtime.job_request import JobRequest
from direct_access.qiskit_runtime.jobs import RuntimeJob
from direct_access.services.cloud.handle import COLLECT_BY_PREFIX

_NANO = 1_000_000_000
_LONGEST_SECS = 2**63 / _NANO


def job_request(tag: str, spec: JobSpec, session_id: str | None, params: bytes | None = None) -> JobRequest:
    """Return the job to run.

    :param tag: by which it is found again
    """
    cloud = spec.cloud
    return JobRequest(
        program_id=spec.program_id,
        backend=spec.backend,
        params=params,
        tags=(tag, *cloud.get("tags", ())),
        log_level=spec.log_level,
        cost=cloud.get("cost", min(spec.timeout_secs, LONGEST_SECS)),
        session_id=session_id or cloud.get("session_id"),
        calibration_id=cloud.get("calibration_id"),
        private=spec.is_private,
        runtime=cloud.get("runtime"),
    )


def read_params(path: Path) -> bytes:
    """Return a file of params.

    :raises LocalStorageError: if it cannot be read
    """
    try:
        return run_files.read(path.parent, path.name)
    except OSError as error:
        raise LocalStorageError(f"cannot read {path}: {error.strerror}", subject=str(path)) from error


def state_of(job: RuntimeJob) -> JobState:
    """Return what is known of a job; ``document`` has the words of both APIs."""
    used = _nanoseconds(job.usage.seconds if job.usage else None)
    common: dict[str, Any] = {
        "backend": job.backend or "unknown",
        "program_id": job.program_id or "unknown",
        "status": job.status.value,
        "created_time": job.created,
        "timeout_secs": job.cost,
        "reason_code": job.reason_code,
        "reason_message": job.reason,
        "reason_solution": job.reason_solution,
        "metrics": None if used is None else {"circuits_execution_time_ns": used},
    }
    known = {name: value for name, value in common.items() if value is not None}
    return parse_job({**job.document, **known})


def _nanoseconds(secs: float | None) -> int | None:
    """Return a time in nanoseconds; None for none, and for one that no 64-bit integer holds."""
    return round(secs * _NANO) if secs is not None and abs(secs) < _LONGEST_SECS else None


def with_mark(tags: tuple[str, ...], collect_by: float | None) -> list[str]:
    """Return the tags of a job with a mark that it was left on purpose, or without any.

    :param collect_by: seconds since the epoch, None for no mark
    """
    kept = [tag for tag in tags if not tag.startswith(COLLECT_BY_PREFIX)]
    return kept if collect_by is None else [*kept, COLLECT_BY_PREFIX + rfc3339(collect_by)]


def mark_of(tags: tuple[str, ...]) -> float | None:
    """Return until when a job that was left on purpose is to be collected, None for any other.

    :raises StoreError: if the mark says no time: the job was left on purpose all the same
    """
    mark = next((tag for tag in tags if tag.startswith(COLLECT_BY_PREFIX)), None)
    if mark is None:
        return None
    try:
        return parse_rfc3339(mark.removeprefix(COLLECT_BY_PREFIX))
    except ValueError as error:
        raise StoreError(f"the tag {mark} does not say until when the job is collected", mark) from error
