"""A job as the commands that show jobs print it in JSON."""

from __future__ import annotations

from typing import Any

from direct_access.model.jobs import JobState

FIELDS = (
    "id",
    "status",
    "backend",
    "program_id",
    "created_time",
    "end_time",
    "timeout_secs",
    "reason_code",
    "reason_message",
    "reason_solution",
    "quantum_nanoseconds",
)


def job_json(state: JobState) -> dict[str, Any]:
    """Return the fields of a job that users read."""
    return {name: getattr(state, name) for name in FIELDS} | {"status": state.status.value}
